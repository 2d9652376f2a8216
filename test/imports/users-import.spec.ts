import iconv from 'iconv-lite';
import { moveCounters } from '../../src/accounts/counters.service.js';
import { Groups } from '../../src/accounts/groups.service.js';
import { People } from '../../src/accounts/people.service.js';
import { User } from '../../src/accounts/user.entity.js';
import { noFacts, operator } from '../../src/journal/actor.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Browser } from '../support/browser.js';
import { checked, file, imported, theImport, undone, users2000 } from './importing.js';

jest.setTimeout(60_000);

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const person = (email: string) => app.database.manager.findOneByOrFail(User, { email });
let number = 0;
const unique = () => `p${++number}@files.example`;

describe('importing users', () => {
  it('brings in the whole of a real file, each with one link and one mail', async () => {
    const { browser, account } = await app.signedIn({ role: 'admin' });
    const id = await checked(app, browser, users2000, 'users-2000.csv');
    const check = visibleText(await browser.get(`/imports/${id}`));
    expect(check).toContain(
      'We read it as a Zoom file in UTF-8, separated by commas, header in row 1.'.replace(
        ' file in',
        ' file, in',
      ),
    );
    expect(await theImport(app, id)).toMatchObject({
      state: 'checked',
      counts: { rows: 2000, n: 2000, w: 0 },
    });
    expect(await app.database.manager.countBy(User, { accountId: account.id, status: 'pending' })).toBe(0);

    const result = visibleText(await imported(app, browser, id));
    expect(result).toContain('2,000 users imported');
    const [counts] = await app.database.query<Record<string, string>[]>(
      `SELECT (SELECT COUNT(*) FROM users WHERE accountId = ? AND status = 'pending') AS people,
         (SELECT people FROM user_counters WHERE accountId = ? AND status = 'pending') AS counted,
         (SELECT COUNT(DISTINCT userId) FROM one_time_links WHERE accountId = ?) AS links,
         (SELECT COUNT(DISTINCT userId) FROM mails WHERE accountId = ?) AS mailed,
         (SELECT COUNT(*) FROM mails WHERE accountId = ?) AS mails,
         (SELECT COUNT(*) FROM audit_entries WHERE accountId = ? AND action = 'users.import') AS audited`,
      Array.from({ length: 6 }, () => account.id),
    );
    expect(Object.values(counts).map(Number)).toEqual([2000, 2000, 2000, 2000, 2000, 1]);

    const again = await checked(app, browser, users2000);
    expect((await theImport(app, again)).counts).toMatchObject({ n: 0, k: 2000, w: 0 });
    expect(visibleText(await browser.get(`/imports/${again}`))).toContain(
      'There is nothing new in this file.',
    );
  });

  it.each([
    ['UTF-8 with a mark and semicolons', 'utf8', ';', true],
    ['Windows-1252 and semicolons', 'win1252', ';', false],
    ['UTF-16 and tabs, as Excel writes Unicode text', 'utf-16le', '\t', true],
    ['UTF-8 and bars', 'utf8', '|', false],
  ])('reads %s', async (_, encoding, separator, addBOM) => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const email = unique();
    const text = [
      ['E-mail', 'Prénom', 'Nom', 'Service', 'Groupe d’utilisateurs'],
      [email, 'Zoé', 'Lœuf', '"Études; ""R&D"", |\tet\r\nessais"', 'Été'],
    ]
      .map((cells) => cells.join(separator))
      .join('\r\n');
    const id = await checked(app, browser, iconv.encode(text, encoding, { addBOM }));
    await imported(app, browser, id);
    expect(await person(email)).toMatchObject({
      ...{
        givenName: 'Zoé',
        familyName: 'Lœuf',
        department: 'Études; "R&D", | et essais',
        status: 'pending',
      },
    });
  });

  it.each([
    [
      'Google Workspace',
      'First Name [Required],Last Name [Required],Email Address [Required],Password [Required],Org Unit Path [Required],Mobile Phone,Employee Title',
      (email: string) => `Ada,Lovelace,${email},Tr0ub4dor&3,/,+33612345678,Chief`,
      { jobTitle: 'Chief', mobilePhone: '+33612345678' },
    ],
    [
      'Microsoft 365',
      'User Name,First Name,Last Name,Display Name,Job Title,Department,Office Number,Office Phone,Mobile Phone,Fax,Alternate email address,Address,City,State or Province,ZIP or Postal Code,Country or Region',
      (email: string) => `${email},Ada,Lovelace,Ada Lovelace,Chief,Research,B12,+33140205050,,,,,,,,`,
      { jobTitle: 'Chief', department: 'Research', location: 'B12', workPhone: '+33140205050' },
    ],
    [
      'Microsoft Entra',
      'version:v1.0,,,,,\r\nName [displayName] Required,User name [userPrincipalName] Required,Initial password [passwordProfile] Required,Block sign in (Yes/No) [accountEnabled] Required,First name [givenName],Last name [surname]',
      (email: string) => `Ada, ${email} ,secret,No,Ada,Lovelace`,
      {},
    ],
    [
      'French spreadsheet',
      'Courriel;Prénom;Nom de famille;Portable;Fonction',
      (email: string) => `${email};Ada;Lovelace;+33 6 12 34 56 78;Cheffe`,
      { mobilePhone: '+33612345678', mobilePhoneTyped: '+33 6 12 34 56 78', jobTitle: 'Cheffe' },
    ],
  ])('takes a file of %s', async (_, header, row, expected) => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const email = unique();
    const id = await checked(app, browser, `${header}\r\n${row(email)}\r\n`);
    expect((await theImport(app, id)).state).toBe('checked');
    const [{ stored }] = await app.database.query<{ stored: string }[]>(
      'SELECT `rows` AS stored FROM import_batches WHERE importId = ?',
      [id],
    );
    expect(stored).not.toMatch(/Tr0ub4dor|secret/);
    await imported(app, browser, id);
    expect(await person(email)).toMatchObject({ givenName: 'Ada', familyName: 'Lovelace', ...expected });
  });

  it('names every kind of wrong row with row, column, value and remedy, and imports the right ones', async () => {
    const { browser, account } = await app.signedIn({ role: 'admin' });
    await app.aUser({ account, extension: '700', email: 'holder@files.example' });
    const boss = unique();
    const wrong: [row: string, sentence: string][] = [
      [',Ada,Lovelace', 'The e-mail is missing. Add it.'],
      ['ada@,Ada,Lovelace', '“ada@” is not an e-mail address.'],
      [`${boss.toUpperCase()},Ada,Lovelace`, `“${boss.toUpperCase()}” stands in row 2 already.`],
      [`${unique()},,Lovelace`, 'The first name is missing.'],
      [`${unique()},Ada,`, 'The last name is missing.'],
      [`${unique()},${'a'.repeat(256)},Lovelace`, 'is too long. Use 255 characters at most.'],
      [`${unique()},Ada,Lovelace,,,,,,,06 12`, '“06 12” is too short.'],
      [`${unique()},Ada,Lovelace,,,,,,,"3,36E+10"`, 'the spreadsheet has lost digits'],
      [`${unique()},Ada,Lovelace,,,,,,,+33 1 40 20 50 50 ext 12`, 'holds an extension'],
      [`${unique()},Ada,Lovelace,,,,,,,+33140205050 / +33140205051`, 'holds several numbers'],
      [`${unique()},Ada,Lovelace,,nobody@files.example`, 'is neither in this file nor in your company'],
      [`${unique()},Ada,Lovelace,,not an address`, '“not an address” is not an e-mail address.'],
      [`${unique()},Ada,Lovelace,,,,,,,,,12a`, '“12a” is not an extension.'],
      [`${unique()},Ada,Lovelace,,,,,,,,,700`, '“700” is the extension of holder@files.example.'],
      [`${unique()},Ada,"Lovelace`, 'A quotation mark opens in this row and is not closed.'],
    ];
    const id = await checked(app, browser, file(`${boss},Grace,Hopper`, ...wrong.map(([row]) => row)));
    expect((await theImport(app, id)).counts).toMatchObject({ rows: 16, n: 1, w: 15 });
    const check = visibleText(await browser.get(`/imports/${id}`));
    wrong.forEach(([, sentence], place) => {
      expect(check).toContain(sentence);
      expect(check).toContain(`Row ${place + 3}`);
    });
    expect(check).toContain('Import the one right row');
    expect(visibleText(await imported(app, browser, id))).toContain('One user imported');
    expect(await app.database.manager.countBy(User, { accountId: account.id, status: 'pending' })).toBe(1);
    expect(visibleText(await browser.get('/imports'))).toContain('1 of 16');
  });

  it('gives the wrong rows back as a file that comes in once corrected', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const [one, two] = [unique(), unique()];
    const header = 'E-mail;Prénom;Nom;Téléphone;Remarque';
    const text = `${header}\r\n${one};Élodie;Grâce;+33140205050;a\r\n${two};Zoé;;+33 1 40;"b ""c"""\r\n`;
    const id = await checked(app, browser, iconv.encode(text, 'win1252'));
    await imported(app, browser, id);
    const answer = await browser.download(`/imports/${id}/errors.csv`);
    const back = iconv.decode(answer.body, 'win1252');
    const [first, second] = back.split('\r\n');
    expect(first).toBe(`${header};Error;Line`);
    expect(second).toMatch(
      /^p\d+@files\.example;Zoé;;'\+33 1 40;"b ""c""";"?Nom: The last name is missing\. Add it\. /,
    );
    expect(second).toMatch(/;3$/);
    const corrected = back.replace(";Zoé;;'+33 1 40;", ';Zoé;Martin;+33140205051;');
    const next = await checked(app, browser, iconv.encode(corrected, 'win1252'));
    expect((await theImport(app, next)).counts).toMatchObject({ n: 1, w: 0 });
    await imported(app, browser, next);
    expect(await person(two)).toMatchObject({
      givenName: 'Zoé',
      familyName: 'Martin',
      workPhone: '+33140205051',
    });
  });

  it('proposes numbers and takes them only when told to', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const [a, b, c] = [unique(), unique(), unique()];
    const text = file(`${a},A,A,,,,,,,06 12 34 56 78`, `${b},B,B,,,,,,,+33612345679`, `${c},C,C,,${a}`);
    const id = await checked(app, browser, text);
    const check = visibleText(await browser.get(`/imports/${id}`));
    expect(check).toContain('06 12 34 56 78');
    expect(check).toContain('+33612345678');
    expect(check).toContain('Import 3 rows with the proposed numbers');
    expect(check).toContain('Import only the row without proposals');
    await imported(app, browser, id, { proposals: 'leave' });
    expect((await theImport(app, id)).counts).toMatchObject({ written: 1, w: 2 });

    const rest = await checked(app, browser, text);
    await imported(app, browser, rest, { proposals: 'take' });
    expect((await theImport(app, rest)).counts).toMatchObject({ written: 2, k: 1, w: 0 });
    expect(await person(a)).toMatchObject({ workPhone: '+33612345678', workPhoneTyped: '06 12 34 56 78' });
    expect((await person(c)).managerId).toBe((await person(a)).id);
  });

  it('finds managers in the file, also further down, and in the account; a wrong one takes the team along', async () => {
    const { browser, account } = await app.signedIn({ role: 'admin' });
    const present = await app.aUser({ account });
    const [top, middle, low, bad, under] = [unique(), unique(), unique(), unique(), unique()];
    const id = await checked(
      app,
      browser,
      file(
        ...[`${low},L,L,,${middle}`, `${middle},M,M,,${top}`, `${top},T,T,,${present.email}`],
        ...[`${bad},,B`, `${under},U,U,,${bad}`, `${unique()},V,V,,${under}`],
      ),
    );
    expect((await theImport(app, id)).counts).toMatchObject({ n: 3, w: 3 });
    expect(visibleText(await browser.get(`/imports/${id}`))).toContain(
      `The row of the manager “${bad}” is wrong itself.`,
    );
    await imported(app, browser, id);
    expect((await person(low)).managerId).toBe((await person(middle)).id);
    expect((await person(middle)).managerId).toBe((await person(top)).id);
    expect((await person(top)).managerId).toBe(present.id);
  });

  it('names people who manage one another, and takes their team along, not those above or beside', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const [one, two, three, under, top, beside] = [1, 2, 3, 4, 5, 6].map(unique);
    const id = await checked(
      app,
      browser,
      file(
        ...[`${under},U,U,,${one}`, `${one},A,A,,${two}`, `${two},B,B,,${three}`, `${three},C,C,,${one}`],
        ...[`${top},T,T`, `${beside},S,S,,${top}`],
      ),
    );
    expect((await theImport(app, id)).counts).toMatchObject({ n: 2, w: 4 });
    const check = visibleText(await browser.get(`/imports/${id}`));
    for (const manager of [one, two, three])
      expect(check).toContain(
        `“${manager}” is managed, directly or through others, by the person of this row.`,
      );
    expect(check).toContain(`The row of the manager “${one}” is wrong itself.`);
    await imported(app, browser, id);
    expect((await person(beside)).managerId).toBe((await person(top)).id);
  });

  it('makes only the groups that right rows need, and shows them before', async () => {
    const { browser, account } = await app.signedIn({ role: 'admin' });
    const id = await checked(
      app,
      browser,
      file(`${unique()},A,A,,,Été; Nord ;été,Équipe`, `${unique()},,B,,,Nobody`, `${unique()},C,C,,,nord`),
    );
    const check = visibleText(await browser.get(`/imports/${id}`));
    expect(check).toContain('2 user groups will be created Été Nord');
    expect(check).not.toContain('Nobody');
    await imported(app, browser, id);
    const groups = await app.database.query<{ name: string; members: string }[]>(
      `SELECT g.name, COUNT(m.userId) AS members FROM user_groups g LEFT JOIN user_group_members m ON m.groupId = g.id
       WHERE g.accountId = ? GROUP BY g.id ORDER BY g.name`,
      [account.id],
    );
    expect(groups.map(({ name, members }) => [name, Number(members)])).toEqual([
      ['Été', 1],
      ['Nord', 2],
    ]);
  });

  it('takes a person of another company like anybody else and never a role, status, password or id', async () => {
    const elsewhere = await app.aUser();
    const { browser, account } = await app.signedIn({ role: 'admin' });
    const id = await checked(
      app,
      browser,
      `Email,First Name,Last Name,Role,Status,Password,User ID\r\n${elsewhere.email},A,B,owner,active,hunter2,${elsewhere.id}`,
    );
    const check = visibleText(await browser.get(`/imports/${id}`));
    expect(check).toContain('Import this row');
    expect(check).toContain('These columns are ignored: Role, Status, Password, User ID.');
    await imported(app, browser, id, { type: 'licensed', 'feature-phone': 'on' });
    const found = await app.database.manager.findOneByOrFail(User, {
      accountId: account.id,
      email: elsewhere.email,
    });
    expect(found).toMatchObject({
      role: 'member',
      status: 'pending',
      type: 'licensed',
      features: { phone: true },
    });
    expect(found.id).not.toBe(elsewhere.id);
  });

  it('leads to each person who is there already, whatever their status', async () => {
    const { browser, account } = await app.signedIn({ role: 'admin' });
    const people = [];
    for (const status of ['active', 'pending', 'deactivated'] as const)
      people.push(await app.aUser({ account, status, email: unique() }));
    const elsewhere = await app.aUser({ email: unique() });
    const rows = [...people, elsewhere].map(({ email }) => `${email.toUpperCase()},Any,Name`);
    const check = await browser.get(`/imports/${await checked(app, browser, file(...rows))}`);
    const known = /id="known".*?<\/section>/s.exec(check.text)?.[0] ?? '';
    expect([...known.matchAll(/href="(\/users\/[^"]+)"/g)].map(([, href]) => href)).toEqual([
      '/users/update',
      ...people.map(({ id }) => `/users/${id}`),
    ]);
    expect(known).not.toContain(elsewhere.email);
  });

  it('counts whoever was added after the check as already there', async () => {
    const { browser, account } = await app.signedIn({ role: 'admin' });
    const [boss, low] = [unique(), unique()];
    const id = await checked(app, browser, file(`${low},L,L,,${boss}`, `${boss},B,B`));
    const present = await app.aUser({ account, email: boss });
    await imported(app, browser, id);
    expect((await theImport(app, id)).counts).toMatchObject({ written: 1, k: 1, w: 0 });
    expect((await person(low)).managerId).toBe(present.id);
  });
});

