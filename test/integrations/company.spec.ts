import { type Account } from '../../src/accounts/account.entity.js';
import { type User } from '../../src/accounts/user.entity.js';
import { Connections } from '../../src/integrations/connections/connections.service.js';
import { newId, type Id } from '../../src/database/id.js';
import { AuditEntry } from '../../src/journal/journal.entities.js';
import { Notification } from '../../src/notifications/notification.entity.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Browser } from '../support/browser.js';
import { aMailbox, connectionRow, failing, hasSecret } from './a-mailbox.js';

jest.setTimeout(60_000);

const LIST = '/company/integrations';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

async function company() {
  const account = await app.anAccount();
  const admin = await app.signedIn({ account, role: 'admin', givenName: 'Camille', familyName: 'Lefèvre' });
  const ada = await app.aUser({ account });
  const grace = await app.aUser({ account, givenName: 'Grace', familyName: 'Hopper' });
  return { account, admin, browser: admin.browser, ada, grace };
}

const list = async (browser: Browser, query = '') => visibleText(await browser.get(`${LIST}${query}`));
const audits = (account: Account, action: string) =>
  app.database.getRepository(AuditEntry).findBy({ accountId: account.id, action });
const news = (user: User) => app.database.getRepository(Notification).findBy({ userId: user.id });
const setState = (id: Id, state: string, pausedFor: string | null = null) =>
  app.database.query('UPDATE connections SET state = ?, pausedFor = ? WHERE id = ?', [state, pausedFor, id]);

