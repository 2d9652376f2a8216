import { cardQrCode } from '../../contact-card/card-file.js';
import { vcard, type ContactCard } from '../../contact-card/vcard.js';
import { type StoredContact } from '../contact-row.js';

/** The whole card, to be saved as a file; 3.0 is what Outlook and every phone read. */
export function vcardOf(contact: StoredContact, photo: Buffer | null): string {
  return vcard(
    {
      ...cardOf(contact),
      ...{ uid: contact.id, revisedAt: contact.updatedAt },
      photo: photo && { mediaType: 'image/webp', bytes: photo },
    },
    '3.0',
  );
}

/** A QR code with what one calls and writes to, so that its squares stay large; at last the name alone. */
export function qrCode(contact: StoredContact): Promise<string> {
  const card = cardOf(contact);
  const shorter: ContactCard[] = [
    card,
    { ...card, organization: null },
    { ...card, organization: null, displayName: cut(card.displayName) },
  ];
  return cardQrCode(
    shorter.map((each) => vcard(each, '3.0')),
    cut(card.displayName),
  );
}

function cardOf(contact: StoredContact): ContactCard {
  const { displayName, organization, email, workPhone, homePhone, mobilePhone, faxNumber, mainPhone } =
    contact;
  return {
    displayName,
    organization,
    emails: email === null ? [] : [email],
    phones: { work: workPhone, home: homePhone, mobile: mobilePhone, fax: faxNumber, main: mainPhone },
  };
}

function cut(name: string): string {
  return [...name].slice(0, 40).join('');
}
