import QRCode from 'qrcode';
import { writeVcard, type ContactCard } from '../contact-card/vcard.js';
import { type Person } from './people-visible.query.js';

/** The whole card, to be saved as a file. */
export function vcardOf(person: Person, organization: string): string {
  return writeVcard({ ...cardOf(person), organization, department: person.department, uid: person.id });
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
  const { givenName, familyName, email } = card;
  const shorter: ContactCard[] = [
    { ...card, organization },
    { ...card, jobTitle: null },
    { givenName: cut(givenName), familyName: cut(familyName), email },
  ];
  for (const each of shorter) {
    const text = writeVcard(each);
    if (Buffer.byteLength(text) <= QR_BYTES) return drawn(text);
  }
  return drawn(`mailto:${email ?? ''}`);
}

/** More bytes than this make squares smaller than a phone reads from a screen (version 20 of 40, level M). */
const QR_BYTES = 660;

function drawn(text: string): Promise<string> {
  return QRCode.toString(text, { type: 'svg', errorCorrectionLevel: 'M', margin: 2 });
}

function cardOf({ givenName, familyName, email, jobTitle, workPhone, mobilePhone }: Person): ContactCard {
  return { givenName, familyName, email, jobTitle, workPhone, mobilePhone };
}

function cut(name: string): string {
  return [...name].slice(0, 40).join('');
}
