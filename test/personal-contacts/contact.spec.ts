import sharp from 'sharp';
import { newAccountFeatures } from '../../src/accounts/features.js';
import { type CardProperty } from '../../src/contact-card/contact-fields.js';
import { newId, type Id } from '../../src/database/id.js';
import { sweepContactPhotos } from '../../src/personal-contacts/contact-photos.js';
import { removeContacts, storedContacts } from '../../src/personal-contacts/contact-writes.js';
import { startApp, type TestApp } from '../support/app.js';
import { field, visibleText, type Answer, type Browser } from '../support/browser.js';
import { act, binned, changed, kept } from './keeping.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const LIST = '/personal-contacts';
const stored = async (ownerId: Id, id: Id) =>
  (await storedContacts(app.database, ownerId, { ids: [id] })).get(id);
const count = async (ownerId: Id) => (await storedContacts(app.database, ownerId)).size;
const idOf = (answer: Answer): Id => (answer.headers['location'] as string).split('/').at(-1) ?? '';
const undoOf = (answer: Answer): string =>
  (/action="(\/personal-contacts\/acts\/[^"]+)"/.exec(answer.text)?.[1] ?? '').replaceAll('&#x3D;', '=');
const groupsOf = (ownerId: Id) =>
  app.database.query<{ id: Id; name: string }[]>(
    'SELECT id, name FROM personal_contact_groups WHERE ownerId = ? AND liveKey = 1 ORDER BY nameKey',
    [ownerId],
  );

/** Somebody with one contact. */
async function keeper(fields: Parameters<typeof kept>[2][number] = {}) {
  const { user, browser } = await app.signedIn();
  const [id] = await kept(app, user, [fields]);
  return { user, browser, id, path: `${LIST}/${id}` };
}

