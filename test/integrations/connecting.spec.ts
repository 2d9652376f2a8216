import { AccountSettings } from '../../src/accounts/account-settings.entity.js';
import { newSettings } from '../../src/accounts/settings.js';
import { limits } from '../../src/config/limits.js';
import { newId } from '../../src/database/id.js';
import { Connections } from '../../src/integrations/connections/connections.service.js';
import { ConnectionSecrets } from '../../src/integrations/connections/secrets.js';
import {
  ExchangeRefusal,
  ExchangeSignIn,
  NothingAsked,
  type ExchangeForm,
  type ExchangeMailbox,
} from '../../src/integrations/exchange/exchange-sign-in.js';
import { CloudContacts } from '../../src/integrations/contacts/cloud-contacts.service.js';
import { SyncWorker } from '../../src/integrations/sync/sync-worker.service.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { PersonalContact } from '../../src/personal-contacts/personal-contact.entity.js';
import { type FakeExchange } from '../fakes/exchange/server.js';
import { type TestApp } from '../support/app.js';
import { field, visibleText, type Answer, type Browser } from '../support/browser.js';
import { hasSecret } from './a-mailbox.js';
import { EXCHANGE_PASSWORD, startWithExchange } from './connected.js';
import { MailboxOf } from './mailbox-of.js';

jest.setTimeout(60_000);

const PASSWORD = 'nine blue lamps & <more>';

let app: TestApp;
let fake: FakeExchange;
/** Signs in to the stand-in server. */
let reallyAsk: ExchangeSignIn['try'];
let asked: ExchangeForm[];
/** What the server answers: a mailbox named by the login, unless a test says otherwise. */
let answers: (form: ExchangeForm) => Promise<ExchangeMailbox>;

beforeAll(async () => {
  ({ app, fake } = await startWithExchange(['ada']));
  const signIn = app.get(ExchangeSignIn);
  reallyAsk = signIn.try.bind(signIn);
  jest.spyOn(signIn, 'try').mockImplementation((form) => {
    asked.push(form);
    return answers(form);
  });
});
afterAll(async () => {
  await app.close();
  await fake.close();
});

beforeEach(() => {
  asked = [];
  answers = (form) => Promise.resolve(mailboxOf(form));
});

function mailboxOf({ username, version, ewsUrl, password }: ExchangeForm): ExchangeMailbox {
  return {
    ...{ mailboxId: `box-of-${username}`, accountName: username, serverVersion: 'Exchange 2019' },
    details: {
      ...{ username, version, auth: 'ntlm', ewsUrl: `https://${ewsUrl}/EWS/Exchange.asmx` },
      ...{ serverVersion: 'Exchange 2019', serverBuild: '15.2.1544.11' },
    },
    secret: JSON.stringify({ password }),
  };
}

const typed = (username = 'ada@nord.example', more: Record<string, string> = {}): Record<string, string> => ({
  ...{
    username,
    password: PASSWORD,
    version: 'Exchange2016',
    ewsUrl: 'mail.nord.example',
    contacts: 'write',
  },
  ...{ _once: newId(), ...more },
});

const exchangeForm = (username: string): ExchangeForm => ({
  ...{ username, password: PASSWORD, version: 'Exchange2016', ewsUrl: 'mail.nord.example' },
});

async function rules(accountId: string, fields: Partial<AccountSettings>): Promise<void> {
  await app.database.getRepository(AccountSettings).save({ ...newSettings(accountId), ...fields });
}

const connect = (browser: Browser, fields = typed()) => browser.post('/integrations/exchange', fields);
const connectionsOf = (userId: string) => app.get(Connections).of(userId);

async function needsSignIn(id: string): Promise<void> {
  await app.database.query(
    `UPDATE connections SET state = 'needs-sign-in', problem = ?, wakeAt = NULL WHERE id = ?`,
    [JSON.stringify({ key: 'sign-in', since: new Date().toISOString() }), id],
  );
}

/** Words of the summary above a form. */
function summary({ text }: Answer): string {
  return /error-summary__list[\s\S]*?<\/ul>/.exec(text)?.[0] ?? '';
}

