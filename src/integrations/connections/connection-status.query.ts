import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { Connection, type Brake, type ConnectionPause } from '../connection.entities.js';
import { type ConnectionOwner } from './connections.service.js';
import { pausesOf } from './pauses.js';

/** One of one's connections, and how it does at this moment. */
export interface ConnectionStatus {
  connection: Connection;
  /** Why it may not run at this moment; null also for one that is still paused, but need not be any more. */
  pause: ConnectionPause | null;
  /** `now`: a worker is at it; `soon`: it waits for one. */
  running: 'now' | 'soon' | null;
  /** The provider told us to wait until then. */
  waitsUntil: Date | null;
  /** What it holds here, the bin left out. */
  contacts: number;
  folders: number;
  /** Changes made here that were not sent yet; those that were not taken are `refused`. */
  waiting: number;
  refused: number;
  conflicts: number;
  /** Folders in which so much was deleted that its owner is asked. */
  brakes: number;
  /** Of its calendars: all, those that are read, and when all of these last were; null before they were listed. */
  calendars: { listed: number; chosen: number; readAt: Date | null } | null;
}

/** A connection that has ended and can be had back. */
export interface EndedConnection extends Pick<Connection, 'provider' | 'accountName'> {
  endedAt: Date;
  contacts: number;
  waiting: number;
}

interface Counted {
  connectionId: Id;
  found: number | string;
}

/** Reads how one's connections stand: a few queries for all of them, along indexes of one person. */
@Injectable()
export class ConnectionStatuses {
  constructor(private readonly database: DataSource) {}

  /** Those that have not ended, oldest first. */
  async of({ id: userId }: ConnectionOwner): Promise<ConnectionStatus[]> {
    const found = await this.database
      .createQueryBuilder(Connection, 'c')
      .where(`c.userId = :userId AND c.state <> 'ended'`, { userId })
      .orderBy('c.id')
      .getMany();
    const ids = found.map(({ id }) => id);
    if (ids.length === 0) return [];
    const paused = found.filter(({ state }) => state === 'paused');
    const [turns, contacts, folders, pending, conflicts, brakes, calendars, pauses] = await Promise.all([
      this.database.query<(Record<'running' | 'due' | 'told', number> & { id: Id })[]>(
        // As sync/lease.ts claims them.
        `SELECT id, leaseToken IS NOT NULL AND leaseUntil > UTC_TIMESTAMP(3) AS running,
           leaseToken IS NULL AND leaseUntil > UTC_TIMESTAMP(3) AS told,
           state = 'connected' AND (askedAt IS NOT NULL OR nextRunAt <= UTC_TIMESTAMP(3)) AS due
         FROM connections WHERE id IN (?)`,
        [ids],
      ),
      this.contacts(userId),
      this.counts(
        `SELECT connectionId, COUNT(*) AS found FROM cloud_folders WHERE ownerId = ? AND living = 1
         GROUP BY connectionId`,
        userId,
      ),
      this.pending(ids),
      this.counts(
        `SELECT connectionId, COUNT(*) AS found FROM cloud_conflicts WHERE connectionId IN (?) AND openKey = 1
         GROUP BY connectionId`,
        ids,
      ),
      this.brakes(ids),
      this.calendars(ids),
      pausesOf(this.database.manager, found[0].accountId, paused),
    ]);
    return found.map((connection) => {
      const { id } = connection;
      const { running, due, told } = turns.find((turn) => turn.id === id) ?? { running: 0, due: 0, told: 0 };
      const { waiting, refused } = pending.get(id) ?? { waiting: 0, refused: 0 };
      return {
        connection,
        pause: pauses.get(id) ?? null,
        running: running ? 'now' : due && !told ? 'soon' : null,
        waitsUntil: told ? connection.leaseUntil : null,
        contacts: contacts.get(id) ?? 0,
        folders: folders.get(id) ?? 0,
        ...{ waiting, refused },
        conflicts: conflicts.get(id) ?? 0,
        brakes: brakes.get(id) ?? 0,
        calendars: calendars.get(id) ?? null,
      };
    });
  }

