import { type Id } from '../../database/new-id.js';
import {
  type ChangesPage,
  type ContactChange,
  type ContactsSession,
  type Cursor,
  type FolderChange,
  type RemoteContact,
  type RemoteFields,
  type RemoteRef,
  UNREAD,
} from '../contacts-connector.js';
import {
  AccessDenied,
  ContactGone,
  ContactRefused,
  CursorExpired,
  FolderGone,
  ProviderBusy,
  RevisionConflict,
} from '../provider-errors.js';
import { extendedProperty, whereMarker } from './extended-properties.js';
import { deltaPages, isRemoved } from './graph-delta.js';
import { type GraphOperation } from './graph-errors.js';
import { type GraphClient, MOST_PARTS } from './graph.client.js';
import { contactOf, idOf, readContacts } from './office365-contacts.js';
import {
  canonicalId,
  folderOf,
  foldersIn,
  readDefaultFolder,
  readTreeCursor,
  walkFolders,
  type GraphFolder,
  type KnownFolders,
} from './office365-folders.js';
import { readMemory, remoteContact, wasPrivate } from './office365-memory.js';
import {
  bodyOf,
  changesOf,
  chooseSlots,
  empties,
  newContact,
  type ContactBody,
} from './office365.mapping.js';
import { paths } from './office365-paths.js';
import { usableId } from './usable-id.js';

/** Contacts of a page: what is read again where one is cut. */
const PAGE = ['odata.maxpagesize=200'];

/** What a session remembers beyond itself; nothing is lost with it. */
export interface SessionMemory {
  /** Contacts of a page that was not finished. */
  kept: Map<string, RemoteContact>;
}

/** The calls of one mailbox at Microsoft 365, one after another. */
export class Office365Session implements ContactsSession {
  /** Folders of contacts that are there, as far as this session was told. */
  private readonly living = new Set<string>();
  private treeRead = false;

  constructor(
    private readonly client: GraphClient,
    private readonly memory: SessionMemory,
    private readonly end: () => void,
  ) {}

  async *folders(cursor: Cursor | null): AsyncGenerator<ChangesPage<FolderChange>> {
    if (cursor === null) return yield* this.wholeTree();
    const from = readTreeCursor(cursor);
    if (from === null || !this.client.isOurs(from.link))
      throw new CursorExpired({ operation: 'contactFolders.delta' });
    const { known, wholeAt } = from;
    for await (const { values, link, last } of deltaPages(this.client, 'contactFolders.delta', from.link)) {
      const changes = foldersIn(values).flatMap((folder) => changeOf(folder, known));
      yield { changes, cursor: JSON.stringify({ link, known, wholeAt }), last };
    }
  }

  async *contacts(
    folderId: string | null,
    cursor: Cursor | null,
    known: (remoteIds: readonly string[]) => Promise<ReadonlyMap<string, string>>,
  ): AsyncGenerator<ChangesPage<ContactChange>> {
    if (folderId === null) throw new Error('Each folder of Microsoft 365 has its own cursor');
    if (cursor !== null && !(CONTACTS_LINK.test(cursor) && this.client.isOurs(cursor)))
      throw new CursorExpired({ operation: 'contacts.delta' });
    const from = cursor ?? paths.contactsDelta(folderId);
    for await (const { values, link, last } of deltaPages(this.client, 'contacts.delta', from, PAGE)) {
      this.living.add(folderId);
      yield { ...(await this.changesOf(values, folderId, known)), cursor: link, last };
      this.memory.kept.clear();
    }
  }

  async contact(remoteId: string): Promise<RemoteContact | null> {
    const found = await this.read(remoteId);
    if (!found) return null;
    const folderId = await this.livingFolder(found.folderIds[0]);
    return folderId === null ? null : { ...found, folderIds: [folderId] };
  }

