import { Throttle } from '../../src/auth/throttle.service.js';
import { newId } from '../../src/database/id.js';
import { type Connection } from '../../src/integrations/connection.entities.js';
import { Connections } from '../../src/integrations/connections/connections.service.js';
import { ConnectionSecrets } from '../../src/integrations/connections/secrets.js';
import { type ConnectionAccess } from '../../src/integrations/contacts-connector.js';
import { AccessTokens } from '../../src/integrations/oauth/access-tokens.js';
import { OAuthClients } from '../../src/integrations/oauth/oauth-clients.js';
import { readOAuthSecret, type OAuthSecret } from '../../src/integrations/oauth/oauth-secret.js';
import { OAuthRequests } from '../../src/integrations/oauth/oauth-requests.service.js';
import { Revocations } from '../../src/integrations/oauth/revocations.service.js';
import { AuthorizationRevoked, ClientRefused } from '../../src/integrations/provider-errors.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { LeaseLost } from '../../src/jobs/jobs.service.js';
import { startFakeOAuth, type Consent, type FakeOAuth } from '../fakes/oauth/server.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Answer, type Browser } from '../support/browser.js';

jest.setTimeout(60_000);

const ADA = 'ada@nord.example';
const EVE = 'eve@nord.example';
const TENANT = '7b1f4c7e-0c9a-4d5e-9a53-2f6f3c1d8a10';

let app: TestApp;
let google: FakeOAuth;
let microsoft: FakeOAuth;

beforeAll(async () => {
  const accounts = [{ email: ADA }, { email: EVE }];
  google = await startFakeOAuth({ dialect: 'google', accounts });
  microsoft = await startFakeOAuth({ dialect: 'microsoft', accounts });
  app = await startApp({ env: { ...google.env, ...microsoft.env } });
  google.redirectUris.push(`${app.url}/integrations/google/callback`);
  microsoft.redirectUris.push(`${app.url}/integrations/office365/callback`);
});
afterAll(async () => {
  await app.close();
  await google.close();
  await microsoft.close();
});
beforeEach(async () => {
  for (const fake of [google, microsoft]) {
    fake.heal();
    fake.client.expired = false;
    fake.requests.length = 0;
    fake.grants.grants.clear();
  }
  // One mailbox is that of another person in each test.
  await app.database.query(`UPDATE connections SET state = 'ended', slotKey = NULL`);
  await app.database.query('DELETE FROM connection_secrets');
  await app.database.query('DELETE FROM jobs');
});

const wants = (contacts = 'write', calendar = 'read') => ({ contacts, calendar, _once: newId() });

/** As anybody could write it. */
function unsigned(token: unknown): string {
  const header = Buffer.from('{"alg":"none"}').toString('base64url');
  return `${header}.${String(token).split('.')[1]}.`;
}

/** The link a page leads to the provider with. */
function linkOf({ text }: Answer): string {
  const href = /<a class="button" href="(http[^"]+)" rel="noreferrer"/.exec(text)?.[1] ?? '';
  return href.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
}

async function begin(browser: Browser, provider = 'google', fields: object = wants()): Promise<string> {
  const link = linkOf(await browser.post(`/integrations/${provider}`, { ...fields }));
  expect(link).toContain('code_challenge_method=S256');
  return link;
}

/** Comes back from the provider; @returns the callback's answer, and the page it leads to */
async function comeBack(browser: Browser, url: string): Promise<{ back: Answer; shown: Answer }> {
  const { pathname, search } = new URL(url);
  const back = await browser.get(`${pathname}${search}`);
  expect(back.status).toBe(303);
  const to = String(back.headers['location']);
  // Neither code nor state is in any address that is kept.
  expect(to).not.toMatch(/code=|state=/);
  return { back, shown: await browser.get(to) };
}

async function consented(browser: Browser, provider = 'google', fields?: object, consent: Consent = {}) {
  const link = await begin(browser, provider, fields);
  const fake = provider === 'google' ? google : microsoft;
  return comeBack(browser, fake.answer(link, consent));
}

async function connectionOf(userId: string): Promise<Connection | undefined> {
  return (await app.get(Connections).of(userId))[0];
}

async function secretOf(id: string): Promise<OAuthSecret> {
  return readOAuthSecret((await app.get(ConnectionSecrets).open(id)) ?? '')!;
}

