import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { membershipTables } from '../accounts/group.entities.js';
import { statuses } from '../accounts/user.entity.js';
import { userFields, userHeaders } from '../csv/user-profiles.js';
import { csvStream, type Cell, type CsvForm } from '../csv/writer.js';
import { type Id } from '../database/id.js';
import { type KeysetPage, type Place } from '../database/keyset.js';
import { UserList, type ExportedUser } from './user-list.query.js';
import { readListState, type UserListState } from './user-list.state.js';

/** What an export holds: the columns an import takes, and those that say whose row it is. */
const exported = [...userFields, 'id', 'status', 'role', 'type'] as const;

/** People of one read: enough to be quick, few enough that any number of them needs the same memory. */
const CHUNK = 1_000;

interface Layout {
  form: CsvForm;
  locale: 'en' | 'fr';
}

/** The people of a list as CSV, all its pages in its order. */
@Injectable()
export class UsersExport {
  constructor(
    private readonly users: UserList,
    private readonly database: DataSource,
  ) {}

  /** Pieces of the file, read as they are taken. */
  stream(accountId: Id, state: UserListState, layout: Layout): AsyncGenerator<string> {
    return this.file(accountId, [state], layout);
  }

  /** The same for everybody of the account: one status after the other, each by name. */
  everybody(accountId: Id, layout: Layout): AsyncGenerator<string> {
    const states = statuses.map((status) => readListState({ status }));
    return this.file(accountId, states, layout);
  }

  private file(
    accountId: Id,
    states: readonly UserListState[],
    { form, locale }: Layout,
  ): AsyncGenerator<string> {
    const headers = exported.map((column) => userHeaders[locale][column]);
    return csvStream(this.rowsOf(accountId, states), { form, locale, headers });
  }

  private async *rowsOf(accountId: Id, states: readonly UserListState[]): AsyncGenerator<Cell[]> {
    for (const state of states) yield* this.rows(accountId, state);
  }

  private async *rows(accountId: Id, state: UserListState): AsyncGenerator<Cell[]> {
    const names = await this.groupNames(accountId);
    let coming: Promise<Chunk> | null = this.chunk(accountId, state, {});
    while (coming) {
      const { page, groups }: Chunk = await coming;
      // The database reads the next people while these are written.
      coming = page.next ? ahead(this.chunk(accountId, state, page.next)) : null;
      for (const user of page.rows) yield cellsOf(user, groups, names);
    }
  }

  private async chunk(accountId: Id, state: UserListState, place: Place): Promise<Chunk> {
    const page = await this.users.exportPage(accountId, state, place, CHUNK);
    return { page, groups: await this.groupsOf(page.rows.map(({ id }) => id)) };
  }

  /** Groups of these people, of both kinds, by person. */
  private async groupsOf(ids: readonly Id[]): Promise<Groups> {
    const groups: Groups = { userGroups: new Map(), chatGroups: new Map() };
    if (ids.length === 0) return groups;
    const found = await this.database.query<{ kind: keyof Groups; userId: Id; groupId: Id }[]>(
      `SELECT 'userGroups' AS kind, userId, groupId FROM ${membershipTables.userGroups} WHERE userId IN (?)
       UNION ALL
       SELECT 'chatGroups', userId, groupId FROM ${membershipTables.chatGroups} WHERE userId IN (?)`,
      [ids, ids],
    );
    for (const { kind, userId, groupId } of found) {
      const known = groups[kind].get(userId);
      if (known) known.push(groupId);
      else groups[kind].set(userId, [groupId]);
    }
    return groups;
  }

  /** Names of all groups of the account by id, in the order they stand in a cell. */
  private async groupNames(accountId: Id): Promise<Map<Id, string>> {
    const found = await this.database.query<{ id: Id; name: string }[]>(
      `SELECT id, name, nameKey FROM user_groups WHERE accountId = ?
       UNION ALL SELECT id, name, nameKey FROM chat_groups WHERE accountId = ? ORDER BY nameKey`,
      [accountId, accountId],
    );
    return new Map(found.map(({ id, name }) => [id, name]));
  }
}

interface Chunk {
  page: KeysetPage<ExportedUser>;
  groups: Groups;
}

type Groups = Record<keyof typeof membershipTables, Map<Id, Id[]>>;

function cellsOf(user: ExportedUser, groups: Groups, names: Map<Id, string>): Cell[] {
  return exported.map((column) =>
    column === 'userGroups' || column === 'chatGroups'
      ? cellOfGroups(groups[column].get(user.id), names)
      : user[column],
  );
}

/** Names separated by `;`; a group made since the export began is left out. */
function cellOfGroups(ids: readonly Id[] | undefined, names: Map<Id, string>): string {
  if (!ids) return '';
  if (ids.length === 1) return names.get(ids[0]) ?? '';
  const wanted = new Set(ids);
  return [...names]
    .filter(([id]) => wanted.has(id))
    .map(([, name]) => name)
    .join(';');
}

/** A promise that may never be waited for, when the reader of a download goes away. */
function ahead<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
