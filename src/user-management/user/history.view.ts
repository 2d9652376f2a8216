import { type Id } from '../../database/id.js';
import { placeQuery, type KeysetPage, type Place } from '../../database/keyset.js';
import { type Words } from '../../web/words.js';
import { changesInWords, nameOf } from '../change-words.js';
import { type HistoryEntry, type NamedPerson } from '../user-details.query.js';

/** What happened to a person, in plain words, a page at a time. */
export function historyView(
  words: Words,
  path: string,
  { rows, ...places }: KeysetPage<HistoryEntry>,
  named: Map<Id, NamedPerson>,
) {
  const href = (place: Place | null) =>
    place === null ? undefined : `${path}?${new URLSearchParams(placeQuery(place)).toString()}#history`;
  return {
    entries: rows.map((entry) => entryView(words, entry, named)),
    pagination: {
      ...{ first: href(places.first), previous: href(places.previous) },
      ...{ next: href(places.next), last: href(places.last) },
    },
  };
}

function entryView(words: Words, entry: HistoryEntry, named: Map<Id, NamedPerson>) {
  const { action, at, actor, changes, importId } = entry;
  return {
    at: words.dateTime(at),
    what: whatOf(words, entry),
    ...(importId ? { href: `/imports/${importId}` } : {}),
    who: actor ? nameOf(actor) : words.t('users.history.by-nobody'),
    ...(actor ? { whoHref: `/users/${actor.id}` } : {}),
    changes: action === 'created' || action === 'removed' ? [] : changesInWords(words, changes, named),
  };
}

/** A batch's kind in words; kinds this page does not know are told by what they did to the person. */
function whatOf(words: Words, { kind, action, at, fileName, line }: HistoryEntry): string {
  if (fileName !== null && line !== null && action !== 'removed') {
    return words.t('users.history.import-row', { date: words.date(at), file: fileName, line });
  }
  const key = `users.history.${kind}`;
  return words.t(words.has(key) ? key : `users.history.${action}`);
}
