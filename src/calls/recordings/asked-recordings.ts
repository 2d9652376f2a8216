import { newId, type Id } from '../../database/new-id.js';
import { type Statements } from '../../imports/import-kind.js';
import { type RecordedCall } from './recordings.service.js';

/** The job that fetches what an account's calls ask for; its payload is `{ accountId }`. */
export const FETCH_JOB = 'call-recordings.fetch';

function fetchKey(accountId: Id): string {
  return `${FETCH_JOB}:${accountId}`;
}

/** Rows of one statement. */
const CHUNK = 500;

/**
 * Has the recordings of these calls fetched from their `recordingUrl`, anew where an older one is kept, until which stays. In
 * the transaction that writes `calls.recording = 'asked'`; whether the address may be asked at all is found out there.
 */
export async function askForRecordings(
  database: Statements,
  accountId: Id,
  calls: readonly RecordedCall[],
  now = new Date(),
): Promise<void> {
  if (calls.length === 0) return;
  for (let from = 0; from < calls.length; from += CHUNK)
    await database.query(
      `INSERT INTO call_recordings (callId, accountId, userId, dueAt, createdAt, updatedAt) VALUES ?
       ON DUPLICATE KEY UPDATE problem = NULL, tries = 0, dueAt = VALUES(dueAt), revision = revision + 1,
         updatedAt = VALUES(updatedAt)`,
      [calls.slice(from, from + CHUNK).map(({ id, userId }) => [id, accountId, userId, now, now, now])],
    );
  await askToFetch(database, accountId);
}

/** One job an account, however many ask. What a worker does at this moment it looks at once more. */
export async function askToFetch(database: Statements, accountId: Id, afterSeconds = 0): Promise<void> {
  await database.query(
    `INSERT INTO jobs (id, accountId, kind, payload, uniqueKey, state, runAt, attempts, fence, createdAt)
     VALUES (?, ?, ?, ?, ?, 'waiting', DATE_ADD(UTC_TIMESTAMP(3), INTERVAL ? SECOND), 0, 0, UTC_TIMESTAMP(3))
     ON DUPLICATE KEY UPDATE runAt = IF(leaseToken IS NULL, LEAST(runAt, VALUES(runAt)),
       GREATEST(DATE_ADD(runAt, INTERVAL 1000 MICROSECOND), VALUES(runAt)))`,
    [newId(), accountId, FETCH_JOB, JSON.stringify({ accountId }), fetchKey(accountId), afterSeconds],
  );
}

/** Takes recordings away with their calls. */
export async function eraseRecordings(database: Statements, callIds: readonly Id[]): Promise<void> {
  for (let from = 0; from < callIds.length; from += CHUNK)
    await database.query('DELETE FROM call_recordings WHERE callId IN (?)', [
      callIds.slice(from, from + CHUNK),
    ]);
}
