import { limits } from '../../config/limits.js';
import { type KeysetPage, type Place } from '../../database/keyset.js';
import { select } from '../../web/fields.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { addressShown } from '../address-shown.js';
import { EXTERNAL, externalTabs, SENT } from '../external-tabs.view.js';
import { INVITE } from './invite.view.js';
import { sentPath, sentStates, type SentListState } from './sent-list.state.js';
import { type ListedSent } from './sent-requests.query.js';
import { nextSendingOf } from './sendings.service.js';

const DAY_MS = 86_400_000;

/** `/external-contacts/requests/sent` as its template needs it. */
export function sentView(
  words: Words,
  reader: SignedIn,
  state: SentListState,
  { page: { rows, ...places }, count }: { page: KeysetPage<ListedSent>; count: number },
) {
  const narrowed = state.q !== '' || state.state !== '';
  const href = (place: Place | null) => (place === null ? undefined : sentPath({ ...state, place }));
  return {
    title: words.t('external-sent.title'),
    text: words.t('external-sent.text', { days: limits.invitationDays }),
    tabs: externalTabs(words, reader, 'sent'),
    ...{ inviteHref: INVITE, action: SENT, q: state.q, list: sentPath(state) },
    status: words.t('external-sent.count', { count }),
    ...(narrowed ? { clearHref: SENT } : {}),
    showsTools: narrowed || rows.length > 0,
    filters: [
      select(words, {
        ...{ name: 'state', labelKey: 'external-sent.column.state', value: state.state },
        emptyKey: 'external-sent.state.any',
        options: sentStates.map((value) => ({ value, labelKey: `external-sent.state.${value}` })),
      }),
    ],
    columns: ['address', 'state', 'sent'].map((name) => ({ label: words.t(`external-sent.column.${name}`) })),
    labels: {
      state: words.t('external-sent.column.state'),
      sent: words.t('external-sent.column.sent'),
    },
    anyWaits: rows.some((request) => request.state === 'waiting'),
    requests: rows.map((request) => requestView(words, request)),
    pages: {
      ...{ first: href(places.first), previous: href(places.previous) },
      ...{ next: href(places.next), last: href(places.last) },
    },
    empty: narrowed
      ? {
          ...{ icon: 'search', title: words.t('common.empty.no-match') },
          ...{ text: words.t('external-sent.no-match'), quiet: true },
          ...{ href: SENT, label: words.t('common.action.clear-filters') },
        }
      : {
          ...{ icon: 'send', title: words.t('external-sent.empty') },
          text: words.t('external-sent.empty-text'),
          ...{ href: INVITE, label: words.t('external-invite.open') },
        },
  };
}

function requestView(words: Words, request: ListedSent) {
  const { id, toAddress: name, state, message, sentAt, lastSentAt, timesSent } = request;
  const waits = state === 'waiting';
  return {
    ...{ id, name, message, waits, ...addressShown(name) },
    badge: { ...badges[state], text: words.t(`external-sent.state.${state}`) },
    when: whenOf(words, request),
    sent: words.date(sentAt),
    ...(timesSent > 1
      ? { again: words.t('external-sent.times', { count: timesSent, date: words.date(lastSentAt) }) }
      : {}),
    ...(waits
      ? {
          resendAction: `/external-contacts/requests/${id}/resending`,
          withdrawAction: `/external-contacts/requests/${id}/withdrawal`,
        }
      : wayOf(words, request)),
  };
}

const badges = {
  waiting: { kind: 'warn', icon: 'clock' },
  accepted: { kind: 'ok', icon: 'check-circle' },
  declined: { icon: 'close' },
  withdrawn: { icon: 'undo' },
  expired: { icon: 'minus' },
};

/** Until when or since when, and from when on it may be sent or asked again: a line each. */
function whenOf(words: Words, request: ListedSent): string[] {
  const { state, expiresAt, answeredAt, lastSentAt } = request;
  if (state === 'waiting') {
    const next = nextSendingOf(request);
    return [
      words.t('external-sent.until', { date: words.date(expiresAt) }),
      ...(next > new Date() ? [words.t('external-sent.again-from', { next: words.dateTime(next) })] : []),
    ];
  }
  const at = state === 'expired' ? expiresAt : (answeredAt ?? lastSentAt);
  const again = refusedUntil(request);
  return [
    words.t('external-sent.since', { date: words.date(at) }),
    ...(again ? [words.t('external-sent.ask-from', { date: words.date(again) })] : []),
  ];
}

/** The one thing that can still be done with one that is over. */
function wayOf(words: Words, request: ListedSent) {
  const { id, state, toAddress } = request;
  if (state === 'accepted')
    return {
      href: `${EXTERNAL}?q=${encodeURIComponent(toAddress)}`,
      ...{ icon: 'contacts', label: words.t('external-sent.find-contact') },
    };
  if (refusedUntil(request) !== null) return {};
  return { href: `${INVITE}?again=${id}`, icon: 'send', label: words.t('external-sent.ask-again') };
}

/** From when on somebody who said no may be asked again; null when they may be. */
function refusedUntil({ state, answeredAt }: ListedSent): Date | null {
  if (state !== 'declined' || answeredAt === null) return null;
  const again = new Date(answeredAt.getTime() + limits.externalRefusalDays * DAY_MS);
  return again > new Date() ? again : null;
}
