/* How folders and items are written, and what order the schema wants of what is sent (types.xsd of Exchange 2019). */
import { extendedKey } from './mailbox.js';
import { t } from './xml.js';

/** @import { Element } from './xml.js' */
/** @import { Folder, Item, Mailbox } from './mailbox.js' */

const itemOrder = [
  ...[
    'MimeContent',
    'ItemId',
    'ParentFolderId',
    'ItemClass',
    'Subject',
    'Sensitivity',
    'Body',
    'Attachments',
  ],
  ...['DateTimeReceived', 'Size', 'Categories', 'Importance', 'InReplyTo', 'DateTimeSent', 'DateTimeCreated'],
  ...[
    'HasAttachments',
    'ExtendedProperty',
    'Culture',
    'EffectiveRights',
    'LastModifiedName',
    'LastModifiedTime',
  ],
];

const contactOrder = [
  ...['FileAs', 'FileAsMapping', 'DisplayName', 'GivenName', 'Initials', 'MiddleName', 'Nickname'],
  ...['CompleteName', 'CompanyName', 'EmailAddresses', 'PhysicalAddresses', 'PhoneNumbers', 'AssistantName'],
  ...['Birthday', 'BusinessHomePage', 'Children', 'Companies', 'ContactSource', 'Department', 'Generation'],
  ...['ImAddresses', 'JobTitle', 'Manager', 'Mileage', 'OfficeLocation', 'PostalAddressIndex', 'Profession'],
  ...['SpouseName', 'Surname', 'WeddingAnniversary', 'HasPicture'],
];

/** @type {Record<string, string[]>} what an element of a request may hold, in this order */
export const order = {
  Contact: [...itemOrder, ...contactOrder],
  GetFolder: ['FolderShape', 'FolderIds'],
  FindFolder: [
    'FolderShape',
    'IndexedPageFolderView',
    'FractionalPageFolderView',
    'Restriction',
    'ParentFolderIds',
  ],
  SyncFolderHierarchy: ['FolderShape', 'SyncFolderId', 'SyncState'],
  SyncFolderItems: ['ItemShape', 'SyncFolderId', 'SyncState', 'Ignore', 'MaxChangesReturned', 'SyncScope'],
  GetItem: ['ItemShape', 'ItemIds'],
  FindItem: [
    ...['ItemShape', 'IndexedPageItemView', 'FractionalPageItemView', 'CalendarView', 'ContactsView'],
    ...['Restriction', 'SortOrder', 'ParentFolderIds', 'QueryString'],
  ],
  CreateItem: ['SavedItemFolderId', 'Items'],
  UpdateItem: ['SavedItemFolderId', 'ItemChanges'],
  DeleteItem: ['ItemIds'],
  MoveItem: ['ToFolderId', 'ItemIds', 'ReturnNewItemIds'],
  ItemChange: ['ItemId', 'Updates'],
  SetItemField: ['FieldURI', 'IndexedFieldURI', 'ExtendedFieldURI', 'Contact', 'Item', 'Message'],
  ExtendedProperty: ['ExtendedFieldURI', 'Value', 'Values'],
  ItemShape: ['BaseShape', 'IncludeMimeContent', 'BodyType', 'AdditionalProperties'],
  FolderShape: ['BaseShape', 'AdditionalProperties'],
  IsEqualTo: ['FieldURI', 'IndexedFieldURI', 'ExtendedFieldURI', 'FieldURIOrConstant'],
};

/** Elements of which there may be several. */
const repeated = new Set(['ExtendedProperty']);

/** @param {Element} element @returns {string | null} the first element at or below it that stands where the schema has none */
export function outOfOrder(element) {
  const expected = order[element.name];
  if (expected) {
    let last = -1;
    for (const { name } of element.children) {
      const place = expected.indexOf(name);
      if (place < last || place < 0 || (place === last && !repeated.has(name))) return name;
      last = place;
    }
  }
  for (const child of element.children) {
    const found = outOfOrder(child);
    if (found) return found;
  }
  return null;
}

