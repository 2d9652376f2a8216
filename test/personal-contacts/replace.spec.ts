import { limits } from '../../src/config/limits.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Browser } from '../support/browser.js';
import { checkContacts, contactFile, contactsOf, importNow } from './importing.js';
import { act, changed, kept } from './keeping.js';
import { starContacts } from '../../src/personal-contacts/contact-writes.js';
import { agreed, checkReplacement, confirmReplacement, replaceContacts } from './replacing.js';

jest.setTimeout(60_000);

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const ada = 'Ada Lovelace,ada@example.test,+442079460018,,,,,Analytical Engines';
const alan = 'Alan Turing,alan@example.test,,,,,,';
const adaKept = {
  ...{ displayName: 'Ada Lovelace', email: 'ada@example.test', workPhone: '+442079460018' as const },
  organization: 'Analytical Engines',
};
const BACK_TO_CONTACTS = /class="back-link" href="\/personal-contacts">.*Personal contacts<\/a>/;
const graceKept = { displayName: 'Grace Hopper', email: 'grace@example.test' };
const names = async (owner: { id: string }) =>
  (await contactsOf(app, owner)).map(({ displayName }) => displayName);
const groupNames = async ({ id }: { id: string }) =>
  (
    await app.database.query<{ name: string }[]>(
      'SELECT name FROM personal_contact_groups WHERE ownerId = ? AND liveKey = 1 ORDER BY nameKey',
      [id],
    )
  ).map(({ name }) => name);

