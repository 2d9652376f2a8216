import { RequestMethod } from '@nestjs/common';
import sharp from 'sharp';
import { type User } from '../../src/accounts/user.entity.js';
import { newId, type Id } from '../../src/database/id.js';
import { startApp, type TestApp } from '../support/app.js';
import { type Answer, type Browser } from '../support/browser.js';
import { routesOf } from '../support/routes.js';
import { binned, kept } from './keeping.js';

jest.setTimeout(60_000);

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

interface Kept {
  contact: Id;
  binned: Id;
  group: Id;
  batch: Id;
  file: Id;
  hash: string;
}

/** Somebody's list with one of each thing an address can name. */
async function aList(owner: User): Promise<Kept> {
  const photo = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#7a1' } })
    .webp()
    .toBuffer();
  const [contact, gone] = await kept(
    app,
    owner,
    [{ displayName: 'Xenophora' }, { displayName: 'Yellowtail' }],
    {
      ...{ group: 'Molluscs', photo },
    },
  );
  await binned(app, owner, [gone]);
  const file = newId();
  await app.database.query(
    `INSERT INTO imports (id, accountId, ownerId, kind, state, fileName, createdAt)
     VALUES (?, ?, ?, 'personal-contacts', 'done', 'shells-of-mine.csv', UTC_TIMESTAMP(3))`,
    [file, owner.accountId, owner.id],
  );
  const one = async (sql: string) =>
    (await app.database.query<Record<string, string>[]>(`SELECT ${sql} = ? LIMIT 1`, [owner.id]))[0];
  return {
    ...{ contact, binned: gone, file },
    group: (await one('id FROM personal_contact_groups WHERE ownerId')).id,
    batch: (await one('id FROM journal_batches WHERE actorId')).id,
    hash: (await one('hash FROM personal_contact_photos WHERE ownerId')).hash,
  };
}

/** Each address of the module that names something, with each thing it might name. */
function addresses(list: Kept): { name: string; method: RequestMethod; url: string }[] {
  return routesOf(app)
    .filter(({ path }) => /^\/(?:personal-contacts|imports)\/.*:/.test(path))
    .flatMap(({ name, method, path }) =>
      [list.contact, list.binned, list.group, list.batch, list.file].map((id) => ({
        ...{ name, method },
        url: path.replace(/:hash\b/, list.hash).replace(/[:*]\w+/g, id),
      })),
    );
}

const ids = (id: () => Id) => ({ contact: id(), binned: id(), group: id(), batch: id(), file: id() });

const ask = (browser: Browser, { method, url }: { method: RequestMethod; url: string }): Promise<Answer> =>
  method === RequestMethod.GET ? browser.get(url) : browser.post(url, { revision: 1, displayName: 'Taken' });

const secrets = /Xenophora|Yellowtail|Molluscs|shells-of-mine/;

describe('what somebody keeps for themselves', () => {
  it.each(['owner', 'admin', 'member'] as const)(
    'is not there for another %s of the company',
    async (role) => {
      const account = await app.anAccount();
      const keeper = await app.aUser({ account });
      const list = await aList(keeper);
      const state = () =>
        Promise.all(
          ['personal_contacts', 'personal_contact_groups', 'personal_contact_photos', 'imports'].map(
            (table) =>
              app.database.query(`SELECT * FROM ${table} WHERE ownerId = ? ORDER BY 1, 2`, [keeper.id]),
          ),
        );
      const before = await state();
      const { browser } = await app.signedIn({ account, role });
      const nobodys = addresses({ ...list, ...ids(() => newId()) });
      const told: string[] = [];
      for (const [index, { name, ...route }] of addresses(list).entries()) {
        const answer = await ask(browser, route);
        // Told apart from what nobody has it must not be, whatever is answered to that.
        const { status } = await ask(browser, nobodys[index] ?? route);
        if (answer.status !== status || answer.status === 200 || secrets.test(answer.text))
          told.push(`${name} ${route.url} ${answer.status}, not ${status}`);
      }
      expect(told).toEqual([]);
      expect(await state()).toEqual(before);
      const own = await app.browserOf(keeper);
      expect((await own.get(`/personal-contacts/${list.contact}`)).text).toContain('Xenophora');
      expect((await own.get(`/imports/${list.file}`)).status).toBe(200);
      expect((await own.get('/imports')).text).toContain('shells-of-mine');
      expect((await own.get(`/personal-contacts/${list.contact}/photo/${list.hash}`)).status).toBe(200);
    },
  );

  it('stands on no page of an administrator', async () => {
    const account = await app.anAccount();
    const keeper = await app.aUser({ account, givenName: 'Keeper' });
    await aList(keeper);
    const { browser } = await app.signedIn({ account, role: 'owner' });
    const pages = routesOf(app)
      .filter(({ method, path }) => method === RequestMethod.GET && !/[:*]/.test(path) && path !== '/logout')
      .map(({ path }) => path);
    expect(pages).toEqual(expect.arrayContaining(['/audit-log', '/imports', '/users', '/personal-contacts']));
    const telling: string[] = [];
    for (const page of [...pages, `/users/${keeper.id}`, `/contacts/${keeper.id}`]) {
      const answer = await browser.get(page);
      if (answer.status >= 500 || secrets.test(answer.text ?? '')) telling.push(`${page} ${answer.status}`);
    }
    expect(telling).toEqual([]);
  });
});
