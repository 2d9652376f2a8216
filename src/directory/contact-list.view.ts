import { placeQuery, type Place } from '../database/keyset.js';
import { colourOf, initialsOf } from '../web/avatars.js';
import { select, type SelectField } from '../web/fields.js';
import { phoneText } from '../web/link-texts.js';
import { isUnsearchable } from '../web/list-search.js';
import { noCallText, reachOf, type Reachable, type ReachReader } from '../web/reach.js';
import { type Words } from '../web/words.js';
import {
  FILTER_VALUES,
  isWhole,
  type Choices,
  type ListedPerson,
  type PeopleFilters,
  type PeopleOrder,
  type PeoplePage,
} from './people-visible.query.js';
import { reachable } from './reachable.js';

export interface ContactList {
  page: PeoplePage;
  choices: Choices;
  filters: PeopleFilters;
  order: PeopleOrder;
  /** Who calls, writes, chats and meets. */
  reader: ReachReader;
  /** The viewer's stars are shown; not to an administrator who looks as somebody else. */
  withStars?: boolean;
  /** Name of the manager the list is narrowed to, if the viewer finds them. */
  managerName?: string | undefined;
  /** Where the list is: an administrator sees others' below `/users`. */
  base?: string;
}

/** `/contacts` as its template needs it: flat, and every text ready. */
export function contactListView(
  { page, choices, filters, order, reader, managerName, withStars = false, base = CONTACTS }: ContactList,
  words: Words,
) {
  const { q, ...narrowing } = filters;
  const narrowed = Object.values(narrowing).some((value) => value !== '');
  const people = page.rows.map((person) => row(person, words, { base, reader, withStars }));
  return {
    q,
    action: base,
    filters: [
      ...filterFields(choices, filters, managerName, words),
      ...(withStars ? [starFilter(filters, words)] : []),
    ],
    hidden: order === 'name' ? [] : [{ name: 'sort', value: order }],
    status: statusOf(page, filters, words),
    clearHref: narrowed ? listAddress({ q }, order, {}, base) : '',
    columns: [
      ...(withStars ? [{ label: words.t('contacts.star'), hidden: true }] : []),
      ...columnsOf(filters, order, base, words),
    ],
    labels: labelsOf(words),
    people,
    noCall: noCallText(people),
    pages: pageLinks(page, filters, order, base),
    empty: page.rows.length > 0 ? null : emptyState(filters, base, words),
  };
}

/** Where a list narrowed like this is found: of a page, a column head, a department on a person's page. */
export function listAddress(
  filters: Partial<PeopleFilters>,
  order: PeopleOrder = 'name',
  place: Place = {},
  base = CONTACTS,
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) if (value) query.set(name, value);
  if (order !== 'name') query.set('sort', order);
  for (const [name, value] of Object.entries(placeQuery(place))) query.set(name, value);
  return query.size === 0 ? base : `${base}?${query.toString()}`;
}

const CONTACTS = '/contacts';

function row(
  person: ListedPerson,
  words: Words,
  { base, reader, withStars }: Required<Pick<ContactList, 'base' | 'reader' | 'withStars'>>,
) {
  const { id, givenName, familyName, email, jobTitle, department, location, photoHash } = person;
  const reached = reachable(person);
  return {
    href: `${base}/${id}`,
    name: reached.name,
    initials: initialsOf(givenName, familyName),
    colour: colourOf(id),
    photoUrl: photoHash ? `/photos/${photoHash}` : '',
    jobTitle,
    department,
    location,
    email,
    phone: phoneOf(reached, words),
    ways: reachOf(words, reader, reached),
    star: withStars ? starOf(person, words) : null,
  };
}

function phoneOf({ number, extension }: Reachable, words: Words): string {
  if (number) return phoneText(number);
  return extension ? words.t('search.extension', { extension }) : '';
}

function columnsOf(filters: PeopleFilters, order: PeopleOrder, base: string, words: Words) {
  return [
    {
      label: words.t('contacts.name'),
      href: listAddress(filters, order === 'name' ? '-name' : 'name', {}, base),
      sort: order === 'name' ? 'ascending' : 'descending',
    },
    { label: words.t('contacts.department'), wide: true },
    { label: words.t('contacts.location'), wide: true },
    { label: words.t('contacts.email') },
    { label: words.t('contacts.phone') },
    { label: words.t('reach.column'), hidden: true },
  ];
}

/** Said once for the page, not once for each row. */
function labelsOf(words: Words) {
  return {
    department: words.t('contacts.department'),
    location: words.t('contacts.location'),
    email: words.t('contacts.email'),
    phone: words.t('contacts.phone'),
  };
}