describe('a new contact', () => {
  it('is kept with all its fields, a group that was there and one that was not', async () => {
    const { user, browser } = await app.signedIn();
    await kept(app, user, [], { group: 'Clients' });
    const [clients] = await groupsOf(user.id);
    const answer = await browser.post(LIST, {
      ...{ displayName: 'Noémie Le Guen 😀', email: 'Noemie@Example.test', organization: 'R&D <b>' },
      ...{ workPhone: '+33 1 40 20 50 50', homePhone: '', mobilePhone: '+33 6.12.34.56.78' },
      ...{ faxNumber: '+33 1 40 20 50 51', mainPhone: '+44 20 7946 0000' },
      ...{ groupIds: [clients.id], newGroup: 'Fournisseurs' },
      ...{ jobTitle: 'Directrice', birthday: '12 avril', note: 'one\n\ntwo' },
    });
    expect(answer.status).toBe(303);
    const contact = await stored(user.id, idOf(answer));
    expect(contact).toMatchObject({
      ...{ displayName: 'Noémie Le Guen 😀', email: 'noemie@example.test', organization: 'R&D <b>' },
      ...{ workPhone: '+33140205050', homePhone: null, mobilePhone: '+33612345678' },
      ...{ faxNumber: '+33140205051', mainPhone: '+442079460000' },
      extra: [
        ['title', {}, 'text', 'Directrice'],
        ['note', {}, 'text', 'one\n\ntwo'],
        ['bday', {}, 'date-and-or-time', '--04-12'],
      ],
    });
    const names = (await groupsOf(user.id)).map(({ name }) => name);
    expect(names).toEqual(['Clients', 'Fournisseurs']);
    expect(contact?.groupIds).toHaveLength(2);
    const shown = await browser.follow(answer);
    const text = visibleText(shown);
    for (const said of [
      'Noémie Le Guen 😀',
      'R&D <b>',
      '+33 6 12 34 56 78',
      'Fournisseurs',
      '12 April',
      'Added by you',
    ])
      expect(text).toContain(said);
    expect(shown.text).not.toContain('R&D <b>');
  });

  it('needs a name, and comes back with what was typed', async () => {
    const { browser, user } = await app.signedIn();
    const answer = await browser.post(LIST, {
      displayName: ' \u200f ',
      email: 'not an address',
      note: 'kept',
    });
    expect(answer.status).toBe(422);
    expect(field(answer, 'displayName').error).toBe('Fill in this field');
    expect(field(answer, 'email')).toMatchObject({ value: 'not an address', error: /address like/ });
    expect(visibleText(answer)).toContain('kept');
    expect(await count(user.id)).toBe(0);
  });

  it('makes no group that files would take for two', async () => {
    const { user, browser } = await app.signedIn();
    const answer = await browser.post(LIST, { displayName: 'Ada', newGroup: 'Press; radio' });
    expect(answer.status).toBe(422);
    expect(field(answer, 'newGroup')).toMatchObject({ value: 'Press; radio', error: /semicolon/ });
    expect([await count(user.id), await groupsOf(user.id)]).toEqual([0, []]);
  });

  it('asks before a number without + is read, and takes it the second time', async () => {
    const { browser, user } = await app.signedIn();
    const first = await browser.post(LIST, { displayName: 'Ada', homePhone: '01 40 20 50 50' });
    expect(first.status).toBe(422);
    expect(field(first, 'homePhone')).toEqual({
      value: '+33 1 40 20 50 50',
      error: 'We read 01 40 20 50 50 as +33 1 40 20 50 50. Save again to keep it.',
    });
    const again = await browser.post(LIST, {
      displayName: 'Ada',
      homePhone: field(first, 'homePhone').value,
    });
    expect((await stored(user.id, idOf(again)))?.homePhone).toBe('+33140205050');
  });

  it.each([
    ['a name of 256 characters', 'displayName', 'x'.repeat(256), 'at most'],
    ['a control character in the name', 'displayName', 'a\u0000b', 'invisible characters'],
    ['a control character in the company', 'organization', 'a\u0007b', 'invisible characters'],
    ['a control character in the notes', 'note', 'a\u0001b', 'invisible characters'],
    ['an extension', 'mobilePhone', '+33 6 12 34 56 78 ext. 4', 'the notes have room'],
    ['a number that is too short', 'mobilePhone', '06 12 34 58 0', 'Add the'],
    ['a day that does not exist', 'birthday', '31/02', 'day and month'],
  ])('is refused for %s', async (_, name, value, said) => {
    const { browser, user } = await app.signedIn();
    const answer = await browser.post(LIST, { displayName: 'Ada', [name]: value });
    expect(answer.status).toBe(422);
    expect(visibleText(answer)).toContain(said);
    expect(await count(user.id)).toBe(0);
  });

  it('keeps 255 emoji and drops right-to-left marks around a name', async () => {
    const { browser, user } = await app.signedIn();
    const answer = await browser.post(LIST, { displayName: `\u202e${'😀'.repeat(255)}\u200f` });
    expect((await stored(user.id, idOf(answer)))?.displayName).toBe('😀'.repeat(255));
  });

  it('is one contact when the form is sent twice at once, with the same answer', async () => {
    const { browser, user } = await app.signedIn();
    const form = { displayName: 'Twice', newGroup: 'Club', _once: newId(), _csrf: await browser.formToken() };
    const answers = await Promise.all([browser.post(LIST, form), browser.post(LIST, form)]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    expect(answers[0].headers['location']).toBe(answers[1].headers['location']);
    const third = await browser.post(LIST, form);
    expect(third.headers['location']).toBe(answers[0].headers['location']);
    expect(await count(user.id)).toBe(1);
  });

  it('is another one when the form was gone back to and filled in anew', async () => {
    const { browser, user } = await app.signedIn();
    const _once = newId();
    const first = await browser.post(LIST, { displayName: 'One', _once });
    const second = await browser.post(LIST, { displayName: 'Two', _once });
    expect(idOf(second)).not.toBe(idOf(first));
    expect(await count(user.id)).toBe(2);
    // A key that is somebody else's contact is no key.
    const other = await app.signedIn();
    const third = await other.browser.post(LIST, { displayName: 'One', _once });
    expect(third.status).toBe(303);
    expect(await count(other.user.id)).toBe(1);
    expect(await count(user.id)).toBe(2);
  });

  it('is filled in from the address it is opened with', async () => {
    const { browser } = await app.signedIn();
    const query = new URLSearchParams({ displayName: 'Ada "L"', mobilePhone: '+33612345678', nothing: 'x' });
    const answer = await browser.get(`${LIST}/new?${query.toString()}&workPhone=+33140205050&email[a]=b`);
    expect(field(answer, 'displayName').value).toBe('Ada "L"');
    expect(field(answer, 'mobilePhone').value).toBe('+33612345678');
    expect(field(answer, 'workPhone').value).toBe('+33 1 40 20 50 50');
  });

  it('is not put into a group of somebody else, nor into one that was deleted', async () => {
    const [mine, other] = [await app.signedIn(), await app.signedIn()];
    await kept(app, other.user, [], { group: 'Theirs' });
    const [theirs] = await groupsOf(other.user.id);
    const asked = await mine.browser.post(LIST, { displayName: 'Ada', groupIds: [theirs.id] });
    expect(asked.status).toBe(404);
    await kept(app, mine.user, [], { group: 'Gone' });
    const [gone] = await groupsOf(mine.user.id);
    await app.database.query(
      'UPDATE personal_contact_groups SET liveKey = NULL, deletedAt = UTC_TIMESTAMP(3) WHERE id = ?',
      [gone.id],
    );
    const answer = await mine.browser.post(LIST, { displayName: 'Ada', groupIds: [gone.id] });
    expect(answer.status).toBe(422);
    expect(visibleText(answer)).toContain('The group Gone was deleted');
    expect(await count(mine.user.id)).toBe(0);
  });
});

describe('the directory', () => {
  it('leads to a new contact, empty or with what it knows of a colleague, while the feature is on', async () => {
    const account = await app.anAccount({ name: 'Atelier & Co' });
    const { user, browser } = await app.signedIn({ account });
    const grace = await app.aUser({ account, givenName: 'Grace', mobilePhone: '+33612345678' });
    expect((await browser.get('/contacts')).text).toContain(
      'class="menu__item" href="/personal-contacts/new"',
    );
    const card = await browser.get(`/contacts/${grace.id}`);
    const href = /href="(\/personal-contacts\/new\?[^"]+)"/.exec(card.text)?.[1] ?? '';
    const form = await browser.get(href.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='));
    expect(field(form, 'displayName').value).toBe('Grace Lovelace');
    expect(field(form, 'organization').value).toBe('Atelier & Co');
    expect(field(form, 'mobilePhone').value).toBe('+33612345678');
    expect((await browser.get(`/contacts/${user.id}`)).text).not.toContain('/personal-contacts/new?');
  });

  it('offers neither to whom the feature is off', async () => {
    const features = newAccountFeatures();
    features['personal-contacts'].on = false;
    const account = await app.anAccount({ features });
    const { browser } = await app.signedIn({ account });
    const grace = await app.aUser({ account });
    for (const path of ['/contacts', `/contacts/${grace.id}`])
      expect((await browser.get(path)).text).not.toContain('/personal-contacts/new');
  });
});

