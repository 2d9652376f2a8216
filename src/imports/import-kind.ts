import { type Id } from '../database/new-id.js';
import { type FileKind } from '../csv/profiles.js';
import { type SignedIn } from '../web/signed-in.js';
import { type CheckboxField } from '../web/fields.js';
import { type Words } from '../web/words.js';
import { type Import } from './import.entities.js';
import { type FileProblem } from './reading.js';
import { type Removal } from './removal.js';
import {
  type Changes,
  type Meanwhile,
  type NotTaken,
  type RowProblem,
  type RowProposal,
  type Verdict,
} from './stored-rows.js';

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
  /** Of a `changed` row, by field: what is there and what the file makes of it; a proposed number as if it were taken. */
  changes?: Changes;
  /** Fields a confirmed row did not write, because somebody changed them since the check. */
  meanwhile?: Meanwhile[];
  /** Columns that are compared and never taken, where they differ. */
  notTaken?: NotTaken[];
  /** Of a new row: what it will be shown as, where its cells do not say it. */
  shown?: string[];
  /** Cells that differ from what is there only by what a spreadsheet makes of it. */
  respelled?: number;
}

/** What an import is about, the same for each of its steps. */
export interface ImportFacts {
  importId: Id;
  accountId: Id;
  ownerId: Id | null;
  /** Region of the account: how a phone number without `+` is read. */
  region: string;
  language: 'en' | 'fr';
  /** Of the account: what times without an offset are read in where nobody says otherwise. */
  timeZone: string;
  /** For each column the field it fills. */
  columns: readonly (string | null)[];
  /** Which program's file it is (csv/profiles.ts), if one we know. */
  profile: string | null;
  /** It is not a file of ours: more is proposed where ours would be refused. */
  foreign: boolean;
  choices: Record<string, string | string[]>;
  /** Proposed values are taken. */
  proposals: boolean;
  /** Of a confirmed import: what its check counted as going. */
  removal?: Removal;
}

/**
 * What turned out about a row after its batch was stored: it is wrong, or one of its changes is another (null: none), or it is new or
 * there already with other values.
 */
export type LateFinding =
  | { ref: number; problem: RowProblem }
  | { ref: number; verdict: 'new' | 'known'; values: Record<string, string> }
  | { ref: number; change: [field: string, change: Changes[string] | null] };

/**
 * What a kind does with rows, made anew for each step. It lives in the import's thread, may hold sets in memory, and
 * never queries per row.
 */
export interface ImportCheck {
  /** Asks for what `checkBatch` will want of the database, while the first rows are read. */
  begin?(database: Statements): void;
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
  late: LateFinding[];
  /** Names of what the import would make. */
  made: Record<string, string[]>;
  /** Rows left to write if proposals are not taken (those, and those that lean on them, are wrong then). */
  newWithoutProposals: number;
  /** Rows about people or things nobody knows here: many of them say that the file is another one. */
  unknown?: number;
  /** Rows that are the same person as an earlier one of the file. */
  twice?: { line: number; earlier: number }[];
  /** Why the file as a whole cannot be imported although its rows are right; nothing can be confirmed then. */
  problem?: FileProblem;
  /** Of a kind that takes away what the file does not name. */
  removal?: Removal;
}

export interface ImportWriting {
  /** With it only the changed rows are looked at, those of several batches in one transaction; else all, batch by batch. */
  changedOnly?: boolean;
  /** Every row, before the first batch is written; rows are in file order. */
  survey(row: Row): void;
  /** After the survey: makes what all batches need (groups). Repeated after a crash. */
  prepare(transaction: Statements, batchId: Id): Promise<void>;
  /**
   * Writes the rows of a batch in the transaction that marks it written. A row that cannot be written any more gets
   * its new verdict (`known`, `same` or `met`, or `wrong` with a problem) and is left out.
   */
  writeBatch(transaction: Statements, rows: readonly Row[], batchId: Id): Promise<void>;
  /** Once, in the transaction that ends the import. @returns what is told of it beside the rows */
  finish(transaction: Statements, batchId: Id): Promise<WriteResult | void>;
}

export interface WriteResult {
  counts?: Record<string, number>;
  removal?: Removal;
}

/** One step of an undo (or of its undo): at most some hundred subjects, in one transaction. */
export interface UndoStep {
  /** Where the next step goes on; null when nothing is left. */
  next: Id | null;
  done: number;
  /** What was left as it is. */
  kept: KeptSubject[];
}

export interface KeptSubject {
  id: Id;
  name: string;
  reason: string;
  /** Where only some of its fields were left. */
  fields?: string[];
}

export interface ImportUndoing {
  undoStep(transaction: Statements, after: Id | null): Promise<UndoStep>;
  /** Last, in the transaction that ends the undo: groups that are empty, mails. */
  finish(transaction: Statements): Promise<void>;
}

