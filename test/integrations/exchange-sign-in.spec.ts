import https from 'node:https';
import http from 'node:http';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type AddressInfo } from 'node:net';
import tls from 'node:tls';
import { ExchangeConnector } from '../../src/integrations/exchange/exchange.connector.js';
import { ExchangeSignIn, ExchangeRefusal } from '../../src/integrations/exchange/exchange-sign-in.js';
import { type ExchangeVersion } from '../../src/integrations/exchange/versions.js';
import { startFakeExchange, type FakeExchange } from '../fakes/exchange/server.js';
import { accessTo, TestNetwork } from './exchange-direct.js';
import { requestsFollowTheSchema } from './exchange-requests.js';

const EMAIL = 'zoe@nord.example';
const PASSWORD = 'pâté: & "<7>" 😀';
const users = [
  { email: EMAIL, login: 'zoé', domain: 'NORD', password: PASSWORD },
  { email: 'ada@nord.example', login: 'ada', domain: 'NORD', password: 'another one' },
  { email: 'none@nord.example', login: 'none', domain: 'NORD', password: PASSWORD, noMailbox: true },
];

const servers: { close(): unknown }[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function started(options: Omit<Parameters<typeof startFakeExchange>[0], 'users'> = {}) {
  const fake = await startFakeExchange({ ...options, users });
  servers.push(fake);
  return fake;
}

const form = (fake: FakeExchange, typed = {}) => ({
  ...{ username: EMAIL, password: PASSWORD, version: 'Exchange2016' as ExchangeVersion, ewsUrl: fake.url },
  ...typed,
});

const trusted = (fake: FakeExchange) =>
  new TestNetwork(fake.origin, {}, { trusting: Boolean(fake.options.tls) });

const signInTo = (fake: FakeExchange, typed = {}, network = trusted(fake)) =>
  new ExchangeSignIn(network).try(form(fake, typed));

async function refusal(promise: Promise<unknown>) {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ExchangeRefusal);
  const { field, key, values } = error as ExchangeRefusal;
  return { field, key, ...values };
}

