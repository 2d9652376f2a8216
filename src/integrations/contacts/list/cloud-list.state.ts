import { isId } from '../../../database/id.js';
import { type Place } from '../../../database/keyset.js';
import { tidy } from '../../../text/tidy.js';
import { letters } from '../../../web/letters.js';
import { addressOf, fieldsOf, placeOf, queryOf, textOf, type Query } from '../../../web/list-address.js';
import { ALL, idsIn } from '../../../web/selection.js';

export const CLOUD = '/cloud-contacts';

/** A to Z and back, by organization, and what was added or changed last first. */
export const cloudSorts = ['name', '-name', 'organization', 'recent'] as const;
export type CloudSort = (typeof cloudSorts)[number];

/** Contacts whose changes are not at the provider yet: on their way, or not taken there. */
const cloudStates = ['waiting', 'refused'] as const;

/** What the list is narrowed to; '' and false narrow nothing. */
export interface CloudFilters {
  q: string;
  /** Id of a connection. */
  mailbox: string;
  /** Id of a folder. */
  folder: string;
  state: (typeof cloudStates)[number] | '';
  starred: boolean;
  /** One of `letters`. */
  letter: string;
  /** Ids of at most one page, separated by commas. */
  ids: string;
}

/** Narrowed by nothing. */
export const wholeList: CloudFilters = {
  ...{ q: '', mailbox: '', folder: '', state: '', starred: false, letter: '', ids: '' },
};

/** The state of `/cloud-contacts` as its address carries it. */
export interface CloudListState extends CloudFilters {
  sort: CloudSort;
  place: Place;
  all: boolean;
}

/** What is not understood counts as not given. */
export function readListState(query: Query): CloudListState {
  const letter = textOf(query['letter']).toLowerCase();
  return {
    q: tidy(textOf(query['q'])).slice(0, 200),
    mailbox: idOr(textOf(query['mailbox'])),
    folder: idOr(textOf(query['folder'])),
    state: cloudStates.find((state) => state === query['state']) ?? '',
    starred: textOf(query['starred']) === '1',
    letter: letters.includes(letter) ? letter : '',
    ids: idsIn(textOf(query['ids'])).join(','),
    sort: cloudSorts.find((sort) => sort === query['sort']) ?? 'name',
    place: placeOf(query),
    all: query['all'] === ALL,
  };
}

/** The list an address of ours shows, as the list itself reads it; the whole list for anything else. */
export function stateOfPath(path: string): CloudListState {
  return readListState(queryOf(path));
}

/** The address of a list in a state; what is as by default is left out. */
export function listPath(state: Partial<CloudListState>, path = CLOUD): string {
  const { sort = 'name', place = {}, all = false } = state;
  const fields = fieldsOf({ sort: sort === 'name' ? '' : sort, all: all ? ALL : '' });
  return addressOf(path, [...filterFields(state), ...fields], place);
}

/** Search and filters as they stand in an address or form, those that say something. */
export function filterFields(filters: Partial<CloudFilters>): { name: string; value: string }[] {
  const { q, mailbox, folder, state, starred, letter, ids } = filters;
  return fieldsOf({ q, mailbox, folder, state, starred, letter, ids });
}

export function isNarrowed(filters: CloudFilters): boolean {
  return filterFields(filters).length > 0;
}

/** Anything that is no id is a mailbox or folder nobody has. */
function idOr(text: string): string {
  return isId(text) ? text : text && 'gone';
}