/** Which batches an undo is about. */
export interface UndoFacts {
  accountId: Id;
  ownerId: Id | null;
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
  /** All rows are written in one transaction; it may throw WriteRefused. */
  atomic?: boolean;
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
  labelValues?: Record<string, number>;
  required: boolean;
  /** An example that reads well in both languages. */
  exampleKey?: string;
  /** Offered only for a file that has it. */
  rare?: boolean;
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

/** A line of text asked with the file and on the check page, for all rows. */
export interface ImportText {
  name: string;
  labelKey: string;
  hintKey?: string;
  characters: number;
  /** What else may be wrong with it, as a catalogue key; null when nothing is. */
  problemOf?: (text: string) => string | null;
  /** What it may be instead of something new. */
  suggestions?: (database: Statements, ownerId: Id) => Promise<string[]>;
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
  /** Questions the check depends on: asked with the file, and answered anew they check it anew. */
  rules?: readonly ImportChoice[];
  /** The same as lines of text. */
  texts?: readonly ImportText[];
  /** One wrong row and nothing is imported, unless the person asks for the right rows alone. */
  allOrNothing?: boolean;
  /** At least one of these fields needs a column. */
  oneOf?: readonly string[];
  /** `cardBytes`: files of vCards are taken too, each card a row; without it they are refused. */
  limits: { rows: number; bytes: number; cardBytes?: number };
  /** Who may see and run it: any admin of the account, or its owner alone. */
  sharedByAdmins: boolean;
  /** Whoever has this feature off opens none of its imports. */
  feature?: keyof SignedIn['features'];
  /** Page of what is there already. */
  knownPath: (id: Id) => string;
  /** What `audit` and the journal call it, for example `users.import`. */
  act: string;
  /** Kinds of the same word do not write at the same time; its own name when left out. */
  exclusive?: string;
  /** Of a kind that only adds: where a file changes what is there already. */
  updatePath?: string;
  /** Of a kind that updates: how its pages tell what changes. */
  updates?: UpdateDescription;
  /** Of a kind that takes away what the file does not name: what its pages say of it. */
  removes?: RemovalDescription;
  /** A row in a reader's words, of a kind whose rows are no people. */
  rowText?: (row: Pick<Row, 'values'>, words: Words) => string;
  /** Its files tell of people of the account: whoever uploaded one opens it while they administrate. */
  ofPeople?: boolean;
  /** Where the words on kinds of problems and proposals are, if not in `area`. */
  kindArea?: string;
}

export interface RemovalDescription {
  /** Looked up anew for each page: what was changed since the check does not go. */
  view: (
    database: Statements,
    present: Import,
    words: Words,
    query: Record<string, string>,
  ) => Promise<RemovalView | null>;
  /** What whoever confirms must have ticked, as in the view; null where nothing goes. */
  consent: (database: Statements, present: Import) => Promise<{ name: string; value: string } | null>;
}

/** What `imports/removal` shows before and after. */
export interface RemovalView {
  /** Something goes, even if no row adds or changes anything. */
  any: boolean;
  /** Beside the counts of rows. */
  counts: { value: number; label: string; kind?: string; icon?: string; href?: string }[];
  /** Who confirms has ticked this; its value says how many it was about. Null where nothing goes. */
  consent: CheckboxField | null;
  groups: {
    title: string;
    rows: {
      name: string;
      isNone: boolean;
      before: number;
      leaving: number;
      after: number;
      note: string | null;
    }[];
    more: string | null;
  } | null;
  /** Who goes, or went, a page of them. */
  leaving: {
    title: string;
    text: string;
    rows: { name: string; href: string | null; reach: string; groups: string }[];
    pagination: object;
  } | null;
  staying: {
    title: string;
    text: string;
    people: { name: string; href: string; reason: string }[];
    more: string | null;
  } | null;
  /** Where the file is checked anew, when something was changed since. */
  checkAgain: string | null;
  /** Brings back what went, at once. */
  restore: { action: string; label: string } | null;
}

/** Whose import it is. */
export type ImportOwner = Pick<Import, 'accountId' | 'ownerId'>;

export interface UpdateDescription {
  /** It also makes what is not there yet. */
  adds?: boolean;
  /** Catalogue key of a field of `changes`, null for one that only follows from another. */
  labelOf: (field: string) => string | null;
  /** Fields whose values are ids of subjects. */
  references: readonly string[];
  /** Fields that change nothing before somebody confirms it. */
  confirmed: readonly string[];
  /** Names of subjects, in one query; of those alone whom whoever the import belongs to may see. */
  namesOf: (database: Statements, whose: ImportOwner, ids: readonly Id[]) => Promise<Map<Id, string>>;
  /** A value as a reader knows it. */
  valueText: (field: string, value: unknown, words: Words) => string;
  /** Where a value of this column that no file can hold may be set by hand. */
  byHand: (field: string | null, id: Id) => string | null;
  /** Where people go whom an update does not know. */
  newPath: string;
}
