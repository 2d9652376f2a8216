import { AccountSettings } from '../../src/accounts/account-settings.entity.js';
import { newSettings } from '../../src/accounts/settings.js';
import { type User } from '../../src/accounts/user.entity.js';
import { newId, type Id } from '../../src/database/id.js';
import { inTransaction } from '../../src/database/transaction.js';
import { ExternalContact } from '../../src/external-contacts/external-contact.entity.js';
import { ExternalLinks } from '../../src/external-contacts/links/external-links.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { type Answer, visibleText } from '../support/browser.js';
import { twoCompanies, type Somebody } from './two-companies.js';

describe('The card of an external contact', () => {
  let app: TestApp;
  let all: Awaited<ReturnType<typeof twoCompanies>>;
  let ada: Somebody;
  let bob: Somebody;
  let id: Id;
  let path: string;
  const photoHash = 'a'.repeat(64);

  beforeAll(async () => {
    app = await startApp();
    all = await twoCompanies(app);
    ({ ada, bob } = all);
    await change({
      ...{ jobTitle: 'Broker', department: 'Trade', workPhone: '+441179460000', photoHash },
      mobilePhone: '+447700900123',
    });
    await app.database.query(
      'INSERT INTO photos (accountId, hash, bytes, createdAt) VALUES (?, ?, ?, UTC_TIMESTAMP(3))',
      [bob.user.accountId, photoHash, PIXEL],
    );
  });

  beforeEach(async () => {
    id = (await all.connect(ada, bob)).card.id;
    path = `/external-contacts/${id}`;
  });

  afterAll(() => app.close());

  const change = (fields: Partial<User>) =>
    app.database.getRepository('users').update({ id: bob.user.id }, fields);
  const card = () => ada.browser.get(path);
  const part = (by: Id | null, reason: 'removed' | 'company' | 'blocked' | 'erased') =>
    inTransaction(app.database, async (manager) => {
      const links = app.get(ExternalLinks);
      const [one, other] = [ada.user, bob.user].map((user) => ({
        accountId: user.accountId,
        userId: user.id,
      }));
      await links.part(manager, await links.meet(manager, one, other), { by, for: reason });
    });

  it('shows what their company lets outsiders see, and how they came into contact', async () => {
    const shown = visibleText(await card());
    for (const text of ['Bob Cole', 'Broker', 'Harbour & Pine', bob.user.email, '+44 117 946 0000'])
      expect(shown).toContain(text);
    expect(shown).toMatch(/You asked\. In contact since \d/);
    expect(shown).not.toMatch(/Trade|7700 900123/);
    const other = await all.cardOf(bob, ada);
    expect(visibleText(await bob.browser.get(`/external-contacts/${other?.id}`))).toContain(
      'Ada Lovelace asked.',
    );
  });

  it('shows what the company changed at the next look', async () => {
    const settings = app.database.getRepository(AccountSettings);
    await settings.insert({
      ...newSettings(bob.user.accountId),
      outsiderFields: ['mobilePhone', 'department'],
    });
    const shown = visibleText(await card());
    expect(shown).toContain('+44 7700 900123');
    expect(shown).toContain('Trade');
    expect(shown).not.toMatch(/Broker|117 946/);
    expect((await ada.browser.get(`${path}/photo/${photoHash}`)).status).toBe(404);
    await settings.delete({ accountId: bob.user.accountId });
  });

  it('shows a change of the other person at the next look', async () => {
    await change({ familyName: 'Coleridge' });
    expect(visibleText(await card())).toContain('Bob Coleridge');
    await change({ familyName: 'Cole' });
  });

  it('offers calling to those who may, and tells others why not', async () => {
    expect((await card()).text).not.toContain('tel:+441179460000');
    expect(visibleText(await card())).toContain('Calling from here comes with a');
    const caller = await app.signedIn({
      ...{ account: ada.account, type: 'licensed', features: { phone: true } },
    });
    const { card: own } = await all.connect(caller, bob);
    expect((await caller.browser.get(`/external-contacts/${own.id}`)).text).toContain('tel:+441179460000');
    const alone = await app.signedIn({ account: await app.anAccount({ kind: 'personal' }), role: 'owner' });
    const { card: kept } = await all.connect(alone, bob);
    const said = visibleText(await alone.browser.get(`/external-contacts/${kept.id}`));
    expect(said).toContain('Calling from here is for people of companies.');
    expect(said).not.toContain('administrator');
  });

  it('serves the photo privately, to whom it is a contact of', async () => {
    const photo = await ada.browser.download(`${path}/photo/${photoHash}`);
    expect(photo.status).toBe(200);
    expect(photo.headers['cache-control']).toBe('private, max-age=3600');
    expect(photo.body.equals(PIXEL)).toBe(true);
    expect((await ada.browser.get(`${path}/photo/${'b'.repeat(64)}`)).status).toBe(404);
    // Nor by the address of colleagues' photos.
    expect((await ada.browser.get(`/photos/${photoHash}`)).status).toBe(404);
  });

  it('gives the card as a file and as a picture to scan, with what may be seen', async () => {
    const file = await ada.browser.get(`${path}/card.vcf`);
    expect(file.text ?? String(file.body)).toContain('FN:Bob Cole');
    expect(file.text ?? String(file.body)).toContain('+441179460000');
    expect(file.text ?? String(file.body)).not.toContain('7700900123');
    expect(file.text ?? String(file.body)).toContain(`UID:${path.split('/').at(-1)}`);
    expect(file.text ?? String(file.body)).not.toContain(bob.user.id);
    expect((await ada.browser.get(`${path}/qr.svg`)).headers['content-type']).toContain('svg');
  });

  it('fills in a personal contact, for whom may keep them', async () => {
    expect((await card()).text).toContain('/personal-contacts/new?displayName&#x3D;Bob+Cole&amp;email&#x3D;');
    const other = await app.signedIn({ account: ada.account, features: { 'personal-contacts': false } });
    const { card: own } = await all.connect(other, bob);
    expect((await other.browser.get(`/external-contacts/${own.id}`)).text).not.toContain(
      '/personal-contacts/new',
    );
  });

  it('is not there for anybody else, whatever they try', async () => {
    const mallory = await app.signedIn({ account: ada.account, role: 'owner' });
    for (const who of [mallory, bob])
      for (const rest of ['', '/card.vcf', '/qr.svg', `/photo/${photoHash}`])
        expect((await who.browser.get(path + rest)).status).toBe(404);
    for (const act of ['note', 'folders', 'removal', 'block', 'star'])
      expect((await mallory.browser.post(`${path}/${act}`, { note: 'x', newFolder: 'x' })).status).toBe(404);
    expect(await all.cardOf(ada, bob)).toMatchObject({ note: null, starred: false });
    for (const wrong of [newId(), 'x', bob.user.id])
      expect((await ada.browser.get(`/external-contacts/${wrong}`)).status).toBe(404);
  });

  it.each([
    ['deactivated', { status: 'deactivated' as const }, 'Left'],
    ['paused', { features: { 'external-contacts': false } }, 'Paused'],
  ])(
    'says plainly of somebody who is %s that there is nothing to reach them by',
    async (_, fields, badge) => {
      await change(fields);
      const answer = await card();
      expect(visibleText(answer)).toContain(badge);
      expect(visibleText(answer)).toContain('Harbour & Pine');
      expect(answer.text).not.toMatch(new RegExp(`Broker|946 0000|${bob.user.email}|card\\.vcf|qr\\.svg`));
      for (const rest of ['/card.vcf', '/qr.svg', `/photo/${photoHash}`])
        expect((await ada.browser.get(path + rest)).status).toBe(404);
      await change({ status: 'active', features: null });
    },
  );

  describe('keeps a note', () => {
    const save = (note: string, revision?: number) =>
      ada.browser.post(`${path}/note`, { note, ...(revision ? { revision } : {}) });

    it('which only its owner sees, with its history and an undo', async () => {
      await save('Met at the fair');
      const answer = await save('Met at the fair in Lyon\nCalls back in May');
      const saved = await ada.browser.follow(answer);
      expect(visibleText(saved)).toContain('Note saved.');
      expect(visibleText(saved)).toContain('Note changed');
      const other = await all.cardOf(bob, ada);
      expect((await bob.browser.get(`/external-contacts/${other?.id}`)).text).not.toContain('Lyon');
      expect(
        (await app.database.query("SELECT 1 FROM audit_entries WHERE details LIKE '%Lyon%'")) as [],
      ).toEqual([]);
      const undone = await ada.browser.follow(await ada.browser.post(undoIn(saved)));
      expect(noteIn(undone)).toBe('Met at the fair');
      expect(noteIn(await ada.browser.follow(await ada.browser.post(undoIn(undone))))).toContain('Lyon');
    });

    it('and shows both versions when two windows write', async () => {
      await save('First');
      const { revision } = await app.database.getRepository(ExternalContact).findOneByOrFail({ id });
      await save('From one window', revision);
      const answer = await save('From the other', revision);
      expect(answer.status).toBe(409);
      expect(visibleText(answer)).toContain('From one window');
      expect(visibleText(answer)).toContain('From the other');
      const [, now] = /name="revision" value="(\d+)"/.exec(answer.text) ?? [];
      await save('From the other', Number(now));
      expect(noteIn(await card())).toBe('From the other');
    });

    it('of 2,000 characters at most, and keeps what was typed', async () => {
      const answer = await save('x'.repeat(2_001));
      expect(answer.status).toBe(422);
      expect(noteIn(answer)).toHaveLength(2_001);
      expect(visibleText(answer)).toContain('There is a problem');
    });
  });

  it('puts the contact into folders, also into a new one, and takes it out again', async () => {
    await ada.browser.post(`${path}/folders`, { newFolder: 'Clients' });
    await ada.browser.post(`${path}/folders`, { newFolder: 'Nordsee' });
    const [{ id: folder }] = await app.database.query<[{ id: Id }]>(
      "SELECT id FROM external_folders WHERE ownerId = ? AND name = 'Nordsee'",
      [ada.user.id],
    );
    expect(badgesIn(await card())).toEqual(['Nordsee']);
    const undo = undoIn(
      await ada.browser.follow(
        await ada.browser.post(`${path}/folders`, { folderIds: [folder], newFolder: 'CLIENTS' }),
      ),
    );
    expect(badgesIn(await card())).toEqual(['Clients', 'Nordsee']);
    await ada.browser.post(undo);
    expect(badgesIn(await card())).toEqual(['Nordsee']);
    await ada.browser.post(`${path}/folders`);
    expect(badgesIn(await card())).toEqual([]);
  });

  it('refuses a folder of somebody else', async () => {
    await bob.browser.post('/external-contacts/folders', { name: 'Bob’s own' });
    const [{ id: folder }] = await app.database.query<[{ id: Id }]>(
      'SELECT id FROM external_folders WHERE ownerId = ?',
      [bob.user.id],
    );
    expect((await ada.browser.post(`${path}/folders`, { folderIds: [folder] })).status).toBe(404);
  });

  describe('of somebody one is no longer in contact with', () => {
    it('says that one removed them oneself, and takes it back with note, star and folders', async () => {
      await ada.browser.post(`${path}/note`, { note: 'Kept' });
      await ada.browser.post(`${path}/star`, { starred: 'on' });
      await ada.browser.post(`${path}/folders`, { newFolder: 'Kept folder' });
      const message = await ada.browser.follow(await ada.browser.post(`${path}/removal`));
      expect(visibleText(message)).toContain('Bob Cole is removed from your external contacts');
      const ended = await card();
      expect(visibleText(ended)).toMatch(/You removed Bob Cole on/);
      expect(ended.text).not.toMatch(/946 0000|card\.vcf/);
      expect(ended.text).toContain('Kept');
      expect(await all.cardOf(bob, ada)).toBeNull();
      await ada.browser.post(undoIn(ended));
      expect(await all.cardOf(bob, ada)).not.toBeNull();
      const again = await card();
      expect(noteIn(again)).toBe('Kept');
      expect(badgesIn(again)).toEqual(['Kept folder']);
      expect(again.text).toContain('star-full');
      await ada.browser.post(`${path}/folders`);
    });

    it('says that they removed one, where the notification leads, and offers to ask again', async () => {
      const other = await all.cardOf(bob, ada);
      await bob.browser.post(`/external-contacts/${other?.id}/removal`);
      const [news] = await app.database.query<{ href: string; kind: string }[]>(
        'SELECT href, kind FROM notifications WHERE userId = ? ORDER BY id DESC LIMIT 1',
        [ada.user.id],
      );
      expect(news).toEqual({ href: path, kind: 'external.removed' });
      const answer = await card();
      expect(visibleText(answer)).toMatch(/Bob Cole removed you on/);
      expect(answer.text).toContain('/external-contacts/invite');
      expect(answer.text).not.toContain('Undo: be in contact again');
      // A page that was open when they did leads here too, and what was typed in it is kept.
      for (const act of ['star', 'folders'])
        expect((await ada.browser.post(`${path}/${act}`, { newFolder: 'x' })).headers['location']).toBe(path);
      await ada.browser.post(`${path}/note`, { note: 'Typed when they had gone' });
      expect(visibleText(await card())).toContain('Typed when they had gone');
      await ada.browser.post(`${path}/note`, { note: 'Kept' });
      expect(answer.text).not.toMatch(new RegExp(`${bob.user.email}|Broker`));
      const former = '/external-contacts?former=1';
      expect(namesIn(await ada.browser.get(former))).toEqual(['Bob Cole']);
      expect(namesIn(await ada.browser.get(`${former}&q=cole`))).toEqual(['Bob Cole']);
      for (const hidden of ['broker', '9460000', bob.user.email])
        expect(namesIn(await ada.browser.get(`${former}&q=${hidden}`))).toEqual([]);
    });

    it('offers to ask again with the address one knew, and with no other', async () => {
      const asked = await all.request(bob, ada, { senderAddress: 'old.address@harbour.example' });
      await part(null, 'company');
      expect((await card()).text).toContain('/invite?email&#x3D;old.address%40harbour.example');
      await app.database.query('DELETE FROM external_requests_received WHERE id = ?', [asked.receivedId]);
      await app.database.query('DELETE FROM external_requests_sent WHERE id = ?', [asked.sentId]);
      expect((await card()).text).toContain('href="/external-contacts/invite"');
    });

    it.each([
      ['an administrator', null, 'company', /An administrator ended this contact on/],
      ['their account', null, 'erased', /account of Bob Cole was deleted/],
    ] as const)('says that %s did', async (_, by, reason, text) => {
      await part(by, reason);
      expect(visibleText(await card())).toMatch(text);
    });

    it('says nothing more to whom was blocked', async () => {
      const other = await all.cardOf(bob, ada);
      await bob.browser.post(`/external-contacts/${other?.id}/block`);
      const shown = visibleText(await card());
      expect(shown).toMatch(/You are no longer in contact with Bob Cole since/);
      expect(shown).not.toMatch(/block(ed)? (you|by)|removed you/i);
      const theirs = await bob.browser.get(`/external-contacts/${other?.id}`);
      expect(visibleText(theirs)).toMatch(/You blocked Ada Lovelace on/);
      await app.database.query('DELETE FROM external_blocks');
    });

    it('is gone after 30 days', async () => {
      await part(ada.user.id, 'removed');
      await app.database.query(
        'UPDATE external_contacts SET endedAt = UTC_TIMESTAMP(3) - INTERVAL 31 DAY WHERE id = ?',
        [id],
      );
      expect((await card()).status).toBe(404);
      expect(namesIn(await ada.browser.get('/external-contacts?former=1'))).toEqual([]);
    });
  });

  it('cannot be taken back once the other has blocked', async () => {
    await ada.browser.post(`${path}/removal`);
    const other = await app.database
      .getRepository(ExternalContact)
      .findOneByOrFail({ ownerId: bob.user.id, otherUserId: ada.user.id });
    await bob.browser.post(`/external-contacts/${other.id}/block`);
    const [{ id: batch }] = await app.database.query<[{ id: Id }]>(
      "SELECT id FROM journal_batches WHERE actorId = ? AND kind = 'external-contacts.removal' ORDER BY id DESC LIMIT 1",
      [ada.user.id],
    );
    const answer = await ada.browser.follow(await ada.browser.post(`/external-contacts/acts/${batch}/undo`));
    expect(visibleText(answer)).toContain('Nothing was undone');
    expect(await all.cardOf(ada, bob)).toBeNull();
    await app.database.query('DELETE FROM external_blocks');
  });

  it('tells nobody of a removal that was taken back', async () => {
    const told = () =>
      app.database.query<object[]>(
        "SELECT 1 FROM notifications WHERE userId = ? AND kind = 'external.removed'",
        [bob.user.id],
      );
    const before = (await told()).length;
    const message = await ada.browser.follow(await ada.browser.post(`${path}/removal`));
    expect(await told()).toHaveLength(before + 1);
    await ada.browser.post(undoIn(message));
    expect(await told()).toHaveLength(before);
  });

  it('lets nobody undo what somebody else did', async () => {
    await ada.browser.post(`${path}/note`, { note: newId() });
    const [{ id: batch }] = await app.database.query<[{ id: Id }]>(
      "SELECT id FROM journal_batches WHERE actorId = ? AND kind = 'external-contacts.note' ORDER BY id DESC LIMIT 1",
      [ada.user.id],
    );
    const mallory = await app.signedIn({ account: ada.account, role: 'owner' });
    for (const who of [mallory, bob])
      expect((await who.browser.post(`/external-contacts/acts/${batch}/undo`)).status).toBe(404);
  });

  it('is removed once when two windows do it at the same moment', async () => {
    await Promise.all([ada.browser.post(`${path}/removal`), ada.browser.post(`${path}/removal`)]);
    const batches = await app.database.query<object[]>(
      `SELECT 1 FROM journal_entries e JOIN journal_batches b ON b.id = e.batchId
       WHERE e.subjectId = ? AND e.action = 'removed' AND b.undoneAt IS NULL AND b.at > UTC_TIMESTAMP(3) - INTERVAL 2 SECOND
         AND b.id = (SELECT MAX(batchId) FROM journal_entries WHERE subjectId = ? AND action = 'removed')`,
      [id, id],
    );
    expect(batches).toHaveLength(1);
    expect(await all.linkOf(ada, bob)).toMatchObject({ state: 'apart', endedBy: ada.user.id });
  });
});

/** Bytes that stand for a picture; nobody decodes them here. */
const PIXEL = Buffer.from('524946461a000000574542505650384c0d0000002f00000010071011118888fe0700', 'hex');

/** Where the first button that undoes something posts to. */
function undoIn(answer: Answer): string {
  const [, action = ''] = /action="([^"]*\/acts\/[^"]*undo[^"]*)"/.exec(answer.text) ?? [];
  return action.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');
}

function noteIn(answer: Answer): string {
  const [, note = ''] = /<textarea[^>]*name="note"[^>]*>\n([\s\S]*?)<\/textarea>/.exec(answer.text) ?? [];
  return note;
}

function badgesIn(answer: Answer): string[] {
  return [...answer.text.matchAll(/class="badge" href="[^"]*"><svg[\s\S]*?<\/svg>([^<]+)</g)].map(
    ([, name]) => name,
  );
}

function namesIn(answer: Answer): string[] {
  return [...answer.text.matchAll(/class="table__link" href="[^"]+">([^<]+)</g)].map(([, name]) => name);
}
