import { type Id } from '../database/id.js';
import { type PersonFields } from './user-rows.js';
import { type Status, type User } from './user.entity.js';

/** A person as a form or a file describes them. */
export interface NewPerson extends Omit<PersonFields, 'managerId'> {
  /** Made before the form was shown: the same form sent twice makes one person. */
  id?: Id;
  /** Address of somebody of the account. */
  manager?: string | null;
  /** Names; a group that does not exist is made. */
  userGroups?: readonly string[];
  chatGroups?: readonly string[];
}

/** What an edit may change; what is absent stays. */
export type PersonChanges = Partial<Omit<NewPerson, 'id' | 'email' | 'role'>>;

/** A person with what stands beside their row. */
export interface Person {
  user: User;
  manager: string | null;
  userGroups: string[];
  chatGroups: string[];
}

/** One who was passed over, and why: a catalogue key. */
export interface Left {
  id: Id;
  key: string;
}

export interface Outcome {
  done: number;
  left: Left[];
  /** The journal batch, to undo by; null when nothing was done. */
  batchId: Id | null;
}

/** `withoutExtension`: restored people whose extension somebody else has by now. */
export interface Restored extends Outcome {
  withoutExtension: Id[];
}

/** Somebody of the account an address belongs to. */
export interface Known {
  id: Id;
  email: string;
  status: Status;
}

export function outcome(
  asked: readonly Id[],
  done: readonly Pick<User, 'id'>[],
  otherwise: string,
  batchId: Id | null,
  reasons: ReadonlyMap<Id, string> = new Map(),
): Outcome {
  const ids = new Set(done.map(({ id }) => id));
  const left = [...new Set(asked)]
    .filter((id) => !ids.has(id))
    .map((id) => ({ id, key: reasons.get(id) ?? otherwise }));
  return { done: ids.size, left, batchId };
}

export function nothingDone(
  asked: readonly Id[],
  otherwise: string,
  reasons?: ReadonlyMap<Id, string>,
): Outcome {
  return outcome(asked, [], otherwise, null, reasons);
}