describe('The page of integrations', () => {
  it('shows a card for each provider the account allows, and leads nowhere that does not work', async () => {
    const { browser, account } = await app.signedIn();
    await rules(account.id, { google: false });
    const page = await browser.get('/integrations');
    expect(page.text).toContain('href="/integrations/exchange"');
    expect(visibleText(page)).toContain('Microsoft 365 cannot be connected here yet');
    expect(visibleText(page)).not.toContain('Google');
    expect(page.text).not.toMatch(/href="[^"]*(google|office365)/);
  });

  it('is for people whose integrations are on, and each sees their own alone', async () => {
    const off = await app.signedIn({ features: { integrations: false } });
    for (const path of ['/integrations', '/integrations/exchange'])
      expect((await off.browser.get(path)).status).toBe(403);
    const { user, account } = await app.signedIn();
    const { id } = await MailboxOf.connect(app, user, { accountName: 'secret.box@nord.example' });
    const other = await app.signedIn({ account, role: 'admin' });
    expect((await other.browser.get('/integrations')).text).not.toContain('secret.box');
    for (const rest of ['sign-in', 'disconnection'])
      expect((await other.browser.get(`/integrations/${id}/${rest}`)).status).toBe(404);
    for (const rest of ['sync', 'permissions', 'sign-in', 'disconnection'])
      expect((await other.browser.post(`/integrations/${id}/${rest}`, { keep: 'remove' })).status).toBe(404);
    expect((await connectionsOf(user.id))[0].state).toBe('connected');
  });

  it('says how a connection stands: account, server, last success, counts and what is wrong with it', async () => {
    const { user, browser } = await app.signedIn();
    const mailbox = await MailboxOf.connect(app, user, {
      details: { ewsUrl: 'https://mail.nord.example/EWS/Exchange.asmx', serverVersion: 'Exchange 2016' },
      ...{ lastSuccessAt: new Date(Date.now() - 181_000), nextRunAt: new Date(Date.now() + 421_000) },
    });
    const [first] = await mailbox.add({ displayName: 'Grace' }, { displayName: 'Alan' });
    await mailbox.dispute(first);
    const page = await browser.get('/integrations');
    for (const text of [
      'Exchange 2016',
      'mail.nord.example',
      '3 minutes ago',
      'in 7 minutes',
      '2 contacts in 1 folder',
    ])
      expect(visibleText(page)).toContain(text);
    expect(page.text).toContain('href="/cloud-contacts/conflicts"');
    expect(page.text).toMatch(/data-behaviour="poll" data-done/);
    await needsSignIn(mailbox.id);
    const refused = await browser.get('/integrations');
    expect(refused.text).toContain(`href="/integrations/${mailbox.id}/sign-in"`);
    expect(refused.text).not.toContain(`action="/integrations/${mailbox.id}/sync"`);
  });

  it('begins a run on demand and follows it', async () => {
    const { user, browser } = await app.signedIn();
    const { id } = await MailboxOf.connect(app, user, { nextRunAt: new Date(Date.now() + 600_000) });
    expect((await browser.post(`/integrations/${id}/sync`)).headers['location']).toBe('/integrations');
    const page = await browser.get('/integrations');
    expect(page.text).toMatch(/data-behaviour="poll">\s*<div class="progress/);
    expect((await connectionsOf(user.id))[0].wakeAt!.getTime()).toBeLessThanOrEqual(Date.now() + 1_000);
  });

  it('saves the permission, unless it was changed in another window', async () => {
    const { user, browser } = await app.signedIn();
    const { id } = await MailboxOf.connect(app, user);
    const path = `/integrations/${id}/permissions`;
    await browser.post(path, { contacts: 'read', revision: '1' });
    expect((await connectionsOf(user.id))[0].contacts).toBe('read');
    const late = await browser.post(path, { contacts: 'write', revision: '1' });
    expect(visibleText(await browser.follow(late))).toContain('was changed since you opened the page');
    expect((await connectionsOf(user.id))[0].contacts).toBe('read');
    await browser.post(path, { contacts: 'everything', revision: '2' });
    expect((await connectionsOf(user.id))[0].contacts).toBe('read');
  });

  it('is on the profile, with the way to set one up', async () => {
    const { user, browser } = await app.signedIn();
    expect(visibleText(await browser.get('/profile'))).toContain('No mailbox is connected. Set up');
    await MailboxOf.connect(app, user, { accountName: 'ada@box.example' });
    expect(visibleText(await browser.get('/profile'))).toContain('Exchange: ada@box.example In step');
    const { browser: without } = await app.signedIn({ features: { integrations: false } });
    expect((await without.get('/profile')).text).not.toContain('href="/integrations"');
  });
});

