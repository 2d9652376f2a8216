import { deleteReach } from '../../accounts/further-reach.js';
import { type Id } from '../../database/new-id.js';
import { contactFields } from '../../contact-card/contact-fields.js';
import { type Statements } from '../../imports/import-kind.js';
import { changesBetween, sameValue } from '../../journal/changes.js';
import { type Changes } from '../../journal/journal.entities.js';
import { pendingOf, type FolderIds } from '../sync/remote-fields.js';
import {
  cloudKeysOf,
  journaled,
  nowhere,
  remoteState,
  type KeptCloudContact,
  type RemoteState,
  type StoredCloudContact,
} from './cloud-contact-row.js';
import { noteEntries, type Noted } from './cloud-journal.js';
import { changeReachOf, insertReachOf } from './reach-writes.js';

/**
 * The only place where cloud contacts are written, by people as by runs: SQL alone, set by set, in the transaction it is handed,
 * each change that is seen with its line in the journal. `pending` is never handed in: it follows from what is written
 * (sync/remote-fields.ts). Who calls has touched the row of the connection first, which is the lock all of them meet in: people
 * by `askToPush` (outbox.ts), runs by their lease.
 */

/** Whose contacts, of which mailbox, and the act it is part of. */
export interface CloudAct {
  accountId: Id;
  ownerId: Id;
  connectionId: Id;
  /** The account's country: how numbers without `+` are read. */
  region: string;
  batchId: Id;
  now: Date;
}

/** A subject of the journal that is one of these. */
export const SUBJECT = 'cloud-contact';

export interface CloudContactChange {
  /** As `storedCloudContacts` read it in this transaction with `lock`. */
  before: StoredCloudContact;
  after: KeptCloudContact;
}

/** Which contacts of a connection (null: of a person, with `ownerId`) are read. */
export interface Which {
  ids?: readonly Id[];
  remoteIds?: readonly string[];
  /** Holds them until the transaction ends. */
  lock?: boolean;
  /** true: those in the bin alone; `both`: all; else the living. */
  deleted?: boolean | 'both';
}

/** Contacts of one statement: the longest page of a provider. */
const CHUNK = 512;

const columns = [
  ...contactFields,
  ...['typedPhones', 'isPrivate', 'starred', 'searchKey', 'sortKey', 'foldVersion'],
  ...remoteState,
  ...['pending', 'pendingSince', 'version', 'createdByBatch', 'deletedByBatch', 'createdAt', 'updatedAt'],
  'deletedAt',
] as const;

/** Contacts of a connection by our id. */
export function storedCloudContacts(
  database: Statements,
  connectionId: Id,
  which: Which = {},
): Promise<Map<Id, StoredCloudContact>> {
  return stored(database, 'connectionId = ?', connectionId, which);
}

/** Contacts of a person, of whichever connection, by our id. */
export function cloudContactsOf(
  database: Statements,
  ownerId: Id,
  which: Which & { ids: readonly Id[] },
): Promise<Map<Id, StoredCloudContact>> {
  return stored(database, 'ownerId = ?', ownerId, which);
}

/** The folders of a connection, also such as are gone: our ids with the provider's. */
export async function folderIdsOf(database: Statements, connectionId: Id): Promise<Map<Id, string>> {
  const rows = await database.query<{ id: Id; remoteId: string }[]>(
    'SELECT id, remoteId FROM cloud_folders WHERE connectionId = ?',
    [connectionId],
  );
  return new Map(rows.map(({ id, remoteId }) => [id, remoteId]));
}

/** New contacts; what `agreed` lacks of them waits to be sent. */
export async function insertCloudContacts(
  database: Statements,
  act: CloudAct,
  contacts: readonly KeptCloudContact[],
): Promise<void> {
  if (contacts.length === 0) return;
  const folders = await folderIdsOf(database, act.connectionId);
  for (const some of chunks(contacts)) {
    await database.query(
      `INSERT INTO cloud_contacts (id, accountId, ownerId, connectionId, ${columns.join(', ')}) VALUES ?`,
      [
        some.map((contact) => {
          const row: WrittenRow = {
            ...contact,
            ...{ pending: null, pendingSince: null, version: 1, deletedAt: null, deletedByBatch: null },
            ...{ createdByBatch: act.batchId, createdAt: act.now, updatedAt: act.now },
          };
          row.pending = pendingOf(row, folders, act.region);
          if (row.pending !== null) row.pendingSince = act.now;
          return valuesOf(act, row);
        }),
      ],
    );
    await joinFolders(
      database,
      act,
      some.flatMap(({ id, folderIds }) => folderIds.map((folderId) => [id, folderId] as const)),
    );
    await insertReachOf(database, act, some);
    await noteEntries(
      database,
      act,
      some.map((contact) => ({ ...noted(contact.id, 'created'), changes: allOf(contact) })),
    );
  }
}

