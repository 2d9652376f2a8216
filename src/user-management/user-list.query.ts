import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Role, type Status, type UserType } from '../accounts/user.entity.js';
import { limits } from '../config/limits.js';
import { type Id } from '../database/id.js';
import {
  keysetPage,
  type KeysetColumn,
  type KeysetOrder,
  type KeysetPage,
  type Place,
  type Slice,
} from '../database/keyset.js';
import { likePattern, phoneQueryDigits, searchWords } from '../text/fold.js';
import { type UserFilters, type UserListState, type UserSort } from './user-list.state.js';

/** One line of `/users`. */
export interface ListedUser {
  id: Id;
  email: string;
  givenName: string;
  familyName: string;
  department: string | null;
  jobTitle: string | null;
  role: Role;
  type: UserType;
  status: Status;
  photoHash: string | null;
  invitedAt: Date | null;
  deactivatedAt: Date | null;
  lastSignInAt: Date | null;
  /** Of a pending person: when the open invitation ends; null when there is none. */
  invitationEndsAt: Date | null;
}

/** One row of an export, but for what stands in other tables. */
export interface ExportedUser {
  id: Id;
  email: string;
  givenName: string;
  familyName: string;
  department: string | null;
  managerId: Id | null;
  jobTitle: string | null;
  location: string | null;
  workPhone: string | null;
  mobilePhone: string | null;
  extension: string | null;
  status: Status;
  role: Role;
  type: UserType;
}

const exportedColumns = [
  ...['u.id', 'u.email', 'u.givenName', 'u.familyName', 'u.department', 'u.managerId', 'u.jobTitle'],
  ...['u.location', 'u.workPhone', 'u.mobilePhone', 'u.extension', 'u.status', 'u.role', 'u.type'],
];

/** Values of one filter that are offered; an account with more narrows by search. */
export const FILTER_VALUES = 500;

export interface GroupNamed {
  id: Id;
  name: string;
}

/** A search that finds at most so many is sorted from its results; servers read a longer list of ids as a table. */
const FEW = 900;

/** Reads `/users`: one page of an account's people, whoever they are (the directory's rules do not bind it). */
@Injectable()
export class UserList {
  constructor(private readonly database: DataSource) {}

  async page(accountId: Id, state: UserListState): Promise<KeysetPage<ListedUser>> {
    const keys = await this.read<SortKeys>(accountId, state, { columns: [], limit: limits.page });
    const ids = keys.rows.map(({ id }) => id);
    return { ...keys, rows: await this.rows(accountId, ids) };
  }

  /** The same people for a file, many of them at a time. */
  exportPage(
    accountId: Id,
    state: UserListState,
    place: Place,
    limit: number,
  ): Promise<KeysetPage<ExportedUser>> {
    return this.read<ExportedUser>(accountId, { ...state, place }, { columns: exportedColumns, limit });
  }

  /** Ids of all that match, by name, many at a time. */
  invitedPage(
    accountId: Id,
    filters: UserFilters,
    place: Place,
    limit: number,
  ): Promise<KeysetPage<SortKeys>> {
    const state = { ...filters, sort: 'name' as const, descending: false, place, all: true };
    return this.read<SortKeys>(accountId, state, { columns: [], limit });
  }

  /** How many match, exactly: reads them all. */
  async count(accountId: Id, filters: UserFilters): Promise<number> {
    const { sql, values } = filterOf(accountId, filters);
    const [{ people }] = await this.database.query<[{ people: string | number }]>(
      `SELECT COUNT(*) AS people FROM users u ${indexFor({ ...filters, sort: 'name' })} WHERE ${sql}`,
      values,
    );
    return Number(people);
  }

  /** A page with these columns and those of its order: with no others it is read from an index alone. */
  private async read<Row extends object>(
    accountId: Id,
    state: UserListState,
    { columns, limit }: { columns: readonly string[]; limit: number },
  ): Promise<KeysetPage<Row>> {
    const order = orderOf(state);
    const { sql, values, index } = await this.source(accountId, state);
    const read = [...new Set([...columns, ...order.columns.map((column) => column.sql)])].join(', ');
    return keysetPage(order, state.place, limit, (slice: Slice) =>
      this.database.query<Row[]>(
        `SELECT ${read} FROM users u ${index}
         WHERE ${sql} AND ${slice.where} ORDER BY ${slice.orderBy} LIMIT ${slice.limit}`,
        [...values, ...slice.values],
      ),
    );
  }

  /**
   * The condition of a list and the index to read it by. A search that is not sorted by name first asks the index that
   * covers searches: when it finds few they are sorted themselves, when it finds many the index of the sort soon meets
   * enough of them.
   */
  private async source(
    accountId: Id,
    state: UserListState,
  ): Promise<{ sql: string; values: unknown[]; index: string }> {
    const { sql, values } = filterOf(accountId, state);
    const { q, sort } = state;
    if (q === '' || sort === 'name') return { sql, values, index: indexFor(state) };
    const found = await this.database.query<{ id: Id }[]>(
      `SELECT u.id FROM users u ${indexFor({ ...state, sort: 'name' })} WHERE ${sql} LIMIT ${FEW + 1}`,
      values,
    );
    if (found.length > FEW) return { sql, values, index: indexFor(state) };
    if (found.length === 0) return { sql: '1 = 0', values: [], index: '' };
    return { sql: `u.id IN (?) AND ${sql}`, values: [found.map(({ id }) => id), ...values], index: '' };
  }

