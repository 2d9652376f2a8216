import { isId } from '../../database/id.js';
import { type Place } from '../../database/keyset.js';
import { tidy } from '../../text/tidy.js';
import { letters } from '../../web/letters.js';
import { addressOf, fieldsOf, placeOf, queryOf, textOf, type Query } from '../../web/list-address.js';
import { ALL, idsIn } from '../../web/selection.js';
import { EXTERNAL } from '../external-tabs.view.js';

/** A to Z and back, by company, and who came last first. */
export const externalSorts = ['name', '-name', 'company', 'recent'] as const;
export type ExternalSort = (typeof externalSorts)[number];

/** Value of `folder` for contacts in none. */
export const NONE = 'none';

/** What one's list is narrowed to; '' and false narrow nothing. */
export interface ExternalFilters {
  q: string;
  /** Id of a folder, or `NONE`. */
  folder: string;
  starred: boolean;
  /** Those one is no longer in contact with, instead of all others. */
  former: boolean;
  /** One of `letters`. */
  letter: string;
  /** Ids of at most one page, separated by commas. */
  ids: string;
}

/** The state of `/external-contacts` as its address carries it. */
export interface ExternalListState extends ExternalFilters {
  sort: ExternalSort;
  place: Place;
  all: boolean;
}

/** What is not understood counts as not given. */
export function readListState(query: Query): ExternalListState {
  const folder = textOf(query['folder']);
  const letter = textOf(query['letter']).toLowerCase();
  return {
    q: tidy(textOf(query['q'])).slice(0, 200),
    // Anything else is a folder nobody has.
    folder: folder === NONE || isId(folder) ? folder : folder && 'gone',
    starred: textOf(query['starred']) === '1',
    former: textOf(query['former']) === '1',
    letter: letters.includes(letter) ? letter : '',
    ids: idsIn(textOf(query['ids'])).join(','),
    sort: externalSorts.find((sort) => sort === query['sort']) ?? 'name',
    place: placeOf(query),
    all: query['all'] === ALL,
  };
}

/** The list an address of ours shows, as the list itself reads it; the whole list for anything else. */
export function stateOfPath(path: string): ExternalListState {
  return readListState(queryOf(path));
}

/** The address of a list in a state; what is as by default is left out. */
export function listPath(state: Partial<ExternalListState>, path = EXTERNAL): string {
  const { sort = 'name', place = {}, all = false } = state;
  const fields = fieldsOf({ sort: sort === 'name' ? '' : sort, all: all ? ALL : '' });
  return addressOf(path, [...filterFields(state), ...fields], place);
}

/** Search and filters as they stand in an address or form, those that say something. */
export function filterFields(filters: Partial<ExternalFilters>): { name: string; value: string }[] {
  const { q, folder, starred, former, letter, ids } = filters;
  return fieldsOf({ q, folder, starred, former, letter, ids });
}

export function isNarrowed(filters: ExternalFilters): boolean {
  return filterFields(filters).length > 0;
}