describe('Signing in to Exchange', () => {
  it.each([EMAIL, 'NORD\\zoé', 'nord.example\\zoé', ` ${EMAIL} `])('takes %j by NTLM', async (username) => {
    const fake = await started();
    const mailbox = await signInTo(fake, { username });
    expect(mailbox).toMatchObject({
      accountName: username.trim(),
      serverVersion: 'Exchange 2019',
      details: { ewsUrl: fake.url, username: username.trim(), version: 'Exchange2016', auth: 'ntlm' },
    });
    expect(JSON.stringify(mailbox.details)).not.toContain(PASSWORD);
    expect(fake.signIns.log).toEqual([{ scheme: 'NTLM', name: username.trim(), ok: true }]);
  });

  it('takes a login name alone where the server has a domain for it', async () => {
    const fake = await started({ defaultDomain: true });
    expect((await signInTo(fake, { username: 'zoé' })).accountName).toBe('zoé');
  });

  it('knows a mailbox again by whatever name, and another one as another', async () => {
    const fake = await started();
    const ids = [
      await signInTo(fake),
      await signInTo(fake, { username: 'NORD\\zoé' }),
      await signInTo(fake, { username: 'ada@nord.example', password: 'another one' }),
    ].map(({ mailboxId }) => mailboxId);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).not.toBe(ids[2]);
  });

  it('takes Basic where there is nothing better, with any character', async () => {
    const fake = await started({ auth: ['Basic'], tls: 'localhost' });
    expect((await signInTo(fake)).details.auth).toBe('basic');
    expect(fake.signIns.log).toEqual([{ scheme: 'Basic', name: EMAIL, ok: true }]);
  });

  it('shows no password to a server over http, nor to one that stops offering NTLM', async () => {
    const fake = await started({ auth: ['Basic'] });
    await expect(signInTo(fake)).rejects.toMatchObject({ field: 'ewsUrl', key: 'sign-in-methods' });
    const session = new ExchangeConnector(trusted(fake)).open(accessTo(fake.url, EMAIL, PASSWORD));
    await expect(session.contact('AAMkAA==')).rejects.toMatchObject({ key: 'not-the-service' });
    session.close();
    expect(fake.signIns.log).toEqual([]);
  });

  it.each([
    ['Exchange2007_SP1', 'Exchange2007_SP1', 'Exchange 2007'],
    ['Exchange2010', 'Exchange2010', 'Exchange 2010'],
    ['Exchange2010_SP2', 'Exchange2010_SP2', 'Exchange 2010'],
    ['Exchange2013_SP1', 'Exchange2016', 'Exchange 2013'],
    ['Exchange2019', 'Exchange2016', 'Exchange 2019'],
  ] as const)('finds out what a server of %s takes: %s', async (server, version, name) => {
    const fake = await started({ version: server });
    const mailbox = await signInTo(fake);
    expect(mailbox).toMatchObject({ serverVersion: name, details: { version, serverVersion: name } });
    expect(fake.signIns.log.filter(({ ok }) => ok)).toHaveLength(1);
  });

  it('says at which field to correct what', async () => {
    const fake = await started();
    expect(await refusal(signInTo(fake, { username: ' ' }))).toEqual({
      field: 'username',
      key: 'login-missing',
    });
    expect(await refusal(signInTo(fake, { password: '' }))).toEqual({
      field: 'password',
      key: 'password-missing',
    });
    expect(await refusal(signInTo(fake, { ewsUrl: 'https://outlook.office365.com' }))).toEqual({
      ...{ field: 'ewsUrl', key: 'address-office365' },
    });
    expect(await refusal(signInTo(fake, { ewsUrl: 'https://nord.example:8443' }))).toEqual({
      ...{ field: 'ewsUrl', key: 'address-port' },
    });
    expect(fake.requests).toEqual([]);
    expect(await refusal(signInTo(fake, { username: 'none@nord.example' }))).toEqual({
      ...{ field: 'username', key: 'no-mailbox' },
    });
  });

  it('shows a wrong password once, and asks for another form of a bare name', async () => {
    const fake = await started();
    expect(await refusal(signInTo(fake, { password: 'wrong' }))).toEqual({
      ...{ field: 'password', key: 'password-refused' },
    });
    expect(fake.signIns.log).toEqual([{ scheme: 'NTLM', name: EMAIL, ok: false }]);
    expect(await refusal(signInTo(fake, { username: 'zoé' }))).toEqual({
      field: 'username',
      key: 'login-form',
    });
    expect(fake.signIns.log).toHaveLength(2);
  });

  it.each([
    ['html', {}, { field: 'ewsUrl', key: 'not-ews' }],
    ['redirect', {}, { field: 'ewsUrl', key: 'redirect', host: 'elsewhere.example' }],
    [
      'redirect',
      { location: 'https://outlook.office365.com/EWS' },
      { field: 'ewsUrl', key: 'address-office365' },
    ],
    ['http', { status: 404 }, { field: 'ewsUrl', key: 'not-ews' }],
    ['http', { status: 405 }, { field: 'ewsUrl', key: 'not-ews' }],
    ['http', { status: 403 }, { field: 'username', key: 'not-allowed' }],
    ['http', { status: 503 }, { field: 'ewsUrl', key: 'busy' }],
    ['busy', {}, { field: 'ewsUrl', key: 'busy' }],
    ['truncated', {}, { field: 'ewsUrl', key: 'busy' }],
    ['code', { code: 'ErrorPasswordExpired' }, { field: 'password', key: 'password-expired' }],
    ['code', { code: 'ErrorAccountDisabled' }, { field: 'username', key: 'account-disabled' }],
    ['code', { code: 'ErrorAccessDenied', at: 0 }, { field: 'username', key: 'not-allowed' }],
    ['code', { code: 'ErrorInvalidServerVersion' }, { field: 'version', key: 'too-old' }],
  ] as const)('says what %s %j means', async (kind, trouble, expected) => {
    const fake = await started();
    fake.trouble({ kind, ...trouble });
    expect(await refusal(signInTo(fake))).toEqual(expected);
    expect(fake.signIns.log.filter(({ ok }) => !ok)).toEqual([]);
  });

  it('names the host it is sent to before it shows a password', async () => {
    const server = http.createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(302, { location: 'https://sso.example.org/adfs?x=1' }).end();
    });
    const seen: unknown[] = [];
    const origin = await listening(server, 'http');
    const asked = new ExchangeSignIn(new TestNetwork(origin)).try({
      ...{ username: EMAIL, password: PASSWORD, version: 'Exchange2016', ewsUrl: origin },
    });
    expect(await refusal(asked)).toEqual({ field: 'ewsUrl', key: 'redirect', host: 'sso.example.org' });
    expect(seen).toEqual([undefined]);
  });

  it('says which ways to sign in it lacks', async () => {
    const server = http.createServer((_request, response) => {
      response.writeHead(401, { 'www-authenticate': 'Negotiate, Bearer client_id="x"' }).end();
    });
    const ewsUrl = await listening(server, 'http');
    const asked = new ExchangeSignIn(new TestNetwork(ewsUrl)).try({
      ...{ username: EMAIL, password: PASSWORD, version: 'Exchange2016', ewsUrl },
    });
    expect(await refusal(asked)).toEqual({ field: 'ewsUrl', key: 'sign-in-methods' });
  });

  it.each([
    ['of an authority nobody trusts', 'localhost', { trusting: false }],
    ['for another name', 'elsewhere', { trusting: true }],
  ] as const)('asks nothing of a server with a certificate %s', async (_what, name, trust) => {
    let requests = 0;
    let bytes = 0;
    const server = https.createServer(pairOf(name), (_request, response) => {
      requests++;
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    });
    server.on('secureConnection', (socket) => socket.on('data', (data) => (bytes += data.length)));
    const ewsUrl = await listening(server, 'https');
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    // What some set up in despair does not open ours.
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      const asked = new ExchangeSignIn(new TestNetwork(ewsUrl, {}, trust)).try({
        ...{ username: EMAIL, password: PASSWORD, version: 'Exchange2016', ewsUrl },
      });
      expect(await refusal(asked)).toEqual({ field: 'ewsUrl', key: 'certificate' });
    } finally {
      warn.mockRestore();
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
    expect({ requests, bytes }).toEqual({ requests: 0, bytes: 0 });
  });

  it('says the same of every address that is not reached', async () => {
    const fake = await started();
    const names = {
      'closed.example': ['127.0.0.1'],
      'private.example': ['10.0.0.1'],
      'mixed.example': ['93.184.215.14', '127.0.0.1'],
      'mapped.example': ['::ffff:127.0.0.1'],
      'metadata.example': ['169.254.169.254'],
    };
    const network = new TestNetwork('closed.example:1, metadata.example', names);
    for (const ewsUrl of [
      ...['closed.example:1', 'private.example', 'mixed.example', 'mapped.example', 'metadata.example'],
      ...['unknown.example', 'localhost'],
    ]) {
      expect(await refusal(signInTo(fake, { ewsUrl }, network))).toEqual({
        ...{ field: 'ewsUrl', key: 'not-reachable' },
      });
    }
  });
});

