import { type Account } from '../../src/accounts/account.entity.js';
import { PersonRecords, type PersonRecord, type Reader } from '../../src/accounts/person-records.js';
import { AccountSettings } from '../../src/accounts/account-settings.entity.js';
import { newSettings } from '../../src/accounts/settings.js';
import { type CardProperty } from '../../src/contact-card/contact-fields.js';
import { rankOf, rankSql, wordsOf } from '../../src/accounts/record-search.js';
import { outsiderFields } from '../../src/accounts/outsider-fields.js';
import { type User } from '../../src/accounts/user.entity.js';
import { FrequentNumbers } from '../../src/directory/search/frequent-numbers.js';
import { betweenPeople, twoCompanies } from '../external-contacts/two-companies.js';
import { MailboxOf } from '../integrations/mailbox-of.js';
import { binned, kept } from '../personal-contacts/keeping.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Answer, type Browser } from '../support/browser.js';
import { aChatGroup } from './listed.js';

let app: TestApp;
let account: Account;
let reader: User;
let browser: Browser;
let often: string[] = [];

beforeAll(async () => {
  app = await startApp();
  app.get(FrequentNumbers).comeFrom(() => Promise.resolve(often));
});
afterAll(() => app.close());
beforeEach(async () => {
  often = [];
  ({ user: reader, account, browser } = await app.signedIn({ givenName: 'Rita', familyName: 'Reader' }));
});

const search = (q: string, by = browser) => by.get(`/search?${new URLSearchParams({ q }).toString()}`);
const options = (q: string, by = browser) =>
  by.get(`/search/options?${new URLSearchParams({ q }).toString()}`);
const named = ({ text }: Answer) =>
  [...text.matchAll(/class="table__link"[^>]*>([^<]*)</g)].map(([, name]) => name);
const offered = ({ text }: Answer) =>
  [...text.matchAll(/class="palette__who"><span>([^<]*?)\s*</g)].map(([, name]) => name);
/** Addresses of all links, as a browser reads them. */
const hrefs = ({ text }: Answer) =>
  [...text.matchAll(/ href="([^"]*)"/g)].map(([, href]) =>
    href.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&'),
  );
const namesFor = async (q: string) => named(await search(q));

