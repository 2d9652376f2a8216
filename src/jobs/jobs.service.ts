import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { newId, type Id } from '../database/id.js';
import { AfterCommit } from './after-commit.js';

export interface NewJob {
  kind: string;
  /** Plain JSON; never a secret. */
  payload: Record<string, unknown>;
  accountId?: Id | null;
  /** While a job of this key waits there is no second one. */
  uniqueKey?: string;
  /** Not before; at once when absent. */
  runAt?: Date;
  /** The same by the clock of the database, from now. */
  afterSeconds?: number;
}

/** What a handler is given beside its payload. */
export interface Task {
  readonly jobId: Id;
  /** How often this job has been claimed; a higher number is the present holder. */
  readonly fence: number;
  /** Aborts when the process stops or another worker took over: throw its reason, and the job goes on later. */
  readonly cancelled: AbortSignal;
  /**
   * Lengthens the lease. Given the manager of a transaction it is also the fence of what is saved there: the
   * commit then happens only while the job is still ours. @throws LeaseLost
   */
  extend(manager?: EntityManager): Promise<void>;
}

export type Handler<Payload> = (payload: Payload, task: Task) => Promise<void>;

/** Another worker holds the job by now; nothing more may be saved for it here. */
export class LeaseLost extends Error {}

/**
 * Work that leaves the process or takes long: written in the transaction of its cause, done by a worker at least
 * once. A handler must bear being run twice.
 */
@Injectable()
export class Jobs {
  private readonly handlers = new Map<string, Handler<Record<string, unknown>>>();
  private wake: () => void = () => undefined;

  constructor(private readonly afterCommit: AfterCommit) {}

  /** @returns the job's id; with a `uniqueKey` that waits already, the id of that job */
  async enqueue(manager: EntityManager, job: NewJob): Promise<Id> {
    const id = newId();
    // The time of the database, not ours: it is what decides when a job is due. A key that is taken by a job
    // under way moves that job's time, by which its worker sees that it was asked for again meanwhile.
    await manager.query(
      `INSERT INTO jobs (id, accountId, kind, payload, uniqueKey, state, runAt, attempts, fence, createdAt)
       VALUES (?, ?, ?, ?, ?, 'waiting', COALESCE(?, DATE_ADD(UTC_TIMESTAMP(3), INTERVAL ? SECOND)), 0, 0, UTC_TIMESTAMP(3))
       ON DUPLICATE KEY UPDATE runAt = IF(leaseToken IS NULL, LEAST(runAt, VALUES(runAt)),
         GREATEST(DATE_ADD(runAt, INTERVAL 1000 MICROSECOND), VALUES(runAt)))`,
      [
        id,
        job.accountId ?? null,
        job.kind,
        JSON.stringify(job.payload),
        job.uniqueKey ?? null,
        job.runAt ?? null,
        job.afterSeconds ?? 0,
      ],
    );
    this.afterCommit.do(manager, this.wakeWorker);
    if (job.uniqueKey === undefined) return id;
    const [waiting] = await manager.query<{ id: Id }[]>('SELECT id FROM jobs WHERE uniqueKey = ?', [
      job.uniqueKey,
    ]);
    // Outside a transaction it may have been done between the two statements.
    return waiting?.id ?? this.enqueue(manager, job);
  }

  /** Says who does jobs of a kind; in `onModuleInit`. A process claims only kinds it knows. */
  handle<Payload extends object>(kind: string, handler: Handler<Payload>): void {
    if (this.handlers.has(kind)) throw new Error(`Two handlers for jobs of kind ${kind}`);
    this.handlers.set(kind, handler as unknown as Handler<Record<string, unknown>>);
  }

  get kinds(): string[] {
    return [...this.handlers.keys()];
  }

  handlerOf(kind: string): Handler<Record<string, unknown>> {
    const handler = this.handlers.get(kind);
    if (!handler) throw new Error(`No handler for jobs of kind ${kind}`);
    return handler;
  }

  /** Called after each commit that wrote a job here. */
  onNewJob(wake: () => void): void {
    this.wake = wake;
  }

  private readonly wakeWorker = () => this.wake();
}
