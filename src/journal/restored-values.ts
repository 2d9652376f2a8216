import { type Id } from '../database/new-id.js';
import { type Changes } from './journal.entities.js';

interface Statements {
  query<Result>(sql: string, values?: unknown[]): Promise<Result>;
}

/**
 * What subjects said when this act brought them back, in the fields that were changed since: the first value that a later batch
 * replaced.
 */
export async function restoredValues<Field extends string>(
  database: Statements,
  ids: readonly Id[],
  act: Id,
  fields: readonly Field[],
): Promise<Map<Id, Partial<Record<Field, unknown>>>> {
  type Values = Partial<Record<Field, unknown>>;
  const values = new Map<Id, Values>();
  if (ids.length === 0) return values;
  const rows = await database.query<{ subjectId: Id; changes: string | null }[]>(
    `SELECT subjectId, changes FROM journal_entries
     WHERE subjectId IN (?) AND batchId > ? AND action = 'changed' ORDER BY subjectId, batchId`,
    [ids, act],
  );
  for (const { subjectId, changes } of rows) {
    const known: Values = values.get(subjectId) ?? {};
    const said = parsedChanges(changes);
    for (const field of fields) {
      const change = said?.[field];
      if (change && !(field in known)) known[field] = change[0];
    }
    values.set(subjectId, known);
  }
  return values;
}

/** The changes of an entry as its row holds them. */
export function parsedChanges(changes: string | null): Changes | null {
  return changes === null ? null : (JSON.parse(changes) as Changes);
}
