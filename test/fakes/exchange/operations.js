/* The operations of EWS a contacts client uses, on one mailbox. Each gives the messages of its answer, in order. */
import { calendarNode, occurrenceNamed, occurrencesOf, onlyOfItems, onlyOfNew } from './calendar.js';
import { extendedKey } from './mailbox.js';
import { folderNode, itemNode, order, outOfOrder, readShape } from './shapes.js';
import { child, m, t } from './xml.js';

/** @import { Element, Node } from './xml.js' */
/** @import { Folder, Item, Mailbox } from './mailbox.js' */

/**
 * What an operation knows of the server and of the request.
 * @typedef {object} Surroundings
 * @property {Mailbox} mailbox
 * @property {number} version place of the request's version in `versions`
 * @property {number} pageLimit fewer changes a page than asked for; the server may
 * @property {number} treePage folders a page
 * @property {number} stateBytes least length of a sync state
 * @property {boolean} emptyLastPage says that there is more, when the page just ended with the last change
 */

/** From low to high, with the order in which they came; `Exchange2019` never existed. */
export const versions = [
  ...['Exchange2007', 'Exchange2007_SP1', 'Exchange2010', 'Exchange2010_SP1', 'Exchange2010_SP2'],
  ...['Exchange2013', 'Exchange2013_SP1', 'Exchange2015', 'Exchange2016'],
];

const EXCHANGE_2010_SP2 = versions.indexOf('Exchange2010_SP2');
const EXCHANGE_2013 = versions.indexOf('Exchange2013');

/** What makes a whole request fail: an answer with status 500 and a SOAP fault. */
export class Fault extends Error {
  /** @param {string} code @param {string} [message] @param {Record<string, string | number>} [values] of MessageXml */
  constructor(code, message = code, values = {}) {
    super(message);
    this.code = code;
    this.values = values;
  }
}

/** What makes one message of an answer an error. */
export class Refusal extends Error {
  /** @param {string} code @param {Record<string, string | number>} [values] of MessageXml */
  constructor(code, values = {}) {
    super(code);
    this.code = code;
    this.values = values;
  }
}

/** @type {Record<string, (request: Element, around: Surroundings) => (Node[] | (() => Node[]))[]>} */
const operations = {
  GetFolder: getFolder,
  FindFolder: findFolder,
  SyncFolderHierarchy: syncFolderHierarchy,
  SyncFolderItems: syncFolderItems,
  GetItem: getItem,
  FindItem: findItem,
  CreateItem: createItem,
  UpdateItem: updateItem,
  DeleteItem: deleteItem,
  MoveItem: moveItem,
};

/**
 * @param {Element} request the element in the body
 * @param {Surroundings} around
 * @param {(at: number) => Refusal | null} refusal fails a message of the answer before it is tried
 * @returns {Node} the response element @throws {Fault}
 */
export function perform(request, around, refusal = () => null) {
  const operation = operations[request.name];
  if (!operation)
    throw new Fault('ErrorSchemaValidation', `The request failed schema validation: ${request.name}`);
  const wrong = outOfOrder(request);
  if (wrong) {
    throw new Fault(
      'ErrorSchemaValidation',
      `The request failed schema validation: The element has invalid child element '${wrong}'.`,
    );
  }
  requireParts(request);
  const name = `${request.name}ResponseMessage`;
  const messages = operation(request, around).map((part, at) => {
    try {
      const planned = refusal(at);
      if (planned) throw planned;
      return message(name, 'Success', 'NoError', {}, typeof part === 'function' ? part() : part);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const stopped = error.code === 'ErrorBatchProcessingStopped';
      return message(name, stopped ? 'Warning' : 'Error', error.code, error.values, emptyParts(request.name));
    }
  });
  return m(`${request.name}Response`, null, m('ResponseMessages', null, messages));
}

