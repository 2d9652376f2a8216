import { startApp, type TestApp } from '../support/app.js';
import { visibleText } from '../support/browser.js';
import { checked, imported, theImport, users2000 } from './importing.js';

jest.setTimeout(60_000);

describe('importing users', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it('brings in the whole of a real file', async () => {
    const { browser, account } = await app.signedIn({ role: 'admin' });
    const id = await checked(app, browser, users2000, 'users-2000.csv');
    const check = await browser.get(`/imports/${id}`);
    const found = await theImport(app, id);
    expect(found).toMatchObject({ state: 'checked', problem: null });
    expect(visibleText(check)).toContain('We read it as a Zoom file');
    expect(found.counts).toMatchObject({ rows: 2000, n: 2000, w: 0 });
    const result = await imported(app, browser, id);
    expect(visibleText(result)).toContain('2,000 users imported');
    const [{ people, links, counted }] = await app.database.query(
      `SELECT COUNT(DISTINCT u.id) AS people, COUNT(DISTINCT l.id) AS links,
         (SELECT people FROM user_counters WHERE accountId = ? AND status = 'pending') AS counted
       FROM users u JOIN one_time_links l ON l.userId = u.id
       WHERE u.accountId = ? AND u.status = 'pending'`,
      [account.id, account.id],
    );
    expect([people, links, counted].map(Number)).toEqual([2000, 2000, 2000]);
  });
});
