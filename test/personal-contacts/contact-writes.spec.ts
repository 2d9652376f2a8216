import mysql from 'mysql2/promise';
import { freeName } from '../../src/accounts/free-name.js';
import { newId } from '../../src/database/id.js';
import { reachServer } from '../../src/database/data-source.js';
import { inTransaction, isDuplicate } from '../../src/database/transaction.js';
import { ThreadDatabase } from '../../src/imports/thread/thread-database.js';
import { JournalEntry } from '../../src/journal/journal.entities.js';
import {
  changeContacts,
  insertContacts,
  removeContacts,
  restoreContacts,
  storedContacts,
  type ContactAct,
} from '../../src/personal-contacts/contact-writes.js';
import {
  emptyGroups,
  ensureGroups,
  GROUP_NAME_INDEX,
  removeGroups,
  renameGroups,
  restoreGroups,
  storedGroups,
} from '../../src/personal-contacts/group-writes.js';
import { startApp, type TestApp } from '../support/app.js';
import { contactWith, ListOf, text } from './list-of.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const aList = async () => new ListOf(app, await app.aUser());
const actOf = ({ owner: { id: ownerId, accountId } }: ListOf): ContactAct => ({
  ...{ accountId, ownerId, batchId: newId(), now: new Date() },
});
const entriesOf = (subjectId: string) =>
  app.database.getRepository(JournalEntry).find({ where: { subjectId }, order: { batchId: 'ASC' } });

describe('Contacts', () => {
  it('are read back with everything that was written, through a manager and through the thread’s connection alike', async () => {
    const list = await aList();
    const group = await list.group('Clients');
    const contact = contactWith({
      ...{ displayName: 'Zoë 😀', email: 'zoe@example.test', mobilePhone: '+33612345678', starred: true },
      ...{ typedPhones: { mobilePhone: '06 12 34 56 78' }, extra: [text('note', 'l’été\n"quoted" \\')] },
      groupIds: [group],
    });
    const added = await list.add(contact);
    const read = await list.contact(contact.id);
    expect(read).toMatchObject({ ...contact, revision: 1, createdByBatch: added, deletedAt: null });
    const thread = await ThreadDatabase.open(await reachServer(app.databaseUrl));
    try {
      expect((await storedContacts(thread, list.owner.id)).get(contact.id)).toEqual(read);
    } finally {
      await thread.close();
    }
    expect(await entriesOf(contact.id)).toMatchObject([
      {
        action: 'created',
        changes: { displayName: [null, 'Zoë 😀'], starred: [null, true], groupIds: [null, [group]] },
      },
    ]);
    expect(Object.keys((await entriesOf(contact.id))[0].changes ?? {})).not.toContain('workPhone');
  });

  it('are changed only where they differ, with a line for each that does', async () => {
    const list = await aList();
    const [one, other] = [contactWith(), contactWith()];
    await list.add(one, other);
    const batch = await list.act('contacts.edit', async (database, act) => {
      const stored = await storedContacts(database, act.ownerId, { lock: true });
      const changes = [one, other].map(({ id }) => ({
        before: stored.get(id)!,
        after: { ...stored.get(id)! },
      }));
      changes[0].after.organization = 'Harbour';
      expect(await changeContacts(database, act, changes)).toBe(1);
    });
    expect(await list.contact(one.id)).toMatchObject({ revision: 2, organization: 'Harbour' });
    expect(await list.contact(other.id)).toMatchObject({ revision: 1 });
    expect(await app.database.getRepository(JournalEntry).findBy({ batchId: batch })).toMatchObject([
      { subjectId: one.id, action: 'changed', changes: { organization: [null, 'Harbour'] } },
    ]);
  });

  it('with long notes are written in statements the server takes', async () => {
    const list = await aList();
    const long = 'é'.repeat(100_000);
    const contacts = Array.from({ length: 60 }, (_, index) =>
      contactWith({ displayName: `Contact ${index}`, extra: [text('note', long)] }),
    );
    const sizes: number[] = [];
    const measured = (database: { query: (sql: string, values?: unknown[]) => Promise<unknown> }) => ({
      query: <Result>(sql: string, values: unknown[] = []) => {
        sizes.push(Buffer.byteLength(mysql.format(sql, values as never)));
        return database.query(sql, values) as Promise<Result>;
      },
    });
    await list.act('contacts.add', (database, act) => insertContacts(measured(database), act, contacts));
    await list.act('contacts.edit', async (database, act) => {
      const stored = await storedContacts(database, act.ownerId, { lock: true });
      const changes = [...stored.values()].map((before) => ({
        ...{ before, after: { ...before, extra: [text('note', `${long}!`)] } },
      }));
      await changeContacts(measured(database), act, changes);
    });
    expect(sizes.length).toBeGreaterThan(8);
    expect(Math.max(...sizes)).toBeLessThan(16 * 1024 * 1024);
    expect((await list.contact(contacts[59].id))?.extra).toEqual([text('note', `${long}!`)]);
  });

  it('that were deleted are passed over by a second deletion, and restored only once', async () => {
    const list = await aList();
    const { id } = contactWith();
    await list.add(contactWith({ id }));
    await list.act('contacts.delete', async (database, act) => {
      expect(await removeContacts(database, act, [id, id, newId()])).toBe(1);
    });
    await list.act('contacts.delete', async (database, act) => {
      expect(await removeContacts(database, act, [id])).toBe(0);
    });
    for (const restored of [[id], []])
      await list.act('contacts.restore', async (database, act) => {
        expect(await restoreContacts(database, act, [id])).toEqual(restored);
      });
    expect((await entriesOf(id)).map(({ action }) => action)).toEqual(['created', 'removed', 'restored']);
  });

  it('go into the bin with the contact each was merged into', async () => {
    const list = await aList();
    const all = [contactWith(), contactWith(), contactWith()];
    await list.add(...all);
    const [survivor, loser, gone] = all.map(({ id }) => id);
    await list.act('contacts.merge', (database, act) =>
      removeContacts(database, act, [loser, gone], { mergedInto: new Map([[loser, survivor]]) }),
    );
    const bin = await storedContacts(app.database, list.owner.id, { deleted: true });
    expect([bin.get(loser)?.mergedInto, bin.get(gone)?.mergedInto]).toEqual([survivor, null]);
    expect((await entriesOf(loser)).at(-1)?.changes).toEqual({ mergedInto: [null, survivor] });
    await list.act('contacts.restore', (database, act) => restoreContacts(database, act, [loser]));
    expect((await entriesOf(loser)).at(-1)?.changes).toEqual({ mergedInto: [survivor, null] });
  });

  it('of somebody else are neither read, changed, deleted nor restored', async () => {
    const [list, other] = [await aList(), await aList()];
    const { id } = contactWith();
    await list.add(contactWith({ id }));
    expect((await storedContacts(app.database, other.owner.id, { ids: [id] })).size).toBe(0);
    await other.remove(id);
    expect(await list.names()).toEqual(['Ada Lovelace']);
    await list.remove(id);
    await other.act('contacts.restore', async (database, act) => {
      expect(await restoreContacts(database, act, [id])).toEqual([]);
    });
    expect(await list.names()).toEqual([]);
  });
});

