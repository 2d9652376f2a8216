import { limits } from '../../config/limits.js';
import { type KeysetOrder, type KeysetPage } from '../../database/keyset.js';
import { comparing, pageOfRows } from '../../database/keyset-rows.js';
import { phoneQueryDigits, searchKeyOf, searchWords } from '../../text/fold.js';
import { letterOf } from '../../web/letters.js';
import {
  NONE,
  type ExternalFilters,
  type ExternalListState,
  type ExternalSort,
} from './external-list.state.js';
import { type Kept, type KeptContact } from './kept-contacts.query.js';

/** What of all one's external contacts a list shows. */

/** All that match, in the order of the list. */
export function matching(kept: Kept, filters: ExternalFilters, sort: ExternalSort = 'name'): KeptContact[] {
  const { folder, starred, former, letter } = filters;
  const ids = filters.ids === '' ? null : new Set(filters.ids.split(','));
  const words = wordsOf(filters.q);
  const searched = words.length > 0 || filters.q !== '';
  return (former ? kept.former : kept.contacts)
    .filter(
      (contact) =>
        (folder === '' || isIn(contact, folder)) &&
        (!starred || contact.starred) &&
        (letter === '' || initialOf(contact) === letter) &&
        (ids?.has(contact.id) ?? true) &&
        (!searched || (words.length > 0 && isFound(contact, words))),
    )
    .sort(comparing(orders[sort]));
}

/** One page of what matches. @param found as `matching` gave it */
export function pageOf(
  found: readonly KeptContact[],
  { sort, place }: Pick<ExternalListState, 'sort' | 'place'>,
): KeysetPage<KeptContact> {
  return pageOfRows(orders[sort], place, limits.page, found);
}

/** Letters that names begin with, whatever letter is chosen. */
export function lettersOf(kept: Kept, filters: ExternalFilters): Set<string> {
  return new Set(matching(kept, { ...filters, letter: '' }).map(initialOf));
}

/** True when something was typed of which nothing is left to look for: punctuation alone. */
export function isUnsearchable(q: string): boolean {
  return q !== '' && wordsOf(q).length === 0;
}

function wordsOf(q: string): string[] {
  const digits = phoneQueryDigits(q);
  return digits === null ? searchWords(q) : [digits];
}

function isFound(contact: KeptContact, words: readonly string[]): boolean {
  const key = externalSearchKey(contact);
  return words.every((word) => key.includes(word));
}

/** What the owner sees of the person, and their own note: a hidden number finds nobody. */
export function externalSearchKey({ person, note }: Pick<KeptContact, 'person' | 'note'>): string {
  return searchKeyOf(
    {
      names: [person.givenName, person.familyName],
      emails: [person.email],
      phones: [person.workPhone, person.mobilePhone, person.extension],
      texts: [person.company, person.jobTitle, person.department, person.location, note],
    },
    KEY_CHARACTERS,
  );
}

/** A note, and everything else, several times over. */
const KEY_CHARACTERS = 10_000;

function isIn({ folderIds }: KeptContact, folder: string): boolean {
  return folder === NONE ? folderIds.length === 0 : folderIds.includes(folder);
}

function initialOf({ sortKey }: KeptContact): string {
  return letterOf([...sortKey][0] ?? '');
}

const sortKey = { sql: '', name: 'sortKey', kind: 'text' } as const;
const id = { sql: '', name: 'id', kind: 'id' } as const;

const orders: Record<ExternalSort, KeysetOrder> = {
  name: { name: 'name', columns: [sortKey, id] },
  '-name': { name: '-name', columns: [sortKey, id], descending: true },
  company: { name: 'company', columns: [{ sql: '', name: 'companyKey', kind: 'text' }, sortKey, id] },
  recent: {
    name: 'recent',
    columns: [{ sql: '', name: 'connectedAt', kind: 'moment' }, id],
    descending: true,
  },
};
