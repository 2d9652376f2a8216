import { In, type EntityManager } from 'typeorm';
import { type Id } from '../database/id.js';
import { isDuplicate } from '../database/transaction.js';
import { Conflict, Refused } from '../errors/domain-error.js';
import { type ActFacts, type Actor } from '../journal/actor.js';
import { type Changes } from '../journal/journal.entities.js';
import { type Journal } from '../journal/journal.service.js';
import { type Account } from './account.entity.js';
import { addMemberships, groupNamesOf, groupsNamed, refreshRestricted } from './group-memberships.js';
import { groupKinds } from './group-tables.js';
import { type Known, type NewPerson, type Person } from './person.js';
import { SignInAddress } from './sign-in-address.entity.js';
import { nameKeyOf, newUser, type UserRow } from './user-rows.js';
import { User, type Status } from './user.entity.js';

/** Rows of one statement. */
const CHUNK = 500;

export const OWNER_ONLY = 'accounts.owner-by-owner';

/** An admin does not touch an owner. */
export function mayChange(actor: Actor, user: Pick<User, 'role'>): boolean {
  return actor.role === 'owner' || (actor.role === 'admin' && user.role !== 'owner');
}

/** People with their groups and the journal's word of it, in one status. */
export async function insertPeople(
  journal: Journal,
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
  await journal.record(
    manager,
    batchId,
    accountId,
    rows.map(({ id }) => ({ subjectId: id, subjectType: 'user', action: 'created' })),
  );
  return rows;
}

/** The living of these people in one of the statuses, locked until the transaction ends. */
export async function lockPeople(
  manager: EntityManager,
  accountId: Id,
  userIds: readonly Id[],
  ...among: readonly Status[]
): Promise<User[]> {
  const people: User[] = [];
  await inChunks([...new Set(userIds)].sort(), async (chunk) => {
    people.push(
      ...(await manager.find(User, {
        where: { id: In(chunk), accountId, status: In(among), liveKey: 1 },
        order: { id: 'ASC' },
        lock: { mode: 'pessimistic_write' },
      })),
    );
  });
  return people;
}

export async function personOf(manager: EntityManager, user: User): Promise<Person> {
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

/** Who of these addresses is in the account already. */
export async function knownAddresses(
  manager: EntityManager,
  accountId: Id,
  emails: readonly string[],
): Promise<Known[]> {
  const known: Known[] = [];
  await inChunks([...new Set(emails)], async (chunk) => {
    known.push(
      ...(await manager.query<Known[]>(
        'SELECT id, email, status FROM users WHERE accountId = ? AND email IN (?) AND liveKey = 1',
        [accountId, chunk],
      )),
    );
  });
  return known;
}

export async function managerIds(
  manager: EntityManager,
  accountId: Id,
  people: readonly NewPerson[],
): Promise<Map<string, Id>> {
  const wanted = [...new Set(people.map((person) => person.manager).filter((email) => !!email))] as string[];
  const known = new Map(
    (await knownAddresses(manager, accountId, wanted)).filter(isThere).map(({ email, id }) => [email, id]),
  );
  const unknown = wanted.find((email) => !known.has(email));
  if (unknown !== undefined) throw new Refused('accounts.manager-unknown', { email: unknown });
  return known;
}

export async function managerIdOf(
  manager: EntityManager,
  accountId: Id,
  email: string | null,
  user: User,
): Promise<Id | null> {
  if (!email) return null;
  if (email === user.email) throw new Refused('accounts.manager-self');
  const [known] = (await knownAddresses(manager, accountId, [email])).filter(isThere);
  if (!known) throw new Refused('accounts.manager-unknown', { email });
  return known.id;
}

/** Somebody in the bin manages nobody new. */
function isThere({ status }: Known): boolean {
  return status !== 'erased';
}

/** Groups people are in, as a journal's change that takes them all away. */
export async function groupChanges(
  manager: EntityManager,
  userIds: readonly Id[],
): Promise<Map<Id, Changes>> {
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

/** Whether an active owner remains beside these. Right only after `raiseRolesRevision`. */
export async function otherOwner(
  manager: EntityManager,
  accountId: Id,
  without: readonly Id[],
): Promise<boolean> {
  const rows = await manager.query<object[]>(
    `SELECT 1 FROM users
     WHERE accountId = ? AND status = 'active' AND role = 'owner' AND liveKey = 1 AND id NOT IN (?) LIMIT 1`,
    [accountId, without],
  );
  return rows.length > 0;
}

export async function claimAddress(
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

/** What the audit log says of something done to people. */
export interface Act {
  action: string;
  people: readonly Pick<User, 'id' | 'givenName' | 'familyName' | 'email'>[];
  batchId?: Id;
  details?: Record<string, unknown>;
}

/** One line for one act, naming the person when it is one and saying how many when they are more. */
export async function auditPeople(
  journal: Journal,
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
  await journal.audit(manager, actor, facts, { targetType: 'user', ...target, ...act });
}

export function extensionTaken(extension?: string | null): Conflict {
  return new Conflict('accounts.extension-taken', { extension: extension ?? '' });
}

export async function inChunks<Item>(
  items: readonly Item[],
  body: (chunk: Item[]) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < items.length; from += CHUNK) await body(items.slice(from, from + CHUNK));
}
