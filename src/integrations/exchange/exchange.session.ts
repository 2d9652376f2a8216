import { isDeepStrictEqual } from 'node:util';
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
import {
  CHANGES_A_PAGE,
  createItem,
  deleteItem,
  findByMarker,
  getFolders,
  getItemKeys,
  HIDDEN,
  moveItem,
  syncFolderHierarchy,
  syncFolderItems,
  updateItem,
} from './ews-requests.js';
import { type EwsClient, type EwsRequest } from './ews.client.js';
import { isUnknown } from './errors.js';
import { readFolderChange, readKnownFolders, readTreeCursor } from './exchange-folders.js';
import { type BatchSize, readItems, TRIES } from './exchange-items.js';
import { readMemory, remoteContact, wasPrivate } from './exchange-memory.js';
import { changesOf, chooseSlots, newContact } from './exchange.mapping.js';
import { changeKeyOf, idOf } from './ids.js';
import { type XmlElement } from './reader.js';

/** What a session remembers beyond itself; nothing is lost with it. */
export interface SessionMemory {
  batch: BatchSize;
  /** Writes the server refused with a code nobody knows, by contact. */
  refusals: Map<string, number>;
}

/** The calls of one mailbox, one after another over one socket. */
export class ExchangeSession implements ContactsSession {
  constructor(
    private readonly client: EwsClient,
    private readonly memory: SessionMemory,
    private readonly end: () => void,
  ) {}

  async *folders(cursor: Cursor | null): AsyncGenerator<ChangesPage<FolderChange>> {
    const from = cursor === null ? null : readTreeCursor(cursor);
    if (cursor !== null && from === null) throw new CursorExpired({ operation: 'SyncFolderHierarchy' });
    const known = from?.known ?? (await this.knownFolders());
    let state = from?.state ?? null;
    for (;;) {
      const message = await this.client.askOne(syncFolderHierarchy(state));
      const page = readPage(message, 'IncludesLastFolderInRange', state);
      state = page.state;
      const changes = page.changes
        .map((change) => readFolderChange(change, known, HIDDEN))
        .filter((change) => change !== null)
        .filter((change) => change.kind === 'removed' || change.folder.remoteId !== known.root);
      yield { changes, cursor: JSON.stringify({ state, known }), last: page.last };
      if (page.last) return;
    }
  }

  async *contacts(
    folderId: string | null,
    cursor: Cursor | null,
    known: (remoteIds: readonly string[]) => Promise<ReadonlyMap<string, string>>,
  ): AsyncGenerator<ChangesPage<ContactChange>> {
    if (folderId === null) throw new Error('Each folder of Exchange has its own cursor');
    let state = cursor;
    for (;;) {
      const message = await this.client.askOne(syncFolderItems(folderId, state));
      const page = readPage(message, 'IncludesLastItemInRange', state);
      if (page.changes.length > 2 * CHANGES_A_PAGE) throw new ProviderBusy({ code: 'PAGE_TOO_LONG' });
      state = page.state;
      yield { ...(await this.changesOf(page.changes, folderId, known)), cursor: state, last: page.last };
      if (page.last) return;
    }
  }

  async contact(remoteId: string): Promise<RemoteContact | null> {
    const read = (await readItems(this.client, [remoteId], this.memory.batch)).get(remoteId);
    if (read?.kind === 'unreadable')
      throw new ProviderBusy({ operation: 'GetItem', code: 'UNREADABLE_ITEM' });
    return read?.kind === 'contact' ? read.contact : null;
  }

  async create(clientId: Id, folderIds: readonly string[], fields: RemoteFields): Promise<RemoteContact> {
    const contact = newContact(fields, clientId);
    const made = await this.write(clientId, createItem(folderIds.slice(0, 1), contact));
    const { id: remoteId, changeKey: revision } = writtenItem(made, 'CreateItem');
    const whereabouts = { remoteId, revision, folderId: folderIds[0] ?? null, isPrivate: false };
    return remoteContact(whereabouts, contact, chooseSlots(contact));
  }

