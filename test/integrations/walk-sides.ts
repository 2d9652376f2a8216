import { type Id } from '../../src/database/id.js';
import { Connections } from '../../src/integrations/connections/connections.service.js';
import { type StoredCloudContact } from '../../src/integrations/contacts/cloud-contact-row.js';
import { storedCloudContacts } from '../../src/integrations/contacts/cloud-contact-writes.js';
import { CloudContacts } from '../../src/integrations/contacts/cloud-contacts.service.js';
import { cloudReachOf } from '../../src/integrations/contacts/further.js';
import { SyncWorker } from '../../src/integrations/sync/sync-worker.service.js';
import { idOf, membership } from '../fakes/google/address-book.js';
import { type FakeGoogle } from '../fakes/google/server.js';
import { type FakeExchange } from '../fakes/exchange/server.js';
import { type FakeGraph } from '../fakes/office365/server.js';
import { type TestApp } from '../support/app.js';
import { connectedTo } from './connected.js';

export const texts = ['organization', 'email'] as const;
export type Text = (typeof texts)[number];

/** A contact as its provider has it. */
export interface ContactThere extends Record<Text, string | null> {
  remoteId: string;
  name: string;
  /** Remote ids, sorted. */
  folders: string[];
  /** Numbers beside the one that is shown. */
  further: string[];
}

/** What somebody does with contacts by other programs, and what goes wrong at that provider. */
export interface There {
  contacts(): ContactThere[];
  add(name: string, organization: string): void;
  edit(contact: ContactThere, field: Text, text: string): void;
  /** Nothing changes, or a number that no field shows. */
  touch(contact: ContactThere): void;
  /** Into another folder, or other labels. */
  move(contact: ContactThere, below: (limit: number) => number): void;
  remove(contact: ContactThere): void;
  expire(): void;
  /** Something of this provider's own, until it settles. */
  whim(): void;
  settle(): void;
  heal(): void;
  trouble(at: number): void;
  readonly troubles: number;
  /** Runs `act` in the very moment in which a change of ours is on its way. */
  before(at: number, act: () => Promise<void>): void;
}

/** Somebody with a connected mailbox, as they act here. */
export class Here {
  constructor(
    readonly app: TestApp,
    readonly owner: Parameters<CloudContacts['add']>[0],
    readonly connectionId: Id,
  ) {}

  get acts(): CloudContacts {
    return this.app.get(CloudContacts);
  }

  /** A whole run, now. */
  async sync(): Promise<void> {
    await this.app.database.query(
      `UPDATE connections SET askedAt = UTC_TIMESTAMP(3), wakeAt = UTC_TIMESTAMP(3), leaseUntil = NULL, leaseToken = NULL
       WHERE id = ?`,
      [this.connectionId],
    );
    await this.push();
  }

  /** Only what changed here is sent. */
  async push(): Promise<void> {
    await this.app.get(SyncWorker).runDue();
  }

  /** What was sent and not answered has long been listed, if it is there. */
  async waitForLists(): Promise<void> {
    await this.app.database.query(
      `UPDATE cloud_contacts SET sentAt = DATE_SUB(sentAt, INTERVAL 20 MINUTE) WHERE connectionId = ? AND remoteId IS NULL`,
      [this.connectionId],
    );
  }

  /** Living contacts. */
  async contacts(): Promise<StoredCloudContact[]> {
    return [...(await storedCloudContacts(this.app.database, this.connectionId)).values()];
  }

  async row(id: Id): Promise<StoredCloudContact> {
    const which = { ids: [id], deleted: 'both' } as const;
    return (await storedCloudContacts(this.app.database, this.connectionId, which)).get(id)!;
  }

  /** Further numbers as they are indexed, and as our rows say them, of those in the bin too: nothing may differ. */
  async reach(): Promise<{ kept: string[]; said: string[] }> {
    const kept = await this.app.database.query<{ contactId: Id; value: string }[]>(
      `SELECT contactId, value FROM cloud_contact_reach WHERE ownerId = ? AND accountId = ?`,
      [this.owner.id, this.owner.accountId],
    );
    const rows = await storedCloudContacts(this.app.database, this.connectionId, { deleted: 'both' });
    const said = [...rows.values()].flatMap(({ id, memory }) =>
      cloudReachOf(memory, 'FR').map(({ value }) => `${id} ${value}`),
    );
    return { kept: kept.map(({ contactId, value }) => `${contactId} ${value}`).sort(), said: said.sort() };
  }

  /** Remote ids of living folders, by ours. */
  async folders(): Promise<Map<Id, string>> {
    const rows = await this.app.database.query<{ id: Id; remoteId: string }[]>(
      'SELECT id, remoteId FROM cloud_folders WHERE connectionId = ? AND living = 1 ORDER BY remoteId',
      [this.connectionId],
    );
    return new Map(rows.map(({ id, remoteId }) => [id, remoteId]));
  }
}

