import { Brakes, seenOf } from '../../src/integrations/brakes/brakes.service.js';
import { CloudFolder, Connection } from '../../src/integrations/connection.entities.js';
import { Connections } from '../../src/integrations/connections/connections.service.js';
import { type StoredCloudContact } from '../../src/integrations/contacts/cloud-contact-row.js';
import { storedCloudContacts } from '../../src/integrations/contacts/cloud-contact-writes.js';
import { CloudContacts } from '../../src/integrations/contacts/cloud-contacts.service.js';
import { type CloudEdit } from '../../src/integrations/contacts/edited.js';
import { SyncWorker } from '../../src/integrations/sync/sync-worker.service.js';
import { membership, type AddressBook, type Group, type Person } from '../fakes/google/address-book.js';
import { answers, startFakeGoogle, type FakeGoogle } from '../fakes/google/server.js';
import { startFakeOAuth, type FakeOAuth } from '../fakes/oauth/server.js';
import { startApp, type TestApp } from '../support/app.js';
import { type Browser } from '../support/browser.js';
import { requestsFollowTheDescription } from './google-requests.js';

const emails = Array.from({ length: 30 }, (_, place) => `person${place}@nord.example`);
const scopes = ['openid', 'email', 'https://www.googleapis.com/auth/contacts'];

