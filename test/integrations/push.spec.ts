import { AccountSettings } from '../../src/accounts/account-settings.entity.js';
import { Brakes, seenOf } from '../../src/integrations/brakes/brakes.service.js';
import { Lease } from '../../src/integrations/sync/lease.js';
import { type TestApp } from '../support/app.js';
import { type FakeExchange } from '../fakes/exchange/server.js';
import { startWithExchange } from './connected.js';
import { nameOf, Syncing } from './syncing.js';

let app: TestApp;
let fake: FakeExchange;
const logins = Array.from({ length: 40 }, (_, place) => `user${place}`);

beforeAll(async () => {
  ({ app, fake } = await startWithExchange(logins));
});
afterEach(() => fake.heal());
afterAll(async () => {
  await app.close();
  await fake.close();
});

const start = (before?: Parameters<typeof Syncing.start>[3], options?: Parameters<typeof Syncing.start>[4]) =>
  Syncing.start(app, fake, logins.shift() ?? '', before, options);

describe('What is changed here', () => {
  it('is sent: made, changed, moved, removed', async () => {
    const syncing = await start((mailbox) => {
      mailbox.addFolder('Clients');
      mailbox.addContact({ DisplayName: 'Grace Hopper', CompanyName: 'Navy' });
      mailbox.addContact({ DisplayName: 'Alan Turing' });
    });
    await syncing.add('Ada Lovelace', { email: 'ada@engine.example' });
    const grace = await syncing.named('Grace Hopper');
    await syncing.edit(
      grace.id,
      { organization: 'Univac' },
      { mobilePhone: { number: '+33612345678', typed: null } },
    );
    await syncing.acts.move(syncing.owner, [grace.id], await syncing.folderId('Clients'));
    await syncing.acts.remove(syncing.owner, [(await syncing.named('Alan Turing')).id]);
    expect(syncing.namesThere()).toEqual(['Alan Turing', 'Grace Hopper']);
    await syncing.push();
    expect(syncing.namesThere()).toEqual(['Ada Lovelace', 'Grace Hopper']);
    expect(syncing.there('Grace Hopper')).toMatchObject({
      folderId: syncing.mailbox.folderNamed('Clients').id,
      fields: { CompanyName: 'Univac' },
      phones: { MobilePhone: '+33612345678' },
    });
    expect(syncing.mailbox.contacts(syncing.mailbox.binId).map(nameOf)).toEqual(['Alan Turing']);
    await syncing.sync();
    expect((await syncing.here()).map(({ displayName, pending }) => [displayName, pending])).toEqual(
      expect.arrayContaining([
        ['Ada Lovelace', null],
        ['Grace Hopper', null],
      ]),
    );
    expect(await syncing.here()).toHaveLength(2);
  });

  it('leaves alone what is not shown here, and what a number was spelled as', async () => {
    const syncing = await start((mailbox) => {
      mailbox.addContact({
        ...{ DisplayName: 'Grace Hopper', Body: 'Found a moth', categories: ['Friends'] },
        addresses: { Business: { Street: '1 Navy Yard', City: 'Boston' } },
        phones: { BusinessPhone: '01 70 18 99 00', HomePhone: 'ask Bob' },
      });
    });
    const grace = await syncing.named('Grace Hopper');
    expect(grace).toMatchObject({ workPhone: '+33170189900', homePhone: null });
    // The form sends back the number as it shows it.
    await syncing.edit(
      grace.id,
      { displayName: 'Grace Hopper' },
      { workPhone: { number: '+33170189900', typed: null } },
    );
    await syncing.push();
    expect(fake.asked('UpdateItem').filter(({ user }) => user === syncing.person.mailbox.email)).toEqual([]);
    await syncing.edit(grace.id, { displayName: 'Rear Admiral Hopper' });
    await syncing.push();
    expect(syncing.there('Rear Admiral Hopper')).toMatchObject({
      categories: ['Friends'],
      addresses: { Business: { Street: '1 Navy Yard', City: 'Boston' } },
      phones: { BusinessPhone: '01 70 18 99 00', HomePhone: 'ask Bob' },
    });
  });

  it.each(['drop', 'lost'] as const)(
    'is made there once when the answer to its making is %s',
    async (kind) => {
      const syncing = await start();
      const id = await syncing.add('Ada Lovelace');
      fake.trouble({ kind, operation: 'CreateItem', times: 1 });
      await syncing.push();
      expect((await syncing.row(id)).pending).toBe('create');
      await syncing.edit(id, { organization: 'Engines' });
      await syncing.sync();
      await syncing.sync();
      expect(syncing.namesThere()).toEqual(['Ada Lovelace']);
      expect(syncing.there('Ada Lovelace').fields['CompanyName']).toBe('Engines');
      expect(await syncing.here()).toMatchObject([{ id, pending: null }]);
    },
  );

  it('leaves what its owner typed there before we heard that it was made', async () => {
    const syncing = await start();
    const id = await syncing.add('Ada Lovelace', { organization: 'Engines', email: 'ada@x.test' });
    fake.trouble({ kind: 'drop', operation: 'CreateItem', times: 1 });
    await syncing.push();
    syncing.mailbox.edit(syncing.there('Ada Lovelace'), { CompanyName: 'There' });
    await syncing.edit(id, { email: 'ada@here.test' });
    await syncing.sync();
    await syncing.sync();
    expect(syncing.there('Ada Lovelace').fields['CompanyName']).toBe('There');
    expect(await syncing.row(id)).toMatchObject({
      organization: 'There',
      email: 'ada@here.test',
      pending: null,
    });
    expect(await syncing.openConflicts()).toEqual([]);
  });

  it('is removed there when it was deleted here before its making was answered', async () => {
    const syncing = await start();
    const id = await syncing.add('Ada Lovelace');
    fake.trouble({ kind: 'drop', operation: 'CreateItem', times: 1 });
    await syncing.push();
    await syncing.acts.remove(syncing.owner, [id]);
    await syncing.sync();
    await syncing.sync();
    expect(syncing.namesThere()).toEqual([]);
    expect(await syncing.here()).toEqual([]);
    expect(await syncing.row(id)).toMatchObject({ pending: null });
  });
});