const FOLDERS = ['Clients', 'Friends'] as const;
/** Shown of everybody, and what stands behind it. */
const OFFICE = '+33140205050';
let told = 0;
const furtherNumber = () => `+336125${String(10_000 + told++)}`;
const isTelling = () => told++ % 3 > 0;
const writes = <Each>(operations: readonly string[], make: (operation: string) => Each[]): Each[] =>
  operations.flatMap(make);

export async function atExchange(app: TestApp, fake: FakeExchange, login: string): Promise<[Here, There]> {
  const { user, connectionId, mailbox } = await connectedTo(app, fake, login);
  for (const name of FOLDERS) mailbox.addFolder(name);
  const troubles = [
    ...writes(['CreateItem', 'UpdateItem', 'MoveItem', 'DeleteItem'], (operation) => [
      { operation, kind: 'drop' as const },
      { operation, kind: 'lost' as const },
      { operation, kind: 'truncated' as const },
    ]),
    { operation: 'SyncFolderItems', kind: 'cut' as const },
    { operation: 'GetItem', kind: 'truncated' as const },
    { operation: 'UpdateItem', kind: 'busy' as const, backOffMs: 1_000 },
    { operation: 'SyncFolderHierarchy', kind: 'http' as const, status: 503 },
    { operation: 'FindItem', kind: 'drop' as const },
  ];
  const moments = ['UpdateItem', 'CreateItem', 'MoveItem', 'GetItem'];
  const itemOf = ({ remoteId }: ContactThere) => mailbox.contacts().find(({ id }) => id === remoteId)!;
  const there: There = {
    contacts: () =>
      mailbox.contacts().map(({ id, fields, emails, phones, folderId }) => ({
        ...{ remoteId: id, name: String(fields['DisplayName'] ?? ''), folders: [folderId] },
        further: [phones['BusinessPhone2'] ?? []].flat(),
        ...{ organization: fields['CompanyName'] ?? null, email: emails['EmailAddress1']?.value ?? null },
      })),
    add: (DisplayName, CompanyName) =>
      void mailbox.addContact({
        ...{ DisplayName, CompanyName },
        phones: { BusinessPhone: OFFICE, BusinessPhone2: furtherNumber() },
      }),
    edit: (contact, field, text) =>
      void mailbox.edit(
        itemOf(contact),
        field === 'email' ? { emails: { EmailAddress1: text } } : { CompanyName: text },
      ),
    touch: (contact) =>
      isTelling() && itemOf(contact).phones['BusinessPhone']
        ? void mailbox.edit(itemOf(contact), { phones: { BusinessPhone2: furtherNumber() } })
        : mailbox.touch(itemOf(contact)),
    move: (contact, below) =>
      void mailbox.move(itemOf(contact), mailbox.folderNamed(FOLDERS[below(FOLDERS.length)])),
    remove: (contact) => void mailbox.remove(itemOf(contact)),
    expire: () => mailbox.expireStates(),
    whim: () => undefined,
    settle: () => undefined,
    heal: () => fake.heal(),
    troubles: troubles.length,
    trouble: (at) => void fake.trouble({ ...troubles[at], times: 1 }),
    before: (at, run) =>
      void fake.trouble({ kind: 'before', operation: moments[at % moments.length], times: 1, run }),
  };
  return [new Here(app, user, connectionId), there];
}

