import { OneTimeLinks } from '../../src/accounts/one-time-links.service.js';
import { OneTimeLink } from '../../src/accounts/one-time-link.entity.js';
import { type User } from '../../src/accounts/user.entity.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { startApp, type TestApp } from '../support/app.js';
import { field, someAddress, visibleText } from '../support/browser.js';
import { PASSWORD } from '../support/builders.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());
// All these requests come from one network address.
beforeEach(() => app.database.query('DELETE FROM throttle_counters'));

const chosen = { password: 'onze canards traversent', passwordConfirmation: 'onze canards traversent' };

describe('a forgotten password', () => {
  it('is answered alike for everybody, and written to whoever signs in with the address', async () => {
    const user = await app.aUser();
    const pending = await app.aUser({ status: 'pending' });
    const addresses = [user.email, pending.email, someAddress('nobody')];
    for (const email of addresses) {
      const answer = await app.browser().post('/forgot-password', { email });
      expect(answer.status).toBe(200);
      expect(visibleText(answer)).toContain(
        `If ${email} signs somebody in, a mail with a link is on its way.`,
      );
    }
    await app.get(JobsWorker).runDue();
    const mails = await app.database.query<{ toAddress: string; template: string }[]>(
      'SELECT toAddress, template FROM mails WHERE toAddress IN (?)',
      [addresses],
    );
    expect(mails).toEqual([{ toAddress: user.email, template: 'password-reset' }]);
  });

  it('leads to a new one: the old one and every session end', async () => {
    const { user, browser: elsewhere } = await app.signedIn();
    const path = await asked(user);
    const browser = app.browser();
    expect(visibleText(await browser.get(path))).toContain(user.email);
    const answer = await browser.post(path, chosen);
    expect(answer.status).toBe(303);
    expect((await browser.get('/profile')).status).toBe(200);
    expect((await elsewhere.get('/profile')).status).toBe(303);
    expect((await app.browser().signIn(user.email, PASSWORD)).status).toBe(422);
    expect((await app.browser().signIn(user.email, chosen.password)).status).toBe(303);
    const told = await app.database.query('SELECT template FROM mails WHERE userId = ? ORDER BY id', [
      user.id,
    ]);
    expect(told).toEqual([{ template: 'password-reset' }, { template: 'password-changed' }]);
  });

  it('gives a link that works once, and for one hour', async () => {
    const user = await app.aUser();
    const [first, second] = [await asked(user), await asked(user)];
    const browser = app.browser();
    await browser.get(first);
    await browser.post(first, chosen);
    const stranger = app.browser();
    expect(visibleText(await stranger.get(first))).toContain('This link was used');
    expect((await stranger.post(first, chosen)).status).toBe(410);
    // A new password ends what was asked for before it.
    expect((await stranger.get(second)).status).toBe(410);

    const third = await asked(user);
    await app.database.query('UPDATE one_time_links SET expiresAt = ? WHERE userId = ? AND usedAt IS NULL', [
      new Date(Date.now() - 1000),
      user.id,
    ]);
    const over = await stranger.get(third);
    expect([over.status, over.text]).toEqual([410, expect.stringContaining('href="/forgot-password"')]);
    expect((await stranger.get('/reset-password/garbage')).status).toBe(410);
  });

  it('is won by one of two forms sent at once', async () => {
    const user = await app.aUser();
    const path = await asked(user);
    const browsers = [app.browser(), app.browser()];
    for (const browser of browsers) await browser.get(path);
    const answers = await Promise.all(browsers.map((browser) => browser.post(path, chosen)));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 410]);
  });

  it('makes one link and one mail, however often its job is done', async () => {
    const user = await app.aUser();
    await asked(user);
    await app.database.query(
      `UPDATE jobs SET state = 'waiting', finishedAt = NULL, runAt = UTC_TIMESTAMP(3) WHERE kind = 'password-reset'`,
    );
    await app.get(JobsWorker).runDue();
    expect(await app.database.getRepository(OneTimeLink).countBy({ userId: user.id })).toBe(1);
    const mails = await app.database.query<unknown[]>('SELECT 1 FROM mails WHERE userId = ?', [user.id]);
    expect(mails).toHaveLength(1);
  });

  it('does not lead to an invitation, nor an invitation here', async () => {
    const user = await app.aUser();
    const path = await asked(user);
    expect((await app.browser().get(path.replace('/reset-password/', '/activate/'))).status).toBe(410);
  });

  it('is of no use to somebody deactivated meanwhile', async () => {
    const user = await app.aUser();
    const path = await asked(user);
    await app.database.query(`UPDATE users SET status = 'deactivated' WHERE id = ?`, [user.id]);
    const browser = app.browser();
    expect((await browser.get(path)).status).toBe(410);
    expect((await browser.post(path, chosen)).status).toBe(410);
  });

  it('refuses what everybody tries first', async () => {
    const user = await app.aUser({ givenName: 'Grace', familyName: 'Hopper' });
    const path = await asked(user);
    const browser = app.browser();
    await browser.get(path);
    const answer = await browser.post(path, {
      password: 'grace.hopper',
      passwordConfirmation: 'grace.hopper',
    });
    expect(answer.status).toBe(422);
    expect(field(answer, 'password').error).toBe('Choose something other than your name or your address');
  });

  it('can be asked for five times an hour', async () => {
    const email = someAddress();
    const browser = app.browser();
    for (let time = 0; time < 5; time++)
      expect((await browser.post('/forgot-password', { email })).status).toBe(200);
    const answer = await browser.post('/forgot-password', { email });
    expect(answer.status).toBe(429);
    expect(answer.headers['retry-after']).toBeDefined();
  });
});

/** Asks for a link and takes it out of the mail. */
async function asked(user: User): Promise<string> {
  await app.browser().post('/forgot-password', { email: user.email });
  await app.get(JobsWorker).runDue();
  const [link] = await app.database
    .getRepository(OneTimeLink)
    .find({ where: { userId: user.id, purpose: 'password-reset' }, order: { id: 'DESC' }, take: 1 });
  return app.get(OneTimeLinks).pathOf(link);
}
