import { type Id } from '../database/new-id.js';

/**
 * `same` and `changed` are for kinds that update, as is `met`: confirmed, but nothing of it could be written any more.
 * `known`: already there, which is no error.
 */
export type Verdict = 'new' | 'changed' | 'same' | 'met' | 'known' | 'wrong';

/** What is wrong with one cell: column (-1: the row as a whole), catalogue key, values it names. */
export type RowProblem = [column: number, key: string, values?: Record<string, string | number>];

/** A value we read otherwise than it stands in the cell, taken only if the person agrees; `key` says what is wrong
    with the cell if not; `before` is what is read otherwise, where it is not the whole cell. */
export type RowProposal = [column: number, field: string, value: string, key: string, before?: string];

/** Per field: what is there and what the file makes of it, as the journal writes it down. */
export type Changes = Record<string, [before: unknown, after: unknown]>;

/** A field left as it is: what the person who confirmed had seen, what was there then, what the file says, and why. */
export type Meanwhile = [field: string, seen: unknown, now: unknown, file: unknown, reason: string];

/** A field that is compared and never taken: what is there and what the file says. */
export type NotTaken = [field: string, present: string, file: string];

/**
 * A row as it is kept: raw cells (for the error file and a new reading) and the verdict. Short, since a file has up
 * to 100,000 of them: a value is kept only where it is not its cell, and of a row that changes nothing no cell.
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
  /** Changes. */
  c?: Changes;
  /** Changes that met others. */
  m?: Meanwhile[];
  /** Values not taken. */
  t?: NotTaken[];
  /** What a new row will be shown as. */
  s?: string[];
  /** Cells a spreadsheet respelled. */
  x?: number;
}

/** The rows of a batch. The id of what a new row becomes follows from `base` and its place: known before it is written. */
export interface StoredRows {
  base: Id;
  rows: StoredRow[];
}

export type VerdictLetter = 'n' | 'c' | 's' | 'm' | 'k' | 'w';
/**
 * Rows by verdict; beside it `o` with proposals, `a` with a change of address, `m` with changes that met others, `t` with
 * values not taken, `d` new although somebody like them is there, `f:…` that change a field, `o:…` and `w:…` with a proposal
 * or a problem of one kind; and `x`, cells a spreadsheet respelled.
 */
export type BatchCounts = Record<string, number>;

export const letterOf: Record<Verdict, VerdictLetter> = {
  new: 'n',
  changed: 'c',
  same: 's',
  met: 'm',
  known: 'k',
  wrong: 'w',
};

/** Places a batch may have: three hex digits of an id. */
export const PLACES = 4096;

/** The id of the nth thing of a batch: the last 12 bits, which are random in a UUIDv7, count. */
export function idAt(base: Id, place: number): Id {
  return base.slice(0, -3) + (place | PLACES).toString(16).slice(1);
}

export function countsOf(rows: readonly StoredRow[]): BatchCounts {
  const counts: BatchCounts = {};
  const add = (name: string, count = 1) => (counts[name] = (counts[name] ?? 0) + count);
  for (const [, letter, , details] of rows) {
    add(letter);
    if (!details) continue;
    if (details.o && letter !== 'w') {
      add('o');
      for (const key of new Set(details.o.map(([, , , each]) => each))) add(`o:${key}`);
    }
    if (details.p) for (const key of new Set(details.p.map(([, each]) => each))) add(`w:${key}`);
    if (details.k !== undefined && letter === 'n') add('d');
    if (details.x) add('x', details.x);
    if (details.t) add('t');
    if (details.m && letter !== 'm') add('m');
    if (!details.c || letter !== 'c') continue;
    for (const field in details.c) add(`f:${field}`);
    if (isAddressChange(details.c)) add('a');
  }
  return counts;
}

/** A pending person's address changes at once, anybody else's once it is confirmed. */
export function isAddressChange(changes: Changes): boolean {
  return changes.email !== undefined || changes.requestedEmail !== undefined;
}
