import { startApp, type TestApp } from '../support/app.js';

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
