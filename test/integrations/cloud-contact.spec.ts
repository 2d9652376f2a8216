import { type User } from '../../src/accounts/user.entity.js';
import { newId, type Id } from '../../src/database/id.js';
import { startApp, type TestApp } from '../support/app.js';
import { field, visibleText, type Answer, type Browser } from '../support/browser.js';
import { MailboxOf } from './mailbox-of.js';

const CLOUD = '/cloud-contacts';
let app: TestApp;
let user: User;
let browser: Browser;
let mailbox: MailboxOf;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  ({ user, browser } = await app.signedIn({ features: { integrations: true } }));
  mailbox = await MailboxOf.connect(app, user);
});

describe('The card of a cloud contact', () => {
  it('shows what its mailbox says of a number where that differs, and text that is no number', async () => {
    const [id] = await mailbox.add({
      ...{
        displayName: 'Ada',
        workPhone: '+33140205050',
        typedPhones: { workPhone: '+33 1 40 20 50 50 ext. 12' },
      },
    });
    await mailbox.changedThere(id, {
      typedPhones: { workPhone: '+33 1 40 20 50 50 ext. 12', homePhone: 'ask Bea' },
    });
    const text = visibleText(await browser.get(`${CLOUD}/${id}`));
    expect(text).toContain('Office +33 1 40 20 50 50');
    expect(text).toContain('In Exchange: “+33 1 40 20 50 50 ext. 12”');
    expect(text).toContain('Home ask Bea');
    expect(text).toContain('Not a number that can be called from here.');
  });

  it('calls only for whom may call, and never a fax or text', async () => {
    const fields = { displayName: 'Ada', mobilePhone: '+33612345678', faxNumber: '+33140205050' } as const;
    const [id] = await mailbox.add(fields);
    expect((await browser.get(`${CLOUD}/${id}`)).text).not.toContain('tel:');
    const { user: caller, browser: phone } = await app.signedIn({
      ...{ type: 'licensed', features: { integrations: true, phone: true } },
    });
    const box = await MailboxOf.connect(app, caller);
    const [own] = await box.add(fields);
    const card = await phone.get(`${CLOUD}/${own}`);
    expect(card.text).toContain('href="tel:+33612345678"');
    expect(card.text).not.toContain('tel:+33140205050');
  });

  it('gives a card, a code, and a filled-in form to keep it as personal contact', async () => {
    const [id] = await mailbox.add({ displayName: 'Ada King', email: 'ada@x.example', isPrivate: true });
    const card = await browser.download(`${CLOUD}/${id}/card.vcf`);
    expect(card.body.toString()).toMatch(/FN:Ada King[\s\S]*EMAIL[^:]*:ada@x\.example/);
    expect((await browser.get(`${CLOUD}/${id}/qr.svg`)).status).toBe(200);
    const page = await browser.get(`${CLOUD}/${id}`);
    expect(visibleText(page)).toContain('Private');
    const keep = /href="(\/personal-contacts\/new\?[^"]*)"/.exec(page.text)?.[1] ?? '';
    const form = await browser.get(keep.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='));
    expect(field(form, 'displayName').value).toBe('Ada King');
    expect(field(form, 'email').value).toBe('ada@x.example');
  });

  it('tells its history, what came from the provider and what one did', async () => {
    const [id] = await mailbox.add({ displayName: 'Ada' });
    await mailbox.changedThere(id, { organization: 'Analytical' });
    await browser.post(`${CLOUD}/${id}`, { displayName: 'Ada King' });
    const text = visibleText(await browser.get(`${CLOUD}/${id}`));
    expect(text).toMatch(/Edited by you .* Changed in Exchange .* Came from Exchange/);
    expect(text).toContain('Waiting to be sent to Exchange: Name.');
  });
});

