/*
 * One mailbox of the stand-in of Microsoft 365: contact folders, contacts, and what changed when. The methods are what its owner
 * does in Outlook. Calendars are in calendars.js.
 */
import { createHash, randomBytes } from 'node:crypto';
import { Calendars } from './calendars.js';
import { Log } from './log.js';

/**
 * @typedef {object} Folder
 * @property {string} id
 * @property {string | null} parentId null: the default folder
 * @property {string} name
 * @property {boolean} hidden
 * @property {boolean} readOnly contents may not be changed
 * @property {boolean} denied nothing of it may be read
 * @property {Log} log changes of what it holds
 */

/**
 * @typedef {object} Contact
 * @property {string} id immutable: kept when it is moved
 * @property {string} mutableId changes with its folder
 * @property {string} changeKey
 * @property {string} folderId
 * @property {Record<string, unknown>} fields by the names of Graph; what is empty is not there
 * @property {Map<string, string>} extended single-value extended properties, by `extendedKey`
 * @property {Date} createdAt
 * @property {Date} modifiedAt
 */

/**
 * What tests say of a contact: properties by their names, null empties; `extended` by id (`String 0x3a24`).
 * @typedef {Record<string, unknown> & { extended?: Record<string, string | null> }} ContactParts
 */

export class Mailbox {
  /** @type {Map<string, Folder>} */
  folders = new Map();
  /** By immutable id. @type {Map<string, Contact>} */
  contactsById = new Map();
  /** Deleted Items: still found by their ids, and in no folder of contacts. @type {Map<string, Contact>} */
  bin = new Map();
  /** Immutable ids of mutable ones, also of those that are not used any more. @type {Map<string, string>} */
  #immutable = new Map();
  /** Changes of the folder tree. */
  tree = new Log();
  /** Writes are refused: no room. */
  full = false;
  /** Of the delta tokens that count; those of another life of the server never do. */
  epoch = newEpoch();
  /** Highest number of a change so far. */
  seq = 0;
  #ids = 0;
  #lastId = '';
  #keys = 0;
  // Two lives of a server never give the same change key to different contents.
  #life = randomBytes(8);

  /** @param {{ email: string, displayName?: string, language?: 'en' | 'fr', id?: string, noMailbox?: boolean }} owner `id`: of the user in the directory (`oid`) */
  constructor({ email, displayName = email, language = 'en', id = email, noMailbox = false }) {
    Object.assign(this, { email, displayName, language, id, noMailbox });
    this.contactsId = this.#newFolder(null, 'Contacts').id;
    this.binId = this.newId('AQMk');
    this.calendars = new Calendars(this);
  }

  /** @param {string} [folderId] @returns {Contact[]} oldest first */
  contacts(folderId) {
    const all = [...this.contactsById.values()];
    return folderId ? all.filter((contact) => contact.folderId === folderId) : all;
  }

  /** @param {string} displayName @returns {Contact} the first of that name @throws when there is none */
  named(displayName) {
    const found = this.contacts().find(({ fields }) => fields.displayName === displayName);
    if (!found) throw new Error(`no contact ${displayName}`);
    return found;
  }

  /** Also in Deleted Items. @param {string} id of either kind @returns {Contact | undefined} */
  contact(id) {
    const immutable = this.#immutable.get(id) ?? id;
    return this.contactsById.get(immutable) ?? this.bin.get(immutable);
  }

  /** @param {string} name @returns {Folder} the first of that name @throws when there is none */
  folderNamed(name) {
    for (const folder of this.folders.values()) if (folder.name === name) return folder;
    throw new Error(`no folder ${name}`);
  }

  /** @param {string | null} parentId @returns {Folder[]} */
  foldersIn(parentId) {
    return [...this.folders.values()].filter((folder) => folder.parentId === parentId && !folder.hidden);
  }

  // What its owner does with folders

  /** @param {string} name @param {{ parentId?: string, hidden?: boolean }} [options] below the default one unless told */
  addFolder(name, { parentId = this.contactsId, hidden = false } = {}) {
    return this.#newFolder(parentId, name, hidden);
  }

  renameFolder(folder, name) {
    folder.name = name;
    this.tree.note(++this.seq, folder.id, 'change');
  }

  moveFolder(folder, parentId) {
    folder.parentId = parentId;
    this.tree.note(++this.seq, folder.id, 'change');
  }

  /** With all below it; Deleted Items is no folder of contacts. */
  removeFolder(folder) {
    for (const below of [...this.folders.values()].filter(({ parentId }) => parentId === folder.id))
      this.removeFolder(below);
    for (const contact of this.contacts(folder.id)) this.contactsById.delete(contact.id);
    this.folders.delete(folder.id);
    this.tree.note(++this.seq, folder.id, 'leave');
  }

  // What its owner does with contacts

  /** @param {ContactParts} parts @param {{ id: string }} [folder] */
  addContact(parts, folder = { id: this.contactsId }) {
    const now = new Date();
    const contact = {
      ...{ id: this.newId('AAkA'), mutableId: this.newId('AAMk'), changeKey: this.newChangeKey() },
      ...{ folderId: folder.id, fields: {}, extended: new Map(), createdAt: now, modifiedAt: now },
    };
    fill(contact, parts);
    this.#enter(contact);
    return contact;
  }

  /** @param {Contact} contact @param {ContactParts} parts */
  edit(contact, parts) {
    fill(contact, parts);
    this.touch(contact);
    return contact;
  }

  /** A new change key, and a line for whoever syncs. */
  touch(contact) {
    contact.changeKey = this.newChangeKey();
    contact.modifiedAt = new Date();
    this.folders.get(contact.folderId)?.log.note(++this.seq, contact.id, 'change');
  }

