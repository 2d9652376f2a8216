import { createHash } from 'node:crypto';
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { Description } from './description.js';

export const people = new Description('people-v1.json');

/**
 * A person as it was at one time; never changed, only followed by another.
 * @typedef {object} State
 * @property {string} id `c1000000000000000001`
 * @property {Record<string, any[]>} data writable fields, without what is worked out
 * @property {number} version
 * @property {number} updated in milliseconds
 * @property {boolean} deleted
 * @property {string[]} previous ids it had
 * @property {boolean} linked with a profile
 *
 * @typedef {object} Person
 * @property {number} order in which they came
 * @property {State} now
 * @property {State | null} shown what lists say; behind `now` while they are held
 * @property {number} seq of the change that was shown last
 *
 * @typedef {{ id: string, name: string, isSystem: boolean, version: number, updated: number, deleted: boolean, seq: number }} Group
 */

/** Contacts and labels of one Google account, with what happens to them. */
export class AddressBook {
  /** @type {Map<string, Person>} by id */
  persons = new Map();
  /** @type {Map<string, Group>} by id */
  groups = new Map();
  /** Of the last change that lists show. */
  seq = 0;
  /** Tokens of another one have expired. */
  epoch = 0;
  #count = 0;
  #lastTime = 0;
  /** @type {Map<string, string>} ids that were, to those that are */
  #renamed = new Map();
  /** @type {Set<Person> | null} */
  #held = null;

  /** @param {{ now: () => number, region?: import('libphonenumber-js').CountryCode }} world */
  constructor({ now, region = 'FR' }) {
    this.clock = now;
    this.region = region;
    for (const name of [
      'myContacts',
      'starred',
      'friends',
      'family',
      'coworkers',
      'blocked',
      'chatBuddies',
      'all',
    ])
      this.#addGroup(name, name, true);
  }

