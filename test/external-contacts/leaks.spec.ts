import { RequestMethod } from '@nestjs/common';
import sharp from 'sharp';
import { encodePhoto } from '../../src/accounts/photo-encoding.js';
import { User } from '../../src/accounts/user.entity.js';
import { newId, type Id } from '../../src/database/id.js';
import { ExternalBlock } from '../../src/external-contacts/external-contact.entity.js';
import { startApp, type TestApp } from '../support/app.js';
import { someAddress, visibleText, type Answer, type Browser } from '../support/browser.js';
import { routesOf, type Route } from '../support/routes.js';
import { asking, REQUESTS, SENT } from './asking.js';
import { twoCompanies, type Somebody } from './two-companies.js';

jest.setTimeout(120_000);

let app: TestApp;
let does: ReturnType<typeof asking>;
let world: World;
beforeAll(async () => {
  app = await startApp();
  does = asking(app);
  world = await aWorld();
});
afterAll(() => app.close());

/** What only Ada may see: her note and folder, what she wrote and was written, whom she blocked, what of Bob is hidden. */
const secrets = /Xenophora|Quillfolder|Zanzibar|Yellowtail|Blockhead|Cryptozoology|secret\.person/;

interface World extends Awaited<ReturnType<typeof twoCompanies>> {
  /** Everything of Ada's an address can name. */
  ids: Record<string, Id>;
  hash: string;
}

async function aWorld(): Promise<World> {
  const people = await twoCompanies(app);
  const { ada, bob, connect, request, harbour } = people;
  const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#7a1' } })
    .png()
    .toBuffer();
  const hash = 'a'.repeat(64);
  await app.database.query(
    'INSERT INTO photos (accountId, hash, bytes, createdAt) VALUES (?, ?, ?, UTC_TIMESTAMP(3))',
    [harbour.id, hash, await encodePhoto(picture)],
  );
  await app.database
    .getRepository(User)
    .update(
      { id: bob.user.id },
      { department: 'Cryptozoology', mobilePhone: '+447700900123', photoHash: hash },
    );
  const { card } = await connect(ada, bob);
  await ada.browser.post(`/external-contacts/${card.id}/note`, { note: 'Xenophora', revision: 1 });
  await ada.browser.post('/external-contacts/folders', { name: 'Quillfolder' });
  const carol: Somebody = await app.signedIn({ account: harbour, givenName: 'Carol' });
  const { card: ended } = await connect(ada, carol);
  await ada.browser.post(`/external-contacts/${ended.id}/removal`);
  const erin: Somebody = await app.signedIn({ account: harbour, givenName: 'Yellowtail' });
  const { receivedId: received } = await request(erin, ada, { message: 'Zanzibar' });
  const dan: Somebody = await app.signedIn({ account: harbour, givenName: 'Blockhead' });
  const { receivedId: refused } = await request(dan, ada);
  await ada.browser.post(`${REQUESTS}/${refused}/block`);
  await does.ask(ada, 'secret.person@example.test', { message: 'Zanzibar' });
  const [sent] = await does.sentOf(ada);
  const news = newId();
  await app.database.query(
    `INSERT INTO notifications (id, accountId, userId, kind, \`values\`, href, onceKey, at)
     VALUES (?, ?, ?, 'external.request', ?, ?, 'leaks', UTC_TIMESTAMP(3))`,
    [
      news,
      ada.account.id,
      ada.user.id,
      JSON.stringify({ name: 'Yellowtail', company: '', address: '' }),
      REQUESTS,
    ],
  );
  const batches = await app.database.query<{ id: Id; kind: string }[]>(
    'SELECT id, kind FROM journal_batches WHERE actorId = ? ORDER BY id',
    [ada.user.id],
  );
  const [folder] = await app.database.query<{ id: Id }[]>(
    'SELECT id FROM external_folders WHERE ownerId = ?',
    [ada.user.id],
  );
  const block = await app.database.getRepository(ExternalBlock).findOneByOrFail({ ownerId: ada.user.id });
  return {
    ...{ ...people, hash },
    ids: {
      ...{ card: card.id, ended: ended.id, received, refused, sent: sent.id, news, folder: folder.id },
      ...{ block: block.id, link: card.linkId, bob: bob.user.id, ada: ada.user.id },
      ...Object.fromEntries(batches.map(({ id, kind }) => [kind, id])),
    },
  };
}

const area = /^\/(external-contacts|company\/external-contacts|notifications|signup|unsubscribe)(\/|$)/;

interface Asked {
  name: string;
  method: RequestMethod;
  url: string;
  route: Route;
}

