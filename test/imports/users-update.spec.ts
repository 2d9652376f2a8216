import iconv from 'iconv-lite';
import { type Account } from '../../src/accounts/account.entity.js';
import { OneTimeLink } from '../../src/accounts/one-time-link.entity.js';
import { People } from '../../src/accounts/people.service.js';
import { User } from '../../src/accounts/user.entity.js';
import { newId } from '../../src/database/id.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { noFacts, operator } from '../../src/journal/actor.js';
import { JournalEntry } from '../../src/journal/journal.entities.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Browser } from '../support/browser.js';
import { checked, imported, theImport, undone, updated } from './importing.js';

jest.setTimeout(60_000);

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const present = (id: string) => app.database.manager.findOneByOrFail(User, { id });
const entriesOf = (subjectId: string) => app.database.manager.findBy(JournalEntry, { subjectId });
const linksOf = (userId: string) => app.database.manager.findBy(OneTimeLink, { userId });

/** A file with these columns. */
const file = (header: string, ...rows: string[]) => [header, ...rows].join('\r\n');

async function check(browser: Browser, bytes: Buffer | string, rules: Record<string, string> = {}) {
  const id = await updated(app, browser, bytes, rules);
  const page = visibleText(await browser.get(`/imports/${id}`));
  return { ...(await theImport(app, id)), page };
}

async function apply(browser: Browser, bytes: string, rules: Record<string, string> = {}) {
  const { id } = await check(browser, bytes, rules);
  const page = visibleText(await imported(app, browser, id));
  return { ...(await theImport(app, id)), page };
}

/** Groups of a person by name, in order. */
async function groupsOf(id: string): Promise<{ userGroups: string[]; chatGroups: string[] }> {
  const { accountId } = await present(id);
  const { userGroups, chatGroups } = await app.get(People).find(accountId, id);
  return { userGroups, chatGroups };
}

/** Changes a person as a form would. */
async function edit(user: User, changes: Parameters<People['edit']>[4]): Promise<void> {
  const { revision } = await present(user.id);
  await app.get(People).edit(operator(user.accountId), noFacts, user.id, revision, changes);
}

