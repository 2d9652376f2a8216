import { limits } from '../../config/limits.js';
import { firstNumber } from '../../contact-card/first-number.js';
import { type KeysetPage } from '../../database/keyset.js';
import { colourOf, initialsIn } from '../../web/avatars.js';
import { select } from '../../web/fields.js';
import { lettersView } from '../../web/letters.js';
import { isUnsearchable } from '../../web/list-search.js';
import { phoneText } from '../../web/link-texts.js';
import { noCallText, reachOf, type ReachReader } from '../../web/reach.js';
import { pageLinks, selectedRows } from '../../web/page-links.js';
import { type Words } from '../../web/words.js';
import { contactPhotoUrl } from '../contact-photos.js';
import { type CountedGroup } from '../groups/contact-groups.query.js';
import { actsOf } from '../groups/contact-groups.view.js';
import { type ContactCounts, type ListedContact } from './contact-list.query.js';
import {
  CONTACTS,
  contactSorts,
  filterFields,
  isNarrowed,
  listPath,
  NONE,
  type ContactListState,
} from './contact-list.state.js';

export interface ContactsRead {
  page: KeysetPage<ListedContact>;
  counts: ContactCounts;
  groups: readonly CountedGroup[];
  /** Letters somebody's name begins with; null while searching. */
  letters: ReadonlySet<string> | null;
  /** How many match, when all of them are selected. */
  matching: number | null;
  reader: ReachReader;
}

/** Groups beside the list; the others are on the page of groups. */
const GROUPS_BESIDE = 50;
/** Labels of groups in a row; of more, how many. */
const LABELS = 3;

/** `/personal-contacts`: groups, toolbar, letters, one page of contacts. */
export function contactListView(words: Words, state: ContactListState, read: ContactsRead) {
  const { page, counts, groups, matching, reader } = read;
  const { q, sort } = state;
  const group = groups.find(({ id }) => id === state.group);
  const whole = { ...state, place: {}, all: false };
  const tickable = matching === null;
  const rows = page.rows.map((contact) => rowOf(words, contact, { reader, inGroup: group?.id, tickable }));
  return {
    title: words.t('personal-contacts.title'),
    newHref: group ? `${CONTACTS}/new?groupIds=${group.id}` : `${CONTACTS}/new`,
    exportHref: listPath(whole, `${CONTACTS}/export`),
    side: sideOf(words, state, counts, groups),
    place: placeOf(words, state, group, groups.length > 1),
    // Nothing to search in yet, and nothing to sort.
    usable: counts.all > 0,
    q,
    action: CONTACTS,
    filters: [sortField(words, sort)],
    hidden: filterFields({ ...state, q: '' }),
    status: statusOf(words, state, read),
    // A group is a place, and has its way back beside the list.
    clearHref: state.letter || state.ids ? listPath({ ...whole, letter: '', ids: '' }) : '',
    letters: counts.all > 0 && read.letters ? lettersOf(words, state, read.letters) : null,
    columns: columnsOf(words, state),
    labels: {
      organization: words.t('personal-contacts.organization'),
      email: words.t('personal-contacts.email'),
      phone: words.t('personal-contacts.phone'),
      groups: words.t('personal-contacts.groups'),
    },
    tickable,
    selection: selectionOf(words, state, page, matching, group),
    rows,
    noCall: noCallText(rows),
    pagination: { ...pageLinks(page, (place) => listPath({ ...state, place })), text: '' },
    empty: page.rows.length > 0 ? null : emptyOf(words, state, counts.all, group),
  };
}

