import { roles, statuses, type Role, type Status } from '../accounts/user.entity.js';
import { isId, type Id } from '../database/id.js';
import { placeQuery, type Place } from '../database/keyset.js';
import { tidy } from '../text/tidy.js';
import { DETAIL_CHARACTERS } from './person-rules.js';

export const userSorts = ['name', 'email', 'department', 'invited', 'signed-in'] as const;
export type UserSort = (typeof userSorts)[number];

/** Who is on the list: what `/users` shows and what its export holds. */
export interface UserFilters {
  status: Status;
  q: string;
  role: Role | null;
  userGroup: Id | null;
  department: string | null;
  /** Only who was invited until then, or never. */
  invitedUntil?: Date;
}

/** The whole state of `/users`, as its query string carries it. */
export interface UserListState extends UserFilters {
  sort: UserSort;
  descending: boolean;
  place: Place;
  /** All that match are selected, not single rows; of the pending alone. */
  all: boolean;
}

/** Value of `all` in addresses and forms. */
export const ALL = 'matching';

/** What a query string says; a name or value that is none of ours counts as absent. */
export function readListState(query: Readonly<Record<string, unknown>>): UserListState {
  const status = statuses.find((known) => known === query['status']) ?? 'active';
  const sort = textOf(query['sort']);
  const known = sortsOf(status).find((name) => name === sort.replace(/^-/, ''));
  const userGroup = query['userGroup'];
  return {
    status,
    q: tidy(textOf(query['q'])).slice(0, 200),
    role: roles.find((role) => role === query['role']) ?? null,
    userGroup: isId(userGroup) ? userGroup : null,
    department: tidy(textOf(query['department'])).slice(0, DETAIL_CHARACTERS) || null,
    sort: known ?? 'name',
    descending: known !== undefined && sort.startsWith('-'),
    place: { ...placeOf('after', query), ...placeOf('before', query) },
    all: status === 'pending' && query['all'] === ALL,
  };
}

/** The sorts of a tab: who is pending never signed in. */
export function sortsOf(status: Status): readonly UserSort[] {
  return userSorts.filter((sort) => sort !== (status === 'pending' ? 'signed-in' : 'invited'));
}

/** True when something narrows the list beyond its tab. */
export function isNarrowed({ q, role, userGroup, department }: UserFilters): boolean {
  return q !== '' || role !== null || userGroup !== null || department !== null;
}

/** The address of `/users` in a state; what is as by default is left out. */
export function listPath(state: Partial<UserListState>, path = '/users'): string {
  const { status, q, role, userGroup, department, sort = 'name', descending = false, place = {} } = state;
  const { all = false } = state;
  const named = {
    status: status === 'active' ? null : status,
    ...{ q, role, userGroup, department },
    sort: sort === 'name' && !descending ? null : `${descending ? '-' : ''}${sort}`,
    all: all ? ALL : null,
    ...placeQuery(place),
  };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(named)) if (value) query.set(name, value);
  return query.size > 0 ? `${path}?${query.toString()}` : path;
}

/** A name given twice is read as not given. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function placeOf(name: keyof Place, query: Readonly<Record<string, unknown>>): Place {
  const cursor = textOf(query[name]);
  return cursor === '' ? {} : { [name]: cursor };
}
