import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { type PhoneField } from '../../contact-card/contact-fields.js';
import { type E164 } from '../../phone/e164.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Call } from '../call.entity.js';

/** What can be done with a number nobody known has; '' where that is off for the reader. */
export interface NewContactLinks {
  personalHref: string;
  cloudHref: string;
  addHref: string;
}

export type NumberedCall = Pick<Call, 'id' | 'number' | 'callerName'>;

/** null of a call without a number: withheld, or an extension. */
export function newContactLinks(
  { id, number, callerName }: NumberedCall,
  { features }: Pick<SignedIn, 'features'>,
): NewContactLinks | null {
  if (number === null) return null;
  const query = new URLSearchParams({
    ...(callerName === null ? {} : { displayName: callerName }),
    [usualField(number)]: number,
    next: `/calls/${id}`,
  }).toString();
  const personal = features['personal-contacts'];
  const cloud = features.integrations;
  return {
    personalHref: personal ? `/personal-contacts/new?${query}` : '',
    cloudHref: cloud ? `/cloud-contacts/new?${query}` : '',
    addHref: personal || cloud ? `/calls/${id}/add-number` : '',
  };
}

/** Where a number is looked for first. Where mobile numbers look like others (North America), it is taken for one of an office. */
export function usualField(number: E164): PhoneField {
  return parsePhoneNumberFromString(number)?.getType() === 'MOBILE' ? 'mobilePhone' : 'workPhone';
}
