import { type EntityManager } from 'typeorm';
import { type Id } from '../../database/new-id.js';
import { Forbidden, NotFound } from '../../errors/domain-error.js';
import { type Journal, type NewBatch } from '../../journal/journal.service.js';
import { type Connection } from '../connection.entities.js';
import { type CloudAct } from './cloud-contact-writes.js';

/** Whose cloud contacts; a `SignedIn` is one. */
export interface Owner {
  id: Id;
  accountId: Id;
}

export type HeldConnection = Pick<Connection, 'id' | 'provider' | 'accountName' | 'contacts'>;

/**
 * Holds connections until the transaction ends, in the order of their ids: the first thing in it, because it is the lock in which
 * people and runs meet. One that waits for its owner to sign in is as good as any: it collects changes.
 * @throws NotFound for a connection that is not this person's (any more)
 */
export async function holdConnections(
  manager: EntityManager,
  owner: Owner,
  connectionIds: Iterable<Id>,
): Promise<HeldConnection[]> {
  const ids = [...new Set(connectionIds)];
  if (ids.length === 0) return [];
  const held = await manager.query<HeldConnection[]>(
    `SELECT id, provider, accountName, contacts FROM connections WHERE id IN (?) AND userId = ? AND state <> 'ended'
     ORDER BY id FOR UPDATE`,
    [ids, owner.id],
  );
  if (held.length < ids.length) throw new NotFound();
  return held;
}

/**
 * Begins what a person does to cloud contacts of connections that are held.
 * @param send false: nothing is changed that the provider knows
 * @returns the act, by connection
 * @throws Forbidden cloud-contact.read-only
 */
export async function beginActs(
  manager: EntityManager,
  journal: Journal,
  { id: ownerId, accountId }: Owner,
  held: readonly HeldConnection[],
  { kind, undoes = null, send = true }: Pick<NewBatch, 'kind' | 'undoes'> & { send?: boolean },
): Promise<Map<Id, CloudAct>> {
  const readOnly = held.find(({ contacts }) => contacts !== 'write');
  if (send && readOnly) throw new Forbidden('cloud-contact.read-only', { mailbox: readOnly.accountName });
  const ids = held.map(({ id }) => id);
  if (send) await askToPush(manager, ids);
  const [{ region }] = await manager.query<[{ region: string }]>('SELECT region FROM accounts WHERE id = ?', [
    accountId,
  ]);
  const batchId = await journal.begin(manager, { accountId, actorId: ownerId, kind, undoes });
  const now = new Date();
  return new Map(
    ids.map((connectionId) => [connectionId, { accountId, ownerId, connectionId, region, batchId, now }]),
  );
}

/** What waits to be sent is sent soon after this transaction; during a run, after it. */
export async function askToPush(manager: EntityManager, connectionIds: readonly Id[]): Promise<void> {
  if (connectionIds.length === 0) return;
  await manager.query(
    `UPDATE connections SET pushAt = UTC_TIMESTAMP(3), wakeAt = IF(state = 'connected', UTC_TIMESTAMP(3), wakeAt)
     WHERE id IN (?)`,
    [connectionIds],
  );
}
