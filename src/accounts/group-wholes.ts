import { type EntityManager } from 'typeorm';
import { type Id } from '../database/id.js';
import { type Group } from './group-rows.js';
import { memberTables, type GroupKind } from './group-tables.js';

/** A group of which every member comes or goes in one act, and the batch that says so in each history. */
export interface Whole {
  accountId: Id;
  kind: GroupKind;
  group: Pick<Group, 'id' | 'kind'>;
  batchId: Id;
}

/** People of one statement: a group of 100,000 takes ten of each, and none of them long. */
const RANGE = 10_000;

/** Takes all members out, whatever their state. @returns how many they were */
export async function dismissAll(manager: EntityManager, whole: Whole): Promise<number> {
  const { group, kind } = whole;
  let members = 0;
  await eachRange(
    manager,
    { table: memberTables[kind], of: 'groupId', id: group.id, key: 'userId' },
    async (range) => {
      await recordRange(manager, whole, range, 'goes');
      if (group.kind === 'restricted') await refreshRange(manager, group.id, range, 'goes');
      const { affectedRows } = await manager.query<{ affectedRows: number }>(
        `DELETE FROM ${memberTables[kind]} WHERE groupId = ? AND userId > ? AND userId <= ?`,
        [group.id, ...range],
      );
      members += affectedRows;
    },
  );
  return members;
}

/**
 * Brings back into a group that has nobody in it whom a batch took out, as far as they are of the account still, the
 * bin included: whoever comes back from there has their groups.
 * @returns how many they are
 */
export async function recallAll(manager: EntityManager, whole: Whole, dismissal: Id): Promise<number> {
  const { accountId, group, kind } = whole;
  let members = 0;
  await eachRange(
    manager,
    { table: 'journal_entries', of: 'batchId', id: dismissal, key: 'subjectId' },
    async (range) => {
      const { affectedRows } = await manager.query<{ affectedRows: number }>(
        `INSERT INTO ${memberTables[kind]} (groupId, userId, accountId)
       SELECT ?, u.id, u.accountId FROM journal_entries e JOIN users u ON u.id = e.subjectId
       WHERE e.batchId = ? AND e.subjectId > ? AND e.subjectId <= ? AND e.subjectType = 'user'
         AND u.accountId = ? AND u.liveKey = 1`,
        [group.id, dismissal, ...range, accountId],
      );
      members += affectedRows;
      await recordRange(manager, whole, range, 'comes');
      if (group.kind === 'restricted') await refreshRange(manager, group.id, range, 'comes');
    },
  );
  return members;
}

/** Raises the revision of all members: a form opened before holds the group's old name, and would make it again. */
export async function touchAll(manager: EntityManager, kind: GroupKind, groupId: Id): Promise<void> {
  const members = { table: memberTables[kind], of: 'groupId', id: groupId, key: 'userId' };
  await eachRange(manager, members, (range) => touchRange(manager, kind, groupId, range));
}

/** Brings `users.restricted` of all members in line with a group that has just become restricted, or ceased to be. */
export async function refreshAll(
  manager: EntityManager,
  groupId: Id,
  becomes: 'restricted' | 'open',
): Promise<void> {
  await eachRange(
    manager,
    { table: memberTables.chatGroups, of: 'groupId', id: groupId, key: 'userId' },
    (range) => refreshRange(manager, groupId, range, becomes === 'restricted' ? 'comes' : 'goes'),
  );
}

/** Ids of a part of the members: beyond the first, up to and with the second. */
type Range = [beyond: Id | '', upTo: Id];

/**
 * One entry a person who is in the group now, with the names of their groups with it and without; and their revision
 * raised: a form opened before would bring the old groups back.
 */
async function recordRange(
  manager: EntityManager,
  { accountId, kind, group, batchId }: Whole,
  range: Range,
  it: 'comes' | 'goes',
): Promise<void> {
  const [members, groups] = [memberTables[kind], kind === 'userGroups' ? 'user_groups' : 'chat_groups'];
  const all = 'GROUP_CONCAT(JSON_QUOTE(g.name) ORDER BY g.nameKey)';
  const others = `COALESCE(GROUP_CONCAT(IF(g.id = m.groupId, NULL, JSON_QUOTE(g.name)) ORDER BY g.nameKey), '')`;
  const [before, after] = it === 'comes' ? [others, all] : [all, others];
  await manager.query(
    `INSERT INTO journal_entries (batchId, subjectId, accountId, subjectType, action, line, changes)
     SELECT ?, m.userId, ?, 'user', 'changed', NULL, CONCAT('{"${kind}":[[', ${before}, '],[', ${after}, ']]}')
     FROM ${members} m JOIN ${members} o ON o.userId = m.userId JOIN ${groups} g ON g.id = o.groupId
     WHERE m.groupId = ? AND m.userId > ? AND m.userId <= ? GROUP BY m.userId`,
    [batchId, accountId, group.id, ...range],
  );
  await touchRange(manager, kind, group.id, range);
}

async function touchRange(manager: EntityManager, kind: GroupKind, groupId: Id, range: Range): Promise<void> {
  await manager.query(
    `UPDATE users u JOIN ${memberTables[kind]} m ON m.userId = u.id SET u.revision = u.revision + 1, u.updatedAt = ?
     WHERE m.groupId = ? AND m.userId > ? AND m.userId <= ?`,
    [new Date(), groupId, ...range],
  );
}

/** Who comes into a restricted group is hidden; who goes stays so by another one alone. */
async function refreshRange(
  manager: EntityManager,
  groupId: Id,
  range: Range,
  it: 'comes' | 'goes',
): Promise<void> {
  const by =
    it === 'comes'
      ? { value: '1', where: 'u.restricted = 0' }
      : { value: ANOTHER, where: 'u.restricted = 1' };
  await manager.query(
    `UPDATE users u JOIN chat_group_members m ON m.userId = u.id SET u.restricted = ${by.value}
     WHERE m.groupId = ? AND m.userId > ? AND m.userId <= ? AND ${by.where}`,
    [groupId, ...range],
  );
}

const ANOTHER = `EXISTS (SELECT 1 FROM chat_group_members o JOIN chat_groups g ON g.id = o.groupId
  WHERE o.userId = u.id AND o.groupId <> m.groupId AND g.kind = 'restricted')`;

/** Hands over the rows of a table that belong to `id` in parts, by their keys; `body` may delete them. */
async function eachRange(
  manager: EntityManager,
  { table, of, id, key }: { table: string; of: string; id: Id; key: string },
  body: (range: Range) => Promise<void>,
): Promise<void> {
  let beyond: Id | '' = '';
  for (;;) {
    const [last] = await manager.query<[{ id: Id | null }]>(
      `SELECT MAX(id) AS id FROM (
         SELECT ${key} AS id FROM ${table} WHERE ${of} = ? AND ${key} > ? ORDER BY ${key} LIMIT ${RANGE}) part`,
      [id, beyond],
    );
    if (last.id === null) return;
    await body([beyond, last.id]);
    beyond = last.id;
  }
}