  /** Those that have ended and whose contacts are still here, newest first; of each mailbox the last one. */
  async ended({ id: userId }: ConnectionOwner): Promise<EndedConnection[]> {
    const rows = await this.database.query<
      (Pick<Connection, 'id' | 'provider' | 'mailboxId' | 'accountName'> & { endedAt: Date })[]
    >(
      `SELECT id, provider, mailboxId, accountName, endedAt FROM connections e
       WHERE userId = ? AND state = 'ended' AND endedAt > DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ? DAY)
         AND NOT EXISTS (SELECT 1 FROM connections c WHERE c.userId = e.userId AND c.provider = e.provider
           AND c.mailboxId = e.mailboxId AND (c.state <> 'ended' OR c.id > e.id))
       ORDER BY endedAt DESC, id DESC LIMIT 5`,
      [userId, limits.restoreDays],
    );
    if (rows.length === 0) return [];
    const [contacts, pending] = await Promise.all([
      this.contacts(userId),
      this.pending(rows.map(({ id }) => id)),
    ]);
    return rows.map(({ id, provider, accountName, endedAt }) => {
      const { waiting = 0, refused = 0 } = pending.get(id) ?? {};
      return {
        ...{ provider, accountName, endedAt },
        ...{ contacts: contacts.get(id) ?? 0, waiting: waiting + refused },
      };
    });
  }

  /** Names of contacts whose changes were not sent, the oldest change first. */
  async unsent(connectionId: Id, most: number): Promise<string[]> {
    const rows = await this.database.query<{ displayName: string }[]>(
      `SELECT displayName FROM cloud_contacts WHERE connectionId = ? AND pending IS NOT NULL
       ORDER BY pendingSince, id LIMIT ?`,
      [connectionId, most],
    );
    return rows.map(({ displayName }) => displayName);
  }

  /** Contacts the mailbox does not have any more, and whose owner has not decided about yet. */
  async gone(connectionId: Id): Promise<number> {
    const [{ gone }] = await this.database.query<[{ gone: number | string }]>(
      'SELECT COUNT(*) AS gone FROM cloud_contacts WHERE connectionId = ? AND goneAt IS NOT NULL AND deletedAt IS NULL',
      [connectionId],
    );
    return Number(gone);
  }

  private contacts(userId: Id): Promise<Map<Id, number>> {
    return this.counts(
      `SELECT connectionId, COUNT(*) AS found FROM cloud_contacts WHERE ownerId = ? AND deletedAt IS NULL
       GROUP BY connectionId`,
      userId,
    );
  }

  private async pending(ids: readonly Id[]): Promise<Map<Id, { waiting: number; refused: number }>> {
    const rows = await this.database.query<(Counted & { refused: number | string })[]>(
      `SELECT connectionId, COUNT(*) AS found, SUM(problem IS NOT NULL) AS refused FROM cloud_contacts
       WHERE connectionId IN (?) AND pending IS NOT NULL GROUP BY connectionId`,
      [ids],
    );
    return new Map(
      rows.map(({ connectionId, found, refused }) => [
        connectionId,
        { waiting: Number(found) - Number(refused), refused: Number(refused) },
      ]),
    );
  }

  private async calendars(ids: readonly Id[]): Promise<Map<Id, ConnectionStatus['calendars']>> {
    const rows = await this.database.query<
      { connectionId: Id; listed: number | string; chosen: number | string; readAt: Date | null }[]
    >(
      `SELECT connectionId, COUNT(*) AS listed, SUM(chosen) AS chosen,
         IF(SUM(chosen AND readAt IS NULL) > 0, NULL, MIN(IF(chosen, readAt, NULL))) AS readAt
       FROM calendars WHERE connectionId IN (?) GROUP BY connectionId`,
      [ids],
    );
    return new Map(
      rows.map(({ connectionId, listed, chosen, readAt }) => [
        connectionId,
        { listed: Number(listed), chosen: Number(chosen), readAt },
      ]),
    );
  }

  private async brakes(ids: readonly Id[]): Promise<Map<Id, number>> {
    const rows = await this.database.query<{ connectionId: Id; brake: string }[]>(
      'SELECT connectionId, brake FROM sync_scopes WHERE connectionId IN (?) AND brake IS NOT NULL',
      [ids],
    );
    const asked = new Map<Id, number>();
    for (const { connectionId, brake } of rows)
      if ((JSON.parse(brake) as Brake).decision === undefined)
        asked.set(connectionId, (asked.get(connectionId) ?? 0) + 1);
    return asked;
  }

  private async counts(sql: string, of: Id | readonly Id[]): Promise<Map<Id, number>> {
    const rows = await this.database.query<Counted[]>(sql, [of]);
    return new Map(rows.map(({ connectionId, found }) => [connectionId, Number(found)]));
  }
}