function message(name, responseClass, code, values, parts) {
  const failed = responseClass !== 'Success';
  return m(
    name,
    { ResponseClass: responseClass },
    failed && m('MessageText', null, `The server says ${code}.`),
    m('ResponseCode', null, code),
    failed && m('DescriptiveLinkKey', null, 0),
    Object.keys(values).length > 0 && m('MessageXml', null, valueNodes(values)),
    parts,
  );
}

/** @param {Record<string, string | number>} values */
export function valueNodes(values) {
  return Object.entries(values).map(([name, value]) => t('Value', { Name: name }, value));
}

/** What the schema wants in a message even when it failed. */
function emptyParts(operation) {
  return ['GetItem', 'CreateItem', 'UpdateItem', 'MoveItem'].includes(operation) ? [m('Items')] : [];
}

const required = {
  GetFolder: ['FolderShape', 'FolderIds'],
  FindFolder: ['FolderShape', 'ParentFolderIds', '@Traversal'],
  SyncFolderHierarchy: ['FolderShape'],
  SyncFolderItems: ['ItemShape', 'SyncFolderId', 'MaxChangesReturned'],
  GetItem: ['ItemShape', 'ItemIds'],
  FindItem: ['ItemShape', 'ParentFolderIds', '@Traversal'],
  CreateItem: ['Items'],
  UpdateItem: ['ItemChanges', '@ConflictResolution'],
  DeleteItem: ['ItemIds', '@DeleteType'],
  MoveItem: ['ToFolderId', 'ItemIds'],
};

function requireParts(request) {
  for (const part of required[request.name]) {
    const there = part.startsWith('@') ? part.slice(1) in request.attributes : child(request, part);
    if (!there)
      throw new Fault('ErrorSchemaValidation', `The request failed schema validation: ${part} is missing`);
  }
}

// Folders

/** @param {Element} request @param {Surroundings} around */
function getFolder(request, { mailbox }) {
  const shape = readShape(child(request, 'FolderShape'));
  return child(request, 'FolderIds').children.map((id) => () => [
    m('Folders', null, folderNode(namedFolder(id, mailbox), shape, mailbox)),
  ]);
}

function findFolder(request, { mailbox }) {
  const shape = readShape(child(request, 'FolderShape'));
  const deep = request.attributes.Traversal === 'Deep';
  return child(request, 'ParentFolderIds').children.map((id) => () => {
    const parent = namedFolder(id, mailbox);
    const below = [...mailbox.folders.values()].filter(
      (folder) =>
        folder.id !== parent.id &&
        (deep ? isBelow(folder, parent.id, mailbox) : folder.parentId === parent.id),
    );
    const test = restriction(child(request, 'Restriction'), folderValue);
    const view = child(request, 'IndexedPageFolderView')?.attributes;
    const { attributes, page } = paged(below.filter(test), view);
    return [
      m(
        'RootFolder',
        attributes,
        t(
          'Folders',
          null,
          page.map((folder) => folderNode(folder, shape, mailbox)),
        ),
      ),
    ];
  });
}

function isBelow(folder, parentId, mailbox) {
  for (let id = folder.parentId; id; id = mailbox.folders.get(id)?.parentId ?? null)
    if (id === parentId) return true;
  return false;
}

function folderValue(folder, path) {
  if (path.name === 'ExtendedFieldURI')
    return Number(path.attributes.PropertyTag) === 0x10f4 ? String(folder.hidden) : null;
  return (
    { 'folder:FolderClass': folder.folderClass, 'folder:DisplayName': folder.name }[
      path.attributes.FieldURI
    ] ?? null
  );
}

/** @param {Element} id FolderId or DistinguishedFolderId @param {Mailbox} mailbox @returns {Folder} */
function namedFolder(id, mailbox, missing = 'ErrorFolderNotFound') {
  const folder =
    id.name === 'DistinguishedFolderId'
      ? mailbox.distinguished(id.attributes.Id)
      : mailbox.folders.get(checkedId(id.attributes.Id));
  if (!folder) throw new Refusal(missing);
  if (folder.denied) throw new Refusal('ErrorAccessDenied');
  return folder;
}

