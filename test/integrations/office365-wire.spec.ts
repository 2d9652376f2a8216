import { type Environment } from '../../src/config/environment.js';
import { newId } from '../../src/database/id.js';
import { type CalendarSession, type EventChange } from '../../src/integrations/calendar-connector.js';
import {
  type ContactChange,
  type ContactsSession,
  type Cursor,
  type FolderChange,
} from '../../src/integrations/contacts-connector.js';
import { AccessTokens } from '../../src/integrations/oauth/access-tokens.js';
import { OAuthClients } from '../../src/integrations/oauth/oauth-clients.js';
import { Office365CalendarConnector } from '../../src/integrations/office365/office365-calendar.connector.js';
import { Office365Connector } from '../../src/integrations/office365/office365.connector.js';
import {
  AuthorizationRevoked,
  ContactRefused,
  CursorExpired,
  NotTheService,
  RevisionConflict,
  Throttled,
} from '../../src/integrations/provider-errors.js';
import { refusalBody, type Options } from '../fakes/office365/server.js';
import { accessToMicrosoft, startMicrosoft } from './office365-harness.js';
import { requestsFollowTheDescription } from './office365-requests.js';

const MARKER = 'String {5d3a4c7e-7f0b-4e0e-9d52-0c1f6f2a9b31} Name CarnetId';
const fields = {
  ...{ displayName: 'Zoé Durand', email: null, workPhone: null, homePhone: null, mobilePhone: null },
  ...{ faxNumber: null, mainPhone: null, organization: null },
};