describe('What is changed during its sending', () => {
  it.each(['CreateItem', 'UpdateItem'])('is kept, and sent after it (%s)', async (operation) => {
    const syncing = await start();
    const id = await syncing.add('Ada Lovelace');
    if (operation === 'UpdateItem') {
      await syncing.push();
      await syncing.edit(id, { displayName: 'Ada King' });
    }
    fake.trouble({
      ...{ kind: 'before', operation, times: 1 },
      run: async () =>
        void (await syncing.edit(id, { organization: 'Engines', displayName: 'Augusta Ada King' })),
    });
    await syncing.push();
    expect(syncing.there('Augusta Ada King').fields['CompanyName']).toBe('Engines');
    expect(await syncing.row(id)).toMatchObject({
      ...{ displayName: 'Augusta Ada King', organization: 'Engines', pending: null },
    });
    expect(syncing.namesThere()).toHaveLength(1);
  });

  it.each(['CreateItem', 'UpdateItem'])(
    'is deleted there when that is what was done (%s)',
    async (operation) => {
      const syncing = await start();
      const id = await syncing.add('Ada Lovelace');
      if (operation === 'UpdateItem') {
        await syncing.push();
        await syncing.edit(id, { displayName: 'Ada King' });
      }
      fake.trouble({
        ...{ kind: 'before', operation, times: 1 },
        run: async () => void (await syncing.acts.remove(syncing.owner, [id])),
      });
      await syncing.push();
      expect(syncing.namesThere()).toEqual([]);
      await syncing.sync();
      expect(await syncing.here()).toEqual([]);
    },
  );

  it('lives again there when it came out of the bin while it was removed', async () => {
    const syncing = await start((mailbox) =>
      mailbox.addContact({ DisplayName: 'Ada Lovelace', CompanyName: 'Engines' }),
    );
    const { id } = await syncing.named('Ada Lovelace');
    await syncing.acts.remove(syncing.owner, [id]);
    fake.trouble({
      ...{ kind: 'before', operation: 'DeleteItem', times: 1 },
      run: async () => void (await syncing.acts.restore(syncing.owner, [id])),
    });
    await syncing.push();
    await syncing.sync();
    expect(syncing.namesThere()).toEqual(['Ada Lovelace']);
    expect(syncing.there('Ada Lovelace').fields['CompanyName']).toBe('Engines');
    expect(await syncing.here()).toMatchObject([{ id, pending: null }]);
  });
});