describe('Connecting an Exchange mailbox', () => {
  it('signs in once, keeps the password sealed and begins to read', async () => {
    const { user, browser } = await app.signedIn();
    expect((await connect(browser)).headers['location']).toBe('/integrations');
    expect(asked).toEqual([
      {
        username: 'ada@nord.example',
        password: PASSWORD,
        version: 'Exchange2016',
        ewsUrl: 'mail.nord.example',
      },
    ]);
    const [connection] = await connectionsOf(user.id);
    expect(connection).toMatchObject({
      provider: 'exchange',
      state: 'connected',
      contacts: 'write',
      slotKey: 'one',
    });
    expect(connection.wakeAt).not.toBeNull();
    const [{ sealed }] = await app.database.query<[{ sealed: string }]>(
      'SELECT sealed FROM connection_secrets WHERE connectionId = ?',
      [connection.id],
    );
    expect(sealed).toMatch(/^v1\./);
    expect(await app.get(ConnectionSecrets).open(connection.id)).toBe(JSON.stringify({ password: PASSWORD }));
    const everything = JSON.stringify([
      ...(await app.database.query<unknown[]>('SELECT * FROM connections WHERE userId = ?', [user.id])),
      ...(await app.database.query<unknown[]>('SELECT * FROM connection_tries WHERE userId = ?', [user.id])),
      ...(await app.database.query<unknown[]>('SELECT * FROM sessions WHERE userId = ?', [user.id])),
    ]);
    expect(everything).not.toContain('blue lamps');
  });

  it('seals the password for one connection of one person: copied to another, it does not open', async () => {
    const { user, browser } = await app.signedIn();
    await connect(browser);
    const [{ id }] = await connectionsOf(user.id);
    const { user: thief } = await app.signedIn();
    const other = await MailboxOf.connect(app, thief);
    await app.database.query(
      `INSERT INTO connection_secrets (connectionId, accountId, userId, sealed, keyNumber, updatedAt)
       SELECT ?, accountId, ?, sealed, keyNumber, updatedAt FROM connection_secrets WHERE connectionId = ?`,
      [other.id, thief.id, id],
    );
    await expect(app.get(ConnectionSecrets).open(other.id)).rejects.toThrow();
  });

  it('says what is missing, all at once, before anything is asked', async () => {
    const { browser } = await app.signedIn();
    const answer = await connect(browser, typed(' ', { password: '', ewsUrl: '', version: 'Exchange95' }));
    expect(answer.status).toBe(422);
    for (const name of ['username', 'password', 'ewsUrl', 'version'])
      expect(field(answer, name).error).toBeDefined();
    expect(asked).toEqual([]);
  });

  it('says a refusal at its field and keeps what was typed, but never the password', async () => {
    const { user, browser } = await app.signedIn();
    answers = () => Promise.reject(new ExchangeRefusal('ewsUrl', 'redirect', { host: '<b>mail2</b>' }));
    const answer = await connect(browser, typed('NORD\\ada', { contacts: 'read' }));
    expect(answer.status).toBe(422);
    expect(field(answer, 'ewsUrl')).toMatchObject({
      value: 'mail.nord.example',
      error: /sends us on to <b>mail2/,
    });
    expect(field(answer, 'username').value).toBe('NORD\\ada');
    expect(field(answer, 'password').value).toBe('');
    expect(summary(answer)).toContain('href="#ewsUrl"');
    expect(answer.text).toMatch(/value="read" checked/);
    expect(answer.text).not.toContain('<b>mail2');
    expect(answer.text).not.toContain('blue lamps');
    expect(await connectionsOf(user.id)).toEqual([]);
  });

  it('has words for each refusal, in both languages', async () => {
    const keys = [
      ...['address-missing', 'address-unreadable', 'address-office365', 'address-https', 'address-port'],
      ...[
        'address-user-part',
        'not-reachable',
        'certificate',
        'not-ews',
        'busy',
        'basic-needs-https',
        'redirect',
      ],
      ...['sign-in-methods', 'login-missing', 'login-form', 'no-mailbox', 'account-disabled', 'not-allowed'],
      ...['password-missing', 'password-refused', 'password-or-proxy', 'password-expired', 'too-old'],
    ] as const;
    const { Words } = await import('../../src/web/words.js');
    for (const key of keys)
      for (const words of [Words.for('en'), Words.for('fr')])
        expect(words.t(`integrations.exchange.refused.${key}`, { host: 'h' }).length).toBeGreaterThan(10);
  });

  it('gives a second click on the same form the answer of the first', async () => {
    const { user, browser } = await app.signedIn();
    let go = () => {};
    const held = new Promise<void>((done) => (go = done));
    answers = async (form) => {
      await held;
      return mailboxOf(form);
    };
    const fields = typed();
    await browser.formToken();
    const clicks = [connect(browser, fields), connect(browser, fields)];
    while (asked.length === 0) await new Promise((done) => setTimeout(done, 10));
    go();
    const [one, other] = await Promise.all(clicks);
    expect([one.status, other.status]).toEqual([303, 303]);
    expect(asked).toHaveLength(1);
    expect(await connectionsOf(user.id)).toHaveLength(1);
  });

  it('tries one form of a person at a time', async () => {
    const { browser } = await app.signedIn();
    let go = () => {};
    const held = new Promise<void>((done) => (go = done));
    answers = async (form) => {
      await held;
      return mailboxOf(form);
    };
    await browser.formToken();
    const first = connect(browser);
    while (asked.length === 0) await new Promise((done) => setTimeout(done, 10));
    const second = await connect(browser);
    expect(second.status).toBe(409);
    expect(summary(second)).toContain('Another sign-in of yours is being tried');
    go();
    expect((await first).status).toBe(303);
    expect(asked).toHaveLength(1);
  });

  it('is stopped after some refusals, for a login name whoever tries it and for a person', async () => {
    const { account, browser } = await app.signedIn();
    const colleague = await app.signedIn({ account });
    answers = () => Promise.reject(new ExchangeRefusal('password', 'password-refused'));
    for (const login of ['grace@nord.example', 'NORD\\grace', 'nord.example\\Grace', 'grace', 'Ｇrace@NORD'])
      expect((await connect(browser, typed(login))).status).toBe(422);
    const stopped = await connect(colleague.browser, typed('GRACE@nord.example'));
    expect(stopped.status).toBe(429);
    expect(summary(stopped)).toContain('Too many tries');
    for (let count = 0; count < 5; count++)
      expect((await connect(browser, typed(`other${count}@nord.example`))).status).toBe(422);
    expect((await connect(browser, typed('last@nord.example'))).status).toBe(429);
    expect(asked).toHaveLength(10);
  });

  it('counts no try for an address that no server was asked at', async () => {
    const { browser } = await app.signedIn();
    answers = () => Promise.reject(new NothingAsked('ewsUrl', 'address-https'));
    for (let count = 0; count < 6; count++)
      expect((await connect(browser, typed('typos@nord.example'))).status).toBe(422);
    answers = (form) => Promise.resolve(mailboxOf(form));
    expect((await connect(browser, typed('typos@nord.example'))).status).toBe(303);
  });

  it('says which connection takes the only place, and leads to its end, before a password is sent', async () => {
    const { user, browser } = await app.signedIn();
    const { id } = await MailboxOf.connect(app, user, { provider: 'google', slotKey: 'one' });
    const page = await browser.get('/integrations/exchange');
    expect(visibleText(page)).toContain('You are connected to Google as ada@mailbox.example');
    expect(page.text).toContain(`href="/integrations/${id}/disconnection"`);
    expect(page.text).not.toContain('name="password"');
    expect((await connect(browser)).status).toBe(409);
    expect(asked).toEqual([]);
  });

  it('lets nobody connect what the account does not allow', async () => {
    const { account, user, browser } = await app.signedIn();
    await rules(account.id, { exchange: false });
    expect((await browser.get('/integrations/exchange')).status).toBe(404);
    expect((await connect(browser)).status).toBe(404);
    expect(asked).toEqual([]);
    expect(await connectionsOf(user.id)).toEqual([]);
  });

  it('connects several mailboxes where the account allows it, each once, also of two at the same moment', async () => {
    const { account, user, browser } = await app.signedIn();
    await connect(browser);
    await rules(account.id, { severalConnections: true });
    const again = await connect(browser);
    expect(again.status).toBe(422);
    expect(field(again, 'username').error).toContain('ada@nord.example is connected already');
    await connect(browser, typed('second@nord.example'));
    expect(await connectionsOf(user.id)).toHaveLength(2);
    const mailbox = {
      ...mailboxOf(exchangeForm('third@nord.example')),
      provider: 'exchange' as const,
    };
    const details = { ...mailbox.details };
    const both = await Promise.allSettled(
      [1, 2].map(() =>
        app.get(Connections).connect(user, { ...mailbox, details }, { contacts: 'write', calendar: 'none' }),
      ),
    );
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await connectionsOf(user.id)).toHaveLength(3);
  });

  it('lets one of two different mailboxes at the same moment take the only place', async () => {
    const { user } = await app.signedIn();
    const both = await Promise.allSettled(
      ['one@nord.example', 'two@nord.example'].map((name) => {
        const mailbox = mailboxOf(exchangeForm(name));
        return app
          .get(Connections)
          .connect(
            user,
            { ...mailbox, provider: 'exchange', details: { ...mailbox.details } },
            { contacts: 'read', calendar: 'none' },
          );
      }),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await connectionsOf(user.id)).toHaveLength(1);
  });

  it('looks for the address of the server and only fills it in', async () => {
    const { user, browser } = await app.signedIn();
    const propose = jest.spyOn(app.get(ExchangeSignIn), 'propose');
    propose.mockResolvedValueOnce({ ewsUrl: 'https://found.nord.example/EWS/Exchange.asmx' });
    const fields = typed('', { ewsUrl: '', email: 'ada@nord.example', find: 'address' });
    const answer = await connect(browser, fields);
    expect(answer.status).toBe(200);
    expect(field(answer, 'ewsUrl').value).toBe('https://found.nord.example/EWS/Exchange.asmx');
    expect(answer.text).not.toContain('blue lamps');
    propose.mockResolvedValueOnce(null);
    const nothing = await connect(browser, { ...fields, _once: newId() });
    expect(nothing.status).toBe(422);
    expect(field(nothing, 'email').error).toContain('No address was found');
    const without = await connect(browser, { ...fields, _once: newId(), email: 'no address' });
    expect(field(without, 'email').error).toBeDefined();
    expect(asked).toEqual([]);
    expect(await connectionsOf(user.id)).toEqual([]);
  });
});

