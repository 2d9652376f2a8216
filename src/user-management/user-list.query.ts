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
import { FEW, filterOf, narrowingOf, SOME, walkOf, type Condition } from './user-filter.sql.js';
import { isNarrowed, type UserFilters, type UserListState, type UserSort } from './user-list.state.js';

export { filterOf } from './user-filter.sql.js';

/** One line of `/users`. */
export interface ListedUser {
  id: Id;
  email: string;
  givenName: string;
  familyName: string;
  department: string | null;
  location: string | null;
  jobTitle: string | null;
  role: Role;
  type: UserType;
  status: Status;
  photoHash: string | null;
  invitedAt: Date | null;
  deactivatedAt: Date | null;
  lastSignInAt: Date | null;
  /** Of somebody in the bin: since when. */
  deletedAt: Date | null;
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
  lastSignInAt: Date | null;
  invitedAt: Date | null;
}

const exportedColumns = [
  ...['u.id', 'u.email', 'u.givenName', 'u.familyName', 'u.department', 'u.managerId', 'u.jobTitle'],
  ...['u.location', 'u.workPhone', 'u.mobilePhone', 'u.extension', 'u.status', 'u.role', 'u.type'],
  ...['u.lastSignInAt', 'u.invitedAt'],
];

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

  /** How many match, exactly: reads them all, as a rule from an index alone. */
  async count(accountId: Id, filters: UserFilters): Promise<number> {
    const { from, sql, values } = await this.source(accountId, { ...filters, sort: 'name' });
    const [{ people }] = await this.database.query<[{ people: string | number }]>(
      `SELECT COUNT(*) AS people FROM ${from} WHERE ${sql}`,
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
    const { from, sql, values } = await this.source(accountId, state);
    const read = [...new Set([...columns, ...order.columns.map((column) => column.sql)])].join(', ');
    return keysetPage(order, state.place, limit, (slice: Slice) =>
      this.database.query<Row[]>(
        `SELECT ${read} FROM ${from}
         WHERE ${sql} AND ${slice.where} ORDER BY ${slice.orderBy} LIMIT ${slice.limit}`,
        [...values, ...slice.values],
      ),
    );
  }

  /**
   * Where a list is read from. When one filter names few people, they are looked through one by one. Otherwise an index
   * that covers all filters is walked by name. Another sort asks it first: when it finds few they are sorted
   * themselves, when it finds many the index of the sort soon meets enough of them.
   */
  private async source(accountId: Id, state: UserFilters & Pick<UserListState, 'sort'>): Promise<Source> {
    const filter = filterOf(accountId, state);
    if (!isNarrowed(state)) return { ...filter, from: walked(sorts[state.sort].index) };
    const narrow = await this.narrowest(narrowingOf(accountId, state));
    if (narrow) return joined(narrow, filter);
    const walk = walkOf(accountId, state);
    if (state.sort === 'name') return { ...walk, from: walked(walk.index) };
    const found = await this.database.query<{ id: Id }[]>(
      `SELECT u.id FROM ${walked(walk.index)} WHERE ${walk.sql} LIMIT ${FEW + 1}`,
      walk.values,
    );
    if (found.length > FEW) return { ...filter, from: walked(sorts[state.sort].index) };
    return among(
      found.map(({ id }) => id),
      filter,
    );
  }

  /** The filter that names the fewest people; null when each names many. */
  private async narrowest(narrow: readonly Condition[]): Promise<Condition | null> {
    const sizes = await Promise.all(
      narrow.map(({ sql, values }) =>
        this.database.query<[{ size: string | number }]>(
          `SELECT COUNT(*) AS size FROM (${sql} LIMIT ${SOME + 1}) narrow`,
          values,
        ),
      ),
    );
    const [fewest] = narrow
      .map((each, place) => ({ each, size: Number(sizes[place][0].size) }))
      .sort((one, other) => one.size - other.size);
    if (fewest === undefined || fewest.size > SOME) return null;
    return fewest.each;
  }

  private async rows(accountId: Id, ids: Id[]): Promise<ListedUser[]> {
    if (ids.length === 0) return [];
    const found = await this.database.query<ListedUser[]>(
      `SELECT u.id, u.email, u.givenName, u.familyName, u.department, u.location, u.jobTitle, u.role, u.type,
              u.status, u.photoHash, u.invitedAt, u.deactivatedAt, u.lastSignInAt, u.deletedAt,
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

/** What a list is read from: the part behind FROM and the condition, their `?` in this order. */
interface Source extends Condition {
  from: string;
}

/** Without a hint the servers sort 100,000 rows, or read them one by one, for a page of 50. */
function walked(index: string): string {
  return `users u FORCE INDEX (${index})`;
}

/** The people of a query, and of them those who match: each by one look at their row. */
function joined(people: Condition, { sql, values }: Condition): Source {
  return {
    from: `(${people.sql}) narrow STRAIGHT_JOIN users u FORCE INDEX (PRIMARY) ON u.id = narrow.id`,
    sql,
    values: [...people.values, ...values],
  };
}

/** These people alone, and of them those who match. */
function among(ids: readonly Id[], { sql, values }: Condition): Source {
  if (ids.length === 0) return { from: 'users u', sql: '1 = 0', values: [] };
  return { from: 'users u', sql: `u.id IN (?) AND ${sql}`, values: [ids, ...values] };
}
