import { type CloudFolder } from '../connection.entities.js';

type TreeFolder = Pick<CloudFolder, 'remoteId' | 'parentRemoteId' | 'role'>;

/**
 * Folders that hold contacts and are not below a bin: by remote id. A parent that is not known counts as the top; one that is
 * below its own child ends the search.
 */
export function livingFolders(folders: readonly TreeFolder[]): Set<string> {
  const known = new Map(folders.map((folder) => [folder.remoteId, folder]));
  const living = (folder: TreeFolder): boolean => {
    const passed = new Set<TreeFolder>();
    for (
      let each: TreeFolder | undefined = folder;
      each && !passed.has(each);
      each = known.get(each.parentRemoteId ?? '')
    ) {
      if (each.role === 'bin') return false;
      passed.add(each);
    }
    return folder.role === 'contacts';
  };
  return new Set(folders.filter(living).map(({ remoteId }) => remoteId));
}
