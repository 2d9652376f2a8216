import { type ContactField } from '../../src/contact-card/contact-fields.js';
import {
  type ConnectionAccess,
  type ContactsConnector,
  type RemoteFields,
} from '../../src/integrations/contacts-connector.js';
import { idOf, membership, written, type Person } from '../fakes/google/address-book.js';
import { answers } from '../fakes/google/server.js';
import { GoogleAccount } from './google-account.js';
import {
  type Call,
  type ProviderHarness,
  type RemoteMailbox,
  type StartOptions,
  type Trouble,
  type TroubleOptions,
} from './provider-harness.js';

/** Google, as the contract suite asks for it. @param use tells the connector where this one answers */
export function googleHarness(
  connector: ContactsConnector,
  use: (account: GoogleAccount) => void,
): ProviderHarness {
  return {
    connector,
    traits: {
      ...{ moveKeepsId: true, folders: 'flat', folderBin: false, listsOthers: false, pageSize: 1000 },
      lacks: ['private contacts', 'folder rights', 'own sockets'],
    },
    start: async ({ pageSize, cursorCharacters }: StartOptions = {}) => {
      const account = await GoogleAccount.start({
        ...(pageSize && { pageLimit: pageSize }),
        ...(cursorCharacters && { tokenBytes: cursorCharacters }),
      });
      use(account);
      return new GoogleMailbox(account);
    },
  };
}

const operations: Record<Call, readonly string[]> = {
  folders: ['contactGroups.list'],
  list: ['people.connections.list'],
  read: ['people.get', 'people.getBatchGet'],
  create: ['people.createContact'],
  find: ['people.connections.list'],
  update: ['people.updateContact'],
  move: ['people.updateContact', 'contactGroups.members.modify'],
  remove: ['people.deleteContact'],
};

type FakeTrouble = Parameters<GoogleAccount['google']['trouble']>[0];

const troubles: Record<Trouble, FakeTrouble> = {
  throttled: { kind: 'http', status: 429, body: answers.rateLimited },
  busy: { kind: 'http', status: 500, body: answers.internal },
  'bad-gateway': { kind: 'http', status: 502 },
  unavailable: { kind: 'http', status: 503, body: answers.unavailable },
  'gateway-timeout': { kind: 'http', status: 504 },
  cut: { kind: 'cut' },
  truncated: { kind: 'truncated' },
  'sign-in-page': { kind: 'html' },
  redirect: { kind: 'redirect' },
  'not-found': { kind: 'http', status: 404 },
  forbidden: { kind: 'http', status: 403 },
  'entity-bomb': { kind: 'bomb' },
  huge: { kind: 'huge' },
  hang: { kind: 'hang' },
  'done-unheard': { kind: 'drop' },
  lost: { kind: 'lost' },
  quota: { kind: 'http', status: 400, body: answers.full },
  refused: { kind: 'http', status: 400, body: answers.refused },
};

/** Which type of number stands for a field of ours. */
const phoneTypes: Partial<Record<ContactField, string>> = {
  workPhone: 'work',
  homePhone: 'home',
  mobilePhone: 'mobile',
  faxNumber: 'workFax',
  mainPhone: 'main',
};

const unknownFields = ['addresses', 'biographies', 'birthdays', 'nicknames', 'urls', 'userDefined'];

type Data = Person['now']['data'];

class GoogleMailbox implements RemoteMailbox {
  readonly binFolder = null;
  readonly defaultFolder = 'contactGroups/myContacts';

  constructor(private readonly account: GoogleAccount) {}

  private get google() {
    return this.account.google;
  }
  private get book() {
    return this.google.book();
  }

  access(options?: { signal?: AbortSignal; secret?: 'right' | 'old' }): ConnectionAccess {
    return this.account.access(options);
  }

  addFolder(name: string) {
    return `contactGroups/${this.book.addGroup(name).id}`;
  }
  addHiddenFolder() {
    return 'contactGroups/chatBuddies';
  }
  renameFolder(id: string, name: string) {
    this.book.renameGroup(this.group(id), name);
  }
  moveFolder() {
    throw new Error('Labels are in no other');
  }
  removeFolder(id: string) {
    this.book.removeGroup(this.group(id));
  }
  eraseFolder(id: string) {
    this.removeFolder(id);
  }
  protectFolder() {
    throw new Error('Labels have no rights of their own');
  }
  denyFolder() {
    throw new Error('Labels have no rights of their own');
  }

