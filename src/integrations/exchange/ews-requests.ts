import { type EwsRequest } from './ews.client.js';
import { type ExchangeContact, type PropertyChange } from './exchange.mapping.js';
import { element, type Markup } from './soap.js';
import { isAtLeast, type ExchangeVersion } from './versions.js';

/** Most changes one answer of SyncFolderItems may hold. */
export const CHANGES_A_PAGE = 512;

export interface ItemRef {
  id: string;
  changeKey?: string;
}

/** Folders everybody has, by name: the root that people see, where contacts go, and the bin. */
export function getFolders(): EwsRequest {
  const names = ['msgfolderroot', 'contacts', 'deleteditems'];
  return {
    ...{ operation: 'GetFolder', aim: 'tree', repeatable: true, messages: names.length },
    body: element(
      'm:GetFolder',
      {},
      element('m:FolderShape', {}, baseShape('IdOnly')),
      element('m:FolderIds', {}, ...names.map((Id) => element('t:DistinguishedFolderId', { Id }))),
    ),
  };
}

export function syncFolderHierarchy(syncState: string | null): EwsRequest {
  return {
    ...{ operation: 'SyncFolderHierarchy', aim: 'tree', repeatable: true, messages: 1 },
    body: element(
      'm:SyncFolderHierarchy',
      {},
      element(
        'm:FolderShape',
        {},
        baseShape('Default'),
        element(
          't:AdditionalProperties',
          {},
          ...['folder:FolderClass', 'folder:ParentFolderId', 'folder:EffectiveRights'].map(fieldUri),
          element('t:ExtendedFieldURI', { PropertyTag: HIDDEN, PropertyType: 'Boolean' }),
        ),
      ),
      element('m:SyncFolderId', {}, element('t:DistinguishedFolderId', { Id: 'msgfolderroot' })),
      syncState === null ? null : element('m:SyncState', {}, syncState),
    ),
  };
}

export function syncFolderItems(folderId: string, syncState: string | null): EwsRequest {
  return {
    ...{ operation: 'SyncFolderItems', aim: 'folder', repeatable: true, messages: 1 },
    body: element(
      'm:SyncFolderItems',
      {},
      element('m:ItemShape', {}, baseShape('IdOnly')),
      element('m:SyncFolderId', {}, folderById(folderId)),
      syncState === null ? null : element('m:SyncState', {}, syncState),
      element('m:MaxChangesReturned', {}, String(CHANGES_A_PAGE)),
    ),
  };
}

/** What we read of contacts. */
export function getItems(ids: readonly string[]): EwsRequest {
  return itemRequest(
    ids,
    element(
      't:AdditionalProperties',
      {},
      ...['item:ItemClass', 'item:ParentFolderId', 'item:Subject', 'item:Sensitivity'].map(fieldUri),
      ...['contacts:DisplayName', 'contacts:FileAs', 'contacts:GivenName'].map(fieldUri),
      ...['contacts:MiddleName', 'contacts:Surname', 'contacts:CompanyName'].map(fieldUri),
      ...['contacts:EmailAddresses', 'contacts:PhoneNumbers'].map(fieldUri),
      marker(),
    ),
  );
}

/** Their change keys alone. */
export function getItemKeys(ids: readonly string[]): EwsRequest {
  return itemRequest(ids, null);
}

export function findByMarker(folderIds: readonly string[], clientId: string): EwsRequest {
  return {
    ...{ operation: 'FindItem', aim: 'folder', repeatable: true, messages: folderIds.length || 1 },
    body: element(
      'm:FindItem',
      { Traversal: 'Shallow' },
      element('m:ItemShape', {}, baseShape('IdOnly')),
      element('m:IndexedPageItemView', { MaxEntriesReturned: '10', Offset: '0', BasePoint: 'Beginning' }),
      element(
        'm:Restriction',
        {},
        element(
          't:IsEqualTo',
          {},
          marker(),
          element('t:FieldURIOrConstant', {}, element('t:Constant', { Value: clientId })),
        ),
      ),
      element('m:ParentFolderIds', {}, ...foldersOf(folderIds)),
    ),
  };
}

export function createItem(folderIds: readonly string[], contact: ExchangeContact): EwsRequest {
  return {
    ...{ operation: 'CreateItem', aim: 'write', repeatable: false, messages: 1 },
    body: element(
      'm:CreateItem',
      {},
      element('m:SavedItemFolderId', {}, foldersOf(folderIds)[0]),
      element('m:Items', {}, wholeContact(contact)),
    ),
  };
}

/** Only what changed, and only if nobody changed anything since: whatever else the contact holds stays. */
export function updateItem(
  item: Required<ItemRef>,
  changes: readonly PropertyChange[],
  version: ExchangeVersion,
): EwsRequest {
  return {
    ...{ operation: 'UpdateItem', aim: 'write', repeatable: false, messages: 1 },
    body: element(
      'm:UpdateItem',
      { ConflictResolution: 'NeverOverwrite' },
      element(
        'm:ItemChanges',
        {},
        element(
          't:ItemChange',
          {},
          itemById(item),
          element('t:Updates', {}, ...changes.map((change) => update(change, version))),
        ),
      ),
    ),
  };
}