describe('the page of a contact', () => {
  const extra: CardProperty[] = [
    ['adr', { type: 'home' }, 'text', ['', '', '12 rue des Lilas', 'Lyon', '', '69003', 'France']],
    ['bday', {}, 'date-and-or-time', '--02-29'],
    ['email', { type: 'work' }, 'text', 'second@example.test'],
    ['tel', { group: 'item1' }, 'uri', 'tel:+33687654321'],
    ['x-ablabel', { group: 'item1' }, 'text', 'Bateau'],
    ['url', {}, 'uri', 'javascript:alert(1)'],
    ['x-skype', {}, 'text', 'ada.skype'],
  ];

  it('says everything the file knew, and what the source said of a number', async () => {
    const { browser, path } = await keeper({
      ...{ mobilePhone: '+33612345678', workPhone: '+33140205050', extra },
      typedPhones: { mobilePhone: "'06 12 34 56 78", workPhone: '+33 (1) 40.20.50.50' },
    });
    const answer = await browser.get(path);
    const text = visibleText(answer);
    for (const said of [
      ...['12 rue des Lilas', '69003 Lyon', 'Address (home)', '29 February', 'second@example.test'],
      ...['+33 6 87 65 43 21', 'Bateau', 'Skype', 'ada.skype', "The source said “'06 12 34 56 78”"],
    ])
      expect(text).toContain(said);
    // Other spacing is no other number.
    expect(text).not.toContain('40.20.50.50');
    expect(answer.text).not.toContain('href="javascript:');
  });

  it('offers calls to who may call, and tells the others why not', async () => {
    const features = newAccountFeatures();
    features.phone.on = true;
    const account = await app.anAccount({ features });
    const caller = await app.signedIn({ account, type: 'licensed' });
    const other = await app.signedIn({ account });
    const [his, fax] = await kept(app, caller.user, [
      { mobilePhone: '+33612345678', mainPhone: '+33140205050', faxNumber: '+33140205051' },
      { faxNumber: '+33140205051' },
    ]);
    const [hers] = await kept(app, other.user, [{ workPhone: '+33140205050' }]);
    const calls = async (id: Id) =>
      [...(await caller.browser.get(`${LIST}/${id}`)).text.matchAll(/href="tel:([^"]+)"/g)].map(
        ([, number]) => number,
      );
    // The button first, with the number the list shows; then those of the numbers.
    expect(await calls(his)).toEqual(['+33140205050', '+33612345678', '+33140205050']);
    expect(await calls(fax)).toEqual([]);
    const answer = await other.browser.get(`${LIST}/${hers}`);
    expect(answer.text).not.toContain('tel:+33');
    expect(visibleText(answer)).toContain('Calling from here comes with a licensed account');
  });

  it('gives the contact as a file and as a QR code', async () => {
    const { browser, path } = await keeper({ displayName: 'Ada: "L"', email: 'ada@example.test' });
    const card = await browser.download(`${path}/card.vcf`);
    expect(card.headers['content-disposition']).toContain('filename="Ada L.vcf"');
    expect(card.body.toString()).toContain('FN:Ada: "L"');
    const whole = await keeper({ extra });
    expect((await whole.browser.download(`${whole.path}/card.vcf`)).body.toString()).toContain(
      '12 rue des Lilas',
    );
    const code = await browser.download(`${path}/qr.svg`);
    expect([code.headers['content-type'], code.body.toString().slice(0, 4)]).toEqual([
      'image/svg+xml; charset=utf-8',
      '<svg',
    ]);
    const long = await keeper({ displayName: '漢'.repeat(255), organization: '字'.repeat(255) });
    expect((await long.browser.download(`${long.path}/qr.svg`)).status).toBe(200);
  });

  it('tells its history from old to new, and undoes one change', async () => {
    const { browser, user, id, path } = await keeper({ displayName: 'Ada', mobilePhone: '+33612345678' });
    await browser.post(path, {
      displayName: 'Ada King',
      mobilePhone: '+33 6 87 65 43 21',
      note: 'met in Lyon',
    });
    const text = visibleText(await browser.get(path));
    for (const said of [
      'Edited',
      'Before Ada',
      'After Ada King',
      'Before +33 6 12 34 56 78',
      'met in Lyon',
      'Added by you',
    ])
      expect(text).toContain(said);
    const undo = undoOf(await browser.get(path));
    const undone = await browser.follow(await browser.post(undo));
    expect(await stored(user.id, id)).toMatchObject({ displayName: 'Ada', mobilePhone: '+33612345678' });
    expect(visibleText(undone)).toContain('Change undone');
  });
});

