/* The methods of the People API that are kept in people-v1.json, on an address book. */
import * as books from './address-book.js';
import { errorInfo, invalid, notFound, Refusal } from './refusal.js';

/** @import { AddressBook, Group, Person } from './address-book.js' */

/**
 * @typedef {object} Ask
 * @property {AddressBook} book
 * @property {Record<string, string>} place values of the path
 * @property {URLSearchParams} query
 * @property {any} body
 * @property {Rules} rules
 *
 * @typedef {object} Rules
 * @property {number} pageLimit most contacts of a page, whatever is asked
 * @property {number} tokenBytes least length of page and sync tokens
 * @property {400 | 410} expiredAs status of an expired sync token
 * @property {boolean} disorder lists within a person in another order than they were written
 * @property {boolean} allListsLag also those that are read without a sync token
 * @property {() => number} now
 */

const WEEK_MS = 7 * 86_400_000;
const LISTED_AT_MOST = 100;

/** @type {Record<string, (ask: Ask) => unknown>} */
export const peopleMethods = {
  'people.connections.list': listConnections,
  'people.get': ({ book, place, query, rules }) => {
    const fields = fieldsOf(query, 'personFields', true);
    return told(personAt(book, place.resourceName), fields, book, rules, query);
  },
  'people.getBatchGet': ({ book, query, rules }) => {
    const fields = fieldsOf(query, 'personFields', true);
    const names = query.getAll('resourceNames');
    if (names.length === 0 || names.length > 200)
      throw invalid('resourceNames must have between 1 and 200 resource names.', 'resource_names');
    return {
      responses: names.map((requestedResourceName) => {
        const person = book.find(requestedResourceName.slice('people/'.length));
        const status = person ? {} : { code: 5, message: 'Requested entity was not found.' };
        return {
          ...{ requestedResourceName, httpStatusCode: person ? 200 : 404, status },
          ...(person && { person: told(person, fields, book, rules) }),
        };
      }),
    };
  },
  'people.createContact': ({ book, query, body, rules }) => {
    const fields = fieldsOf(query, 'personFields', false);
    return told(book.add(dataOf(body, writableFields, book)), fields, book, rules, query);
  },
  'people.updateContact': ({ book, place, query, body, rules }) => {
    const fields = fieldsOf(query, 'personFields', false);
    const person = personAt(book, place.resourceName);
    update(book, person, body, query.get('updatePersonFields'), 'updatePersonFields');
    return told(person, fields, book, rules, query);
  },
  'people.deleteContact': ({ book, place }) => {
    book.remove(personAt(book, place.resourceName));
    return {};
  },
  'people.batchCreateContacts': ({ book, body, rules }) => {
    const fields = bodyFields(body.readMask);
    const contacts = body.contacts ?? [];
    if (contacts.length === 0 || contacts.length > 200)
      throw invalid('contacts: between 1 and 200', 'contacts');
    const all = contacts.map(({ contactPerson }) => dataOf(contactPerson, writableFields, book));
    return { createdPeople: all.map((data) => answered(book.add(data), fields, book, rules)) };
  },
  'people.batchUpdateContacts': ({ book, body, rules }) => {
    const fields = bodyFields(body.readMask);
    const contacts = Object.entries(body.contacts ?? {});
    if (contacts.length === 0 || contacts.length > 200)
      throw invalid('contacts: between 1 and 200', 'contacts');
    const updates = contacts.map(([name, wanted]) => ({ name, person: personAt(book, name), wanted }));
    for (const { person, wanted } of updates) requireEtag(person, wanted);
    for (const { person, wanted } of updates) update(book, person, wanted, body.updateMask, 'updateMask');
    return {
      updateResult: Object.fromEntries(
        updates.map(({ name, person }) => [name, answered(person, fields, book, rules)]),
      ),
    };
  },
  'people.batchDeleteContacts': ({ book, body }) => {
    const names = body.resourceNames ?? [];
    if (names.length === 0 || names.length > 500)
      throw invalid('resource_names: between 1 and 500', 'resource_names');
    for (const person of names.map((name) => personAt(book, name))) book.remove(person);
    return {};
  },
  'contactGroups.list': listGroups,
  'contactGroups.get': ({ book, place, query }) => {
    const group = groupAt(book, place.resourceName);
    const most = Number(query.get('maxMembers') ?? 0);
    const members = book.contacts.filter((person) => books.isMember(person, group.id)).slice(0, most);
    return {
      ...writtenGroup(group, book),
      ...(members.length > 0 && { memberResourceNames: members.map(({ now }) => `people/${now.id}`) }),
    };
  },
  'contactGroups.batchGet': ({ book, query }) => {
    const names = query.getAll('resourceNames');
    if (names.length === 0 || names.length > 200)
      throw invalid('resource_names must have between 1 and 200 names.', 'resource_names');
    return {
      responses: names.map((requestedResourceName) => {
        const group = book.group(requestedResourceName.slice('contactGroups/'.length));
        const status = group ? {} : { code: 5, message: 'Requested entity was not found.' };
        return { requestedResourceName, status, ...(group && { contactGroup: writtenGroup(group, book) }) };
      }),
    };
  },
  'contactGroups.create': ({ book, body }) =>
    writtenGroup(book.addGroup(freeName(book, body.contactGroup?.name)), book),
  'contactGroups.update': ({ book, place, body }) => {
    const group = groupAt(book, place.resourceName);
    if (group.isSystem) throw invalid('Cannot modify a system contact group.');
    book.renameGroup(group, freeName(book, body.contactGroup?.name, group));
    return writtenGroup(group, book);
  },
  'contactGroups.delete': ({ book, place, query }) => {
    const group = groupAt(book, place.resourceName);
    if (group.isSystem) throw invalid('Cannot delete a system contact group.');
    const members = book.contacts.filter((person) => books.isMember(person, group.id));
    book.removeGroup(group);
    if (query.get('deleteContacts') === 'true') for (const person of members) book.remove(person);
    return {};
  },
  'contactGroups.members.modify': modifyMembers,
};