  /** The same contact, with another mutable id. @param {Contact} contact @param {{ id: string }} folder */
  move(contact, folder) {
    this.#leave(contact);
    Object.assign(contact, { folderId: folder.id, mutableId: this.newId('AAMk') });
    Object.assign(contact, { changeKey: this.newChangeKey(), modifiedAt: new Date() });
    this.#enter(contact);
    return contact;
  }

  /** Carries every property, ours too. @param {Contact} contact @param {{ id: string }} [folder] */
  copy(contact, folder = { id: contact.folderId }) {
    const copied = this.addContact({}, folder);
    Object.assign(copied, { fields: structuredClone(contact.fields), extended: new Map(contact.extended) });
    return copied;
  }

  /** Into Deleted Items, and from there for good. @param {Contact} contact */
  remove(contact) {
    if (this.bin.delete(contact.id)) return;
    this.erase(contact);
    this.bin.set(contact.id, contact);
    Object.assign(contact, { folderId: this.binId, changeKey: this.newChangeKey(), modifiedAt: new Date() });
  }

  /** For good. @param {Contact} contact */
  erase(contact) {
    this.#leave(contact);
    this.contactsById.delete(contact.id);
  }

  /** Gone without a word to anybody who syncs. */
  forget(contact) {
    this.contactsById.delete(contact.id);
  }

  /** All links of delta queries given out are refused. */
  expireDeltas() {
    this.epoch = newEpoch();
  }

  /** All there is, for another life of the server. @returns {unknown} what JSON can carry */
  toJSON() {
    return {
      folders: [...this.folders.values()].map(({ log, ...folder }) => folder),
      contacts: this.contacts().map((contact) => ({ ...contact, extended: [...contact.extended] })),
      ...{ contactsId: this.contactsId, binId: this.binId },
      made: [this.#ids, this.#keys],
      calendars: this.calendars,
    };
  }

  /** Puts what `toJSON` gave in the place of all there is; delta links of before do not count any more. */
  restore({ folders, contacts, contactsId, binId, made, calendars }) {
    Object.assign(this, { contactsId, binId, folders: new Map(), contactsById: new Map(), tree: new Log() });
    [this.#ids, this.#keys] = made;
    // That of the empty mailbox there was a moment ago would make an id that is taken.
    this.#lastId = '';
    for (const folder of folders) {
      this.folders.set(folder.id, { ...folder, log: new Log() });
      if (folder.parentId && !folder.hidden) this.tree.note(++this.seq, folder.id, 'enter');
    }
    for (const { extended, createdAt, modifiedAt, ...contact } of contacts) {
      const dates = { createdAt: new Date(createdAt), modifiedAt: new Date(modifiedAt) };
      this.#enter({ ...contact, ...dates, extended: new Map(extended) });
    }
    this.calendars.restore(calendars);
  }

  /**
   * As long as those of Outlook. They hold `/`, `+` and end with `=`, and every second id differs from the one before in the
   * case of one letter alone: whoever compares them without regard to case, or does not encode them, loses contacts.
   * @param {string} start
   */
  newId(start) {
    this.#ids++;
    if (this.#lastId.startsWith(start)) {
      const twin = this.#lastId.replace(/[a-z](?=[^a-z]*$)/, (letter) => letter.toUpperCase());
      this.#lastId = '';
      return twin;
    }
    const seed = createHash('sha512').update(`${this.email} ${this.#ids}`).digest();
    const body = Buffer.concat([seed, createHash('sha384').update(seed).digest()]).toString('base64');
    this.#lastId = `${start}/+${body}`.slice(0, 151).replaceAll('=', 'A') + '=';
    return this.#lastId;
  }

  newChangeKey() {
    const key = Buffer.alloc(24);
    key.set([0x11, 0, 0, 0, 0x16, 0, 0, 0xfb]);
    this.#life.copy(key, 8);
    key.writeUInt32BE(++this.#keys, 20);
    return key.toString('base64');
  }

  #enter(contact) {
    this.contactsById.set(contact.id, contact);
    this.#immutable.set(contact.mutableId, contact.id);
    this.folders.get(contact.folderId).log.note(++this.seq, contact.id, 'enter');
  }

  #leave(contact) {
    this.folders.get(contact.folderId)?.log.note(++this.seq, contact.id, 'leave', contact.mutableId);
  }

  #newFolder(parentId, name, hidden = false) {
    const id = this.newId('AQMk');
    const folder = { id, parentId, name, hidden, readOnly: false, denied: false, log: new Log() };
    this.folders.set(id, folder);
    // The default folder is never among the changes, as it is in no list; programs keep their hidden ones to themselves.
    if (parentId && !hidden) this.tree.note(++this.seq, id, 'enter');
    return folder;
  }
}

const newEpoch = () => randomBytes(6).toString('hex');

/** @param {Contact} contact @param {ContactParts} parts */
function fill(contact, { extended = {}, ...fields }) {
  for (const [name, value] of Object.entries(fields)) {
    if (isEmpty(value)) delete contact.fields[name];
    else contact.fields[name] = value;
  }
  for (const [id, value] of Object.entries(extended)) {
    if (value === null) contact.extended.delete(extendedKey(id));
    else contact.extended.set(extendedKey(id), value);
  }
}

function isEmpty(value) {
  return (
    value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
  );
}

/** One name for an extended property, however it was written: digits and GUIDs in small letters, names as they are. @param {string} id */
export function extendedKey(id) {
  const [type, set, kind, ...name] = id.split(' ');
  const isName = kind?.toLowerCase() === 'name';
  return [
    `${type[0].toUpperCase()}${type.slice(1)}`,
    set.toLowerCase(),
    ...(kind ? [isName ? 'Name' : 'Id', isName ? name.join(' ') : name.join(' ').toLowerCase()] : []),
  ].join(' ');
}