function checkedId(id) {
  if (!/^A[AQ]Mk[\w+/]+=*$/.test(id ?? '')) throw new Refusal('ErrorInvalidIdMalformed');
  return id;
}

/** @param {Element} request @param {Surroundings} around */
function syncFolderHierarchy(request, around) {
  const { mailbox, treePage } = around;
  const shape = readShape(child(request, 'FolderShape'));
  return [
    () => {
      const rootId = child(request, 'SyncFolderId')?.children[0];
      const root = rootId ? namedFolder(rootId, mailbox, 'ErrorSyncFolderNotFound') : null;
      const scope = `tree:${root?.id ?? ''}`;
      const page = nextPage(mailbox.tree, scope, child(request, 'SyncState'), treePage, around);
      const changes = page.changes.map(({ id, kind }) => {
        const folder = mailbox.folders.get(id);
        if (!folder) return t('Delete', null, t('FolderId', { Id: id }));
        return t(kind, null, folderNode(folder, shape, mailbox));
      });
      return [
        m('SyncState', null, page.state),
        m('IncludesLastFolderInRange', null, String(page.last)),
        m('Changes', null, changes),
      ];
    },
  ];
}

// Items

function syncFolderItems(request, around) {
  const { mailbox, pageLimit, version } = around;
  const most = Number(child(request, 'MaxChangesReturned').text);
  if (!(most >= 1 && most <= 512)) {
    throw new Fault('ErrorSchemaValidation', 'The request failed schema validation: MaxChangesReturned');
  }
  const shape = readShape(child(request, 'ItemShape'));
  return [
    () => {
      if (shape.fields.has('item:Body') || shape.fields.has('item:Attachments')) {
        throw new Refusal('ErrorInvalidPropertyForSync');
      }
      const folder = namedFolder(
        child(request, 'SyncFolderId').children[0],
        mailbox,
        'ErrorSyncFolderNotFound',
      );
      const scope = `items:${folder.id}`;
      const page = nextPage(
        folder.items,
        scope,
        child(request, 'SyncState'),
        Math.min(most, pageLimit),
        around,
      );
      const changes = page.changes.map(({ id, kind }) => {
        const item = mailbox.items.get(id);
        if (kind === 'read')
          return t(
            'ReadFlagChange',
            null,
            t('ItemId', { Id: id, ChangeKey: item?.changeKey }),
            t('IsRead', null, 'true'),
          );
        if (kind === 'Delete') return t('Delete', null, t('ItemId', { Id: id }));
        // The store no longer opens it, and says nothing.
        return (
          item && t(kind, null, itemNode(item, shape, mailbox, { routing: version >= EXCHANGE_2010_SP2 }))
        );
      });
      return [
        m('SyncState', null, page.state),
        m('IncludesLastItemInRange', null, String(page.last)),
        m('Changes', null, changes),
      ];
    },
  ];
}

/**
 * What changed since a state, one page of it. A state says: all up to `base` was told, and of what came up to `top` all
 * that lies above `at`, because servers since 2010 SP2 tell the newest first.
 */
function nextPage(log, scope, stateElement, most, { mailbox, version, stateBytes, emptyLastPage }) {
  const { base, top, at } = readState(stateElement, scope, mailbox);
  const newestFirst = version >= EXCHANGE_2010_SP2;
  const waiting = log.between(base, newestFirst ? at : Infinity);
  if (newestFirst) waiting.reverse();
  const changes = [];
  let reached = newestFirst ? at : base;
  let taken = 0;
  for (const id of waiting) {
    if (changes.length === most) break;
    taken++;
    const { entered, changed, last, gone } = log.of.get(id);
    reached = last;
    const isNew = entered > base;
    if (gone && isNew) continue;
    changes.push({ id, kind: gone ? 'Delete' : isNew ? 'Create' : changed > base ? 'Update' : 'read' });
  }
  const ended = taken === waiting.length;
  const state = ended
    ? { base: newestFirst ? top : Math.max(base, mailbox.seq), top: null, at: null }
    : { base: newestFirst ? base : reached, top: newestFirst ? top : null, at: newestFirst ? reached : null };
  return {
    changes,
    last: ended && !(emptyLastPage && changes.length === most),
    state: writeState(state, scope, mailbox, stateBytes),
  };
}

