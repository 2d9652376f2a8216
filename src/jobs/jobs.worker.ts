import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { DataSource, type EntityManager } from 'typeorm';
import { ENVIRONMENT } from '../config/config.module.js';
import { type Environment } from '../config/environment.js';
import { errorText } from '../database/error-text.js';
import { newId, type Id } from '../database/id.js';
import { isContention } from '../database/transaction.js';
import { Jobs, LeaseLost, type Task } from './jobs.service.js';
import { waitAfter } from './retry.js';
import { every, Sweeper } from './sweeper.service.js';
import { WorkLoop } from './work-loop.js';

/** Jobs at a time in one process; each may use a connection of the pool. */
const AT_ONCE = 4;
const LEASE_SECONDS = 30;
const RENEW_MS = 10_000;
/** A job that takes its process down with it is given up after so many claims in a row. */
const MOST_CRASHES = 50;
const STOP_MS = 8_000;
const KEEP_DONE_DAYS = 7;
const KEEP_FAILED_DAYS = 30;
const RELEASED = 'leaseToken = NULL, leaseUntil = NULL';

interface Claimed {
  id: Id;
  kind: string;
  payload: Record<string, unknown>;
  runAt: Date;
  attempts: number;
  crashes: number;
  fence: number;
  token: Id;
}