/**
 * Writes what contacts are after. One of which more differs than how it stands with its provider gets a new version and a line
 * in the journal; one of which nothing differs is left as it is.
 * @returns how many are seen to be another way
 */
export async function changeCloudContacts(
  database: Statements,
  act: CloudAct,
  changes: readonly CloudContactChange[],
): Promise<number> {
  if (changes.length === 0) return 0;
  const folders = await folderIdsOf(database, act.connectionId);
  let seen = 0;
  for (const some of chunks(changes)) {
    const differing = some.flatMap(({ before, after }) => {
      const differences = changesBetween<KeptCloudContact>(before, after, journaled);
      const row = asWritten(act, folders, before, after, differences !== null);
      const states = [...remoteState, 'pending'] as const;
      const same = differences === null && states.every((column) => sameValue(before[column], row[column]));
      return same ? [] : [{ before, row, differences }];
    });
    if (differing.length === 0) continue;
    await writeRows(database, act, differing);
    await moveFolders(database, act, differing);
    const told = differing.flatMap(({ before, differences }) =>
      differences ? [{ ...noted(before.id, 'changed'), changes: differences }] : [],
    );
    seen += told.length;
    await noteEntries(database, act, told);
  }
  return seen;
}

/**
 * Puts living contacts into the bin, folders and star remembered.
 * @param there `gone`: the provider does not have them (any more), so nothing is sent. Else they wait to be removed there.
 * @param movedTo of some, the contact of another mailbox they go on as
 */
export async function binCloudContacts(
  database: Statements,
  act: CloudAct,
  contacts: readonly StoredCloudContact[],
  { there, movedTo }: { there?: 'gone'; movedTo?: ReadonlyMap<Id, Id> } = {},
): Promise<void> {
  await turn(database, act, contacts, (contact) => ({
    ...contact,
    ...(there ? { agreed: null, pushAttempts: 0 } : binned(contact)),
    ...{ goneAt: null, arrivedAs: null, problem: null },
    ...{ movedTo: movedTo?.get(contact.id) ?? null, deletedAt: act.now, deletedByBatch: act.batchId },
  }));
  await noteEntries(
    database,
    act,
    contacts.map(({ id }) => noted(id, 'removed')),
  );
}

/** A making under way is not forgotten: what it made is looked for and removed. */
function binned({ remoteId, pushAttempts }: RemoteState): Partial<RemoteState> {
  return { pushAttempts: remoteId === null ? pushAttempts : 0 };
}

/**
 * Takes contacts out of the bin. One that its provider does not have any more is made there again, for which its former name
 * there is forgotten.
 * @param found of some, how they stand there now: they came back by themselves
 */
export async function reviveCloudContacts(
  database: Statements,
  act: CloudAct,
  contacts: readonly StoredCloudContact[],
  found: ReadonlyMap<Id, Partial<RemoteState>> = new Map(),
): Promise<void> {
  await turn(database, act, contacts, (contact) => {
    const state = found.get(contact.id) ?? (contact.agreed === null ? againFromNothing(contact) : {});
    const living = { movedTo: null, goneAt: null, deletedAt: null, deletedByBatch: null };
    return { ...contact, problem: null, ...state, ...living };
  });
  await noteEntries(
    database,
    act,
    contacts.map(({ id }) => noted(id, 'restored')),
  );
}

/**
 * A contact that lives here and is to be made at its provider once more. It asks first whether it is there: whoever deleted it
 * may have taken it back.
 */
export function againFromNothing({ remoteId, pushAttempts }: RemoteState): RemoteState {
  return { ...nowhere, pushAttempts: remoteId === null ? pushAttempts : Math.max(1, pushAttempts) };
}

/**
 * Contacts this very run made that turn out to be others moved: as if they had never been made, in the journal too. Only what a
 * run alone has touched is dropped.
 */
export async function dropCloudContacts(
  database: Statements,
  act: CloudAct,
  ids: readonly Id[],
): Promise<void> {
  for (const some of chunks(ids)) {
    await database.query('DELETE FROM cloud_contact_folders WHERE ownerId = ? AND contactId IN (?)', [
      act.ownerId,
      some,
    ]);
    await deleteReach(database, 'cloud_contacts', some);
    await database.query('DELETE FROM cloud_contacts WHERE connectionId = ? AND id IN (?)', [
      act.connectionId,
      some,
    ]);
    await database.query("DELETE FROM journal_entries WHERE subjectId IN (?) AND action = 'created'", [some]);
  }
}

