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

/**
 * The folders of one mailbox that hold contacts, with all above them, as a tree: the default folder first, then by name. A
 * parent that is not known, or is below its own child, counts as none.
 */
export function folderTree(folders: readonly Folder[]): FolderNode[] {
  const known = new Map(folders.map((folder) => [folder.remoteId, folder]));
  const shown = new Set<Folder>();
  for (const folder of folders.filter(({ living }) => living))
    for (const each of withParents(folder, known)) shown.add(each);
  const nodes = new Map([...shown].map((folder) => [folder.remoteId, { folder, below: [] as FolderNode[] }]));
  const top: FolderNode[] = [];
  for (const node of nodes.values()) {
    const parent = withParents(node.folder, known)[1];
    (nodes.get(parent?.remoteId ?? '')?.below ?? top).push(node);
  }
  for (const { below } of nodes.values()) below.sort(inOrder);
  return top.sort(inOrder);
}

/** Names from the top down to the folder. */
export function folderPath(folder: Folder, folders: readonly Folder[]): string[] {
  const known = new Map(folders.map((each) => [each.remoteId, each]));
  return withParents(folder, known)
    .map(({ name }) => name)
    .reverse();
}

/** The folders of a tree from top to bottom, as they are read. */
export function inTreeOrder(nodes: readonly FolderNode[]): Folder[] {
  return nodes.flatMap(({ folder, below }) => [folder, ...inTreeOrder(below)]);
}

/** The folder, its parent and so on to the top; in a ring the last of them has none. */
function withParents(folder: Folder, known: ReadonlyMap<string, Folder>): Folder[] {
  const line = [folder];
  for (;;) {
    const parent = known.get(line[line.length - 1].parentRemoteId ?? '');
    if (!parent) return line;
    // Where a ring is cut must not depend on where one begins to walk it.
    if (line.includes(parent)) return [folder];
    line.push(parent);
  }
}

function inOrder({ folder: one }: FolderNode, { folder: other }: FolderNode): number {
  if (one.isDefault !== other.isDefault) return one.isDefault ? -1 : 1;
  const [first, second] = [fold(one.name), fold(other.name)];
  if (first === second) return one.id < other.id ? -1 : 1;
  return first < second ? -1 : 1;
}