/** Does jobs: claims what is due, runs its handler, notes the outcome. */
@Injectable()
export class JobsWorker implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Jobs');
  private readonly loop = new WorkLoop('Jobs', () => this.turn());
  private readonly running = new Map<Claimed, { done: Promise<void>; stop: AbortController }>();
  private stopping = false;

  constructor(
    private readonly jobs: Jobs,
    private readonly sweeper: Sweeper,
    private readonly database: DataSource,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  onModuleInit(): void {
    this.sweeper.register('jobs.sweep', every.hour, () => this.sweep());
  }

  onApplicationBootstrap(): void {
    if (this.environment.worker === 'off') return;
    this.jobs.onNewJob(() => this.loop.wake());
    this.loop.start();
  }

  /** Lets what runs come to a halt, and gives the rest back to whoever works next. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await this.loop.stop();
    for (const { stop } of this.running.values()) stop.abort(new Error('The process stops'));
    const left = () => [...this.running.values()].map(({ done }) => done);
    const timeout = new AbortController();
    await Promise.race([
      Promise.all(left()),
      wait(STOP_MS, undefined, { signal: timeout.signal }).catch(() => undefined),
    ]);
    timeout.abort();
    for (const job of this.running.keys()) await this.release(job).catch(() => undefined);
  }

  /** Does everything that is due now, here. @returns how many jobs were run */
  async runDue(): Promise<number> {
    let ran = 0;
    for (;;) {
      const claimed = await this.claim(AT_ONCE);
      for (const job of claimed) this.begin(job);
      ran += claimed.length;
      await Promise.all([...this.running.values()].map(({ done }) => done));
      if (claimed.length === 0 && this.running.size === 0) return ran;
    }
  }

  /** Resolves when nothing is due and nothing runs in this process. */
  async idle(): Promise<void> {
    while ((await this.runDue()) > 0);
  }

  private async turn(): Promise<boolean> {
    const free = AT_ONCE - this.running.size;
    if (free <= 0) return false;
    const claimed = await this.claim(free);
    for (const job of claimed) this.begin(job);
    return claimed.length > 0;
  }

  /**
   * Candidates are read without locks and then won by a conditional UPDATE of those rows alone: an UPDATE that
   * searched by itself would wait for every uncommitted job in the index, and with it the whole queue.
   */
  private async claim(most: number): Promise<Claimed[]> {
    if (this.jobs.kinds.length === 0) return [];
    const found = await this.database.query<{ id: Id }[]>(
      `SELECT id FROM jobs
       WHERE state = 'waiting' AND runAt <= UTC_TIMESTAMP(3)
         AND (leaseUntil IS NULL OR leaseUntil < UTC_TIMESTAMP(3)) AND kind IN (?)
       ORDER BY runAt, id LIMIT ?`,
      [this.jobs.kinds, most],
    );
    if (found.length === 0) return [];
    const token = newId();
    try {
      await this.database.query(
        `UPDATE jobs
         SET crashes = IF(leaseToken IS NULL, 0, crashes + 1), leaseToken = ?, leaseUntil = DATE_ADD(UTC_TIMESTAMP(3), INTERVAL ? SECOND), fence = fence + 1
         WHERE id IN (?) AND state = 'waiting' AND (leaseUntil IS NULL OR leaseUntil < UTC_TIMESTAMP(3))`,
        [token, LEASE_SECONDS, found.map(({ id }) => id)],
      );
    } catch (error) {
      // Another node of a cluster claimed the same rows: they are won elsewhere.
      if (isContention(error)) return [];
      throw error;
    }
    const rows = await this.database.query<(Omit<Claimed, 'payload' | 'token'> & { payload: string })[]>(
      'SELECT id, kind, payload, runAt, attempts, crashes, fence FROM jobs WHERE leaseToken = ? ORDER BY runAt, id',
      [token],
    );
    return rows.map((row) => ({
      ...row,
      payload: JSON.parse(row.payload) as Record<string, unknown>,
      token,
    }));
  }

  private begin(job: Claimed): void {
    const stop = new AbortController();
    const done = this.run(job, stop)
      .catch((error: unknown) =>
        this.logger.warn(`${job.kind} ${job.id}: its outcome could not be noted: ${errorText(error)}`),
      )
      .finally(() => {
        this.running.delete(job);
        this.loop.wake();
      });
    this.running.set(job, { done, stop });
  }

  private async run(job: Claimed, stop: AbortController): Promise<void> {
    let renewedAt = performance.now();
    const extend = async (manager: EntityManager = this.database.manager) => {
      if (!(await this.renew(manager, job))) {
        const lost = new LeaseLost(`${job.kind} ${job.id} is done elsewhere`);
        stop.abort(lost);
        throw lost;
      }
      renewedAt = performance.now();
    };
    const renewal = setInterval(() => {
      extend().catch((error: unknown) => {
        const over = performance.now() - renewedAt > LEASE_SECONDS * 1000;
        if (over && !stop.signal.aborted) stop.abort(error);
      });
    }, RENEW_MS);
    const task: Task = { jobId: job.id, fence: job.fence, cancelled: stop.signal, extend };
    try {
      if (job.crashes > MOST_CRASHES) throw new Error('The process ended each time during this job');
      await this.jobs.handlerOf(job.kind)(job.payload, task);
    } catch (error) {
      clearInterval(renewal);
      return await this.noteFailure(job, error);
    } finally {
      clearInterval(renewal);
    }
    await this.noteDone(job);
  }

  private async renew(manager: EntityManager, job: Claimed): Promise<boolean> {
    return this.change(
      manager,
      'leaseUntil = DATE_ADD(UTC_TIMESTAMP(3), INTERVAL ? SECOND)',
      [LEASE_SECONDS],
      job,
    );
  }

  private async noteDone(job: Claimed): Promise<void> {
    const { manager } = this.database;
    const done = await this.change(
      manager,
      `state = 'done', uniqueKey = NULL, ${RELEASED}, lastError = NULL, finishedAt = UTC_TIMESTAMP(3)`,
      [],
      job,
      'AND runAt = ?',
      [job.runAt],
    );
    // Asked for again while it ran: what it has read may be older than the new cause.
    if (!done) await this.change(manager, `${RELEASED}, attempts = 0`, [], job);
  }

  private async noteFailure(job: Claimed, error: unknown): Promise<void> {
    if (error instanceof LeaseLost) return;
    if (this.stopping) return this.release(job);
    const { manager } = this.database;
    const failures = job.attempts + 1;
    const seconds = job.crashes > MOST_CRASHES ? null : waitAfter(failures);
    this.logger.warn(`${job.kind} ${job.id} failed (${failures}): ${errorText(error)}`);
    const reason = [...errorText(error)].slice(0, 500).join('');
    if (seconds !== null) {
      await this.change(
        manager,
        `attempts = ?, lastError = ?, ${RELEASED},
         runAt = GREATEST(runAt, DATE_ADD(UTC_TIMESTAMP(3), INTERVAL ? SECOND))`,
        [failures, reason, seconds],
        job,
      );
      return;
    }
    const failed = await this.change(
      manager,
      `state = 'failed', uniqueKey = NULL, attempts = ?, lastError = ?, ${RELEASED},
       finishedAt = UTC_TIMESTAMP(3)`,
      [failures, reason],
      job,
      'AND runAt = ?',
      [job.runAt],
    );
    if (!failed) await this.change(manager, `${RELEASED}, attempts = 0`, [], job);
  }

  /** Gives a job back as it was; it is due at once. */
  private async release(job: Claimed): Promise<void> {
    await this.change(this.database.manager, RELEASED, [], job);
  }

  /** Changes the row while it is ours. @returns whether it was */
  private async change(
    manager: EntityManager,
    set: string,
    values: unknown[],
    job: Claimed,
    and = '',
    andValues: unknown[] = [],
  ): Promise<boolean> {
    const { affectedRows } = await manager.query<{ affectedRows: number }>(
      `UPDATE jobs SET ${set} WHERE id = ? AND leaseToken = ? AND fence = ? ${and}`,
      [...values, job.id, job.token, job.fence, ...andValues],
    );
    return affectedRows === 1;
  }

  /** Old outcomes go, a thousand at a time, so that the table stays as small as the work. */
  private async sweep(): Promise<void> {
    for (const [state, days] of [
      ['done', KEEP_DONE_DAYS],
      ['failed', KEEP_FAILED_DAYS],
    ] as const) {
      await this.database.query(
        `DELETE FROM jobs WHERE state = ? AND runAt < DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ? DAY) LIMIT 1000`,
        [state, days],
      );
    }
  }
}