function writeState({ base, top, at }, scope, mailbox, stateBytes) {
  const text = JSON.stringify({ mailbox: mailbox.email, epoch: mailbox.epoch, scope, base, top, at });
  return Buffer.from(text.padEnd(stateBytes)).toString('base64');
}

function readState(element, scope, mailbox) {
  const fresh = { base: 0, top: mailbox.seq, at: Infinity };
  const text = element?.text.trim();
  if (!text) return fresh;
  let state;
  try {
    state = JSON.parse(Buffer.from(text, 'base64').toString());
  } catch {
    throw new Refusal('ErrorInvalidSyncStateData');
  }
  const ours = state.mailbox === mailbox.email && state.epoch === mailbox.epoch && state.scope === scope;
  if (!ours) throw new Refusal('ErrorInvalidSyncStateData');
  return { base: state.base, top: state.top ?? mailbox.seq, at: state.at ?? Infinity };
}

function getItem(request, { mailbox, version }) {
  const shape = readShape(child(request, 'ItemShape'));
  requireKnown(shape, version);
  return child(request, 'ItemIds').children.map((id) => () => {
    const occurrence = occurrenceNamed(checkedId(id.attributes.Id), mailbox);
    if (occurrence && mailbox.folders.get(occurrence.item.folderId)?.denied)
      throw new Refusal('ErrorAccessDenied');
    if (occurrence) return [m('Items', null, calendarNode(occurrence, shape, mailbox.email))];
    const routing = version >= EXCHANGE_2010_SP2;
    return [m('Items', null, itemNode(namedItem(id, mailbox), shape, mailbox, { routing }))];
  });
}

/** @returns {Item} */
function namedItem(id, mailbox) {
  const item = mailbox.items.get(checkedId(id.attributes.Id));
  if (!item) throw new Refusal('ErrorItemNotFound');
  if (mailbox.folders.get(item.folderId)?.denied) throw new Refusal('ErrorAccessDenied');
  return item;
}

/** The server's own limit of a page. */
const FIND_LIMIT = 1000;

/** A property the schema of that version has not. */
function requireKnown(shape, version) {
  const unknown = version < EXCHANGE_2013 && [...shape.fields].find((field) => onlyOfNew.has(field));
  if (unknown) throw new Fault('ErrorSchemaValidation', `The request failed schema validation: ${unknown}`);
}

const TWO_YEARS_MS = 2 * 366 * 86_400_000;

/** Occurrences of a range, without a second page: whoever is not told all asks for less. */
function calendarView(request, view, { mailbox, version }) {
  const shape = readShape(child(request, 'ItemShape'));
  requireKnown(shape, version);
  if ([...shape.fields].some((field) => onlyOfItems.has(field)))
    throw new Fault('ErrorInvalidPropertyRequest');
  const [from, to] = [Date.parse(view.StartDate), Date.parse(view.EndDate)];
  return child(request, 'ParentFolderIds').children.map((id) => () => {
    const folder = namedFolder(id, mailbox);
    if (!(to >= from)) throw new Refusal('ErrorCalendarEndDateIsEarlierThanStartDate');
    if (to - from > TWO_YEARS_MS) throw new Refusal('ErrorCalendarViewRangeTooBig');
    const there = [...mailbox.items.values()]
      .filter((item) => item.kind === 'CalendarItem' && item.folderId === folder.id)
      .flatMap(occurrencesOf)
      .filter(({ event }) => event.start < to && event.end > from)
      .sort((one, other) => one.event.start - other.event.start);
    const page = there.slice(0, Math.min(Number(view.MaxEntriesReturned ?? FIND_LIMIT), FIND_LIMIT));
    const attributes = {
      TotalItemsInView: page.length,
      IncludesLastItemInRange: String(page.length === there.length),
    };
    const nodes = page.map((occurrence) => calendarNode(occurrence, shape, mailbox.email));
    return [m('RootFolder', attributes, t('Items', null, nodes))];
  });
}

