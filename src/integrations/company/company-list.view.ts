import { providers } from '../../accounts/settings.js';
import { type KeysetPage, type Place } from '../../database/keyset.js';
import { colourOf, initialsOf } from '../../web/avatars.js';
import { select } from '../../web/fields.js';
import { pageLinks } from '../../web/page-links.js';
import { type Words } from '../../web/words.js';
import { personText, type CompanyConnection } from './company-connections.query.js';
import {
  COMPANY,
  companyConditions,
  companyPath,
  isNarrowed,
  type CompanySort,
  type CompanyState,
} from './company-state.js';
import { failingSince, providerText, stateBadge, statusBadge, whyText } from './company-words.js';

export interface CompanyRead {
  page: KeysetPage<CompanyConnection>;
  /** Whom the list is narrowed to; null for nobody there. */
  person: string | null;
  /** All there are; null where that is not shown. */
  total: number | null;
}

/** `/company/integrations`: filters and one page of connections. */
export function companyListView(words: Words, state: CompanyState, { page, person, total }: CompanyRead) {
  const narrowed = isNarrowed(state);
  const listed = { ...state, place: {} };
  const href = (place: Place) => companyPath({ ...state, place });
  const whole = companyPath(listed, `${COMPANY}/export.csv`);
  return {
    title: words.t('company-integrations.title'),
    text: words.t('company-integrations.text'),
    q: state.q,
    hidden: [
      ...(state.sort === 'person' ? [] : [{ name: 'sort', value: state.sort }]),
      ...(state.person === '' ? [] : [{ name: 'person', value: state.person }]),
    ],
    filters: filtersOf(words, state),
    chip: chipOf(words, state, person),
    clearHref: narrowed ? COMPANY : undefined,
    status: narrowed ? foundText(words, page) : '',
    columns: columnsOf(words, listed),
    labels: Object.fromEntries(
      ['mailbox', 'state', 'success', 'contacts'].map((name) => [
        name,
        words.t(`company-integrations.column.${name}`),
      ]),
    ),
    list: companyPath(state),
    rows: page.rows.map((row) => rowOf(words, state, row)),
    pagination: {
      ...pageLinks(page, href),
      text:
        total === null || page.rows.length === 0
          ? ''
          : words.t('company-integrations.shown', { shown: page.rows.length, total }),
    },
    exports: { excel: `${whole}${whole.includes('?') ? '&' : '?'}form=excel`, plain: whole },
    empty: page.rows.length > 0 ? null : emptyOf(words, narrowed),
  };
}

function filtersOf(words: Words, { provider, state }: CompanyState) {
  return [
    select(words, {
      ...{ name: 'provider', labelKey: 'company-integrations.filter.provider', value: provider },
      emptyKey: 'company-integrations.filter.any-provider',
      options: providers.map((value) => ({ value, labelKey: `settings.field.${value}` })),
    }),
    select(words, {
      ...{ name: 'state', labelKey: 'company-integrations.filter.state', value: state },
      emptyKey: 'company-integrations.filter.any-state',
      options: companyConditions.map((value) => ({
        value,
        labelKey: `company-integrations.filter.state-${value}`,
      })),
    }),
  ];
}

/** The one person the list is narrowed to, with the address of the list without that. */
function chipOf(words: Words, state: CompanyState, person: string | null) {
  if (state.person === '') return null;
  const filter = words.t('company-integrations.filter.person');
  const value = person ?? words.t('company-integrations.filter.gone');
  const label = words.t('users.filter.chip', { filter, value });
  return {
    label,
    remove: words.t('users.filter.remove', { filter: label }),
    href: companyPath({ ...state, person: '', place: {} }),
  };
}

/** A sorted column turns round. */
function columnsOf(words: Words, state: CompanyState) {
  const column = (name: string, ascending: CompanySort, descending: CompanySort) => {
    const turned = state.sort === ascending ? descending : ascending;
    return {
      label: words.t(`company-integrations.column.${name}`),
      href: companyPath({ ...state, sort: turned }),
      ...(state.sort === ascending ? { sort: 'ascending' } : {}),
      ...(state.sort === descending ? { sort: 'descending' } : {}),
    };
  };
  return [
    column('person', 'person', '-person'),
    { label: words.t('company-integrations.column.mailbox') },
    { label: words.t('company-integrations.column.state') },
    column('success', 'success', '-success'),
    { label: words.t('company-integrations.column.contacts'), number: true },
  ];
}

function rowOf(words: Words, state: CompanyState, connection: CompanyConnection) {
  const { id, person, accountName, lastSuccessAt, held } = connection;
  const name = personText(person) || words.t('company-integrations.erased');
  const since = failingSince(connection);
  return {
    ...{ id, name, accountName },
    avatar: { initials: initialsOf(person.givenName, person.familyName), colour: colourOf(person.id) },
    personHref: person.status === null ? null : `/users/${person.id}`,
    personBadge: statusBadge(words, person),
    provider: providerText(words, connection),
    badge: stateBadge(words, connection),
    why: whyText(words, connection),
    since: since ? words.t('company-integrations.since', { at: words.dateTime(since) }) : '',
    success: lastSuccessAt ? words.dateTime(lastSuccessAt) : words.t('company-integrations.never'),
    held: words.number(held),
    whole: wholeText(words, connection),
    ownHref: companyPath({ person: person.id }),
    endHref: endingPath([id], companyPath(state)),
  };
}

/** A connection in one line. */
export function wholeText(words: Words, connection: CompanyConnection): string {
  return words.t('company-integrations.whole', {
    person: personText(connection.person) || words.t('company-integrations.erased'),
    provider: providerText(words, connection),
    mailbox: connection.accountName,
  });
}

/** The question whether to end these, which leads back to the list it was asked from. */
export function endingPath(ids: readonly string[], list: string): string {
  const query = new URLSearchParams({ ids: ids.join(','), ...(list === COMPANY ? {} : { list }) });
  return `${COMPANY}/disconnection?${query.toString()}`;
}

/** Exact while one page holds all that match. */
function foundText(words: Words, { rows, previous, next }: KeysetPage<CompanyConnection>): string {
  const more = previous !== null || next !== null;
  return words.t(`company-integrations.${more ? 'found-or-more' : 'found'}`, { count: rows.length });
}

function emptyOf(words: Words, narrowed: boolean) {
  if (!narrowed)
    return {
      ...{ icon: 'link', title: words.t('company-integrations.empty') },
      text: words.t('company-integrations.empty-text'),
    };
  return {
    ...{ icon: 'search', title: words.t('common.empty.no-match') },
    text: words.t('common.empty.no-match-text'),
    ...{ href: COMPANY, label: words.t('common.action.clear-filters'), quiet: true },
  };
}
