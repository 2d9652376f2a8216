import { type RemoteContact, type RemoteRef } from '../contacts-connector.js';
import { fieldsOf, furtherBeside, type ExchangeContact, type Slots } from './exchange.mapping.js';

/**
 * What a contact was when it was read, kept with it: an edit is then one call, it writes a number where it was read from, and
 * knows the parts of a name it changes.
 */
export interface ExchangeMemory {
  /** The change key it was read with: what was remembered of another version is read again. */
  of: string;
  contact: ExchangeContact;
  slots: Slots;
}

/** null when it was kept by another version, or of another revision. */
export function readMemory({ memory, revision }: RemoteRef): ExchangeMemory | null {
  const { of, contact, slots } = (memory ?? {}) as Partial<ExchangeMemory>;
  if (of !== revision || !contact || !slots) return null;
  const whole = typeof contact.emails === 'object' && typeof contact.phones === 'object';
  return whole && typeof slots.email === 'string' ? { of, contact, slots } : null;
}

export interface Whereabouts {
  remoteId: string;
  revision: string;
  folderId: string | null;
  isPrivate: boolean;
}

export function remoteContact(
  { remoteId, revision, folderId, isPrivate }: Whereabouts,
  contact: ExchangeContact,
  slots: Slots,
): RemoteContact {
  return {
    remoteId,
    revision,
    memory: { of: revision, contact, slots, isPrivate, further: furtherBeside(contact, slots) },
    folderIds: folderId === null ? [] : [folderId],
    clientId: contact.marker,
    fields: fieldsOf(contact, slots),
    isPrivate,
  };
}

export function wasPrivate({ memory }: RemoteRef): boolean {
  return memory?.['isPrivate'] === true;
}