  async create(clientId: Id, folderIds: readonly string[], fields: RemoteFields): Promise<RemoteContact> {
    const [folderId] = folderIds;
    if (folderId === undefined) throw new FolderGone({ operation: 'contacts.create', code: 'NO_FOLDER' });
    const contact = newContact(fields, clientId);
    const made = await this.client.json<unknown>({
      ...{
        operation: 'contacts.create',
        method: 'POST',
        path: paths.contactsIn(folderId),
        body: bodyOf(contact),
      },
    });
    const remoteId = idOf(made);
    if (remoteId === null) throw new ProviderBusy({ operation: 'contacts.create', code: 'INCOMPLETE' });
    const place = {
      remoteId,
      revision: revisionOf(made, 'contacts.create'),
      folderIds: [folderId],
      isPrivate: false,
    };
    return remoteContact(place, contact, chooseSlots(contact));
  }

  async findByClientId(clientId: Id, folderIds: readonly string[]): Promise<RemoteContact | null> {
    for (let at = 0; at < folderIds.length; at += MOST_PARTS) {
      const asked = folderIds.slice(at, at + MOST_PARTS);
      const answers = await this.client.batch(
        asked.map((folderId) => ({
          operation: 'contacts.find' as const,
          path: paths.contactsWhere(folderId, whereMarker(clientId)),
        })),
      );
      for (const [index, answer] of answers.entries()) {
        if (!answer.ok) {
          // What was in a folder that is no more counts as deleted; nothing of ours is made where we have no right.
          if (answer.error instanceof FolderGone || answer.error instanceof AccessDenied) continue;
          throw answer.error;
        }
        const found = itemsOf(answer.body)
          .map((body) => contactOf(body))
          .find((contact) => contact?.clientId === clientId);
        if (found) return { ...found, folderIds: [asked[index]] };
      }
    }
    return null;
  }

  async update(remote: RemoteRef, changed: Partial<RemoteFields>): Promise<RemoteContact> {
    const before = await this.remembered(remote);
    const changes = changesOf(before.contact, before.slots, changed);
    if (changes === null)
      throw new ContactRefused({ operation: 'contacts.update', code: 'TOO_MANY_ADDRESSES' });
    const { body, contact, slots } = changes;
    // A copy its owner made carries the marker of the other one; and one that never had any gets it, so that a move is seen.
    if (remote.clientId && remote.clientId !== contact.marker) {
      contact.marker = remote.clientId;
      body.singleValueExtendedProperties ??= [];
      body.singleValueExtendedProperties.push(extendedProperty(['marker', remote.clientId]));
    }
    if (Object.keys(body).length === 0) return remoteContact(whereaboutsOf(remote), contact, slots);
    await this.requireRevision(remote);
    const written = await this.patch('contacts.update', remote, body);
    const revision = revisionOf(written, 'contacts.update');
    const after = remoteContact({ ...whereaboutsOf(remote), revision }, contact, slots);
    if (empties(body)) await this.requireEmptied(after);
    return after;
  }

  /**
   * There is no action that moves a contact: its folder is a property of it that may be written (Update contact,
   * parentFolderId). Where the service should not do so, the contact stays where it is; making it anew elsewhere would lose
   * what we do not know of it.
   */
  async move(remote: RemoteRef, folderIds: readonly string[]): Promise<RemoteContact> {
    const [to] = folderIds;
    if (to === undefined) throw new ContactRefused({ operation: 'contacts.move', code: 'NO_FOLDER' });
    const before = await this.remembered(remote);
    await this.requireRevision(remote);
    const moved = await this.patch('contacts.move', remote, { parentFolderId: to });
    if (usableId((moved as { parentFolderId?: unknown } | null)?.parentFolderId) !== to)
      throw new ContactRefused({ operation: 'contacts.move', code: 'NOT_MOVED' });
    this.living.add(to);
    const place = {
      ...whereaboutsOf(remote),
      ...{
        remoteId: idOf(moved) ?? remote.remoteId,
        revision: revisionOf(moved, 'contacts.move'),
        folderIds: [to],
      },
    };
    return remoteContact(place, before.contact, before.slots);
  }