describe('What is changed on both sides', () => {
  it('is merged field by field, and only the same field is a conflict', async () => {
    const syncing = await start((mailbox) =>
      mailbox.addContact({
        DisplayName: 'Ada',
        CompanyName: 'Engines',
        phones: { HomePhone: '+33170189900' },
      }),
    );
    const { id } = await syncing.named('Ada');
    await syncing.edit(id, { displayName: 'Ada here', organization: 'Here' });
    syncing.mailbox.edit(syncing.there('Ada'), {
      CompanyName: 'There',
      phones: { HomePhone: '+33170189911' },
    });
    await syncing.push();
    expect(syncing.there('Ada here')).toMatchObject({
      ...{ fields: { CompanyName: 'There' }, phones: { HomePhone: '+33170189911' } },
    });
    expect(await syncing.row(id)).toMatchObject({
      ...{ displayName: 'Ada here', organization: 'There', homePhone: '+33170189911', pending: null },
    });
    expect(await syncing.openConflicts()).toMatchObject([
      {
        kind: 'fields',
        contactId: id,
        fields: { organization: { agreed: 'Engines', here: 'Here', there: 'There' } },
      },
    ]);
  });

  it('is tried three times against somebody who changes it there without end, then left to the next run', async () => {
    const syncing = await start((mailbox) => mailbox.addContact({ DisplayName: 'Ada' }));
    const { id } = await syncing.named('Ada');
    await syncing.edit(id, { organization: 'Here' });
    const item = syncing.there('Ada');
    fake.trouble({ kind: 'before', operation: 'UpdateItem', run: (mailbox) => mailbox.touch(item) });
    const before = fake.asked('UpdateItem').length;
    await syncing.push();
    expect(fake.asked('UpdateItem').length - before).toBe(4);
    expect(await syncing.row(id)).toMatchObject({ organization: 'Here', pending: 'change', problem: null });
    fake.heal();
    await syncing.sync();
    expect(syncing.there('Ada').fields['CompanyName']).toBe('Here');
    expect(await syncing.openConflicts()).toEqual([]);
  });

  it('lives when one side deletes what the other edits', async () => {
    const syncing = await start((mailbox) => {
      mailbox.addContact({ DisplayName: 'Ada' });
      mailbox.addContact({ DisplayName: 'Grace' });
    });
    const [ada, grace] = [await syncing.named('Ada'), await syncing.named('Grace')];
    await syncing.acts.remove(syncing.owner, [ada.id]);
    syncing.mailbox.edit(syncing.there('Ada'), { CompanyName: 'There' });
    await syncing.edit(grace.id, { organization: 'Here' });
    syncing.mailbox.remove(syncing.there('Grace'));
    await syncing.push();
    await syncing.sync();
    await syncing.sync();
    expect(syncing.namesThere()).toEqual(['Ada', 'Grace']);
    expect(syncing.there('Grace').fields['CompanyName']).toBe('Here');
    expect(await syncing.row(ada.id)).toMatchObject({
      deletedAt: null,
      organization: 'There',
      pending: null,
    });
    expect(await syncing.row(grace.id)).toMatchObject({
      deletedAt: null,
      organization: 'Here',
      pending: null,
    });
    const kinds = (await syncing.openConflicts()).map(({ contactId, kind }) => [contactId, kind]);
    expect(kinds).toEqual(
      expect.arrayContaining([
        [ada.id, 'deleted-here'],
        [grace.id, 'deleted-there'],
      ]),
    );
  });
});

