import { limits } from '../config/limits.js';
import { type Id } from '../database/new-id.js';
import { Refused } from '../errors/domain-error.js';
import { type Statements } from '../imports/import-kind.js';
import { type Owner } from './owner.js';

interface ListOf {
  ownerId: Id;
  accountId: Id;
}

/** How many living contacts one has. */
export async function contactCount(database: Statements, ownerId: Id): Promise<number> {
  const [{ kept }] = await database.query<[{ kept: number | string }]>(
    'SELECT COUNT(*) AS kept FROM personal_contacts WHERE ownerId = ? AND deletedAt IS NULL',
    [ownerId],
  );
  return Number(kept);
}

/** How many more contacts one may have; never below zero. By the time they are written there may be less room: `roomFor`. */
export async function contactsLeft(database: Statements, ownerId: Id): Promise<number> {
  return Math.max(0, limits.personalContactsPerUser - (await contactCount(database, ownerId)));
}

/**
 * The same for a transaction that adds some: whoever else adds at this moment has written the row of the list first, and is
 * counted, or waits for ours.
 */
export async function roomFor(transaction: Statements, { ownerId, accountId }: ListOf): Promise<number> {
  await raiseList(transaction, { ownerId, accountId });
  return contactsLeft(transaction, ownerId);
}

/** What was counted of a list before (list/list-summary.query.ts) is over once this is committed. */
export async function raiseList(transaction: Statements, { ownerId, accountId }: ListOf): Promise<void> {
  await transaction.query(
    `INSERT INTO personal_contact_lists (ownerId, accountId) VALUES (?, ?)
     ON DUPLICATE KEY UPDATE revision = revision + 1`,
    [ownerId, accountId],
  );
}

/** In the transaction that adds them. @throws Refused when these are more than one may still have */
export async function assertRoom(
  transaction: Statements,
  { id, accountId }: Owner,
  more: number,
): Promise<void> {
  const left = await roomFor(transaction, { ownerId: id, accountId });
  if (more > left)
    throw new Refused('personal-contact.no-room', { max: limits.personalContactsPerUser, left, count: more });
}
