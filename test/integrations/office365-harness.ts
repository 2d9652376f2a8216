import { type ContactField } from '../../src/contact-card/contact-fields.js';
import { type MicrosoftSettings } from '../../src/config/environment.js';
import { newId } from '../../src/database/id.js';
import {
  type ConnectionAccess,
  type ContactsConnector,
  type RemoteFields,
} from '../../src/integrations/contacts-connector.js';
import { type Contact } from '../fakes/office365/mailbox.js';
import { refusalBody, startFakeGraph, type FakeGraph, type Options } from '../fakes/office365/server.js';
import { startFakeOAuth, type FakeOAuth } from '../fakes/oauth/server.js';
import { type Trouble as FakeTrouble } from '../fakes/web/troubles.js';
import {
  type Call,
  type ProviderHarness,
  type RemoteMailbox,
  type StartOptions,
  type Trouble,
  type TroubleOptions,
} from './provider-harness.js';

const EMAIL = 'camille@nord.example';
const SCOPES = ['openid', 'profile', 'offline_access', 'User.Read', 'Contacts.ReadWrite', 'Calendars.Read'];

/**
 * Microsoft 365, as the contract suite asks for it.
 * @param use tells the connector where a server is
 */
export function office365Harness(
  connector: ContactsConnector,
  use: (settings: MicrosoftSettings) => void,
): ProviderHarness {
  return {
    connector,
    traits: {
      ...{ moveKeepsId: true, folders: 'nested', folderBin: false, listsOthers: false, pageSize: 500 },
      lacks: ['own sockets'],
    },
    start: (options) => GraphMailbox.start(use, options),
  };
}

/** Both servers of Microsoft, for one person. */
export async function startMicrosoft(ways: Options['ways'] = {}) {
  const oauth = await startFakeOAuth({
    dialect: 'microsoft',
    accounts: [{ email: EMAIL, name: 'Camille Lefèvre' }],
  });
  const fake = await startFakeGraph({ oauth, ways });
  const settings: MicrosoftSettings = {
    ...{ clientId: oauth.client.id, clientSecret: oauth.client.secret },
    ...{ authority: oauth.env['MICROSOFT_AUTHORITY'], graphUrl: fake.origin },
  };
  return { oauth, fake, settings, close: () => Promise.all([fake.close(), oauth.close()]) };
}

/** A connection of that person, as the engine hands it over; what is learnt is in `kept`, and in the secret. */
export function accessToMicrosoft(
  oauth: FakeOAuth,
  {
    signal = new AbortController().signal,
    scopes = SCOPES,
    secret = JSON.stringify(oauth.grant(scopes)),
  } = {},
): ConnectionAccess & { kept: { secret?: string }[] } {
  const kept: { secret?: string }[] = [];
  return {
    ...{ kept, connectionId: newId(), details: {}, signal },
    get secret() {
      return kept.findLast((learnt) => learnt.secret !== undefined)?.secret ?? secret;
    },
    keep: (learnt) => {
      kept.push(learnt);
      return Promise.resolve();
    },
  };
}

const http = (status: number, code?: string, headers: Record<string, string> = {}): FakeTrouble => ({
  ...{ kind: 'http', status, headers },
  ...(code && { body: refusalBody(code, `It says ${code}.`) }),
});

const troubles: Record<Trouble, FakeTrouble> = {
  throttled: http(429, 'ApplicationThrottled', { 'Retry-After': '30' }),
  busy: http(503, 'ErrorServerBusy'),
  'bad-gateway': http(502),
  unavailable: http(503),
  'gateway-timeout': http(504, 'UnknownError'),
  cut: { kind: 'cut' },
  truncated: { kind: 'truncated' },
  'sign-in-page': { kind: 'html' },
  redirect: { kind: 'redirect' },
  'not-found': http(404),
  forbidden: http(403),
  'entity-bomb': { kind: 'bomb' },
  huge: { kind: 'huge' },
  hang: { kind: 'hang' },
  'done-unheard': { kind: 'drop' },
  lost: { kind: 'lost' },
  quota: http(507, 'ErrorQuotaExceeded'),
  refused: http(400, 'ErrorPropertyValidationFailure'),
};

/** Where a field of ours stands in a contact of Outlook, where that is no property of one text. */
const listKeys: Partial<Record<ContactField, string>> = {
  workPhone: 'businessPhones',
  homePhone: 'homePhones',
};
const extendedKeys: Partial<Record<ContactField, string>> = {
  faxNumber: 'String 0x3a24',
  mainPhone: 'String 0x3a1a',
};
const textKeys: Partial<Record<ContactField, string>> = {
  displayName: 'displayName',
  mobilePhone: 'mobilePhone',
  organization: 'companyName',
};

class GraphMailbox implements RemoteMailbox {
  private readonly connectionId = newId();
  private readonly secret: string;

  private constructor(
    private readonly fake: FakeGraph,
    private readonly oauth: FakeOAuth,
  ) {
    this.secret = JSON.stringify(oauth.grant(SCOPES));
  }

  static async start(
    use: (settings: MicrosoftSettings) => void,
    { pageSize, cursorCharacters }: StartOptions = {},
  ): Promise<GraphMailbox> {
    const { oauth, fake, settings } = await startMicrosoft({
      ...(pageSize && { pageLimit: pageSize }),
      ...(cursorCharacters && { tokenCharacters: cursorCharacters }),
    });
    use(settings);
    return new GraphMailbox(fake, oauth);
  }

  private get box() {
    return this.fake.mailbox();
  }

