import { Injectable } from '@nestjs/common';
import { DataSource, In, type EntityManager } from 'typeorm';
import { limits } from '../config/limits.js';
import { newId, type Id } from '../database/id.js';
import { inTransaction, isDuplicate } from '../database/transaction.js';
import { Conflict, Forbidden, NotFound, Refused } from '../errors/domain-error.js';
import { type ActFacts, type Actor } from '../journal/actor.js';
import { changesBetween } from '../journal/changes.js';
import { JournalBatch, JournalEntry, type Changes } from '../journal/journal.entities.js';
import { Journal } from '../journal/journal.service.js';
import { Mails } from '../mail/mails.service.js';
import { type Account } from './account.entity.js';
import { Accounts, raiseRolesRevision } from './accounts.service.js';
import { moveCounters } from './counters.service.js';
import { AccountEvents } from './events.js';
import {
  addMemberships,
  groupKinds,
  groupNamesOf,
  groupsNamed,
  refreshRestricted,
  removeMemberships,
} from './group-memberships.js';
import { InvitationMails } from './invitation-mails.service.js';
import { OneTimeLink } from './one-time-link.entity.js';
import { OneTimeLinks } from './one-time-links.service.js';
import { SignInAddress } from './sign-in-address.entity.js';
import {
  invitationEnd,
  nameKeyOf,
  newActivationLink,
  newUser,
  type PersonFields,
  type UserRow,
} from './user-rows.js';
import { keysOf, User, type Role, type Status } from './user.entity.js';

/** A person as a form or a file describes them. */
export interface NewPerson extends Omit<PersonFields, 'managerId'> {
  /** Made before the form was shown: the same form sent twice makes one person. */
  id?: Id;
  /** Address of somebody of the account. */
  manager?: string | null;
  /** Names; a group that does not exist is made. */
  userGroups?: readonly string[];
  chatGroups?: readonly string[];
}

/** What an edit may change; what is absent stays. */
export type PersonChanges = Partial<Omit<NewPerson, 'id' | 'email' | 'role'>>;

/** A person with what stands beside their row. */
export interface Person {
  user: User;
  manager: string | null;
  userGroups: string[];
  chatGroups: string[];
}

/** One who was passed over, and why: a catalogue key. */
export interface Left {
  id: Id;
  key: string;
}

export interface Outcome {
  done: number;
  left: Left[];
  /** The journal batch, to undo by; null when nothing was done. */
  batchId: Id | null;
}

export interface Invitations {
  invited: { id: Id; email: string; linkId: Id }[];
  already: { id: Id; email: string; status: Status }[];
  batchId: Id | null;
}

/** Somebody saved this person since the form was opened; `present` is how they are now. */
export class EditConflict extends Conflict {
  constructor(readonly present: Person) {
    super('accounts.edited-meanwhile', { name: present.user.displayName });
  }
}

/** What the audit log says of something done to people. */
interface Act {
  action: string;
  people: readonly Pick<User, 'id' | 'givenName' | 'familyName' | 'email'>[];
  batchId?: Id;
  details?: Record<string, unknown>;
}

const CHUNK = 500;

/** Columns of a person that an edit may change and the journal names. */
const editable = [
  ...(['givenName', 'familyName', 'department', 'jobTitle', 'location', 'managerId', 'workPhone'] as const),
  ...([
    'workPhoneTyped',
    'mobilePhone',
    'mobilePhoneTyped',
    'extension',
    'type',
    'features',
    'language',
  ] as const),
] as const;

/**
 * The people of an account: every change of who is here, of their status and role, and of what administrators say
 * of them. Each method is one transaction: people, counters, journal, audit and mail agree or nothing happened.
 */
@Injectable()
export class People {
  constructor(
    private readonly database: DataSource,
    private readonly accounts: Accounts,
    private readonly journal: Journal,
    private readonly links: OneTimeLinks,
    private readonly invitationMails: InvitationMails,
    private readonly mails: Mails,
    private readonly events: AccountEvents,
  ) {}

