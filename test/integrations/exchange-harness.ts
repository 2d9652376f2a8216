import { type ContactField } from '../../src/contact-card/contact-fields.js';
import { newId } from '../../src/database/id.js';
import {
  type ConnectionAccess,
  type ContactsConnector,
  type RemoteFields,
} from '../../src/integrations/contacts-connector.js';
import { startFakeExchange, type FakeExchange } from '../fakes/exchange/server.js';
import { type Item } from '../fakes/exchange/mailbox.js';
import {
  type Call,
  type ProviderHarness,
  type RemoteMailbox,
  type StartOptions,
  type Trouble,
  type TroubleOptions,
} from './provider-harness.js';

const EMAIL = 'camille@nord.example';
const PASSWORD = 'pâté & "<colon>: 7';

/** Exchange, as the contract suite asks for it. @param allow lets the connector speak to a server */
export function exchangeHarness(
  connector: ContactsConnector,
  allow: (fake: FakeExchange) => void,
): ProviderHarness {
  return {
    connector,
    traits: { moveKeepsId: false, folders: 'nested', folderBin: true, listsOthers: true, pageSize: 512 },
    start: (options) => ExchangeMailbox.start(allow, options),
  };
}

const operations: Record<Call, string> = {
  folders: 'SyncFolderHierarchy',
  list: 'SyncFolderItems',
  read: 'GetItem',
  create: 'CreateItem',
  find: 'FindItem',
  update: 'UpdateItem',
  move: 'MoveItem',
  remove: 'DeleteItem',
};

type FakeTrouble = Parameters<FakeExchange['trouble']>[0];

const troubles: Record<Trouble, FakeTrouble> = {
  throttled: { kind: 'busy' },
  busy: { kind: 'code', code: 'ErrorInternalServerTransientError' },
  'bad-gateway': { kind: 'http', status: 502 },
  unavailable: { kind: 'http', status: 503 },
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
  quota: { kind: 'code', code: 'ErrorQuotaExceeded', at: -1 },
  refused: { kind: 'code', code: 'ErrorInvalidPropertySet', at: -1 },
};

/** Where a field of ours stands in a contact of Exchange. */
const phoneKeys: Partial<Record<ContactField, string>> = {
  workPhone: 'BusinessPhone',
  homePhone: 'HomePhone',
  mobilePhone: 'MobilePhone',
  faxNumber: 'BusinessFax',
  mainPhone: 'PrimaryPhone',
};

class ExchangeMailbox implements RemoteMailbox {
  private readonly connectionId = newId();

  private constructor(private readonly fake: FakeExchange) {}

  static async start(
    allow: (fake: FakeExchange) => void,
    { pageSize, cursorCharacters }: StartOptions = {},
  ): Promise<ExchangeMailbox> {
    const fake = await startFakeExchange({
      users: [{ email: EMAIL, password: PASSWORD, domain: 'NORD', login: 'camille' }],
      ...(pageSize && { pageLimit: pageSize }),
      ...(cursorCharacters && { stateBytes: cursorCharacters }),
    });
    allow(fake);
    return new ExchangeMailbox(fake);
  }

  private get box() {
    return this.fake.mailbox();
  }

  access({ signal = new AbortController().signal, secret = 'right' } = {}): ConnectionAccess {
    return {
      connectionId: this.connectionId,
      details: {
        ...{ ewsUrl: this.fake.url, username: 'NORD\\camille', version: 'Exchange2013_SP1', auth: 'ntlm' },
        ...{ serverVersion: 'Exchange 2019', serverBuild: '15.2.1544.11' },
      },
      secret: JSON.stringify({ password: secret === 'right' ? PASSWORD : 'the one before' }),
      signal,
      keep: () => Promise.resolve(),
    };
  }

  get defaultFolder() {
    return this.box.contactsId;
  }
  get binFolder() {
    return this.box.binId;
  }

  addFolder(name: string, parentId?: string) {
    return this.box.addFolder(name, { parentId }).id;
  }
  addHiddenFolder(name: string) {
    return this.box.addFolder(name, { folderClass: 'IPF.Contact.RecipientCache', hidden: true }).id;
  }
  renameFolder(id: string, name: string) {
    this.box.renameFolder(this.folder(id), name);
  }
  moveFolder(id: string, parentId: string) {
    this.box.moveFolder(this.folder(id), parentId);
  }
  removeFolder(id: string) {
    this.box.removeFolder(this.folder(id));
  }
  eraseFolder(id: string) {
    this.box.eraseFolder(this.folder(id));
  }
  protectFolder(id: string) {
    this.folder(id).readOnly = true;
  }
  denyFolder(id: string) {
    this.folder(id).denied = true;
  }

