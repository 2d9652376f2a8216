import { type CardProperty, type WholeContact } from './contact-fields.js';
import { ASIDE, fieldOfTel, guessedParts } from './read-card.js';
import { vcard, type ContactCard, type VcardVersion } from './vcard.js';

/** A contact as an export has it. */
export interface ExportedContact extends WholeContact {
  /** Stays its UID, so that the card is known again here and in other address books. */
  id?: string;
  /** Names of its groups. */
  groups: readonly string[];
  /** WebP. */
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
    photo: contact.photo && { mediaType: 'image/webp', bytes: contact.photo },
    revisedAt: contact.updatedAt ?? null,
  };
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
