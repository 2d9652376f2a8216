import { Injectable } from '@nestjs/common';
import { DataSource, In, type EntityManager } from 'typeorm';
import { limits } from '../config/limits.js';
import { newId, type Id } from '../database/id.js';
import { inTransaction, isDuplicate } from '../database/transaction.js';
import { Conflict, Forbidden, NotFound, Refused } from '../errors/domain-error.js';
import { type ActFacts, type Actor } from '../journal/actor.js';
import { JournalBatch, JournalEntry } from '../journal/journal.entities.js';
import { Journal } from '../journal/journal.service.js';
import { Mails } from '../mail/mails.service.js';
import { Accounts } from './accounts.service.js';
import { moveCounters } from './counters.service.js';
import { addMemberships, groupsNamed, refreshRestricted, removeMemberships } from './group-memberships.js';
import { groupKinds } from './group-tables.js';
import { InvitationMails } from './invitation-mails.service.js';
import { OneTimeLink } from './one-time-link.entity.js';
import { OneTimeLinks } from './one-time-links.service.js';
import {
  auditPeople,
  extensionTaken,
  groupChanges,
  inChunks,
  insertPeople,
  knownAddresses,
  lockPeople,
  mayChange,
  OWNER_ONLY,
} from './people-rows.js';
import { nothingDone, outcome, type Known, type Left, type NewPerson, type Outcome } from './person.js';
import { invitationEnd, nameKeyOf, newActivationLink } from './user-rows.js';
import { User } from './user.entity.js';

export interface InvitedPeople {
  invited: { id: Id; email: string; linkId: Id }[];
  already: Known[];
  batchId: Id | null;
}

/** Invitations: sent, sent again, taken back and brought back. Each method is one transaction. */
@Injectable()
export class Invitations {
  constructor(
    private readonly database: DataSource,
    private readonly accounts: Accounts,
    private readonly journal: Journal,
    private readonly links: OneTimeLinks,
    private readonly invitationMails: InvitationMails,
    private readonly mails: Mails,
  ) {}

  /**
   * Invites one person: pending until they set a password.
   * @throws Conflict accounts.already-active, -pending or -deactivated with `email` and `id`
   */
  async invite(
    actor: Actor,
    facts: ActFacts,
    person: NewPerson,
  ): Promise<{ id: Id; linkId: Id; batchId: Id | null }> {
    const { invited, already, batchId } = await this.inviteMany(actor, facts, [person]);
    const [known] = already;
    if (known) throw new Conflict(`accounts.already-${known.status}`, { email: known.email, id: known.id });
    const [{ id, linkId }] = invited as [InvitedPeople['invited'][number]];
    return { id, linkId, batchId };
  }

  /** Invites those who are not here yet, with one mail each. */
  async inviteMany(actor: Actor, facts: ActFacts, people: readonly NewPerson[]): Promise<InvitedPeople> {
    if (actor.role !== 'owner' && people.some(({ role }) => role && role !== 'member')) {
      throw new Forbidden('accounts.roles-by-owner');
    }
    return this.retryTaken(() =>
      inTransaction(this.database, async (manager) => {
        const account = await this.accounts.get(actor.accountId, manager);
        const already = await knownAddresses(
          manager,
          account.id,
          people.map(({ email }) => email),
        );
        const taken = new Set(already.map(({ email }) => email));
        const fresh = [...new Map(people.map((each) => [each.email, each])).values()].filter(
          ({ email }) => !taken.has(email),
        );
        if (fresh.length === 0) return { invited: [], already, batchId: null };
        const batchId = await this.journal.begin(manager, {
          accountId: account.id,
          actorId: actor.id,
          kind: 'users.invite',
        });
        const rows = await insertPeople(this.journal, manager, account, fresh, 'pending', batchId);
        const now = new Date();
        const links = rows.map((row) => newActivationLink(row, now));
        await manager.insert(OneTimeLink, links);
        const invited = rows.map((row, place) => ({ ...row, linkId: links[place]?.id ?? '' }));
        const inviter = actor.id === null ? null : actor.displayName;
        await this.mails.writeMany(
          manager,
          invited.map((person) => this.invitationMails.mailTo(person, account, inviter, batchId)),
        );
        await auditPeople(this.journal, manager, actor, facts, {
          action: 'users.invite',
          people: rows,
          batchId,
        });
        await moveCounters(manager, account.id, { to: 'pending', people: rows.length });
        return { invited: invited.map(({ id, email, linkId }) => ({ id, email, linkId })), already, batchId };
      }),
    );
  }