  /** Each later than the one before. */
  #time() {
    this.#lastTime = Math.max(this.clock(), this.#lastTime + 1);
    return this.#lastTime;
  }

  /** @param {Record<string, any[]>} data @returns {Person} */
  add(data) {
    const id = `c${1_000_000_000_000_000_000n + BigInt(++this.#count)}`;
    const memberships = data.memberships ?? [membership('myContacts')];
    const now = { id, data: { ...data, memberships }, version: this.#count, updated: this.#time() };
    const person = { order: this.#count, now: { ...now, ...fresh }, shown: null, seq: 0 };
    this.persons.set(id, person);
    this.#show(person);
    return person;
  }

  /** Fields that are given are replaced whole. @param {Person} person @param {Record<string, any[]>} data */
  edit(person, data) {
    this.#change(person, { data: { ...person.now.data, ...data } });
  }

  /** @param {Person} person */
  remove(person) {
    this.#change(person, { deleted: true });
  }

  /** The id another one, as linking with a profile does it. @param {Person} person @returns {string} the new id */
  rename(person) {
    const { id, previous } = person.now;
    const to = `c${5_000_000_000_000_000_000n + BigInt(++this.#count)}`;
    this.persons.delete(id);
    this.persons.set(to, person);
    this.#renamed.set(id, to);
    this.#change(person, { id: to, previous: [...previous, id], linked: true });
    return to;
  }

  /** Also by an id it had. @param {string} id @returns {Person | null} null where it is deleted */
  find(id) {
    const person = this.persons.get(id) ?? this.persons.get(this.#renamed.get(id) ?? '');
    return person && !person.now.deleted ? person : null;
  }

  get contacts() {
    return [...this.persons.values()].filter(({ now }) => !now.deleted);
  }

  /** From now on lists show nothing of what happens, as in the minutes after a write. */
  holdLists() {
    this.#held ??= new Set();
  }
  showLists() {
    const held = this.#held ?? [];
    this.#held = null;
    for (const person of held) this.#show(person);
  }

  /** Sync tokens given so far are worth nothing. */
  expireTokens() {
    this.epoch++;
  }

  #change(person, change) {
    const { version } = person.now;
    person.now = { ...person.now, ...change, version: version + 1_000_000, updated: this.#time() };
    this.#show(person);
  }

  #show(person) {
    if (this.#held) return void this.#held.add(person);
    person.shown = person.now;
    person.seq = ++this.seq;
  }

  /** @param {string} name @returns {Group} */
  addGroup(name) {
    return this.#addGroup((++this.#count).toString(16).padStart(8, '0'), name, false);
  }

  #addGroup(id, name, isSystem) {
    const group = { id, name, isSystem, version: 1, updated: this.#time(), deleted: false, seq: ++this.seq };
    this.groups.set(id, group);
    return group;
  }

  /** @param {Group} group @param {string} name */
  renameGroup(group, name) {
    Object.assign(group, { name, version: group.version + 1, updated: this.#time(), seq: ++this.seq });
  }

  /** Its contacts stay. @param {Group} group */
  removeGroup(group) {
    Object.assign(group, {
      deleted: true,
      version: group.version + 1,
      updated: this.#time(),
      seq: ++this.seq,
    });
    for (const person of this.contacts)
      if (isMember(person, group.id))
        this.edit(person, {
          memberships: person.now.data.memberships.filter((each) => idOf(each) !== group.id),
        });
  }

  /** @param {string} id @returns {Group | null} */
  group(id) {
    const group = this.groups.get(id);
    return group && !group.deleted ? group : null;
  }

  /** All there is, for another life of the server. @returns {unknown} what JSON can carry */
  toJSON() {
    return {
      persons: [...this.persons.values()].map(({ order, now, seq }) => ({ order, now, seq })),
      groups: [...this.groups.values()],
      ...{ seq: this.seq, epoch: this.epoch, renamed: [...this.#renamed] },
      made: [this.#count, this.#lastTime],
    };
  }

  /** Puts what `toJSON` gave in the place of all there is. */
  restore({ persons, groups, seq, epoch, renamed, made }) {
    Object.assign(this, { seq, epoch });
    [this.#count, this.#lastTime] = made;
    this.#renamed = new Map(renamed);
    this.persons = new Map(persons.map((person) => [person.now.id, { ...person, shown: person.now }]));
    this.groups = new Map(groups.map((group) => [group.id, group]));
  }
}

const fresh = { deleted: false, previous: [], linked: false };

/** @param {string} groupId */
export function membership(groupId) {
  return { contactGroupMembership: { contactGroupResourceName: `contactGroups/${groupId}` } };
}

/** @param {any} each @returns {string} group id */
export function idOf(each) {
  return each.contactGroupMembership.contactGroupResourceName.slice('contactGroups/'.length);
}

/** @param {Person} person @param {string} groupId */
export function isMember(person, groupId) {
  return (person.now.data.memberships ?? []).some((each) => idOf(each) === groupId);
}

/**
 * As the service writes it.
 * @param {State} state @param {string[]} fields @param {AddressBook} book @param {{ isSync?: boolean, limit?: number, disorder?: boolean, sources?: string[] }} [how]
 */
export function written(
  state,
  fields,
  book,
  { isSync = false, limit = Infinity, disorder = false, sources = [] } = {},
) {
  const { id, data, deleted, previous } = state;
  const person = { resourceName: `people/${id}`, etag: etagOf(state, fields) };
  if (fields.includes('metadata'))
    person.metadata = {
      sources: sourcesOf(state).filter(({ type }) => isAsked(type, sources)),
      ...(isSync &&
        previous.length > 0 && { previousResourceNames: previous.map((each) => `people/${each}`) }),
      ...(deleted && { deleted: true }),
      objectType: 'PERSON',
    };
  if (deleted) return person;
  for (const field of fields) {
    const items = data[field];
    if (!items || items.length === 0) continue;
    const cut = cutFields.includes(field) ? items.slice(0, limit) : items;
    // The first one, unless somebody chose another.
    const first = Math.max(
      cut.findIndex((item) => item.metadata?.sourcePrimary),
      0,
    );
    const told = cut.map((item, at) => ({
      ...workedOut[field]?.(item, book),
      ...item,
      metadata: {
        ...(at === first && { primary: true, sourcePrimary: true }),
        source: { type: 'CONTACT', id: sourceId(id) },
      },
    }));
    person[field] = disorder ? told.reverse() : told;
  }
  return person;
}

const cutFields = ['emailAddresses', 'phoneNumbers'];

/** What the service adds. @type {Record<string, (item: any, book: AddressBook) => object>} */
const workedOut = {
  names: (name) => {
    const parts = name.unstructuredName ? partsOf(name.unstructuredName) : {};
    const { honorificPrefix, givenName, middleName, familyName, honorificSuffix } = { ...parts, ...name };
    const whole = [honorificPrefix, givenName, middleName, familyName, honorificSuffix]
      .filter(Boolean)
      .join(' ');
    const displayName = name.unstructuredName ?? whole;
    const first = [givenName, middleName].filter(Boolean).join(' ');
    const displayNameLastFirst = familyName && first ? `${familyName}, ${first}` : displayName;
    return { displayName, displayNameLastFirst, unstructuredName: displayName, ...parts };
  },
  phoneNumbers: ({ value, type }, { region }) => {
    const number = parsePhoneNumberFromString(value ?? '', region);
    return {
      ...(number?.isValid() && { canonicalForm: number.number }),
      ...(type && { formattedType: formatted(type) }),
    };
  },
  emailAddresses: ({ type }) => (type ? { formattedType: formatted(type) } : {}),
  addresses: ({ type }) => (type ? { formattedType: formatted(type) } : {}),
  externalIds: ({ type }) => (type ? { formattedType: formatted(type) } : {}),
};

/** A free name is taken apart at its last space. @param {string} text */
function partsOf(text) {
  const at = text.lastIndexOf(' ');
  return at < 0 ? { givenName: text } : { givenName: text.slice(0, at), familyName: text.slice(at + 1) };
}

function formatted(type) {
  const words = type.replaceAll(/([A-Z])/g, ' $1');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function isAsked(type, sources) {
  return sources.length === 0 || sources.includes(`READ_SOURCE_TYPE_${type}`);
}

/** @param {State} state */
export function sourcesOf(state) {
  const updateTime = new Date(state.updated).toISOString().replace('Z', '123Z');
  const contact = { type: 'CONTACT', id: sourceId(state.id), etag: sourceEtag(state), updateTime };
  const profile = { type: 'PROFILE', id: `1${state.id.slice(2)}`, etag: '#profile' };
  return state.linked ? [profile, contact] : [contact];
}

function sourceId(id) {
  return BigInt(id.slice(1)).toString(16);
}

/** @param {State} state */
export function sourceEtag({ version }) {
  return `#${Buffer.from(`v${version}`).toString('base64')}`;
}

/** Its beginning is of the fields that were asked for, its end of the contact. @param {State} state @param {string[]} fields */
export function etagOf({ version }, fields) {
  const mask = createHash('sha256')
    .update([...fields].sort().join())
    .digest('base64url')
    .slice(0, 8);
  return `%${mask}${Buffer.from(`v${version}`).toString('base64')}`;
}

/** @param {string} etag of a person @param {State} state */
export function isEtagOf(etag, { version }) {
  return /^%.{8}/.test(etag) && etag.slice(9) === Buffer.from(`v${version}`).toString('base64');
}
