import { type EntityManager } from 'typeorm';
import { type Id } from '../database/id.js';
import { Conflict, NotFound } from '../errors/domain-error.js';
import { type GroupFeatures } from './features.js';
import { type ChatGroupKind } from './group.entities.js';
import { groupTables, memberTables, type GroupKind } from './group-tables.js';
import { nameKeyOf } from './user-rows.js';

/** A group of either kind; what only one kind has is null for the other. */
export interface Group {
  id: Id;
  name: string;
  revision: number;
  createdAt: Date;
  /** Of a chat group. */
  kind: ChatGroupKind | null;
  /** Of a user group. */
  features: GroupFeatures | null;
}

/** People of one statement. */
const CHUNK = 500;

/** @param lock `FOR UPDATE` to hold it until the transaction ends. @throws NotFound also for another account's */
export async function findGroup(
  manager: EntityManager,
  accountId: Id,
  kind: GroupKind,
  id: Id,
  lock: '' | 'FOR UPDATE' = '',
): Promise<Group> {
  const own = kind === 'chatGroups' ? 'kind, NULL AS features' : 'NULL AS kind, features';
  const [row] = await manager.query<(Omit<Group, 'features'> & { features: string | null })[]>(
    `SELECT id, name, revision, createdAt, ${own} FROM ${groupTables[kind]} WHERE id = ? AND accountId = ? ${lock}`,
    [id, accountId],
  );
  if (!row) throw new NotFound('groups.problem.gone');
  return { ...row, features: row.features === null ? null : (JSON.parse(row.features) as GroupFeatures) };
}

/** What to tell whoever chose a name that a group has already. */
export async function nameTaken(
  manager: EntityManager,
  accountId: Id,
  kind: GroupKind,
  name: string,
): Promise<Conflict> {
  const [holder] = await manager.query<{ id: Id; name: string }[]>(
    `SELECT id, name FROM ${groupTables[kind]} WHERE accountId = ? AND nameKey = ?`,
    [accountId, nameKeyOf(name)],
  );
  return new Conflict('groups.problem.name-taken', { name: holder?.name ?? name, id: holder?.id ?? '' });
}

interface GroupRow {
  id: Id;
  name: string;
  kind: ChatGroupKind;
  features: GroupFeatures | null;
  batchId: Id | null;
  createdAt?: Date;
}

export async function insertGroup(
  manager: EntityManager,
  accountId: Id,
  kind: GroupKind,
  { id, name, kind: chatKind, features, batchId, createdAt = new Date() }: GroupRow,
): Promise<void> {
  const own = kind === 'chatGroups' ? ['kind', chatKind] : ['features', features && JSON.stringify(features)];
  await manager.query(
    `INSERT INTO ${groupTables[kind]} (id, accountId, name, nameKey, createdByBatch, createdAt, ${own[0]})
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    [id, accountId, name, nameKeyOf(name), batchId, createdAt, own[1]],
  );
}

/**
 * Counts again what sessions and directory go by. The account's row is held first, in a statement of its own: the
 * second of two at once then counts what the first left.
 */
export async function recount(manager: EntityManager, accountId: Id, kind: GroupKind): Promise<void> {
  const [column, condition] =
    kind === 'chatGroups'
      ? ['restrictedGroups', `kind = 'restricted'`]
      : ['groupFeatures', 'features IS NOT NULL'];
  await manager.query(`SELECT ${column} FROM accounts WHERE id = ? FOR UPDATE`, [accountId]);
  const [{ count }] = await manager.query<[{ count: string | number }]>(
    `SELECT COUNT(*) AS count FROM ${groupTables[kind]} WHERE accountId = ? AND ${condition}`,
    [accountId],
  );
  await manager.query(`UPDATE accounts SET ${column} = ? WHERE id = ?`, [Number(count), accountId]);
}

/** The people a batch of the journal is about. */
export async function eachSubject(
  manager: EntityManager,
  batchId: Id,
  body: (userIds: Id[]) => Promise<void>,
): Promise<void> {
  await eachId(
    (after) =>
      manager.query<{ id: Id }[]>(
        `SELECT subjectId AS id FROM journal_entries
         WHERE batchId = ? AND subjectId > ? AND subjectType = 'user' ORDER BY subjectId LIMIT ${CHUNK}`,
        [batchId, after],
      ),
    body,
  );
}

async function eachId(
  read: (after: Id) => Promise<{ id: Id }[]>,
  body: (ids: Id[]) => Promise<void>,
): Promise<void> {
  let after = '';
  for (;;) {
    const ids = (await read(after)).map(({ id }) => id);
    if (ids.length > 0) await body(ids);
    if (ids.length < CHUNK) return;
    after = ids[ids.length - 1] ?? '';
  }
}

/** Those who are of the account still, the bin included: whoever comes back from there has their groups. */
export async function stillOfAccount(
  manager: EntityManager,
  accountId: Id,
  ids: readonly Id[],
): Promise<Id[]> {
  const rows = await manager.query<{ id: Id }[]>(
    'SELECT id FROM users WHERE id IN (?) AND accountId = ? AND liveKey = 1 ORDER BY id',
    [ids, accountId],
  );
  return rows.map(({ id }) => id);
}

export async function membersAmong(
  manager: EntityManager,
  kind: GroupKind,
  groupId: Id,
  userIds: readonly Id[],
): Promise<Set<Id>> {
  if (userIds.length === 0) return new Set();
  const rows = await manager.query<{ userId: Id }[]>(
    `SELECT userId FROM ${memberTables[kind]} WHERE groupId = ? AND userId IN (?)`,
    [groupId, userIds],
  );
  return new Set(rows.map(({ userId }) => userId));
}
