import { Injectable } from '@nestjs/common';
import { DataSource, In, type EntityManager } from 'typeorm';
import { AccountSettings } from '../../accounts/account-settings.entity.js';
import { newSettings, type Provider } from '../../accounts/settings.js';
import { limits } from '../../config/limits.js';
import { isId, newId, type Id } from '../../database/id.js';
import { inTransaction, isDuplicate } from '../../database/transaction.js';
import { Conflict, NotFound, Refused } from '../../errors/domain-error.js';
import { type ActFacts, type Actor } from '../../journal/actor.js';
import { Journal } from '../../journal/journal.service.js';
import { Jobs } from '../../jobs/jobs.service.js';
import { Notifications } from '../../notifications/notifications.service.js';
import { forgetEvents, settleCalendars } from '../calendar/calendar-rows.js';
import { Connection, type ConnectionPause } from '../connection.entities.js';
import { Revocations } from '../oauth/revocations.service.js';
import { pausesOf } from './pauses.js';
import { providerNames } from './provider-names.js';
import { ConnectionSecrets } from './secrets.js';
import { slotKeyOf } from './slot-key.js';

/** Whose connections; a `SignedIn` is one. */
export interface ConnectionOwner {
  id: Id;
  accountId: Id;
}

/** A mailbox somebody has just signed in to, as its connector knows it. */
export interface Mailbox {
  provider: Provider;
  /** The mailbox's own id. */
  mailboxId: string;
  accountName: string;
  details: Record<string, unknown>;
  secret: string;
}

export type Permissions = Pick<Connection, 'contacts' | 'calendar'>;

export interface Connected {
  connectionId: Id;
  /** `back`: one that had ended, or asked to sign in again, with all its contacts. */
  outcome: 'new' | 'back';
}

/** What stands in the way of a new connection: another one. */
export class ConnectionInTheWay extends Refused {
  constructor(
    key:
      'integrations.refused.connected' | 'integrations.refused.slot' | 'integrations.refused.other-mailbox',
    /** The connection there is. */
    readonly other: Pick<Connection, 'id' | 'provider' | 'accountName'>,
    /** How the mailbox is called that was signed in to. */
    tried: string,
  ) {
    super(key, { provider: providerNames[other.provider], account: other.accountName, other: tried });
  }
}

/** The job that copies what an ended connection held (kept-copies.service.ts). */
export const KEEP_COPY = 'connections.keep-copy';
export interface KeepCopy {
  connectionId: Id;
  userId: Id;
  accountId: Id;
  /** ISO 8601: one that was connected and ended again since is another matter. */
  endedAt: string;
}

const SLOT = 'uq_connections_slot';

/** What makes a connection run as soon as a worker is free, in SQL. */
const AT_ONCE = 'askedAt = UTC_TIMESTAMP(3), nextRunAt = UTC_TIMESTAMP(3), wakeAt = UTC_TIMESTAMP(3)';
/** Whoever holds its turn may save nothing more. A mailbox that told us to wait is not asked before, all the same. */
const UNHELD = `leaseUntil = IF(leaseToken IS NULL, leaseUntil, NULL), leaseToken = NULL, fence = fence + 1`;
/** Nothing is to be done, and whatever is being done may not be saved any more. */
const AT_REST = `wakeAt = NULL, nextRunAt = NULL, pushAt = NULL, askedAt = NULL,
  ${UNHELD}`;
const SIGNED_IN = `state = 'connected', pausedFor = NULL, problem = NULL, failures = 0`;

/**
 * Links of people to their mailboxes: made, changed and ended. Every method touches the connection's row first, as
 * everything does that changes contacts of it. Nothing here speaks to a provider.
 *
 * **An ended connection** keeps its folders, contacts and conflicts as they are for 30 days, hidden: whatever reads them for
 * a page asks for connections that have not ended.
 */
@Injectable()
export class Connections {
  constructor(
    private readonly database: DataSource,
    private readonly secrets: ConnectionSecrets,
    private readonly journal: Journal,
    private readonly jobs: Jobs,
    private readonly notifications: Notifications,
    private readonly revocations: Revocations,
  ) {}

  /** One's own that have not ended, oldest first. */
  async of(userId: Id, manager: EntityManager = this.database.manager): Promise<Connection[]> {
    return manager
      .createQueryBuilder(Connection, 'c')
      .where(`c.userId = :userId AND c.state <> 'ended'`, { userId })
      .orderBy('c.id')
      .getMany();
  }

