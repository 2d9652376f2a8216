import { limits } from '../config/limits.js';
import { newId, type Id } from '../database/new-id.js';
import { type OneTimeLink } from './one-time-link.entity.js';
import { linkColumns, linkValues, newActivationLink } from './user-rows.js';

// Without the object mapper: the pages and the import's thread ask for changes of address with the same rows.

/** What a transaction can do; an `EntityManager` is one. */
export interface Rows {
  query<Result>(sql: string, values?: unknown[]): Promise<Result>;
}

type Owner = Pick<OneTimeLink, 'accountId'> & { id: Id };

export const SEND_ADDRESS_CHANGES = 'address-changes.send';
export const SEND_NEW_INVITATIONS = 'address-changes.reinvite';

/** Payload of the job that asks new addresses to confirm, and tells the old ones. */
export interface SendAddressChanges {
  accountId: Id;
  /** The journal batch that asked: whose name the mails carry. */
  batchId: Id;
  linkIds: Id[];
}

/** Payload of the job that invites pending people at the address a batch gave them. */
export interface SendNewInvitations {
  accountId: Id;
  batchId: Id;
  userIds: Id[];
}

/** People of one job: one page of mails. */
const PER_JOB = 500;

/**
 * Asks the new address to confirm: the link of an active or deactivated person, 24 hours. Insert it after
 * `withdrawAddressChanges` for the same people, so that a newer request takes the older back.
 */
export function newAddressChange(user: Owner, address: string, now: Date): OneTimeLink {
  return {
    id: newId(),
    accountId: user.accountId,
    userId: user.id,
    purpose: 'email-change',
    address,
    subjectId: null,
    expiresAt: addressChangeEnd(now),
    usedAt: null,
    withdrawnAt: null,
  };
}

/** When a change asked for at a moment can no longer be confirmed. */
export function addressChangeEnd(from: Date): Date {
  return new Date(from.getTime() + limits.emailChangeHours * 3_600_000);
}

/** Takes back what these people's new addresses have not confirmed yet. @returns how many */
export async function withdrawAddressChanges(
  transaction: Rows,
  accountId: Id,
  userIds: readonly Id[],
): Promise<number> {
  if (userIds.length === 0) return 0;
  const { affectedRows } = await transaction.query<{ affectedRows: number }>(
    `UPDATE one_time_links SET withdrawnAt = UTC_TIMESTAMP(3)
     WHERE userId IN (?) AND purpose = 'email-change' AND accountId = ? AND usedAt IS NULL AND withdrawnAt IS NULL`,
    [userIds, accountId],
  );
  return affectedRows;
}

/**
 * Pending people whose address changed: the link that went to the old one is withdrawn for good (it is over as well,
 * so that bringing back a cancelled invitation does not open it again), a new one made. At most some hundred at once.
 */
export async function renewActivationLinks(
  transaction: Rows,
  users: readonly Owner[],
  now: Date,
): Promise<OneTimeLink[]> {
  if (users.length === 0) return [];
  await transaction.query(
    `UPDATE one_time_links SET withdrawnAt = COALESCE(withdrawnAt, ?), expiresAt = LEAST(expiresAt, ?)
     WHERE userId IN (?) AND purpose = 'activation' AND usedAt IS NULL`,
    [now, now, users.map(({ id }) => id)],
  );
  const links = users.map((user) => newActivationLink(user, now));
  await insertLinks(transaction, links);
  return links;
}

export async function insertLinks(transaction: Rows, links: readonly OneTimeLink[]): Promise<void> {
  if (links.length === 0) return;
  await transaction.query(`INSERT INTO one_time_links (${linkColumns.join(', ')}) VALUES ?`, [
    links.map(linkValues),
  ]);
}

/** Asks for the mails of changes a batch asked for, at most 500 people a job. Once, in the batch's transaction. */
export async function enqueueAddressChangeMails(
  transaction: Rows,
  { accountId, batchId, linkIds }: SendAddressChanges,
): Promise<void> {
  await enqueue(
    transaction,
    SEND_ADDRESS_CHANGES,
    accountId,
    piecesOf(linkIds).map((piece) => ({ accountId, batchId, linkIds: piece })),
  );
}

/**
 * Asks for an activation mail to each of these pending people, whose address a batch changed: it goes to the address
 * they have by then, with the newest activation link that is open.
 */
export async function enqueueNewInvitations(
  transaction: Rows,
  { accountId, batchId, userIds }: SendNewInvitations,
): Promise<void> {
  await enqueue(
    transaction,
    SEND_NEW_INVITATIONS,
    accountId,
    piecesOf(userIds).map((piece) => ({ accountId, batchId, userIds: piece })),
  );
}

async function enqueue(transaction: Rows, kind: string, accountId: Id, payloads: object[]): Promise<void> {
  if (payloads.length === 0) return;
  await transaction.query(
    `INSERT INTO jobs (id, accountId, kind, payload, uniqueKey, state, runAt, attempts, fence, createdAt)
     VALUES ${payloads.map(() => `(?, ?, ?, ?, NULL, 'waiting', UTC_TIMESTAMP(3), 0, 0, UTC_TIMESTAMP(3))`).join(', ')}`,
    payloads.flatMap((payload) => [newId(), accountId, kind, JSON.stringify(payload)]),
  );
}

function piecesOf(ids: readonly Id[]): Id[][] {
  const pieces: Id[][] = [];
  for (let from = 0; from < ids.length; from += PER_JOB) pieces.push(ids.slice(from, from + PER_JOB));
  return pieces;
}