describe('Groups of contacts', () => {
  it('made by two at once of one name are one group', async () => {
    const list = await aList();
    const made = await Promise.all(
      ['Été', 'ete'].map((name) =>
        inTransaction(app.database, (manager) => ensureGroups(manager, actOf(list), [name, 'Family'])),
      ),
    );
    expect(made[0].get('ete')?.id).toBe(made[1].get('ete')?.id);
    expect((await list.groupNames()).length).toBe(2);
    expect(await entriesOf(made[0].get('ete')!.id)).toHaveLength(1);
  });

  it('are called as they were first spelled', async () => {
    const list = await aList();
    await list.act('contacts.import', (database, act) =>
      ensureGroups(database, act, ['Famille', 'FAMILLE', '']),
    );
    expect(await list.groupNames()).toEqual(['Famille']);
  });

  it('come back from a deletion with their members, under a free name', async () => {
    const list = await aList();
    const id = await list.group('Clients');
    await list.add(contactWith({ groupIds: [id] }));
    await list.act('contact-groups.delete', (database, act) => removeGroups(database, act, [id]));
    expect([await list.groupNames(), (await list.names()).length]).toEqual([[], 1]);
    await list.group('clients');
    await list.group('Clients (2)');
    await list.act('contacts.undo', async (database, act) => {
      expect(await restoreGroups(database, act, [id])).toEqual([
        { id, name: 'Clients (3)', wasCalled: 'Clients' },
      ]);
    });
    expect(await emptyGroups(app.database, list.owner.id, [id])).toEqual(new Set());
  });

  it('keep a name apart from another’s, and say which rule refused it', async () => {
    const list = await aList();
    const [, id] = [await list.group('Clients'), await list.group('Friends')];
    const rename = list.act('contact-groups.rename', async (database, act) => {
      const before = (await storedGroups(database, act.ownerId, { ids: [id], lock: true })).get(id)!;
      await renameGroups(database, act, [{ before, name: 'CLIENTS' }]);
    });
    await expect(rename).rejects.toThrow(GROUP_NAME_INDEX);
    await expect(rename.catch((error: unknown) => isDuplicate(error, GROUP_NAME_INDEX))).resolves.toBe(true);
  });

  it('with the longest name find a free one that fits', () => {
    const longest = '😀'.repeat(255);
    const free = freeName(longest, new Set([longest]));
    expect([...free].length).toBe(255);
    expect(free.endsWith(' (2)')).toBe(true);
  });
});
