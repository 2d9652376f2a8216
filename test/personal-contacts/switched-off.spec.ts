import { RequestMethod } from '@nestjs/common';
import { GroupMembers } from '../../src/accounts/group-members.service.js';
import { Groups } from '../../src/accounts/groups.service.js';
import { type Account } from '../../src/accounts/account.entity.js';
import { type User } from '../../src/accounts/user.entity.js';
import { newId, type Id } from '../../src/database/id.js';
import { noFacts, operator } from '../../src/journal/actor.js';
import { EmptiedBins } from '../../src/personal-contacts/retention/emptied-bins.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Answer, type Browser } from '../support/browser.js';
import { routesOf, type Route } from '../support/routes.js';
import { binned, kept } from './keeping.js';

jest.setTimeout(60_000);

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

type Switch = (account: Account, user: User, on: boolean) => Promise<void>;

/** The three places where the feature is switched. */
const switches: [string, Switch][] = [
  [
    'the company',
    async (account, _, on) => {
      await app.database.query(
        `UPDATE accounts SET features = JSON_SET(features, '$."personal-contacts".allowed', ${on ? 'TRUE' : 'FALSE'}) WHERE id = ?`,
        [account.id],
      );
    },
  ],
  [
    'a user group, for good',
    async (account, user, on) => {
      const actor = operator(account.id);
      const groups = app.get(Groups);
      const [group] = await app.database.query<{ id: Id }[]>(
        'SELECT id FROM user_groups WHERE accountId = ?',
        [account.id],
      );
      const id = group?.id ?? (await groups.create(actor, noFacts, 'userGroups', { name: 'Workshop' }));
      if (!group) await app.get(GroupMembers).add(actor, noFacts, 'userGroups', id, [user.id]);
      const { revision } = await groups.find(account.id, 'userGroups', id);
      const features = on ? {} : { 'personal-contacts': { on: false, locked: true } };
      await groups.setFeatures(actor, noFacts, id, { features, revision });
    },
  ],
  [
    'the user',
    async (_, user, on) => {
      await app.database.query('UPDATE users SET features = ? WHERE id = ?', [
        JSON.stringify({ 'personal-contacts': on }),
        user.id,
      ]);
    },
  ],
];

/** An import of one's own as it stands after it was checked. */
async function anImport({ id: ownerId, accountId }: User): Promise<Id> {
  const id = newId();
  await app.database.query(
    `INSERT INTO imports (id, accountId, ownerId, kind, state, fileName, createdAt)
     VALUES (?, ?, ?, 'personal-contacts', 'cancelled', 'my-friends.csv', UTC_TIMESTAMP(3))`,
    [id, accountId, ownerId],
  );
  return id;
}

/** Each address of the module, of a contact and of an import that are there. */
function addresses(ids: { contact: Id; file: Id }): (Route & { url: string })[] {
  const routes = routesOf(app).filter(
    ({ path }) => /^\/personal-contacts(\/|$)/.test(path) || path.startsWith('/imports/:'),
  );
  return routes.map((route) => ({
    ...route,
    url: route.path
      .replace('/imports/:id', `/imports/${ids.file}`)
      .replace(/[:*]\w+/g, route.path.startsWith('/imports') ? ids.file : ids.contact),
  }));
}

const ask = (browser: Browser, { method, url }: { method: RequestMethod; url: string }): Promise<Answer> =>
  method === RequestMethod.GET ? browser.get(url) : browser.post(url);

describe.each(switches)('personal contacts, switched off for %s', (_, toggle) => {
  it('are closed at every address, say who can help, lose nothing, and are there again', async () => {
    const { account, user, browser } = await app.signedIn();
    const [contact, deleted] = await kept(
      app,
      user,
      [{ displayName: 'Grace Hopper', starred: true }, { displayName: 'Binned' }],
      { group: 'Friends' },
    );
    await binned(app, user, [deleted], 3);
    const file = await anImport(user);
    const all = addresses({ contact, file });
    expect(all.length).toBeGreaterThan(25);
    const counted = async () =>
      Promise.all(
        ['personal_contacts', 'personal_contact_groups', 'personal_contact_group_members', 'imports'].map(
          async (table) =>
            app.database.query(`SELECT * FROM ${table} WHERE ownerId = ? ORDER BY 1, 2`, [user.id]),
        ),
      );
    const before = await counted();

    await toggle(account, user, false);
    const open: string[] = [];
    for (const route of all) {
      const answer = await ask(browser, route);
      if (
        answer.status !== 403 ||
        !visibleText(answer).includes('Personal contacts are switched off for you')
      )
        open.push(`${route.name} ${route.url} ${answer.status}`);
    }
    expect(open).toEqual([]);
    const refusal = visibleText(await browser.get('/personal-contacts'));
    expect(refusal).toContain('Nothing is lost: ask an administrator');
    for (const page of ['/contacts', '/profile', '/help', '/imports']) {
      const answer = await browser.get(page);
      expect([page, answer.status]).toEqual([page, 200]);
      expect([page, /href="\/personal-contacts/.exec(answer.text)?.[0]]).toEqual([page, undefined]);
      expect([page, answer.text.includes('my-friends.csv')]).toEqual([page, false]);
    }
    await app.get(EmptiedBins).sweep();
    expect(await counted()).toEqual(before);

    await toggle(account, user, true);
    expect((await browser.get('/personal-contacts')).text).toContain('Grace Hopper');
    expect(visibleText(await browser.get(`/personal-contacts/${contact}`))).toContain('Grace Hopper');
    expect((await browser.get('/contacts')).text).toContain('href="/personal-contacts"');
    expect((await browser.get('/imports')).text).toContain('my-friends.csv');
    expect((await browser.get(`/imports/${file}`)).status).toBe(200);
  });
});

describe('an administrator whose personal contacts are off', () => {
  it('is led to where they are switched on, of an import too', async () => {
    const { user, browser } = await app.signedIn({ role: 'admin', features: { 'personal-contacts': false } });
    const file = await anImport(user);
    for (const page of ['/personal-contacts', `/imports/${file}`]) {
      const answer = await browser.get(page);
      expect([page, answer.status, answer.text.includes('href="/settings#features"')]).toEqual([
        page,
        403,
        true,
      ]);
    }
  });
});
