import { type RemoteFolder } from '../contacts-connector.js';
import { ContactGone, FolderGone, ProviderBusy } from '../provider-errors.js';
import { type GraphClient, MOST_PARTS } from './graph.client.js';
import { paths } from './office365-paths.js';
import { usableId } from './usable-id.js';

/** The folder that is in no list, and what it lies below. */
export interface KnownFolders {
  contacts: string | null;
  root: string | null;
}

/** The tree's cursor: the service's own link, and what was asked once with it. */
export interface TreeCursor {
  link: string;
  known: KnownFolders;
  /** When all of it was read, ISO 8601. */
  wholeAt: string;
}

/** A folder as Graph has it. */
export interface GraphFolder {
  id?: unknown;
  displayName?: unknown;
  parentFolderId?: unknown;
  '@removed'?: unknown;
}

interface FolderList {
  value?: unknown;
  '@odata.nextLink'?: unknown;
}

/** Whether a folder below another one that changes is told by the delta of the tree is not written anywhere: so all is read daily. */
const WHOLE_EVERY_MS = 24 * 3_600_000;

export function readTreeCursor(cursor: string, now = Date.now()): TreeCursor | null {
  try {
    const { link, known, wholeAt } = JSON.parse(cursor) as Partial<TreeCursor>;
    const fresh = now - Date.parse(wholeAt ?? '') < WHOLE_EVERY_MS;
    return typeof link === 'string' && known && wholeAt && fresh ? { link, known, wholeAt } : null;
  } catch {
    return null;
  }
}

/** The default folder, which lists leave out. null: it is not told, and nothing in it says where it is. */
export async function readDefaultFolder(client: GraphClient): Promise<GraphFolder | null> {
  try {
    return await client.json<GraphFolder>({ operation: 'contactFolders.get', path: paths.defaultFolder });
  } catch (error) {
    if (!(error instanceof FolderGone)) throw error;
  }
  const { value } = await client.json<FolderList>({
    operation: 'contactFolders.default',
    path: paths.oneOfDefault,
  });
  const [contact] = foldersIn(value);
  return contact ? { id: contact.parentFolderId, displayName: 'Contacts', parentFolderId: null } : null;
}

/** Every folder there is: those at the top, and level by level those below them and below the default one. */
export async function walkFolders(client: GraphClient, from: readonly GraphFolder[]): Promise<GraphFolder[]> {
  const found = new Map<string, GraphFolder>();
  const add = (folders: readonly GraphFolder[]) =>
    folders.flatMap((folder) => {
      const id = usableId(folder.id);
      if (id === null || found.has(id) || found.size >= MOST_FOLDERS) return [];
      found.set(id, folder);
      return [id];
    });
  const top = await client.json<FolderList>({ operation: 'contactFolders.list', path: paths.folders });
  let level = add([...from, ...(await wholeList(client, top))]);
  while (level.length > 0) {
    const below: string[] = [];
    for (let at = 0; at < level.length; at += MOST_PARTS) {
      const parts = level
        .slice(at, at + MOST_PARTS)
        .map((id) => ({ operation: 'contactFolders.list' as const, path: paths.childFolders(id) }));
      for (const answer of await client.batch(parts)) {
        if (answer.ok) below.push(...add(await wholeList(client, answer.body as FolderList)));
        // Deleted a moment ago; or one whose insides nobody may see: the others go on.
        else if (answer.status !== 404 && answer.status !== 403) throw answer.error;
      }
    }
    level = below;
  }
  return [...found.values()];
}

export function folderOf(folder: GraphFolder, known: KnownFolders): RemoteFolder | null {
  const remoteId = usableId(folder.id);
  if (remoteId === null) return null;
  const parentId = usableId(folder.parentFolderId);
  return {
    remoteId,
    parentId: parentId === known.root || remoteId === known.contacts ? null : parentId,
    name: typeof folder.displayName === 'string' ? folder.displayName : '',
    // Graph lists folders of contacts alone, and not those programs keep for themselves.
    role: 'contacts',
    isDefault: remoteId === known.contacts,
    readOnly: false,
  };
}

/** @returns the id the tree has for a folder; null when there is none (any more) */
export async function canonicalId(client: GraphClient, folderId: string): Promise<string | null> {
  try {
    const { id } = await client.json<GraphFolder>({
      operation: 'contactFolders.get',
      path: paths.folder(folderId),
    });
    return usableId(id);
  } catch (error) {
    if (error instanceof FolderGone || error instanceof ContactGone) return null;
    throw error;
  }
}

export function foldersIn(value: unknown): GraphFolder[] {
  return (Array.isArray(value) ? (value as unknown[]) : []).filter(
    (each): each is GraphFolder => typeof each === 'object' && each !== null,
  );
}

async function wholeList(client: GraphClient, first: FolderList): Promise<GraphFolder[]> {
  const folders: GraphFolder[] = [];
  let page: FolderList | null = first;
  for (let pages = 1; page; pages++) {
    if (pages > MOST_PAGES)
      throw new ProviderBusy({ operation: 'contactFolders.list', code: 'TREE_WITHOUT_END' });
    folders.push(...foldersIn(page.value));
    const next = client.link('contactFolders.list', page['@odata.nextLink']);
    page =
      next === null ? null : await client.json<FolderList>({ operation: 'contactFolders.list', path: next });
  }
  return folders;
}

const MOST_FOLDERS = 50_000;
const MOST_PAGES = 1_000;