describe('an edit', () => {
  it('changes the fields it names and keeps everything else', async () => {
    const extra: CardProperty[] = [
      ['adr', {}, 'text', ['', '', '1 rue X', 'Lyon', '', '', '']],
      ['note', {}, 'text', 'two  spaces'],
    ];
    const { browser, user, id, path } = await keeper({
      ...{ displayName: 'Ada', email: 'ada@example.test', mobilePhone: '+33612345678', extra, starred: true },
      typedPhones: { mobilePhone: '06.12' },
    });
    const form = await browser.get(`${path}/edit`);
    const note = /<textarea[^>]*name="note"[^>]*>\n([^<]*)</.exec(form.text)?.[1] ?? '';
    const answer = await browser.post(path, {
      ...{
        displayName: 'Ada King',
        email: 'ada@example.test',
        mobilePhone: field(form, 'mobilePhone').value,
      },
      ...{ organization: '', birthday: '', jobTitle: '', note, revision: field(form, 'revision').value },
    });
    expect(answer.headers['location']).toBe(path);
    expect(await stored(user.id, id)).toMatchObject({
      ...{ displayName: 'Ada King', email: 'ada@example.test', mobilePhone: '+33612345678', extra },
      ...{ typedPhones: { mobilePhone: '06.12' }, starred: true, revision: 2 },
    });
  });

  it('leaves groups that are unticked, and writes nothing when nothing changed', async () => {
    const { user, browser } = await app.signedIn();
    const [id] = await kept(app, user, [{ displayName: 'Ada' }], { group: 'Club' });
    await browser.post(`${LIST}/${id}`, { displayName: 'Ada' });
    expect(await stored(user.id, id)).toMatchObject({ revision: 1, groupIds: [expect.any(String)] });
    await browser.post(`${LIST}/${id}`, { displayName: 'Ada', groupIds: '' });
    expect(await stored(user.id, id)).toMatchObject({ revision: 2, groupIds: [] });
  });

  it('takes away a ticked detail of a file, and its undo brings it back', async () => {
    const extra: CardProperty[] = [['x-skype', {}, 'text', 'ada.skype']];
    const { browser, user, id, path } = await keeper({ extra });
    const without = /name="without" value="([^"]+)"/.exec((await browser.get(`${path}/edit`)).text)?.[1];
    const shown = await browser.follow(await browser.post(path, { without }));
    expect((await stored(user.id, id))?.extra).toEqual([]);
    await browser.post(undoOf(shown));
    expect((await stored(user.id, id))?.extra).toEqual(extra);
  });

  it('shows both versions to the second of two windows, who decides field by field', async () => {
    const { browser, user, id, path } = await keeper({
      displayName: 'Ada',
      organization: 'Old',
      mobilePhone: '+33612345678',
    });
    const form = { displayName: 'Ada', organization: 'Old', mobilePhone: '+33 6 12 34 56 78', revision: '1' };
    await browser.post(path, { ...form, organization: 'Theirs' });
    const answer = await browser.post(path, { ...form, displayName: 'Ada King' });
    expect(answer.status).toBe(409);
    expect(visibleText(answer)).toContain('Two versions of Ada');
    // What only they changed is theirs, what only this form changed is as typed.
    expect(answer.text).toMatch(/id="organization-theirs" name="organization" value="Theirs" checked/);
    expect(answer.text).toMatch(/id="displayName-mine" name="displayName" value="Ada King" checked/);
    expect(answer.text).not.toContain('id="mobilePhone-mine"');
    const decided = await browser.post(path, {
      ...form,
      ...{ displayName: 'Ada King', organization: 'Theirs', revision: '2' },
    });
    expect(decided.status).toBe(303);
    expect(await stored(user.id, id)).toMatchObject({ displayName: 'Ada King', organization: 'Theirs' });
  });

  it('is let through when only the star changed meanwhile', async () => {
    const { browser, user, id, path } = await keeper({ displayName: 'Ada' });
    await changed(app, user, id, { starred: true });
    expect((await browser.post(path, { displayName: 'Ada King', revision: '1' })).status).toBe(303);
    expect(await stored(user.id, id)).toMatchObject({ displayName: 'Ada King', starred: true });
  });

  it('lets one of two windows win that save at the same moment', async () => {
    const { browser, path } = await keeper({ displayName: 'Ada' });
    const _csrf = await browser.formToken();
    const answers = await Promise.all(
      ['One', 'Two'].map((displayName) => browser.post(path, { displayName, revision: '1', _csrf })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
  });

  it('of a contact that was deleted meanwhile keeps what was typed, and brings it back when sent again', async () => {
    const { browser, user, id, path } = await keeper({ displayName: 'Ada' });
    await browser.post(`${path}/deletion`);
    const answer = await browser.post(path, { displayName: 'Ada King', revision: '1' });
    expect(answer.status).toBe(409);
    expect(field(answer, 'displayName').value).toBe('Ada King');
    expect(answer.text).toContain('name="restore" value="on"');
    expect((await browser.post(path, { displayName: 'Ada King', revision: '1', restore: 'on' })).status).toBe(
      303,
    );
    expect(await stored(user.id, id)).toMatchObject({ displayName: 'Ada King' });
  });
});

