import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Account } from '../accounts/account.entity.js';
import { type AccountFeatures, type GroupFeatures } from '../accounts/features.js';
import { groupTables, type GroupKind } from '../accounts/group-tables.js';
import { managementCycle, type Managed } from '../accounts/management-chain.js';
import { User } from '../accounts/user.entity.js';
import { limits } from '../config/limits.js';
import { isId, type Id } from '../database/id.js';
import { keysetPage, type KeysetOrder, type KeysetPage, type Place, type Slice } from '../database/keyset.js';
import { NotFound } from '../errors/domain-error.js';
import { fold } from '../text/fold.js';
import { nameOf } from './change-words.js';
import { type Changes, type JournalEntry } from '../journal/journal.entities.js';

/** Direct reports a person's page names; the list of users shows them all. */
const REPORTS = 50;

const newestFirst: KeysetOrder = {
  name: 'history',
  columns: [{ sql: 'e.batchId', name: 'batchId', kind: 'id' }],
  descending: true,
};

/** Somebody else named on a person's page. */
export interface NamedPerson {
  id: Id;
  givenName: string;
  familyName: string;
  email: string;
}

export interface HistoryEntry {
  batchId: Id;
  kind: string;
  action: JournalEntry['action'];
  at: Date;
  /** The person who did it; null for the operator, or when they are gone. */
  actor: NamedPerson | null;
  fileName: string | null;
  importId: Id | null;
  line: number | null;
  changes: Changes | null;
}

/** Everything the page of one person shows. */
export interface UserDetails {
  user: User;
  manager: NamedPerson | null;
  userGroups: { id: Id; name: string; features: GroupFeatures | null }[];
  chatGroups: { id: Id; name: string }[];
  accountFeatures: AccountFeatures;
  /** The newest activation link; null when none was ever made. */
  invitation: { expiresAt: Date; withdrawnAt: Date | null; usedAt: Date | null } | null;
}

/** Whom a person stands above and below, beside their manager. */
export interface Reports {
  /** Active, A to Z; at most 50. */
  people: NamedPerson[];
  more: boolean;
  /** The circle of managers the person stands in; empty as it should be. */
  cycle: Managed[];
}

/** Reads one person of an account for its administrators. */
@Injectable()
export class UserDetailsQuery {
  constructor(private readonly database: DataSource) {}

  /** @throws NotFound for what is no id, and also for a person of another account, or one who was removed; the
      erased are found for the 30 days in which they can be restored */
  async of(accountId: Id, userId: string): Promise<UserDetails> {
    // An address that names nobody at all is a page that does not exist.
    if (!isId(userId)) throw new NotFound();
    const user = await this.database.getRepository(User).findOneBy({ id: userId, accountId, liveKey: 1 });
    if (!user) throw new NotFound('accounts.user-not-found');
    const [account, manager, userGroups, chatGroups, invitation] = await Promise.all([
      this.database.getRepository(Account).findOneByOrFail({ id: accountId }),
      user.managerId ? this.person(accountId, user.managerId) : null,
      this.userGroupsOf(user),
      this.database.query<UserDetails['chatGroups']>(
        `SELECT g.id, g.name FROM chat_group_members m JOIN chat_groups g ON g.id = m.groupId
         WHERE m.userId = ? AND m.accountId = ? ORDER BY g.nameKey`,
        [user.id, accountId],
      ),
      this.invitationOf(user),
    ]);
    return { user, accountFeatures: account.features, manager, userGroups, chatGroups, invitation };
  }

  /** Who reports to a person, and whether their managers go in a circle. */
  async reports(accountId: Id, userId: Id): Promise<Reports> {
    const [people, cycle] = await Promise.all([
      this.database.query<NamedPerson[]>(
        `SELECT id, givenName, familyName, email FROM users
         WHERE accountId = ? AND managerId = ? AND status = 'active' AND liveKey = 1
         ORDER BY sortKey LIMIT ${REPORTS + 1}`,
        [accountId, userId],
      ),
      managementCycle(this.database.manager, accountId, userId),
    ]);
    return { people: people.slice(0, REPORTS), more: people.length > REPORTS, cycle };
  }

  /** What happened to a person last, newest first. */
  async history(accountId: Id, userId: Id): Promise<HistoryEntry[]> {
    return (await this.historyPage(accountId, userId, {})).rows;
  }

  /** What happened to a person, newest first, a page at a time. */
  historyPage(accountId: Id, userId: Id, place: Place): Promise<KeysetPage<HistoryEntry>> {
    return keysetPage<HistoryEntry>(newestFirst, place, limits.page, (slice) =>
      this.entries(accountId, userId, slice),
    );
  }

