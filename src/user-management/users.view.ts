import { statuses, type Status } from '../accounts/user.entity.js';
import { type KeysetPage, type Place } from '../database/keyset.js';
import { colourOf, initialsOf } from '../web/avatars.js';
import { select } from '../web/fields.js';
import { type Words } from '../web/words.js';
import { FILTER_VALUES, type GroupNamed, type ListedUser } from './user-list.query.js';
import { isNarrowed, listPath, sortsOf, type UserListState, type UserSort } from './user-list.state.js';
import { selectionOf, type Matching } from './users-selection.view.js';

export interface UsersRead {
  page: KeysetPage<ListedUser>;
  counts: Record<Status, number>;
  departments: string[];
  userGroups: GroupNamed[];
  /** All that match, counted when they are selected. */
  matching: Matching | null;
}

/** `/users`: tabs, toolbar, one page of people. */
export function usersView(
  words: Words,
  state: UserListState,
  { page, counts, matching, ...choices }: UsersRead,
) {
  const narrowed = isNarrowed(state);
  const { status } = state;
  const filtered = { ...state, place: {} };
  return {
    title: words.t('users.title'),
    tabs: statuses.map((each) => ({
      href: listPath({ status: each }),
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
    ],
    filters: filtersOf(words, state, choices),
    clearHref: narrowed ? listPath({ status }) : undefined,
    status: narrowed ? foundText(words, page) : '',
    columns: columnsOf(words, filtered),
    pending: status === 'pending',
    tickable: status === 'pending' && !matching,
    selection: selectionOf(state, page, matching),
    rows: page.rows.map((user) => ({ ...rowOf(words, user), tickable: status === 'pending' && !matching })),
    pagination: paginationOf(words, state, page, narrowed ? null : counts[status]),
    exports: {
      excel: withForm(listPath({ ...filtered, all: false }, '/users/export.csv')),
      plain: listPath({ ...filtered, all: false }, '/users/export.csv'),
    },
    empty: page.rows.length > 0 ? null : emptyOf(words, state, narrowed),
  };
}

function filtersOf(
  words: Words,
  state: UserListState,
  choices: Pick<UsersRead, 'departments' | 'userGroups'>,
) {
  const { role, userGroup, department } = state;
  const userGroups = choices.userGroups.map(({ id, name }) => ({ value: id, label: name }));
  const departments = choices.departments.map((value) => ({ value, label: value }));
  return [
    select(words, {
      name: 'role',
      labelKey: 'users.field.role',
      emptyKey: 'users.filter.any-role',
      value: role,
      options: (['owner', 'admin', 'member'] as const).map((value) => ({
        value,
        labelKey: `users.role.${value}`,
      })),
    }),
    ...(userGroups.length > 0
      ? [
          select(words, {
            name: 'userGroup',
            labelKey: 'users.field.userGroup',
            value: userGroup ?? '',
            options: offered(words, userGroups, {
              chosen: userGroup ? { value: userGroup, label: words.t('users.filter.other-group') } : null,
              anyKey: 'users.filter.any-group',
            }),
          }),
        ]
      : []),
    ...(departments.length > 0 || department !== null
      ? [
          select(words, {
            name: 'department',
            labelKey: 'users.field.department',
            value: department ?? '',
            options: offered(words, departments, {
              chosen: department === null ? null : { value: department, label: department },
              anyKey: 'users.filter.any-department',
            }),
          }),
        ]
      : []),
  ];
}

interface Option {
  value: string;
  label: string;
}

/** What a menu offers. It says where it is cut, and holds what is chosen even beyond that. */
function offered(
  words: Words,
  found: Option[],
  { chosen, anyKey }: { chosen: Option | null; anyKey: string },
) {
  const options = found.slice(0, FILTER_VALUES);
  if (chosen && !options.some(({ value }) => value === chosen.value)) options.unshift(chosen);
  const any =
    found.length > FILTER_VALUES ? words.t('common.filter.first', { count: FILTER_VALUES }) : words.t(anyKey);
  return [{ value: '', label: any }, ...options];
}

/** Exact while one page holds all that match; counting the rest would read the whole list. */
function foundText(words: Words, { rows, previous, next }: KeysetPage<ListedUser>): string {
  const more = previous !== null || next !== null;
  return words.t(more ? 'common.search.results-or-more' : 'common.search.results', { count: rows.length });
}

/** Columns of the table; a sorted one turns round, another starts with what is looked for first. */
function columnsOf(words: Words, state: UserListState) {
  const { status } = state;
  const sorts = new Set(sortsOf(status));
  const moment: UserSort = status === 'pending' ? 'invited' : 'signed-in';
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
    column(moment, `users.column.${moment}`),
  ];
}

function rowOf(words: Words, user: ListedUser) {
  const { id, givenName, familyName, email, department, jobTitle } = user;
  return {
    id,
    href: `/users/${id}`,
    editHref: `/users/${id}/edit`,
    resendAction: `/users/${id}/invitations`,
    cancelAction: `/users/${id}/invitations/cancellation`,
    displayName: `${givenName} ${familyName}`.trim() || email,
    email,
    department,
    jobTitle,
    avatar: { initials: initialsOf(givenName, familyName), colour: colourOf(id), photoUrl: photoUrlOf(user) },
    badges: badgesOf(words, user),
    pending: user.status === 'pending',
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

/** The last column: invitation of the pending, last sign-in of the others. */
function momentOf(words: Words, { status, invitedAt, invitationEndsAt, lastSignInAt }: ListedUser) {
  if (status !== 'pending') {
    return { moment: lastSignInAt ? words.relative(lastSignInAt) : words.t('users.never-signed-in') };
  }
  const ended = invitationEndsAt === null || invitationEndsAt.getTime() <= Date.now();
  return {
    moment: invitedAt ? words.date(invitedAt) : '',
    ...(ended
      ? { ended: { kind: 'danger', icon: 'alert-circle', text: words.t('users.invitation.ended') } }
      : { ends: words.t('users.invitation.until', { date: words.date(invitationEndsAt) }) }),
  };
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

function emptyOf(words: Words, { status, q }: UserListState, narrowed: boolean) {
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
      ? statuses
          .filter((other) => other !== status)
          .map((other) => ({
            href: listPath({ status: other, q }),
            label: words.t(`users.look-in.${other}`),
          }))
      : [],
  };
}

function withForm(path: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}form=excel`;
}
