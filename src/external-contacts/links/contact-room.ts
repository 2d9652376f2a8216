import { type EntityManager } from 'typeorm';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { type Side } from './external-links.service.js';

/**
 * Of these people, those who have as many contacts as there may be; for a transaction that adds one to each. Whoever else
 * adds some at this moment has written the row of the same list first, and is counted, or waits for ours. Comes after the
 * links and requests and before the contacts themselves, as in `ExternalLinks`.
 */
export async function fullAmong(manager: EntityManager, people: readonly Side[]): Promise<Set<Id>> {
  // In one order, so that two who add each other's contacts wait for one another.
  for (const person of [...people].sort((a, b) => (a.userId < b.userId ? -1 : 1)))
    await holdList(manager, person);
  const counts = await manager.query<{ ownerId: Id; kept: number | string }[]>(
    `SELECT ownerId, COUNT(*) AS kept FROM external_contacts WHERE ownerId IN (?) AND endedAt IS NULL GROUP BY ownerId`,
    [people.map(({ userId }) => userId)],
  );
  return new Set(
    counts.filter(({ kept }) => Number(kept) >= limits.externalContacts).map(({ ownerId }) => ownerId),
  );
}

/** How many people somebody is in contact with. */
export async function contactCount(manager: EntityManager, ownerId: Id): Promise<number> {
  const [{ kept }] = await manager.query<[{ kept: number | string }]>(
    'SELECT COUNT(*) AS kept FROM external_contacts WHERE ownerId = ? AND endedAt IS NULL',
    [ownerId],
  );
  return Number(kept);
}

/** Keeps whoever else counts what this person keeps waiting until the transaction ends. */
export async function holdList(manager: EntityManager, { userId, accountId }: Side): Promise<void> {
  await manager.query(
    `INSERT INTO external_contact_lists (ownerId, accountId) VALUES (?, ?)
     ON DUPLICATE KEY UPDATE revision = revision + 1`,
    [userId, accountId],
  );
}
