import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AccountEvents } from '../../accounts/events.js';
import { groupsNamed } from '../../accounts/group-memberships.js';
import { groupKinds } from '../../accounts/group-tables.js';
import { limits } from '../../config/limits.js';
import { isId, newId, type Id } from '../../database/id.js';
import { inTransaction, isDuplicate } from '../../database/transaction.js';
import { Conflict, NotFound, Refused } from '../../errors/domain-error.js';
import { Jobs } from '../../jobs/jobs.service.js';
import { type ActFacts, type Actor } from '../../journal/actor.js';
import { Journal } from '../../journal/journal.service.js';
import { changing, isUndoable, kindOf, type Act, type Choice } from './acts.js';
import { RUN, runKey, type RunJob } from './run-jobs.js';
import { RunPeople, type RunPerson } from './run-people.query.js';
import { UserRun, type RunPreview } from './user-run.entity.js';

/** So many people a request may wait for; more are left to a worker. */
export const MOST_AT_ONCE = 1_000;
/** When a worker looks after a run that a request does itself: it has ended, or its process has. */
const LOOK_AFTER_MS = 60_000;
const DAY_MS = 86_400_000;

export interface NewDraft {
  /** The form's idempotency key: the same form is the same run. */
  once?: string | null;
  act: Act;
  people: readonly RunPerson[];
  back: string;
  preview?: Partial<RunPreview>;
}

/** Names of groups to be made, beside those that were picked. */
export type NewGroups = Partial<Record<(typeof groupKinds)[number], readonly string[]>>;

