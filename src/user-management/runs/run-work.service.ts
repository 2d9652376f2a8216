import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Left } from '../../accounts/person.js';
import { User } from '../../accounts/user.entity.js';
import { type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { Jobs, type Task } from '../../jobs/jobs.service.js';
import { every, Sweeper } from '../../jobs/sweeper.service.js';
import { type Actor } from '../../journal/actor.js';
import { PURGE, RUN, type RunJob } from './run-jobs.js';
import { RunActing } from './run-acting.service.js';
import { RunPeople } from './run-people.query.js';
import { UserRun } from './user-run.entity.js';
import { lockRun, UserRuns } from './user-runs.service.js';

/** Of those left out so many are named; the rest is counted. */
export const NAMED = 200;

/**
 * Does bulk actions, 500 people in a transaction. What is done to them, what the journal says of it and how far the
 * run is are saved together, and each step begins by locking the run: whoever else works on it at the same time, or
 * goes on after a crash, finds only people who are not through.
 */
@Injectable()
export class RunWork implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly jobs: Jobs,
    private readonly sweeper: Sweeper,
    private readonly runs: UserRuns,
    private readonly people: RunPeople,
    private readonly acting: RunActing,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<RunJob>(RUN, ({ runId, accountId }, task) => this.toEnd(accountId, runId, task));
    this.sweeper.register(PURGE, every.day, () => this.runs.purge());
  }

  /** Goes on with a run until nobody is left; at once for as many as a request may wait for. */
  async toEnd(accountId: Id, runId: Id, task?: Task): Promise<void> {
    for (;;) {
      task?.cancelled.throwIfAborted();
      if (!(await inTransaction(this.database, (manager) => this.step(manager, accountId, runId, task))))
        return;
    }
  }

  /** @returns whether there is more to do */
  private async step(manager: EntityManager, accountId: Id, runId: Id, task?: Task): Promise<boolean> {
    // The fence: another worker that has taken the job over goes on, and this one saves nothing more.
    await task?.extend(manager);
    const run = await lockRun(manager, accountId, runId);
    if (run.state !== 'working') return false;
    const actor = await this.actorOf(manager, run);
    if (!actor) return this.end(manager, run, 'stopped');
    const ids = await this.people.chunk(manager, run.id, run.chunksDone);
    if (ids.length === 0) return this.end(manager, run, 'done');
    const { done, same, left } = await this.acting.act(manager, actor, run, ids);
    const seen = run.seen + ids.length;
    await manager.update(
      UserRun,
      { id: run.id },
      {
        chunksDone: run.chunksDone + 1,
        seen,
        doneCount: run.doneCount + done,
        sameCount: run.sameCount + same,
        leftCount: run.leftCount + left.length,
        leftFirst: [...(run.leftFirst ?? []), ...left].slice(0, NAMED),
        leftReasons: counted(run.leftReasons, left),
        ...(seen >= run.total ? { state: 'done' as const, finishedAt: new Date() } : {}),
      },
    );
    return seen < run.total;
  }

  private async end(manager: EntityManager, { id }: UserRun, state: 'done' | 'stopped'): Promise<false> {
    await manager.update(UserRun, { id }, { state, finishedAt: new Date() });
    return false;
  }

  /** As they are now: a role taken away meanwhile counts. Null when they may not do this any more. */
  private async actorOf(manager: EntityManager, { accountId, actorId, act }: UserRun): Promise<Actor | null> {
    const user = await manager.findOneBy(User, { id: actorId, accountId, liveKey: 1, status: 'active' });
    if (!user || user.role === 'member' || (act === 'role' && user.role !== 'owner')) return null;
    return { id: user.id, accountId, displayName: user.displayName, role: user.role };
  }
}

function counted(before: Record<string, number> | null, left: readonly Left[]): Record<string, number> {
  const reasons = { ...before };
  for (const { key } of left) reasons[key] = (reasons[key] ?? 0) + 1;
  return reasons;
}