  add(fields: Partial<RemoteFields>, folderId = this.defaultFolder) {
    return this.box.addContact(partsOf(fields), { id: folderId }).id;
  }
  addPrivate(fields: Partial<RemoteFields>) {
    return this.box.addContact({ ...partsOf(fields), Sensitivity: 'Private' }).id;
  }
  edit(remoteId: string, fields: Partial<RemoteFields>) {
    this.box.edit(this.item(remoteId), partsOf(fields));
  }
  touch(remoteId: string) {
    this.box.touch(this.item(remoteId));
  }
  move(remoteId: string, folderId: string) {
    return this.box.move(this.item(remoteId), { id: folderId }).id;
  }
  copy(remoteId: string) {
    return this.box.copy(this.item(remoteId)).id;
  }
  remove(remoteId: string) {
    this.box.remove(this.item(remoteId));
  }
  erase(remoteId: string) {
    this.box.erase(this.item(remoteId));
  }
  addOther() {
    this.box.addList('Everybody of the workshop');
    this.box.addMessage('A message somebody dragged here');
  }
  addUnknown(remoteId: string) {
    this.box.edit(this.item(remoteId), {
      addresses: { Business: { Street: '1 rue des Essais', City: 'Lille', PostalCode: '59000' } },
      categories: ['Clients', 'Été'],
      ...{ Body: 'Likes tea.', Birthday: '1980-02-29T00:00:00Z', JobTitle: 'Cabinetmaker' },
      phones: { Pager: '+33 1 99 00 55 66', HomePhone2: '+33 1 99 00 55 67' },
      emails: { EmailAddress2: 'second@elsewhere.example' },
    });
  }
  unknownOf(remoteId: string) {
    const { addresses, categories, fields, phones, emails } = this.item(remoteId);
    const { Body, Birthday, JobTitle } = fields;
    return {
      ...{ addresses, categories, Body, Birthday, JobTitle },
      ...{ Pager: phones['Pager'], HomePhone2: phones['HomePhone2'], second: emails['EmailAddress2'] },
    };
  }
  contacts() {
    return this.box
      .contacts()
      .map((item) => ({ remoteId: item.id, folderId: item.folderId, fields: fieldsOf(item) }));
  }

  expireCursors() {
    this.box.expireStates();
  }
  changePassword() {
    this.fake.changePassword(EMAIL, `${PASSWORD} and another`);
  }
  trouble(kind: Trouble, { on, waitMs, ...options }: TroubleOptions = {}) {
    return this.fake.trouble({
      ...troubles[kind],
      ...options,
      ...(on && { operation: operations[on] }),
      ...(waitMs && { backOffMs: waitMs }),
    });
  }
  heal() {
    this.fake.heal();
  }
  during(call: Call, act: () => void) {
    this.fake.trouble({ kind: 'before', operation: operations[call], times: 1, run: act });
  }
  stop() {
    return this.fake.close();
  }

  calls(call?: Call) {
    return this.fake.asked(call && operations[call]).length;
  }
  refusedSignIns() {
    return this.fake.signIns.log.filter(({ ok }) => !ok).length;
  }
  mostAtOnce() {
    return this.fake.atOnce.most;
  }
  openSockets() {
    return this.fake.openSockets;
  }
  async close() {
    await this.fake.close();
  }

  private folder(id: string) {
    const folder = this.box.folders.get(id);
    if (!folder) throw new Error('no such folder');
    return folder;
  }
  private item(id: string): Item {
    const item = this.box.items.get(id);
    if (!item) throw new Error('no such contact');
    return item;
  }
}

function partsOf(fields: Partial<RemoteFields>): Record<string, unknown> {
  const parts: Record<string, unknown> = {};
  const phones: Record<string, string | null> = {};
  for (const [field, value] of Object.entries(fields)) {
    const key = phoneKeys[field as ContactField];
    if (key) phones[key] = value;
    else if (field === 'email') parts['emails'] = { EmailAddress1: value };
    else parts[field === 'organization' ? 'CompanyName' : 'DisplayName'] = value;
  }
  return { ...parts, phones };
}

function fieldsOf({ fields, emails, phones }: Item): RemoteFields {
  const found = {
    displayName: fields['DisplayName'] ?? null,
    email: emails['EmailAddress1']?.value ?? null,
    organization: fields['CompanyName'] ?? null,
  } as RemoteFields;
  for (const [field, key] of Object.entries(phoneKeys)) found[field as ContactField] = phones[key] ?? null;
  return found;
}
