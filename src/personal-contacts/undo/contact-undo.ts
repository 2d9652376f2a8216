import { type PhoneField } from '../../contact-card/contact-fields.js';
import { type Id } from '../../database/new-id.js';
import { type Statements } from '../../imports/import-kind.js';
import { sameValue } from '../../journal/changes.js';
import { type Changes } from '../../journal/journal.entities.js';
import { parsedChanges, restoredValues, type Moved } from '../../journal/restored-values.js';
import { standingRemovals } from '../../journal/standing-removals.js';
import { journaled, type JournaledField, type StoredContact } from '../contact-row.js';
import {
  changeContacts,
  isEmpty,
  removeContacts,
  restoreContacts,
  storedContacts,
  SUBJECT,
  type ContactAct,
  type ContactChange,
} from '../contact-writes.js';
import { storedGroups } from '../group-writes.js';
import { undoGroupsFirst, undoGroupsLast } from './group-undo.js';
import { add, nothingUndone, type KeptReason, type Undone } from './undone.js';

/**
 * Takes a batch of acts on personal contacts back, which is an act with a batch of its own and can be taken back likewise: what
 * was made goes into the bin unless it was edited since, fields come back where they still say what the batch made of them, what
 * was deleted returns. SQL alone, some hundred contacts at a time: the import's thread runs it too.
 */

/** A step of an undo, as `UndoStep` of imports counts. */
export interface UndoneStep extends Undone {
  /** Where the next step goes on; null when nothing is left but `undoLast`. */
  next: Id | null;
  done: number;
}

/** Contacts of one step. */
const STEP = 250;

/** All of a batch in one transaction. */
export async function undoBatch(database: Statements, act: ContactAct, undone: Id): Promise<Undone> {
  const all = nothingUndone();
  let after: Id | null = null;
  do {
    const step: UndoneStep = await undoStep(database, act, undone, after);
    add(all, step);
    after = step.next;
  } while (after !== null);
  add(all, await undoLast(database, act, undone));
  return all;
}

/**
 * Takes back what `undone` did to the next contacts, noting it in the batch of `act`; the first step begins with its groups. Each
 * looks at what is there, so that one that is repeated after a crash finds only what is left.
 */
export async function undoStep(
  database: Statements,
  act: ContactAct,
  undone: Id,
  after: Id | null,
): Promise<UndoneStep> {
  const step = { ...nothingUndone(), next: null as Id | null, done: 0 };
  if (after === null) add(step, await undoGroupsFirst(database, act, undone));
  const entries = await entriesAfter(database, undone, after ?? '');
  step.done = entries.length;
  if (entries.length === STEP) step.next = entries[STEP - 1].subjectId;
  if (entries.length === 0) return step;

  const ids = entries.map(({ subjectId }) => subjectId);
  const living = await storedContacts(database, act.ownerId, { ids, lock: true });
  const missing = ids.filter((id) => !living.has(id));
  const deleted = await storedContacts(database, act.ownerId, { ids: missing, lock: true, deleted: true });
  const groups = new Set((await storedGroups(database, act.ownerId)).keys());
  const removals = await standingRemovals(database, [...deleted.keys()], undone);
  const restored = entries.filter(({ subjectId, action }) => action === 'restored' && living.has(subjectId));
  const restoredIds = restored.map(({ subjectId }) => subjectId);
  const atRestoring = await restoredValues(database, restoredIds, undone, journaled, ['groupIds']);

  const back: ContactChange[] = [];
  const mergedInto = new Map<Id, Id>();
  const toRemove: Id[] = [];
  const toRestore: Id[] = [];
  for (const { subjectId: id, action, changes } of entries) {
    const contact = living.get(id);
    const keep = (reason: KeptReason, fields?: string[], known = contact ?? deleted.get(id)) => {
      const name = known?.displayName ?? '';
      step.kept.push({ id, name, reason, ...(fields ? { fields } : {}) });
    };
    if (!contact) {
      if (!deleted.has(id)) keep('gone');
      else if (action === 'removed' && removals.has(id)) toRestore.push(id);
      // Made or restored by the batch, and in the bin already: nothing to do.
      else if (action === 'removed' || action === 'changed') keep('deleted');
    } else if (action === 'created' || action === 'restored') {
      const edited =
        action === 'created'
          ? editedFields(contact, createdValues(changes), groups)
          : editedSince(contact, atRestoring.get(id) ?? {}, groups);
      if (edited.length > 0) keep('edited', edited);
      else toRemove.push(id);
      const survivor = changes?.['mergedInto']?.[0];
      if (typeof survivor === 'string') mergedInto.set(id, survivor);
    } else if (action === 'changed') {
      const { after: changed, left } = asBefore(contact, changes ?? {}, groups);
      if (left.length > 0) keep('edited', left, changed);
      back.push({ before: contact, after: changed });
    }
  }
  await removeContacts(database, act, toRemove, { mergedInto });
  step.removed.push(...toRemove);
  step.restored.push(...(await restoreContacts(database, act, toRestore)));
  const differing = back.filter(({ before, after: changed }) =>
    journaled.some((field) => !sameValue(before[field], changed[field])),
  );
  await changeContacts(database, act, differing);
  step.changed.push(...differing.map(({ before }) => before.id));
  return step;
}

