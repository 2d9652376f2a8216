import { type Id } from '../database/new-id.js';
import { type Statements } from '../imports/import-kind.js';
import { changesBetween, sameValue } from '../journal/changes.js';
import { type Changes } from '../journal/journal.entities.js';
import { raiseList } from './contact-limit.js';
import { changeReachOf, insertReachOf } from './contact-reach.js';
import { fieldColumns, journaled, valuesOf, type KeptContact, type StoredContact } from './contact-row.js';

/**
 * The only place where personal contacts are written, by forms as by imports: SQL alone, set by set, in the transaction
 * it is handed, each change with its line in the journal. Who calls has opened the batch, names each contact once in it (the
 * journal has one line a contact and batch), and hands over groups of the same owner alone.
 */

/** Whose list, and the act it is part of. */
export interface ContactAct {
  accountId: Id;
  ownerId: Id;
  batchId: Id;
  now: Date;
}

/** A subject of the journal that is one of these. */
export const SUBJECT = 'personal-contact';

export interface NewContact extends KeptContact {
  /** The row of the file it came from, in an import. */
  line?: number;
}

export interface ContactChange {
  /** As `storedContacts` read it in this transaction with `lock`: what somebody saved in between would be written over. */
  before: StoredContact;
  after: KeptContact;
  line?: number;
}

/** Contacts of one statement. */
const CHUNK = 500;
/**
 * UTF-16 units of `extra` in one statement: also as the journal has it, quoted and at three bytes a unit, it stays below 16 MB,
 * the smallest packet our servers take.
 */
const CHUNK_UNITS = 1_000_000;

/** One's living contacts with these ids (or all), by id; `lock` holds them until the transaction ends. */
export async function storedContacts(
  database: Statements,
  ownerId: Id,
  { ids, lock = false, deleted = false }: { ids?: readonly Id[]; lock?: boolean; deleted?: boolean } = {},
): Promise<Map<Id, StoredContact>> {
  if (ids?.length === 0) return new Map();
  const some = ids ? 'AND id IN (?)' : '';
  const rows = await database.query<StoredRow[]>(
    `SELECT id, ${fieldColumns.join(', ')}, revision, createdByBatch, createdAt, updatedAt, deletedAt, mergedInto
     FROM personal_contacts WHERE ownerId = ? AND deletedAt IS ${deleted ? 'NOT NULL' : 'NULL'} ${some}
     ${lock ? 'ORDER BY id FOR UPDATE' : ''}`,
    [ownerId, ...(ids ? [ids] : [])],
  );
  const groups = await groupsOf(database, ownerId, ids);
  return new Map(
    rows.map(({ typedPhones, extra, starred, searchKey: _, sortKey: __, foldVersion: ___, ...row }) => [
      row.id,
      {
        ...row,
        typedPhones: JSON.parse(typedPhones) as StoredContact['typedPhones'],
        extra: JSON.parse(extra) as StoredContact['extra'],
        starred: Boolean(starred),
        groupIds: groups.get(row.id) ?? [],
      },
    ]),
  );
}

export async function insertContacts(
  database: Statements,
  act: ContactAct,
  contacts: readonly NewContact[],
): Promise<void> {
  const { accountId, ownerId, batchId, now } = act;
  // While the database takes one set of rows, the next is made ready; no statement follows one that may have failed.
  for (const some of chunks(contacts, weightOf)) {
    const joined = addMembers(
      database,
      act,
      some.flatMap(({ id, groupIds }) => groupIds.map((groupId) => [groupId, id] as const)),
    );
    const rows = some.map((contact) => {
      const row = valuesOf(contact);
      row.unshift(contact.id, accountId, ownerId);
      row.push(batchId, now, now);
      return row;
    });
    await joined;
    const inserted = database.query(
      `INSERT INTO personal_contacts
         (id, accountId, ownerId, ${fieldColumns.join(', ')}, createdByBatch, createdAt, updatedAt) VALUES ?`,
      [rows],
    );
    const entries = some.map((contact) =>
      entryOf(act, {
        subjectType: SUBJECT,
        subjectId: contact.id,
        action: 'created',
        line: contact.line,
        changes: allOf(contact),
      }),
    );
    await inserted;
    await insertReachOf(database, act, some);
    await noteEntries(database, act, entries);
  }
}