function filterFields(
  choices: Choices,
  filters: PeopleFilters,
  managerName: string | undefined,
  words: Words,
): SelectField[] {
  const named = (values: string[]) => values.map((value) => ({ value, label: value }));
  const menus = [
    { name: 'department', options: named(choices.departments), chosen: filters.department },
    { name: 'location', options: named(choices.locations), chosen: filters.location },
    {
      name: 'group',
      options: choices.groups.map(({ id, name }) => ({ value: id, label: name })),
      chosen: filters.group,
    },
    // Chosen on a person's page: a menu of all managers would be as long as the list.
    {
      name: 'manager',
      options: managerName ? [{ value: filters.manager, label: managerName }] : [],
      chosen: filters.manager,
    },
  ];
  return menus
    .filter(({ options, chosen }) => options.length > 0 || chosen !== '')
    .map(({ name, options, chosen }) => filterField(name, options, chosen, words));
}

function filterField(
  name: string,
  found: { value: string; label: string }[],
  chosen: string,
  words: Words,
): SelectField {
  const options = found.slice(0, FILTER_VALUES);
  // A link may carry a value that is beyond the list, or gone since: the menu must not show "all" for it.
  if (chosen !== '' && !options.some(({ value }) => value === chosen)) {
    const gone = name === 'group' || name === 'manager';
    const label = gone ? words.t(`contacts.filter.${name}-gone`) : chosen;
    options.unshift({ value: chosen, label });
  }
  const all = `contacts.filter.all-${name}s`;
  options.unshift({
    value: '',
    label:
      found.length > FILTER_VALUES ? words.t('common.filter.first', { count: FILTER_VALUES }) : words.t(all),
  });
  return select(words, {
    name,
    labelKey: `contacts.filter.${name}`,
    options,
    value: chosen,
  });
}

function starFilter({ starred }: PeopleFilters, words: Words): SelectField {
  return select(words, {
    ...{ name: 'starred', labelKey: 'contacts.filter.starred', value: starred },
    options: [
      { value: '', label: words.t('contacts.filter.all-starred') },
      { value: '1', label: words.t('contacts.filter.only-starred') },
    ],
  });
}

function starOf({ id, givenName, familyName, starred }: ListedPerson, words: Words) {
  return {
    id: `star-${id}`,
    action: `/contacts/${id}/star`,
    icon: starred ? 'star-full' : 'star',
    // What the button sends: the other state.
    value: starred ? '' : 'on',
    pressed: starred ? 'true' : 'false',
    label: words.named('contacts.star-what', `${givenName} ${familyName}`.trim()),
  };
}

/** Exact where that costs nothing: everybody, or a list that fits on one page. */
function statusOf(page: PeoplePage, filters: PeopleFilters, words: Words): string {
  if (isWhole(filters)) return words.t('contacts.count', { count: page.people });
  const shown = page.rows.length;
  const whole = !page.previous && !page.next;
  return words.t(whole ? 'common.search.results' : 'common.search.results-or-more', { count: shown });
}

function emptyState(filters: PeopleFilters, base: string, words: Words) {
  const { q, ...narrowing } = filters;
  const filtered = Object.values(narrowing).some((value) => value !== '');
  if (isUnsearchable(q)) {
    return {
      icon: 'search',
      title: words.t('contacts.unsearchable.title'),
      text: words.t('contacts.unsearchable.text'),
      href: base,
      label: words.t('contacts.all'),
    };
  }
  if (filters.starred !== '' && isWhole({ ...filters, starred: '' })) {
    return {
      icon: 'star',
      title: words.t('contacts.empty.starred'),
      text: words.t('contacts.empty.starred-text'),
      href: base,
      label: words.t('contacts.all'),
    };
  }
  return {
    icon: q || filtered ? 'search' : 'contacts',
    title: words.t('common.empty.no-match'),
    text: words.t(filtered ? 'contacts.no-match.filtered' : 'contacts.no-match.text', { q }),
    // Filters are the likelier reason: take them away first and keep what was typed.
    href: filtered && q ? listAddress({ q }, 'name', {}, base) : base,
    label: filtered ? words.t('common.action.clear-filters') : words.t('contacts.all'),
  };
}

function pageLinks(page: PeoplePage, filters: PeopleFilters, order: PeopleOrder, base: string) {
  const link = (place: Place | null) => (place ? listAddress(filters, order, place, base) : '');
  return {
    first: link(page.first),
    previous: link(page.previous),
    next: link(page.next),
    last: link(page.last),
  };
}
