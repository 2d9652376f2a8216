import { type User } from '../../src/accounts/user.entity.js';
import { Jobs } from '../../src/jobs/jobs.service.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { Sweeper } from '../../src/jobs/sweeper.service.js';
import { Mail } from '../../src/mail/mail.entity.js';
import { StopLinks } from '../../src/mail/stop-links.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Browser } from '../support/browser.js';
import { tell } from './telling.js';

describe('the digest', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp();
  });

  afterAll(() => app.close());

  /** Somebody for whom it was eight o'clock less than an hour ago, every day and, when asked for, a Monday. */
  const aReader = async (digest: 'daily' | 'weekly', fields: Partial<User> = {}) => {
    const reader = await app.signedIn({ timeZone: zoneWhereItIsEight(), ...fields });
    await choose(reader.browser, digest);
    return reader;
  };
  const choose = (browser: Browser, digest: string) => browser.post('/profile/notifications', { digest });
  /** News that is some minutes old: what was told just now may still be settling. */
  const told = async (user: User, name: string) => {
    const id = await tell(app, user, name);
    await app.database.query('UPDATE notifications SET at = DATE_SUB(at, INTERVAL 5 MINUTE) WHERE id = ?', [
      id,
    ]);
    return id;
  };
  const jobsOf = ({ id }: User) =>
    app.database.query<{ runAt: Date; uniqueKey: string }[]>(
      `SELECT runAt, uniqueKey FROM jobs WHERE kind = 'digests.write' AND state = 'waiting' AND payload LIKE ?`,
      [`%${id}%`],
    );
  /** The time of the reader's job has come. */
  const due = async (user: User) => {
    await app.database.query(
      `UPDATE jobs SET runAt = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 1 SECOND)
       WHERE kind = 'digests.write' AND state = 'waiting' AND payload LIKE ?`,
      [`%${user.id}%`],
    );
    await app.get(JobsWorker).runDue();
  };
  const mailsOf = ({ id }: User) =>
    app.database.getRepository(Mail).find({
      where: { userId: id, template: 'notifications-digest' },
      order: { id: 'ASC' },
    });

  it('is sent to nobody who has not asked for it', async () => {
    const { user, browser } = await app.signedIn();
    await told(user, 'Bob');
    const answer = await browser.get('/profile/notifications');
    expect(answer.text).toMatch(/value="none" checked/);
    expect(await jobsOf(user)).toEqual([]);
  });

  it('waits for eight o’clock where its reader is, by a job that is one however often it is chosen', async () => {
    const { user, browser } = await app.signedIn({ timeZone: 'Asia/Kolkata' });
    for (let time = 0; time < 2; time++) await choose(browser, 'daily');
    const jobs = await jobsOf(user);
    expect(jobs).toHaveLength(1);
    expect(jobs[0]?.runAt.toISOString().slice(11, 16)).toBe('02:30');
    expect((await browser.get('/profile/notifications')).text).toMatch(/value="daily" checked/);
  });

  it('holds what is unread, in the reader’s language, and comes again the next day', async () => {
    const { user } = await aReader('daily', { language: 'fr' });
    await told(user, 'Bob');
    await told(user, 'Eve\nMallory');
    await app.database.query('UPDATE notifications SET readAt = at WHERE id = ?', [await told(user, 'Read')]);
    await due(user);
    const [mail, ...more] = await mailsOf(user);
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ toAddress: user.email, language: 'fr', accountId: user.accountId });
    expect(mail?.values).toMatchObject({ count: 2 });
    expect(String(mail?.values['lines']).split('\n')[1]).toBe(
      'Bob (bob@harbour.example) souhaite être en contact avec vous',
    );
    const [job] = await jobsOf(user);
    const hours = (Number(job?.runAt) - Date.now()) / 3_600_000;
    expect(hours > 22 && hours <= 24).toBe(true);
  });

  it('keeps a name on its line', async () => {
    const { user, account } = await aReader('daily');
    const { browser } = await app.signedIn({ account, role: 'owner' });
    await told(user, 'Eve\n- Mallory');
    await due(user);
    const [mail] = await mailsOf(user);
    expect(String(mail?.values['lines']).split('\n')).toEqual([
      'Eve - Mallory (bob@harbour.example) would like to be in contact with you',
    ]);
    const shown = await browser.get(`/mail/${mail?.id}`);
    expect(visibleText(shown)).toContain('1 notification you have not read');
    expect(shown.text).toContain(`${app.url}/notifications`);
    const token = app.get(StopLinks).tokenOf({ what: 'digest', subject: user.id });
    expect(shown.text).not.toContain(token.slice(-43));
  });

  it('is not sent when nothing is new, nor twice for the same news or the same day', async () => {
    const { user } = await aReader('daily');
    await due(user);
    expect(await mailsOf(user)).toEqual([]);
    await told(user, 'Bob');
    await due(user);
    await told(user, 'Later');
    await due(user);
    expect((await mailsOf(user)).map(({ values }) => values['count'])).toEqual([1]);
    await app.database.query(
      'UPDATE notification_choices SET digestAt = DATE_SUB(digestAt, INTERVAL 1 DAY) WHERE userId = ?',
      [user.id],
    );
    await app.database.query(
      'UPDATE notifications SET at = DATE_SUB(at, INTERVAL 2 DAY) WHERE userId = ? AND `values` LIKE ?',
      [...[user.id, '%Bob%']],
    );
    // Yesterday's is another mail: the same day's would be the same one.
    await app.database.query('UPDATE mails SET onceKey = CONCAT(onceKey, ?) WHERE userId = ?', [
      'x',
      user.id,
    ]);
    await due(user);
    const mails = await mailsOf(user);
    expect(mails.map(({ values }) => values['lines'])).toEqual([
      expect.stringContaining('Bob'),
      expect.not.stringContaining('Bob'),
    ]);
  });

  it('leaves what was told a moment ago to the next one', async () => {
    const { user } = await aReader('daily');
    await tell(app, user, 'Just now');
    await due(user);
    expect(await mailsOf(user)).toEqual([]);
  });

  it('says twenty in full and how many more there are', async () => {
    const { user } = await aReader('daily');
    for (let place = 1; place <= 23; place++) await told(user, `Person ${place}`);
    await due(user);
    const [mail] = await mailsOf(user);
    const lines = String(mail?.values['lines']).split('\n');
    expect([lines.length, lines[0]?.slice(0, 10), lines[20]]).toEqual([21, 'Person 23 ', 'And 3 more']);
    expect(mail?.values['count']).toBe(23);
  });

  it('that is no longer wanted is not written, though its job waits', async () => {
    const { user, browser } = await aReader('daily');
    await told(user, 'Bob');
    await choose(browser, 'none');
    await due(user);
    expect([await mailsOf(user), await jobsOf(user)]).toEqual([[], []]);
    await choose(browser, 'daily');
    await choose(browser, 'weekly');
    expect((await jobsOf(user)).map(({ uniqueKey }) => uniqueKey.split(':')[1]).sort()).toEqual([
      'daily',
      'weekly',
    ]);
    await app.database.query(`UPDATE jobs SET runAt = UTC_TIMESTAMP(3) WHERE uniqueKey = ?`, [
      `digests.write:daily:${user.id}`,
    ]);
    await app.get(JobsWorker).runDue();
    expect((await jobsOf(user)).map(({ uniqueKey }) => uniqueKey.split(':')[1])).toEqual(['weekly']);
    expect(await mailsOf(user)).toEqual([]);
  });

  it('is not written to somebody who cannot sign in, and comes again once they can', async () => {
    const { user } = await aReader('daily');
    await told(user, 'Bob');
    await app.database.query(`UPDATE users SET status = 'deactivated' WHERE id = ?`, [user.id]);
    await due(user);
    expect(await mailsOf(user)).toEqual([]);
    await app.database.query(`UPDATE users SET status = 'active' WHERE id = ?`, [user.id]);
    await due(user);
    expect(await mailsOf(user)).toHaveLength(1);
  });

  it('is written once, though two workers take it up', async () => {
    const { user } = await aReader('daily');
    await told(user, 'Bob');
    const write = app.get(Jobs).handlerOf('digests.write');
    await Promise.all([1, 2].map(() => write({ userId: user.id, digest: 'daily' }, {} as never)));
    expect(await mailsOf(user)).toHaveLength(1);
    expect(await jobsOf(user)).toHaveLength(1);
  });

  it('whose job was lost is waited for again', async () => {
    const { user } = await aReader('weekly');
    await app.database.query('DELETE FROM jobs WHERE uniqueKey = ?', [`digests.write:weekly:${user.id}`]);
    await app.get(Sweeper).ask('notifications.digests');
    await app.get(JobsWorker).runDue();
    expect(await jobsOf(user)).toHaveLength(1);
  });

  it('at an hour that is not eight waits, when its reader went to another zone', async () => {
    const { user } = await aReader('daily');
    await told(user, 'Bob');
    await app.database.query('UPDATE users SET timeZone = ? WHERE id = ?', [zoneWhereItIsEight(-5), user.id]);
    await due(user);
    expect(await mailsOf(user)).toEqual([]);
    expect(await jobsOf(user)).toHaveLength(1);
  });

  it('is ended by the link of its mail, also in one click, and by nobody else’s', async () => {
    const { user, browser } = await aReader('daily');
    const path = app
      .get(StopLinks)
      .pathFor({ template: 'notifications-digest', toAddress: user.email, userId: user.id });
    const visitor = app.browser();
    expect(visibleText(await visitor.get(path ?? ''))).toContain('No more summaries by mail?');
    await visitor.post(path ?? '');
    expect((await browser.get('/profile/notifications')).text).toMatch(/value="none" checked/);
    expect(visibleText(await visitor.follow(await visitor.post(`${path}/return`)))).toContain('once a week');
    expect((await browser.get('/profile/notifications')).text).toMatch(/value="weekly" checked/);
    await visitor.post(path ?? '', { 'List-Unsubscribe': 'One-Click', _csrf: '' });
    expect((await browser.get('/profile/notifications')).text).toMatch(/value="none" checked/);
    const nobody = app
      .get(StopLinks)
      .tokenOf({ what: 'digest', subject: '019a0000-0000-7000-8000-000000000000' });
    await visitor.post(`/unsubscribe/${nobody}`);
    await visitor.post(`/unsubscribe/${nobody}/return`);
    expect(
      await app.database.query('SELECT 1 FROM notification_choices WHERE userId LIKE ?', ['019a0000%']),
    ).toEqual([]);
  });

  it.each(['', 'hourly', 'constructor'])('is not chosen as %j', async (digest) => {
    const { browser } = await app.signedIn();
    const answer = await choose(browser, digest);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('error-summary');
  });
});

/** @param later hours by which the clocks there are ahead or behind of where it is eight */
function zoneWhereItIsEight(later = 0): string {
  // Etc/GMT-3 is three hours ahead of UTC.
  let ahead = 8 - new Date().getUTCHours() + later;
  while (ahead > 12) ahead -= 24;
  while (ahead < -12) ahead += 24;
  return ahead === 0 ? 'Etc/UTC' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}