  /** Sends the invitation once more; its 30 days begin anew. */
  async resend(actor: Actor, facts: ActFacts, userIds: readonly Id[]): Promise<Outcome> {
    return inTransaction(this.database, async (manager) => {
      const account = await this.accounts.get(actor.accountId, manager);
      const people = await lockPeople(manager, account.id, userIds, 'pending');
      if (people.length === 0) return nothingDone(userIds, 'accounts.not-pending');
      const now = new Date();
      const sending = newId();
      const links = await this.renewLinks(manager, people, now);
      await inChunks(people, (chunk) =>
        manager.update(User, { id: In(chunk.map(({ id }) => id)) }, { invitedAt: now, updatedAt: now }),
      );
      const inviter = actor.id === null ? null : actor.displayName;
      await this.mails.writeMany(
        manager,
        people.map((person) =>
          this.invitationMails.mailTo(
            { ...person, linkId: links.get(person.id) ?? '' },
            account,
            inviter,
            sending,
          ),
        ),
      );
      await auditPeople(this.journal, manager, actor, facts, { action: 'users.resend', people });
      return outcome(userIds, people, 'accounts.not-pending', null);
    });
  }

  /** Takes invitations back: these people are gone, their link says so, for 30 days `restore` brings them back. */
  async cancel(actor: Actor, facts: ActFacts, userIds: readonly Id[]): Promise<Outcome> {
    return inTransaction(this.database, async (manager) => {
      const { accountId } = actor;
      const pending = await lockPeople(manager, accountId, userIds, 'pending');
      const people = pending.filter((user) => mayChange(actor, user));
      const refusal = new Map(
        pending.filter((user) => !mayChange(actor, user)).map(({ id }) => [id, OWNER_ONLY]),
      );
      if (people.length === 0) return nothingDone(userIds, 'accounts.not-pending', refusal);
      const batchId = await this.journal.begin(manager, {
        accountId,
        actorId: actor.id,
        kind: 'users.invitation-cancel',
      });
      const ids = people.map(({ id }) => id);
      const entries = await groupChanges(manager, ids);
      await inChunks(ids, async (chunk) => {
        for (const kind of groupKinds) await removeMemberships(manager, kind, chunk);
        await this.links.withdraw(manager, accountId, chunk, 'activation');
        const now = new Date();
        await manager.update(User, { id: In(chunk) }, { liveKey: null, deletedAt: now, restricted: false });
      });
      await this.journal.record(
        manager,
        batchId,
        accountId,
        people.map(({ id, status }) => ({
          subjectId: id,
          subjectType: 'user',
          action: 'removed' as const,
          changes: { status: [status, null], ...entries.get(id) },
        })),
      );
      await auditPeople(this.journal, manager, actor, facts, {
        action: 'users.invitation-cancel',
        people,
        batchId,
      });
      await moveCounters(manager, accountId, { from: 'pending', people: people.length });
      return outcome(userIds, people, 'accounts.not-pending', batchId, refusal);
    });
  }

  /**
   * Brings back those whose invitation a batch has cancelled, with their groups and their link.
   * @param only some of them: whoever takes a batch back in steps has marked it as undone
   * @throws Forbidden for an admin where there is nobody but owners
   */
  async restore(actor: Actor, facts: ActFacts, batchId: Id, only?: readonly Id[]): Promise<Outcome> {
    return inTransaction(this.database, async (manager) => {
      const { accountId } = actor;
      const batch = await manager.findOneBy(JournalBatch, {
        id: batchId,
        accountId,
        kind: 'users.invitation-cancel',
      });
      if (!batch) throw new NotFound();
      if (batch.at.getTime() < Date.now() - limits.restoreDays * 86_400_000)
        throw new Refused('accounts.undo-over');
      if (!only && !(await this.journal.markUndone(manager, accountId, batchId)))
        throw new Conflict('accounts.undone-already');
      const some = only ? { subjectId: In([...only]) } : {};
      const entries = await manager.findBy(JournalEntry, { batchId, ...some });
      const { back, left } = await this.whoCanComeBack(manager, actor, entries);
      // Refused as a whole: an owner can still bring them back.
      if (!only && back.length === 0 && left.some(({ key }) => key === OWNER_ONLY))
        throw new Forbidden(OWNER_ONLY);
      if (back.length === 0) return { done: 0, left, batchId: null };
      const undoing = await this.journal.begin(manager, {
        accountId,
        actorId: actor.id,
        kind: 'users.invitation-cancel.undo',
        undoes: batchId,
      });
      const ids = back.map(({ id }) => id);
      const now = new Date();
      await inChunks(ids, async (chunk) => {
        await manager.update(User, { id: In(chunk) }, { liveKey: 1, deletedAt: null, updatedAt: now });
        await manager.query(
          `UPDATE one_time_links SET withdrawnAt = NULL
           WHERE userId IN (?) AND purpose = 'activation' AND usedAt IS NULL`,
          [chunk],
        );
      });
      await this.rejoin(manager, { accountId, batchId: undoing, now }, entries, new Set(ids));
      await inChunks(ids, (chunk) => refreshRestricted(manager, chunk));
      await this.journal.record(
        manager,
        undoing,
        accountId,
        back.map(({ id, status }) => ({
          subjectId: id,
          subjectType: 'user',
          action: 'restored' as const,
          changes: { status: [null, status] },
        })),
      );
      await auditPeople(this.journal, manager, actor, facts, {
        action: 'users.invitation-restore',
        people: back,
        batchId: undoing,
      });
      await moveCounters(manager, accountId, { to: 'pending', people: back.length });
      return { done: back.length, left, batchId: undoing };
    });
  }

