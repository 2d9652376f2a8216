import http from 'node:http';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { newId } from '../../src/database/id.js';
import {
  type ConnectionAccess,
  type ContactChange,
  type Cursor,
} from '../../src/integrations/contacts-connector.js';
import { ExchangeConnector } from '../../src/integrations/exchange/exchange.connector.js';
import { LARGEST_BATCH } from '../../src/integrations/exchange/exchange-items.js';
import {
  AuthorizationRevoked,
  ContactRefused,
  NotReachable,
  ProviderBusy,
  Throttled,
} from '../../src/integrations/provider-errors.js';
import { startFakeExchange, type FakeExchange } from '../fakes/exchange/server.js';
import { accessTo, TestNetwork } from './exchange-direct.js';
import { requestsFollowTheSchema } from './exchange-requests.js';

const PASSWORD = 'nine blue lamps';
const users = ['ada', 'zoe'].map((login) => ({
  ...{ email: `${login}@nord.example`, login, domain: 'NORD', password: PASSWORD },
}));

const servers: { close(): unknown }[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function started(options: Omit<Parameters<typeof startFakeExchange>[0], 'users'> = {}) {
  const fake = await startFakeExchange({ ...options, users });
  servers.push(fake);
  const network = new TestNetwork(fake.origin, {}, { trusting: Boolean(fake.options.tls) });
  const connector = new ExchangeConnector(network);
  const open = (access: ConnectionAccess) => {
    const session = connector.open(access);
    servers.unshift(session);
    return session;
  };
  const access = (login = 'ada', more = {}) => accessTo(fake.url, `NORD\\${login}`, PASSWORD, more);
  return { fake, network, connector, open, access };
}

type Session = ReturnType<ExchangeConnector['open']>;

async function read(
  session: Session,
  folderId: string,
  known = new Map<string, string>(),
  since: Cursor | null = null,
) {
  const changes: ContactChange[] = [];
  let skipped = 0;
  let cursor = since;
  for await (const page of session.contacts(folderId, since, () => Promise.resolve(known))) {
    changes.push(...page.changes);
    skipped += page.skipped ?? 0;
    cursor = page.cursor;
  }
  return { changes, skipped, cursor };
}

const contactsIn = (fake: FakeExchange, count: number) =>
  Array.from({ length: count }, (_, at) => fake.mailbox().addContact({ DisplayName: `Contact ${at}` }));

const fields = {
  ...{ displayName: 'Zoé Durand', email: null, workPhone: null, homePhone: null, mobilePhone: null },
  ...{ faxNumber: null, mainPhone: null, organization: null },
};

describe('One socket for one user', () => {
  it('signs in once and asks all over it', async () => {
    const { fake, open, access } = await started();
    contactsIn(fake, 120);
    const session = open(access());
    await read(session, fake.mailbox().contactsId);
    await session.create(newId(), [], fields);
    expect(fake.signIns.log).toEqual([{ scheme: 'NTLM', name: 'NORD\\ada', ok: true }]);
    expect(fake.openSockets).toBe(1);
  });

  it('never lets one user’s requests go over the socket of another', async () => {
    const { fake, open, access } = await started();
    for (const login of ['ada', 'zoe'])
      fake.mailbox(`${login}@nord.example`).addContact({ DisplayName: `Of ${login}` });
    const sessions = ['ada', 'zoe', 'ada', 'zoe'].map((login) => ({ login, session: open(access(login)) }));
    const names = await Promise.all(
      sessions.map(async ({ login, session }) => {
        const { changes } = await read(session, fake.mailbox(`${login}@nord.example`).contactsId);
        return changes.map((change) => change.kind === 'contact' && change.contact.fields.displayName);
      }),
    );
    expect(names).toEqual([['Of ada'], ['Of zoe'], ['Of ada'], ['Of zoe']]);
    expect(fake.openSockets).toBe(4);
    expect(fake.signIns.log).toHaveLength(4);
    expect(fake.requests.map(({ user }) => user).sort()).toEqual(
      ['ada', 'zoe'].flatMap((login) => Array<string>(4).fill(`${login}@nord.example`)),
    );
  });

  it('signs in again where the server hung up, and reads on', async () => {
    const { fake, open, access } = await started();
    contactsIn(fake, 3);
    const session = open(access());
    await read(session, fake.mailbox().contactsId);
    fake.hangUp();
    expect((await read(session, fake.mailbox().contactsId)).changes).toHaveLength(3);
    expect(fake.signIns.log.map(({ ok }) => ok)).toEqual([true, true]);
  });

  it('binds each sign-in to the connection it is made over', async () => {
    const { fake, open, access } = await started({ tls: 'localhost', extendedProtection: true });
    contactsIn(fake, 3);
    const session = open(access());
    await read(session, fake.mailbox().contactsId);
    fake.hangUp();
    expect((await read(session, fake.mailbox().contactsId)).changes).toHaveLength(3);
    expect(fake.signIns.log.map(({ ok }) => ok)).toEqual([true, true]);
  });

  it('shows a changed password once more, and then no more in this session', async () => {
    const { fake, open, access } = await started();
    const session = open(access());
    await read(session, fake.mailbox().contactsId);
    fake.changePassword('ada@nord.example', 'ten green lamps');
    for (let time = 0; time < 3; time++)
      await expect(read(session, fake.mailbox().contactsId)).rejects.toThrow(AuthorizationRevoked);
    expect(fake.signIns.log.map(({ ok }) => ok)).toEqual([true, false]);
  });

  it('shows a refused password of Basic once', async () => {
    const { fake, open, access } = await started({ auth: ['Basic'], tls: 'localhost' });
    fake.changePassword('ada@nord.example', 'ten green lamps');
    const session = open(access('ada', { auth: 'basic' }));
    for (let time = 0; time < 2; time++)
      await expect(session.contact('AAMkAA==')).rejects.toThrow(AuthorizationRevoked);
    expect(fake.signIns.log.map(({ ok }) => ok)).toEqual([false]);
  });

  it('asks for the addresses of a host once, and is led nowhere else by a second answer', async () => {
    const { fake } = await started();
    const answers = [['127.0.0.1'], ['127.0.0.9']];
    const network = new TestNetwork(`http://mail.test:${fake.port}`, {
      'mail.test': () => answers.shift() ?? [],
    });
    const session = new ExchangeConnector(network).open(
      accessTo(`http://mail.test:${fake.port}/EWS/Exchange.asmx`, 'NORD\\ada', PASSWORD),
    );
    await read(session, fake.mailbox().contactsId);
    fake.hangUp();
    await read(session, fake.mailbox().contactsId);
    session.close();
    expect(network.asked).toEqual(['mail.test']);
  });

  it('asks nothing of a host the operator does not list any more', async () => {
    const { fake, access } = await started();
    const session = new ExchangeConnector(new TestNetwork('')).open(access());
    await expect(read(session, fake.mailbox().contactsId)).rejects.toThrow(NotReachable);
    expect(fake.signIns.log).toEqual([]);
  });

  it('does not follow a redirect with what it has to send', async () => {
    const elsewhere = http.createServer((_request, response) => void response.end());
    let asked = 0;
    elsewhere.on('connection', () => asked++);
    await new Promise<void>((done) => elsewhere.listen(0, '127.0.0.1', done));
    servers.push({ close: () => new Promise((done) => elsewhere.close(done)) });
    const { fake, open, access } = await started();
    const { port } = elsewhere.address() as AddressInfo;
    fake.trouble({ kind: 'redirect', location: `http://127.0.0.1:${port}/EWS/Exchange.asmx` });
    await expect(open(access()).create(newId(), [], fields)).rejects.toMatchObject({
      key: 'not-the-service',
      facts: { status: 302, redirectHost: '127.0.0.1' },
    });
    expect(asked).toBe(0);
  });
});

describe('Limits', () => {
  it.each(['hang', 'drip'] as const)('gives up on a server that answers too slowly (%s)', async (kind) => {
    const { fake, network, open, access } = await started();
    network.limits.callMs = 300;
    fake.trouble({ kind });
    await expect(read(open(access()), fake.mailbox().contactsId)).rejects.toMatchObject({
      key: 'busy',
      facts: { code: 'CALL_TIMEOUT' },
    });
  });

  it('gives up on a connection that is not made', async () => {
    // Takes what comes and says nothing, as a firewall between would.
    const held: Socket[] = [];
    const silent = createServer((socket) => void held.push(socket));
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
    servers.push({
      close: () => {
        held.forEach((socket) => socket.destroy());
        return new Promise((done) => silent.close(done));
      },
    });
    const { port } = silent.address() as AddressInfo;
    const network = new TestNetwork(`127.0.0.1:${port}`);
    network.limits.connectMs = 200;
    const session = new ExchangeConnector(network).open(
      accessTo(`https://127.0.0.1:${port}/EWS/Exchange.asmx`, 'NORD\\ada', PASSWORD),
    );
    await expect(session.contact('AAMkAA==')).rejects.toMatchObject({
      ...{ key: 'not-reachable', facts: { code: 'CONNECT_TIMEOUT' } },
    });
    session.close();
    expect(held).toHaveLength(1);
  });

  it('stops reading an answer of more than 20 MB', async () => {
    const { fake, open, access } = await started();
    fake.trouble({ kind: 'huge' });
    await expect(read(open(access()), fake.mailbox().contactsId)).rejects.toMatchObject({
      facts: { code: 'ANSWER_TOO_LONG' },
    });
  });
});

describe('What no server of ours would say', () => {
  it('leaves out contacts whose id or version no row can hold, and reads the others', async () => {
    const { fake, open, access } = await started();
    const [odd] = contactsIn(fake, 3);
    odd.changeKey = 'K'.repeat(600);
    const { changes, skipped } = await read(open(access()), fake.mailbox().contactsId);
    const names = changes.map((change) => change.kind === 'contact' && change.contact.fields.displayName);
    expect({ names: names.sort(), skipped }).toEqual({ names: ['Contact 1', 'Contact 2'], skipped: 1 });
  });

  it('keeps no state that is longer than any server’s', async () => {
    const { fake, open, access } = await started({ stateBytes: 1_100_000 });
    await expect(read(open(access()), fake.mailbox().contactsId)).rejects.toMatchObject({
      ...{ key: 'busy', facts: { code: 'STATE_TOO_LONG' } },
    });
  });
});

describe('What says nothing about a contact', () => {
  it('is not asked about: it was marked as read', async () => {
    const { fake, open, access } = await started();
    const [one] = contactsIn(fake, 1);
    const session = open(access());
    const folder = fake.mailbox().contactsId;
    const { cursor } = await read(session, folder);
    fake.mailbox().markRead(one);
    fake.requests.length = 0;
    expect((await read(session, folder, new Map(), cursor)).changes).toEqual([]);
    expect(fake.requests.map(({ operation }) => operation)).toEqual(['SyncFolderItems']);
  });
});

describe('Batches', () => {
  const sizes = (fake: FakeExchange) => fake.asked('GetItem').map(({ items }) => items);

  it('asks for half as many where the server takes too long, down to ten', async () => {
    const { fake, open, access } = await started();
    contactsIn(fake, 60);
    const happening = fake.trouble({
      kind: 'code',
      code: 'ErrorTimeoutExpired',
      operation: 'GetItem',
      times: 3,
    });
    expect((await read(open(access()), fake.mailbox().contactsId)).changes).toHaveLength(60);
    expect(happening.happened).toBe(3);
    expect(sizes(fake).slice(3)).toEqual(Array<number>(6).fill(10));
  });

  it('gives up where ten are too many, and begins smaller the next time', async () => {
    const { fake, open, access } = await started();
    contactsIn(fake, 60);
    fake.trouble({ kind: 'code', code: 'ErrorTimeoutExpired', operation: 'GetItem' });
    const same = access();
    await expect(read(open(same), fake.mailbox().contactsId)).rejects.toThrow(ProviderBusy);
    fake.heal();
    await read(open(same), fake.mailbox().contactsId);
    expect(sizes(fake).at(-1)).toBe(10);
    await read(open(same), fake.mailbox().contactsId);
    await read(open(same), fake.mailbox().contactsId);
    await read(open(same), fake.mailbox().contactsId);
    expect(Math.max(...sizes(fake).slice(-2))).toBe(LARGEST_BATCH);
  });

  it('does not ask again before a busy server wants it', async () => {
    const { fake, open, access } = await started();
    contactsIn(fake, 60);
    fake.trouble({ kind: 'busy', operation: 'GetItem', backOffMs: 5_000 });
    const error: unknown = await read(open(access()), fake.mailbox().contactsId).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(Throttled);
    expect((error as Throttled).waitMs).toBe(5_000);
    expect(fake.asked('GetItem')).toHaveLength(1);
  });

  it('asks alone for the rest of a batch that was stopped', async () => {
    const { fake, open, access } = await started();
    contactsIn(fake, 5);
    fake.trouble({
      kind: 'code',
      code: 'ErrorBatchProcessingStopped',
      at: 2,
      operation: 'GetItem',
      times: 1,
    });
    expect((await read(open(access()), fake.mailbox().contactsId)).changes).toHaveLength(5);
    expect(fake.asked('GetItem')).toHaveLength(2);
  });

  it('leaves out a contact the server cannot read, after three tries, and keeps the one we have', async () => {
    const { fake, open, access } = await started();
    const [first, second] = contactsIn(fake, 2);
    fake.trouble({ kind: 'code', code: 'ErrorItemCorrupt', at: -1, operation: 'GetItem' });
    const known = new Map([[first.id, 'of an older revision']]);
    const { changes, skipped } = await read(open(access()), fake.mailbox().contactsId, known);
    expect(changes).toEqual([{ kind: 'seen', remoteId: first.id }]);
    expect(skipped).toBe(1);
    expect(fake.asked('GetItem')).toHaveLength(3);
    expect(fake.mailbox().items.has(second.id)).toBe(true);
  });
});

describe('Versions', () => {
  it('steps down to what the server knows, and keeps it', async () => {
    const { fake, open, access } = await started({ version: 'Exchange2010' });
    const connection = access();
    const session = open(connection);
    await read(session, fake.mailbox().contactsId);
    await read(session, fake.mailbox().contactsId);
    expect(connection.kept.map(({ version, username }) => ({ version, username }))).toEqual([
      { version: 'Exchange2010', username: 'NORD\\ada' },
    ]);
    expect(fake.signIns.log).toHaveLength(1);
  });

  it('goes no further when the lower version cannot be kept', async () => {
    const { fake, open, access } = await started({ version: 'Exchange2010' });
    const session = open({ ...access(), keep: () => Promise.reject(new Error('The lease is lost')) });
    await expect(session.create(newId(), [], fields)).rejects.toThrow('The lease is lost');
    expect(fake.mailbox().contacts()).toEqual([]);
  });

  it.each(['Exchange2007_SP1', 'Exchange2010_SP2'] as const)(
    'makes, edits, moves and deletes on %s',
    async (version) => {
      const { fake, open, access } = await started({ version });
      const session = open(access());
      const to = fake.mailbox().addFolder('To').id;
      const made = await session.create(newId(), [], { ...fields, email: 'zoe@x.example' });
      const edited = await session.update(made, { email: 'zoe@y.example', displayName: 'Zoé Petit' });
      const moved = await session.move(edited, [to]);
      expect(moved.fields).toMatchObject({ displayName: 'Zoé Petit', email: 'zoe@y.example' });
      await session.remove(moved);
      expect(fake.mailbox().contacts()).toEqual([]);
    },
  );
});

describe('What stays as it is there', () => {
  const dictionary = { value: '/o=Nord/cn=zoe', routingType: 'EX', name: 'Zoé' };

  it('writes the number where it was read, and no address over a directory name', async () => {
    const { fake, open, access } = await started();
    const item = fake.mailbox().addContact({
      ...{ DisplayName: 'Zoé', phones: { OtherFax: '1', BusinessPhone2: '2' } },
    });
    item.emails['EmailAddress1'] = dictionary;
    const session = open(access());
    const remote = (await session.contact(item.id))!;
    expect(remote.fields).toMatchObject({ faxNumber: '1', workPhone: '2', email: null });
    await session.update(remote, { faxNumber: '+331', workPhone: null });
    expect(item.phones).toEqual({ OtherFax: '+331' });
    expect(item.emails['EmailAddress1']).toEqual(dictionary);
  });

  it('edits without reading again, and reads first what it does not remember', async () => {
    const { fake, open, access } = await started();
    const item = fake.mailbox().addContact({ DisplayName: 'Zoé' });
    const session = open(access());
    const remote = (await session.contact(item.id))!;
    const before = fake.requests.length;
    const edited = await session.update(remote, { displayName: 'Zoë' });
    expect(fake.requests.length - before).toBe(1);
    const again = await session.update({ ...edited, memory: null }, { organization: 'Acme' });
    expect(again.fields).toMatchObject({ displayName: 'Zoë', organization: 'Acme' });
    expect(item.fields).toMatchObject({ DisplayName: 'Zoë', CompanyName: 'Acme' });
  });

  it('gives a copy its own mark with the next edit, and the first one keeps its own', async () => {
    const { fake, open, access } = await started();
    const session = open(access());
    const [first, second] = [newId(), newId()];
    const made = await session.create(first, [], fields);
    const copy = fake.mailbox().copy(fake.mailbox().items.get(made.remoteId)!);
    const read = (await session.contact(copy.id))!;
    expect(read.clientId).toBe(first);
    const edited = await session.update({ ...read, clientId: second }, { organization: 'Acme' });
    expect(edited.clientId).toBe(second);
    const { contactsId } = fake.mailbox();
    expect((await session.findByClientId(second, [contactsId]))?.remoteId).toBe(copy.id);
    expect((await session.findByClientId(first, [contactsId]))?.remoteId).toBe(made.remoteId);
  });

  it('does not hide an edit that came in the moment of a move', async () => {
    const { fake, open, access } = await started();
    const item = fake.mailbox().addContact({ DisplayName: 'Zoé' });
    const to = fake.mailbox().addFolder('To').id;
    const session = open(access());
    const remote = (await session.contact(item.id))!;
    fake.trouble({
      ...{ kind: 'before', operation: 'MoveItem', times: 1 },
      run: (mailbox) => void mailbox.edit(item, { DisplayName: 'Edited there' }),
    });
    const moved = await session.move(remote, [to]);
    const now = (await session.contact(moved.remoteId))!;
    expect(now.fields.displayName).toBe('Edited there');
    // A listing shows another revision than the one we hold: so it is read and merged.
    expect(moved.revision).not.toBe(now.revision);
    expect(moved.fields.displayName).toBe('Zoé');
  });
});

describe('Refusals nobody wrote down', () => {
  it('are a matter of time twice, and the contact’s own the third time', async () => {
    const { fake, open, access } = await started();
    const item = fake.mailbox().addContact({ DisplayName: 'Zoé' });
    const session = open(access());
    const remote = (await session.contact(item.id))!;
    fake.trouble({ kind: 'code', code: 'ErrorNobodyKnows', at: 0, operation: 'UpdateItem' });
    const tries = [ProviderBusy, ProviderBusy, ContactRefused, ProviderBusy];
    for (const expected of tries)
      await expect(session.update(remote, { organization: 'x' })).rejects.toThrow(expected);
  });
});

requestsFollowTheSchema();
