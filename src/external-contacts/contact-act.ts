import { type EntityManager } from 'typeorm';
import { type Id } from '../database/id.js';
import { type Journal } from '../journal/journal.service.js';

/** Whose contacts; a `SignedIn` is one. */
export interface Owner {
  id: Id;
  accountId: Id;
}

/** What somebody does to their side of external contacts, as a batch of the journal. */
export interface ContactAct {
  accountId: Id;
  ownerId: Id;
  batchId: Id;
  now: Date;
}

/** Subjects of the journal: one's own side of a contact, and a folder. */
export const CONTACT_SUBJECT = 'external-contact';
export const FOLDER_SUBJECT = 'external-folder';

/** Acts that undo/contact-acts.service.ts takes back; private as one's notes are, never in the audit log. */
export const kinds = {
  note: 'external-contacts.note',
  star: 'external-contacts.star',
  folders: 'external-contacts.folders',
  removal: 'external-contacts.removal',
  folderCreate: 'external-contacts.folder-create',
  folderRename: 'external-contacts.folder-rename',
  folderDelete: 'external-contacts.folder-delete',
  undo: 'external-contacts.undo',
} as const;
export type ActKind = (typeof kinds)[keyof typeof kinds];

/** @param undoes the batch that this one takes back */
export async function begin(
  journal: Journal,
  manager: EntityManager,
  { id: ownerId, accountId }: Owner,
  kind: ActKind,
  undoes?: Id,
): Promise<ContactAct> {
  const batchId = await journal.begin(manager, {
    ...{ accountId, actorId: ownerId, kind },
    ...(undoes ? { undoes } : {}),
  });
  return { accountId, ownerId, batchId, now: new Date() };
}

/** Where a POST takes an act back. @param to a page of external contacts to go to afterwards */
export function undoPath(batchId: Id, to?: string): string {
  const query = to === undefined ? '' : `?to=${encodeURIComponent(to)}`;
  return `/external-contacts/acts/${batchId}/undo${query}`;
}
