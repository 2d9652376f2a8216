import { type Words } from '../web/words.js';
import { CARDS } from './card-file.js';
import { separatorNames } from './correction.form.js';
import { type ImportDescription } from './import-kind.js';
import { type Import } from './import.entities.js';
import { type Reading } from './reading.js';

export interface Steps {
  steps: string[];
  current: number;
}

/** Where one is: file, columns, check, import, result. */
export function stepsView(words: Words, current: number): Steps {
  const names = ['file', 'columns', 'check', 'import', 'result'];
  return { steps: names.map((name) => words.t(`imports.step.${name}`)), current };
}

/** How the file was read, in one sentence. */
export function readingSentence(words: Words, reading: Reading): string {
  const { profile, encoding, separator, headerRow, workbook } = reading;
  if (profile === CARDS) return words.t('contact-card.reading');
  const origin = profile === null ? '' : words.t(`imports.profile.${profile}`);
  if (workbook) {
    const { sheet, others } = workbook;
    const said = words.t('workbooks.reading', { sheet, profile: profile ?? 'none', origin, headerRow });
    if (others.length === 0) return said;
    return `${said} ${words.t('workbooks.others', { count: others.length, names: others.join(', ') })}`;
  }
  return words.t('imports.reading.sentence', {
    profile: profile ?? 'none',
    origin,
    encoding: words.t(`imports.encoding.${encoding}`),
    separator: words.t(`imports.separator.${separatorNames[separator as keyof typeof separatorNames]}`),
    headerRow,
  });
}

export function progressView(words: Words, present: Import, { area }: ImportDescription) {
  const { id, state, fileName, rowsDone, rowsTotal, counts } = present;
  const total = state === 'undoing' || state === 'redoing' ? (counts?.written ?? rowsTotal) : rowsTotal;
  return {
    title: words.t(`${area}.title`),
    steps: stepsView(words, state === 'checking' || state === 'uploading' ? 3 : 4),
    fileName,
    label: words.t(`imports.progress.${state}`),
    done: rowsDone,
    total: Math.max(total, rowsDone),
    known: rowsDone > 0,
    href: `/imports/${id}`,
    cancel: state === 'checking' || state === 'uploading' ? `/imports/${id}/cancellation` : null,
  };
}

export function undoView(words: Words, { id, fileName, counts }: Import, { area }: ImportDescription) {
  const count = counts?.written ?? 0;
  return {
    title: words.t(`${area}.undo-title`, { file: fileName }),
    lead: words.t(`${area}.undo-lead`, { count }),
    points: ['removed', 'kept', 'groups', 'links', 'back'].flatMap((name) =>
      words.has(`${area}.undo-${name}`) ? [words.t(`${area}.undo-${name}`)] : [],
    ),
    action: `/imports/${id}/undo`,
    label: words.t(`${area}.undo-button`, { count }),
    cancelHref: `/imports/${id}`,
  };
}

export function endedView(
  words: Words,
  { state, fileName, problem }: Import,
  { uploadPath, area }: ImportDescription,
) {
  const tooMany = problem?.key === TOO_MANY;
  const key = tooMany && words.has(`${area}.too-many-rows`) ? `${area}.too-many-rows` : problem?.key;
  return {
    title: words.t(`imports.ended.${tooMany ? 'cancelled' : state}`, { file: fileName }),
    text: key ? words.t(key, problem?.values) : words.t('imports.ended.nothing'),
    href: uploadPath,
    label: words.t(`${area}.another`),
  };
}

const TOO_MANY = 'imports.file.too-many-rows';