describe('a file that cannot be taken', () => {
  let browser: Browser;
  beforeAll(async () => {
    ({ browser } = await app.signedIn({ role: 'admin' }));
  });

  it.each([
    ['half a workbook', Buffer.from('504b030414000600', 'hex'), 'This Excel workbook cannot be read'],
    ['a PDF', Buffer.from('%PDF-1.7\n%âãÏÓ'), 'This is a PDF file, not CSV.'],
    ['bytes', Buffer.from([1, 2, 0, 4, 0, 0, 7, 9]), 'This file is not text'],
    ['text with a NUL', Buffer.from('Email,First Name,Last Name\na@x.org,A\0,B\n'), 'This file is not text'],
    ['an empty file', Buffer.alloc(0), 'This file is empty.'],
    ['too many columns', Buffer.from(`${'a,'.repeat(300)}\n`), 'This file has more than 256 columns.'],
    ['a web page', Buffer.from('<!DOCTYPE html><html>'), 'This is a web page'],
    ['a file over the limit', Buffer.alloc(50 * 1024 * 1024 + 1, 'a,b\n'), 'This file is larger than 50 MB.'],
  ])('refuses %s on the same page and keeps nothing', async (_, bytes, sentence) => {
    const before = await kept();
    const answer = await browser.upload('/users/import', { name: 'x.csv', bytes });
    expect(answer.status).toBe(422);
    expect(visibleText(answer)).toContain(sentence);
    expect(await kept()).toEqual(before);
  });

  it('asks for a file when there is none', async () => {
    const answer = await browser.upload('/users/import', { field: 'other', name: 'x.csv', bytes: 'a' });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });

  it('refuses a form without its token before a byte is kept', async () => {
    const before = await kept();
    const answer = await browser.upload(
      '/users/import',
      { name: 'x.csv', bytes: 'Email\na@x.org' },
      { _csrf: 'no' },
    );
    expect(answer.status).toBe(403);
    expect(await kept()).toEqual(before);
  });

  async function kept(): Promise<unknown> {
    const [counts] = await app.database.query<object[]>(
      'SELECT (SELECT COUNT(*) FROM imports) AS imports, (SELECT COUNT(*) FROM import_pieces) AS pieces',
    );
    return counts;
  }
});

