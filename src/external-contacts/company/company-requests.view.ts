import { type KeysetPage, type Place, placeQuery } from '../../database/keyset.js';
import { type Words } from '../../web/words.js';
import { addressShown } from '../address-shown.js';
import { COMPANY } from './company-list.state.js';
import { type CompanyRequest } from './company-requests.query.js';
import { companyTabs } from './company-tabs.view.js';
import { personText, statusBadge } from './company-words.js';

export const REQUESTS = `${COMPANY}/requests`;

export function requestsPath(q: string, place: Place = {}): string {
  const query = new URLSearchParams({ ...(q ? { q } : {}), ...placeQuery(place) });
  return query.size > 0 ? `${REQUESTS}?${query.toString()}` : REQUESTS;
}

/** `/company/external-contacts/requests`: whom the company's people have asked. */
export function companyRequestsView(
  words: Words,
  { q, place }: { q: string; place: Place },
  { rows, ...places }: KeysetPage<CompanyRequest>,
) {
  const href = (to: Place | null) => (to ? requestsPath(q, to) : undefined);
  const names = ['address', 'person', 'sent'] as const;
  const more = places.previous !== null || places.next !== null;
  return {
    title: words.t('company-external.title'),
    text: words.t('company-external.requests.text'),
    caption: words.t('company-external.requests.caption'),
    tabs: companyTabs(words, 'requests'),
    ...{ q, action: REQUESTS, list: requestsPath(q, place), clearHref: q === '' ? undefined : REQUESTS },
    showsTools: q !== '' || rows.length > 0,
    status:
      q === ''
        ? ''
        : words.t(more ? 'company-external.requests.found-or-more' : 'company-external.requests.found', {
            count: rows.length,
          }),
    columns: names.map((name) => ({ label: words.t(`company-external.requests.${name}`) })),
    labels: Object.fromEntries(names.map((name) => [name, words.t(`company-external.requests.${name}`)])),
    rows: rows.map(({ id, toAddress, sentAt, expiresAt, person }) => ({
      ...{ id, ...addressShown(toAddress) },
      name: toAddress,
      person: personText(person),
      personHref: `/users/${person.id}`,
      personBadge: statusBadge(words, person),
      sent: words.date(sentAt),
      until: words.t('company-external.requests.until', { date: words.date(expiresAt) }),
      withdrawAction: `${REQUESTS}/${id}/withdrawal`,
    })),
    pagination: {
      ...{ first: href(places.first), previous: href(places.previous) },
      ...{ next: href(places.next), last: href(places.last), text: '' },
    },
    empty:
      q === ''
        ? {
            ...{ icon: 'send', title: words.t('company-external.requests.empty') },
            text: words.t('company-external.requests.empty-text'),
          }
        : {
            ...{ icon: 'search', title: words.t('common.empty.no-match') },
            text: words.t('company-external.requests.no-match'),
            ...{ href: REQUESTS, label: words.t('common.action.clear-filters'), quiet: true },
          },
  };
}
