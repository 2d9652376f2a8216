import { isId, type Id } from '../../database/id.js';
import { NotFound, Refused } from '../../errors/domain-error.js';
import { type Statements } from '../../imports/import-kind.js';

export interface UsableFolder {
  id: Id;
  connectionId: Id;
  name: string;
}

/**
 * Folders a person may put contacts into.
 * @throws NotFound for folders of others; Refused cloud-contact.folder-gone, cloud-contact.folder-read-only
 */
export async function usableFolders(
  database: Statements,
  ownerId: Id,
  folderIds: readonly string[],
): Promise<UsableFolder[]> {
  const ids = [...new Set(folderIds)];
  if (ids.length === 0 || !ids.every(isId)) throw new NotFound('cloud-contact.folder-not-found');
  const folders = await database.query<(UsableFolder & { readOnly: number; living: number })[]>(
    'SELECT id, connectionId, name, readOnly, living FROM cloud_folders WHERE ownerId = ? AND id IN (?) ORDER BY id',
    [ownerId, ids],
  );
  if (folders.length < ids.length) throw new NotFound('cloud-contact.folder-not-found');
  for (const { name, readOnly, living } of folders) {
    if (!living) throw new Refused('cloud-contact.problem.folder-gone', { folder: name });
    if (readOnly) throw new Refused('cloud-contact.problem.folder-read-only', { folder: name });
  }
  return folders;
}

/** Of some folders those that contacts can come (back) to; the mailbox's own for contacts where there is none left. */
export async function livingOrDefault(
  database: Statements,
  connectionId: Id,
): Promise<(folderIds: readonly Id[]) => Id[]> {
  const living = await database.query<{ id: Id }[]>(
    `SELECT id FROM cloud_folders WHERE connectionId = ? AND living = 1 AND readOnly = 0
     ORDER BY isDefault DESC, id`,
    [connectionId],
  );
  const ids = living.map(({ id }) => id);
  return (folderIds) => {
    const kept = folderIds.filter((id) => ids.includes(id));
    return kept.length > 0 ? kept : ids.slice(0, 1);
  };
}