describe('the search of people', () => {
  it('finds them in every place they are kept, by parts of words without accents, numbers and addresses', async () => {
    await app.aUser({ account, givenName: 'Zoé', familyName: 'Lefèvre', jobTitle: 'Juriste' });
    await kept(app, reader, [{ displayName: 'Zoe Personal', mobilePhone: '+33612345678' }]);
    const mailbox = await MailboxOf.connect(app, reader);
    await mailbox.add({ displayName: 'Zoë Cloud', email: 'zoe@cloud.example' });
    const outside = await app.signedIn({ givenName: 'Zoe', familyName: 'Outside' });
    await betweenPeople(app).connect({ user: reader, account, browser }, outside);
    expect((await namesFor('zoe')).sort()).toEqual([
      'Zoe Outside',
      'Zoe Personal',
      'Zoé Lefèvre',
      'Zoë Cloud',
    ]);
    expect(await namesFor('fevre zo')).toEqual(['Zoé Lefèvre']);
    expect(await namesFor('jurist')).toEqual(['Zoé Lefèvre']);
    expect(await namesFor('zoe@cloud')).toEqual(['Zoë Cloud']);
    for (const number of ['06 12 34 56 78', '+33 (0)6.12.34.56.78', '0033612345678', '345678'])
      expect(await namesFor(number)).toEqual(['Zoe Personal']);
    const text = visibleText(await search('zoe'));
    for (const kind of ['Colleague', 'External contact', 'Cloud contact', 'Personal contact'])
      expect(text).toContain(kind);
    expect(offered(await options('zoe')).sort()).toEqual((await namesFor('zoe')).sort());
  });

  it('puts starred and frequently called people first, then the whole name, its beginning, words, and parts', async () => {
    await kept(app, reader, [
      { displayName: 'Johanna Banner' },
      { displayName: 'Bea Annan' },
      { displayName: 'Anna' },
      { displayName: 'Annabel Zorn' },
      { displayName: 'Susanna Stern', starred: true },
      { displayName: 'Rosanna Ruf', mobilePhone: '+33612345678' },
      { displayName: 'Carl Firma', organization: 'Annagasse' },
    ]);
    often = ['+33699999999', '+33612345678'];
    const ranked = [
      'Rosanna Ruf',
      'Susanna Stern',
      'Anna',
      'Annabel Zorn',
      'Bea Annan',
      'Carl Firma',
      'Johanna Banner',
    ];
    expect(await namesFor('anna')).toEqual(ranked);
    expect(await namesFor('anna')).toEqual(ranked);
    expect(offered(await options('anna'))).toEqual(ranked);
  });

  it('puts a starred colleague first, also one of hundreds who are starred among many who are not', async () => {
    const many = await Promise.all(
      Array.from({ length: 60 }, (_, place) =>
        app.aUser({ account, givenName: 'Pat', familyName: `Abel${String(place).padStart(2, '0')}` }),
      ),
    );
    const last = await app.aUser({ account, givenName: 'Pat', familyName: 'Zulu' });
    const outside = await Promise.all(
      Array.from({ length: 205 }, (_, place) =>
        app.aUser({ account, givenName: 'Ann', familyName: `Star${place}` }),
      ),
    );
    await app.database.query('INSERT INTO directory_stars (ownerId, userId, accountId, starredAt) VALUES ?', [
      [...outside, last, many[40]].map(({ id }) => [reader.id, id, account.id, new Date()]),
    ]);
    expect((await namesFor('pat')).slice(0, 3)).toEqual(['Pat Abel40', 'Pat Zulu', 'Pat Abel00']);
    expect(offered(await options('zulu'))).toEqual(['Pat Zulu']);
  });

  it('calls nobody frequent for a switchboard’s number, which keeps nobody who is from being first', async () => {
    const contacts = Array.from({ length: 230 }, (_, place) => ({
      ...{ displayName: `Desk Dora ${place}`, workPhone: '+33140205050' as const },
    }));
    await kept(app, reader, [...contacts, { displayName: 'Zed Dora', mobilePhone: '+33612345678' }]);
    often = ['+33140205050', '+33612345678'];
    expect((await namesFor('dora')).slice(0, 2)).toEqual(['Zed Dora', 'Desk Dora 0']);
  });

  it('counts calls by extension for the colleague whose it is, and for nobody of another company', async () => {
    const all = await twoCompanies(app);
    const { ada, bob, atelier: company } = all;
    await all.connect(ada, bob);
    const settings = { ...newSettings(bob.user.accountId), outsiderFields: [...outsiderFields] };
    await app.database.getRepository(AccountSettings).insert(settings);
    await app.database.getRepository('users').update({ id: bob.user.id }, { extension: '204' });
    for (const familyName of ['Coal', 'Coleman'])
      await app.aUser({ account: company, givenName: 'Bob', familyName });
    await app.aUser({ account: company, givenName: 'Bob', familyName: 'Zorn', extension: '204' });
    often = ['+33699999999', '204'];
    const asAda = async (q: string) => named(await search(q, ada.browser));
    expect(await asAda('bob')).toEqual(['Bob Zorn', 'Bob Coal', 'Bob Cole', 'Bob Coleman']);
    expect((await asAda('204'))[0]).toBe('Bob Zorn');
  });

  it('takes a question for what it asks', async () => {
    await kept(app, reader, [{ displayName: 'Zoe Personal', mobilePhone: '+33612345678' }]);
    for (const question of [
      ...['who is +33 6 12 34 56 78', 'Who is 06 12 34 56 78?', 'Qui est le 06 12 34 56 78 ?'],
      ...['qui est zoe', 'Who’s Zoe?', 'À qui est 06.12.34.56.78 ?', 'C’est qui 06 12 34 56 78 ?'],
    ])
      expect([question, await namesFor(question)]).toEqual([question, ['Zoe Personal']]);
    const answer = await search('qui est 06 98 76 54 32 ?');
    expect(visibleText(answer)).toContain('Nobody has +33 6 98 76 54 32');
    expect(hrefs(answer)).toContain('/personal-contacts/new?mobilePhone=%2B33698765432');
    await kept(app, reader, [{ displayName: 'Who Is' }]);
    expect(await namesFor('who is')).toEqual(['Who Is']);
  });

  it('puts who has just the extension that was typed before numbers it is a part of', async () => {
    await kept(
      app,
      reader,
      Array.from({ length: 60 }, (_, place) => ({
        ...{
          displayName: `Abe ${place}`,
          mobilePhone: `+1212555${1000 + place}` as never,
          starred: place === 7,
        },
      })),
    );
    await Promise.all(
      Array.from({ length: 55 }, (_, place) =>
        app.aUser({
          account,
          givenName: 'Amy',
          familyName: `A${place}`,
          workPhone: `+1212555${2000 + place}` as never,
        }),
      ),
    );
    await app.aUser({ account, givenName: 'Zia', familyName: 'Zimmer', extension: '12' });
    expect((await namesFor('12'))[0]).toBe('Abe 7');
    expect((await namesFor('12'))[1]).toBe('Zia Zimmer');
    expect(offered(await options('12'))[1]).toBe('Zia Zimmer');
    expect((await namesFor('2125552')).length).toBe(50);
  });

  it('finds signs, scripts and long words as they are written', async () => {
    const written = [
      '100% Bio',
      'under_score',
      'back\\slash',
      'Weiß Łukasz',
      'Cœur Ősi',
      '山田太郎',
      'Ok 🎉 Party',
    ];
    await kept(
      app,
      reader,
      written.map((displayName) => ({ displayName })),
    );
    const answers = {
      ...{
        '100%': '100% Bio',
        under_score: 'under_score',
        'back\\slash': 'back\\slash',
        lukasz: 'Weiß Łukasz',
      },
      ...{ weiss: 'Weiß Łukasz', COEUR: 'Cœur Ősi', osi: 'Cœur Ősi', 太郎: '山田太郎', 山: '山田太郎' },
      ...{ '🎉 party': 'Ok 🎉 Party', 'party 🎉': 'Ok 🎉 Party' },
    };
    for (const [q, name] of Object.entries(answers)) expect([q, await namesFor(q)]).toEqual([q, [name]]);
    for (const q of ['%', '_', '\\', '🎉', 'x'.repeat(200)]) expect([q, await namesFor(q)]).toEqual([q, []]);
    expect(await namesFor('w')).toContain('Weiß Łukasz');
  });

  it('shows one line for somebody who is kept in several places, with a link to each entry', async () => {
    const email = 'ada@one.example';
    const ada = await app.aUser({ account, givenName: 'Ada', familyName: 'Lovelace', email });
    const [own] = await kept(app, reader, [{ displayName: 'Ada Lovelace', email, starred: true }]);
    const answer = await search('lovelace');
    expect(named(answer)).toEqual(['Ada Lovelace']);
    for (const href of [`/people/colleague/${ada.id}`, `/contacts/${ada.id}`, `/personal-contacts/${own}`])
      expect(answer.text).toContain(`href="${href}"`);
    // The star that is there is taken, where it is.
    expect(answer.text).toContain(`formaction="/personal-contacts/${own}/star"`);
  });

  it('says who has a number, and offers to make a contact of one that nobody has', async () => {
    await app.aUser({ account, givenName: 'Ned', familyName: 'Number', workPhone: '+33140205050' });
    expect(await namesFor('01 40 20 50 50')).toEqual(['Ned Number']);
    const answer = await search('+33 6 98 76 54 32');
    expect(visibleText(answer)).toContain('Nobody has +33 6 98 76 54 32');
    expect(hrefs(answer)).toContain('/personal-contacts/new?mobilePhone=%2B33698765432');
    expect(hrefs(answer)).toContain('/cloud-contacts/new?mobilePhone=%2B33698765432');
    expect(hrefs(await search('01 40 20 99 99'))).toContain(
      '/personal-contacts/new?workPhone=%2B33140209999',
    );
    expect(hrefs(await search('new@one.example'))).toContain(
      '/personal-contacts/new?email=new%40one.example',
    );
    expect(hrefs(await search('Quentin'))).toContain('/personal-contacts/new?displayName=Quentin');
    expect((await options('+33 6 98 76 54 32')).text).toContain('data-status="Nobody has +33 6 98 76 54 32"');
    // Who has calls may want to see those of the number, or to call it.
    const ofCalls = ['tel:+33698765432', '/calls?with=%2B33698765432'];
    for (const href of ofCalls) expect(hrefs(answer)).not.toContain(href);
    const { browser: caller } = await app.signedIn({ account, type: 'licensed' });
    await app.database.query(`UPDATE users SET features = '{"phone":true}' WHERE type = 'licensed'`);
    expect(hrefs(await search('06 98 76 54 32', caller))).toEqual(expect.arrayContaining(ofCalls));
  });

  it('says that signs alone find nobody, that nothing was asked, and takes whatever comes', async () => {
    expect(visibleText(await search('…!?'))).toContain('Nothing to look for');
    expect(visibleText(await search(''))).toContain('Whom are you looking for?');
    for (const query of ['?q=%25', '?q=a&q=b', '?q[x]=1', `?q=${'a'.repeat(5000)}`, '?q=%00', "?q='\\%22--"])
      expect((await browser.get(`/search${query}`)).status).toBe(200);
    expect(offered(await options('%'))).toEqual([]);
    await kept(app, reader, [{ displayName: '<b>Bold</b>' }]);
    expect((await search('<b>')).text).not.toContain('<b>');
  });

  it('shows fifty at most, and leads to each place that has more', async () => {
    const contacts = Array.from({ length: 60 }, (_, place) => ({ displayName: `Pia Plenty ${place}` }));
    await kept(app, reader, contacts);
    const answer = await search('plenty');
    expect(named(answer)).toHaveLength(50);
    expect(hrefs(answer)).toContain('/personal-contacts?q=plenty');
    expect(hrefs(answer)).not.toContain('/contacts?q=plenty');
    expect(offered(await options('plenty'))).toHaveLength(8);
    expect(hrefs(await search('plenty 59'))).not.toContain('/personal-contacts?q=plenty+59');
  });

  it('leads from the header to the same list, also without scripts and in an account of one', async () => {
    const home = await browser.get('/contacts');
    expect(home.text).toMatch(/<form class="header__search"[^>]* action="\/search" method="get"/);
    const alone = await app.signedIn({ account: await app.anAccount({ kind: 'personal' }), role: 'owner' });
    const answer = await search('anybody', alone.browser);
    expect([answer.status, answer.text.includes('action="/search"')]).toEqual([200, true]);
  });

  it('asks visitors to sign in, and brings them back', async () => {
    const answer = await app.browser().get('/search?q=ada');
    expect(answer.headers['location']).toBe('/login?next=%2Fsearch%3Fq%3Dada');
  });
});