async function revoked(): Promise<string[]> {
  await app.get(JobsWorker).runDue();
  return google.asked('revoke').map(({ values }) => values.get('token') ?? '');
}

describe('Connecting by consent', () => {
  it('asks on a page of our own, leads there by a link, and keeps what was given, sealed', async () => {
    const { user, browser } = await app.signedIn();
    const page = await browser.get('/integrations/google');
    expect(visibleText(page)).toContain('Carnet never sees your password');
    const { shown } = await consented(browser);
    expect(visibleText(shown)).toContain('Google is connected.');
    const connection = await connectionOf(user.id);
    expect(connection).toMatchObject({
      ...{ provider: 'google', accountName: ADA, contacts: 'write', calendar: 'read', state: 'connected' },
      mailboxId: google.accounts[0].sub,
    });
    const secret = await secretOf(connection!.id);
    expect(Date.parse(secret.expiresAt)).toBeGreaterThan(Date.now() + 3_000_000);
    const [row] = await app.database.query<{ sealed: string }[]>('SELECT sealed FROM connection_secrets');
    expect(row.sealed).not.toContain(secret.refreshToken);
    const [asked] = google.asked('authorize');
    expect(asked.values.get('scope')?.split(' ')).toEqual([
      'openid',
      'email',
      'https://www.googleapis.com/auth/contacts',
      'https://www.googleapis.com/auth/calendar.calendarlist.readonly',
      'https://www.googleapis.com/auth/calendar.events.readonly',
    ]);
  });

  it('bears a provider whose clock is some minutes ahead', async () => {
    const { user, browser } = await app.signedIn();
    const ahead = Math.floor(Date.now() / 1000) + 200;
    google.claims = { iat: ahead, nbf: ahead };
    await consented(browser);
    expect(await connectionOf(user.id)).toBeDefined();
  });

  it('knows a mailbox at Microsoft by tenant and object, whichever tenant signs in', async () => {
    const { user, browser } = await app.signedIn();
    microsoft.options.longScopes = true;
    await consented(browser, 'office365', wants('read', 'none'));
    microsoft.options.longScopes = false;
    expect(await connectionOf(user.id)).toMatchObject({
      ...{ provider: 'office365', accountName: ADA, contacts: 'read', calendar: 'none' },
      mailboxId: `${TENANT}.${microsoft.accounts[0].oid}`,
    });
  });

  it('gives a second click the same link, and one that was used another', async () => {
    const { browser } = await app.signedIn();
    const fields = wants();
    const [first, second] = await Promise.all([
      begin(browser, 'google', fields),
      begin(browser, 'google', fields),
    ]);
    expect(second).toBe(first);
    expect(await begin(browser, 'google', { ...fields, calendar: 'none' })).not.toBe(first);
    await comeBack(browser, google.answer(first, { deny: true }));
    expect(await begin(browser, 'google', fields)).not.toBe(first);
  });

  it('wants at least one permission, and shows the form again', async () => {
    const { browser } = await app.signedIn();
    const answer = await browser.post('/integrations/google', wants('none', 'none'));
    expect(answer.status).toBe(422);
    expect(visibleText(answer)).toContain('Choose contacts, the calendar or both');
  });

  it('shows what was not granted as off, and connects nothing where nothing was', async () => {
    const { user, browser } = await app.signedIn();
    const nothing = await consented(browser, 'google', wants(), { scopes: [] });
    expect(visibleText(nothing.shown)).toMatch(/A permission is missing .* both boxes of the calendar/);
    expect(await connectionOf(user.id)).toBeUndefined();
    expect(await revoked()).toHaveLength(1);
    // One of the two the calendar needs is none.
    const partly = await consented(browser, 'google', wants(), {
      scopes: ['contacts', 'calendar.events.readonly'],
    });
    expect(visibleText(partly.shown)).toContain('What was not allowed there is off');
    expect(await connectionOf(user.id)).toMatchObject({ contacts: 'write', calendar: 'none' });
  });

  it('says calmly what to do when somebody declines, or an administrator has to agree', async () => {
    const { user, browser } = await app.signedIn();
    const denied = await consented(browser, 'google', wants(), { deny: true });
    expect(visibleText(denied.shown)).toContain('You did not agree');
    // Back at the consent page, they allow what they declined: it was used, and nobody is told they declined.
    const link = await begin(browser);
    await comeBack(browser, google.answer(link, { deny: true }));
    const { shown: after } = await comeBack(browser, google.answer(link));
    expect(visibleText(after)).toMatch(/was used already .* Try again/);
    microsoft.options.adminConsent = true;
    const { shown } = await consented(browser, 'office365');
    microsoft.options.adminConsent = false;
    expect(visibleText(shown)).toContain('An administrator has to agree first');
    expect(shown.text.replaceAll('&#x3D;', '=')).toContain('/organizations/v2.0/adminconsent?client_id=');
    expect(await connectionOf(user.id)).toBeUndefined();
    const agreed = await app.browser().get('/integrations/office365/callback?admin_consent=True&tenant=x');
    expect(agreed.headers['location']).toBe('/integrations/office365/agreed');
    expect((await app.browser().get('/integrations/office365/agreed')).status).toBe(200);
  });

  it.each([
    ['another audience', { aud: 'somebody-else' }],
    ['another issuer', { iss: 'https://accounts.example' }],
    ['another nonce', { nonce: 'another' }],
    ['no nonce', { nonce: undefined }],
    ['an id_token of yesterday', { exp: 1_700_000_000 }],
    ['an id_token of a quarter of an hour ahead', { nbf: Math.floor(Date.now() / 1000) + 900 }],
    ['no id at all', { sub: '../' }],
  ])('trusts no answer with %s', async (_, claims) => {
    const { user, browser } = await app.signedIn();
    google.claims = claims;
    const { shown } = await consented(browser);
    expect(visibleText(shown)).toContain('cannot be trusted');
    expect(await connectionOf(user.id)).toBeUndefined();
  });

  it.each<[string, (answer: Record<string, unknown>) => unknown]>([
    ['is signed by nobody', (answer) => ({ ...answer, id_token: unsigned(answer['id_token']) })],
    ['has no id_token', ({ id_token: _, ...answer }) => answer],
    ['is nothing', () => null],
    ['is a list', () => []],
    ['has a token that is none', (answer) => ({ ...answer, access_token: { toString: 1 } })],
    ['has tokens of another kind', (answer) => ({ ...answer, token_type: 'mac' })],
    ['names scopes in a list', (answer) => ({ ...answer, scope: ['contacts'] })],
  ])('trusts no answer that %s', async (_, change) => {
    const { user, browser } = await app.signedIn();
    google.trouble({ kind: 'lie', operation: 'token', change });
    const { shown } = await consented(browser);
    expect(visibleText(shown)).toContain('cannot be trusted');
    expect(await connectionOf(user.id)).toBeUndefined();
  });

  it('bears token services that are not well, and follows them nowhere', async () => {
    const { user, browser } = await app.signedIn();
    for (const kind of ['redirect', 'html', 'huge', 'bomb', 'drop'] as const) {
      google.heal();
      google.trouble({ kind, operation: 'token', location: `${app.url}/login?next=/integrations` });
      const { back, shown } = await consented(browser);
      expect([kind, back.headers['location']]).toEqual([
        kind,
        expect.stringMatching(/attempts\/[0-9a-f-]{36}$/),
      ]);
      expect(visibleText(shown)).toMatch(/cannot be trusted|does not answer at the moment/);
    }
    expect(await connectionOf(user.id)).toBeUndefined();
  });

  it('trusts no tenant of Microsoft that is not the issuer, and none that is missing', async () => {
    const { user, browser } = await app.signedIn();
    for (const claims of [{ tid: '00000000-0000-4000-8000-0000000000ff' }, { tid: undefined }, { oid: 7 }]) {
      microsoft.claims = claims;
      const { shown } = await consented(browser, 'office365');
      expect(visibleText(shown)).toContain('cannot be trusted');
    }
    expect(await connectionOf(user.id)).toBeUndefined();
  });

  it('tells the person that they can do nothing, and the operator, when the client secret has expired', async () => {
    const administrator = await app.signedIn({ role: 'admin' });
    const { accountId } = administrator.user;
    const { browser } = await app.signedIn({ accountId });
    google.client.expired = true;
    const { shown } = await consented(browser);
    expect(visibleText(shown)).toContain('There is nothing you can do');
    await consented(browser);
    google.client.expired = false;
    // Its administrators are told once, and nobody else is.
    const told = await app.database.query<{ userId: string; href: string }[]>(
      `SELECT userId, href FROM notifications WHERE kind = 'client-refused'`,
    );
    expect(told).toEqual([{ userId: administrator.user.id, href: '/company/integrations?provider=google' }]);
    const news = await administrator.browser.get('/notifications');
    expect(visibleText(news)).toContain('Google refuses this installation of Carnet');
    google.trouble({ kind: 'http', operation: 'token' });
    expect(visibleText((await consented(browser)).shown)).toContain('does not answer at the moment');
  });

  it('is only for people whose integrations are on and whose company allows the provider', async () => {
    const off = await app.signedIn({ features: { integrations: false } });
    expect((await off.browser.get('/integrations/google')).status).toBe(403);
    const { back } = await comeBack(off.browser, `${app.url}/integrations/google/callback?state=x&code=y`);
    expect(back.headers['location']).toBe('/integrations/google/attempts/unknown');
  });
});

