import { type Id } from '../database/new-id.js';
import { type FileKind } from '../csv/profiles.js';
import { type RowProblem, type RowProposal, type Verdict } from './stored-rows.js';

/** Runs SQL with `?` parameters on one connection: inside a transaction where one is handed over. */
export interface Statements {
  query<Result = Record<string, unknown>[]>(sql: string, values?: unknown[]): Promise<Result>;
}

export interface Affected {
  affectedRows: number;
}

/** One row on its way through the check. */
export interface Row {
  /** Its place in the whole file: what the id of a new row is found by. */
  readonly ref: number;
  /** As the spreadsheet numbers it. */
  readonly line: number;
  readonly cells: readonly string[];
  /** By field, tidied; a field whose cell is empty is absent. The check replaces what it reads otherwise. */
  values: Record<string, string>;
  verdict: Verdict;
  /** Who or what is there already: of a `known` row, so that its page can be opened. */
  knownId?: Id;
  problems: RowProblem[];
  proposals: RowProposal[];
}

/** What an import is about, the same for each of its steps. */
export interface ImportFacts {
  importId: Id;
  accountId: Id;
  ownerId: Id | null;
  /** Region of the account: how a phone number without `+` is read. */
  region: string;
  language: 'en' | 'fr';
  /** For each column the field it fills. */
  columns: readonly (string | null)[];
  /** It is not a file of ours: more is proposed where ours would be refused. */
  foreign: boolean;
  choices: Record<string, string | string[]>;
  /** Proposed values are taken. */
  proposals: boolean;
}

/** A row that changed its verdict after its batch was stored. */
export interface LateProblem {
  ref: number;
  problem: RowProblem;
}

/**
 * What a kind does with rows, made anew for each step. It lives in the import's thread, may hold sets in memory, and
 * never queries per row.
 */
export interface ImportCheck {
  /** What the row alone tells: changes values, adds problems and proposals. No I/O. */
  checkRow(row: Row): void;
  /** What the database knows, one query or two for the whole batch; sets `known`. */
  checkBatch(database: Statements, rows: readonly Row[]): Promise<void>;
  /** A row of an earlier run, after a crash, with its verdict: brings the sets to where they were. */
  recall(row: Row): void;
  /** When every row was seen: what only the whole file could tell. */
  finish(database: Statements): Promise<CheckResult>;
}

export interface CheckResult {
  late: LateProblem[];
  /** Names of what the import would make. */
  made: Record<string, string[]>;
  /** New rows left if proposals are not taken (those, and those that lean on them, are wrong then). */
  newWithoutProposals: number;
}

export interface ImportWriting {
  /** Every row, before the first batch is written; rows are in file order. */
  survey(row: Row): void;
  /** After the survey: makes what all batches need (groups). Repeated after a crash. */
  prepare(transaction: Statements, batchId: Id): Promise<void>;
  /**
   * Writes the new rows of a batch in the transaction that marks it written. A row that cannot be written any
   * more gets its new verdict (`known`, or `wrong` with a problem) and is left out.
   */
  writeBatch(transaction: Statements, rows: readonly Row[], batchId: Id): Promise<void>;
  /** Once, in the transaction that ends the import. */
  finish(transaction: Statements, batchId: Id): Promise<void>;
}

/** One step of an undo (or of its undo): at most some hundred subjects, in one transaction. */
export interface UndoStep {
  /** Where the next step goes on; null when nothing is left. */
  next: Id | null;
  done: number;
  /** What was left as it is. */
  kept: { id: Id; name: string; reason: string }[];
}

export interface ImportUndoing {
  undoStep(transaction: Statements, after: Id | null): Promise<UndoStep>;
  /** Last, in the transaction that ends the undo: groups that are empty, mails. */
  finish(transaction: Statements): Promise<void>;
}

/** Which batches an undo is about. */
export interface UndoFacts {
  accountId: Id;
  /** The journal batch that is undone. */
  batchId: Id;
  /** The journal batch of the undo. */
  undoBatchId: Id;
  /** Where this step's own changes are written down: the undo's, or the batch that takes the undo back. */
  ownBatchId: Id;
  now: Date;
}

/** What a kind's module (loaded in the thread by path) exports as `kind`. */
export interface ImportKind {
  checking(facts: ImportFacts, idOf: (ref: number) => Id): ImportCheck;
  writing(facts: ImportFacts, idOf: (ref: number) => Id): ImportWriting;
  undoing(facts: UndoFacts): ImportUndoing;
  redoing(facts: UndoFacts): ImportUndoing;
}

/** A column people may fill. */
export interface ImportField {
  /** Property of what is made. */
  name: string;
  labelKey: string;
  required: boolean;
  /** An example that reads well in both languages. */
  exampleKey: string;
}

/** A question about all rows, asked before confirming. */
export interface ImportChoice {
  name: string;
  labelKey: string;
  hintKey?: string;
  several: boolean;
  options: { value: string; labelKey: string }[];
  /** What is chosen at first. */
  value: string | string[];
}

/** What the pages and jobs know of a kind. */
export interface ImportDescription {
  /** Stored with each import, for example `users`. */
  kind: string;
  /** Compiled module in the thread, below dist/, for example `src/user-management/user-import.js`. */
  module: string;
  /** Where one uploads; and where people go when the import is done. */
  uploadPath: string;
  donePath: string;
  /** Catalogue area of this kind's sentences (`<area>.import-title`, `<area>.done` …). */
  area: string;
  /** Whose columns csv/profiles.ts knows. */
  fileKind: FileKind;
  fields: readonly ImportField[];
  choices: (facts: { features: Record<string, boolean> }) => ImportChoice[];
  limits: { rows: number; bytes: number };
  /** Who may see and run it: any admin of the account, or its owner alone. */
  sharedByAdmins: boolean;
  /** Page of what is there already. */
  knownPath: (id: Id) => string;
  /** What `audit` and the journal call it, for example `users.import`. */
  act: string;
}