/** Bulk actions from the choice of people to their undo; the work itself is `RunWork`. */
@Injectable()
export class UserRuns implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly jobs: Jobs,
    private readonly journal: Journal,
    private readonly people: RunPeople,
    private readonly events: AccountEvents,
  ) {}

  /** A list of people to deactivate is kept with its run, and names whom it did not find or could not take. */
  onModuleInit(): void {
    this.events.erased.subscribe(async ({ manager, accountId, userIds }) => {
      const people = await manager.query<{ email: string }[]>(
        'SELECT email FROM users WHERE id IN (?) AND accountId = ?',
        [userIds, accountId],
      );
      const runs = await manager.query<{ id: Id; preview: string }[]>(
        `SELECT id, preview FROM user_runs WHERE accountId = ? AND preview LIKE '%"file"%'`,
        [accountId],
      );
      for (const { id, preview } of runs) {
        if (!people.some(({ email }) => preview.toLowerCase().includes(email))) continue;
        const { file: _, ...rest } = JSON.parse(preview) as RunPreview;
        await manager.update(UserRun, { id }, { preview: rest });
      }
    });
  }

  /** Keeps who is meant, and does nothing to them yet. */
  async draft(actor: Actor, { once, act, people, back, preview }: NewDraft): Promise<Id> {
    const id = isId(once) ? once : newId();
    const known = await this.people.previewOf(actor, people);
    const run = {
      ...newRun(actor, id, act, back),
      total: people.length,
      preview: { ...known, ...preview },
    };
    try {
      await inTransaction(this.database, async (manager) => {
        await manager.insert(UserRun, run);
        await this.people.store(
          manager,
          run,
          people.map((person) => person.id),
        );
      });
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      // The same button twice. A key of somebody else's is none.
      await this.find(actor.accountId, id);
    }
    return id;
  }

  /** @throws NotFound for a run of another account */
  async find(accountId: Id, id: string, manager: EntityManager = this.database.manager): Promise<UserRun> {
    const run = isId(id) ? await manager.findOneBy(UserRun, { id, accountId }) : null;
    if (!run) throw new NotFound('user-runs.not-found');
    return run;
  }

  /** Newest first; drafts are nobody's history. */
  async recent(accountId: Id, before: Id | null, limit: number): Promise<UserRun[]> {
    const query = this.database.manager
      .createQueryBuilder(UserRun, 'run')
      .where(`run.accountId = :accountId AND run.state <> 'draft'`, { accountId })
      .orderBy('run.id', 'DESC')
      .limit(limit);
    if (before !== null) query.andWhere('run.id < :before', { before });
    return query.getMany();
  }

  /**
   * Starts a draft: its batch, its line in the audit log and its job begin together. A run that has begun stays as it
   * is, whatever a second form says.
   * @returns whether it began now
   */
  async start(
    actor: Actor,
    facts: ActFacts,
    id: Id,
    choice: Choice,
    newGroups: NewGroups = {},
  ): Promise<boolean> {
    return inTransaction(this.database, async (manager) => {
      const run = await lockRun(manager, actor.accountId, id);
      if (run.state !== 'draft' || run.total === 0) return false;
      const batchId = await this.begin(manager, actor, facts, run, choice);
      const now = new Date();
      for (const kind of groupKinds) {
        const names = newGroups[kind] ?? [];
        if (names.length === 0) continue;
        const made = await groupsNamed(manager, kind, names, { accountId: run.accountId, batchId, now });
        const { add, remove } = choice[kind] ?? { add: [], remove: [] };
        choice = {
          ...choice,
          [kind]: {
            add: [...add, ...[...made.values()].map(({ id: each, name }) => ({ id: each, name }))],
            remove,
          },
        };
      }
      const { requestId, address } = facts;
      await manager.update(
        UserRun,
        { id },
        { state: 'working', choice, batchId, startedAt: now, facts: { requestId, address } },
      );
      await this.enqueue(manager, run);
      return true;
    });
  }

  /**
   * Takes a run back, in a run of its own.
   * @throws Conflict when that is done already or while it works; Refused after 30 days
   */
  async undo(actor: Actor, facts: ActFacts, id: string): Promise<Id> {
    return inTransaction(this.database, async (manager) => {
      if (!isId(id)) throw new NotFound('user-runs.not-found');
      const run = await lockRun(manager, actor.accountId, id);
      const { batchId } = run;
      if (!isUndoable(run.act) || batchId === null || run.doneCount === 0) throw new NotFound();
      if (run.state === 'working') throw new Conflict('user-runs.still-working');
      if (run.undoneBy !== null) throw new Conflict('accounts.undone-already');
      if (undoEnds(run) < new Date()) throw new Refused('accounts.undo-over');
      const subjects = await manager.query<{ subjectId: Id }[]>(
        `SELECT subjectId FROM journal_entries WHERE batchId = ? AND accountId = ? AND subjectType = 'user' ORDER BY subjectId`,
        [batchId, actor.accountId],
      );
      const undo = {
        ...newRun(actor, newId(), run.act, run.back),
        total: subjects.length,
        choice: run.choice,
        undoes: run.id,
        reversed: !run.reversed,
      };
      await manager.insert(UserRun, undo);
      await this.people.store(
        manager,
        undo,
        subjects.map(({ subjectId }) => subjectId),
      );
      await manager.update(UserRun, { id }, { undoneBy: undo.id });
      await this.journal.markUndone(manager, actor.accountId, batchId);
      const ownBatch = await this.begin(manager, actor, facts, undo, run.choice, batchId);
      const { requestId, address } = facts;
      await manager.update(
        UserRun,
        { id: undo.id },
        { state: 'working', batchId: ownBatch, startedAt: new Date(), facts: { requestId, address } },
      );
      await this.enqueue(manager, undo);
      return undo.id;
    });
  }

  /** Whether somebody still works on it, or will: after many failures nobody does until it is told to go on. */
  async isAlive(id: Id): Promise<boolean> {
    const rows = await this.database.query<object[]>('SELECT 1 FROM jobs WHERE uniqueKey = ?', [runKey(id)]);
    return rows.length > 0;
  }

  /** Lets a worker go on with a run that was given up. */
  async goOn(accountId: Id, id: string): Promise<void> {
    const run = await this.find(accountId, id);
    if (run.state === 'working')
      await this.jobs.enqueue(this.database.manager, { ...jobOf(run), uniqueKey: runKey(run.id) });
  }

  /** What nobody can undo any more goes; and drafts nobody confirmed for a day. */
  async purge(now = Date.now()): Promise<void> {
    const kept = now - limits.keptDays * DAY_MS;
    for (;;) {
      const old = await this.database.query<{ id: Id }[]>(
        `SELECT id FROM user_runs WHERE createdAt < ? OR (state = 'draft' AND createdAt < ?) LIMIT 100`,
        [new Date(kept), new Date(now - DAY_MS)],
      );
      if (old.length === 0) return;
      const ids = old.map(({ id }) => id);
      await this.database.query('DELETE FROM user_run_people WHERE runId IN (?)', [ids]);
      await this.database.query('DELETE FROM user_runs WHERE id IN (?)', [ids]);
    }
  }

  private async begin(
    manager: EntityManager,
    actor: Actor,
    facts: ActFacts,
    { id, act, total, reversed }: Pick<UserRun, 'id' | 'act' | 'total' | 'reversed'>,
    { type, features, role, userGroups, chatGroups }: Choice,
    undoes: Id | null = null,
  ): Promise<Id> {
    const { accountId } = actor;
    const kind = kindOf(act, reversed);
    const batchId = await this.journal.begin(manager, { accountId, actorId: actor.id, kind, undoes });
    const fields = [
      ...(type ? ['type'] : []),
      ...(features ? ['features'] : []),
      ...(userGroups || act === 'groups' ? ['userGroups'] : []),
      ...(chatGroups ? ['chatGroups'] : []),
    ];
    const details = {
      people: total,
      run: id,
      ...(changing.includes(act) ? { fields } : {}),
      ...(role && !undoes ? { role: [null, role] } : {}),
      ...(undoes ? { undo: true } : {}),
    };
    await this.journal.audit(manager, actor, facts, { action: kind, targetType: 'user', batchId, details });
    return batchId;
  }

  private async enqueue(manager: EntityManager, run: Pick<UserRun, 'id' | 'accountId' | 'total'>) {
    const runAt = run.total <= MOST_AT_ONCE ? { runAt: new Date(Date.now() + LOOK_AFTER_MS) } : {};
    await this.jobs.enqueue(manager, { ...jobOf(run), uniqueKey: runKey(run.id), ...runAt });
  }
}

