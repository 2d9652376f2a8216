import { type User } from '../../src/accounts/user.entity.js';
import { newId, type Id } from '../../src/database/id.js';
import { inTransaction } from '../../src/database/transaction.js';
import { Connection, CloudFolder } from '../../src/integrations/connection.entities.js';
import { CloudConflict } from '../../src/integrations/cloud-contact.entities.js';
import { nowhere, type StoredCloudContact } from '../../src/integrations/contacts/cloud-contact-row.js';
import {
  binCloudContacts,
  changeCloudContacts,
  insertCloudContacts,
  storedCloudContacts,
  type CloudAct,
} from '../../src/integrations/contacts/cloud-contact-writes.js';
import { type Further } from '../../src/integrations/contacts/further.js';
import { remoteFieldsOf, type CloudFields } from '../../src/integrations/sync/remote-fields.js';
import { Journal } from '../../src/journal/journal.service.js';
import { type TestApp } from '../support/app.js';
import { type EntityManager, type QueryDeepPartialEntity } from 'typeorm';

/** A mailbox of somebody as runs leave it here; there is no provider behind it, so nothing is ever sent. */
export class MailboxOf {
  private constructor(
    private readonly app: TestApp,
    readonly owner: Pick<User, 'id' | 'accountId'>,
    readonly id: Id,
    /** Its default folder, Contacts. */
    readonly folder: Id,
  ) {}

  static async connect(
    app: TestApp,
    owner: Pick<User, 'id' | 'accountId'>,
    fields: Partial<Connection> = {},
  ): Promise<MailboxOf> {
    const id = newId();
    const now = new Date();
    await app.database.manager.insert(Connection, {
      ...{ id, accountId: owner.accountId, userId: owner.id, provider: 'exchange', mailboxId: id },
      ...{ accountName: 'ada@mailbox.example', slotKey: `exchange:${id}`, state: 'connected' },
      ...{ contacts: 'write', calendar: 'none', details: {}, createdAt: now, lastSuccessAt: now },
      ...fields,
    } as QueryDeepPartialEntity<Connection>);
    const mailbox = new MailboxOf(app, owner, id, newId());
    await mailbox.addFolder('Contacts', null, { id: mailbox.folder, isDefault: true });
    return mailbox;
  }

  /** @returns its id, which is its remote id too */
  async addFolder(name: string, parent: Id | null, fields: Partial<CloudFolder> = {}): Promise<Id> {
    const id = fields.id ?? newId();
    const now = new Date();
    await this.app.database.manager.insert(CloudFolder, {
      ...{ id, accountId: this.owner.accountId, ownerId: this.owner.id, connectionId: this.id },
      ...{ remoteId: id, parentRemoteId: parent, name, role: 'contacts', living: true },
      ...{ isDefault: false, readOnly: false, createdAt: now, updatedAt: now, ...fields },
    });
    return id;
  }

  /** Contacts that came from the provider, in the default folder unless it says so; in step. @returns their ids */
  async add(
    ...contacts: (Partial<CloudFields> & {
      starred?: boolean;
      isPrivate?: boolean;
      folderIds?: Id[];
      further?: Partial<Further>;
    })[]
  ): Promise<Id[]> {
    const ids = contacts.map(() => newId());
    await this.act('cloud.sync', (manager, act) =>
      insertCloudContacts(
        manager,
        act,
        contacts.map(
          (
            { folderIds = [this.folder], starred = false, isPrivate = false, further = {}, ...fields },
            place,
          ) => {
            const row: CloudFields = {
              ...{ displayName: 'Ada Lovelace', email: null, organization: null, typedPhones: {} },
              ...{ workPhone: null, homePhone: null, mobilePhone: null, faxNumber: null, mainPhone: null },
              ...fields,
            };
            return {
              ...{ ...nowhere, ...row, id: ids[place], starred, isPrivate, folderIds: [...folderIds].sort() },
              ...{ remoteId: `remote-${ids[place]}`, revision: '1' },
              memory: { further: { numbers: [], emails: [], ...further } },
              agreed: { fields: remoteFieldsOf(row, null), folderIds: [...folderIds].sort() },
            };
          },
        ),
      ),
    );
    return ids;
  }

  /** The provider says something else now. */
  async changedThere(id: Id, fields: Partial<CloudFields>): Promise<void> {
    await this.act('cloud.sync', async (manager, act) => {
      const before = await this.held(manager, id);
      const row = { ...before, ...fields };
      const agreed = { fields: remoteFieldsOf(row, null), folderIds: [...row.folderIds] };
      await changeCloudContacts(manager, act, [{ before, after: { ...row, agreed } }]);
    });
  }

  /** What waited was sent, as a push leaves it. */
  async sent(id: Id): Promise<void> {
    await this.act('cloud.sync', async (manager, act) => {
      const before = await this.held(manager, id);
      const agreed = { fields: remoteFieldsOf(before, null), folderIds: [...before.folderIds] };
      const remote = { remoteId: before.remoteId ?? `remote-${id}`, revision: '2' };
      await changeCloudContacts(manager, act, [{ before, after: { ...before, ...remote, agreed } }]);
    });
  }

  /** The provider did not take what waits. */
  async refuse(id: Id, key = 'contact-refused'): Promise<void> {
    const problem = JSON.stringify({ key, since: new Date().toISOString() });
    await this.app.database.query('UPDATE cloud_contacts SET problem = ? WHERE id = ?', [problem, id]);
  }

  /** Both sides changed the same field. */
  async dispute(contactId: Id): Promise<void> {
    await this.app.database.manager.insert(CloudConflict, {
      ...{ id: newId(), accountId: this.owner.accountId, ownerId: this.owner.id, connectionId: this.id },
      ...{ contactId, kind: 'fields', openKey: 1, createdAt: new Date() },
      fields: { displayName: { agreed: 'Ada', here: 'Ada L.', there: 'Ada Lovelace' } },
    });
  }

  /** The provider deleted it. */
  async deletedThere(id: Id): Promise<void> {
    await this.act('cloud.sync', async (manager, act) => {
      await binCloudContacts(manager, act, [await this.held(manager, id)], { there: 'gone' });
    });
  }

  async contact(id: Id): Promise<StoredCloudContact> {
    const found = (await storedCloudContacts(this.app.database, this.id, { ids: [id], deleted: 'both' })).get(
      id,
    );
    if (!found) throw new Error('No such contact');
    return found;
  }

  private async held(manager: EntityManager, id: Id): Promise<StoredCloudContact> {
    const found = (await storedCloudContacts(manager, this.id, { ids: [id], lock: true })).get(id);
    if (!found) throw new Error('No such living contact');
    return found;
  }

  private act<T>(kind: string, body: (manager: EntityManager, act: CloudAct) => Promise<T>): Promise<T> {
    const { id: ownerId, accountId } = this.owner;
    return inTransaction(this.app.database, async (manager) => {
      await manager.query('SELECT id FROM connections WHERE id = ? FOR UPDATE', [this.id]);
      const batchId = await this.app.get(Journal).begin(manager, { accountId, actorId: ownerId, kind });
      const act = { accountId, ownerId, connectionId: this.id, region: 'FR', batchId, now: new Date() };
      return body(manager, act);
    });
  }
}
