import { type RowProblem } from '../../imports/stored-rows.js';
import { isScientific } from '../../csv/spreadsheet.js';
import { type CallDirection, type CallOutcome } from '../call.js';

/** What a row says of one person's call, before it is known who that is. */
export interface Leg {
  /** Whose call it may be, the likeliest first. */
  candidates: readonly Candidate[];
  direction: CallDirection;
  outcome: CallOutcome;
  /** Of the other side, as the file says it. */
  number: string;
  name: string | null;
  /** ms since 1970 */
  startedAt: number;
  seconds: number;
  /** It was this person who was dialled, and not a group this person answers for. */
  direct: boolean;
}

/** An address, an extension or a number, and the field that says so. */
export interface Candidate {
  text: string;
  field: string;
}

/** A row of the file, read. */
export interface RowCalls {
  legs: Leg[];
  /** The telephone system's id of the call; empty where the file has none. */
  callId: string;
  /** Rows of the same are about one call; empty where each is one of its own. */
  chain: string;
  /** Rows that name the two halves of one channel are about one call too: `opens` the first half, `continues` the second. */
  opens?: string;
  continues?: string;
}

/** What a row fills, by field; empty where nothing is. */
export type Cells = (field: string) => string;

/** Says what is wrong with a cell. */
export type Tell = (field: string, key: string, values?: RowProblem[2]) => void;

/** Numbers and ids a spreadsheet rounded (`1.76384E+09`): those of two calls look alike then. */
export function tellDestroyed(cells: Cells, fields: readonly string[], tell: Tell): boolean {
  const destroyed = fields.filter((field) => isScientific(cells(field)));
  for (const field of destroyed) tell(field, 'call-imports.problem.destroyed');
  return destroyed.length > 0;
}

/** Reads a row; null where something was wrong with it. */
export type RowReader = (cells: Cells, tell: Tell) => RowCalls | null;