describe('The connections of a company', () => {
  it('say whose mailbox it is, how it stands, since when it fails and how many contacts it holds', async () => {
    const { browser, ada, grace } = await company();
    const mine = await aMailbox(app, ada, { contacts: ['One', 'Two'], binned: ['Three'] });
    const other = await aMailbox(app, grace, { provider: 'google' });
    await failing(app, other.id, 'not-reachable', 2);
    const text = await list(browser);
    expect(text).toMatch(new RegExp(`Ada Lovelace.*Exchange ${mine.accountName}.*In step.* 2 `, 's'));
    expect(text).toMatch(new RegExp(`Grace Hopper.*Google ${other.accountName}.*Failing.*Since `, 's'));
    expect(text).toContain('2 of 2 connections');
  });

  it('never show what a mailbox holds or signs in with', async () => {
    const { browser, ada } = await company();
    const { id } = await aMailbox(app, ada, { secret: 'the very secret', folder: 'Hidden folder' });
    for (const path of [
      LIST,
      `${LIST}?q=xenophora`,
      `${LIST}/export.csv`,
      `${LIST}/disconnection?ids=${id}`,
      `/users/${ada.id}`,
    ]) {
      const { status, text } = await browser.get(path);
      expect([path, status]).toEqual([path, 200]);
      expect(text).not.toMatch(/Xenophora|the very secret|Hidden folder|Hereby|Thereby/);
    }
  });

  it('are narrowed by provider, state and person, and to those that fail for more than a day', async () => {
    const { browser, ada, grace } = await company();
    const one = await aMailbox(app, ada);
    const two = await aMailbox(app, grace, { provider: 'google' });
    const found = async (query: string) => {
      const text = await list(browser, query);
      return [text.includes(one.accountName), text.includes(two.accountName)];
    };
    expect(await found('?provider=google')).toEqual([false, true]);
    expect(await found('?q=love')).toEqual([true, false]);
    expect(await found('?q=nobody')).toEqual([false, false]);
    expect(await found('?q=%2B%2B')).toEqual([false, false]);
    expect(await found(`?person=${grace.id}`)).toEqual([false, true]);
    expect(await found('?person=gone')).toEqual([false, false]);
    await failing(app, one.id, 'busy', 0.5);
    await failing(app, two.id, 'busy', 1.5);
    expect(await found('?state=failing')).toEqual([true, true]);
    expect(await found('?state=long')).toEqual([false, true]);
    await setState(two.id, 'needs-sign-in');
    expect(await found('?state=long')).toEqual([false, true]);
    expect(await found('?state=needs-sign-in')).toEqual([false, true]);
    await setState(one.id, 'paused', 'provider');
    expect(await found('?state=paused')).toEqual([true, false]);
    expect(await found('?state=in-step')).toEqual([false, false]);
    expect(await found('?state=nonsense&provider=aol&sort=x&after=%00')).toEqual([true, true]);
    expect(await list(browser, '?state=paused')).toContain('Your settings do not allow this provider.');
    for (const sort of ['-person', 'success', '-success'])
      expect(await found(`?sort=${sort}`)).toEqual([true, true]);
  });

  it('come page by page, each once', async () => {
    const { account, browser } = await company();
    const names = Array.from({ length: 53 }, (_, place) => `Person${String(place).padStart(2, '0')}`);
    const people = await Promise.all(
      names.map((givenName) => app.aUser({ account, givenName, status: 'deactivated' })),
    );
    for (const { id, accountId } of people)
      await app.database.query(
        `INSERT INTO connections (id, accountId, userId, provider, mailboxId, accountName, state, contacts, calendar,
           details, createdAt) VALUES (?, ?, ?, 'exchange', ?, 'box', 'paused', 'write', 'none', '{}', UTC_TIMESTAMP(3))`,
        [newId(), accountId, id, id],
      );
    for (const sort of ['person', '-success']) {
      const first = await browser.get(`${LIST}?sort=${sort}`);
      const next =
        /href="([^"]*after&#x3D;[^"]*)" rel="next"/.exec(first.text)?.[1].replaceAll('&amp;', '&') ?? '';
      const texts = visibleText(first) + visibleText(await browser.get(next.replaceAll('&#x3D;', '=')));
      for (const name of names)
        expect([name, texts.split(`${name} Lovelace`).length > 1]).toEqual([name, true]);
    }
  });

  it('are given as a file, which is in the audit log', async () => {
    const { account, browser, ada } = await company();
    const { accountName } = await aMailbox(app, ada, { contacts: ['One', 'Two', 'Three'] });
    const { text, headers } = await browser.get(`${LIST}/export.csv?provider=exchange&q=ada`);
    expect(headers['content-disposition']).toContain('company-integrations-');
    expect(text).toContain('Person,Address,Provider,Mailbox,State,Why,Failing since,Last success,Contacts');
    expect(text).toMatch(new RegExp(`Ada Lovelace,${ada.email},Exchange,${accountName},In step,,,[^,]+,3,`));
    // A count is a number to a spreadsheet, which can add it up.
    const excel = await browser.get(`${LIST}/export.csv?form=excel&q=ada`);
    expect(excel.text).toMatch(/[,;]3[,;]/);
    const [entry] = await audits(account, 'connections.export');
    expect(entry?.details).toEqual({ form: 'plain', connections: 1, provider: 'exchange', searched: true });
    expect(visibleText(await browser.get('/audit-log'))).toContain('List of connections exported');
  });

  it('stand in short on the page of their person', async () => {
    const { browser, ada, grace } = await company();
    const { accountName, id } = await aMailbox(app, ada);
    await failing(app, id, 'quota', 3);
    const page = await browser.get(`/users/${ada.id}`);
    expect(visibleText(page)).toContain(`Exchange: ${accountName}`);
    expect(page.text).toContain(`${LIST}?person&#x3D;${ada.id}`);
    expect(visibleText(await browser.get(`/users/${grace.id}`))).toContain('No mailbox is connected.');
  });
});

