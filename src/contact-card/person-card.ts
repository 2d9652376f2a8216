import { cardQrCode } from './card-file.js';
import { vcard, type ContactCard } from './vcard.js';

/** A person of a company as their card says it, a colleague's as that of somebody elsewhere. */
export interface CardPerson {
  id: string;
  givenName: string;
  familyName: string;
  email: string;
  jobTitle: string | null;
  department: string | null;
  workPhone: string | null;
  mobilePhone: string | null;
}

/**
 * The whole card, to be saved as a file; 3.0 is what Outlook and every phone read.
 * @param organization null: of no company
 * @param more a photo, names of groups or folders
 */
export function vcardOf(
  person: CardPerson,
  organization: string | null,
  more: Pick<ContactCard, 'photo' | 'categories'> = {},
): string {
  const { id: uid, department } = person;
  return vcard({ ...cardOf(person), organization, department, uid, ...more }, '3.0');
}

/**
 * A QR code that phones save as a contact: the card without photo, id and department, so that its squares stay large.
 * Very long names leave out title and company, at last all but the address.
 * @returns an SVG
 */
export function qrCode(person: CardPerson, organization: string | null): Promise<string> {
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

function cardOf({ givenName, familyName, email, jobTitle, workPhone, mobilePhone }: CardPerson): ContactCard {
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