  /** Departments of a tab's people, for the filter: A to Z, one more than are offered when there are more. */
  async departments(accountId: Id, status: Status): Promise<string[]> {
    const found = await this.database.query<{ department: string }[]>(
      `SELECT DISTINCT department FROM users
       WHERE accountId = ? AND status = ? AND department > '' ORDER BY department LIMIT ${FILTER_VALUES + 1}`,
      [accountId, status],
    );
    return found.map(({ department }) => department);
  }

  /** User groups of the account: A to Z, one more than are offered when there are more. */
  userGroups(accountId: Id): Promise<GroupNamed[]> {
    return this.database.query(
      `SELECT id, name FROM user_groups WHERE accountId = ? ORDER BY nameKey LIMIT ${FILTER_VALUES + 1}`,
      [accountId],
    );
  }

  private async rows(accountId: Id, ids: Id[]): Promise<ListedUser[]> {
    if (ids.length === 0) return [];
    const found = await this.database.query<ListedUser[]>(
      `SELECT u.id, u.email, u.givenName, u.familyName, u.department, u.jobTitle, u.role, u.type, u.status,
              u.photoHash, u.invitedAt, u.deactivatedAt, u.lastSignInAt,
              (SELECT MAX(l.expiresAt) FROM one_time_links l
               WHERE u.status = 'pending' AND l.userId = u.id AND l.purpose = 'activation'
                 AND l.usedAt IS NULL AND l.withdrawnAt IS NULL) AS invitationEndsAt
       FROM users u WHERE u.id IN (?) AND u.accountId = ?`,
      [ids, accountId],
    );
    const byId = new Map(found.map((row) => [row.id, row]));
    return ids.map((id) => byId.get(id)).filter((row) => row !== undefined);
  }
}

/** The columns of one sort, as read; `id` is always one of them. */
export type SortKeys = { id: Id } & Record<string, string | Date | null>;

/** How a list is sorted; both directions of a sort share a cursor's name only with themselves. */
export function orderOf({ sort, descending }: Pick<UserListState, 'sort' | 'descending'>): KeysetOrder {
  const { columns } = sorts[sort];
  return { name: `${descending ? '-' : ''}${sort}`, columns, descending };
}

/**
 * The condition of a list on `users u`. Who was removed keeps a status but is not alive; the server looks at the row
 * for that only once the index has said yes to all the rest.
 */
export function filterOf(accountId: Id, filters: UserFilters): { sql: string; values: unknown[] } {
  const { status, q, role, userGroup, department, invitedUntil } = filters;
  const parts: [sql: string, ...values: unknown[]][] = [
    ['u.accountId = ?', accountId],
    ['u.status = ?', status],
    ['u.liveKey = 1'],
  ];
  if (role) parts.push(['u.role = ?', role]);
  if (department) parts.push(['u.department = ?', department]);
  if (userGroup) {
    parts.push([
      'u.id IN (SELECT m.userId FROM user_group_members m WHERE m.groupId = ? AND m.accountId = ?)',
      userGroup,
      accountId,
    ]);
  }
  if (invitedUntil) parts.push(['(u.invitedAt <= ? OR u.invitedAt IS NULL)', invitedUntil]);
  const terms = searchTerms(q);
  for (const term of terms) parts.push(['u.searchKey LIKE ?', likePattern(term)]);
  // Signs alone are no words: nobody is found by them.
  if (q !== '' && terms.length === 0) parts.push(['1 = 0']);
  return { sql: parts.map(([sql]) => sql).join(' AND '), values: parts.flatMap(([, ...values]) => values) };
}

/** A telephone number is looked for as its digits, whatever it is written with; anything else word by word. */
function searchTerms(q: string): string[] {
  const digits = phoneQueryDigits(q);
  return digits === null ? searchWords(q) : [digits];
}

const id: KeysetColumn = { sql: 'u.id', name: 'id', kind: 'id' };
const sortKey: KeysetColumn = { sql: 'u.sortKey', name: 'sortKey', kind: 'text' };

/** Each sort and the index that serves it; there is no sort without one. */
const sorts: Record<UserSort, { index: string; columns: KeysetColumn[] }> = {
  name: { index: 'ix_users_search', columns: [sortKey, id] },
  email: {
    index: 'ix_users_status_email',
    columns: [{ sql: 'u.email', name: 'email', kind: 'text' }, id],
  },
  department: {
    index: 'ix_users_department',
    columns: [{ sql: 'u.department', name: 'department', kind: 'text', nullable: true }, sortKey, id],
  },
  invited: {
    index: 'ix_users_invited',
    columns: [{ sql: 'u.invitedAt', name: 'invitedAt', kind: 'moment', nullable: true }, id],
  },
  'signed-in': {
    index: 'ix_users_signed_in',
    columns: [{ sql: 'u.lastSignInAt', name: 'lastSignInAt', kind: 'moment', nullable: true }, id],
  },
};

/**
 * Without a hint the servers sort 100,000 rows, or read them one by one, for a page of 50. A group or department
 * may be small, so there the server chooses.
 */
function indexFor({ sort, userGroup, department }: UserFilters & Pick<UserListState, 'sort'>): string {
  return (userGroup ?? department) ? '' : `FORCE INDEX (${sorts[sort].index})`;
}