/**
 * The properties a shape asks for.
 * @typedef {{ base: string, fields: Set<string>, indexed: { field: string, index: string }[], extended: Record<string, string>[] }} Shape
 */

/** @param {Element | undefined} element ItemShape or FolderShape @returns {Shape} */
export function readShape(element) {
  const shape = { base: 'IdOnly', fields: new Set(), indexed: [], extended: [] };
  for (const child of element?.children ?? []) {
    if (child.name === 'BaseShape') shape.base = child.text.trim();
    if (child.name !== 'AdditionalProperties') continue;
    for (const { name, attributes } of child.children) {
      if (name === 'FieldURI') shape.fields.add(attributes.FieldURI);
      else if (name === 'IndexedFieldURI') {
        shape.indexed.push({ field: attributes.FieldURI, index: attributes.FieldIndex });
      } else shape.extended.push(attributes);
    }
  }
  return shape;
}

/** @param {Folder} folder @param {Shape} shape @param {Mailbox} mailbox */
export function folderNode(folder, shape, mailbox) {
  const wants = (field) => shape.base !== 'IdOnly' || shape.fields.has(`folder:${field}`);
  const only = (field) => shape.base === 'AllProperties' || shape.fields.has(`folder:${field}`);
  const parent = mailbox.folders.get(folder.parentId ?? '');
  const hidden = shape.extended.some((uri) => uri.PropertyTag && Number(uri.PropertyTag) === 0x10f4);
  const right = folder.readOnly ? 'false' : 'true';
  return t(
    folderKind(folder),
    null,
    t('FolderId', { Id: folder.id, ChangeKey: folder.changeKey }),
    only('ParentFolderId') && parent && t('ParentFolderId', { Id: parent.id, ChangeKey: parent.changeKey }),
    only('FolderClass') && t('FolderClass', null, folder.folderClass),
    wants('DisplayName') && t('DisplayName', null, folder.name),
    wants('TotalCount') && t('TotalCount', null, count(folder, mailbox)),
    wants('ChildFolderCount') &&
      t(
        'ChildFolderCount',
        null,
        [...mailbox.folders.values()].filter(({ parentId }) => parentId === folder.id).length,
      ),
    // The real server names the property only where it is set.
    hidden &&
      folder.hidden &&
      t(
        'ExtendedProperty',
        null,
        t('ExtendedFieldURI', { PropertyTag: '0x10f4', PropertyType: 'Boolean' }),
        t('Value', null, 'true'),
      ),
    only('EffectiveRights') &&
      t('EffectiveRights', null, [
        t('CreateAssociated', null, right),
        t('CreateContents', null, right),
        t('CreateHierarchy', null, right),
        t('Delete', null, right),
        t('Modify', null, right),
        t('Read', null, folder.denied ? 'false' : 'true'),
      ]),
  );
}

function count(folder, mailbox) {
  let items = 0;
  for (const item of mailbox.items.values()) if (item.folderId === folder.id) items++;
  return items;
}

function folderKind({ folderClass }) {
  if (/^IPF\.Contact(\.|$)/.test(folderClass)) return 'ContactsFolder';
  if (/^IPF\.Appointment(\.|$)/.test(folderClass)) return 'CalendarFolder';
  if (/^IPF\.Task(\.|$)/.test(folderClass)) return 'TasksFolder';
  return 'Folder';
}

/** Default shape of a contact, as far as it is known. */
const byDefault = new Set([
  ...['contacts:FileAs', 'contacts:DisplayName', 'contacts:GivenName', 'contacts:CompanyName'],
  ...['contacts:EmailAddresses', 'contacts:PhoneNumbers', 'contacts:JobTitle', 'contacts:Surname'],
  ...['item:Subject', 'item:Sensitivity'],
]);

