import { limits } from '../../config/limits.js';
import { isId } from '../../database/id.js';
import { placeQuery, type Place } from '../../database/keyset.js';
import { tidy } from '../../text/tidy.js';
import { textOf } from '../../web/list-address.js';
import { ALL, idsIn } from '../../web/selection.js';

/** Who in the company is in contact with whom outside: the list, and everything below its address. */
export const COMPANY = '/company/external-contacts';

/** Who came last first, and back; by the person of the company, and by the person outside. */
const companySorts = ['recent', 'oldest', 'person', '-person', 'contact', '-contact'] as const;
export type CompanySort = (typeof companySorts)[number];

/**
 * How the two stand: of the person outside as `Standing` says it; `not-allowed`: the lists of domains do not allow
 * them; `left`: the person of the company is deactivated or in the bin.
 */
export const companyStandings = ['here', 'paused', 'gone', 'not-allowed', 'left'] as const;
export type CompanyStanding = (typeof companyStandings)[number];

/** What the list is narrowed to; '' narrows nothing. */
export interface CompanyFilters {
  q: string;
  /** Id of one of the company's people. */
  person: string;
  /** A user group by its id, or by its name where somebody typed it. */
  group: string;
  /** Of the address outside, with everything below it; as it was typed. */
  domain: string;
  standing: CompanyStanding | '';
  /** Ids of at most one page, separated by commas. */
  ids: string;
}

/** The state of `/company/external-contacts` as its address carries it. */
export interface CompanyListState extends CompanyFilters {
  sort: CompanySort;
  place: Place;
  all: boolean;
}

/** What is not understood counts as not given. */
export function readCompanyState(query: Readonly<Record<string, unknown>>): CompanyListState {
  const person = textOf(query['person']);
  return {
    q: tidy(textOf(query['q'])).slice(0, 200),
    // Anything else is a person nobody is.
    person: isId(person) ? person : person && 'gone',
    group: tidy(textOf(query['group'])).slice(0, limits.nameCharacters),
    domain: tidy(textOf(query['domain'])).slice(0, limits.emailCharacters),
    standing: companyStandings.find((standing) => standing === query['standing']) ?? '',
    ids: idsIn(textOf(query['ids'])).join(','),
    sort: companySorts.find((sort) => sort === query['sort']) ?? 'recent',
    place: placeIn(query),
    all: query['all'] === ALL,
  };
}

/** The list an address of ours shows; null for any other. */
export function companyStateOf(path: string): CompanyListState | null {
  if (path !== COMPANY && !path.startsWith(`${COMPANY}?`)) return null;
  return readCompanyState(Object.fromEntries(new URLSearchParams(path.slice(COMPANY.length + 1))));
}

/** The address of a list in a state; what is as by default is left out. */
export function companyPath(state: Partial<CompanyListState>, path = COMPANY): string {
  const { sort = 'recent', place = {}, all = false } = state;
  const query = new URLSearchParams();
  for (const { name, value } of companyFilterFields(state)) query.set(name, value);
  if (sort !== 'recent') query.set('sort', sort);
  if (all) query.set('all', ALL);
  for (const [name, value] of Object.entries(placeQuery(place))) query.set(name, value);
  return query.size > 0 ? `${path}?${query.toString()}` : path;
}

/** Search and filters as they stand in an address or form, those that say something. */
function companyFilterFields(filters: Partial<CompanyFilters>): { name: string; value: string }[] {
  const { q, person, group, domain, standing, ids } = filters;
  return Object.entries({ q, person, group, domain, standing, ids }).flatMap(([name, value]) =>
    value ? [{ name, value }] : [],
  );
}

export function isNarrowed(filters: CompanyFilters): boolean {
  return companyFilterFields(filters).length > 0;
}

export function placeIn({ after, before }: Readonly<Record<string, unknown>>): Place {
  return {
    ...(typeof after === 'string' && after ? { after } : {}),
    ...(typeof before === 'string' && before ? { before } : {}),
  };
}
