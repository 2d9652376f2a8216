import { cardQrCode } from './card-file.js';
import { type ContactFields } from './contact-fields.js';
import { cardOfContact } from './contact-vcard.js';
import { vcard, type ContactCard } from './vcard.js';

/** A QR code with what one calls and writes to, so that its squares stay large; at last the name alone. @returns an SVG */
export function contactQrCode(contact: ContactFields): Promise<string> {
  const card: ContactCard = {
    ...cardOfContact({ ...contact, typedPhones: {}, extra: [], groups: [], photo: null, photoHash: null }),
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
