import { limits } from '../../config/limits.js';
import { contactFields } from '../../contact-card/contact-fields.js';
import { contactHeaders } from '../../csv/contact-profiles.js';
import { type Id } from '../../database/id.js';
import { askedControls } from '../../imports/asked.view.js';
import { type ImportDescription } from '../../imports/import-kind.js';
import { stepsView } from '../../imports/import-page.view.js';
import { type FileProblem, type ImportOptions } from '../../imports/reading.js';
import { fileField, problemsOf } from '../../web/fields.js';
import { type Locale, type Words } from '../../web/words.js';

/** Programs whose export is told, in the order of how many people have them. */
const guides = ['outlook', 'outlook-web', 'google', 'iphone', 'thunderbird', 'spreadsheet'] as const;

interface Upload {
  /** The form's idempotency key. */
  once: Id;
  /** What was answered in a form that came back. */
  chosen?: ImportOptions['choices'];
  suggestions: Readonly<Record<string, string[]>>;
  problem?: FileProblem;
}

/** The page where a file of contacts begins, whatever is done with it. */
export function contactUploadView(
  words: Words,
  description: ImportDescription,
  { once, chosen = {}, suggestions, problem }: Upload,
) {
  const { area, uploadPath, limits: most } = description;
  const returned = problem && {
    typed: {},
    problems: [
      {
        field: problem.field ?? 'file',
        key: problem.key,
        values: { size: words.bytes(most.bytes), rows: words.number(most.rows), ...problem.values },
      },
    ],
  };
  const asked = askedControls(words, description, chosen, suggestions);
  for (const control of asked)
    if (problem?.field === control.name) {
      control.problem = words.t(problem.key, problem.values);
      control.describedBy = [control.describedBy, `${control.id}-problem`].filter(Boolean).join(' ');
    }
  const file = {
    ...fileField(
      words,
      {
        name: 'file',
        labelKey: 'personal-imports.file',
        hintKey: 'personal-imports.file-hint',
        hintValues: { rows: most.rows },
        accept: '.csv,.txt,.tsv,.vcf,.xlsx,text/csv,text/plain,text/tab-separated-values,text/vcard',
      },
      returned,
    ),
    limit: words.t('personal-imports.file-limit', {
      csv: words.bytes(limits.personalContactsFileBytes),
      vcard: words.bytes(limits.vcardFileBytes),
    }),
  };
  return {
    title: words.t(`${area}.title`),
    lead: words.t(`${area}.lead`),
    steps: stepsView(words, 1),
    action: uploadPath,
    once,
    file,
    asked,
    problems: problemsOf(words, [file, ...asked], returned),
    guides: guides.map((name) => ({
      title: words.t(`personal-imports.guides.${name}`),
      lines: [1, 2].map((line) => words.t(`personal-imports.guides.${name}-${line}`)),
    })),
    notes: ['name', 'phones', 'right', 'undo'].flatMap((name) =>
      words.has(`${area}.note-${name}`) ? [words.t(`${area}.note-${name}`)] : [],
    ),
  };
}

const people: Record<Locale, string[][]> = {
  en: [
    [
      'Ada Lovelace',
      'ada.lovelace@example.com',
      '+44 20 7946 0018',
      '',
      '+44 7700 900018',
      '',
      '',
      'Analytical Engines',
    ],
    [
      'Alan Turing',
      'alan.turing@example.com',
      '+44 20 7946 0019',
      '+44 20 7946 0020',
      '',
      '',
      '',
      'Bletchley Park',
    ],
  ],
  fr: [
    [
      'Sophie Germain',
      'sophie.germain@example.com',
      '+33 1 40 20 50 50',
      '',
      '+33 6 12 34 56 78',
      '',
      '',
      'Théorèmes & Cie',
    ],
    [
      'Émile Borel',
      'emile.borel@example.com',
      '+33 1 40 20 50 51',
      '+33 1 40 20 50 52',
      '',
      '',
      '',
      'Institut Borel',
    ],
  ],
};

/** The sample file in the reader's language: UTF-8 with a byte order mark, commas, CRLF. */
export function contactSample(locale: Locale): string {
  const header = contactFields.map((field) => contactHeaders[locale][field]);
  return `\ufeff${[header, ...people[locale]].map((cells) => `${cells.join(',')}\r\n`).join('')}`;
}
