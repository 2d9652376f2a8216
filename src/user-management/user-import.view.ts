import { userHeaders, type UserField } from '../csv/user-profiles.js';
import { type Id } from '../database/id.js';
import { type ImportDescription } from '../imports/import-kind.js';
import { stepsView } from '../imports/import-page.view.js';
import { type FileProblem } from '../imports/reading.js';
import { fileField, problemsOf, select } from '../web/fields.js';
import { type Locale, type Words } from '../web/words.js';
import { userImport } from './user-import.description.js';

/** The page of the upload: what a file may hold is said before it is chosen. */
export function uploadView(
  words: Words,
  once: Id,
  description: ImportDescription,
  problem?: FileProblem,
  chosen: Record<string, string | string[]> = {},
) {
  const { fields, limits, uploadPath, area, oneOf = [], rules = [] } = description;
  const file = { size: words.bytes(limits.bytes), rows: words.number(limits.rows) };
  const returned = problem && {
    typed: {},
    problems: [{ field: 'file', key: problem.key, values: { ...file, ...problem.values } }],
  };
  const control = fileField(
    words,
    {
      name: 'file',
      labelKey: 'imports.upload.file',
      hintKey: 'imports.upload.hint',
      hintValues: { rows: limits.rows },
      accept: '.csv,.txt,.tsv,text/csv,text/plain,text/tab-separated-values',
      maxBytes: limits.bytes,
    },
    returned,
  );
  return {
    title: words.t(`${area}.title`),
    lead: words.t(`${area}.lead`),
    tabs: tabsView(words, uploadPath),
    backHref: '/users',
    backLabel: words.t('user-imports.back'),
    steps: stepsView(words, 1),
    action: uploadPath,
    once,
    ...startFile(words, uploadPath),
    rulesChosen: rules.some(({ name, value }) => (chosen[name] ?? value) !== value),
    rules: rules.map((rule) =>
      select(words, {
        name: rule.name,
        labelKey: rule.labelKey,
        ...(rule.hintKey ? { hintKey: rule.hintKey } : {}),
        value: String(chosen[rule.name] ?? rule.value),
        options: rule.options,
      }),
    ),
    file: control,
    problems: problemsOf(words, [control], returned),
    fields: fields.map(({ name, labelKey, required, exampleKey }) => ({
      label: words.t(labelKey),
      required,
      oneOf: oneOf.includes(name),
      example: exampleKey ? words.t(exampleKey) : '',
    })),
    notes: notesOf[area].map((name) => words.t(`${area}.note-${name}`)),
  };
}

const notesOf: Record<string, string[]> = {
  'user-imports': ['order', 'groups', 'phones', 'known', 'never', 'mails'],
  'user-updates': ['found', 'absent', 'empty', 'groups', 'address', 'never', 'back'],
};

/** New people and changes: two things to do with a file of users. */
function tabsView(words: Words, current: string) {
  return ['/users/import', '/users/update'].map((href) => ({
    href,
    label: words.t(`user-updates.tab${href.replaceAll('/', '-')}`),
    current: href === current,
  }));
}

/** A file to begin with: made-up people to replace, or one's own to change. */
function startFile(words: Words, uploadPath: string) {
  return uploadPath === userImport.uploadPath
    ? { sampleHref: '/users/sample.csv', sampleLabel: words.t('imports.upload.sample') }
    : { sampleHref: '/users/export.csv?form=excel', sampleLabel: words.t('user-updates.export') };
}

/** Columns of the sample, in its order. */
const sampled: readonly UserField[] = [
  ...(['email', 'givenName', 'familyName', 'department', 'manager'] as const),
  ...(['userGroups', 'chatGroups', 'jobTitle', 'location', 'workPhone'] as const),
];

const people: Record<Locale, Partial<Record<UserField, string>>[]> = {
  en: [
    {
      ...{ email: 'ada.lovelace@example.com', givenName: 'Ada', familyName: 'Lovelace' },
      ...{ department: 'Research', userGroups: 'London;Managers', chatGroups: 'Research' },
      ...{ jobTitle: 'Head of research', location: 'London', workPhone: '+44 20 7946 0018' },
    },
    {
      ...{ email: 'alan.turing@example.com', givenName: 'Alan', familyName: 'Turing' },
      ...{ department: 'Research', manager: 'ada.lovelace@example.com', userGroups: 'London' },
      ...{ chatGroups: 'Research', jobTitle: 'Engineer', location: 'London', workPhone: '+44 20 7946 0019' },
    },
  ],
  fr: [
    {
      ...{ email: 'sophie.germain@example.com', givenName: 'Sophie', familyName: 'Germain' },
      ...{ department: 'Recherche', userGroups: 'Paris;Responsables', chatGroups: 'Recherche' },
      ...{ jobTitle: 'Directrice de la recherche', location: 'Paris', workPhone: '+33 1 40 20 50 50' },
    },
    {
      ...{ email: 'emile.borel@example.com', givenName: 'Émile', familyName: 'Borel' },
      ...{ department: 'Recherche', manager: 'sophie.germain@example.com', userGroups: 'Paris' },
      ...{
        chatGroups: 'Recherche',
        jobTitle: 'Ingénieur',
        location: 'Paris',
        workPhone: '+33 1 40 20 50 51',
      },
    },
  ],
};

/** The sample file in the reader's language: UTF-8 with a byte order mark, commas, CRLF. */
export function userSample(locale: Locale): string {
  const header = sampled.map((field) => userHeaders[locale][field]);
  const rows = people[locale].map((person) => sampled.map((field) => person[field] ?? ''));
  return `\ufeff${[header, ...rows].map((cells) => `${cells.join(',')}\r\n`).join('')}`;
}
