import { limits } from '../../config/limits.js';
import { isId, type Id } from '../../database/id.js';
import { type KeysetPage, type Place } from '../../database/keyset.js';
import { colourOf, initialsOf } from '../../web/avatars.js';
import { field, select, type AnyField } from '../../web/fields.js';
import { ALL } from '../../web/selection.js';
import { type Words } from '../../web/words.js';
import { addressShown } from '../address-shown.js';
import { GROUPS_OFFERED, type CompanyChoices, type CompanyContact } from './company-contacts.query.js';
import {
  COMPANY,
  companyPath,
  companyStandings,
  isNarrowed,
  type CompanyListState,
  type CompanySort,
} from './company-list.state.js';
import { companyTabs } from './company-tabs.view.js';
import { personText, standingBadge, statusBadge } from './company-words.js';

export interface CompanyRead {
  page: KeysetPage<CompanyContact>;
  choices: CompanyChoices;
  /** All there are, whatever the list is narrowed to; null where that is not shown. */
  total: number | null;
  /** How many match, when all of them are selected. */
  matching: number | null;
}

/** `/company/external-contacts`: filters and one page of contacts. */
export function companyListView(words: Words, state: CompanyListState, read: CompanyRead) {
  const { page, choices, matching, total } = read;
  const narrowed = isNarrowed(state);
  const listed = { ...state, place: {}, all: false };
  const href = (place: Place | null) => (place ? companyPath({ ...state, place }) : undefined);
  return {
    title: words.t('company-external.title'),
    text: words.t('company-external.text'),
    tabs: companyTabs(words, 'contacts'),
    q: state.q,
    hidden: [
      ...(state.sort === 'recent' ? [] : [{ name: 'sort', value: state.sort }]),
      ...(state.person === '' ? [] : [{ name: 'person', value: state.person }]),
      ...(state.ids === '' ? [] : [{ name: 'ids', value: state.ids }]),
    ],
    panel: { label: words.t('company-external.filters'), fields: filtersOf(words, state, choices) },
    chips: chipsOf(words, state, choices),
    clearHref: narrowed ? COMPANY : undefined,
    status: narrowed ? foundText(words, page, matching) : '',
    columns: columnsOf(words, listed),
    tickable: !matching,
    selection: selectionOf(state, page, matching),
    rows: page.rows.map((row) => rowOf(words, state, row)),
    labels: {
      person: words.t('company-external.column.person'),
      company: words.t('company-external.column.company'),
      since: words.t('company-external.column.since'),
      asked: words.t('company-external.column.asked'),
    },
    pagination: {
      ...{ first: href(page.first), previous: href(page.previous) },
      ...{ next: href(page.next), last: href(page.last) },
      text:
        total === null || page.rows.length === 0
          ? ''
          : words.t('company-external.shown', { shown: page.rows.length, total }),
    },
    exports: {
      excel: withForm(companyPath(listed, `${COMPANY}/export.csv`)),
      plain: companyPath(listed, `${COMPANY}/export.csv`),
    },
    empty: page.rows.length > 0 ? null : emptyOf(words, state, narrowed),
  };
}

function filtersOf(words: Words, state: CompanyListState, choices: CompanyChoices): AnyField[] {
  return [
    ...groupFilter(words, state, choices),
    field(words, {
      ...{ name: 'domain', labelKey: 'company-external.filter.domain', value: state.domain },
      ...{ hintKey: 'company-external.filter.domain-hint', maxlength: limits.emailCharacters },
      autocomplete: 'off',
    }),
    select(words, {
      ...{ name: 'standing', labelKey: 'company-external.filter.standing', value: state.standing },
      emptyKey: 'company-external.filter.any',
      options: companyStandings.map((value) => ({
        value,
        labelKey: `company-external.filter.standing-${value}`,
      })),
    }),
  ];
}

/** A menu; beyond its length a text with the first groups to choose from. */
function groupFilter(words: Words, { group }: CompanyListState, choices: CompanyChoices): AnyField[] {
  const label = { name: 'group', labelKey: 'company-external.filter.group' };
  const { groups, group: chosen } = choices;
  if (groups.length > GROUPS_OFFERED)
    return [
      field(words, {
        ...{ ...label, value: chosen ?? group, maxlength: limits.nameCharacters, autocomplete: 'off' },
        suggestions: groups.slice(0, GROUPS_OFFERED).map(({ name }) => ({ value: name })),
      }),
    ];
  if (groups.length === 0 && group === '') return [];
  const options = groups.map(({ id, name }) => ({ value: id, label: name }));
  const known = options.find(({ value, label: name }) => value === group || name === group);
  if (group !== '' && !known)
    options.unshift({ value: group, label: chosen ?? words.t('company-external.filter.gone') });
  return [
    select(words, {
      ...{ ...label, emptyKey: 'company-external.filter.any', options, value: known?.value ?? group },
    }),
  ];
}

