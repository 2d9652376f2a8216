import { limits } from '../../config/limits.js';
import { firstNumber } from '../../contact-card/first-number.js';
import { placeQuery, type KeysetPage, type Place } from '../../database/keyset.js';
import { phoneText } from '../../web/link-texts.js';
import { type Words } from '../../web/words.js';
import { avatarOf, LIST, removalText } from '../contact/contact.view.js';
import { type BinnedContact } from './trash.query.js';

export const TRASH = `${LIST}/trash`;

/** Names the page that asks before erasing shows; the rest is a number. */
export const NAMED = 10;

/** `/personal-contacts/trash` as its template needs it. */
export function trashView(
  words: Words,
  { rows, ...places }: KeysetPage<BinnedContact>,
  { q, count, all }: { q: string; count: number; all: number },
) {
  const href = (place: Place | null) =>
    place === null ? undefined : listPath({ ...(q === '' ? {} : { q }), ...placeQuery(place) });
  return {
    ...{ title: words.t('contact-trash.title'), backHref: LIST, q },
    text: words.t('contact-trash.text', { days: limits.restoreDays }),
    status: words.t('contact-trash.count', { count }),
    ...(q === '' ? {} : { clearHref: TRASH }),
    columns: ['name', 'reach', 'how', 'deleted'].map((name) => ({
      label: words.t(`contact-trash.column.${name}`),
      wide: name === 'reach',
    })),
    labels: {
      reach: words.t('contact-trash.column.reach'),
      how: words.t('contact-trash.column.how'),
      deleted: words.t('contact-trash.column.deleted'),
    },
    contacts: rows.map((row) => rowView(words, row)),
    pages: {
      ...{ first: href(places.first), previous: href(places.previous) },
      ...{ next: href(places.next), last: href(places.last) },
    },
    eraseAllHref: all > 0 ? `${TRASH}/erasure` : null,
    empty:
      q === ''
        ? {
            ...{ icon: 'trash', title: words.t('contact-trash.empty') },
            text: words.t('contact-trash.empty-text', { days: limits.restoreDays }),
          }
        : {
            ...{ icon: 'search', title: words.t('common.empty.no-match') },
            ...{ href: TRASH, label: words.t('contact-trash.show-all') },
          },
  };
}

/** Asks before contacts go for good: those named, or the whole bin. */
export function erasureView(
  words: Words,
  contacts: readonly { id: string; displayName: string }[],
  { all, count, unticked = false }: { all: boolean; count: number; unticked?: boolean },
) {
  return {
    title: words.t(all ? 'contact-trash.erase-all-title' : 'contact-trash.erase-title', { count }),
    ...{ action: `${TRASH}/erasure`, backHref: TRASH, all },
    ids: all ? [] : contacts.map(({ id }) => id),
    names: contacts.slice(0, NAMED).map(({ displayName }) => displayName),
    more: count > NAMED ? words.t('contact-trash.more', { count: count - NAMED }) : '',
    tick: words.t('contact-trash.tick', { count }),
    label: words.t('contact-trash.erase'),
    problems: unticked ? [{ text: words.t('contact-trash.tick-first'), href: '#confirmed' }] : [],
  };
}

function rowView(words: Words, contact: BinnedContact) {
  const { id, displayName, email, organization, deletedAt, intoId, intoName } = contact;
  const first = firstNumber(contact);
  return {
    ...{ id, name: displayName, organization, href: `${LIST}/${id}` },
    avatar: { ...avatarOf(contact), size: undefined },
    reach: email ?? (first ? phoneText(first.number) : ''),
    how: removalText(words, {
      ...contact,
      at: deletedAt,
      mergedInto: intoId === null ? null : { id: intoId, displayName: intoName ?? '' },
    }),
    ...(intoId === null ? {} : { intoHref: `${LIST}/${intoId}` }),
    deleted: words.date(deletedAt),
    until: words.t('contact-trash.until', {
      date: words.date(deletedAt.getTime() + limits.restoreDays * 86_400_000),
    }),
    restoreAction: `${LIST}/${id}/restoration`,
  };
}

function listPath(query: Record<string, string>): string {
  const text = new URLSearchParams(query).toString();
  return text === '' ? TRASH : `${TRASH}?${text}`;
}