function findItem(request, around) {
  const { mailbox, version } = around;
  const days = child(request, 'CalendarView')?.attributes;
  if (days) return calendarView(request, days, around);
  const shape = readShape(child(request, 'ItemShape'));
  const view = child(request, 'IndexedPageItemView')?.attributes;
  const test = restriction(child(request, 'Restriction'), itemValue);
  return child(request, 'ParentFolderIds').children.map((id) => () => {
    const folder = namedFolder(id, mailbox);
    const found = [...mailbox.items.values()].filter((item) => item.folderId === folder.id && test(item));
    const { attributes, page } = paged(found, view);
    const routing = version >= EXCHANGE_2010_SP2;
    return [
      m(
        'RootFolder',
        attributes,
        t(
          'Items',
          null,
          page.map((item) => itemNode(item, shape, mailbox, { routing })),
        ),
      ),
    ];
  });
}

function paged(found, view) {
  const offset = Number(view?.Offset ?? 0);
  const page = found.slice(
    offset,
    offset + Math.min(Number(view?.MaxEntriesReturned ?? FIND_LIMIT), FIND_LIMIT),
  );
  const next = offset + page.length;
  return {
    page,
    attributes: {
      IndexedPagingOffset: view && next,
      TotalItemsInView: found.length,
      IncludesLastItemInRange: String(next >= found.length),
    },
  };
}

function itemValue(item, path) {
  const { FieldURI, FieldIndex } = path.attributes;
  if (path.name === 'ExtendedFieldURI') return item.extended.get(extendedKey(path.attributes))?.value ?? null;
  if (path.name === 'IndexedFieldURI') {
    return FieldURI === 'contacts:PhoneNumber'
      ? (item.phones[FieldIndex] ?? null)
      : (item.emails[FieldIndex]?.value ?? null);
  }
  return item.fields[FieldURI.split(':')[1]] ?? null;
}

/** @returns {(thing: Folder | Item) => boolean} */
function restriction(element, valueOf) {
  if (!element) return () => true;
  const tests = element.children.map((each) => {
    if (each.name === 'And' || each.name === 'Or') {
      const inner = each.children.map((one) => restriction({ ...element, children: [one] }, valueOf));
      return (thing) =>
        each.name === 'And' ? inner.every((test) => test(thing)) : inner.some((test) => test(thing));
    }
    const path = each.children[0];
    if (each.name === 'Exists') return (thing) => valueOf(thing, path) !== null;
    if (each.name !== 'IsEqualTo') throw new Fault('ErrorUnsupportedPathForQuery', each.name);
    const constant = child(child(each, 'FieldURIOrConstant'), 'Constant')?.attributes.Value;
    return (thing) => valueOf(thing, path) === constant;
  });
  return (thing) => tests.every((test) => test(thing));
}

function createItem(request, { mailbox }) {
  const target = child(request, 'SavedItemFolderId')?.children[0];
  return child(request, 'Items').children.map((element) => () => {
    const folder = target ? namedFolder(target, mailbox) : mailbox.distinguished('contacts');
    requireWritable(folder, mailbox);
    if (element.name !== 'Contact') throw new Refusal('ErrorInvalidRequest');
    const parts = readContact(element);
    const item = mailbox.put('Contact', parts, folder.id);
    return [m('Items', null, idNode(item))];
  });
}

function idNode(item) {
  return t(item.kind, null, t('ItemId', { Id: item.id, ChangeKey: item.changeKey }));
}