/** What narrows the list besides the search, each with the address of the list without it. */
function chipsOf(words: Words, state: CompanyListState, choices: CompanyChoices) {
  const gone = words.t('company-external.filter.gone');
  const group = isId(state.group) ? (choices.group ?? gone) : state.group;
  const said = {
    person: choices.person ?? gone,
    group,
    domain: state.domain,
    standing: state.standing && words.t(`company-external.filter.standing-${state.standing}`),
  };
  return (['person', 'group', 'domain', 'standing'] as const)
    .filter((name) => state[name] !== '')
    .map((name) => {
      const filter = words.t(`company-external.filter.${name}`);
      const label = words.t('users.filter.chip', { filter, value: said[name] });
      return {
        label,
        remove: words.t('users.filter.remove', { filter: label }),
        href: companyPath({ ...state, [name]: '', place: {}, all: false }),
      };
    });
}

/** A sorted column turns round; time starts with what came last. */
function columnsOf(words: Words, state: CompanyListState) {
  const column = (name: string, ascending: CompanySort, descending: CompanySort) => {
    const sorted = state.sort === ascending || state.sort === descending;
    const first = ascending === 'oldest' ? descending : ascending;
    const turned = state.sort === ascending ? descending : ascending;
    return {
      label: words.t(`company-external.column.${name}`),
      href: companyPath({ ...state, sort: sorted ? turned : first }),
      ...(sorted ? { sort: state.sort === ascending ? 'ascending' : 'descending' } : {}),
    };
  };
  return [
    column('contact', 'contact', '-contact'),
    { label: words.t('company-external.column.company') },
    column('person', 'person', '-person'),
    column('since', 'oldest', 'recent'),
    { label: words.t('company-external.column.asked'), wide: true },
  ];
}

function rowOf(
  words: Words,
  state: CompanyListState,
  { id, contact, person, connectedAt, askedBy }: CompanyContact,
) {
  const owner = personText(person);
  const erased = contact.name === '';
  return {
    ...{ id, name: erased ? words.t('company-external.erased') : contact.name },
    ...(contact.email === null ? {} : addressShown(contact.email)),
    avatar: { initials: initialsOf(contact.givenName, contact.familyName), colour: colourOf(contact.id) },
    badge: standingBadge(words, contact),
    company: contact.company,
    alone: contact.company === null && !erased ? words.t('company-external.personal') : '',
    owner: owner || words.t('company-external.erased'),
    ownerHref: person.status === null || owner === '' ? null : `/users/${person.id}`,
    ownerBadge: owner === '' ? null : statusBadge(words, person),
    since: words.date(connectedAt),
    asked: words.t(`company-external.asked.${askedBy ?? 'both'}`),
    whole: words.t('company-external.whole', { contact: contact.name, person: owner }),
    removeHref: removalPath(id, companyPath({ ...state, all: false })),
    ownHref: companyPath({ person: person.id }),
  };
}

/** The question whether to end one contact, which leads back to the list it was asked from. */
function removalPath(id: Id, list: string): string {
  const path = companyPath({ ids: id }, `${COMPANY}/removal`);
  return list === COMPANY ? path : `${path}&${new URLSearchParams({ list }).toString()}`;
}

function selectionOf(state: CompanyListState, page: KeysetPage<CompanyContact>, matching: number | null) {
  if (matching)
    return {
      count: matching,
      rowsHref: companyPath({ ...state, all: false }),
      hidden: [
        { name: 'all', value: ALL },
        { name: 'list', value: companyPath({ ...state, place: {}, all: false }) },
      ],
    };
  const more = page.previous !== null || page.next !== null;
  return {
    ...(more ? { allHref: companyPath({ ...state, all: true }) } : {}),
    hidden: [{ name: 'list', value: companyPath(state) }],
  };
}

/** Exact while one page holds all that match, or all are selected. */
function foundText(
  words: Words,
  { rows, previous, next }: KeysetPage<CompanyContact>,
  matching: number | null,
): string {
  if (matching) return words.t('company-external.found', { count: matching });
  const more = previous !== null || next !== null;
  return words.t(more ? 'company-external.found-or-more' : 'company-external.found', { count: rows.length });
}

function emptyOf(words: Words, { q }: CompanyListState, narrowed: boolean) {
  if (!narrowed)
    return {
      ...{ icon: 'external', title: words.t('company-external.empty') },
      text: words.t('company-external.empty-text'),
    };
  return {
    ...{ icon: 'search', title: words.t('common.empty.no-match') },
    text: words.t(q.includes('@') ? 'company-external.no-match-address' : 'common.empty.no-match-text'),
    ...{ href: COMPANY, label: words.t('common.action.clear-filters'), quiet: true },
    // Somebody may have been asked and not answered yet.
    asked: q === '' ? '' : `${COMPANY}/requests?${new URLSearchParams({ q }).toString()}`,
  };
}

function withForm(path: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}form=excel`;
}
