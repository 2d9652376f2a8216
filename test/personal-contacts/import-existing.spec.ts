import { type Id } from '../../src/database/id.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { type NewContact } from '../../src/personal-contacts/contact-writes.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Browser } from '../support/browser.js';
import { undone } from '../imports/importing.js';
import { changed, kept } from './keeping.js';
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

type User = Awaited<ReturnType<TestApp['signedIn']>>['user'];

/** Somebody who keeps these contacts. */
async function keeper(
  ...contacts: Partial<NewContact>[]
): Promise<{ browser: Browser; user: User; ids: Id[] }> {
  const { browser, user } = await app.signedIn();
  return { browser, user, ids: await kept(app, user, contacts) };
}

const grace = { displayName: 'Grace Hopper', email: 'grace@example.test', organization: 'Navy' } as const;
const graceMoved = 'Grace Hopper,grace@example.test,+12025550123,,,,,Univac';

describe('people who are there already', () => {
  it('are left as they are unless something else is asked for, and told with their names', async () => {
    const { browser, user } = await keeper(grace);
    const { id, counts, page } = await checkContacts(
      app,
      browser,
      contactFile(graceMoved, 'Jean Bartik,jean@example.test,,,,,,'),
    );
    expect(counts).toMatchObject({ n: 1, k: 1, w: 0 });
    expect(page).toContain('One person is in your contacts already and is left as is.');
    expect(page).toContain('Row 2: Grace Hopper');
    await confirmContacts(app, browser, id);
    expect(await contactsOf(app, user)).toMatchObject([
      { displayName: 'Grace Hopper', organization: 'Navy', workPhone: null, revision: 1 },
      { displayName: 'Jean Bartik' },
    ]);
  });

  it('are updated when that is asked for, each change shown before, and undone field by field', async () => {
    const { browser, user, ids } = await keeper({ ...grace, starred: true, homePhone: '+12025550199' });
    const { id, counts, page } = await checkContacts(app, browser, contactFile(graceMoved), {
      existing: 'update',
      groupName: 'Computing',
    });
    expect(counts).toMatchObject({ n: 0, c: 1, k: 0 });
    for (const shown of ['Navy', 'Univac', '+1 202 555 0123', 'Computing']) expect(page).toContain(shown);
    await confirmContacts(app, browser, id);
    expect(await contactsOf(app, user)).toMatchObject([
      {
        ...{ id: ids[0], organization: 'Univac', workPhone: '+12025550123', starred: true, revision: 2 },
        // The file has a place for it and says nothing.
        ...{ homePhone: '+12025550199', groups: ['Computing'] },
      },
    ]);

    await changed(app, user, ids[0], { organization: 'Eckert–Mauchly' });
    const back = visibleText(await undone(app, browser, id));
    expect(back).toContain('Grace Hopper: Company: edited since');
    expect(await contactsOf(app, user)).toMatchObject([
      { organization: 'Eckert–Mauchly', workPhone: null, groups: [] },
    ]);
  });

  it('are added once more when both are wanted, but for those who are the same in everything', async () => {
    const { browser, user } = await keeper(grace, {
      displayName: 'Jean Bartik',
      email: 'jean@example.test',
    });
    const { id, counts, page } = await checkContacts(
      app,
      browser,
      contactFile(graceMoved, 'Jean Bartik,jean@example.test,,,,,,'),
      { existing: 'keep' },
    );
    expect(counts).toMatchObject({ n: 1, s: 1, k: 0 });
    expect(page).toContain('One person is in your contacts already and is added once more.');
    await confirmContacts(app, browser, id);
    expect(
      (await contactsOf(app, user)).map(({ displayName, organization }) => [displayName, organization]),
    ).toEqual([
      ['Grace Hopper', 'Navy'],
      ['Grace Hopper', 'Univac'],
      ['Jean Bartik', null],
    ]);
  });

  it('may be asked about anew on the page of the check, and what is confirmed is what was seen', async () => {
    const { browser, user } = await keeper(grace);
    const { id } = await checkContacts(app, browser, contactFile(graceMoved));
    const answer = await browser.post(`/imports/${id}/confirmation`, {
      existing: 'update',
      groupName: 'New',
    });
    expect(answer.status).toBe(303);
    expect((await contactsOf(app, user))[0].organization).toBe('Navy');
    await confirmAgain(id, browser);
    expect(await contactsOf(app, user)).toMatchObject([{ organization: 'Univac', groups: ['New'] }]);

    const long = await checkContacts(app, browser, contactFile('Ann,ann@example.test,,,,,,'));
    const refused = await browser.post(`/imports/${long.id}/rules`, { groupName: 'x'.repeat(300) });
    expect(refused.status).toBe(422);
    expect(visibleText(refused)).toContain('Use 255 characters at most');
  });

  async function confirmAgain(id: string, browser: Browser): Promise<void> {
    await app.get(JobsWorker).idle();
    const present = await importNow(app, browser, id);
    expect(present).toMatchObject({ state: 'checked', counts: { c: 1 } });
    await confirmContacts(app, browser, id, { existing: 'update', groupName: 'New' });
  }
});

