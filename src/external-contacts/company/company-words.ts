import { type Words } from '../../web/words.js';
import { type OtherPerson } from '../links/other-people.query.js';
import { type CompanyPerson } from './company-contacts.query.js';

/** Somebody outside in one line of a record: name, then the address or else the company, as far as they are seen. */
export function contactText({ name, email, company }: OtherPerson): string {
  const beside = email ?? company;
  return beside === null ? name : `${name} (${beside})`;
}

/** Somebody of the company as they are called. */
export function personText({
  givenName,
  familyName,
  email,
}: Omit<CompanyPerson, 'id' | 'status' | 'photoHash'>): string {
  return `${givenName} ${familyName}`.trim() || email;
}

/** What is said of the person outside beside their name, where they are not simply there. */
export function standingBadge(words: Words, { standing }: OtherPerson) {
  if (standing === 'here') return null;
  const look = standing === 'paused' ? { kind: 'warn', icon: 'pause' } : { icon: 'minus' };
  return { ...look, text: words.t(`company-external.standing.${standing}`) };
}

/** What is said of the company's own person, where they are not active. */
export function statusBadge(words: Words, { status }: Pick<CompanyPerson, 'status'>) {
  if (status === 'active') return null;
  const left = status === 'deactivated' ? 'deactivated' : 'erased';
  return {
    icon: left === 'deactivated' ? 'pause' : 'trash',
    text: words.t(`company-external.person.${left}`),
  };
}
