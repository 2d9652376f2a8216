import { readFileSync } from 'node:fs';
import { limits } from '../../src/config/limits.js';
import { newId } from '../../src/database/id.js';
import { Import } from '../../src/imports/import.entities.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText } from '../support/browser.js';
import { idIn, undone } from '../imports/importing.js';
import {
  checkContacts,
  confirmContacts,
  contactFile,
  contactsOf,
  importContacts,
  importNow,
} from './importing.js';

jest.setTimeout(60_000);

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const ada = 'Ada Lovelace,ada@example.test,+44 20 7946 0018,,+44 7700 900018,,,Analytical Engines';
const alan = 'Alan Turing,alan@example.test,,,,,,';

describe('a file of personal contacts', () => {
  it('is asked for on a page that says what files are taken, with a sample that imports as it is', async () => {
    const { browser } = await app.signedIn();
    const page = visibleText(await browser.get('/personal-contacts/import'));
    expect(page).toContain('Up to 1,000 contacts at once.');
    expect(page).toContain('CSV and Excel up to 2 MB, vCard up to 20 MB');
    expect(page).toContain('Google Contacts');
    const sample = await browser.download('/personal-contacts/sample.csv');
    expect(sample.body.toString('utf8').split('\r\n')[0]).toBe(
      '\ufeffName,Email Address,Office,Home,Mobile,Fax,Phone,Company',
    );
    const checked = await checkContacts(app, browser, sample.body);
    expect(checked).toMatchObject({ state: 'checked', counts: { rows: 2, n: 2, w: 0 } });
    expect(checked.counts?.o).toBe(0);
    await browser.post('/profile/language', { language: 'fr' });
    const french = await browser.download('/personal-contacts/sample.csv');
    expect(french.body.toString('utf8').split('\r\n')[0]).toBe(
      '\ufeffNom,Adresse e-mail,Bureau,Domicile,Mobile,Fax,Téléphone,Société',
    );
    expect((await checkContacts(app, browser, french.body)).counts).toMatchObject({ n: 2, w: 0 });
  });

  it('becomes contacts in the group that was named, each with the row it came from', async () => {
    const { browser, user } = await app.signedIn();
    const checked = await checkContacts(app, browser, contactFile(ada, alan), {
      groupName: ' Mathé\u200bmatique ',
    });
    expect(checked.page).toContain('One group will be created');
    expect(await contactsOf(app, user)).toEqual([]);
    const done = await confirmContacts(app, browser, checked.id);
    expect(done).toMatchObject({ state: 'done', runningKey: null, counts: { written: 2, n: 2 } });
    expect(done.page).toContain('2 contacts imported');
    expect(await contactsOf(app, user)).toMatchObject([
      {
        displayName: 'Ada Lovelace',
        email: 'ada@example.test',
        workPhone: '+442079460018',
        mobilePhone: '+447700900018',
        organization: 'Analytical Engines',
        groups: ['Mathématique'],
      },
      { displayName: 'Alan Turing', groups: ['Mathématique'] },
    ]);
    const entries = await app.database.query<{ line: number }[]>(
      `SELECT line FROM journal_entries WHERE batchId = ? AND subjectType = 'personal-contact' ORDER BY line`,
      [done.batchId],
    );
    expect(entries.map(({ line }) => line)).toEqual([2, 3]);
  });

  it('joins a group that is there, however it is spelled, and suggests it', async () => {
    const { browser, user } = await app.signedIn();
    await importContacts(app, browser, contactFile(ada), { groupName: 'Été' });
    expect((await browser.get('/personal-contacts/import')).text).toContain('<option value="Été">');
    await importContacts(app, browser, contactFile(alan), { groupName: 'ete' });
    expect((await contactsOf(app, user)).map(({ groups }) => groups)).toEqual([['Été'], ['Été']]);
  });

  it('comes back when the name of the group is too long, and nothing is kept', async () => {
    const { browser, user } = await app.signedIn();
    const answer = await browser.upload(
      '/personal-contacts/import',
      { name: 'contacts.csv', bytes: contactFile(ada) },
      { groupName: 'x'.repeat(256) },
    );
    expect(answer.status).toBe(422);
    expect(visibleText(answer)).toContain('Use 255 characters at most');
    expect(await app.database.manager.countBy(Import, { ownerId: user.id })).toBe(0);
  });

  it('is refused with the number of its contacts when these are too many', async () => {
    const { browser, user } = await app.signedIn();
    const rows = Array.from({ length: 1001 }, (_, row) => `Person ${row},p${row}@example.test,,,,,,`);
    const { state, page } = await checkContacts(app, browser, contactFile(...rows));
    expect(state).toBe('refused');
    expect(page).toContain('This file has 1,001 contacts; at most 1,000 can be imported at once.');
    expect(await contactsOf(app, user)).toEqual([]);
    const whole = await checkContacts(app, browser, contactFile(...rows.slice(1)));
    expect(whole.counts).toMatchObject({ rows: 1000, n: 1000 });
  });

  it.each([
    ['empty', '', 'This file is empty.'],
    ['not sent', null, 'Choose a file'],
  ])('is refused at once when it is %s', async (_, bytes, sentence) => {
    const { browser } = await app.signedIn();
    const answer =
      bytes === null
        ? await browser.upload('/personal-contacts/import', { field: 'other', name: 'a.csv', bytes: 'x' })
        : await browser.upload('/personal-contacts/import', { name: 'contacts.csv', bytes });
    expect([400, 422]).toContain(answer.status);
    if (answer.status === 422) expect(visibleText(answer)).toContain(sentence);
  });

  it('is refused when there is nothing below its header', async () => {
    const { browser } = await app.signedIn();
    const { state, page } = await checkContacts(app, browser, contactFile());
    expect(state).toBe('refused');
    expect(page).toContain('This file has no rows below its header.');
  });

  it('of many columns shows those that hold something, and keeps the others as they were read', async () => {
    const { browser } = await app.signedIn();
    const { id, reading } = await checkContacts(
      app,
      browser,
      readFileSync('test/data/contacts/outlook-fr.csv'),
    );
    const answer = await browser.get(`/imports/${id}?step=columns`);
    const { text } = answer;
    const menus = [...text.matchAll(/<select[^>]*name="column-(\d+)"/g)].map(([, column]) => Number(column));
    const kept = [...text.matchAll(/type="hidden" name="column-(\d+)" value="([^"]*)"/g)];
    expect(menus.length + kept.length).toBe(92);
    expect(kept.length).toBeGreaterThan(30);
    for (const [, column, field] of kept) expect(field).toBe(reading?.columns[Number(column)] ?? '');
    expect(visibleText(answer)).toContain('have nothing in the first rows');
    const whole = await browser.get(`/imports/${id}?step=columns&columns=all`);
    expect(whole.text.match(/<select[^>]*name="column-/g)).toHaveLength(92);
  });

  it('with a separator at the end of each row has no column that is left out', async () => {
    const { browser } = await app.signedIn();
    const file = readFileSync('test/data/contacts/thunderbird-en.csv');
    expect((await checkContacts(app, browser, file)).page).not.toContain('ignored');
  });

  it('is one import however often its form is sent', async () => {
    const { browser, user } = await app.signedIn();
    const once = newId();
    const file = { name: 'contacts.csv', bytes: contactFile(ada) };
    const answers = await Promise.all([
      browser.upload('/personal-contacts/import', file, { _once: once }),
      browser.upload('/personal-contacts/import', file, { _once: once }),
    ]);
    // Of a file sent again while it arrives, the later one is taken.
    const taken = answers.filter(({ status }) => status === 303);
    expect(new Set(taken.map(idIn))).toEqual(new Set([once]));
    await app.get(JobsWorker).idle();
    const confirmations = await Promise.all([
      browser.post(`/imports/${once}/confirmation`),
      browser.post(`/imports/${once}/confirmation`),
    ]);
    expect(confirmations.map(({ status }) => status)).toEqual([303, 303]);
    await app.get(JobsWorker).idle();
    expect(await contactsOf(app, user)).toHaveLength(1);
  });
});

describe('a file with wrong rows', () => {
  const wrong = [
    ',nameless@example.test,,,,,,',
    'Two numbers,,06 12 34 56 78 / 01 40 20 50 50,,,,,',
    'Lost,,,,"3,36E+10",,,',
  ];

  it('imports nothing unless the right rows alone are asked for, and says so', async () => {
    const { browser, user } = await app.signedIn();
    const { id, counts, page } = await checkContacts(app, browser, contactFile(ada, ...wrong, alan));
    expect(counts).toMatchObject({ rows: 5, n: 2, w: 3 });
    expect(page).toContain('Import the 2 right rows');
    expect(page).toContain('Row 3');
    expect(page).toContain('3,36E+10');

    const refused = await browser.post(`/imports/${id}/confirmation`, { proposals: 'take' });
    expect(refused.status).toBe(422);
    expect(visibleText(refused)).toContain('3 rows are to be corrected, so nothing was imported.');
    expect(await importNow(app, browser, id)).toMatchObject({ state: 'checked', batchId: null });

    const done = await confirmContacts(app, browser, id, { rows: 'right' });
    expect(done.counts).toMatchObject({ written: 2, w: 3 });
    expect((await contactsOf(app, user)).map(({ displayName }) => displayName)).toEqual([
      'Ada Lovelace',
      'Alan Turing',
    ]);
    const errors = (await browser.get(`/imports/${id}/errors.csv`)).text;
    expect(errors.trim().split('\r\n')).toHaveLength(4);
    const again = await checkContacts(app, browser, errors.replace(',nameless', 'Named,nameless'));
    expect(again).toMatchObject({ state: 'checked', counts: { rows: 3, n: 1, w: 2 } });
  });

  it('lists what a spreadsheet destroyed apart, with what to do about it', async () => {
    const { browser } = await app.signedIn();
    const { id, page } = await checkContacts(app, browser, contactFile(ada, ...wrong));
    expect(page).toContain('One number was destroyed by a spreadsheet');
    const apart = visibleText(await browser.get(`/imports/${id}?problem=phone-destroyed`));
    expect(apart).toContain('Row 5');
    expect(apart).not.toContain('Row 3');
  });
});

describe('numbers without a country', () => {
  const rows = ['Jeanne,,01 40 20 50 50,,,,,', 'Paul,,+33140205051,,,,,'];

  it('are shown before and after, and taken with what stood there when that is agreed to', async () => {
    const { browser, user } = await app.signedIn();
    const { id, counts, page } = await checkContacts(app, browser, contactFile(...rows));
    expect(counts).toMatchObject({ n: 2, o: 1, w: 0 });
    expect(page).toContain('01 40 20 50 50');
    expect(page).toContain('Import 2 contacts with the proposals');

    const unsaid = await browser.post(`/imports/${id}/confirmation`);
    expect(unsaid.status).toBe(422);
    expect(visibleText(unsaid)).toContain('Say whether to import with or without the proposals');

    await confirmContacts(app, browser, id, { proposals: 'take' });
    const [jeanne] = await contactsOf(app, user);
    expect(jeanne).toMatchObject({
      workPhone: '+33140205050',
      typedPhones: { workPhone: '01 40 20 50 50' },
    });
  });

  it('are left out with their rows when it is not', async () => {
    const { browser, user } = await app.signedIn();
    const { id } = await checkContacts(app, browser, contactFile(...rows));
    const { counts } = await confirmContacts(app, browser, id, { proposals: 'leave' });
    expect(counts).toMatchObject({ written: 1, w: 1 });
    expect((await contactsOf(app, user)).map(({ displayName }) => displayName)).toEqual(['Paul']);
  });
});

describe('room', () => {
  it('is looked at before anything is written, and again when it is', async () => {
    const { browser, user } = await app.signedIn();
    await fill(user, limits.personalContactsPerUser - 1);
    const { id, page } = await checkContacts(app, browser, contactFile(ada, alan));
    expect(page).toContain('This file adds 2 contacts, but there is room for 1 more');
    expect((await browser.post(`/imports/${id}/confirmation`)).status).toBe(422);

    const fits = await checkContacts(app, browser, contactFile(ada));
    await fill(user, 1);
    const back = await confirmContacts(app, browser, fits.id);
    expect(back).toMatchObject({ state: 'checked', batchId: null, runningKey: null });
    expect(back.page).toContain('This file adds one contact, but there is room for 0 more');
    expect((await contactsOf(app, user)).filter(({ displayName }) => displayName === 'Ada Lovelace')).toEqual(
      [],
    );
  });

  /** Contacts nobody looks at. */
  async function fill({ id, accountId }: { id: string; accountId: string }, count: number): Promise<void> {
    for (let from = 0; from < count; from += 1000)
      await app.database.query(
        `INSERT INTO personal_contacts (id, accountId, ownerId, displayName, typedPhones, extra, starred, searchKey, sortKey, foldVersion, createdByBatch, createdAt, updatedAt) VALUES ?`,
        [
          Array.from({ length: Math.min(1000, count - from) }, (_, place) => [
            ...[
              newId(),
              accountId,
              id,
              `Filler ${from + place}`,
              '{}',
              '[]',
              0,
              'filler',
              'filler',
              1,
              newId(),
            ],
            ...[new Date(), new Date()],
          ]),
        ],
      );
  }
});

describe("somebody else's import", () => {
  it('does not exist, not for administrators of the company either', async () => {
    const { browser, account } = await app.signedIn();
    const { id } = await checkContacts(app, browser, contactFile(ada), {}, 'my friends.csv');
    const others = await Promise.all([
      app.signedIn({ account, role: 'owner' }),
      app.signedIn({ account }),
      app.signedIn({ role: 'owner' }),
    ]);
    for (const { browser: other } of others) {
      expect((await other.get(`/imports/${id}`)).status).toBe(404);
      for (const what of ['confirmation', 'rules', 'reading', 'cancellation', 'undo', 'redo'])
        expect((await other.post(`/imports/${id}/${what}`)).status).toBe(404);
      expect((await other.get(`/imports/${id}/errors.csv`)).status).toBe(404);
      expect((await other.get('/imports')).text).not.toContain('my friends');
    }
    expect(visibleText(await browser.get('/imports'))).toContain('my friends.csv');
    expect(await importNow(app, browser, id)).toMatchObject({ state: 'checked' });
  });

  it('belongs to one’s contacts in the navigation of an administrator too', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const { answer } = await checkContacts(app, browser, contactFile(ada));
    const marked = [...answer.text.matchAll(/class="nav__link" href="([^"]+)" aria-current/g)];
    expect(new Set(marked.map(([, href]) => href))).toEqual(new Set(['/personal-contacts']));
  });

  it('leaves nothing in the audit log', async () => {
    const { browser, account } = await app.signedIn({ role: 'owner' });
    const { id } = await importContacts(app, browser, contactFile(ada));
    await undone(app, browser, id);
    const [{ lines }] = await app.database.query<{ lines: number }[]>(
      `SELECT COUNT(*) AS \`lines\` FROM audit_entries WHERE accountId = ? AND action LIKE 'contacts%'`,
      [account.id],
    );
    expect(Number(lines)).toBe(0);
  });
});

describe('an import taken back', () => {
  it('puts its contacts into the bin and its group away, and its undo brings both back', async () => {
    const { browser, user } = await app.signedIn();
    const { id } = await importContacts(app, browser, contactFile(ada, alan), { groupName: 'Friends' });
    const before = await contactsOf(app, user);
    const back = visibleText(await undone(app, browser, id));
    expect(back).toContain('This import was undone');
    expect(await contactsOf(app, user)).toEqual([]);
    expect(await groupsOf(user.id)).toEqual([]);

    await browser.post(`/imports/${id}/redo`);
    await app.get(JobsWorker).idle();
    expect((await importNow(app, browser, id)).state).toBe('done');
    const again = await contactsOf(app, user);
    expect(again.map(({ id: each, groups }) => ({ each, groups }))).toEqual(
      before.map(({ id: each, groups }) => ({ each, groups })),
    );
    await undone(app, browser, id);
    expect(await contactsOf(app, user)).toEqual([]);
  });

  it('leaves whoever was edited since, and says so', async () => {
    const { browser, user } = await app.signedIn();
    const { id } = await importContacts(app, browser, contactFile(ada, alan), { groupName: 'Friends' });
    await importContacts(app, browser, contactFile('Ada Lovelace,ada@example.test,,,,,,Another company'), {
      existing: 'update',
    });
    const page = visibleText(await undone(app, browser, id));
    expect(page).toContain('Ada Lovelace: Company: edited since');
    expect((await contactsOf(app, user)).map(({ displayName }) => displayName)).toEqual(['Ada Lovelace']);
    expect(await groupsOf(user.id)).toEqual(['Friends']);
  });

  async function groupsOf(ownerId: string): Promise<string[]> {
    const rows = await app.database.query<{ name: string }[]>(
      'SELECT name FROM personal_contact_groups WHERE ownerId = ? AND liveKey = 1',
      [ownerId],
    );
    return rows.map(({ name }) => name);
  }
});

it('is closed to whoever has the feature off', async () => {
  const { browser } = await app.signedIn({ features: { 'personal-contacts': false } });
  expect((await browser.get('/personal-contacts/import')).status).toBe(403);
  const answer = await browser.upload('/personal-contacts/import', {
    name: 'contacts.csv',
    bytes: contactFile(ada),
  });
  expect(answer.status).toBe(403);
});
