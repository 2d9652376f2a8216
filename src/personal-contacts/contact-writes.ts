import { type Id } from '../database/new-id.js';
import { type Statements } from '../imports/import-kind.js';
import { changesBetween } from '../journal/changes.js';
import { type Changes } from '../journal/journal.entities.js';
import { fieldColumns, journaled, valuesOf, type KeptContact, type StoredContact } from './contact-row.js';

/**
 * The only place where personal contacts are written, by forms as by imports: SQL alone, set by set, in the transaction
 * it is handed, each change with its line in the journal. Who calls has opened the batch.
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
  /** As `storedContacts` read it in this transaction. */
  before: StoredContact;
  after: KeptContact;
  line?: number;
}

/** Rows of one statement: far below any packet limit even with long notes. */
const CHUNK = 250;

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
     ${lock ? 'FOR UPDATE' : ''}`,
    [ownerId, ...(ids ? [ids] : [])],
  );
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
  for (const some of chunks(contacts)) {
    await database.query(
      `INSERT INTO personal_contacts
         (id, accountId, ownerId, ${fieldColumns.join(', ')}, createdByBatch, createdAt, updatedAt) VALUES ?`,
      [some.map((contact) => [contact.id, accountId, ownerId, ...valuesOf(contact), ...[batchId, now, now]])],
    );
    await addMembers(
      database,
      act,
      some.flatMap(({ id, groupIds }) => groupIds.map((groupId) => [groupId, id] as const)),
    );
    await note(
      database,
      act,
      some.map((contact) => ({
        ...{ subjectId: contact.id, action: 'created', line: contact.line },
        changes: allOf(contact, (value) => [null, value]),
      })),
    );
  }
}

/** @returns how many of them differ; the others are left as they are */
export async function changeContacts(
  database: Statements,
  act: ContactAct,
  changes: readonly ContactChange[],
): Promise<number> {
  let changed = 0;
  for (const some of chunks(changes)) {
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
        ...{ subjectId: before.id, action: 'changed', line, changes: differences },
      })),
    );
  }
  return changed;
}

/** Puts living contacts into the bin. @returns how many there were; one that is gone already is passed over */
export async function removeContacts(
  database: Statements,
  act: ContactAct,
  ids: readonly Id[],
  { mergedInto = null }: { mergedInto?: Id | null } = {},
): Promise<number> {
  let removed = 0;
  for (const some of chunks(ids)) {
    const living = await storedContacts(database, act.ownerId, { ids: some, lock: true });
    if (living.size === 0) continue;
    await database.query(
      `UPDATE personal_contacts SET deletedAt = ?, deletedByBatch = ?, mergedInto = ?, revision = revision + 1
       WHERE ownerId = ? AND id IN (?)`,
      [act.now, act.batchId, mergedInto, act.ownerId, [...living.keys()]],
    );
    await note(
      database,
      act,
      [...living.values()].map((contact) => ({
        ...{ subjectId: contact.id, action: 'removed' },
        changes: mergedInto === null ? null : { mergedInto: [null, mergedInto] },
      })),
    );
    removed += living.size;
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
  for (const some of chunks(ids)) {
    const deleted = await storedContacts(database, act.ownerId, { ids: some, lock: true, deleted: true });
    if (deleted.size === 0) continue;
    await database.query(
      `UPDATE personal_contacts SET deletedAt = NULL, deletedByBatch = NULL, mergedInto = NULL, revision = revision + 1,
         updatedAt = ? WHERE ownerId = ? AND id IN (?)`,
      [act.now, act.ownerId, [...deleted.keys()]],
    );
    await note(
      database,
      act,
      [...deleted.keys()].map((subjectId) => ({ subjectId, action: 'restored', changes: null })),
    );
    restored.push(...deleted.keys());
  }
  return restored;
}

type StoredRow = Omit<StoredContact, 'typedPhones' | 'extra' | 'starred' | 'groupIds'> & {
  typedPhones: string;
  extra: string;
  starred: number;
  searchKey: string;
  sortKey: string;
  foldVersion: number;
};

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

async function note(
  database: Statements,
  { accountId, batchId }: ContactAct,
  entries: readonly { subjectId: Id; action: string; line?: number; changes: Changes | null }[],
): Promise<void> {
  await database.query(
    'INSERT INTO journal_entries (batchId, subjectId, accountId, subjectType, action, line, changes) VALUES ?',
    [
      entries.map(({ subjectId, action, line = null, changes }) => [
        ...[batchId, subjectId, accountId, SUBJECT, action, line],
        changes && JSON.stringify(changes),
      ]),
    ],
  );
}

function allOf(contact: KeptContact, pair: (value: unknown) => [unknown, unknown]): Changes {
  const said = journaled.filter((field) => {
    const value = contact[field];
    if (value === null || value === false) return false;
    return typeof value !== 'object' || Object.keys(value).length > 0;
  });
  return Object.fromEntries(said.map((field) => [field, pair(contact[field])]));
}

function chunks<Each>(all: readonly Each[]): (readonly Each[])[] {
  return Array.from({ length: Math.ceil(all.length / CHUNK) }, (_, index) =>
    all.slice(index * CHUNK, (index + 1) * CHUNK),
  );
}