describe('What the provider does not take', () => {
  it('is said of the contact, and tried again once it is edited', async () => {
    const syncing = await start();
    const [ada, grace] = [await syncing.add('Ada'), await syncing.add('Grace')];
    fake.trouble({ kind: 'code', operation: 'CreateItem', code: 'ErrorInvalidPropertySet', at: 0, times: 1 });
    await syncing.push();
    expect(syncing.namesThere()).toEqual(['Grace']);
    expect(await syncing.row(ada)).toMatchObject({ pending: 'create', problem: { key: 'contact-refused' } });
    expect(await syncing.row(grace)).toMatchObject({ pending: null });
    await syncing.sync();
    expect(syncing.namesThere()).toEqual(['Grace']);
    await syncing.edit(ada, { organization: 'Engines' });
    await syncing.push();
    expect(syncing.namesThere()).toEqual(['Ada', 'Grace']);
  });

  it('waits while the mailbox is full, and reading goes on', async () => {
    const syncing = await start();
    const id = await syncing.add('Ada');
    syncing.mailbox.full = true;
    syncing.mailbox.addContact({ DisplayName: 'Grace' });
    await syncing.sync();
    expect(await syncing.row(id)).toMatchObject({ pending: 'create', problem: null });
    expect(await syncing.named('Grace')).toBeDefined();
    expect((await syncing.connection()).problem).toMatchObject({ key: 'quota' });
    syncing.mailbox.full = false;
    await syncing.sync();
    expect(syncing.namesThere()).toEqual(['Ada', 'Grace']);
  });

  it('holds nobody up when the server fails with it alone again and again', async () => {
    const syncing = await start();
    const id = await syncing.add('Ada');
    fake.trouble({ kind: 'code', operation: 'CreateItem', code: 'ErrorInternalServerError', at: -1 });
    for (let run = 0; run < 4; run++) await syncing.sync();
    expect(await syncing.row(id)).toMatchObject({ pending: 'create', problem: { key: 'contact-refused' } });
  });
});