describe('an address book of Google', () => {
  let app: TestApp;
  let oauth: FakeOAuth;
  let google: FakeGoogle;
  let next = 0;

  beforeAll(async () => {
    oauth = await startFakeOAuth({ dialect: 'google', accounts: emails.map((email) => ({ email })) });
    google = await startFakeGoogle({ accounts: emails, holderOf: (header) => oauth.holderOf(header) });
    app = await startApp({ env: { ...oauth.env, ...google.env } });
  });
  afterAll(async () => {
    await app.close();
    await google.close();
    await oauth.close();
  });
  beforeEach(() => google.heal());
  requestsFollowTheDescription();

  /** Somebody's address book, with these people read already. */
  const connected = async (...people: Record<string, unknown[]>[]) => {
    const email = emails[next++];
    const { user, browser } = await app.signedIn();
    const { connectionId } = await app.get(Connections).connect(
      user,
      {
        ...{ provider: 'google', mailboxId: email, accountName: email, details: {} },
        secret: JSON.stringify(oauth.grant(scopes, email)),
      },
      { contacts: 'write', calendar: 'none' },
    );
    const book = new Book(app, google, email, user, browser, connectionId);
    for (const person of people) book.there.add(person);
    await book.sync();
    google.requests.length = 0;
    return book;
  };

  describe('labels', () => {
    it('are merged one by one where both sides changed them', async () => {
      const book = await connected(named('Ana'));
      const [clients, nord, south] = ['Clients', 'Nord', 'South'].map((name) => book.there.addGroup(name));
      book.label('Ana', clients, nord);
      await book.sync();
      await book.place('Ana', ['My Contacts', 'Clients', 'South']);
      book.label('Ana', nord);
      await book.sync();
      expect(await book.labels('Ana')).toEqual(['My Contacts', 'South']);
      expect(book.labelsThere('Ana')).toEqual([south.id, 'myContacts'].sort());
    });

    it('that are none of ours to see stay when others are changed', async () => {
      const book = await connected(named('Ana'));
      book.there.addGroup('Clients');
      book.there.edit(book.person('Ana'), {
        memberships: ['myContacts', 'starred', 'family'].map((id) => membership(id)),
      });
      await book.sync();
      expect(await book.labels('Ana')).toEqual(['My Contacts']);
      await book.place('Ana', ['Clients']);
      await book.push();
      const there = [book.group('Clients').id, 'family', 'starred'].sort();
      expect(book.labelsThere('Ana')).toEqual(there);
      await book.place('Ana', ['My Contacts']);
      await book.sync();
      expect(book.labelsThere('Ana')).toEqual(['family', 'myContacts', 'starred']);
      expect([await book.labels('Ana'), await book.pending()]).toEqual([['My Contacts'], []]);
    });

    it('are renamed, and deleted without their contacts, also those that have no other', async () => {
      const book = await connected(named('Ana'), named('Bo'));
      const [clients, nord] = ['Clients', 'Nord'].map((name) => book.there.addGroup(name));
      book.label('Ana', clients);
      book.there.edit(book.person('Bo'), { memberships: [membership(clients.id)] });
      await book.sync();
      book.there.renameGroup(nord, 'North');
      book.there.removeGroup(clients);
      await book.sync();
      expect(await book.folders()).toEqual(['My Contacts', 'North']);
      expect([await book.labels('Ana'), await book.labels('Bo')]).toEqual([['My Contacts'], []]);
      expect(await book.sync()).toEqual([]);
      await book.edit('Bo', { organization: 'Nord' });
      await book.sync();
      expect(book.person('Bo').now.data).toMatchObject({
        organizations: [{ name: 'Nord' }],
        memberships: [],
      });
    });

    it('made while contacts are read are taken for known with the next run, and never taken away', async () => {
      const book = await connected(named('Ana'));
      // After the labels, before the people.
      google.trouble({
        ...{ kind: 'before', operation: 'people.connections.list', times: 1 },
        run: () => book.label('Ana', book.there.addGroup('Late')),
      });
      await book.sync();
      expect(await book.labels('Ana')).toEqual(['My Contacts']);
      await book.edit('Ana', { organization: 'Nord' });
      await book.sync();
      expect(await book.labels('Ana')).toEqual(['Late', 'My Contacts']);
      expect(book.labelsThere('Ana')).toHaveLength(2);
    });

    it('that are gone before a contact was put into them alone leave it where it is there', async () => {
      const book = await connected(named('Ana'));
      const clients = book.there.addGroup('Clients');
      await book.sync();
      await book.place('Ana', ['Clients']);
      book.there.removeGroup(clients);
      expect(await book.sync()).toEqual([]);
      expect([await book.labels('Ana'), book.labelsThere('Ana')]).toEqual([['My Contacts'], ['myContacts']]);
    });

    it('that were deleted there meanwhile keep no contact from being made or moved', async () => {
      const book = await connected(named('Ana'));
      const gone = book.there.addGroup('Gone');
      await book.sync();
      const [folder] = await book.folderIds(['Gone']);
      await book.place('Ana', ['My Contacts', 'Gone']);
      await book.acts.add(book.owner, { fields: { displayName: 'Bo' }, phones: {} }, folder, null);
      book.there.removeGroup(gone);
      await book.push();
      await book.sync();
      await book.sync();
      expect(book.names()).toEqual(['Ana', 'Bo']);
      expect([await book.labels('Ana'), await book.labels('Bo')]).toEqual([['My Contacts'], ['My Contacts']]);
      expect(await book.pending()).toEqual([]);
    });
  });

  describe('lists that lag behind', () => {
    it('neither undo what was written, nor delete or double what was made, also when all is read', async () => {
      const book = await connected(named('Ana'), named('Bo'));
      book.there.holdLists();
      await book.edit('Ana', { organization: 'Nord' });
      await book.add('Cy');
      await book.remove('Bo');
      await book.push();
      expect(book.names()).toEqual(['Ana', 'Cy']);
      await book.sync();
      book.there.expireTokens();
      await book.sync();
      expect(await book.here()).toEqual(['Ana', 'Cy']);
      expect(await book.row('Ana')).toMatchObject({ organization: 'Nord', pending: null });
      book.there.showLists();
      await book.sync();
      expect([await book.here(), book.names()]).toEqual([
        ['Ana', 'Cy'],
        ['Ana', 'Cy'],
      ]);
    });

    it('do not double what was made and not answered, nor what was taken out of the bin since', async () => {
      const book = await connected();
      google.rules.allListsLag = true;
      book.there.holdLists();
      for (const name of ['Cy', 'Di']) {
        google.trouble({ kind: 'drop', operation: 'people.createContact', times: 1 });
        await book.add(name);
        await book.push();
        expect([await book.sync(), book.names()]).toEqual([[name], [name]]);
        if (name === 'Cy') {
          await book.remove('Cy');
          await book.sync();
          await book.restore('Cy');
        }
        expect(await book.sync()).toEqual([name]);
        book.there.showLists();
        expect([await book.sync(), book.names()]).toEqual([[], [name]]);
        await book.remove(name);
        await book.sync();
        book.there.holdLists();
      }
      google.rules.allListsLag = false;
      expect([await book.here(), book.names()]).toEqual([[], []]);
    });

    it('keep nothing waiting that was not made for sure, and that no list has after a quarter of an hour', async () => {
      const book = await connected();
      google.trouble({ kind: 'http', status: 429, operation: 'people.createContact', times: 1 });
      await book.add('Cy');
      await book.push();
      expect([await book.sync(), book.names()]).toEqual([[], ['Cy']]);
      google.trouble({ kind: 'lost', operation: 'people.createContact', times: 1 });
      const id = await book.add('Di');
      await book.push();
      expect([await book.sync(), book.names()]).toEqual([['Di'], ['Cy']]);
      await app.database.query(
        'UPDATE cloud_contacts SET sentAt = DATE_SUB(sentAt, INTERVAL 16 MINUTE) WHERE id = ?',
        [id],
      );
      expect([await book.sync(), book.names()]).toEqual([[], ['Cy', 'Di']]);
    });

    it('tell in the end what was deleted there after we wrote it', async () => {
      const book = await connected(named('Ana'));
      await book.add('Cy');
      await book.push();
      book.there.remove(book.person('Cy'));
      book.there.expireTokens();
      await book.sync();
      expect(await book.here()).toEqual(['Ana']);
    });
  });

  describe('names of contacts there', () => {
    it('that change take the contact along, with its star and its id', async () => {
      const book = await connected(named('Ana'), named('Bo'));
      const { id } = await book.row('Ana');
      await book.acts.star(book.owner, [id], true);
      const to = book.there.rename(book.person('Ana'));
      await book.sync();
      expect(await book.row('Ana')).toMatchObject({ id, starred: true, remoteId: `people/${to}` });
      expect(await book.here()).toEqual(['Ana', 'Bo']);
      await book.edit('Ana', { organization: 'Nord' });
      await book.sync();
      expect(book.person('Ana').now.data['organizations']).toMatchObject([{ name: 'Nord' }]);
    });

    it('that change while an edit waits are found by it', async () => {
      const book = await connected(named('Ana'));
      const { id } = await book.row('Ana');
      await book.edit('Ana', { organization: 'Nord' });
      const to = book.there.rename(book.person('Ana'));
      await book.push();
      expect(await book.row('Ana')).toMatchObject({ id, remoteId: `people/${to}`, pending: null });
      await book.sync();
      expect([await book.here(), book.names()]).toEqual([['Ana'], ['Ana']]);
    });

    it('that are new, of one that was deleted and made again elsewhere, go on in the same place here', async () => {
      const person = { ...named('Ana'), emailAddresses: [{ value: 'ana@nord.example' }] };
      const book = await connected(person, named('Bo'));
      const { id } = await book.row('Ana');
      book.there.remove(book.person('Ana'));
      book.there.add(person);
      await book.sync();
      expect(await book.row('Ana')).toMatchObject({ id });
      expect(await book.here()).toEqual(['Ana', 'Bo']);
    });
  });

  it('is read whole when its token has expired, once, and is asked no more than so often', async () => {
    const book = await connected(named('Ana'));
    const before = book.asked('people.connections.list').length;
    book.there.expireTokens();
    book.there.add(named('Bo'));
    await book.sync();
    expect(await book.here()).toEqual(['Ana', 'Bo']);
    // The refused one, and the whole list.
    expect(book.asked('people.connections.list').length - before).toBe(2);
    // A service that is away for a while uses up nothing.
    book.there.expireTokens();
    google.trouble({ kind: 'http', status: 502, operation: 'people.connections.list', skip: 1, times: 4 });
    for (let time = 0; time < 5; time++) await book.sync();
    expect((await book.connection()).problem).toBeNull();
    for (let time = 0; time < 5; time++) {
      book.there.expireTokens();
      await book.sync();
    }
    const whole = book
      .asked('people.connections.list')
      .filter(({ query, status }) => !query.has('syncToken') && status === 200);
    expect(whole).toHaveLength(3);
    expect((await book.connection()).problem).toMatchObject({ key: 'throttled' });
    expect(await book.here()).toEqual(['Ana', 'Bo']);
  });

  it('is not emptied here before its owner has said so, once asked for all labels together', async () => {
    const book = await connected(...Array.from({ length: 30 }, (_, at) => named(`Contact ${at}`)));
    for (const person of book.there.contacts.slice(2)) book.there.remove(person);
    await book.sync();
    expect([(await book.here()).length, (await book.connection()).problem?.key]).toEqual([30, 'brake']);
    const page = await book.browser.get(`/integrations/${book.connectionId}/brake`);
    expect(page.status).toBe(200);
    const [{ scopeId, brake }] = await app.get(Brakes).of(book.connectionId);
    await app
      .get(Brakes)
      .decide(book.owner, book.connectionId, { scopeId, seen: seenOf(brake), decision: 'delete' });
    await book.sync();
    expect((await book.here()).length).toBe(2);
    expect((await book.connection()).problem).toBeNull();
  });

  it('goes on at the page it was cut off at', async () => {
    const book = await connected();
    for (const name of ['Ana', 'Bo', 'Cy', 'Di', 'Eli']) book.there.add(named(name));
    google.rules.pageLimit = 2;
    book.there.expireTokens();
    google.trouble({ kind: 'cut', operation: 'people.connections.list', skip: 3 });
    await book.sync();
    expect(await book.here()).toEqual(['Ana', 'Bo', 'Cy', 'Di']);
    google.heal();
    await book.sync();
    google.rules.pageLimit = 1000;
    expect(await book.here()).toEqual(['Ana', 'Bo', 'Cy', 'Di', 'Eli']);
  });

  it('is left alone for a minute at least where it asks for patience without saying how long', async () => {
    const book = await connected(named('Ana'), named('Bo'));
    for (const name of ['Ana', 'Bo']) await book.edit(name, { organization: 'Nord' });
    google.trouble({ kind: 'http', status: 429, body: answers.tooMany, operation: 'people.updateContact' });
    await book.push();
    const { problem, leaseUntil } = await book.connection();
    expect(problem).toMatchObject({ key: 'throttled' });
    expect(leaseUntil!.getTime() - Date.now()).toBeGreaterThan(55_000);
    expect(book.asked('people.updateContact')).toHaveLength(1);
    google.heal();
    await book.sync();
    expect(book.there.contacts.map(({ now }) => now.data['organizations']?.[0]?.name)).toEqual([
      'Nord',
      'Nord',
    ]);
  });

  it('asks to sign in again when contacts are not among what was consented to', async () => {
    const book = await connected(named('Ana'));
    await app.get(Connections).signInAgain(book.owner, book.connectionId, {
      ...{ provider: 'google', mailboxId: book.email, accountName: book.email, details: {} },
      secret: JSON.stringify(oauth.grant(['openid', 'email'], book.email)),
    });
    await book.sync();
    expect(await book.connection()).toMatchObject({ state: 'needs-sign-in', problem: { key: 'sign-in' } });
    expect(await book.here()).toEqual(['Ana']);
  });

  describe('an edit', () => {
    it('sends only what changed, whole, and loses nothing that is not shown', async () => {
      const numbers = [
        { value: '+33 1 99 00 10 20', type: 'work' },
        { value: '06 39 98 00 20', type: 'mobile' },
        { value: '06 39 98 00 21', type: 'mobile' },
        { value: '5555', type: 'pager' },
        { value: '+33 1 99 00 10 29', type: 'Boat' },
      ];
      const many = Array.from({ length: 120 }, (_, at) => ({ value: `ana${at}@nord.example`, type: 'work' }));
      const book = await connected({ ...named('Ana'), phoneNumbers: numbers, emailAddresses: many });
      expect(await book.row('Ana')).toMatchObject({
        ...{ workPhone: '+33199001020', mobilePhone: '+33639980020', mainPhone: '+33199001029' },
        email: 'ana0@nord.example',
      });
      await book.edit(
        'Ana',
        { email: 'new@nord.example' },
        { mobilePhone: { number: '+33639980077', typed: null } },
      );
      await book.push();
      const [{ query }] = book.asked('people.updateContact');
      expect(query.get('updatePersonFields')?.split(',').sort()).toEqual(['emailAddresses', 'phoneNumbers']);
      const { phoneNumbers, emailAddresses } = book.person('Ana').now.data;
      expect(phoneNumbers.map(({ value, type }) => [value.replaceAll(' ', ''), type])).toEqual(
        numbers.map(({ value, type }, at) => [at === 1 ? '+33639980077' : value.replaceAll(' ', ''), type]),
      );
      expect(emailAddresses).toHaveLength(120);
      expect(emailAddresses[0]).toMatchObject({ value: 'new@nord.example', type: 'work' });
    });

    it('keeps the parts of a name that are still in it', async () => {
      const name = { honorificPrefix: 'Dr.', givenName: 'Zoé', middleName: 'Anne', familyName: 'Durand' };
      const book = await connected({ names: [{ ...name, phoneticFamilyName: 'dyrɑ̃' }] }, named('Bo Li'));
      const { id } = await book.row('Dr. Zoé Anne Durand');
      await book.edit('Dr. Zoé Anne Durand', { displayName: 'Dr. Zoé Anne Petit' });
      await book.edit('Bo Li', { displayName: 'Bo & Co' });
      await book.push();
      const [zoe, bo] = book.there.contacts.map(({ now }) => now.data['names']);
      expect(zoe).toEqual([{ ...name, familyName: 'Petit' }]);
      expect(bo).toMatchObject([{ unstructuredName: 'Bo & Co' }]);
      expect((await book.rowOf(id)).displayName).toBe('Dr. Zoé Anne Petit');
    });

    it('is joined with what somebody writes there in the same moment', async () => {
      const book = await connected(named('Ana'));
      await book.edit('Ana', { organization: 'Nord' });
      google.trouble({
        ...{ kind: 'before', operation: 'people.updateContact', times: 1 },
        run: () => book.there.edit(book.person('Ana'), { emailAddresses: [{ value: 'ana@new.example' }] }),
      });
      await book.push();
      expect(await book.row('Ana')).toMatchObject({
        organization: 'Nord',
        email: 'ana@new.example',
        pending: null,
      });
      expect(book.person('Ana').now.data).toMatchObject({
        ...{ organizations: [{ name: 'Nord' }], emailAddresses: [{ value: 'ana@new.example' }] },
      });
    });

    it('takes the number Google dials for the number, and its spelling for the text', async () => {
      const book = await connected({
        ...named('Ana'),
        phoneNumbers: [{ value: '01 99 00 10 20', type: 'work' }],
      });
      expect(await book.row('Ana')).toMatchObject({
        ...{ workPhone: '+33199001020', typedPhones: { workPhone: '01 99 00 10 20' }, pending: null },
      });
    });
  });
});

