/*
 * One mailbox of the stand-in server: folders, items, and what changed when. The methods are what its owner does in Outlook;
 * ids and change keys behave as those of Exchange do, as its documentation and the practice of its clients have it.
 */
import { createHash, randomBytes } from 'node:crypto';

/**
 * @typedef {object} Folder
 * @property {string} id
 * @property {string} changeKey
 * @property {string | null} parentId
 * @property {string} name
 * @property {string} folderClass `IPF.Contact` …
 * @property {string | null} distinguished its name as `DistinguishedFolderId`
 * @property {boolean} hidden extended property 0x10f4
 * @property {boolean} readOnly contents may not be changed
 * @property {boolean} denied nothing of it may be read
 * @property {Log} items changes of what it holds
 */

/**
 * @typedef {object} Item
 * @property {string} id
 * @property {string} changeKey
 * @property {string} folderId
 * @property {'Contact' | 'DistributionList' | 'Message' | 'CalendarItem'} kind
 * @property {Record<string, string>} fields properties that are one text, by element name
 * @property {Record<string, { value: string, name?: string, routingType?: string }>} emails by key
 * @property {Record<string, string>} phones by key
 * @property {Record<string, Record<string, string>>} addresses by key: Street, City, …
 * @property {string[]} categories
 * @property {Map<string, { uri: Record<string, string>, value: string }>} extended by `extendedKey`
 * @property {import('./calendar.js').EventParts} [event] of a CalendarItem
 * @property {Date} createdAt
 * @property {Date} modifiedAt
 */

/**
 * What tests say of a contact: `phones` and `emails` by key, any other property by its element name.
 * @typedef {{ phones?: Record<string, string | null>, emails?: Record<string, string | { value: string, name?: string, routingType?: string } | null>, addresses?: Record<string, Record<string, string>>, categories?: string[], [element: string]: unknown }} ContactParts
 */

/** What happened to the things of one place: for each the last change, and when it came there. */
class Log {
  /** @type {{ seq: number, id: string }[]} ascending; only the last line of an id counts */
  lines = [];
  /** @type {Map<string, { entered: number, changed: number, last: number, gone: boolean }>} `last` also of a read mark */
  of = new Map();

  note(seq, id, kind) {
    const before = this.of.get(id);
    const entered = kind === 'enter' ? seq : (before?.entered ?? seq);
    const changed = kind === 'read' ? (before?.changed ?? seq) : seq;
    this.of.set(id, { entered, changed, last: seq, gone: kind === 'leave' });
    this.lines.push({ seq, id });
  }

  /** Ids whose last change lies above `from` and below `below`, ascending. */
  between(from, below) {
    let low = 0;
    let high = this.lines.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.lines[middle].seq > from) high = middle;
      else low = middle + 1;
    }
    const found = [];
    for (let at = low; at < this.lines.length && this.lines[at].seq < below; at++) {
      const { seq, id } = this.lines[at];
      if (this.of.get(id).last === seq) found.push(id);
    }
    return found;
  }
}

const defaultFolders = [
  ['inbox', 'IPF.Note', 'Inbox', 'Boîte de réception'],
  ['drafts', 'IPF.Note', 'Drafts', 'Brouillons'],
  ['sentitems', 'IPF.Note', 'Sent Items', 'Éléments envoyés'],
  ['deleteditems', 'IPF.Note', 'Deleted Items', 'Éléments supprimés'],
  ['calendar', 'IPF.Appointment', 'Calendar', 'Calendrier'],
  ['contacts', 'IPF.Contact', 'Contacts', 'Contacts'],
  ['tasks', 'IPF.Task', 'Tasks', 'Tâches'],
  ['junkemail', 'IPF.Note', 'Junk Email', 'Courrier indésirable'],
];

/** What programs put below Contacts, and nobody wants to see. */
const clutter = [
  ['Recipient Cache', 'IPF.Contact.RecipientCache', true],
  ['{06967759-274D-40B2-A3EB-D7F9E73727D7}', 'IPF.Contact.MOC.QuickContacts', true],
  ['{A9E2BC46-B3A0-4243-B315-60D991004455}', 'IPF.Contact.MOC.ImContactList', true],
  ['GAL Contacts', 'IPF.Contact.GalContacts', true],
  ['Organizational Contacts', 'IPF.Contact.OrganizationalContacts', true],
  ['PeopleCentricConversation Buddies', 'IPF.Contact.PeopleCentricConversationBuddies', true],
  ['Companies', 'IPF.Contact.Company', true],
  // A program's own folder of the ordinary class, known by its hidden mark alone.
  ['MyContactsExtended', 'IPF.Contact', true],
];

