import { type User } from '../../src/accounts/user.entity.js';
import { startApp, type TestApp } from '../support/app.js';
import { field, visibleText } from '../support/browser.js';
import { PASSWORD } from '../support/builders.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const names = { givenName: 'Ada', familyName: 'Lovelace' };
const chosen = { password: 'onze canards traversent', passwordConfirmation: 'onze canards traversent' };

describe('my details', () => {
  it('are saved, found by search, and kept with what they were', async () => {
    const { user, browser } = await app.signedIn();
    const fields = {
      givenName: 'Zoé',
      familyName: 'Łukasz',
      workPhone: '+33 1 40 20 50 50',
      mobilePhone: '',
    };
    const answer = await browser.post('/profile', fields);
    expect([answer.status, answer.headers['location']]).toEqual([303, '/profile']);
    const row = await read(user);
    expect(row).toMatchObject({
      givenName: 'Zoé',
      familyName: 'Łukasz',
      workPhone: '+33140205050',
      revision: 2,
    });
    expect(row.searchKey).toContain('lukasz');
    const [{ changes }] = await app.database.query<{ changes: string }[]>(
      'SELECT changes FROM journal_entries WHERE subjectId = ?',
      [user.id],
    );
    expect(JSON.parse(changes)).toMatchObject({
      givenName: ['Ada', 'Zoé'],
      workPhone: [null, '+33140205050'],
    });
    expect(visibleText(await browser.follow(answer))).toContain('Your profile is saved.');
  });

  it('write no history when nothing changed', async () => {
    const { user, browser } = await app.signedIn();
    await browser.post('/profile', names);
    expect((await read(user)).revision).toBe(1);
    const entries = await app.database.query<unknown[]>('SELECT 1 FROM journal_entries WHERE subjectId = ?', [
      user.id,
    ]);
    expect(entries).toHaveLength(0);
  });

  it('ask about a number without a country code, and take it when sent again', async () => {
    const { user, browser } = await app.signedIn();
    const asked = await browser.post('/profile', { ...names, mobilePhone: '06 12 34 56 78' });
    expect(asked.status).toBe(422);
    const shown = field(asked, 'mobilePhone');
    expect(shown.value?.replace(/\s/g, ' ')).toBe('+33 6 12 34 56 78');
    expect(shown.error).toMatch(/Save again to keep it/);
    expect((await read(user)).mobilePhone).toBeNull();
    expect((await browser.post('/profile', { ...names, mobilePhone: shown.value ?? '' })).status).toBe(303);
    expect((await read(user)).mobilePhone).toBe('+33612345678');
  });

  it('take nothing but what the form offers', async () => {
    const { user, browser } = await app.signedIn();
    await browser.post('/profile', {
      ...names,
      ...{
        role: 'owner',
        email: 'x@example.test',
        type: 'licensed',
        'features[phone]': 'on',
        jobTitle: 'CEO',
      },
    });
    expect(await read(user)).toMatchObject({
      role: 'member',
      email: user.email,
      type: 'basic',
      jobTitle: null,
    });
  });

  it('keep what was typed when a name is missing', async () => {
    const { browser } = await app.signedIn();
    const answer = await browser.post('/profile', { givenName: '', familyName: 'Byron' });
    expect(answer.status).toBe(422);
    expect(field(answer, 'givenName').error).toBe('Enter a first name');
    expect(field(answer, 'familyName').value).toBe('Byron');
  });
});

describe('my preferences', () => {
  it('are saved and hold at once', async () => {
    const { user, browser } = await app.signedIn();
    const fields = { language: 'fr', theme: 'dark', timeZone: 'America/Montreal', shortcuts: false };
    const refused = await browser.post('/profile/preferences', { ...fields, timeZone: 'Mars/Olympus' });
    expect(refused.status).toBe(422);
    await browser.post('/profile/preferences', { ...fields, timeZone: 'America/Toronto' });
    expect(await read(user)).toMatchObject({
      ...{ language: 'fr', theme: 'dark', timeZone: 'America/Toronto', shortcuts: 0, revision: 1 },
    });
    const shown = await browser.get('/profile');
    expect(shown.text).toContain('<html lang="fr" data-theme="dark">');
    await browser.post('/profile/preferences', {
      language: '',
      theme: 'system',
      timeZone: '',
      shortcuts: true,
    });
    expect(await read(user)).toMatchObject({ language: null, theme: 'system', timeZone: null, shortcuts: 1 });
  });

  it('change from the menu, and lead back to the page it was opened on', async () => {
    const { user, browser } = await app.signedIn();
    const theme = await browser.post('/profile/theme', { theme: 'dark', next: '/profile?x=1' });
    expect(theme.headers['location']).toBe('/profile?x=1');
    const language = await browser.post('/profile/language', { language: 'fr', next: '//evil.example' });
    expect(language.headers['location']).toBe('/profile');
    await browser.post('/profile/theme', { theme: 'neon' });
    expect(await read(user)).toMatchObject({ theme: 'dark', language: 'fr' });
  });
});