  access({ signal, secret = 'right' }: { signal?: AbortSignal; secret?: 'right' | 'old' } = {}) {
    const old = { refreshToken: 'the one before', accessToken: 'the one before', scope: SCOPES.join(' ') };
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const access = accessToMicrosoft(this.oauth, {
      ...(signal && { signal }),
      secret: secret === 'right' ? this.secret : JSON.stringify({ ...old, expiresAt }),
    });
    return Object.assign(access, { connectionId: this.connectionId });
  }

  get defaultFolder() {
    return this.box.contactsId;
  }
  readonly binFolder = null;

  addFolder(name: string, parentId?: string) {
    return this.box.addFolder(name, { parentId }).id;
  }
  addHiddenFolder(name: string) {
    return this.box.addFolder(name, { hidden: true }).id;
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
    this.box.removeFolder(this.folder(id));
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
    const { extended, ...parts } = partsOf(fields);
    // PidTagSensitivity: 2 is private.
    return this.box.addContact({ ...parts, extended: { ...extended, 'Integer 0x36': '2' } }).id;
  }
  edit(remoteId: string, fields: Partial<RemoteFields>) {
    this.box.edit(this.contact(remoteId), partsOf(fields));
  }
  touch(remoteId: string) {
    this.box.touch(this.contact(remoteId));
  }
  move(remoteId: string, folderId: string) {
    return this.box.move(this.contact(remoteId), { id: folderId }).id;
  }
  copy(remoteId: string) {
    return this.box.copy(this.contact(remoteId)).id;
  }
  remove(remoteId: string) {
    this.box.remove(this.contact(remoteId));
  }
  erase(remoteId: string) {
    this.box.erase(this.contact(remoteId));
  }
  /** Graph lists contacts alone. */
  addOther() {}
  addUnknown(remoteId: string) {
    const contact = this.contact(remoteId);
    this.box.edit(contact, {
      businessAddress: { street: '1 rue des Essais', city: 'Lille', postalCode: '59000' },
      ...{ categories: ['Clients', 'Été'], personalNotes: 'Likes tea.', jobTitle: 'Cabinetmaker' },
      birthday: '1980-02-29T00:00:00Z',
      homePhones: [...((contact.fields['homePhones'] as string[] | undefined) ?? []), '+33 1 99 00 55 67'],
      emailAddresses: [
        ...((contact.fields['emailAddresses'] as unknown[] | undefined) ?? []),
        { name: 'Second', address: 'second@elsewhere.example' },
      ],
      extended: { 'String 0x3a21': '+33 1 99 00 55 66' },
    });
  }
  unknownOf(remoteId: string) {
    const { fields, extended } = this.contact(remoteId);
    const { businessAddress, categories, personalNotes, jobTitle, birthday } = fields;
    return {
      ...{ businessAddress, categories, personalNotes, jobTitle, birthday },
      secondHome: (fields['homePhones'] as string[])[1],
      secondEmail: (fields['emailAddresses'] as unknown[])[1],
      pager: extended.get('String 0x3a21'),
    };
  }
  contacts() {
    return this.box
      .contacts()
      .map((contact) => ({ remoteId: contact.id, folderId: contact.folderId, fields: fieldsOf(contact) }));
  }

  expireCursors() {
    this.box.expireDeltas();
  }
  changePassword() {
    this.oauth.refuse('revoked');
    this.oauth.endAccess();
  }
  trouble(kind: Trouble, { on, waitMs, ...options }: TroubleOptions = {}) {
    const headers = waitMs ? { headers: { 'Retry-After': String(waitMs / 1000) } } : {};
    return this.fake.trouble({ ...troubles[kind], ...headers, ...options, ...(on && { operation: on }) });
  }
  heal() {
    this.fake.heal();
  }
  during(call: Call, act: () => void) {
    this.fake.trouble({ kind: 'before', operation: call, times: 1, run: act });
  }
  stop() {
    return this.fake.close();
  }

  calls(call?: Call) {
    return this.fake.asked(call).length;
  }
  refusedSignIns() {
    return this.fake.refusedTokens + this.oauth.asked('refresh').filter(({ status }) => status >= 400).length;
  }
  mostAtOnce() {
    return this.fake.mostAtOnce;
  }
  openSockets() {
    return this.fake.openSockets;
  }
  async close() {
    await Promise.all([this.fake.close(), this.oauth.close()]);
  }

  private folder(id: string) {
    const folder = this.box.folders.get(id);
    if (!folder) throw new Error('no such folder');
    return folder;
  }
  private contact(id: string): Contact {
    const contact = this.box.contact(id);
    if (!contact) throw new Error('no such contact');
    return contact;
  }
}

function partsOf(fields: Partial<RemoteFields>) {
  const parts: Record<string, unknown> = {};
  const extended: Record<string, string | null> = {};
  for (const [name, value] of Object.entries(fields)) {
    const field = name as ContactField;
    if (field === 'email') parts['emailAddresses'] = value === null ? [] : [{ name: value, address: value }];
    else if (listKeys[field]) parts[listKeys[field]] = value === null ? [] : [value];
    else if (extendedKeys[field]) extended[extendedKeys[field]] = value;
    else parts[textKeys[field]!] = value;
  }
  return { ...parts, extended };
}

function fieldsOf({ fields, extended }: Contact): RemoteFields {
  const found: Partial<RemoteFields> = {
    email: (fields['emailAddresses'] as { address: string }[] | undefined)?.[0]?.address ?? null,
  };
  for (const [field, key] of Object.entries(listKeys))
    found[field as ContactField] = (fields[key] as string[] | undefined)?.[0] ?? null;
  // An extended property that was emptied is there, and says nothing.
  for (const [field, key] of Object.entries(extendedKeys))
    found[field as ContactField] = extended.get(key) || null;
  for (const [field, key] of Object.entries(textKeys))
    found[field as ContactField] = (fields[key] as string | undefined) ?? null;
  return found as RemoteFields;
}
