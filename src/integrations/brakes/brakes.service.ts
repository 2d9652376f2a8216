import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Provider } from '../../accounts/settings.js';
import { limits } from '../../config/limits.js';
import { isId, type Id } from '../../database/id.js';
import { keysetPage, type KeysetOrder, type KeysetPage, type Place } from '../../database/keyset.js';
import { inTransaction } from '../../database/transaction.js';
import { Conflict, NotFound } from '../../errors/domain-error.js';
import { Notifications } from '../../notifications/notifications.service.js';
import { type Brake } from '../connection.entities.js';
import { type Owner } from '../contacts/outbox.js';
import { brakeNewsKey } from '../sync/brake.js';

/** A connection that asks before much is deleted. */
export interface BrakedConnection {
  id: Id;
  provider: Provider;
  accountName: string;
  /** Changes here may be sent. */
  writable: boolean;
  /** Its turns are taken; else what is decided is done once it goes on. */
  connected: boolean;
}

/** One question: what was deleted of one folder. */
export interface Braked {
  scopeId: Id;
  /** null where all contacts of the mailbox are meant. */
  folderId: Id | null;
  /** '' where all contacts of the mailbox are meant. */
  folder: string;
  brake: Brake;
}

export interface BrakedContact {
  id: Id;
  displayName: string;
  sortKey: string;
}

/** What was asked has been done, is another question by now, or was answered in another window. */
export class BrakeMovedOn extends Conflict {
  constructor() {
    super('sync-brake.moved-on');
  }
}

const byName: KeysetOrder = {
  name: 'braked-contacts',
  columns: [
    { sql: 'c.sortKey', name: 'sortKey', kind: 'text' },
    { sql: 'c.id', name: 'id', kind: 'id' },
  ],
};

/** Deletions so many that their owner decides whether they were meant. The next run does what was decided. */
@Injectable()
export class Brakes {
  constructor(
    private readonly database: DataSource,
    private readonly notifications: Notifications,
  ) {}

  /** @throws NotFound for a connection that is not this person's (any more) */
  async connection(ownerId: Id, id: string): Promise<BrakedConnection> {
    const [found] = isId(id)
      ? await this.database.query<
          { id: Id; provider: Provider; accountName: string; contacts: string; state: string }[]
        >(
          `SELECT id, provider, accountName, contacts, state FROM connections
           WHERE id = ? AND userId = ? AND state <> 'ended'`,
          [id, ownerId],
        )
      : [];
    if (!found) throw new NotFound('integrations.not-found');
    const { contacts, state, ...rest } = found;
    return { ...rest, writable: contacts === 'write', connected: state === 'connected' };
  }

  /** Questions of a connection, the oldest first; those that are answered stay until a run has done it. */
  async of(connectionId: Id): Promise<Braked[]> {
    const rows = await this.database.query<
      { scopeId: Id; folderId: Id | null; folder: string | null; brake: string }[]
    >(
      `SELECT s.id AS scopeId, f.id AS folderId, f.name AS folder, s.brake
       FROM sync_scopes s LEFT JOIN cloud_folders f ON f.id = s.scopeKey
       WHERE s.connectionId = ? AND s.brake IS NOT NULL`,
      [connectionId],
    );
    return rows
      .map((row) => ({ ...row, folder: row.folder ?? '', brake: JSON.parse(row.brake) as Brake }))
      .sort((one, other) => one.brake.since.localeCompare(other.brake.since));
  }

  /** Whom it is about, A to Z. */
  contacts(
    connectionId: Id,
    { folderId, brake: { direction } }: Braked,
    place: Place,
    limit: number = limits.page,
  ): Promise<KeysetPage<BrakedContact>> {
    const inFolder =
      folderId === null ? '' : 'JOIN cloud_contact_folders l ON l.contactId = c.id AND l.folderId = ?';
    const deleted =
      direction === 'here' ? 'c.goneAt IS NOT NULL AND c.deletedAt IS NULL' : "c.pending = 'remove'";
    return keysetPage<BrakedContact>(byName, place, limit, (slice) =>
      this.database.query<BrakedContact[]>(
        `SELECT c.id, c.displayName, c.sortKey FROM cloud_contacts c ${inFolder}
         WHERE c.connectionId = ? AND ${deleted} AND (${slice.where})
         ORDER BY ${slice.orderBy} LIMIT ${slice.limit}`,
        [...(folderId === null ? [] : [folderId]), connectionId, ...slice.values],
      ),
    );
  }

  /**
   * Answers one question, and lets the next run come at once.
   * @param seen as `seenOf` gave it for the page
   * @throws BrakeMovedOn; NotFound for a connection that is not this person's
   */
  decide(
    owner: Owner,
    connectionId: Id,
    { scopeId, seen, decision }: { scopeId: string; seen: string; decision: 'delete' | 'keep' },
  ): Promise<void> {
    return inTransaction(this.database, async (manager) => {
      await hold(manager, owner, connectionId);
      const brake = await brakeOf(manager, connectionId, scopeId);
      if (brake === null || seenOf(brake) !== seen) throw new BrakeMovedOn();
      await manager.query('UPDATE sync_scopes SET brake = ? WHERE id = ? AND connectionId = ?', [
        ...[JSON.stringify({ ...brake, decision }), scopeId, connectionId],
      ]);
      await this.notifications.read(manager, owner.id, [brakeNewsKey(scopeId, brake)]);
      await manager.query(
        `UPDATE connections SET askedAt = UTC_TIMESTAMP(3), nextRunAt = UTC_TIMESTAMP(3), wakeAt = UTC_TIMESTAMP(3)
         WHERE id = ? AND state = 'connected'`,
        [connectionId],
      );
    });
  }
}

/** What a page has shown of a question: another number of contacts is another question, another answer another window's. */
export function seenOf({ direction, deleted, since, decision }: Brake): string {
  return [direction, deleted, since, decision ?? 'asked'].join(' ');
}

/** The lock in which runs and people meet. */
async function hold(manager: EntityManager, { id: ownerId }: Owner, connectionId: Id): Promise<void> {
  const held = await manager.query<unknown[]>(
    "SELECT id FROM connections WHERE id = ? AND userId = ? AND state <> 'ended' FOR UPDATE",
    [connectionId, ownerId],
  );
  if (held.length === 0) throw new NotFound('integrations.not-found');
}

async function brakeOf(manager: EntityManager, connectionId: Id, scopeId: string): Promise<Brake | null> {
  const [found] = isId(scopeId)
    ? await manager.query<{ brake: string | null }[]>(
        'SELECT brake FROM sync_scopes WHERE id = ? AND connectionId = ? FOR UPDATE',
        [scopeId, connectionId],
      )
    : [];
  return found?.brake ? (JSON.parse(found.brake) as Brake) : null;
}
