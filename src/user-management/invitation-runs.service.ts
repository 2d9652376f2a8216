import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Invitations } from '../accounts/invitations.service.js';
import { type Left, type Outcome } from '../accounts/person.js';
import { User } from '../accounts/user.entity.js';
import { isId, type Id } from '../database/id.js';
import { type Place } from '../database/keyset.js';
import { inTransaction } from '../database/transaction.js';
import { Conflict } from '../errors/domain-error.js';
import { Job } from '../jobs/job.entity.js';
import { Jobs, type Task } from '../jobs/jobs.service.js';
import { type ActFacts, type Actor } from '../journal/actor.js';
import { UserList } from './user-list.query.js';
import { type UserFilters } from './user-list.state.js';

/** People at a time: one transaction each. */
const CHUNK = 500;
/** Of those left out so many are named; the rest is counted. */
const NAMED = 200;
const RUN = 'invitations.run';

/** What is to be done: to all pending people of a list, or to those of earlier cancellations. */
export type Wanted =
  | {
      act: 'resend' | 'cancel';
      filters: UserFilters;
      /** ISO moment of the count that was agreed to: who was invited later is not touched. */
      until: string;
    }
  | { act: 'restore'; batchIds: Id[] };

export interface Progress {
  done: number;
  leftCount: number;
  left: Left[];
  /** Journal batches of what was cancelled, to restore by. */
  batchIds: Id[];
  /** Where it goes on; null at the end. */
  place: Place | null;
  /** Ended before that: whoever asked for it may not do so any more. */
  stopped?: boolean;
}

/** A run that a worker does, as its page shows it. */
export interface Run {
  id: Id;
  state: 'working' | 'done' | 'failed';
  act: Wanted['act'];
  total: number;
  progress: Progress;
}

interface RunPayload {
  accountId: Id;
  actorId: Id | null;
  facts: ActFacts;
  wanted: Wanted;
  total: number;
  progress: Progress;
}

const start: Progress = { done: 0, leftCount: 0, left: [], batchIds: [], place: {} };

/** Sends again, cancels or restores the invitations of any number of people, 500 in a transaction. */
@Injectable()
export class InvitationRuns implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly jobs: Jobs,
    private readonly invitations: Invitations,
    private readonly list: UserList,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<RunPayload>(RUN, (payload, task) => this.work(payload, task));
  }

  /** All of it at once, for as many as a request may wait for. */
  async now(actor: Actor, facts: ActFacts, wanted: Wanted): Promise<Progress> {
    let progress = start;
    while (progress.place) progress = await this.step(actor, facts, wanted, progress);
    return progress;
  }

  /** Leaves it to a worker. @returns the id of the run */
  later(actor: Actor, { requestId, address }: ActFacts, wanted: Wanted, total: number): Promise<Id> {
    const { accountId, id: actorId } = actor;
    const payload = { accountId, actorId, facts: { requestId, address }, wanted, total, progress: start };
    return inTransaction(this.database, (manager) =>
      this.jobs.enqueue(manager, { kind: RUN, accountId, payload }),
    );
  }

  /** @returns null also for a run of another account, and for one that ended a week ago */
  async find(accountId: Id, id: string): Promise<Run | null> {
    const job = isId(id)
      ? await this.database.getRepository(Job).findOneBy({ id, accountId, kind: RUN })
      : null;
    if (!job) return null;
    const { wanted, total, progress } = job.payload as unknown as RunPayload;
    const state = job.state === 'waiting' ? 'working' : progress.stopped ? 'failed' : job.state;
    return { id, state, act: wanted.act, total, progress };
  }

  /**
   * Goes on where its progress was last saved. A step done again after a crash finds nobody left to do: who was sent
   * to again is invited later than `until`, who was cancelled is no longer on the list.
   */
  private async work({ accountId, actorId, ...payload }: RunPayload, task: Task): Promise<void> {
    let { progress } = payload;
    while (progress.place) {
      task.cancelled.throwIfAborted();
      await task.extend();
      const actor = await this.actorOf(accountId, actorId);
      progress = actor
        ? await this.step(actor, payload.facts, payload.wanted, progress)
        : { ...progress, place: null, stopped: true };
      await this.save({ accountId, actorId, ...payload, progress }, task);
    }
  }

  private save(payload: RunPayload, task: Task): Promise<void> {
    return inTransaction(this.database, async (manager) => {
      await task.extend(manager);
      await manager.query('UPDATE jobs SET payload = ? WHERE id = ?', [JSON.stringify(payload), task.jobId]);
    });
  }

  /** As they are now: a role taken away meanwhile counts. */
  private async actorOf(accountId: Id, id: Id | null): Promise<Actor | null> {
    const user =
      id === null
        ? null
        : await this.database.getRepository(User).findOneBy({ id, accountId, liveKey: 1, status: 'active' });
    return user && user.role !== 'member'
      ? { id: user.id, accountId, displayName: user.displayName, role: user.role }
      : null;
  }

  private step(actor: Actor, facts: ActFacts, wanted: Wanted, progress: Progress): Promise<Progress> {
    return wanted.act === 'restore'
      ? this.restoreStep(actor, facts, wanted.batchIds, progress)
      : this.listStep(actor, facts, wanted, progress);
  }

  private async listStep(
    actor: Actor,
    facts: ActFacts,
    { act, filters, until }: Exclude<Wanted, { act: 'restore' }>,
    progress: Progress,
  ): Promise<Progress> {
    const { rows, next } = await this.list.invitedPage(
      actor.accountId,
      { ...filters, invitedUntil: new Date(until) },
      progress.place ?? {},
      CHUNK,
    );
    if (rows.length === 0) return { ...progress, place: null };
    const ids = rows.map(({ id }) => id);
    const outcome = await (act === 'resend'
      ? this.invitations.resend(actor, facts, ids)
      : this.invitations.cancel(actor, facts, ids));
    return { ...added(progress, outcome), place: next };
  }

  /** One batch after the other; the number of those done stands where a list has its place. */
  private async restoreStep(
    actor: Actor,
    facts: ActFacts,
    batchIds: Id[],
    progress: Progress,
  ): Promise<Progress> {
    const at = Number(progress.place?.after ?? 0);
    const place = at + 1 < batchIds.length ? { after: String(at + 1) } : null;
    const batchId = batchIds[at];
    if (batchId === undefined) return { ...progress, place: null };
    try {
      return {
        ...added(progress, await this.invitations.restore(actor, facts, batchId)),
        batchIds: [],
        place,
      };
    } catch (error) {
      // Restored before a crash, or by somebody else.
      if (error instanceof Conflict) return { ...progress, place };
      throw error;
    }
  }
}

function added(progress: Progress, { done, left, batchId }: Outcome): Progress {
  return {
    ...progress,
    done: progress.done + done,
    leftCount: progress.leftCount + left.length,
    left: [...progress.left, ...left].slice(0, NAMED),
    batchIds: batchId ? [...progress.batchIds, batchId] : progress.batchIds,
  };
}