const servers: { close(): unknown }[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function started(ways: Options['ways'] = {}) {
  const microsoft = await startMicrosoft({ fixedOrder: true, ...ways });
  servers.push(microsoft);
  const { fake, oauth, settings } = microsoft;
  const environment = { microsoft: settings, publicUrl: 'http://localhost' } as unknown as Environment;
  const tokens = new AccessTokens(new OAuthClients(environment));
  const connector = new Office365Connector(environment, tokens);
  const calendars = new Office365CalendarConnector(environment, tokens);
  const access = accessToMicrosoft(oauth);
  const box = fake.mailbox();
  return { fake, oauth, connector, calendars, access, box, session: connector.open(access) };
}

async function read(session: ContactsSession, folderId: string, since: Cursor | null = null) {
  const changes: ContactChange[] = [];
  let [cursor, pages, skipped] = [since, 0, 0];
  for await (const page of session.contacts(folderId, since, () => Promise.resolve(new Map()))) {
    changes.push(...page.changes);
    cursor = page.cursor;
    skipped += page.skipped ?? 0;
    pages++;
  }
  const ids = changes.map((change) =>
    change.kind === 'contact' ? change.contact.remoteId : change.remoteId,
  );
  return { changes, ids, cursor, pages, skipped };
}

async function tree(session: ContactsSession) {
  const changes: FolderChange[] = [];
  for await (const page of session.folders(null)) changes.push(...page.changes);
  return changes.flatMap((change) => (change.kind === 'folder' ? [change.folder] : []));
}

describe('Every request', () => {
  it('asks for ids that stay, also inside a batch, with all preferences in one header', async () => {
    const { fake, calendars, access, box, session } = await started();
    const to = box.addFolder('To').id;
    box.addContact({ displayName: 'Ada' });
    box.calendars.addEvent({ subject: 'x', start: '2026-11-22T09:00:00Z', end: '2026-11-22T10:00:00Z' });
    await tree(session);
    await read(session, box.contactsId);
    const made = await session.create(newId(), [box.contactsId], fields);
    await session.findByClientId(made.clientId!, [box.contactsId]);
    await session.remove(await session.move(await session.update(made, { organization: 'Acme' }), [to]));
    const calendar = calendars.open(access);
    const [{ remoteId }] = await calendar.calendars();
    const window = { from: new Date('2026-11-22T00:00Z'), to: new Date('2026-11-23T00:00Z') };
    for await (const page of calendar.events(remoteId, window, null)) expect(page.whole).toBe(true);
    const prefers = fake.requests.flatMap(({ headers, parts }) => [
      headers['prefer'],
      ...parts.map(({ prefer }) => prefer),
    ]);
    expect(prefers.filter((prefer) => !String(prefer).startsWith('IdType="ImmutableId"'))).toEqual([]);
    expect(prefers).toContain('IdType="ImmutableId", odata.maxpagesize=200');
    expect(fake.mostAtOnce).toBe(1);
  });

  it('goes to the configured host alone, whatever a link says', async () => {
    const { fake, oauth, connector, box, session } = await started({ pageLimit: 1 });
    box.addContact({ displayName: 'Ada' });
    fake.trouble({
      ...{ kind: 'lie', operation: 'list', times: 1 },
      change: (body: object) => ({ ...body, '@odata.nextLink': 'http://127.0.0.1:9/me/contacts/delta?x' }),
    });
    await expect(read(session, box.contactsId)).rejects.toThrow(NotTheService);
    const { cursor } = await read(session, box.contactsId);
    fake.requests.length = 0;
    const moved = cursor!.replace(fake.origin, 'http://127.0.0.1:9');
    const again = connector.open(accessToMicrosoft(oauth));
    await expect(read(again, box.contactsId, moved)).rejects.toThrow(CursorExpired);
    expect(fake.requests).toEqual([]);
  });
});

describe('The tree', () => {
  it('has the default folder also where it has no name of its own, and what is below it', async () => {
    const { box, session } = await started({ wellKnownName: false, pageLimit: 2 });
    box.addContact({ displayName: 'Ada' });
    const names = ['One', 'Two', 'Three', 'Four', 'Five'];
    let parentId = box.contactsId;
    for (const name of names) parentId = box.addFolder(name, { parentId }).id;
    const folders = await tree(session);
    expect(folders.find(({ isDefault }) => isDefault)?.remoteId).toBe(box.contactsId);
    expect(folders.map(({ name }) => name).sort()).toEqual([...names, 'Contacts'].sort());
  });

  it('says that there is no mailbox, and that contacts may not be read', async () => {
    const { oauth, connector, box, session } = await started();
    const unasked = connector.open(accessToMicrosoft(oauth, { scopes: ['openid', 'User.Read'] }));
    await expect(tree(unasked)).rejects.toMatchObject({ key: 'not-allowed' });
    Object.assign(box, { noMailbox: true });
    await expect(tree(session)).rejects.toMatchObject({ key: 'no-mailbox' });
    await expect(tree(session)).rejects.toThrow(AuthorizationRevoked);
  });
});

describe('Deltas', () => {
  it('go on over empty pages, and may say things twice', async () => {
    const { box, session } = await started({ emptyPages: true, replay: true, pageLimit: 2 });
    const ids = [1, 2, 3].map((number) => box.addContact({ displayName: `Contact ${number}` }).id);
    const { ids: listed, cursor, pages } = await read(session, box.contactsId);
    expect(new Set(listed)).toEqual(new Set(ids));
    expect(pages).toBeGreaterThan(2);
    box.remove(box.contact(ids[0])!);
    expect((await read(session, box.contactsId, cursor)).changes).toEqual([
      { kind: 'removed', remoteId: ids[0] },
    ]);
  });

  it.each(['gone', 'resync', 'bad-request'] as const)(
    'are begun anew when their token is %s',
    async (expiry) => {
      const { box, session } = await started({ expiry });
      const { cursor } = await read(session, box.contactsId);
      box.expireDeltas();
      await expect(read(session, box.contactsId, cursor)).rejects.toThrow(CursorExpired);
    },
  );

  it('count what is no contact, and take a removed one that is there for a contact', async () => {
    const { fake, box, session } = await started({ trailingPage: false });
    const { id } = box.addContact({ displayName: 'Ada' });
    const list = { id: 'x', changeKey: 'y', '@odata.type': '#microsoft.graph.distributionList' };
    fake.trouble({
      ...{ kind: 'lie', operation: 'list', times: 1 },
      change: (body: { value: object[] }) => ({
        ...body,
        value: [...body.value, { id, '@removed': { reason: 'changed' } }, list],
      }),
    });
    const { changes, skipped } = await read(session, box.contactsId);
    expect(changes).toMatchObject([{ kind: 'contact', contact: { remoteId: id } }]);
    expect(skipped).toBe(1);
  });
});

describe('Batches', () => {
  it('go on where a throttled part stopped, with another session', async () => {
    const { fake, connector, access, box, session } = await started();
    for (let number = 0; number < 30; number++) box.addContact({ displayName: `Contact ${number}` });
    const headers = { 'Retry-After': '17' };
    fake.troubleOfPart({ kind: 'http', operation: 'read', status: 429, headers, skip: 3, times: 2 });
    const error: unknown = await read(session, box.contactsId).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Throttled);
    expect((error as Throttled).waitMs).toBe(17_000);
    expect(fake.asked('read')).toHaveLength(1);
    session.close();
    const { changes } = await read(connector.open(access), box.contactsId);
    expect(changes).toHaveLength(30);
    expect(fake.asked('read').map(({ parts }) => parts.length)).toEqual([20, 12]);
  });

  it('leave out one contact nobody can read, after three tries', async () => {
    const { fake, box, session } = await started();
    for (let number = 0; number < 3; number++) box.addContact({ displayName: `Contact ${number}` });
    const body = refusalBody('ErrorInternalServerError');
    // The first of the three, in three batches.
    for (const skip of [0, 2, 2])
      fake.troubleOfPart({ kind: 'http', operation: 'read', status: 500, body, skip, times: 1 });
    const { changes, skipped } = await read(session, box.contactsId);
    expect([changes.length, skipped]).toEqual([2, 1]);
    expect(fake.asked('read').map(({ parts }) => parts.length)).toEqual([3, 1, 1]);
  });
});

