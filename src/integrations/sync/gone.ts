import { type Id } from '../../database/id.js';
import { type Statements } from '../../imports/import-kind.js';
import { type AgreedCopy } from '../cloud-contact.entities.js';

/** A folder whose contacts are not there (any more), or not all of them. */
export interface EmptiedFolder {
  id: Id;
  remoteId: string;
}

/** Contacts looked at in one statement. */
const CHUNK = 500;

/**
 * Marks contacts of a folder (null: of the whole book) that their provider does not have any more: all, or those that the reading
 * `pass` did not list, or that are not among all remote ids of the folder. Just sent, one may not be listed yet: it is asked for by
 * name (unheard.ts). Which folder a contact is in there says the agreed copy, not where somebody has moved it here.
 * @returns whether there are any
 */
export async function markGone(
  database: Statements,
  connectionId: Id,
  folder: EmptiedFolder | null,
  { pass: listedBy, listed }: { pass?: number; listed?: ReadonlySet<string> } = {},
): Promise<boolean> {
  const isReading = listedBy !== undefined || listed !== undefined;
  const unlisted = `${listedBy === undefined ? '' : 'AND c.pass <> ?'}
    ${isReading ? 'AND (c.sentAt IS NULL OR c.deletedAt IS NOT NULL)' : ''}`;
  const pass = listedBy === undefined ? [] : [listedBy];
  // Where it is here, or, of those moved or deleted here and not yet there, anywhere.
  const linked = folder
    ? `AND (c.pending IS NOT NULL OR EXISTS (
         SELECT 1 FROM cloud_contact_folders l WHERE l.contactId = c.id AND l.folderId = ?))`
    : '';
  let any = false;
  for (let after = ''; ;) {
    const rows = await database.query<{ id: Id; remoteId: string; agreed: string }[]>(
      `SELECT c.id, c.remoteId, c.agreed FROM cloud_contacts c
       WHERE c.connectionId = ? AND c.id > ? AND c.agreed IS NOT NULL AND c.remoteId IS NOT NULL
         AND c.goneAt IS NULL ${unlisted} ${linked} ORDER BY c.id LIMIT ${CHUNK}`,
      [connectionId, after, ...pass, ...(folder ? [folder.id] : [])],
    );
    const gone = rows.filter(
      ({ remoteId, agreed }) =>
        !listed?.has(remoteId) &&
        (folder === null || (JSON.parse(agreed) as AgreedCopy).folderIds.includes(folder.remoteId)),
    );
    any ||= gone.length > 0;
    if (gone.length > 0)
      await database.query(
        'UPDATE cloud_contacts SET goneAt = UTC_TIMESTAMP(3) WHERE connectionId = ? AND id IN (?)',
        [connectionId, gone.map(({ id }) => id)],
      );
    if (rows.length < CHUNK) return any;
    after = rows[rows.length - 1].id;
  }
}
