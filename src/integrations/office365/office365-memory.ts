import { type RemoteContact, type RemoteRef } from '../contacts-connector.js';
import { fieldsOf, furtherBeside, type GraphContact, type Slots } from './office365.mapping.js';

/** What a contact was when it was read, kept with it: lists are written whole, and a name is changed in its parts. */
export interface Office365Memory {
  /** The change key it was read with: what was remembered of another version is read again. */
  of: string;
  contact: GraphContact;
  slots: Slots;
}

/** null when it was kept by another version, or of another revision. */
export function readMemory({ memory, revision }: RemoteRef): Office365Memory | null {
  const { of, contact, slots } = (memory ?? {}) as Partial<Office365Memory>;
  if (of !== revision || !contact || typeof slots?.email !== 'number') return null;
  const { emailAddresses, businessPhones, homePhones, fax, main } = contact;
  const whole = [emailAddresses, businessPhones, homePhones].every((list) => Array.isArray(list));
  return whole && typeof fax === 'object' && typeof main === 'object' ? { of, contact, slots } : null;
}

export interface Whereabouts {
  remoteId: string;
  revision: string;
  folderIds: readonly string[];
  isPrivate: boolean;
}

export function remoteContact(
  { remoteId, revision, folderIds, isPrivate }: Whereabouts,
  contact: GraphContact,
  slots: Slots,
): RemoteContact {
  return {
    ...{ remoteId, revision, folderIds, isPrivate },
    memory: { of: revision, contact, slots, isPrivate, further: furtherBeside(contact, slots) },
    clientId: contact.marker,
    fields: fieldsOf(contact, slots),
  };
}

export function wasPrivate({ memory }: RemoteRef): boolean {
  return memory?.['isPrivate'] === true;
}
