import { type Id } from '../../src/database/id.js';
import { CloudConflict } from '../../src/integrations/cloud-contact.entities.js';
import { Connection, CloudFolder } from '../../src/integrations/connection.entities.js';
import { Connections } from '../../src/integrations/connections/connections.service.js';
import { type StoredCloudContact } from '../../src/integrations/contacts/cloud-contact-row.js';
import { storedCloudContacts } from '../../src/integrations/contacts/cloud-contact-writes.js';
import { CloudContacts } from '../../src/integrations/contacts/cloud-contacts.service.js';
import { type CloudEdit } from '../../src/integrations/contacts/edited.js';
import { SyncWorker } from '../../src/integrations/sync/sync-worker.service.js';
import { type Item, type Mailbox } from '../fakes/exchange/mailbox.js';
import { type FakeExchange } from '../fakes/exchange/server.js';
import { type TestApp } from '../support/app.js';
import { connectedTo, EXCHANGE_PASSWORD, type ConnectedPerson } from './connected.js';

/** Somebody with a connected mailbox, as they are and act on both sides. */
export class Syncing {
  private constructor(
    readonly app: TestApp,
    readonly fake: FakeExchange,
    readonly person: ConnectedPerson,
  ) {}

  /** @param before fills the mailbox; what is in it was read then */
  static async start(
    app: TestApp,
    fake: FakeExchange,
    login: string,
    before: (mailbox: Mailbox) => void = () => undefined,
    options: Parameters<typeof connectedTo>[3] = {},
  ): Promise<Syncing> {
    const person = await connectedTo(app, fake, login, options);
    before(person.mailbox);
    const syncing = new Syncing(app, fake, person);
    await syncing.sync();
    return syncing;
  }

  /** Another mailbox of the same person, whose account allows several. */
  static async second(first: Syncing, login: string): Promise<Syncing> {
    const { app, fake, person } = first;
    const email = `${login}@nord.example`;
    const mailbox = fake.mailbox(email);
    const { details } = await first.connection();
    const { connectionId } = await app.get(Connections).connect(
      person.user,
      {
        ...{ provider: 'exchange', mailboxId: mailbox.rootId, accountName: email },
        details: { ...details, username: `NORD\\${login}` },
        secret: JSON.stringify({ password: EXCHANGE_PASSWORD }),
      },
      { contacts: 'write', calendar: 'none' },
    );
    const syncing = new Syncing(app, fake, { ...person, mailbox, connectionId });
    await syncing.sync();
    return syncing;
  }

  get mailbox(): Mailbox {
    return this.person.mailbox;
  }

  get acts(): CloudContacts {
    return this.app.get(CloudContacts);
  }

  get owner() {
    return this.person.user;
  }

  /** A whole run, now. */
  async sync(): Promise<void> {
    await this.app.database.query(
      `UPDATE connections SET askedAt = UTC_TIMESTAMP(3), wakeAt = UTC_TIMESTAMP(3), leaseUntil = NULL, leaseToken = NULL
       WHERE id = ?`,
      [this.person.connectionId],
    );
    await this.app.get(SyncWorker).runDue();
  }

  /** Only what changed here is sent. */
  async push(): Promise<void> {
    await this.app.get(SyncWorker).runDue();
  }

  /** Living contacts here. */
  async here(): Promise<StoredCloudContact[]> {
    return [...(await storedCloudContacts(this.app.database, this.person.connectionId)).values()];
  }

  async row(id: Id): Promise<StoredCloudContact> {
    const rows = await storedCloudContacts(this.app.database, this.person.connectionId, {
      ids: [id],
      deleted: 'both',
    });
    const row = rows.get(id);
    if (!row) throw new Error('No such contact');
    return row;
  }

  async named(name: string): Promise<StoredCloudContact> {
    const row = (await this.here()).find(({ displayName }) => displayName === name);
    if (!row) throw new Error(`Nobody is called ${name}`);
    return row;
  }

  /** Names there, sorted. */
  namesThere(): string[] {
    return this.mailbox.contacts().map(nameOf).sort();
  }

  there(name: string): Item {
    return this.mailbox.named(name);
  }

  async folderId(name: string): Promise<Id> {
    const { remoteId } = { remoteId: this.mailbox.folderNamed(name).id };
    const folder = await this.app.database.manager.findOneByOrFail(CloudFolder, {
      remoteId,
      connectionId: this.person.connectionId,
    });
    return folder.id;
  }

  add(displayName: string, fields: CloudEdit['fields'] = {}, folder?: string): Promise<Id> {
    return this.folderIdOr(folder).then((folderId) =>
      this.acts.add(this.owner, { fields: { displayName, ...fields }, phones: {} }, folderId, null),
    );
  }

  async edit(id: Id, fields: CloudEdit['fields'], phones: CloudEdit['phones'] = {}): Promise<Id | null> {
    return (await this.acts.edit(this.owner, id, { fields, phones }, { version: null })).batchId;
  }

  openConflicts(): Promise<CloudConflict[]> {
    return this.app.database.manager.findBy(CloudConflict, {
      connectionId: this.person.connectionId,
      openKey: 1,
    });
  }

  connection(): Promise<Connection> {
    return this.app.database.manager.findOneByOrFail(Connection, { id: this.person.connectionId });
  }

  private async folderIdOr(name?: string): Promise<Id> {
    return this.folderId(name ?? this.mailbox.distinguished('contacts')?.name ?? '');
  }
}

export function nameOf(item: Item): string {
  return String(item.fields['DisplayName'] ?? '');
}
