import { groupKinds, groupTables, groupWords, memberTables } from '../accounts/group-tables.js';
import { type Id } from '../database/new-id.js';
import { type Statements, type UndoFacts } from '../imports/import-kind.js';

const STEP = 500;

/**
 * Groups the import made go when nobody is in them after its undo; the undo's batch remembers them. One that somebody
 * has named, set or made restricted since is theirs, and stays.
 */
export async function removeEmptyGroups(
  transaction: Statements,
  { accountId, batchId, ownBatchId }: UndoFacts,
): Promise<void> {
  for (const kind of groupKinds) {
    const [groups, type] = [groupTables[kind], groupWords[kind]];
    const chatKind = kind === 'chatGroups' ? 'g.kind' : 'NULL AS kind';
    const made = await transaction.query<{ id: Id }[]>(
      `SELECT id FROM ${groups} WHERE accountId = ? AND createdByBatch = ? AND revision = 1 ORDER BY id FOR UPDATE`,
      [accountId, batchId],
    );
    if (made.length === 0) continue;
    // Only now that they are held: whoever came in a moment ago is seen, and nobody comes in any more.
    const empty = await transaction.query<{ id: Id; name: string; nameKey: string; kind: string | null }[]>(
      `SELECT g.id, g.name, g.nameKey, ${chatKind} FROM ${groups} g
       WHERE g.id IN (?) AND NOT EXISTS (SELECT 1 FROM ${memberTables[kind]} m WHERE m.groupId = g.id)`,
      [made.map(({ id }) => id)],
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
  for (const kind of groupKinds) {
    const [groups, type] = [groupTables[kind], groupWords[kind]];
    const gone = await transaction.query<{ subjectId: Id; changes: string }[]>(
      `SELECT subjectId, changes FROM journal_entries WHERE batchId = ? AND subjectType = ? AND action = 'removed'`,
      [undoBatchId, type],
    );
    if (gone.length === 0) continue;
    const chat = kind === 'chatGroups';
    await transaction.query(
      `INSERT IGNORE INTO ${groups} (id, accountId, name, nameKey, createdByBatch, createdAt${chat ? ', kind' : ''}) VALUES ?`,
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
            ...(chat ? [group.kind] : []),
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
