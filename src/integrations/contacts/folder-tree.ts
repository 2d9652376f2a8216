import { type Id } from '../../database/new-id.js';
import { fold } from '../../text/fold.js';

/** A folder of a mailbox as pages know it. */
export interface Folder {
  id: Id;
  remoteId: string;
  parentRemoteId: string | null;
  name: string;
  isDefault: boolean;
  readOnly: boolean;
  /** Holds contacts; others are shown for what is below them. */
  living: boolean;
}

export interface FolderNode {
  folder: Folder;
  below: FolderNode[];
}

/** Folders of Exchange go 300 deep at most; what a page can draw, and a browser read, is less. */
const DEEPEST = 100;

/**
 * The folders of one mailbox that hold contacts, with all above them, as a tree: the default folder first, then by name. A
 * parent that is not known, or is below its own child, counts as none; so does one that is deeper than anybody files.
 */
export function folderTree(folders: readonly Folder[]): FolderNode[] {
  const parents = parentsOf(folders);
  const shown = new Set<Folder>();
  for (const folder of folders)
    for (let each = folder.living ? folder : null; each && !shown.has(each); each = parents.get(each) ?? null)
      shown.add(each);
  const nodes = new Map([...shown].map((folder) => [folder, { folder, below: [] as FolderNode[] }]));
  const top: FolderNode[] = [];
  for (const node of nodes.values()) {
    const parent = parents.get(node.folder);
    ((parent && nodes.get(parent)?.below) ?? top).push(node);
  }
  for (const { below } of nodes.values()) below.sort(inOrder);
  return top.sort(inOrder);
}

/** Names from the top down to the folder. */
export function folderPath(folder: Folder, folders: readonly Folder[]): string[] {
  const parents = parentsOf(folders);
  const names: string[] = [];
  for (let each: Folder | null = folder; each; each = parents.get(each) ?? null) names.push(each.name);
  return names.reverse();
}

/** The folders of a tree from top to bottom, as they are read. */
export function inTreeOrder(nodes: readonly FolderNode[]): Folder[] {
  return nodes.flatMap(({ folder, below }) => [folder, ...inTreeOrder(below)]);
}

/** Found once for each list: pages ask for the path of every folder. */
const known = new WeakMap<readonly Folder[], ReadonlyMap<Folder, Folder | null>>();

/** Of each folder the one it is shown below; null at the top, and wherever the line upwards ends in a ring. */
function parentsOf(folders: readonly Folder[]): ReadonlyMap<Folder, Folder | null> {
  const found = known.get(folders);
  if (found) return found;
  const byRemoteId = new Map(folders.map((folder) => [folder.remoteId, folder]));
  const parents = new Map<Folder, Folder | null>();
  const depths = new Map<Folder, number>();
  for (const folder of folders) {
    const line = new Set<Folder>();
    let above: Folder | undefined = folder;
    while (above && !depths.has(above) && !line.has(above)) {
      line.add(above);
      above = byRemoteId.get(above.parentRemoteId ?? '');
    }
    // Where a ring is cut must not depend on where one begins to walk it: none of its folders is below another.
    const isRing = above !== undefined && (line.has(above) || depths.get(above) === IN_A_RING);
    let parent = above ?? null;
    for (const each of [...line].reverse()) {
      const depth = isRing ? IN_A_RING : parent === null ? 0 : (depths.get(parent)! + 1) % DEEPEST;
      depths.set(each, depth);
      parents.set(each, depth > 0 ? parent : null);
      parent = each;
    }
  }
  known.set(folders, parents);
  return parents;
}

const IN_A_RING = -1;

function inOrder({ folder: one }: FolderNode, { folder: other }: FolderNode): number {
  if (one.isDefault !== other.isDefault) return one.isDefault ? -1 : 1;
  const [first, second] = [fold(one.name), fold(other.name)];
  if (first === second) return one.id < other.id ? -1 : 1;
  return first < second ? -1 : 1;
}
