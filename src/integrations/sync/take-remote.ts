import { contactFields, phoneFields } from '../../contact-card/contact-fields.js';
import { type FieldConflict } from '../cloud-contact.entities.js';
import { type RemoteContact } from '../contacts-connector.js';
import { nowhere, type KeptCloudContact, type StoredCloudContact } from '../contacts/cloud-contact-row.js';
import { type Id } from '../../database/id.js';
import { merge, sameFolders, type Side } from './merge.js';
import { fieldsOf, placeThere, remoteFieldsOf, sameField, type FolderIds } from './remote-fields.js';

/** What reading a contact needs to know of its mailbox. */
export interface Reading {
  /** Folders of the connection: our ids with the provider's. */
  folders: FolderIds;
  /** Of the account. */
  region: string;
  /** A contact may be in several folders. */
  several: boolean;
}

/** What of a remote contact is kept; `numbers` where its provider says them. */
export type Arrived = Pick<
  RemoteContact,
  'remoteId' | 'revision' | 'memory' | 'fields' | 'folderIds' | 'numbers' | 'isPrivate'
>;

export interface Taken {
  after: KeptCloudContact;
  /** Both sides changed these; empty: none. */
  conflicts: Record<string, FieldConflict>;
  /** It was changed there since we last agreed, as far as we show it. */
  changedThere: boolean;
}

/**
 * A contact we have, with what its provider has of it by now: what was changed here and not there stays, and waits to be sent.
 * Of one that was sent and never answered, what is there is what was sent, so ours is newer; one that comes back from a
 * provider that did not have it any more is as it is there.
 */
export function takeRemote(row: StoredCloudContact, remote: Arrived, reading: Reading): Taken {
  const { folders, region, several } = reading;
  const there: Side = { fields: remote.fields, folderIds: [...remote.folderIds].sort() };
  const here: Side = {
    fields: remoteFieldsOf(row, row.agreed ?? there),
    folderIds: placeThere(row, row.agreed ?? there, folders),
  };
  const agreed: Side = row.agreed ?? (row.remoteId === null ? there : here);
  const same = (...[field, one, other]: [(typeof contactFields)[number], string | null, string | null]) =>
    sameField(field, one, other, region);
  const merged = merge(agreed, here, there, same, several);
  const numbers = { ...remote.numbers };
  for (const field of phoneFields) if (merged.ours.has(field)) delete numbers[field];
  const fields = fieldsOf({ fields: merged.fields, numbers }, region);
  for (const field of phoneFields) {
    if (!merged.ours.has(field)) continue;
    fields[field] = row[field];
    delete fields.typedPhones[field];
    const typed = row.typedPhones[field];
    if (typed !== undefined) fields.typedPhones[field] = typed;
  }
  const folderIds = ourFolders(merged.folderIds, folders);
  const untouched = merged.ours.size === 0 && sameFolders(merged.folderIds, there.folderIds);
  const after: KeptCloudContact = {
    ...row,
    ...fields,
    // A contact may be in no label; a folder it has to be in.
    folderIds: folderIds.length > 0 || several ? folderIds : row.folderIds,
    isPrivate: remote.isPrivate,
    ...stateOf(remote),
    // Of a change that is not taken nothing is left to say once there is no change.
    problem: untouched ? null : row.problem,
  };
  const changedThere =
    contactFields.some((field) => !same(field, agreed.fields[field], there.fields[field])) ||
    !sameFolders(agreed.folderIds, there.folderIds);
  return { after, conflicts: merged.conflicts, changedThere };
}

/** A contact we did not have. */
export function newContact(
  id: Id,
  remote: Arrived,
  { folders, region }: Reading,
  pass: number,
): KeptCloudContact {
  return {
    id,
    ...fieldsOf(remote, region),
    isPrivate: remote.isPrivate,
    starred: false,
    folderIds: ourFolders(remote.folderIds, folders),
    ...nowhere,
    ...stateOf(remote),
    pass,
  };
}

/** How a contact stands that was just read. */
export function stateOf({ remoteId, revision, memory, fields, folderIds }: Arrived) {
  const agreed = { fields, folderIds: [...folderIds].sort() };
  return { remoteId, revision, memory: memory as Record<string, unknown> | null, agreed, goneAt: null };
}

/** Our ids of folders, those that are known. */
function ourFolders(remoteIds: readonly string[], folders: FolderIds): Id[] {
  return [...folders].flatMap(([id, remoteId]) => (remoteIds.includes(remoteId) ? [id] : [])).sort();
}
