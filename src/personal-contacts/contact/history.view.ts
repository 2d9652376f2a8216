import { limits } from '../../config/limits.js';
import { placeQuery, type KeysetPage, type Place } from '../../database/keyset.js';
import { type Words } from '../../web/words.js';
import { undoPath } from '../undo/undone.view.js';
import { changesInWords, type Mentioned } from './change-words.js';
import { type ContactEvent } from './contact.query.js';

/** What happened to a contact, in plain words, a page at a time. */
export function historyView(
  words: Words,
  path: string,
  { rows, ...places }: KeysetPage<ContactEvent>,
  mentioned: Mentioned,
) {
  const href = (place: Place | null) =>
    place === null ? undefined : `${path}?${new URLSearchParams(placeQuery(place)).toString()}#history`;
  return {
    entries: rows.map((event) => entryView(words, path, event, mentioned)),
    pagination: {
      ...{ first: href(places.first), previous: href(places.previous) },
      ...{ next: href(places.next), last: href(places.last) },
    },
  };
}

/** An act in words: what was done, or the import it came with. */
export function eventText(
  words: Words,
  { kind, action, at, fileName, line }: Pick<ContactEvent, 'kind' | 'action' | 'at' | 'fileName' | 'line'>,
): string {
  const values = { date: words.date(at), file: fileName ?? '', line: line ?? 0 };
  if (fileName !== null && action !== 'removed')
    return words.t(
      line === null ? 'personal-contact.history.file' : 'personal-contact.history.file-row',
      values,
    );
  if (fileName !== null) return words.t('personal-contact.history.replaced', values);
  const key = `personal-contact.history.${kind}`;
  return words.t(words.has(key) ? key : `personal-contact.history.${action}`);
}

function entryView(words: Words, path: string, event: ContactEvent, mentioned: Mentioned) {
  const { action, at, changes, importId, batchId, undoneAt, subjects } = event;
  return {
    at: words.dateTime(at),
    what: eventText(words, event),
    ...(importId ? { href: `/imports/${importId}` } : {}),
    undone: undoneAt === null ? '' : words.t('personal-contact.history.undone'),
    changes: action === 'created' ? [] : changesInWords(words, changes, mentioned),
    ...(mayUndo(event)
      ? {
          undo: {
            action: undoPath(batchId, path),
            what: `${eventText(words, event)}, ${words.dateTime(at)}`,
            // Whoever undoes an act undoes all of it.
            more: subjects > 1 ? words.t('personal-contact.history.subjects', { count: subjects - 1 }) : '',
          },
        }
      : {}),
  };
}

/** Imports are undone on their own pages; making and deleting a contact has its own buttons. */
function mayUndo({ action, at, undoneAt, importId }: ContactEvent): boolean {
  if (action !== 'changed' || undoneAt !== null || importId !== null) return false;
  return at.getTime() > Date.now() - limits.restoreDays * 86_400_000;
}