describe('columns', () => {
  it('asks when there is no header, and takes what is answered', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const email = unique();
    const id = await checked(app, browser, `${email},Ada,Lovelace\r\n`);
    expect((await theImport(app, id)).state).toBe('questions');
    const page = visibleText(await browser.get(`/imports/${id}`));
    expect(page).toContain('This file has no header row. Say what each column is.');
    const refused = await browser.post(`/imports/${id}/reading`, {
      'column-0': 'email',
      'column-1': 'email',
    });
    expect(refused.status).toBe(422);
    expect(visibleText(refused)).toContain('Two columns cannot fill the same field');
    expect(visibleText(refused)).toContain('Say which column is “First name”');
    await browser.post(`/imports/${id}/reading`, {
      ...{ 'column-0': 'email', 'column-1': 'givenName', 'column-2': 'familyName' },
    });
    await app.get(JobsWorker).idle();
    await imported(app, browser, id);
    expect(await person(email)).toMatchObject({ givenName: 'Ada', familyName: 'Lovelace' });
  });

  it('asks about a name that may be two things', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const id = await checked(app, browser, `E-mail;Prénom;Nom;Poste\r\n${unique()};A;B;204\r\n`);
    expect((await theImport(app, id)).state).toBe('questions');
    expect(visibleText(await browser.get(`/imports/${id}`))).toContain('One column could be several things.');
  });

  it('reads the file anew with another encoding', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const email = unique();
    // Behind a capital an accent of Mac Roman may be a sign of Windows-1252 as well.
    const bytes = iconv.encode(`Email,First Name,Last Name\r\n${email},Rémi,Hénin\r\n`, 'macintosh');
    const id = await checked(app, browser, bytes);
    const { reading } = await theImport(app, id);
    expect(reading?.encoding).toBe('windows-1252');
    await browser.post(`/imports/${id}/reading`, {
      encoding: 'macintosh',
      separator: 'comma',
      headerRow: '1',
    });
    await app.get(JobsWorker).idle();
    await imported(app, browser, id);
    expect(await person(email)).toMatchObject({ givenName: 'Rémi', familyName: 'Hénin' });
  });

  it('lists before the upload what a file may hold, in the language of the reader', async () => {
    const { browser } = await app.signedIn({ role: 'admin', language: 'fr' });
    const page = visibleText(await browser.get('/users/import'));
    for (const words of ['E-mail', 'Numéro de poste', 'Responsable (e-mail)', 'Mobile', '100 000 lignes'])
      expect(page.replace(/[\u202f\u00a0]/g, ' ')).toContain(words);
    const sample = await browser.download('/users/sample.csv');
    expect(sample.body.toString('utf8').split('\r\n')[0]).toBe(
      '\ufeffE-mail,Prénom,Nom,Service,Responsable,Groupe d’utilisateurs,Groupe de discussion,Intitulé du poste,Emplacement,Téléphone',
    );
    const id = await checked(app, browser, sample.body);
    expect((await theImport(app, id)).counts).toMatchObject({ n: 2, w: 0, o: 0 });
  });
});

