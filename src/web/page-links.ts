import { type KeysetPage, type Place } from '../database/keyset.js';
import { ALL } from './selection.js';

/** First, Previous, Next and Last of a page, as partial `pagination` takes them; a place that is not there has no link. */
export function pageLinks<Link>(
  { first, previous, next, last }: Omit<KeysetPage<unknown>, 'rows'>,
  href: (place: Place) => Link,
): Record<'first' | 'previous' | 'next' | 'last', Link | undefined> {
  const link = (place: Place | null) => (place === null ? undefined : href(place));
  return { first: link(first), previous: link(previous), next: link(next), last: link(last) };
}

/**
 * What the bar of a list acts on: ticked rows, or all that the list shows, with its address to find them by.
 * @param matching how many these are when all are selected; null while rows are ticked one by one
 */
export function selectedRows<State extends { place: Place; all: boolean }>(
  state: State,
  { previous, next }: Omit<KeysetPage<unknown>, 'rows'>,
  matching: number | null,
  href: (state: State) => string,
) {
  if (matching === null)
    return {
      allHref: previous || next ? href({ ...state, all: true }) : undefined,
      hidden: [{ name: 'list', value: href(state) }],
    };
  return {
    count: matching,
    rowsHref: href({ ...state, all: false }),
    hidden: [
      { name: 'all', value: ALL },
      { name: 'list', value: href({ ...state, place: {}, all: false }) },
    ],
  };
}
