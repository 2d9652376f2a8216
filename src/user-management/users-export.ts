import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { groupTables, memberTables, type GroupKind } from '../accounts/group-tables.js';
import { statuses } from '../accounts/user.entity.js';
import { csvStream, type Cell, type CsvForm } from '../csv/writer.js';
import { type Id } from '../database/id.js';
import { type KeysetPage } from '../database/keyset.js';
import { UserList, type ExportedUser } from './user-list.query.js';
import { readListState, type UserListState } from './user-list.state.js';
import { columnsIn, headerOf, isMoment, type ExportColumn } from './users-export-columns.js';

/** People of one read: enough to be quick, few enough that any number of them needs the same memory. */
const CHUNK = 1_000;

/** Managers remembered between reads. */
const MANAGERS = 20_000;

interface Layout {
  form: CsvForm;
  locale: 'en' | 'fr';
  /** In which days are counted; UTC when left out. */
  timeZone?: string;
}

/** The people of a list as CSV, all its pages in its order, with the columns it names. */
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
    { form, locale, timeZone = 'UTC' }: Layout,
  ): AsyncGenerator<string> {
    const columns = columnsIn(states[0]?.columns ?? null);
    const headers = columns.map((column) => headerOf(column, locale));
    // Sweden writes dates as ISO 8601 does.
    const days = new Intl.DateTimeFormat('sv-SE', { timeZone });
    return csvStream(this.rowsOf(accountId, states, columns, days), { form, locale, headers });
  }

  private async *rowsOf(
    accountId: Id,
    states: readonly UserListState[],
    columns: readonly ExportColumn[],
    days: Intl.DateTimeFormat,
  ): AsyncGenerator<Cell[]> {
    for (const state of states) {
      for await (const { rows, groups, known } of this.people(accountId, state)) {
        for (const user of rows) yield cellsOf(columns, user, groups, known, days);
      }
    }
  }

  private async *people(accountId: Id, state: UserListState): AsyncGenerator<Complete> {
    const known: Known = { groups: await this.groupNames(accountId), managers: new Map() };
    let coming: Promise<KeysetPage<ExportedUser>> | null = this.users.exportPage(accountId, state, {}, CHUNK);
    while (coming) {
      const { rows, next }: KeysetPage<ExportedUser> = await coming;
      // The database reads the next people while these are completed and written.
      coming = next ? ahead(this.users.exportPage(accountId, state, next, CHUNK)) : null;
      const [groups] = await Promise.all([
        this.groupsOf(rows, known),
        this.learnManagers(accountId, rows, known),
      ]);
      yield { rows, groups, known };
    }
  }

  /** Groups of these people, by person; a kind the account has no group of is not asked for. */
  private async groupsOf(
    people: readonly ExportedUser[],
    { groups }: Known,
  ): Promise<Record<GroupKind, Members>> {
    const ids = people.map(({ id }) => id);
    const read = async (kind: GroupKind): Promise<Members> => {
      const members: Members = new Map();
      if (ids.length === 0 || groups[kind].size === 0) return members;
      const found = await this.database.query<{ userId: Id; groupId: Id }[]>(
        `SELECT userId, groupId FROM ${memberTables[kind]} WHERE userId IN (?)`,
        [ids],
      );
      for (const { userId, groupId } of found) {
        const others = members.get(userId);
        if (others) others.push(groupId);
        else members.set(userId, [groupId]);
      }
      return members;
    };
    const [userGroups, chatGroups] = await Promise.all([read('userGroups'), read('chatGroups')]);
    return { userGroups, chatGroups };
  }

  /** Addresses of the managers of these people. A few manage many, so each is asked for about once. */
  private async learnManagers(
    accountId: Id,
    people: readonly ExportedUser[],
    { managers }: Known,
  ): Promise<void> {
    if (managers.size > MANAGERS) managers.clear();
    const named = people.map(({ managerId }) => managerId).filter((id) => id !== null);
    const wanted = [...new Set(named)].filter((id) => !managers.has(id));
    if (wanted.length === 0) return;
    const found = await this.database.query<{ id: Id; email: string }[]>(
      'SELECT id, email FROM users WHERE id IN (?) AND accountId = ? AND liveKey = 1',
      [wanted, accountId],
    );
    for (const id of wanted) managers.set(id, null);
    for (const { id, email } of found) managers.set(id, email);
  }

  /** Names of all groups of the account by id, in the order they stand in a cell. */
  private async groupNames(accountId: Id): Promise<Known['groups']> {
    const read = async (kind: GroupKind) => {
      const found = await this.database.query<{ id: Id; name: string }[]>(
        `SELECT id, name FROM ${groupTables[kind]} WHERE accountId = ? ORDER BY nameKey`,
        [accountId],
      );
      return new Map(found.map(({ id, name }) => [id, name]));
    };
    const [userGroups, chatGroups] = await Promise.all([read('userGroups'), read('chatGroups')]);
    return { userGroups, chatGroups };
  }
}

type Members = Map<Id, Id[]>;

/** What stays the same from one read to the next. */
interface Known {
  groups: Record<GroupKind, Map<Id, string>>;
  /** Address by id; null for somebody who is gone. */
  managers: Map<Id, string | null>;
}

/** People of one read with what other tables say of them. */
interface Complete {
  rows: ExportedUser[];
  groups: Record<GroupKind, Members>;
  known: Known;
}

function cellsOf(
  columns: readonly ExportColumn[],
  user: ExportedUser,
  groups: Record<GroupKind, Members>,
  known: Known,
  days: Intl.DateTimeFormat,
): Cell[] {
  return columns.map((column) => {
    if (column === 'userGroups' || column === 'chatGroups') {
      return cellOfGroups(groups[column].get(user.id), known.groups[column]);
    }
    if (column === 'manager') return user.managerId === null ? '' : known.managers.get(user.managerId);
    if (isMoment(column)) {
      const moment = user[column];
      return moment && days.format(moment);
    }
    return user[column];
  });
}

/** Names separated by `;`, A to Z; a group made since the export began is left out. */
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