describe('Signing in again', () => {
  it('goes on with a new password, and everything that waited is sent', async () => {
    const { user, browser } = await app.signedIn();
    await connect(browser);
    const [{ id }] = await connectionsOf(user.id);
    await needsSignIn(id);
    const page = await browser.get(`/integrations/${id}/sign-in`);
    expect(visibleText(page)).toContain('ada@nord.example');
    const done = await browser.post(`/integrations/${id}/sign-in`, {
      password: 'the new one',
      _once: newId(),
    });
    expect(done.headers['location']).toBe('/integrations');
    expect(asked.at(-1)).toMatchObject({ username: 'ada@nord.example', password: 'the new one' });
    const [connection] = await connectionsOf(user.id);
    expect(connection).toMatchObject({ id, state: 'connected', problem: null });
    expect(connection.pushAt).not.toBeNull();
    expect(await app.get(ConnectionSecrets).open(id)).toBe('{"password":"the new one"}');
  });

  it('refuses another mailbox and names it as another connection', async () => {
    const { user, browser } = await app.signedIn();
    await connect(browser);
    const [{ id }] = await connectionsOf(user.id);
    await needsSignIn(id);
    answers = (form) =>
      Promise.resolve({ ...mailboxOf(form), mailboxId: 'other', accountName: 'boss@nord.example' });
    const refused = await browser.post(`/integrations/${id}/sign-in`, {
      password: 'another',
      _once: newId(),
    });
    expect(refused.status).toBe(422);
    expect(field(refused, 'password').error).toContain('opens the mailbox boss@nord.example');
    expect((await connectionsOf(user.id))[0].state).toBe('needs-sign-in');
    expect(await app.get(ConnectionSecrets).open(id)).toContain('blue lamps');
    answers = () => Promise.reject(new ExchangeRefusal('username', 'login-form'));
    const wrong = await browser.post(`/integrations/${id}/sign-in`, { password: 'wrong', _once: newId() });
    // The login name is not asked here, and need not be checked.
    expect(field(wrong, 'password').error).toMatch(/^This password is not right/);
    const empty = await browser.post(`/integrations/${id}/sign-in`, { password: '' });
    expect(field(empty, 'password').error).toBe('Enter the password of the mailbox');
  });

  it('is also what connecting the same mailbox is, by whatever address', async () => {
    const { user, browser } = await app.signedIn();
    await connect(browser);
    const [before] = await connectionsOf(user.id);
    await needsSignIn(before.id);
    await connect(browser, typed('ada@nord.example', { ewsUrl: 'moved.nord.example' }));
    const [after, ...others] = await connectionsOf(user.id);
    expect(others).toEqual([]);
    expect(after).toMatchObject({ id: before.id, state: 'connected' });
    expect(after.details['ewsUrl']).toContain('moved');
  });

  it('goes on at another address of its server as well, while it fails at the old one', async () => {
    const { user, browser } = await app.signedIn();
    await connect(browser);
    const [before] = await connectionsOf(user.id);
    await app.database.query('UPDATE connections SET problem = ?, failures = 3 WHERE id = ?', [
      JSON.stringify({ key: 'not-the-service', since: new Date().toISOString() }),
      before.id,
    ]);
    const card = await browser.get('/integrations');
    expect(card.text).toContain('href="/integrations/exchange"');
    await connect(browser, typed('ada@nord.example', { ewsUrl: 'moved.nord.example' }));
    const [after, ...others] = await connectionsOf(user.id);
    expect(others).toEqual([]);
    expect(after).toMatchObject({ id: before.id, state: 'connected', problem: null, failures: 0 });
    expect(after.details['ewsUrl']).toContain('moved');
  });
});

