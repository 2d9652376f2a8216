import { Injectable } from '@nestjs/common';
import { DataSource, In, type EntityManager } from 'typeorm';
import { type Id } from '../database/id.js';
import { inTransaction } from '../database/transaction.js';
import { Forbidden, NotFound, Refused } from '../errors/domain-error.js';
import { type ActFacts, type Actor } from '../journal/actor.js';
import { type Changes } from '../journal/journal.entities.js';
import { Journal } from '../journal/journal.service.js';
import { raiseRolesRevision } from './accounts.service.js';
import { moveCounters } from './counters.service.js';
import { AccountEvents } from './events.js';
import { OneTimeLinks } from './one-time-links.service.js';
import { auditPeople, inChunks, lockPeople, mayChange, otherOwner, OWNER_ONLY } from './people-rows.js';
import { nothingDone, outcome, type Outcome } from './person.js';
import { User, type Role, type Status } from './user.entity.js';

/**
 * Who is active and in which role. Every change of either first meets in one row of the account, so that the last
 * active owner stays whatever happens at once.
 */
@Injectable()
export class Standing {
  constructor(
    private readonly database: DataSource,
    private readonly journal: Journal,
    private readonly links: OneTimeLinks,
    private readonly events: AccountEvents,
  ) {}

  async deactivate(actor: Actor, facts: ActFacts, userIds: readonly Id[]): Promise<Outcome> {
    return this.changeStatus(actor, facts, userIds, 'active', 'deactivated');
  }

  async reactivate(actor: Actor, facts: ActFacts, userIds: readonly Id[]): Promise<Outcome> {
    return this.changeStatus(actor, facts, userIds, 'deactivated', 'active');
  }

  /** Gives somebody a role; their sessions end. @throws Forbidden unless an owner does it, Refused for the last owner */
  async changeRole(actor: Actor, facts: ActFacts, userId: Id, role: Role): Promise<void> {
    if (actor.role !== 'owner') throw new Forbidden('accounts.roles-by-owner');
    await inTransaction(this.database, async (manager) => {
      const { accountId } = actor;
      await raiseRolesRevision(manager, accountId);
      const user = await manager.findOneBy(User, { id: userId, accountId, liveKey: 1 });
      if (!user) throw new NotFound('accounts.user-not-found');
      if (user.role === role) return;
      if (
        user.role === 'owner' &&
        user.status === 'active' &&
        !(await otherOwner(manager, accountId, [userId]))
      ) {
        throw new Refused('accounts.last-owner');
      }
      await manager.update(User, { id: userId }, { role, updatedAt: new Date() });
      const batchId = await this.journal.begin(manager, { accountId, actorId: actor.id, kind: 'users.role' });
      const changes: Changes = { role: [user.role, role] };
      await this.journal.record(manager, batchId, accountId, [
        { subjectId: userId, subjectType: 'user', action: 'changed', changes },
      ]);
      await auditPeople(this.journal, manager, actor, facts, {
        action: 'users.role',
        people: [user],
        batchId,
        details: { role: changes['role'] },
      });
      await this.events.accessEnded.tell({ manager, accountId, userIds: [userId], reason: 'role' });
    });
  }

  private async changeStatus(
    actor: Actor,
    facts: ActFacts,
    userIds: readonly Id[],
    from: Status,
    to: Status,
  ): Promise<Outcome> {
    const otherwise = from === 'active' ? 'accounts.not-active' : 'accounts.not-deactivated';
    return inTransaction(this.database, async (manager) => {
      const { accountId } = actor;
      await raiseRolesRevision(manager, accountId);
      const found = await lockPeople(manager, accountId, userIds, from);
      const refusals = await this.refusals(manager, actor, found, to);
      const people = found.filter(({ id }) => !refusals.has(id));
      if (people.length === 0) return nothingDone(userIds, otherwise, refusals);
      const ids = people.map(({ id }) => id);
      const now = new Date();
      await inChunks(ids, (chunk) =>
        manager.update(
          User,
          { id: In(chunk) },
          { status: to, deactivatedAt: to === 'deactivated' ? now : null, updatedAt: now },
        ),
      );
      const kind = to === 'deactivated' ? 'users.deactivate' : 'users.reactivate';
      const batchId = await this.journal.begin(manager, { accountId, actorId: actor.id, kind });
      await this.journal.record(
        manager,
        batchId,
        accountId,
        ids.map((subjectId) => ({
          subjectId,
          subjectType: 'user',
          action: 'changed' as const,
          changes: { status: [from, to] },
        })),
      );
      await auditPeople(this.journal, manager, actor, facts, { action: kind, people, batchId });
      if (to === 'deactivated') {
        await inChunks(ids, (chunk) => this.links.withdraw(manager, accountId, chunk, 'password-reset'));
        await this.events.accessEnded.tell({ manager, accountId, userIds: ids, reason: 'deactivated' });
      }
      await moveCounters(manager, accountId, { from, to, people: people.length });
      return outcome(userIds, people, otherwise, batchId, refusals);
    });
  }

  /** Who of these may not be moved to `to` by this actor, and why. */
  private async refusals(
    manager: EntityManager,
    actor: Actor,
    people: readonly User[],
    to: Status,
  ): Promise<Map<Id, string>> {
    const refusals = new Map(
      people.filter((user) => !mayChange(actor, user)).map(({ id }) => [id, OWNER_ONLY]),
    );
    if (to !== 'deactivated') return refusals;
    if (actor.id !== null && people.some(({ id }) => id === actor.id))
      refusals.set(actor.id, 'accounts.not-yourself');
    const owners = people.filter(({ id, role }) => role === 'owner' && !refusals.has(id)).map(({ id }) => id);
    if (owners.length > 0 && !(await otherOwner(manager, actor.accountId, owners))) {
      for (const id of owners) refusals.set(id, 'accounts.last-owner');
    }
    return refusals;
  }
}