function named(name: string): Record<string, unknown[]> {
  return { names: [{ unstructuredName: name }] };
}

/** One person's address book, on both sides. */
class Book {
  readonly there: AddressBook;

  constructor(
    readonly app: TestApp,
    readonly google: FakeGoogle,
    readonly email: string,
    readonly owner: Parameters<CloudContacts['add']>[0],
    readonly browser: Browser,
    readonly connectionId: string,
  ) {
    this.there = google.book(email);
  }

  get acts(): CloudContacts {
    return this.app.get(CloudContacts);
  }

  /** A whole run, now. @returns names of what waits to be sent after it */
  async sync(): Promise<string[]> {
    await this.app.database.query(
      `UPDATE connections SET askedAt = UTC_TIMESTAMP(3), wakeAt = UTC_TIMESTAMP(3), leaseUntil = NULL, leaseToken = NULL
       WHERE id = ?`,
      [this.connectionId],
    );
    await this.app.get(SyncWorker).runDue();
    return this.pending();
  }

  push(): Promise<number> {
    return this.app.get(SyncWorker).runDue();
  }

  asked(...operations: string[]) {
    return this.google.asked(...operations).filter(({ user }) => user === this.email);
  }

  connection(): Promise<Connection> {
    return this.app.database.getRepository(Connection).findOneByOrFail({ id: this.connectionId });
  }