  add(fields: Partial<RemoteFields>, folderId = this.defaultFolder) {
    const memberships = [membership(folderId.slice('contactGroups/'.length))];
    return idAt(this.book.add({ ...dataOf(fields, {}), memberships }));
  }
  addPrivate(): string {
    throw new Error('Nothing is private among one’s contacts');
  }
  edit(remoteId: string, fields: Partial<RemoteFields>) {
    const person = this.person(remoteId);
    this.book.edit(person, dataOf(fields, person.now.data));
  }
  touch(remoteId: string) {
    this.book.edit(this.person(remoteId), {});
  }
  move(remoteId: string, folderId: string) {
    const person = this.person(remoteId);
    this.book.edit(person, { memberships: [membership(folderId.slice('contactGroups/'.length))] });
    return remoteId;
  }
  copy(remoteId: string) {
    return idAt(this.book.add(this.person(remoteId).now.data));
  }
  remove(remoteId: string) {
    this.book.remove(this.person(remoteId));
  }
  erase(remoteId: string) {
    this.remove(remoteId);
  }
  addOther() {
    // Nothing else is among contacts.
  }
  addUnknown(remoteId: string) {
    const person = this.person(remoteId);
    const { phoneNumbers = [], emailAddresses = [] } = person.now.data;
    this.book.edit(person, {
      addresses: [{ type: 'work', streetAddress: '1 rue des Essais', city: 'Lille', postalCode: '59000' }],
      biographies: [{ value: 'Likes tea.', contentType: 'TEXT_PLAIN' }],
      birthdays: [{ date: { year: 1980, month: 2, day: 29 } }],
      nicknames: [{ value: 'Zozo' }],
      urls: [{ value: 'https://durand.example', type: 'homePage' }],
      userDefined: [{ key: 'Clients', value: 'Été' }],
      phoneNumbers: [...phoneNumbers, ...unknownPhones],
      emailAddresses: [...emailAddresses, ...unknownEmails],
    });
  }
  unknownOf(remoteId: string) {
    const { data } = this.person(remoteId).now;
    const kept = (items: Data[string], known: readonly { value: string }[]) =>
      items.filter(({ value }) => known.some((each) => each.value === value));
    return {
      ...Object.fromEntries(unknownFields.map((field) => [field, data[field]])),
      phoneNumbers: kept(data['phoneNumbers'], unknownPhones),
      emailAddresses: kept(data['emailAddresses'], unknownEmails),
    };
  }
  contacts() {
    return this.book.contacts.map((person) => ({
      ...{ remoteId: idAt(person), fields: fieldsOf(person, this.book) },
      folderId: `contactGroups/${idOf(person.now.data['memberships'][0])}`,
    }));
  }

  expireCursors() {
    this.book.expireTokens();
  }
  changePassword() {
    this.account.oauth.withdraw();
  }
  trouble(kind: Trouble, { on, waitMs, ...options }: TroubleOptions = {}) {
    return this.google.trouble({
      ...troubles[kind],
      ...options,
      ...(on && { operation: operations[on] }),
      ...(waitMs && { headers: { 'Retry-After': String(waitMs / 1000) } }),
    });
  }
  heal() {
    this.google.heal();
  }
  during(call: Call, act: () => void) {
    this.google.trouble({ kind: 'before', operation: operations[call], times: 1, run: act });
  }
  stop() {
    return this.google.close();
  }

  calls(call?: Call) {
    return this.google.asked(...(call ? operations[call] : [])).length;
  }
  refusedSignIns() {
    return this.account.refusedSignIns();
  }
  mostAtOnce() {
    return this.google.listener.atOnce.most;
  }
  openSockets() {
    return this.google.listener.openSockets;
  }
  close() {
    return this.account.close();
  }

  private group(id: string) {
    const group = this.book.group(id.slice('contactGroups/'.length));
    if (!group) throw new Error('no such label');
    return group;
  }
  private person(remoteId: string): Person {
    const person = this.book.find(remoteId.slice('people/'.length));
    if (!person) throw new Error('no such contact');
    return person;
  }
}

const unknownPhones = [
  { value: '+33 1 99 00 55 66', type: 'pager' },
  { value: '+33 1 99 00 55 67', type: 'home' },
  { value: '+33 1 99 00 55 68', type: 'the boat' },
];
const unknownEmails = [{ value: 'second@elsewhere.example', type: 'home' }];

function idAt({ now }: Person): string {
  return `people/${now.id}`;
}

/** Replaces what is given, and leaves the rest of each list. */
function dataOf(fields: Partial<RemoteFields>, before: Data): Data {
  const data: Data = {};
  const { displayName, email, organization } = fields;
  if (displayName !== undefined)
    data['names'] = displayName === null ? [] : [{ unstructuredName: displayName }];
  if (email !== undefined) data['emailAddresses'] = email === null ? [] : [{ value: email }];
  if (organization !== undefined)
    data['organizations'] = organization === null ? [] : [{ name: organization }];
  for (const [field, type] of Object.entries(phoneTypes)) {
    const value = fields[field as ContactField];
    if (value === undefined) continue;
    const others = (data['phoneNumbers'] ?? before['phoneNumbers'] ?? []).filter(
      (each) => each.type !== type,
    );
    data['phoneNumbers'] = value === null ? others : [...others, { value, type }];
  }
  return data;
}

function fieldsOf(person: Person, book: ReturnType<GoogleAccount['google']['book']>): RemoteFields {
  const { data } = person.now;
  const shown = written(person.now, ['names'], book) as { names?: { displayName: string }[] };
  const fields = {
    displayName: shown.names?.[0].displayName ?? null,
    email: data['emailAddresses']?.[0]?.value ?? null,
    organization: data['organizations']?.[0]?.name ?? null,
  } as RemoteFields;
  for (const [field, type] of Object.entries(phoneTypes))
    fields[field as ContactField] = data['phoneNumbers']?.find((each) => each.type === type)?.value ?? null;
  return fields;
}
