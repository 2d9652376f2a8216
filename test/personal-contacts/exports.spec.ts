import sharp from 'sharp';
import { type CardProperty } from '../../src/contact-card/contact-fields.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText } from '../support/browser.js';
import { checkContacts, confirmContacts, contactsOf, importContacts } from './importing.js';
import { kept } from './keeping.js';

jest.setTimeout(60_000);

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const forms = {
  'our own file': 'export.csv',
  'the one for Excel': 'export.csv?form=excel',
  Google: 'export.csv?form=google',
  Outlook: 'export.csv?form=outlook',
  'vCard 3.0': 'export.vcf?version=3.0',
  'vCard 4.0': 'export.vcf?version=4.0',
};

const noemie: CardProperty[] = [
  ['n', {}, 'text', ['Le Guen', 'Noémie', 'Anne', 'Mme', '']],
  ['nickname', {}, 'text', 'Nono'],
  ['org', {}, 'text', ['Dupont, Durand & Associés', 'R&D; essais']],
  ['title', {}, 'text', 'Développeuse'],
  ['email', { type: 'home' }, 'text', 'nono@maison.example'],
  ['email', {}, 'text', 'n.leguen@autre.example'],
  ['tel', { type: 'work' }, 'text', '+33140205099'],
  ['tel', {}, 'text', '3131'],
  ['adr', { type: 'home' }, 'text', ['', '', '12, rue des Écoles\nBât. B', 'Paris', '', '75005', 'France']],
  ['bday', {}, 'date-and-or-time', '--02-29'],
  ['anniversary', {}, 'date-and-or-time', '2010-06-12'],
  ['url', { group: 'item1' }, 'uri', 'https://dupont.example/noemie?a=b,c;d'],
  ['x-ablabel', { group: 'item1' }, 'unknown', '_$!<HomePage>!$_'],
  ['note', {}, 'text', 'Vue à Lyon :\n- aime le thé, le café ;\n- 2 enfants 👧👦'],
  ['impp', { 'x-service-type': 'Skype' }, 'uri', 'skype:nono.leguen'],
  ['x-socialprofile', { type: 'twitter', 'x-user': 'no"no' }, 'unknown', 'http://twitter.com/nono'],
  ['photo', {}, 'uri', 'https://photos.example/nono.jpg'],
];

/** Everything a contact may hold, in eight of them. */
async function richContacts(user: Awaited<ReturnType<TestApp['aUser']>>): Promise<void> {
  const photo = await sharp({ create: { width: 256, height: 256, channels: 3, background: '#268' } })
    .webp()
    .toBuffer();
  await kept(
    app,
    user,
    [
      {
        ...{ displayName: 'Mme Noémie Anne Le Guen', email: 'noemie@dupont.example', extra: noemie },
        ...{
          organization: 'Dupont, Durand & Associés',
          mobilePhone: '+33612345678',
          faxNumber: '+33140205051',
        },
        typedPhones: { mobilePhone: '06 12 34 56 78' },
      },
      { displayName: 'محمد الأحمد', email: 'mohammed@example.test', homePhone: '+971501234567' },
    ],
    { group: 'Clients, Sud', photo },
  );
  await kept(
    app,
    user,
    [
      { displayName: '=1+1', mainPhone: '+33140205050' },
      { displayName: '+33 de Lyon', email: 'lyon@example.test' },
      { displayName: '\'Abd al-Rahmān "Bob" Ó Súilleabháin', workPhone: '+353851234567' },
      { displayName: '欧阳敏', organization: '-5 °C; Ltd, Co', email: 'min@example.test' },
      { displayName: 'Prince', extra: [['tel', { type: 'work' }, 'text', '+33140205098']] },
      { displayName: 'François Müller', organization: 'Société Générale', starred: true },
    ],
    { group: 'Équipe 🏉' },
  );
}