describe('how well somebody answers', () => {
  it('is told alike by the database and by what is read already', async () => {
    const entry = { sortKey: 'byron ada', searchKey: 'ada byron analyst navy 100% +33612345678' };
    const searches = [
      'byron ada',
      'ada byron',
      'byr',
      'ada b',
      'b a',
      'navy',
      'ada nav',
      'alyst',
      '12345',
      '100%',
    ];
    for (const q of searches) {
      const { sql, values } = rankSql(wordsOf(q), 'c');
      const [{ place }] = await app.database.query<[{ place: number }]>(
        `SELECT ${sql} AS place FROM (SELECT ? AS sortKey, ? AS searchKey) c`,
        [...values, entry.sortKey, entry.searchKey],
      );
      expect([q, Number(place)]).toEqual([q, rankOf(wordsOf(q), entry)]);
    }
  });
});

describe('what the search does not give away', () => {
  it('is who hides in a restricted group, in the list, its order and what is more elsewhere', async () => {
    const hidden = await Promise.all(
      Array.from({ length: 55 }, (_, place) =>
        app.aUser({ account, givenName: 'Hugo', familyName: `Hidden${place}`, workPhone: '+33140205051' }),
      ),
    );
    await app.aUser({ account, givenName: 'Hugo', familyName: 'Seen' });
    await aChatGroup(app, account.id, { name: 'Board', kind: 'restricted', members: hidden });
    for (const { id } of hidden.slice(0, 2))
      await app.database.query(
        'INSERT INTO directory_stars (ownerId, userId, accountId, starredAt) VALUES (?, ?, ?, UTC_TIMESTAMP(3))',
        [reader.id, id, account.id],
      );
    often = ['+33140205051'];
    const answer = await search('hugo');
    expect(named(answer)).toEqual(['Hugo Seen']);
    expect(visibleText(answer)).toContain('1 result');
    expect(hrefs(answer)).not.toContain('/contacts?q=hugo');
    expect(visibleText(await search('01 40 20 50 51'))).toContain('Nobody has +33 1 40 20 50 51');
    const member = await app.browserOf(hidden[0]);
    expect(named(await search('hugo hidden1', member)).length).toBeGreaterThan(0);
  });

  it('is what other companies hide of their people, and who is no longer in contact', async () => {
    const outside = await app.signedIn({ givenName: 'Olga', familyName: 'Outside' });
    await app.database.query('UPDATE users SET mobilePhone = ?, jobTitle = ? WHERE id = ?', [
      '+447700900123',
      'Cryptozoologist',
      outside.user.id,
    ]);
    await app.database
      .getRepository(AccountSettings)
      .insert({ ...newSettings(outside.account.id), outsiderFields: [] });
    const { card } = await betweenPeople(app).connect({ user: reader, account, browser }, outside);
    expect(await namesFor('olga')).toEqual(['Olga Outside']);
    expect(await namesFor('cryptozoologist')).toEqual([]);
    expect(visibleText(await search('+44 7700 900123'))).toContain('Nobody has');
    await browser.post(`/external-contacts/${card.id}/removal`);
    expect(await namesFor('olga')).toEqual([]);
  });

  it('is what other people keep, what is in the bin, and what a connection that ended had', async () => {
    const other = await app.aUser({ account });
    await kept(app, other, [{ displayName: 'Secret Sam', mobilePhone: '+33612345679' }]);
    const [gone] = await kept(app, reader, [{ displayName: 'Secret Bin', mobilePhone: '+33612345679' }]);
    await binned(app, reader, [gone]);
    const mailbox = await MailboxOf.connect(app, reader);
    await mailbox.add({ displayName: 'Secret Cloud', mobilePhone: '+33612345679' });
    await app.database.query("UPDATE connections SET state = 'ended' WHERE userId = ?", [reader.id]);
    expect(await namesFor('secret')).toEqual([]);
    expect(visibleText(await search('06 12 34 56 79'))).toContain('Nobody has');
    expect(offered(await options('secret'))).toEqual([]);
  });

  it('is what is kept for a feature that is switched off', async () => {
    await kept(app, reader, [{ displayName: 'Paused Paul' }]);
    await app.database.query('UPDATE users SET features = ? WHERE id = ?', [
      JSON.stringify({ 'personal-contacts': false, integrations: false }),
      reader.id,
    ]);
    const answer = await search('paul');
    expect(named(answer)).toEqual([]);
    expect(answer.text).not.toContain('/personal-contacts/new');
  });
});