function requireWritable(folder, mailbox) {
  if (folder.readOnly) throw new Refusal('ErrorAccessDenied');
  if (mailbox.full) throw new Refusal('ErrorQuotaExceeded');
}

const readOnlyFields = new Set([
  ...[
    'CompleteName',
    'ItemId',
    'ParentFolderId',
    'DateTimeCreated',
    'DateTimeReceived',
    'DateTimeSent',
    'Size',
  ],
  ...[
    'LastModifiedName',
    'LastModifiedTime',
    'HasAttachments',
    'HasPicture',
    'EffectiveRights',
    'ContactSource',
  ],
]);

/** @param {Element} element Contact @returns {Partial<Item>} */
function readContact(element) {
  const parts = {
    fields: { ItemClass: 'IPM.Contact' },
    emails: {},
    phones: {},
    addresses: {},
    extended: new Map(),
  };
  for (const property of element.children) {
    const { name, text } = property;
    if (readOnlyFields.has(name)) throw new Refusal('ErrorInvalidPropertySet');
    if (name === 'EmailAddresses' || name === 'PhoneNumbers') {
      for (const entry of property.children) {
        const key = entry.attributes.Key;
        requireKey(name, key);
        if (name === 'PhoneNumbers') parts.phones[key] = entry.text;
        else parts.emails[key] = { value: entry.text };
      }
    } else if (name === 'PhysicalAddresses') {
      for (const entry of property.children) {
        parts.addresses[entry.attributes.Key] = Object.fromEntries(
          entry.children.map((each) => [each.name, each.text]),
        );
      }
    } else if (name === 'ExtendedProperty') {
      const uri = child(property, 'ExtendedFieldURI').attributes;
      parts.extended.set(extendedKey(uri), { uri, value: child(property, 'Value')?.text ?? '' });
    } else if (name === 'Categories') parts.categories = property.children.map((each) => each.text);
    else if (order.Contact.includes(name)) parts.fields[name] = text;
  }
  for (const value of Object.values(parts.fields)) requireLength(value);
  return parts;
}

/** Texts of MAPI that are indexed hold so many characters; more is refused as a whole. */
function requireLength(value) {
  if (value.length > 32_768) throw new Refusal('ErrorPropertyUpdate');
}

const phoneKeys = new Set([
  ...['AssistantPhone', 'BusinessFax', 'BusinessPhone', 'BusinessPhone2', 'Callback', 'CarPhone'],
  ...['CompanyMainPhone', 'HomeFax', 'HomePhone', 'HomePhone2', 'Isdn', 'MobilePhone', 'OtherFax'],
  ...['OtherTelephone', 'Pager', 'PrimaryPhone', 'RadioPhone', 'Telex', 'TtyTddPhone'],
]);

function requireKey(dictionary, key) {
  const known = dictionary === 'PhoneNumbers' ? phoneKeys.has(key) : /^EmailAddress[123]$/.test(key);
  if (!known)
    throw new Fault(
      'ErrorSchemaValidation',
      `The request failed schema validation: The value '${key}' is invalid`,
    );
}

function updateItem(request, { mailbox }) {
  const resolution = request.attributes.ConflictResolution;
  return child(request, 'ItemChanges').children.map((change) => () => {
    const named = child(change, 'ItemId');
    const item = namedItem(named, mailbox);
    const key = named.attributes.ChangeKey;
    if (!key) throw new Refusal('ErrorChangeKeyRequiredForWriteOperations');
    if (Buffer.from(key, 'base64').length < 8) throw new Refusal('ErrorInvalidChangeKey');
    requireWritable(mailbox.folders.get(item.folderId), mailbox);
    if (resolution !== 'AlwaysOverwrite' && key !== item.changeKey)
      throw new Refusal('ErrorIrresolvableConflict');
    // All of it or nothing: what is wrong is found before anything is written.
    const steps = child(change, 'Updates').children.map((update) => readUpdate(update, item));
    for (const step of steps) step();
    mailbox.changed(item);
    return [m('Items', null, idNode(item)), m('ConflictResults', null, t('Count', null, 0))];
  });
}