export class Mailbox {
  /** @type {Map<string, Folder>} */
  folders = new Map();
  /** @type {Map<string, Item>} */
  items = new Map();
  /** Changes of the folder tree. */
  tree = new Log();
  /** Writes are refused with ErrorQuotaExceeded. */
  full = false;
  /** Of the sync states that count; those of another life of the server never do. */
  epoch = newEpoch();
  /** Highest number of a change so far. */
  seq = 0;
  #ids = 0;
  #lastId = '';
  #keys = 0;
  // Two lives of a server never give the same change key to different contents.
  #life = randomBytes(8);

  /** @param {{ email: string, language?: 'en' | 'fr' }} owner */
  constructor({ email, language = 'en' }) {
    this.email = email;
    const root = this.#newFolder(null, 'Top of Information Store', 'IPF.Note', 'msgfolderroot');
    this.rootId = root.id;
    for (const [distinguished, folderClass, english, french] of defaultFolders) {
      this.#newFolder(root.id, language === 'fr' ? french : english, folderClass, distinguished);
    }
    for (const [name, folderClass, hidden] of clutter) {
      this.#newFolder(this.contactsId, name, folderClass, null).hidden = hidden;
    }
  }

  get contactsId() {
    return this.distinguished('contacts').id;
  }

  get binId() {
    return this.distinguished('deleteditems').id;
  }

  /** @param {string} name @returns {Folder | undefined} */
  distinguished(name) {
    for (const folder of this.folders.values()) if (folder.distinguished === name) return folder;
    return undefined;
  }

  /** @param {string} name @returns {Folder} the first of that name @throws when there is none */
  folderNamed(name) {
    for (const folder of this.folders.values()) if (folder.name === name) return folder;
    throw new Error(`no folder ${name}`);
  }

  /** @param {string} [folderId] @returns {Item[]} contacts, oldest first */
  contacts(folderId) {
    return [...this.items.values()].filter(
      (item) =>
        item.kind === 'Contact' && (folderId ? item.folderId === folderId : !this.inBin(item.folderId)),
    );
  }

  /** @param {string} displayName @returns {Item} the first of that name outside Deleted Items @throws when there is none */
  named(displayName) {
    const found = this.contacts().find((item) => item.fields.DisplayName === displayName);
    if (!found) throw new Error(`no contact ${displayName}`);
    return found;
  }

  inBin(folderId) {
    for (let id = folderId; id; id = this.folders.get(id)?.parentId) if (id === this.binId) return true;
    return false;
  }

  // What its owner does with folders

  /** @param {string} name @param {{ parentId?: string, folderClass?: string, hidden?: boolean }} [options] below Contacts unless told */
  addFolder(name, { parentId = this.contactsId, folderClass = 'IPF.Contact', hidden = false } = {}) {
    const folder = this.#newFolder(parentId, name, folderClass, null);
    folder.hidden = hidden;
    return folder;
  }

  renameFolder(folder, name) {
    folder.name = name;
    this.#folderChanged(folder);
  }

  moveFolder(folder, parentId) {
    folder.parentId = parentId;
    this.#folderChanged(folder);
  }

  /** As Outlook does: into Deleted Items. */
  removeFolder(folder) {
    this.moveFolder(folder, this.binId);
  }

  /** For good, with all below it. */
  eraseFolder(folder) {
    for (const below of [...this.folders.values()].filter(({ parentId }) => parentId === folder.id)) {
      this.eraseFolder(below);
    }
    for (const item of [...this.items.values()]) if (item.folderId === folder.id) this.items.delete(item.id);
    this.folders.delete(folder.id);
    this.tree.note(++this.seq, folder.id, 'leave');
  }

  // What its owner does with contacts

  /** @param {ContactParts} parts @param {{ id: string }} [folder] */
  addContact(parts, folder = this.distinguished('contacts')) {
    return this.#newItem('Contact', 'IPM.Contact', parts, folder.id);
  }

  /** @param {string} name @param {{ id: string }} [folder] */
  addList(name, folder = this.distinguished('contacts')) {
    return this.#newItem('DistributionList', 'IPM.DistList', { DisplayName: name, FileAs: name }, folder.id);
  }