  async findByClientId(clientId: Id, folderIds: readonly string[]): Promise<RemoteContact | null> {
    const request = findByMarker(folderIds, clientId);
    for (const message of await this.client.ask(request)) {
      if (!message.ok) {
        const error = this.client.errorOf(message, request);
        // What was in a folder that is no more counts as deleted; nothing of ours is made where we have no right.
        if (error instanceof FolderGone || error instanceof AccessDenied) continue;
        throw error;
      }
      for (const item of message.element.at('RootFolder', 'Items')?.children ?? []) {
        const id = idOf(item.child('ItemId'));
        const found = id ? await this.contact(id) : null;
        if (found?.clientId === clientId) return found;
      }
    }
    return null;
  }

  async update(remote: RemoteRef, changed: Partial<RemoteFields>): Promise<RemoteContact> {
    const { contact: before, slots } = await this.remembered(remote);
    const { changes, contact } = changesOf(before, slots, changed);
    // A copy its owner made carries the marker of the other one; and one that never had any gets it, so that a move is seen.
    if (remote.clientId && remote.clientId !== before.marker) {
      contact.marker = remote.clientId;
      changes.push({ property: 'CarnetId', value: remote.clientId });
    }
    const item = { id: remote.remoteId, changeKey: remote.revision };
    if (changes.length === 0) return this.unchanged(remote);
    const written = await this.write(remote.remoteId, updateItem(item, changes, this.client.version));
    const { id, changeKey } = writtenItem(written, 'UpdateItem');
    return remoteContact({ ...whereaboutsOf(remote), remoteId: id, revision: changeKey }, contact, slots);
  }

  async move(remote: RemoteRef, folderIds: readonly string[]): Promise<RemoteContact> {
    const [to] = folderIds;
    if (to === undefined) throw new ContactRefused({ operation: 'MoveItem', code: 'NO_FOLDER' });
    await this.requireRevision(remote);
    const moved = await this.write(
      remote.remoteId,
      moveItem({ id: remote.remoteId, changeKey: remote.revision }, to),
    );
    const id = idOf(moved.childrenOf('Items')[0]?.child('ItemId'));
    // Servers before 2010 do not say the new id: it is found in its folder as what was moved.
    const now = id ? await this.contact(id) : null;
    if (!now) throw new ContactGone({ operation: 'MoveItem', code: 'NO_ID' });
    const before = readMemory(remote);
    if (!before || isSame(before.contact, now)) return now;
    // Edited in the very moment: with the old revision it is read and merged again.
    const place = { ...whereaboutsOf(remote), remoteId: now.remoteId, folderId: to };
    return remoteContact(place, before.contact, before.slots);
  }

  async remove(remote: RemoteRef): Promise<void> {
    try {
      // The server deletes whatever the contact has become: only we look whether it is the one that was meant.
      await this.requireRevision(remote);
      await this.write(remote.remoteId, deleteItem({ id: remote.remoteId, changeKey: remote.revision }));
    } catch (error) {
      if (!(error instanceof ContactGone)) throw error;
    }
  }

  close(): void {
    this.end();
  }

  private async knownFolders() {
    const request = getFolders();
    const messages = await this.client.ask(request);
    const failed = messages.find(({ ok }) => !ok);
    if (failed) throw this.client.errorOf(failed, request);
    return readKnownFolders(messages);
  }

  /** Reads what is new of a page. What was made and deleted meanwhile is only deleted. */
  private async changesOf(
    listed: readonly XmlElement[],
    folderId: string,
    known: (remoteIds: readonly string[]) => Promise<ReadonlyMap<string, string>>,
  ): Promise<{ changes: ContactChange[]; skipped: number }> {
    const there = new Map<string, string>();
    const gone = new Set<string>();
    let skipped = 0;
    for (const change of listed) {
      const item = change.name === 'Delete' ? change : change.children[0];
      const key = item?.child('ItemId');
      // A mark that it was read (ReadFlagChange) brings no item.
      if (!key) continue;
      const id = idOf(key);
      if (id === null) {
        skipped++;
        continue;
      }
      if (change.name === 'Delete') gone.add(id);
      else if (item.name !== 'Contact') skipped++;
      else there.set(id, key.attribute('ChangeKey') ?? '');
    }
    const revisions = there.size > 0 ? await known([...there.keys()]) : new Map<string, string>();
    const isHeld = (id: string) => [there.get(id), UNREAD].includes(revisions.get(id));
    const isSeen = (id: string) => revisions.has(id) && isHeld(id) && !gone.has(id);
    const unread = [...there.keys()].filter((id) => !isSeen(id));
    const read = await readItems(this.client, unread, this.memory.batch);
    if (unread.length > 0) this.memory.batch.more();
    const changes: ContactChange[] = [];
    for (const id of there.keys()) {
      const item = read.get(id);
      if (isSeen(id) || (item?.kind === 'unreadable' && revisions.has(id)))
        changes.push({ kind: 'seen', remoteId: id });
      else if (item?.kind === 'contact')
        changes.push({ kind: 'contact', contact: { ...item.contact, folderIds: [folderId] } });
      else if (item?.kind === 'gone') gone.add(id);
      else skipped++;
    }
    for (const id of gone)
      if (read.get(id)?.kind !== 'contact') changes.push({ kind: 'removed', remoteId: id });
    return { changes, skipped };
  }

