import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Id } from '../database/id.js';
import { inTransaction, isDuplicate } from '../database/transaction.js';
import { Conflict, Forbidden, NotFound } from '../errors/domain-error.js';
import { type ActFacts, type Actor } from '../journal/actor.js';
import { changesBetween } from '../journal/changes.js';
import { type Changes } from '../journal/journal.entities.js';
import { Journal } from '../journal/journal.service.js';
import { Accounts, raiseRolesRevision } from './accounts.service.js';
import { moveCounters } from './counters.service.js';
import { AccountEvents } from './events.js';
import { addMemberships, groupsNamed, refreshRestricted, removeMemberships } from './group-memberships.js';
import { groupKinds } from './group-tables.js';
import {
  auditPeople,
  claimAddress,
  extensionTaken,
  insertPeople,
  knownAddresses,
  managerIdOf,
  mayChange,
  OWNER_ONLY,
  personOf,
} from './people-rows.js';
import { type NewPerson, type Person, type PersonChanges } from './person.js';
import { nameKeyOf, type UserRow } from './user-rows.js';
import { keysOf, User } from './user.entity.js';

/** Somebody saved this person since the form was opened; `present` is how they are now. */
export class EditConflict extends Conflict {
  constructor(readonly present: Person) {
    super('accounts.edited-meanwhile', { name: present.user.displayName });
  }
}

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

/** What is said of people: read and changed. Who is invited, active or in which role: invitations and standing. */
@Injectable()
export class People {
  constructor(
    private readonly database: DataSource,
    private readonly accounts: Accounts,
    private readonly journal: Journal,
    private readonly events: AccountEvents,
  ) {}

  /** @throws NotFound for anybody who is not, or no longer, of this account */
  async find(accountId: Id, userId: Id, manager: EntityManager = this.database.manager): Promise<Person> {
    const user = await manager.findOneBy(User, { id: userId, accountId, liveKey: 1 });
    if (!user) throw new NotFound('accounts.user-not-found');
    return personOf(manager, user);
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
    const [row] = (await insertPeople(this.journal, manager, account, [person], 'active', batchId)) as [
      UserRow,
    ];
    await claimAddress(manager, row);
    await this.events.addressTaken.tell({ manager, accountId, userId: row.id, address: row.email });
    await auditPeople(this.journal, manager, actor, facts, {
      ...{ action: 'users.add', people: [row], batchId },
      details: { role: row.role },
    });
    await moveCounters(manager, accountId, { to: 'active', people: 1 });
    return manager.findOneByOrFail(User, { id: row.id });
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
    if (before.user.status === 'erased') throw new Conflict('accounts.erased');
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
    await auditPeople(this.journal, manager, actor, facts, {
      action: 'users.edit',
      people: [after],
      batchId,
      details: { fields: Object.keys(changes) },
    });
    return manager.findOneByOrFail(User, { id: userId });
  }
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

function withoutAbsent<Fields extends object>(fields: Fields): Partial<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Partial<Fields>;
}