  /** @returns the activation link of each person, open for 30 days from now */
  private async renewLinks(manager: EntityManager, people: readonly User[], now: Date): Promise<Map<Id, Id>> {
    const links = new Map<Id, Id>();
    await inChunks(people, async (chunk) => {
      const found = await manager.query<{ id: Id; userId: Id }[]>(
        `SELECT id, userId FROM one_time_links
         WHERE userId IN (?) AND purpose = 'activation' AND usedAt IS NULL ORDER BY id`,
        [chunk.map(({ id }) => id)],
      );
      for (const { id, userId } of found) links.set(userId, id);
      const missing = chunk.filter(({ id }) => !links.has(id)).map((user) => newActivationLink(user, now));
      if (missing.length > 0) await manager.insert(OneTimeLink, missing);
      for (const { id, userId } of missing) links.set(userId, id);
      await manager.update(
        OneTimeLink,
        { id: In(chunk.map(({ id }) => links.get(id) ?? '')) },
        { expiresAt: invitationEnd(now), withdrawnAt: null },
      );
    });
    return links;
  }

  private async whoCanComeBack(
    manager: EntityManager,
    actor: Actor,
    entries: readonly JournalEntry[],
  ): Promise<{ back: User[]; left: Left[] }> {
    const { accountId } = actor;
    const ids = entries.map(({ subjectId }) => subjectId);
    const gone: User[] = [];
    const taken = { emails: new Set<string>(), extensions: new Set<string>() };
    await inChunks(ids, async (chunk) => {
      const people = (await manager.findBy(User, { id: In(chunk), accountId })).filter(
        ({ liveKey }) => liveKey === null,
      );
      gone.push(...people);
      const emails = people.map(({ email }) => email);
      for (const { email } of await knownAddresses(manager, accountId, emails)) taken.emails.add(email);
      const extensions = people.map(({ extension }) => extension).filter((extension) => extension !== null);
      if (extensions.length === 0) return;
      const living = await manager.findBy(User, { accountId, liveKey: 1, extension: In(extensions) });
      for (const { extension } of living) taken.extensions.add(extension ?? '');
    });
    const left: Left[] = [];
    const back = gone.filter((user) => {
      const { id, email, extension } = user;
      const key = !mayChange(actor, user)
        ? OWNER_ONLY
        : taken.emails.has(email)
          ? 'accounts.address-taken-again'
          : extension !== null && taken.extensions.has(extension)
            ? 'accounts.extension-taken-again'
            : null;
      if (key) left.push({ id, key });
      return key === null;
    });
    return { back, left };
  }

  /** Puts restored people back into the groups they were in; a group that is gone is made again. */
  private async rejoin(
    manager: EntityManager,
    context: { accountId: Id; batchId: Id; now: Date },
    entries: readonly JournalEntry[],
    restored: ReadonlySet<Id>,
  ): Promise<void> {
    for (const kind of groupKinds) {
      const wishes = entries
        .filter(({ subjectId }) => restored.has(subjectId))
        .flatMap(({ subjectId, changes }) =>
          ((changes?.[kind]?.[0] ?? []) as string[]).map((name) => ({ userId: subjectId, name })),
        );
      const groups = await groupsNamed(
        manager,
        kind,
        wishes.map(({ name }) => name),
        context,
      );
      const members = wishes.map(({ userId, name }) => ({
        userId,
        groupId: groups.get(nameKeyOf(name))?.id ?? '',
      }));
      await inChunks(members, (chunk) => addMemberships(manager, kind, context.accountId, chunk));
    }
  }

  /** Two invitations of one address at once: the second then finds the person and says so. */
  private async retryTaken<T>(body: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await body();
      } catch (error) {
        if (isDuplicate(error, 'uq_users_extension')) throw extensionTaken();
        if (attempt === 3 || !isDuplicate(error, 'uq_users_email')) throw error;
      }
    }
  }
}
