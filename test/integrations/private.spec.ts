import { RequestMethod } from '@nestjs/common';
import { newId, type Id } from '../../src/database/id.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Answer, type Browser } from '../support/browser.js';
import { routesOf, type Route } from '../support/routes.js';
import { type User } from '../../src/accounts/user.entity.js';
import { aMailbox, type AMailbox } from './a-mailbox.js';
import { noonZone } from '../support/noon-zone.js';
import { CalendarOf, inHours } from './calendar-of.js';

jest.setTimeout(60_000);

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

/** Every route of the area: whoever adds one is asked here without saying so. */
const area = () =>
  routesOf(app).filter(
    ({ path, access }) =>
      /^\/(?:integrations|cloud-contacts|calendar)(?:\/|$)/.test(path) &&
      // Where providers send people back to: a page to sign in at would carry the address along (oauth.spec.ts).
      access !== 'public',
  );
const ofCompany = () => routesOf(app).filter(({ path }) => path.startsWith('/company/integrations'));

type Named = Pick<AMailbox, 'id' | 'folder' | 'conflict' | 'run' | 'batch'> &
  Record<'contact' | 'binned' | 'calendar' | 'event', Id>;

const ofCalendars = ['calendar', 'event'];

const namedIn = (
  { id, folder, conflict, run, batch, contacts }: AMailbox,
  diary: Pick<Named, 'calendar' | 'event'>,
): Named => ({
  ...{ id, folder, conflict, run, batch, ...diary },
  ...{ contact: contacts[0] ?? '', binned: contacts[1] ?? '' },
});

/** With a meeting now, of which colleagues may know that there is one. */
async function aDiary(owner: User, { id }: AMailbox): Promise<Pick<Named, 'calendar' | 'event'>> {
  await app.database.query(`UPDATE connections SET calendar = 'read' WHERE id = ?`, [id]);
  const diary = await CalendarOf.of(app, owner, id);
  const people = [{ name: 'Thereby', email: GUEST, response: 'accepted' as const }];
  const links = { joinUrl: 'https://molluscs.example/Molluscs', webUrl: 'https://web.example/Molluscs' };
  const told = { title: 'Xenophora', location: 'Hereby', attendees: people, ...links };
  const event = await diary.add({ startsAt: inHours(-0.5), ...told });
  await diary.agree();
  return { calendar: diary.id, event };
}

const GUEST = 'guest@elsewhere.example';

const nobodys = (): Named => {
  const id = newId;
  return {
    ...{ id: id(), folder: id(), conflict: id(), run: id(), batch: id() },
    ...{ contact: id(), binned: id(), calendar: id(), event: id() },
  };
};

interface Address extends Pick<Route, 'name' | 'method'> {
  url: string;
}

/** Each address that names something, with each thing it might name; others are sent all of them. */
function addresses(named: Named): (Address & { body: Record<string, string | number> })[] {
  const { id, contact, conflict, folder, run, batch, calendar } = named;
  const query = new URLSearchParams({ folder, connection: id, run, ids: contact, id: contact, batch });
  const body = {
    ...{ revision: 1, version: 1, displayName: 'Taken', confirmed: 'on', contacts: 'write' },
    ...{ ids: contact, id: contact, contactId: contact, conflictId: conflict, conflict, connectionId: id },
    ...{
      folderIds: folder,
      folderId: folder,
      field: 'organization',
      act: 'delete',
      choice: 'here',
      side: 'here',
    },
    ...{ keep: 'on', starred: 'on', from: '/cloud-contacts', shown: calendar, email: GUEST },
  };
  return area().flatMap(({ name, method, path }) =>
    /[:*]/.test(path)
      ? Object.entries(named)
          .filter(([kind]) => ofCalendars.includes(kind) === path.startsWith('/calendar'))
          .map(([, thing]) => ({ name, method, body, url: path.replace(/[:*]\w+/g, thing) }))
      : [{ name, method, body, url: `${path}?${query.toString()}` }],
  );
}

const ask = (
  browser: Browser,
  { method, url, body }: ReturnType<typeof addresses>[number],
): Promise<Answer> => (method === RequestMethod.GET ? browser.get(url) : browser.post(url, body));

const secrets = /Xenophora|Yellowtail|Molluscs|Hereby|Thereby|the very secret/;
const tables = [
  ...['cloud_contacts', 'cloud_contact_folders', 'cloud_folders', 'cloud_conflicts', 'sync_runs'],
  ...['calendars', 'calendar_events'],
].map((table) => `SELECT * FROM ${table} WHERE ownerId = ? ORDER BY 1, 2`);
const state = (owner: Id) =>
  Promise.all(
    [
      ...tables,
      'SELECT * FROM connections WHERE userId = ? ORDER BY id',
      'SELECT * FROM connection_secrets WHERE userId = ? ORDER BY 1',
    ].map((sql) => app.database.query(sql, [owner])),
  );