async function stored(
  database: Statements,
  whose: string,
  id: Id,
  { ids, remoteIds, lock = false, deleted = false }: Which,
): Promise<Map<Id, StoredCloudContact>> {
  if (ids?.length === 0 || remoteIds?.length === 0) return new Map();
  const state = deleted === 'both' ? '' : `AND deletedAt IS ${deleted ? 'NOT NULL' : 'NULL'}`;
  const rows = await database.query<StoredRow[]>(
    `SELECT id, connectionId, ${columns.join(', ')} FROM cloud_contacts
     WHERE ${whose} ${state} ${ids ? 'AND id IN (?)' : ''} ${remoteIds ? 'AND remoteId IN (?)' : ''}
     ${lock ? 'ORDER BY id FOR UPDATE' : ''}`,
    [id, ...(ids ? [ids] : []), ...(remoteIds ? [remoteIds] : [])],
  );
  const folders = await foldersOf(
    database,
    rows.map((row) => row.id),
  );
  return new Map(rows.map((row) => [row.id, fromRow(row, folders.get(row.id) ?? [])]));
}

type StoredRow = Omit<
  StoredCloudContact,
  'typedPhones' | 'agreed' | 'memory' | 'problem' | 'isPrivate' | 'starred' | 'folderIds'
> & {
  typedPhones: string;
  agreed: string | null;
  memory: string | null;
  problem: string | null;
  isPrivate: number;
  starred: number;
  searchKey: string;
  sortKey: string;
  foldVersion: number;
};

function fromRow(row: StoredRow, folderIds: readonly Id[]): StoredCloudContact {
  const { searchKey: _, sortKey: __, foldVersion: ___, ...rest } = row;
  return {
    ...rest,
    typedPhones: JSON.parse(row.typedPhones) as StoredCloudContact['typedPhones'],
    agreed: parsed(row.agreed) as StoredCloudContact['agreed'],
    memory: parsed(row.memory) as StoredCloudContact['memory'],
    problem: parsed(row.problem) as StoredCloudContact['problem'],
    isPrivate: Boolean(row.isPrivate),
    starred: Boolean(row.starred),
    folderIds,
  };
}

function parsed(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}

/** Folders of contacts, in the order of their ids. */
async function foldersOf(database: Statements, contactIds: readonly Id[]): Promise<Map<Id, Id[]>> {
  const folders = new Map<Id, Id[]>();
  for (const some of chunks(contactIds)) {
    const rows = await database.query<{ contactId: Id; folderId: Id }[]>(
      'SELECT contactId, folderId FROM cloud_contact_folders WHERE contactId IN (?) ORDER BY folderId',
      [some],
    );
    for (const { contactId, folderId } of rows) {
      const known = folders.get(contactId);
      if (known) known.push(folderId);
      else folders.set(contactId, [folderId]);
    }
  }
  return folders;
}

type WrittenRow = Omit<StoredCloudContact, 'connectionId'>;

function asWritten(
  { now, region }: CloudAct,
  folders: FolderIds,
  before: StoredCloudContact,
  after: KeptCloudContact & Partial<Pick<StoredCloudContact, 'deletedAt' | 'deletedByBatch'>>,
  seen: boolean,
): WrittenRow {
  const row = { ...before, ...after };
  const pending = pendingOf(row, folders, region);
  return {
    ...row,
    pending,
    pendingSince: pending === null ? null : pending === before.pending ? before.pendingSince : now,
    // Of what was sent nothing is left to count. A sending under way that is taken over by an edit still is one; and one that
    // came out of the bin while it was being removed may be there or not, until a reading says so.
    pushAttempts: pending === null && !isBackFromRemoval(before, row) ? 0 : row.pushAttempts,
    version: seen ? before.version + 1 : before.version,
    updatedAt: seen ? now : before.updatedAt,
  };
}

function isBackFromRemoval({ pending }: StoredCloudContact, row: StoredCloudContact): boolean {
  return row.deletedAt === null && (pending === 'remove' || pending === null);
}

interface Differing {
  before: StoredCloudContact;
  row: WrittenRow;
}

