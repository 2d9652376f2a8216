import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { Sweeper } from '../../src/jobs/sweeper.service.js';
import { AccountEvents } from '../../src/accounts/events.js';
import { newId } from '../../src/database/id.js';
import { firstIdOf } from '../../src/database/new-id.js';
import { inTransaction } from '../../src/database/transaction.js';
import { Notifications } from '../../src/notifications/notifications.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Answer } from '../support/browser.js';
import { listed, tell } from './telling.js';

describe('notifications', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp();
  });

  afterAll(() => app.close());

  const bell = ({ text }: Answer) =>
    /<a class="button button--icon bell"[^>]*><span class="unseen">([^<]*)</.exec(text)?.[1];
  const unread = async (userId: string) => {
    const [{ count }] = await app.database.query<[{ count: string }]>(
      'SELECT COUNT(*) AS count FROM notifications WHERE userId = ? AND readAt IS NULL',
      [userId],
    );
    return Number(count);
  };
  const untilOf = ({ text }: Answer) => /name="until" value="([^"]+)"/.exec(text)?.[1];

  it('are counted by the bell of every page, in words and up to 99', async () => {
    const { user, browser } = await app.signedIn();
    expect(bell(await browser.get('/profile'))).toBe('Notifications');
    await tell(app, user, 'Bob');
    expect(bell(await browser.get('/profile'))).toBe('Notifications, 1 unread');
    for (let more = 0; more < 2; more++) await tell(app, user, 'Eve');
    expect(bell(await browser.get('/contacts'))).toBe('Notifications, 3 unread');
    await app.get(Notifications).tell(
      app.database.manager,
      Array.from({ length: 100 }, () => ({
        ...{ accountId: user.accountId, userId: user.id, kind: 'external.request', href: '/' },
        ...{ values: { name: 'Bob', address: 'b@x.example' }, onceKey: newId() },
      })),
    );
    const answer = await browser.get('/notifications');
    expect(bell(answer)).toBe('Notifications, more than 99 unread');
    expect(answer.text).toContain('aria-hidden="true">99+<');
    expect(bell(await app.browser().get('/login'))).toBeUndefined();
  });

  it('are listed newest first, fifty a page, the unread ones said to be so', async () => {
    const { user, browser } = await app.signedIn();
    for (let place = 1; place <= 52; place++) await tell(app, user, `Person ${place}`);
    const read = await app.database.query<{ id: string }[]>(
      'SELECT id FROM notifications WHERE userId = ? ORDER BY id DESC LIMIT 1, 1',
      [user.id],
    );
    await browser.post(`/notifications/${read[0]?.id}/opening`);
    const first = await browser.get('/notifications');
    expect(listed(first).slice(0, 3)).toEqual(['*Person 52', 'Person 51', '*Person 50']);
    expect(listed(first)).toHaveLength(50);
    const next = /href="([^"]+)" rel="next"/.exec(first.text)?.[1]?.replaceAll('&#x3D;', '=') ?? '';
    expect(listed(await browser.get(next))).toEqual(['*Person 2', '*Person 1']);
    expect(listed(await browser.get('/notifications?show=unread')).slice(0, 2)).toEqual([
      '*Person 52',
      '*Person 50',
    ]);
  });

  it('are said in the reader’s language, with what is in a name as text', async () => {
    const { user, browser } = await app.signedIn({ language: 'fr' });
    await tell(app, user, '<b>Bob</b>');
    const answer = await browser.get('/notifications');
    expect(answer.text).toContain(
      '&lt;b&gt;Bob&lt;/b&gt; (bob@harbour.example) souhaite être en contact avec vous',
    );
    expect(answer.text).toContain('Non lue');
  });

  it('of a kind or with values these words do not know break no page', async () => {
    const { user, browser } = await app.signedIn();
    await tell(app, user, 'Bob', { kind: 'of.tomorrow' });
    await app.database.query(`UPDATE notifications SET \`values\` = '{}' WHERE id = ?`, [
      await tell(app, user, 'Eve'),
    ]);
    const answer = await browser.get('/notifications');
    expect(answer.status).toBe(200);
    expect(answer.text.match(/Something is new/g)).toHaveLength(2);
  });

  it('are read by being opened, which leads on, and by nothing that only looks', async () => {
    const { user, browser } = await app.signedIn();
    const id = await tell(app, user, 'Bob', { href: '/profile?x=1#sessions' });
    await browser.get('/notifications');
    await browser.get(`/notifications/${id}/opening`);
    expect(await unread(user.id)).toBe(1);
    const answer = await browser.post(`/notifications/${id}/opening`);
    expect([answer.status, answer.headers['location']]).toEqual([303, '/profile?x=1#sessions']);
    const [{ readAt }] = await app.database.query<[{ readAt: Date }]>(
      'SELECT readAt FROM notifications WHERE id = ?',
      [id],
    );
    await browser.post(`/notifications/${id}/opening`);
    expect(await app.database.query('SELECT readAt FROM notifications WHERE id = ?', [id])).toEqual([
      { readAt },
    ]);
  });

  it.each(['//evil.example', 'https://evil.example/', '/\\evil.example', 'javascript:alert(1)'])(
    'lead to no other site (%s)',
    async (href) => {
      const { user, browser } = await app.signedIn();
      const answer = await browser.post(`/notifications/${await tell(app, user, 'Bob', { href })}/opening`);
      expect(answer.headers['location']).toBe('/notifications');
    },
  );

  it('are read all at once, but for what came since the page was shown, and unread again by Undo', async () => {
    const { user, browser } = await app.signedIn();
    const earlier = await tell(app, user, 'Earlier');
    await browser.post(`/notifications/${earlier}/opening`);
    await tell(app, user, 'One');
    await tell(app, user, 'Two');
    const until = untilOf(await browser.get('/notifications'));
    await new Promise((done) => setTimeout(done, 5));
    await tell(app, user, 'Late');
    const done = await browser.follow(await browser.post('/notifications/readings', { until }));
    expect(visibleText(done)).toContain('2 notifications marked as read');
    expect(listed(done)).toEqual(['*Late', 'Two', 'One', 'Earlier']);
    const undo = /action="(\/notifications\/readings\/\d+\/undo)"/.exec(done.text)?.[1] ?? '';
    const undone = await browser.follow(await browser.post(undo));
    expect(listed(undone)).toEqual(['*Late', '*Two', '*One', 'Earlier']);
    expect((await browser.post(undo)).status).toBe(404);
  });

  it('have nothing to mark where nothing is unread', async () => {
    const { user, browser } = await app.signedIn();
    const empty = await browser.get('/notifications');
    expect(visibleText(empty)).toContain('No notifications yet');
    expect(empty.text).not.toContain('Mark all');
    await browser.post(`/notifications/${await tell(app, user, 'Bob')}/opening`);
    expect(visibleText(await browser.get('/notifications?show=unread'))).toContain(
      'You have read everything',
    );
    expect((await browser.post('/notifications/readings')).headers['location']).toBe('/notifications');
  });

  it('are one’s own: nobody else sees, opens or reads them', async () => {
    const account = await app.anAccount();
    const ada = await app.aUser({ account });
    const id = await tell(app, ada, 'Secret Bob');
    for (const role of ['owner', 'member'] as const) {
      const { browser } = await app.signedIn({ account, role });
      expect((await browser.get('/notifications')).text).not.toContain('Secret Bob');
      expect((await browser.post(`/notifications/${id}/opening`)).status).toBe(404);
      await browser.post('/notifications/readings', { until: firstIdOf(Date.now() + 60_000) });
    }
    expect(await unread(ada.id)).toBe(1);
  });

  it.each(['x', '019a0000-0000-7000-8000-000000000000', '019A0000-0000-7000-8000-000000000000'])(
    'that do not exist (%s) are not found',
    async (id) => {
      const { browser } = await app.signedIn();
      expect((await browser.post(`/notifications/${id}/opening`)).status).toBe(404);
      expect((await browser.post(`/notifications/readings/${id}/undo`)).status).toBe(404);
    },
  );

  it('bear a query and a form that are nonsense', async () => {
    const { browser } = await app.signedIn();
    for (const query of ['?after=x', '?before=%00', '?show=x&show=y', '?after=a&after=b'])
      expect((await browser.get(`/notifications${query}`)).status).toBe(200);
    for (const until of ['x', ['a', 'b'], 'f'.repeat(5_000)])
      expect((await browser.post('/notifications/readings', { until })).status).toBeLessThan(500);
  });

  it('are told once for one cause', async () => {
    const { user, browser } = await app.signedIn();
    const news = {
      ...{ accountId: user.accountId, userId: user.id, kind: 'external.request', href: '/' },
      ...{ values: { name: 'Bob', address: 'b@x.example' }, onceKey: newId() },
    };
    const twice = [1, 2].map(() =>
      inTransaction(app.database, (manager) => app.get(Notifications).tell(manager, [news])),
    );
    await Promise.all(twice);
    expect(listed(await browser.get('/notifications'))).toEqual(['*Bob']);
  });

  it('go after ninety days, read or not', async () => {
    const user = await app.aUser();
    const old = await tell(app, user, 'Old');
    const young = await tell(app, user, 'Young');
    const day = 86_400_000;
    const move = (id: string, days: number) =>
      app.database.query('UPDATE notifications SET id = ? WHERE id = ?', [
        `${firstIdOf(Date.now() - days * day).slice(0, 14)}${id.slice(14)}`,
        id,
      ]);
    await move(old, 91);
    await move(young, 89);
    await app.get(Sweeper).ask('notifications.sweep');
    await app.get(JobsWorker).runDue();
    const left = await app.database.query<{ values: string }[]>(
      'SELECT `values` FROM notifications WHERE userId = ?',
      [user.id],
    );
    expect(left.map(({ values }) => (JSON.parse(values) as { name: string }).name)).toEqual(['Young']);
  });

  it('go with the person, and what they chose', async () => {
    const [gone, other] = [await app.signedIn(), await app.aUser()];
    await tell(app, gone.user, 'Bob');
    await tell(app, other, 'Bob');
    await gone.browser.post('/profile/notifications', { digest: 'daily' });
    await inTransaction(app.database, (manager) =>
      app.get(AccountEvents).erased.tell({ manager, accountId: gone.account.id, userIds: [gone.user.id] }),
    );
    expect([await unread(gone.user.id), await unread(other.id)]).toEqual([0, 1]);
    expect(
      await app.database.query('SELECT 1 FROM notification_choices WHERE userId = ?', [gone.user.id]),
    ).toEqual([]);
  });
});
