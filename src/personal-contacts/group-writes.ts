import { freeName } from '../accounts/free-name.js';
import { nameKeyOf } from '../accounts/user-rows.js';
import { limits } from '../config/limits.js';
import { newId, type Id } from '../database/new-id.js';
import { Refused } from '../errors/domain-error.js';
import { type Statements } from '../imports/import-kind.js';
import { note, type ContactAct } from './contact-writes.js';

/**
 * The only place where groups of personal contacts are written; as contact-writes.ts. Who is in a group is written with the
 * contacts. Members stay with a deleted group, so that it comes back with them.
 */

/** A subject of the journal that is a group of personal contacts. */
export const GROUP_SUBJECT = 'contact-group';

/** The unique index that keeps names apart: `isDuplicate(error, GROUP_NAME_INDEX)` is a name taken at this moment. */
export const GROUP_NAME_INDEX = 'uq_personal_contact_groups_name';

/** Somebody would have more groups than a list can show beside it. */
export class TooManyGroups extends Refused {
  constructor() {
    super('contact-groups.problem.too-many', { max: limits.contactGroupsPerUser });
  }
}

/** A group as it stands in the database. */
export interface StoredGroup {
  id: Id;
  name: string;
  revision: number;
  createdByBatch: Id;
  createdAt: Date;
  deletedAt: Date | null;
}

