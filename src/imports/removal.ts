import { type Id } from '../database/new-id.js';

/** What an import takes away that its file does not name: counted by the check, done as its last step, told afterwards. */
export interface Removal {
  /** As they are listed; whoever has another revision when it is done was changed since the check, and stays. */
  leaving: [id: Id, revision: number][];
  /** Those the file names, likewise. */
  named: [id: Id, revision: number][];
  /** What stays although the file does not name it: some by name, all counted. */
  staying: Staying[];
  stayingCount: number;
  /** Groups with how many were in them and how many will be; without a name those in no group. */
  groups: RemovalGroup[];
}

export interface Staying {
  id: Id;
  name: string;
  /** Why: the end of a catalogue key. */
  reason: string;
  /** The row of the file that may be about it. */
  line?: number;
}

export interface RemovalGroup {
  /** null: a group the import makes, or no group. */
  id: Id | null;
  name: string | null;
  before: number;
  leaving: number;
  after: number;
  /** Nobody is left in it, and it goes as well. */
  goes: boolean;
}
