import { limits } from '../../config/limits.js';
import { newId, type Id } from '../../database/id.js';
import { type Statements } from '../../imports/import-kind.js';
import { type CloudFolder } from '../connection.entities.js';
import { type Cursor, type FolderChange, type RemoteFolder } from '../contacts-connector.js';
import { CursorExpired, ProviderBusy } from '../provider-errors.js';
import { markGone } from './gone.js';
import { type Run } from './run.js';
import { markScope, newScope, saveScope, type Scope } from './scopes.js';
import { firstFolders, livingFolders } from './tree.js';

export const TREE = 'tree';

/** A folder that is read. */
export type LivingFolder = Pick<CloudFolder, 'id' | 'remoteId' | 'name'>;

type StoredFolder = Pick<
  CloudFolder,
  'id' | 'remoteId' | 'parentRemoteId' | 'name' | 'role' | 'isDefault' | 'readOnly' | 'living'
>;

/**
 * Brings the folders to what they are there, in one save: there are few of them. Contacts of one that went, or went below the bin,
 * are marked as gone; one that comes (back) is read from nothing.
 */
export async function readTree(run: Run, scopes: Map<string, Scope>): Promise<LivingFolder[]> {
  const scope = scopes.get(TREE) ?? newScope(TREE);
  scopes.set(TREE, scope);
  let tree: TreeChanges;
  try {
    tree = await changesOf(run, scope.cursor);
  } catch (error) {
    if (!(error instanceof CursorExpired) || scope.cursor === null) throw error;
    tree = await changesOf(run, null);
  }
  const nothing = tree.changes.size === 0 && !tree.whole && !scope.aged;
  if (!nothing) await save(run, scope, scopes, tree);
  if (scope.problem) run.problem ??= scope.problem;
  return run.statements.query<LivingFolder[]>(
    `SELECT id, remoteId, name FROM cloud_folders WHERE connectionId = ? AND living = 1
     ORDER BY isDefault DESC, name, id`,
    [run.connection.id],
  );
}

interface TreeChanges {
  /** By remote id; null: removed. */
  changes: Map<string, RemoteFolder | null>;
  cursor: Cursor;
  /** What is not among the changes is not there. */
  whole: boolean;
}

/** What is held at once, and asked in one turn, has an end, whatever a server goes on telling. */
const MOST_PAGES = 1_000;
const MOST_FOLDERS = 50_000;

async function changesOf(run: Run, cursor: Cursor | null): Promise<TreeChanges> {
  const tree: TreeChanges = { changes: new Map(), cursor: cursor ?? '', whole: cursor === null };
  let pages = 0;
  for await (const page of run.session.folders(cursor)) {
    run.signal.throwIfAborted();
    for (const change of page.changes) tree.changes.set(remoteIdOf(change), folderOf(change));
    tree.cursor = page.cursor;
    if (page.last) break;
    if (++pages >= MOST_PAGES || tree.changes.size > MOST_FOLDERS)
      throw new ProviderBusy({ code: 'TREE_WITHOUT_END' });
  }
  return tree;
}

async function save(
  run: Run,
  scope: Scope,
  scopes: ReadonlyMap<string, Scope>,
  tree: TreeChanges,
): Promise<void> {
  const { connection } = run;
  const after: Scope = { ...scope, cursor: tree.cursor, aged: false };
  const unread = await run.save(async ({ manager }) => {
    const before = await foldersOf(manager, connection.id);
    const folders = applied(before, tree);
    if (folders.length > MOST_FOLDERS) throw new ProviderBusy({ code: 'TREE_WITHOUT_END' });
    const all = livingFolders(folders);
    const living = firstFolders(folders, all, limits.cloudFoldersPerConnection);
    for (const folder of folders) folder.living = living.has(folder.remoteId);
    await writeFolders(manager, run, before, folders);
    const wasLiving = new Set(before.filter((folder) => folder.living).map(({ id }) => id));
    const ended = folders.filter(({ id, living: is }) => !is && wasLiving.has(id));
    if (run.connector.scope === 'folder') {
      for (const folder of ended) if (await markGone(manager, connection.id, folder)) run.missed = true;
      await forgetCursors(manager, connection.id, ended);
    } else {
      await dropFolders(manager, connection.id, ended);
      const known = new Set(before.map(({ id }) => id));
      await joinFolders(
        manager,
        connection.id,
        folders.filter(({ id, living: is }) => is && !known.has(id)),
      );
    }
    after.problem = problemOf(scope, all.size - living.size);
    await saveScope(manager, connection, after);
    if (after.problem !== scope.problem) await markScope(manager, scope, 'problem', after.problem);
    return ended.map(({ id }) => id);
  });
  Object.assign(scope, after);
  for (const id of unread) Object.assign(scopes.get(id) ?? {}, { cursor: null, passing: false });
}

/** Kept on the tree, so that a run without changes need not count. */
function problemOf({ problem }: Scope, more: number): Scope['problem'] {
  if (more === 0) return null;
  const values = { max: limits.cloudFoldersPerConnection, more };
  return { key: 'too-many-folders', values, since: problem?.since ?? new Date().toISOString() };
}

function foldersOf(database: Statements, connectionId: Id): Promise<StoredFolder[]> {
  return database
    .query<(Omit<StoredFolder, 'isDefault' | 'readOnly' | 'living'> & Record<Flag, number>)[]>(
      `SELECT id, remoteId, parentRemoteId, name, role, isDefault, readOnly, living FROM cloud_folders
       WHERE connectionId = ? ORDER BY id FOR UPDATE`,
      [connectionId],
    )
    .then((rows) =>
      rows.map((row) => ({
        ...row,
        isDefault: Boolean(row.isDefault),
        readOnly: Boolean(row.readOnly),
        living: Boolean(row.living),
      })),
    );
}
type Flag = 'isDefault' | 'readOnly' | 'living';

