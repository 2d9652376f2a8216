import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { newId } from '../../database/id.js';
import { LeaseLost } from '../../jobs/jobs.service.js';
import { Notifications } from '../../notifications/notifications.service.js';
import { type CalendarsRead } from '../calendar/calendar-turns.service.js';
import { type ConnectionProblem } from '../connection.entities.js';
import { ClientRefusals } from '../oauth/client-refusals.service.js';
import { secondsAfterFailure, secondsToNextRun, secondsToWait, secondsToWaitAfter } from './backoff.js';
import { type ClaimedConnection, type Lease } from './lease.js';
import { type Run } from './run.js';
import { countTurn } from './sync-metrics.js';

type Problem = Pick<ConnectionProblem, 'key' | 'values'>;

/** Trouble its owner is told of: it does not pass by itself. */
const LONG_TROUBLE_MS = 24 * 60 * 60 * 1000;

/** Asked for, or changed here, since the turn was claimed. */
const ASKED_SINCE = '(askedAt IS NOT NULL AND NOT askedAt <=> ?)';
const CHANGED_SINCE = '(pushAt IS NOT NULL AND NOT pushAt <=> ?)';
const RELEASED = 'leaseToken = NULL, leaseUntil = NULL';
const IN = 'DATE_ADD(UTC_TIMESTAMP(3), INTERVAL ? SECOND)';

/** Notes how turns end: on the connection, in the history of its runs, and where its owner has to know. */
@Injectable()
export class TurnEndings {
  constructor(
    private readonly notifications: Notifications,
    private readonly clientRefusals: ClientRefusals,
  ) {}

  /** It came to its end; `problem` is what it left out on the way. What its calendars came to decides only when it goes on. */
  async done(
    lease: Lease,
    connection: ClaimedConnection,
    run: Run | null,
    whole: boolean,
    calendars: CalendarsRead | null = null,
  ): Promise<void> {
    const problem = run?.problem ?? null;
    const { askedAt, pushAt } = connection;
    const told = calendars?.waitMs ?? null;
    // The contacts are well: all of them are not read again at once because of a calendar.
    const wait = told === null ? secondsToNextRun() : Math.max(secondsToWait(told), 60);
    const next = calendars?.again ? 0 : wait;
    await lease.save(async (manager) => {
      // What is read of a column stands before what is written of it.
      await this.change(
        manager,
        connection,
        `wakeAt = IF(${ASKED_SINCE} OR ${CHANGED_SINCE}, UTC_TIMESTAMP(3), ${whole ? IN : `COALESCE(nextRunAt, ${IN})`}),
         ${whole ? `nextRunAt = IF(${ASKED_SINCE}, UTC_TIMESTAMP(3), ${IN}), lastSuccessAt = UTC_TIMESTAMP(3),` : ''}
         askedAt = IF(${ASKED_SINCE}, askedAt, NULL), pushAt = IF(${CHANGED_SINCE}, pushAt, NULL),
         failures = 0, problem = ?, lastRunAt = UTC_TIMESTAMP(3), leaseToken = NULL,
         leaseUntil = ${told === null ? 'NULL' : IN}`,
        [
          ...[askedAt, pushAt, next],
          ...(whole ? [askedAt, next] : []),
          ...[askedAt, pushAt, problem && JSON.stringify(since(connection, problem))],
          ...(told === null ? [] : [next]),
        ],
      );
      await noteOutcome(manager, run, problem ? 'partly' : 'done', problem && since(connection, problem));
    });
    countTurn(connection.provider, 'done', problem?.key);
  }

  /** It is tried again later: after as long as the provider said, or with growing pauses. */
  async failed(
    lease: Lease,
    connection: ClaimedConnection,
    run: Run | null,
    problem: Problem,
    { waitMs }: { waitMs?: number } = {},
  ): Promise<void> {
    const { askedAt, failures } = connection;
    const told = waitMs !== undefined;
    const stated = since(connection, problem);
    const troubleMs = run?.didSomething ? 0 : Date.now() - Date.parse(stated.since);
    const seconds = told ? secondsToWaitAfter(troubleMs, waitMs) : secondsAfterFailure(failures + 1);
    await lease.save(async (manager) => {
      await this.change(
        manager,
        connection,
        `wakeAt = IF(${ASKED_SINCE}, UTC_TIMESTAMP(3), ${IN}), nextRunAt = ${IN},
         askedAt = IF(${ASKED_SINCE}, askedAt, NULL), problem = ?, lastRunAt = UTC_TIMESTAMP(3), leaseToken = NULL,
         leaseUntil = ${told ? IN : 'NULL'}, failures = ${told ? 'failures' : '?'}`,
        [...[askedAt, seconds, seconds, askedAt, JSON.stringify(stated)], told ? seconds : failures + 1],
      );
      await this.noteFailure(manager, connection, run, stated);
      if (problem.key === 'client-refused' && connection.provider !== 'exchange')
        await this.clientRefusals.tell(manager, connection.accountId, connection.provider);
      if (Date.now() - Date.parse(stated.since) > LONG_TROUBLE_MS)
        await this.tell(manager, connection, 'sync-trouble', `sync-trouble:${connection.id}:${stated.since}`);
    });
    countTurn(connection.provider, 'failed', problem.key);
  }

