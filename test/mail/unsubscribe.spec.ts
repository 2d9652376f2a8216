import { RequestMethod } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import supertest from 'supertest';
import { MailRefusals } from '../../src/mail/mail-refusals.service.js';
import { StopLinks } from '../../src/mail/stop-links.js';
import { NEEDS_NO_FORM_TOKEN } from '../../src/web/access.js';
import { startApp, type TestApp } from '../support/app.js';
import { someAddress, visibleText } from '../support/browser.js';
import { routesOf } from '../support/routes.js';

describe('/unsubscribe', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp();
  });

  afterAll(() => app.close());

  const pathFor = (toAddress: string) =>
    app.get(StopLinks).pathFor({ template: 'external-invitation', toAddress, userId: null }) ?? '';
  const refuses = (address: string) => app.get(MailRefusals).refuses(app.database.manager, address);
  /** A mail program's own request: no cookie, no Origin, nothing of ours. */
  const oneClick = (path: string) => supertest(app.url).post(path).redirects(0);

  it('shows a form and changes nothing, however often it is looked at', async () => {
    const address = someAddress();
    const answer = await app.browser().get(pathFor(address));
    expect(answer.status).toBe(200);
    expect(visibleText(answer)).toContain('Send me no more invitations');
    await supertest(app.url).head(pathFor(address));
    expect(await refuses(address)).toBe(false);
  });

  it('keeps the address neither in the link nor in the table', async () => {
    const address = someAddress('nobody-knows');
    const path = pathFor(address);
    await app.browser().post(path);
    expect(await refuses(address)).toBe(true);
    const kept = JSON.stringify(await app.database.query('SELECT * FROM mail_refusals'));
    expect(`${path} ${kept}`).not.toContain('nobody-knows');
  });

  it('sends no more to this address alone by the button, and again when that is taken back', async () => {
    const [address, other] = [someAddress(), someAddress()];
    const browser = app.browser();
    await browser.get(pathFor(address));
    const answer = await browser.post(pathFor(address));
    expect([answer.status, answer.headers['location']]).toEqual([303, pathFor(address)]);
    expect(visibleText(await browser.follow(answer))).toContain('You receive no more invitations by mail');
    expect([await refuses(address), await refuses(other)]).toEqual([true, false]);
    const back = await browser.post(`${pathFor(address)}/return`);
    expect(visibleText(await browser.follow(back))).toContain('sent to this address again');
    expect(await refuses(address)).toBe(false);
  });

  it('bears being asked twice, and by somebody signed in', async () => {
    const address = someAddress();
    const { browser } = await app.signedIn({ language: 'fr' });
    expect(visibleText(await browser.get(pathFor(address)))).toContain('Ne plus m’envoyer d’invitations');
    const answers = [await browser.post(pathFor(address)), await browser.post(pathFor(address))];
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    expect(await refuses(address)).toBe(true);
  });

  it('speaks the language of the browser', async () => {
    const answer = await app.browser().with('Accept-Language', 'fr').get(pathFor(someAddress()));
    expect(visibleText(answer)).toContain('Ne plus m’envoyer d’invitations');
  });

  describe('by a mail program', () => {
    it('takes the one-click request without cookie, token or Origin, in either encoding', async () => {
      const [one, other] = [someAddress(), someAddress()];
      const answers = [
        await oneClick(pathFor(one)).type('form').send('List-Unsubscribe=One-Click'),
        await oneClick(pathFor(other)).field('List-Unsubscribe', 'One-Click'),
      ];
      // RFC 8058 §3.1: no redirect.
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect([await refuses(one), await refuses(other)]).toEqual([true, true]);
    });

    it('takes nothing else without a form of ours', async () => {
      const address = someAddress();
      const path = pathFor(address);
      const answers = [
        await oneClick(path),
        await oneClick(path).type('form').send('List-Unsubscribe=Two-Clicks'),
        await oneClick(path).type('form').send('List-Unsubscribe=One-Click&List-Unsubscribe=One-Click'),
        await oneClick(path).type('json').send({ 'List-Unsubscribe': 'One-Click' }),
        await oneClick(path).field('other', 'One-Click'),
        await oneClick(path).attach('List-Unsubscribe', Buffer.from('One-Click'), 'file'),
        await oneClick(`${path}/return`).type('form').send('List-Unsubscribe=One-Click'),
        await app.browser().post(path, { _csrf: 'x' }),
      ];
      expect(answers.filter(({ status }) => status < 400 || status >= 500)).toEqual([]);
      expect(await refuses(address)).toBe(false);
    });

    it('is not asked for a token by this route alone', () => {
      const free = routesOf(app).filter(({ handler }) =>
        new Reflector().get<boolean | undefined>(NEEDS_NO_FORM_TOKEN, handler as () => void),
      );
      expect(free.map(({ method, path }) => [method, path])).toEqual([
        [RequestMethod.POST, '/unsubscribe/:token'],
      ]);
    });
  });

  it('takes no link that is not ours: cut, lengthened, for another address or another kind', async () => {
    const address = someAddress();
    const path = pathFor(address);
    const [named = '', signature = ''] = path.split('/').at(-1)?.split('.') ?? [];
    const [another = ''] = pathFor(someAddress()).split('/').at(-1)?.split('.') ?? [];
    const foreign = [
      path.slice(0, -1),
      `${path}x`,
      `${path}.x`,
      `/unsubscribe/${another}.${signature}`,
      `/unsubscribe/d${named.slice(1)}.${signature}`,
      `/unsubscribe/${named.slice(0, -1)}.${signature}`,
      `/unsubscribe/${named}=.${signature}`,
      '/unsubscribe/x',
      `/unsubscribe/${'%F0'.repeat(3)}`,
      `/unsubscribe/${'x'.repeat(4_000)}`,
    ];
    for (const url of foreign) {
      const answers = [
        await app.browser().get(url),
        await oneClick(url).type('form').send('List-Unsubscribe=One-Click'),
        await app.browser().post(`${url}/return`),
      ];
      expect(answers.filter(({ status }) => status < 400 || status >= 500)).toEqual([]);
    }
    expect(await refuses(address)).toBe(false);
  });
});