describe('undo', () => {
  it('removes whom the import made, keeps who was edited or activated, and can be undone itself', async () => {
    const { browser, account } = await app.signedIn({ role: 'admin' });
    const [gone, edited, active] = [unique(), unique(), unique()];
    const id = await checked(
      app,
      browser,
      file(`${gone},Gone,G,,,Left,Quiet`, `${edited},Edited,E,,${gone},Kept`, `${active},Active,A`),
    );
    await imported(app, browser, id);
    const people = app.get(People);
    const { id: editedId, revision } = await person(edited);
    await people.edit(operator(account.id), noFacts, editedId, revision, { jobTitle: 'Chief' });
    await app.database.transaction(async (manager) => {
      await manager.update(User, { email: active }, { status: 'active', activatedAt: new Date() });
      await moveCounters(manager, account.id, { from: 'pending', to: 'active', people: 1 });
    });
    expect(visibleText(await browser.get(`/imports/${id}/undo`))).toContain(
      'This import brought 3 people in.',
    );
    await browser.post(`/imports/${id}/undo`);
    await app.get(JobsWorker).idle();
    const result = visibleText(await browser.get(`/imports/${id}`));
    expect(result).toContain('One person was removed.');
    expect(result).toContain(`Edited E (${edited}): edited since`);
    expect(result).toContain(`Active A (${active}): has activated the account`);
    const goneId = (await app.database.manager.findOneByOrFail(User, { email: gone })).id;
    expect(await living(account.id)).toEqual([active, edited].sort());
    expect(await groupNames(account.id)).toEqual(['Kept']);
    expect(await pending(account.id)).toBe(1);
    expect((await person(edited)).managerId).toBeNull();

    await browser.post(`/imports/${id}/redo`);
    await app.get(JobsWorker).idle();
    expect(await living(account.id)).toEqual([active, edited, gone].sort());
    expect(await groupNames(account.id)).toEqual(['Kept', 'Left', 'Quiet']);
    expect(await pending(account.id)).toBe(2);
    expect((await person(edited)).managerId).toBe(goneId);
    const [{ open }] = await app.database.query<{ open: string }[]>(
      'SELECT COUNT(*) AS open FROM one_time_links WHERE userId = ? AND withdrawnAt IS NULL',
      [goneId],
    );
    expect(Number(open)).toBe(1);
  });

  it('keeps a group that somebody has edited since, and follows its kind when it is taken back', async () => {
    const { browser, account } = await app.signedIn({ role: 'admin' });
    const email = unique();
    const id = await checked(app, browser, file(`${email},Gone,G,,,Left,Circle`));
    await imported(app, browser, id);
    const [circle] = await app.database.query<[{ id: string }]>(
      'SELECT id FROM chat_groups WHERE accountId = ?',
      [account.id],
    );
    const become = (kind: 'shared' | 'restricted', revision: number) =>
      app.get(Groups).changeKind(operator(account.id), noFacts, circle.id, { kind, revision });
    await become('shared', 1);
    await undone(app, browser, id);
    expect(await groupNames(account.id)).toEqual(['Circle']);

    await become('restricted', 2);
    await browser.post(`/imports/${id}/redo`);
    await app.get(JobsWorker).idle();
    expect(await groupNames(account.id)).toEqual(['Circle', 'Left']);
    expect((await person(email)).restricted).toBe(true);
  });

  it('lets the same people be imported again afterwards', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const text = file(`${unique()},A,A`, `${unique()},B,B`);
    const id = await checked(app, browser, text);
    await imported(app, browser, id);
    await browser.post(`/imports/${id}/undo`);
    await app.get(JobsWorker).idle();
    const again = await checked(app, browser, text);
    expect((await theImport(app, again)).counts).toMatchObject({ n: 2, k: 0 });
    await imported(app, browser, again);
    await browser.post(`/imports/${id}/redo`);
    await app.get(JobsWorker).idle();
    expect((await theImport(app, id)).summary?.keptCount).toBe(2);
  });

  async function living(accountId: string): Promise<string[]> {
    const found = await app.database.query<{ email: string }[]>(
      `SELECT email FROM users WHERE accountId = ? AND liveKey = 1 AND email LIKE '%@files.example' ORDER BY email`,
      [accountId],
    );
    return found.map(({ email }) => email).sort();
  }

  async function groupNames(accountId: string): Promise<string[]> {
    const found = await app.database.query<{ name: string }[]>(
      'SELECT name FROM user_groups WHERE accountId = ? UNION SELECT name FROM chat_groups WHERE accountId = ?',
      [accountId, accountId],
    );
    return found.map(({ name }) => name).sort();
  }

  async function pending(accountId: string): Promise<number> {
    const [{ people }] = await app.database.query<{ people: number }[]>(
      `SELECT people FROM user_counters WHERE accountId = ? AND status = 'pending'`,
      [accountId],
    );
    return people;
  }
});