/** Those that write, one after another for one user. */
export const mutations = Object.keys(peopleMethods).filter((name) => !/(list|get|Get)$/.test(name));

/** @param {Ask} ask */
function listConnections({ book, place, query, rules }) {
  if (place.resourceName !== 'people/me') throw invalid('Only people/me is valid.', 'resource_name');
  const fields = fieldsOf(query, 'personFields', true);
  const size = sizeOf(query, 100, rules.pageLimit);
  const { token, since, fullAt } = startOf(query, 'connections', book, rules);
  const isSync = query.get('requestSyncToken') === 'true' || since !== null;
  // Only what is read for a sync token lags behind, unless told.
  const stateOf = (person) => (isSync || rules.allListsLag ? person.shown : person.now);
  const listed = [...book.persons.values()].filter((person) => {
    const state = stateOf(person);
    // What happens meanwhile is told to the sync token of this run.
    return state && (since === null ? !state.deleted : person.seq > since && person.seq <= token.seq);
  });
  const isLatestFirst = query.get('sortOrder') === 'LAST_MODIFIED_DESCENDING';
  const rank = (person) => {
    if (since !== null) return person.seq;
    return isLatestFirst ? -stateOf(person).updated : person.order;
  };
  const rest = listed
    .filter((person) => token.after === null || rank(person) > token.after)
    .sort((one, other) => rank(one) - rank(other));
  const page = rest.slice(0, size);
  const how = { ...rules, isSync: since !== null, limit: LISTED_AT_MOST, sources: query.getAll('sources') };
  const last = page.length === rest.length;
  const next = (kind, after) => encoded({ ...token, kind: `connections ${kind}`, after, fullAt }, rules);
  return {
    ...(page.length > 0 && {
      connections: page.map((person) => books.written(stateOf(person), fields, book, how)),
    }),
    ...(!last && { nextPageToken: next('page', rank(page.at(-1))) }),
    ...(last && query.get('requestSyncToken') === 'true' && { nextSyncToken: next('sync', null) }),
    ...(since === null && { totalPeople: listed.length, totalItems: listed.length }),
  };
}