/** @param {Item} item @param {Shape} shape @param {Mailbox} mailbox @param {{ routing: boolean }} server */
export function itemNode(item, shape, mailbox, { routing }) {
  const wants = (uri) =>
    shape.base === 'AllProperties' ||
    shape.fields.has(uri) ||
    (shape.base === 'Default' && byDefault.has(uri));
  const indexes = (field) => shape.indexed.filter((each) => each.field === field).map(({ index }) => index);
  const parts = [t('ItemId', { Id: item.id, ChangeKey: item.changeKey })];
  for (const name of itemOrder) {
    if (name === 'ExtendedProperty') parts.push(extendedNodes(item, shape));
    else if (wants(`item:${name}`)) parts.push(itemProperty(item, name, mailbox));
  }
  const names =
    item.kind === 'Contact'
      ? contactOrder
      : item.kind === 'DistributionList'
        ? ['DisplayName', 'FileAs']
        : [];
  for (const name of names) {
    if (name === 'EmailAddresses') {
      const keys = wants('contacts:EmailAddresses')
        ? Object.keys(item.emails)
        : indexes('contacts:EmailAddress');
      parts.push(dictionary(name, emailEntries(item, keys, routing)));
    } else if (name === 'PhoneNumbers') {
      const keys = wants('contacts:PhoneNumbers')
        ? Object.keys(item.phones)
        : indexes('contacts:PhoneNumber');
      parts.push(
        dictionary(
          name,
          keys.sort().map((key) => key in item.phones && t('Entry', { Key: key }, item.phones[key])),
        ),
      );
    } else if (name === 'PhysicalAddresses') {
      if (wants('contacts:PhysicalAddresses')) parts.push(dictionary(name, addressEntries(item)));
    } else if (wants(`contacts:${name}`) && name in item.fields) parts.push(t(name, null, item.fields[name]));
  }
  return t(item.kind, null, parts);
}

function dictionary(name, entries) {
  const there = entries.filter(Boolean);
  return there.length > 0 && t(name, null, there);
}

function emailEntries({ emails }, keys, routing) {
  return keys.sort().map((key) => {
    const email = emails[key];
    if (!email) return null;
    const { value, name, routingType = 'SMTP' } = email;
    // Name and RoutingType came with 2010 SP2.
    const more =
      routing && value ? { Name: name ?? value, RoutingType: routingType, MailboxType: 'Contact' } : {};
    return t('Entry', { Key: key, ...more }, value);
  });
}

function addressEntries({ addresses }) {
  const parts = ['Street', 'City', 'State', 'CountryOrRegion', 'PostalCode'];
  return Object.entries(addresses).map(([key, address]) =>
    t(
      'Entry',
      { Key: key },
      parts.map((part) => part in address && t(part, null, address[part])),
    ),
  );
}

function extendedNodes(item, shape) {
  return shape.extended.map((uri) => {
    const kept = item.extended.get(extendedKey(uri));
    return kept && t('ExtendedProperty', null, t('ExtendedFieldURI', kept.uri), t('Value', null, kept.value));
  });
}

function itemProperty(item, name, mailbox) {
  switch (name) {
    case 'ParentFolderId':
      return t(name, { Id: item.folderId, ChangeKey: mailbox.folders.get(item.folderId)?.changeKey });
    case 'Sensitivity':
      return t(name, null, item.fields.Sensitivity ?? 'Normal');
    case 'Body':
      return item.fields.Body && t(name, { BodyType: 'Text' }, item.fields.Body);
    case 'Categories':
      return (
        item.categories.length > 0 &&
        t(
          name,
          null,
          item.categories.map((each) => t('String', null, each)),
        )
      );
    case 'DateTimeCreated':
      return t(name, null, moment(item.createdAt));
    case 'LastModifiedTime':
      return t(name, null, moment(item.modifiedAt));
    case 'HasAttachments':
      return t(name, null, 'false');
    case 'Subject':
      return t(name, null, item.fields.Subject ?? item.fields.DisplayName);
    default:
      return name in item.fields && t(name, null, item.fields[name]);
  }
}

const moment = (date) => date.toISOString().replace(/\.\d+/, '');