  async remove(remote: RemoteRef): Promise<void> {
    try {
      await this.requireRevision(remote);
      await this.client.json({
        ...{ operation: 'contacts.delete', method: 'DELETE', path: paths.contact(remote.remoteId) },
        ifMatch: remote.revision,
      });
    } catch (error) {
      if (!(error instanceof ContactGone)) throw error;
    }
  }

  close(): void {
    this.end();
  }

  /** The delta of the tree and a walk over it: which folders below others the first one tells is not written anywhere. */
  private async *wholeTree(): AsyncGenerator<ChangesPage<FolderChange>> {
    const listed: GraphFolder[] = [];
    let link = '';
    for await (const page of deltaPages(this.client, 'contactFolders.delta', paths.foldersDelta)) {
      listed.push(...foldersIn(page.values).filter((folder) => !isRemoved(folder)));
      link = page.link;
    }
    const first = await readDefaultFolder(this.client);
    const known: KnownFolders = { contacts: usableId(first?.id), root: usableId(first?.parentFolderId) };
    const all = await walkFolders(this.client, first ? [first, ...listed] : listed);
    const changes = all.flatMap((folder) => changeOf(folder, known));
    this.treeRead = true;
    for (const change of changes) if (change.kind === 'folder') this.living.add(change.folder.remoteId);
    yield { changes, cursor: JSON.stringify({ link, known, wholeAt: new Date().toISOString() }), last: true };
  }

  /** Reads what is new of a page. What was made and deleted meanwhile is only deleted. */
  private async changesOf(
    listed: readonly unknown[],
    folderId: string,
    known: (remoteIds: readonly string[]) => Promise<ReadonlyMap<string, string>>,
  ): Promise<{ changes: ContactChange[]; skipped: number }> {
    const there = new Map<string, string>();
    const gone = new Set<string>();
    let skipped = 0;
    for (const item of listed) {
      const id = idOf(item);
      const revision = listedRevision(item);
      if (id !== null && isRemoved(item)) gone.add(id);
      else if (id === null || revision === null || !isContact(item)) skipped++;
      else there.set(id, revision);
    }
    const revisions = there.size > 0 ? await known([...there.keys()]) : new Map<string, string>();
    const isHeld = (id: string) => [there.get(id), UNREAD].includes(revisions.get(id));
    // Listed and removed in one page, in an order that says nothing: only reading it tells.
    const isSeen = (id: string) => revisions.has(id) && isHeld(id) && !gone.has(id);
    const unread = new Map([...there].filter(([id]) => !isSeen(id)));
    const read = await readContacts(this.client, unread, this.memory.kept);
    const changes: ContactChange[] = [];
    for (const id of there.keys()) {
      const item = read.get(id);
      if (isSeen(id) || (item?.kind === 'unreadable' && revisions.has(id)))
        changes.push({ kind: 'seen', remoteId: id });
      else if (item?.kind === 'contact' && !(gone.has(id) && item.contact.folderIds[0] !== folderId)) {
        changes.push({ kind: 'contact', contact: { ...item.contact, folderIds: [folderId] } });
        gone.delete(id);
      } else if (item?.kind === 'unreadable') skipped++;
      else gone.add(id);
    }
    for (const id of gone) changes.push({ kind: 'removed', remoteId: id });
    return { changes, skipped };
  }

  private async read(remoteId: string): Promise<RemoteContact | null> {
    try {
      const body = await this.client.json<unknown>({
        ...{ operation: 'contacts.get', path: paths.wholeContact(remoteId) },
      });
      const found = contactOf(body, remoteId);
      if (!found) throw new ProviderBusy({ operation: 'contacts.get', code: 'INCOMPLETE' });
      return found;
    } catch (error) {
      if (error instanceof ContactGone) return null;
      throw error;
    }
  }

  /** With immutable ids also what lies in Deleted Items is found: that is no folder of contacts. */
  private async livingFolder(folderId: string | undefined): Promise<string | null> {
    if (folderId === undefined) return null;
    if (this.living.has(folderId)) return folderId;
    if (!this.treeRead) for await (const page of this.wholeTree()) if (page.last) break;
    if (this.living.has(folderId)) return folderId;
    const id = await canonicalId(this.client, folderId);
    return id !== null && this.living.has(id) ? id : null;
  }

