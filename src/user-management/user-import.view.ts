import { userHeaders, type UserField } from '../csv/user-profiles.js';
import { type Id } from '../database/id.js';
import { stepsView } from '../imports/import-page.view.js';
import { type FileProblem } from '../imports/reading.js';
import { fileField, problemsOf } from '../web/fields.js';
import { type Locale, type Words } from '../web/words.js';
import { userImport } from './user-import.description.js';

/** The page of the upload: what a file may hold is said before it is chosen. */
export function uploadView(words: Words, once: Id, problem?: FileProblem) {
  const { fields, limits, uploadPath } = userImport;
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
    title: words.t('user-imports.title'),
    lead: words.t('user-imports.lead'),
    backHref: '/users',
    backLabel: words.t('user-imports.back'),
    steps: stepsView(words, 1),
    action: uploadPath,
    once,
    sampleHref: '/users/sample.csv',
    file: control,
    problems: problemsOf(words, [control], returned),
    fields: fields.map(({ labelKey, required, exampleKey }) => ({
      label: words.t(labelKey),
      required,
      example: words.t(exampleKey),
    })),
    notes: ['order', 'groups', 'phones', 'known', 'never', 'mails'].map((name) =>
      words.t(`user-imports.note-${name}`),
    ),
  };
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
