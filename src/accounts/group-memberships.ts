import { type EntityManager } from 'typeorm';
import { type Id } from '../database/id.js';
import { Conflict } from '../errors/domain-error.js';
import { groupTables, memberTables, REFRESH_RESTRICTED, type GroupKind } from './group-tables.js';
import { nameKeyOf, newGroup } from './user-rows.js';

interface NamedGroup {
  id: Id;
  name: string;
}

/** The groups of these names by `nameKeyOf(name)`; those that do not exist are made. */
export async function groupsNamed(
  manager: EntityManager,
  kind: GroupKind,
  names: readonly string[],
  { accountId, batchId, now }: { accountId: Id; batchId: Id; now: Date },
): Promise<Map<string, NamedGroup>> {
  const wanted = new Map(names.map((name) => [nameKeyOf(name), name]));
  if (wanted.size === 0) return new Map();
  const found = await findGroups(manager, kind, accountId, [...wanted.keys()]);
  const missing = [...wanted].filter(([key]) => !found.has(key));
  if (missing.length === 0) return found;
  const rows = missing.map(([, name]) => newGroup({ accountId, name, batchId, now }));
  const extra = kind === 'chatGroups' ? { column: ', kind', value: `, 'normal'` } : { column: '', value: '' };
  // Somebody may make a group of that name at the same moment: theirs is then ours too.
  await manager.query(
    `INSERT INTO ${groupTables[kind]} (id, accountId, name, nameKey, createdByBatch, createdAt${extra.column})
     VALUES ${rows.map(() => `(?, ?, ?, ?, ?, ?${extra.value})`).join(', ')}
     ON DUPLICATE KEY UPDATE nameKey = VALUES(nameKey)`,
    rows.flatMap((row) => [row.id, row.accountId, row.name, row.nameKey, row.createdByBatch, row.createdAt]),
  );
  return findGroups(manager, kind, accountId, [...wanted.keys()]);
}

/** Group names of each of these people, in order. */
export async function groupNamesOf(
  manager: EntityManager,
  kind: GroupKind,
  userIds: readonly Id[],
): Promise<Map<Id, string[]>> {
  const names = new Map<Id, string[]>(userIds.map((id) => [id, []]));
  if (userIds.length === 0) return names;
  const rows = await manager.query<{ userId: Id; name: string }[]>(
    `SELECT m.userId, g.name FROM ${memberTables[kind]} m JOIN ${groupTables[kind]} g ON g.id = m.groupId
     WHERE m.userId IN (?) ORDER BY g.nameKey`,
    [userIds],
  );
  for (const { userId, name } of rows) names.get(userId)?.push(name);
  return names;
}

/**
 * Adds people to groups; being in one already is fine. Raises the groups' rows first: whoever deletes a group, or
 * makes it restricted, at the same moment is then done before, or waits.
 * @throws Conflict when one of the groups is gone
 */
export async function addMemberships(
  manager: EntityManager,
  kind: GroupKind,
  accountId: Id,
  members: readonly { userId: Id; groupId: Id }[],
): Promise<void> {
  if (members.length === 0) return;
  const groupIds = [...new Set(members.map(({ groupId }) => groupId))];
  const { affectedRows } = await manager.query<{ affectedRows: number }>(
    `UPDATE ${groupTables[kind]} SET arrivals = arrivals + 1 WHERE accountId = ? AND id IN (?)`,
    [accountId, groupIds],
  );
  if (affectedRows !== groupIds.length) throw new Conflict('groups.problem.gone-meanwhile');
  await manager.query(
    `INSERT INTO ${memberTables[kind]} (groupId, userId, accountId) VALUES ${members.map(() => '(?, ?, ?)').join(', ')}
     ON DUPLICATE KEY UPDATE accountId = VALUES(accountId)`,
    members.flatMap(({ userId, groupId }) => [groupId, userId, accountId]),
  );
}

export async function removeMemberships(
  manager: EntityManager,
  kind: GroupKind,
  userIds: readonly Id[],
): Promise<void> {
  if (userIds.length === 0) return;
  await manager.query(`DELETE FROM ${memberTables[kind]} WHERE userId IN (?)`, [userIds]);
}

/** Brings `users.restricted` in line with the chat groups these people are in now. */
export async function refreshRestricted(manager: EntityManager, userIds: readonly Id[]): Promise<void> {
  if (userIds.length === 0) return;
  await manager.query(REFRESH_RESTRICTED, [userIds]);
}

async function findGroups(
  manager: EntityManager,
  kind: GroupKind,
  accountId: Id,
  nameKeys: readonly string[],
): Promise<Map<string, NamedGroup>> {
  const rows = await manager.query<(NamedGroup & { nameKey: string })[]>(
    `SELECT id, name, nameKey FROM ${groupTables[kind]} WHERE accountId = ? AND nameKey IN (?)`,
    [accountId, nameKeys],
  );
  return new Map(rows.map(({ id, name, nameKey }) => [nameKey, { id, name }]));
}
