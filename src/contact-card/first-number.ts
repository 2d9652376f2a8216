import { type E164 } from '../phone/e164.js';
import { type ContactPhones } from './contact-fields.js';

/** The number that is used first: the main one, then mobile, office, home. A fax is shown when there is nothing else. */
export function firstNumber(phones: ContactPhones): { number: E164; callable: boolean } | null {
  const { mainPhone, mobilePhone, workPhone, homePhone, faxNumber } = phones;
  const number = mainPhone ?? mobilePhone ?? workPhone ?? homePhone;
  if (number) return { number, callable: true };
  return faxNumber ? { number: faxNumber, callable: false } : null;
}
