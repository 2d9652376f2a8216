import { type CardProperty } from '../../src/contact-card/contact-fields.js';
import { newId, type Id } from '../../src/database/id.js';
import { inTransaction } from '../../src/database/transaction.js';
import { type Statements } from '../../src/imports/import-kind.js';
import { Journal } from '../../src/journal/journal.service.js';
import { type User } from '../../src/accounts/user.entity.js';
import { type KeptContact, type StoredContact } from '../../src/personal-contacts/contact-row.js';
import {
  changeContacts,
  insertContacts,
  removeContacts,
  storedContacts,
  type ContactAct,
} from '../../src/personal-contacts/contact-writes.js';
import { reachOf } from '../../src/personal-contacts/contact-reach.js';
import { insertGroup } from '../../src/personal-contacts/group-writes.js';
import { type TestApp } from '../support/app.js';

/** A contact that says nothing but a name, and what is given. */
export function contactWith(fields: Partial<KeptContact> = {}): KeptContact {
  return {
    ...{ id: newId(), displayName: 'Ada Lovelace', email: null, organization: null },
    ...{ workPhone: null, homePhone: null, mobilePhone: null, faxNumber: null, mainPhone: null },
    ...{ typedPhones: {}, extra: [], photoHash: null, starred: false, groupIds: [] },
    ...fields,
  };
}

export const text = (name: string, value: string): CardProperty => [name, {}, 'text', value];

/** One person's list, changed as the pages do: each call is one act with its batch. */
export class ListOf {
  constructor(
    private readonly app: TestApp,
    readonly owner: Pick<User, 'id' | 'accountId'>,
  ) {}

  /** @returns the batch */
  async act(kind: string, body: (database: Statements, act: ContactAct) => Promise<unknown>): Promise<Id> {
    const { id: ownerId, accountId } = this.owner;
    return inTransaction(this.app.database, async (manager) => {
      const batchId = await this.app.get(Journal).begin(manager, { accountId, actorId: ownerId, kind });
      await body(manager, { accountId, ownerId, batchId, now: new Date() });
      return batchId;
    });
  }

  add(...contacts: KeptContact[]): Promise<Id> {
    return this.act('contacts.add', (database, act) => insertContacts(database, act, contacts));
  }

  edit(id: Id, fields: Partial<KeptContact>): Promise<Id> {
    return this.act('contacts.edit', async (database, act) => {
      const before = (await storedContacts(database, act.ownerId, { ids: [id], lock: true })).get(id);
      if (before) await changeContacts(database, act, [{ before, after: { ...before, ...fields } }]);
    });
  }

  remove(...ids: Id[]): Promise<Id> {
    return this.act('contacts.delete', (database, act) => removeContacts(database, act, ids));
  }

  /** @returns the id of the group */
  async group(name: string): Promise<Id> {
    const id = newId();
    await this.act('contact-groups.create', (database, act) => insertGroup(database, act, { id, name }));
    return id;
  }

  async contact(id: Id): Promise<StoredContact | undefined> {
    return (await storedContacts(this.app.database, this.owner.id, { ids: [id] })).get(id);
  }

  /** Names of the living, in order. */
  async names(): Promise<string[]> {
    const living = await storedContacts(this.app.database, this.owner.id);
    return [...living.values()].map(({ displayName }) => displayName).sort();
  }

  async groupNames(): Promise<string[]> {
    const rows = await this.app.database.query<{ name: string }[]>(
      'SELECT name FROM personal_contact_groups WHERE ownerId = ? AND liveKey = 1 ORDER BY nameKey',
      [this.owner.id],
    );
    return rows.map(({ name }) => name);
  }

  /** Further numbers and addresses as they are indexed, and as the cards say them, of those in the bin too: nothing may differ. */
  async reach(): Promise<{ kept: unknown[]; said: unknown[] }> {
    const kept = await this.app.database.query<object[]>(
      'SELECT contactId, value, field FROM personal_contact_reach WHERE ownerId = ? AND accountId = ? ORDER BY contactId, value',
      [this.owner.id, this.owner.accountId],
    );
    const rows = await this.app.database.query<{ id: Id; extra: string }[]>(
      'SELECT id, extra FROM personal_contacts WHERE ownerId = ?',
      [this.owner.id],
    );
    const said = rows.flatMap(({ id, extra }) =>
      reachOf(JSON.parse(extra) as CardProperty[], 'FR').map(({ value, field }) => ({
        ...{ contactId: id, value, field },
      })),
    );
    const keyOf = ({ contactId, value }: { contactId: Id; value: string }) => `${contactId} ${value}`;
    return {
      kept: kept.map((row) => ({ ...row })),
      said: said.sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1)),
    };
  }

  /** Everything that is seen of a list: living contacts with all they say, and groups. */
  async whole(): Promise<unknown> {
    const [living, groups] = [
      await storedContacts(this.app.database, this.owner.id),
      await this.app.database.query(
        'SELECT id, name FROM personal_contact_groups WHERE ownerId = ? AND liveKey = 1 ORDER BY id',
        [this.owner.id],
      ),
    ];
    const contacts = [...living.values()].map(({ revision: _, updatedAt: __, ...contact }) => contact);
    return { groups, contacts: contacts.sort((one, other) => (one.id < other.id ? -1 : 1)) };
  }
}
