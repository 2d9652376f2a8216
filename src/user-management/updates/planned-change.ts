import { type Id } from '../../database/new-id.js';
import { type Statements } from '../../imports/import-kind.js';
import { type Changes } from '../../imports/stored-rows.js';
import { type AccountGroups } from './account-groups.js';
import { type StoredPerson } from './stored-people.js';

/** Who is to change how: values as they were seen, and as they are wanted. */
export interface PlannedChange {
  id: Id;
  line: number | null;
  changes: Changes;
}

/** A field that was left as it is. */
export interface FieldLeft {
  field: string;
  seen: unknown;
  now: unknown;
  wanted: unknown;
  reason: 'meanwhile' | 'extension-taken' | 'address-taken' | 'manager-gone' | 'activated' | 'confirmed';
}

export interface Outcome {
  /** Null for somebody who is not there any more. */
  person: StoredPerson | null;
  written: Changes;
  left: FieldLeft[];
  /** Why nobody may touch this person now. */
  refused?: 'gone' | 'erased' | 'owner-by-owner';
}

export interface ApplyFacts {
  accountId: Id;
  /** The journal batch these changes are written down in. */
  batchId: Id;
  /** May touch owners. */
  actorIsOwner: boolean;
  now: Date;
  /** An undo: addresses that were asked for are taken back. */
  back: boolean;
  groups: AccountGroups;
  /** Which of these people give up the extension they hold in the same act, further on. */
  giving: (transaction: Statements, holders: readonly { id: Id; extension: string }[]) => Promise<Set<Id>>;
}
