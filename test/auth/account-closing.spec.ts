import { type Account } from '../../src/accounts/account.entity.js';
import { OneTimeLinks } from '../../src/accounts/one-time-links.service.js';
import { OneTimeLink } from '../../src/accounts/one-time-link.entity.js';
import { PersonalAccounts } from '../../src/accounts/personal-accounts.service.js';
import { type User } from '../../src/accounts/user.entity.js';
import { inTransaction } from '../../src/database/transaction.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { Sweeper } from '../../src/jobs/sweeper.service.js';
import { FINISH } from '../../src/accounts/erasure.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { field, visibleText, type Browser } from '../support/browser.js';
import { PASSWORD } from '../support/builders.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const meant = { confirmed: 'on', password: PASSWORD };

describe('closing one’s own account', () => {
  it('says what goes, asks for a tick and the password, and closes nothing without them', async () => {
    const { browser, user } = await alone();
    const page = visibleText(await browser.get('/profile/closing'));
    expect(page).toContain('Your external contacts see that you are gone');
    expect(page).toContain(`After 30 days it is erased for good, and ${user.email} is free`);
    const unticked = await browser.post('/profile/closing', { password: PASSWORD });
    expect([unticked.status, visibleText(unticked)]).toEqual([
      422,
      expect.stringContaining('Tick the sentence first'),
    ]);
    const wrong = await browser.post('/profile/closing', { ...meant, password: 'not this one at all' });
    expect([wrong.status, field(wrong, 'password').error]).toEqual([
      422,
      'This is not your current password',
    ]);
    expect(await statusOf(user)).toBe('active');
  });

  it('signs out everywhere, and writes how to come back', async () => {
    const { browser, user } = await alone();
    const other = await app.browserOf(user);
    const answer = await browser.post('/profile/closing', meant);
    expect([answer.status, answer.headers['location']]).toEqual([303, '/login']);
    expect(visibleText(await browser.follow(answer))).toContain('Your account is closed. Until');
    for (const each of [browser, other]) expect((await each.get('/profile')).status).toBe(303);
    expect(await statusOf(user)).toBe('erased');
    const mails = await app.database.query<{ template: string; toAddress: string }[]>(
      'SELECT template, toAddress FROM mails WHERE userId = ?',
      [user.id],
    );
    expect(mails).toEqual([{ template: 'account-closed', toAddress: user.email }]);
  });

  it('is taken back by signing in with the right password alone', async () => {
    const { browser, user } = await alone();
    await browser.post('/profile/closing', meant);
    const stranger = app.browser();
    expect((await stranger.signIn(user.email, 'not this one at all')).status).toBe(422);
    expect(await statusOf(user)).toBe('erased');
    const back = app.browser();
    const answer = await back.signIn(user.email, PASSWORD);
    expect([answer.status, answer.headers['location']]).toEqual([303, '/']);
    expect(visibleText(await back.get('/profile'))).toContain('your account is open again');
    expect(await counters(user)).toEqual({ active: 1, erased: 0 });
    // The link of the mail has nothing left to do.
    const page = await app.browser().get(await reopenPath(user));
    expect([page.status, visibleText(page)]).toEqual([410, expect.stringContaining('Your account is open')]);
  });

  it('is taken back by the link of the mail, once, whoever presses first', async () => {
    const { browser, user } = await alone();
    await browser.post('/profile/closing', meant);
    const path = await reopenPath(user);
    const browsers = [app.browser(), app.browser()];
    for (const each of browsers) {
      const page = await each.get(path);
      expect([page.status, visibleText(page)]).toEqual([200, expect.stringContaining(user.email)]);
    }
    expect(await statusOf(user)).toBe('erased');
    const answers = await Promise.all(browsers.map((each) => each.post(path)));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 410]);
    expect(await counters(user)).toEqual({ active: 1, erased: 0 });
    expect((await app.browser().signIn(user.email, PASSWORD)).status).toBe(303);
  });

  it('of two at once is one closing', async () => {
    const { browser, user } = await alone();
    const other = await app.browserOf(user);
    await Promise.all([browser, other].map((each) => each.get('/profile/closing')));
    await Promise.all([browser, other].map((each) => each.post('/profile/closing', meant)));
    expect(await counters(user)).toEqual({ active: 0, erased: 1 });
    expect(await app.database.query('SELECT 1 FROM mails WHERE userId = ?', [user.id])).toHaveLength(1);
  });

  it('is over after 30 days: the person is erased, and the address is free', async () => {
    const { browser, user, account } = await alone();
    await browser.post('/profile/closing', meant);
    const path = await reopenPath(user);
    await passDays(user, 31);
    expect((await app.browser().signIn(user.email, PASSWORD)).status).toBe(422);
    await app.get(Sweeper).ask(FINISH);
    await app.get(JobsWorker).runDue();
    expect(await app.database.query('SELECT 1 FROM users WHERE id = ?', [user.id])).toEqual([]);
    for (const table of ['sign_in_addresses', 'credentials', 'one_time_links', 'mails'])
      expect([table, await app.database.query(`SELECT 1 FROM ${table} WHERE userId = ?`, [user.id])]).toEqual(
        [table, []],
      );
    const [left] = await app.database.query<{ name: string; closedAt: Date | null }[]>(
      'SELECT name, closedAt FROM accounts WHERE id = ?',
      [account.id],
    );
    expect(left).toEqual({ name: '', closedAt: expect.any(Date) as Date });
    expect((await app.browser().get(path)).status).toBe(410);
    expect((await app.aUser({ email: user.email })).email).toBe(user.email);
  });

  it('is not for people of a company, whatever their role', async () => {
    for (const role of ['owner', 'member'] as const) {
      const { browser, user } = await app.signedIn({ role });
      for (const answer of [
        await browser.get('/profile/closing'),
        await browser.post('/profile/closing', meant),
      ])
        expect([answer.status, visibleText(answer)]).toEqual([
          403,
          expect.stringContaining('Your account belongs to your company'),
        ]);
      expect(await statusOf(user)).toBe('active');
      expect((await browser.get('/profile')).text).not.toContain('/profile/closing');
    }
  });

  it('counts wrong passwords as changing the password does', async () => {
    const { browser, user } = await alone();
    for (let tries = 0; tries < 10; tries++)
      await browser.post('/profile/closing', { ...meant, password: `wrong one number ${tries}` });
    expect((await browser.post('/profile/closing', meant)).status).toBe(429);
    expect(await statusOf(user)).toBe('active');
  });

  it('by the operator is not taken back, and the person is erased in 30 days', async () => {
    const { browser, user, account } = await alone();
    await inTransaction(app.database, (manager) => app.get(PersonalAccounts).closeForGood(manager, account));
    expect((await browser.get('/profile')).status).toBe(303);
    expect((await app.browser().signIn(user.email, PASSWORD)).status).toBe(422);
    expect(await statusOf(user)).toBe('erased');
    await passDays(user, 31);
    await app.get(Sweeper).ask(FINISH);
    await app.get(JobsWorker).runDue();
    expect(await app.database.query('SELECT 1 FROM users WHERE id = ?', [user.id])).toEqual([]);
    const names = await app.database.query(
      'SELECT 1 FROM audit_entries WHERE accountId = ? AND targetName IS NOT NULL',
      [account.id],
    );
    expect(names).toEqual([]);
  });
});

