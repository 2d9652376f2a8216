import { type MessageValues } from '../errors/domain-error.js';
import { type Removal } from './removal.js';

/** How a file is read: what was detected, and what the person corrected. */
export interface Reading {
  /** Which program's file it looks like: a name of csv/profiles.ts, or null for none we know. */
  profile: string | null;
  /** It is another program's file: more is proposed where ours would be refused. */
  foreign?: boolean;
  encoding: string;
  /** The file begins with a byte order mark, and so will what is given back. */
  bom: boolean;
  separator: string;
  lineBreak: '\r\n' | '\n' | '\r';
  /** Spreadsheet row of the header (the first row is 1); 0 when the file has none. */
  headerRow: number;
  /** Raw cells of the header row; made-up names (A, B, C) when there is none. */
  header: string[];
  /** For each column the field it fills, or null when it is left aside. */
  columns: (string | null)[];
  /** Columns with passwords and the like: never kept, never shown. */
  secret: number[];
  /** Columns nobody could tell from their name: the person is asked. */
  unsure: number[];
  /** First cells of each column, to tell what it holds. */
  samples: string[][];
  /** Spreadsheet row of an example row that the program put in and that is no person. */
  exampleRow?: number;
  /** Where the rows come from, when the file was a workbook. */
  workbook?: WorkbookOrigin;
}

export interface WorkbookOrigin {
  sheet: string;
  /** Other sheets with something in them, which are left. */
  others: string[];
}

/** What the person chose for all rows; which choices there are, the kind says. */
export interface ImportOptions {
  choices: Record<string, string | string[]>;
  /** Proposed phone numbers are taken. */
  proposals: boolean;
}

/** What the check found out beside the rows. */
export interface ImportSummary {
  /** Names of things the import would make, by what they are, for example `userGroups`. */
  made: Record<string, string[]>;
  /** What is left to write when proposed numbers are not taken. */
  newWithoutProposals: number;
  proposals: number;
  /** Rows about people or things nobody knows here. */
  unknown?: number;
  /** Rows that are the same person as an earlier one of the file. */
  twice?: { line: number; earlier: number }[];
  /** What goes, or went, because the file does not name it. */
  removal?: Removal;
  /** What an undo left as it is, and why. */
  kept?: { id: string; name: string; reason: string; fields?: string[] }[];
  keptCount?: number;
  /** Journal batch of an undo that is being taken back. */
  redoBatchId?: string;
}

/** Why a file cannot be taken: a catalogue key and what it names. */
export interface FileProblem {
  key: string;
  values?: MessageValues;
  /** The control of the upload it is about, when it is not the file itself. */
  field?: string;
}