  private async entries(accountId: Id, userId: Id, slice: Slice): Promise<HistoryEntry[]> {
    const found = await this.database.query<HistoryRow[]>(
      `SELECT e.batchId, b.kind, e.action, b.at, e.line, e.changes, i.fileName, b.importId,
              a.id, a.givenName, a.familyName, a.email
       FROM journal_entries e
       JOIN journal_batches b ON b.id = e.batchId
       LEFT JOIN users a ON a.id = b.actorId AND a.accountId = b.accountId
       LEFT JOIN imports i ON i.id = b.importId AND i.accountId = b.accountId
       WHERE e.subjectId = ? AND e.accountId = ? AND (${slice.where})
       ORDER BY ${slice.orderBy} LIMIT ${slice.limit}`,
      [userId, accountId, ...slice.values],
    );
    return found.map(({ id, givenName, familyName, email, changes, ...entry }) => ({
      ...entry,
      changes: changes === null ? null : (JSON.parse(changes) as Changes),
      actor: id === null ? null : { id, givenName, familyName, email },
    }));
  }

  /** Names of people a history mentions by id; who is unknown or of another account is left out. */
  async named(accountId: Id, ids: readonly Id[]): Promise<Map<Id, NamedPerson>> {
    if (ids.length === 0) return new Map();
    const found = await this.database.query<NamedPerson[]>(
      'SELECT id, givenName, familyName, email FROM users WHERE id IN (?) AND accountId = ?',
      [ids, accountId],
    );
    return new Map(found.map((person) => [person.id, person]));
  }

  /** People who manage somebody already, A to Z, at most 100: what is offered where a manager is typed. */
  async likelyManagers(accountId: Id): Promise<{ email: string; name: string }[]> {
    const found = await this.database.query<NamedPerson[]>(
      `SELECT u.id, u.givenName, u.familyName, u.email
       FROM (SELECT DISTINCT managerId FROM users WHERE accountId = ? AND managerId IS NOT NULL LIMIT 1000) m
       JOIN users u ON u.id = m.managerId AND u.accountId = ? AND u.status = 'active' AND u.liveKey = 1
       ORDER BY u.sortKey LIMIT 100`,
      [accountId, accountId],
    );
    return found.map((person) => ({ email: person.email, name: nameOf(person) }));
  }

  /** Active people whose name or address holds all words of a text, at most 6. */
  async peopleNamed(accountId: Id, text: string): Promise<NamedPerson[]> {
    const words = fold(text)
      .split(' ')
      .filter((word) => word !== '')
      .slice(0, 6);
    if (words.length === 0) return [];
    const likes = words.map(() => 'searchKey LIKE ?').join(' AND ');
    return this.database.query<NamedPerson[]>(
      `SELECT id, givenName, familyName, email FROM users
       WHERE accountId = ? AND status = 'active' AND liveKey = 1 AND ${likes} ORDER BY sortKey LIMIT 6`,
      [accountId, ...words.map((word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`)],
    );
  }

  /** Names offered where groups are typed: A to Z, at most 200 of each kind. */
  async groupNames(accountId: Id): Promise<{ userGroups: string[]; chatGroups: string[] }> {
    const read = async (kind: GroupKind) =>
      (
        await this.database.query<{ name: string }[]>(
          `SELECT name FROM ${groupTables[kind]} WHERE accountId = ? ORDER BY nameKey LIMIT 200`,
          [accountId],
        )
      ).map(({ name }) => name);
    const [userGroups, chatGroups] = await Promise.all([read('userGroups'), read('chatGroups')]);
    return { userGroups, chatGroups };
  }

  private async person(accountId: Id, id: Id): Promise<NamedPerson | null> {
    return (await this.named(accountId, [id])).get(id) ?? null;
  }

  private async userGroupsOf({ id, accountId }: User): Promise<UserDetails['userGroups']> {
    const found = await this.database.query<{ id: Id; name: string; features: string | null }[]>(
      `SELECT g.id, g.name, g.features FROM user_group_members m JOIN user_groups g ON g.id = m.groupId
       WHERE m.userId = ? AND m.accountId = ? ORDER BY g.nameKey`,
      [id, accountId],
    );
    return found.map(({ features, ...group }) => ({
      ...group,
      features: features === null ? null : (JSON.parse(features) as GroupFeatures),
    }));
  }

  private async invitationOf({ id, accountId }: User): Promise<UserDetails['invitation']> {
    const [link] = await this.database.query<NonNullable<UserDetails['invitation']>[]>(
      `SELECT expiresAt, withdrawnAt, usedAt FROM one_time_links
       WHERE userId = ? AND purpose = 'activation' AND accountId = ? ORDER BY id DESC LIMIT 1`,
      [id, accountId],
    );
    return link ?? null;
  }
}

type HistoryRow = Omit<HistoryEntry, 'actor' | 'changes'> & { changes: string | null } & (
    NamedPerson | { id: null; givenName: string; familyName: string; email: string }
  );
