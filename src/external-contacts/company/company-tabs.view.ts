import { type Words } from '../../web/words.js';
import { COMPANY } from './company-list.state.js';

export type CompanyTab = 'contacts' | 'requests' | 'removals';

/** The views of a company's external contacts, for the partial `tabs`. */
export function companyTabs(words: Words, current: CompanyTab) {
  return [
    { name: 'contacts', href: COMPANY },
    { name: 'requests', href: `${COMPANY}/requests` },
    { name: 'removals', href: `${COMPANY}/removals` },
  ].map(({ name, href }) => ({
    ...{ href, current: name === current },
    label: words.t(`company-external.tab.${name}`),
  }));
}