/** @returns {() => void} @throws {Refusal} by the rules of UpdateItem */
function readUpdate(update, item) {
  const [path, object] = update.children;
  const { FieldURI, FieldIndex } = path.attributes;
  const deletes = update.name === 'DeleteItemField';
  if (!deletes && update.name !== 'SetItemField') throw new Refusal('ErrorInvalidPropertyAppend');
  if (/^contacts:(PhoneNumbers|EmailAddresses|PhysicalAddresses)$/.test(FieldURI ?? '')) {
    throw new Refusal(deletes ? 'ErrorInvalidPropertyDelete' : 'ErrorInvalidPropertySet');
  }
  const field = FieldURI?.split(':')[1];
  if (path.name === 'FieldURI' && readOnlyFields.has(field)) {
    throw new Refusal(deletes ? 'ErrorInvalidPropertyDelete' : 'ErrorInvalidPropertySet');
  }
  if (deletes) {
    return () => {
      if (path.name === 'ExtendedFieldURI') item.extended.delete(extendedKey(path.attributes));
      else if (path.name === 'FieldURI') delete item.fields[field];
      else if (FieldURI === 'contacts:PhoneNumber') delete item.phones[FieldIndex];
      else delete item.emails[FieldIndex];
    };
  }
  if (object?.children.length !== 1) throw new Refusal('ErrorIncorrectUpdatePropertyCount');
  const [property] = object.children;
  const parts = readContact(object);
  if (path.name === 'ExtendedFieldURI') {
    const key = extendedKey(path.attributes);
    const given = parts.extended.get(key);
    if (!given) throw new Refusal('ErrorUpdatePropertyMismatch');
    return () => item.extended.set(key, given);
  }
  if (path.name === 'FieldURI') {
    if (property.name !== field) throw new Refusal('ErrorUpdatePropertyMismatch');
    if (field === 'Categories') return () => (item.categories = parts.categories);
    return () => (item.fields[field] = property.text);
  }
  const dictionary = { 'contacts:PhoneNumber': 'PhoneNumbers', 'contacts:EmailAddress': 'EmailAddresses' }[
    FieldURI
  ];
  const keys = property.children.map((entry) => entry.attributes.Key);
  if (property.name !== dictionary || keys.length !== 1 || keys[0] !== FieldIndex) {
    throw new Refusal('ErrorUpdatePropertyMismatch');
  }
  if (dictionary === 'PhoneNumbers') return () => (item.phones[FieldIndex] = parts.phones[FieldIndex]);
  return () => (item.emails[FieldIndex] = parts.emails[FieldIndex]);
}

/** Change keys are not looked at: whoever wants to delete only what he has read must ask before. */
function deleteItem(request, { mailbox }) {
  const forGood = request.attributes.DeleteType !== 'MoveToDeletedItems';
  return child(request, 'ItemIds').children.map((id) => () => {
    const item = namedItem(id, mailbox);
    if (mailbox.folders.get(item.folderId).readOnly) throw new Refusal('ErrorAccessDenied');
    if (forGood || mailbox.inBin(item.folderId)) mailbox.erase(item);
    else mailbox.remove(item);
    return [];
  });
}

function moveItem(request, { mailbox }) {
  const target = child(request, 'ToFolderId').children[0];
  const quiet = child(request, 'ReturnNewItemIds')?.text.trim() === 'false';
  return child(request, 'ItemIds').children.map((id) => () => {
    const folder = namedFolder(target, mailbox, 'ErrorToFolderNotFound');
    const item = namedItem(id, mailbox);
    if (folder.readOnly || mailbox.folders.get(item.folderId).readOnly)
      throw new Refusal('ErrorAccessDenied');
    const moved = mailbox.move(item, folder);
    return [m('Items', null, quiet ? [] : idNode(moved))];
  });
}
