import { type Id } from '../../database/new-id.js';
import { type Statements } from '../../imports/import-kind.js';
import { type Changes } from '../../journal/journal.entities.js';
import { SUBJECT } from './cloud-contact-writes.js';

/** What changed a contact in its last `versions` versions, newest first. */
export async function changesSince(database: Statements, id: Id, versions: number): Promise<Changes[]> {
  if (versions < 1) return [];
  const rows = await database.query<{ changes: string | null }[]>(
    `SELECT changes FROM journal_entries WHERE subjectId = ? AND subjectType = ? AND action <> 'created'
     ORDER BY batchId DESC LIMIT ${Math.min(versions, 1_000)}`,
    [id, SUBJECT],
  );
  return rows.map(({ changes }) => (changes === null ? {} : (JSON.parse(changes) as Changes)));
}

/** What a contact said when it was made; null when its first line in the journal is gone. */
export async function firstChanges(database: Statements, id: Id, batchId: Id): Promise<Changes | null> {
  const [row] = await database.query<{ changes: string | null }[]>(
    'SELECT changes FROM journal_entries WHERE batchId = ? AND subjectId = ?',
    [batchId, id],
  );
  return row?.changes ? (JSON.parse(row.changes) as Changes) : null;
}
