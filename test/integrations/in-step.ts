import { type Id } from '../../src/database/new-id.js';
import { CloudContact } from '../../src/integrations/cloud-contact.entities.js';
import { Connection, SyncRun } from '../../src/integrations/connection.entities.js';
import { CloudContacts } from '../../src/integrations/contacts/cloud-contacts.service.js';
import { type CloudEdit } from '../../src/integrations/contacts/edited.js';
import { Connections } from '../../src/integrations/connections/connections.service.js';
import { SyncWorker } from '../../src/integrations/sync/sync-worker.service.js';
import { type Item, type Mailbox } from '../fakes/exchange/mailbox.js';
import { type TestApp } from '../support/app.js';
import { type ConnectedPerson } from './connected.js';

/** A contact as both sides can show it. */
export interface Shown {
  name: string;
  email: string | null;
  folder: string;
}

/** Somebody's mailbox and what is here of it, as specs of the engine speak of them. */
export class InStep {
  readonly connectionId: Id;
  readonly mailbox: Mailbox;

  constructor(
    readonly app: TestApp,
    readonly person: ConnectedPerson,
  ) {
    this.connectionId = person.connectionId;
    this.mailbox = person.mailbox;
  }

  /** Asks for a run, and does all that is due. @returns turns */
  async sync(): Promise<number> {
    await this.app.get(Connections).syncNow(this.person.user, this.connectionId);
    return this.app.get(SyncWorker).runDue();
  }

  /** Sends what waits, and reads nothing. */
  push(): Promise<number> {
    return this.app.get(SyncWorker).runDue();
  }

  connection(): Promise<Connection> {
    return this.app.database.getRepository(Connection).findOneByOrFail({ id: this.connectionId });
  }

  runs(): Promise<SyncRun[]> {
    return this.app.database
      .getRepository(SyncRun)
      .find({ where: { connectionId: this.connectionId }, order: { startedAt: 'ASC', id: 'ASC' } });
  }

  async here(): Promise<Shown[]> {
    const rows = await this.app.database.query<Shown[]>(
      `SELECT c.displayName AS name, c.email, f.name AS folder FROM cloud_contacts c
       LEFT JOIN cloud_contact_folders l ON l.contactId = c.id LEFT JOIN cloud_folders f ON f.id = l.folderId
       WHERE c.connectionId = ? AND c.deletedAt IS NULL`,
      [this.connectionId],
    );
    return sorted(rows.map(({ name, email, folder }) => ({ name, email, folder })));
  }

  there(): Shown[] {
    return sorted(
      this.mailbox.contacts().map((item) => ({
        name: item.fields['DisplayName'],
        email: item.emails['EmailAddress1']?.value ?? null,
        folder: this.mailbox.folders.get(item.folderId)?.name ?? '',
      })),
    );
  }

  /** The only contact of that name, living unless told. */
  async named(displayName: string, { deleted = false } = {}): Promise<CloudContact> {
    const found = await this.app.database.getRepository(CloudContact).find({
      where: { connectionId: this.connectionId, displayName },
    });
    const some = found.filter(({ deletedAt }) => (deletedAt !== null) === deleted);
    if (some.length !== 1) throw new Error(`${some.length} contacts ${displayName}`);
    return some[0];
  }

  async folderId(name: string): Promise<Id> {
    const [folder] = await this.app.database.query<{ id: Id }[]>(
      'SELECT id FROM cloud_folders WHERE connectionId = ? AND name = ?',
      [this.connectionId, name],
    );
    return folder.id;
  }

  /** Contacts that live here and are taken for deleted there. */
  async goneThere(): Promise<number> {
    const [{ gone }] = await this.app.database.query<[{ gone: string }]>(
      'SELECT COUNT(*) AS gone FROM cloud_contacts WHERE connectionId = ? AND goneAt IS NOT NULL AND deletedAt IS NULL',
      [this.connectionId],
    );
    return Number(gone);
  }

  // What people do here

  async add(displayName: string, folder = 'Contacts'): Promise<Id> {
    const edit: CloudEdit = { fields: { displayName }, phones: {} };
    return this.contacts.add(this.person.user, edit, await this.folderId(folder), null);
  }

  async edit(displayName: string, fields: CloudEdit['fields']): Promise<void> {
    const { id } = await this.named(displayName);
    await this.contacts.edit(this.person.user, id, { fields, phones: {} }, { version: null });
  }

  async move(displayName: string, folder: string): Promise<void> {
    const { id } = await this.named(displayName);
    await this.contacts.move(this.person.user, [id], await this.folderId(folder));
  }

  async remove(...displayNames: string[]): Promise<void> {
    const ids = await Promise.all(displayNames.map(async (name) => (await this.named(name)).id));
    await this.contacts.remove(this.person.user, ids);
  }

  async star(displayName: string): Promise<Id> {
    const { id } = await this.named(displayName);
    await this.contacts.star(this.person.user, [id], true);
    return id;
  }

  // What people do there

  addThere(name: string, folder?: { id: string }): Item {
    return this.mailbox.addContact(aContact(name), folder);
  }

  editThere(name: string, email: string): void {
    this.mailbox.edit(this.mailbox.named(name), { emails: { EmailAddress1: email } });
  }

  openConflicts(): Promise<{ kind: string; fields: string; name: string }[]> {
    return this.app.database.query(
      `SELECT k.kind, k.fields, c.displayName AS name FROM cloud_conflicts k JOIN cloud_contacts c ON c.id = k.contactId
       WHERE k.connectionId = ? AND k.openKey = 1 ORDER BY k.id`,
      [this.connectionId],
    );
  }

  /** Everything the engine keeps of this mailbox, but the connection's own row: a run that found nothing leaves it as it is. */
  async kept(): Promise<string> {
    const tables = ['cloud_contacts', 'cloud_folders', 'sync_scopes', 'sync_runs', 'cloud_conflicts'];
    const rows: unknown[] = [];
    for (const table of tables)
      rows.push(
        await this.app.database.query(`SELECT * FROM ${table} WHERE connectionId = ? ORDER BY id`, [
          this.connectionId,
        ]),
      );
    const { accountId } = await this.connection();
    rows.push(
      await this.app.database.query('SELECT * FROM journal_batches WHERE accountId = ?', [accountId]),
    );
    return JSON.stringify(rows);
  }

  /** Takes the connection away from whoever holds it, as a worker does that thinks the holder dead. */
  async takeAway(): Promise<void> {
    await this.app.database.query(
      'UPDATE connections SET fence = fence + 1, leaseToken = NULL, leaseUntil = NULL WHERE id = ?',
      [this.connectionId],
    );
  }

  private get contacts(): CloudContacts {
    return this.app.get(CloudContacts);
  }
}

/** What the fake keeps of a contact with this name. */
export function aContact(name: string) {
  return {
    ...{ DisplayName: name, FileAs: name },
    emails: { EmailAddress1: `${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '.')}@elsewhere.example` },
    phones: { MobilePhone: '+33 6 12 34 56 78' },
  };
}

export function sorted(contacts: readonly Shown[]): Shown[] {
  const key = ({ name, email, folder }: Shown) => `${folder}\n${name}\n${email}`;
  return [...contacts].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}
