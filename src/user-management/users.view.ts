import { type Status } from '../accounts/user.entity.js';
import { limits } from '../config/limits.js';
import { type KeysetPage, type Place } from '../database/keyset.js';
import { colourOf, initialsOf } from '../web/avatars.js';
import { type SignedIn } from '../web/signed-in.js';
import { type Words } from '../web/words.js';
import { type ListedView } from './saved-views/saved-views.service.js';
import { type FilterChoices } from './user-filter-choices.query.js';
import { type ListedUser } from './user-list.query.js';
import {
  inTab,
  isNarrowed,
  listPath,
  listStatuses,
  sortsOf,
  type UserListState,
  type UserSort,
} from './user-list.state.js';
import { chipsOf, filtersView, goneOf } from './users-filters.view.js';
import { selectionOf } from './users-selection.view.js';

export interface UsersRead {
  page: KeysetPage<ListedUser>;
  counts: Record<Status, number>;
  choices: FilterChoices;
  views: readonly ListedView[];
  /** How many match, when all of them are selected. */
  matching: number | null;
}

/** `/users`: tabs, toolbar, one page of people. */
export function usersView(
  words: Words,
  reader: Pick<SignedIn, 'id' | 'role'>,
  state: UserListState,
  { page, counts, matching, choices, views }: UsersRead,
) {
  const narrowed = isNarrowed(state);
  const { status } = state;
  const filtered = { ...state, place: {} };
  const listed = { ...filtered, all: false };
  const chips = chipsOf(words, state, choices);
  return {
    title: words.t('users.title'),
    // The bin has a tab while somebody is in it.
    tabs: listStatuses
      .filter((each) => each !== 'erased' || counts.erased > 0 || status === 'erased')
      .map((each) => ({
        href: listPath(inTab(state, each)),
        label: words.t(`users.tab.${each}`),
        count: counts[each],
        current: each === status,
      })),
    q: state.q,
    hidden: [
      ...(status === 'active' ? [] : [{ name: 'status', value: status }]),
      ...(state.sort === 'name' && !state.descending
        ? []
        : [{ name: 'sort', value: `${state.descending ? '-' : ''}${state.sort}` }]),
      ...(state.columns === null ? [] : [{ name: 'columns', value: state.columns }]),
    ],
    ownColumns: state.columns !== null,
    panel: filtersView(words, state, choices),
    chips,
    gone: goneOf(words, chips),
    clearAllHref: narrowed ? listPath({ status }) : undefined,
    views: viewsOf(views, listed),
    saveViewHref: listPath(listed, '/users/views/new'),
    exportHref: listPath(listed, '/users/export'),
    status: narrowed ? foundText(words, page, matching) : '',
    columns: columnsOf(words, filtered),
    pending: status === 'pending',
    tickable: !matching && status !== 'erased',
    selection: selectionOf(words, reader, state, page, matching),
    rows: page.rows.map((user) => ({
      ...rowOf(words, reader, user),
      tickable: !matching && status !== 'erased',
    })),
    pagination: paginationOf(words, state, page, narrowed ? null : counts[status]),
    exports: {
      excel: withForm(listPath(listed, '/users/export.csv')),
      plain: listPath(listed, '/users/export.csv'),
    },
    empty: page.rows.length > 0 ? null : emptyOf(words, state, narrowed),
  };
}

/** The others are on the page of all views. */
const VIEWS_IN_MENU = 15;

/** Views to open; the one that is shown now is marked. */
function viewsOf(views: readonly ListedView[], listed: UserListState) {
  const present = listPath(listed).slice('/users?'.length);
  return views.slice(0, VIEWS_IN_MENU).map(({ id, name, query }) => ({
    name,
    href: `/users?view=${id}`,
    current: query === present,
  }));
}

/** Exact while one page holds all that match, or all are selected; counting the rest would read the whole list. */
function foundText(
  words: Words,
  { rows, previous, next }: KeysetPage<ListedUser>,
  matching: number | null,
): string {
  if (matching) return words.t('common.search.results', { count: matching });
  const more = previous !== null || next !== null;
  return more
    ? words.t('common.search.results-or-more', { count: limits.page })
    : words.t('common.search.results', { count: rows.length });
}

/** Columns of the table; a sorted one turns round, another starts with what is looked for first. */
function columnsOf(words: Words, state: UserListState) {
  const { status } = state;
  const sorts = new Set(sortsOf(status));
  const moment: UserSort = status === 'pending' ? 'invited' : 'signed-in';
  const inBin = status === 'erased';
  const column = (sort: UserSort, labelKey: string, wide = false) => {
    const sorted = state.sort === sort;
    const newestFirst = sort === 'invited' || sort === 'signed-in';
    const descending = sorted ? !state.descending : newestFirst;
    return {
      label: words.t(labelKey),
      wide,
      ...(sorts.has(sort) ? { href: listPath({ ...state, sort, descending }) } : {}),
      ...(sorted ? { sort: state.descending ? 'descending' : 'ascending' } : {}),
    };
  };
  return [
    column('name', 'users.column.name'),
    column('email', 'users.column.email'),
    column('department', 'users.column.department', true),
    { label: words.t('users.column.access'), wide: true },
    inBin ? { label: words.t(momentLabels.erased) } : column(moment, momentLabels[status]),
  ];
}

