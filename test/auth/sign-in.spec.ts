import { TooMany } from '../../src/errors/domain-error.js';
import { Sessions } from '../../src/auth/sessions.service.js';
import { Throttle } from '../../src/auth/throttle.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { field, someAddress, visibleText, type Answer } from '../support/browser.js';
import { PASSWORD } from '../support/builders.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const wrong = 'The address or the password is not right';

describe('signing in', () => {
  it('leads in, and keeps the session id nowhere but in the browser', async () => {
    const { user, browser } = await app.signedIn();
    expect((await browser.get('/profile')).status).toBe(200);
    const rows = await sessionsOf(user.id);
    expect(rows).toHaveLength(1);
    expect(rows[0].idHash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('takes the address as people write it', async () => {
    const user = await app.aUser();
    const answer = await app.browser().signIn(`  ${user.email.toUpperCase()} `, PASSWORD);
    expect(answer.status).toBe(303);
  });

  it('answers alike for a wrong password, nobody, somebody pending and somebody deactivated', async () => {
    const account = await app.anAccount();
    const active = await app.aUser({ account });
    const pending = await app.aUser({ account, status: 'pending' });
    const gone = await app.aUser({ account });
    await app.database.query(`UPDATE users SET status = 'deactivated' WHERE id = ?`, [gone.id]);
    const answers = await Promise.all(
      [
        [active.email, 'not the password at all'],
        [someAddress('nobody'), PASSWORD],
        [pending.email, PASSWORD],
        [gone.email, PASSWORD],
        ['no address', PASSWORD],
      ].map(([email, password]) => app.browser().signIn(email, password)),
    );
    expect(answers.map(({ status }) => status)).toEqual([422, 422, 422, 422, 422]);
    expect(answers.map((answer) => field(answer, 'password').error)).toEqual([
      wrong,
      wrong,
      wrong,
      wrong,
      wrong,
    ]);
    expect(field(answers[0], 'email').value).toBe(active.email);
    expect(answers[0].text).not.toContain('not the password at all');
  });

  it('says what is missing', async () => {
    const answer = await app.browser().signIn('', '');
    expect(answer.status).toBe(422);
    expect([field(answer, 'email').error, field(answer, 'password').error]).toEqual([
      'Enter your e-mail address',
      'Enter your password',
    ]);
  });

  it('gives a new session id, so that one planted before is of no use', async () => {
    const user = await app.aUser();
    const planted = 'carnet_session=s%3Aplanted.c2lnbmF0dXJl';
    const browser = app.browser().with('Cookie', planted);
    await browser.get('/login');
    const answer = await browser.signIn(user.email, PASSWORD);
    expect(cookie(answer, 'carnet_session')).not.toContain('planted');
  });

  it('leads on to the page that asked for it', async () => {
    const user = await app.aUser();
    const browser = app.browser();
    const asked = await browser.get('/profile?x=1');
    expect([asked.status, asked.headers['location']]).toEqual([303, '/login?next=%2Fprofile%3Fx%3D1']);
    expect((await browser.follow(asked)).text).toContain('name="next" value="/profile?x&#x3D;1"');
    const answer = await browser.post('/login', {
      email: user.email,
      password: PASSWORD,
      next: '/profile?x=1',
    });
    expect([answer.status, answer.headers['location']]).toEqual([303, '/profile?x=1']);
  });

  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
  ])('does not lead to %j', async (next) => {
    const user = await app.aUser();
    const browser = app.browser();
    const form = await browser.get(`/login?next=${encodeURIComponent(next)}`);
    expect(form.text).not.toContain('name="next"');
    const answer = await browser.post('/login', { email: user.email, password: PASSWORD, next });
    expect(answer.headers['location']).toBe('/');
    const again = await browser.get(`/login?next=${encodeURIComponent(next)}`);
    expect(again.headers['location']).toBe('/');
  });

  it('ends with signing out', async () => {
    const { user, browser } = await app.signedIn();
    const answer = await browser.post('/logout');
    expect([answer.status, answer.headers['location']]).toEqual([303, '/login']);
    expect(await sessionsOf(user.id)).toHaveLength(0);
    expect((await browser.get('/profile')).headers['location']).toBe('/login?next=%2Fprofile');
    expect(visibleText(await browser.get('/login'))).toContain('You are signed out.');
  });

  it('is not done by a form of another site', async () => {
    const user = await app.aUser();
    const browser = app.browser();
    await browser.get('/login');
    const foreign = await browser.with('Origin', 'https://evil.example').post('/login', {
      email: user.email,
      password: PASSWORD,
    });
    expect(foreign.status).toBe(403);
    expect(await sessionsOf(user.id)).toHaveLength(0);
  });
});

describe('a session', () => {
  it('has no row for visitors, however many pages they see', async () => {
    const before = await count();
    const browser = app.browser();
    for (const path of ['/login', '/forgot-password', '/login', '/profile']) await browser.get(path);
    await browser.post('/login', { email: someAddress(), password: 'wrong wrong wrong' });
    expect(await count()).toBe(before);
  });

  it('is written at most once in ten minutes', async () => {
    const { user, browser } = await app.signedIn();
    const seen = async () => String((await sessionsOf(user.id))[0].lastSeenAt.getTime());
    await app.database.query(
      'UPDATE sessions SET lastSeenAt = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 9 MINUTE) WHERE userId = ?',
      [user.id],
    );
    const nine = await seen();
    await browser.get('/profile');
    expect(await seen()).toBe(nine);
    await app.database.query(
      'UPDATE sessions SET lastSeenAt = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 11 MINUTE) WHERE userId = ?',
      [user.id],
    );
    const eleven = await seen();
    await browser.get('/profile');
    const touched = await seen();
    expect(Number(touched)).toBeGreaterThan(Number(eleven));
    await browser.get('/profile');
    expect(await seen()).toBe(touched);
  });

  it.each([
    ['eight hours without use', 'lastSeenAt = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 481 MINUTE)'],
    ['seven days whatever happens', 'expiresAt = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 1 SECOND)'],
  ])('ends after %s', async (_, change) => {
    const { user, browser } = await app.signedIn();
    await app.database.query(`UPDATE sessions SET ${change} WHERE userId = ?`, [user.id]);
    expect((await browser.get('/profile')).headers['location']).toBe('/login?next=%2Fprofile');
  });

  it('ends with the next request of somebody deactivated, erased, or whose company closed', async () => {
    const [one, two, three] = [await app.signedIn(), await app.signedIn(), await app.signedIn()];
    await app.database.query(`UPDATE users SET status = 'deactivated' WHERE id = ?`, [one.user.id]);
    await app.database.query(`UPDATE users SET liveKey = NULL WHERE id = ?`, [two.user.id]);
    await app.database.query(`UPDATE accounts SET closedAt = UTC_TIMESTAMP(3) WHERE id = ?`, [
      three.account.id,
    ]);
    for (const { browser } of [one, two, three]) expect((await browser.get('/profile')).status).toBe(303);
  });

  it('that has ended loses its row, and others keep theirs', async () => {
    const [over, alive] = [await app.signedIn(), await app.signedIn()];
    await app.database.query(
      'UPDATE sessions SET expiresAt = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 1 SECOND) WHERE userId = ?',
      [over.user.id],
    );
    await app.get(Sessions).sweep();
    expect(await sessionsOf(over.user.id)).toHaveLength(0);
    expect(await sessionsOf(alive.user.id)).toHaveLength(1);
  });

  it('is read with user and account in one statement', async () => {
    const { browser } = await app.signedIn();
    const statements: string[] = [];
    const query = app.database.query.bind(app.database) as (...all: unknown[]) => Promise<never>;
    const spy = jest.spyOn(app.database, 'query').mockImplementation((...all: unknown[]) => {
      statements.push(String(all[0]));
      return query(...all);
    });
    try {
      // A page that itself asks the database nothing.
      await browser.get('/login');
    } finally {
      spy.mockRestore();
    }
    expect(statements).toHaveLength(1);
    expect(statements[0]).toContain('FROM sessions');
  });

  it('finds its three rows by their primary keys', async () => {
    const { user } = await app.signedIn();
    const [{ idHash }] = await sessionsOf(user.id);
    const plan = await app.database.query<{ type: string; key: string }[]>(
      `EXPLAIN SELECT s.publicId, u.role, a.name FROM sessions s JOIN users u ON u.id = s.userId
       JOIN accounts a ON a.id = u.accountId WHERE s.idHash = ?`,
      [idHash],
    );
    expect(plan.map(({ type, key }) => [type, key])).toEqual([
      ['const', 'PRIMARY'],
      ['const', 'PRIMARY'],
      ['const', 'PRIMARY'],
    ]);
  });

  it('keeps its cookie from scripts, other sites and, under https, plain connections', async () => {
    const secure = await startApp({
      env: { PUBLIC_URL: 'https://carnet.example', TRUST_PROXY: '0' },
      databaseUrl: app.databaseUrl,
      keys: app.keys,
    });
    try {
      const user = await app.aUser();
      const plain = await app.browser().signIn(user.email, PASSWORD);
      expect(cookie(plain, 'carnet_session')).toMatch(
        /^carnet_session=.*; Path=\/; .*HttpOnly; SameSite=Lax$/,
      );
      expect(cookie(plain, 'carnet_session')).not.toContain('Secure');
      const behind = await signInBehindProxy(secure, user.email);
      const set = cookie(behind, '__Host-carnet_session');
      expect(set).toMatch(/; Path=\/;/);
      expect(set).toMatch(/; HttpOnly/);
      expect(set).toMatch(/; Secure/);
      expect(set).toMatch(/; SameSite=Lax/);
      expect(set).not.toMatch(/Domain/);
      expect(cookie(behind, '__Host-carnet_device')).toMatch(/HttpOnly; Secure; SameSite=Lax/);
    } finally {
      await secure.close();
    }
  });
});

describe('guessing', () => {
  it('is stopped after ten failures at one address, for the right password too', async () => {
    const user = await app.aUser();
    for (let attempt = 0; attempt < 10; attempt++) {
      expect((await app.browser().signIn(user.email, `wrong password ${attempt}`)).status).toBe(422);
    }
    const answer = await app.browser().signIn(user.email, PASSWORD);
    expect(answer.status).toBe(429);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(800);
    expect(visibleText(answer)).toMatch(/Too many tries\. Try again in 1[45] minutes\./);
  });

  it('stops alike where nobody is', async () => {
    const email = someAddress('nobody');
    let last: Answer | undefined;
    for (let attempt = 0; attempt < 11; attempt++) last = await app.browser().signIn(email, PASSWORD);
    expect(last?.status).toBe(429);
  });

  it('does not lock out a browser that has signed in before', async () => {
    const { user, browser } = await app.signedIn();
    await browser.post('/logout');
    for (let attempt = 0; attempt < 11; attempt++) await app.browser().signIn(user.email, 'wrong password');
    expect((await app.browser().signIn(user.email, PASSWORD)).status).toBe(429);
    expect((await browser.signIn(user.email, PASSWORD)).status).toBe(303);
  });

  it('counts that browser too', async () => {
    const { user, browser } = await app.signedIn();
    await browser.post('/logout');
    for (let attempt = 0; attempt < 10; attempt++) await browser.signIn(user.email, 'wrong password');
    expect((await browser.signIn(user.email, PASSWORD)).status).toBe(429);
  });

  it('does not take the cookie of one person for another', async () => {
    const { browser } = await app.signedIn();
    const other = await app.aUser();
    await browser.post('/logout');
    for (let attempt = 0; attempt < 10; attempt++) await app.browser().signIn(other.email, 'wrong password');
    expect((await browser.signIn(other.email, PASSWORD)).status).toBe(429);
  });

  it('begins anew after the window, and after a success', async () => {
    const user = await app.aUser();
    for (let attempt = 0; attempt < 9; attempt++) await app.browser().signIn(user.email, 'wrong password');
    expect((await app.browser().signIn(user.email, PASSWORD)).status).toBe(303);
    for (let attempt = 0; attempt < 11; attempt++) await app.browser().signIn(user.email, 'wrong password');
    expect((await app.browser().signIn(user.email, PASSWORD)).status).toBe(429);
    await app.database.query(
      'UPDATE throttle_counters SET endsAt = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 1 SECOND)',
    );
    expect((await app.browser().signIn(user.email, PASSWORD)).status).toBe(303);
  });

  it('is stopped after three hundred failures from one place, save in a browser that has signed in before', async () => {
    const { user, browser } = await app.signedIn();
    await browser.post('/logout');
    const throttle = app.get(Throttle);
    const place = { limit: 1000, windowSeconds: 900 };
    await throttle.clear('sign-in-network', '127.0.0.1');
    for (let attempt = 0; attempt < 299; attempt++) await throttle.hit('sign-in-network', '127.0.0.1', place);
    expect((await app.browser().signIn(someAddress(), 'wrong password')).status).toBe(422);
    expect((await app.browser().signIn(user.email, PASSWORD)).status).toBe(429);
    expect((await browser.signIn(user.email, PASSWORD)).status).toBe(303);
    await throttle.clear('sign-in-network', '127.0.0.1');
  });

  it('counts tries made at once', async () => {
    const throttle = app.get(Throttle);
    const limit = { limit: 3, windowSeconds: 60 };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => throttle.hit('test', 'at-once', limit)),
    );
    const stopped = outcomes.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(stopped.length).toBeGreaterThanOrEqual(7);
    expect(stopped[0].reason).toBeInstanceOf(TooMany);
  });

  it('keeps no address in the database', async () => {
    const email = someAddress('private');
    await app.browser().signIn(email, 'wrong password');
    const rows = await app.database.query<{ key: string }[]>('SELECT `key` FROM throttle_counters');
    expect(rows.every(({ key }) => /^[0-9a-f]{64}$/.test(key))).toBe(true);
  });
});

