import {
  roles,
  statuses,
  userTypes,
  type Role,
  type Status,
  type UserType,
} from '../accounts/user.entity.js';
import { limits } from '../config/limits.js';
import { isId, type Id } from '../database/id.js';
import { placeQuery, type Place } from '../database/keyset.js';
import { normaliseAddress } from '../text/address.js';
import { tidy } from '../text/tidy.js';
import { placeOf, textOf } from '../web/list-address.js';
import { DETAIL_CHARACTERS } from './person-rules.js';

export const userSorts = ['name', 'email', 'department', 'invited', 'signed-in'] as const;
export type UserSort = (typeof userSorts)[number];

/** Days since the last sign-in: at most so many, or `over-` more than so many. */
export const signInChoices = ['7d', '30d', '90d', 'over-90d', 'over-365d', 'never'] as const;
export type SignInChoice = (typeof signInChoices)[number];
export const invitationChoices = ['open', 'ended'] as const;
export type InvitationChoice = (typeof invitationChoices)[number];
/** What a person may be without. */
export const missingChoices = ['manager', 'department', 'location'] as const;
export type MissingChoice = (typeof missingChoices)[number];

/** Value of `manager` for people who have none. */
export const NONE = 'none';

/** True for a part of a manager's name, where neither an id nor an address stands. */
export function isName(manager: string): boolean {
  return !manager.includes('@') && !isId(manager);
}

/** Who is on the list: what `/users` shows, what its export holds and what is done with all that match. */
export interface UserFilters {
  status: Status;
  q: string;
  role: Role | null;
  type: UserType | null;
  /** Id of a group, or its name where the page offers no more than some of them. */
  userGroup: Id | null;
  chatGroup: Id | null;
  department: string | null;
  location: string | null;
  /** Id or e-mail address of somebody, a part of their name, or `none`. */
  manager: string | null;
  signedIn: SignInChoice | null;
  /** First and last day of the last sign-in (`2026-11-22`), by the calendar of UTC, as everybody shares the address. */
  signedInFrom: string | null;
  signedInTo: string | null;
  invitation: InvitationChoice | null;
  missing: MissingChoice | null;
  /** Only these of a page, separated by commas: the ticked rows of an export. */
  ids?: string | null;
}

/** The filters of a query string, but for tab and search; each holds a text or null. */
export const filterNames = [
  ...(['role', 'type', 'userGroup', 'chatGroup', 'department', 'location', 'manager'] as const),
  ...(['signedIn', 'signedInFrom', 'signedInTo', 'invitation', 'missing'] as const),
] as const;
export type FilterName = (typeof filterNames)[number];

/** The whole state of `/users`, as its query string carries it. */
export interface UserListState extends UserFilters {
  sort: UserSort;
  descending: boolean;
  place: Place;
  /** All that match are selected, not single rows. */
  all: boolean;
  /** Columns of an export in their order, as the query says them; null for all. */
  columns: string | null;
}

/** Tabs of the list; that of the erased is shown while somebody is in the bin. */
export const listStatuses: readonly Status[] = [...statuses, 'erased'];

/** Value of `all` in addresses and forms. */
export const ALL = 'matching';

/** What a query string says; a name or value that is none of ours counts as absent. */
export function readListState(query: Readonly<Record<string, unknown>>): UserListState {
  const status = listStatuses.find((known) => known === query['status']) ?? 'active';
  const sort = textOf(query['sort']);
  const known = sortsOf(status).find((name) => name === sort.replace(/^-/, ''));
  const pending = status === 'pending';
  const choice = <T extends string>(choices: readonly T[], name: FilterName) =>
    choices.find((each) => each === query[name]) ?? null;
  const detail = (name: FilterName) => tidy(textOf(query[name])).slice(0, DETAIL_CHARACTERS) || null;
  return {
    status,
    q: tidy(textOf(query['q'])).slice(0, 200),
    role: choice(roles, 'role'),
    type: choice(userTypes, 'type'),
    userGroup: groupOf(query['userGroup']),
    chatGroup: groupOf(query['chatGroup']),
    department: detail('department'),
    location: detail('location'),
    manager: managerOf(query['manager']),
    signedIn: pending ? null : choice(signInChoices, 'signedIn'),
    signedInFrom: pending ? null : dayOf(query['signedInFrom']),
    signedInTo: pending ? null : dayOf(query['signedInTo']),
    invitation: pending ? choice(invitationChoices, 'invitation') : null,
    missing: choice(missingChoices, 'missing'),
    ids: idsOf(query['ids']),
    sort: known ?? 'name',
    descending: known !== undefined && sort.startsWith('-'),
    place: placeOf(query),
    all: query['all'] === ALL,
    columns: columnsOf(query['columns']),
  };
}

