import { limits } from '../../config/limits.js';
import { placeQuery, type KeysetPage, type Place } from '../../database/keyset.js';
import { colourOf, initialsOf } from '../../web/avatars.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { addressShown } from '../address-shown.js';
import { BLOCKED } from '../blocks/blocks.view.js';
import { EXTERNAL, externalTabs, RECEIVED } from '../external-tabs.view.js';
import { type AnsweredRequest, type ListedRequest, type Which } from './received-requests.query.js';

interface Read {
  page: KeysetPage<ListedRequest>;
  count: number;
}

/** `/external-contacts/requests`: what waits for the reader's answer. */
export function receivedView(words: Words, reader: SignedIn, { page: { rows, ...places }, count }: Read) {
  return {
    ...frameOf(words, reader),
    title: words.t('external-received.title'),
    text: words.t('external-received.text'),
    status: words.t('external-received.count', { count }),
    columns: columnsOf(words, ['who', 'when', 'answer']),
    requests: rows.map((request) => ({
      ...requestView(words, request),
      until: words.t('external-received.until', { date: words.date(request.expiresAt) }),
      acceptAction: `${RECEIVED}/${request.id}/acceptance`,
      declineAction: `${RECEIVED}/${request.id}/refusal`,
      blockAction: `${RECEIVED}/${request.id}/block`,
    })),
    pages: pagesOf('waiting', places),
    empty: {
      ...{ icon: 'mail', title: words.t('external-received.empty') },
      text: words.t('external-received.empty-text'),
      ...{ href: inviteHref(''), label: words.t('external-received.invite') },
    },
  };
}

/** `?state=answered`: what became of the others. */
export function answeredView(
  words: Words,
  reader: SignedIn,
  requests: readonly AnsweredRequest[],
  { page: places, count }: Read,
) {
  return {
    ...frameOf(words, reader),
    title: words.t('external-received.answered-title'),
    text: words.t('external-received.answered-text', { days: limits.externalRefusalDays }),
    status: words.t('external-received.answered-count', { count }),
    backHref: RECEIVED,
    columns: columnsOf(words, ['who', 'state', 'way']),
    requests: requests.map((request) => ({
      ...requestView(words, request),
      ...stateOf(words, request),
      ...wayOf(words, request),
    })),
    pages: pagesOf('answered', places),
    empty: { icon: 'history', title: words.t('external-received.answered-empty') },
  };
}

/** Where somebody is asked, their address filled in. */
export function inviteHref(address: string): string {
  return `${EXTERNAL}/invite${address === '' ? '' : `?email=${encodeURIComponent(address)}`}`;
}

function frameOf(words: Words, reader: SignedIn) {
  return {
    tabs: externalTabs(words, reader, 'received'),
    answeredHref: pathOf('answered', {}),
    blockedHref: BLOCKED,
    labels: {
      when: words.t('external-received.column.when'),
      state: words.t('external-received.column.state'),
    },
  };
}

function columnsOf(words: Words, names: readonly string[]) {
  return names.map((name) => ({ label: words.t(`external-received.column.${name}`) }));
}

function requestView(words: Words, request: ListedRequest) {
  const { id, senderId, senderName: name, senderAddress, senderCompany: company, message } = request;
  const [given = '', ...family] = name.split(' ');
  return {
    ...{ id, name, company, message, ...addressShown(senderAddress) },
    avatar: { initials: initialsOf(given, family.at(-1) ?? ''), colour: colourOf(senderId), size: undefined },
    received: words.date(request.receivedAt),
  };
}

function stateOf(words: Words, request: AnsweredRequest) {
  const { state, answeredAt, expiresAt } = request;
  // One that waits is here because its time is over.
  const shown = state === 'waiting' ? 'expired' : state;
  const at = shown === 'expired' ? expiresAt : (answeredAt ?? expiresAt);
  return {
    badge: { ...badges[shown], text: words.t(`external-received.state.${shown}`) },
    at: words.date(at),
  };
}

const badges = {
  accepted: { kind: 'ok', icon: 'check-circle' },
  declined: { icon: 'close' },
  blocked: { kind: 'danger', icon: 'shield' },
  withdrawn: { icon: 'undo' },
  expired: { icon: 'clock' },
};

/** The one thing that can still be done. */
function wayOf(words: Words, { id, state, contactId, mayAccept, senderAddress }: AnsweredRequest) {
  if (contactId !== null)
    return { href: `${EXTERNAL}/${contactId}`, label: words.t('external-received.open-contact') };
  if (state === 'blocked') return { href: BLOCKED, label: words.t('external-received.blocked-people') };
  if (mayAccept)
    return { action: `${RECEIVED}/${id}/acceptance`, label: words.t('external-received.accept-after-all') };
  return { href: inviteHref(senderAddress), label: words.t('external-received.invite-them') };
}

function pagesOf(which: Which, places: Omit<KeysetPage<unknown>, 'rows'>) {
  const href = (place: Place | null) => (place === null ? undefined : pathOf(which, placeQuery(place)));
  return {
    ...{ first: href(places.first), previous: href(places.previous) },
    ...{ next: href(places.next), last: href(places.last) },
  };
}

function pathOf(which: Which, query: Record<string, string>): string {
  const text = new URLSearchParams({
    ...(which === 'answered' ? { state: which } : {}),
    ...query,
  }).toString();
  return text === '' ? RECEIVED : `${RECEIVED}?${text}`;
}