export function moveItem(item: ItemRef, folderId: string): EwsRequest {
  return {
    ...{ operation: 'MoveItem', aim: 'write', repeatable: false, messages: 1 },
    body: element(
      'm:MoveItem',
      {},
      element('m:ToFolderId', {}, folderById(folderId)),
      element('m:ItemIds', {}, itemById(item)),
    ),
  };
}

/** Into the bin of the mailbox, where its owner finds it again. */
export function deleteItem(item: ItemRef): EwsRequest {
  return {
    ...{ operation: 'DeleteItem', aim: 'write', repeatable: false, messages: 1 },
    body: element(
      'm:DeleteItem',
      { DeleteType: 'MoveToDeletedItems' },
      element('m:ItemIds', {}, itemById(item)),
    ),
  };
}

/** Names our marker in the answers too. */
export const MARKER_NAME = 'CarnetId';

/** PidTagAttributeHidden. */
export const HIDDEN = '0x10f4';

/** Of ours alone; never to be changed, because contacts carry it. */
const MARKER_SET = '5d3a4c7e-7f0b-4e0e-9d52-0c1f6f2a9b31';

export function itemRequest(ids: readonly string[], properties: Markup | null): EwsRequest {
  return {
    ...{ operation: 'GetItem', aim: 'read', repeatable: true, messages: ids.length },
    body: element(
      'm:GetItem',
      {},
      element('m:ItemShape', {}, baseShape('IdOnly'), properties),
      element('m:ItemIds', {}, ...ids.map((id) => itemById({ id }))),
    ),
  };
}

/** In the order of the schema, which a server insists on. */
function wholeContact(contact: ExchangeContact): Markup {
  const text = (name: `t:${string}`, value: string | null) =>
    value === null ? null : element(name, {}, value);
  const emails = Object.entries(contact.emails).map(([Key, { value }]) => element('t:Entry', { Key }, value));
  const phones = Object.entries(contact.phones)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([Key, value]) => element('t:Entry', { Key }, value));
  return element(
    't:Contact',
    {},
    element('t:ItemClass', {}, 'IPM.Contact'),
    text('t:Subject', contact.subject),
    contact.marker === null ? null : markerProperty(contact.marker),
    text('t:FileAs', contact.fileAs),
    text('t:DisplayName', contact.displayName),
    text('t:GivenName', contact.givenName),
    text('t:CompanyName', contact.company),
    emails.length > 0 ? element('t:EmailAddresses', {}, ...emails) : null,
    phones.length > 0 ? element('t:PhoneNumbers', {}, ...phones) : null,
    text('t:Surname', contact.surname),
  );
}

function update({ property, value }: PropertyChange, version: ExchangeVersion): Markup {
  const [path, content] = pathAndContent(property, value ?? '', version);
  if (value === null) return element('t:DeleteItemField', {}, path);
  return element('t:SetItemField', {}, path, element('t:Contact', {}, content));
}

/** A path and the same property, as each update must hold them. */
function pathAndContent(
  property: PropertyChange['property'],
  value: string,
  version: ExchangeVersion,
): [Markup, Markup] {
  if (property === 'CarnetId') return [marker(), markerProperty(value)];
  if (typeof property === 'string') {
    const uri = property === 'Subject' ? 'item:Subject' : `contacts:${property}`;
    return [fieldUri(uri), element(`t:${property}`, {}, value)];
  }
  if ('phone' in property) {
    const { phone: Key } = property;
    return [
      element('t:IndexedFieldURI', { FieldURI: 'contacts:PhoneNumber', FieldIndex: Key }),
      element('t:PhoneNumbers', {}, element('t:Entry', { Key }, value)),
    ];
  }
  const { email: Key } = property;
  // It may take the place of a name of the directory, and is none itself.
  const kind: Record<string, string> = isAtLeast(version, 'Exchange2010_SP2') ? { RoutingType: 'SMTP' } : {};
  return [
    element('t:IndexedFieldURI', { FieldURI: 'contacts:EmailAddress', FieldIndex: Key }),
    element('t:EmailAddresses', {}, element('t:Entry', { Key, ...kind }, value)),
  ];
}

export function baseShape(name: 'IdOnly' | 'Default'): Markup {
  return element('t:BaseShape', {}, name);
}

export function fieldUri(name: string): Markup {
  return element('t:FieldURI', { FieldURI: name });
}

function marker(): Markup {
  return element('t:ExtendedFieldURI', {
    ...{ PropertySetId: MARKER_SET, PropertyName: MARKER_NAME, PropertyType: 'String' },
  });
}

function markerProperty(value: string): Markup {
  return element('t:ExtendedProperty', {}, marker(), element('t:Value', {}, value));
}

function foldersOf(folderIds: readonly string[]): Markup[] {
  return folderIds.length > 0
    ? folderIds.map(folderById)
    : [element('t:DistinguishedFolderId', { Id: 'contacts' })];
}

export function folderById(Id: string): Markup {
  return element('t:FolderId', { Id });
}

function itemById({ id, changeKey }: ItemRef): Markup {
  return element('t:ItemId', { Id: id, ...(changeKey ? { ChangeKey: changeKey } : {}) });
}
