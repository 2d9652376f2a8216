import { type Separator } from './rows.js';

export type Cell = string | number | null | undefined;

/** `plain`: for programs; `excel`: opens right with a double click. */
export type CsvForm = 'plain' | 'excel';

/**
 * How cells are kept from becoming formulas: `plain` guards all but E.164 numbers, `excel` guards those and all digits
 * too, `given-back` is for rows of a person's own file, whose guards are already there.
 */
export type Guard = CsvForm | 'given-back';

export interface CsvExport {
  form: CsvForm;
  /** Language of the reader: French Excel wants semicolons. */
  locale: 'en' | 'fr';
  headers: readonly string[];
}

/** One row with its CRLF (RFC 4180). */
export function csvLine(
  cells: readonly Cell[],
  { separator = ',', guard = 'plain' }: { separator?: Separator; guard?: Guard } = {},
): string {
  let line = '';
  for (let index = 0; index < cells.length; index++) {
    if (index > 0) line += separator;
    line += quoted(guarded(cells[index], guard), separator);
  }
  // A row of one empty cell would be read as a blank row.
  return line === '' ? '""\r\n' : `${line}\r\n`;
}

/**
 * A whole export in pieces of about 64 KB: byte order mark, header, rows. Quoting is our own: csv-stringify needs a
 * cast for each cell to exempt E.164 from its formula guard, and takes three times as long with it.
 */
export async function* csvStream(
  rows: AsyncIterable<readonly Cell[]> | Iterable<readonly Cell[]>,
  { form, locale, headers }: CsvExport,
): AsyncGenerator<string> {
  const options = { separator: separatorOf(form, locale), guard: form };
  let piece = `\ufeff${csvLine(headers, options)}`;
  for await (const row of rows) {
    piece += csvLine(row, options);
    if (piece.length >= PIECE) {
      yield piece;
      piece = '';
    }
  }
  if (piece !== '') yield piece;
}

export function separatorOf(form: CsvForm, locale: 'en' | 'fr'): Separator {
  return form === 'excel' && locale === 'fr' ? ';' : ',';
}

/** A cell as it was before `guarded` put an apostrophe before it; every import reads its cells through this. */
export function unquoteFormula(cell: string): string {
  return cell.charCodeAt(0) === APOSTROPHE && GUARDED.test(cell) ? cell.slice(1) : cell;
}

const PIECE = 64 * 1024;
const APOSTROPHE = 39;
const E164 = /^\+[1-9]\d{1,14}$/;

/** What spreadsheets take for a formula: `=`, `+`, `-`, `@` and their full-width forms, also behind spaces; tab, CR, LF. */
const FORMULA = /^(?:\s*[=+\-@＝＋－＠]|[^\S\t\r\n]*[\t\r\n])/u;
/** Digits that a spreadsheet would take for a number and lose a zero or the end of. */
const DIGITS = /^\d+$/;
/** An apostrophe of ours; a text that happens to start so gets another one, which makes reading back exact. */
const GUARDED = /^'+(?:\s*[=+\-@＝＋－＠]|[^\S\t\r\n]*[\t\r\n]|\d+$)/u;

function guarded(cell: Cell, guard: Guard): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  if (PLAIN.test(cell)) return guard === 'excel' && DIGITS.test(cell) ? `'${cell}` : cell;
  if (cell.charCodeAt(0) === APOSTROPHE)
    return guard !== 'given-back' && GUARDED.test(cell) ? `'${cell}` : cell;
  if (!FORMULA.test(cell) || (guard !== 'excel' && E164.test(cell))) return cell;
  return `'${cell}`;
}

/** Most cells: nothing to guard. */
const PLAIN = /^(?:[\p{L}\p{N}]|$)/u;

function quoted(text: string, separator: string): string {
  if (!text.includes(separator) && !SPECIAL.test(text)) return text;
  return `"${text.replaceAll('"', '""')}"`;
}

/** Spaces at the edges are quoted so that no reader trims them. */
const SPECIAL = /["\r\n]|^\s|\s$/u;