describe('Writing', () => {
  it.each([
    ['also where If-Match is not looked at', { ignoresIfMatch: true }],
    ['refused with 409', { conflictStatus: 409 as const }],
  ])('goes over nothing newer, %s', async (_how, ways) => {
    const { fake, box, session } = await started(ways);
    const contact = box.addContact({ displayName: 'Ada' });
    const old = (await session.contact(contact.id))!;
    const act = () => void box.edit(contact, { displayName: 'Edited there' });
    if ('ignoresIfMatch' in ways) act();
    else fake.trouble({ kind: 'before', operation: 'update', times: 1, run: act });
    await expect(session.update(old, { organization: 'Acme' })).rejects.toThrow(RevisionConflict);
    await expect(session.remove(old)).rejects.toThrow(RevisionConflict);
    expect(contact.fields).toEqual({ displayName: 'Edited there' });
  });

  it('sends what changed and the name, with second numbers and addresses as they were', async () => {
    const { fake, box, session } = await started();
    const [first, second] = ['a@x.example', 'b@x.example'].map((address) => ({ name: 'Ada L.', address }));
    const contact = box.addContact({
      ...{ displayName: 'Ada Lovelace', givenName: 'Ada', surname: 'Lovelace', fileAs: 'Lovelace, Ada' },
      ...{ businessPhones: ['1', '2'], homePhones: ['3', '4'], emailAddresses: [first, second] },
      extended: { 'String 0x3A25': '5', 'String 0x3A57': '6' },
    });
    const remote = (await session.contact(contact.id))!;
    expect(remote.fields).toMatchObject({
      workPhone: '1',
      faxNumber: '5',
      mainPhone: '6',
      email: 'a@x.example',
    });
    const one = await session.update(remote, { workPhone: '9', email: 'c@x.example', faxNumber: '8' });
    expect(fake.asked('update').at(-1)?.body).toEqual({
      ...{ displayName: 'Ada Lovelace', businessPhones: ['9', '2'] },
      emailAddresses: [{ name: 'Ada L.', address: 'c@x.example' }, second],
      singleValueExtendedProperties: [{ id: 'String 0x3A25', value: '8' }],
    });
    const two = await session.update(one, { displayName: 'Ada King', homePhone: null, mainPhone: null });
    expect(fake.asked('update').at(-1)?.body).toEqual({
      ...{ displayName: 'Ada King', surname: 'King', fileAs: 'King, Ada', homePhones: ['4'] },
      singleValueExtendedProperties: [{ id: 'String 0x3A57', value: '' }],
    });
    expect(two.fields).toMatchObject({ displayName: 'Ada King', homePhone: null, mainPhone: null });
  });

  it('does not ask for what Outlook has no room for, nor say a number is gone that is not', async () => {
    const { fake, box, session } = await started();
    const directory = [1, 2, 3].map((number) => ({ address: `/o=Nord/cn=ada${number}` }));
    const contact = box.addContact({
      displayName: 'Ada',
      emailAddresses: directory,
      extended: { 'String 0x3A24': '5' },
    });
    const remote = (await session.contact(contact.id))!;
    expect(remote.fields.email).toBeNull();
    await expect(session.update(remote, { email: 'ada@x.example' })).rejects.toMatchObject({
      facts: { code: 'TOO_MANY_ADDRESSES' },
    });
    expect(fake.asked('update')).toEqual([]);
    fake.trouble({
      ...{ kind: 'lie', operation: 'read', skip: 1, times: 1 },
      change: (body: object) => ({
        ...body,
        singleValueExtendedProperties: [{ id: 'String 0x3a24', value: '5' }],
      }),
    });
    await expect(session.update(remote, { faxNumber: null })).rejects.toThrow(ContactRefused);
  });

  it('gives a copy its own mark with the next edit, and the first one keeps its own', async () => {
    const { box, session } = await started();
    const [first, second] = [newId(), newId()];
    const made = await session.create(first, [box.contactsId], fields);
    const copy = box.copy(box.contact(made.remoteId)!);
    const edited = await session.update(
      { ...(await session.contact(copy.id))!, clientId: second },
      { organization: 'Acme' },
    );
    expect(edited.clientId).toBe(second);
    for (const [id, remoteId] of [
      [first, made.remoteId],
      [second, copy.id],
    ] as const)
      expect((await session.findByClientId(id, [box.contactsId]))?.remoteId).toBe(remoteId);
    expect(box.contact(made.remoteId)!.extended.get(MARKER)).toBe(first);
  });

  it('leaves a contact where it is when it is not moved', async () => {
    const { fake, box, session } = await started();
    const to = box.addFolder('To').id;
    const remote = (await session.contact(box.addContact({ displayName: 'Ada', jobTitle: 'x' }).id))!;
    fake.trouble({
      ...{ kind: 'lie', operation: 'move', times: 1 },
      change: (body: object) => ({ ...body, parentFolderId: box.contactsId }),
    });
    await expect(session.move(remote, [to])).rejects.toMatchObject({ facts: { code: 'NOT_MOVED' } });
    expect([fake.asked('create'), fake.asked('remove'), box.contacts().length]).toEqual([[], [], 1]);
  });

  it('takes for deleted what lies in Deleted Items, although its id still leads there', async () => {
    const { fake, box, session } = await started();
    const contact = box.addContact({ displayName: 'Ada' });
    const remote = (await session.contact(contact.id))!;
    box.touch(contact);
    const bin = `AQMkAD${'bin/'.repeat(30)}=`;
    fake.trouble({
      ...{ kind: 'lie', operation: 'read' },
      change: (body: object) => ({ ...body, parentFolderId: bin }),
    });
    expect(await session.contact(contact.id)).toBeNull();
    await expect(session.update(remote, { organization: 'x' })).rejects.toMatchObject({
      key: 'contact-gone',
    });
    await session.remove(remote);
    expect(fake.asked('remove')).toEqual([]);
  });
});

