import { type FolderChange } from '../contacts-connector.js';
import { isGroupName, recordOf, textOf } from './people.js';

/** Where contacts are that are in no label, and new ones go. */
const MY_CONTACTS = 'contactGroups/myContacts';

/**
 * Groups of Google's own that are no labels. The star there is one as well: who is a favourite here is a matter of this
 * book alone, as it is for contacts of other providers.
 */
const OWN = new Set(
  ['starred', 'all', 'blocked', 'chatBuddies', 'friends', 'family', 'coworkers'].map(
    (name) => `contactGroups/${name}`,
  ),
);

/** Whether a group is a folder here. */
export function shownGroup(name: string): boolean {
  return !OWN.has(name);
}

/** What the service takes in a list of groups; out of others of its own contacts can only be taken. */
export function canBeWritten(name: string): boolean {
  return shownGroup(name) || name === 'contactGroups/starred';
}

/** null for what we cannot read. */
export function readGroupChange(json: unknown): FolderChange | null {
  const { resourceName: remoteId, groupType, formattedName, name, metadata } = recordOf(json);
  if (!isGroupName(remoteId)) return null;
  if (recordOf(metadata)['deleted'] === true) return { kind: 'removed', remoteId };
  const isShown = remoteId === MY_CONTACTS || (groupType !== 'SYSTEM_CONTACT_GROUP' && shownGroup(remoteId));
  return {
    kind: 'folder',
    folder: {
      remoteId,
      parentId: null,
      // Of groups of Google's own in the language of the account.
      name: textOf(formattedName) ?? textOf(name) ?? '',
      role: isShown ? 'contacts' : 'hidden',
      isDefault: remoteId === MY_CONTACTS,
      readOnly: false,
    },
  };
}
