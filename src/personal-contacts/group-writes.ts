import { nameKeyOf } from '../accounts/user-rows.js';
import { newId, type Id } from '../database/new-id.js';
import { type Statements } from '../imports/import-kind.js';
import { type ContactAct } from './contact-writes.js';

/** A subject of the journal that is a group of personal contacts. */
export const GROUP_SUBJECT = 'contact-group';

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
 * moment meets this one in the unique index, and both have one group.
 */
export async function ensureGroups(
  database: Statements,
  act: ContactAct,
  names: readonly string[],
): Promise<Map<string, { id: Id; name: string }>> {
  const wanted = new Map(names.map((name) => [nameKeyOf(name), name]));
  wanted.delete('');
  let known = await groupsByName(database, act.ownerId);
  const missing = [...wanted].filter(([key]) => !known.has(key));
  if (missing.length > 0) {
    const { accountId, ownerId, batchId, now } = act;
    const made = missing.map(([key, name]) => ({ id: newId(), key, name }));
    await database.query(
      `INSERT INTO personal_contact_groups (id, accountId, ownerId, name, nameKey, createdByBatch, createdAt) VALUES ?
       ON DUPLICATE KEY UPDATE nameKey = VALUES(nameKey)`,
      [made.map(({ id, key, name }) => [id, accountId, ownerId, name, key, batchId, now])],
    );
    known = await groupsByName(database, act.ownerId);
    const ours = made.filter(({ id, key }) => known.get(key)?.id === id);
    if (ours.length > 0)
      await database.query(
        'INSERT INTO journal_entries (batchId, subjectId, accountId, subjectType, action, line, changes) VALUES ?',
        [
          ours.map(({ id, name }) => [
            ...[batchId, id, accountId, GROUP_SUBJECT, 'created', null],
            JSON.stringify({ name: [null, name] }),
          ]),
        ],
      );
  }
  return new Map([...known].filter(([key]) => wanted.has(key)));
}