describe('A mailbox on a server', () => {
  it('is connected by its form, read, signed in to again after its password changed, and sent what waited', async () => {
    const { user, browser } = await app.signedIn();
    answers = (form) => reallyAsk(form);
    // Those of other tests have no server.
    await app.database.query('UPDATE connections SET wakeAt = NULL');
    fake.mailbox('ada@nord.example').addContact({ DisplayName: 'Grace Hopper' });
    const fields = typed('NORD\\ada', { ewsUrl: `${fake.origin}/owa/`, password: 'not this one' });
    expect(field(await connect(browser, fields), 'password').error).toContain('is not right');
    await connect(browser, { ...fields, password: EXCHANGE_PASSWORD, _once: newId() });
    await app.get(SyncWorker).runDue();
    const page = visibleText(await browser.get('/integrations'));
    expect(page).toContain('In step');
    expect(page).toMatch(/1 contact in \d+ folder/);
    const [{ id }] = await connectionsOf(user.id);

    fake.changePassword('ada@nord.example', 'ten green lamps');
    await browser.post(`/integrations/${id}/sync`);
    await app.get(SyncWorker).runDue();
    expect((await browser.get('/integrations')).text).toContain(`href="/integrations/${id}/sign-in"`);
    const [contact] = await app.database.query<[{ id: string; version: number }]>(
      'SELECT id, version FROM cloud_contacts WHERE connectionId = ?',
      [id],
    );
    await app
      .get(CloudContacts)
      .edit(user, contact.id, { fields: { organization: 'US Navy' }, phones: {} }, { version: null });
    await browser.post(`/integrations/${id}/sign-in`, { password: 'ten green lamps', _once: newId() });
    await app.get(SyncWorker).runDue();
    expect(visibleText(await browser.get('/integrations'))).toContain('Changes to send None');
    expect(JSON.stringify(fake.mailbox('ada@nord.example'))).toContain('US Navy');
  });
});

