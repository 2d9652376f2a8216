import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import { Invitations } from '../../accounts/invitations.service.js';
import { PeopleChanges, CHANGED_SINCE, type Changed } from '../../accounts/people-changes.service.js';
import { type Left, type Outcome } from '../../accounts/person.js';
import { Standing } from '../../accounts/standing.service.js';
import { User, type Role } from '../../accounts/user.entity.js';
import { joining } from '../../database/transaction.js';
import { type Id } from '../../database/id.js';
import { type Actor } from '../../journal/actor.js';
import { JournalEntry, type Changes } from '../../journal/journal.entities.js';
import { Journal } from '../../journal/journal.service.js';
import { changing, type ChosenGroups } from './acts.js';
import { UserRun } from './user-run.entity.js';

/** Reasons that are none: the person is as the run wants them. */
const alreadySo = new Set(['accounts.role-already']);

/** Does what a run says to some of its people, within the run's own transaction and batch. */
@Injectable()
export class RunActing {
  constructor(
    private readonly journal: Journal,
    private readonly changes: PeopleChanges,
    private readonly standing: Standing,
    private readonly invitations: Invitations,
  ) {}

  async act(manager: EntityManager, actor: Actor, run: UserRun, ids: readonly Id[]): Promise<Changed> {
    const { act, batchId } = run;
    if (batchId === null) throw new Error(`Run ${run.id} has no batch`);
    if (changing.includes(act)) return this.change(manager, actor, run, batchId, ids);
    const outcomes = await joining(manager, () =>
      this.journal.inBatch(batchId, () => this.outcomesOf(manager, actor, run, ids)),
    );
    return told(outcomes);
  }

  private async change(
    manager: EntityManager,
    actor: Actor,
    { choice, undoes }: UserRun,
    batchId: Id,
    ids: readonly Id[],
  ): Promise<Changed> {
    const context = { manager, actor, batchId, now: new Date() };
    if (undoes !== null) {
      const made = await this.undone(manager, undoes, ids);
      return this.changes.revert(context, made, {
        userGroups: all(choice.userGroups),
        chatGroups: all(choice.chatGroups),
      });
    }
    const { type, features, userGroups, chatGroups } = choice;
    return this.changes.change(context, ids, {
      ...(type ? { type } : {}),
      ...(features ? { features } : {}),
      ...(userGroups ? { userGroups: idsOf(userGroups) } : {}),
      ...(chatGroups ? { chatGroups: idsOf(chatGroups) } : {}),
    });
  }

  /** Each service does what it does for one person, with all its rules. */
  private async outcomesOf(
    manager: EntityManager,
    actor: Actor,
    run: UserRun,
    ids: readonly Id[],
  ): Promise<Outcome[]> {
    const { act, reversed, choice, facts, undoes } = run;
    switch (act) {
      case 'deactivate':
      case 'reactivate':
        return (act === 'deactivate') === reversed
          ? [await this.standing.reactivate(actor, facts, ids)]
          : [await this.standing.deactivate(actor, facts, ids)];
      case 'erase':
      case 'restore':
        return (act === 'erase') === reversed
          ? [await this.standing.restoreErased(actor, facts, ids)]
          : [await this.standing.erase(actor, facts, ids)];
      case 'resend':
        return [await this.invitations.resend(actor, facts, ids)];
      case 'cancel':
        return reversed
          ? [await this.invitations.restore(actor, facts, await this.batchOf(manager, undoes), ids)]
          : [await this.invitations.cancel(actor, facts, ids)];
      case 'role':
        return undoes === null
          ? [await this.standing.changeRole(actor, facts, ids, choice.role ?? 'member')]
          : this.rolesBack(manager, actor, run, ids);
      default:
        throw new Error(`Nobody does ${act}`);
    }
  }

  /** Everybody gets back the role they had, who still has the one they were given. */
  private async rolesBack(
    manager: EntityManager,
    actor: Actor,
    { facts, undoes }: UserRun,
    ids: readonly Id[],
  ): Promise<Outcome[]> {
    const made = await this.undone(manager, undoes, ids);
    const people = await manager.findBy(User, { id: In([...ids]), accountId: actor.accountId, liveKey: 1 });
    const now = new Map(people.map(({ id, role }) => [id, role]));
    const back = new Map<Role, Id[]>();
    const left: Left[] = [];
    for (const [id, changes] of made) {
      // Nothing is said any more of whoever is erased for good.
      const [before, after] = (changes['role'] ?? []) as Partial<[Role, Role]>;
      if (before && now.get(id) === after) back.set(before, [...(back.get(before) ?? []), id]);
      else left.push({ id, key: CHANGED_SINCE });
    }
    const outcomes: Outcome[] = [{ done: 0, left, batchId: null }];
    // Owners first: whoever stops being one is then not the last.
    for (const role of ['owner', 'admin', 'member'] as const) {
      const some = back.get(role);
      if (some) outcomes.push(await this.standing.changeRole(actor, facts, some, role));
    }
    return outcomes;
  }

  private async batchOf(manager: EntityManager, runId: Id | null): Promise<Id> {
    const run = await manager.findOneByOrFail(UserRun, { id: runId ?? '' });
    return run.batchId ?? '';
  }

  /** What the run that is taken back changed of these people. */
  private async undone(
    manager: EntityManager,
    runId: Id | null,
    ids: readonly Id[],
  ): Promise<Map<Id, Changes>> {
    const entries = await manager.findBy(JournalEntry, {
      batchId: await this.batchOf(manager, runId),
      subjectId: In([...ids]),
    });
    return new Map(entries.map(({ subjectId, changes }) => [subjectId, changes ?? {}]));
  }
}

function told(outcomes: readonly Outcome[]): Changed {
  const left = outcomes.flatMap((each) => each.left);
  const reasons = left.filter(({ key }) => !alreadySo.has(key));
  return {
    done: outcomes.reduce((sum, { done }) => sum + done, 0),
    same: left.length - reasons.length,
    left: reasons,
  };
}

function idsOf({ add, remove }: ChosenGroups) {
  return { add: add.map(({ id }) => id), remove: remove.map(({ id }) => id) };
}

function all(groups: ChosenGroups | undefined) {
  return groups ? [...groups.add, ...groups.remove] : [];
}
