import { type Place } from '../../database/keyset.js';
import { tidy } from '../../text/tidy.js';
import { addressOf, fieldsOf, placeOf, queryOf, textOf, type Query } from '../../web/list-address.js';
import { ALL } from '../../web/selection.js';

export const CALLS = '/calls';

export const callTabs = ['all', 'missed', 'voicemail', 'incoming', 'outgoing'] as const;
export type CallTab = (typeof callTabs)[number];

/** What one’s calls are narrowed to; '' narrows nothing. */
export interface CallFilters {
  tab: CallTab;
  q: string;
  /** Calls with whoever has this number or extension, or with what the telephone system called them so. */
  with: string;
}

/** Narrowed by nothing. */
export const wholeCallList: CallFilters = { tab: 'all', q: '', with: '' };

/** The state of `/calls` as its address carries it. */
export interface CallListState extends CallFilters {
  place: Place;
  all: boolean;
}

/** What is not understood counts as not given. */
export function readCallState(query: Query): CallListState {
  return {
    tab: callTabs.find((tab) => tab === query['tab']) ?? 'all',
    q: tidy(textOf(query['q'])).slice(0, 200),
    with: tidy(textOf(query['with'])).slice(0, 64),
    place: placeOf(query),
    all: query['all'] === ALL,
  };
}

/** The list an address of ours shows; all calls for anything else. */
export function callStateOf(path: string): CallListState {
  return readCallState(queryOf(path));
}

/** The address of the list in a state; what is as by default is left out. */
export function callsPath(state: Partial<CallListState>, path = CALLS): string {
  const { place = {}, all = false } = state;
  const fields = fieldsOf({ all: all ? ALL : '' });
  return addressOf(path, [...callFilterFields(state), ...fields], place);
}

/** Tab, search and person as they stand in an address or form, those that say something. */
export function callFilterFields({ tab, q, with: whom }: Partial<CallFilters>): {
  name: string;
  value: string;
}[] {
  return fieldsOf({ tab: tab === 'all' ? '' : tab, q, with: whom });
}