it('keeps no access that does not last', async () => {
  const { user, browser } = await app.signedIn();
  google.trouble({
    ...{ kind: 'lie', operation: 'token' },
    change: ({ refresh_token: _, ...answer }: Record<string, unknown>) => answer,
  });
  expect(visibleText((await consented(browser)).shown)).toContain('gave no lasting access');
  expect(await connectionOf(user.id)).toBeUndefined();
});

describe('What the provider sends back', () => {
  it('is good once: a second time it says so, and changes nothing', async () => {
    const { user, browser } = await app.signedIn();
    const url = google.answer(await begin(browser));
    const { pathname, search } = new URL(url);
    const [before] = await app.database.query<object[]>(
      'SELECT sealed, id FROM oauth_requests WHERE userId = ?',
      [user.id],
    );
    const both = await Promise.all([0, 1].map(() => browser.get(`${pathname}${search}`)));
    expect(both.map(({ status }) => status)).toEqual([303, 303]);
    expect(google.asked('token')).toHaveLength(1);
    // As somebody found it who came just before its secrets were taken away.
    await app.database.query('UPDATE oauth_requests SET sealed = ? WHERE id = ?', Object.values(before));
    const { shown } = await comeBack(browser, url);
    expect(google.asked('token')).toHaveLength(1);
    expect(shown.headers['location']).toBe('/integrations');
    expect(visibleText(await browser.get('/integrations'))).toContain('was used already');
    expect(await app.get(Connections).of(user.id)).toHaveLength(1);
  });

  it('is nobody else’s, who does not even use it up', async () => {
    const { user, browser } = await app.signedIn();
    const other = await app.signedIn();
    const url = google.answer(await begin(browser));
    expect(visibleText((await comeBack(other.browser, url)).shown)).toContain('cannot be finished here');
    expect(google.asked('token')).toHaveLength(0);
    // Nor at the other provider's address.
    await comeBack(browser, url.replace('/google/', '/office365/'));
    expect(google.asked('token')).toHaveLength(0);
    await comeBack(browser, url);
    expect(await connectionOf(user.id)).toBeDefined();
    expect(await connectionOf(other.user.id)).toBeUndefined();
  });

  it('belongs to the session it was begun in', async () => {
    const { user, browser } = await app.signedIn();
    const url = google.answer(await begin(browser));
    await app.database.query(`UPDATE oauth_requests SET sessionHash = 'before' WHERE userId = ?`, [user.id]);
    expect(visibleText((await comeBack(browser, url)).shown)).toContain('You were signed out meanwhile');
    const nobody = await app.browser().get(new URL(url).pathname + new URL(url).search);
    expect(nobody.headers['location']).toBe('/integrations/google/attempts/unknown');
    expect(google.asked('token')).toHaveLength(0);
  });

  it('is said by the issuer that was asked, and kept by no browser', async () => {
    const { user, browser } = await app.signedIn();
    const link = await browser.post('/integrations/google', wants());
    expect(link.headers['cache-control']).toContain('no-store');
    const url = new URL(google.answer(linkOf(link)));
    url.searchParams.set('iss', 'https://accounts.example');
    const { back, shown } = await comeBack(browser, url.href);
    expect(back.headers['cache-control']).toContain('no-store');
    expect(visibleText(shown)).toContain('cannot be trusted');
    expect(await connectionOf(user.id)).toBeUndefined();
    expect(google.asked('token')).toHaveLength(0);
  });

  it('comes too late after ten minutes', async () => {
    const { user, browser } = await app.signedIn();
    const url = google.answer(await begin(browser));
    await app.database.query(
      'UPDATE oauth_requests SET expiresAt = DATE_SUB(expiresAt, INTERVAL 10 MINUTE) WHERE userId = ?',
      [user.id],
    );
    expect(visibleText((await comeBack(browser, url)).shown)).toContain('That took too long');
    expect(google.asked('token')).toHaveLength(0);
    const sealed = () =>
      app.database.query<{ sealed: string | null }[]>('SELECT sealed FROM oauth_requests WHERE userId = ?', [
        user.id,
      ]);
    expect(await sealed()).not.toEqual([{ sealed: null }]);
    await app.get(OAuthRequests).sweep();
    expect(await sealed()).toEqual([{ sealed: null }]);
    expect(visibleText((await comeBack(browser, url)).shown)).toContain('That took too long');
  });

  it.each([
    '',
    '?state=&code=x',
    '?state[]=a&state[]=b',
    '?error=access_denied',
    `?state=${'x'.repeat(3000)}`,
  ])('that was not begun here (%#) is told so', async (query) => {
    const { browser } = await app.signedIn();
    const back = await browser.get(`/integrations/google/callback${query}`);
    expect(back.headers['location']).toBe('/integrations/google/attempts/unknown');
  });
});

