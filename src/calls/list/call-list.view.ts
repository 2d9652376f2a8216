import { limits } from '../../config/limits.js';
import { type Id } from '../../database/new-id.js';
import { type KeysetPage } from '../../database/keyset.js';
import { isUnsearchable } from '../../web/list-search.js';
import { pageLinks, selectedRows } from '../../web/page-links.js';
import { type ReachReader } from '../../web/reach.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { durationText, outcomeBadge } from '../call-words.js';
import { newContactLinks } from '../contacts/new-contact-links.js';
import { playerView } from '../recordings/recording.view.js';
import { type RecordingFacts } from '../recordings/recordings.service.js';
import { type Caller } from '../who/callers.service.js';
import { withOf } from '../who/dialled.js';
import { numberText, otherSideView } from '../who/other-side.view.js';
import { byDay } from './call-days.js';
import { type ListedCall } from './call-list.query.js';
import { callFilterFields, CALLS, callsPath, callTabs, type CallListState } from './call-list.state.js';

export interface CallsRead {
  page: KeysetPage<ListedCall>;
  callers: ReadonlyMap<string, Caller>;
  recordings: ReadonlyMap<Id, RecordingFacts>;
  /** Whose calls these are, where the list is of one person’s. */
  whom: Caller | null;
  /** What waits, as the session counted it. */
  waiting: number;
  /** How many match, when all of them are selected. */
  matching: number | null;
  /** There are calls, whatever the list is narrowed to. */
  any: boolean;
  tooMany: boolean;
}

/** Whose calls they are, with what is on for them. */
export type CallReader = ReachReader & Pick<SignedIn, 'features'>;

/** `/calls`: tabs, search, one page of calls day by day. */
export function callListView(words: Words, reader: CallReader, state: CallListState, read: CallsRead) {
  const { page, matching, whom, any } = read;
  const whole: CallListState = { ...state, place: {}, all: false };
  const missedWait = read.waiting > 0 && (state.tab === 'all' || state.tab === 'missed');
  return {
    title: words.t('calls.title'),
    text: state.with === '' ? words.t('calls.text') : '',
    binHref: `${CALLS}/trash`,
    seeAll: missedWait ? { action: `${CALLS}/seen`, list: callsPath(whole) } : null,
    whom: state.with === '' ? null : whomView(words, state, whom),
    tabs: callTabs.map((tab) => ({
      href: callsPath({ ...whole, tab }),
      label: words.t(`calls.tab.${tab}`),
      current: tab === state.tab,
    })),
    usable: any,
    action: CALLS,
    q: state.q,
    hidden: callFilterFields({ ...state, q: '' }),
    status: statusOf(words, state, read),
    columns: ['who', 'what', 'when', 'duration', 'reach'].map((name) => ({
      label: words.t(`calls.column.${name}`),
      wide: name === 'duration',
    })),
    labels: labelsOf(words),
    tickable: matching === null,
    selection: selectedRows(state, page, matching, callsPath),
    days: byDay(words, page.rows, ({ startedAt }) => startedAt).map(({ heading, rows }) => ({
      heading,
      rows: rows.map((call) => ({
        ...callRowView(words, reader, call, read.callers.get(withOf(call))),
        ...extrasOf(words, reader, call, read, callsPath(state)),
        tickable: matching === null,
      })),
    })),
    pagination: { ...pageLinks(page, (place) => callsPath({ ...state, place })), text: '' },
    empty: page.rows.length > 0 ? null : emptyOf(words, state, any),
  };
}

export function labelsOf(words: Words) {
  return {
    what: words.t('calls.column.what'),
    when: words.t('calls.column.when'),
    duration: words.t('calls.column.duration'),
    reach: words.t('calls.column.reach'),
  };
}

/** One line; of a call nobody knows the other side of, the number is its name. */
export function callRowView(words: Words, reader: ReachReader, call: ListedCall, caller: Caller | undefined) {
  const { id, startedAt, seconds, heardAt } = call;
  const side = otherSideView(words, reader, call, caller);
  return {
    ...{ id, side, href: `${CALLS}/${id}`, personHref: side.href },
    named: words.t('calls.row-name', { name: side.name, at: words.dateTime(startedAt) }),
    links: side.reach?.links ?? [],
    what: outcomeBadge(words, call),
    isNew: heardAt === null,
    when: words.time(startedAt),
    moment: startedAt.toISOString(),
    duration: durationText(words, seconds),
    voicemail: call.direction === 'incoming' && call.outcome === 'voicemail',
    recorded: call.recording !== null,
  };
}

/** What is heard of a call, and what can be done with a number nobody known has. */
function extrasOf(
  words: Words,
  reader: CallReader,
  call: ListedCall,
  { callers, recordings }: CallsRead,
  to: string,
) {
  const caller = callers.get(withOf(call));
  const who = otherSideView(words, reader, call, caller).name;
  return {
    // A voicemail without a recording has nothing to play; the page of the call says so.
    player: call.recording === null ? null : playerView(words, call, recordings.get(call.id), { who, to }),
    adding: caller === undefined ? newContactLinks(call, reader) : null,
  };
}

function whomView(words: Words, state: CallListState, whom: Caller | null) {
  const number = /^\+\d+$/.test(state.with)
    ? numberText(words, { number: state.with as `+${string}`, typedNumber: null })
    : state.with;
  return {
    title: words.t('calls.with', { name: whom?.person.name ?? number }),
    ...(whom
      ? { href: whom.person.href, label: words.t('calls.open-person', { name: whom.person.name }) }
      : {}),
    clearHref: callsPath({ ...state, with: '', place: {}, all: false }),
  };
}

function statusOf(
  words: Words,
  { q, with: whom }: CallListState,
  { page, matching, tooMany }: CallsRead,
): string {
  if (matching !== null) return words.t('common.search.results', { count: matching });
  if (q === '' && whom === '') return '';
  const found =
    page.previous || page.next
      ? words.t('common.search.results-or-more', { count: limits.page })
      : words.t('common.search.results', { count: page.rows.length });
  return tooMany ? words.t('calls.too-many', { found }) : found;
}

function emptyOf(words: Words, state: CallListState, any: boolean) {
  const { q, tab } = state;
  if (!any) return { icon: 'phone', title: words.t('calls.empty.title'), text: words.t('calls.empty.text') };
  if (isUnsearchable(q))
    return {
      ...{ icon: 'search', title: words.t('calls.unsearchable') },
      ...{ href: callsPath({ ...state, q: '', place: {} }), label: words.t('calls.show-all') },
    };
  if (q === '' && state.with === '')
    return {
      ...{ icon: 'phone', title: words.t(`calls.empty.${tab}`) },
      ...(tab === 'all' ? {} : { href: CALLS, label: words.t('calls.show-all') }),
    };
  return {
    ...{ icon: 'search', title: words.t('common.empty.no-match') },
    text: q === '' ? '' : words.t('calls.no-match', { q }),
    ...{ href: CALLS, label: words.t('calls.show-all') },
  };
}
