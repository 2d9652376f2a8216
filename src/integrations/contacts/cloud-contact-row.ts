import { contactFields, phoneFields } from '../../contact-card/contact-fields.js';
import { type Id } from '../../database/new-id.js';
import { FOLD_VERSION, searchKeyOf, sortKeyOf } from '../../text/fold.js';
import { type CloudContact } from '../cloud-contact.entities.js';
import { type CloudFields } from '../sync/remote-fields.js';
import { furtherTexts } from './further.js';

/** What is seen of a cloud contact: what people and runs change, the journal notes, and an undo gives back. */
export interface SeenContact extends CloudFields {
  isPrivate: boolean;
  starred: boolean;
  /** Our ids, sorted. */
  folderIds: readonly Id[];
}

/** How it stands with its provider; not part of its history. */
export type RemoteState = Pick<
  CloudContact,
  | 'remoteId'
  | 'revision'
  | 'agreed'
  | 'memory'
  | 'pushAttempts'
  | 'problem'
  | 'pass'
  | 'goneAt'
  | 'arrivedAs'
  | 'movedTo'
>;

export interface KeptCloudContact extends SeenContact, RemoteState {
  id: Id;
}

/** A cloud contact as it stands in the database. `pending` follows from the rest (sync/remote-fields.ts) when it is written. */
export interface StoredCloudContact
  extends
    KeptCloudContact,
    Pick<
      CloudContact,
      | 'connectionId'
      | 'version'
      | 'pending'
      | 'pendingSince'
      | 'createdByBatch'
      | 'deletedByBatch'
      | 'createdAt'
      | 'updatedAt'
      | 'deletedAt'
    > {}

/** Fields the journal compares and an undo gives back, each for itself. */
export const journaled = [
  ...contactFields,
  ...(['typedPhones', 'isPrivate', 'starred', 'folderIds'] as const),
] as const satisfies readonly (keyof SeenContact)[];
export type JournaledField = (typeof journaled)[number];

export const remoteState = [
  ...[
    'remoteId',
    'revision',
    'agreed',
    'memory',
    'pushAttempts',
    'problem',
    'pass',
    'goneAt',
    'arrivedAs',
    'movedTo',
  ],
] as readonly (keyof RemoteState)[];

/** One that was never at a provider. */
export const nowhere: RemoteState = {
  ...{ remoteId: null, revision: null, agreed: null, memory: null },
  ...{ pushAttempts: 0, problem: null, pass: 0, goneAt: null, arrivedAs: null, movedTo: null },
};

/** The folded keys of a contact; one rule for forms, runs and refolding. */
export function cloudKeysOf(contact: CloudFields & Pick<RemoteState, 'memory'>): {
  searchKey: string;
  sortKey: string;
  foldVersion: number;
} {
  const further = furtherTexts(contact.memory);
  return {
    searchKey: searchKeyOf(
      {
        names: [contact.displayName],
        emails: [contact.email, ...further.emails],
        // What a provider says of a number may have another spelling, or be none we can read.
        phones: [
          ...phoneFields.map((field) => contact[field]),
          ...Object.values(contact.typedPhones),
          ...further.phones,
        ],
        texts: [contact.organization],
      },
      500,
    ),
    sortKey: sortKeyOf('', contact.displayName),
    foldVersion: FOLD_VERSION,
  };
}
