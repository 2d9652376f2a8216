import { isBlank, RowParser, separators, type Row, type Separator } from './rows.js';

/** How the rows of a file are laid out, as found; each can be corrected by the reader. */
export interface Layout {
  separator: Separator;
  /** Row number of the header as `readRows` counts; 0 when the first row already is data. */
  headerRow: number;
  /** The header's cells, or none. */
  header: string[];
  /** The first rows after the header, to show. */
  samples: Row[];
  /** What ends the file's lines. */
  lineBreak: '\r\n' | '\n' | '\r';
}

/** How much text `detectLayout` wants to see, in UTF-16 units. */
export const LAYOUT_SAMPLE = 64 * 1024;

/**
 * The separator that gives the same number of columns on most of the first rows (a `sep=` line decides it), and the
 * row that names the columns: the first that is not blank, not `version:v1.0` (Entra) and not a title of one cell.
 * A first row that holds an address or a phone number is data.
 * @param sample the beginning of the file; `whole` when it is all of it
 * @param chosen what the reader corrected
 */
export function detectLayout(
  sample: string,
  {
    whole = false,
    chosen = {},
  }: { whole?: boolean; chosen?: { separator?: Separator; headerRow?: number } } = {},
): Layout {
  const separator = chosen.separator ?? declaredSeparator(sample) ?? likeliestSeparator(sample, whole);
  const rows = rowsIn(
    sample,
    separator,
    whole,
    chosen.headerRow === undefined ? COMPARED + SAMPLES : Infinity,
  );
  const headerRow = chosen.headerRow ?? headerRowOf(rows);
  return {
    separator,
    headerRow,
    header: headerRow === 0 ? [] : (rows.find(({ line }) => line === headerRow)?.cells ?? []),
    samples: rows.filter(({ line, cells }) => line > headerRow && !isBlank(cells)).slice(0, SAMPLES),
    lineBreak: (/\r\n|\n|\r/.exec(sample)?.[0] as Layout['lineBreak'] | undefined) ?? '\r\n',
  };
}

/** Whether the cells look like a person's data and not like names of columns. */
function looksLikeData(cells: string[]): boolean {
  return cells.some(
    (cell) => /[^\s@]@[^\s@]+\.[^\s@]/.test(cell) || /^['‘’]?\+?[\d\s().-]{7,}$/.test(cell.trim()),
  );
}

const COMPARED = 20;
const SAMPLES = 5;
/** How much of a sample is read at a time. */
const STEP = 8 * 1024;

function declaredSeparator(sample: string): Separator | null {
  const declared = /^\ufeff?"?sep=(.)/i.exec(sample)?.[1];
  return separators.find((separator) => separator === declared) ?? null;
}

function likeliestSeparator(sample: string, whole: boolean): Separator {
  let best: { separator: Separator; agreeing: number; columns: number } | null = null;
  for (const separator of separators) {
    const rows = rowsIn(sample, separator, whole, COMPARED).filter(isFilled).slice(0, COMPARED);
    const counts = new Map<number, number>();
    for (const { cells, problem } of rows)
      if (!problem) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
    for (const [columns, agreeing] of counts) {
      if (columns === 1) continue;
      if (!best || agreeing > best.agreeing || (agreeing === best.agreeing && columns > best.columns))
        best = { separator, agreeing, columns };
    }
  }
  return best?.separator ?? ',';
}

/** The rows of the sample, or so many of them that enough are filled; its last one only if it is whole. */
function rowsIn(sample: string, separator: Separator, whole: boolean, enough: number): Row[] {
  const parser = new RowParser(separator);
  const rows: Row[] = [];
  let filled = 0;
  for (let at = 0; at < sample.length; at += STEP) {
    for (const row of parser.push(sample.slice(at, at + STEP))) {
      rows.push(row);
      if (isFilled(row)) filled++;
    }
    if (filled >= enough) return rows;
  }
  return whole || rows.length === 0 ? [...rows, ...parser.end()] : rows;
}

function headerRowOf(rows: Row[]): number {
  const filled = rows.filter(isFilled).slice(0, COMPARED);
  const wide = filled.some(({ cells }, index) => index > 0 && width(cells) >= 3);
  const header = filled.find(({ cells }) => !wide || width(cells) > 1);
  return header && !looksLikeData(header.cells) ? header.line : 0;
}

function isFilled({ cells }: Row): boolean {
  return !isBlank(cells) && !isVersion(cells);
}

function width(cells: string[]): number {
  return cells.filter((cell) => cell.trim() !== '').length;
}

function isVersion(cells: string[]): boolean {
  return /^\s*version:v\d/i.test(cells[0]) && width(cells) === 1;
}
