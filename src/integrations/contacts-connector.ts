import { type Provider } from '../accounts/settings.js';
import { type ContactField, type PhoneField } from '../contact-card/contact-fields.js';
import { type Id } from '../database/new-id.js';
import { type E164 } from '../phone/e164.js';

/**
 * What the sync engine asks of a provider, and all it knows of one. Connectors speak the provider's protocol and translate
 * its failures into those of provider-errors.ts; they never touch our tables. test/integrations/connector-contract.ts runs
 * over each of them.
 */
export interface ContactsConnector {
  readonly provider: Provider;
  /** What one cursor covers: each folder has its own (Exchange, Microsoft 365), or one all contacts (Google). */
  readonly scope: 'folder' | 'book';
  /** What was made there may be missing from its lists for so long (Google); none: it is found at once. */
  readonly listsLagMinutes?: number;
  /** For one run or one push; nothing is asked of the provider before the first call. */
  open(access: ConnectionAccess): ContactsSession;
}

/** A connection as a connector may use it. */
export interface ConnectionAccess {
  readonly connectionId: Id;
  /** `connections.details`: plain settings, each provider's own shape. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Decrypted, each provider's own shape, as `keep` left it last; never logged, never in an error. */
  readonly secret: string;
  /** Aborted when the lease is lost or the process stops: throw its reason. */
  readonly signal: AbortSignal;
  /** Keeps what the connector learnt (a lower version, a rotated token) before it goes on. @throws LeaseLost */
  keep(learnt: { details?: Record<string, unknown>; secret?: string }): Promise<void>;
}

/** In place of a revision: only that the contact is there matters. */
export const UNREAD = '*';

/** Calls of one connection, one after another. Every method throws `ProviderError`s alone, or the signal's reason. */
export interface ContactsSession {
  /**
   * Folders that changed since `cursor`, or all when null: also those that hold no contacts, so that the tree can be built.
   * Parents may come after their children. @throws CursorExpired
   */
  folders(cursor: Cursor | null): AsyncGenerator<ChangesPage<FolderChange>>;
  /**
   * Contacts of a scope that changed since `cursor`, or all when null. The same change may come twice, also in another page.
   * @param folderId remote id; null where the scope is the whole book
   * @param known revisions we hold of these remote ids: what is listed with the same one, or with `UNREAD`, is `seen`, and not read
   * @throws CursorExpired, FolderGone, AccessDenied
   */
  contacts(
    folderId: string | null,
    cursor: Cursor | null,
    known: (remoteIds: readonly string[]) => Promise<ReadonlyMap<string, string>>,
  ): AsyncGenerator<ChangesPage<ContactChange>>;
  /** One contact as it is now; null when there is none (any more). */
  contact(remoteId: string): Promise<RemoteContact | null>;
  /**
   * Makes a contact that carries `clientId`. Not to be repeated before `findByClientId` was asked.
   * @throws FolderGone, AccessDenied, ContactRefused, QuotaExceeded
   */
  create(clientId: Id, folderIds: readonly string[], fields: RemoteFields): Promise<RemoteContact>;
  /** What a `create` whose answer was lost has made; deleted ones do not count. */
  findByClientId(clientId: Id, folderIds: readonly string[]): Promise<RemoteContact | null>;
  /**
   * Writes these fields and no others (null empties one); whatever else the provider holds of the contact stays.
   * @throws RevisionConflict when it is newer there than `remote.revision`; ContactGone, ContactRefused, QuotaExceeded
   */
  update(remote: RemoteRef, changed: Partial<RemoteFields>): Promise<RemoteContact>;
  /** @param folderIds where it is to be, all of them @throws RevisionConflict, ContactGone, FolderGone, AccessDenied */
  move(remote: RemoteRef, folderIds: readonly string[]): Promise<RemoteContact>;
  /** Into the provider's bin where it has one; done already is no error. @throws RevisionConflict */
  remove(remote: RemoteRef): Promise<void>;
  /** Ends sockets. */
  close(): void;
}

/** The provider's own mark of how far we have read; opaque, of any length. */
export type Cursor = string;

export interface ChangesPage<Change> {
  changes: Change[];
  /** To be saved with the changes of this page; reading goes on after it, also after a crash. */
  cursor: Cursor;
  /** The last page there is for now: after a start from nothing, what was not listed by now is not there any more. */
  last: boolean;
  /** Things that are no contacts (distribution lists), left out. */
  skipped?: number;
}

export type FolderChange = { kind: 'folder'; folder: RemoteFolder } | { kind: 'removed'; remoteId: string };

export interface RemoteFolder {
  remoteId: string;
  /** null at the top. */
  parentId: string | null;
  name: string;
  /** `bin`: what lies below it counts as deleted. `hidden`: made by programs, not shown, what it holds is not read. */
  role: 'contacts' | 'other' | 'bin' | 'hidden';
  /** Where new contacts go unless somebody chooses. */
  isDefault: boolean;
  readOnly: boolean;
}

export type ContactChange =
  | {
      kind: 'contact';
      contact: RemoteContact;
      /** Ids it had before (Google). */ formerIds?: readonly string[];
    }
  | { kind: 'seen'; remoteId: string }
  | { kind: 'removed'; remoteId: string };

/** What names a contact at the provider, with what we know it to be. */
export interface RemoteRef {
  remoteId: string;
  revision: string;
  /** As `RemoteContact.memory` was. The connector's own, but for `further` (contacts/further.ts), which the engine reads. */
  memory: Readonly<Record<string, unknown>> | null;
  folderIds: readonly string[];
  /** The contact's id here: an update may renew it there, where a copy carries that of another, or it never had one. */
  clientId?: Id | null;
}

/** Text as the provider has it, null for none: the engine reads numbers out of it, and writes back only what somebody changed. */
export type RemoteFields = Record<ContactField, string | null>;

export interface RemoteContact extends RemoteRef {
  /** The id we gave it, where it was made here. */
  clientId: Id | null;
  fields: RemoteFields;
  /** Where the provider itself says how a number is dialled. */
  numbers?: Partial<Record<PhoneField, E164>>;
  /** Marked as private there: never seen by anybody but its owner. */
  isPrivate: boolean;
}
