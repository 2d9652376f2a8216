import { firstNumber } from '../../contact-card/first-number.js';
import { type ContactPhones } from '../../contact-card/contact-fields.js';
import { normaliseAddress } from '../../text/address.js';
import { type Reachable } from '../../web/reach.js';
import { type Words } from '../../web/words.js';

/** As whom a contact of a mailbox is reached: what a provider calls an address may be none. */
export function cloudReachable(
  words: Words,
  contact: ContactPhones & { displayName: string; email: string | null },
): Reachable {
  const { displayName, email } = contact;
  const first = firstNumber(contact);
  return {
    name: displayName || words.t('cloud-contact.no-name'),
    email: email === null ? null : normaliseAddress(email),
    number: first?.callable ? first.number : null,
  };
}
