import { type EntityManager } from 'typeorm';
import { type Id } from '../database/id.js';
import { type Changes } from '../journal/journal.entities.js';

/**
 * What belongs to people who are gone for good: how they signed in, links, memberships, mails, photos. Those whose
 * manager they were have none now. The rows of people themselves are the caller's.
 */
export async function takeAwayWhatIsTheirs(
  manager: EntityManager,
  accountId: Id,
  people: readonly { id: Id; photoHash: string | null }[],
): Promise<void> {
  const ids = people.map(({ id }) => id);
  await deletePhotos(manager, accountId, people);
  for (const table of [
    'credentials',
    'sign_in_addresses',
    'one_time_links',
    'user_group_members',
    'chat_group_members',
  ]) {
    await manager.query(`DELETE FROM ${table} WHERE userId IN (?)`, [ids]);
  }
  await manager.query('UPDATE users SET managerId = NULL WHERE accountId = ? AND managerId IN (?)', [
    accountId,
    ids,
  ]);
  // Found first without locks: the sender holds those it is sending.
  const mails = await manager.query<{ id: Id; toAddress: string }[]>(
    'SELECT id, toAddress FROM mails WHERE accountId = ? AND userId IN (?)',
    [accountId, ids],
  );
  // Whoever opened a mail to them: the audit log names its address, also once the mail is gone.
  const own = await manager.query<{ email: string }[]>('SELECT email FROM users WHERE id IN (?)', [ids]);
  const addresses = [...mails.map(({ toAddress }) => toAddress), ...own.map(({ email }) => email)];
  await manager.query(
    `UPDATE audit_entries SET targetName = NULL
     WHERE accountId = ? AND action = 'mail.open' AND targetName IN (?)`,
    [accountId, [...new Set(addresses)]],
  );
  if (mails.length > 0) await manager.query('DELETE FROM mails WHERE id IN (?)', [mails.map(({ id }) => id)]);
}

/**
 * What journal and audit log say of people, or of what was theirs alone: that something was done and by whom stays,
 * from what to what goes. The one exception to append-only.
 */
export async function emptyWhatIsSaid(
  manager: EntityManager,
  accountId: Id,
  ids: readonly Id[],
  targetType = 'user',
): Promise<void> {
  await emptyChanges(manager, accountId, ids);
  await manager.query(
    `UPDATE audit_entries SET targetName = NULL, details = NULL
     WHERE accountId = ? AND targetType = ? AND targetId IN (?)`,
    [accountId, targetType, ids],
  );
}

/** From what to what these subjects were changed, where that named somebody who is erased. */
export async function emptyChanges(
  manager: EntityManager,
  accountId: Id,
  subjectIds: readonly Id[],
): Promise<void> {
  await manager.query('UPDATE journal_entries SET changes = NULL WHERE subjectId IN (?) AND accountId = ?', [
    subjectIds,
    accountId,
  ]);
}

/** Their pictures, the present and those the journal could have brought back, unless somebody else has the same. */
async function deletePhotos(
  manager: EntityManager,
  accountId: Id,
  people: readonly { id: Id; photoHash: string | null }[],
): Promise<void> {
  const ids = people.map(({ id }) => id);
  const told = await manager.query<{ changes: string }[]>(
    `SELECT changes FROM journal_entries WHERE subjectId IN (?) AND accountId = ? AND changes LIKE '%"photoHash"%'`,
    [ids, accountId],
  );
  const hashes = new Set([
    ...people.map(({ photoHash }) => photoHash),
    ...told.flatMap(({ changes }) => (JSON.parse(changes) as Changes)['photoHash'] ?? []),
  ]);
  hashes.delete(null);
  if (hashes.size === 0) return;
  const others = await manager.query<{ photoHash: string }[]>(
    'SELECT DISTINCT photoHash FROM users WHERE accountId = ? AND photoHash IN (?) AND id NOT IN (?)',
    [accountId, [...hashes], ids],
  );
  for (const { photoHash } of others) hashes.delete(photoHash);
  if (hashes.size > 0)
    await manager.query('DELETE FROM photos WHERE accountId = ? AND hash IN (?)', [accountId, [...hashes]]);
}
