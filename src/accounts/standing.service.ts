import { Injectable } from '@nestjs/common';
import { DataSource, In, type EntityManager } from 'typeorm';
import { limits } from '../config/limits.js';
import { type Id } from '../database/id.js';
import { inTransaction } from '../database/transaction.js';
import { Forbidden } from '../errors/domain-error.js';
import { type ActFacts, type Actor } from '../journal/actor.js';
import { type Changes } from '../journal/journal.entities.js';
import { Journal } from '../journal/journal.service.js';
import { raiseRolesRevision } from './accounts.service.js';
import { moveCounters } from './counters.service.js';
import { withdrawAddressChanges } from './address-change-rows.js';
import { erasing, giveBack, retryExtension, whatErasingTook, type Erased } from './erasure-rows.js';
import { AccountEvents, type AccessEnded } from './events.js';
import { OneTimeLinks } from './one-time-links.service.js';
import { auditPeople, inChunks, lockPeople, mayChange, otherOwner, OWNER_ONLY } from './people-rows.js';
import { nothingDone, outcome, type Outcome, type Restored } from './person.js';
import { statuses, User, type Role, type Status } from './user.entity.js';

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

  /**
   * Gives people a role; their sessions end, so that each session is of one role, and so do changes of their address
   * that wait to be confirmed.
   * @throws Forbidden unless an owner does it
   */
  async changeRole(actor: Actor, facts: ActFacts, userIds: readonly Id[], role: Role): Promise<Outcome> {
    if (actor.role !== 'owner') throw new Forbidden('accounts.roles-by-owner');
    return inTransaction(this.database, async (manager) => {
      const { accountId } = actor;
      await raiseRolesRevision(manager, accountId);
      const found = await lockPeople(manager, accountId, userIds, ...statuses);
      const reasons = new Map(
        found.filter((user) => user.role === role).map(({ id }) => [id, 'accounts.role-already']),
      );
      if (role !== 'owner') await this.keepAnOwner(manager, accountId, found, reasons);
      const people = found.filter(({ id }) => !reasons.has(id));
      if (people.length === 0) return nothingDone(userIds, 'accounts.user-not-found', reasons);
      const now = new Date();
      await inChunks(people, (chunk) =>
        manager.update(User, { id: In(chunk.map(({ id }) => id)) }, { role, updatedAt: now }),
      );
      const batchId = await this.journal.begin(manager, { accountId, actorId: actor.id, kind: 'users.role' });
      await this.record(manager, accountId, batchId, people, (user) => ({ role: [user.role, role] }));
      const before = [...new Set(people.map((user) => user.role))];
      await auditPeople(this.journal, manager, actor, facts, {
        ...{ action: 'users.role', people, batchId },
        details: { role: [before.length === 1 ? before[0] : null, role], people: people.length },
      });
      // Asked for by somebody who might not ask any more: an admin's wish must not move the address of an owner.
      await inChunks(people, (chunk) =>
        withdrawAddressChanges(
          manager,
          accountId,
          chunk.map(({ id }) => id),
        ),
      );
      await this.endAccess(manager, accountId, people, 'role');
      return outcome(userIds, people, 'accounts.user-not-found', batchId, reasons);
    });
  }

  /**
   * Erases active or deactivated people: they cannot sign in, are in no list, and their extension is free; address,
   * groups and password wait 30 days for `restoreErased`.
   */
  async erase(actor: Actor, facts: ActFacts, userIds: readonly Id[]): Promise<Outcome> {
    return inTransaction(this.database, async (manager) => {
      const { accountId } = actor;
      await raiseRolesRevision(manager, accountId);
      const found = await lockPeople(manager, accountId, userIds, ...statuses);
      const reasons = this.untouchable(actor, found, 'accounts.not-yourself-erase');
      for (const { id, status } of found) if (status === 'pending') reasons.set(id, 'accounts.erase-pending');
      await this.keepAnOwner(manager, accountId, found, reasons);
      const people = found.filter(({ id }) => !reasons.has(id));
      if (people.length === 0) return nothingDone(userIds, 'accounts.erased-already', reasons);
      const now = new Date();
      await inChunks(people, async (chunk) => {
        const ids = chunk.map(({ id }) => id);
        await manager.update(
          User,
          { id: In(ids) },
          {
            ...{ status: 'erased', extension: null, deletedAt: now, updatedAt: now },
            revision: () => 'revision + 1',
          },
        );
        await this.links.withdraw(manager, accountId, ids, 'password-reset');
        await withdrawAddressChanges(manager, accountId, ids);
      });
      const batchId = await this.journal.begin(manager, { accountId, actorId: actor.id, ...erasing });
      await this.record(manager, accountId, batchId, people, ({ status, extension }) => ({
        status: [status, 'erased'],
        ...(extension === null ? {} : { extension: [extension, null] }),
      }));
      await auditPeople(this.journal, manager, actor, facts, {
        ...{ action: erasing.kind, people, batchId },
      });
      await this.endAccess(manager, accountId, people, 'erased');
      for (const from of statuses) {
        const moved = people.filter(({ status }) => status === from).length;
        await moveCounters(manager, accountId, { from, to: 'erased', people: moved });
      }
      return outcome(userIds, people, 'accounts.erased-already', batchId, reasons);
    });
  }

  /** Brings erased people back as they were: active or deactivated, in their groups, with their password. */
  async restoreErased(actor: Actor, facts: ActFacts, userIds: readonly Id[]): Promise<Restored> {
    return retryExtension(() =>
      inTransaction(this.database, async (manager) => {
        const { accountId } = actor;
        await raiseRolesRevision(manager, accountId);
        const found = await lockPeople(manager, accountId, userIds, 'erased');
        const reasons = this.untouchable(actor, found, null);
        const now = new Date();
        const over = now.getTime() - limits.restoreDays * 86_400_000;
        for (const { id, deletedAt } of found) {
          if ((deletedAt?.getTime() ?? 0) < over) reasons.set(id, 'accounts.erased-for-good');
        }
        const people = found.filter(({ id }) => !reasons.has(id));
        const nothing = nothingDone(userIds, 'accounts.not-erased', reasons);
        if (people.length === 0) return { ...nothing, withoutExtension: [] };
        const back = await whatErasingTook(manager, accountId, people);
        await giveBack(manager, accountId, back, now);
        const batchId = await this.journal.begin(manager, {
          ...{ accountId, actorId: actor.id, kind: 'users.erase-restore' },
        });
        const before = new Map(back.map((each) => [each.user.id, each]));
        await this.record(manager, accountId, batchId, people, ({ id }) => {
          const { status, extension } = before.get(id) as Erased;
          return {
            status: ['erased', status],
            ...(extension === null ? {} : { extension: [null, extension] }),
          };
        });
        await auditPeople(this.journal, manager, actor, facts, {
          ...{ action: 'users.erase-restore', people, batchId },
        });
        for (const to of statuses) {
          const moved = back.filter(({ status }) => status === to).length;
          await moveCounters(manager, accountId, { from: 'erased', to, people: moved });
        }
        const active = back.filter(({ status }) => status === 'active').map(({ user }) => user.id);
        await inChunks(active, (chunk) =>
          this.events.accessBack.tell({ manager, accountId, userIds: chunk }),
        );
        return {
          ...outcome(userIds, people, 'accounts.not-erased', batchId, reasons),
          withoutExtension: back.filter(({ extensionLost }) => extensionLost).map(({ user }) => user.id),
        };
      }),
    );
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
      await this.record(manager, accountId, batchId, people, () => ({ status: [from, to] }));
      await auditPeople(this.journal, manager, actor, facts, { action: kind, people, batchId });
      if (to === 'deactivated') {
        await inChunks(ids, (chunk) => this.links.withdraw(manager, accountId, chunk, 'password-reset'));
        await this.endAccess(manager, accountId, people, 'deactivated');
      } else
        await inChunks(ids, (chunk) => this.events.accessBack.tell({ manager, accountId, userIds: chunk }));
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
    const deactivating = to === 'deactivated';
    const reasons = this.untouchable(actor, people, deactivating ? 'accounts.not-yourself' : null);
    if (deactivating) await this.keepAnOwner(manager, actor.accountId, people, reasons);
    return reasons;
  }

  /** Owners an admin may not touch, and with `yourself` (the reason's key) the actor. */
  private untouchable(actor: Actor, people: readonly User[], yourself: string | null): Map<Id, string> {
    const reasons = new Map(
      people.filter((user) => !mayChange(actor, user)).map(({ id }) => [id, OWNER_ONLY]),
    );
    const self = people.find(({ id }) => id === actor.id);
    if (self && yourself !== null) reasons.set(self.id, yourself);
    return reasons;
  }

  /**
   * Leaves the active owners of these people as they are when no other would remain. An owner may do all an
   * administrator may, so with the last active owner the last active administrator stays too.
   */
  private async keepAnOwner(
    manager: EntityManager,
    accountId: Id,
    people: readonly User[],
    reasons: Map<Id, string>,
  ): Promise<void> {
    const owners = people
      .filter(({ id, role, status }) => role === 'owner' && status === 'active' && !reasons.has(id))
      .map(({ id }) => id);
    if (owners.length === 0 || (await otherOwner(manager, accountId, owners))) return;
    const key = owners.length === 1 ? 'accounts.last-owner' : 'accounts.last-owners';
    for (const id of owners) reasons.set(id, key);
  }

  private async record(
    manager: EntityManager,
    accountId: Id,
    batchId: Id,
    people: readonly User[],
    changesOf: (user: User) => Changes,
  ): Promise<void> {
    const entries = people.map((user) => ({
      ...{ subjectId: user.id, subjectType: 'user', action: 'changed' as const },
      changes: changesOf(user),
    }));
    await this.journal.record(manager, batchId, accountId, entries);
  }

  private async endAccess(
    manager: EntityManager,
    accountId: Id,
    people: readonly User[],
    reason: AccessEnded['reason'],
  ): Promise<void> {
    await inChunks(people, (chunk) =>
      this.events.accessEnded.tell({ manager, accountId, userIds: chunk.map(({ id }) => id), reason }),
    );
  }
}
