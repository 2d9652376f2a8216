import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { type E164 } from './e164.js';

/** Which field of a new contact a number belongs in: of a country whose plan tells mobiles apart, a mobile's is. */
export function phoneFieldOf(number: E164): 'mobilePhone' | 'workPhone' {
  return parsePhoneNumberFromString(number)?.getType() === 'MOBILE' ? 'mobilePhone' : 'workPhone';
}