/** What comes once all contacts are back: groups the batch made go if nobody is in them. */
export function undoLast(database: Statements, act: ContactAct, undone: Id): Promise<Undone> {
  return undoGroupsLast(database, act, undone);
}

interface Entry {
  subjectId: Id;
  action: 'created' | 'changed' | 'removed' | 'restored';
  changes: Changes | null;
}

async function entriesAfter(database: Statements, batchId: Id, after: Id): Promise<Entry[]> {
  const rows = await database.query<(Omit<Entry, 'changes'> & { changes: string | null })[]>(
    `SELECT subjectId, action, changes FROM journal_entries
     WHERE batchId = ? AND subjectId > ? AND subjectType = ? ORDER BY subjectId LIMIT ${STEP}`,
    [batchId, after, SUBJECT],
  );
  return rows.map((row) => ({ ...row, changes: parsedChanges(row.changes) }));
}

type Values = Partial<Record<JournaledField, unknown>>;

/** Every field of a contact as its first line in the journal has it, which leaves out what is empty. */
function createdValues(changes: Changes | null): Values {
  return Object.fromEntries(journaled.map((field) => [field, changes?.[field]?.[1] ?? null]));
}

function editedFields(contact: StoredContact, were: Values, groups: ReadonlySet<Id>): JournaledField[] {
  return journaled.filter((field) => {
    if (!(field in were)) return false;
    if (field === 'groupIds') return !sameValue(livingOf(were[field], groups), contact.groupIds);
    if (isEmpty(were[field]) && isEmpty(contact[field])) return false;
    return !sameValue(were[field], contact[field]);
  });
}

/** @param were as `restoredValues` has them */
function editedSince(contact: StoredContact, were: Values, groups: ReadonlySet<Id>): JournaledField[] {
  const { groupIds, ...others } = were;
  const { given, taken } = (groupIds as Moved | undefined) ?? { given: [], taken: [] };
  const edited = editedFields(contact, others, groups);
  return [...given, ...taken].some((id) => groups.has(id)) ? [...edited, 'groupIds'] : edited;
}

/** A contact with the fields a batch changed as they were, and the names of those that say something else by now. */
function asBefore(
  contact: StoredContact,
  changes: Changes,
  groups: ReadonlySet<Id>,
): { after: StoredContact; left: JournaledField[] } {
  const left: JournaledField[] = [];
  const back: Values = {};
  for (const field of journaled) {
    if (!(field in changes) || field === 'typedPhones' || field === 'groupIds') continue;
    const [before, after] = changes[field];
    if (sameValue(contact[field], after)) back[field] = before;
    else if (!sameValue(contact[field], before)) left.push(field);
  }
  if ('typedPhones' in changes) back.typedPhones = typedBefore(contact, changes['typedPhones'], left);
  if ('groupIds' in changes) {
    const groupIds = groupsBefore(contact.groupIds, changes['groupIds'], groups);
    if (groupIds) back.groupIds = groupIds;
    else left.push('groupIds');
  }
  return { after: { ...contact, ...(back as Partial<StoredContact>) }, left };
}

type TypedPhones = StoredContact['typedPhones'];

/** Each beside its number: where that was left, so is what was typed. */
function typedBefore(
  contact: StoredContact,
  [before, after]: Changes[string],
  left: readonly JournaledField[],
): TypedPhones {
  const was = (before ?? {}) as TypedPhones;
  const made = (after ?? {}) as TypedPhones;
  const typed: TypedPhones = { ...contact.typedPhones };
  for (const field of Object.keys({ ...was, ...made }) as PhoneField[]) {
    if (left.includes(field) || typed[field] !== made[field]) continue;
    if (was[field] === undefined) delete typed[field];
    else typed[field] = was[field];
  }
  return typed;
}

/**
 * The groups of a contact with a move taken back; others it came into since it keeps. Null where it was moved on: what the move
 * gave it, it has no longer.
 */
function groupsBefore(
  present: readonly Id[],
  change: Changes[string],
  groups: ReadonlySet<Id>,
): readonly Id[] | null {
  const before = livingOf(change[0], groups);
  const after = livingOf(change[1], groups);
  const given = after.filter((id) => !before.includes(id));
  const taken = before.filter((id) => !after.includes(id) && !present.includes(id));
  if (taken.length > 0 && given.length > 0 && !given.some((id) => present.includes(id))) return null;
  return [...present.filter((id) => !given.includes(id)), ...taken].sort();
}

function livingOf(groupIds: unknown, groups: ReadonlySet<Id>): Id[] {
  return ((groupIds ?? []) as Id[]).filter((id) => groups.has(id));
}