/** @returns how many of them differ; the others are left as they are */
export async function changeContacts(
  database: Statements,
  act: ContactAct,
  changes: readonly ContactChange[],
): Promise<number> {
  let changed = 0;
  for (const some of chunks(changes, ({ before, after }) => weightOf(before) + weightOf(after))) {
    const differing = some.flatMap((change) => {
      const differences = changesBetween<KeptContact>(change.before, change.after, journaled);
      return differences ? [{ ...change, differences }] : [];
    });
    if (differing.length === 0) continue;
    changed += differing.length;
    // Every row exists: the INSERT half of the statement only carries the values.
    await database.query(
      `INSERT INTO personal_contacts
         (id, accountId, ownerId, ${fieldColumns.join(', ')}, revision, createdByBatch, createdAt, updatedAt) VALUES ?
       ON DUPLICATE KEY UPDATE ${fieldColumns.map((column) => `${column} = VALUES(${column})`).join(', ')},
         revision = revision + 1, updatedAt = VALUES(updatedAt)`,
      [
        differing.map(({ before, after }) => [
          ...[before.id, act.accountId, act.ownerId],
          ...valuesOf(after),
          ...[before.revision, before.createdByBatch, before.createdAt, act.now],
        ]),
      ],
    );
    await changeReachOf(
      database,
      act,
      differing.filter(({ differences }) => 'extra' in differences),
    );
    const gone = differing.flatMap(({ before, after }) =>
      before.groupIds.filter((id) => !after.groupIds.includes(id)).map((id) => [id, before.id] as const),
    );
    if (gone.length > 0)
      await database.query(
        'DELETE FROM personal_contact_group_members WHERE ownerId = ? AND (groupId, contactId) IN (?)',
        [act.ownerId, gone],
      );
    await addMembers(
      database,
      act,
      differing.flatMap(({ before, after }) =>
        after.groupIds.filter((id) => !before.groupIds.includes(id)).map((id) => [id, before.id] as const),
      ),
    );
    await note(
      database,
      act,
      differing.map(({ before, line, differences }) => ({
        ...{ subjectType: SUBJECT, subjectId: before.id, action: 'changed', line, changes: differences },
      })),
    );
  }
  return changed;
}

/**
 * Gives living contacts a star, or takes it. What they say is as it was: they stay where they are among those changed last.
 * @returns how many there are, and how many had it otherwise
 */
export async function starContacts(
  database: Statements,
  act: ContactAct,
  ids: readonly Id[],
  starred: boolean,
): Promise<{ found: number; changed: number }> {
  const outcome = { found: 0, changed: 0 };
  for (const some of chunks([...new Set(ids)])) {
    const living = await database.query<{ id: Id; starred: number }[]>(
      `SELECT id, starred FROM personal_contacts WHERE ownerId = ? AND id IN (?) AND deletedAt IS NULL
       ORDER BY id FOR UPDATE`,
      [act.ownerId, some],
    );
    const others = living.filter((contact) => Boolean(contact.starred) !== starred).map(({ id }) => id);
    outcome.found += living.length;
    outcome.changed += others.length;
    if (others.length === 0) continue;
    await database.query(
      'UPDATE personal_contacts SET starred = ?, revision = revision + 1 WHERE ownerId = ? AND id IN (?)',
      [starred ? 1 : 0, act.ownerId, others],
    );
    await note(
      database,
      act,
      others.map((subjectId) => ({
        ...{ subjectType: SUBJECT, subjectId, action: 'changed' },
        changes: { starred: [!starred, starred] },
      })),
    );
  }
  return outcome;
}

/**
 * Puts living contacts into groups and takes them out of others: as `changeContacts` would, without reading and writing all
 * they say, which takes three times as long for ten thousand.
 * @param groups.leave groups they leave; `others`: all but those added
 * @returns how many there are, and how many were in other groups
 */