describe('a file of our own export', () => {
  let account: Account;
  let browser: Browser;
  let people = 0;
  beforeAll(async () => {
    ({ account, browser } = await app.signedIn({ role: 'owner', givenName: 'Zoé', familyName: 'Lœuf' }));
    const boss = await app.aUser({ account, familyName: 'Nguyễn', jobTitle: 'Œnologue – “chef”' });
    const team = await Promise.all([
      app.aUser({ account, managerId: boss.id, workPhone: '+33612345678', extension: '0042' }),
      app.aUser({ account, familyName: '司马', department: '=SUM(A1)', mobilePhone: '+442079460018' }),
      app.aUser({
        account,
        givenName: 'Łukasz',
        location: 'Hà Nội, “Tòa nhà 2”',
        extension: '12345678901234567890',
      }),
      app.aUser({ account, department: "'quoted", jobTitle: 'R&D; essais', familyName: 'O’Brien' }),
    ]);
    await edit(team[0], { userGroups: ['Đà Nẵng', 'Achats'], chatGroups: ['Football'] });
    await edit(team[1], { userGroups: ['Đà Nẵng'] });
    people = team.length + 2;
  });

  it.each([
    ['plain', 'en'],
    ['plain', 'fr'],
    ['excel', 'en'],
    ['excel', 'fr'],
  ])('changes nothing: %s, %s', async (form, language) => {
    await browser.post('/profile/language', { language });
    const bytes = (await browser.download(`/users/export.csv?form=${form}`)).body;
    const { counts, page } = await check(browser, bytes);
    expect(counts).toMatchObject({ rows: people, s: people, c: 0, w: 0 });
    expect(counts?.x).toBeUndefined();
    expect(page).toContain(language === 'fr' ? 'Ce fichier ne change rien.' : 'This file changes nothing.');
  });

  it.each([['plain'], ['excel']])(
    'changes nothing once Excel has saved it with semicolons in Windows-1252: %s',
    async (form) => {
      await browser.post('/profile/language', { language: 'en' });
      const { text } = await browser.get(`/users/export.csv?form=${form}`);
      const { counts, page } = await check(browser, savedByExcel(text));
      expect(counts).toMatchObject({ rows: people, s: people, c: 0, w: 0 });
      expect(counts?.x).toBeGreaterThan(form === 'plain' ? 8 : 5);
      expect(page).toContain(`${counts?.x} cells were changed by a spreadsheet`);
    },
  );

  /** As French Excel would: numbers in scientific form, letters it cannot save as `?`. */
  function savedByExcel(text: string): Buffer {
    const rows = text
      .replace(/^\ufeff/, '')
      .trimEnd()
      .split('\r\n')
      .map(cellsOf);
    const lines = rows.map((cells) =>
      cells
        .map((cell) => {
          const number = /^\+?\d+$/.test(cell) ? String(BigInt(cell.replace('+', ''))) : null;
          if (number === null) return cell;
          return number.length < 11
            ? number
            : Number(number).toExponential(5).replace('.', ',').replace('e', 'E');
        })
        .map((cell) => (/[;"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
        .join(';'),
    );
    return iconv.encode(lines.join('\r\n'), 'win1252');
  }

  function cellsOf(line: string): string[] {
    return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
      ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '',
    );
  }
});

describe('updating users', () => {
  it('shows each change before anything is written, and writes what changed alone', async () => {
    const { browser, account } = await app.signedIn({ role: 'admin' });
    const boss = await app.aUser({ account, givenName: 'Grace', familyName: 'Hopper' });
    const [ada, alan] = [
      await app.aUser({ account, department: 'Sales', mobilePhone: '+33612345678' }),
      await app.aUser({ account, givenName: 'Alan', department: 'Legal', location: 'Lyon' }),
    ];
    const { id, page, counts } = await check(
      browser,
      file(
        'Email,Department,Manager,Mobile,Location',
        `${ada.email},Research,${boss.email},+33 6 98 76 54 32,`,
        `${alan.email},Legal,,,Lyon`,
      ),
    );
    expect(counts).toMatchObject({ rows: 2, c: 1, s: 1, w: 0 });
    expect(page).toMatch(/Department .*Sales .*Research/);
    expect(page).toContain('Grace Hopper');
    expect(page).toMatch(/\+33 6 12 34 56 78 .*\+33 6 98 76 54 32/);
    expect(await present(ada.id)).toMatchObject({ department: 'Sales', revision: 1 });

    const result = visibleText(await imported(app, browser, id));
    expect(result).toContain('One person updated');
    const after = await present(ada.id);
    expect(after).toMatchObject({
      ...{ department: 'Research', managerId: boss.id, location: null, revision: 2 },
      ...{ mobilePhone: '+33698765432', mobilePhoneTyped: '+33 6 98 76 54 32' },
    });
    expect(after.searchKey).toContain('33698765432');
    expect(after.searchKey).toContain('research');
    expect(after.updatedAt.getTime()).toBeGreaterThan(ada.updatedAt.getTime());
    expect(await entriesOf(ada.id)).toMatchObject([
      {
        line: 2,
        action: 'changed',
        changes: {
          department: ['Sales', 'Research'],
          managerId: [null, boss.id],
          mobilePhone: ['+33612345678', '+33698765432'],
          mobilePhoneTyped: [null, '+33 6 98 76 54 32'],
        },
      },
    ]);
    expect(await present(alan.id)).toMatchObject({ revision: 1, updatedAt: alan.updatedAt });
    expect(await entriesOf(alan.id)).toEqual([]);
    const audited = await app.database.query<{ action: string }[]>(
      'SELECT action FROM audit_entries WHERE accountId = ? AND targetId = ?',
      [account.id, id],
    );
    expect(audited).toEqual([{ action: 'users.update' }]);
  });

  it('finds people by User ID before e-mail, and names rows about nobody, erased or the same person', async () => {
    const { browser, account } = await app.signedIn({ role: 'owner' });
    const stranger = await app.aUser();
    const [ada, gone, other] = [
      await app.aUser({ account }),
      await app.aUser({ account, status: 'erased' }),
      await app.aUser({ account, status: 'deactivated' }),
    ];
    const { page, counts } = await check(
      browser,
      file(
        'User ID,Email,Department',
        `${ada.id},,One`,
        `,${ada.email},Two`,
        `${stranger.id},,Three`,
        `,${stranger.email},Four`,
        `${gone.id},,Five`,
        `123,,Six`,
        `,,Seven`,
        `,${other.email},Eight`,
      ),
    );
    expect(counts).toMatchObject({ rows: 8, c: 2, w: 6 });
    expect(page).toContain('Row 2 is about the same person already.');
    expect(page).toContain(`Nobody of your company has the User ID “${stranger.id}”.`);
    expect(page).toContain(`Nobody of your company has the address “${stranger.email}”.`);
    expect(page).toContain(`“${gone.id}” was erased.`);
    expect(page).toContain('“123” is not a User ID');
    expect(page).toContain('This row says neither User ID nor e-mail.');
  });

  it('says at the top when a file is about people of another company', async () => {
    const { browser } = await app.signedIn({ role: 'owner' });
    const strangers = await Promise.all([app.aUser(), app.aUser()]);
    const bytes = file('Email,Department', ...strangers.map(({ email }) => `${email},Sales`));
    const { page } = await check(browser, bytes);
    expect(page).toContain('Most of these people are not in your company');
    expect(page).toContain('Add new users');
  });

  it('lets an admin change nothing of an owner, but say what is so already', async () => {
    const { browser, account } = await app.signedIn({ role: 'admin' });
    const owner = await app.aUser({ account, role: 'owner', department: 'Board' });
    const same = await check(browser, file('Email,Department', `${owner.email},Board`));
    expect(same.counts).toMatchObject({ s: 1, w: 0 });
    const { counts, page } = await check(browser, file('Email,Department', `${owner.email},Mail room`));
    expect(counts).toMatchObject({ c: 0, w: 1 });
    expect(page).toContain('only an owner can change');
  });

  it('compares status, role and type and takes none of them', async () => {
    const { browser, account } = await app.signedIn({ role: 'owner' });
    const ada = await app.aUser({ account });
    const { page, counts, id } = await check(
      browser,
      file('Email,Chat Group,Phone,Status,Role,Type', `${ada.email},,,Deactivated,admin,basic`),
    );
    expect(counts).toMatchObject({ c: 0, s: 1, t: 1 });
    expect(page).toContain('Not taken here');
    expect(page).toMatch(/Status Active Deactivated Page of Ada Lovelace/);
    expect((await browser.get(`/imports/${id}`)).text).toContain(`/users/${ada.id}`);
    expect(await present(ada.id)).toMatchObject({ role: 'member', status: 'active' });
  });

  it('keeps or empties by the rule for empty cells, which checks anew, and by the word for it', async () => {
    const { browser, account } = await app.signedIn({ role: 'owner' });
    const ada = await app.aUser({ account, department: 'Sales', location: 'Lyon', extension: '7' });
    const bytes = file('Email,First Name,Department,Location,Extension', `${ada.email},,,(empty),(vide)`);
    const { id, counts } = await check(browser, bytes);
    expect(counts).toMatchObject({ c: 1, 'f:location': 1, 'f:extension': 1 });
    expect(counts?.['f:department']).toBeUndefined();

    await browser.post(`/imports/${id}/rules`, { empty: 'clear' });
    await app.get(JobsWorker).idle();
    expect((await theImport(app, id)).counts).toMatchObject({ c: 0, w: 1 });
    expect(visibleText(await browser.get(`/imports/${id}`))).toContain('The first name cannot be emptied.');

    const cleared = file('Email,Department,Location', `${ada.email},,(empty)`);
    expect((await apply(browser, cleared, { empty: 'clear' })).counts).toMatchObject({ written: 1 });
    expect(await present(ada.id)).toMatchObject({ department: null, location: null, extension: '7' });
  });

  it('replaces or adds groups, and makes those there are none of', async () => {
    const { browser, account } = await app.signedIn({ role: 'owner' });
    const ada = await app.aUser({ account });
    await edit(ada, { userGroups: ['Paris', 'Sales'], chatGroups: ['Football'] });
    const bytes = file('Email,User Group,Chat Group', `${ada.email},sales; London,Chess`);
    const { page, id } = await check(browser, bytes, { chatGroups: 'add' });
    expect(page).toContain('One user group will be created London');
    expect(page).toContain('One chat group will be created Chess');
    await imported(app, browser, id);
    expect(await groupsOf(ada.id)).toEqual({
      userGroups: ['London', 'Sales'],
      chatGroups: ['Chess', 'Football'],
    });
    const [entry] = (await entriesOf(ada.id)).filter(({ line }) => line !== null);
    expect(entry.changes).toEqual({
      userGroups: [
        ['Paris', 'Sales'],
        ['London', 'Sales'],
      ],
      chatGroups: [['Football'], ['Chess', 'Football']],
    });
    await undone(app, browser, id);
    expect(await groupsOf(ada.id)).toEqual({ userGroups: ['Paris', 'Sales'], chatGroups: ['Football'] });
    const [{ left }] = await app.database.query<{ left: string }[]>(
      `SELECT COUNT(*) AS \`left\` FROM user_groups WHERE accountId = ? AND name = 'London'`,
      [account.id],
    );
    expect(Number(left)).toBe(0);
  });

  it('keeps who is in a restricted group true', async () => {
    const { browser, account } = await app.signedIn({ role: 'owner' });
    const ada = await app.aUser({ account });
    await edit(ada, { chatGroups: ['Board'] });
    await app.database.query(`UPDATE chat_groups SET kind = 'restricted' WHERE accountId = ?`, [account.id]);
    await app.database.query('UPDATE users SET restricted = 1 WHERE id = ?', [ada.id]);
    await apply(browser, file('Email,Chat Group', `${ada.email},Football`));
    expect((await present(ada.id)).restricted).toBe(false);
    await apply(browser, file('Email,Chat Group', `${ada.email},Board`));
    expect((await present(ada.id)).restricted).toBe(true);
  });

  it('names the group a spreadsheet has made unreadable instead of making another', async () => {
    const { browser, account } = await app.signedIn({ role: 'owner' });
    const [ada, alan] = [await app.aUser({ account }), await app.aUser({ account })];
    await edit(ada, { userGroups: ['Đà Nẵng'] });
    const bytes = file('Email,User Group', `${ada.email},?à N?ng`, `${alan.email},?à N?ng`);
    const { counts, page } = await check(browser, bytes);
    expect(counts).toMatchObject({ s: 1, w: 1, x: 1 });
    expect(page).toContain('looks like the group “Đà Nẵng”');
  });

  it('lets people swap extensions, and refuses one that stays with somebody else', async () => {
    const { browser, account } = await app.signedIn({ role: 'owner' });
    const [one, two, three, four] = await Promise.all(
      ['1', '2', '3', '4'].map((extension) => app.aUser({ account, extension })),
    );
    const { counts, page } = await apply(
      browser,
      file('Email,Extension', `${one.email},2`, `${two.email},1`, `${three.email},4`, `${four.email},4`),
    );
    expect(page).toContain(`“4” is the extension of ${four.email}`);
    expect(counts).toMatchObject({ written: 2, w: 1, s: 1 });
    expect((await present(one.id)).extension).toBe('2');
    expect((await present(two.id)).extension).toBe('1');
    expect((await present(three.id)).extension).toBe('3');
  });

  it('takes no extension twice, and none that a wrong row does not give up', async () => {
    const { browser, account } = await app.signedIn({ role: 'owner' });
    const [one, two, three] = await Promise.all(
      ['1', '2', '3'].map((extension) => app.aUser({ account, extension })),
    );
    const { counts, page } = await check(
      browser,
      file(
        'Email,Extension,Manager',
        `${one.email},2,`,
        `${two.email},3,`,
        `${three.email},9,nobody@nowhere.example`,
      ),
    );
    expect(counts).toMatchObject({ c: 0, w: 3 });
    expect(page).toContain(`“3” is the extension of ${three.email}`);
    expect(page).toContain(`“2” is the extension of ${two.email}`);
    const twice = await check(browser, file('Email,Extension', `${one.email},8`, `${two.email},8`));
    expect(twice.counts).toMatchObject({ c: 1, w: 1 });
    expect(twice.page).toContain('stands in row 2 already');
  });

  it('asks about numbers without a country code, and sends unreadable ones to the profile', async () => {
    const { browser, account } = await app.signedIn({ role: 'owner' });
    const [ada, alan, grace] = await Promise.all([1, 2, 3].map(() => app.aUser({ account })));
    const { id, page, counts } = await check(
      browser,
      file(
        'Email,Mobile,Extension',
        `${ada.email},06 12 34 56 78,`,
        `${alan.email},"3,36123E+10",`,
        `${grace.email},ring me,`,
      ),
    );
    expect(counts).toMatchObject({ c: 1, o: 1, w: 2 });
    expect(page).toContain('Update this person with the proposed number');
    expect((await browser.get(`/imports/${id}`)).text).toContain(`href="/users/${alan.id}/edit"`);
    const errors = (await browser.get(`/imports/${id}/errors.csv`)).text;
    expect(errors).toContain(`/users/${alan.id}/edit`);
    await imported(app, browser, id, { proposals: 'take' });
    expect(await present(ada.id)).toMatchObject({
      mobilePhone: '+33612345678',
      mobilePhoneTyped: '06 12 34 56 78',
    });
  });

  it('leaves proposals that nobody agreed to', async () => {
    const { browser, account } = await app.signedIn({ role: 'owner' });
    const [ada, alan] = await Promise.all([1, 2].map(() => app.aUser({ account })));
    const { id } = await check(
      browser,
      file('Email,Mobile', `${ada.email},06 12 34 56 78`, `${alan.email},+33612345679`),
    );
    await imported(app, browser, id, { proposals: 'leave' });
    expect((await theImport(app, id)).counts).toMatchObject({ written: 1, w: 1 });
    expect((await present(ada.id)).mobilePhone).toBeNull();
    expect((await present(alan.id)).mobilePhone).toBe('+33612345679');
  });

  it('refuses a person as their own manager and knows managers by their new address', async () => {
    const { browser, account } = await app.signedIn({ role: 'owner' });
    const boss = await app.aUser({ account, status: 'pending' });
    const [ada, alan, grace] = [
      await app.aUser({ account, managerId: boss.id }),
      await app.aUser({ account }),
      await app.aUser({ account }),
    ];
    const moved = `boss.${newId()}@new.example`;
    const { counts, page, id } = await check(
      browser,
      file(
        'User ID,Email,Manager',
        `${ada.id},${ada.email},${moved}`,
        `${alan.id},${alan.email},${moved}`,
        `${grace.id},${grace.email},${grace.email}`,
        `${boss.id},${moved},`,
      ),
    );
    expect(counts).toMatchObject({ s: 1, c: 2, w: 1 });
    expect(page).toContain('cannot be their own manager');
    await imported(app, browser, id);
    expect((await present(alan.id)).managerId).toBe(boss.id);
    expect((await present(boss.id)).email).toBe(moved);
  });
});

describe('an address in a row with a User ID', () => {
  it('asks people who sign in to confirm it, and invites pending ones anew', async () => {
    const { browser, account } = await app.signedIn({ role: 'owner' });
    const [active, pending] = [await app.aUser({ account }), await app.aUser({ account, status: 'pending' })];
    const [first, second] = [`a.${newId()}@new.example`, `b.${newId()}@new.example`];
    const bytes = file('User ID,Email', `${active.id},${first}`, `${pending.id},${second}`);
    const { id, counts, page } = await check(browser, bytes);
    expect(counts).toMatchObject({ c: 2, a: 2 });
    expect(page).toContain('2 changes of address');
    await imported(app, browser, id);

    expect((await present(active.id)).email).toBe(active.email);
    expect(await linksOf(active.id)).toMatchObject([
      { purpose: 'email-change', address: first, usedAt: null },
    ]);
    expect((await entriesOf(active.id))[0].changes).toEqual({ requestedEmail: [active.email, first] });
    expect(visibleText(await browser.get(`/users/${active.id}`))).toContain(
      `New address, not confirmed Before ${active.email} After ${first}`,
    );
    expect(await present(pending.id)).toMatchObject({ email: second, status: 'pending' });
    expect((await present(pending.id)).searchKey).toContain(second);
    expect((await entriesOf(pending.id))[0].changes).toEqual({ email: [pending.email, second] });
    const mails = await app.database.query<{ toAddress: string; template: string }[]>(
      'SELECT toAddress, template FROM mails WHERE accountId = ? ORDER BY toAddress',
      [account.id],
    );
    expect(mails.map(({ toAddress }) => toAddress)).toEqual([first, active.email, second].sort());
    expect(mails.find(({ toAddress }) => toAddress === second)?.template).toBe('activation');

    // The same file again asks nobody a second time.
    expect((await check(browser, bytes)).counts).toMatchObject({ c: 0, s: 2 });

    await undone(app, browser, id);
    expect((await linksOf(active.id)).every(({ withdrawnAt }) => withdrawnAt !== null)).toBe(true);
    expect((await present(pending.id)).email).toBe(pending.email);
    await browser.post(`/imports/${id}/redo`);
    await app.get(JobsWorker).idle();
    expect((await present(pending.id)).email).toBe(second);
    expect((await linksOf(active.id)).filter(({ withdrawnAt }) => withdrawnAt === null)).toMatchObject([
      { address: first },
    ]);
  });

  it('is refused when it is somebody else’s, stands twice, or is empty by choice', async () => {
    const { browser, account } = await app.signedIn({ role: 'owner' });
    const [one, two, three, four] = await Promise.all([1, 2, 3, 4].map(() => app.aUser({ account })));
    const wanted = `c.${newId()}@new.example`;
    const { counts, page } = await check(
      browser,
      file(
        'User ID,Email',
        `${one.id},${wanted}`,
        `${two.id},${wanted.toUpperCase()}`,
        `${three.id},${four.email}`,
        `${four.id},(empty)`,
      ),
    );
    expect(counts).toMatchObject({ c: 1, a: 1, w: 3 });
    expect(page).toContain('stands in row 2 already');
    expect(page).toContain('is the address of somebody else in your company');
    expect(page).toContain('The e-mail cannot be emptied.');
  });
});

describe('what changes between the check and its confirmation', () => {
  it('is left as it is, with what was seen, what is there and what the file says', async () => {
    const { browser, account } = await app.signedIn({ role: 'owner' });
    const [ada, alan, grace] = [
      await app.aUser({ account, department: 'Sales', location: 'Lyon' }),
      await app.aUser({ account, department: 'Sales' }),
      await app.aUser({ account, department: 'Sales', givenName: 'Grace', familyName: 'Hopper' }),
    ];
    const { id } = await check(
      browser,
      file(
        'Email,Department,Location',
        `${ada.email},Research,Paris`,
        `${alan.email},Research,`,
        `${grace.email},Research,`,
      ),
    );
    await edit(ada, { department: 'Legal' });
    await edit(grace, { department: 'Legal' });
    await edit(alan, { department: 'Research' });
    const page = visibleText(await imported(app, browser, id));
    expect(page).toContain('Changed meanwhile');
    expect(page).toMatch(/Row 2 Ada Lovelace Department Sales Legal Research/);
    expect(await present(ada.id)).toMatchObject({ department: 'Legal', location: 'Paris', revision: 3 });
    expect(await present(alan.id)).toMatchObject({ department: 'Research', revision: 2 });
    expect((await theImport(app, id)).counts).toMatchObject({ written: 1, m: 2, s: 1, c: 1 });
    expect(page).toMatch(/Row 4 Grace Hopper Department Sales Legal Research/);
    expect(page).not.toMatch(/What changed.*Grace Hopper/);
    const errors = (await browser.get(`/imports/${id}/errors.csv`)).text;
    expect(errors).toContain(`${ada.email},Research,Paris`);
    expect(errors).toContain('was changed by somebody from Sales to Legal');
    expect(errors).not.toContain(alan.email);
  });

  it('cannot be another import of users: the running one is named', async () => {
    const { browser, account } = await app.signedIn({ role: 'owner' });
    const ada = await app.aUser({ account });
    const first = await check(browser, file('Email,Department', `${ada.email},Research`));
    const second = await checked(
      app,
      browser,
      file('Email,First Name,Last Name', `n.${newId()}@x.example,N,N`),
      'new.csv',
    );
    await browser.post(`/imports/${first.id}/confirmation`);
    const refused = await browser.post(`/imports/${second}/confirmation`);
    expect(refused.status).toBe(409);
    expect(visibleText(refused)).toContain('Another import is running: people.csv');
    await app.get(JobsWorker).idle();
    expect((await browser.post(`/imports/${second}/confirmation`)).status).toBe(303);
    await app.get(JobsWorker).idle();
  });
});

describe('undoing an update', () => {
  it('gives back what is still as it was written, lists the rest, and can be undone itself', async () => {
    const { browser, account } = await app.signedIn({ role: 'owner' });
    const ada = await app.aUser({
      account,
      department: 'Sales',
      location: 'Lyon',
      workPhone: '+33140205050',
    });
    const { id } = await apply(
      browser,
      file('Email,Department,Location,Phone', `${ada.email},Research,Paris,+33 1 40 20 50 51`),
    );
    await edit(ada, { location: 'Nantes' });
    const page = visibleText(await undone(app, browser, id));
    expect(page).toContain('This update was undone');
    expect(page).toMatch(/Ada Lovelace \([^)]*\): Location: edited since/);
    expect(await present(ada.id)).toMatchObject({
      ...{ department: 'Sales', location: 'Nantes', workPhone: '+33140205050', workPhoneTyped: null },
    });
    await browser.post(`/imports/${id}/redo`);
    await app.get(JobsWorker).idle();
    expect(await present(ada.id)).toMatchObject({
      ...{ department: 'Research', location: 'Nantes', workPhone: '+33140205051' },
      workPhoneTyped: '+33 1 40 20 50 51',
    });
    expect((await theImport(app, id)).state).toBe('done');
  });

  it('gives swapped extensions back', async () => {
    const { browser, account } = await app.signedIn({ role: 'owner' });
    const people = await Promise.all(['1', '2', '3'].map((extension) => app.aUser({ account, extension })));
    const rows = people.map(({ email }, place) => `${email},${((place + 1) % 3) + 1}`);
    const { id } = await apply(browser, file('Email,Extension', ...rows));
    expect(await Promise.all(people.map(async (user) => (await present(user.id)).extension))).toEqual([
      '2',
      '3',
      '1',
    ]);
    await undone(app, browser, id);
    expect(await Promise.all(people.map(async (user) => (await present(user.id)).extension))).toEqual([
      '1',
      '2',
      '3',
    ]);
  });
});

describe('the pages of updates', () => {
  it('are for administrators of the account alone', async () => {
    const { browser, account } = await app.signedIn({ role: 'owner' });
    const { browser: member, user } = await app.signedIn({ account });
    const { browser: elsewhere } = await app.signedIn({ role: 'owner' });
    const { id } = await check(browser, file('Email,Department', `${user.email},Research`));
    expect((await member.get('/users/update')).status).toBe(403);
    expect((await member.upload('/users/update', { name: 'x.csv', bytes: 'Email\r\n' })).status).toBe(403);
    for (const page of [`/imports/${id}`, `/imports/${id}/errors.csv`]) {
      expect((await member.get(page)).status).toBe(404);
      expect((await elsewhere.get(page)).status).toBe(404);
    }
    expect((await elsewhere.post(`/imports/${id}/rules`, { empty: 'clear' })).status).toBe(404);
    expect((await elsewhere.post(`/imports/${id}/confirmation`)).status).toBe(404);
    await app.get(JobsWorker).idle();
    expect((await present(user.id)).department).toBeNull();
  });

  it('ask which column says whom a row is about, and show the rows of one field', async () => {
    const { browser, account } = await app.signedIn({ role: 'owner' });
    const [ada, alan] = await Promise.all([1, 2].map(() => app.aUser({ account })));
    const nobody = await updated(app, browser, file('First Name,Department', 'Ada,Research'));
    expect(visibleText(await browser.get(`/imports/${nobody}`))).toContain(
      'No column says whom a row is about.',
    );
    const { id } = await check(
      browser,
      file('Email,Department,Location', `${ada.email},Research,`, `${alan.email},Legal,Paris`),
    );
    const filtered = visibleText(await browser.get(`/imports/${id}?field=location`));
    expect(filtered).toContain('Row 3');
    expect(filtered).not.toMatch(/What changes.*Row 2/);
  });

  it('stand beside each other as tabs', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    for (const path of ['/users/import', '/users/update']) {
      const { text } = await browser.get(path);
      expect(text).toContain('href="/users/import"');
      expect(text).toContain('href="/users/update"');
      expect(text).toMatch(new RegExp(`href="${path}" aria-current="page"`));
    }
  });
});
