import QRCode from 'qrcode';
import { vcard, type ContactCard } from '../contact-card/vcard.js';
import { type Person } from './people-visible.query.js';

/** The whole card, to be saved as a file; 3.0 is what Outlook and every phone read. */
export function vcardOf(person: Person, organization: string): string {
  return vcard({ ...cardOf(person), organization, department: person.department, uid: person.id }, '3.0');
}

/** `Ada Lovelace.vcf`; what file systems do not take is left out. */
export function cardFileName({ givenName, familyName }: Person): string {
  const name = `${givenName} ${familyName}`
    .replace(/[\p{Cc}\p{Cf}"*/:<>?\\|]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[ .]+|[ .]+$/g, '');
  return `${[...name].slice(0, 80).join('') || 'contact'}.vcf`;
}

/**
 * A QR code that phones save as a contact: the card without photo, id and department, so that its squares stay large.
 * Very long names leave out title and company, at last all but the address.
 * @returns an SVG
 */
export async function qrCode(person: Person, organization: string): Promise<string> {
  const card = cardOf(person);
  const shorter: ContactCard[] = [
    { ...card, organization },
    { ...card, jobTitle: null },
    { displayName: cut(card.displayName), emails: card.emails },
  ];
  for (const each of shorter) {
    const text = vcard(each, '3.0');
    if (Buffer.byteLength(text) <= QR_BYTES) return drawn(text);
  }
  return drawn(`mailto:${person.email}`);
}

/** More bytes than this make squares smaller than a phone reads from a screen (version 17 of 40, level L). */
const QR_BYTES = 644;

function drawn(text: string): Promise<string> {
  return QRCode.toString(text, { type: 'svg', errorCorrectionLevel: 'L', margin: 2 });
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
