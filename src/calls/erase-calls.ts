import { type Id } from '../database/new-id.js';
import { type Statements } from '../imports/import-kind.js';
import { eraseRecordings } from './recordings/asked-recordings.js';

/** Takes calls away for good, with what was recorded of them. */
export async function eraseCalls(database: Statements, ids: readonly Id[]): Promise<void> {
  if (ids.length === 0) return;
  await eraseRecordings(database, ids);
  await database.query('DELETE FROM calls WHERE id IN (?)', [ids]);
}