describe('who is there already', () => {
  const file = (row: string) => contactFile(row);
  it.each([
    ['by e-mail, whatever the name', grace, 'Rear Admiral Hopper,GRACE@example.test,,,,,,', true],
    [
      'by a further e-mail',
      { ...grace, extra: [['email', {}, 'text', 'hopper@example.test']] },
      'Grace,hopper@example.test,,,,,,',
      true,
    ],
    [
      'by number and name, however it is written',
      { displayName: 'HOPPER, Grâce', mobilePhone: '+12025550123' },
      'Grace Hopper,,+1 202 555 0123,,,,,',
      true,
    ],
    [
      'not by a number alone: a family shares one',
      { displayName: 'Grace Hopper', homePhone: '+12025550123' },
      'Vincent Hopper,,,+1 202 555 0123,,,,',
      false,
    ],
    ['not by a name alone', grace, 'Grace Hopper,other@example.test,,,,,,', false],
    [
      'by the name where nothing else is known of either',
      { displayName: 'Grace Hopper' },
      'Grace Hopper,,,,,,,Navy',
      true,
    ],
  ] as [string, Partial<NewContact>, string, boolean][])(
    'is recognised %s',
    async (_, contact, row, found) => {
      const { browser } = await keeper(contact);
      const { counts } = await checkContacts(app, browser, file(row));
      expect({ new: counts?.n, there: (counts?.k ?? 0) + (counts?.s ?? 0) }).toEqual(
        found ? { new: 0, there: 1 } : { new: 1, there: 0 },
      );
    },
  );

  it('is told of two who share an address by what else a row says', async () => {
    const { browser, user } = await keeper(
      { displayName: 'Ann Doe', email: 'does@example.test' },
      { displayName: 'Bob Doe', email: 'does@example.test' },
    );
    const rows = ['Bob Doe,does@example.test,,,,,,Bobs', 'Ann Doe,does@example.test,,,,,,Anns'];
    const { counts } = await importContacts(app, browser, contactFile(...rows), { existing: 'update' });
    expect(counts).toMatchObject({ c: 2, n: 0 });
    expect(
      (await contactsOf(app, user)).map(({ displayName, organization }) => [displayName, organization]),
    ).toEqual([
      ['Ann Doe', 'Anns'],
      ['Bob Doe', 'Bobs'],
    ]);
  });

  it('is no contact of somebody else', async () => {
    const { user } = await keeper(grace);
    const other = await app.signedIn({ accountId: user.accountId });
    const { counts } = await checkContacts(app, other.browser, contactFile(graceMoved));
    expect(counts).toMatchObject({ n: 1, k: 0 });
  });
});

describe('a second import of the same file', () => {
  it.each(['skip', 'update', 'keep'])('changes nothing: %s', async (existing) => {
    const { browser, user } = await app.signedIn();
    const file = contactFile(
      graceMoved,
      'Jean Bartik,,06 12 34 56 78,,,,,',
      'Nobody known,,,,,,,',
      'Doubled,doubled@example.test,,,,,,',
      'Doubled,doubled@example.test,,,,,,',
    );
    const first = await checkContacts(app, browser, file, { groupName: 'Both' });
    expect(first.page).toContain('Rows 5 and 6 are the same person.');
    await confirmContacts(app, browser, first.id, { proposals: 'take' });
    const before = await contactsOf(app, user);
    expect(before).toHaveLength(5);
    const again = await checkContacts(app, browser, file, { existing, groupName: 'Both' });
    expect(again.counts).toMatchObject({ rows: 5, s: 5, n: 0, c: 0, k: 0, w: 0, o: 0 });
    expect(again.page).toContain('Everybody in this file is in your contacts already.');
    expect((await contactsOf(app, user)).map(({ revision }) => revision)).toEqual(before.map(() => 1));
  });
});

describe('what happens between check and confirmation', () => {
  it('is not overwritten: a field that was changed stays, the others are written, and both are told', async () => {
    const { browser, user, ids } = await keeper(grace);
    const { id } = await checkContacts(app, browser, contactFile(graceMoved), { existing: 'update' });
    await changed(app, user, ids[0], { organization: 'Yale' });
    const { counts, page } = await confirmContacts(app, browser, id);
    expect(counts).toMatchObject({ c: 1, m: 1 });
    expect(page).toContain('Changed meanwhile');
    expect(page).toContain('Yale');
    expect(await contactsOf(app, user)).toMatchObject([{ organization: 'Yale', workPhone: '+12025550123' }]);
  });

  it('may take a contact away: its row is to be corrected, and the others are written', async () => {
    const { browser, user, ids } = await keeper(grace);
    const { id } = await checkContacts(
      app,
      browser,
      contactFile(graceMoved, 'Jean Bartik,jean@example.test,,,,,,'),
      { existing: 'update' },
    );
    await app.database.query('UPDATE personal_contacts SET deletedAt = UTC_TIMESTAMP(3) WHERE id = ?', [
      ids[0],
    ]);
    const { counts, page } = await confirmContacts(app, browser, id);
    expect(counts).toMatchObject({ written: 1, w: 1 });
    expect(page).toContain('This contact was deleted since the check.');
    expect((await contactsOf(app, user)).map(({ displayName }) => displayName)).toEqual(['Jean Bartik']);
  });

  it('may add somebody: that row is left as already there', async () => {
    const { browser, user } = await app.signedIn();
    const { id } = await checkContacts(app, browser, contactFile(graceMoved));
    await kept(app, user, [grace]);
    const { counts } = await confirmContacts(app, browser, id);
    expect(counts).toMatchObject({ written: 0, k: 1, n: 0 });
    expect(await contactsOf(app, user)).toHaveLength(1);
  });

  it('may be another import of one’s own, which is waited for', async () => {
    const { browser } = await app.signedIn();
    const [one, other] = [
      await checkContacts(app, browser, contactFile(graceMoved)),
      await checkContacts(app, browser, contactFile(graceMoved), {}, 'second.csv'),
    ];
    const answers = await Promise.all(
      [one, other].map(({ id }) => browser.post(`/imports/${id}/confirmation`)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
  });
});
