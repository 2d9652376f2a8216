import { type FolderChange, type RemoteFolder } from '../contacts-connector.js';
import { ProviderBusy } from '../provider-errors.js';
import { type EwsMessage } from './ews-answer.js';
import { idOf } from './ids.js';
import { type XmlElement } from './reader.js';

/** Folders everybody has, by the id they have in this mailbox. */
export interface KnownFolders {
  root: string;
  contacts: string;
  bin: string;
}

/** The tree's cursor: the server's own state, and what was asked once with it. */
export interface TreeCursor {
  state: string;
  known: KnownFolders;
}

export function readTreeCursor(cursor: string): TreeCursor | null {
  try {
    const { state, known } = JSON.parse(cursor) as Partial<TreeCursor>;
    const whole = typeof state === 'string' && known?.root && known.contacts && known.bin;
    return whole ? { state, known } : null;
  } catch {
    return null;
  }
}

/** @param messages of GetFolder, in its order */
export function readKnownFolders(messages: readonly EwsMessage[]): KnownFolders {
  const [root, contacts, bin] = messages.map(({ element }) => idOf(element.find('FolderId')) ?? '');
  if (!root || !contacts || !bin) throw new ProviderBusy({ operation: 'GetFolder', code: 'INCOMPLETE' });
  return { root, contacts, bin };
}

/** @param change `Create`, `Update` or `Delete` of SyncFolderHierarchy @param hiddenTag the property that hides folders */
export function readFolderChange(
  change: XmlElement,
  known: KnownFolders,
  hiddenTag: string,
): FolderChange | null {
  if (change.name === 'Delete') {
    const remoteId = idOf(change.child('FolderId'));
    return remoteId ? { kind: 'removed', remoteId } : null;
  }
  const folder = change.children[0];
  const remoteId = idOf(folder?.child('FolderId'));
  return remoteId ? { kind: 'folder', folder: folderOf(folder, remoteId, known, hiddenTag) } : null;
}

/** What Outlook, Skype and Exchange itself keep under Contacts, and nobody typed (NOTES §4). */
const CLUTTER = [
  'RecipientCache',
  'MOC.QuickContacts',
  'MOC.ImContactList',
  'GalContacts',
  'OrganizationalContacts',
  'PeopleCentricConversationBuddies',
  'Company',
].map((name) => `ipf.contact.${name.toLowerCase()}`);

function folderOf(
  folder: XmlElement,
  remoteId: string,
  known: KnownFolders,
  hiddenTag: string,
): RemoteFolder {
  const parentId = idOf(folder.child('ParentFolderId'));
  return {
    remoteId,
    parentId: parentId === known.root ? null : parentId,
    name: folder.textAt('DisplayName') ?? '',
    role: remoteId === known.bin ? 'bin' : roleOf(folder, hiddenTag),
    isDefault: remoteId === known.contacts,
    readOnly: folder.textAt('EffectiveRights', 'CreateContents') === 'false',
  };
}

function roleOf(folder: XmlElement, hiddenTag: string): RemoteFolder['role'] {
  const usual = folder.name === 'ContactsFolder' ? 'IPF.Contact' : '';
  const folderClass = (folder.textAt('FolderClass') ?? usual).trim().toLowerCase();
  if (CLUTTER.includes(folderClass) || isHidden(folder, hiddenTag)) return 'hidden';
  return folderClass === 'ipf.contact' ? 'contacts' : 'other';
}

export function isHidden(folder: XmlElement, hiddenTag: string): boolean {
  return folder.children.some(
    (property) =>
      property.name === 'ExtendedProperty' &&
      Number(property.child('ExtendedFieldURI')?.attribute('PropertyTag')) === Number(hiddenTag) &&
      /^(true|1)$/i.test(property.textAt('Value') ?? ''),
  );
}