/** All, starred, without group, then the groups, each with its count. */
function sideOf(
  words: Words,
  state: ContactListState,
  counts: ContactCounts,
  groups: readonly CountedGroup[],
) {
  const { sort, group, starred } = state;
  const entries = [
    { icon: 'personal-contacts', label: words.t('personal-contacts.all'), count: counts.all, to: {} },
    {
      icon: 'star',
      label: words.t('personal-contacts.starred'),
      count: counts.starred,
      to: { starred: true },
    },
    {
      icon: 'minus',
      label: words.t('personal-contacts.ungrouped'),
      count: counts.ungrouped,
      to: { group: NONE },
    },
  ].map(({ to, ...entry }) => ({
    ...entry,
    href: listPath({ ...to, sort }),
    current: group === (to.group ?? '') && starred === (to.starred ?? false),
  }));
  const beside = groups.filter(({ id }, place) => place < GROUPS_BESIDE || id === group);
  const own = beside.map(({ id, name, people }) => ({
    ...{ icon: 'user-group', label: name, count: people },
    href: listPath({ group: id, sort }),
    current: id === group,
  }));
  const current = [...entries, ...own].find((each) => each.current);
  return {
    entries: said(words, entries),
    groups: said(words, own),
    current: current?.label ?? words.t('personal-contacts.groups'),
    label: words.t('personal-contacts.groups'),
    manageHref: groups.length > 0 ? `${CONTACTS}/groups` : '',
    manage: words.t(
      groups.length > beside.length ? 'personal-contacts.all-groups' : 'personal-contacts.manage-groups',
      { count: groups.length },
    ),
    newHref: `${CONTACTS}/groups/new`,
    newLabel: words.t('contact-groups.new'),
  };
}

function said<Entry extends { count: number }>(words: Words, entries: readonly Entry[]) {
  return entries.map((entry) => ({
    ...entry,
    count: words.number(entry.count),
    said: words.t('personal-contacts.count', { count: entry.count }),
  }));
}

/** What of the list is shown, as a heading above it, with what can be done with a group. */
function placeOf(
  words: Words,
  { group: chosen, starred }: ContactListState,
  group: CountedGroup | undefined,
  others: boolean,
) {
  if (group) return { name: group.name, ...actsOf(group.id, others) };
  if (chosen === NONE) return { name: words.t('personal-contacts.ungrouped') };
  return starred ? { name: words.t('personal-contacts.starred') } : null;
}

function sortField(words: Words, sort: ContactListState['sort']) {
  return select(words, {
    ...{ name: 'sort', labelKey: 'personal-contacts.sort', value: sort === 'name' ? '' : sort },
    options: contactSorts.map((each) => ({
      value: each === 'name' ? '' : each,
      labelKey: `personal-contacts.sort.${each.replace('-name', 'name-back')}`,
    })),
  });
}

/** Exact where that costs nothing: a group, or a list that fits on one page, or all of it are selected. */
function statusOf(words: Words, state: ContactListState, { page, counts, groups, matching }: ContactsRead) {
  if (matching !== null) return words.t('common.search.results', { count: matching });
  const { q, letter, ids, group, starred } = state;
  const counted =
    group === ''
      ? starred
        ? counts.starred
        : counts.all
      : starred
        ? null
        : group === NONE
          ? counts.ungrouped
          : (groups.find(({ id }) => id === group)?.people ?? 0);
  if (q === '' && letter === '' && ids === '' && counted !== null)
    return counted === 0 ? '' : words.t('personal-contacts.count', { count: counted });
  return page.previous || page.next
    ? words.t('common.search.results-or-more', { count: limits.page })
    : words.t('common.search.results', { count: page.rows.length });
}

function lettersOf(words: Words, state: ContactListState, there: ReadonlySet<string>) {
  const shown = { ...state, place: {}, all: false };
  return lettersView(words, {
    ...{ chosen: state.letter, there },
    href: (letter) => listPath({ ...shown, letter }),
  });
}

function columnsOf(words: Words, state: ContactListState) {
  const { sort } = state;
  const shown = { ...state, place: {}, all: false };
  const byName = sort === 'name' || sort === '-name';
  return [
    { label: words.t('personal-contacts.star'), hidden: true },
    {
      label: words.t('personal-contacts.name'),
      href: listPath({ ...shown, sort: sort === 'name' ? '-name' : 'name' }),
      ...(byName ? { sort: sort === 'name' ? 'ascending' : 'descending' } : {}),
    },
    {
      label: words.t('personal-contacts.organization'),
      href: listPath({ ...shown, sort: 'organization' }),
      wide: true,
      ...(sort === 'organization' ? { sort: 'ascending' } : {}),
    },
    { label: words.t('personal-contacts.email') },
    { label: words.t('personal-contacts.phone') },
    { label: words.t('personal-contacts.groups'), wide: true },
    { label: words.t('reach.column'), hidden: true },
  ];
}

