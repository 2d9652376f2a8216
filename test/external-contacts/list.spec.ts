import { type Account } from '../../src/accounts/account.entity.js';
import { AccountSettings } from '../../src/accounts/account-settings.entity.js';
import { newSettings } from '../../src/accounts/settings.js';
import { type User } from '../../src/accounts/user.entity.js';
import { keysOf } from '../../src/accounts/user-keys.js';
import { limits } from '../../src/config/limits.js';
import { newId, type Id } from '../../src/database/id.js';
import { startApp, type TestApp } from '../support/app.js';
import { type Answer, visibleText } from '../support/browser.js';
import { twoCompanies, type Somebody } from './two-companies.js';

describe('The list of external contacts', () => {
  let app: TestApp;
  let harbour: Account;
  let ada: Somebody;
  let bob: Somebody;
  let mallory: Somebody;
  let connect: Awaited<ReturnType<typeof twoCompanies>>['connect'];
  let zoe: User;
  let ids: Record<'bob' | 'zoe' | 'chloe' | 'gus', Id>;

  const list = (query = '') => ada.browser.get(`/external-contacts${query}`);
  const somebody = (user: User): Somebody => ({ user, account: harbour, browser: app.browser() });

  beforeAll(async () => {
    app = await startApp();
    ({ harbour, ada, bob, connect } = await twoCompanies(app));
    mallory = await app.signedIn({ account: ada.account, givenName: 'Mallory', familyName: 'Miller' });
    zoe = await app.aUser({
      ...{ account: harbour, givenName: 'Zoé', familyName: 'Björnström', jobTitle: 'Broker' },
      ...{ workPhone: '+441179460000', mobilePhone: '+447700900123', department: 'Trade' },
    });
    const own = await app.anAccount({ kind: 'personal', name: 'Chloé Petit' });
    const chloe = await app.aUser({ account: own, givenName: 'Chloé', familyName: 'Petit', role: 'owner' });
    const gus = await app.aUser({
      ...{ account: harbour, givenName: 'Gus', familyName: 'Moss', workPhone: '+441179469999' },
    });
    const cards = await Promise.all(
      [bob.user, zoe, chloe, gus].map(async (user) => (await connect(ada, somebody(user))).card.id),
    );
    ids = { bob: cards[0], zoe: cards[1], chloe: cards[2], gus: cards[3] };
    await app.database.query("UPDATE users SET status = 'deactivated' WHERE id = ?", [gus.id]);
  });

  afterAll(() => app.close());

  it('shows who one is in contact with, by name, with their company and what may be seen', async () => {
    const answer = await list();
    expect(namesIn(answer)).toEqual(['Bob Cole', 'Chloé Petit', 'Gus Moss', 'Zoé Björnström']);
    expect(answer.text).toContain('Harbour &amp; Pine');
    expect(answer.text).toContain(zoe.email);
    expect(visibleText(answer)).toContain('+44 117 946 0000');
  });

  it('says of somebody who left that they did, without address and number', async () => {
    const [row] = rowsOf(await list('?q=gus'));
    expect(row).toContain('Left');
    expect(row).not.toMatch(/@|946 9999/);
  });

  it('shows nobody another person of the company is in contact with', async () => {
    const answer = await mallory.browser.get('/external-contacts');
    expect(namesIn(answer)).toEqual([]);
    expect(visibleText(answer)).toContain('No external contacts yet');
  });

  it.each([
    ['zoe bjornstrom', ['Zoé Björnström']],
    ['harbour & pine', ['Bob Cole', 'Gus Moss', 'Zoé Björnström']],
    ['BROKER', ['Zoé Björnström']],
    ['0117 946 0000', ['Zoé Björnström']],
    ['petit chlo', ['Chloé Petit']],
    ['nobody of this name', []],
  ])('finds “%s” by what is seen, without regard to accents', async (q, names) => {
    expect(namesIn(await list(`?q=${encodeURIComponent(q)}`))).toEqual(names);
  });

  it.each(['7700 900 123', 'trade', '946 9999'])('finds nobody by what is hidden: “%s”', async (q) => {
    expect(namesIn(await list(`?q=${encodeURIComponent(q)}`))).toEqual([]);
  });

  it('finds by a number from when the company shows it', async () => {
    const settings = app.database.getRepository(AccountSettings);
    await settings.insert({ ...newSettings(harbour.id), outsiderFields: ['mobilePhone'] });
    expect(namesIn(await list('?q=7700900123'))).toEqual(['Zoé Björnström']);
    expect(namesIn(await list('?q=broker'))).toEqual([]);
    await settings.delete({ accountId: harbour.id });
  });

  it('finds by one’s own note', async () => {
    await ada.browser.post(`/external-contacts/${ids.zoe}/note`, { note: 'Contrat Été 2027' });
    expect(namesIn(await list('?q=ete+2027'))).toEqual(['Zoé Björnström']);
  });

  it.each([
    ['-name', ['Zoé Björnström', 'Gus Moss', 'Chloé Petit', 'Bob Cole']],
    ['company', ['Bob Cole', 'Gus Moss', 'Zoé Björnström', 'Chloé Petit']],
  ])('sorts by %s, those without a company last', async (sort, names) => {
    expect(namesIn(await list(`?sort=${sort}`))).toEqual(names);
  });

  it('narrows to a letter and offers those that names begin with', async () => {
    expect(namesIn(await list('?letter=z'))).toEqual(['Zoé Björnström']);
    expect(lettersIn(await list())).toEqual(['B', 'C', 'G', 'Z']);
    expect(lettersIn(await list('?q=o'))).not.toContain('X');
  });

  it('stars from a row and comes back to it', async () => {
    const answer = await ada.browser.post(`/external-contacts/${ids.bob}/star`, {
      ...{ starred: 'on', from: '/external-contacts?q=bob' },
    });
    expect(answer.headers['location']).toBe(`/external-contacts?q=bob#star-${ids.bob}`);
    expect(namesIn(await list('?starred=1'))).toEqual(['Bob Cole']);
  });

  it('answers 404 to the star of another person’s contact', async () => {
    const answer = await mallory.browser.post(`/external-contacts/${ids.bob}/star`, { starred: 'on' });
    expect(answer.status).toBe(404);
  });

  it('exports what is shown, as a table and as cards', async () => {
    const csv = (await ada.browser.download('/external-contacts/export.csv?q=bjorn')).body.toString('utf8');
    expect(csv.split('\r\n')[0]).toMatch(/^\ufeffName,Email Address,Office,Mobile,Company,/);
    expect(csv).toContain(`Zoé Björnström,${zoe.email},+441179460000,,Harbour & Pine,Broker,`);
    expect(csv).not.toContain('7700900123');
    expect(csv).not.toContain('Bob');
    const vcf = (await ada.browser.download('/external-contacts/export.vcf')).body.toString('utf8');
    expect(vcf.match(/BEGIN:VCARD/g)).toHaveLength(3);
    expect(vcf).not.toContain('7700900123');
    expect(vcf).not.toContain('Gus');
    expect(vcf).toContain(`UID:${ids.bob}`);
    const none = (await mallory.browser.download('/external-contacts/export.csv')).body.toString('utf8');
    expect(none.trim().split('\r\n')).toHaveLength(1);
  });

  it('speaks French', async () => {
    const { browser } = await app.signedIn({ language: 'fr' });
    const shown = visibleText(await browser.get('/external-contacts'));
    expect(shown).toContain('Aucun contact externe pour l’instant');
  });

  it('is offered in the menu of what can be added', async () => {
    expect((await ada.browser.get('/contacts')).text).toContain('href="/external-contacts/invite"');
  });

  it('is closed where the feature is off', async () => {
    const { browser } = await app.signedIn({ features: { 'external-contacts': false } });
    for (const path of ['', '/folders', '/export.csv', `/${ids.bob}`])
      expect((await browser.get(`/external-contacts${path}`)).status).toBe(403);
  });

  describe('of a thousand', () => {
    let many: Somebody;
    const count = limits.externalContacts;

    beforeAll(async () => {
      many = await app.signedIn({ givenName: 'Manu', familyName: 'Many' });
      const account = await app.anAccount({ name: 'Crowd' });
      const people = Array.from({ length: count }, (_, number) => {
        const name = { givenName: 'Person', familyName: String(number).padStart(4, '0') };
        const email = `p${number}@crowd.example`;
        const keys = keysOf({ ...name, email } as User);
        return { id: newId(), link: newId(), card: newId(), ...name, email, ...keys };
      });
      await app.database.query(
        `INSERT INTO users (id, accountId, email, liveKey, status, role, type, givenName, familyName, theme, shortcuts,
           restricted, searchKey, sortKey, foldVersion, revision, createdAt, updatedAt) VALUES ?`,
        [
          people.map((each) => [
            ...[each.id, account.id, each.email, 1, 'active', 'member', 'basic'],
            ...[each.givenName, each.familyName, 'system', 1, 0, each.searchKey, each.sortKey],
            ...[each.foldVersion, 1, new Date(), new Date()],
          ]),
        ],
      );
      await app.database.query(
        'INSERT INTO external_contacts (id, accountId, ownerId, linkId, otherUserId, otherAccountId, starred, connectedAt) VALUES ?',
        [
          people.map(({ id, link, card }) => [
            ...[card, many.user.accountId, many.user.id, link, id, account.id, 0, new Date()],
          ]),
        ],
      );
    });

    it('shows fifty a page, forwards and backwards, each once', async () => {
      const first = await many.browser.get('/external-contacts');
      expect(namesIn(first)).toHaveLength(limits.page);
      expect(visibleText(first)).toContain('1,000 contacts');
      const second = await many.browser.get(linkOf(first, 'next'));
      expect(namesIn(second)[0]).toBe('Person 0050');
      expect(namesIn(await many.browser.get(linkOf(second, 'prev')))).toEqual(namesIn(first));
    });

    it('asks as many queries for a thousand contacts as for four', async () => {
      expect(await queriesOf(app, () => many.browser.get('/external-contacts?q=person'))).toBe(
        await queriesOf(app, () => list('?q=b')),
      );
    });

    it('stars all that match in one act', async () => {
      const page = await many.browser.get('/external-contacts?q=person+001&all=matching');
      expect(visibleText(page)).toContain('All 11 that match are selected');
      const answer = await many.browser.post('/external-contacts/selection', {
        ...{ act: 'star', all: 'matching', list: '/external-contacts?q=person+001' },
      });
      expect(visibleText(await many.browser.follow(answer))).toContain('11 contacts starred');
    });
  });
});

/** Statements the database is asked while `act` runs. */
async function queriesOf(app: TestApp, act: () => Promise<Answer>): Promise<number> {
  const asked = jest.spyOn(app.database, 'query');
  try {
    expect((await act()).status).toBe(200);
    expect(asked).toHaveBeenCalled();
    return asked.mock.calls.length;
  } finally {
    asked.mockRestore();
  }
}

function rowsOf(answer: Answer): string[] {
  return answer.text.split('<tbody>')[1]?.split('</tr>').slice(0, -1) ?? [];
}

function namesIn(answer: Answer): string[] {
  expect(answer.status).toBe(200);
  return [...answer.text.matchAll(/class="table__link" href="\/external-contacts\/[^"]+">([^<]+)</g)].map(
    ([, name]) => name,
  );
}

function lettersIn(answer: Answer): string[] {
  return [
    ...answer.text.matchAll(/class="letters__letter" href="[^"]*"[^>]*><span aria-hidden="true">([^<]+)</g),
  ].map(([, letter]) => letter);
}

function linkOf(answer: Answer, rel: 'next' | 'prev'): string {
  const [, href = ''] = new RegExp(`href="([^"]*)" rel="${rel}"`).exec(answer.text) ?? [];
  return href.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
}