/** @param {Ask} ask */
function listGroups({ book, query, rules }) {
  const size = sizeOf(query, 30, 1000);
  const { token, since, fullAt } = startOf(query, 'groups', book, rules);
  const listed = [...book.groups.values()]
    .filter(({ seq, deleted }) => (since === null ? !deleted : seq > since && seq <= token.seq))
    .sort((one, other) => one.seq - other.seq);
  const rest = listed.filter(({ seq }) => token.after === null || seq > token.after);
  const page = rest.slice(0, size);
  const last = page.length === rest.length;
  return {
    ...(page.length > 0 && { contactGroups: page.map((group) => writtenGroup(group, book)) }),
    ...(since === null && { totalItems: listed.length }),
    ...(last
      ? { nextSyncToken: encoded({ ...token, kind: 'groups sync', after: null, fullAt }, rules) }
      : { nextPageToken: encoded({ ...token, kind: 'groups page', after: page.at(-1).seq }, rules) }),
  };
}

/**
 * Where a list begins: from nothing, at a page, or with what changed since. Every other parameter has to be as it was.
 * @returns {{ token: any, since: number | null, fullAt: number }} `token.seq`: of the last change when this run began
 */
function startOf(query, kind, book, rules) {
  const same = [...query].filter(([name]) => !['pageToken', 'syncToken'].includes(name));
  const as = same
    .map((pair) => pair.join('='))
    .sort()
    .join('&');
  const page = query.get('pageToken');
  const sync = query.get('syncToken');
  const given = decoded(page ?? sync);
  const start = { epoch: book.epoch, as, seq: book.seq, after: null, since: null, fullAt: rules.now() };
  if (page === null && sync === null) return { token: start, since: null, fullAt: start.fullAt };
  if (given?.kind !== `${kind} ${page === null ? 'sync' : 'page'}`)
    throw invalid(
      page === null ? 'Sync token is invalid.' : 'Page token is invalid.',
      page === null ? 'sync_token' : 'page_token',
    );
  // Each page is asked as the first one was, with its sync token.
  if (given.as !== as || (page !== null && (sync === null) !== (given.since === null)))
    throw invalid(
      'Request parameters must match the first call that provided the token.',
      page === null ? 'sync_token' : 'page_token',
    );
  if (given.epoch !== book.epoch || given.fullAt + WEEK_MS <= rules.now()) throw expired(rules.expiredAs);
  if (page !== null) return { token: given, since: given.since, fullAt: given.fullAt };
  return {
    token: { ...start, since: given.seq, fullAt: given.fullAt },
    since: given.seq,
    fullAt: given.fullAt,
  };
}

/** The guide says 410, the service 400. */
function expired(status) {
  return new Refusal(
    ...[status, 'FAILED_PRECONDITION'],
    'Sync token is expired. Clear local cache and retry call without the sync token.',
    [errorInfo('EXPIRED_SYNC_TOKEN', 'people.googleapis.com')],
  );
}

function encoded(token, { tokenBytes }) {
  const padding = 'x'.repeat(Math.max(tokenBytes - JSON.stringify(token).length, 0));
  return Buffer.from(JSON.stringify({ ...token, padding })).toString('base64');
}

function decoded(text) {
  try {
    return JSON.parse(Buffer.from(text ?? '', 'base64').toString());
  } catch {
    return null;
  }
}

/** @param {Person} person @param {string[]} fields @param {AddressBook} book @param {Rules} rules */
function told(person, fields, book, { disorder }, query = new URLSearchParams()) {
  return books.written(person.now, fields, book, { disorder, sources: query.getAll('sources') });
}

/** Of a batch: an empty mask reads nothing. */
function answered(person, fields, book, rules) {
  const status = { httpStatusCode: 200, status: {}, requestedResourceName: `people/${person.now.id}` };
  return fields.length > 0 ? { ...status, person: told(person, fields, book, rules) } : status;
}