  /** @throws RevisionConflict, ContactGone */
  private async requireRevision({ remoteId, revision }: RemoteRef): Promise<void> {
    const message = await this.client.askOne(getItemKeys([remoteId]));
    const now = message.childrenOf('Items')[0]?.child('ItemId')?.attribute('ChangeKey');
    if (now !== revision) throw new RevisionConflict({ operation: 'GetItem' });
  }

  private async remembered(remote: RemoteRef) {
    const memory = readMemory(remote);
    if (memory) return memory;
    const now = await this.contact(remote.remoteId);
    if (!now) throw new ContactGone({ operation: 'GetItem' });
    const read = readMemory(now);
    if (now.revision !== remote.revision || !read) throw new RevisionConflict({ operation: 'GetItem' });
    return read;
  }

  private async unchanged(remote: RemoteRef): Promise<RemoteContact> {
    const { contact, slots } = await this.remembered(remote);
    return remoteContact(whereaboutsOf(remote), contact, slots);
  }

  /** What nobody can explain may pass; after a few times it is taken for the contact's own fault. */
  private async write(contact: string, request: EwsRequest): Promise<XmlElement> {
    const { refusals } = this.memory;
    try {
      const message = await this.client.askOne(request);
      refusals.delete(contact);
      return message;
    } catch (error) {
      const code = error instanceof ProviderBusy ? String(error.facts['code'] ?? '') : '';
      if (!/^Error/.test(code) || !isUnknown(code)) throw error;
      const times = (refusals.get(contact) ?? 0) + 1;
      refusals.set(contact, times);
      if (times < TRIES) throw error;
      refusals.delete(contact);
      throw new ContactRefused((error as ProviderBusy).facts);
    }
  }
}

/** Seen are some hundred bytes to many kB; it is kept, and sent with each request. */
const LONGEST_STATE = 1024 * 1024;

/** What every answer of a synchronisation says. @throws ProviderBusy when it does not */
export function readPage(message: XmlElement, lastIn: string, before: string | null) {
  const state = message.textAt('SyncState')?.trim();
  const last = message.textAt(lastIn)?.trim();
  const changes = message.child('Changes');
  if (!state || !changes || (last !== 'true' && last !== 'false'))
    throw new ProviderBusy({ code: 'INCOMPLETE' });
  if (state.length > LONGEST_STATE) throw new ProviderBusy({ code: 'STATE_TOO_LONG' });
  // A server that says there is more and gives nothing would be asked for ever.
  if (last === 'false' && changes.children.length === 0 && state === before)
    throw new ProviderBusy({ code: 'NO_PROGRESS' });
  return { state, last: last === 'true', changes: changes.children };
}

function writtenItem(message: XmlElement, operation: string): { id: string; changeKey: string } {
  const key = message.childrenOf('Items')[0]?.child('ItemId');
  const [id, changeKey] = [idOf(key), changeKeyOf(key)];
  if (!id || !changeKey) throw new ProviderBusy({ operation, code: 'INCOMPLETE' });
  return { id, changeKey };
}

function whereaboutsOf(remote: RemoteRef) {
  const { remoteId, revision, folderIds } = remote;
  return { remoteId, revision, folderId: folderIds[0] ?? null, isPrivate: wasPrivate(remote) };
}

function isSame(before: unknown, now: RemoteContact): boolean {
  return isDeepStrictEqual(before, readMemory(now)?.contact);
}