/** The bar: for ticked rows, or for all that the list shows, with its address to find them by. */
function selectionOf(
  words: Words,
  state: ContactListState,
  page: KeysetPage<ListedContact>,
  matching: number | null,
  group: CountedGroup | undefined,
) {
  return {
    menu: [
      { act: 'unstar', icon: 'star', label: words.t('personal-contacts.bar.unstar') },
      ...(group
        ? [
            {
              act: 'leave',
              icon: 'minus',
              label: words.t('personal-contacts.bar.leave', { group: group.name }),
            },
          ]
        : []),
      { act: 'export', icon: 'download', label: words.t('personal-contacts.bar.export') },
    ],
    ...selectedRows(state, page, matching, listPath),
  };
}

function rowOf(
  words: Words,
  contact: ListedContact,
  { reader, inGroup, tickable }: { reader: ReachReader; inGroup: string | undefined; tickable: boolean },
) {
  const { id, displayName, email, organization, starred, photoHash } = contact;
  const phone = firstNumber(contact);
  // Within a group its label would stand in every row.
  const groups = contact.groups.filter((group) => group.id !== inGroup);
  // Written out, as in other rows: an object that is spread into another takes ten times the memory.
  return {
    id,
    displayName,
    organization,
    tickable,
    href: `${CONTACTS}/${id}`,
    editHref: `${CONTACTS}/${id}/edit`,
    avatar: {
      initials: initialsIn(displayName),
      colour: colourOf(id),
      photoUrl: contactPhotoUrl({ id, photoHash }),
    },
    star: {
      action: `${CONTACTS}/${id}/star`,
      icon: starred ? 'star-full' : 'star',
      // What the button sends: the other state.
      value: starred ? '' : 'on',
      pressed: starred ? 'true' : 'false',
      label: words.named('personal-contacts.star-what', displayName),
    },
    email,
    phone: phone && phoneText(phone.number),
    copy: phone && phone.number,
    ways: reachOf(words, reader, {
      name: displayName,
      email,
      number: phone?.callable ? phone.number : null,
    }),
    groups: groups
      .slice(0, LABELS)
      .map((group) => ({ name: group.name, href: listPath({ group: group.id }) })),
    more:
      groups.length > LABELS
        ? words.t('personal-contacts.more-groups', { count: groups.length - LABELS })
        : '',
  };
}

function emptyOf(words: Words, state: ContactListState, all: number, group: CountedGroup | undefined) {
  const { q, sort } = state;
  if (all === 0 && !isNarrowed(state))
    return {
      ...{ icon: 'personal-contacts', title: words.t('personal-contacts.empty.title') },
      ...{ text: words.t('personal-contacts.empty.text'), nothingYet: true },
    };
  if (isUnsearchable(q))
    return {
      ...{ icon: 'search', title: words.t('personal-contacts.unsearchable.title') },
      text: words.t('personal-contacts.unsearchable.text'),
      ...{ href: listPath({ ...state, q: '', place: {} }), label: words.t('personal-contacts.show-all') },
    };
  const { starred, letter } = state;
  if (group && !isNarrowed({ ...state, group: '' }))
    return {
      ...{ icon: 'user-group', title: words.t('personal-contacts.empty.group') },
      text: words.t('personal-contacts.empty.group-text'),
      ...{ href: CONTACTS, label: words.t('personal-contacts.show-all') },
    };
  if (starred && !isNarrowed({ ...state, starred: false }))
    return {
      ...{ icon: 'star', title: words.t('personal-contacts.empty.starred') },
      text: words.t('personal-contacts.empty.starred-text'),
      ...{ href: CONTACTS, label: words.t('personal-contacts.show-all') },
    };
  const filtered = state.group !== '' || starred || letter !== '' || state.ids !== '';
  return {
    ...{ icon: 'search', title: words.t('common.empty.no-match') },
    text:
      q === ''
        ? words.t('personal-contacts.no-match.filtered')
        : words.t(filtered ? 'personal-contacts.no-match.both' : 'personal-contacts.no-match.text', { q }),
    // Filters are the likelier reason: take them away first and keep what was typed.
    href: filtered ? listPath({ q, sort }) : CONTACTS,
    label: words.t(filtered ? 'common.action.clear-filters' : 'personal-contacts.show-all'),
  };
}
