import { isId, type Id } from '../../database/id.js';
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
  ContactGone,
  ContactRefused,
  CursorExpired,
  FolderGone,
  RevisionConflict,
} from '../provider-errors.js';
import { readCursor, writeCursor } from './google-cursor.js';
import { canBeWritten, readGroupChange, shownGroup } from './google-groups.js';
import { type Patience } from './google-patience.js';
import { isOlder, revisionOf } from './google-revision.js';
import {
  changesOf,
  choose,
  fieldsOf,
  furtherBeside,
  newLists,
  numbersOf,
  writable,
} from './google.mapping.js';
import { type Edit, type PeopleClient } from './people.client.js';
import { isPersonName, readListed, recordOf, textOf, type Entry, type Person } from './people.js';

/** The contacts of one Google account, one call after another. */
export class GoogleSession implements ContactsSession {
  constructor(
    private readonly people: PeopleClient,
    private readonly patience: Patience,
    private readonly end: () => void,
  ) {}

  async *folders(cursor: Cursor | null): AsyncGenerator<ChangesPage<FolderChange>> {
    let from = readCursor('groups', cursor);
    // The service gave no mark the last time: what is gone only a whole list tells.
    if (cursor !== null && from.sync === null && from.page === null) throw new CursorExpired();
    for (;;) {
      const { items, next, last } = await this.people.groups(from);
      const changes = items.map(readGroupChange).filter((change) => change !== null);
      from = next;
      yield { changes, cursor: writeCursor('groups', next), last };
      if (last) return;
    }
  }

  async *contacts(
    folderId: string | null,
    cursor: Cursor | null,
    known: (remoteIds: readonly string[]) => Promise<ReadonlyMap<string, string>>,
  ): AsyncGenerator<ChangesPage<ContactChange>> {
    if (folderId !== null) throw new Error('The contacts of Google have one cursor');
    let from = readCursor('people', cursor);
    for (;;) {
      const begins = from.sync === null && from.page === null;
      if (begins) this.patience.requireWholeReading();
      const { items, next, last } = await this.people.connections(from);
      this.patience.served();
      if (begins) this.patience.noteWholeReading();
      const page = await changesIn(items, known);
      from = next;
      yield { ...page, cursor: writeCursor('people', next), last };
      if (last) return;
    }
  }

  async contact(remoteId: string): Promise<RemoteContact | null> {
    const person = await this.read(remoteId);
    return person && remoteContact(person);
  }

  async create(clientId: Id, folderIds: readonly string[], fields: RemoteFields): Promise<RemoteContact> {
    const edit = { ...newLists(fields), clientData: [markerOf(clientId)], groups: folderIds };
    const person = await this.write(folderIds, () => this.people.create(edit));
    return remoteContact(person, fields);
  }

  /**
   * The service finds people by what is seen of them alone, so they are looked through, the last changed first, until they are
   * older than the id: nothing that carries it was written before it was made.
   */
  async findByClientId(clientId: Id): Promise<RemoteContact | null> {
    const since = madeAt(clientId) - CLOCKS_APART_MS;
    for await (const page of this.people.latest()) {
      for (const item of page) {
        const { resourceName, clientData } = recordOf(item);
        const marked = (Array.isArray(clientData) ? clientData : []).some((entry) =>
          isMarker(recordOf(entry), clientId),
        );
        const found = marked && isPersonName(resourceName) ? await this.contact(resourceName) : null;
        if (found?.clientId === clientId) return found;
      }
      const last = readListed(page.at(-1));
      if (last?.kind === 'person' && Date.parse(last.person.source.updateTime ?? '') < since) return null;
    }
    return null;
  }

  async update(remote: RemoteRef, changed: Partial<RemoteFields>): Promise<RemoteContact> {
    const person = await this.current(remote);
    const shown = shownIn(remote);
    const edit: Edit = changesOf(person, changed, shown);
    const { clientId } = remote;
    // A copy its owner made carries the mark of the other one.
    if (clientId && markedAs(person) !== null && markedAs(person) !== clientId)
      edit.clientData = [
        ...person.clientData.filter((entry) => !isMarker(entry)).map(writable),
        markerOf(clientId),
      ];
    if (Object.keys(edit).length === 0) return remoteContact(person, shown);
    const after = await this.write([], () => this.people.update(person, edit));
    return remoteContact(after, { ...(shown ?? fieldsOf(choose(person))), ...changed });
  }

  /** Labels others gave it, and those that are not shown, stay. */
  async move(remote: RemoteRef, folderIds: readonly string[]): Promise<RemoteContact> {
    const person = await this.current(remote);
    const added = folderIds.filter((id) => !remote.folderIds.includes(id));
    const removed = remote.folderIds.filter((id) => !folderIds.includes(id));
    const groups = [...new Set([...person.groups, ...added])].filter((id) => !removed.includes(id));
    const same = groups.length === person.groups.length && groups.every((id) => person.groups.includes(id));
    // A contact is always in one.
    if (groups.length === 0)
      throw new ContactRefused({ operation: 'people.updateContact', code: 'LAST_GROUP' });
    if (same) return remoteContact(person, shownIn(remote));
    const after = groups.every(canBeWritten)
      ? await this.write(added, () => this.people.update(person, { groups }))
      : await this.regroup(person.resourceName, added, removed);
    return remoteContact(after, shownIn(remote));
  }