async function alone(): Promise<{ user: User; account: Account; browser: Browser }> {
  const account = await app.anAccount({ kind: 'personal', name: 'grace@example.test' });
  return app.signedIn({ account, role: 'owner', givenName: 'Grace', familyName: 'Hopper' });
}

async function statusOf({ id }: User): Promise<string | undefined> {
  const [row] = await app.database.query<{ status: string }[]>('SELECT status FROM users WHERE id = ?', [id]);
  return row?.status;
}

async function counters({ accountId }: User): Promise<Record<string, number>> {
  const rows = await app.database.query<{ status: string; people: number }[]>(
    'SELECT status, people FROM user_counters WHERE accountId = ?',
    [accountId],
  );
  return Object.fromEntries(rows.map(({ status, people }) => [status, people]));
}

async function reopenPath({ id }: User): Promise<string> {
  const link = await app.database
    .getRepository(OneTimeLink)
    .findOneByOrFail({ userId: id, purpose: 'account-reopen' });
  return app.get(OneTimeLinks).pathOf(link);
}

async function passDays({ id }: User, days: number): Promise<void> {
  await app.database.query('UPDATE users SET deletedAt = DATE_SUB(deletedAt, INTERVAL ? DAY) WHERE id = ?', [
    days,
    id,
  ]);
}