describe('a photo of a contact', () => {
  const picture = (background: string) =>
    sharp({ create: { width: 300, height: 200, channels: 3, background } })
      .png()
      .toBuffer();
  const upload = (browser: Browser, path: string, bytes: Buffer | string) =>
    browser.upload(`${path}/photo`, { field: 'photo', name: 'ada.png', bytes, type: 'image/png' });
  const photoOf = async (browser: Browser, path: string) =>
    /class="avatar avatar--large" src="([^"]+)"/.exec((await browser.get(path)).text)?.[1] ?? '';

  it('is its owner’s alone, also where colleagues’ photos are shown', async () => {
    const account = await app.anAccount();
    const [mine, other] = [await app.signedIn({ account }), await app.signedIn({ account, role: 'owner' })];
    const [id] = await kept(app, mine.user, [{ displayName: 'Ada' }]);
    await upload(mine.browser, `${LIST}/${id}`, await picture('#884400'));
    const url = await photoOf(mine.browser, `${LIST}/${id}`);
    const shown = await mine.browser.download(url);
    expect(shown.headers['content-type']).toBe('image/webp');
    expect((await sharp(shown.body).metadata()).width).toBe(256);
    const hash = url.split('/').at(-1) ?? '';
    expect((await other.browser.get(url)).status).toBe(404);
    expect((await other.browser.get(`/photos/${hash}`)).status).toBe(404);
    expect((await mine.browser.get(`${LIST}/${id}/photo/${'0'.repeat(64)}`)).status).toBe(404);
    // Outlook and many phones show JPEG alone.
    const card = (await mine.browser.download(`${LIST}/${id}/card.vcf`)).body.toString();
    expect(card.replaceAll('\r\n ', '')).toMatch(
      /PHOTO;ENCODING=b;TYPE=JPEG;X-CARNET-PHOTO=[0-9a-f.]+:\/9j\//,
    );
  });

  it('is replaced, taken away, and brought back by undo', async () => {
    const { browser, path } = await keeper();
    await upload(browser, path, await picture('#111111'));
    const first = await photoOf(browser, path);
    const replaced = await browser.follow(await upload(browser, path, await picture('#eeeeee')));
    expect(await photoOf(browser, path)).not.toBe(first);
    await browser.post(undoOf(replaced));
    expect(await photoOf(browser, path)).toBe(first);
    await browser.post(`${path}/photo/deletion`);
    expect(await photoOf(browser, path)).toBe('');
  });

  it('is refused when it is no picture', async () => {
    const { browser, path } = await keeper();
    const answer = await upload(browser, path, 'GIF89a<script>');
    expect(visibleText(await browser.follow(answer))).toContain('not a JPEG, PNG, WebP or AVIF');
  });

  it('is swept once no contact, living or in the bin, has had it for 30 days', async () => {
    const { user } = await app.signedIn();
    const photo = async (bytes: string) => (await kept(app, user, [{}], { photo: Buffer.from(bytes) }))[0];
    const [living, bin, replaced] = [await photo('living'), await photo('bin'), await photo('replaced')];
    await binned(app, user, [bin]);
    await changed(app, user, replaced, { photoHash: null });
    await app.database.query(
      `UPDATE personal_contact_photos SET createdAt = '2026-01-01' WHERE ownerId = ?`,
      [user.id],
    );
    const days = (count: number) => new Date(Date.now() + count * 86_400_000);
    const left = async () =>
      (
        await app.database.query<{ bytes: Buffer }[]>(
          'SELECT bytes FROM personal_contact_photos WHERE ownerId = ?',
          [user.id],
        )
      )
        .map(({ bytes }) => bytes.toString())
        .sort();
    await sweepContactPhotos(app.database);
    await sweepContactPhotos(app.database, days(29));
    expect(await left()).toEqual(['bin', 'living', 'replaced']);
    await sweepContactPhotos(app.database, days(31));
    expect(await left()).toEqual(['bin', 'living']);
    expect(living).not.toBe(bin);
  });

  it('is swept among thousands that nobody has', async () => {
    const { id: ownerId, accountId } = await app.aUser();
    const rows = Array.from({ length: 2_001 }, (_, place) => [
      ...[ownerId, String(place).padStart(64, '0'), accountId, Buffer.from('x')],
      ...[new Date('2026-01-01'), new Date('2026-01-01')],
    ]);
    await app.database.query(
      'INSERT INTO personal_contact_photos (ownerId, hash, accountId, bytes, createdAt, unusedSince) VALUES ?',
      [rows],
    );
    await sweepContactPhotos(app.database, new Date('2026-03-01'));
    const left = await app.database.query<[{ photos: string }]>(
      'SELECT COUNT(*) AS photos FROM personal_contact_photos WHERE ownerId = ?',
      [ownerId],
    );
    expect(Number(left[0].photos)).toBe(0);
  });
});