export async function atGoogle(
  app: TestApp,
  google: FakeGoogle,
  email: string,
  secret: string,
): Promise<[Here, There]> {
  const here = await connect(app, 'google', email, secret);
  const book = google.book(email);
  const labels = ['myContacts', ...FOLDERS.map((name) => book.addGroup(name).id)];
  const troubles = [
    ...writes(['people.createContact', 'people.updateContact', 'people.deleteContact'], (operation) => [
      { operation, kind: 'drop' as const },
      { operation, kind: 'lost' as const },
      { operation, kind: 'truncated' as const },
    ]),
    { operation: 'people.connections.list', kind: 'cut' as const },
    { operation: 'people.get', kind: 'truncated' as const },
    { operation: 'people.updateContact', kind: 'http' as const, status: 429 },
    { operation: 'contactGroups.list', kind: 'http' as const, status: 503 },
  ];
  const moments = ['people.updateContact', 'people.createContact', 'people.get'];
  const personOf = ({ remoteId }: ContactThere) => book.find(remoteId.slice('people/'.length))!;
  let expired = 0;
  let lags = false;
  const there: There = {
    contacts: () =>
      book.contacts.map(({ now: { id, data } }) => ({
        ...{ remoteId: `people/${id}`, name: String(data['names'][0].unstructuredName) },
        folders: data['memberships'].map((each) => `contactGroups/${idOf(each)}`).sort(),
        further: (data['phoneNumbers'] ?? []).slice(1).map(({ value }) => String(value)),
        organization: (data['organizations']?.[0]?.name ?? null) as string | null,
        email: (data['emailAddresses']?.[0]?.value ?? null) as string | null,
      })),
    add: (name, organization) =>
      void book.add({
        ...{ names: [{ unstructuredName: name }], organizations: [{ name: organization }] },
        phoneNumbers: [OFFICE, furtherNumber()].map((value) => ({ type: 'work', value })),
      }),
    edit: (contact, field, text) =>
      book.edit(
        personOf(contact),
        field === 'email' ? { emailAddresses: [{ value: text }] } : { organizations: [{ name: text }] },
      ),
    touch: (contact) => {
      const [office] = personOf(contact).now.data['phoneNumbers'] ?? [];
      const further = { type: 'work', value: furtherNumber() };
      book.edit(personOf(contact), isTelling() && office ? { phoneNumbers: [office, further] } : {});
    },
    move: (contact, below) => {
      const some = labels.filter(() => below(2) === 0);
      const chosen = some.length > 0 ? some : ['myContacts'];
      book.edit(personOf(contact), { memberships: chosen.map((id) => membership(id)) });
    },
    remove: (contact) => book.remove(personOf(contact)),
    // A fifth reading of all in an hour would wait.
    expire: () => (++expired > 2 ? undefined : book.expireTokens()),
    // No list tells what happens until the next whim.
    whim: () => {
      lags = !lags;
      if (lags) book.holdLists();
      else book.showLists();
    },
    settle: () => book.showLists(),
    heal: () => google.heal(),
    troubles: troubles.length,
    trouble: (at) => void google.trouble({ ...troubles[at], times: 1 }),
    before: (at, run) =>
      void google.trouble({ kind: 'before', operation: moments[at % moments.length], times: 1, run }),
  };
  return [here, there];
}

export async function atMicrosoft(
  app: TestApp,
  fake: FakeGraph,
  email: string,
  secret: string,
): Promise<[Here, There]> {
  const here = await connect(app, 'office365', email, secret);
  const box = fake.mailbox(email);
  for (const name of FOLDERS) box.addFolder(name);
  const troubles = [
    ...writes(['create', 'update', 'move', 'remove'], (operation) => [
      { operation, kind: 'drop' as const },
      { operation, kind: 'lost' as const },
      { operation, kind: 'truncated' as const },
    ]),
    { operation: 'list', kind: 'cut' as const },
    { operation: 'read', kind: 'truncated' as const },
    { operation: 'update', kind: 'http' as const, status: 429, headers: { 'Retry-After': '1' } },
    { operation: 'folders', kind: 'http' as const, status: 503 },
    { operation: 'find', kind: 'drop' as const },
  ];
  const moments = ['update', 'create', 'move', 'read'];
  const contactOf = ({ remoteId }: ContactThere) => box.contact(remoteId)!;
  const there: There = {
    contacts: () =>
      box.contacts().map(({ id, folderId, fields }) => ({
        ...{ remoteId: id, name: String(fields['displayName']), folders: [folderId] },
        further: ((fields['businessPhones'] as string[] | undefined) ?? []).slice(1),
        organization: (fields['companyName'] as string | undefined) ?? null,
        email: (fields['emailAddresses'] as { address: string }[] | undefined)?.[0]?.address ?? null,
      })),
    add: (displayName, companyName) =>
      void box.addContact({ displayName, companyName, businessPhones: [OFFICE, furtherNumber()] }),
    edit: (contact, field, text) =>
      void box.edit(
        contactOf(contact),
        field === 'email' ? { emailAddresses: [{ name: text, address: text }] } : { companyName: text },
      ),
    touch: (contact) => {
      const [office] = (contactOf(contact).fields['businessPhones'] as string[] | undefined) ?? [];
      if (!isTelling() || office === undefined) box.touch(contactOf(contact));
      else box.edit(contactOf(contact), { businessPhones: [office, furtherNumber()] });
    },
    move: (contact, below) =>
      void box.move(contactOf(contact), box.folderNamed(FOLDERS[below(FOLDERS.length)])),
    remove: (contact) => box.remove(contactOf(contact)),
    expire: () => box.expireDeltas(),
    whim: () => undefined,
    settle: () => undefined,
    heal: () => fake.heal(),
    troubles: troubles.length,
    trouble: (at) => void fake.trouble({ ...troubles[at], times: 1 }),
    before: (at, run) =>
      void fake.trouble({ kind: 'before', operation: moments[at % moments.length], times: 1, run }),
  };
  return [here, there];
}

async function connect(
  app: TestApp,
  provider: 'google' | 'office365',
  accountName: string,
  secret: string,
): Promise<Here> {
  const { user } = await app.signedIn();
  const { connectionId } = await app
    .get(Connections)
    .connect(
      user,
      { provider, mailboxId: accountName, accountName, details: {}, secret },
      { contacts: 'write', calendar: 'none' },
    );
  return new Here(app, user, connectionId);
}