/** Each address of the area, with each thing of Ada's it may name; `nobodys`: the same with ids nobody has. */
function addresses(ids: Record<string, Id>, hash: string): Asked[] {
  return routesOf(app)
    .filter(({ path }) => area.test(path))
    .flatMap((route) => {
      const named = /:(?!hash|token)\w+/.test(route.path) ? Object.entries(ids) : [['', '']];
      return named.map(([what, id]) => ({
        ...{ name: `${route.name} ${what}`, method: route.method, route },
        url: route.path
          .replace(':hash', hash)
          .replace(':token', 'x'.repeat(43))
          .replace(/[:*]\w+/g, id),
      }));
    });
}

/** The same address with ids nobody has. */
function nobodysOf(asked: Asked): Asked {
  const url = asked.url
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, () => newId())
    .replace(world.hash, 'f'.repeat(64));
  return { ...asked, url };
}

/** Names under which forms send ids; those a form does not know are dropped. */
function fieldsOf(ids: Record<string, Id>) {
  const all = Object.values(ids);
  const fields = [
    'ids',
    'id',
    'folderIds',
    'folder',
    'folders',
    'contact',
    'request',
    'batch',
    'person',
    'group',
  ];
  return {
    ...Object.fromEntries(fields.map((field) => [field, all])),
    ...{ revision: 1, note: 'Taken', name: 'Taken', act: 'accept', starred: '1', email: '', agreed: '1' },
  };
}

async function ask(browser: Browser, { method, url }: Asked, fields: object = {}): Promise<Answer> {
  return method === RequestMethod.GET
    ? browser.get(url)
    : browser.post(url, { revision: 1, note: 'Taken', name: 'Taken', ...fields });
}

/** All that is Ada's, as it stands. */
async function adas(): Promise<unknown> {
  const { id } = world.ada.user;
  const rows = (table: string, column: string) =>
    app.database.query(`SELECT * FROM ${table} WHERE ${column} = ? ORDER BY 1`, [id]);
  return Promise.all([
    rows('external_contacts', 'ownerId'),
    rows('external_folders', 'ownerId'),
    rows('external_folder_members', 'ownerId'),
    rows('external_blocks', 'ownerId'),
    rows('external_requests_sent', 'senderId'),
    rows('external_requests_received', 'receiverId'),
    rows('notifications', 'userId'),
    app.database.query('SELECT * FROM external_links WHERE lowUserId = ? OR highUserId = ? ORDER BY 1', [
      id,
      id,
    ]),
  ]);
}

const strangers: Record<string, () => Promise<Somebody>> = {
  'another member of the company': () => app.signedIn({ account: world.atelier }),
  'a member of the other company': () => app.signedIn({ account: world.harbour }),
  'an administrator of the other company': () => app.signedIn({ account: world.harbour, role: 'admin' }),
  'somebody with an account of their own': async () =>
    app.signedIn({ account: await app.anAccount({ kind: 'personal', name: 'Lea' }), role: 'owner' }),
};

