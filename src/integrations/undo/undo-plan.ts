import { type PhoneField } from '../../contact-card/contact-fields.js';
import { type Id } from '../../database/new-id.js';
import { sameValue } from '../../journal/changes.js';
import { type Changes, type JournalEntry } from '../../journal/journal.entities.js';
import { journaled, type JournaledField, type StoredCloudContact } from '../contacts/cloud-contact-row.js';
import { isEmpty } from '../contacts/cloud-contact-writes.js';

/**
 * What taking an act or a run back would do, contact by contact: pure, so that the page that asks shows just what is then done.
 * What was made goes into the bin unless it was edited since, fields come back where they still say what the act made of them,
 * what was deleted returns; and all of it is sent, as if somebody had typed it.
 */

/** Why something was left: edited or deleted by another act since, or erased for good. */
export type KeptReason = 'edited' | 'deleted' | 'gone';

export interface KeptContact {
  id: Id;
  name: string;
  reason: KeptReason;
  /** Those of `journaled`. */
  fields?: JournaledField[];
}

export interface UndoPlan {
  /** Made by the act: into the bin, and out of the mailbox. */
  remove: StoredCloudContact[];
  /** Deleted by the act: out of the bin. `after` where it had changed them too. */
  restore: StoredCloudContact[];
  change: { before: StoredCloudContact; after: StoredCloudContact; fields: JournaledField[] }[];
  kept: KeptContact[];
}

export interface UndoneEntry {
  subjectId: Id;
  action: JournalEntry['action'];
  changes: Changes | null;
}

export interface Present {
  /** Living and in the bin. */
  contacts: ReadonlyMap<Id, StoredCloudContact>;
  /** Folders contacts can be in. */
  folders: ReadonlySet<Id>;
  /** Of those in the bin, the ones this act has put there. */
  removals: ReadonlySet<Id>;
  /** What restored contacts said when they came back, in the fields that were changed since. */
  atRestoring: ReadonlyMap<Id, Values>;
}

type Values = Partial<Record<JournaledField, unknown>>;

/** Fields an undo gives back. What the provider says of its own (private or not) it keeps. */
const undoable = journaled.filter((field) => field !== 'isPrivate');

export function undoPlan(entries: readonly UndoneEntry[], present: Present): UndoPlan {
  const plan: UndoPlan = { remove: [], restore: [], change: [], kept: [] };
  for (const entry of entries) plan.kept.push(...planOne(plan, entry, present));
  return plan;
}

/** @returns what is left of it, if anything */
function planOne(
  plan: UndoPlan,
  { subjectId: id, action, changes }: UndoneEntry,
  { contacts, folders, removals, atRestoring }: Present,
): KeptContact[] {
  const contact = contacts.get(id);
  if (!contact) return [{ id, name: '', reason: 'gone' }];
  const keep = (reason: KeptReason, fields?: JournaledField[]): KeptContact[] => [
    { id, name: contact.displayName, reason, ...(fields ? { fields } : {}) },
  ];
  const back = () => {
    const { after, fields, left } = asBefore(contact, changes ?? {}, folders);
    if (fields.length > 0) plan.change.push({ before: contact, after, fields });
    return left.length > 0 ? keep('edited', left) : [];
  };
  if (contact.deletedAt !== null) {
    if (action === 'removed' && removals.has(id)) {
      plan.restore.push(contact);
      return back();
    }
    // Made or restored by the act, and in the bin already: nothing to do.
    return action === 'removed' || action === 'changed' ? keep('deleted') : [];
  }
  if (action === 'created' || action === 'restored') {
    const were = action === 'created' ? createdValues(changes) : (atRestoring.get(id) ?? {});
    const edited = editedFields(contact, were, folders);
    if (edited.length > 0) return keep('edited', edited);
    plan.remove.push(contact);
    return [];
  }
  return action === 'changed' ? back() : [];
}

/** Every field of a contact as its first line in the journal has it, which leaves out what is empty. */
function createdValues(changes: Changes | null): Values {
  return Object.fromEntries(undoable.map((field) => [field, changes?.[field]?.[1] ?? null]));
}

function editedFields(contact: StoredCloudContact, were: Values, folders: ReadonlySet<Id>): JournaledField[] {
  return undoable.filter((field) => {
    if (!(field in were)) return false;
    if (field === 'folderIds')
      return !sameValue(livingOf(were[field], folders), livingOf(contact[field], folders));
    if (isEmpty(were[field]) && isEmpty(contact[field])) return false;
    return !sameValue(were[field], contact[field]);
  });
}

/** A contact with the fields an act changed as they were, and the names of those that say something else by now. */
function asBefore(
  contact: StoredCloudContact,
  changes: Changes,
  folders: ReadonlySet<Id>,
): { after: StoredCloudContact; fields: JournaledField[]; left: JournaledField[] } {
  const left: JournaledField[] = [];
  const values: Values = {};
  for (const field of undoable) {
    if (!(field in changes) || field === 'typedPhones' || field === 'folderIds') continue;
    const [before, after] = changes[field];
    if (sameValue(contact[field], after)) values[field] = before;
    else if (!sameValue(contact[field], before)) left.push(field);
  }
  if ('typedPhones' in changes) values.typedPhones = typedBefore(contact, changes['typedPhones'], left);
  if ('folderIds' in changes) {
    const folderIds = placesBefore(contact.folderIds, changes['folderIds'], folders);
    if (folderIds) values.folderIds = folderIds;
    else left.push('folderIds');
  }
  const after = { ...contact, ...(values as Partial<StoredCloudContact>) };
  return { after, fields: undoable.filter((field) => !sameValue(contact[field], after[field])), left };
}

type TypedPhones = StoredCloudContact['typedPhones'];

/** Each beside its number: where that was left, so is what its source said. */
function typedBefore(
  contact: StoredCloudContact,
  [before, after]: Changes[string],
  left: JournaledField[],
): TypedPhones {
  const was = (before ?? {}) as TypedPhones;
  const made = (after ?? {}) as TypedPhones;
  const typed: TypedPhones = { ...contact.typedPhones };
  for (const field of Object.keys({ ...was, ...made }) as PhoneField[]) {
    if (left.includes(field)) continue;
    if (typed[field] !== made[field]) {
      // Text nobody can read has no number that would say so.
      if (typed[field] !== was[field] && contact[field] === null) left.push(field);
      continue;
    }
    if (was[field] === undefined) delete typed[field];
    else typed[field] = was[field];
  }
  return typed;
}

/** Where a contact was before a move; null where it was moved on since, or its folder is gone. */
function placesBefore(
  present: readonly Id[],
  change: Changes[string],
  folders: ReadonlySet<Id>,
): readonly Id[] | null {
  const [before, after] = change.map((ids) => livingOf(ids, folders));
  const given = after.filter((id) => !before.includes(id));
  const taken = before.filter((id) => !after.includes(id));
  if (given.some((id) => !present.includes(id)))
    return sameValue([...present].sort(), before) ? present : null;
  const back = [...new Set([...present.filter((id) => !given.includes(id)), ...taken])].sort();
  return back.length > 0 ? back : null;
}

function livingOf(folderIds: unknown, folders: ReadonlySet<Id>): Id[] {
  return ((folderIds ?? []) as Id[]).filter((id) => folders.has(id)).sort();
}
