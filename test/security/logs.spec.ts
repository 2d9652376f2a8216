import { log, loggableError } from '../../src/web/log.js';
import { OneTimeLinks } from '../../src/accounts/one-time-links.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { someAddress, visibleText } from '../support/browser.js';

let app: TestApp;
let told: string[];

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());
beforeEach(() => {
  told = [];
  jest.spyOn(log, 'error').mockImplementation((...said: unknown[]) => {
    const { err, requestId, path } = said[0] as { err: unknown; requestId?: string; path?: string };
    // The line of the access log speaks of the answer; ours speaks of the fault.
    if (said[1] === 'request failed') told.push(JSON.stringify({ err: loggableError(err), requestId, path }));
  });
});
afterEach(() => jest.restoreAllMocks());

/** Runs `body` while the journal's table is away: what writes or reads it fails as only a fault of ours would. */
async function withoutJournal(body: () => Promise<void>): Promise<void> {
  await app.database.query('RENAME TABLE journal_batches TO journal_batches_away');
  try {
    await body();
  } finally {
    await app.database.query('RENAME TABLE journal_batches_away TO journal_batches');
  }
}

it('says that a request failed without the token of its path', async () => {
  const user = await app.aUser({ status: 'pending' });
  const links = app.get(OneTimeLinks);
  const link = await links.create(app.database.manager, {
    ...{ accountId: user.accountId, userId: user.id, purpose: 'activation' },
    expiresAt: new Date(Date.now() + 60_000),
  });
  await withoutJournal(async () => {
    const answer = await app.browser().get(links.pathOf(link));
    expect(answer.status).toBe(500);
  });
  expect(told).toHaveLength(1);
  expect(told[0]).toContain('"path":"/activate/…"');
  expect(told[0]).not.toContain(links.tokenOf(link));
});

it('says which statement failed without the values in it, and shows neither', async () => {
  const { browser } = await app.signedIn({ role: 'admin' });
  const email = someAddress('log-victim');
  await app.database.query('ALTER TABLE users ADD CONSTRAINT ck_test CHECK (email NOT LIKE ?)', [
    'log-victim%',
  ]);
  const answer = await browser.post('/users', { email, givenName: 'Logvictim', familyName: 'B' });
  await app.database.query('ALTER TABLE users DROP CONSTRAINT ck_test');
  expect(answer.status).toBe(500);
  expect(visibleText(answer)).not.toMatch(/INSERT|ck_test|at .*\.ts/);
  expect(told).toHaveLength(1);
  expect(told[0]).toContain('INSERT INTO');
  expect(told[0]).not.toMatch(/logvictim|log-victim/i);
});