describe('who asks', () => {
  const pages = ['', '/edit', '/photo', '/card.vcf', '/qr.svg'];
  const acts = ['', '/deletion', '/restoration', '/photo/deletion'];

  it('finds nobody else’s contact, whatever their role', async () => {
    const account = await app.anAccount();
    const { user } = await app.signedIn({ account });
    const [id] = await kept(app, user, [{ displayName: 'Secret' }]);
    const { browser } = await app.signedIn({ account, role: 'owner' });
    for (const page of pages) expect((await browser.get(`${LIST}/${id}${page}`)).status).toBe(404);
    for (const path of acts)
      expect((await browser.post(`${LIST}/${id}${path}`, { displayName: 'x' })).status).toBe(404);
    expect((await browser.get(`${LIST}/no-id`)).status).toBe(404);
    expect(await stored(user.id, id)).toMatchObject({ displayName: 'Secret', revision: 1 });
  });

  it('is told who can switch the feature on, and loses nothing while it is off', async () => {
    const features = newAccountFeatures();
    features['personal-contacts'].on = false;
    const account = await app.anAccount({ features });
    const { user, browser } = await app.signedIn({ account });
    const [id] = await kept(app, user, [{ displayName: 'Ada' }]);
    for (const path of [`${LIST}/new`, `${LIST}/trash`, ...pages.map((page) => `${LIST}/${id}${page}`)]) {
      const answer = await browser.get(path);
      expect([path, answer.status]).toEqual([path, 403]);
      expect(visibleText(answer)).toContain('Nothing is lost');
    }
    expect((await browser.post(`${LIST}/${id}/deletion`)).status).toBe(403);
    expect(await stored(user.id, id)).toBeDefined();
  });

  it('of a merged contact is led to the one it became', async () => {
    const { user, browser } = await app.signedIn();
    const [one, into] = await kept(app, user, [
      { displayName: 'A. Lovelace' },
      { displayName: 'Ada Lovelace' },
    ]);
    await act(app, user, 'contacts.merge', (manager, own) =>
      removeContacts(manager, own, [one], { mergedInto: into }),
    );
    const answer = await browser.get(`${LIST}/${one}`);
    expect(answer.headers['location']).toBe(`${LIST}/${into}`);
    expect(visibleText(await browser.follow(answer))).toContain('A. Lovelace was merged into Ada Lovelace.');
  });
});
