import { phoneFields, type ContactFields, type PhoneField } from '../../contact-card/contact-fields.js';
import { type TypedPhone } from '../../web/phone-typed.js';
import { standInName, type CloudFields } from '../sync/remote-fields.js';

/** What a form changes; a field it left out stays as it is. */
export interface CloudEdit {
  fields: Partial<Pick<ContactFields, 'displayName' | 'email' | 'organization'>>;
  /**
   * A number that is the same keeps what its provider says of it. Text nobody can read stays where its field is left out, and goes
   * where the field is empty (number null) or holds a number.
   */
  phones: Partial<Record<PhoneField, TypedPhone>>;
}

/** A contact nobody has filled in yet. */
export const emptyContact: CloudFields = {
  ...{ displayName: '', email: null, organization: null },
  ...{ workPhone: null, homePhone: null, mobilePhone: null, faxNumber: null, mainPhone: null },
  typedPhones: {},
};

/** A contact as a form leaves it. */
export function edited<Contact extends CloudFields>(before: Contact, { fields, phones }: CloudEdit): Contact {
  const after: Contact = { ...before, ...fields, typedPhones: { ...before.typedPhones } };
  for (const field of phoneFields) {
    const said = phones[field];
    if (said === undefined || (said.number !== null && said.number === before[field])) continue;
    after[field] = said.number;
    delete after.typedPhones[field];
    if (said.typed !== null) after.typedPhones[field] = said.typed;
  }
  // A contact called by its address is called by its new one.
  if (before.displayName !== '' && after.displayName === before.displayName && isNameless(before))
    after.displayName = standInName(textsOf(after)) || before.displayName;
  return after;
}

function isNameless(contact: CloudFields): boolean {
  return contact.displayName === standInName(textsOf(contact));
}

function textsOf(contact: CloudFields) {
  const texts = { email: contact.email, organization: contact.organization } as Record<string, string | null>;
  for (const field of phoneFields) texts[field] = contact.typedPhones[field] ?? contact[field];
  return texts;
}