describe('whose import it is', () => {
  it('is found by the admins of its account alone', async () => {
    const { browser, account } = await app.signedIn({ role: 'admin' });
    const id = await checked(app, browser, file(`${unique()},A,A`), 'ours.csv');
    const colleague = await app.signedIn({ account, role: 'admin' });
    expect(visibleText(await colleague.browser.get('/imports'))).toContain('ours.csv');
    expect((await colleague.browser.get(`/imports/${id}`)).status).toBe(200);
    const member = await app.signedIn({ account });
    const stranger = await app.signedIn({ role: 'owner' });
    for (const other of [member, stranger]) {
      expect(visibleText(await other.browser.get('/imports'))).not.toContain('ours.csv');
      for (const path of ['', '/errors.csv', '/undo'])
        expect((await other.browser.get(`/imports/${id}${path}`)).status).toBe(404);
      for (const path of ['/reading', '/confirmation', '/cancellation', '/undo', '/redo'])
        expect((await other.browser.post(`/imports/${id}${path}`)).status).toBe(404);
    }
    expect((await member.browser.get('/users/import')).status).toBe(403);
  });

  it('runs one at a time in an account and says which', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const one = await checked(app, browser, file(`${unique()},A,A`), 'first.csv');
    const two = await checked(app, browser, file(`${unique()},B,B`), 'second.csv');
    expect((await browser.post(`/imports/${one}/confirmation`)).status).toBe(303);
    const refused = await browser.post(`/imports/${two}/confirmation`);
    expect(refused.status).toBe(409);
    expect(visibleText(refused)).toContain('Another import is running: first.csv.');
    await app.get(JobsWorker).idle();
    await imported(app, browser, two);
    expect((await theImport(app, two)).state).toBe('done');
  });

  it('is one import when the form is sent twice', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const page = await browser.get('/users/import');
    const once = /name="_once" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const upload = { name: 'twice.csv', bytes: file(`${unique()},A,A`) };
    const answers = [
      await browser.upload('/users/import', upload, { _once: once }),
      await browser.upload('/users/import', upload, { _once: once }),
    ];
    expect(answers.map(({ headers }) => headers['location'] as string)).toEqual([
      `/imports/${once}`,
      `/imports/${once}`,
    ]);
    await app.get(JobsWorker).idle();
    expect((await theImport(app, once)).counts).toMatchObject({ n: 1 });
    await browser.post(`/imports/${once}/cancellation`);
    const [{ left }] = await app.database.query<{ left: string }[]>(
      'SELECT COUNT(*) AS `left` FROM import_pieces WHERE importId = ?',
      [once],
    );
    expect(Number(left)).toBe(0);
  });
});