describe('exports of personal contacts', () => {
  it.each(Object.entries(forms))('come back from %s without a change', async (_, path) => {
    const { browser, user } = await app.signedIn();
    await richContacts(user);
    const file = await browser.download(`/personal-contacts/${path}`);
    expect(file.status).toBe(200);
    const before = await contactsOf(app, user);
    const checked = await checkContacts(app, browser, file.body, { existing: 'update' });
    expect(checked.counts).toMatchObject({ rows: 8, s: 8, n: 0, c: 0, w: 0 });
    expect(await contactsOf(app, user)).toEqual(before);
  });

  it.each(Object.entries(forms))(
    'come back from %s without a change where a vCard held numbers no field could take',
    async (_, path) => {
      const { browser } = await app.signedIn();
      const card = (name: string, ...numbers: string[]) =>
        [
          ...['BEGIN:VCARD', 'VERSION:3.0', `FN:${name}`, `EMAIL:${name}@example.test`],
          ...[...numbers.map((number) => `TEL;${number}`), 'END:VCARD', ''],
        ].join('\r\n');
      const cards = [
        card('London', 'TYPE=WORK:020 7946 0018', 'TYPE=FAX:(020) 7946-0019'),
        card(
          'Local',
          'TYPE=CELL:06 12 34 56 78',
          'TYPE=CELL:06 98 76 54 32',
          'TYPE=HOME:+33 (0)1 40 20 50 50',
        ),
        card(
          'Second',
          'TYPE=CELL:+33612345678',
          'TYPE=CELL:+33 (0)6 98 76 54 32',
          'TYPE=CELL:06 98 76 54 33',
        ),
        card('Short', 'TYPE=WORK:06 12', 'TYPE=HOME:+999 123 4567', 'TYPE=CELL:888'),
        card('Words', 'TYPE=WORK:ask at the desk', 'TYPE=HOME:020 7946 0018 ext 12', 'TYPE=CELL:3,36E+10'),
        card('Several', 'TYPE=WORK:01 40 20 50 50 / 020 7946 0018', 'TYPE=WORK:06 12 / 020 7946 0017'),
      ];
      const { id } = await checkContacts(app, browser, cards.join(''), {}, 'cards.vcf');
      const done = await confirmContacts(app, browser, id, { proposals: 'take' });
      expect(done.counts).toMatchObject({ written: cards.length });
      const file = await browser.download(`/personal-contacts/${path}`);
      const checked = await checkContacts(app, browser, file.body, { existing: 'update' });
      expect([checked.counts, checked.page]).toEqual([
        expect.objectContaining({ rows: cards.length, s: cards.length, n: 0, c: 0, w: 0 }),
        expect.any(String),
      ]);
    },
  );

  it.each(['3.0', '4.0'])(
    'carry everything in vCard %s to somebody who knows nobody yet',
    async (version) => {
      const { browser, user } = await app.signedIn();
      await richContacts(user);
      const file = await browser.download(`/personal-contacts/export.vcf?version=${version}`);
      const other = await app.signedIn();
      await importContacts(app, other.browser, file.body);
      const [mine, theirs] = [await contactsOf(app, user), await contactsOf(app, other.user)];
      const said = (contacts: typeof mine) =>
        contacts.map(
          ({ displayName, email, organization, mobilePhone, workPhone, extra, groups, photoHash }) => ({
            ...{ displayName, email, organization, mobilePhone, workPhone, extra, groups },
            photo: photoHash !== null,
          }),
        );
      expect(said(theirs)).toEqual(said(mine));
    },
  );

  it('hold the contacts of the list as it is searched, grouped and ticked, and nobody else’s', async () => {
    const { browser, user } = await app.signedIn();
    const [ada] = await kept(app, user, [
      { displayName: 'Ada' },
      { displayName: 'Adam', organization: 'Eden' },
    ]);
    const [other] = await kept(app, await app.aUser(), [{ displayName: 'Ada Another' }]);
    const names = async (query: string) =>
      (await browser.download(`/personal-contacts/export.csv?${query}`)).body
        .toString('utf8')
        .split('\r\n')
        .slice(1, -1)
        .map((line: string) => line.split(',')[0]);
    expect(await names('')).toEqual(['Ada', 'Adam']);
    expect(await names('q=adam')).toEqual(['Adam']);
    expect(await names('sort=-name')).toEqual(['Adam', 'Ada']);
    expect(await names('sort=organization')).toEqual(['Adam', 'Ada']);
    expect(await names(`ids=${ada},${other}`)).toEqual(['Ada']);
    const cards = await browser.download(`/personal-contacts/export.vcf?ids=${other}`);
    expect(cards.body.toString('utf8')).toBe('');
  });

  it('are offered on a page that says what each file cannot carry', async () => {
    const { browser, user } = await app.signedIn();
    await kept(app, user, [{ displayName: 'Ada' }], { group: 'Maths' });
    const answer = await browser.get('/personal-contacts/export?q=ada');
    const page = visibleText(answer);
    expect(page).toContain('The file will hold one contact.');
    expect(page).toContain('Search: “ada”');
    expect(page).toContain('Without photos, addresses, birthdays');
    expect(answer.text.replaceAll('&#x3D;', '=')).toContain(
      '/personal-contacts/export.csv?q=ada&amp;form=excel',
    );
    expect(visibleText(await browser.get('/personal-contacts/export?q=nobody'))).toContain(
      'No contact matches.',
    );
  });

  it('keep a spreadsheet from taking names and numbers for formulas', async () => {
    const { browser, user } = await app.signedIn();
    await kept(app, user, [{ displayName: '=1+1', mobilePhone: '+33612345678' }]);
    const text = async (form: string) =>
      (await browser.download(`/personal-contacts/export.csv?form=${form}`)).body.toString('latin1');
    expect(await text('plain')).toContain("'=1+1,,,,+33612345678");
    expect(await text('excel')).toContain("'=1+1,,,,'+33612345678");
    expect(await text('google')).toContain("'=1+1");
    expect(await text('outlook')).toContain("'=1+1");
  });

  it('are for Outlook in Windows-1252 as long as every name fits, and in its columns of either language', async () => {
    const { browser, user } = await app.signedIn();
    await kept(app, user, [{ displayName: 'François Müller', workPhone: '+33140205050' }]);
    const outlook = () => browser.download('/personal-contacts/export.csv?form=outlook');
    const english = (await outlook()).body.toString('latin1');
    expect(english).toMatch(/^Title,First Name,/);
    expect(english).toContain('François,,Müller');
    await browser.post('/profile/language', { language: 'fr' });
    expect((await outlook()).body.toString('latin1')).toMatch(/^Titre,Prénom,Deuxième prénom,Nom,/);
    await kept(app, user, [{ displayName: 'Łukasz Żółć' }]);
    const wide = (await outlook()).body;
    expect(wide.toString('utf8')).toMatch(/^\ufeffTitre,/);
    expect(wide.toString('utf8')).toContain('Łukasz,,Żółć');
  });
});