async function writeRows(
  database: Statements,
  act: CloudAct,
  differing: readonly Differing[],
): Promise<void> {
  await renameThere(database, act, differing);
  // Every row exists under its id, and has its name there by now: the INSERT half of the statement only carries the values.
  await database.query(
    `INSERT INTO cloud_contacts (id, accountId, ownerId, connectionId, ${columns.join(', ')}) VALUES ?
     ON DUPLICATE KEY UPDATE ${columns.map((column) => `${column} = VALUES(${column})`).join(', ')}`,
    [differing.map(({ row }) => valuesOf(act, row))],
  );
  await changeReachOf(database, act, differing);
}

/** By a statement of its own, which fails where another contact has the name; the other one would write over that contact. */
async function renameThere(
  database: Statements,
  act: CloudAct,
  differing: readonly Differing[],
): Promise<void> {
  const renamed = differing.filter(({ before, row }) => before.remoteId !== row.remoteId);
  if (renamed.length === 0) return;
  await database.query(
    `UPDATE cloud_contacts SET remoteId = CASE id ${renamed.map(() => 'WHEN ? THEN ?').join(' ')} END
     WHERE connectionId = ? AND id IN (?)`,
    [
      ...renamed.flatMap(({ before, row }) => [before.id, row.remoteId]),
      ...[act.connectionId, renamed.map(({ before }) => before.id)],
    ],
  );
}

async function moveFolders(
  database: Statements,
  act: CloudAct,
  differing: readonly Differing[],
): Promise<void> {
  const pairs = (of: (each: Differing) => readonly Id[]) =>
    differing.flatMap((each) => of(each).map((folderId) => [each.before.id, folderId] as const));
  const gone = pairs(({ before, row }) => before.folderIds.filter((id) => !row.folderIds.includes(id)));
  if (gone.length > 0)
    await database.query(
      'DELETE FROM cloud_contact_folders WHERE ownerId = ? AND (contactId, folderId) IN (?)',
      [act.ownerId, gone],
    );
  await joinFolders(
    database,
    act,
    pairs(({ before, row }) => row.folderIds.filter((id) => !before.folderIds.includes(id))),
  );
}

async function joinFolders(
  database: Statements,
  { accountId, ownerId }: CloudAct,
  pairs: readonly (readonly [contactId: Id, folderId: Id])[],
): Promise<void> {
  if (pairs.length === 0) return;
  await database.query(
    `INSERT INTO cloud_contact_folders (contactId, folderId, accountId, ownerId) VALUES ?
     ON DUPLICATE KEY UPDATE ownerId = VALUES(ownerId)`,
    [pairs.map((pair) => [...pair, accountId, ownerId])],
  );
}

/** Into the bin, or out of it. */
async function turn(
  database: Statements,
  act: CloudAct,
  contacts: readonly StoredCloudContact[],
  turned: (contact: StoredCloudContact) => StoredCloudContact,
): Promise<void> {
  if (contacts.length === 0) return;
  const folders = await folderIdsOf(database, act.connectionId);
  for (const some of chunks(contacts))
    await writeRows(
      database,
      act,
      some.map((before) => ({ before, row: asWritten(act, folders, before, turned(before), true) })),
    );
}

function valuesOf(act: CloudAct, row: WrittenRow): unknown[] {
  const written = {
    ...cloudKeysOf(row),
    ...{ typedPhones: JSON.stringify(row.typedPhones), agreed: json(row.agreed), memory: json(row.memory) },
    ...{ problem: json(row.problem), isPrivate: row.isPrivate ? 1 : 0, starred: row.starred ? 1 : 0 },
  };
  const value = (column: string) =>
    column in written ? written[column as keyof typeof written] : row[column as keyof WrittenRow];
  return [row.id, act.accountId, act.ownerId, act.connectionId, ...columns.map(value)];
}

function json(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

function noted(subjectId: Id, action: Noted['action']): Noted {
  return { subjectType: SUBJECT, subjectId, action, changes: null };
}

/** What is written of a new contact: all it has. */
function allOf(contact: KeptCloudContact): Changes {
  const changes: Changes = {};
  for (const field of journaled) if (!isEmpty(contact[field])) changes[field] = [null, contact[field]];
  return changes;
}

/** As the journal of a new contact leaves it out: nothing, not ticked, no values. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return true;
  if (typeof value !== 'object') return false;
  return Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0;
}

function chunks<Each>(all: readonly Each[]): Each[][] {
  const made: Each[][] = [];
  for (let from = 0; from < all.length; from += CHUNK) made.push(all.slice(from, from + CHUNK));
  return made;
}