describe('what a mailbox holds', () => {
  it('is not there for another person of the company, though an owner', async () => {
    const account = await app.anAccount();
    const keeper = await app.aUser({ account });
    const mailbox = await aMailbox(app, keeper, { binned: ['Yellowtail'], secret: 'the very secret' });
    const diary = await aDiary(keeper, mailbox);
    const before = await state(keeper.id);
    const { browser } = await app.signedIn({ account, role: 'owner' });
    const others = addresses(nobodys());
    // What is answered to a thing nobody has is the same for each of them.
    const statuses = new Map<string, number>();
    const told: string[] = [];
    for (const [index, route] of addresses(namedIn(mailbox, diary)).entries()) {
      const answer = await ask(browser, route);
      // Told apart from what nobody has it must not be, whatever is answered to that.
      const status = statuses.get(route.name) ?? (await ask(browser, others[index] ?? route)).status;
      statuses.set(route.name, status);
      if (answer.status !== status || answer.status >= 500 || secrets.test(answer.text ?? ''))
        told.push(`${route.name} ${route.url} ${answer.status}, not ${status}`);
    }
    expect(told).toEqual([]);
    expect(await state(keeper.id)).toEqual(before);
    const own = await app.browserOf(keeper);
    expect((await own.get('/integrations/my-data.json')).text).toContain('Xenophora');
  });

  it('stands on no page of an administrator, in no search and in no log', async () => {
    const account = await app.anAccount({ timeZone: noonZone() });
    const keeper = await app.aUser({ account, givenName: 'Keeper' });
    await aDiary(keeper, await aMailbox(app, keeper, { binned: ['Yellowtail'], secret: 'the very secret' }));
    const { browser } = await app.signedIn({ account, role: 'owner' });
    expect(visibleText(await browser.get(`/contacts/${keeper.id}`))).toContain('In a meeting until');
    const pages = routesOf(app)
      .filter(({ method, path }) => method === RequestMethod.GET && !/[:*]/.test(path) && path !== '/logout')
      .map(({ path }) => path);
    expect(pages).toEqual(expect.arrayContaining(['/audit-log', '/company/integrations']));
    const telling: string[] = [];
    for (const page of [
      ...pages,
      ...[
        `/users/${keeper.id}`,
        `/contacts/${keeper.id}`,
        '/search?q=xenophora',
        '/cloud-contacts?q=xenophora',
      ],
      ...[`/company/integrations?person=${keeper.id}`, '/company/integrations?q=xenophora'],
    ]) {
      const answer = await browser.get(page);
      if (answer.status >= 500 || secrets.test(answer.text ?? '')) telling.push(`${page} ${answer.status}`);
    }
    expect(telling).toEqual([]);
  });
});

describe('the area', () => {
  const url = ({ path }: Route) => path.replace(/[:*]\w+/g, newId());
  const asked = (browser: Browser, route: Route) =>
    route.method === RequestMethod.GET ? browser.get(url(route)) : browser.post(url(route), {});

  it('is closed while the feature is off, to owners too, and says who can switch it on', async () => {
    const { browser } = await app.signedIn({ role: 'owner', features: { integrations: false } });
    expect(area().length).toBeGreaterThan(5);
    const open: string[] = [];
    for (const route of area()) {
      const answer = await asked(browser, route);
      if (answer.status !== 403) open.push(`${route.name} ${answer.status}`);
    }
    expect(open).toEqual([]);
    const text = visibleText(await browser.get('/company/integrations'));
    expect(text).toContain('All connections');
  });

  it('leads a visitor to sign in', async () => {
    const browser = app.browser();
    const open: string[] = [];
    for (const route of [...area(), ...ofCompany()]) {
      const { status, headers } = await asked(browser, route);
      if (status !== 303 || !(headers['location'] as string).startsWith('/login'))
        open.push(`${route.name} ${status}`);
    }
    expect(open).toEqual([]);
  });

  it('has nothing of a company for members and for accounts of one person', async () => {
    const member = await app.signedIn();
    const alone = await app.signedIn({
      account: await app.anAccount({ kind: 'personal' }),
      role: 'owner',
    });
    expect(ofCompany().length).toBeGreaterThan(3);
    for (const route of ofCompany())
      for (const { browser } of [member, alone])
        expect([route.name, (await asked(browser, route)).status]).toEqual([route.name, 403]);
  });

  it('is there for accounts of one person', async () => {
    const account = await app.anAccount({ kind: 'personal' });
    const { browser, user } = await app.signedIn({ account, role: 'owner' });
    await aMailbox(app, user);
    const wrong: string[] = [];
    for (const route of area()
      .filter(({ name }) => name !== 'OAuthController.form')
      .filter(({ method, path }) => method === RequestMethod.GET && !/[:*]/.test(path))) {
      const answer = await browser.get(route.path);
      // A question about nothing leads back to its list.
      if (![200, 303].includes(answer.status)) wrong.push(`${route.name} ${answer.status}`);
    }
    expect(wrong).toEqual([]);
  });

  it('bears what nobody means', async () => {
    const { browser, user } = await app.signedIn({ role: 'owner' });
    await aMailbox(app, user);
    const broken: string[] = [];
    for (const { name, method, path } of [...area(), ...ofCompany()])
      for (const id of ['%00', "'%20OR%201=1"]) {
        const to = `${path.replace(/[:*]\w+/g, id)}?q=%00%F0%9F&sort=id;--&after=%00&ids=${id}&folder=${id}&state[]=x`;
        const body = { ids: [id, id], list: '//elsewhere.example', revision: '-1', displayName: '\u0000' };
        const answer = method === RequestMethod.GET ? await browser.get(to) : await browser.post(to, body);
        const away = /^(?:https?:)?\/\/elsewhere/.test(String(answer.headers['location'] ?? ''));
        if (answer.status >= 500 || away) broken.push(`${name} ${id} ${answer.status}`);
      }
    expect(broken).toEqual([]);
  });
});
