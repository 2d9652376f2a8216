/* Folders of contacts and contacts, as requests ask for them. */
import { propertiesOf, propertyOf, wrongBody } from './csdl.js';
import { pageOf, readToken, refuseUntracked, writeToken } from './delta.js';
import { extendedKey } from './mailbox.js';
import { selected } from './query.js';
import { denied, GraphError, notFound, WrongRequest } from './refusal.js';

/** @import { Contact, Folder, Mailbox } from './mailbox.js' */
/** @import { Preferences, Query } from './query.js' */

/**
 * @typedef {object} Around
 * @property {Mailbox} mailbox
 * @property {import('./server.js').Ways} ways
 * @property {string} base address of the version: `http://127.0.0.1:1/v1.0`
 * @property {Preferences} prefers
 * @property {string | undefined} ifMatch
 * @property {(typeName: string, allowed: string[]) => Query} query
 * @property {unknown} body
 */

/** @typedef {{ status: number, body?: unknown, headers?: Record<string, string> }} Answer */

const LISTED = ['$top', '$skip', '$select', '$count'];
const DELTA = ['$select', '$deltatoken', '$skiptoken'];
/** Of Outlook; the texts are those of its refusals. */
const most = { businessPhones: 2, homePhones: 2, emailAddresses: 3 };

// Folders

/** @param {Around} around @param {string} id @param {boolean} [alsoDefault] @returns {Folder} */
export function folderOf({ mailbox, ways }, id) {
  if (id === 'contacts' && ways.wellKnownName) return mailbox.folders.get(mailbox.contactsId);
  requireId(id);
  const folder = mailbox.folders.get(id);
  if (!folder) throw notFound();
  return folder;
}

/** @param {string} id @throws {GraphError} for what no id of Outlook can be */
export function requireId(id) {
  if (!/^A[A-Z][A-Za-z0-9+/=_-]{100,}=$/.test(id)) throw new GraphError(400, 'ErrorInvalidIdMalformed');
}

/** @param {Folder} folder */
function folderBody({ id, name, parentId }) {
  // The default one lies in the root of the mailbox, of which nothing else is told.
  return { id, parentFolderId: parentId ?? `AQMkAD${'root'.repeat(30)}=`, displayName: name };
}

/** @param {Around} around @param {string | null} parentId */
export function listFolders(around, parentId) {
  const { mailbox } = around;
  const query = around.query('contactFolder', LISTED);
  const below = mailbox.foldersIn(parentId ?? mailbox.contactsId).map(folderBody);
  const path = parentId
    ? `/me/contactFolders/${encodeURIComponent(parentId)}/childFolders`
    : '/me/contactFolders';
  return pageOfList(
    around,
    path,
    query,
    below.map((each) => selected(each, query.select, 'contactFolder')),
    'contactFolders',
  );
}

/** @param {Around} around @param {Folder} folder */
export function getFolder(around, folder) {
  const { select } = around.query('contactFolder', ['$select']);
  return { status: 200, body: selected(folderBody(folder), select, 'contactFolder') };
}

/** @param {Around} around @param {string} parentId */
export function createFolder(around, parentId) {
  const name = folderName(around);
  if (around.mailbox.foldersIn(parentId).some((folder) => folder.name === name))
    throw new GraphError(409, 'ErrorFolderExists');
  return { status: 201, body: folderBody(around.mailbox.addFolder(name, { parentId })) };
}

/** @param {Around} around @param {Folder} folder */
export function updateFolder(around, folder) {
  const { mailbox, body } = around;
  const name = folderName(around, folder.name);
  const parentId = body.parentFolderId ?? folder.parentId;
  if (!mailbox.folders.has(parentId)) throw notFound();
  if (mailbox.foldersIn(parentId).some((other) => other !== folder && other.name === name))
    throw new GraphError(409, 'ErrorFolderExists');
  if (parentId !== folder.parentId) mailbox.moveFolder(folder, parentId);
  if (name !== folder.name) mailbox.renameFolder(folder, name);
  return { status: 200, body: folderBody(folder) };
}

function folderName({ body }, fallback) {
  const wrong = wrongBody('contactFolder', body);
  if (wrong) throw new WrongRequest(wrong.code, wrong.message);
  const name = body.displayName ?? fallback;
  if (!name) throw new GraphError(400, 'ErrorInvalidParameter', 'The folder name is missing.');
  return name;
}

/** @param {Around} around @param {Folder} folder */
export function deleteFolder({ mailbox }, folder) {
  if (!folder.parentId)
    throw new GraphError(400, 'ErrorDeleteDistinguishedFolder', 'Distinguished folders cannot be deleted.');
  mailbox.removeFolder(folder);
  return { status: 204 };
}

/** @param {Around} around */
export function folderDelta(around) {
  const { mailbox } = around;
  const query = around.query('contactFolder', [...DELTA, ...UNTRACKED]);
  refuseUntracked(query.values, 'ContactFolders');
  return deltaAnswer(around, query, 'folders', mailbox.tree, '/me/contactFolders/delta', (id) => {
    const folder = mailbox.folders.get(id);
    return folder && [folderBody(folder)];
  });
}

