import { type Id } from '../database/new-id.js';

/** `same` and `changed` are for kinds that update; `known`: already there, which is no error. */
export type Verdict = 'new' | 'changed' | 'same' | 'known' | 'wrong';

/** What is wrong with one cell: column (-1: the row as a whole), catalogue key, values it names. */
export type RowProblem = [column: number, key: string, values?: Record<string, string | number>];

/** A value we read otherwise than it stands in the cell, taken only if the person agrees; `key` says what is wrong
    with the cell if not. */
export type RowProposal = [column: number, field: string, value: string, key: string];

/**
 * A row as it is kept: raw cells (for the error file and a new reading) and the verdict. Short, since a file has up
 * to 100,000 of them: a value is kept only where it is not its cell.
 */
export type StoredRow = [line: number, verdict: VerdictLetter, cells: string[], details?: RowDetails];

export interface RowDetails {
  /** Values taken, where they differ from the cell. */
  v?: Record<string, string>;
  /** Problems. */
  p?: RowProblem[];
  /** Proposals. */
  o?: RowProposal[];
  /** Who or what is there already. */
  k?: Id;
}

/** The rows of a batch. The id of what a new row becomes follows from `base` and its place: known before it is written. */
export interface StoredRows {
  base: Id;
  rows: StoredRow[];
}

export type VerdictLetter = 'n' | 'c' | 's' | 'k' | 'w';
export type BatchCounts = Partial<Record<VerdictLetter | 'o', number>>;

export const letterOf: Record<Verdict, VerdictLetter> = {
  new: 'n',
  changed: 'c',
  same: 's',
  known: 'k',
  wrong: 'w',
};

/** Places a batch may have: three hex digits of an id. */
export const PLACES = 4096;

/** The id of the nth thing of a batch: the last 12 bits, which are random in a UUIDv7, count. */
export function idAt(base: Id, place: number): Id {
  return base.slice(0, -3) + (place | PLACES).toString(16).slice(1);
}

/** How many rows of each verdict, and how many with proposals (`o`). */
export function countsOf(rows: readonly StoredRow[]): BatchCounts {
  const counts: BatchCounts = {};
  for (const [, letter, , details] of rows) {
    counts[letter] = (counts[letter] ?? 0) + 1;
    if (details?.o && letter !== 'w') counts.o = (counts.o ?? 0) + 1;
  }
  return counts;
}