describe('A connection by consent', () => {
  async function connected(calendar = 'none') {
    const signedIn = await app.signedIn();
    await consented(signedIn.browser, 'google', wants('read', calendar));
    return { ...signedIn, connection: (await connectionOf(signedIn.user.id))! };
  }

  it('is signed in to again by the same account alone, with all it had', async () => {
    const { user, browser, connection } = await connected();
    const { id } = connection;
    await app.database.query(
      `UPDATE connections SET state = 'needs-sign-in', problem = ?, details = '{"learnt":1}' WHERE id = ?`,
      [JSON.stringify({ key: 'sign-in', since: new Date().toISOString() }), id],
    );
    expect((await browser.get('/integrations')).text).toContain(`/integrations/google?connection&#x3D;${id}`);
    const fields = { ...wants('read', 'none'), connection: id };
    const wrong = await consented(browser, 'google', fields, { account: EVE });
    expect(visibleText(wrong.shown)).toContain(`as ${EVE}, and this connection is of ${ADA}`);
    expect((await connectionOf(user.id))?.state).toBe('needs-sign-in');
    const { shown } = await consented(browser, 'google', { ...fields, _once: newId() });
    expect(visibleText(shown)).toContain('signed in to Google again');
    expect(await connectionOf(user.id)).toMatchObject({ id, state: 'connected', details: { learnt: 1 } });
    const stranger = await app.signedIn();
    expect((await stranger.browser.get(`/integrations/google?connection=${id}`)).status).toBe(404);
  });

  it('is of the account, not of its address', async () => {
    const { user, browser, connection } = await connected();
    google.claims = { sub: '999000111' };
    const fields = { ...wants('write', 'read'), connection: connection.id };
    const { shown } = await consented(browser, 'google', fields);
    expect(visibleText(shown)).toContain(`as ${ADA}, and this connection is of ${ADA}`);
    expect(await connectionOf(user.id)).toMatchObject({ contacts: 'read', calendar: 'none' });
  });

  it('goes on paused where it may not run by the time somebody comes back', async () => {
    const { user, browser, connection } = await connected();
    const link = await begin(browser, 'google', { ...wants('write', 'none'), connection: connection.id });
    await app.database.query(`UPDATE connections SET state = 'paused', pausedFor = 'provider' WHERE id = ?`, [
      connection.id,
    ]);
    await comeBack(browser, google.answer(link));
    expect(await connectionOf(user.id)).toMatchObject({ state: 'paused', contacts: 'read' });
  });

  it('is called in letters one sees, and its token lasts no longer than a day', async () => {
    const { user, browser } = await app.signedIn();
    google.claims = { email: ' ada\u202e\u0007<b>\n@nord.example ' };
    google.trouble({
      ...{ kind: 'lie', operation: 'token' },
      change: (answer: object) => ({ ...answer, expires_in: 1e300 }),
    });
    await consented(browser);
    const { id, accountName } = (await connectionOf(user.id))!;
    expect(accountName).toBe('ada<b> @nord.example');
    expect(Date.parse((await secretOf(id)).expiresAt)).toBeLessThan(Date.now() + 86_400_001);
  });

  it('asks for no more in a quarter of an hour than anybody means to', async () => {
    const { user, browser, connection } = await connected();
    const { revision } = connection;
    const path = `/integrations/${connection.id}/permissions`;
    const ask = () => browser.post(path, { contacts: 'write', calendar: 'read', revision, _once: newId() });
    expect((await ask()).status).toBe(200);
    const window = { limit: 60, windowSeconds: 900 };
    await app.get(Throttle).hit('oauth-request', user.id, window, { tries: 58 });
    expect((await ask()).status).toBe(429);
  });

  it('asks the provider for more, and for less nobody', async () => {
    const { user, browser, connection } = await connected('read');
    const change = (contacts: string, calendar: string, revision: number) =>
      browser.post(`/integrations/${connection.id}/permissions`, {
        ...{ contacts, calendar, revision, _once: newId() },
      });
    const lowered = await change('none', 'read', connection.revision);
    expect(lowered.status).toBe(303);
    let now = (await connectionOf(user.id))!;
    expect(now).toMatchObject({ contacts: 'none', calendar: 'read' });
    // What was granted before is granted still.
    expect((await change('read', 'read', now.revision)).status).toBe(303);
    now = (await connectionOf(user.id))!;
    const raised = await change('write', 'read', now.revision);
    expect(raised.status).toBe(200);
    expect((await connectionOf(user.id))?.contacts).toBe('read');
    const { shown } = await comeBack(browser, google.answer(linkOf(raised)));
    expect(visibleText(shown)).toContain('has noted what Carnet may do');
    now = (await connectionOf(user.id))!;
    expect(now).toMatchObject({ id: connection.id, contacts: 'write', calendar: 'read' });
    expect((await change('none', 'none', now.revision)).status).toBe(303);
    expect((await connectionOf(user.id))?.contacts).toBe('write');
  });

  it('gives its consent back when it ends, by a job that keeps the token sealed and no longer than it needs', async () => {
    const { user, browser, connection } = await connected();
    const { refreshToken } = await secretOf(connection.id);
    await browser.post(`/integrations/${connection.id}/disconnection`, { keep: 'remove' });
    const payloads = async () =>
      JSON.stringify(
        await app.database.query(
          `SELECT payload FROM jobs WHERE kind = 'connections.revoke' AND accountId = ?`,
          [user.accountId],
        ),
      );
    expect(await payloads()).toContain('sealed');
    expect(await payloads()).not.toContain(refreshToken);
    expect(await revoked()).toEqual([refreshToken]);
    expect(await payloads()).not.toContain('sealed');
  });

  it.each(["state = 'failed'", 'createdAt = DATE_SUB(createdAt, INTERVAL 1 DAY)'])(
    'leaves no token behind in a job that comes to nothing (%s)',
    async (nothing) => {
      const { browser, connection } = await connected();
      await browser.post(`/integrations/${connection.id}/disconnection`, { keep: 'remove' });
      const kept = async () =>
        JSON.stringify(
          await app.database.query(`SELECT payload FROM jobs WHERE kind = 'connections.revoke'`),
        );
      await app.get(Revocations).sweep();
      expect(await kept()).toContain('sealed');
      await app.database.query(`UPDATE jobs SET ${nothing} WHERE kind = 'connections.revoke'`);
      await app.get(Revocations).sweep();
      expect(await kept()).not.toContain('sealed');
      expect(await revoked()).toEqual([]);
    },
  );

  it('leaves the consent to a connection of the same mailbox that goes on', async () => {
    const { browser, connection } = await connected();
    await browser.post(`/integrations/${connection.id}/disconnection`, { keep: 'remove' });
    await consented(browser);
    expect(await revoked()).toEqual([]);
  });
});

