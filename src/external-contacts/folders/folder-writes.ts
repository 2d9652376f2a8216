import { type EntityManager } from 'typeorm';
import { freeName } from '../../accounts/free-name.js';
import { nameKeyOf } from '../../accounts/user-rows.js';
import { limits } from '../../config/limits.js';
import { newId, type Id } from '../../database/id.js';
import { Refused } from '../../errors/domain-error.js';
import { type Journal, type NewEntry } from '../../journal/journal.service.js';
import { FOLDER_SUBJECT, type ContactAct } from '../contact-act.js';
import { holdList } from '../links/contact-room.js';

/**
 * The only place where folders of external contacts are written, each change with its line in the journal. Who is in a
 * folder stays with a deleted one, so that it comes back with them.
 */

/** The unique index that keeps names apart: `isDuplicate(error, FOLDER_NAME_INDEX)` is a name taken at this moment. */
export const FOLDER_NAME_INDEX = 'uq_external_folders_name';

/** Somebody would have more folders than they may. */
export class TooManyFolders extends Refused {
  constructor() {
    super('external-folders.problem.too-many', { max: limits.externalFolders });
  }
}

/** A folder as it stands in the database. */
export interface StoredFolder {
  id: Id;
  name: string;
  revision: number;
  deletedAt: Date | null;
}

/** One's living folders with these ids (or all), by id; `lock` holds them until the transaction ends. */
export async function storedFolders(
  manager: EntityManager,
  ownerId: Id,
  { ids, lock = false, deleted = false }: { ids?: readonly Id[]; lock?: boolean; deleted?: boolean } = {},
): Promise<Map<Id, StoredFolder>> {
  if (ids?.length === 0) return new Map();
  const rows = await manager.query<StoredFolder[]>(
    `SELECT id, name, revision, deletedAt FROM external_folders
     WHERE ownerId = ? AND liveKey IS ${deleted ? 'NULL' : 'NOT NULL'} ${ids ? 'AND id IN (?)' : ''}
     ORDER BY id ${lock ? 'FOR UPDATE' : ''}`,
    [ownerId, ...(ids ? [ids] : [])],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** One's living folders, by folded name. */
export async function foldersByName(
  manager: EntityManager,
  ownerId: Id,
): Promise<Map<string, { id: Id; name: string }>> {
  const folders = await storedFolders(manager, ownerId);
  return new Map([...folders.values()].map(({ id, name }) => [nameKeyOf(name), { id, name }]));
}

/** One new folder. A name taken (also at this moment) is a duplicate in `FOLDER_NAME_INDEX`. @throws TooManyFolders */
export async function insertFolder(
  manager: EntityManager,
  journal: Journal,
  act: ContactAct,
  { id = newId(), name }: { id?: Id; name: string },
): Promise<Id> {
  await holdList(manager, { userId: act.ownerId, accountId: act.accountId });
  if ((await storedFolders(manager, act.ownerId)).size >= limits.externalFolders) throw new TooManyFolders();
  await manager.query(
    'INSERT INTO external_folders (id, accountId, ownerId, name, nameKey, liveKey, createdAt) VALUES (?, ?, ?, ?, ?, 1, ?)',
    [id, act.accountId, act.ownerId, name, nameKeyOf(name), act.now],
  );
  await record(manager, journal, act, [
    { subjectId: id, subjectType: FOLDER_SUBJECT, action: 'created', changes: { name: [null, name] } },
  ]);
  return id;
}

/** The folder of this name, made when there is none. @throws TooManyFolders */
export async function ensureFolder(
  manager: EntityManager,
  journal: Journal,
  act: ContactAct,
  name: string,
): Promise<Id> {
  const known = (await foldersByName(manager, act.ownerId)).get(nameKeyOf(name));
  return known?.id ?? insertFolder(manager, journal, act, { name });
}

/**
 * Gives living folders other names; one that has its name already is passed over.
 * @param changes folders as `storedFolders` read them in this transaction, with `lock`
 */
export async function renameFolders(
  manager: EntityManager,
  journal: Journal,
  act: ContactAct,
  changes: readonly { before: Pick<StoredFolder, 'id' | 'name'>; name: string }[],
): Promise<void> {
  const differing = changes.filter(({ before, name }) => before.name !== name);
  for (const { before, name } of differing)
    await manager.query(
      `UPDATE external_folders SET name = ?, nameKey = ?, revision = revision + 1
       WHERE ownerId = ? AND id = ? AND liveKey = 1`,
      [name, nameKeyOf(name), act.ownerId, before.id],
    );
  await record(
    manager,
    journal,
    act,
    differing.map(({ before, name }) => ({
      ...{ subjectType: FOLDER_SUBJECT, subjectId: before.id, action: 'changed' },
      changes: { name: [before.name, name] },
    })),
  );
}

/** Deletes living folders; their contacts stay. @returns those that were there */
export async function removeFolders(
  manager: EntityManager,
  journal: Journal,
  act: ContactAct,
  ids: readonly Id[],
): Promise<StoredFolder[]> {
  const living = [...(await storedFolders(manager, act.ownerId, { ids, lock: true })).values()];
  if (living.length === 0) return [];
  await manager.query(
    `UPDATE external_folders SET liveKey = NULL, deletedAt = ?, revision = revision + 1
     WHERE ownerId = ? AND id IN (?) AND liveKey = 1`,
    [act.now, act.ownerId, living.map(({ id }) => id)],
  );
  await record(
    manager,
    journal,
    act,
    living.map(({ id, name }) => ({
      ...{ subjectType: FOLDER_SUBJECT, subjectId: id, action: 'removed', changes: { name: [name, null] } },
    })),
  );
  return living;
}

/**
 * Brings deleted folders back with whom they had; one whose name was given away meanwhile is called "Name (2)".
 * @returns what they are called
 * @throws TooManyFolders
 */
export async function restoreFolders(
  manager: EntityManager,
  journal: Journal,
  act: ContactAct,
  ids: readonly Id[],
): Promise<{ id: Id; name: string }[]> {
  const deleted = await storedFolders(manager, act.ownerId, { ids, lock: true, deleted: true });
  if (deleted.size === 0) return [];
  await holdList(manager, { userId: act.ownerId, accountId: act.accountId });
  const taken = new Set((await foldersByName(manager, act.ownerId)).keys());
  if (taken.size + deleted.size > limits.externalFolders) throw new TooManyFolders();
  const restored = [...deleted.values()].map(({ id, name }) => ({ id, name: freeName(name, taken) }));
  for (const { id, name } of restored)
    await manager.query(
      `UPDATE external_folders SET liveKey = 1, deletedAt = NULL, name = ?, nameKey = ?, revision = revision + 1
       WHERE ownerId = ? AND id = ? AND liveKey IS NULL`,
      [name, nameKeyOf(name), act.ownerId, id],
    );
  await record(
    manager,
    journal,
    act,
    restored.map(({ id, name }) => ({
      ...{ subjectType: FOLDER_SUBJECT, subjectId: id, action: 'restored', changes: { name: [null, name] } },
    })),
  );
  return restored;
}

async function record(
  manager: EntityManager,
  journal: Journal,
  { batchId, accountId }: ContactAct,
  entries: readonly NewEntry[],
): Promise<void> {
  await journal.record(manager, batchId, accountId, entries);
}
