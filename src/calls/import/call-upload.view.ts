import { callFields, callHeaders } from '../../csv/call-profiles.js';
import { type Id } from '../../database/id.js';
import { askedControls } from '../../imports/asked.view.js';
import { stepsView } from '../../imports/import-page.view.js';
import { type FileProblem, type ImportOptions } from '../../imports/reading.js';
import { fileField, problemsOf } from '../../web/fields.js';
import { type Locale, type Words } from '../../web/words.js';
import { callImport } from './call-import.description.js';

interface Upload {
  /** The form's idempotency key. */
  once: Id;
  chosen: ImportOptions['choices'];
  suggestions: Readonly<Record<string, string[]>>;
  problem?: FileProblem;
}

/** The page where a file of calls begins. */
export function callUploadView(words: Words, { once, chosen, suggestions, problem }: Upload) {
  const { limits, uploadPath, fields } = callImport;
  const values = { size: words.bytes(limits.bytes), rows: words.number(limits.rows), ...problem?.values };
  const returned = problem && {
    typed: {},
    problems: [{ field: problem.field ?? 'file', key: problem.key, values }],
  };
  const asked = askedControls(words, callImport, chosen, suggestions, problem?.field ? returned : undefined);
  const file = {
    ...fileField(
      words,
      {
        ...{ name: 'file', labelKey: 'call-imports.file', hintKey: 'call-imports.file-hint' },
        hintValues: { rows: limits.rows },
        accept: '.csv,.txt,.tsv,.xlsx,text/csv,text/plain,text/tab-separated-values',
      },
      returned,
    ),
    limit: words.t('call-imports.file-limit', { size: words.bytes(limits.bytes) }),
  };
  return {
    title: words.t('call-imports.title'),
    lead: words.t('call-imports.lead'),
    steps: stepsView(words, 1),
    action: uploadPath,
    ...{ once, file, asked },
    problems: problemsOf(words, [...asked, file], returned),
    fields: fields
      .filter(({ rare }) => !rare)
      .map(({ labelKey, exampleKey, name }) => ({
        ...{ label: words.t(labelKey), example: words.t(exampleKey ?? labelKey) },
        required: needed.has(name),
      })),
    asterisk: [1, 2, 3].map((line) => words.t(`call-imports.asterisk-${line}`)),
    notes: ['users', 'private', 'once', 'undo'].map((name) => words.t(`call-imports.note-${name}`)),
  };
}

const needed = new Set<string>(['user', 'direction', 'startedAt']);

const calls: Record<Locale, string[][]> = {
  en: [
    [
      'c-1001',
      'ada.lovelace@example.com',
      'Incoming',
      '+44 20 7946 0018',
      'Analytical Engines',
      '2026-11-20 09:12:05',
      '0:03:20',
      'Answered',
      'No',
    ],
    ['c-1002', '101', 'Outgoing', '+33 1 40 20 50 50', '', '2026-11-20 10:40:00', '65', 'Answered', 'No'],
    [
      'c-1003',
      '101',
      'Incoming',
      '+44 7700 900018',
      'Alan Turing',
      '2026-11-20T11:02:31Z',
      '18',
      'Voicemail',
      'Yes',
    ],
    ['c-1004', '+44 20 7946 0019', 'Incoming', 'anonymous', '', '2026-11-20 15:30:00', '0', 'Missed', 'No'],
  ],
  fr: [
    [
      'c-1001',
      'sophie.germain@example.com',
      'Entrant',
      '+33 1 40 20 50 50',
      'Théorèmes & Cie',
      '2026-11-20 09:12:05',
      '0:03:20',
      'Répondu',
      'Non',
    ],
    ['c-1002', '101', 'Sortant', '+44 20 7946 0018', '', '2026-11-20 10:40:00', '65', 'Répondu', 'Non'],
    [
      'c-1003',
      '101',
      'Entrant',
      '+33 6 12 34 56 78',
      'Émile Borel',
      '2026-11-20T11:02:31Z',
      '18',
      'Messagerie',
      'Oui',
    ],
    ['c-1004', '+33 1 40 20 50 51', 'Entrant', 'anonyme', '', '2026-11-20 15:30:00', '0', 'Manqué', 'Non'],
  ],
};

/** The sample file in the reader's language: UTF-8 with a byte order mark, commas, CRLF. */
export function callSample(locale: Locale): string {
  const header = callFields.map((field) => callHeaders[locale][field]);
  return `\ufeff${[header, ...calls[locale]].map((cells) => `${cells.join(',')}\r\n`).join('')}`;
}