/** One's living groups with these ids (or all), by id; `lock` holds them until the transaction ends. */
export async function storedGroups(
  database: Statements,
  ownerId: Id,
  { ids, lock = false, deleted = false }: { ids?: readonly Id[]; lock?: boolean; deleted?: boolean } = {},
): Promise<Map<Id, StoredGroup>> {
  if (ids?.length === 0) return new Map();
  const rows = await database.query<StoredGroup[]>(
    `SELECT id, name, revision, createdByBatch, createdAt, deletedAt FROM personal_contact_groups
     WHERE ownerId = ? AND liveKey IS ${deleted ? 'NULL' : 'NOT NULL'} ${ids ? 'AND id IN (?)' : ''}
     ${lock ? 'FOR UPDATE' : ''}`,
    [ownerId, ...(ids ? [ids] : [])],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** One's living groups, by folded name (`nameKeyOf`). */
export async function groupsByName(
  database: Statements,
  ownerId: Id,
): Promise<Map<string, { id: Id; name: string }>> {
  const rows = await database.query<{ id: Id; name: string; nameKey: string }[]>(
    'SELECT id, name, nameKey FROM personal_contact_groups WHERE ownerId = ? AND liveKey = 1 ORDER BY nameKey',
    [ownerId],
  );
  return new Map(rows.map(({ id, name, nameKey }) => [nameKey, { id, name }]));
}

/**
 * The groups of these names; those that do not exist are made, as part of the act. Whoever makes the same group at the same
 * moment meets this one in the unique index, and both have one group. @throws TooManyGroups
 */
export async function ensureGroups(
  database: Statements,
  act: ContactAct,
  names: readonly string[],
): Promise<Map<string, { id: Id; name: string }>> {
  const wanted = new Map<string, string>();
  for (const name of names) {
    const key = nameKeyOf(name);
    // Of several spellings the first is what the group is called.
    if (key !== '' && !wanted.has(key)) wanted.set(key, name);
  }
  let known = await groupsByName(database, act.ownerId);
  const missing = [...wanted].filter(([key]) => !known.has(key));
  if (known.size + missing.length > limits.contactGroupsPerUser && missing.length > 0)
    throw new TooManyGroups();
  if (missing.length > 0) {
    const { accountId, ownerId, batchId, now } = act;
    const made = missing.map(([key, name]) => ({ id: newId(), key, name }));
    await database.query(
      `INSERT INTO personal_contact_groups (id, accountId, ownerId, name, nameKey, createdByBatch, createdAt) VALUES ?
       ON DUPLICATE KEY UPDATE nameKey = VALUES(nameKey)`,
      [made.map(({ id, key, name }) => [id, accountId, ownerId, name, key, batchId, now])],
    );
    known = await groupsByName(database, act.ownerId);
    await noteMade(
      database,
      act,
      made.filter(({ id, key }) => known.get(key)?.id === id),
    );
  }
  return new Map([...known].filter(([key]) => wanted.has(key)));
}

/** One new group. A name taken (also at this moment) is a duplicate in `GROUP_NAME_INDEX`. @throws TooManyGroups */
export async function insertGroup(
  database: Statements,
  act: ContactAct,
  { id, name }: { id: Id; name: string },
): Promise<void> {
  const { accountId, ownerId, batchId, now } = act;
  const [{ kept }] = await database.query<[{ kept: number | string }]>(
    'SELECT COUNT(*) AS kept FROM personal_contact_groups WHERE ownerId = ? AND liveKey = 1',
    [ownerId],
  );
  if (Number(kept) >= limits.contactGroupsPerUser) throw new TooManyGroups();
  await database.query(
    'INSERT INTO personal_contact_groups (id, accountId, ownerId, name, nameKey, createdByBatch, createdAt) VALUES ?',
    [[[id, accountId, ownerId, name, nameKeyOf(name), batchId, now]]],
  );
  await noteMade(database, act, [{ id, name }]);
}

/**
 * Gives living groups other names; one that has its name already is passed over. A name taken is a duplicate in
 * `GROUP_NAME_INDEX`. @param changes groups as `storedGroups` read them in this transaction, with `lock`
 */
export async function renameGroups(
  database: Statements,
  act: ContactAct,
  changes: readonly { before: Pick<StoredGroup, 'id' | 'name'>; name: string }[],
): Promise<void> {
  const differing = changes.filter(({ before, name }) => before.name !== name);
  for (const { before, name } of differing)
    await database.query(
      `UPDATE personal_contact_groups SET name = ?, nameKey = ?, revision = revision + 1
       WHERE ownerId = ? AND id = ? AND liveKey = 1`,
      [name, nameKeyOf(name), act.ownerId, before.id],
    );
  await note(
    database,
    act,
    differing.map(({ before, name }) => ({
      ...{ subjectType: GROUP_SUBJECT, subjectId: before.id, action: 'changed' },
      changes: { name: [before.name, name] },
    })),
  );
}

/** Deletes living groups; their contacts stay. @returns those that were there */
export async function removeGroups(
  database: Statements,
  act: ContactAct,
  ids: readonly Id[],
): Promise<StoredGroup[]> {
  const living = [...(await storedGroups(database, act.ownerId, { ids, lock: true })).values()];
  if (living.length === 0) return [];
  await database.query(
    `UPDATE personal_contact_groups SET liveKey = NULL, deletedAt = ?, revision = revision + 1
     WHERE ownerId = ? AND id IN (?) AND liveKey = 1`,
    [act.now, act.ownerId, living.map(({ id }) => id)],
  );
  await note(
    database,
    act,
    living.map(({ id, name }) => ({
      ...{ subjectType: GROUP_SUBJECT, subjectId: id, action: 'removed', changes: { name: [name, null] } },
    })),
  );
  return living;
}

/**
 * Brings deleted groups back with whom they had; one whose name was given away meanwhile is called "Name (2)".
 * @returns what they are called
 */
export async function restoreGroups(
  database: Statements,
  act: ContactAct,
  ids: readonly Id[],
): Promise<{ id: Id; name: string; wasCalled: string }[]> {
  const deleted = await storedGroups(database, act.ownerId, { ids, lock: true, deleted: true });
  if (deleted.size === 0) return [];
  const taken = new Set((await groupsByName(database, act.ownerId)).keys());
  const restored = [...deleted.values()].map(({ id, name }) => ({
    ...{ id, wasCalled: name },
    name: freeName(name, taken),
  }));
  for (const { id, name } of restored)
    await database.query(
      `UPDATE personal_contact_groups SET liveKey = 1, deletedAt = NULL, name = ?, nameKey = ?, revision = revision + 1
       WHERE ownerId = ? AND id = ? AND liveKey IS NULL`,
      [name, nameKeyOf(name), act.ownerId, id],
    );
  await note(
    database,
    act,
    restored.map(({ id, name }) => ({
      ...{ subjectType: GROUP_SUBJECT, subjectId: id, action: 'restored', changes: { name: [null, name] } },
    })),
  );
  return restored;
}

/** @returns which of these groups have no living contact in them */
export async function emptyGroups(database: Statements, ownerId: Id, ids: readonly Id[]): Promise<Set<Id>> {
  if (ids.length === 0) return new Set();
  const rows = await database.query<{ groupId: Id }[]>(
    `SELECT DISTINCT m.groupId FROM personal_contact_group_members m
     JOIN personal_contacts c ON c.id = m.contactId AND c.deletedAt IS NULL
     WHERE m.ownerId = ? AND m.groupId IN (?)`,
    [ownerId, ids],
  );
  const peopled = new Set(rows.map(({ groupId }) => groupId));
  return new Set(ids.filter((id) => !peopled.has(id)));
}

function noteMade(
  database: Statements,
  act: ContactAct,
  groups: readonly { id: Id; name: string }[],
): Promise<void> {
  return note(
    database,
    act,
    groups.map(({ id, name }) => ({
      ...{ subjectType: GROUP_SUBJECT, subjectId: id, action: 'created', changes: { name: [null, name] } },
    })),
  );
}