export async function regroupContacts(
  database: Statements,
  act: ContactAct,
  ids: readonly Id[],
  { add, leave }: { add: readonly Id[]; leave: readonly Id[] | 'others' },
): Promise<{ found: number; changed: number }> {
  const outcome = { found: 0, changed: 0 };
  const stays = leave === 'others' ? () => false : (id: Id) => !leave.includes(id);
  for (const some of chunks([...new Set(ids)])) {
    const living = await standing(database, act.ownerId, some, 'living');
    outcome.found += living.length;
    if (living.length === 0) continue;
    const known = await groupsOf(
      database,
      act.ownerId,
      living.map(({ id }) => id),
    );
    const differing = living.flatMap(({ id }) => {
      const before = known.get(id) ?? [];
      const after = [...new Set([...before.filter(stays), ...add])].sort();
      return sameValue(before, after) ? [] : [{ id, before, after }];
    });
    outcome.changed += differing.length;
    if (differing.length === 0) continue;
    await database.query(
      'UPDATE personal_contacts SET revision = revision + 1, updatedAt = ? WHERE ownerId = ? AND id IN (?)',
      [act.now, act.ownerId, differing.map(({ id }) => id)],
    );
    const pairs = (from: (each: (typeof differing)[number]) => Id[]) =>
      differing.flatMap((each) => from(each).map((groupId) => [groupId, each.id] as const));
    const gone = pairs(({ before, after }) => before.filter((id) => !after.includes(id)));
    if (gone.length > 0)
      await database.query(
        'DELETE FROM personal_contact_group_members WHERE ownerId = ? AND (groupId, contactId) IN (?)',
        [act.ownerId, gone],
      );
    await addMembers(
      database,
      act,
      pairs(({ before, after }) => after.filter((id) => !before.includes(id))),
    );
    await note(
      database,
      act,
      differing.map(({ id, before, after }) => ({
        ...{ subjectType: SUBJECT, subjectId: id, action: 'changed' },
        changes: { groupIds: [before, after] },
      })),
    );
  }
  return outcome;
}

/**
 * Puts living contacts into the bin.
 * @param mergedInto the contact all of them were merged into, or each its own
 * @param held this transaction has locked them all, and they live
 * @returns how many there were; one that is gone already is passed over
 */
export async function removeContacts(
  database: Statements,
  act: ContactAct,
  ids: readonly Id[],
  { mergedInto = null, held = false }: { mergedInto?: Id | ReadonlyMap<Id, Id> | null; held?: boolean } = {},
): Promise<number> {
  const survivorOf = (id: Id) =>
    typeof mergedInto === 'string' ? mergedInto : (mergedInto?.get(id) ?? null);
  let removed = 0;
  for (const some of chunks([...new Set(ids)])) {
    const living = held ? some.map((id) => ({ id })) : await standing(database, act.ownerId, some, 'living');
    if (living.length === 0) continue;
    const merged = living.flatMap(({ id }) => {
      const survivor = survivorOf(id);
      return survivor === null ? [] : [[id, survivor] as const];
    });
    const survivors =
      merged.length === 0 ? 'NULL' : `CASE id ${merged.map(() => 'WHEN ? THEN ?').join(' ')} END`;
    const updated = database.query(
      `UPDATE personal_contacts SET deletedAt = ?, deletedByBatch = ?, mergedInto = ${survivors}, revision = revision + 1
       WHERE ownerId = ? AND id IN (?)`,
      [act.now, act.batchId, ...merged.flat(), act.ownerId, living.map(({ id }) => id)],
    );
    const entries = living.map(({ id }) => {
      const survivor = survivorOf(id);
      const changes: Changes | null = survivor === null ? null : { mergedInto: [null, survivor] };
      return entryOf(act, { subjectType: SUBJECT, subjectId: id, action: 'removed', changes });
    });
    await updated;
    await noteEntries(database, act, entries);
    removed += living.length;
  }
  return removed;
}

/** Takes contacts out of the bin. @returns the ids of those that were in it */
export async function restoreContacts(
  database: Statements,
  act: ContactAct,
  ids: readonly Id[],
): Promise<Id[]> {
  const restored: Id[] = [];
  for (const some of chunks([...new Set(ids)])) {
    const deleted = await standing(database, act.ownerId, some, 'deleted');
    if (deleted.length === 0) continue;
    const found = deleted.map(({ id }) => id);
    await database.query(
      `UPDATE personal_contacts SET deletedAt = NULL, deletedByBatch = NULL, mergedInto = NULL, revision = revision + 1,
         updatedAt = ? WHERE ownerId = ? AND id IN (?)`,
      [act.now, act.ownerId, found],
    );
    await note(
      database,
      act,
      deleted.map(({ id, mergedInto }) => ({
        ...{ subjectType: SUBJECT, subjectId: id, action: 'restored' },
        changes: mergedInto === null ? null : { mergedInto: [mergedInto, null] },
      })),
    );
    restored.push(...found);
  }
  return restored;
}

/**
 * What an act did to one of its subjects, as the journal has it. Contacts and groups of contacts are noted here alone, so
 * that whatever is noted also ends the present state of the list.
 */