describe('What is between two people', () => {
  it('is found by reflection: every address of the area is asked below', async () => {
    const asked = new Set(addresses(world.ids, world.hash).map(({ route }) => route.path));
    for (const path of ['/external-contacts/:id', `${REQUESTS}/:id/acceptance`, '/notifications/:id/opening'])
      expect([...asked]).toContain(path);
    expect(asked.size).toBeGreaterThan(40);
    // Whose it is sees all of it.
    const { browser } = world.ada;
    const pages = [`/external-contacts/${world.ids.card}`, REQUESTS, SENT, '/external-contacts/blocked'];
    for (const page of [...pages, '/external-contacts/folders', '/notifications'])
      expect([page, secrets.test((await browser.get(page)).text)]).toEqual([page, true]);
  });

  it.each(Object.keys(strangers))('is not there for %s, whichever address they ask', async (kind) => {
    const { browser } = await strangers[kind]();
    const before = await adas();
    const nobodys = new Map<string, number>();
    const told: string[] = [];
    for (const asked of addresses(world.ids, world.hash)) {
      const { status, text = '' } = await ask(browser, asked);
      // Told apart from what nobody has it must not be, whatever is answered to that.
      const same = nobodys.get(asked.route.name) ?? (await ask(browser, nobodysOf(asked))).status;
      nobodys.set(asked.route.name, same);
      if (status !== same || status >= 500 || secrets.test(text))
        told.push(`${asked.name} ${asked.url} ${status}, not ${same}`);
    }
    expect(told).toEqual([]);
    expect(await adas()).toEqual(before);
  });

  it.each(Object.keys(strangers))('is in no field of a form of %s', async (kind) => {
    const { browser } = await strangers[kind]();
    const before = await adas();
    const told: string[] = [];
    const posts = addresses({}, world.hash).filter(
      ({ method, route }) => method === RequestMethod.POST && !/:(?!token)/.test(route.path),
    );
    const own = addresses({}, world.hash).filter(
      ({ method, route }) => method === RequestMethod.GET && !/:(?!token)/.test(route.path),
    );
    for (const asked of posts) {
      const answer = await ask(browser, asked, fieldsOf(world.ids));
      if (answer.status >= 500 || secrets.test(answer.text ?? ''))
        told.push(`${asked.name} ${answer.status}`);
    }
    for (const asked of own) {
      const query = new URLSearchParams(Object.entries(fieldsOf(world.ids)).map(([k, v]) => [k, String(v)]));
      for (const id of Object.values(world.ids)) query.append('ids', id);
      const answer = await browser.get(`${asked.url}?${query.toString()}`);
      if (answer.status >= 500 || secrets.test(answer.text ?? ''))
        told.push(`${asked.name} ${answer.status}`);
    }
    expect(told).toEqual([]);
    expect(await adas()).toEqual(before);
  });

  it('leads whoever has not signed in to sign in, or says that there is nothing', async () => {
    const before = await adas();
    const browser = app.browser();
    const told: string[] = [];
    for (const asked of addresses(world.ids, world.hash)) {
      const answer = await ask(browser, asked);
      const leads = String(answer.headers['location'] ?? '').startsWith('/login');
      const closed = asked.route.access === 'public' ? answer.status !== 500 : leads || answer.status === 403;
      if (!closed || secrets.test(answer.text ?? '')) told.push(`${asked.name} ${answer.status}`);
    }
    expect(told).toEqual([]);
    expect(await adas()).toEqual(before);
  });

  it('is shown to no administrator of the company beyond whom their people are in contact with', async () => {
    const admin = await app.signedIn({ account: world.atelier, role: 'admin' });
    const before = await adas();
    const telling: string[] = [];
    // Whom their people ask, they may see (not what was written).
    const allowed = (url: string) => url.startsWith('/company/external-contacts/requests');
    const look = async (url: string) => {
      const { status, text = '' } = await admin.browser.get(url);
      const seen = allowed(url) ? text.replaceAll(/secret\.person/g, '') : text;
      if (status >= 500 || secrets.test(seen)) telling.push(`${url} ${status}`);
    };
    for (const asked of addresses(world.ids, world.hash))
      if (asked.method === RequestMethod.GET) await look(asked.url);
      else if (asked.route.access === 'member') await ask(admin.browser, asked, {});
    const pages = routesOf(app)
      .filter(({ method, path }) => method === RequestMethod.GET && !/[:*]/.test(path) && path !== '/logout')
      .filter(({ path }) => !area.test(path));
    for (const { path } of pages) if (path !== '/mail') await look(path);
    await look(`/users/${world.ada.user.id}`);
    await look(`/contacts/${world.ada.user.id}`);
    const mails = await app.database.query<{ id: Id }[]>('SELECT id FROM mails WHERE accountId = ?', [
      world.atelier.id,
    ]);
    for (const { id } of mails) await look(`/mail/${id}`);
    expect(telling).toEqual([]);
    expect(await adas()).toEqual(before);
  });

  it('is closed while the feature is off, and changes nothing', async () => {
    const users = app.database.getRepository(User);
    await users.update({ id: world.ada.user.id }, { features: { 'external-contacts': false } });
    const before = await adas();
    const open: string[] = [];
    for (const asked of addresses(world.ids, world.hash)) {
      if (!asked.url.startsWith('/external-contacts') || asked.route.access === 'public') continue;
      const answer = await ask(world.ada.browser, asked, fieldsOf(world.ids));
      if (answer.status !== 403 || secrets.test(answer.text)) open.push(`${asked.name} ${answer.status}`);
    }
    await users.update({ id: world.ada.user.id }, { features: null });
    expect(open).toEqual([]);
    expect(await adas()).toEqual(before);
  });
});