describe('a file that becomes the list', () => {
  it('is asked for on a page that says what happens and how many contacts there are', async () => {
    const { browser, user } = await app.signedIn();
    await kept(app, user, [graceKept, adaKept]);
    const page = visibleText(await browser.get('/personal-contacts/replace'));
    expect(page).toContain('Your list has 2 contacts now.');
    expect(page).toContain('Contacts that are not in the file leave your list');
    expect(page).not.toContain('Restore the former list');
  });

  it('says what becomes of groups beside the name of one, and leads back to the contacts at each step', async () => {
    const { browser } = await app.signedIn();
    const form = await browser.get('/personal-contacts/replace');
    expect(visibleText(form)).toContain('Everybody in the file is in this group afterwards');
    expect(visibleText(form)).not.toContain('An existing group is joined');
    const checked = await checkReplacement(app, browser, contactFile(ada));
    const done = await confirmReplacement(app, browser, checked);
    for (const { answer } of [checked, done]) expect(answer.text).toMatch(BACK_TO_CONTACTS);
    const imported = await checkContacts(app, browser, contactFile(alan));
    expect(imported.answer.text).toMatch(BACK_TO_CONTACTS);
  });

  it('shows who is added, changed and leaves, and what becomes of each group, before anything is written', async () => {
    const { browser, user } = await app.signedIn();
    await kept(app, user, [adaKept], { group: 'Clients' });
    await kept(app, user, [graceKept], { group: 'Suppliers' });
    await kept(app, user, [{ displayName: 'By hand' }]);
    const checked = await checkReplacement(
      app,
      browser,
      contactFile(ada.replace('Engines', 'Machines'), alan),
      {
        groupName: 'New clients',
      },
    );
    expect(checked.counts).toMatchObject({ n: 1, c: 1, w: 0 });
    expect(checked.page).toContain('Analytical Engines');
    expect(checked.page).toContain('Analytical Machines');
    expect(checked.page).toContain('2 leave');
    expect(checked.page).toContain('Contacts that leave your list');
    expect(checked.page).toContain('grace@example.test');
    expect(checked.page).toContain('I understand that 2 contacts leave my list');
    expect(checked.summary?.removal?.groups).toEqual([
      expect.objectContaining({ name: 'Clients', before: 1, leaving: 0, after: 0, goes: true }),
      expect.objectContaining({ name: 'Suppliers', before: 1, leaving: 1, after: 0, goes: true }),
      expect.objectContaining({ id: null, name: 'New clients', before: 0, after: 2 }),
      expect.objectContaining({ name: null, before: 1, leaving: 1, after: 0, goes: false }),
    ]);
    expect(checked.page).toContain('goes, empty');
    expect(await names(user)).toEqual(['Ada Lovelace', 'By hand', 'Grace Hopper']);
  });

  it('keeps id, star and history of people found again, and puts all of the file into the named group', async () => {
    const { browser, user } = await app.signedIn();
    const [adaId] = await kept(app, user, [adaKept], { group: 'Clients' });
    await act(app, user, 'contacts.star', (manager, own) => starContacts(manager, own, [adaId], true));
    await kept(app, user, [graceKept], { group: 'Suppliers' });
    const done = await replaceContacts(app, browser, contactFile(ada, alan), { groupName: 'New' });
    expect(done).toMatchObject({ state: 'done', runningKey: null, counts: { r: 1, g: 2, written: 2 } });
    expect(done.page).toContain('Your contacts were replaced');
    expect(await contactsOf(app, user)).toMatchObject([
      { id: adaId, displayName: 'Ada Lovelace', starred: true, groups: ['New'] },
      { displayName: 'Alan Turing', groups: ['New'] },
    ]);
    expect(await groupNames(user)).toEqual(['New']);
    const history = await app.database.query<unknown[]>('SELECT 1 FROM journal_entries WHERE subjectId = ?', [
      adaId,
    ]);
    expect(history).toHaveLength(3);
  });

  it('finds people by number and name whose e-mail is another, and shows that change', async () => {
    const { browser, user } = await app.signedIn();
    const [adaId] = await kept(app, user, [adaKept]);
    const checked = await checkReplacement(app, browser, contactFile(ada.replace('ada@', 'countess@')));
    expect(checked.counts).toMatchObject({ n: 0, c: 1 });
    expect(checked.page).toContain('countess@example.test');
    const filtered = visibleText(await browser.get(`/imports/${checked.id}?field=email`));
    expect(filtered).toContain('countess@example.test');
    const done = await confirmReplacement(app, browser, checked);
    expect(done.page).toContain('Your contacts were replaced');
    expect(await contactsOf(app, user)).toMatchObject([{ id: adaId, email: 'countess@example.test' }]);
  });

  it('empties a field whose cell is empty, and leaves alone what the file has no column for', async () => {
    const { browser, user } = await app.signedIn();
    await kept(app, user, [{ ...adaKept, mobilePhone: '+447700900018' }], { group: 'Clients' });
    const checked = await checkReplacement(
      app,
      browser,
      'Name,Email Address,Office\r\nAda Lovelace,ada@example.test,',
    );
    expect(checked.counts).toMatchObject({ c: 1, n: 0 });
    await confirmReplacement(app, browser, checked);
    expect(await contactsOf(app, user)).toMatchObject([
      {
        workPhone: null,
        mobilePhone: '+447700900018',
        organization: 'Analytical Engines',
        groups: ['Clients'],
      },
    ]);
  });

  it('is refused without the tick, with another number, and when the number is another by now', async () => {
    const { browser, user } = await app.signedIn();
    const [graceId] = await kept(app, user, [graceKept, { displayName: 'Other' }]);
    const checked = await checkReplacement(app, browser, contactFile(ada));
    for (const answers of [{}, { understood: '1' }, { understood: 'on' }]) {
      const answer = await browser.post(`/imports/${checked.id}/confirmation`, answers);
      expect(answer.status).toBe(422);
      expect(answer.text).toContain('id="understood-problem"');
    }
    await changed(app, user, graceId, { organization: 'Navy' });
    const late = await browser.post(`/imports/${checked.id}/confirmation`, agreed(checked));
    expect(late.status).toBe(422);
    expect(visibleText(late)).toContain('Something was changed since this page was shown');
    expect(visibleText(late)).toContain('changed since the check');
    await app.get(JobsWorker).idle();
    expect(await names(user)).toEqual(['Grace Hopper', 'Other']);
  });

  it('needs no tick where nobody leaves, and says so where it is the list already', async () => {
    const { browser, user } = await app.signedIn();
    await kept(app, user, [adaKept]);
    const more = await checkReplacement(app, browser, contactFile(ada, alan));
    expect(agreed(more)).toEqual({});
    expect((await confirmReplacement(app, browser, more)).counts).toMatchObject({ s: 1, n: 1, r: 0 });
    const same = await checkReplacement(app, browser, contactFile(ada, alan));
    expect(same.page).toContain('This file is your list already');
    expect(same.answer.text).not.toContain('Replace my contacts</button>');
  });

  it('only takes away when that is all there is to do', async () => {
    const { browser, user } = await app.signedIn();
    await kept(app, user, [adaKept, graceKept]);
    const done = await replaceContacts(app, browser, contactFile(ada));
    expect(done.counts).toMatchObject({ s: 1, r: 1, written: 0 });
    expect(await names(user)).toEqual(['Ada Lovelace']);
    expect(done.page).toContain('Restore the former list');
  });

  it('never empties a list: not by an empty file, nor by a header, nor by wrong rows alone', async () => {
    const { browser, user } = await app.signedIn();
    await kept(app, user, [adaKept, graceKept]);
    const empty = await browser.upload('/personal-contacts/replace', { name: 'contacts.csv', bytes: '' });
    expect(empty.status).toBe(422);
    expect((await checkReplacement(app, browser, contactFile())).state).toBe('refused');
    const wrong = await checkReplacement(
      app,
      browser,
      contactFile(',x@example.test,,,,,,', 'Bad,not an address,,,,,,'),
    );
    expect(wrong.counts).toMatchObject({ w: 2 });
    expect(wrong.page).toContain('No row of this file can be taken');
    const answer = await browser.post(`/imports/${wrong.id}/confirmation`, {
      rows: 'right',
      understood: '2',
    });
    expect(answer.status).toBe(422);
    await app.get(JobsWorker).idle();
    expect(await names(user)).toEqual(['Ada Lovelace', 'Grace Hopper']);
  });

  it('replaces nothing while rows are wrong, unless the right rows are asked for, and never removes people of wrong rows', async () => {
    const { browser, user } = await app.signedIn();
    const contacts = [
      { displayName: 'By Address', email: 'by.address@example.test' },
      { displayName: 'By Number', mobilePhone: '+33612345678' as const },
      { displayName: 'Name By' },
      { displayName: 'Gone' },
    ];
    await kept(app, user, contacts);
    const file = contactFile(
      alan,
      'Somebody Else,by.address@example.test,not a number,,,,,',
      'Another One,not an address,,,06 12 34 56 78,,,',
      '"By Name",also not an address,,,,,,',
    );
    const checked = await checkReplacement(app, browser, file);
    expect(checked.counts).toMatchObject({ n: 1, w: 3 });
    expect(checked.page).toContain('I understand that one contact leaves my list');
    expect(checked.page).toContain('may stand in row 3, which cannot be taken');
    const refused = await browser.post(`/imports/${checked.id}/confirmation`, { understood: '1' });
    expect(refused.status).toBe(422);
    const done = await confirmReplacement(app, browser, checked);
    expect(done.counts).toMatchObject({ r: 1, written: 1 });
    expect(await names(user)).toEqual(['Alan Turing', 'By Address', 'By Number', 'Name By']);
    expect(done.page).toContain('3 contacts are left as they are.');
  });

  it('leaves the contact of a row whose proposal was declined as it is', async () => {
    const { browser, user } = await app.signedIn();
    await kept(app, user, [{ ...adaKept, displayName: 'Ada Byron' }, graceKept]);
    const checked = await checkReplacement(
      app,
      browser,
      contactFile(alan, 'Ada Lovelace,ada@example.test,01 40 20 50 50,,,,,'),
    );
    expect(checked.counts).toMatchObject({ c: 1, n: 1, o: 1 });
    await confirmReplacement(app, browser, checked, { proposals: 'leave', rows: 'right' });
    expect(await contactsOf(app, user)).toMatchObject([
      { displayName: 'Ada Byron', workPhone: '+442079460018' },
      { displayName: 'Alan Turing' },
    ]);
  });

  it('keeps and tells what was added or edited after the check', async () => {
    const { browser, user } = await app.signedIn();
    const [adaId, graceId] = await kept(app, user, [
      adaKept,
      graceKept,
      { displayName: 'Leaves' },
      { displayName: 'Touched' },
    ]);
    const checked = await checkReplacement(
      app,
      browser,
      contactFile(ada.replace('Engines', 'Machines'), alan),
    );
    await browser.post(`/imports/${checked.id}/confirmation`, agreed(checked));
    // Confirmed, and the work has not begun.
    await changed(app, user, adaId, { organization: 'Edited meanwhile' });
    await changed(app, user, graceId, { organization: 'Navy' });
    await kept(app, user, [
      { displayName: 'Just added' },
      { displayName: 'Alan M. Turing', email: 'alan@example.test' },
    ]);
    await app.get(JobsWorker).idle();
    const done = await importNow(app, browser, checked.id);
    expect(done).toMatchObject({ state: 'done', counts: { r: 2, m: 1, k: 1 } });
    expect(await contactsOf(app, user)).toMatchObject([
      { id: adaId, organization: 'Edited meanwhile' },
      { displayName: 'Alan M. Turing' },
      { id: graceId, organization: 'Navy' },
      { displayName: 'Just added' },
    ]);
    expect(done.page).toContain('Grace Hopper changed since the check');
    expect(done.page).toContain('Just added added since the check');
  });

  it('counts anew what was added since when the file is checked again', async () => {
    const { browser, user } = await app.signedIn();
    await kept(app, user, [graceKept]);
    const { id } = await checkReplacement(app, browser, contactFile(ada));
    await kept(app, user, [{ displayName: 'Late' }]);
    expect((await importNow(app, browser, id)).page).toContain('Late added since the check');
    await browser.post(`/imports/${id}/rules`);
    await app.get(JobsWorker).idle();
    const anew = await importNow(app, browser, id);
    expect(anew.page).toContain('I understand that 2 contacts leave my list');
    expect(anew.page).not.toContain('added since the check');
  });

  it('shows many who leave a page at a time', async () => {
    const { browser, user } = await app.signedIn();
    const many = Array.from({ length: 120 }, (_, n) => ({
      displayName: `Person ${String(n).padStart(3, '0')}`,
    }));
    await kept(app, user, many);
    const { id, answer } = await checkReplacement(app, browser, contactFile(ada));
    expect(answer.text.match(/Person \d{3}/g)).toHaveLength(limits.page);
    const last = await browser.get(`/imports/${id}?leaving=3`);
    expect(last.text.match(/Person \d{3}/g)).toHaveLength(20);
    expect(last.text).toContain('Person 119');
    expect((await browser.get(`/imports/${id}?leaving=nonsense`)).text).toContain('Person 000');
  });

  it('gives room to as many as leave, in a list that is as full as one may be', async () => {
    const { browser, user } = await app.signedIn();
    await app.database.query(
      `INSERT INTO personal_contacts (id, accountId, ownerId, displayName, typedPhones, extra, starred, searchKey, sortKey,
         foldVersion, revision, createdByBatch, createdAt, updatedAt)
       SELECT CONCAT('01900000-0000-7000-8000-', LPAD(seq, 12, '0')), ?, ?, CONCAT('Filler ', seq), '{}', '[]', 0, '', CONCAT('filler ', seq), 1, 1, ?, NOW(), NOW()
       FROM seq_1_to_${limits.personalContactsPerUser}`,
      [user.accountId, user.id, user.id],
    );
    expect((await checkReplacement(app, browser, contactFile(ada))).problem).toBeNull();
    const wrong = contactFile(ada, ...Array.from({ length: 5 }, (_, n) => `Filler ${n + 1},wrong,,,,,,`));
    const full = await checkReplacement(app, browser, wrong);
    expect(full.problem).toBeNull();
    expect(full.summary?.removal).toMatchObject({ stayingCount: 5 });
    await confirmReplacement(app, browser, full);
    expect(await names(user)).toEqual([
      'Ada Lovelace',
      ...Array.from({ length: 5 }, (_, n) => `Filler ${n + 1}`),
    ]);
  });
});

