import { firstNumber } from '../../../contact-card/first-number.js';
import { limits } from '../../../config/limits.js';
import { placeQuery, type KeysetPage, type Place } from '../../../database/keyset.js';
import { phoneText } from '../../../web/link-texts.js';
import { pageLinks } from '../../../web/page-links.js';
import { type Words } from '../../../web/words.js';
import { mailboxOf, type Mailbox } from '../cloud-places.query.js';
import { avatarOf, removalText } from '../contact/cloud-contact.view.js';
import { CLOUD } from '../list/cloud-list.state.js';
import { type BinnedCloudContact } from './cloud-trash.query.js';

export const TRASH = `${CLOUD}/trash`;

/** Names the page that asks before erasing shows; the rest is a number. */
export const NAMED = 10;

/** `/cloud-contacts/trash` as its template needs it. */
export function cloudTrashView(
  words: Words,
  { rows, ...places }: KeysetPage<BinnedCloudContact>,
  {
    q,
    count,
    erasable,
    mailboxes,
  }: { q: string; count: number; erasable: number; mailboxes: readonly Mailbox[] },
) {
  const href = (place: Place) => listPath({ ...(q === '' ? {} : { q }), ...placeQuery(place) });
  return {
    ...{ title: words.t('cloud-trash.title'), backHref: CLOUD, q },
    text: words.t('cloud-trash.text', { days: limits.restoreDays }),
    status: words.t('cloud-trash.count', { count }),
    ...(q === '' ? {} : { clearHref: TRASH }),
    columns: ['name', 'reach', 'how', 'deleted'].map((name) => ({
      label: words.t(`cloud-trash.column.${name}`),
      wide: name === 'reach',
    })),
    labels: {
      reach: words.t('cloud-trash.column.reach'),
      how: words.t('cloud-trash.column.how'),
      deleted: words.t('cloud-trash.column.deleted'),
    },
    contacts: rows.map((row) => rowView(words, row, mailboxOf(mailboxes, row.connectionId))),
    pages: pageLinks(places, href),
    eraseAllHref: erasable > 0 ? `${TRASH}/erasure` : null,
    empty:
      q === ''
        ? {
            ...{ icon: 'trash', title: words.t('cloud-trash.empty') },
            text: words.t('cloud-trash.empty-text', { days: limits.restoreDays }),
          }
        : {
            ...{ icon: 'search', title: words.t('common.empty.no-match') },
            ...{ href: TRASH, label: words.t('cloud-trash.show-all') },
          },
  };
}

/** Asks before contacts go for good: those named, or the whole bin. */
export function cloudErasureView(
  words: Words,
  contacts: readonly { id: string; displayName: string }[],
  { all, count, unticked = false }: { all: boolean; count: number; unticked?: boolean },
) {
  return {
    title: words.t(all ? 'cloud-trash.erase-all-title' : 'cloud-trash.erase-title', { count }),
    ...{ action: `${TRASH}/erasure`, backHref: TRASH, all },
    ids: all ? [] : contacts.map(({ id }) => id),
    names: contacts.slice(0, NAMED).map(({ displayName }) => displayName || words.t('cloud-contact.no-name')),
    more: count > NAMED ? words.t('cloud-trash.more', { count: count - NAMED }) : '',
    tick: words.t('cloud-trash.tick', { count }),
    label: words.t('cloud-trash.erase'),
    problems: unticked ? [{ text: words.t('cloud-trash.tick-first'), href: '#confirmed' }] : [],
  };
}

function rowView(words: Words, contact: BinnedCloudContact, mailbox: Mailbox | undefined) {
  const { id, displayName, email, organization, deletedAt, kind, pending } = contact;
  const first = firstNumber(contact);
  const provider = mailbox?.provider ?? 'exchange';
  return {
    ...{ id, name: displayName || words.t('cloud-contact.no-name'), organization, href: `${CLOUD}/${id}` },
    avatar: { ...avatarOf(contact), size: undefined },
    reach: email ?? (first ? phoneText(first.number) : ''),
    how: removalText(words, kind, { provider }),
    where: mailbox?.accountName ?? '',
    waiting: pending === 'remove' ? words.t('cloud-contacts.state.waiting') : '',
    deleted: words.date(deletedAt),
    until: words.t('cloud-trash.until', {
      date: words.date(deletedAt.getTime() + limits.restoreDays * 86_400_000),
    }),
    ...(mailbox?.writable ? { restoreAction: `${CLOUD}/${id}/restoration` } : {}),
  };
}

function listPath(query: Record<string, string>): string {
  const text = new URLSearchParams(query).toString();
  return text === '' ? TRASH : `${TRASH}?${text}`;
}
