import sharp from 'sharp';
import { AuditEntry } from '../../src/journal/journal.entities.js';
import { type Id } from '../../src/database/id.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Browser } from '../support/browser.js';

let app: TestApp;
let picture: Buffer;
beforeAll(async () => {
  app = await startApp();
  const plain = { width: 300, height: 300, channels: 3 as const, background: '#2f6b1e' };
  picture = await sharp({ create: plain }).png().toBuffer();
});
afterAll(() => app.close());

const upload = (browser: Browser, id: Id, bytes: Buffer | string = picture) =>
  browser.upload(`/users/${id}/photo`, { field: 'photo', name: 'badge.png', bytes, type: 'image/png' });
const photoOn = async (browser: Browser, id: Id) =>
  /class="avatar avatar--large" src="([^"]+)"/.exec((await browser.get(`/users/${id}`)).text)?.[1];

describe('the photo of a person', () => {
  it('is set, replaced and taken away by an administrator, with history, audit log and undo', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin', familyName: 'Boss' });
    const person = await app.aUser({ account, familyName: 'Seen' });
    expect((await browser.get(`/users/${person.id}`)).text).toContain(`href="/users/${person.id}/photo"`);

    const saved = await browser.follow(await upload(browser, person.id));
    expect(visibleText(saved)).toContain('The photo of Ada Seen is saved.');
    const url = await photoOn(browser, person.id);
    expect(url).toMatch(/^\/photos\/[0-9a-f]{64}$/);
    expect(visibleText(saved)).toMatch(/Photo changed .*Ada Boss/);
    expect((await browser.get(`/users/${person.id}/photo`)).text).toContain(
      `/users/${person.id}/photo/deletion`,
    );

    const removed = await browser.follow(await browser.post(`/users/${person.id}/photo/deletion`));
    expect(await photoOn(browser, person.id)).toBeUndefined();
    const undo = /action="(\/users\/[^"]+\/photo\/restorations\/[^"]+)"/.exec(removed.text)?.[1] ?? '';
    const { browser: other } = await app.signedIn({ account, role: 'admin' });
    expect((await other.post(undo)).status).toBe(404);
    await browser.post(undo);
    expect(await photoOn(browser, person.id)).toBe(url);

    const acts = await app.database.getRepository(AuditEntry).findBy({ action: 'users.photo' });
    expect(acts.map(({ targetId, targetName }) => [targetId, targetName])).toEqual(
      Array.from({ length: 3 }, () => [person.id, 'Ada Seen']),
    );
    expect(visibleText(await browser.get('/audit-log'))).toContain('Photo changed');
  });

  it('that is no picture is refused on the page', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const person = await app.aUser({ account });
    for (const bytes of ['no picture', '']) {
      const answer = await upload(browser, person.id, bytes);
      expect([answer.status, answer.headers['location']]).toEqual([303, `/users/${person.id}/photo`]);
      expect(visibleText(await browser.follow(answer))).toMatch(/not a JPEG, PNG|Choose a photo first/);
    }
    expect(await photoOn(browser, person.id)).toBeUndefined();
  });

  it('is not changed by members, by admins for owners, nor for people of other companies', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const owner = await app.aUser({ account, role: 'owner' });
    const stranger = await app.aUser();
    const { browser: member } = await app.signedIn({ account });
    for (const [by, id, status] of [
      [browser, owner.id, 403],
      [browser, stranger.id, 404],
      [member, owner.id, 403],
    ] as const) {
      expect((await upload(by, id)).status).toBe(status);
      expect((await by.post(`/users/${id}/photo/deletion`)).status).toBe(status);
      expect((await by.get(`/users/${id}/photo`)).status).toBe(status);
    }
  });
});
