import { createHash } from 'node:crypto';
import { type CardProperty, type WholeContact } from './contact-fields.js';
import { ASIDE, fieldOfTel, guessedParts } from './read-card.js';
import { vcard, type ContactCard, type VcardVersion } from './vcard.js';

/** A contact as an export has it. */
export interface ExportedContact extends WholeContact {
  /** Stays its UID, so that the card is known again here and in other address books. */
  id?: string;
  /** Names of its groups. */
  groups: readonly string[];
  /** JPEG, which every address book reads, made from the one kept as `photoHash`; or that one, WebP. */
  photo: Buffer | null;
  updatedAt?: Date;
}

/** One card with everything a contact has; read again (read-card.ts) it is the same contact. */
export function contactVcard(contact: ExportedContact, version: VcardVersion): string {
  return vcard(cardOfContact(contact), version);
}

export function cardOfContact(contact: ExportedContact): ContactCard {
  const [familyName, givenName] = guessedParts(contact.displayName);
  const organization = contact.organization ?? '';
  // Where departments are known, the organization stands before them.
  const whole = contact.extra.findIndex(
    ([name, , , value]) =>
      name === 'org' && Array.isArray(value) && ['', organization].includes(String(value[0])),
  );
  return {
    uid: contact.id ?? null,
    displayName: contact.displayName,
    familyName,
    givenName,
    organization: whole < 0 ? contact.organization : null,
    emails: contact.email === null ? [] : [contact.email],
    phones: {
      work: contact.workPhone,
      home: contact.homePhone,
      mobile: contact.mobilePhone,
      fax: contact.faxNumber,
      main: contact.mainPhone,
    },
    extra: contact.extra.map((property, index) =>
      index === whole
        ? [property[0], property[1], 'text', [organization, ...(property[3] as unknown[]).slice(1)]]
        : furtherOf(property, contact),
    ),
    categories: contact.groups,
    photo: contact.photo && photoOf(contact.photo, contact.photoHash),
    revisedAt: contact.updatedAt ?? null,
  };
}

function photoOf(bytes: Buffer, photoHash: string | null): NonNullable<ContactCard['photo']> {
  if (bytes[0] !== 0xff) return { mediaType: 'image/webp', bytes };
  const kept = photoHash === null ? {} : { kept: `${photoHash}.${sha256(bytes)}` };
  return { mediaType: 'image/jpeg', bytes, ...kept };
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A further property as it must stand beside the fields, so that whoever reads the card fills the same fields. */
function furtherOf(property: CardProperty, contact: ExportedContact): CardProperty {
  const [name, { pref: _, ...parameters }, type, ...values] = property;
  if (name === 'email')
    return [name, contact.email === null ? { ...parameters, [ASIDE]: '1' } : parameters, type, ...values];
  if (name !== 'tel') return property;
  const field = fieldOfTel(property);
  const free = field !== null && contact[field] === null;
  const text = String(values[0] ?? '').replace(/^tel:/i, '');
  return [name, free ? { ...parameters, [ASIDE]: '1' } : parameters, 'text', text];
}
