import { deleteReach } from '../accounts/further-reach.js';
import { type Id } from '../database/new-id.js';
import { type Statements } from '../imports/import-kind.js';
import { SUBJECT } from './contact-writes.js';

/** Contacts of one statement. */
const CHUNK = 500;

/**
 * Takes contacts out of the bin for good, with their places in groups, their photos, whom they were told apart from, and what
 * the journal says of their fields. Living ones, and other people's, are passed over. In the caller's transaction.
 * @returns how many there were
 */
export async function eraseContacts(database: Statements, ownerId: Id, ids: readonly Id[]): Promise<number> {
  let erased = 0;
  for (let from = 0; from < ids.length; from += CHUNK) {
    const found = await database.query<{ id: Id; accountId: Id; photoHash: string | null }[]>(
      `SELECT id, accountId, photoHash FROM personal_contacts
       WHERE ownerId = ? AND deletedAt IS NOT NULL AND id IN (?) FOR UPDATE`,
      [ownerId, ids.slice(from, from + CHUNK)],
    );
    if (found.length === 0) continue;
    const gone = found.map(({ id }) => id);
    await database.query(
      'DELETE FROM personal_contact_group_members WHERE ownerId = ? AND contactId IN (?)',
      [ownerId, gone],
    );
    await deleteReach(database, 'personal_contacts', gone);
    await database.query(
      'UPDATE journal_entries SET changes = NULL WHERE subjectId IN (?) AND accountId = ? AND subjectType = ?',
      [gone, found[0].accountId, SUBJECT],
    );
    await database.query(
      'UPDATE personal_contacts SET mergedInto = NULL WHERE ownerId = ? AND mergedInto IN (?)',
      [ownerId, gone],
    );
    await database.query(
      'DELETE FROM personal_contact_distinctions WHERE ownerId = ? AND (lowId IN (?) OR highId IN (?))',
      [ownerId, gone, gone],
    );
    await database.query('DELETE FROM personal_contacts WHERE ownerId = ? AND id IN (?)', [ownerId, gone]);
    await deletePhotos(
      database,
      ownerId,
      found.flatMap(({ photoHash }) => photoHash ?? []),
    );
    erased += gone.length;
  }
  return erased;
}

/** Those no other contact of theirs has; a picture a living contact once had is left to the sweep. */
async function deletePhotos(database: Statements, ownerId: Id, hashes: readonly string[]): Promise<void> {
  if (hashes.length === 0) return;
  await database.query(
    `DELETE FROM personal_contact_photos WHERE ownerId = ? AND hash IN (?) AND NOT EXISTS (
       SELECT 1 FROM personal_contacts c WHERE c.ownerId = personal_contact_photos.ownerId AND c.photoHash = personal_contact_photos.hash)`,
    [ownerId, hashes],
  );
}