describe('the former list', () => {
  it('comes back with one click, groups and all, keeping what was edited since, and the new one likewise', async () => {
    const { browser, user } = await app.signedIn();
    const [adaId] = await kept(app, user, [adaKept], { group: 'Clients' });
    const [graceId] = await kept(app, user, [graceKept], { group: 'Suppliers' });
    const { id } = await replaceContacts(
      app,
      browser,
      contactFile(ada.replace('Engines', 'Machines'), alan),
      { groupName: 'New' },
    );
    const page = await browser.get('/personal-contacts/replace');
    expect(visibleText(page)).toContain('contacts.csv replaced your list on');
    expect(page.text).toContain(`action="/imports/${id}/undo"`);

    expect((await browser.post(`/imports/${id}/undo`)).status).toBe(303);
    await app.get(JobsWorker).idle();
    const undone = await importNow(app, browser, id);
    expect(undone.state).toBe('undone');
    expect(undone.page).toContain('Your former list is back');
    expect(await contactsOf(app, user)).toMatchObject([
      { id: adaId, organization: 'Analytical Engines', groups: ['Clients'] },
      { id: graceId, groups: ['Suppliers'] },
    ]);
    expect(await groupNames(user)).toEqual(['Clients', 'Suppliers']);
    expect(visibleText(await browser.get('/personal-contacts/replace'))).not.toContain(
      'Restore the former list',
    );

    await browser.post(`/imports/${id}/redo`);
    await app.get(JobsWorker).idle();
    expect(await contactsOf(app, user)).toMatchObject([
      { id: adaId, organization: 'Analytical Machines', groups: ['New'] },
      { displayName: 'Alan Turing', groups: ['New'] },
    ]);
    await changed(app, user, adaId, { organization: 'Edited since' });
    await browser.post(`/imports/${id}/undo`);
    await app.get(JobsWorker).idle();
    expect(await contactsOf(app, user)).toMatchObject([
      { id: adaId, organization: 'Edited since', groups: ['Clients'] },
      { id: graceId },
    ]);
    expect((await importNow(app, browser, id)).page).toContain('edited since');
  });

  it('is not offered after thirty days', async () => {
    const { browser, user } = await app.signedIn();
    await kept(app, user, [graceKept]);
    const { id } = await replaceContacts(app, browser, contactFile(ada));
    await app.database.query(
      'UPDATE imports SET finishedAt = DATE_SUB(finishedAt, INTERVAL 31 DAY) WHERE id = ?',
      [id],
    );
    expect(visibleText(await browser.get('/personal-contacts/replace'))).not.toContain(
      'Restore the former list',
    );
    expect((await importNow(app, browser, id)).page).not.toContain('Restore the former list');
    expect((await browser.post(`/imports/${id}/undo`)).status).toBe(422);
    expect(await names(user)).toEqual(['Ada Lovelace']);
  });
});