describe('Calendars', () => {
  const window = { from: new Date('2026-11-22T00:00Z'), to: new Date('2026-12-20T00:00Z') };
  const hour = { start: '2026-11-23T09:00:00Z', end: '2026-11-23T10:00:00Z' };

  async function firstChanges(session: CalendarSession, calendarId: string): Promise<EventChange[]> {
    for await (const { changes } of session.events(calendarId, window, null)) return changes;
    return [];
  }

  it('hide what is not normal, leave out what was cancelled, and name where one joins', async () => {
    const { fake, calendars, access, box } = await started();
    const { calendars: all } = box;
    const session = calendars.open(access);
    for (const sensitivity of ['personal', 'private', 'confidential', 'normal'] as const)
      all.addEvent({ subject: sensitivity, ...hour, sensitivity, joinUrl: 'https://teams.example/x' });
    all.addEvent({ subject: 'cancelled', ...hour, isCancelled: true });
    fake.trouble({
      ...{ kind: 'lie', operation: 'events', times: 1 },
      change: (body: { value: { sensitivity: string }[] }) => ({
        ...body,
        value: [...body.value, { ...body.value[0], id: 'X', isCancelled: false, sensitivity: 'secret' }],
      }),
    });
    const events = (await firstChanges(session, all.defaultId)).flatMap((change) =>
      change.kind === 'event' ? [change.event] : [],
    );
    const said = events.map(({ title, isPrivate, joinUrl }) => [title, isPrivate, joinUrl]);
    expect(said.filter(([title]) => title !== null)).toEqual([['normal', false, 'https://teams.example/x']]);
    expect(said.filter(([, isPrivate]) => isPrivate)).toEqual(Array(4).fill([null, true, null]));
    expect(said).toHaveLength(5);
  });

  it('know what occurrences are about also where their series came on an earlier page', async () => {
    const { fake, calendars, access, box } = await started();
    const { calendars: all } = box;
    all.addEvent({ subject: 'Course', ...hour, recurrence: { type: 'daily', numberOfOccurrences: 3 } });
    fake.trouble({
      ...{ kind: 'lie', operation: 'events', times: 1 },
      change: (body: { value: { type: string }[] }) => ({
        ...body,
        value: body.value.filter(({ type }) => type !== 'seriesMaster'),
      }),
    });
    const changes = await firstChanges(calendars.open(access), all.defaultId);
    expect(changes.map((change) => change.kind === 'event' && change.event.title)).toEqual(
      Array(3).fill('Course'),
    );
  });
});

requestsFollowTheDescription();