describe('pages and actions', () => {
  const places = ({ text }: Answer) => /class="search-places"[\s\S]*?<\/ul>/.exec(text)?.[0] ?? '';

  it('are found by their names and what else they are called, in the language of the reader', async () => {
    const answer = await search('dupli');
    expect(places(answer)).toContain('href="/personal-contacts/duplicates"');
    // Something was found, if not a person.
    expect(answer.text).toMatch(/data-list-status><\/p>/);
    expect(places(await search('csv'))).toContain('href="/personal-contacts/import"');
    // What it is called besides is found by the beginning of a word alone.
    expect(places(await search('sv'))).toBe('');
    await app.database.query("UPDATE users SET language = 'fr' WHERE id = ?", [reader.id]);
    expect(visibleText(await search('televerser'))).toContain('Importer des contacts');
  });

  it('are offered to who may open them alone', async () => {
    const palette = ({ text }: Answer) => /<template>[\s\S]*?<\/template>/.exec(text)?.[0] ?? '';
    const admin = await app.browserOf(await app.aUser({ account, role: 'admin' }));
    expect(places(await search('import', admin))).toContain('href="/users/import"');
    expect(palette(await admin.get('/contacts'))).toContain('href="/users/import"');
    const forMember = await search('import');
    expect(places(forMember)).toContain('href="/personal-contacts/import"');
    expect(places(forMember)).not.toContain('/users');
    expect(palette(forMember)).not.toMatch(/\/users|\/api\/docs|\/calls\/import/);
    expect(places(await search('settings'))).toBe('');
    expect(places(await search('settings', admin))).toContain('href="/settings"');
    expect(places(await search('api', admin))).toContain('href="/api/docs"');
    expect(places(await search('api', admin))).not.toContain('href="/settings/tokens"');
    const owner = await app.browserOf(await app.aUser({ account, role: 'owner' }));
    expect(places(await search('api', owner))).toContain('href="/settings/tokens"');
  });
});

