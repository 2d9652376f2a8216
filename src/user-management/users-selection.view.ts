import { type KeysetPage } from '../database/keyset.js';
import { type ListedUser } from './user-list.query.js';
import { ALL, listPath, type UserListState } from './user-list.state.js';

/** All that match a list, counted when they are selected; who comes after `until` is not meant. */
export interface Matching {
  count: number;
  until: Date;
}

/** The bar of the pending: for ticked rows, or for all that match with what they match. */
export function selectionOf(
  state: UserListState,
  { previous, next }: KeysetPage<ListedUser>,
  matching: Matching | null,
) {
  if (!matching) {
    const more = previous !== null || next !== null;
    return {
      allHref: more ? listPath({ ...state, all: true }) : undefined,
      from: listPath(state),
      hidden: [],
    };
  }
  const { q, role, userGroup, department } = state;
  const filters = { q, role, userGroup, department };
  return {
    count: matching.count,
    rowsHref: listPath({ ...state, all: false }),
    from: listPath({ ...state, place: {}, all: false }),
    hidden: [
      { name: 'all', value: ALL },
      { name: 'until', value: matching.until.toISOString() },
      ...Object.entries(filters).flatMap(([name, value]) => (value ? [{ name, value }] : [])),
    ],
  };
}