describe('The form of a cloud contact', () => {
  it('makes one in the chosen folder, once however often it is sent', async () => {
    const folder = await mailbox.addFolder('Clients', mailbox.folder);
    const form = await browser.get(
      `${CLOUD}/new?groupIds=${folder}&displayName=Ada&mobilePhone=+33612345678`,
    );
    expect(field(form, 'mobilePhone').value).toBe('+33 6 12 34 56 78');
    expect(chosenIn(form)).toBe(folder);
    const fields = {
      displayName: 'Ada',
      mobilePhone: '+33 6 12 34 56 78',
      groupIds: [folder],
      _once: newId(),
    };
    const answers = await Promise.all([
      browser.post(CLOUD, fields),
      browser.post(CLOUD, fields),
      browser.post(CLOUD, fields),
    ]);
    expect(new Set(answers.map(({ headers }) => headers['location'] as string)).size).toBe(1);
    expect(await mailbox.contact(idIn(answers[0]))).toMatchObject({
      ...{ displayName: 'Ada', mobilePhone: '+33612345678', folderIds: [folder], pending: 'create' },
    });
  });

  it('puts it into the default folder when none is named', async () => {
    await mailbox.addFolder('Another', null);
    expect(chosenIn(await browser.get(`${CLOUD}/new`))).toBe(mailbox.folder);
    const answer = await browser.post(CLOUD, { displayName: 'Ada' });
    expect((await mailbox.contact(idIn(answer))).folderIds).toEqual([mailbox.folder]);
  });

  it('has boxes for labels, of which a contact may have several, and at least one', async () => {
    const google = await MailboxOf.connect(app, user, { provider: 'google', accountName: 'a@gmail.example' });
    const [clients, chess] = [await google.addFolder('Clients', null), await google.addFolder('Chess', null)];
    const ticked = (answer: Answer) =>
      [...answer.text.matchAll(/type="checkbox"[^>]*value="([^"]+)" checked/g)].map(([, id]) => id).sort();
    expect(ticked(await browser.get(`${CLOUD}/new?groupIds=${clients}`))).toEqual(
      [google.folder, clients].sort(),
    );
    const fields = { displayName: 'Ada', groupIds: ['', clients, chess] };
    const id = idIn(await browser.post(CLOUD, fields));
    expect((await google.contact(id)).folderIds).toEqual([clients, chess].sort());
    const edit = await browser.get(`${CLOUD}/${id}/edit`);
    expect(ticked(edit)).toEqual([clients, chess].sort());
    const path = `${CLOUD}/${id}`;
    await browser.post(path, { displayName: 'Ada', groupIds: ['', chess, google.folder] });
    expect((await google.contact(id)).folderIds).toEqual([google.folder, chess].sort());
    expect(visibleText(await browser.get(path))).toMatch(/Labels .*My contacts/);
    const none = await browser.post(path, { displayName: 'Ada', groupIds: [''] });
    expect(none.status).toBe(422);
    expect(visibleText(none)).toContain('Choose at least one label.');
    // What was sent on an older version is put beside it, labels too.
    const older = { displayName: 'Ada', groupIds: ['', clients], revision: '1' };
    const versions = await browser.post(path, older);
    expect(versions.status).toBe(409);
    expect(visibleText(versions)).toMatch(/Labels/);
    // A folder is one.
    const second = await mailbox.addFolder('Second', null);
    const both = await browser.post(CLOUD, { displayName: 'Bea', groupIds: [mailbox.folder, second] });
    expect(both.status).toBe(422);
    expect(visibleText(both)).toContain('is in one folder');
  });

  it('offers no folder that cannot be written, and takes none', async () => {
    const shared = await mailbox.addFolder('Shared', null, { readOnly: true });
    const looked = await MailboxOf.connect(app, user, { contacts: 'read', accountName: 'look@x.example' });
    const form = await browser.get(`${CLOUD}/new?groupIds=${shared}`);
    expect(form.text).not.toContain(`value="${shared}"`);
    expect(form.text).not.toContain(`value="${looked.folder}"`);
    for (const folder of [shared, looked.folder]) {
      const answer = await browser.post(CLOUD, { displayName: 'Ada', groupIds: [folder] });
      expect(answer.status).toBe(422);
      expect(field(answer, 'displayName').value).toBe('Ada');
    }
    const { user: other } = await app.signedIn({ features: { integrations: true } });
    const theirs = await MailboxOf.connect(app, other);
    expect((await browser.post(CLOUD, { displayName: 'Ada', groupIds: [theirs.folder] })).status).toBe(404);
  });

  it('proposes a number that lacks its country, and keeps what was typed of one it cannot read', async () => {
    const proposed = await browser.post(CLOUD, {
      displayName: 'Ada',
      workPhone: '01 40 20 50 50',
      homePhone: '12',
    });
    expect(proposed.status).toBe(422);
    expect(field(proposed, 'workPhone')).toMatchObject({
      ...{ value: '+33 1 40 20 50 50', error: expect.stringContaining('Save again') as string },
    });
    expect(field(proposed, 'homePhone').value).toBe('12');
    expect((await browser.post(CLOUD, {})).status).toBe(422);
  });

  it('leaves text that is no number as it is, until somebody edits it', async () => {
    const [id] = await mailbox.add({ displayName: 'Ada', email: 'not an address' });
    await mailbox.changedThere(id, { typedPhones: { homePhone: 'ask Bea' } });
    const form = await browser.get(`${CLOUD}/${id}/edit`);
    expect(field(form, 'homePhone').value).toBe('ask Bea');
    const as = { displayName: 'Ada King', email: 'not an address', homePhone: 'ask Bea', workPhone: '' };
    expect((await browser.post(`${CLOUD}/${id}`, as)).status).toBe(303);
    expect(await mailbox.contact(id)).toMatchObject({
      ...{ displayName: 'Ada King', email: 'not an address', homePhone: null },
      typedPhones: { homePhone: 'ask Bea' },
    });
    expect((await browser.post(`${CLOUD}/${id}`, { ...as, homePhone: 'ask Cem' })).status).toBe(422);
    await browser.post(`${CLOUD}/${id}`, { ...as, homePhone: '' });
    expect((await mailbox.contact(id)).typedPhones).toEqual({});
  });

  it('shows both versions when a run or another window changed the same contact meanwhile', async () => {
    const [id] = await mailbox.add({ displayName: 'Ada', organization: 'Old' });
    const revision = String((await mailbox.contact(id)).version);
    await mailbox.changedThere(id, { organization: 'There', mobilePhone: '+33612345678' });
    const mine = { revision, displayName: 'Ada', organization: 'Here', mobilePhone: '' };
    const both = await browser.post(`${CLOUD}/${id}`, mine);
    expect(both.status).toBe(409);
    expect(both.text).toMatch(/value="There"[^>]*>/);
    expect(both.text).toMatch(/value="Here" checked/);
    // Only the run touched the number: its value is proposed.
    expect(both.text).toMatch(/id="mobilePhone-theirs"[^>]*checked/);
    expect((await mailbox.contact(id)).organization).toBe('There');
    const now = /name="revision" value="(\d+)"/.exec(both.text)?.[1] ?? '';
    const chosen = { ...mine, revision: now, mobilePhone: '+33 6 12 34 56 78' };
    expect((await browser.post(`${CLOUD}/${id}`, chosen)).status).toBe(303);
    expect(await mailbox.contact(id)).toMatchObject({ organization: 'Here', mobilePhone: '+33612345678' });
  });

  it('is no conflict when the change was only sent meanwhile, or only a star was given', async () => {
    const [id] = await mailbox.add({ displayName: 'Ada' });
    const revision = String((await mailbox.contact(id)).version);
    await browser.post(`${CLOUD}/${id}/star`, { starred: 'on' });
    expect((await browser.post(`${CLOUD}/${id}`, { revision, displayName: 'Ada King' })).status).toBe(303);
    const edited = String((await mailbox.contact(id)).version);
    await mailbox.sent(id);
    expect((await browser.post(`${CLOUD}/${id}`, { revision: edited, displayName: 'Ada' })).status).toBe(303);
  });

  it('brings back a contact that was deleted meanwhile, when it is sent again', async () => {
    const [id] = await mailbox.add({ displayName: 'Ada' });
    await mailbox.deletedThere(id);
    const answer = await browser.post(`${CLOUD}/${id}`, { displayName: 'Ada King' });
    expect(answer.status).toBe(409);
    expect(visibleText(answer)).toContain('Restore and save');
    await browser.post(`${CLOUD}/${id}`, { displayName: 'Ada King', restore: 'on' });
    expect(await mailbox.contact(id)).toMatchObject({
      ...{ displayName: 'Ada King', deletedAt: null, pending: 'create' },
    });
  });
});

