import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { AccountSettings } from '../../accounts/account-settings.entity.js';
import { Belongings } from '../../accounts/belongings.js';
import { AccountEvents, type PersonMoved } from '../../accounts/events.js';
import { newSettings } from '../../accounts/settings.js';
import { type Id } from '../../database/id.js';
import { type Connection } from '../connection.entities.js';
import { Connections } from '../connections/connections.service.js';
import { pausesOf } from '../connections/pauses.js';
import { ConnectionSecrets } from '../connections/secrets.js';
import { slotKeyOf } from '../connections/slot-key.js';
import { Revocations } from '../oauth/revocations.service.js';
import { ownedTables } from './connection-rows.js';

/**
 * Somebody who moves to a company takes along their connections with all they hold, the ended ones too. What signs in is sealed
 * anew for the person they are there. Where the company does not allow the provider, or has the feature off, they arrive paused.
 * Told again, it brings what came in the moment of the move.
 */
@Injectable()
export class MovedConnectionOwners implements OnModuleInit {
  constructor(
    private readonly events: AccountEvents,
    private readonly belongings: Belongings,
    private readonly connections: Connections,
    private readonly secrets: ConnectionSecrets,
    private readonly revocations: Revocations,
  ) {}

  onModuleInit(): void {
    this.events.moved.subscribe((news) => this.bring(news));
    const counted = (name: string, sql: string) =>
      this.belongings.add({
        ...{ name, feature: 'integrations' },
        count: async (database, userId) => {
          const [row] = await database.query<{ kept: number | string }[]>(sql, [userId]);
          return Number(row?.kept ?? 0);
        },
      });
    counted('connections', `SELECT COUNT(*) AS kept FROM connections WHERE userId = ? AND state <> 'ended'`);
    counted(
      'cloud-contacts',
      `SELECT COUNT(*) AS kept FROM cloud_contacts c JOIN connections o ON o.id = c.connectionId
       WHERE c.ownerId = ? AND c.deletedAt IS NULL AND o.state <> 'ended'`,
    );
  }

  private async bring({ manager, from, to }: PersonMoved): Promise<void> {
    const held = (userId: Id) =>
      manager.query<Held[]>(
        'SELECT id, provider, mailboxId, state, slotKey FROM connections WHERE userId = ? ORDER BY id FOR UPDATE',
        [userId],
      );
    // Colleagues of before were told; who the new ones are, nobody was asked.
    await manager.query('DELETE FROM calendar_sharing WHERE userId = ?', [from.userId]);
    const moving = await held(from.userId);
    if (moving.length === 0) return;
    const slots = await this.slots(manager, to.accountId, moving, await held(to.userId));
    for (const { id } of moving) {
      const slotKey = slots.get(id) ?? null;
      // A run under way may save nothing any more: it would be written down for whom they were.
      await manager.query(
        `UPDATE connections SET userId = ?, accountId = ?, slotKey = ?, fence = fence + 1, leaseToken = NULL,
           leaseUntil = NULL, revision = revision + 1,
           state = IF(? IS NULL, 'ended', state), endedAt = IF(? IS NULL, COALESCE(endedAt, UTC_TIMESTAMP(3)), endedAt),
           wakeAt = IF(? IS NULL, NULL, wakeAt)
         WHERE id = ?`,
        [to.userId, to.accountId, slotKey, slotKey, slotKey, slotKey, id],
      );
    }
    const ids = moving.map(({ id }) => id);
    const ended = ids.filter((id) => !slots.has(id));
    await this.revocations.beforeDrop(manager, ended);
    await this.secrets.drop(manager, ended);
    await this.secrets.handOver(manager, ids, to);
    await manager.query('UPDATE sync_scopes SET accountId = ? WHERE connectionId IN (?)', [
      to.accountId,
      ids,
    ]);
    for (const table of ownedTables)
      await manager.query(`UPDATE ${table} SET ownerId = ?, accountId = ? WHERE ownerId = ?`, [
        ...[to.userId, to.accountId, from.userId],
      ]);
    await this.pauseWhere(manager, to, moving);
  }

  /** Of those that go on, the place each takes; one of a mailbox that is connected there already ends. */
  private async slots(
    manager: EntityManager,
    accountId: Id,
    moving: readonly Held[],
    there: readonly Held[],
  ): Promise<Map<Id, string>> {
    const { severalConnections } =
      (await manager.findOneBy(AccountSettings, { accountId })) ?? newSettings(accountId);
    const living = there.filter(({ state }) => state !== 'ended');
    const slots = new Map<Id, string>();
    for (const connection of moving) {
      const { provider, mailboxId, state } = connection;
      if (state === 'ended') continue;
      if (living.some((other) => other.provider === provider && other.mailboxId === mailboxId)) continue;
      // Whoever arrives with one more keeps it, as whoever has several when the company stops allowing them.
      slots.set(connection.id, slotKeyOf(severalConnections || living.length > 0, connection));
      living.push(connection);
    }
    return slots;
  }

  private async pauseWhere(manager: EntityManager, to: PersonMoved['to'], moving: readonly Held[]) {
    const pauses = await pausesOf(
      manager,
      to.accountId,
      moving.map((connection) => ({ ...connection, userId: to.userId })),
    );
    for (const [id, why] of pauses) await this.connections.pause(manager, [id], why);
  }
}

type Held = Pick<Connection, 'id' | 'provider' | 'mailboxId' | 'state' | 'slotKey'>;
