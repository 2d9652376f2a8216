import { contactVcard } from '../../contact-card/contact-vcard.js';
import { type StoredContact } from '../contact-row.js';

/**
 * The whole card, to be saved as a file; 3.0 is what Outlook and every phone read.
 * @param groups names of its groups
 */
export function vcardOf(contact: StoredContact, groups: readonly string[], photo: Buffer | null): string {
  return contactVcard({ ...contact, groups, photo }, '3.0');
}