describe('Disconnecting by an administrator', () => {
  it('asks first, ends several at once, forgets the secrets, tells their people and the audit log', async () => {
    const { account, browser, ada, grace } = await company();
    const boxes = [await aMailbox(app, ada), await aMailbox(app, grace)];
    const ids = boxes.map(({ id }) => id);
    const chosen = await browser.post(`${LIST}/selection`, { ids, list: `${LIST}?provider=exchange` });
    const asked = await browser.follow(chosen);
    expect(visibleText(asked)).toContain('Disconnect 2 mailboxes?');
    const list = `${LIST}?provider=exchange`;
    const unticked = await browser.post(`${LIST}/disconnections`, { ids, list });
    expect([unticked.status, visibleText(unticked).includes('Tick the box to confirm')]).toEqual([422, true]);
    expect(await hasSecret(app, ids[0] ?? '')).toBe(true);
    const done = await browser.post(`${LIST}/disconnections`, { ids, list, confirmed: 'on' });
    expect([done.status, done.headers['location']]).toEqual([303, list]);
    expect(visibleText(await browser.follow(done))).toContain('2 mailboxes disconnected.');
    for (const id of ids) {
      expect(await connectionRow(app, id)).toMatchObject({ state: 'ended', slotKey: null, wakeAt: null });
      expect(await hasSecret(app, id)).toBe(false);
    }
    expect((await audits(account, 'connections.disconnect')).map(({ targetId }) => targetId).sort()).toEqual(
      [ada.id, grace.id].sort(),
    );
    expect((await news(ada)).map(({ kind }) => kind)).toEqual(['connection-ended']);
    // A second click finds nothing to do.
    const again = await browser.post(`${LIST}/disconnections`, { ids, list, confirmed: 'on' });
    expect(visibleText(await browser.follow(again))).toContain('these connections have ended already');
    expect(await audits(account, 'connections.disconnect')).toHaveLength(2);
  });

  it('ends one that two administrators press at the same moment once', async () => {
    const { account, browser, ada } = await company();
    const { browser: other } = await app.signedIn({ account, role: 'owner' });
    const { id } = await aMailbox(app, ada);
    await Promise.all(
      [browser, other].map((each) => each.post(`${LIST}/disconnections`, { ids: [id], confirmed: 'on' })),
    );
    expect(await audits(account, 'connections.disconnect')).toHaveLength(1);
  });

  it('reaches nobody of another company', async () => {
    const { browser } = await company();
    const stranger = await app.aUser();
    const { id, accountName } = await aMailbox(app, stranger);
    expect(await list(browser)).not.toContain(accountName);
    const asked = await browser.get(`${LIST}/disconnection?ids=${id}`);
    expect([asked.status, asked.headers['location']]).toEqual([303, LIST]);
    await browser.post(`${LIST}/disconnections`, { ids: [id], confirmed: 'on' });
    expect(await connectionRow(app, id)).toMatchObject({ state: 'connected' });
    expect(
      (await browser.post(`${LIST}/selection`, { ids: 'x', list: 'https://elsewhere.example' })).headers,
    ).toMatchObject({ location: LIST });
  });
});

describe('The settings of integrations', () => {
  it('say how many people’s connections pause before a provider is switched off', async () => {
    const { account, browser, ada, grace } = await company();
    await aMailbox(app, ada);
    await aMailbox(app, grace);
    const fields = { google: 'on', office365: 'on' };
    const asked = await browser.post('/settings/integrations', fields);
    expect(asked.status).toBe(200);
    const text = visibleText(asked);
    expect(text).toContain('Connections of 2 people pause.');
    expect(text).toContain('Nothing is deleted');
    const hidden = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(asked.text)?.[1] ?? '';
    const saved = await browser.post('/settings/integrations', {
      ...fields,
      ...{ exchange: hidden('exchange'), counted: hidden('counted'), confirmed: 'on' },
    });
    expect(saved.status).toBe(303);
    const [row] = await app.database.query<object[]>('SELECT * FROM account_settings WHERE accountId = ?', [
      account.id,
    ]);
    expect(row).toMatchObject({ google: 1, exchange: 0 });
  });

  it('let a person connect several mailboxes, and take that back', async () => {
    const { account, browser, ada } = await company();
    const all = { google: 'on', office365: 'on', exchange: 'on' };
    await aMailbox(app, ada);
    await expect(aMailbox(app, ada)).rejects.toThrow();
    const saved = await browser.post('/settings/integrations', { ...all, severalConnections: 'on' });
    const message = await browser.follow(saved);
    await aMailbox(app, ada);
    expect(await app.get(Connections).of(ada.id)).toHaveLength(2);
    const undo = /action="(\/settings\/saves\/[^"]+\/undo)"/.exec(message.text)?.[1] ?? '';
    expect((await browser.post(undo)).status).toBe(303);
    const [row] = await app.database.query<{ severalConnections: number }[]>(
      'SELECT severalConnections FROM account_settings WHERE accountId = ?',
      [account.id],
    );
    expect(row?.severalConnections).toBe(0);
    expect(visibleText(await browser.get('/audit-log'))).toContain('A person may connect several mailboxes');
  });
});
