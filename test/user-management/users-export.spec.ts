import { readRows } from '../../src/csv/rows.js';
import { unquoteFormula } from '../../src/csv/writer.js';
import { AuditEntry } from '../../src/journal/journal.entities.js';
import { UserList } from '../../src/user-management/user-list.query.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Browser } from '../support/browser.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const header =
  'Email,First Name,Last Name,Department,Manager,User Group,Chat Group,Job Title,Location,Phone,Mobile,Extension,User ID,Status,Role,Type';

describe('/users/export.csv', () => {
  it('holds every column, with byte order mark and CRLF', async () => {
    const { account, user: admin, browser } = await app.signedIn({ role: 'admin', familyName: 'A' });
    const person = await app.aUser({
      account,
      familyName: 'Z',
      department: 'R&D, Paris',
      managerId: admin.id,
      workPhone: '+33140205050',
      extension: '0042',
      type: 'licensed',
    });
    await browser.post(`/users/${person.id}`, { userGroups: 'Two; One', chatGroups: 'Chat' });
    const answer = await browser.download('/users/export.csv');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(answer.headers['content-disposition']).toMatch(
      /^attachment; filename="users-\d{4}-\d\d-\d\d\.csv"$/,
    );
    expect([...answer.body.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const [first, second, third, end] = answer.body.toString('utf8').slice(1).split('\r\n');
    expect(first).toBe(header);
    expect(second.startsWith(`${admin.email},Ada,A,`)).toBe(true);
    expect(third).toBe(
      `${person.email},Ada,Z,"R&D, Paris",${admin.email},One;Two,Chat,,,+33140205050,,0042,${person.id},active,member,licensed`,
    );
    expect(end).toBe('');
  });

  it('opens right in French Excel', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin', language: 'fr', familyName: 'A' });
    await app.aUser({ account, familyName: 'Z', mobilePhone: '+33612345678', extension: '0042' });
    const answer = await browser.download('/users/export.csv?form=excel');
    expect(answer.headers['content-disposition']).toContain('utilisateurs-');
    const [first, , third] = answer.body.toString('utf8').slice(1).split('\r\n');
    expect(first.split(';').slice(0, 6)).toEqual([
      'E-mail',
      'Prénom',
      'Nom',
      'Service',
      'Responsable',
      'Groupe d’utilisateurs',
    ]);
    expect(third).toContain(";'+33612345678;'0042;");
  });

  it('holds whom the page shows, in its order, and nobody of another account', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const pending = { account, status: 'pending' as const };
    await app.aUser({ ...pending, givenName: 'Zoé', familyName: 'B', department: 'IT' });
    await app.aUser({ ...pending, givenName: 'Zoé', familyName: 'A', department: 'IT' });
    await app.aUser({ ...pending, givenName: 'Zoé', familyName: 'C', department: 'HR' });
    await app.aUser({ status: 'pending', givenName: 'Zoé', department: 'IT' });
    const named = async (query: string) =>
      (await rowsOf(browser, query)).slice(1).map(([, given, family]) => `${given} ${family}`);
    expect(await named('status=pending&q=zoe&department=IT')).toEqual(['Zoé A', 'Zoé B']);
    expect(await named('status=pending&sort=-name')).toEqual(['Zoé C', 'Zoé B', 'Zoé A']);
    expect(await named('status=deactivated')).toEqual([]);
  });

  it('runs no formulas, and reads back as what was there', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin', familyName: 'A' });
    const nasty = {
      department: '=HYPERLINK("http://evil.test")',
      jobTitle: "'quoted",
      location: ' @home\n+1',
    };
    await app.aUser({ account, familyName: '-Z', ...nasty });
    for (const form of ['', '&form=excel']) {
      const rows = await rowsOf(browser, `role=member${form}`);
      const [, , family, department, , , , jobTitle, location] = rows[1];
      expect(department).toBe(`'${nasty.department}`);
      expect([family, department, jobTitle, location].map(unquoteFormula)).toEqual([
        '-Z',
        nasty.department,
        nasty.jobTitle,
        nasty.location,
      ]);
    }
  });

  it('goes beyond one read, each person once', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin', familyName: 'A' });
    const model = await app.aUser({ account, status: 'pending', familyName: 'Same' });
    await app.database.query(
      `INSERT INTO users (id, accountId, email, liveKey, status, role, type, givenName, familyName, theme, shortcuts,
         restricted, searchKey, sortKey, foldVersion, revision, createdAt, updatedAt)
       SELECT CONCAT(LEFT(u.id, 24), LPAD(n.seq, 12, '0')), u.accountId, CONCAT(n.seq, u.email), 1, u.status, u.role,
         u.type, u.givenName, u.familyName, u.theme, u.shortcuts, 0, u.searchKey, u.sortKey, u.foldVersion, 1,
         u.createdAt, u.updatedAt
       FROM users u CROSS JOIN (${numbers(2_100)}) n WHERE u.id = ?`,
      [model.id],
    );
    const emails = (await rowsOf(browser, 'status=pending')).slice(1).map(([email]) => email);
    expect(emails).toHaveLength(2_101);
    expect(new Set(emails).size).toBe(2_101);
  });

  it('holds the columns chosen, in their order, each once', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin', familyName: 'A' });
    const lastSignInAt = new Date('2026-03-01T12:00:00Z');
    await app.aUser({ account, familyName: 'Z', location: 'Oslo', lastSignInAt, invitedAt: null });
    const chosen = 'columns=location,familyName,lastSignInAt,location,password,invitedAt';
    expect((await rowsOf(browser, `role=member&${chosen}`)).slice(0, 2)).toEqual([
      ['Location', 'Last Name', 'Last sign-in', 'Invited on'],
      ['Oslo', 'Z', '2026-03-01', ''],
    ]);
    const ticked = await rowsOf(browser, 'role=member&columns=familyName&columns=email');
    expect(ticked[0]).toEqual(['Last Name', 'Email']);
    for (const none of ['columns=', 'columns=searchKey', 'columns=__proto__'])
      expect((await rowsOf(browser, none))[0].join(',')).toBe(header);
  });

  it('asks before: how many people, which columns, as the list is', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    for (const location of ['Oslo', 'Oslo', 'Bonn']) await app.aUser({ account, location });
    const form = await browser.get('/users/export?location=Oslo&sort=-name&columns=id,email');
    expect(visibleText(form)).toContain('2 people will be exported');
    expect(form.text).toContain('name="location" value="Oslo"');
    expect(form.text).toContain('name="sort" value="-name"');
    const ticked = [...form.text.matchAll(/name="columns" value="([^"]+)" checked/g)].map(([, name]) => name);
    expect(ticked).toEqual(['id', 'email']);
    expect(form.text.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&')).toContain(
      '/users?location=Oslo&sort=-name&columns=id%2Cemail"',
    );
    expect(visibleText(await browser.get('/users/export?q=nobody'))).toContain('Nobody matches');
    expect(visibleText(await browser.get('/users/export?columns=email'))).toContain('Without “User ID”');
  });

  it('keeps the columns chosen while the list is searched and sorted', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const { text } = await browser.get('/users?columns=email%2Cid');
    expect(text).toContain('name="columns" value="email,id"');
    expect(text.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&')).toContain(
      '/users/export.csv?columns=email%2Cid&form=excel',
    );
  });

  it('takes every filter of the list', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin', location: 'Oslo' });
    await app.aUser({ account, givenName: 'Right', location: 'Oslo', type: 'licensed' });
    await app.aUser({ account, givenName: 'Wrong', location: 'Oslo' });
    await app.aUser({ account, givenName: 'Erased', status: 'erased', deletedAt: new Date() });
    const named = async (query: string) => (await rowsOf(browser, query)).slice(1).map(([, given]) => given);
    expect(await named('location=Oslo&type=licensed')).toEqual(['Right']);
    expect(await named('status=erased')).toEqual(['Erased']);
    expect(await named('q=erased')).toEqual([]);
  });

  it('does not look complete when the database is lost in the middle', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const list = app.get(UserList);
    const page = jest.spyOn(list, 'exportPage');
    page.mockImplementationOnce(async (...args) => {
      const first = await UserList.prototype.exportPage.apply(list, args);
      // Enough for a piece of the file to be on its way.
      const rows = Array.from({ length: 1_000 }, () => first.rows[0]);
      return { ...first, rows, next: { after: 'there' } };
    });
    page.mockImplementationOnce(() => Promise.reject(new Error('Connection lost')));
    await expect(browser.download('/users/export.csv')).rejects.toThrow(/aborted|hang up/);
    page.mockRestore();
    expect((await browser.download('/users/export.csv')).status).toBe(200);
  });

  it('is noted in the audit log, without what was searched for', async () => {
    const { user, browser } = await app.signedIn({ role: 'admin' });
    await browser.download('/users/export.csv?q=secret&form=excel');
    const [entry] = await app.database.getRepository(AuditEntry).findBy({ actorId: user.id });
    expect(entry).toMatchObject({
      action: 'users.export',
      details: { form: 'excel', status: 'active', searched: true, people: 0 },
    });
    expect(JSON.stringify(entry.details)).not.toContain('secret');
  });

  it('is noted with filters and columns', async () => {
    const { user, browser } = await app.signedIn({ role: 'admin', location: 'Oslo' });
    await browser.download('/users/export.csv?location=Oslo&columns=email,id&manager=boss%40x.test');
    const [entry] = await app.database.getRepository(AuditEntry).findBy({ actorId: user.id });
    expect(entry.details).toEqual({
      ...{ form: 'plain', people: 0, status: 'active', location: 'Oslo', manager: true },
      columns: ['email', 'id'],
    });
  });
});

async function rowsOf(browser: Browser, query: string): Promise<string[][]> {
  const { body } = await browser.download(`/users/export.csv?${query}`);
  const rows: string[][] = [];
  const text = body.toString('utf8').slice(1);
  for await (const { cells } of readRows([text], { separator: ',', headerRow: 0 })) rows.push(cells);
  return rows;
}

/** 1 to `count` as a derived table, on every server. */
function numbers(count: number): string {
  const digits = Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS d`).join(' UNION ALL ');
  return `SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 1 AS seq
    FROM (${digits}) a, (${digits}) b, (${digits}) c, (${digits}) e
    WHERE a.d + 10 * b.d + 100 * c.d + 1000 * e.d < ${count}`;
}
