import { type Id } from '../../database/id.js';
import { type Statements } from '../../imports/import-kind.js';
import { type AgreedCopy } from '../cloud-contact.entities.js';
import { type EmptiedFolder } from './gone.js';
import { type Run } from './run.js';

/*
 * A contact made there by us, and deleted there before the next reading, is in no reading at all: to the provider it came and
 * went between two cursors. So each sending is noted, and what the next reading of its folder does not list is asked for by name.
 */

/** However slow a provider is to list what was made. */
export const LISTED_AFTER_MINUTES = 60;

/** Whether a sending was done is known now; of one that waits it still counts. */
const ANSWERED = 'pushAttempts = IF(pending IS NULL, 0, pushAttempts)';

/** What a reading listed is known to be there. */
export async function noteHeard(database: Statements, connectionId: Id, ids: readonly Id[]): Promise<void> {
  if (ids.length === 0) return;
  await database.query(
    `UPDATE cloud_contacts SET sentAt = NULL, ${ANSWERED} WHERE connectionId = ? AND id IN (?) AND sentAt IS NOT NULL`,
    [connectionId, ids],
  );
}

/** After a folder (null: the book) was read to its end. */
export async function lookForUnheard(run: Run, folder: EmptiedFolder | null): Promise<void> {
  const { connection, session, statements } = run;
  const rows = await statements.query<UnheardRow[]>(
    `SELECT id, remoteId, agreed, sentAt < DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ? MINUTE) AS old FROM cloud_contacts
     WHERE connectionId = ? AND sentAt IS NOT NULL AND agreed IS NOT NULL AND remoteId IS NOT NULL AND goneAt IS NULL
       AND deletedAt IS NULL ORDER BY id`,
    [LISTED_AFTER_MINUTES, connection.id],
  );
  for (const { id, remoteId, agreed, old } of rows) {
    if (folder && !(JSON.parse(agreed) as AgreedCopy).folderIds.includes(folder.remoteId)) continue;
    run.signal.throwIfAborted();
    const found = await session.contact(remoteId);
    // Listed yet to be; one that is not after so long never will.
    if (found && !old) continue;
    // By another name it was listed.
    const isThere = found?.remoteId === remoteId;
    if (!isThere) run.missed = true;
    await run.save(({ manager }) =>
      manager.query(
        `UPDATE cloud_contacts SET sentAt = NULL, ${isThere ? ANSWERED : 'goneAt = UTC_TIMESTAMP(3)'}
         WHERE connectionId = ? AND id = ? AND remoteId = ?`,
        [connection.id, id, remoteId],
      ),
    );
  }
}

interface UnheardRow {
  id: Id;
  remoteId: string;
  agreed: string;
  old: number;
}
