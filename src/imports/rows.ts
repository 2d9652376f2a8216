import { unquoteFormula } from '../csv/writer.js';
import { tidy } from '../text/tidy.js';
import { type Row } from './import-kind.js';
import {
  letterOf,
  type RowDetails,
  type StoredRow,
  type Verdict,
  type VerdictLetter,
} from './stored-rows.js';

/** A row as it comes from the file, before any check. */
export function newRow(
  ref: number,
  line: number,
  cells: readonly string[],
  columns: readonly (string | null)[],
): Row {
  return { ref, line, cells, values: valuesOf(cells, columns), verdict: 'new', problems: [], proposals: [] };
}

/** What is kept of a checked row. */
export function toStored(row: Row, columns: readonly (string | null)[]): StoredRow {
  const letter = letterOf[row.verdict];
  const details: RowDetails = {};
  if (row.problems.length > 0) details.p = row.problems;
  if (row.proposals.length > 0 && row.verdict !== 'known') details.o = row.proposals;
  if (row.knownId !== undefined) details.k = row.knownId;
  if (row.changes !== undefined && row.verdict === 'changed') details.c = row.changes;
  if (row.meanwhile !== undefined) details.m = row.meanwhile;
  if (row.notTaken !== undefined) details.t = row.notTaken;
  if (row.respelled !== undefined) details.x = row.respelled;
  if (row.shown !== undefined && row.verdict === 'new') details.s = row.shown;
  if (row.verdict !== 'wrong' && row.verdict !== 'same') {
    const plain = valuesOf(row.cells, columns);
    for (const [field, value] of Object.entries(row.values)) {
      if (plain[field] !== value) (details.v ??= {})[field] = value;
    }
  }
  // Read anew it comes from the file; until then nobody asks what an unchanged row said.
  const cells = row.verdict === 'same' ? [] : (row.cells as string[]);
  return isEmpty(details) ? [row.line, letter, cells] : [row.line, letter, cells, details];
}

/** A kept row with its values, as after its check. */
export function fromStored(
  ref: number,
  [line, letter, cells, details]: StoredRow,
  columns: readonly (string | null)[],
): Row {
  return {
    ref,
    line,
    cells,
    values: details?.v ? { ...valuesOf(cells, columns), ...details.v } : valuesOf(cells, columns),
    verdict: verdictOf[letter],
    problems: details?.p ? [...details.p] : [],
    proposals: details?.o ?? [],
    ...(details?.k ? { knownId: details.k } : {}),
    ...(details?.c ? { changes: details.c } : {}),
    ...(details?.m ? { meanwhile: details.m } : {}),
    ...(details?.t ? { notTaken: details.t } : {}),
    ...(details?.x ? { respelled: details.x } : {}),
    ...(details?.s ? { shown: details.s } : {}),
  };
}

/** Takes the proposals of a row, or makes it wrong for want of them. */
export function settleProposals(row: Row, agreed: boolean): Row {
  if (row.proposals.length === 0 || (row.verdict !== 'new' && row.verdict !== 'changed')) return row;
  if (agreed) {
    for (const [, field, value] of row.proposals) row.values[field] = value;
  } else {
    row.verdict = 'wrong';
    for (const [column, , , key] of row.proposals) row.problems.push([column, key]);
  }
  return row;
}

/**
 * A copy of a short text. A cell is a slice of the piece of file it was read from and keeps the whole of it in memory; what is
 * held for all rows must not.
 */
export function detached(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

/** A cell as a value: without the `'` an export puts before what a spreadsheet would change, and tidied. */
export function cellValue(cell: string): string {
  return tidy(unquoteFormula(cell.trimStart()));
}

const verdictOf: Record<VerdictLetter, Verdict> = {
  n: 'new',
  c: 'changed',
  s: 'same',
  m: 'met',
  k: 'known',
  w: 'wrong',
};

function valuesOf(cells: readonly string[], columns: readonly (string | null)[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (let column = 0; column < columns.length; column++) {
    const field = columns[column];
    if (field === null || column >= cells.length) continue;
    const value = cellValue(cells[column]);
    if (value !== '') values[field] = value;
  }
  return values;
}

function isEmpty(object: object): boolean {
  for (const _ in object) return false;
  return true;
}