describe('the places people are kept in', () => {
  const asReader = (): Reader => ({
    ...{ id: reader.id, accountId: reader.accountId, restricted: false },
    account: {
      ...{ kind: 'company', name: 'A', region: 'FR', language: 'en', timeZone: 'UTC', restrictedGroups: 0 },
      reach: { call: null, chat: null, meet: null },
    },
    features: { phone: true, 'external-contacts': true, integrations: true, 'personal-contacts': true },
  });
  const told = (records: PersonRecord[]) => records.map(({ kind, name }) => `${kind} ${name}`).sort();

  it('find the same people by number, address, name and id', async () => {
    const number = '+33612345670' as const;
    const email = 'kim@every.example';
    const colleague = await app.aUser({
      account,
      givenName: 'Kim',
      familyName: 'A',
      email,
      workPhone: number,
    });
    const [own] = await kept(app, reader, [{ displayName: 'Kim B', email, faxNumber: number }]);
    const mailbox = await MailboxOf.connect(app, reader);
    const [cloud] = await mailbox.add({ displayName: 'Kim C', email, homePhone: number, mainPhone: number });
    const outside = await app.signedIn({ givenName: 'Kim', familyName: 'D' });
    await app.database.query('UPDATE users SET workPhone = ? WHERE id = ?', [number, outside.user.id]);
    const { card } = await betweenPeople(app).connect({ user: reader, account, browser }, outside);
    const records = app.get(PersonRecords);
    const all = ['cloud Kim C', 'colleague Kim A', 'external Kim D', 'personal Kim B'];
    const found = await records.byNumbers(asReader(), [number]);
    expect(told(found)).toEqual(all);
    expect(told(await records.byAddresses(asReader(), [email, outside.user.email]))).toEqual(all);
    const sortKeys = found.map(({ sortKey }) => sortKey);
    expect(told(await records.bySortKeys(asReader(), sortKeys))).toEqual(all);
    const refs = [
      { kind: 'colleague' as const, id: colleague.id },
      { kind: 'personal' as const, id: own },
      { kind: 'cloud' as const, id: cloud },
      { kind: 'external' as const, id: card.id },
    ];
    expect(told(await records.byRefs(asReader(), refs))).toEqual(all);
    expect(told(await records.byRefs({ ...asReader(), id: outside.user.id }, refs))).toEqual([
      'colleague Kim A',
    ]);
    expect(await records.byNumbers(asReader(), ['+3361234567'])).toEqual([]);
  });

  it('find contacts by further numbers and addresses, a fax last, and nobody’s who is in the bin or another’s', async () => {
    const tel = (type: string, value: string): CardProperty => ['tel', { type }, 'text', value];
    const [own, thrown] = await kept(app, reader, [
      {
        ...{ displayName: 'Lou A', email: 'lou@every.example', workPhone: '+33140205051' },
        extra: [
          ...[tel('fax', '+33140205052'), tel('cell', '06 12 34 56 71'), tel('', '+33612345672')],
          ...[tel('work', '+33140205051'), tel('x-assistant', '+33612345679')],
          ['email', {}, 'text', 'Lou@Home.example'],
        ],
      },
      { displayName: 'Lou B', extra: [tel('cell', '+33612345671')] },
    ]);
    await binned(app, reader, [thrown]);
    await kept(app, await app.aUser({ account }), [{ extra: [tel('cell', '+33612345671')] }]);
    const [cloud] = await (
      await MailboxOf.connect(app, reader)
    ).add({
      ...{ displayName: 'Lou C', email: 'lou@work.example' },
      further: {
        numbers: [
          { field: 'mobilePhone', text: '06 12 34 56 71' },
          { field: 'otherPhone', text: 'ask Bo', number: '+33612345673' },
        ],
        emails: ['LOU@home.example', 'nobody'],
      },
    });
    const ended = await MailboxOf.connect(app, reader, { state: 'ended' });
    await ended.add({ further: { numbers: [{ field: 'homePhone', text: '+33612345671' }] } });
    const records = app.get(PersonRecords);
    const found = await records.byNumbers(asReader(), ['+33612345671']);
    expect(
      found.map(({ id, numbers }) => [id, numbers.map(({ field, number }) => `${field} ${number}`)]),
    ).toEqual([
      [cloud, ['mobilePhone +33612345671', 'otherPhone +33612345673']],
      [
        own,
        [
          ...['workPhone +33140205051', 'mobilePhone +33612345671', 'otherPhone +33612345672'],
          'faxNumber +33140205052',
        ],
      ],
    ]);
    expect(told(await records.byAddresses(asReader(), ['lou@home.example']))).toEqual([
      'cloud Lou C',
      'personal Lou A',
    ]);
    for (const q of ['06 12 34 56 73', 'who is +33612345673', 'lou@home'])
      expect(await namesFor(q)).toContain('Lou C');
    expect(hrefs(await search('+33612345673'))).not.toContain(
      '/personal-contacts/new?mobilePhone=%2B33612345673',
    );
    expect(await records.byNumbers(asReader(), ['+33612345679'])).toEqual([]);
    // One person by an address that is the first of neither.
    await browser.post(`/personal-contacts/${own}`, { displayName: 'Lou C' });
    const card = await browser.get(`/people/cloud/${cloud}`);
    for (const part of ['lou@home.example', '+33 6 12 34 56 72', 'Other phone', 'Fax'])
      expect(visibleText(card)).toContain(part);
    // What both entries say is among the numbers once.
    expect(visibleText(card).match(/Copy Mobile/g)).toHaveLength(1);
  });
});
