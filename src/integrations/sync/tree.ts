import { type CloudFolder } from '../connection.entities.js';

type TreeFolder = Pick<CloudFolder, 'remoteId' | 'parentRemoteId' | 'role'>;

/**
 * Folders that hold contacts and are not below a bin: by remote id. A parent that is not known counts as the top; one that is
 * below its own child ends the search.
 */
export function livingFolders(folders: readonly TreeFolder[]): Set<string> {
  const known = new Map(folders.map((folder) => [folder.remoteId, folder]));
  // Each is walked over once, however deep a server nests them.
  const inBin = new Map<TreeFolder, boolean>();
  for (const folder of folders) {
    const line = new Set<TreeFolder>();
    let above: TreeFolder | undefined = folder;
    while (above && above.role !== 'bin' && !inBin.has(above) && !line.has(above)) {
      line.add(above);
      above = known.get(above.parentRemoteId ?? '');
    }
    const is = above !== undefined && (above.role === 'bin' || inBin.get(above) === true);
    for (const each of line) inBin.set(each, is);
  }
  const living = (folder: TreeFolder) => folder.role === 'contacts' && !inBin.get(folder);
  return new Set(folders.filter(living).map(({ remoteId }) => remoteId));
}

/**
 * The folders that are read where there are more than `most`: those read so far, so that no newer one takes their place and nothing
 * of theirs counts as gone; then the default one, and by name.
 */
export function firstFolders(
  folders: readonly (TreeFolder & Pick<CloudFolder, 'name' | 'isDefault' | 'living'>)[],
  living: ReadonlySet<string>,
  most: number,
): Set<string> {
  const read = folders.filter(({ remoteId }) => living.has(remoteId));
  const before = read.filter((folder) => folder.living);
  const rank = (folder: (typeof read)[number]) => (folder.living ? 0 : folder.isDefault ? 1 : 2);
  read.sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name));
  return new Set(read.slice(0, Math.max(most, before.length)).map(({ remoteId }) => remoteId));
}