interface Row {
  idHash: string;
  lastSeenAt: Date;
}

function sessionsOf(userId: string): Promise<Row[]> {
  return app.database.query<Row[]>('SELECT idHash, lastSeenAt FROM sessions WHERE userId = ?', [userId]);
}

async function count(): Promise<number> {
  const [{ rows }] = await app.database.query<{ rows: string }[]>('SELECT COUNT(*) AS `rows` FROM sessions');
  return Number(rows);
}

function cookie(answer: Answer, name: string): string {
  const cookies = (answer.headers['set-cookie'] ?? []) as unknown as string[];
  return cookies.find((text) => text.startsWith(`${name}=`)) ?? '';
}

/** As a proxy hands it on: plain http, the public name as Host, and the cookies carried by hand. */
async function signInBehindProxy(secure: TestApp, email: string): Promise<Answer> {
  const port = secure.environment.port;
  const { default: supertest } = await import('supertest');
  const agent = supertest(`http://127.0.0.1:${port}`);
  const form = await agent.get('/login').set('Host', 'carnet.example');
  const token = /name="_csrf" value="([^"]+)"/.exec(form.text)?.[1] ?? '';
  return agent
    .post('/login')
    .set({ Host: 'carnet.example', Origin: 'https://carnet.example' })
    .set('Cookie', cookie(form, '__Host-carnet_visitor').split(';')[0])
    .type('form')
    .send({ _csrf: token, email, password: PASSWORD });
}
