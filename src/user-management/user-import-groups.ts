import { type Id } from '../database/new-id.js';
import { type Statements, type UndoFacts } from '../imports/import-kind.js';

const STEP = 500;
export const groupTables = [
  { members: 'user_group_members', groups: 'user_groups', field: 'userGroups', type: 'user-group' },
  { members: 'chat_group_members', groups: 'chat_groups', field: 'chatGroups', type: 'chat-group' },
] as const;

/** Groups the import made go when nobody is in them after its undo; the undo's batch remembers them. */
export async function removeEmptyGroups(
  transaction: Statements,
  { accountId, batchId, ownBatchId }: UndoFacts,
): Promise<void> {
  for (const { groups, members, type } of groupTables) {
    const kind = groups === 'chat_groups' ? 'g.kind' : 'NULL AS kind';
    const empty = await transaction.query<{ id: Id; name: string; nameKey: string; kind: string | null }[]>(
      `SELECT g.id, g.name, g.nameKey, ${kind} FROM ${groups} g
       WHERE g.accountId = ? AND g.createdByBatch = ? AND NOT EXISTS (SELECT 1 FROM ${members} m WHERE m.groupId = g.id)`,
      [accountId, batchId],
    );
    for (let from = 0; from < empty.length; from += STEP) {
      const some = empty.slice(from, from + STEP);
      await transaction.query(
        'INSERT IGNORE INTO journal_entries (batchId, subjectId, accountId, subjectType, action, line, changes) VALUES ?',
        [
          some.map(({ id, ...group }) =>
            entry({ accountId, ownBatchId }, id, type, 'removed', { group: [group, null] }),
          ),
        ],
      );
      await transaction.query(`DELETE FROM ${groups} WHERE id IN (?)`, [some.map(({ id }) => id)]);
    }
  }
}

/** What `removeEmptyGroups` of the undo took away is there again under its own id. */
export async function bringBackGroups(
  transaction: Statements,
  { accountId, batchId, undoBatchId, now }: UndoFacts,
): Promise<void> {
  for (const { groups, type } of groupTables) {
    const gone = await transaction.query<{ subjectId: Id; changes: string }[]>(
      `SELECT subjectId, changes FROM journal_entries WHERE batchId = ? AND subjectType = ? AND action = 'removed'`,
      [undoBatchId, type],
    );
    if (gone.length === 0) continue;
    const kind = groups === 'chat_groups';
    await transaction.query(
      `INSERT IGNORE INTO ${groups} (id, accountId, name, nameKey, createdByBatch, createdAt${kind ? ', kind' : ''}) VALUES ?`,
      [
        gone.map(({ subjectId, changes }) => {
          const [group] = (JSON.parse(changes) as { group: [Record<string, string>] }).group;
          return [
            subjectId,
            accountId,
            group.name,
            group.nameKey,
            batchId,
            now,
            ...(kind ? [group.kind] : []),
          ];
        }),
      ],
    );
  }
}

/** A row of `journal_entries`. */
export function entry(
  { accountId, ownBatchId }: Pick<UndoFacts, 'accountId' | 'ownBatchId'>,
  subjectId: Id,
  type: string,
  action: string,
  changes: Record<string, unknown> | null,
): unknown[] {
  const text = changes && Object.keys(changes).length > 0 ? JSON.stringify(changes) : null;
  return [ownBatchId, subjectId, accountId, type, action, null, text];
}