describe('Deleting much at once', () => {
  it('asks before it is done there, and brings back what is to be kept', async () => {
    const names = Array.from({ length: 60 }, (_, place) => `Person ${String(place).padStart(2, '0')}`);
    const syncing = await start((mailbox) => {
      for (const name of names) mailbox.addContact({ DisplayName: name });
    });
    const rows = await syncing.here();
    const gone = rows.slice(0, 30).map(({ id }) => id);
    await syncing.acts.remove(syncing.owner, gone);
    await syncing.sync();
    expect(syncing.namesThere()).toHaveLength(60);
    const scope = () =>
      app.database.query<{ id: string; brake: string | null }[]>(
        'SELECT id, brake FROM sync_scopes WHERE connectionId = ? AND brake IS NOT NULL',
        [syncing.person.connectionId],
      );
    const [asked] = await scope();
    const brake = JSON.parse(asked?.brake ?? '{}') as object;
    expect(brake).toMatchObject({ direction: 'there', deleted: 30, of: 60 });
    const decide = (decision: string) =>
      app.database.query('UPDATE sync_scopes SET brake = ? WHERE id = ?', [
        JSON.stringify({ ...brake, decision }),
        asked?.id,
      ]);
    await decide('keep');
    await syncing.sync();
    expect(await scope()).toEqual([]);
    expect(await syncing.here()).toHaveLength(60);
    await syncing.acts.remove(syncing.owner, gone);
    await syncing.sync();
    expect(syncing.namesThere()).toHaveLength(60);
    await decide('delete');
    await syncing.sync();
    expect(syncing.namesThere()).toHaveLength(30);
    await syncing.sync();
    expect(await scope()).toEqual([]);
    expect(await syncing.here()).toHaveLength(30);
  });

  it.each([
    ['as many as were asked about', 0],
    ['fewer by now', 1],
  ])('does not write over an answer that is given while they are counted again: %s', async (_, back) => {
    const names = Array.from({ length: 40 }, (_each, place) => `Person ${100 + place}`);
    const syncing = await start((mailbox) => {
      for (const name of names) mailbox.addContact({ DisplayName: name });
    });
    const gone = (await syncing.here()).slice(0, 30).map(({ id }) => id);
    await syncing.acts.remove(syncing.owner, gone);
    await syncing.push();
    const brakes = app.get(Brakes);
    const [asked] = await brakes.of(syncing.person.connectionId);
    if (back > 0) await syncing.acts.restore(syncing.owner, gone.slice(0, back));
    else await syncing.add('Somebody else');
    const save = Lease.prototype.save;
    const first = jest.spyOn(Lease.prototype, 'save').mockImplementation(async function (this: Lease, work) {
      first.mockRestore();
      await brakes.decide(syncing.owner, syncing.person.connectionId, {
        ...{ scopeId: asked.scopeId, seen: seenOf(asked.brake), decision: 'delete' },
      });
      return save.call(this, work) as never;
    });
    await syncing.push();
    expect(syncing.namesThere()).toHaveLength(11);
    await syncing.sync();
    expect(await brakes.of(syncing.person.connectionId)).toEqual([]);
  });

  it('does what was answered during the reading, though it finds fewer deleted there', async () => {
    const syncing = await start((mailbox) => {
      for (let place = 0; place < 40; place++) mailbox.addContact({ DisplayName: `Person ${100 + place}` });
    });
    for (const item of syncing.mailbox.contacts().slice(0, 30)) syncing.mailbox.remove(item);
    await syncing.sync();
    const brakes = app.get(Brakes);
    const { connectionId } = syncing.person;
    const [asked] = await brakes.of(connectionId);
    fake.trouble({
      ...{ kind: 'before', operation: 'SyncFolderItems', times: 1 },
      run: () =>
        brakes.decide(syncing.owner, connectionId, {
          ...{ scopeId: asked.scopeId, seen: seenOf(asked.brake), decision: 'delete' },
        }),
    });
    await app.database.query(
      'UPDATE cloud_contacts SET goneAt = NULL WHERE connectionId = ? AND goneAt IS NOT NULL LIMIT 1',
      [connectionId],
    );
    await syncing.sync();
    expect(await syncing.here()).toHaveLength(11);
    expect(await brakes.of(connectionId)).toEqual([]);
  });
});

describe('A contact that is only read', () => {
  it('is not edited here', async () => {
    const syncing = await start((mailbox) => mailbox.addContact({ DisplayName: 'Ada' }), {
      permissions: { contacts: 'read' },
    });
    const { id } = await syncing.named('Ada');
    await expect(syncing.edit(id, { organization: 'Here' })).rejects.toMatchObject({
      key: 'cloud-contact.read-only',
    });
    await syncing.acts.star(syncing.owner, [id], true);
    expect(await syncing.row(id)).toMatchObject({ starred: true, pending: null });
  });
});

describe('A contact that goes to another mailbox', () => {
  it('is made there before it is removed here, whatever happens in between', async () => {
    const from = await start((mailbox) => mailbox.addContact({ DisplayName: 'Ada', CompanyName: 'Engines' }));
    await app.database.manager.insert(AccountSettings, {
      ...{
        accountId: from.owner.accountId,
        allowedDomains: [],
        blockedDomains: [],
        severalConnections: true,
      },
    });
    const { id } = await from.named('Ada');
    const to = await Syncing.second(from, logins.shift() ?? '');
    await from.acts.move(from.owner, [id], await to.folderId('Contacts'));
    fake.trouble({ kind: 'lost', operation: 'CreateItem', times: 1 });
    await from.push();
    expect([from.namesThere(), to.namesThere()]).toEqual([['Ada'], []]);
    expect([await from.here(), (await to.here()).map(({ displayName }) => displayName)]).toEqual([
      [],
      ['Ada'],
    ]);
    await to.sync();
    await from.push();
    expect([from.namesThere(), to.namesThere()]).toEqual([[], ['Ada']]);
    expect(nameOf(to.there('Ada'))).toBe('Ada');
    expect(to.there('Ada').fields['CompanyName']).toBe('Engines');
  });
});