  async remove(remote: RemoteRef): Promise<void> {
    try {
      // The service deletes whatever the contact has become: only we look whether it is the one that was meant.
      const { resourceName } = await this.current(remote);
      await this.write([], () => this.people.remove(resourceName));
    } catch (error) {
      if (!(error instanceof ContactGone)) throw error;
    }
  }

  close(): void {
    this.end();
  }

  /** One group after the other: a list that names old groups of Google's own would be refused. */
  private async regroup(name: string, added: readonly string[], removed: readonly string[]): Promise<Person> {
    for (const group of added) await this.write([group], () => this.people.modifyMembers(group, 'add', name));
    for (const group of removed)
      await this.write([group], () => this.people.modifyMembers(group, 'remove', name)).catch(
        (error: unknown) => {
          // There is nothing to be taken out of.
          if (!(error instanceof FolderGone)) throw error;
        },
      );
    const person = await this.read(name);
    if (!person) throw new ContactGone({ operation: 'people.get' });
    return person;
  }

  private async read(remoteId: string): Promise<Person | null> {
    if (!isPersonName(remoteId)) return null;
    try {
      return await this.people.person(remoteId);
    } catch (error) {
      if (error instanceof ContactGone) return null;
      throw error;
    }
  }

  /** As it is this moment: what is sent is the whole of each list, and an etag of a list of people may be refused. */
  private async current({ remoteId, revision }: RemoteRef): Promise<Person> {
    const person = await this.read(remoteId);
    if (!person) throw new ContactGone({ operation: 'people.get' });
    if (revisionOf(person.source) !== revision) throw new RevisionConflict({ operation: 'people.get' });
    return person;
  }

  /** @param groups it is put into: a refusal does not say that one of them is gone */
  private async write<T>(groups: readonly string[], call: () => Promise<T>): Promise<T> {
    try {
      const done = await call();
      this.patience.served();
      return done;
    } catch (error) {
      if (!(error instanceof ContactRefused || error instanceof ContactGone) || groups.length === 0)
        throw error;
      const there = await this.people.groupsAmong(groups);
      if (groups.some((name) => !there.has(name))) throw new FolderGone(error.facts);
      throw error;
    }
  }
}

/** Of machines that do not agree on the time. */
const CLOCKS_APART_MS = 24 * 60 * 60 * 1000;

/**
 * Data of programs: it is found again in every list, copied and merged with the contact, and nobody sees it, which the fields
 * of one's own and the external ids of Google's pages are not.
 */
const MARKER = 'carnet';

function markerOf(clientId: Id): Entry {
  return { key: MARKER, value: clientId };
}

function isMarker({ key, value }: Entry, clientId?: Id): boolean {
  return key === MARKER && (clientId === undefined || value === clientId);
}

function markedAs({ clientData }: Person): Id | null {
  const value = textOf(clientData.find((entry) => isMarker(entry))?.['value']);
  return value !== null && isId(value) ? value : null;
}

/** Of a UUIDv7; the beginning of time for any other. */
function madeAt(id: Id): number {
  return id[14] === '7' ? parseInt(id.replaceAll('-', '').slice(0, 12), 16) : 0;
}

async function changesIn(
  items: readonly unknown[],
  known: (remoteIds: readonly string[]) => Promise<ReadonlyMap<string, string>>,
): Promise<{ changes: ContactChange[]; skipped: number }> {
  const names = items.map((item) => recordOf(item)['resourceName']).filter(isPersonName);
  const revisions = names.length > 0 ? await known(names) : new Map<string, string>();
  const changes: ContactChange[] = [];
  let skipped = 0;
  for (const item of items) {
    const { resourceName } = recordOf(item);
    const listed = readListed(item);
    if (listed?.kind === 'person') {
      const { person, formerIds } = listed;
      const revision = revisions.get(person.resourceName);
      if (revision !== undefined && isHeld(person, revision))
        changes.push({ kind: 'seen', remoteId: person.resourceName });
      else
        changes.push({
          kind: 'contact',
          contact: remoteContact(person),
          ...(formerIds.length > 0 && { formerIds }),
        });
    } else if (listed) {
      const ids = [listed.resourceName, ...listed.formerIds];
      changes.push(...ids.map((remoteId) => ({ kind: 'removed' as const, remoteId })));
    } else {
      skipped++;
      // Nothing but a profile is left of it.
      if (isPersonName(resourceName) && revisions.has(resourceName))
        changes.push({ kind: 'removed', remoteId: resourceName });
    }
  }
  return { changes, skipped };
}

/** Known as it is listed, or newer: lists lag behind what we wrote ourselves. */
function isHeld({ source }: Person, known: string): boolean {
  return known === UNREAD || known === revisionOf(source) || isOlder(source, known);
}

/** @param shown what stood for our fields until now */
function remoteContact(person: Person, shown: Partial<RemoteFields> | null = null): RemoteContact {
  const chosen = choose(person, shown);
  const fields = fieldsOf(chosen);
  return {
    remoteId: person.resourceName,
    revision: revisionOf(person.source),
    // Which of several numbers was seen: that one is edited.
    memory: { shown: fields, further: furtherBeside(person, chosen) },
    folderIds: person.groups.filter(shownGroup),
    clientId: markedAs(person),
    fields,
    numbers: numbersOf(chosen),
    // Google knows no private contacts: all of one's own are.
    isPrivate: false,
  };
}

function shownIn({ memory }: RemoteRef): Partial<RemoteFields> | null {
  const shown = memory?.['shown'];
  return typeof shown === 'object' && shown !== null ? shown : null;
}