  private async rows(): Promise<StoredCloudContact[]> {
    return [...(await storedCloudContacts(this.app.database, this.connectionId)).values()];
  }

  async here(): Promise<string[]> {
    return (await this.rows()).map(({ displayName }) => displayName).sort();
  }

  async pending(): Promise<string[]> {
    return (await this.rows()).filter(({ pending }) => pending).map(({ displayName }) => displayName);
  }

  async row(name: string): Promise<StoredCloudContact> {
    const row = (await this.rows()).find(({ displayName }) => displayName === name);
    if (!row) throw new Error(`Nobody is called ${name}`);
    return row;
  }

  async rowOf(id: string): Promise<StoredCloudContact> {
    return (await this.rows()).find((row) => row.id === id)!;
  }

  names(): string[] {
    return this.there.contacts.map(({ now }) => String(now.data['names'][0].unstructuredName)).sort();
  }

  person(name: string): Person {
    const person = this.there.contacts.find(({ now }) => now.data['names'][0].unstructuredName === name);
    if (!person) throw new Error(`Nobody is called ${name} there`);
    return person;
  }

  group(name: string): Group {
    return [...this.there.groups.values()].find((group) => group.name === name)!;
  }

  /** Gives somebody these labels there, besides the one of all. */
  label(name: string, ...groups: Group[]): void {
    const ids = ['myContacts', ...groups.map(({ id }) => id)];
    this.there.edit(this.person(name), { memberships: ids.map((id) => membership(id)) });
  }

