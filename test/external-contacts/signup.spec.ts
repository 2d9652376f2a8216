import { OneTimeLinks } from '../../src/accounts/one-time-links.service.js';
import { inTransaction } from '../../src/database/transaction.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { MailLinks } from '../../src/mail/mail-links.js';
import { startApp, type TestApp } from '../support/app.js';
import { field, someAddress, visibleText, type Browser } from '../support/browser.js';
import { inviteOutside } from './inviting-outside.js';
import { twoCompanies, type Somebody } from './two-companies.js';

let app: TestApp;
let ada: Somebody;
let bob: Somebody;
beforeAll(async () => {
  app = await startApp();
  ({ ada, bob } = await twoCompanies(app));
});
afterAll(() => app.close());

const password = 'onze canards traversent';
const chosen = {
  ...{ givenName: 'Grace', familyName: 'Hopper', region: 'FR' },
  ...{ password, passwordConfirmation: password },
};

describe('an invitation to sign up', () => {
  it('shows who invites, with their address in full, and what they wrote', async () => {
    const { signUp, address } = await inviteOutside(app, ada, { message: 'We met at <b>the fair</b>' });
    const text = visibleText(await app.browser().get(signUp));
    expect(text).toContain('Ada Lovelace of Atelier Nord would like to be in contact with you.');
    expect(text).toContain(ada.user.email);
    expect(text).toContain('We met at <b>the fair</b>');
    expect(text).toContain(address);
  });

  it('guesses the country from the browser, else from who invites', async () => {
    const { signUp } = await inviteOutside(app, bob);
    const chosenRegion = async (language: string) =>
      /<option value="(\w+)" selected/.exec(
        (await app.browser().with('Accept-Language', language).get(signUp)).text,
      )?.[1];
    expect([await chosenRegion('fr-CH,fr'), await chosenRegion('fr')]).toEqual(['CH', 'GB']);
  });

  it('makes an account of one person, and leads to the request', async () => {
    const { signUp, address } = await inviteOutside(app, ada);
    const browser = app.browser();
    await browser.get(signUp);
    const answer = await browser.post(signUp, chosen);
    expect([answer.status, answer.headers['location']]).toEqual([303, '/external-contacts/requests']);
    const shown = visibleText(await browser.follow(answer));
    expect(shown).toContain('Welcome, Grace. The request of Ada Lovelace waits for you here');
    // Brought at once, before any worker had its turn.
    expect(shown).toContain(ada.user.email);
    const [account] = await app.database.query<object[]>(
      `SELECT a.kind, a.region, u.role, u.status, u.givenName FROM sign_in_addresses s
       JOIN accounts a ON a.id = s.accountId JOIN users u ON u.id = s.userId WHERE s.address = ?`,
      [address],
    );
    expect(account).toEqual({
      kind: 'personal',
      region: 'FR',
      role: 'owner',
      status: 'active',
      givenName: 'Grace',
    });
    expect((await app.browser().signIn(address, password)).status).toBe(303);
  });

  it('makes one account of eight forms sent at once', async () => {
    const { signUp, address } = await inviteOutside(app, ada);
    const browsers = Array.from({ length: 8 }, () => app.browser());
    await Promise.all(browsers.map((browser) => browser.get(signUp)));
    const answers = await Promise.all(
      browsers.map((browser, place) => {
        const own = `${password} ${place}`;
        return browser.post(signUp, { ...chosen, password: own, passwordConfirmation: own });
      }),
    );
    const inside = answers.filter(({ headers }) => headers['location'] === '/external-contacts/requests');
    expect(inside).toHaveLength(1);
    const made = await app.database.query<object[]>(`SELECT 1 FROM users WHERE email = ?`, [address]);
    const accounts = await app.database.query<object[]>('SELECT 1 FROM accounts WHERE name = ?', [address]);
    expect([made.length, accounts.length]).toEqual([1, 1]);
  });

  it('leads in both times when the button is pressed twice', async () => {
    const { signUp } = await inviteOutside(app, ada);
    const browser = app.browser();
    await browser.get(signUp);
    await browser.formToken();
    const answers = await Promise.all([browser.post(signUp, chosen), browser.post(signUp, chosen)]);
    expect(answers.map(({ headers }) => headers['location'] as string)).toEqual([
      '/external-contacts/requests',
      '/external-contacts/requests',
    ]);
  });

  it('opened again after that leads to where the request is confirmed', async () => {
    const { signUp, confirm } = await inviteOutside(app, ada);
    const browser = app.browser();
    await browser.get(signUp);
    await browser.post(signUp, chosen);
    for (const again of [browser, app.browser()])
      expect((await again.get(signUp)).headers['location']).toBe(confirm);
  });

  it('whose request was withdrawn meanwhile says so and makes nothing', async () => {
    const { signUp, address, requestId } = await inviteOutside(app, ada);
    const browser = app.browser();
    expect((await browser.get(signUp)).status).toBe(200);
    await app.database.query(
      `UPDATE external_requests_sent SET state = 'withdrawn', openKey = NULL WHERE id = ?`,
      [requestId],
    );
    for (const answer of [await browser.post(signUp, chosen), await browser.get(signUp)])
      expect([answer.status, visibleText(answer)]).toEqual([
        410,
        expect.stringContaining('This invitation was withdrawn'),
      ]);
    expect(await app.database.query('SELECT 1 FROM accounts WHERE name = ?', [address])).toEqual([]);
  });

  it('races with the withdrawal of its link: one of the two', async () => {
    const { signUp, address, requestId } = await inviteOutside(app, ada);
    const browser = app.browser();
    await browser.get(signUp);
    await browser.formToken();
    const [answer] = await Promise.all([
      browser.post(signUp, chosen),
      app.database.transaction(async (manager) => {
        await manager.query(
          `UPDATE external_requests_sent SET state = 'withdrawn', openKey = NULL WHERE id = ? AND state = 'waiting'`,
          [requestId],
        );
        await manager.query(
          'UPDATE one_time_links SET withdrawnAt = UTC_TIMESTAMP(3) WHERE subjectId = ? AND usedAt IS NULL',
          [requestId],
        );
      }),
    ]);
    const made = await app.database.query<object[]>('SELECT 1 FROM users WHERE email = ?', [address]);
    const accounts = await app.database.query<object[]>('SELECT 1 FROM accounts WHERE name = ?', [address]);
    expect([made.length, accounts.length]).toEqual(answer.status === 303 ? [1, 1] : [0, 0]);
    expect([303, 410]).toContain(answer.status);
  });

  it('that is over, made up, or of somebody who is gone leads nowhere and says what to do', async () => {
    const over = await inviteOutside(app, ada);
    await app.database.query('UPDATE external_requests_sent SET expiresAt = ? WHERE id = ?', [
      new Date(Date.now() - 1000),
      over.requestId,
    ]);
    const leaver = await app.signedIn({ account: ada.account });
    const left = await inviteOutside(app, leaver);
    await app.database.query(`UPDATE users SET status = 'deactivated' WHERE id = ?`, [leaver.user.id]);
    for (const [path, words] of [
      [over.signUp, 'This invitation has ended. Ask for a new one.'],
      [left.signUp, 'Whoever sent it is no longer here'],
      [`${over.signUp.slice(0, -2)}AA`, 'This invitation has ended. Ask for a new one.'],
      // A link is good for what it was made for alone.
      [over.confirm.replace('/external-contacts/confirm/', '/signup/'), 'This invitation has ended'],
    ]) {
      const browser = app.browser();
      const seen = await browser.get(path);
      expect([seen.status, visibleText(seen)]).toEqual([410, expect.stringContaining(words)]);
      expect((await browser.post(path, chosen)).status).toBe(410);
    }
  });

  it('to an address somebody has activated meanwhile leads them to sign in', async () => {
    const { signUp, confirm, address } = await inviteOutside(app, ada);
    const browser = app.browser();
    await browser.get(signUp);
    const holder = await app.aUser({ email: address, accountId: bob.account.id });
    for (const answer of [await browser.post(signUp, chosen), await browser.get(signUp)]) {
      expect([answer.status, visibleText(answer)]).toEqual([
        409,
        expect.stringContaining(`${address} signs in here already`),
      ]);
      expect(answer.text).toContain(encodeURIComponent(confirm));
    }
    expect((await (await app.browserOf(holder)).get(signUp)).headers['location']).toBe(confirm);
  });

  it('says who is signed in in this browser, and signs them out of it', async () => {
    const { signUp, address } = await inviteOutside(app, ada);
    const browser = await app.browserOf(bob.user);
    expect(visibleText(await browser.get(signUp))).toContain(
      `In this browser Bob Cole (${bob.user.email}) is signed in.`,
    );
    await browser.post(signUp, chosen);
    expect(visibleText(await browser.get('/profile'))).toContain(address);
  });

  it('keeps what was typed and asks for a better password', async () => {
    const { signUp, address } = await inviteOutside(app, ada);
    const browser = app.browser();
    await browser.get(signUp);
    const answer = await browser.post(signUp, {
      ...{ ...chosen, familyName: '' },
      ...{ password: 'password1234', passwordConfirmation: 'password1234' },
      // None of its fields.
      ...{ email: 'other@example.test', role: 'admin' },
    });
    expect(answer.status).toBe(422);
    expect(field(answer, 'givenName').value).toBe('Grace');
    expect(field(answer, 'familyName').error).toBe('Enter a last name');
    expect(field(answer, 'password').error).toMatch(/Many people use this password/);
    expect((await browser.post(signUp, chosen)).status).toBe(303);
    expect(
      await app.database.query('SELECT 1 FROM users WHERE email = ? AND role = ?', [address, 'owner']),
    ).toHaveLength(1);
  });
});