  /** @throws NotFound also for one of somebody else, and one that has ended */
  async get(
    userId: Id,
    connectionId: string,
    manager: EntityManager = this.database.manager,
  ): Promise<Connection> {
    const found = isId(connectionId)
      ? await manager.findOneBy(Connection, { id: connectionId, userId })
      : null;
    if (!found || found.state === 'ended') throw new NotFound('integrations.not-found');
    return found;
  }

  /**
   * Connects a mailbox its owner has just signed in to. One that had ended within 30 days, or asks to sign in again, is the
   * same connection as before, with the contacts it had.
   * @throws ConnectionInTheWay when it is connected already, or another one takes the only place; Refused when the account
   * does not allow the provider
   */
  async connect(owner: ConnectionOwner, mailbox: Mailbox, permissions: Permissions): Promise<Connected> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await inTransaction(this.database, (manager) =>
          this.connectIn(manager, owner, mailbox, permissions),
        );
      } catch (error) {
        // Another connection was made in the same moment; looking again names it.
        if (attempt === 3 || !isDuplicate(error, SLOT)) throw error;
      }
    }
  }

  /**
   * What would stand in the way of this provider, before anybody types a password.
   * @returns null when there is room
   */
  async inTheWay(owner: ConnectionOwner): Promise<Connection | null> {
    const { severalConnections } = await rulesOf(this.database.manager, owner.accountId);
    return severalConnections ? null : ((await this.of(owner.id))[0] ?? null);
  }

  /** Providers the account allows. */
  async providersOf(accountId: Id): Promise<Record<Provider, boolean>> {
    const { google, office365, exchange } = await rulesOf(this.database.manager, accountId);
    return { google, office365, exchange };
  }

  /**
   * Goes on with a new password or a new consent; all that waited is sent.
   * @param permissions of a consent that says more or less than before
   * @throws NotFound; ConnectionInTheWay when it is another mailbox, which is another connection; Refused while it is paused
   */
  async signInAgain(
    owner: ConnectionOwner,
    connectionId: string,
    mailbox: Mailbox,
    permissions?: Permissions,
  ): Promise<void> {
    await inTransaction(this.database, async (manager) => {
      const connection = await this.held(manager, owner.id, connectionId);
      const { provider, mailboxId } = connection;
      if (provider !== mailbox.provider || mailboxId !== mailbox.mailboxId)
        throw new ConnectionInTheWay('integrations.refused.other-mailbox', connection, mailbox.accountName);
      // Its owner was away at the provider's for minutes; what may not run does not because somebody signs in.
      if (connection.state === 'paused') throw new Refused('integrations.refused.provider', { provider });
      if (permissions) await manager.update(Connection, { id: connection.id }, permissions);
      await this.goOn(manager, connection, mailbox);
    });
  }

  /**
   * @param revision of the connection as the page showed it
   * @throws NotFound; Conflict when it was changed since
   */
  async change(
    owner: ConnectionOwner,
    connectionId: string,
    permissions: Permissions,
    revision: number,
  ): Promise<void> {
    if (!isId(connectionId)) throw new NotFound('integrations.not-found');
    await inTransaction(this.database, async (manager) => {
      const { contacts, calendar } = permissions;
      // Whoever may write from now on sends what waited. A run under way goes by what was allowed before: it is begun anew.
      const { affectedRows } = await manager.query<Changed>(
        `UPDATE connections SET
           pushAt = IF(? = 'write' AND contacts <> 'write' AND state = 'connected', UTC_TIMESTAMP(3), pushAt),
           wakeAt = IF(? = 'write' AND contacts <> 'write' AND state = 'connected', UTC_TIMESTAMP(3), wakeAt),
           contacts = ?, calendar = ?, ${UNHELD}, revision = revision + 1
         WHERE id = ? AND userId = ? AND state <> 'ended' AND revision = ?`,
        [contacts, contacts, contacts, calendar, connectionId, owner.id, revision],
      );
      if (affectedRows === 1) return settleCalendars(manager, connectionId);
      await this.get(owner.id, connectionId, manager);
      throw new Conflict('integrations.changed-since');
    });
  }

  /**
   * Asks for a run now; during a run, for another one after it. A mailbox that told us to wait is not asked before
   * (`leaseUntil`, sync/lease.ts). One that was paused goes on if it may by now.
   * @returns false when it does not run at all: it is paused, or asks to sign in. @throws NotFound
   */
  async syncNow(owner: ConnectionOwner, connectionId: string): Promise<boolean> {
    return inTransaction(this.database, async (manager) => {
      const connection = await this.held(manager, owner.id, connectionId);
      if (connection.state === 'paused') {
        const pauses = await pausesOf(manager, connection.accountId, [connection]);
        return !pauses.has(connection.id) && (await this.resume(manager, [connection.id])) === 1;
      }
      if (connection.state !== 'connected') return false;
      await manager.query(`UPDATE connections SET ${AT_ONCE} WHERE id = ?`, [connection.id]);
      return true;
    });
  }

  /**
   * Ends a connection of one's own: nothing is asked of the provider any more, what we signed in with is erased, and what
   * was not sent stays unsent. Connecting the same mailbox again within 30 days brings all back.
   * @param keep a job copies its contacts to the owner's personal contacts
   * @throws NotFound
   */
  async disconnect(
    owner: ConnectionOwner,
    connectionId: string,
    { keep }: { keep: boolean },
  ): Promise<Connection> {
    return inTransaction(this.database, async (manager) => {
      const connection = await this.held(manager, owner.id, connectionId);
      await this.end(manager, connection, keep);
      return connection;
    });
  }

  /**
   * Ends a connection of somebody of the administrator's account, who is told of it.
   * @throws NotFound
   */
  async disconnectFor(admin: Actor, facts: ActFacts, connectionId: string): Promise<Connection> {
    return inTransaction(this.database, async (manager) => {
      const found = isId(connectionId)
        ? await manager.findOneBy(Connection, { id: connectionId, accountId: admin.accountId })
        : null;
      if (!found) throw new NotFound('integrations.not-found');
      const connection = await this.held(manager, found.userId, connectionId);
      await this.end(manager, connection, false);
      const { id, accountId, userId, provider, accountName } = connection;
      const [person] = await manager.query<{ name: string }[]>(
        `SELECT CONCAT_WS(' ', givenName, familyName) AS name FROM users WHERE id = ? AND accountId = ?`,
        [userId, accountId],
      );
      await this.journal.audit(manager, admin, facts, {
        action: 'connections.disconnect',
        ...{ targetType: 'user', targetId: userId, targetName: person?.name ?? '' },
        details: { provider },
      });
      if (userId !== admin.id)
        await this.notifications.tell(manager, [
          {
            ...{ accountId, userId, kind: 'connection-ended', values: { provider, account: accountName } },
            ...{ href: '/integrations', onceKey: `connection-ended:${id}:${connection.revision}` },
          },
        ]);
      return connection;
    });
  }

  /**
   * Stops connections that are in step; one that asks to sign in stays so, for nothing runs there anyway.
   * @returns how many it stopped
   */
  async pause(
    manager: EntityManager,
    connectionIds: readonly Id[],
    pausedFor: ConnectionPause,
  ): Promise<number> {
    if (connectionIds.length === 0) return 0;
    const { affectedRows } = await manager.query<Changed>(
      `UPDATE connections SET state = 'paused', pausedFor = ?, pausedAt = UTC_TIMESTAMP(3), ${AT_REST}
       WHERE id IN (?) AND state = 'connected'`,
      [pausedFor, connectionIds],
    );
    return affectedRows;
  }

  /**
   * Lets paused connections go on, with all that waited; those whose secret was dropped meanwhile ask to sign in.
   * @returns how many go on
   */
  async resume(manager: EntityManager, connectionIds: readonly Id[]): Promise<number> {
    if (connectionIds.length === 0) return 0;
    await manager.query(
      `UPDATE connections SET state = 'needs-sign-in', pausedFor = NULL, problem = ?
       WHERE id IN (?) AND state = 'paused'
         AND NOT EXISTS (SELECT 1 FROM connection_secrets s WHERE s.connectionId = connections.id)`,
      [JSON.stringify({ key: 'sign-in', since: new Date().toISOString() }), connectionIds],
    );
    const { affectedRows } = await manager.query<Changed>(
      `UPDATE connections SET state = 'connected', pausedFor = NULL, ${AT_ONCE}
       WHERE id IN (?) AND state = 'paused'`,
      [connectionIds],
    );
    return affectedRows;
  }

  private async connectIn(
    manager: EntityManager,
    owner: ConnectionOwner,
    mailbox: Mailbox,
    permissions: Permissions,
  ): Promise<Connected> {
    const { provider, mailboxId, accountName, details, secret } = mailbox;
    const { id: userId, accountId } = owner;
    const rules = await rulesOf(manager, accountId);
    if (!rules[provider]) throw new Refused('integrations.refused.provider', { provider });
    const mine = await manager
      .createQueryBuilder(Connection, 'c')
      .setLock('pessimistic_write')
      .where('c.userId = :userId', { userId })
      .orderBy('c.id')
      .getMany();
    const living = mine.filter(({ state }) => state !== 'ended');
    const isSame = (other: Connection) => other.provider === provider && other.mailboxId === mailboxId;
    const present = living.find(isSame);
    // One that fails goes on like one that is refused: its server may be at another address by now.
    if (
      present &&
      (present.state === 'paused' || (present.state === 'connected' && present.problem === null))
    )
      throw new ConnectionInTheWay('integrations.refused.connected', present, accountName);
    if (!present && living.length > 0 && !rules.severalConnections)
      throw new ConnectionInTheWay('integrations.refused.slot', living[0], accountName);
    // Made while one alone was allowed, its key would let the same mailbox in twice.
    if (rules.severalConnections)
      for (const { id, slotKey, ...other } of living)
        if (slotKey === slotKeyOf(false, other))
          await manager.update(Connection, { id }, { slotKey: slotKeyOf(true, other) });
    const slotKey = slotKeyOf(rules.severalConnections, mailbox);
    const before = present ?? mine.filter((other) => isSame(other) && isKept(other)).at(-1);
    if (before) {
      await manager.query(
        `UPDATE connections SET slotKey = ?, contacts = ?, calendar = ?, endedAt = NULL WHERE id = ?`,
        [slotKey, permissions.contacts, permissions.calendar, before.id],
      );
      await this.goOn(manager, before, mailbox);
      return { connectionId: before.id, outcome: 'back' };
    }
    const connectionId = newId();
    await manager.query(
      `INSERT INTO connections (id, accountId, userId, provider, mailboxId, accountName, slotKey, state, contacts,
         calendar, details, createdAt, askedAt, nextRunAt, wakeAt)
       VALUES (?, ?, ?, ?, ?, ?, ?, 'connected', ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3),
         UTC_TIMESTAMP(3))`,
      [
        ...[connectionId, accountId, userId, provider, mailboxId, accountName, slotKey],
        ...[permissions.contacts, permissions.calendar, JSON.stringify(details)],
      ],
    );
    await this.secrets.keep(manager, { connectionId, accountId, userId }, secret);
    return { connectionId, outcome: 'new' };
  }

  /** Its owner has just signed in to it. */
  private async goOn(manager: EntityManager, connection: Connection, mailbox: Mailbox): Promise<void> {
    const { id: connectionId, accountId, userId } = connection;
    await manager.query(
      `UPDATE connections SET ${SIGNED_IN}, ${AT_ONCE}, pushAt = UTC_TIMESTAMP(3), accountName = ?, details = ?,
         ${UNHELD}, revision = revision + 1
       WHERE id = ?`,
      // What its connector has learnt of it besides stays.
      [mailbox.accountName, JSON.stringify({ ...connection.details, ...mailbox.details }), connectionId],
    );
    await this.secrets.keep(manager, { connectionId, accountId, userId }, mailbox.secret);
    await settleCalendars(manager, connectionId);
  }

  private async end(manager: EntityManager, connection: Connection, keep: boolean): Promise<void> {
    const { id: connectionId, accountId, userId } = connection;
    await manager.query(
      `UPDATE connections SET state = 'ended', endedAt = UTC_TIMESTAMP(3), slotKey = NULL, pausedFor = NULL,
         problem = NULL, failures = 0, ${AT_REST}, revision = revision + 1
       WHERE id = ?`,
      [connectionId],
    );
    await this.revocations.beforeDrop(manager, [connectionId]);
    await this.secrets.drop(manager, [connectionId]);
    await forgetEvents(manager, [connectionId]);
    if (!keep) return;
    const { endedAt } = await manager.findOneByOrFail(Connection, { id: connectionId });
    const payload: KeepCopy = { connectionId, userId, accountId, endedAt: endedAt!.toISOString() };
    await this.jobs.enqueue(manager, { kind: KEEP_COPY, accountId, payload: { ...payload } });
  }

  /** Locked until the transaction ends. @throws NotFound */
  private async held(manager: EntityManager, userId: Id, connectionId: string): Promise<Connection> {
    const found = isId(connectionId)
      ? await manager.findOne(Connection, {
          where: { id: connectionId, userId, state: In(['connected', 'needs-sign-in', 'paused']) },
          lock: { mode: 'pessimistic_write' },
        })
      : null;
    if (!found) throw new NotFound('integrations.not-found');
    return found;
  }
}

interface Changed {
  affectedRows: number;
}

async function rulesOf(manager: EntityManager, accountId: Id): Promise<AccountSettings> {
  return (await manager.findOneBy(AccountSettings, { accountId })) ?? newSettings(accountId);
}

/** Its contacts are still here. */
function isKept({ state, endedAt }: Connection): boolean {
  return (
    state === 'ended' && endedAt !== null && Date.now() - endedAt.getTime() < limits.restoreDays * 86_400_000
  );
}
