import { type E164 } from '../phone/e164.js';

/** vCard TEL work, home, cell, fax, PREF, in the order forms and files have them. */
export const phoneFields = ['workPhone', 'homePhone', 'mobilePhone', 'faxNumber', 'mainPhone'] as const;
export type PhoneField = (typeof phoneFields)[number];

/** What pages show of a contact, wherever it is kept, in the order of the sample file. */
export const contactFields = ['displayName', 'email', ...phoneFields, 'organization'] as const;
export type ContactField = (typeof contactFields)[number];

export type ContactPhones = Record<PhoneField, E164 | null>;

export interface ContactFields extends ContactPhones {
  /** vCard FN (RFC 6350 §6.2.1); never empty. */
  displayName: string;
  /** Normalised (src/text/address.ts). */
  email: string | null;
  /** vCard ORG, its first component (RFC 6350 §6.6.4). */
  organization: string | null;
}

/**
 * One property as jCard has it (RFC 7095 §3.3): name in lower case, parameters, type of its values, values. A structured
 * value (`n`, `adr`, an `org` with departments) is one value that is a list.
 */
export type CardProperty = [
  name: string,
  parameters: Record<string, string | string[]>,
  type: string,
  ...values: unknown[],
];

/** A contact with all its file or address book knew. */
export interface WholeContact extends ContactFields {
  /** What the source said of a number, where it differs from it; at most 64 UTF-16 units each. */
  typedPhones: Partial<Record<PhoneField, string>>;
  /**
   * Everything beyond the fields above, given back on export: `n`, `nickname`, `title`, an `org` with departments, `adr`,
   * `bday` (also without a year), `note`, `url`, further `email` and `tel`, `x-…`, a `photo` that is an address. Never
   * `fn`, `categories`, `uid`, `rev`, and never a value that a field above already says. In the one form of card-properties.ts.
   */
  extra: CardProperty[];
  /** SHA-256 of a photo: of a personal contact's in `personal_contact_photos`. */
  photoHash: string | null;
}
