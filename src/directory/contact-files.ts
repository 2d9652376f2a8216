import { cardQrCode } from '../contact-card/card-file.js';
import { vcard, type ContactCard } from '../contact-card/vcard.js';
import { type Person } from './people-visible.query.js';

/** The whole card, to be saved as a file; 3.0 is what Outlook and every phone read. */
export function vcardOf(person: Person, organization: string): string {
  return vcard({ ...cardOf(person), organization, department: person.department, uid: person.id }, '3.0');
}

/**
 * A QR code that phones save as a contact: the card without photo, id and department, so that its squares stay large.
 * Very long names leave out title and company, at last all but the address.
 * @returns an SVG
 */
export function qrCode(person: Person, organization: string): Promise<string> {
  const card = cardOf(person);
  const shorter: ContactCard[] = [
    { ...card, organization },
    { ...card, jobTitle: null },
    { displayName: cut(card.displayName), emails: card.emails },
  ];
  return cardQrCode(
    shorter.map((each) => vcard(each, '3.0')),
    `mailto:${person.email}`,
  );
}

function cardOf({ givenName, familyName, email, jobTitle, workPhone, mobilePhone }: Person): ContactCard {
  return {
    displayName: `${givenName} ${familyName}`.trim(),
    givenName,
    familyName,
    jobTitle,
    emails: [email],
    phones: { work: workPhone, mobile: mobilePhone },
  };
}

function cut(name: string): string {
  return [...name].slice(0, 40).join('');
}
