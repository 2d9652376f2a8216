import { cardQrCode } from '../../contact-card/card-file.js';
import { cardOfContact, contactVcard } from '../../contact-card/contact-vcard.js';
import { vcard, type ContactCard } from '../../contact-card/vcard.js';
import { type StoredContact } from '../contact-row.js';

/**
 * The whole card, to be saved as a file; 3.0 is what Outlook and every phone read.
 * @param groups names of its groups
 */
export function vcardOf(contact: StoredContact, groups: readonly string[], photo: Buffer | null): string {
  return contactVcard({ ...contact, groups, photo }, '3.0');
}

/** A QR code with what one calls and writes to, so that its squares stay large; at last the name alone. */
export function qrCode(contact: StoredContact): Promise<string> {
  const card: ContactCard = {
    ...cardOfContact({ ...contact, extra: [], groups: [], photo: null }),
    ...{ uid: null, revisedAt: null },
  };
  const name = [...card.displayName].slice(0, 40).join('');
  const shorter: ContactCard[] = [
    card,
    { ...card, organization: null },
    { ...card, organization: null, displayName: name, givenName: null, familyName: null },
  ];
  return cardQrCode(
    shorter.map((each) => vcard(each, '3.0')),
    name,
  );
}