/** Until when a run can be taken back. */
export function undoEnds({ createdAt }: Pick<UserRun, 'createdAt'>): Date {
  return new Date(createdAt.getTime() + limits.restoreDays * DAY_MS);
}

/** The run, locked until the transaction ends. @throws NotFound for one of another account */
export async function lockRun(manager: EntityManager, accountId: Id, id: Id): Promise<UserRun> {
  const run = await manager.findOne(UserRun, {
    where: { id, accountId },
    lock: { mode: 'pessimistic_write' },
  });
  if (!run) throw new NotFound('user-runs.not-found');
  return run;
}

function jobOf({ id, accountId }: Pick<UserRun, 'id' | 'accountId'>) {
  return { kind: RUN, accountId, payload: { runId: id, accountId } satisfies RunJob };
}

function newRun(actor: Actor, id: Id, act: Act, back: string) {
  return {
    id,
    accountId: actor.accountId,
    actorId: actor.id ?? '',
    act,
    state: 'draft' as const,
    choice: {} as Choice,
    preview: null as RunPreview | null,
    back,
    undoes: null as Id | null,
    reversed: false,
    undoneBy: null,
    ...{ chunksDone: 0, seen: 0, doneCount: 0, sameCount: 0, leftCount: 0 },
    leftFirst: null,
    leftReasons: null,
    batchId: null,
    facts: { requestId: null, address: null } as ActFacts,
    createdAt: new Date(),
    startedAt: null,
    finishedAt: null,
  };
}
