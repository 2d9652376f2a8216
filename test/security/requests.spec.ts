import { type AddressInfo } from 'node:net';
import { OneTimeLink } from '../../src/accounts/one-time-link.entity.js';
import { OneTimeLinks } from '../../src/accounts/one-time-links.service.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { startApp, type TestApp } from '../support/app.js';
import { PASSWORD } from '../support/builders.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

describe('a form', () => {
  it.each([
    ['another scheme', (url: string) => url.replace('http:', 'https:')],
    ['another port', (url: string) => url.replace(/\d+$/, '9')],
    ['a name that begins like ours', (url: string) => url.replace('localhost', 'localhost.example')],
    ['nowhere', () => 'null'],
  ])('of a page under %s is refused', async (_, origin) => {
    const { browser } = await app.signedIn();
    const token = await browser.formToken();
    browser.with('Origin', origin(app.url));
    const answer = await browser.post('/profile/theme', { _csrf: token, theme: 'dark' });
    expect(answer.status).toBe(403);
  });

  it('of a page under each of our names is taken', async () => {
    const { browser } = await app.signedIn();
    const token = await browser.formToken();
    for (const name of ['localhost', '127.0.0.1', '[::1]']) {
      browser.with('Origin', app.url.replace('localhost', name));
      const answer = await browser.post('/profile/theme', { _csrf: token, theme: 'dark' });
      expect(answer.status).toBe(303);
    }
  });
});

it('asks for https on this host alone, and only where there is https', async () => {
  expect((await app.browser().get('/login')).headers['strict-transport-security']).toBeUndefined();
  const secure = await startApp({
    env: { PUBLIC_URL: 'https://carnet.example' },
    databaseUrl: app.databaseUrl,
    keys: app.keys,
  });
  const { port } = secure.nest.getHttpServer().address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/healthz`);
  expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000');
  await secure.close();
});

it('lets a browser keep the stylesheet of every page, in one file, until one of its parts changes', async () => {
  const page = await app.browser().get('/login');
  const links = [...page.text.matchAll(/<link rel="stylesheet" href="([^"]+)"/g)].map(
    ([, address]) => address,
  );
  expect(links).toEqual([expect.stringMatching(/^\/assets\/[0-9a-f]{12}\/css\/main\.css$/)]);
  const sheet = await app.browser().get(links[0]);
  expect(sheet.headers['content-type']).toBe('text/css; charset=utf-8');
  expect(sheet.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(sheet.text).not.toContain('@import');
  const parts = ['@layer reset, base, components, utilities;', '.button {', '@media print'];
  const places = parts.map((part) => sheet.text.indexOf(part));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  const old = await app.browser().get('/assets/0123456789ab/css/main.css');
  expect([old.headers['cache-control'], old.text]).toEqual(['no-cache', sheet.text]);
});

describe('no cache keeps', () => {
  it.each([
    '/login',
    '/forgot-password',
    '/activate/nobodys',
    '/reset-password/nobodys',
    '/nowhere',
    '/readyz',
  ])("a visitor's %s", async (path) => {
    const answer = await app.browser().get(path);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('what an administrator downloads', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    for (const path of ['/users/export.csv', '/users/sample.csv', '/users', '/profile']) {
      expect((await browser.get(path)).headers['cache-control']).toBe('no-store');
    }
  });
});

describe('a session', () => {
  it('of somebody else cannot be ended, and is not there', async () => {
    const [me, other] = [await app.signedIn(), await app.signedIn()];
    const [session] = await app.database.query<{ publicId: string }[]>(
      'SELECT publicId FROM sessions WHERE userId = ?',
      [other.user.id],
    );
    const answer = await me.browser.post(`/profile/sessions/${session?.publicId}/deletion`);
    expect(answer.status).toBe(404);
    expect((await other.browser.get('/profile')).status).toBe(200);
  });

  it('of mine that has ended already is what I wanted', async () => {
    const { browser, user } = await app.signedIn();
    await app.browserOf(user);
    const rows = await app.database.query<{ publicId: string }[]>(
      'SELECT publicId FROM sessions WHERE userId = ? ORDER BY createdAt DESC',
      [user.id],
    );
    const path = `/profile/sessions/${rows[0]?.publicId}/deletion`;
    expect((await browser.post(path)).status).toBe(303);
    expect((await browser.post(path)).status).toBe(303);
  });
});

describe('a link to choose a new password', () => {
  it('ends when the password is changed', async () => {
    const { browser, user } = await app.signedIn();
    await app.browser().post('/forgot-password', { email: user.email });
    await app.get(JobsWorker).runDue();
    const links = app.get(OneTimeLinks);
    const link = await app.database
      .getRepository(OneTimeLink)
      .findOneByOrFail({ userId: user.id, purpose: 'password-reset' });
    expect((await app.browser().get(links.pathOf(link))).status).toBe(200);

    const password = 'nine quiet amber lanterns';
    const answer = await browser.post('/profile/password', {
      ...{ currentPassword: PASSWORD, password, passwordConfirmation: password },
    });
    expect(answer.status).toBe(303);
    expect((await app.browser().get(links.pathOf(link))).status).toBe(410);
  });
});