  /** What has no business in a contact folder, and can be there. @param {string} subject @param {{ id: string }} [folder] */
  addMessage(subject, folder = this.distinguished('contacts')) {
    return this.#newItem('Message', 'IPM.Note', { Subject: subject }, folder.id);
  }

  // What its owner does with calendars

  /** @param {import('./calendar.js').EventParts} event @param {{ id: string }} [folder] @returns {Item} */
  addEvent(event, folder = this.distinguished('calendar')) {
    return this.put('CalendarItem', { event, fields: { ItemClass: 'IPM.Appointment' } }, folder.id);
  }

  /** @param {Item} item @param {Partial<import('./calendar.js').EventParts>} parts */
  editEvent(item, parts) {
    item.event = { ...item.event, ...parts };
    this.changed(item);
  }

  /** @param {string} name @returns {Folder} */
  addCalendar(name) {
    return this.addFolder(name, {
      parentId: this.distinguished('calendar').id,
      folderClass: 'IPF.Appointment',
    });
  }

  /** @param {Item} item @param {ContactParts} parts null empties */
  edit(item, parts) {
    this.#fill(item, parts);
    this.changed(item);
    return item;
  }

  /** Nothing that anybody sees is different, and yet the change key is: the server itself writes now and then. */
  touch(item) {
    this.changed(item);
  }

  /** Only the flag; no change of the item. */
  markRead(item) {
    this.folders.get(item.folderId).items.note(++this.seq, item.id, 'read');
  }

  /** To another folder: the same contact with a new id. @param {Item} item @param {{ id: string }} folder @returns {Item} */
  move(item, folder) {
    const moved = { ...item, id: this.#newId('AAMk'), changeKey: this.#newChangeKey(), folderId: folder.id };
    this.#leave(item);
    this.#enter(moved);
    return moved;
  }

  /** Carries every property, ours too. @param {Item} item @param {{ id: string }} [folder] @returns {Item} */
  copy(item, folder = { id: item.folderId }) {
    const copied = {
      ...item,
      ...{
        id: this.#newId('AAMk'),
        changeKey: this.#newChangeKey(),
        folderId: folder.id,
        createdAt: new Date(),
      },
      ...{ fields: { ...item.fields }, emails: { ...item.emails }, phones: { ...item.phones } },
      ...{ addresses: structuredClone(item.addresses), extended: new Map(item.extended) },
    };
    this.#enter(copied);
    return copied;
  }

  /** Into Deleted Items. @param {Item} item @returns {Item} what it is there */
  remove(item) {
    return this.move(item, { id: this.binId });
  }

  /** For good (Shift-Delete). */
  erase(item) {
    this.#leave(item);
  }

  /** Gone without a word to anybody who syncs: an item the store cannot open any more. */
  forget(item) {
    this.items.delete(item.id);
  }

  /** All states given out are refused: after a move of the mailbox, or a repair. */
  expireStates() {
    this.epoch = newEpoch();
  }

  /** All there is, for another life of the server. @returns {unknown} what JSON can carry */
  toJSON() {
    return {
      folders: [...this.folders.values()].map(({ items, ...folder }) => folder),
      items: [...this.items.values()].map((item) => ({ ...item, extended: [...item.extended] })),
      rootId: this.rootId,
      made: [this.#ids, this.#keys],
    };
  }

  /** Puts what `toJSON` gave in the place of all there is; sync states of before do not count any more. */
  restore({ folders, items, rootId, made }) {
    Object.assign(this, { rootId, folders: new Map(), items: new Map(), tree: new Log() });
    [this.#ids, this.#keys] = made;
    // That of the empty mailbox there was a moment ago would make an id that is taken.
    this.#lastId = '';
    for (const folder of folders) {
      this.folders.set(folder.id, { ...folder, items: new Log() });
      if (folder.parentId) this.tree.note(++this.seq, folder.id, 'enter');
    }
    for (const item of items) {
      const dates = { createdAt: new Date(item.createdAt), modifiedAt: new Date(item.modifiedAt) };
      this.#enter({ ...item, ...dates, extended: new Map(item.extended) });
    }
  }

  // What the operations need

  /** A new change key, and a line for whoever syncs. @param {Item} item */
  changed(item) {
    item.changeKey = this.#newChangeKey();
    item.modifiedAt = new Date();
    this.folders.get(item.folderId).items.note(++this.seq, item.id, 'change');
  }

  /** @param {Item['kind']} kind @param {Partial<Item>} parts whole properties */
  put(kind, parts, folderId) {
    const item = {
      ...blankItem(kind, folderId),
      ...{ id: this.#newId('AAMk'), changeKey: this.#newChangeKey() },
      ...parts,
    };
    this.#enter(item);
    return item;
  }

  #newItem(kind, itemClass, parts, folderId) {
    const item = { ...blankItem(kind, folderId), id: this.#newId('AAMk'), changeKey: this.#newChangeKey() };
    item.fields.ItemClass = itemClass;
    this.#fill(item, parts);
    this.#enter(item);
    return item;
  }

  #fill(item, { phones = {}, emails = {}, addresses = {}, categories, ...fields }) {
    for (const [key, value] of Object.entries(fields)) set(item.fields, key, value);
    for (const [key, value] of Object.entries(phones)) set(item.phones, key, value);
    for (const [key, value] of Object.entries(emails)) {
      set(item.emails, key, typeof value === 'string' ? { value } : value);
    }
    for (const [key, value] of Object.entries(addresses)) set(item.addresses, key, value);
    if (categories) item.categories = categories;
  }

  #enter(item) {
    this.items.set(item.id, item);
    this.folders.get(item.folderId).items.note(++this.seq, item.id, 'enter');
  }

  #leave(item) {
    this.items.delete(item.id);
    this.folders.get(item.folderId).items.note(++this.seq, item.id, 'leave');
  }

  #newFolder(parentId, name, folderClass, distinguished) {
    const folder = {
      ...{
        id: this.#newId('AQMk'),
        changeKey: this.#newChangeKey(),
        parentId,
        name,
        folderClass,
        distinguished,
      },
      ...{ hidden: false, readOnly: false, denied: false, items: new Log() },
    };
    this.folders.set(folder.id, folder);
    // The root itself is never among the changes.
    if (parentId) this.tree.note(++this.seq, folder.id, 'enter');
    return folder;
  }

