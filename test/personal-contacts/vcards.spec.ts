import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText } from '../support/browser.js';
import { idIn } from '../imports/importing.js';
import { checkContacts, confirmContacts, contactsOf, importContacts } from './importing.js';

jest.setTimeout(60_000);

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const file = (name: string) => readFileSync(join(import.meta.dirname, '../data/cards', name));
const card = (...lines: string[]) => ['BEGIN:VCARD', 'VERSION:3.0', ...lines, 'END:VCARD', ''].join('\r\n');

describe('a file of vCards', () => {
  it.each([
    ['iphone-icloud-3.0.vcf', 2],
    ['android-2.1.vcf', 2],
    ['outlook-2.1.vcf', 1],
    ['google-3.0.vcf', 2],
    ['thunderbird-4.0.vcf', 1],
    ['nokia-2.1-cp1252.vcf', 1],
    ['samsung-2.1.vcf', 1],
  ])('of %s is imported whole, and is known again', async (name, people) => {
    const { browser } = await app.signedIn();
    const checked = await checkContacts(app, browser, file(name));
    expect(checked.counts).toMatchObject({ rows: people, n: people, w: 0 });
    expect(checked.page).toContain('We read it as a vCard file');
    const done = await confirmContacts(app, browser, checked.id, { proposals: 'take' });
    expect(done.counts).toMatchObject({ written: people });
    const again = await checkContacts(app, browser, file(name), { existing: 'update' });
    expect(again.counts).toMatchObject({ n: 0, c: 0, s: people });
  });

  it('asks about numbers without a country, and keeps what no field can hold', async () => {
    const { browser, user } = await app.signedIn();
    const checked = await checkContacts(app, browser, file('android-2.1.vcf'));
    expect(checked.page).toContain('0612345678');
    expect(checked.page).toContain('Numbers kept beside the fields');
    await confirmContacts(app, browser, checked.id, { proposals: 'take' });
    const [camille, voicemail] = await contactsOf(app, user);
    expect(camille).toMatchObject({
      ...{ displayName: 'Camille Lefèvre', mobilePhone: '+33612345678' },
      typedPhones: { mobilePhone: '0612345678' },
    });
    expect(voicemail).toMatchObject({ mobilePhone: null, extra: [['tel', { type: 'cell' }, 'text', '888']] });
  });

  it('makes somebody known by each of three mobiles, as a later file has them, and as before once that is undone', async () => {
    const { browser, user } = await app.signedIn();
    const mobiles = (...numbers: string[]) =>
      card('UID:three', 'FN:Ada', ...numbers.map((number) => `TEL;TYPE=CELL:${number}`));
    const reach = async () =>
      (
        await app.database.query<{ value: string }[]>(
          'SELECT value FROM personal_contact_reach WHERE ownerId = ? ORDER BY place',
          [user.id],
        )
      ).map(({ value }) => value);
    await importContacts(app, browser, mobiles('+33612345670', '06 12 34 56 71', '+41791234567'));
    expect(await reach()).toEqual(['+33612345671', '+41791234567']);
    const update = { existing: 'update' };
    const later = await importContacts(app, browser, mobiles('+33612345670', '+41791234568'), update);
    expect(later.counts).toMatchObject({ written: 1 });
    expect((await reach()).at(-1)).toBe('+41791234568');
    await browser.post(`/imports/${later.id}/undo`);
    await app.get(JobsWorker).idle();
    expect(await reach()).toEqual(['+33612345671', '+41791234567']);
  });

  it('keeps a photo, made small, and says which it cannot read', async () => {
    const { browser, user } = await app.signedIn();
    const picture = await sharp({ create: { width: 600, height: 400, channels: 3, background: '#a40' } })
      .jpeg()
      .toBuffer();
    const photo = (bytes: Buffer) => `PHOTO;ENCODING=b;TYPE=JPEG:${bytes.toString('base64')}`;
    const heic = Buffer.concat([Buffer.from('\0\0\0\x18ftypheic'), Buffer.alloc(40)]);
    const checked = await checkContacts(
      app,
      browser,
      card('FN:Ada', photo(picture)) + card('FN:Bob', photo(heic)),
    );
    expect(checked.page).toContain('HEIC (1 kB)');
    expect(checked.page).toContain('Photos left out');
    await confirmContacts(app, browser, checked.id, { proposals: 'take' });
    const [ada, bob] = await contactsOf(app, user);
    expect(bob.photoHash).toBeNull();
    const [{ bytes }] = await app.database.query<{ bytes: Buffer }[]>(
      'SELECT bytes FROM personal_contact_photos WHERE ownerId = ? AND hash = ?',
      [user.id, ada.photoHash],
    );
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'webp', width: 256, height: 256 });
  });

  it('speaks of cards, and of kilobytes as the reader’s language has them', async () => {
    const { browser } = await app.signedIn({ language: 'fr' });
    const heic = Buffer.concat([Buffer.from('\0\0\0\x18ftypheic'), Buffer.alloc(4_000)]);
    const cards = [
      card('FN:Ada', `PHOTO;ENCODING=b;TYPE=JPEG:${heic.toString('base64')}`),
      card('FN:Bea', 'TEL;TYPE=WORK:01 40 20 50 50'),
      card('FN:Bea', 'TEL;TYPE=WORK:01 40 20 50 50'),
      card('NOTE:nobody'),
      card('FN:Cem', 'PHOTO;VALUE=uri:https://photos.example/cem.jpg'),
    ];
    const checked = await checkContacts(app, browser, cards.join(''), {}, 'fiches.vcf');
    expect(checked.page).toContain('HEIC (5\u00a0ko)');
    expect(checked.page).toContain('l’adresse est conservée');
    expect(checked.page).toContain('fiches lues autrement qu’écrites');
    expect(checked.page).toContain('Importer les 4 fiches correctes');
    expect(checked.page).toContain('Fiches à corriger');
    expect(checked.page).not.toMatch(/lignes? (?:à|correcte)|ces lignes|Ligne Colonne/i);
    expect(checked.page).toContain('Les fiches 2 et 3 sont la même personne');
    const refused = await browser.post(`/imports/${checked.id}/confirmation`);
    expect(visibleText(refused)).toContain('Une fiche est à corriger');
    const done = await confirmContacts(app, browser, checked.id, { rows: 'right', proposals: 'take' });
    expect(done.page).toContain('Une fiche à corriger');
    expect(done.counts).toMatchObject({ written: 4 });
  });

  it('names each broken card by its number, and gives it back as a card', async () => {
    const { browser, user } = await app.signedIn();
    const checked = await checkContacts(app, browser, file('broken.vcf'));
    expect(checked.counts).toMatchObject({ rows: 9, n: 4, w: 5 });
    expect(checked.page).toContain('Card 9');
    expect(checked.page).toContain('This card has no END:VCARD line');
    expect(checked.page).toContain('“this line is no property” is no property of a card');
    expect(checked.page).toContain('This card holds bytes that are no text');
    expect(checked.page).toContain('This card has no name, company, e-mail or number');
    const errors = await browser.download(`/imports/${checked.id}/errors.csv`);
    expect(errors.headers['content-type']).toContain('text/vcard');
    expect(errors.headers['content-disposition']).toContain('errors.vcf');
    const text = errors.body.toString('utf8');
    expect(text.match(/^BEGIN:VCARD/gm)).toHaveLength(5);
    expect(text).toContain('FN:Eric Has No Colon');
    expect(text).toContain('X-CARNET-ERROR:');
    expect(await contactsOf(app, user)).toEqual([]);
  });

  it('is refused with more cards than can be imported at once, and when nothing is in it', async () => {
    const { browser } = await app.signedIn();
    const many = Array.from({ length: 1_001 }, (_, index) => card(`FN:Person ${index}`)).join('');
    expect(await checkContacts(app, browser, many)).toMatchObject({
      state: 'refused',
      page: expect.stringMatching(/1,001|at most 1,000/) as unknown,
    });
    expect((await checkContacts(app, browser, 'BEGIN:VCARD\r\n')).counts).toMatchObject({ rows: 1, w: 1 });
    const empty = await browser.upload('/personal-contacts/import', { name: 'a.vcf', bytes: '' });
    expect(empty.status).toBe(422);
  });

  it('may be larger than a CSV file, but not than 20 MB', async () => {
    const { browser } = await app.signedIn();
    const large = card('FN:Ada', `X-LARGE:${'x'.repeat(3_000_000)}`) + card('FN:Bob');
    expect((await checkContacts(app, browser, large)).counts).toMatchObject({ rows: 2, n: 1, w: 1 });
    const tooLarge = await browser.upload('/personal-contacts/import', {
      ...{
        name: 'a.vcf',
        bytes: Buffer.concat([Buffer.from(card('FN:A')), Buffer.alloc(21 * 1024 * 1024, 'x')]),
      },
    });
    expect(tooLarge.status).toBe(422);
    expect(visibleText(tooLarge)).toContain('20 MB');
  });

  it('puts people into the groups of the card and the one that was named', async () => {
    const { browser, user } = await app.signedIn();
    await importContacts(app, browser, card('FN:Ada', 'CATEGORIES:Maths\\, Physics,Poets'), {
      groupName: 'From the phone',
    });
    expect(await contactsOf(app, user)).toMatchObject([
      { displayName: 'Ada', groups: ['From the phone', 'Maths, Physics', 'Poets'] },
    ]);
  });

  it('has no columns to correct', async () => {
    const { browser } = await app.signedIn();
    const upload = await browser.upload('/personal-contacts/import', {
      name: 'a.vcf',
      bytes: card('FN:Ada'),
    });
    const id = idIn(upload);
    const page = await browser.get(`/imports/${id}?step=columns`);
    expect(page.text).not.toContain('name="headerRow"');
    const answer = await browser.post(`/imports/${id}/reading`, {
      encoding: 'utf-8',
      separator: 'comma',
      headerRow: '1',
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });

  it('is taken as it was made for a thousand made-up people', async () => {
    const { browser } = await app.signedIn();
    const checked = await checkContacts(app, browser, file('made-up-50.vcf'));
    expect(checked.counts).toMatchObject({ rows: 50, n: 50, w: 0, o: 0 });
  });
});
