/* Which request is what, and what may be asked with which permission. */
import * as calendars from './calendars-api.js';
import * as contacts from './contacts-api.js';
import { readQuery, selected } from './query.js';
import { denied, GraphError } from './refusal.js';

/** @import { Around } from './contacts-api.js' */

/**
 * What a request is called in tests: `me`; `folders` (also their delta), `changeFolders`; `list` (the delta of contacts), `all`
 * (contacts page by page), `find`, `read`, `create`, `update`, `move`, `remove`; `calendars`, `events` (also their delta),
 * `event`; `other`.
 * @param {string} method @param {string[]} segments @param {string} search @returns {string}
 */
export function operationOf(method, segments, search) {
  return routeOf(method, segments)?.[0](new URLSearchParams(search)) ?? 'other';
}

/** A move is an update to whoever looks at the address alone. @param {unknown} body */
export function isMove(body) {
  return typeof body === 'object' && body !== null && 'parentFolderId' in body;
}

/**
 * @param {{ method: string, segments: string[], search: string, path: string, body: unknown, headers: Record<string, any> }} asked
 * @param {{ mailbox: import('./mailbox.js').Mailbox, ways: import('./server.js').Ways, scopes: string[], prefers: import('./query.js').Preferences, base: string }} around
 * @returns {import('./contacts-api.js').Answer} @throws {GraphError}
 */
export function perform({ method, segments, search, body, headers }, { scopes, ...around }) {
  const route = routeOf(method, segments);
  if (!route)
    throw new GraphError(400, 'BadRequest', `Resource not found for the segment '${segments.at(-1)}'.`);
  const [, allowed, act] = route;
  const names = scopes.map((scope) => scope.replace(/^https:\/\/graph\.microsoft\.com\//i, ''));
  if (!allowed.some((scope) => names.includes(scope))) throw denied();
  if (around.mailbox.noMailbox && segments.length > 1)
    throw new GraphError(404, 'MailboxNotEnabledForRESTAPI');
  return act({
    ...around,
    ...{ body, ifMatch: headers['if-match'] },
    query: (typeName, options) => readQuery(search, typeName, options),
  });
}

const readContacts = ['Contacts.Read', 'Contacts.ReadWrite'];
const writeContacts = ['Contacts.ReadWrite'];
const readCalendars = ['Calendars.Read', 'Calendars.ReadWrite'];

/** @returns {[name: (values: URLSearchParams) => string, scopes: string[], act: (around: Around) => import('./contacts-api.js').Answer] | null} */
function routeOf(method, segments) {
  const [me, what, ...rest] = segments;
  if (me !== 'me') return null;
  if (what === undefined) return method === 'GET' ? [() => 'me', ['User.Read'], getMe] : null;
  if (what === 'contactFolders') return folderRoute(method, rest);
  if (what === 'contacts') return contactsRoute(method, rest, null);
  return method === 'GET' ? calendarRoute([what, ...rest]) : null;
}

function folderRoute(method, [id, below, ...rest]) {
  const named = (name) => () => name;
  if (id === undefined) {
    if (method === 'GET')
      return [named('folders'), readContacts, (around) => contacts.listFolders(around, null)];
    if (method !== 'POST') return null;
    return [
      named('changeFolders'),
      writeContacts,
      (around) => contacts.createFolder(around, around.mailbox.contactsId),
    ];
  }
  if (isDelta(id)) return method === 'GET' ? [named('folders'), readContacts, contacts.folderDelta] : null;
  const folder = (around) => contacts.folderOf(around, id);
  if (below === undefined) {
    const act = { GET: contacts.getFolder, PATCH: contacts.updateFolder, DELETE: contacts.deleteFolder }[
      method
    ];
    if (!act) return null;
    const isRead = method === 'GET';
    return [
      named(isRead ? 'folders' : 'changeFolders'),
      isRead ? readContacts : writeContacts,
      (around) => act(around, folder(around)),
    ];
  }
  if (below === 'childFolders' && rest.length === 0) {
    if (method === 'GET')
      return [named('folders'), readContacts, (around) => contacts.listFolders(around, folder(around).id)];
    if (method !== 'POST') return null;
    return [
      named('changeFolders'),
      writeContacts,
      (around) => contacts.createFolder(around, folder(around).id),
    ];
  }
  return below === 'contacts' ? contactsRoute(method, rest, id) : null;
}

/** @param {string | null} folderId null: the default one, and any for a contact by its id */
function contactsRoute(method, [id, ...rest], folderId) {
  if (rest.length > 0) return null;
  const folder = (around) => contacts.folderOf(around, folderId ?? around.mailbox.contactsId);
  if (id === undefined) {
    const path = folderId ? `/me/contactFolders/${encodeURIComponent(folderId)}/contacts` : '/me/contacts';
    if (method === 'GET')
      return [
        (values) => (values.has('$filter') ? 'find' : 'all'),
        readContacts,
        (around) => contacts.listContacts(around, folder(around), path),
      ];
    return method === 'POST'
      ? [() => 'create', writeContacts, (around) => contacts.createContact(around, folder(around))]
      : null;
  }
  if (isDelta(id))
    return method === 'GET'
      ? [() => 'list', readContacts, (around) => contacts.contactDelta(around, folder(around))]
      : null;
  const [name, act] =
    {
      GET: ['read', contacts.getContact],
      PATCH: ['update', contacts.updateContact],
      DELETE: ['remove', contacts.deleteContact],
    }[method] ?? [];
  if (!act) return null;
  const contact = (around) => contacts.contactOf(around, id, folderId ? folder(around) : undefined);
  return [
    () => name,
    method === 'GET' ? readContacts : writeContacts,
    (around) => act(around, contact(around)),
  ];
}

/** @param {string[]} segments */
function calendarRoute([what, ...rest]) {
  const named = (name, act) => [() => name, readCalendars, act];
  if (what === 'calendars' && rest.length === 0) return named('calendars', calendars.listCalendars);
  if (what === 'events' && rest.length === 2 && rest[1] === 'instances')
    return named('event', (around) => calendars.listInstances(around, rest[0]));
  if (what === 'events')
    return rest.length === 1 && !isDelta(rest[0])
      ? named('event', (around) => calendars.getEvent(around, rest[0]))
      : null;
  const [id, view, delta] =
    what === 'calendars' ? rest : what === 'calendar' ? [undefined, ...rest] : [undefined, what, ...rest];
  const calendar = (around) => calendars.calendarOf(around, id);
  if (view === undefined)
    return named('calendars', (around) => calendars.getCalendar(around, calendar(around)));
  if (view !== 'calendarView') return null;
  const path = `/me${id ? `/calendars/${encodeURIComponent(id)}` : ''}/calendarView`;
  if (delta === undefined)
    return named('events', (around) => calendars.calendarView(around, calendar(around), path));
  return isDelta(delta)
    ? named('events', (around) => calendars.calendarViewDelta(around, calendar(around), `${path}/delta`))
    : null;
}

function isDelta(segment) {
  return segment === 'delta' || segment === 'delta()' || segment === 'microsoft.graph.delta()';
}

/** @param {Around} around */
function getMe(around) {
  const { select } = around.query('user', ['$select']);
  const { email, displayName, id } = around.mailbox;
  const whole = {
    id,
    displayName,
    mail: email,
    userPrincipalName: email,
    givenName: null,
    surname: null,
    preferredLanguage: null,
  };
  return {
    status: 200,
    body: { '@odata.context': `${around.base}/$metadata#users/$entity`, ...selected(whole, select, 'user') },
  };
}