describe('Access tokens', () => {
  /** As a turn of the engine gives it to a connector. */
  function accessTo(secret: OAuthSecret) {
    const kept: string[] = [];
    const access: ConnectionAccess & { secret: string } = {
      ...{ connectionId: newId(), details: {}, secret: JSON.stringify(secret) },
      signal: new AbortController().signal,
      keep: (learnt) => {
        kept.push(learnt.secret === undefined ? 'held' : 'secret');
        if (learnt.secret !== undefined) access.secret = learnt.secret;
        return Promise.resolve();
      },
    };
    const tokens = new AccessTokens(new OAuthClients(app.environment)).of(access, 'office365');
    return { access, kept, tokens };
  }
  const over = (secret: OAuthSecret) => ({ ...secret, expiresAt: new Date().toISOString() });

  it('are renewed once for all who ask at the same moment, and kept before they are used', async () => {
    const { access, kept, tokens } = accessTo(over(microsoft.grant(['openid', 'Contacts.Read'])));
    const given = await Promise.all([tokens.current(), tokens.current(), tokens.current()]);
    expect(new Set(given).size).toBe(1);
    expect(kept).toEqual(['held', 'secret']);
    expect(microsoft.asked('refresh')).toHaveLength(1);
    expect(readOAuthSecret(access.secret)?.accessToken).toBe(given[0]);
    expect(await tokens.current()).toBe(given[0]);
  });

  it('outlive a crash between the renewal and its being kept', async () => {
    const secret = over(microsoft.grant(['openid', 'Contacts.Read']));
    const { access, tokens } = accessTo(secret);
    const keep = access.keep.bind(access);
    access.keep = (learnt) =>
      learnt.secret === undefined ? keep(learnt) : Promise.reject(new LeaseLost('gone'));
    await expect(tokens.current()).rejects.toThrow(LeaseLost);
    expect(access.secret).toBe(JSON.stringify(secret));
    expect(await accessTo(secret).tokens.current()).toMatch(/./);
  });

  it('are not asked for by a process that has lost its lease', async () => {
    const { access, tokens } = accessTo(over(microsoft.grant(['openid', 'Contacts.Read'])));
    access.keep = () => Promise.reject(new LeaseLost('gone'));
    await expect(tokens.current()).rejects.toThrow(LeaseLost);
    expect(microsoft.asked('refresh')).toHaveLength(0);
  });

  it('that are refused are renewed once; then the person has to sign in', async () => {
    const { tokens } = accessTo(microsoft.grant(['openid', 'Contacts.Read']));
    const first = await tokens.current();
    const [second, same] = await Promise.all([tokens.renewed(first), tokens.renewed(first)]);
    expect(same).toBe(second);
    expect(second).not.toBe(first);
    await expect(tokens.renewed(second)).rejects.toThrow(AuthorizationRevoked);
  });

  it('end with the consent, and wait for the operator while the client is refused', async () => {
    const { access, tokens } = accessTo(over(microsoft.grant(['openid', 'Contacts.Read'])));
    const before = access.secret;
    microsoft.client.expired = true;
    const refused = await tokens.current().catch((error: unknown) => error as Error);
    expect(refused).toBeInstanceOf(ClientRefused);
    expect((refused as Error).message).not.toContain(readOAuthSecret(before)!.refreshToken);
    microsoft.client.expired = false;
    microsoft.refuse('mfa-registration');
    await expect(tokens.current()).rejects.toThrow(AuthorizationRevoked);
    microsoft.withdraw();
    await expect(tokens.current()).rejects.toThrow(AuthorizationRevoked);
    expect(access.secret).toBe(before);
  });

  it('of another client are signed in for anew: that one may be gone', async () => {
    const { access, tokens } = accessTo(over(microsoft.grant(['openid', 'Contacts.Read'])));
    await tokens.current();
    const { clientId, ...secret } = over(readOAuthSecret(access.secret)!);
    expect(clientId).toBe(microsoft.client.id);
    microsoft.requests.length = 0;
    const other = accessTo({ ...secret, clientId: 'registered before' });
    await expect(other.tokens.current()).rejects.toThrow(AuthorizationRevoked);
    expect(microsoft.asked('refresh')).toHaveLength(0);
    expect(await accessTo(secret).tokens.current()).toMatch(/./);
  });

  it('keep the refresh token where the answer names none', async () => {
    const secret = over(google.grant(['openid', 'https://www.googleapis.com/auth/contacts']));
    const { access } = accessTo(secret);
    const tokens = new AccessTokens(new OAuthClients(app.environment)).of(access, 'google');
    expect(await tokens.current()).not.toBe(secret.accessToken);
    expect(readOAuthSecret(access.secret)?.refreshToken).toBe(secret.refreshToken);
  });
});