/** The folders as they are after: what is gone stays as a bin, for what was in it can be restored. */
function applied(before: readonly StoredFolder[], { changes, whole }: TreeChanges): StoredFolder[] {
  const after = new Map(before.map((folder) => [folder.remoteId, { ...folder }]));
  for (const folder of after.values())
    if (changes.get(folder.remoteId) === null || (whole && !changes.has(folder.remoteId)))
      Object.assign(folder, GONE);
  for (const [remoteId, folder] of changes) {
    if (folder === null) continue;
    const { parentId: parentRemoteId, role, isDefault, readOnly } = folder;
    const known = after.get(remoteId) ?? { id: newId(), remoteId, living: false };
    const name = nameOf(folder.name);
    after.set(remoteId, { ...known, parentRemoteId, name, role, isDefault, readOnly });
  }
  return [...after.values()];
}

const GONE = { role: 'bin', parentRemoteId: null, isDefault: false } as const;

/** As the column holds it. */
function nameOf(name: string): string {
  const kept = [...name].slice(0, 255).join('').trim();
  return kept === '' ? '-' : kept;
}

async function writeFolders(
  manager: Statements,
  run: Run,
  before: readonly StoredFolder[],
  after: readonly StoredFolder[],
): Promise<void> {
  const { accountId, ownerId, id: connectionId } = run.connection;
  const known = new Map(before.map((folder) => [folder.id, JSON.stringify(rowOf(folder))]));
  const changed = after.filter((folder) => known.get(folder.id) !== JSON.stringify(rowOf(folder)));
  const now = new Date();
  for (let from = 0; from < changed.length; from += CHUNK)
    await manager.query(
      `INSERT INTO cloud_folders (id, remoteId, parentRemoteId, name, role, isDefault, readOnly, living, accountId, ownerId,
         connectionId, createdAt, updatedAt) VALUES ?
       ON DUPLICATE KEY UPDATE parentRemoteId = VALUES(parentRemoteId), name = VALUES(name), role = VALUES(role),
         isDefault = VALUES(isDefault), readOnly = VALUES(readOnly), living = VALUES(living), updatedAt = VALUES(updatedAt)`,
      [
        changed
          .slice(from, from + CHUNK)
          .map((folder) => [...rowOf(folder), accountId, ownerId, connectionId, now, now]),
      ],
    );
}

const CHUNK = 200;

function rowOf(folder: StoredFolder): unknown[] {
  const { id, remoteId, parentRemoteId, name, role, isDefault, readOnly, living } = folder;
  return [id, remoteId, parentRemoteId, name, role, isDefault ? 1 : 0, readOnly ? 1 : 0, living ? 1 : 0];
}

/** Should they live again, they are read from nothing: what their contacts became meanwhile no cursor tells. */
async function forgetCursors(
  manager: Statements,
  connectionId: Id,
  folders: readonly StoredFolder[],
): Promise<void> {
  if (folders.length === 0) return;
  await manager.query(
    'UPDATE sync_scopes SET `cursor` = NULL, passing = 0 WHERE connectionId = ? AND scopeKey IN (?)',
    [connectionId, folders.map(({ id }) => id)],
  );
}

/** Of a whole book a label that goes leaves its contacts where they are. */
async function dropFolders(
  manager: Statements,
  connectionId: Id,
  folders: readonly StoredFolder[],
): Promise<void> {
  if (folders.length === 0) return;
  const ids = folders.map(({ id }) => id);
  await manager.query('DELETE FROM cloud_contact_folders WHERE folderId IN (?)', [ids]);
  await manager.query('DELETE FROM cloud_folders WHERE connectionId = ? AND id IN (?)', [connectionId, ids]);
  // Who was to be put into that one alone stays where they are there.
  await manager.query(
    `INSERT INTO cloud_contact_folders (contactId, folderId, accountId, ownerId)
     SELECT c.id, f.id, c.accountId, c.ownerId FROM cloud_contacts c
     JOIN cloud_folders f ON f.connectionId = c.connectionId AND f.living = 1
       AND JSON_CONTAINS(c.agreed, JSON_QUOTE(f.remoteId), '$.folderIds')
     LEFT JOIN cloud_contact_folders l ON l.contactId = c.id
     WHERE c.connectionId = ? AND c.pending = 'change' AND l.contactId IS NULL`,
    [connectionId],
  );
}

/** Contacts that were read with a label before it was heard of: their provider has nothing more to say of them. */
async function joinFolders(
  manager: Statements,
  connectionId: Id,
  folders: readonly StoredFolder[],
): Promise<void> {
  for (const { id, remoteId } of folders)
    await manager.query(
      `INSERT INTO cloud_contact_folders (contactId, folderId, accountId, ownerId)
       SELECT c.id, ?, c.accountId, c.ownerId FROM cloud_contacts c
       WHERE c.connectionId = ? AND c.agreed IS NOT NULL AND JSON_CONTAINS(c.agreed, JSON_QUOTE(?), '$.folderIds')
       ON DUPLICATE KEY UPDATE ownerId = VALUES(ownerId)`,
      [id, connectionId, remoteId],
    );
}

function remoteIdOf(change: FolderChange): string {
  return change.kind === 'folder' ? change.folder.remoteId : change.remoteId;
}

function folderOf(change: FolderChange): RemoteFolder | null {
  return change.kind === 'folder' ? change.folder : null;
}