function rowOf(words: Words, reader: Pick<SignedIn, 'id' | 'role'>, user: ListedUser) {
  const { id, givenName, familyName, email, department, location, jobTitle, status } = user;
  // Nobody is offered what would be refused: owners are changed by owners, and nobody deactivates themselves.
  const may = id !== reader.id && (user.role !== 'owner' || reader.role === 'owner');
  return {
    id,
    href: `/users/${id}`,
    editHref: may || id === reader.id ? `/users/${id}/edit` : undefined,
    deactivateAction: may && status === 'active' ? `/users/${id}/deactivation` : undefined,
    reactivateAction: may && status === 'deactivated' ? `/users/${id}/reactivation` : undefined,
    resendAction: `/users/${id}/invitations`,
    cancelAction: `/users/${id}/invitations/cancellation`,
    displayName: `${givenName} ${familyName}`.trim() || email,
    email,
    department,
    location,
    jobTitle,
    avatar: { initials: initialsOf(givenName, familyName), colour: colourOf(id), photoUrl: photoUrlOf(user) },
    badges: badgesOf(words, user),
    pending: status === 'pending',
    momentLabel: words.t(momentLabels[status]),
    ...momentOf(words, user),
  };
}

export function photoUrlOf({ photoHash }: Pick<ListedUser, 'photoHash'>): string | null {
  return photoHash === null ? null : `/photos/${photoHash}`;
}

/** Role and type, where they are not the usual ones. */
export function badgesOf(words: Words, { role, type }: Pick<ListedUser, 'role' | 'type'>) {
  return [
    ...(role === 'member' ? [] : [{ kind: 'accent', icon: 'shield', text: words.t(`users.role.${role}`) }]),
    ...(type === 'basic' ? [] : [{ icon: 'phone', text: words.t(`users.type.${type}`) }]),
  ];
}

const momentLabels: Record<Status, string> = {
  active: 'users.column.signed-in',
  pending: 'users.column.invited',
  deactivated: 'users.column.signed-in',
  erased: 'users.column.erased',
};

/** The last column: invitation of the pending, last sign-in of the others. */
function momentOf(
  words: Words,
  { status, invitedAt, invitationEndsAt, lastSignInAt, deletedAt }: ListedUser,
) {
  if (status === 'erased') return { moment: deletedAt ? words.date(deletedAt) : '' };
  if (status !== 'pending') {
    return {
      moment: lastSignInAt ? sentence(words.relative(lastSignInAt)) : words.t('users.never-signed-in'),
    };
  }
  const ended = invitationEndsAt === null || invitationEndsAt.getTime() <= Date.now();
  return {
    moment: invitedAt ? words.date(invitedAt) : '',
    ...(ended
      ? { ended: { kind: 'danger', icon: 'alert-circle', text: words.t('users.invitation.ended') } }
      : { ends: words.t('users.invitation.until', { date: words.date(invitationEndsAt) }) }),
  };
}

/** `now`, `yesterday` begin a cell as any other word does. */
function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** @param total how many people the tab has, null for a search */
function paginationOf(
  words: Words,
  state: UserListState,
  page: KeysetPage<ListedUser>,
  total: number | null,
) {
  const href = (place: Place | null) => (place ? listPath({ ...state, place }) : undefined);
  const only = page.previous === null && page.next === null;
  return {
    first: href(page.first),
    previous: href(page.previous),
    next: href(page.next),
    last: href(page.last),
    text:
      total === null || page.rows.length === 0
        ? ''
        : words.t(only ? 'users.all-shown' : 'users.some-shown', { shown: page.rows.length, total }),
  };
}

function emptyOf(words: Words, state: UserListState, narrowed: boolean) {
  const { status, q } = state;
  if (!narrowed) {
    const invites = status === 'pending';
    return {
      icon: invites ? 'send' : 'users',
      title: words.t(`users.empty.${status}-title`),
      text: words.t(`users.empty.${status}`),
      ...(invites ? { href: '/users/new', label: words.t('users.invite') } : {}),
      elsewhere: [],
    };
  }
  return {
    icon: 'search',
    title: words.t('common.empty.no-match'),
    text: words.t('common.empty.no-match-text'),
    href: listPath({ status }),
    label: words.t('common.action.clear-filters'),
    quiet: true,
    // Who is not active is often looked for in the wrong tab.
    elsewhere: q
      ? listStatuses
          .filter((other) => other !== status && other !== 'erased')
          .map((other) => ({
            href: listPath(inTab(state, other)),
            label: words.t(`users.look-in.${other}`),
          }))
      : [],
  };
}

function withForm(path: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}form=excel`;
}
