import { type Place, placeQuery } from '../../database/keyset.js';
import { tidy } from '../../text/tidy.js';
import { SENT } from '../external-tabs.view.js';
import { type SentState } from '../external-request.entities.js';

export const sentStates = [
  'waiting',
  'accepted',
  'declined',
  'withdrawn',
  'expired',
] as const satisfies readonly SentState[];

/** The state of `/external-contacts/requests/sent` as its address carries it. */
export interface SentListState {
  /** Part of an address; '' is no filter. */
  q: string;
  state: SentState | '';
  place: Place;
}

/** What is not understood counts as not given. */
export function readSentState(query: Readonly<Record<string, unknown>>): SentListState {
  const { q, after, before } = query;
  return {
    q: typeof q === 'string' ? tidy(q).slice(0, 200) : '',
    state: sentStates.find((state) => state === query['state']) ?? '',
    place: {
      ...(typeof after === 'string' ? { after } : {}),
      ...(typeof before === 'string' ? { before } : {}),
    },
  };
}

export function sentPath({ q, state, place = {} }: Partial<SentListState>): string {
  const query = new URLSearchParams({
    ...(q ? { q } : {}),
    ...(state ? { state } : {}),
    ...placeQuery(place),
  });
  return query.size > 0 ? `${SENT}?${query.toString()}` : SENT;
}

/** The list a form was sent from; the whole one for what is no list of ours. */
export function sentPathOf(list: string): string {
  if (!list.startsWith(`${SENT}?`)) return SENT;
  return sentPath(readSentState(Object.fromEntries(new URLSearchParams(list.slice(SENT.length + 1)))));
}
