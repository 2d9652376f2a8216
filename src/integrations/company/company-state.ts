import { providers, type Provider } from '../../accounts/settings.js';
import { isId } from '../../database/id.js';
import { type Place } from '../../database/keyset.js';
import { tidy } from '../../text/tidy.js';
import { addressOf, fieldsOf, placeOf, queryOf, textOf, type Query } from '../../web/list-address.js';

/** Connections of a company's people: the list, and everything below its address. */
export const COMPANY = '/company/integrations';

/** By the person; by the last run that did all, those who never had one first. */
const companySorts = ['person', '-person', 'success', '-success'] as const;
export type CompanySort = (typeof companySorts)[number];

/** `in-step`: nothing is wrong. `failing`: tried again by itself. `long`: that, or waiting to be signed in, for more than a day. */
export const companyConditions = ['in-step', 'failing', 'long', 'needs-sign-in', 'paused'] as const;
export type CompanyCondition = (typeof companyConditions)[number];

/** What the list is narrowed to; '' narrows nothing. */
export interface CompanyFilters {
  q: string;
  /** Id of one of the company's people. */
  person: string;
  provider: Provider | '';
  state: CompanyCondition | '';
}

/** The state of `/company/integrations` as its address carries it. */
export interface CompanyState extends CompanyFilters {
  sort: CompanySort;
  place: Place;
}

/** What is not understood counts as not given. */
export function readCompanyState(query: Query): CompanyState {
  const person = textOf(query['person']);
  return {
    q: tidy(textOf(query['q'])).slice(0, 200),
    // Anything else is a person nobody is.
    person: isId(person) ? person : person && 'gone',
    provider: providers.find((provider) => provider === query['provider']) ?? '',
    state: companyConditions.find((state) => state === query['state']) ?? '',
    sort: companySorts.find((sort) => sort === query['sort']) ?? 'person',
    place: placeOf(query),
  };
}

/** The list an address of ours shows; the whole one for any other. */
export function companyStateOf(path: string): CompanyState {
  return readCompanyState(path.startsWith(`${COMPANY}?`) ? queryOf(path) : {});
}

/** The address of a list in a state; what is as by default is left out. */
export function companyPath({ sort, place, ...filters }: Partial<CompanyState>, path = COMPANY): string {
  const ordered = sort === 'person' ? undefined : sort;
  return addressOf(path, fieldsOf({ ...filters, sort: ordered }), place);
}

export function isNarrowed({ q, person, provider, state }: CompanyFilters): boolean {
  return [q, person, provider, state].some((value) => value !== '');
}