/** @param {AddressBook} book @param {string} name @returns {Person} */
function personAt(book, name) {
  const person = book.find(name.slice('people/'.length));
  if (!person) throw notFound();
  return person;
}

/** @param {AddressBook} book @param {string} name @returns {Group} */
function groupAt(book, name) {
  const group = book.group(name.slice('contactGroups/'.length));
  if (!group) throw notFound();
  return group;
}

const { properties } = books.people.schemas.Person;
const notFields = ['etag', 'resourceName', 'ageRange'];
const readableFields = Object.keys(properties).filter((name) => !notFields.includes(name));
const singletons = ['names', 'biographies', 'birthdays', 'genders'];
const writableFields = [
  ...['addresses', 'biographies', 'birthdays', 'calendarUrls', 'clientData', 'emailAddresses', 'events'],
  ...[
    'externalIds',
    'genders',
    'imClients',
    'interests',
    'locales',
    'locations',
    'memberships',
    'miscKeywords',
  ],
  ...[
    'names',
    'nicknames',
    'occupations',
    'organizations',
    'phoneNumbers',
    'relations',
    'sipAddresses',
    'urls',
  ],
  'userDefined',
];
const help = 'Valid paths are documented at https://developers.google.com/people/api/rest/v1/people/get.';

function fieldsOf(query, name, isRequired) {
  const text = query.get(name);
  if (!text) {
    if (isRequired)
      throw invalid(`${name} mask is required. Please specify one or more valid paths. ${help}`, name);
    return readableFields;
  }
  return namesIn(text, readableFields, name);
}

function bodyFields(mask) {
  return mask ? namesIn(mask, readableFields, 'readMask') : [];
}

function namesIn(text, known, name) {
  const fields = text.split(',');
  const unknown = fields.find((field) => !known.includes(field));
  if (unknown !== undefined) throw invalid(`Invalid ${name} mask path: "${unknown}". ${help}`, name);
  return fields;
}

function sizeOf(query, usual, most) {
  const size = Number(query.get('pageSize') ?? 0);
  if (size < 0 || size > 1000) throw invalid('Page size must be between 1 and 1000.', 'page_size');
  return Math.min(size || usual, most);
}

/** What of a body is kept. @param {any} body @param {string[]} fields @param {AddressBook} book @returns {Record<string, any[]>} */
function dataOf(body, fields, book) {
  const data = {};
  for (const field of fields) {
    const items = body?.[field];
    if (!items) continue;
    if (singletons.includes(field) && items.length > 1)
      throw invalid(`Only one value is allowed for ${field}.`, `person.${field}`);
    const kept = field === 'memberships' ? membershipsOf(items, book) : items.map(cleaned(field));
    data[field] = kept.filter((item) => isWorth(field, item));
  }
  if (data.memberships?.length === 0) delete data.memberships;
  return data;
}

function cleaned(field) {
  const schema = properties[field].items.$ref;
  // The first one is it anyway.
  return (item, at) => ({
    ...books.people.writable(schema, item),
    ...(at > 0 && item.metadata?.sourcePrimary && { metadata: { sourcePrimary: true } }),
  });
}

function isWorth(field, item) {
  if (['phoneNumbers', 'emailAddresses'].includes(field)) return Boolean(item.value);
  return Object.keys(item).some((key) => key !== 'metadata');
}

function membershipsOf(items, book) {
  const names = items
    .map(({ contactGroupMembership: each }) => each?.contactGroupResourceName)
    .filter(Boolean);
  return [...new Set(names)].map((name) => {
    const id = name.slice('contactGroups/'.length);
    const group = book.group(id);
    if (!group || (group.isSystem && !['myContacts', 'starred'].includes(id)))
      throw invalid(`Invalid contact group resource name: ${name}`, 'person.memberships');
    return books.membership(id);
  });
}

