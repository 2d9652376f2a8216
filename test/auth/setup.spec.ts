import { setupLink } from '../../src/auth/setup-link.js';
import { Founding } from '../../src/auth/founding.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { field, visibleText, type Answer } from '../support/browser.js';

let app: TestApp;
let path: string;
const owner = {
  accountName: 'Atelier Nord',
  region: 'FR',
  language: 'fr',
  givenName: 'Zoé',
  familyName: 'Martin',
  email: 'Zoe.Martin@Example.test',
  password: 'onze canards traversent lentement',
  passwordConfirmation: 'onze canards traversent lentement',
};

beforeEach(async () => {
  app = await startApp();
  const link = await setupLink(app.database, app.keys, app.environment);
  path = new URL(link ?? '').pathname;
});
afterEach(() => app.close());

describe('setting up', () => {
  it('founds the company, signs its owner in, and is then over', async () => {
    const browser = app.browser();
    expect(visibleText(await browser.get(path))).toContain('Set up your company');
    const answer = await browser.post(path, owner);
    expect([answer.status, answer.headers['location']]).toEqual([303, '/checklist']);
    expect(visibleText(await browser.get('/profile'))).toContain('zoe.martin@example.test');

    const [account] = await app.database.query<Record<string, unknown>[]>('SELECT * FROM accounts');
    expect(account).toMatchObject({ kind: 'company', name: 'Atelier Nord', region: 'FR', language: 'fr' });
    expect(account['timeZone']).toBe('Europe/Paris');
    const counters = await app.database.query('SELECT status, people FROM user_counters WHERE people <> 0');
    expect(counters).toEqual([{ status: 'active', people: 1 }]);
    const [user] = await app.database.query<Record<string, unknown>[]>('SELECT role, status FROM users');
    expect(user).toEqual({ role: 'owner', status: 'active' });
    const audit = await app.database.query('SELECT action, targetName FROM audit_entries');
    expect(audit).toEqual([{ action: 'users.add', targetName: 'Zoé Martin' }]);

    expect(await setupLink(app.database, app.keys, app.environment)).toBeNull();
    const late = await app.browser().get(path);
    expect([late.status, visibleText(late)]).toEqual([
      410,
      expect.stringContaining('This link has done its work'),
    ]);
    const again = await app.browser().post(path, { ...owner, email: 'other@example.test' });
    expect(again.status).toBe(410);
  });

  it('is won by one of two forms sent at once', async () => {
    const browsers = [app.browser(), app.browser()];
    for (const browser of browsers) await browser.get(path);
    const answers = await Promise.all(
      browsers.map((browser, place) => browser.post(path, { ...owner, email: `owner${place}@example.test` })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 410]);
    expect(await rows('accounts')).toBe(1);
    expect(await rows('users')).toBe(1);
    expect(await rows('user_counters')).toBe(1);
  });

  it('says what is missing and keeps what was typed, but no password', async () => {
    const browser = app.browser();
    await browser.get(path);
    const answer = await browser.post(path, {
      ...owner,
      ...{ accountName: '', region: 'XX', email: 'zoe', password: 'short', passwordConfirmation: 'short' },
    });
    expect(answer.status).toBe(422);
    expect(errors(answer, ['accountName', 'region', 'email', 'password'])).toEqual([
      'Enter the name of the company',
      'Choose one of the list',
      'Write an address like name@example.com',
      'Use at least 12 characters',
    ]);
    expect([field(answer, 'email').value, field(answer, 'givenName').value]).toEqual(['zoe', 'Zoé']);
    expect(field(answer, 'password').value).toBe('');
    expect(await rows('accounts')).toBe(0);
  });

  it('refuses two different passwords', async () => {
    const browser = app.browser();
    await browser.get(path);
    const answer = await browser.post(path, { ...owner, passwordConfirmation: 'onze canards' });
    expect(field(answer, 'passwordConfirmation').error).toMatch(/not the same/);
  });

  it('is not found under another token', async () => {
    for (const wrong of ['/setup/x', `${path}x`, path.slice(0, -1)]) {
      expect((await app.browser().get(wrong)).status).toBe(404);
    }
  });

  it('is over when the operator has founded a company', async () => {
    const { givenName, familyName, password } = owner;
    await app.get(Founding).found({
      ...{ accountName: 'By hand', region: 'DE', language: 'en' },
      owner: { email: 'hand@example.test', givenName, familyName, password },
    });
    expect((await app.browser().get(path)).status).toBe(410);
    expect((await app.browser().signIn('hand@example.test', password)).status).toBe(303);
  });
});

describe('the operator', () => {
  it('adds people who are active at once, and is told of an address that is taken', async () => {
    const founding = app.get(Founding);
    const person = { givenName: 'A', familyName: 'B', password: owner.password };
    const company = { region: 'FR', language: 'fr' as const };
    const { accountId } = await founding.found({
      ...company,
      accountName: 'One',
      owner: { ...person, email: 'one@example.test' },
    });
    await founding.admit(accountId, { ...person, email: 'two@example.test' }, 'admin');
    expect((await app.browser().signIn('two@example.test', owner.password)).status).toBe(303);
    await expect(founding.admit(accountId, { ...person, email: 'two@example.test' })).rejects.toMatchObject({
      key: 'accounts.already-active',
    });
    const elsewhere = { ...company, accountName: 'Two', owner: { ...person, email: 'one@example.test' } };
    await expect(founding.found(elsewhere)).rejects.toMatchObject({ key: 'accounts.address-elsewhere' });
    expect(await rows('accounts')).toBe(1);
    const counters = await app.database.query('SELECT people FROM user_counters WHERE people <> 0');
    expect(counters).toEqual([{ people: 2 }]);
  });
});

function errors(answer: Answer, names: string[]): (string | undefined)[] {
  return names.map((name) => field(answer, name).error);
}

async function rows(table: string): Promise<number> {
  const filter = table === 'user_counters' ? 'WHERE people <> 0' : '';
  return (await app.database.query<unknown[]>(`SELECT 1 FROM ${table} ${filter}`)).length;
}
