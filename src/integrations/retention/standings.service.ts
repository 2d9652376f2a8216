import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AccountEvents, type AccessBack, type AccessEnded } from '../../accounts/events.js';
import { settingSections, type SettingName } from '../../accounts/settings.js';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { Jobs, type Task } from '../../jobs/jobs.service.js';
import { every, Sweeper } from '../../jobs/sweeper.service.js';
import { forgetEvents } from '../calendar/calendar-rows.js';
import { type Connection, type ConnectionPause } from '../connection.entities.js';
import { Connections } from '../connections/connections.service.js';
import { pausesOf } from '../connections/pauses.js';
import { ConnectionSecrets } from '../connections/secrets.js';
import { Revocations } from '../oauth/revocations.service.js';

/** Connections of one transaction. */
const AT_ONCE = 500;
const LOOK = 'connections.look-at';

/** What of a company's settings decides who may run. */
const deciding: readonly SettingName[] = [...settingSections.integrations, 'integrations'];

/**
 * Connections pause while their person is not active, their account closed, the feature off or their provider not allowed, and go
 * on by themselves afterwards. A run looks for itself before it begins; this is what sees the other moments: access that
 * ends and comes back, settings that are saved, and, by looking again and again, all that has no event (groups, one's own value).
 */
@Injectable()
export class ConnectionStandings implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly events: AccountEvents,
    private readonly jobs: Jobs,
    private readonly sweeper: Sweeper,
    private readonly connections: Connections,
    private readonly secrets: ConnectionSecrets,
    private readonly revocations: Revocations,
  ) {}

  onModuleInit(): void {
    this.events.accessEnded.subscribe((news) => this.end(news));
    this.events.accessBack.subscribe((news) => this.goOn(news));
    this.events.settingsSaved.subscribe(async ({ manager, accountId, changed }) => {
      if (changed.some((name) => deciding.includes(name)))
        await this.jobs.enqueue(manager, { kind: LOOK, accountId, payload: { accountId } });
    });
    this.jobs.handle(LOOK, ({ accountId }: { accountId: Id }, task) =>
      this.lookAt(accountId, ['connected', 'paused'], task),
    );
    this.sweeper.register('connections.standings', every.quarterHour, (task) => this.sweep(task));
  }

  /** Looks at everybody who is paused, whether they may go on, and drops secrets that rested too long. */
  async sweep(task?: Task): Promise<void> {
    const accounts = await this.database.query<{ accountId: Id }[]>(
      `SELECT DISTINCT accountId FROM connections WHERE state = 'paused'`,
    );
    for (const { accountId } of accounts) await this.lookAt(accountId, ['paused'], task);
    await this.dropRested(task);
  }

  private async end({ manager, accountId, userIds, reason }: AccessEnded): Promise<void> {
    if (reason === 'role') return;
    for (let from = 0; from < userIds.length; from += AT_ONCE) {
      const rows = await manager.query<{ id: Id }[]>(
        'SELECT id FROM connections WHERE userId IN (?) AND accountId = ? ORDER BY id',
        [userIds.slice(from, from + AT_ONCE), accountId],
      );
      const ids = rows.map(({ id }) => id);
      await this.connections.pause(manager, ids, 'person');
    }
  }

  private async goOn({ manager, accountId, userIds }: AccessBack): Promise<void> {
    for (let from = 0; from < userIds.length; from += AT_ONCE) {
      const rows = await manager.query<Looked[]>(
        `SELECT id, userId, provider, state, pausedFor FROM connections
         WHERE userId IN (?) AND accountId = ? AND state = 'paused' ORDER BY id`,
        [userIds.slice(from, from + AT_ONCE), accountId],
      );
      if (rows.length > 0) await this.decide(manager, accountId, rows);
    }
  }

  /** In sets, a transaction each. */
  private async lookAt(
    accountId: Id,
    states: readonly Connection['state'][],
    task: Task | undefined,
  ): Promise<void> {
    for (let after: Id | null = ''; after !== null;) {
      task?.cancelled.throwIfAborted();
      const rows: Looked[] = await this.database.query<Looked[]>(
        `SELECT id, userId, provider, state, pausedFor FROM connections
         WHERE accountId = ? AND state IN (?) AND id > ? ORDER BY id LIMIT ${AT_ONCE}`,
        [accountId, states, after],
      );
      if (rows.length > 0)
        await inTransaction(this.database, (manager) => this.decide(manager, accountId, rows));
      after = rows.length === AT_ONCE ? rows[AT_ONCE - 1].id : null;
    }
  }

  private async decide(manager: EntityManager, accountId: Id, rows: readonly Looked[]): Promise<void> {
    const pauses = await pausesOf(manager, accountId, rows);
    const resting = rows.filter(({ state, id }) => state === 'paused' && !pauses.has(id));
    await this.connections.resume(
      manager,
      resting.map(({ id }) => id),
    );
    for (const why of new Set(pauses.values())) {
      const stopped = rows.filter(({ id, state }) => state === 'connected' && pauses.get(id) === why);
      await this.connections.pause(
        manager,
        stopped.map(({ id }) => id),
        why,
      );
      // Paused for another reason by now; since when stays.
      const other = rows.filter(
        ({ id, state, pausedFor }) => state === 'paused' && pauses.get(id) === why && pausedFor !== why,
      );
      if (other.length > 0)
        await manager.query(`UPDATE connections SET pausedFor = ? WHERE id IN (?) AND state = 'paused'`, [
          why,
          other.map(({ id }) => id),
        ]);
    }
  }

  /** Nobody's password is kept for longer than that without use: afterwards they sign in once more. */
  private async dropRested(task: Task | undefined): Promise<void> {
    do task?.cancelled.throwIfAborted();
    while ((await inTransaction(this.database, (manager) => this.dropSome(manager))) === AT_ONCE);
  }

  /** @returns how many it found due */
  private async dropSome(manager: EntityManager): Promise<number> {
    const due = await manager.query<{ id: Id }[]>(
      `SELECT c.id FROM connections c JOIN connection_secrets s ON s.connectionId = c.id
       WHERE c.state IN ('paused', 'needs-sign-in') AND ${RESTED} LIMIT ${AT_ONCE}`,
    );
    if (due.length === 0) return 0;
    // Whoever goes on at this moment is no longer found.
    const still = await manager.query<{ id: Id }[]>(
      `SELECT c.id FROM connections c WHERE c.id IN (?) AND c.state IN ('paused', 'needs-sign-in') AND ${RESTED}
       ORDER BY c.id FOR UPDATE`,
      [due.map(({ id }) => id)],
    );
    const rested = still.map(({ id }) => id);
    await this.revocations.beforeDrop(manager, rested);
    await this.secrets.drop(manager, rested);
    await forgetEvents(manager, rested);
    return due.length;
  }
}

type Looked = Pick<Connection, 'id' | 'userId' | 'provider' | 'state'> & {
  pausedFor: ConnectionPause | null;
};

/** Refused by the provider is as long without use as paused by us. */
const RESTED = `IF(c.state = 'paused', COALESCE(c.pausedAt, c.lastRunAt, c.createdAt) < DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ${limits.restoreDays} DAY),
  JSON_UNQUOTE(JSON_EXTRACT(c.problem, '$.since'))
    < DATE_FORMAT(DATE_SUB(UTC_TIMESTAMP(), INTERVAL ${limits.restoreDays} DAY), '%Y-%m-%dT%H:%i:%s'))`;