describe('Signing in where Exchange requires Extended Protection', () => {
  const required = { tls: 'localhost', extendedProtection: true } as const;

  it.each([EMAIL, 'NORD\\zoé', 'nord.example\\zoé', 'zoé'])('takes %j', async (username) => {
    const fake = await started({ ...required, defaultDomain: true });
    expect((await signInTo(fake, { username })).details.auth).toBe('ntlm');
    expect(fake.signIns.log).toEqual([{ scheme: 'NTLM', name: username, ok: true }]);
  });

  it('takes it where it is not required too, and without TLS', async () => {
    for (const options of [{ tls: 'localhost' }, {}] as const)
      expect((await signInTo(await started(options))).details.auth).toBe('ntlm');
  });

  it('refuses a proxy between with another certificate, and says what can be done', async () => {
    const fake = await started(required);
    const ewsUrl = await proxyBefore(fake, 'elsewhere');
    const network = new TestNetwork(
      ewsUrl,
      { 'exchange.elsewhere.example': ['127.0.0.1'] },
      { trusting: true },
    );
    const refused = { field: 'password', key: 'password-or-proxy' };
    expect(await refusal(signInTo(fake, { ewsUrl }, network))).toEqual(refused);
    expect(fake.signIns.log).toEqual([{ scheme: 'NTLM', name: EMAIL, ok: false }]);
    // What the sentence advises helps, either way.
    const same = await proxyBefore(fake, 'localhost');
    await signInTo(fake, { ewsUrl: same }, new TestNetwork(same, {}, { trusting: true }));
    const open = await started({ tls: 'localhost' });
    const other = await proxyBefore(open, 'elsewhere');
    const names = { 'exchange.elsewhere.example': ['127.0.0.1'] };
    await signInTo(open, { ewsUrl: other }, new TestNetwork(other, names, { trusting: true }));
  });

  it('says so of a wrong password too, shown once', async () => {
    const fake = await started(required);
    expect(await refusal(signInTo(fake, { password: 'wrong' }))).toEqual({
      ...{ field: 'password', key: 'password-or-proxy' },
    });
    expect(fake.signIns.log).toHaveLength(1);
  });
});

