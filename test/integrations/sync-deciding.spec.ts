import { connectedTo, startWithExchange } from './connected.js';
import { InStep } from './in-step.js';
import { type FakeExchange } from '../fakes/exchange/server.js';
import { type TestApp } from '../support/app.js';
import { CloudContacts } from '../../src/integrations/contacts/cloud-contacts.service.js';
import { Notification } from '../../src/notifications/notification.entity.js';

const logins = Array.from({ length: 20 }, (_, place) => `decider${place}`);

describe('what both sides change', () => {
  let app: TestApp;
  let fake: FakeExchange;
  let next = 0;

  beforeAll(async () => {
    ({ app, fake } = await startWithExchange(logins));
  });
  afterAll(async () => {
    await app.close();
    await fake.close();
  });
  beforeEach(() => fake.heal());

  const connectWith = async (...names: string[]) => {
    const box = new InStep(app, await connectedTo(app, fake, logins[next++]));
    for (const name of names) box.addThere(name);
    await box.sync();
    return box;
  };
  const numbered = (count: number) => Array.from({ length: count }, (_, place) => `Contact ${100 + place}`);

  it('is joined field by field', async () => {
    const box = await connectWith('Ana');
    await box.edit('Ana', { organization: 'Nord' });
    box.editThere('Ana', 'ana@new.example');
    await box.sync();
    expect(await box.named('Ana')).toMatchObject({
      ...{ organization: 'Nord', email: 'ana@new.example', pending: null },
    });
    expect(box.mailbox.named('Ana')).toMatchObject({ fields: { CompanyName: 'Nord' } });
    expect(await box.openConflicts()).toEqual([]);
  });

  it('stands as the provider has it where it is one field, and ours waits to be chosen', async () => {
    const box = await connectWith('Ana');
    await box.edit('Ana', { email: 'here@new.example' });
    box.editThere('Ana', 'there@new.example');
    await box.sync();
    expect(await box.named('Ana')).toMatchObject({ email: 'there@new.example', pending: null });
    const [conflict] = await box.openConflicts();
    expect(conflict).toMatchObject({ kind: 'fields', name: 'Ana' });
    expect(JSON.parse(conflict.fields)).toEqual({
      email: { agreed: 'ana@elsewhere.example', here: 'here@new.example', there: 'there@new.example' },
    });
    expect((await box.runs()).at(-1)?.counts).toMatchObject({ conflicts: 1, changedHere: 1 });
  });

  it('lives when it was deleted there and edited here, and is made there again', async () => {
    const box = await connectWith('Ana', 'Bo');
    const { id } = await box.named('Ana');
    await box.edit('Ana', { organization: 'Nord' });
    box.mailbox.remove(box.mailbox.named('Ana'));
    await box.sync();
    expect(await box.named('Ana')).toMatchObject({ id, organization: 'Nord', pending: null });
    expect(await box.here()).toEqual(box.there());
    expect(await box.openConflicts()).toMatchObject([{ kind: 'deleted-there', name: 'Ana' }]);
  });

  it('lives when it was deleted here and edited there', async () => {
    const box = await connectWith('Ana', 'Bo');
    const { id } = await box.named('Ana');
    await box.remove('Ana');
    box.editThere('Ana', 'ana@new.example');
    await box.sync();
    expect(await box.named('Ana')).toMatchObject({ id, email: 'ana@new.example', pending: null });
    expect(await box.here()).toEqual(box.there());
    expect(await box.openConflicts()).toMatchObject([{ kind: 'deleted-here', name: 'Ana' }]);
  });

  it('lives when it is restored here while it is deleted there, and nobody hears of that', async () => {
    const box = await connectWith('Ana', 'Bo');
    const { id } = await box.named('Ana');
    await box.remove('Ana');
    fake.trouble({
      ...{ kind: 'before', operation: 'DeleteItem', times: 1 },
      run: async () => {
        await box.takeAway();
        await app.get(CloudContacts).restore(box.person.user, [id]);
      },
    });
    await box.push();
    expect(box.there()).toHaveLength(1);
    await box.sync();
    expect(await box.named('Ana')).toMatchObject({ id, pending: null, pushAttempts: 0 });
    expect(await box.here()).toEqual(box.there());
    expect(await box.openConflicts()).toEqual([]);
    // What is deleted there from now on is deleted here.
    box.mailbox.remove(box.mailbox.named('Ana'));
    await box.sync();
    expect((await box.here()).map(({ name }) => name)).toEqual(['Bo']);
  });

  it('does not take the place of a copy made there that somebody has touched', async () => {
    const box = await connectWith('Bo');
    const id = await box.add('Ana');
    await box.sync();
    const original = box.mailbox.named('Ana');
    box.mailbox.edit(box.mailbox.copy(original), { DisplayName: 'Ana, copied' });
    await box.sync();
    await box.sync();
    const copy = await box.star('Ana, copied');
    await box.edit('Ana', { organization: 'Nord' });
    box.mailbox.remove(original);
    await box.sync();
    await box.sync();
    expect((await box.named('Ana')).id).toBe(id);
    expect((await box.named('Ana, copied')).id).toBe(copy);
    expect(await box.here()).toHaveLength(3);
    expect(await box.here()).toEqual(box.there());
  });

  it('is no conflict when both deleted it', async () => {
    const box = await connectWith('Ana', 'Bo');
    await box.remove('Ana');
    box.mailbox.remove(box.mailbox.named('Ana'));
    await box.sync();
    expect((await box.here()).map(({ name }) => name)).toEqual(['Bo']);
    expect(await box.named('Ana', { deleted: true })).toMatchObject({ pending: null, goneAt: null });
    expect(await box.openConflicts()).toEqual([]);
  });

  it('is not lost when it is typed while a page is on its way', async () => {
    const box = await connectWith('Ana', 'Bo');
    box.editThere('Ana', 'ana@new.example');
    const user = box.person.user.email;
    fake.trouble({
      ...{ kind: 'before', operation: 'GetItem', times: 1 },
      run: () => box.edit('Ana', { organization: 'Typed meanwhile' }),
    });
    await box.sync();
    expect(user).toBeTruthy();
    expect(await box.named('Ana')).toMatchObject({
      ...{ email: 'ana@new.example', organization: 'Typed meanwhile', pending: null },
    });
    expect(box.mailbox.named('Ana').fields['CompanyName']).toBe('Typed meanwhile');
    expect(await box.openConflicts()).toEqual([]);
  });

  it.each([
    ['from a folder read late into one read early', 'Family', 'Contacts'],
    ['from a folder read early into one read late', 'Contacts', 'Family'],
  ])('is the same contact when it is moved in the middle of a reading, %s', async (_, from, to) => {
    const box = await connectWith('Bo');
    box.mailbox.addFolder('Family');
    box.addThere('Ana', box.mailbox.folderNamed(from));
    await box.sync();
    const id = await box.star('Ana');
    await box.edit('Ana', { organization: 'Nord' });
    // One folder was read, the other was not yet.
    fake.trouble({
      ...{ kind: 'before', operation: 'SyncFolderItems', skip: 1, times: 1 },
      run: (mailbox) => void mailbox.move(mailbox.named('Ana'), mailbox.folderNamed(to)),
    });
    await box.sync();
    await box.sync();
    expect(await box.named('Ana')).toMatchObject({ id, starred: true, organization: 'Nord', pending: null });
    expect(await box.here()).toEqual(box.there());
    expect(await box.here()).toHaveLength(2);
    expect(await box.openConflicts()).toEqual([]);
  });

  it('is deleted here without asking up to twenty-five contacts, restorable', async () => {
    const box = await connectWith(...numbered(30));
    for (const item of box.mailbox.contacts().slice(0, 25)) box.mailbox.remove(item);
    await box.sync();
    expect(await box.here()).toHaveLength(5);
    expect(await box.here()).toEqual(box.there());
    expect(await box.named('Contact 100', { deleted: true })).toMatchObject({ pending: null });
  });

  it('is not deleted unasked where many small folders are empty at once', async () => {
    const box = await connectWith();
    const names = ['Clients', 'Family', 'Friends'];
    for (const name of names) {
      const folder = box.mailbox.addFolder(name);
      for (const contact of numbered(12)) box.addThere(`${contact} ${name}`, folder);
    }
    await box.sync();
    for (const item of box.mailbox.contacts()) box.mailbox.erase(item);
    await box.sync();
    expect(await box.here()).toHaveLength(36);
    const answer = (name: string, decision: 'delete' | 'keep') =>
      app.database.query(
        `UPDATE sync_scopes s JOIN cloud_folders f ON f.id = s.scopeKey
         SET s.brake = JSON_SET(s.brake, '$.decision', ?) WHERE s.connectionId = ? AND f.name = ?`,
        [decision, box.connectionId, name],
      );
    await answer('Clients', 'delete');
    await answer('Family', 'keep');
    await box.sync();
    const folders = (await box.here()).map(({ folder }) => folder);
    expect(names.map((name) => folders.filter((each) => each === name).length)).toEqual([0, 12, 12]);
    expect(box.there()).toHaveLength(12);
  });

  describe('after more than that was deleted there', () => {
    const braked = async () => {
      const box = await connectWith(...numbered(30));
      for (const item of box.mailbox.contacts().slice(0, 26)) box.mailbox.remove(item);
      await box.sync();
      return box;
    };
    const decide = (box: InStep, decision: 'delete' | 'keep') =>
      app.database.query(
        `UPDATE sync_scopes SET brake = JSON_SET(brake, '$.decision', ?) WHERE connectionId = ? AND brake IS NOT NULL`,
        [decision, box.connectionId],
      );

    it('deletes nothing and asks, once', async () => {
      const box = await braked();
      expect(await box.here()).toHaveLength(30);
      expect((await box.connection()).problem).toMatchObject({ key: 'brake', values: { deleted: 26 } });
      const before = await box.kept();
      await box.sync();
      expect(await box.kept()).toBe(before);
      const told = await app.database
        .getRepository(Notification)
        .findBy({ userId: box.person.user.id, kind: 'sync-brake' });
      expect(told).toMatchObject([{ href: `/integrations/${box.connectionId}/brake` }]);
    });

    it('deletes them when their owner says so', async () => {
      const box = await braked();
      await decide(box, 'delete');
      await box.sync();
      expect(await box.here()).toEqual(box.there());
      expect(await box.here()).toHaveLength(4);
      expect((await box.connection()).problem).toBeNull();
      const [{ brakes }] = await app.database.query<[{ brakes: string }]>(
        'SELECT COUNT(*) AS brakes FROM sync_scopes WHERE connectionId = ? AND brake IS NOT NULL',
        [box.connectionId],
      );
      expect(Number(brakes)).toBe(0);
    });

    it('makes them there again when their owner keeps them', async () => {
      const box = await braked();
      const { id } = await box.named('Contact 100');
      await decide(box, 'keep');
      await box.sync();
      expect(await box.here()).toHaveLength(30);
      expect(await box.here()).toEqual(box.there());
      expect((await box.named('Contact 100')).id).toBe(id);
      expect(await box.openConflicts()).toEqual([]);
    });

    it('asks no more when they are back there', async () => {
      const box = await connectWith(...numbered(30));
      const gone = box.mailbox.contacts().map((item) => box.mailbox.remove(item));
      await box.sync();
      expect((await box.connection()).problem).toMatchObject({ key: 'brake' });
      for (const item of gone) box.mailbox.move(item, { id: box.mailbox.contactsId });
      await box.sync();
      expect((await box.connection()).problem).toBeNull();
      expect(await box.here()).toEqual(box.there());
      expect(await box.here()).toHaveLength(30);
    });
  });
});