describe('somebody nobody knows yet', () => {
  it('comes from the mail to the contact, closes the account, comes back, and is hired', async () => {
    const address = someAddress('grace');
    await ada.browser.post('/external-contacts/requests', { email: address, message: 'From the fair' });
    await app.get(JobsWorker).runDue();
    const [mail] = await app.database.query<{ template: string; linkId: string }[]>(
      'SELECT template, linkId FROM mails WHERE toAddress = ?',
      [address],
    );
    expect(mail.template).toBe('external-invitation');
    const links = await app.get(MailLinks).of([mail.linkId]);
    const signUp = links.get(mail.linkId)?.path ?? '';
    const browser = app.browser();
    await browser.get(signUp);
    const welcome = await browser.follow(await browser.post(signUp, chosen));
    expect(visibleText(welcome)).toContain('From the fair');
    const accept = /action="(\/external-contacts\/requests\/[^"]+\/acceptance)"/.exec(welcome.text)?.[1];
    expect((await browser.post(accept ?? '')).status).toBe(303);

    // Each has the other; nobody shows a company that is none.
    const card = async (of: Browser, name: string) => {
      const list = await of.get('/external-contacts');
      const href = new RegExp(`href="(/external-contacts/[0-9a-f-]{36})"[^>]*>[^<]*${name}`).exec(
        list.text,
      )?.[1];
      return visibleText(await of.get(href ?? ''));
    };
    expect(await card(browser, 'Ada')).toContain('Atelier Nord');
    expect(await card(ada.browser, 'Grace')).toContain(address);

    await browser.post('/profile/closing', { confirmed: 'on', password });
    expect(await card(ada.browser, 'Grace')).toContain('no longer works with this account');
    await browser.signIn(address, password);
    expect(await card(ada.browser, 'Grace')).not.toContain('no longer works with this account');

    const pending = await app.aUser({ account: bob.account, email: address, status: 'pending' });
    const path = await inTransaction(app.database, async (manager) =>
      app.get(OneTimeLinks).pathOf(
        await app.get(OneTimeLinks).create(manager, {
          ...{ accountId: bob.account.id, userId: pending.id, purpose: 'activation' },
          expiresAt: new Date(Date.now() + 86_400_000),
        }),
      ),
    );
    await browser.get(path);
    expect((await browser.post(`${path}/moving`)).headers['location']).toBe('/');
    expect(await card(ada.browser, pending.givenName)).toContain('Harbour & Pine');
    expect(await card(browser, 'Ada')).toContain('Atelier Nord');
  });
});