describe('Looking for an Exchange server by an e-mail address', () => {
  const propose = (network: TestNetwork, more: { username?: string; password?: string } = {}) =>
    new ExchangeSignIn(network).propose(EMAIL, more.username ?? null, more.password ?? PASSWORD);

  /** `autodiscover.nord.example` is the stand-in; nothing answers at the domain itself. */
  async function domain(options = {}) {
    const fake = await started(options);
    const network = new TestNetwork(`http://autodiscover.nord.example:${fake.port}, ${fake.origin}`, {
      'autodiscover.nord.example': ['127.0.0.1'],
    });
    return { fake, network };
  }

  it('finds it at the autodiscover host of the domain', async () => {
    const { fake, network } = await domain();
    expect(await propose(network)).toEqual({ ewsUrl: fake.url });
    expect(network.asked).toEqual(['nord.example', 'autodiscover.nord.example']);
  });

  it('signs in with a login name that is not the address', async () => {
    const { fake, network } = await domain();
    expect(await propose(network, { username: 'NORD\\zoé' })).toEqual({ ewsUrl: fake.url });
  });

  it('finds none where nobody answers, or answers that it knows none', async () => {
    expect(await propose(new TestNetwork(''))).toBeNull();
    const { fake, network } = await domain();
    fake.autodiscover = { error: true };
    expect(await propose(network)).toBeNull();
    expect(await new ExchangeSignIn(network).propose('no address', null, PASSWORD)).toBeNull();
  });

  it('shows a wrong password once', async () => {
    const { fake, network } = await domain();
    expect(await refusal(propose(network, { password: 'wrong' }))).toEqual({
      ...{ field: 'password', key: 'password-refused' },
    });
    expect(fake.signIns.log).toHaveLength(1);
  });

  it('does not take the password to another domain, whatever an answer says', async () => {
    const { fake, network } = await domain();
    const other = await started();
    fake.autodiscover = { redirectUrl: `${other.origin}/autodiscover/autodiscover.xml` };
    expect(await propose(network)).toBeNull();
    fake.autodiscover = { redirectAddr: 'zoe@other.example' };
    expect(await propose(network)).toBeNull();
    expect(other.signIns.log).toEqual([]);
    expect(network.asked).not.toContain('other.example');
  });

  it('ends where a server points at itself', async () => {
    const { fake, network } = await domain();
    fake.autodiscover = { redirectAddr: EMAIL };
    expect(await propose(network)).toBeNull();
    expect(fake.signIns.log.length).toBeLessThanOrEqual(2);
  });

  it.each([
    { redirectUrl: 'https://outlook.office365.com/autodiscover/autodiscover.xml' },
    { redirectAddr: 'zoe@nord.onmicrosoft.com' },
  ])('says that the domain is at Office 365: %j', async (answer) => {
    const { fake, network } = await domain();
    fake.autodiscover = answer;
    expect(await refusal(propose(network))).toEqual({ field: 'ewsUrl', key: 'address-office365' });
  });
});

requestsFollowTheSchema();

/** Ends TLS with a certificate of its own, and speaks TLS to the server. @returns the address that is typed */
async function proxyBefore(fake: FakeExchange, name: 'localhost' | 'elsewhere'): Promise<string> {
  const proxy = tls.createServer(pairOf(name), (client) => {
    const server = tls.connect({ port: fake.port, host: '127.0.0.1', rejectUnauthorized: false });
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ])
      socket.on('error', () => other.destroy()).on('close', () => other.destroy());
    client.pipe(server).pipe(client);
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  servers.unshift({ close: () => new Promise((done) => proxy.close(done)) });
  const host = name === 'localhost' ? 'localhost' : 'exchange.elsewhere.example';
  return `https://${host}:${(proxy.address() as AddressInfo).port}`;
}

function pairOf(name: 'localhost' | 'elsewhere') {
  const folder = path.join(import.meta.dirname, '../fakes/exchange/certs');
  const [key, cert] = ['key', 'pem'].map((kind) => readFileSync(path.join(folder, `${name}.${kind}`)));
  return { key, cert };
}

async function listening(server: http.Server | https.Server, scheme: 'http' | 'https') {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  servers.push({
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  });
  const { port } = server.address() as AddressInfo;
  return scheme === 'https' ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
}