/** @throws {Refusal} where the body does not name what it changes, or something older */
function requireEtag({ now }, body) {
  const etag = body.etag;
  const source = body.metadata?.sources?.find(({ type }) => type === 'CONTACT')?.etag;
  if (!etag && !source)
    throw invalid(
      'Request must set person.etag or person.metadata.sources.etag for the source that is being updated.',
      'person.etag',
    );
  if (etag ? !books.isEtagOf(etag, now) : source !== books.sourceEtag(now))
    throw new Refusal(
      ...[400, 'FAILED_PRECONDITION'],
      'Request person.etag is different than the current person.etag. Clear local cache and get the latest person.',
    );
}

function update(book, person, body, mask, name) {
  if (!mask) throw invalid(`${name} mask is required. Please specify one or more valid paths. ${help}`, name);
  const fields = namesIn(mask, writableFields, name);
  requireEtag(person, body);
  const data = dataOf(body, fields, book);
  if (fields.includes('memberships') && !data.memberships)
    throw invalid(
      'person.memberships must have at least one contact group membership.',
      'person.memberships',
    );
  book.edit(person, { ...Object.fromEntries(fields.map((field) => [field, []])), ...data });
}

function freeName(book, text, self = null) {
  const name = text?.trim();
  if (!name) throw invalid('Contact group name cannot be empty.', 'contact_group.name');
  const taken = [...book.groups.values()].some(
    (group) => group !== self && !group.deleted && group.name === name,
  );
  if (taken) throw new Refusal(409, 'ALREADY_EXISTS', 'Contact group name already exists.');
  return name;
}

const localised = {
  myContacts: 'My Contacts',
  starred: 'Starred',
  chatBuddies: 'Chat contacts',
  all: 'All contacts',
};

/** @param {Group} group @param {AddressBook} book */
function writtenGroup({ id, name, isSystem, version, updated, deleted }, book) {
  const resourceName = `contactGroups/${id}`;
  const etag = Buffer.from(`g${version}`).toString('base64');
  const metadata = { updateTime: new Date(updated).toISOString(), ...(deleted && { deleted }) };
  if (deleted) return { resourceName, etag, metadata };
  const memberCount = book.contacts.filter((person) => books.isMember(person, id)).length;
  return {
    ...{ resourceName, etag, groupType: isSystem ? 'SYSTEM_CONTACT_GROUP' : 'USER_CONTACT_GROUP', name },
    formattedName: isSystem ? (localised[id] ?? name.charAt(0).toUpperCase() + name.slice(1)) : name,
    ...(!isSystem && { metadata }),
    ...(memberCount > 0 && { memberCount }),
  };
}

/** @param {Ask} ask */
function modifyMembers({ book, place, body }) {
  const group = groupAt(book, place.resourceName);
  const [adding, removing] = [body.resourceNamesToAdd ?? [], body.resourceNamesToRemove ?? []];
  if (adding.length + removing.length > 1000 || adding.length + removing.length === 0)
    throw invalid('The number of resource names must be between 1 and 1000.', 'resource_names_to_add');
  if (adding.length > 0 && group.isSystem && !['myContacts', 'starred'].includes(group.id))
    throw invalid('Cannot add members to this system contact group.');
  const [notFoundResourceNames, canNotRemoveLastContactGroupResourceNames] = [[], []];
  const members = (names, act) => {
    for (const name of names) {
      const person = book.find(name.slice('people/'.length));
      if (person) act(person, name);
      else notFoundResourceNames.push(name);
    }
  };
  members(adding, (person) => {
    const { memberships = [] } = person.now.data;
    if (!books.isMember(person, group.id))
      book.edit(person, { memberships: [...memberships, books.membership(group.id)] });
  });
  members(removing, (person, name) => {
    const left = (person.now.data.memberships ?? []).filter((each) => books.idOf(each) !== group.id);
    if (!books.isMember(person, group.id)) return;
    if (left.length === 0) canNotRemoveLastContactGroupResourceNames.push(name);
    else book.edit(person, { memberships: left });
  });
  return {
    ...(notFoundResourceNames.length > 0 && { notFoundResourceNames }),
    ...(canNotRemoveLastContactGroupResourceNames.length > 0 && {
      canNotRemoveLastContactGroupResourceNames,
    }),
  };
}