  /** The provider refuses us: nothing is asked of it before its owner has signed in again, and nothing is deleted. */
  async refused(
    lease: Lease,
    connection: ClaimedConnection,
    run: Run | null,
    problem: Problem,
  ): Promise<void> {
    const stated = since(connection, problem);
    await lease.save(async (manager) => {
      await this.change(
        manager,
        connection,
        `state = 'needs-sign-in', problem = ?, wakeAt = NULL, nextRunAt = NULL, askedAt = NULL, failures = 0,
         lastRunAt = UTC_TIMESTAMP(3), ${RELEASED}`,
        [JSON.stringify(stated)],
      );
      await this.noteFailure(manager, connection, run, stated);
      const once = `sync-sign-in:${connection.id}:${connection.revision}`;
      await this.tell(manager, connection, 'sync-sign-in', once);
    });
    countTurn(connection.provider, 'refused', problem.key);
  }

  /** Its time is over: it goes on at once, after all that are due by now. */
  async handedOn(lease: Lease, connection: ClaimedConnection, run: Run | null): Promise<void> {
    await lease.save(async (manager) => {
      const now = 'UTC_TIMESTAMP(3)';
      await this.change(manager, connection, `wakeAt = ${now}, nextRunAt = ${now}, ${RELEASED}`, []);
      await noteOutcome(manager, run, 'stopped', null);
    });
  }

  /** Gives it back as it was: the process stops, and another goes on. */
  async released(lease: Lease, connection: ClaimedConnection, run: Run | null): Promise<void> {
    await this.change(lease.manager, connection, RELEASED, []);
    await noteOutcome(lease.manager, run, 'stopped', null);
    countTurn(connection.provider, 'stopped');
  }

  /** It was taken away from us; what it saved until then stands. */
  async cutOff(lease: Lease, run: Run | null): Promise<void> {
    if (!run?.didSomething) return;
    await lease.manager.query(
      `UPDATE sync_runs SET outcome = 'stopped', endedAt = UTC_TIMESTAMP(3) WHERE id = ? AND outcome = 'running'`,
      [run.id],
    );
  }

  /** Runs of processes that died are under way no more. */
  async abandoned(lease: Lease, { id }: ClaimedConnection): Promise<void> {
    await lease.save((manager) =>
      manager.query(
        `UPDATE sync_runs SET outcome = 'stopped', endedAt = UTC_TIMESTAMP(3)
         WHERE connectionId = ? AND outcome = 'running'`,
        [id],
      ),
    );
  }

  async tell(
    manager: EntityManager,
    { accountId, ownerId, provider, accountName }: ClaimedConnection,
    kind: string,
    onceKey: string,
    values: Record<string, string | number> = {},
    href = '/integrations',
  ): Promise<void> {
    const named = { provider, account: accountName, ...values };
    await this.notifications.tell(manager, [
      { accountId, userId: ownerId, kind, values: named, href, onceKey },
    ]);
  }

  /** @throws LeaseLost */
  private async change(
    manager: EntityManager,
    { id, fence, token }: ClaimedConnection,
    set: string,
    values: unknown[],
  ): Promise<void> {
    const { affectedRows } = await manager.query<{ affectedRows: number }>(
      `UPDATE connections SET ${set} WHERE id = ? AND fence = ? AND leaseToken = ?`,
      [...values, id, fence, token],
    );
    if (affectedRows !== 1) throw new LeaseLost(`Connection ${id} is not ours any more`);
  }

  /** One line for the same failure again and again. */
  private async noteFailure(
    manager: EntityManager,
    { id, accountId, ownerId, whole, lastSuccessAt, askedAt }: ClaimedConnection,
    run: Run | null,
    problem: ConnectionProblem,
  ): Promise<void> {
    if (run?.didSomething) return noteOutcome(manager, run, 'partly', problem);
    const [last] = await manager.query<{ id: string; outcome: string; problem: string | null }[]>(
      `SELECT id, outcome, problem FROM sync_runs WHERE connectionId = ? ORDER BY startedAt DESC, id DESC LIMIT 1`,
      [id],
    );
    const same = last?.outcome === 'failed' && last.problem !== null;
    if (same && (JSON.parse(last.problem!) as ConnectionProblem).key === problem.key) {
      await manager.query('UPDATE sync_runs SET endedAt = UTC_TIMESTAMP(3) WHERE id = ?', [last.id]);
      return;
    }
    const kind = run?.kind ?? kindOf({ whole, lastSuccessAt, askedAt });
    await manager.query(
      `INSERT INTO sync_runs (id, accountId, ownerId, connectionId, kind, outcome, problem, counts, startedAt, endedAt)
       VALUES (?, ?, ?, ?, ?, 'failed', ?, '{}', ?, UTC_TIMESTAMP(3))`,
      [...[newId(), accountId, ownerId, id, kind, JSON.stringify(problem)], run?.startedAt ?? new Date()],
    );
  }
}

/** Why a run is made. */
export function kindOf({
  whole,
  lastSuccessAt,
  askedAt,
}: Pick<ClaimedConnection, 'whole' | 'lastSuccessAt' | 'askedAt'>): Run['kind'] {
  if (!whole) return 'push';
  if (lastSuccessAt === null) return 'first';
  return askedAt === null ? 'schedule' : 'asked';
}

/** A trouble goes on for as long as there is one, whatever it is called from time to time. */
function since({ problem: before }: ClaimedConnection, { key, values }: Problem): ConnectionProblem {
  const problem = { key, ...(values && { values }) };
  return { ...problem, since: before?.since ?? new Date().toISOString() };
}

async function noteOutcome(
  manager: EntityManager,
  run: Run | null,
  outcome: string,
  problem: ConnectionProblem | null,
): Promise<void> {
  if (!run?.didSomething) return;
  await manager.query(
    'UPDATE sync_runs SET outcome = ?, problem = ?, endedAt = UTC_TIMESTAMP(3) WHERE id = ?',
    [outcome, problem && JSON.stringify(problem), run.id],
  );
}