export async function note(database: Statements, act: ContactAct, entries: readonly Noted[]): Promise<void> {
  await noteEntries(
    database,
    act,
    entries.map((entry) => entryOf(act, entry)),
  );
}

interface Noted {
  subjectType: string;
  subjectId: Id;
  action: string;
  line?: number;
  changes: Changes | null;
}

function entryOf(
  { accountId, batchId }: ContactAct,
  { subjectType, subjectId, action, line, changes }: Noted,
): unknown[] {
  return [
    batchId,
    subjectId,
    accountId,
    subjectType,
    action,
    line ?? null,
    changes && JSON.stringify(changes),
  ];
}

async function noteEntries(
  database: Statements,
  { accountId, ownerId }: ContactAct,
  entries: readonly unknown[][],
): Promise<void> {
  if (entries.length === 0) return;
  await database.query(
    'INSERT INTO journal_entries (batchId, subjectId, accountId, subjectType, action, line, changes) VALUES ?',
    [entries],
  );
  await raiseList(database, { ownerId, accountId });
}

type StoredRow = Omit<StoredContact, 'typedPhones' | 'extra' | 'starred' | 'groupIds'> & {
  typedPhones: string;
  extra: string;
  starred: number;
  searchKey: string;
  sortKey: string;
  foldVersion: number;
};

/** Living groups of these contacts (or all), in the order of their ids. */
async function groupsOf(database: Statements, ownerId: Id, ids?: readonly Id[]): Promise<Map<Id, Id[]>> {
  const groups = new Map<Id, Id[]>();
  const members = await database.query<{ contactId: Id; groupId: Id }[]>(
    `SELECT m.contactId, m.groupId FROM personal_contact_group_members m
     JOIN personal_contact_groups g ON g.id = m.groupId AND g.liveKey = 1
     WHERE m.ownerId = ? ${ids ? 'AND m.contactId IN (?)' : ''} ORDER BY m.groupId`,
    [ownerId, ...(ids ? [ids] : [])],
  );
  for (const { contactId, groupId } of members) {
    const known = groups.get(contactId);
    if (known) known.push(groupId);
    else groups.set(contactId, [groupId]);
  }
  return groups;
}

async function addMembers(
  database: Statements,
  { accountId, ownerId }: ContactAct,
  members: readonly (readonly [groupId: Id, contactId: Id])[],
): Promise<void> {
  if (members.length === 0) return;
  await database.query(
    `INSERT INTO personal_contact_group_members (groupId, contactId, accountId, ownerId) VALUES ?
     ON DUPLICATE KEY UPDATE ownerId = VALUES(ownerId)`,
    [members.map((member) => [...member, accountId, ownerId])],
  );
}

/** What is written of a new contact: all it has. */
function allOf(contact: KeptContact): Changes {
  const changes: Changes = {};
  for (const field of journaled) {
    const value = contact[field];
    if (!isEmpty(value)) changes[field] = [null, value];
  }
  return changes;
}

/** As the journal of a new contact leaves it out: nothing, not ticked, no values. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return true;
  if (typeof value !== 'object') return false;
  return Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0;
}

/** Held until the transaction ends, without what only readers of a contact want. */
function standing(
  database: Statements,
  ownerId: Id,
  ids: readonly Id[],
  state: 'living' | 'deleted',
): Promise<{ id: Id; mergedInto: Id | null }[]> {
  return database.query(
    `SELECT id, mergedInto FROM personal_contacts
     WHERE ownerId = ? AND id IN (?) AND deletedAt IS ${state === 'living' ? 'NULL' : 'NOT NULL'} ORDER BY id FOR UPDATE`,
    [ownerId, ids],
  );
}

function weightOf({ extra, typedPhones }: Pick<KeptContact, 'extra' | 'typedPhones'>): number {
  return extra.length === 0 ? 0 : JSON.stringify(extra).length + 64 * Object.keys(typedPhones).length;
}

/** At most `CHUNK` each, and no more weight than `CHUNK_UNITS` unless one alone has it. */
function chunks<Each>(all: readonly Each[], weigh: (each: Each) => number = () => 0): Each[][] {
  const made: Each[][] = [];
  let weight = Infinity;
  for (const each of all) {
    const more = weigh(each);
    const last = made.at(-1);
    if (!last || last.length === CHUNK || weight + more > CHUNK_UNITS) {
      made.push([each]);
      weight = more;
    } else {
      last.push(each);
      weight += more;
    }
  }
  return made;
}
