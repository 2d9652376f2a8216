import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Account } from '../accounts/account.entity.js';
import { type AccountFeatures, type GroupFeatures } from '../accounts/features.js';
import { User } from '../accounts/user.entity.js';
import { isId, type Id } from '../database/id.js';
import { NotFound } from '../errors/domain-error.js';
import { type Changes, type JournalEntry } from '../journal/journal.entities.js';

/** How much of a person's history their page shows. */
const HISTORY = 50;

/** Somebody else named on a person's page. */
export interface NamedPerson {
  id: Id;
  givenName: string;
  familyName: string;
  email: string;
}

export interface HistoryEntry {
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
  userGroups: { name: string; features: GroupFeatures | null }[];
  chatGroups: { name: string }[];
  accountFeatures: AccountFeatures;
  /** The newest activation link; null when none was ever made. */
  invitation: { expiresAt: Date; withdrawnAt: Date | null; usedAt: Date | null } | null;
  sessions: number;
}

/** Reads one person of an account for its administrators. */
@Injectable()
export class UserDetailsQuery {
  constructor(private readonly database: DataSource) {}

  /** @throws NotFound for what is no id, and also for a person of another account, or one who was removed */
  async of(accountId: Id, userId: string): Promise<UserDetails> {
    // An address that names nobody at all is a page that does not exist.
    if (!isId(userId)) throw new NotFound();
    const user = await this.database.getRepository(User).findOneBy({ id: userId, accountId, liveKey: 1 });
    if (!user) throw new NotFound('accounts.user-not-found');
    const [account, manager, userGroups, chatGroups, invitation, sessions] = await Promise.all([
      this.database.getRepository(Account).findOneByOrFail({ id: accountId }),
      user.managerId ? this.person(accountId, user.managerId) : null,
      this.userGroupsOf(user),
      this.database.query<{ name: string }[]>(
        `SELECT g.name FROM chat_group_members m JOIN chat_groups g ON g.id = m.groupId
         WHERE m.userId = ? AND m.accountId = ? ORDER BY g.nameKey`,
        [user.id, accountId],
      ),
      this.invitationOf(user),
      this.sessionsOf(user),
    ]);
    return { user, accountFeatures: account.features, manager, userGroups, chatGroups, invitation, sessions };
  }

  /** What happened to a person, newest first. */
  async history(accountId: Id, userId: Id): Promise<HistoryEntry[]> {
    const found = await this.database.query<HistoryRow[]>(
      `SELECT b.kind, e.action, b.at, e.line, e.changes, i.fileName, b.importId,
              a.id, a.givenName, a.familyName, a.email
       FROM journal_entries e
       JOIN journal_batches b ON b.id = e.batchId
       LEFT JOIN users a ON a.id = b.actorId AND a.accountId = b.accountId
       LEFT JOIN imports i ON i.id = b.importId AND i.accountId = b.accountId
       WHERE e.subjectId = ? AND e.accountId = ? ORDER BY e.batchId DESC LIMIT ${HISTORY}`,
      [userId, accountId],
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

  /** Names offered where groups are typed: A to Z, at most 200 of each kind. */
  async groupNames(accountId: Id): Promise<{ userGroups: string[]; chatGroups: string[] }> {
    const read = async (table: 'user_groups' | 'chat_groups') =>
      (
        await this.database.query<{ name: string }[]>(
          `SELECT name FROM ${table} WHERE accountId = ? ORDER BY nameKey LIMIT 200`,
          [accountId],
        )
      ).map(({ name }) => name);
    const [userGroups, chatGroups] = await Promise.all([read('user_groups'), read('chat_groups')]);
    return { userGroups, chatGroups };
  }

  private async person(accountId: Id, id: Id): Promise<NamedPerson | null> {
    return (await this.named(accountId, [id])).get(id) ?? null;
  }

  private async userGroupsOf({ id, accountId }: User): Promise<UserDetails['userGroups']> {
    const found = await this.database.query<{ name: string; features: string | null }[]>(
      `SELECT g.name, g.features FROM user_group_members m JOIN user_groups g ON g.id = m.groupId
       WHERE m.userId = ? AND m.accountId = ? ORDER BY g.nameKey`,
      [id, accountId],
    );
    return found.map(({ name, features }) => ({
      name,
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

  private async sessionsOf({ id, accountId }: User): Promise<number> {
    const [{ sessions }] = await this.database.query<[{ sessions: string | number }]>(
      'SELECT COUNT(*) AS sessions FROM sessions WHERE userId = ? AND accountId = ? AND expiresAt > UTC_TIMESTAMP(3)',
      [id, accountId],
    );
    return Number(sessions);
  }
}

type HistoryRow = Omit<HistoryEntry, 'actor' | 'changes'> & { changes: string | null } & (
    NamedPerson | { id: null; givenName: string; familyName: string; email: string }
  );