describe('Disconnecting', () => {
  async function connected(names: readonly { displayName: string; email?: string | null }[]) {
    const { user, browser } = await app.signedIn();
    await connect(browser);
    const [{ id }] = await connectionsOf(user.id);
    // Written as runs write them, then given to the connection of the form.
    const source = await MailboxOf.connect(
      app,
      { id: user.id, accountId: user.accountId },
      { slotKey: newId() },
    );
    const ids = await source.add(...names);
    for (const table of ['cloud_contacts', 'cloud_folders'])
      await app.database.query(`UPDATE ${table} SET connectionId = ? WHERE connectionId = ?`, [
        id,
        source.id,
      ]);
    await app.database.query('DELETE FROM connections WHERE id = ?', [source.id]);
    return { user, browser, id, ids, path: `/integrations/${id}/disconnection` };
  }
  const personalOf = (ownerId: string) =>
    app.database.getRepository(PersonalContact).find({ where: { ownerId }, order: { displayName: 'ASC' } });

  it('asks first: counts, what stays, and before all what was not sent', async () => {
    const { user, browser, ids, path } = await connected([{ displayName: 'Grace' }, { displayName: 'Alan' }]);
    await app.database.query(
      `UPDATE cloud_contacts SET pending = 'change', pendingSince = UTC_TIMESTAMP(3) WHERE id = ?`,
      [ids[0]],
    );
    const page = await browser.get(path);
    const text = visibleText(page);
    expect(text.indexOf('1 change of yours has not been sent')).toBeGreaterThan(0);
    expect(text.indexOf('1 change of yours')).toBeLessThan(text.indexOf('Nothing is deleted in Exchange'));
    expect(text).toContain('Grace');
    expect(text).toContain('all 2 contacts stay there');
    expect((await browser.post(path, {})).status).toBe(422);
    expect((await connectionsOf(user.id))[0].state).toBe('connected');
  });

  it('asks nothing about contacts of a mailbox that brought its calendar alone, and leads to where Microsoft keeps consents', async () => {
    const { browser, id, path } = await connected([]);
    await app.database.query(
      `UPDATE connections SET contacts = 'none', calendar = 'read', provider = 'office365' WHERE id = ?`,
      [id],
    );
    const page = await browser.get(path);
    const text = visibleText(page);
    expect(text).not.toMatch(/\b0 (contacts|folders)/);
    expect(text).toMatch(/calendar is no longer shown here.* its calendar is read anew/);
    expect(page.text).toContain('href="https://myapplications.microsoft.com/"');
    expect(page.text).toContain('<input type="hidden" name="keep" value="remove">');
    expect((await browser.post(path, { keep: 'remove' })).status).toBe(303);
  });

  it('says which contacts are here alone, because they were deleted there', async () => {
    const { browser, ids, path } = await connected([{ displayName: 'Grace' }, { displayName: 'Alan' }]);
    await app.database.query('UPDATE cloud_contacts SET goneAt = UTC_TIMESTAMP(3) WHERE id = ?', [ids[0]]);
    const text = visibleText(await browser.get(path));
    expect(text).toContain('the 1 contact stays there');
    expect(text).toContain('1 contact was deleted in Exchange and is here alone');
  });

  it('keeps a copy: each contact once, in a group, told when it is done; what is there already is not doubled', async () => {
    const { user, browser, id, path } = await connected([
      { displayName: 'Grace', email: 'grace@nord.example' },
      { displayName: 'Alan', email: 'alan@nord.example' },
      // Of a couple with one address both are kept; the same person twice is one.
      { displayName: 'Ada', email: 'home@nord.example' },
      { displayName: 'Bob', email: 'home@nord.example' },
      { displayName: 'Bob', email: 'home@nord.example' },
    ]);
    await browser.post('/personal-contacts', { displayName: 'Alan T.', email: 'alan@nord.example' });
    expect((await browser.post(path, { keep: 'copy' })).headers['location']).toBe('/integrations');
    expect(await connectionsOf(user.id)).toEqual([]);
    expect(await hasSecret(app, id)).toBe(false);
    await app.get(JobsWorker).runDue();
    await app.get(JobsWorker).runDue();
    expect((await personalOf(user.id)).map(({ displayName }) => displayName)).toEqual([
      'Ada',
      'Alan T.',
      'Bob',
      'Grace',
    ]);
    const news = visibleText(await browser.get('/notifications'));
    expect(news).toContain('3 contacts copied to your personal contacts, 2 were there already');
    const [{ href }] = await app.database.query<[{ href: string }]>(
      'SELECT href FROM notifications WHERE userId = ?',
      [user.id],
    );
    expect(visibleText(await browser.get(href))).toContain('Exchange – ada@nord.example');
  });

  it('copies no more than there is room for, and says so before and after', async () => {
    const { user, browser, path } = await connected([
      { displayName: 'Ada' },
      { displayName: 'Bob' },
      { displayName: 'Cy' },
    ]);
    const most = jest.replaceProperty(
      limits as { personalContactsPerUser: number },
      'personalContactsPerUser',
      2,
    );
    try {
      expect(visibleText(await browser.get(path))).toContain('There is room for 2 only');
      await browser.post(path, { keep: 'copy' });
      await app.get(JobsWorker).runDue();
    } finally {
      most.restore();
    }
    expect(await personalOf(user.id)).toHaveLength(2);
    expect(visibleText(await browser.get('/notifications'))).toContain('for 1 there was no room');
  });

  it('offers no copy to whom personal contacts are switched off', async () => {
    const { user, browser, path } = await connected([{ displayName: 'Ada' }]);
    await app.database.query('UPDATE users SET features = ? WHERE id = ?', [
      JSON.stringify({ 'personal-contacts': false }),
      user.id,
    ]);
    expect((await browser.get(path)).text).not.toContain('value="copy"');
    expect((await browser.post(path, { keep: 'copy' })).status).toBe(422);
    expect((await browser.post(path, { keep: 'remove' })).status).toBe(303);
    expect((await browser.post(path, { keep: 'remove' })).status).toBe(404);
  });

  it('is undone for 30 days by connecting the same mailbox, whose contacts are the same ones', async () => {
    const { user, browser, id, ids, path } = await connected([{ displayName: 'Ada' }]);
    await app.database.query(`UPDATE cloud_contacts SET pending = 'change', starred = 1 WHERE id = ?`, [
      ids[0],
    ]);
    await browser.post(path, { keep: 'remove' });
    const between = visibleText(await browser.get('/integrations'));
    expect(between).toContain('You disconnected ada@nord.example');
    expect(between).toContain('with 1 change that was not sent');
    await connect(browser);
    expect((await connectionsOf(user.id)).map((connection) => connection.id)).toEqual([id]);
    const [row] = await app.database.query<[{ id: string; pending: string; starred: number }]>(
      'SELECT id, pending, starred FROM cloud_contacts WHERE connectionId = ? AND deletedAt IS NULL',
      [id],
    );
    expect(row).toEqual({ id: ids[0], pending: 'change', starred: 1 });
    await browser.post(path, { keep: 'remove' });
    await app.database.query(
      'UPDATE connections SET endedAt = DATE_SUB(endedAt, INTERVAL 31 DAY) WHERE id = ?',
      [id],
    );
    await connect(browser);
    expect((await connectionsOf(user.id))[0].id).not.toBe(id);
  });

  it('copies nothing once the mailbox is connected again', async () => {
    const { user, browser, path } = await connected([{ displayName: 'Ada' }]);
    await browser.post(path, { keep: 'copy' });
    await connect(browser);
    await app.get(JobsWorker).runDue();
    expect(await personalOf(user.id)).toEqual([]);
  });
});
