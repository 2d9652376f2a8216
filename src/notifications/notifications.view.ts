import { firstIdOf } from '../database/new-id.js';
import { placeQuery, type KeysetPage, type Place } from '../database/keyset.js';
import { MOST_COUNTED, type SignedIn } from '../web/signed-in.js';
import { type Words } from '../web/words.js';
import { newsText } from './news-text.js';
import { type ListedNews } from './notification-list.query.js';

/** `/notifications`: one page of news. */
export function notificationsView(
  words: Words,
  { counts }: SignedIn,
  unreadOnly: boolean,
  { rows, ...places }: KeysetPage<ListedNews>,
  now = Date.now(),
) {
  const unread = counts['notifications'] ?? 0;
  const href = (place: Place | null) => (place ? pathOf(unreadOnly, place) : undefined);
  return {
    title: words.t('common.app.notifications'),
    tabs: [
      { href: '/notifications', label: words.t('notifications.tab.all'), current: !unreadOnly },
      {
        href: pathOf(true),
        label: words.t('notifications.tab.unread', {
          count: unread < MOST_COUNTED ? unread : `${MOST_COUNTED - 1}+`,
        }),
        current: unreadOnly,
      },
    ],
    anyUnread: unread > 0,
    // A clock may be a little behind the one that made the newest id.
    until: [firstIdOf(now), ...rows.map(({ id }) => id)].sort().at(-1),
    news: rows.map((row) => ({
      text: newsText(words, row),
      unread: row.readAt === null,
      action: `/notifications/${row.id}/opening`,
      when: words.relative(row.at, now),
      exactly: words.dateTime(row.at),
      machine: row.at.toISOString(),
    })),
    pagination: {
      first: href(places.first),
      previous: href(places.previous),
      next: href(places.next),
      last: href(places.last),
      text: '',
    },
    empty: unreadOnly
      ? {
          ...{ icon: 'check-circle', title: words.t('notifications.all-seen'), text: '' },
          ...{ href: '/notifications', label: words.t('notifications.show-all'), quiet: true },
        }
      : { icon: 'bell', title: words.t('notifications.none'), text: words.t('notifications.none-text') },
  };
}

function pathOf(unreadOnly: boolean, place: Place = {}): string {
  const query = new URLSearchParams({
    ...(unreadOnly ? { show: 'unread' } : {}),
    ...placeQuery(place),
  }).toString();
  return query === '' ? '/notifications' : `/notifications?${query}`;
}