  labelsThere(name: string): string[] {
    const { memberships } = this.person(name).now.data;
    return memberships
      .map((each) => each.contactGroupMembership.contactGroupResourceName.replace('contactGroups/', ''))
      .sort();
  }

  async folders(): Promise<string[]> {
    const folders = await this.app.database
      .getRepository(CloudFolder)
      .findBy({ connectionId: this.connectionId, living: true });
    return folders.map(({ name }) => name).sort();
  }

  async folderIds(names: readonly string[]): Promise<string[]> {
    const folders = await this.app.database
      .getRepository(CloudFolder)
      .findBy({ connectionId: this.connectionId });
    return names.map((name) => folders.find((folder) => folder.name === name)!.id);
  }

  async labels(name: string): Promise<string[]> {
    const folders = await this.app.database
      .getRepository(CloudFolder)
      .findBy({ connectionId: this.connectionId });
    const { folderIds } = await this.row(name);
    return folderIds.map((id) => folders.find((folder) => folder.id === id)?.name ?? '?').sort();
  }

  async place(name: string, labels: readonly string[]): Promise<void> {
    const { id } = await this.row(name);
    const folderIds = await this.folderIds(labels);
    await this.acts.edit(this.owner, id, { fields: {}, phones: {} }, { version: null, folderIds });
  }

  async edit(name: string, fields: CloudEdit['fields'], phones: CloudEdit['phones'] = {}): Promise<void> {
    const { id } = await this.row(name);
    await this.acts.edit(this.owner, id, { fields, phones }, { version: null });
  }

  async add(displayName: string): Promise<string> {
    const [folderId] = await this.folderIds(['My Contacts']);
    return this.acts.add(this.owner, { fields: { displayName }, phones: {} }, folderId, null);
  }

  async restore(displayName: string): Promise<void> {
    const rows = await storedCloudContacts(this.app.database, this.connectionId, { deleted: true });
    const ids = [...rows.values()].filter((row) => row.displayName === displayName).map(({ id }) => id);
    await this.acts.restore(this.owner, ids);
  }

  async remove(name: string): Promise<void> {
    const { id } = await this.row(name);
    await this.acts.remove(this.owner, [id]);
  }
}
