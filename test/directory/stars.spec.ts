import { type Account } from '../../src/accounts/account.entity.js';
import { type PersonRecord, type Reader } from '../../src/accounts/person-records.js';
import { AccountEvents } from '../../src/accounts/events.js';
import { limits } from '../../src/config/limits.js';
import { newId } from '../../src/database/id.js';
import { type User } from '../../src/accounts/user.entity.js';
import { ColleagueRecords } from '../../src/directory/people/colleague-records.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Browser } from '../support/browser.js';
import { aChatGroup, listed } from './listed.js';

let app: TestApp;
let account: Account;
let viewer: User;
let browser: Browser;
let grace: User;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  ({ user: viewer, account, browser } = await app.signedIn({ familyName: 'Viewer' }));
  grace = await app.aUser({ account, givenName: 'Grace', familyName: 'Hopper' });
});

const STARRED = '/contacts?starred=1';
const press = (id: string, starred: boolean, from = '/contacts', by = browser) =>
  by.post(`/contacts/${id}/star`, { starred: starred ? 'on' : '', from });
const pressed = (text: string, id: string) =>
  new RegExp(`id="star-${id}"[^>]*aria-pressed="(true|false)"`).exec(text)?.[1];

describe('the star of a colleague', () => {
  it('is given and taken where it stands, and leads back there', async () => {
    expect(pressed((await browser.get('/contacts')).text, grace.id)).toBe('false');
    const given = await press(grace.id, true, '/contacts?q=grace');
    expect([given.status, given.headers['location']]).toEqual([303, `/contacts?q=grace#star-${grace.id}`]);
    const list = await browser.get('/contacts');
    expect(visibleText(list)).toContain('Grace Hopper is starred.');
    expect(pressed(list.text, grace.id)).toBe('true');
    expect((await browser.get(`/contacts/${grace.id}`)).text).toContain('title="Remove the star"');
    await press(grace.id, false);
    expect(pressed((await browser.get('/contacts')).text, grace.id)).toBe('false');
    expect((await browser.get(`/contacts/${grace.id}`)).text).toContain('title="Add a star"');
  });

  it('narrows the list, and says what it is for where there is none', async () => {
    expect(visibleText(await browser.get(STARRED))).toContain('No starred colleagues yet');
    await press(grace.id, true);
    expect(listed(await browser.get(STARRED))).toEqual(['Grace Hopper']);
    expect(listed(await browser.get(`${STARRED}&q=hop`))).toEqual(['Grace Hopper']);
    expect(listed(await browser.get(`${STARRED}&q=ada`))).toEqual([]);
  });

  it('is seen by its giver alone, also by an administrator who looks as that person', async () => {
    await press(grace.id, true);
    const other = await app.browserOf(grace);
    expect(pressed((await other.get('/contacts')).text, grace.id)).toBe('false');
    const admin = await app.browserOf(await app.aUser({ account, role: 'admin' }));
    const seen = await admin.get(`/users/${viewer.id}/directory?starred=1`);
    expect(listed(seen)).toHaveLength(3);
    expect(seen.text).not.toContain('row-star');
    expect((await admin.get(`/users/${viewer.id}/directory/${grace.id}`)).text).not.toContain('/star');
  });

  it('is for whom one finds, and leads to a page of ours alone', async () => {
    const stranger = await app.aUser();
    const left = await app.aUser({ account, status: 'deactivated' });
    for (const id of [stranger.id, left.id, newId(), 'nobody'])
      expect((await press(id, true)).status).toBe(404);
    expect((await press(grace.id, true, 'https://evil.example/')).headers['location']).toBe(
      `/contacts#star-${grace.id}`,
    );
  });

  it('does not show who is hidden or deactivated since, and holds when they are back', async () => {
    await press(grace.id, true);
    await aChatGroup(app, viewer.accountId, { name: 'Secret', kind: 'restricted', members: [grace] });
    expect(listed(await browser.get(STARRED))).toEqual([]);
    expect((await browser.get('/profile/my-data.json')).text).not.toContain('Hopper');
    await app.database.query('UPDATE users SET restricted = 0 WHERE id = ?', [grace.id]);
    expect(listed(await browser.get(STARRED))).toEqual(['Grace Hopper']);
    const status = (to: string) =>
      app.database.query('UPDATE users SET status = ? WHERE id = ?', [to, grace.id]);
    await status('deactivated');
    expect(listed(await browser.get(STARRED))).toEqual([]);
    await status('active');
    expect(listed(await browser.get(STARRED))).toEqual(['Grace Hopper']);
  });

  it('is known wherever people of all sources are shown', async () => {
    await press(grace.id, true);
    const reader = {
      ...{ id: viewer.id, accountId: account.id, restricted: false, features: {} },
      account: { kind: 'company', restrictedGroups: 0 },
    } as unknown as Reader;
    const told = (records: PersonRecord[]) => records.map(({ name, starred }) => [name, starred]);
    const colleagues = app.get(ColleagueRecords);
    expect(told(await colleagues.starred(reader, 8))).toEqual([['Grace Hopper', true]]);
    expect(told(await colleagues.byIds(reader, [grace.id, viewer.id]))).toEqual([
      ['Grace Hopper', true],
      ['Ada Viewer', false],
    ]);
    expect(told(await colleagues.search(reader, 'hopper', 8))).toEqual([['Grace Hopper', true]]);
  });

  it('is one of as many as there may be, which a sentence says', async () => {
    const rows = Array.from({ length: limits.directoryStars }, () => [
      ...[viewer.id, newId(), viewer.accountId, new Date()],
    ]);
    await app.database.query('INSERT INTO directory_stars (ownerId, userId, accountId, starredAt) VALUES ?', [
      rows,
    ]);
    const answer = await press(grace.id, true);
    expect(visibleText(await browser.follow(answer))).toContain('You may star 1,000 colleagues, and have.');
    expect(pressed((await browser.get('/contacts')).text, grace.id)).toBe('false');
  });

  it('is in the data of its giver, and gone with whoever is erased', async () => {
    await press(grace.id, true);
    const told = JSON.parse((await browser.get('/profile/my-data.json')).text) as object;
    expect(told).toMatchObject({ starredColleagues: ['Grace Hopper'], person: { familyName: 'Viewer' } });
    const stars = () =>
      app.database.query('SELECT 1 FROM directory_stars WHERE accountId = ?', [viewer.accountId]);
    const erase = (userId: string) =>
      app.database.transaction((manager) =>
        app.get(AccountEvents).erased.tell({ manager, accountId: viewer.accountId, userIds: [userId] }),
      );
    await erase(grace.id);
    expect(await stars()).toEqual([]);
    const other = await app.aUser({ account });
    await press(other.id, true);
    expect(await stars()).toHaveLength(1);
    await erase(viewer.id);
    expect(await stars()).toEqual([]);
  });
});