describe('The bin of cloud contacts', () => {
  it('gives back what was deleted here or there, to be made again at the provider', async () => {
    const [mine, theirs] = await mailbox.add({ displayName: 'Ada' }, { displayName: 'Bea' });
    await browser.post(`${CLOUD}/${mine}/deletion`);
    await mailbox.deletedThere(theirs);
    const bin = visibleText(await browser.get(`${CLOUD}/trash`));
    expect(bin).toContain('Deleted by you');
    expect(bin).toContain('Deleted in Exchange');
    expect(visibleText(await browser.get(`${CLOUD}/${theirs}`))).toContain('It can be restored until');
    await browser.post(`${CLOUD}/trash/restoration`, { ids: [mine, theirs] });
    // Nobody has told the provider of the first, which is therefore in step again.
    expect((await mailbox.contact(mine)).pending).toBeNull();
    expect(await mailbox.contact(theirs)).toMatchObject({ deletedAt: null, pending: 'create' });
  });

  it('erases for good what is agreed with, but nothing the provider has yet to be told of', async () => {
    const [waiting, gone] = await mailbox.add({ displayName: 'Ada' }, { displayName: 'Bea' });
    await browser.post(`${CLOUD}/${waiting}/deletion`);
    await mailbox.deletedThere(gone);
    const asked = await browser.post(`${CLOUD}/trash/erasure`, { ids: [waiting, gone] });
    expect(visibleText(asked)).toContain('Delete this contact for good?');
    expect((await browser.post(`${CLOUD}/trash/erasure`, { ids: [gone], asked: 'on' })).status).toBe(422);
    await browser.post(`${CLOUD}/trash/erasure`, { all: 'on', confirmed: 'on' });
    expect(await mailbox.contact(waiting)).toMatchObject({ pending: 'remove' });
    await expect(mailbox.contact(gone)).rejects.toThrow();
    expect((await browser.get(`${CLOUD}/${gone}`)).status).toBe(404);
  });

  it('is nobody else’s', async () => {
    const [id] = await mailbox.add({ displayName: 'Ada' });
    await mailbox.deletedThere(id);
    const { browser: other, user: someone } = await app.signedIn({ features: { integrations: true } });
    await MailboxOf.connect(app, someone);
    for (const path of ['restoration', 'erasure'])
      expect((await other.post(`${CLOUD}/trash/${path}`, { ids: [id], confirmed: 'on' })).status).toBe(404);
    expect((await other.post(`${CLOUD}/${id}/restoration`)).status).toBe(404);
    expect((await mailbox.contact(id)).deletedAt).not.toBeNull();
  });
});

function idIn(answer: Answer): Id {
  return (answer.headers['location'] as string).split('/').at(-1) ?? '';
}

function chosenIn(answer: Answer): string | undefined {
  return /<option value="([^"]*)" selected>/.exec(answer.text)?.[1];
}