const UNTRACKED = ['$filter', '$orderby', '$search', '$top', '$expand', '$skip', '$count'];

// Contacts

/** @param {Around} around @param {Folder} folder @param {string} path */
export function listContacts(around, folder, path) {
  if (folder.denied) throw denied();
  const query = around.query('contact', [...LISTED, '$filter', '$expand', '$orderby']);
  const found = around.mailbox.contacts(folder.id).filter((contact) => matches(contact, query.filter));
  const bodies = found.map((contact) => contactBody(around, contact, query));
  return pageOfList(around, path, query, bodies, 'contacts');
}

/** @param {Contact} contact @param {Query['filter']} filter */
function matches({ extended, fields }, filter) {
  if (!filter) return true;
  if ('email' in filter)
    return (fields.emailAddresses ?? []).some(
      ({ address }) => address?.toLowerCase() === filter.email.toLowerCase(),
    );
  return extended.get(extendedKey(filter.id)) === filter.value;
}

/** @param {Around} around @param {Folder} folder */
export function contactDelta(around, folder) {
  if (folder.denied) throw denied();
  const { mailbox, ways } = around;
  const query = around.query('contact', [...DELTA, ...UNTRACKED]);
  if (query.extended && !ways.deltaExpands)
    throw new GraphError(
      500,
      'ErrorInternalServerError',
      'An internal server error occurred. The operation failed.',
    );
  if (!ways.deltaExpands) refuseUntracked(query.values, 'Contacts');
  const path = `/me/contactFolders('${encodeURIComponent(folder.id)}')/contacts/delta`;
  return deltaAnswer(around, query, folder.id, folder.log, path, (id, select) => {
    const contact = mailbox.contactsById.get(id);
    return contact && contact.folderId === folder.id && [contactBody(around, contact, { ...query, select })];
  });
}

/** @param {Around} around @param {string} id @param {Folder} [folder] @returns {Contact} */
export function contactOf({ mailbox, ways }, id, folder) {
  requireId(id);
  const contact = mailbox.contact(id);
  if (!contact || (folder && contact.folderId !== folder.id)) throw notFound();
  if (mailbox.folders.get(contact.folderId)?.denied) throw denied();
  // Only an immutable id leads there.
  if (contact.folderId === mailbox.binId && (!ways.findsDeleted || id !== contact.id)) throw notFound();
  return contact;
}

/** @param {Around} around @param {Contact} contact */
export function getContact(around, contact) {
  const query = around.query('contact', ['$select', '$expand']);
  return { status: 200, body: contactBody(around, contact, query) };
}

/** @param {Around} around @param {Folder} folder */
export function createContact(around, folder) {
  const { mailbox, body } = around;
  around.query('contact', []);
  const parts = partsOf(body);
  requireRoom(mailbox, folder);
  if (parts.displayName === undefined) parts.displayName = nameOf(parts);
  const contact = mailbox.addContact(parts, folder);
  return {
    status: 201,
    body: contactBody(around, contact, everything),
    headers: { Location: `${around.base}/me/contacts` },
  };
}

/** @param {Around} around @param {Contact} contact */
export function updateContact(around, contact) {
  const { mailbox, body } = around;
  around.query('contact', []);
  const { parentFolderId, ...parts } = partsOf(body);
  requireMatch(around, contact);
  requireRoom(mailbox, mailbox.folders.get(contact.folderId));
  if (parentFolderId !== undefined) {
    requireId(parentFolderId);
    const folder = mailbox.folders.get(parentFolderId);
    if (!folder) throw notFound();
    requireRoom(mailbox, folder);
    if (folder.id !== contact.folderId) mailbox.move(contact, folder);
  }
  // "Later updates to other properties may cause an automatically generated value to overwrite" it (Update contact).
  if (['givenName', 'middleName', 'surname'].some((name) => name in parts) && !('displayName' in parts))
    parts.displayName = nameOf({ ...contact.fields, ...parts }) || contact.fields.displayName;
  const { extended, ...fields } = parts;
  if (Object.keys({ ...fields, ...extended }).length > 0) mailbox.edit(contact, parts);
  return { status: 200, body: contactBody(around, contact, everything) };
}

/** @param {Around} around @param {Contact} contact */
export function deleteContact(around, contact) {
  requireMatch(around, contact);
  requireRight(around.mailbox.folders.get(contact.folderId));
  around.mailbox.remove(contact);
  return { status: 204 };
}

function nameOf({ givenName, middleName, surname }) {
  return [givenName, middleName, surname].filter(Boolean).join(' ');
}

const everything = { select: null, extended: null };

function requireMatch({ ifMatch, ways }, { changeKey }) {
  if (ifMatch === undefined || ifMatch === '*' || ways.ignoresIfMatch) return;
  if (ifMatch !== etagOf(changeKey)) throw new GraphError(ways.conflictStatus, 'ErrorIrresolvableConflict');
}

function requireRight(folder) {
  if (folder?.readOnly || folder?.denied) throw denied();
}