describe('an account of one’s own', () => {
  it('has no directory, no pages for administrators and no company', async () => {
    const { browser } = await signedUp();
    expect((await browser.get('/')).text).not.toContain('href="/contacts');
    expect((await browser.get('/contacts?q=x')).headers['location']).toBe('/external-contacts?q=x');
    for (const path of ['/users', '/settings', '/audit-log', '/mail', '/checklist'])
      expect([path, (await browser.get(path)).status]).toEqual([path, 403]);
    expect(visibleText(await browser.get('/users'))).toContain('Your account is yours alone');
    const profile = await browser.get('/profile');
    expect(profile.text).not.toContain('header__account');
    expect(profile.text).not.toContain('href="/contacts"');
    expect(profile.text).toContain('action="/search"');
    expect(visibleText(profile)).not.toMatch(/Role|As the company/);
  });

  it('keeps its country, language and time zone on the profile', async () => {
    const { browser, address } = await signedUp();
    const answer = await browser.post('/profile/preferences', {
      ...{ language: 'fr', timeZone: 'America/Montreal', theme: 'dark', shortcuts: 'on', region: 'CA' },
    });
    expect(answer.status).toBe(303);
    const [row] = await app.database.query<object[]>(
      `SELECT a.region, u.language, u.timeZone FROM accounts a JOIN users u ON u.accountId = a.id WHERE a.name = ?`,
      [address],
    );
    expect(row).toEqual({ region: 'CA', language: 'fr', timeZone: 'America/Montreal' });
  });

  it('cannot change the country of a company', async () => {
    await ada.browser.post('/profile/preferences', {
      ...{ language: '', timeZone: '', theme: 'light', shortcuts: 'on', region: 'CA' },
    });
    const [row] = await app.database.query<object[]>('SELECT region FROM accounts WHERE id = ?', [
      ada.account.id,
    ]);
    expect(row).toEqual({ region: 'FR' });
  });
});

async function signedUp() {
  const invited = await inviteOutside(app, ada);
  const browser = app.browser();
  await browser.get(invited.signUp);
  await browser.post(invited.signUp, chosen);
  await app.get(JobsWorker).runDue();
  return { ...invited, browser };
}
