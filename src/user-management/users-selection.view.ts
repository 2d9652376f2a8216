import { type KeysetPage } from '../database/keyset.js';
import { type SignedIn } from '../web/signed-in.js';
import { type Words } from '../web/words.js';
import { actsOffered, type Act } from './runs/acts.js';
import { type ListedUser } from './user-list.query.js';
import { ALL, listPath, type UserListState } from './user-list.state.js';

/** Acts that stand on the bar itself; the others are in its menu. */
const ON_BAR = 3;

const icons: Record<Act | 'export', string> = {
  groups: 'user-group',
  type: 'phone',
  features: 'settings',
  role: 'shield',
  deactivate: 'lock',
  reactivate: 'undo',
  erase: 'trash',
  restore: 'undo',
  resend: 'send',
  cancel: 'trash',
  export: 'download',
};

/**
 * The bar of a list: for ticked rows, or for all that the list shows, with its address to find them by.
 * @param matching how many they are when all that match are selected
 */
export function selectionOf(
  words: Words,
  reader: Pick<SignedIn, 'role'>,
  state: UserListState,
  { previous, next }: KeysetPage<ListedUser>,
  matching: number | null,
) {
  const acts = [...actsOffered(state.status, reader), 'export' as const].map((act) => ({
    act,
    icon: icons[act],
    label: words.t(`user-runs.bar.${act}`),
    danger: act === 'erase' || act === 'cancel' || act === 'deactivate',
  }));
  const bar = { acts: acts.slice(0, ON_BAR), menu: acts.slice(ON_BAR) };
  if (matching)
    return {
      ...bar,
      count: matching,
      rowsHref: listPath({ ...state, all: false }),
      hidden: [
        { name: 'all', value: ALL },
        { name: 'list', value: listPath({ ...state, place: {}, all: false }) },
      ],
    };
  const more = previous !== null || next !== null;
  return {
    ...bar,
    allHref: more ? listPath({ ...state, all: true }) : undefined,
    hidden: [{ name: 'list', value: listPath(state) }],
  };
}