  #folderChanged(folder) {
    folder.changeKey = this.#newChangeKey();
    this.tree.note(++this.seq, folder.id, 'change');
  }

  /**
   * 152 characters of base64. Every second id differs from the one before in the case of one letter alone: whoever compares
   * them without regard to case loses contacts.
   */
  #newId(start) {
    this.#ids++;
    if (this.#lastId.startsWith(start)) {
      const twin = this.#lastId.replace(/[a-z](?=[^a-z]*$)/, (letter) => letter.toUpperCase());
      this.#lastId = '';
      return twin;
    }
    const seed = createHash('sha512').update(`${this.email} ${this.#ids}`).digest();
    const body = Buffer.concat([seed, createHash('sha384').update(seed).digest()]).toString('base64');
    this.#lastId = `${start}${body}`.slice(0, 151).replaceAll('=', 'A') + '=';
    return this.#lastId;
  }

  #newChangeKey() {
    const key = Buffer.alloc(24);
    key.set([0x11, 0, 0, 0, 0x16, 0, 0, 0]);
    this.#life.copy(key, 8);
    key.writeUInt32BE(++this.#keys, 20);
    return key.toString('base64');
  }
}

const newEpoch = () => randomBytes(6).toString('hex');

/** @returns {Item} */
function blankItem(kind, folderId) {
  return {
    ...{ id: '', changeKey: '', folderId, kind, fields: {}, emails: {}, phones: {}, addresses: {} },
    ...{ categories: [], extended: new Map(), createdAt: new Date(), modifiedAt: new Date() },
  };
}

function set(into, key, value) {
  if (value === null || value === undefined) delete into[key];
  else into[key] = value;
}

/** One name for an extended property, however its path was written. @param {Record<string, string>} uri attributes of ExtendedFieldURI */
export function extendedKey(uri) {
  const set = (uri.PropertySetId ?? uri.DistinguishedPropertySetId ?? '').toLowerCase();
  const tag = uri.PropertyTag === undefined ? '' : `0x${Number(uri.PropertyTag).toString(16)}`;
  return [set, uri.PropertyName?.toLowerCase() ?? '', uri.PropertyId ?? '', tag, uri.PropertyType].join('/');
}
