import { unquoteFormula } from '../csv/writer.js';
import { tidy } from '../text/tidy.js';
import { type Row } from './import-kind.js';
import {
  letterOf,
  type RowDetails,
  type RowProblem,
  type RowProposal,
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
  return new FileRow(ref, line, cells, columns);
}

/** A row whose values are taken from its cells when they are first asked for: contacts are composed from the cells. */
class FileRow implements Row {
  verdict: Verdict = 'new';
  problems: RowProblem[] = [];
  proposals: RowProposal[] = [];
  /** Null while nobody has asked for them, and so could have changed them. */
  #values: Record<string, string> | null = null;

  constructor(
    readonly ref: number,
    readonly line: number,
    readonly cells: readonly string[],
    private readonly columns: readonly (string | null)[],
    private readonly other?: Record<string, string>,
  ) {}

  get values(): Record<string, string> {
    return (this.#values ??= this.other
      ? { ...valuesOf(this.cells, this.columns), ...this.other }
      : valuesOf(this.cells, this.columns));
  }

  set values(values: Record<string, string>) {
    this.#values = values;
  }

  /** Its values are those of its cells. */
  get isPlain(): boolean {
    return this.#values === null && this.other === undefined;
  }
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
  if (row.verdict !== 'wrong' && row.verdict !== 'same' && !(row instanceof FileRow && row.isPlain)) {
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
  const row: Row = new FileRow(ref, line, cells, columns, details?.v);
  row.verdict = verdictOf[letter];
  if (!details) return row;
  if (details.p) row.problems = [...details.p];
  if (details.o) row.proposals = details.o;
  if (details.k) row.knownId = details.k;
  if (details.c) row.changes = details.c;
  if (details.m) row.meanwhile = details.m;
  if (details.t) row.notTaken = details.t;
  if (details.x) row.respelled = details.x;
  if (details.s) row.shown = details.s;
  return row;
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
