import { limits } from '../../src/config/limits.js';
import { connectedTo, startWithExchange } from './connected.js';
import { aContact, InStep } from './in-step.js';
import { type FakeExchange } from '../fakes/exchange/server.js';
import { type TestApp } from '../support/app.js';
import { visibleText } from '../support/browser.js';

const logins = Array.from({ length: 20 }, (_, place) => `reader${place}`);

describe('reading a mailbox', () => {
  let app: TestApp;
  let fake: FakeExchange;
  let next = 0;

  beforeAll(async () => {
    ({ app, fake } = await startWithExchange(logins, { pageLimit: 4, treePage: 5 }));
  });
  afterAll(async () => {
    await app.close();
    await fake.close();
  });
  beforeEach(() => fake.heal());

  const connect = async () => new InStep(app, await connectedTo(app, fake, logins[next++]));
  const connectWith = async (...names: string[]) => {
    const box = await connect();
    for (const name of names) box.addThere(name);
    await box.sync();
    return box;
  };

  it('brings folders nested five deep and their contacts, equal names too', async () => {
    const box = await connect();
    let parentId = box.mailbox.contactsId;
    for (const name of ['One', 'Two', 'Three', 'Four', 'Five']) {
      const folder = box.mailbox.addFolder(name, { parentId });
      box.addThere(`In ${name}`, folder);
      parentId = folder.id;
    }
    for (let place = 0; place < 7; place++) box.addThere('Same Name');
    box.mailbox.addList('Everybody');
    await box.sync();
    expect(await box.here()).toHaveLength(12);
    expect(await box.here()).toEqual(box.there());
    const [run] = await box.runs();
    expect(run).toMatchObject({ kind: 'first', outcome: 'done', counts: { addedHere: 12, skipped: 1 } });
    expect((await box.connection()).problem).toBeNull();
  });

  it('keeps the text of a number beside the number, and never writes it back', async () => {
    const box = await connect();
    box.mailbox.addContact({
      ...aContact('Ana'),
      phones: { MobilePhone: '06 12 34 56 78', HomePhone: 'ask' },
    });
    await box.sync();
    const ana = await box.named('Ana');
    expect(ana).toMatchObject({ mobilePhone: '+33612345678', homePhone: null, pending: null });
    expect(ana.typedPhones).toEqual({ mobilePhone: '06 12 34 56 78', homePhone: 'ask' });
    expect(fake.asked('UpdateItem')).toEqual([]);
  });

  it('finds a contact by every number and address there, those no field shows too, as long as they are there', async () => {
    const box = await connect();
    const { user, browser } = box.person;
    const item = box.mailbox.addContact({
      ...aContact('Ana'),
      emails: { EmailAddress1: 'ana@one.example', EmailAddress2: 'Ana@Two.example' },
      phones: {
        BusinessPhone: '01 40 20 50 50',
        BusinessPhone2: '06 12 34 56 71',
        CarPhone: '06 12 34 56 72',
      },
    });
    await box.sync();
    const reach = async () =>
      (
        await app.database.query<{ field: string; value: string }[]>(
          'SELECT field, value FROM cloud_contact_reach WHERE ownerId = ? ORDER BY place',
          [user.id],
        )
      ).map(({ field, value }) => `${field} ${value}`);
    const all = ['workPhone +33612345671', 'otherPhone +33612345672', 'email ana@two.example'];
    expect(await reach()).toEqual(all);
    const found = async (q: string) =>
      (await browser.get(`/search?${new URLSearchParams({ q }).toString()}`)).text.includes('Ana</a>');
    expect(await found('+33612345672')).toBe(true);
    const { id, version } = await box.named('Ana');
    const page = visibleText(await browser.get(`/cloud-contacts/${id}`));
    for (const part of ['+33 6 12 34 56 71', 'Other phone', '+33 6 12 34 56 72', 'Ana@Two.example'])
      expect(page).toContain(part);
    expect(page).toContain('Can only be changed in Exchange.');

    // A change here of what is shown leaves them alone.
    await box.edit('Ana', { organization: 'Acme' });
    await box.sync();
    expect([await reach(), item.phones['CarPhone']]).toEqual([all, '06 12 34 56 72']);

    // Kept by a version that did not know of them: all is read once more, and nobody sees a change.
    const before = await box.named('Ana');
    expect(before.version).toBe(version + 1);
    await app.database.query('DELETE FROM cloud_contact_reach WHERE ownerId = ?', [user.id]);
    await app.database.query('UPDATE sync_scopes SET reading = 0 WHERE connectionId = ?', [box.connectionId]);
    const { further: _, ...memory } = before.memory ?? {};
    await app.database.query('UPDATE cloud_contacts SET memory = ? WHERE id = ?', [
      ...[JSON.stringify(memory), id],
    ]);
    await box.sync();
    expect(await reach()).toEqual(all);
    expect(await box.named('Ana')).toMatchObject({ version: before.version, updatedAt: before.updatedAt });
    expect(await box.goneThere()).toBe(0);
    fake.requests.length = 0;
    await box.sync();
    expect(fake.asked('GetItem')).toEqual([]);

    box.mailbox.edit(item, { phones: { CarPhone: null, BusinessPhone2: '+33612345673' } });
    await box.sync();
    expect(await reach()).toEqual(['workPhone +33612345673', all[2]]);
    expect([await found('+33612345672'), await found('+33612345673')]).toEqual([false, true]);

    // In the bin nobody is found by them, and back again they are.
    await box.remove('Ana');
    expect(await found('+33612345673')).toBe(false);
    await box.sync();
    box.mailbox.addContact(aContact('Bo'));
    await box.sync();
    expect(await reach()).toHaveLength(2);
  });

  it('brings what was added, changed and deleted there since, and nothing else', async () => {
    const box = await connectWith('Ana', 'Bo', 'Cy', 'Di');
    box.addThere('Eve');
    box.editThere('Ana', 'ana@new.example');
    box.mailbox.remove(box.mailbox.named('Cy'));
    fake.requests.length = 0;
    await box.sync();
    expect(await box.here()).toEqual(box.there());
    expect((await box.runs()).at(-1)).toMatchObject({
      outcome: 'done',
      counts: { addedHere: 1, changedHere: 1, removedHere: 1 },
    });
    expect(fake.asked('GetItem').reduce((read, { items }) => read + items, 0)).toBe(2);
  });

  it('writes nothing but the connection when nothing changed, and asks once a folder and once for the tree', async () => {
    const box = await connectWith('Ana', 'Bo');
    box.mailbox.addFolder('Family');
    await box.sync();
    const before = await box.kept();
    fake.requests.length = 0;
    const wrote = await writesDuring(app, () => box.sync());
    expect(wrote.filter((sql) => !/^UPDATE connections\s/.test(sql))).toEqual([]);
    expect(await box.kept()).toBe(before);
    expect(fake.requests.map(({ operation }) => operation).sort()).toEqual([
      ...['SyncFolderHierarchy', 'SyncFolderItems', 'SyncFolderItems'],
    ]);
  });

  it('takes a new change key for no change', async () => {
    const box = await connectWith('Ana');
    const { version } = await box.named('Ana');
    box.mailbox.touch(box.mailbox.named('Ana'));
    await box.sync();
    expect((await box.named('Ana')).version).toBe(version);
    expect(await box.runs()).toHaveLength(1);
  });

  it('reads all again when the state has expired, doubling and losing nothing', async () => {
    const box = await connectWith('Ana', 'Bo', 'Cy', 'Di', 'Eve', 'Flo');
    const id = await box.star('Ana');
    box.mailbox.expireStates();
    box.mailbox.erase(box.mailbox.named('Bo'));
    box.addThere('Gil');
    fake.requests.length = 0;
    await box.sync();
    expect(await box.here()).toEqual(box.there());
    expect(await box.named('Ana')).toMatchObject({ id, starred: true, version: 2 });
    expect(fake.asked('GetItem').reduce((read, { items }) => read + items, 0)).toBe(1);
    expect((await box.runs()).at(-1)?.counts).toEqual({ addedHere: 1, removedHere: 1 });
  });

  it('knows contacts again whose ids all became others, by what they say', async () => {
    const box = await connectWith('Ana', 'Bo', 'Cy');
    const id = await box.star('Ana');
    for (const item of box.mailbox.contacts()) {
      box.mailbox.addContact(aContact(item.fields['DisplayName']));
      box.mailbox.forget(item);
    }
    box.mailbox.expireStates();
    await box.sync();
    expect(await box.here()).toEqual(box.there());
    expect(await box.named('Ana')).toMatchObject({ id, starred: true });
  });

  it('keeps a contact that was moved there, also with what was changed there and here', async () => {
    const box = await connectWith('Ana', 'Bo');
    const family = box.mailbox.addFolder('Family');
    const id = await box.star('Ana');
    await box.edit('Ana', { organization: 'Nord' });
    box.mailbox.move(box.mailbox.named('Ana'), family);
    await box.sync();
    expect(await box.named('Ana')).toMatchObject({ id, starred: true, organization: 'Nord', pending: null });
    expect(await box.here()).toEqual(box.there());
    expect(box.mailbox.named('Ana').fields['CompanyName']).toBe('Nord');
    expect((await box.runs()).at(-1)?.counts).toMatchObject({ changedHere: 1, changedThere: 1 });
    // One that was made here carries its id, and may be another by the time it is seen again.
    const made = await box.add('Zoe');
    await box.sync();
    const zoe = box.mailbox.move(box.mailbox.named('Zoe'), family);
    box.mailbox.edit(zoe, { DisplayName: 'Zoe K.', FileAs: 'Zoe K.' });
    await box.sync();
    expect((await box.named('Zoe K.')).id).toBe(made);
    expect(await box.here()).toEqual(box.there());
  });

  it('takes a copy for another contact', async () => {
    const box = await connectWith('Ana');
    const made = await box.add('Zoe');
    await box.sync();
    box.mailbox.copy(box.mailbox.named('Zoe'));
    await box.sync();
    expect(await box.here()).toEqual(box.there());
    expect((await box.here()).filter(({ name }) => name === 'Zoe')).toHaveLength(2);
    const ids = await app.database.query<{ id: string }[]>(
      `SELECT id FROM cloud_contacts WHERE connectionId = ? AND displayName = 'Zoe'`,
      [box.connectionId],
    );
    expect(ids.map(({ id }) => id)).toContain(made);
  });

  it('follows folders that are renamed and moved, deleted and taken back', async () => {
    const box = await connectWith('Ana');
    const family = box.mailbox.addFolder('Family');
    const below = box.mailbox.addFolder('Below', { parentId: family.id });
    box.addThere('Bo', family);
    box.addThere('Cy', below);
    await box.sync();
    const bo = (await box.named('Bo')).id;
    box.mailbox.renameFolder(family, 'Relatives');
    box.mailbox.moveFolder(below, box.mailbox.contactsId);
    await box.sync();
    expect(await box.here()).toEqual(box.there());
    expect((await box.named('Bo')).id).toBe(bo);
    box.mailbox.removeFolder(family);
    await box.sync();
    expect(await box.here()).toEqual(box.there());
    expect(await box.named('Bo', { deleted: true })).toMatchObject({ id: bo, pending: null });
    box.mailbox.moveFolder(family, box.mailbox.contactsId);
    await box.sync();
    expect(await box.here()).toEqual(box.there());
    expect((await box.named('Bo')).id).toBe(bo);
    box.mailbox.eraseFolder(family);
    await box.sync();
    expect((await box.here()).map(({ name }) => name)).toEqual(['Cy', 'Ana']);
  });

  it('goes on with the other folders where one may not be read', async () => {
    const box = await connectWith('Ana');
    const denied = box.mailbox.addFolder('Denied');
    denied.denied = true;
    box.addThere('Bo');
    await box.sync();
    expect(await box.here()).toHaveLength(2);
    expect(await box.connection()).toMatchObject({ state: 'connected', problem: { key: 'folder-denied' } });
    denied.denied = false;
    box.addThere('Cy', denied);
    await box.sync();
    expect(await box.here()).toEqual(box.there());
    expect((await box.connection()).problem).toBeNull();
  });

  it('knows a contact again that was deleted there and taken back', async () => {
    const box = await connectWith('Ana');
    const made = await box.add('Zoe');
    await box.sync();
    const inBin = box.mailbox.remove(box.mailbox.named('Zoe'));
    await box.sync();
    expect((await box.named('Zoe', { deleted: true })).id).toBe(made);
    box.mailbox.move(inBin, { id: box.mailbox.contactsId });
    await box.sync();
    expect((await box.named('Zoe')).id).toBe(made);
    expect(await box.here()).toEqual(box.there());
  });

  it('keeps no more contacts than it may, and reads on once there is room', async () => {
    const names = Array.from({ length: 10 }, (_, place) => `Contact ${place}`);
    const box = await connect();
    const clients = box.mailbox.addFolder('Clients');
    for (const name of names) box.addThere(name, clients);
    await atMost('cloudContactsPerConnection', 6, async () => {
      await box.sync();
      const kept = await box.here();
      // Two pages of four would be too many: nothing of the second.
      expect(kept).toHaveLength(4);
      expect(await box.connection()).toMatchObject({
        ...{ state: 'connected', failures: 1 },
        problem: { key: 'too-many-contacts', values: { max: 6 } },
      });
      expect(await box.runs()).toMatchObject([{ outcome: 'partly', problem: { key: 'too-many-contacts' } }]);
      // Other folders are kept in step as far as there is room, and what is changed here is sent.
      box.addThere('Ana');
      await box.edit(kept[0].name, { organization: 'Nord' });
      await box.sync();
      expect((await box.here()).map(({ name }) => name)).toEqual([...kept.map(({ name }) => name), 'Ana']);
      expect(box.mailbox.named(kept[0].name).fields['CompanyName']).toBe('Nord');
      expect(await box.connection()).toMatchObject({ failures: 2, problem: { key: 'too-many-contacts' } });
      expect(await box.goneThere()).toBe(0);
      // What we hold is deleted there: no cursor that stands still ever tells.
      for (const { name } of kept) box.mailbox.erase(box.mailbox.named(name));
      box.mailbox.erase(box.mailbox.named('Ana'));
      await box.sync();
      expect(await box.here()).toEqual(box.there());
      expect(await box.here()).toHaveLength(6);
      expect(await box.connection()).toMatchObject({ failures: 0, problem: null });
    });
  });

  it('takes nothing for gone where a reading from nothing stops for want of room', async () => {
    const box = await connectWith('Ana', 'Bo', 'Cy', 'Di');
    const before = await box.here();
    for (const name of ['Eve', 'Flo', 'Gil', 'Hal']) box.addThere(name);
    box.mailbox.expireStates();
    await atMost('cloudContactsPerConnection', 4, async () => {
      for (let time = 0; time < 2; time++) {
        await box.sync();
        expect(await box.here()).toEqual(before);
        expect(await box.goneThere()).toBe(0);
      }
      // Room that is made here counts at once; a move there needs none.
      await box.remove('Ana', 'Bo', 'Cy', 'Di');
      await box.sync();
      expect((await box.here()).map(({ name }) => name)).toEqual(['Eve', 'Flo', 'Gil', 'Hal']);
      const { id } = await box.named('Eve');
      box.mailbox.move(box.mailbox.named('Eve'), box.mailbox.addFolder('A folder'));
      await box.sync();
      expect((await box.named('Eve')).id).toBe(id);
      expect(await box.here()).toEqual(box.there());
      expect((await box.connection()).problem).toBeNull();
    });
  });

  it('reads no more folders than it may, never another one in the place of one it has read', async () => {
    const box = await connect();
    const there = (name: string) => {
      const folder = box.mailbox.addFolder(name);
      box.addThere(`In ${name}`, folder);
      return folder;
    };
    const [beeches, cedars, elms] = ['Beeches', 'Cedars', 'Elms', 'Firs'].map(there);
    const folders = async () => (await box.here()).map(({ folder }) => folder);
    await atMost('cloudFoldersPerConnection', 3, async () => {
      await box.sync();
      expect(await folders()).toEqual(['Beeches', 'Cedars']);
      const problem = { key: 'too-many-folders', values: { max: 3, more: 2 } };
      expect(await box.connection()).toMatchObject({ failures: 0, problem });
      expect(await box.runs()).toMatchObject([{ outcome: 'partly' }]);
      there('Acacias');
      box.mailbox.renameFolder(beeches, 'Zelkovas');
      await box.sync();
      expect(await folders()).toEqual(['Cedars', 'Zelkovas']);
      // It is not forgotten when nothing changes.
      await box.sync();
      expect((await box.connection()).problem).toMatchObject({ values: { more: 3 } });
      box.mailbox.eraseFolder(cedars);
      await box.sync();
      expect(await folders()).toEqual(['Acacias', 'Zelkovas']);
    });
    box.mailbox.renameFolder(elms, 'Elms and more');
    await box.sync();
    expect(await box.here()).toEqual(box.there());
    expect((await box.connection()).problem).toBeNull();
  });

  it('takes its own writes for what they are when they come back', async () => {
    const box = await connectWith('Ana', 'Bo');
    box.mailbox.addFolder('Family');
    await box.sync();
    await box.add('Zoe');
    await box.edit('Ana', { email: 'ana@new.example' });
    await box.move('Bo', 'Family');
    await box.push();
    const ids = async () =>
      (await Promise.all(['Ana', 'Bo', 'Zoe'].map((name) => box.named(name)))).map(({ id }) => id);
    const [before, runs] = [await ids(), (await box.runs()).length];
    fake.requests.length = 0;
    await box.sync();
    expect(await box.here()).toEqual(box.there());
    expect(await ids()).toEqual(before);
    expect(fake.asked('GetItem')).toEqual([]);
    expect(await box.runs()).toHaveLength(runs);
  });
});

/** With another limit while `body` runs. */
async function atMost(
  limit: 'cloudContactsPerConnection' | 'cloudFoldersPerConnection',
  most: number,
  body: () => Promise<void>,
): Promise<void> {
  const replaced = jest.replaceProperty(limits as Record<typeof limit, number>, limit, most);
  try {
    await body();
  } finally {
    replaced.restore();
  }
}

/** Statements that write, as the database was given them while `body` ran. */
async function writesDuring(app: TestApp, body: () => Promise<unknown>): Promise<string[]> {
  const log = jest.spyOn(app.database.logger, 'logQuery');
  try {
    await body();
    const said = log.mock.calls.map(([sql]) => sql.trim());
    expect(said.some((sql) => sql.startsWith('SELECT'))).toBe(true);
    return said.filter((sql) => /^(INSERT|UPDATE|DELETE|REPLACE)/i.test(sql));
  } finally {
    log.mockRestore();
  }
}
