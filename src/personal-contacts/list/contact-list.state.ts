import { isId } from '../../database/id.js';
import { type Place } from '../../database/keyset.js';
import { tidy } from '../../text/tidy.js';
import { letters } from '../../web/letters.js';
import { addressOf, fieldsOf, placeOf, queryOf, textOf, type Query } from '../../web/list-address.js';
import { ALL, idsIn } from '../../web/selection.js';

export const CONTACTS = '/personal-contacts';

/** A to Z and back, by organization, and what was added or changed last first. */
export const contactSorts = ['name', '-name', 'organization', 'recent'] as const;
export type ContactSort = (typeof contactSorts)[number];

/** Value of `group` for contacts in none. */
export const NONE = 'none';

/** What one's list is narrowed to; '' and false narrow nothing. */
export interface ContactFilters {
  q: string;
  /** Id of a group, or `NONE`. */
  group: string;
  starred: boolean;
  /** One of `letters`. */
  letter: string;
  /** Ids of at most one page, separated by commas. */
  ids: string;
}

/** Narrowed by nothing. */
export const wholeList: ContactFilters = { q: '', group: '', starred: false, letter: '', ids: '' };

/** The state of `/personal-contacts` as its address carries it. */
export interface ContactListState extends ContactFilters {
  sort: ContactSort;
  place: Place;
  all: boolean;
}

/** What is not understood counts as not given. */
export function readListState(query: Query): ContactListState {
  const group = textOf(query['group']);
  const letter = textOf(query['letter']).toLowerCase();
  return {
    q: tidy(textOf(query['q'])).slice(0, 200),
    // Anything else is a group nobody has.
    group: group === NONE || isId(group) ? group : group && 'gone',
    starred: textOf(query['starred']) === '1',
    letter: letters.includes(letter) ? letter : '',
    ids: idsIn(textOf(query['ids'])).join(','),
    sort: contactSorts.find((sort) => sort === query['sort']) ?? 'name',
    place: placeOf(query),
    all: query['all'] === ALL,
  };
}

/** The list an address of ours shows, as the list itself reads it; the whole list for anything else. */
export function stateOfPath(path: string): ContactListState {
  return readListState(queryOf(path));
}

/** The address of a list in a state; what is as by default is left out. */
export function listPath(state: Partial<ContactListState>, path = CONTACTS): string {
  const { sort = 'name', place = {}, all = false } = state;
  const fields = fieldsOf({ sort: sort === 'name' ? '' : sort, all: all ? ALL : '' });
  return addressOf(path, [...filterFields(state), ...fields], place);
}

/** Search and filters as they stand in an address or form, those that say something. */
export function filterFields(filters: Partial<ContactFilters>): { name: string; value: string }[] {
  const { q, group, starred, letter, ids } = filters;
  return fieldsOf({ q, group, starred, letter, ids });
}

export function isNarrowed(filters: ContactFilters): boolean {
  return filterFields(filters).length > 0;
}