  /** @throws NotFound for anybody who is not, or no longer, of this account */
  async find(accountId: Id, userId: Id, manager: EntityManager = this.database.manager): Promise<Person> {
    const user = await manager.findOneBy(User, { id: userId, accountId, liveKey: 1 });
    if (!user) throw new NotFound('accounts.user-not-found');
    return personOf(manager, user);
  }

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
    const [{ id, linkId }] = invited as [Invitations['invited'][number]];
    return { id, linkId, batchId };
  }

  /** Invites those who are not here yet, with one mail each. */
  async inviteMany(actor: Actor, facts: ActFacts, people: readonly NewPerson[]): Promise<Invitations> {
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
        const rows = await this.insertPeople(manager, account, fresh, 'pending', batchId);
        const now = new Date();
        const links = rows.map((row) => newActivationLink(row, now));
        await manager.insert(OneTimeLink, links);
        const invited = rows.map((row, place) => ({ ...row, linkId: links[place]?.id ?? '' }));
        const inviter = actor.id === null ? null : actor.displayName;
        await this.mails.writeMany(
          manager,
          invited.map((person) => this.invitationMails.mailTo(person, account, inviter, batchId)),
        );
        await this.auditPeople(manager, actor, facts, { action: 'users.invite', people: rows, batchId });
        await moveCounters(manager, account.id, { to: 'pending', people: rows.length });
        return { invited: invited.map(({ id, email, linkId }) => ({ id, email, linkId })), already, batchId };
      }),
    );
  }

  /** Sends the invitation once more; its 30 days begin anew. */
  async resend(actor: Actor, facts: ActFacts, userIds: readonly Id[]): Promise<Outcome> {
    return inTransaction(this.database, async (manager) => {
      const account = await this.accounts.get(actor.accountId, manager);
      const people = await this.lock(manager, account.id, userIds, 'pending');
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
      await this.auditPeople(manager, actor, facts, { action: 'users.resend', people });
      return outcome(userIds, people, 'accounts.not-pending', null);
    });
  }

  /** Takes invitations back: these people are gone, their link says so, for 30 days `restore` brings them back. */
  async cancelInvitation(actor: Actor, facts: ActFacts, userIds: readonly Id[]): Promise<Outcome> {
    return inTransaction(this.database, async (manager) => {
      const { accountId } = actor;
      const pending = await this.lock(manager, accountId, userIds, 'pending');
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
      const entries = await this.groupChanges(manager, ids);
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
      await this.auditPeople(manager, actor, facts, { action: 'users.invitation-cancel', people, batchId });
      await moveCounters(manager, accountId, { from: 'pending', people: people.length });
      return outcome(userIds, people, 'accounts.not-pending', batchId, refusal);
    });
  }

  /** Brings back those whose invitation a batch has cancelled, with their groups and their link. */
  async restore(actor: Actor, facts: ActFacts, batchId: Id): Promise<Outcome> {
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
      if (!(await this.journal.markUndone(manager, accountId, batchId)))
        throw new Conflict('accounts.undone-already');
      const entries = await manager.findBy(JournalEntry, { batchId });
      const { back, left } = await this.whoCanComeBack(manager, accountId, entries);
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
      await this.auditPeople(manager, actor, facts, {
        action: 'users.invitation-restore',
        people: back,
        batchId: undoing,
      });
      await moveCounters(manager, accountId, { to: 'pending', people: back.length });
      return { done: back.length, left, batchId: undoing };
    });
  }

  /**
   * Changes what is said of a person, if nobody has since `revision` was read.
   * @throws EditConflict with the present values; Forbidden for an admin at an owner; Conflict
   *   accounts.extension-taken; Refused accounts.manager-unknown or accounts.manager-self
   */
  async edit(
    actor: Actor,
    facts: ActFacts,
    userId: Id,
    revision: number,
    changes: PersonChanges,
  ): Promise<User> {
    try {
      return await inTransaction(this.database, (manager) =>
        this.editIn(manager, actor, facts, userId, revision, changes),
      );
    } catch (error) {
      if (isDuplicate(error, 'uq_users_extension')) throw extensionTaken(changes.extension);
      throw error;
    }
  }

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
      const { user } = await this.find(accountId, userId, manager);
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
      await this.auditPeople(manager, actor, facts, {
        action: 'users.role',
        people: [user],
        batchId,
        details: { role: changes['role'] },
      });
      await this.events.accessEnded.tell({ manager, accountId, userIds: [userId], reason: 'role' });
    });
  }

  /**
   * Adds a person who is active at once (set-up, the operator's command line); the caller gives the password.
   * @throws Conflict accounts.already-active, -pending or -deactivated, or accounts.address-elsewhere; NotFound
   *   without such an open account
   */
  async addActive(manager: EntityManager, actor: Actor, facts: ActFacts, person: NewPerson): Promise<User> {
    const { accountId } = actor;
    // A new owner meets in this row with whoever takes owners away; of two at once the second sees the first.
    await raiseRolesRevision(manager, accountId);
    const account = await this.accounts.get(accountId, manager);
    const [known] = await knownAddresses(manager, accountId, [person.email]);
    if (known) throw new Conflict(`accounts.already-${known.status}`, { email: known.email, id: known.id });
    const batchId = await this.journal.begin(manager, { accountId, actorId: actor.id, kind: 'users.add' });
    const [row] = (await this.insertPeople(manager, account, [person], 'active', batchId)) as [UserRow];
    await claimAddress(manager, row);
    await this.auditPeople(manager, actor, facts, {
      ...{ action: 'users.add', people: [row], batchId },
      details: { role: row.role },
    });
    await moveCounters(manager, accountId, { to: 'active', people: 1 });
    return manager.findOneByOrFail(User, { id: row.id });
  }

  private async insertPeople(
    manager: EntityManager,
    account: Account,
    people: readonly NewPerson[],
    status: Status,
    batchId: Id,
  ): Promise<UserRow[]> {
    const { id: accountId } = account;
    const now = new Date();
    const managers = await managerIds(manager, accountId, people);
    const rows = people.map((person) =>
      newUser(
        { ...person, managerId: person.manager ? managers.get(person.manager) : null },
        { accountId, status, batchId, now, id: person.id },
      ),
    );
    await inChunks(rows, (chunk) => manager.insert(User, chunk));
    for (const kind of groupKinds) {
      const names = people.flatMap((person) => person[kind] ?? []);
      const groups = await groupsNamed(manager, kind, names, { accountId, batchId, now });
      const members = people.flatMap((person, place) =>
        (person[kind] ?? []).map((name) => ({
          userId: rows[place]?.id ?? '',
          groupId: groups.get(nameKeyOf(name))?.id ?? '',
        })),
      );
      await inChunks(members, (chunk) => addMemberships(manager, kind, accountId, chunk));
      if (kind === 'chatGroups' && members.length > 0) {
        await inChunks([...new Set(members.map(({ userId }) => userId))], (chunk) =>
          refreshRestricted(manager, chunk),
        );
      }
    }
    await this.journal.record(
      manager,
      batchId,
      accountId,
      rows.map(({ id }) => ({ subjectId: id, subjectType: 'user', action: 'created' })),
    );
    return rows;
  }

  private async editIn(
    manager: EntityManager,
    actor: Actor,
    facts: ActFacts,
    userId: Id,
    revision: number,
    { manager: managerAddress, userGroups, chatGroups, ...columns }: PersonChanges,
  ): Promise<User> {
    const { accountId } = actor;
    const before = await this.find(accountId, userId, manager);
    if (!mayChange(actor, before.user)) throw new Forbidden(OWNER_ONLY);
    if (before.user.revision !== revision) throw new EditConflict(before);
    const managerId =
      managerAddress === undefined
        ? before.user.managerId
        : await managerIdOf(manager, accountId, managerAddress, before.user);
    const after = manager.create(User, { ...before.user, ...withoutAbsent(columns), managerId });
    const changes: Changes = {
      ...changesBetween(before.user, after, editable),
      ...changesBetween(
        before,
        { ...before, ...sortedGroups(before, { userGroups, chatGroups }) },
        groupKinds,
      ),
    };
    if (Object.keys(changes).length === 0) return before.user;
    const now = new Date();
    const changed = Object.fromEntries(
      editable.filter((field) => field in changes).map((field) => [field, after[field]]),
    );
    const { affected } = await manager.update(
      User,
      { id: userId, revision },
      { ...changed, ...keysOf(after), revision: revision + 1, updatedAt: now },
    );
    if (affected !== 1) throw new EditConflict(await this.find(accountId, userId, manager));
    const batchId = await this.journal.begin(manager, { accountId, actorId: actor.id, kind: 'users.edit' });
    for (const kind of groupKinds) {
      const names = changes[kind]?.[1] as string[] | undefined;
      if (!names) continue;
      const groups = await groupsNamed(manager, kind, names, { accountId, batchId, now });
      await removeMemberships(manager, kind, [userId]);
      const members = [...groups.values()].map(({ id: groupId }) => ({ userId, groupId }));
      await addMemberships(manager, kind, accountId, members);
    }
    if (changes['chatGroups']) await refreshRestricted(manager, [userId]);
    await this.journal.record(manager, batchId, accountId, [
      { subjectId: userId, subjectType: 'user', action: 'changed', changes },
    ]);
    await this.auditPeople(manager, actor, facts, {
      action: 'users.edit',
      people: [after],
      batchId,
      details: { fields: Object.keys(changes) },
    });
    return manager.findOneByOrFail(User, { id: userId });
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
      const found = await this.lock(manager, accountId, userIds, from);
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
      await this.auditPeople(manager, actor, facts, { action: kind, people, batchId });
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

  /** The living of these people in one status, locked until the transaction ends. */
  private async lock(
    manager: EntityManager,
    accountId: Id,
    userIds: readonly Id[],
    status: Status,
  ): Promise<User[]> {
    const people: User[] = [];
    await inChunks([...new Set(userIds)].sort(), async (chunk) => {
      people.push(
        ...(await manager.find(User, {
          where: { id: In(chunk), accountId, status, liveKey: 1 },
          order: { id: 'ASC' },
          lock: { mode: 'pessimistic_write' },
        })),
      );
    });
    return people;
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

  private async groupChanges(manager: EntityManager, userIds: readonly Id[]): Promise<Map<Id, Changes>> {
    const changes = new Map<Id, Changes>(userIds.map((id) => [id, {}]));
    for (const kind of groupKinds) {
      await inChunks(userIds, async (chunk) => {
        for (const [id, names] of await groupNamesOf(manager, kind, chunk)) {
          if (names.length > 0) changes.set(id, { ...changes.get(id), [kind]: [names, []] });
        }
      });
    }
    return changes;
  }

  private async whoCanComeBack(
    manager: EntityManager,
    accountId: Id,
    entries: readonly JournalEntry[],
  ): Promise<{ back: User[]; left: Left[] }> {
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
    const back = gone.filter(({ id, email, extension }) => {
      const key = taken.emails.has(email)
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

  /** One line for one act, naming the person when it is one and saying how many when they are more. */
  private async auditPeople(
    manager: EntityManager,
    actor: Actor,
    facts: ActFacts,
    { people, ...act }: Act,
  ): Promise<void> {
    const [first] = people;
    const target =
      people.length === 1 && first
        ? { targetId: first.id, targetName: `${first.givenName} ${first.familyName}`.trim() || first.email }
        : { details: { people: people.length } };
    await this.journal.audit(manager, actor, facts, { targetType: 'user', ...target, ...act });
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

const OWNER_ONLY = 'accounts.owner-by-owner';

/** An admin does not touch an owner. */
function mayChange(actor: Actor, user: Pick<User, 'role'>): boolean {
  return actor.role === 'owner' || (actor.role === 'admin' && user.role !== 'owner');
}

/** Whether an active owner remains beside these. Right only after `raiseRolesRevision`. */
async function otherOwner(manager: EntityManager, accountId: Id, without: readonly Id[]): Promise<boolean> {
  const rows = await manager.query<object[]>(
    `SELECT 1 FROM users
     WHERE accountId = ? AND status = 'active' AND role = 'owner' AND liveKey = 1 AND id NOT IN (?) LIMIT 1`,
    [accountId, without],
  );
  return rows.length > 0;
}

async function claimAddress(
  manager: EntityManager,
  { id, accountId, email }: Pick<User, 'id' | 'accountId' | 'email'>,
): Promise<void> {
  try {
    await manager.insert(SignInAddress, { address: email, accountId, userId: id });
  } catch (error) {
    if (isDuplicate(error)) throw new Conflict('accounts.address-elsewhere', { email });
    throw error;
  }
}

async function personOf(manager: EntityManager, user: User): Promise<Person> {
  const [userGroups, chatGroups, boss] = [
    await groupNamesOf(manager, 'userGroups', [user.id]),
    await groupNamesOf(manager, 'chatGroups', [user.id]),
    user.managerId === null ? null : await manager.findOneBy(User, { id: user.managerId, liveKey: 1 }),
  ];
  return {
    user,
    manager: boss?.email ?? null,
    userGroups: userGroups.get(user.id) ?? [],
    chatGroups: chatGroups.get(user.id) ?? [],
  };
}

async function knownAddresses(
  manager: EntityManager,
  accountId: Id,
  emails: readonly string[],
): Promise<Invitations['already']> {
  const known: Invitations['already'] = [];
  await inChunks([...new Set(emails)], async (chunk) => {
    known.push(
      ...(await manager.query<Invitations['already']>(
        'SELECT id, email, status FROM users WHERE accountId = ? AND email IN (?) AND liveKey = 1',
        [accountId, chunk],
      )),
    );
  });
  return known;
}

async function managerIds(
  manager: EntityManager,
  accountId: Id,
  people: readonly NewPerson[],
): Promise<Map<string, Id>> {
  const wanted = [...new Set(people.map((person) => person.manager).filter((email) => !!email))] as string[];
  const known = new Map(
    (await knownAddresses(manager, accountId, wanted)).map(({ email, id }) => [email, id]),
  );
  const unknown = wanted.find((email) => !known.has(email));
  if (unknown !== undefined) throw new Refused('accounts.manager-unknown', { email: unknown });
  return known;
}

async function managerIdOf(
  manager: EntityManager,
  accountId: Id,
  email: string | null,
  user: User,
): Promise<Id | null> {
  if (!email) return null;
  if (email === user.email) throw new Refused('accounts.manager-self');
  const [known] = await knownAddresses(manager, accountId, [email]);
  if (!known) throw new Refused('accounts.manager-unknown', { email });
  return known.id;
}

/** New group names in the order `groupNamesOf` gives, so that the same groups are no change. */
function sortedGroups(
  before: Person,
  wanted: { userGroups?: readonly string[]; chatGroups?: readonly string[] },
): Partial<Pick<Person, 'userGroups' | 'chatGroups'>> {
  const lists = groupKinds
    .filter((kind) => wanted[kind] !== undefined)
    .map((kind) => {
      const spelled = new Map(before[kind].map((name) => [nameKeyOf(name), name]));
      const keys = new Map((wanted[kind] ?? []).map((name) => [nameKeyOf(name), name]));
      const names = [...keys]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, name]) => spelled.get(key) ?? name);
      return [kind, names] as const;
    });
  return Object.fromEntries(lists) as Partial<Pick<Person, 'userGroups' | 'chatGroups'>>;
}

function outcome(
  asked: readonly Id[],
  done: readonly Pick<User, 'id'>[],
  otherwise: string,
  batchId: Id | null,
  reasons: ReadonlyMap<Id, string> = new Map(),
): Outcome {
  const ids = new Set(done.map(({ id }) => id));
  const left = [...new Set(asked)]
    .filter((id) => !ids.has(id))
    .map((id) => ({ id, key: reasons.get(id) ?? otherwise }));
  return { done: ids.size, left, batchId };
}

function nothingDone(asked: readonly Id[], otherwise: string, reasons?: ReadonlyMap<Id, string>): Outcome {
  return outcome(asked, [], otherwise, null, reasons);
}

function extensionTaken(extension?: string | null): Conflict {
  return new Conflict('accounts.extension-taken', { extension: extension ?? '' });
}

function withoutAbsent<Fields extends object>(fields: Fields): Partial<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Partial<Fields>;
}

async function inChunks<Item>(
  items: readonly Item[],
  body: (chunk: Item[]) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < items.length; from += CHUNK) await body(items.slice(from, from + CHUNK));
}