describe('two at once', () => {
  it('lets one of two replacements write, and says so to the other', async () => {
    const { browser, user } = await app.signedIn();
    await kept(app, user, [graceKept]);
    const first = await checkReplacement(app, browser, contactFile(ada));
    const second = await checkReplacement(app, browser, contactFile(alan));
    const answers = await Promise.all(
      [first, second].map((checked) => browser.post(`/imports/${checked.id}/confirmation`, agreed(checked))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
    await app.get(JobsWorker).idle();
    expect(await names(user)).toHaveLength(1);
  });

  it('does not write beside an import', async () => {
    const { browser, user } = await app.signedIn();
    await kept(app, user, [graceKept]);
    const added = await checkContacts(app, browser, contactFile(alan));
    const replaced = await checkReplacement(app, browser, contactFile(ada));
    expect((await browser.post(`/imports/${added.id}/confirmation`)).status).toBe(303);
    const refused = await browser.post(`/imports/${replaced.id}/confirmation`, agreed(replaced));
    expect(refused.status).toBe(409);
    await app.get(JobsWorker).idle();
    await confirmReplacement(app, browser, await importNow(app, browser, replaced.id));
    // Whoever came in after the check stays.
    expect(await names(user)).toEqual(['Ada Lovelace', 'Alan Turing']);
  });

  it('replaces once however often the button is pressed', async () => {
    const { browser, user } = await app.signedIn();
    await kept(app, user, [graceKept]);
    const checked = await checkReplacement(app, browser, contactFile(ada));
    const press = () => browser.post(`/imports/${checked.id}/confirmation`, agreed(checked));
    const statuses = (await Promise.all([press(), press()])).map(({ status }) => status);
    expect(statuses).toContain(303);
    await app.get(JobsWorker).idle();
    expect((await press()).status).toBe(303);
    await app.get(JobsWorker).idle();
    expect(await names(user)).toEqual(['Ada Lovelace']);
    const batches = await app.database.query<unknown[]>(
      `SELECT 1 FROM journal_batches WHERE actorId = ? AND kind = 'contacts.replace'`,
      [user.id],
    );
    expect(batches).toHaveLength(1);
  });
});

describe('somebody else', () => {
  it('finds neither the check nor the way back', async () => {
    const { browser, user, account } = await app.signedIn();
    await kept(app, user, [graceKept]);
    const checked = await checkReplacement(app, browser, contactFile(ada));
    const others: Browser[] = [
      (await app.signedIn()).browser,
      (await app.signedIn({ role: 'owner', account })).browser,
    ];
    for (const other of others) {
      expect((await other.get(`/imports/${checked.id}`)).status).toBe(404);
      expect((await other.post(`/imports/${checked.id}/confirmation`, agreed(checked))).status).toBe(404);
      expect((await other.post(`/imports/${checked.id}/undo`)).status).toBe(404);
    }
    expect(await names(user)).toEqual(['Grace Hopper']);
  });
});
