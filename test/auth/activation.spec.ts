import { type Account } from '../../src/accounts/account.entity.js';
import { OneTimeLinks } from '../../src/accounts/one-time-links.service.js';
import { type User } from '../../src/accounts/user.entity.js';
import { inTransaction } from '../../src/database/transaction.js';
import { Journal } from '../../src/journal/journal.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { field, visibleText, type Browser } from '../support/browser.js';
import { PASSWORD } from '../support/builders.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const chosen = { password: 'onze canards traversent', passwordConfirmation: 'onze canards traversent' };

describe('an invitation', () => {
  it('shows who invited, to what, and whom', async () => {
    const { path, company } = await invited({ givenName: 'Grace', familyName: 'Hopper' });
    const text = visibleText(await app.browser().get(path));
    expect(text).toContain(`Ines Moreau invites you to the directory of ${company.name}`);
    expect(text).toContain('Grace Hopper');
  });

  it('makes the person active, and signs them in', async () => {
    const { path, user, company } = await invited();
    const browser = app.browser();
    await browser.get(path);
    const answer = await browser.post(path, chosen);
    expect([answer.status, answer.headers['location']]).toEqual([303, '/']);
    expect((await browser.get('/profile')).status).toBe(200);

    const [row] = await app.database.query<User[]>(
      'SELECT status, revision, activatedAt FROM users WHERE id = ?',
      [user.id],
    );
    expect(row).toMatchObject({ status: 'active', revision: 2, activatedAt: expect.any(Date) as Date });
    expect(await people(company)).toEqual({ active: 2, pending: 0 });
    expect((await app.browser().signIn(user.email, chosen.password)).status).toBe(303);
    const journal = await app.database.query<{ changes: string }[]>(
      `SELECT e.changes FROM journal_entries e JOIN journal_batches b ON b.id = e.batchId
       WHERE e.subjectId = ? AND b.kind = 'users.activate'`,
      [user.id],
    );
    expect(journal).toEqual([{ changes: '{"status":["pending","active"]}' }]);
  });

  it('is won once by two forms of two browsers', async () => {
    const { path, user, company } = await invited();
    const browsers = [app.browser(), app.browser()];
    for (const browser of browsers) await browser.get(path);
    const answers = await Promise.all([
      browsers[0].post(path, chosen),
      browsers[1].post(path, {
        password: 'douze oies regardent',
        passwordConfirmation: 'douze oies regardent',
      }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 410]);
    expect(await people(company)).toEqual({ active: 2, pending: 0 });
    expect(await rows('credentials', user)).toBe(1);
    expect(await rows('sessions', user)).toBe(1);
  });

  it('leads in both times when the button is pressed twice', async () => {
    const { path } = await invited();
    const browser = app.browser();
    await browser.get(path);
    const token = await browser.formToken();
    const answers = await Promise.all([browser.post(path, chosen), browser.post(path, chosen)]);
    expect(answers.map(({ headers }) => headers['location'] as string)).toEqual(['/', '/']);
    // And once more with the form as it was shown before anybody signed in.
    const late = await browser.post(path, { ...chosen, _csrf: token });
    expect([late.status, late.headers['location']]).toEqual([303, '/']);
    expect((await browser.get(path)).headers['location']).toBe('/');
  });

  it('that was used tells a stranger so, whatever password they choose', async () => {
    const { path } = await invited();
    const browser = app.browser();
    await browser.get(path);
    await browser.post(path, chosen);
    const stranger = app.browser();
    const seen = await stranger.get(path);
    expect([seen.status, visibleText(seen)]).toEqual([410, expect.stringContaining('Already activated')]);
    const other = 'treize merles chantent faux';
    const tried = await stranger.post(path, { password: other, passwordConfirmation: other });
    expect(tried.status).toBe(410);
    expect((await stranger.get('/profile')).status).toBe(303);
  });

  it('that is over, withdrawn or made up leads nowhere and says what to do', async () => {
    const over = await invited();
    await app.database.query('UPDATE one_time_links SET expiresAt = ? WHERE userId = ?', [
      new Date(Date.now() - 1000),
      over.user.id,
    ]);
    const withdrawn = await invited();
    await app.database.query('UPDATE one_time_links SET withdrawnAt = UTC_TIMESTAMP(3) WHERE userId = ?', [
      withdrawn.user.id,
    ]);
    const changed = over.path.slice(0, -2) + (over.path.endsWith('A') ? 'BB' : 'AA');
    for (const [path, words] of [
      [over.path, 'This invitation has ended. Ask for a new one.'],
      [withdrawn.path, 'This invitation was withdrawn'],
      [changed, 'This invitation has ended. Ask for a new one.'],
      ['/activate/garbage', 'This invitation has ended. Ask for a new one.'],
    ]) {
      const browser = app.browser();
      const seen = await browser.get(path);
      expect([seen.status, visibleText(seen)]).toEqual([410, expect.stringContaining(words)]);
      expect((await browser.post(path, chosen)).status).toBe(410);
    }
    expect(await rows('credentials', over.user)).toBe(0);
  });

  it('of somebody deactivated or of a closed company leads nowhere', async () => {
    const one = await invited();
    await app.database.query(`UPDATE users SET status = 'deactivated' WHERE id = ?`, [one.user.id]);
    const two = await invited();
    await app.database.query('UPDATE accounts SET closedAt = UTC_TIMESTAMP(3) WHERE id = ?', [
      two.company.id,
    ]);
    for (const { path } of [one, two]) {
      const browser = app.browser();
      expect((await browser.get(path)).status).toBe(410);
      expect((await browser.post(path, chosen)).status).toBe(410);
    }
  });

  it('asks for a better password and keeps the link', async () => {
    const { path } = await invited();
    const browser = app.browser();
    await browser.get(path);
    const answer = await browser.post(path, {
      password: 'password1234',
      passwordConfirmation: 'password1234',
    });
    expect(answer.status).toBe(422);
    expect(field(answer, 'password').error).toMatch(/Many people use this password/);
    expect((await browser.post(path, chosen)).status).toBe(303);
  });

  it('for an address of another company is refused, and told to its holder alone', async () => {
    const holder = await app.aUser();
    const { path, user, company } = await invited({ email: holder.email });
    const browser = app.browser();
    const seen = await browser.get(path);
    expect([seen.status, visibleText(seen)]).toEqual([
      409,
      expect.stringContaining('Ask the company that holds it'),
    ]);
    const tried = await browser.post(path, chosen);
    expect(tried.status).toBe(409);
    expect(await people(company)).toEqual({ active: 1, pending: 1 });
    expect(await rows('credentials', user)).toBe(0);
    const [{ usedAt }] = await app.database.query<{ usedAt: Date | null }[]>(
      'SELECT usedAt FROM one_time_links WHERE userId = ?',
      [user.id],
    );
    expect(usedAt).toBeNull();
    expect((await app.browser().signIn(holder.email, PASSWORD)).status).toBe(303);
  });

  it('that races for one address with another company’s is won by one', async () => {
    const one = await invited();
    const two = await invited({ email: one.user.email });
    const browsers: Browser[] = [app.browser(), app.browser()];
    const paths = [one.path, two.path];
    for (const [place, browser] of browsers.entries()) await browser.get(paths[place]);
    const answers = await Promise.all(browsers.map((browser, place) => browser.post(paths[place], chosen)));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
  });
});

/** Somebody pending in a company of one admin, who invited them; with the path their mail leads to. */
async function invited(fields: Partial<User> = {}): Promise<{ user: User; company: Account; path: string }> {
  const company = await app.anAccount();
  const inviter = await app.aUser({
    account: company,
    role: 'admin',
    givenName: 'Ines',
    familyName: 'Moreau',
  });
  const links = app.get(OneTimeLinks);
  const { batchId } = await inTransaction(app.database, async (manager) => ({
    batchId: await app.get(Journal).begin(manager, {
      accountId: company.id,
      actorId: inviter.id,
      kind: 'users.add',
    }),
  }));
  const user = await app.aUser({ account: company, status: 'pending', createdByBatch: batchId, ...fields });
  const link = await inTransaction(app.database, (manager) =>
    links.create(manager, {
      accountId: company.id,
      userId: user.id,
      purpose: 'activation',
      expiresAt: new Date(Date.now() + 86_400_000),
    }),
  );
  return { user, company, path: links.pathOf(link) };
}

async function people({ id }: Account): Promise<Record<string, number>> {
  const counters = await app.database.query<{ status: string; people: number }[]>(
    'SELECT status, people FROM user_counters WHERE accountId = ?',
    [id],
  );
  return Object.fromEntries(counters.map(({ status, people: count }) => [status, count]));
}

async function rows(table: 'credentials' | 'sessions', { id }: User): Promise<number> {
  return (await app.database.query<unknown[]>(`SELECT 1 FROM ${table} WHERE userId = ?`, [id])).length;
}