describe('my password', () => {
  it('changes when the current one is right; other browsers are signed out and a mail says so', async () => {
    const { user, browser } = await app.signedIn();
    const other = await app.browserOf(user);
    const wrong = await browser.post('/profile/password', { ...chosen, currentPassword: 'not my password' });
    expect(wrong.status).toBe(422);
    expect(field(wrong, 'currentPassword').error).toBe('This is not your current password');
    expect((await other.get('/profile')).status).toBe(200);

    const answer = await browser.post('/profile/password', { ...chosen, currentPassword: PASSWORD });
    expect(answer.status).toBe(303);
    expect((await browser.get('/profile')).status).toBe(200);
    expect((await other.get('/profile')).status).toBe(303);
    expect((await app.browser().signIn(user.email, PASSWORD)).status).toBe(422);
    expect((await app.browser().signIn(user.email, chosen.password)).status).toBe(303);
    const mails = await app.database.query('SELECT template, toAddress FROM mails WHERE userId = ?', [
      user.id,
    ]);
    expect(mails).toEqual([{ template: 'password-changed', toAddress: user.email }]);
  });

  it('is not guessed at here either', async () => {
    const { browser } = await app.signedIn();
    for (let attempt = 0; attempt < 10; attempt++) {
      await browser.post('/profile/password', { ...chosen, currentPassword: `wrong ${attempt}` });
    }
    const answer = await browser.post('/profile/password', { ...chosen, currentPassword: PASSWORD });
    expect(answer.status).toBe(429);
  });
});

describe('my sessions', () => {
  it('are listed, this one marked, and ended one by one or all', async () => {
    const user = await app.aUser();
    const firefox = app
      .browser()
      .with('User-Agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0');
    await firefox.signIn(user.email, 'wrong password to begin with');
    await firefox.signIn(user.email, PASSWORD);
    const others = [await app.browserOf(user), await app.browserOf(user), await app.browserOf(user)];
    const shown = await firefox.get('/profile');
    expect(visibleText(shown)).toMatch(/Firefox on Linux \S+ This browser/);
    expect(shown.text.match(/\/profile\/sessions\/[^/]+\/deletion/g)).toHaveLength(4);

    const [other] = await app.database.query<{ publicId: string }[]>(
      `SELECT publicId FROM sessions WHERE userId = ? AND userAgent NOT LIKE '%Firefox%' ORDER BY publicId LIMIT 1`,
      [user.id],
    );
    await firefox.post(`/profile/sessions/${other.publicId}/deletion`);
    expect(await alive(others)).toBe(2);
    const answer = await firefox.post('/profile/other-sessions/deletion');
    expect(visibleText(await firefox.follow(answer))).toContain('2 other sessions are ended.');
    expect(await alive(others)).toBe(0);
    expect((await firefox.get('/profile')).status).toBe(200);
  });

  it('are nobody else’s to end', async () => {
    const { user, browser } = await app.signedIn();
    const { browser: stranger } = await app.signedIn();
    const [{ publicId }] = await app.database.query<{ publicId: string }[]>(
      'SELECT publicId FROM sessions WHERE userId = ?',
      [user.id],
    );
    await stranger.post(`/profile/sessions/${publicId}/deletion`);
    expect((await browser.get('/profile')).status).toBe(200);
    expect((await stranger.post('/profile/sessions/garbage/deletion')).status).toBe(404);
  });
});

async function read(user: User): Promise<User> {
  const [row] = await app.database.query<User[]>('SELECT * FROM users WHERE id = ?', [user.id]);
  return row;
}

async function alive(browsers: { get(path: string): Promise<{ status: number }> }[]): Promise<number> {
  const answers = await Promise.all(browsers.map((browser) => browser.get('/profile')));
  return answers.filter(({ status }) => status === 200).length;
}