describe('A field a company hides', () => {
  it('is on no page and in no file, and finds nobody, however it is asked for', async () => {
    const admin = await app.signedIn({ account: world.atelier, role: 'admin' });
    const told: string[] = [];
    const pages = routesOf(app)
      .filter(({ method, path }) => method === RequestMethod.GET && !/[:*]/.test(path) && path !== '/logout')
      .map(({ path }) => path);
    for (const { browser } of [world.ada, admin])
      for (const path of [
        ...pages,
        `/external-contacts/${world.ids.card}`,
        `/external-contacts/${world.ids.card}/card.vcf`,
      ]) {
        const plain = await browser.get(path);
        if (/Cryptozoology|447700900123/.test(String(plain.text ?? ''))) told.push(path);
        for (const q of ['Cryptozoology', '447700900123', '900123']) {
          const found = await browser.get(`${path}?q=${q}`);
          if (/^\/(external-contacts|company)/.test(path) && !path.includes(world.ids.card))
            if (/json$/.test(path) === false && found.text?.includes(world.bob.user.email))
              told.push(`${path}?q=${q}`);
        }
      }
    expect(told).toEqual([]);
  });

  it('has a photo only for those who are in contact', async () => {
    const photo = `/external-contacts/${world.ids.card}/photo/${world.hash}`;
    expect((await world.ada.browser.get(photo)).status).toBe(200);
    for (const kind of Object.keys(strangers))
      expect((await (await strangers[kind]()).browser.get(photo)).status).toBe(404);
    expect((await world.ada.browser.get(photo.replace(world.hash, 'f'.repeat(64)))).status).toBe(404);
  });
});

describe('Whether somebody has an address', () => {
  it('is told to the sender by no header, page, number, news or mail', async () => {
    const bob = await app.aUser({ account: world.harbour });
    const pending = await app.aUser({ account: world.harbour, status: 'pending' });
    const blocker = await app.aUser({ account: world.harbour });
    const seen: unknown[] = [];
    for (const address of [bob.email, pending.email, blocker.email, someAddress('nobody')]) {
      const account = await app.anAccount({ name: 'Atelier Nord' });
      const ada = await app.signedIn({ account });
      if (address === blocker.email)
        await app.database.getRepository(ExternalBlock).insert({
          ...{ id: newId(), accountId: blocker.accountId, ownerId: blocker.id, blockedUserId: ada.user.id },
          ...{ name: 'Ada', address: ada.user.email, createdAt: new Date() },
        });
      const answer = await does.ask(ada, address, { message: 'Hello' });
      await does.work();
      await ada.browser.get(SENT);
      const [{ id }] = await does.sentOf(ada);
      const pages = [];
      for (const path of ['/external-contacts', REQUESTS, SENT, '/notifications', '/profile', '/contacts'])
        pages.push(
          visibleText(await ada.browser.get(path))
            .replaceAll(address, 'TO')
            .replaceAll(ada.user.email, 'ME'),
        );
      for (const act of ['resending', 'withdrawal']) {
        const { status, headers } = await ada.browser.post(`${REQUESTS}/${id}/${act}`);
        pages.push([status, headers['location'], Object.keys(headers).sort()]);
      }
      await does.work();
      await ada.browser.get(SENT);
      pages.push(
        visibleText(await ada.browser.get(SENT))
          .replaceAll(address, 'TO')
          .replaceAll(ada.user.email, 'ME'),
      );
      const toMe = await app.database.query('SELECT 1 FROM mails WHERE toAddress = ?', [ada.user.email]);
      seen.push({
        ...{ status: answer.status, location: answer.headers['location'] },
        ...{ headers: Object.keys(answer.headers).sort(), body: answer.text, pages },
        ...{ news: await does.newsOf(ada.user), toMe },
      });
    }
    for (const each of seen) expect(each).toEqual(seen[0]);
  });
});

describe('Mails that are kept where there is no mail server', () => {
  it('are on the page of the company they are written in, without what people write each other', async () => {
    const { ada, bob, atelier, harbour } = await twoCompanies(app);
    const owners = {
      atelier: await app.signedIn({ account: atelier, role: 'owner' }),
      harbour: await app.signedIn({ account: harbour, role: 'owner' }),
    };
    const nobody = someAddress('nobody');
    await does.ask(ada, `${bob.user.email}, ${nobody}`, { message: 'Between us' });
    await does.work();
    const listOf = async ({ browser }: Somebody) => visibleText(await browser.get('/mail'));
    expect(await listOf(owners.atelier)).toContain(nobody);
    expect(await listOf(owners.atelier)).not.toContain(bob.user.email);
    expect(await listOf(owners.harbour)).toContain(bob.user.email);
    expect(await listOf(owners.harbour)).not.toContain(nobody);
    for (const [to, owner, other] of [
      [bob.user.email, owners.harbour, owners.atelier],
      [nobody, owners.atelier, owners.harbour],
    ] as const) {
      const [mail] = await does.mailsTo(to);
      const shown = await owner.browser.get(`/mail/${mail.id}`);
      expect(shown.status).toBe(200);
      expect(shown.text).not.toContain('Between us');
      // Where it is stopped: in both forms of the mail, without its secret.
      expect(shown.text.match(/\/unsubscribe\/…/g)).toHaveLength(2);
      expect((await other.browser.get(`/mail/${mail.id}`)).status).toBe(404);
    }
  });
});
