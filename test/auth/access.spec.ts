import { RequestMethod } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AccessGuard } from '../../src/auth/access.guard.js';
import { TokenDoor } from '../../src/auth/token-door.js';
import { ACCESS, SCOPES } from '../../src/web/access.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText } from '../support/browser.js';
import { routesOf } from '../support/routes.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

describe('every route', () => {
  it('says who may open it', () => {
    const routes = routesOf(app);
    expect(routes.length).toBeGreaterThan(20);
    const open = routes.filter(
      ({ access }) => !['public', 'member', 'admin', 'owner', 'token'].includes(String(access)),
    );
    expect(open.map(({ name }) => name)).toEqual([]);
  });

  it('for people leads a visitor to sign in, by GET and by POST', async () => {
    const closed = routesOf(app).filter(({ access }) => access !== 'public' && access !== 'token');
    const browser = app.browser();
    const wrong: string[] = [];
    for (const { name, method, path } of closed) {
      const url = path.replace(/[:*]\w+/g, '019a0000-0000-7000-8000-000000000000');
      const answer = method === RequestMethod.GET ? await browser.get(url) : await browser.post(url);
      const led = answer.status === 303 && (answer.headers['location'] as string).startsWith('/login');
      if (!led) wrong.push(`${name} ${url} ${answer.status}`);
    }
    expect(wrong).toEqual([]);
  });

  it('for programs is below /api/v1, where each but its description asks for a token', async () => {
    const routes = routesOf(app);
    const programs = routes.filter(({ path }) => path.startsWith('/api/v1'));
    const open = programs.filter(({ access }) => access !== 'token');
    expect(open.map(({ path, access }) => [path, access])).toEqual([['/api/v1/openapi.json', 'public']]);
    expect(routes.filter((route) => route.access === 'token' && !programs.includes(route))).toEqual([]);
  });

  it('for programs opens to nobody without a token, whatever cookie or form they bring', async () => {
    const { browser } = await app.signedIn({ role: 'owner' });
    for (const { method, path, access } of routesOf(app)) {
      if (access !== 'token') continue;
      const url = path.replace(/[:*]\w+/g, 'x');
      const answers = method === RequestMethod.GET ? [await browser.get(url)] : [];
      answers.push(await browser.post(url), await app.browser().get(url));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 401));
    }
  });

  it('of administrators tells a member who can help', async () => {
    const { browser } = await app.signedIn();
    const wrong: string[] = [];
    for (const { name, method, path, access } of routesOf(app)) {
      if (access !== 'admin' && access !== 'owner') continue;
      const url = path.replace(/[:*]\w+/g, '019a0000-0000-7000-8000-000000000000');
      const answer = method === RequestMethod.GET ? await browser.get(url) : await browser.post(url);
      if (answer.status !== 403 || !/of your company can open this page/.test(visibleText(answer))) {
        wrong.push(`${name} ${url} ${answer.status}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('the guard', () => {
  class Closed {
    route() {
      return 'never';
    }
  }
  const asked = (user: object | undefined, target: { handler: object; class: object }) =>
    ({
      getHandler: () => target.handler,
      getClass: () => target.class,
      switchToHttp: () => ({ getRequest: () => ({ method: 'GET', originalUrl: '/x', signedIn: user }) }),
    }) as never;

  it('fails on a route that does not say who may open it, for an owner too', () => {
    const guard = new AccessGuard(new Reflector(), new TokenDoor());
    const target = { handler: Closed.prototype.route, class: Closed };
    expect(() => guard.canActivate(asked({ role: 'owner' }, target))).toThrow(/does not say who may open it/);
  });

  it.each([
    ['member', 'admin', false],
    ['admin', 'admin', true],
    ['owner', 'admin', true],
    ['admin', 'owner', false],
    ['owner', 'owner', true],
    ['member', 'member', true],
  ])('lets a %s onto a page for %s: %s', (role, access, opens) => {
    const handler = () => undefined;
    Reflect.defineMetadata(ACCESS, access, handler);
    const guard = new AccessGuard(new Reflector(), new TokenDoor());
    const user = { role, account: { kind: 'company' } };
    const answer = () => guard.canActivate(asked(user, { handler, class: Closed }));
    if (opens) expect(answer()).toBe(true);
    else expect(answer).toThrow();
  });
});

describe('the guard of programs', () => {
  it('lets nobody in while nobody looks at tokens, and takes whoever is signed in for nobody', async () => {
    const handler = () => undefined;
    Reflect.defineMetadata(ACCESS, 'token', handler);
    Reflect.defineMetadata(SCOPES, ['lookup:read'], handler);
    const door = new TokenDoor();
    const guard = new AccessGuard(new Reflector(), door);
    const request = { signedIn: { role: 'owner' }, headers: {} };
    const context = {
      ...{ getHandler: () => handler, getClass: () => Object },
      switchToHttp: () => ({ getRequest: () => request }),
    } as never;
    await expect(guard.canActivate(context)).rejects.toThrow('Nobody looks at tokens');
    const seen: unknown[] = [];
    door.comeFrom((asked, scopes) => {
      seen.push(asked.signedIn, scopes);
      return Promise.reject(new Error('no'));
    });
    await expect(guard.canActivate(context)).rejects.toThrow('no');
    expect(seen).toEqual([undefined, ['lookup:read']]);
  });
});

describe('a role', () => {
  it('counts as it is at this request', async () => {
    const { user, browser } = await app.signedIn({ role: 'admin' });
    expect((await browser.get('/users')).status).not.toBe(403);
    await app.database.query(`UPDATE users SET role = 'member' WHERE id = ?`, [user.id]);
    expect((await browser.get('/users')).status).toBe(403);
  });

  it('of a personal account opens no administrators’ page', async () => {
    const account = await app.anAccount({ kind: 'personal' });
    const { browser } = await app.signedIn({ account, role: 'owner' });
    expect((await browser.get('/users')).status).toBe(403);
    expect((await browser.get('/profile')).status).toBe(200);
  });
});

describe('a form', () => {
  it('sent after the session ended leads to sign in', async () => {
    const { user, browser } = await app.signedIn();
    await browser.get('/profile');
    await app.database.query('DELETE FROM sessions WHERE userId = ?', [user.id]);
    const answer = await browser.post('/profile/theme', { theme: 'dark' });
    expect([answer.status, answer.headers['location']]).toEqual([303, '/login']);
  });

  it('without a token, or with one of another browser, changes nothing', async () => {
    const { user, browser } = await app.signedIn();
    const other = await app.signedIn();
    await other.browser.get('/profile');
    const foreign = await other.browser.formToken();
    for (const _csrf of ['', foreign, `${foreign}x`]) {
      const answer = await browser.post('/profile/theme', { theme: 'dark', _csrf });
      expect(answer.status).toBe(403);
    }
    const [{ theme }] = await app.database.query<{ theme: string }[]>(
      'SELECT theme FROM users WHERE id = ?',
      [user.id],
    );
    expect(theme).toBe('system');
  });
});
