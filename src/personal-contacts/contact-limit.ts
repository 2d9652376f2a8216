import { limits } from '../config/limits.js';
import { type Id } from '../database/new-id.js';
import { Refused } from '../errors/domain-error.js';
import { type Statements } from '../imports/import-kind.js';

/** How many living contacts one has. */
export async function contactCount(database: Statements, ownerId: Id): Promise<number> {
  const [{ kept }] = await database.query<[{ kept: number | string }]>(
    'SELECT COUNT(*) AS kept FROM personal_contacts WHERE ownerId = ? AND deletedAt IS NULL',
    [ownerId],
  );
  return Number(kept);
}

/** How many more contacts one may have; never below zero. Two acts at the same moment may go over it by their own. */
export async function contactsLeft(database: Statements, ownerId: Id): Promise<number> {
  return Math.max(0, limits.personalContactsPerUser - (await contactCount(database, ownerId)));
}

/** @throws Refused when these are more than one may still have */
export async function assertRoom(database: Statements, ownerId: Id, more: number): Promise<void> {
  const left = await contactsLeft(database, ownerId);
  if (more > left)
    throw new Refused('personal-contact.no-room', { max: limits.personalContactsPerUser, left, count: more });
}