function requireRoom(mailbox, folder) {
  requireRight(folder);
  if (mailbox.full) throw new GraphError(507, 'ErrorQuotaExceeded');
}

/** @param {unknown} body @returns {Record<string, unknown>} as a mailbox takes them @throws {GraphError} */
function partsOf(body) {
  const wrong = wrongBody('contact', body);
  if (wrong) throw new WrongRequest(wrong.code, wrong.message);
  const { singleValueExtendedProperties = [], ...fields } = body;
  for (const [name, limit] of Object.entries(most)) {
    const count = fields[name]?.length ?? 0;
    const called = `${name[0].toUpperCase()}${name.slice(1)}`;
    if (count > limit)
      throw new GraphError(
        400,
        'ErrorInvalidArgument',
        `The multi value property ${called} has ${count} entries, that exceeds the max allowed value of ${limit}`,
      );
  }
  return {
    ...fields,
    extended: Object.fromEntries(singleValueExtendedProperties.map(({ id, value }) => [id, value])),
  };
}

/** @param {Around} around @param {Contact} contact @param {Pick<Query, 'select' | 'extended'>} query */
function contactBody({ prefers }, contact, { select, extended }) {
  const { fields, changeKey } = contact;
  const whole = { '@odata.etag': etagOf(changeKey), id: prefers.immutable ? contact.id : contact.mutableId };
  for (const name of propertiesOf('contact')) if (name !== 'id') whole[name] = fields[name] ?? emptyOf(name);
  const [first, second, third] = whole.emailAddresses.map((each) => ({ name: each.address, ...each }));
  Object.assign(whole, {
    ...{ changeKey, parentFolderId: contact.folderId },
    ...{ createdDateTime: seconds(contact.createdAt), lastModifiedDateTime: seconds(contact.modifiedAt) },
    emailAddresses: [first, second, third].filter(Boolean),
    primaryEmailAddress: first ?? null,
    secondaryEmailAddress: second ?? null,
    tertiaryEmailAddress: third ?? null,
  });
  const has = (extended ?? []).map(extendedKey).filter((id) => contact.extended.has(id));
  if (has.length > 0)
    whole.singleValueExtendedProperties = [...new Set(has)].map((id) => ({
      id,
      value: contact.extended.get(id),
    }));
  return selected(whole, select, 'contact');
}

/** Lists come empty, addresses without parts, two texts as "", all else as null. */
function emptyOf(name) {
  const { collection, type } = propertyOf('contact', name);
  if (collection) return [];
  if (type === 'physicalAddress') return {};
  return name === 'fileAs' || name === 'personalNotes' ? '' : null;
}

export function etagOf(changeKey) {
  return `W/"${changeKey}"`;
}

export function seconds(date) {
  return `${new Date(date).toISOString().slice(0, 19)}Z`;
}

// Pages

/** @param {Around} around @param {string} path @param {Query} query @param {unknown[]} all @param {string} what @returns {Answer} */
export function pageOfList({ base, ways }, path, { top, skip, values }, all, what) {
  const size = Math.min(top ?? 10, ways.pageLimit);
  const body = { '@odata.context': `${base}/$metadata#me/${what}`, value: all.slice(skip, skip + size) };
  if (values.get('$count') === 'true') body['@odata.count'] = all.length;
  if (skip + size < all.length) {
    const next = new URLSearchParams(values);
    next.set('$top', String(size));
    next.set('$skip', String(skip + size));
    body['@odata.nextLink'] = `${base}${path}?${next}`;
  }
  return { status: 200, body };
}

/**
 * @param {Around} around @param {Query} query @param {string} of @param {import('./log.js').Log} log @param {string} path of the links
 * @param {(id: string, select: string[] | null) => unknown[] | undefined | false} read what there is of an id; nothing: it is not there
 * @param {{ from: string, to: string }} [window]
 * @returns {Answer}
 */
export function deltaAnswer(around, { values, select }, of, log, path, read, window) {
  const { mailbox, ways, prefers, base } = around;
  const known = readToken(values, mailbox, of, ways.expiry);
  const fresh = { epoch: mailbox.epoch, of, at: 0, size: 0, inRound: false, select, window };
  const size = Math.min(prefers.pageSize ?? known?.size ?? 10, ways.pageLimit);
  const state = { ...(known ?? fresh), size };
  const { lines, next, last } = pageOf(state, log, { ...ways, visible: mailbox.visible ?? Infinity });
  const value = lines.flatMap(({ id, gone, wasCalled }) => {
    const there = !gone && read(id, state.select ?? null);
    if (there) return there;
    return [{ id: prefers.immutable ? id : (wasCalled ?? id), '@removed': { reason: 'deleted' } }];
  });
  const token = writeToken(next, ways.tokenCharacters);
  const link = last
    ? { '@odata.deltaLink': `${base}${path}?$deltatoken=${token}` }
    : { '@odata.nextLink': `${base}${path}?$skiptoken=${token}` };
  return {
    status: 200,
    body: {
      '@odata.context': `${base}/$metadata#Collection(${of === 'folders' ? 'contactFolder' : 'item'})`,
      ...link,
      value,
    },
  };
}