  /**
   * That each write of a contact keeps to `If-Match` is not written anywhere, and a deleted one is found by its id.
   * @throws RevisionConflict, ContactGone
   */
  private async requireRevision({ remoteId, revision, folderIds }: RemoteRef): Promise<void> {
    const now = await this.client.json<{ changeKey?: unknown; parentFolderId?: unknown } | null>({
      ...{ operation: 'contacts.get', path: paths.contactKeys(remoteId) },
    });
    if (now?.changeKey === revision) return;
    const folder = usableId(now?.parentFolderId);
    const stayed = folder !== null && folderIds.includes(folder);
    if (!stayed && (await this.livingFolder(folder ?? undefined)) === null)
      throw new ContactGone({ operation: 'contacts.get', code: 'IN_BIN' });
    throw new RevisionConflict({ operation: 'contacts.get' });
  }

  private patch(operation: GraphOperation, { remoteId, revision }: RemoteRef, body: ContactBody) {
    return this.client.json<unknown>({
      ...{ operation, method: 'PATCH', path: paths.contact(remoteId), ifMatch: revision, body },
    });
  }

  /** What an extended property that could not be emptied still says is not to look as if it were gone. */
  private async requireEmptied(after: RemoteContact): Promise<void> {
    const now = await this.read(after.remoteId);
    if (now?.revision !== after.revision) return;
    const { faxNumber, mainPhone } = after.fields;
    const isThere =
      (faxNumber === null && stillSays(now, after, 'fax')) ||
      (mainPhone === null && stillSays(now, after, 'main'));
    if (isThere) throw new ContactRefused({ operation: 'contacts.update', code: 'NOT_EMPTIED' });
  }

  private async remembered(remote: RemoteRef) {
    const memory = readMemory(remote);
    if (memory) return memory;
    const now = await this.read(remote.remoteId);
    if (!now) throw new ContactGone({ operation: 'contacts.get' });
    const read = readMemory(now);
    if (now.revision !== remote.revision || !read) throw new RevisionConflict({ operation: 'contacts.get' });
    return read;
  }
}

/** A link of this kind, and no other text. */
const CONTACTS_LINK = /^https?:\/\/[^?]*\/contacts\/(microsoft\.graph\.)?delta\b/i;

function changeOf(folder: GraphFolder, known: KnownFolders): FolderChange[] {
  const remoteId = usableId(folder.id);
  if (remoteId !== null && isRemoved(folder)) return [{ kind: 'removed', remoteId }];
  const read = folderOf(folder, known);
  return read ? [{ kind: 'folder', folder: read }] : [];
}

/** Where something else is listed, it says so. */
function isContact(item: unknown): boolean {
  const type = (item as { '@odata.type'?: unknown } | null)?.['@odata.type'];
  return typeof type !== 'string' || /(^#?|\.)contact$/i.test(type);
}

function listedRevision(item: unknown): string | null {
  const { changeKey, '@odata.etag': etag } = (item ?? {}) as Record<string, unknown>;
  return usableId(changeKey) ?? usableId(/^W\/"(.+)"$/.exec(typeof etag === 'string' ? etag : '')?.[1]);
}

function revisionOf(body: unknown, operation: GraphOperation): string {
  const revision = listedRevision(body);
  if (revision === null) throw new ProviderBusy({ operation, code: 'INCOMPLETE' });
  return revision;
}

function itemsOf(body: unknown): unknown[] {
  const value = (body as { value?: unknown } | null)?.value;
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function stillSays(now: RemoteContact, after: RemoteContact, of: 'fax' | 'main'): boolean {
  const [read, meant] = [readMemory(now), readMemory(after)];
  if (!read || !meant) return false;
  const name = meant.slots[of];
  return Object.hasOwn(read.contact[of], name);
}

function whereaboutsOf(remote: RemoteRef) {
  const { remoteId, revision, folderIds } = remote;
  return { remoteId, revision, folderIds, isPrivate: wasPrivate(remote) };
}