/** The sorts of a tab: who is pending never signed in. */
export function sortsOf(status: Status): readonly UserSort[] {
  return userSorts.filter((sort) => sort !== (status === 'pending' ? 'signed-in' : 'invited'));
}

/** True when something narrows the list beyond its tab. */
export function isNarrowed(filters: UserFilters): boolean {
  return filterFields(filters).length > 0;
}

/** Search and filters as they stand in an address or form, those that say something; the tab is none of them. */
export function filterFields(filters: Partial<UserFilters>): { name: string; value: string }[] {
  return (['q', 'ids', ...filterNames] as const).flatMap((name) => {
    const value = filters[name];
    return value ? [{ name, value }] : [];
  });
}

/** The same search, filters and sort in another tab, but for those it does not have. */
export function inTab(state: UserListState, status: Status): UserListState {
  const [, query = ''] = listPath({ ...state, status, ids: null, place: {}, all: false }).split('?');
  return readListState(Object.fromEntries(new URLSearchParams(query)));
}

/** What of a state says who is meant, for counting and acting on all that match. */
export function filtersOf(state: UserListState): UserFilters {
  const {
    sort: _sort,
    descending: _descending,
    place: _place,
    all: _all,
    columns: _columns,
    ...filters
  } = state;
  return filters;
}

/** The address of `/users` in a state; what is as by default is left out. */
export function listPath(state: Partial<UserListState>, path = '/users'): string {
  const { status, sort = 'name', descending = false, place = {}, all = false, columns } = state;
  const query = new URLSearchParams();
  if (status && status !== 'active') query.set('status', status);
  for (const { name, value } of filterFields(state)) query.set(name, value);
  if (sort !== 'name' || descending) query.set('sort', `${descending ? '-' : ''}${sort}`);
  if (all) query.set('all', ALL);
  if (columns) query.set('columns', columns);
  for (const [name, value] of Object.entries(placeQuery(place))) query.set(name, value);
  return query.size > 0 ? `${path}?${query.toString()}` : path;
}

/** An id, or what somebody typed where a list of groups is too long to offer. */
function groupOf(value: unknown): string | null {
  return isId(value) ? value : tidy(textOf(value)).slice(0, 255) || null;
}

/** The text field and the tick for "none" share a name: the tick counts. */
function managerOf(value: unknown): string | null {
  if (value === NONE || (Array.isArray(value) && value.includes(NONE))) return NONE;
  const text = tidy(textOf(Array.isArray(value) ? value.find(Boolean) : value)).slice(0, 254);
  return isId(text) ? text : (normaliseAddress(text) ?? (text || null));
}

/** Ids of at most one page; what is none is left out. */
function idsOf(value: unknown): string | null {
  return textOf(value).split(',').filter(isId).slice(0, limits.page).join(',') || null;
}

/** A day of the calendar, written as ISO 8601 writes it. */
function dayOf(value: unknown): string | null {
  const text = textOf(value);
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return null;
  const moment = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text) ? text : null;
}

/** Names of columns, ticked one by one or as one text; the export knows which of them there are. */
function columnsOf(value: unknown): string | null {
  const names = (Array.isArray(value) ? (value as unknown[]) : [value]).filter(
    (each) => typeof each === 'string',
  );
  return (
    names
      .join(',')
      .replace(/[^\w,]/g, '')
      .slice(0, 500) || null
  );
}
