import { limits } from '../../config/limits.js';
import { asteriskFields, callFields } from '../../csv/call-profiles.js';
import { type ImportDescription, type ImportText } from '../../imports/import-kind.js';
import { formatPhone, isE164 } from '../../phone/e164.js';
import { type Words } from '../../web/words.js';
import { reportOf, toldIn } from './told-calls.js';
import { problemOfExtensions, problemOfZone } from './call-questions.js';

/** How times without an offset are read. */
const timeZone: ImportText = {
  name: 'timeZone',
  labelKey: 'call-imports.rule.timeZone',
  hintKey: 'call-imports.rule.timeZone-hint',
  characters: 64,
  problemOf: problemOfZone,
  suggestions: () => Promise.resolve([...Intl.supportedValuesOf('timeZone'), 'UTC']),
};

/** Which short numbers may be somebody's extension. */
const extensions: ImportText = {
  name: 'extensions',
  labelKey: 'call-imports.rule.extensions',
  hintKey: 'call-imports.rule.extensions-hint',
  characters: 64,
  problemOf: problemOfExtensions,
};

/**
 * Calls of people of the account, from a telephone system's file; what a row becomes is in call-check.ts, which the import's thread
 * loads. It only adds: whoever brings it in learns nothing of the calls people have.
 */
export const callImport: ImportDescription = {
  kind: 'calls',
  module: 'src/calls/import/call-import.js',
  uploadPath: '/calls/import',
  donePath: '/calls/import',
  area: 'call-imports',
  fileKind: 'calls',
  fields: [
    ...callFields.map((name) => ({
      ...{ name, labelKey: `call-imports.field.${name}`, required: name === 'startedAt' },
      exampleKey: `call-imports.example.${name}`,
    })),
    ...asteriskFields.map((name) => ({
      ...{ name, labelKey: `call-imports.field.${name}`, required: false, rare: true },
    })),
  ],
  oneOf: ['user', 'channel'],
  choices: () => [],
  texts: [timeZone, extensions],
  limits: { rows: limits.callsPerFile, bytes: limits.callsFileBytes },
  sharedByAdmins: false,
  ofPeople: true,
  knownPath: () => '/calls',
  act: 'calls.import',
  rowText,
  updates: {
    adds: true,
    labelOf: () => null,
    references: [],
    confirmed: [],
    namesOf: () => Promise.resolve(new Map()),
    valueText: (_, value) => String(value ?? ''),
    byHand: () => null,
    newPath: '/calls/import',
  },
};

/** Whose calls a row tells, in the reader's words and time zone. */
function rowText({ values }: { values: Record<string, string> }, words: Words): string {
  const calls = toldIn(values).map((told) => {
    const { user, number, name, direction, outcome, startedAt, seconds } = reportOf(told);
    const other = [name, isE164(number) ? formatPhone(number) : number].filter(Boolean).join(' ');
    return words.t('call-imports.row', {
      ...{ user, direction, outcome, at: words.dateTime(startedAt) },
      other: other || words.t('call-imports.row-nobody'),
      duration: `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`,
    });
  });
  return calls.join(' · ') || words.t('call-imports.row-part');
}
