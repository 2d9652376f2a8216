import { type Account } from '../../src/accounts/account.entity.js';
import { GroupMembers } from '../../src/accounts/group-members.service.js';
import { People } from '../../src/accounts/people.service.js';
import { type User } from '../../src/accounts/user.entity.js';
import { newId, type Id } from '../../src/database/id.js';
import { type SignedIn } from '../../src/web/signed-in.js';
import { noFacts, operator } from '../../src/journal/actor.js';
import { startApp, type TestApp } from '../support/app.js';
import { field, visibleText, type Answer, type Browser } from '../support/browser.js';

let app: TestApp;
let account: Account;
let owner: User;
let admin: User;
let browser: Browser;
let member: Browser;

beforeAll(async () => {
  app = await startApp();
  account = await app.anAccount();
  owner = await app.aUser({ account, role: 'owner', givenName: 'Olga', familyName: 'Owner' });
  admin = await app.aUser({ account, role: 'admin', givenName: 'Adam', familyName: 'Admin' });
  browser = await app.browserOf(admin);
  member = await app.browserOf(await app.aUser({ account }));
});
afterAll(() => app.close());

let made = 0;
async function aGroup(kind: 'user-groups' | 'chat-groups' = 'user-groups', name = `Group ${++made}`) {
  const answer = await browser.post(`/${kind}`, { name });
  expect(answer.status).toBe(303);
  const path = String(answer.headers['location']);
  return { path, id: path.split('/')[2] ?? '', name };
}

function aPerson(givenName: string, fields: Partial<User> = {}): Promise<User> {
  return app.aUser({ account, givenName, familyName: 'Test', ...fields });
}

async function add(path: string, ...people: User[]): Promise<Answer> {
  return browser.post(`${path}/members`, { ids: people.map(({ id }) => id), from: path });
}

/** Names on the list of members, or of people to add. */
const listed = (answer: Answer) =>
  [...answer.text.matchAll(/class="table__link" href="\/users\/[^"]+">([^<]*)</g)].map(([, name]) => name);

/** Where the message of the last answer undoes. */
async function undoOf(answer: Answer): Promise<string> {
  const next = await browser.follow(answer);
  const [, path = ''] = /action="([^"]*restorations[^"]*)"/.exec(next.text) ?? [];
  return path;
}

async function batches(kind: string): Promise<number> {
  const [{ n }] = await app.database.query<[{ n: string }]>(
    'SELECT COUNT(*) AS n FROM journal_batches WHERE accountId = ? AND kind = ?',
    [account.id, kind],
  );
  return Number(n);
}

async function audited(action: string): Promise<{ targetName: string; details: Record<string, unknown> }> {
  const [row] = await app.database.query<{ targetName: string; details: string }[]>(
    'SELECT targetName, details FROM audit_entries WHERE accountId = ? AND action = ? ORDER BY id DESC LIMIT 1',
    [account.id, action],
  );
  if (!row) throw new Error(`Nothing says ${action}`);
  return { ...row, details: JSON.parse(row.details) as Record<string, unknown> };
}

describe.each(['user-groups', 'chat-groups'] as const)('/%s', (kind) => {
  it('makes a group, lists it with its members counted, and opens it', async () => {
    const { path, name } = await aGroup(kind, `Éditions ${kind}`);
    await add(path, await aPerson('Ada'), await aPerson('Grace'));
    const list = await browser.get(`/${kind}?q=editions`);
    expect(visibleText(list)).toMatch(new RegExp(`${name}.*\\b2\\b`));
    expect(listed(await browser.get(path))).toEqual(['Ada Test', 'Grace Test']);
    expect(await audited(`${kind}.create`)).toMatchObject({ targetName: name });
  });

  it('finds a group by the folded beginning or middle of its name', async () => {
    await aGroup(kind, `Qualité et Sûreté ${kind}`);
    expect(visibleText(await browser.get(`/${kind}?q=surete qual`))).toContain('Qualité et Sûreté');
    expect(visibleText(await browser.get(`/${kind}?q=zzz`))).toContain('No match');
  });

  it('makes one group of one form sent twice', async () => {
    const _once = newId();
    const answers = [
      await browser.post(`/${kind}`, { name: `Twice ${kind}`, _once }),
      await browser.post(`/${kind}`, { name: `Twice ${kind}`, _once }),
    ];
    expect(answers.map(({ headers }) => headers['location'])).toEqual([
      `/${kind}/${_once}`,
      `/${kind}/${_once}`,
    ]);
  });

  it('refuses a name that differs by accents and case alone, and leads to the group that has it', async () => {
    const { path } = await aGroup(kind, `Café ${kind}`);
    const answer = await browser.post(`/${kind}`, { name: ` cafe  ${kind.toUpperCase()}` });
    expect(answer.status).toBe(409);
    expect(field(answer, 'name').error).toContain(`Café ${kind}`);
    expect(answer.text).toContain(`href="${path}"`);
  });

  it.each([
    ['', 'Fill in this field'],
    ['x'.repeat(256), '255 characters'],
    ['a\u0007b', 'invisible characters'],
    ['Sales; Marketing', 'semicolon'],
  ])('refuses the name %j', async (name, why) => {
    const answer = await browser.post(`/${kind}`, { name });
    expect(answer.status).toBe(422);
    expect(field(answer, 'name').error).toContain(why);
  });

  it('renames a group, and people’s pages follow', async () => {
    const { path } = await aGroup(kind, `Old ${kind}`);
    const person = await aPerson('Rena');
    await add(path, person);
    expect((await browser.post(path, { name: `New ${kind}` })).status).toBe(303);
    expect(visibleText(await browser.get(`/users/${person.id}`))).toContain(`New ${kind}`);
    expect(await audited(`${kind}.rename`)).toMatchObject({
      details: { name: [`Old ${kind}`, `New ${kind}`] },
    });
  });

  it('may be renamed in capitals alone, but not to another group’s name', async () => {
    const { path } = await aGroup(kind, `sales ${kind}`);
    await aGroup(kind, `Legal ${kind}`);
    expect((await browser.post(path, { name: `Sales ${kind}` })).status).toBe(303);
    const answer = await browser.post(path, { name: `LÉGAL ${kind}` });
    expect(answer.status).toBe(409);
    expect(field(answer, 'name')).toMatchObject({
      error: expect.stringContaining(`Legal ${kind}`) as string,
    });
  });

  it('is not made again under its old name by a form that was open while it was renamed', async () => {
    const { path, name } = await aGroup(kind);
    const person = await aPerson('Faye');
    await add(path, person);
    const form = await browser.get(`/users/${person.id}/edit`);
    const [, revision] = /name="revision" value="(\d+)"/.exec(form.text) ?? [];
    expect((await browser.post(path, { name: `${name} ${kind} new` })).status).toBe(303);
    const fieldName = kind === 'user-groups' ? 'userGroups' : 'chatGroups';
    const answer = await browser.post(`/users/${person.id}`, {
      [fieldName]: name,
      jobTitle: 'Clerk',
      revision,
    });
    expect(answer.status).toBe(409);
    expect(visibleText(answer)).toContain(`${name} ${kind} new`);
    expect(listed(await browser.get(path))).toEqual(['Faye Test']);
  });

  it('tells the second of two who rename at once, and keeps what they typed', async () => {
    const { path } = await aGroup(kind, `Both ${kind}`);
    const names = [`One ${kind}`, `Other ${kind}`];
    const answers = await Promise.all(names.map((name) => browser.post(path, { name, revision: '1' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
    const lost = answers.findIndex(({ status }) => status === 409);
    expect(field(answers[lost]!, 'name')).toMatchObject({
      value: names[lost],
      error: expect.stringContaining(names[1 - lost]!) as string,
    });
    const [, revision] = /name="revision" value="(\d+)"/.exec(answers[lost]!.text) ?? [];
    expect((await browser.post(path, { name: names[lost], revision })).status).toBe(303);
  });

  it('deletes a group at once, and brings it back with its members', async () => {
    const { path, name } = await aGroup(kind);
    const people = [await aPerson('Dora'), await aPerson('Emil')];
    await add(path, ...people);
    const undo = await undoOf(await browser.post(`${path}/deletion`));
    expect((await browser.get(path)).status).toBe(404);
    expect(visibleText(await browser.get(`/${kind}/deleted`))).toContain(name);
    expect((await browser.post(undo)).headers['location']).toBe(path);
    expect(listed(await browser.get(path))).toEqual(['Dora Test', 'Emil Test']);
    expect(visibleText(await browser.get(`/${kind}/deleted`))).not.toContain(name);
    const history = visibleText(await browser.get(`/users/${people[0]!.id}`));
    expect(history).toContain(name);
  });

  it('names all groups before and after in the history of each member, whatever their names hold', async () => {
    const odd = await aGroup(kind, `"B" \\ <${kind}> \u{1F600}`);
    const other = await aGroup(kind, `A ${kind}`);
    const alone = await aPerson('Alma');
    const both = await aPerson('Boris');
    await add(odd.path, alone, both);
    await add(other.path, both);
    const field = kind === 'user-groups' ? 'userGroups' : 'chatGroups';
    const last = async ({ id }: User) => {
      const [{ changes }] = await app.database.query<[{ changes: string }]>(
        'SELECT changes FROM journal_entries WHERE subjectId = ? ORDER BY batchId DESC LIMIT 1',
        [id],
      );
      return (JSON.parse(changes) as Record<string, unknown>)[field];
    };
    const undo = await undoOf(await browser.post(`${odd.path}/deletion`));
    const with_ = [odd.name, other.name];
    expect([await last(alone), await last(both)]).toEqual([
      [[odd.name], []],
      [with_, [other.name]],
    ]);
    await browser.post(undo);
    expect([await last(alone), await last(both)]).toEqual([
      [[], [odd.name]],
      [[other.name], with_],
    ]);
  });

  it('lets one of two who delete at once win, and tells the other', async () => {
    const { path } = await aGroup(kind);
    await add(path, await aPerson('Once'));
    const before = await batches(`${kind}.delete`);
    const answers = await Promise.all([browser.post(`${path}/deletion`), browser.post(`${path}/deletion`)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 404]);
    expect(await batches(`${kind}.delete`)).toBe(before + 1);
  });

  it('is brought back once, however often that is asked', async () => {
    const { path } = await aGroup(kind);
    const undo = await undoOf(await browser.post(`${path}/deletion`));
    const answers = await Promise.all([browser.post(undo), browser.post(undo)]);
    expect(answers.map(({ headers }) => headers['location']).sort()).toEqual(
      [path, `/${kind}/deleted`].sort(),
    );
  });

  it('says why it is not brought back when its name was given away', async () => {
    const { path, name } = await aGroup(kind);
    const undo = await undoOf(await browser.post(`${path}/deletion`));
    await aGroup(kind, name);
    const answer = await browser.follow(await browser.post(undo));
    expect(visibleText(answer)).toContain(`There is a group “${name}” already`);
    expect(visibleText(answer)).toContain('Restore');
  });

  it('is not brought back after 30 days', async () => {
    const { path } = await aGroup(kind);
    const undo = await undoOf(await browser.post(`${path}/deletion`));
    const batchId = undo.split('/').at(-1);
    await app.database.query('UPDATE journal_batches SET at = DATE_SUB(at, INTERVAL 31 DAY) WHERE id = ?', [
      batchId,
    ]);
    expect((await browser.post(undo)).status).toBe(422);
    expect((await browser.get(path)).status).toBe(404);
  });

  it('answers 404 for pages and forms of a group that was deleted meanwhile', async () => {
    const { path } = await aGroup(kind);
    const person = await aPerson('Late');
    await browser.post(`${path}/deletion`);
    expect((await browser.post(path, { name: 'Too late' })).status).toBe(404);
    expect((await add(path, person)).status).toBe(404);
    expect((await browser.post(`${path}/members/removal`, { ids: person.id })).status).toBe(404);
    expect(
      (await browser.upload(`${path}/members/list`, { name: 'a.csv', bytes: person.email })).status,
    ).toBe(404);
  });

  it('adds somebody once, and says who was in already', async () => {
    const { path } = await aGroup(kind);
    const person = await aPerson('Only');
    const answers = await Promise.all([add(path, person), add(path, person)]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    const [{ n }] = await app.database.query<[{ n: string }]>(
      `SELECT COUNT(*) AS n FROM journal_entries e JOIN journal_batches b ON b.id = e.batchId
       WHERE e.subjectId = ? AND b.kind = ?`,
      [person.id, `${kind}.add`],
    );
    expect(Number(n)).toBe(1);
    expect(visibleText(await browser.follow(await add(path, person)))).toContain('is in Group');
  });

  it('removes ticked members, and takes that back', async () => {
    const { path } = await aGroup(kind);
    const [stays, goes, too] = [await aPerson('Anna'), await aPerson('Bert'), await aPerson('Cleo')];
    await add(path, stays, goes, too);
    const answer = await browser.post(`${path}/members/removal`, { ids: [goes.id, too.id], from: path });
    const undo = await undoOf(answer);
    expect(listed(await browser.get(path))).toEqual(['Anna Test']);
    await browser.post(undo);
    expect(listed(await browser.get(path))).toEqual(['Anna Test', 'Bert Test', 'Cleo Test']);
    expect(await audited(`${kind}.restore`)).toMatchObject({ details: { undone: 'remove', members: 2 } });
  });

  it('lists members of every status but erased, and finds them by name', async () => {
    const { path } = await aGroup(kind);
    const erased = await aPerson('Gone');
    await add(
      path,
      await aPerson('Pia', { status: 'pending' }),
      await aPerson('Dean', { status: 'deactivated' }),
      await aPerson('Aline'),
      erased,
    );
    await app.database.query(`UPDATE users SET status = 'erased', deletedAt = NOW(3) WHERE id = ?`, [
      erased.id,
    ]);
    const page = await browser.get(path);
    expect(listed(page)).toEqual(['Aline Test', 'Dean Test', 'Pia Test']);
    expect(visibleText(page)).toMatch(/3 members.*Deactivated.*Pending/);
    expect(listed(await browser.get(`${path}?q=pia`))).toEqual(['Pia Test']);
    expect(visibleText(await browser.get(`/${kind}?q=group`))).not.toMatch(/\b4\b members/);
  });

  it('finds people to add, and marks who is in', async () => {
    const { path } = await aGroup(kind);
    const within = await aPerson('Wanda', { familyName: `Within${kind}` });
    await aPerson('Walt', { familyName: `Within${kind}`, status: 'pending' });
    await add(path, within);
    const page = await browser.get(`${path}/members/new?q=within${kind.replace('-', ' ')}`);
    expect(listed(page)).toEqual([`Walt Within${kind}`, `Wanda Within${kind}`]);
    expect(page.text.match(/name="ids"/g)).toHaveLength(2);
    expect(visibleText(page)).toContain('In the group');
  });

  it('adds a pasted list, names who is not found, and keeps them in the field', async () => {
    const { path } = await aGroup(kind);
    const [ada, grace] = [await aPerson('Ada'), await aPerson('Grace', { status: 'pending' })];
    await add(path, grace);
    const pasted = `Ada Lovelace <${ada.email.toUpperCase()}>; ${grace.email}\nnobody@example.test, no address, ${ada.email}`;
    const answer = await browser.upload(
      `${path}/members/list`,
      { name: '', bytes: '' },
      { addresses: pasted },
    );
    expect(answer.status).toBe(200);
    expect(visibleText(answer)).toMatch(/1 added 1 already in 2 not found/);
    const [, kept] = /<textarea[^>]*name="addresses"[^>]*>\n?([\s\S]*?)<\/textarea>/.exec(answer.text) ?? [];
    expect(kept?.trim().split('\n')).toEqual(['nobody@example.test', 'no address']);
    expect(listed(await browser.get(path))).toEqual(['Ada Test', 'Grace Test']);
  });

  it('takes the list of a form without a file too', async () => {
    const { path } = await aGroup(kind);
    const ada = await aPerson('Ada');
    const answer = await browser.post(`${path}/members/list`, { addresses: ada.email });
    expect(answer.headers['location']).toBe(path);
    expect(visibleText(await browser.follow(answer))).toContain('1 person added');
  });

  it.each([
    ['an English header', (email: string) => `Name,Email,Department\nAda,${email},Sales\n`],
    ['a French header', (email: string) => `Nom;E-mail;Service\r\nAda;${email};Ventes\r\n`],
    ['a single column with a header', (email: string) => `E-mail\n${email}\n`],
    ['a single column without one', (email: string) => `${email}\n`],
    ['no header at all', (email: string) => `Ada,${email},Sales\n`],
    ['UTF-16', (email: string) => Buffer.from(`\ufeffEmail\tName\r\n${email}\tÉva\r\n`, 'utf16le')],
  ])('reads a CSV file with %s', async (_, file) => {
    const { path } = await aGroup(kind);
    const ada = await aPerson('Ada');
    const answer = await browser.upload(`${path}/members/list`, { name: 'a.csv', bytes: file(ada.email) });
    expect(answer.headers['location']).toBe(path);
    expect(listed(await browser.get(path))).toEqual(['Ada Test']);
  });

  it.each([
    ['no addresses', Buffer.from('Name,Department\nAda,Sales\n'), 'No column of this file holds'],
    ['a workbook', Buffer.from([0x50, 0x4b, 0x03, 0x04, 0, 0]), 'spreadsheet file'],
    ['too much', Buffer.alloc(2 * 1024 * 1024 + 1, 'a@b.example\n'), 'larger than 2 MB'],
    ['too many rows', Buffer.from('a@b.example\n'.repeat(10_002)), 'more than 10,000'],
  ])('refuses a file with %s, and keeps what was pasted', async (_, bytes, why) => {
    const { path } = await aGroup(kind);
    const answer = await browser.upload(
      `${path}/members/list`,
      { name: 'a.csv', bytes },
      { addresses: 'kept@example.test' },
    );
    expect(answer.status).toBe(422);
    expect(visibleText(answer)).toContain(why);
    expect(answer.text).toContain('kept@example.test');
  });

  it('asks for something when nothing was given', async () => {
    const { path } = await aGroup(kind);
    const answer = await browser.upload(`${path}/members/list`, { name: '', bytes: '' }, { addresses: ' ' });
    expect(answer.status).toBe(422);
    expect(visibleText(answer)).toContain('Paste at least one address');
  });

  it('takes 10,000 addresses at once', async () => {
    const { path } = await aGroup(kind);
    const ada = await aPerson('Ada');
    const many = Array.from({ length: 9_999 }, (_, i) => `nobody${i}@example.test`);
    const answer = await browser.upload(
      `${path}/members/list`,
      { name: '', bytes: '' },
      { addresses: [ada.email, ...many].join('\n') },
    );
    expect(visibleText(answer)).toMatch(/1 added 0 already in 9,999 not found/);
  });

  it('refuses a file’s form that is not ours', async () => {
    const { path } = await aGroup(kind);
    const answer = await browser.upload(
      `${path}/members/list`,
      { name: 'a.csv', bytes: 'a@b.example' },
      { _csrf: 'wrong' },
    );
    expect([400, 403]).toContain(answer.status);
    const other = await app.browserOf(await app.aUser({ account, role: 'admin' }));
    const stolen = await other.formToken();
    const foreign = await browser.post(`${path}/members`, { ids: admin.id, _csrf: stolen });
    expect(foreign.status).toBe(403);
  });

  it('shows nothing of another company', async () => {
    const other = await app.signedIn({ role: 'owner' });
    const { path, id } = await aGroup(kind);
    for (const end of ['', '/edit', '/members/new'])
      expect((await other.browser.get(`${path}${end}`)).status).toBe(404);
    expect((await other.browser.post(path, { name: 'Mine' })).status).toBe(404);
    expect((await other.browser.post(`${path}/deletion`)).status).toBe(404);
    expect((await other.browser.post(`${path}/members`, { ids: other.user.id })).status).toBe(404);
    const stranger = await add(path, other.user, await aPerson('Own'));
    expect(stranger.status).toBe(404);
    expect(listed(await browser.get(path))).toEqual([]);
    const listedBy = await browser.upload(`${path}/members/list`, { name: 'a.csv', bytes: other.user.email });
    expect(visibleText(listedBy)).toMatch(/0 added 0 already in 1 not found/);
    const undo = await undoOf(await browser.post(`${path}/deletion`));
    expect((await other.browser.post(undo)).status).toBe(404);
    expect((await browser.post(undo)).status).toBe(303);
    expect((await browser.get(`/${kind}/${id}`)).status).toBe(200);
  });

  it('is closed to members', async () => {
    const { path } = await aGroup(kind);
    for (const page of [`/${kind}`, `/${kind}/new`, path, `${path}/members/new`])
      expect((await member.get(page)).status).toBe(403);
    expect((await member.post(`/${kind}`, { name: 'Mine' })).status).toBe(403);
    expect((await member.post(`${path}/deletion`)).status).toBe(403);
  });

  it('leaves owners to owners', async () => {
    const { path } = await aGroup(kind);
    const answer = await browser.follow(await add(path, owner, await aPerson('Ada')));
    expect(visibleText(answer)).toContain('1 is an owner');
    expect(listed(await browser.get(path))).toEqual(['Ada Test']);
    const theirs = await app.browserOf(owner);
    await theirs.post(`${path}/members`, { ids: owner.id });
    expect(listed(await browser.get(path))).toEqual(['Olga Owner', 'Ada Test']);
    await browser.post(`${path}/members/removal`, { ids: owner.id });
    expect(listed(await browser.get(path))).toEqual(['Olga Owner', 'Ada Test']);
    const byList = await browser.upload(`${path}/members/list`, { name: 'a.csv', bytes: owner.email });
    expect(visibleText(await browser.follow(byList))).toContain('is in Group');
  });

  it('pages through many groups and many members', async () => {
    const { path, id } = await aGroup(kind);
    const people = await Promise.all(
      Array.from({ length: 51 }, (_, i) =>
        app.aUser({ account, givenName: 'P', familyName: String(i).padStart(3, '0'), status: 'pending' }),
      ),
    );
    await app.get(GroupMembers).add(
      operator(account.id),
      noFacts,
      kind === 'user-groups' ? 'userGroups' : 'chatGroups',
      id,
      people.map((each) => each.id),
    );
    const first = await browser.get(path);
    expect(listed(first)).toHaveLength(50);
    const [, next = ''] = /href="([^"]*)" rel="next"/.exec(first.text) ?? [];
    expect(listed(await browser.get(next.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=')))).toEqual([
      'P 050',
    ]);
  });
});

describe('somebody in a group', () => {
  it('keeps the groups given meanwhile when an older form is saved', async () => {
    const person = await aPerson('Stale');
    const { path, name } = await aGroup();
    await add(path, person);
    const actor = { ...admin, displayName: 'Adam Admin' } as unknown as SignedIn;
    await expect(
      app.get(People).edit(actor, noFacts, person.id, person.revision, { userGroups: [] }),
    ).rejects.toMatchObject({ key: 'accounts.edited-meanwhile' });
    expect((await app.get(People).find(account.id, person.id)).userGroups).toEqual([name]);
  });

  it('does not come back into it when they left the company meanwhile', async () => {
    const { path } = await aGroup();
    const [left, stays] = [await aPerson('Left'), await aPerson('Stays')];
    await add(path, left, stays);
    const undo = await undoOf(await browser.post(`${path}/deletion`));
    await app.database.query('UPDATE users SET liveKey = NULL WHERE id = ?', [left.id]);
    await browser.post(undo);
    const rows = await app.database.query<{ userId: Id }[]>(
      'SELECT userId FROM user_group_members WHERE groupId = ?',
      [path.split('/')[2]],
    );
    expect(rows.map(({ userId }) => userId)).toEqual([stays.id]);
  });
});

describe('a group of many', () => {
  it('lists them in order along the name index, searched and not', async () => {
    const big = await app.anAccount();
    const boss = await app.aUser({ account: big, role: 'owner', familyName: 'Aaa' });
    const eyes = await app.browserOf(boss);
    const { headers } = await eyes.post('/user-groups', { name: 'Everybody' });
    const path = String(headers['location']);
    const groupId = path.split('/')[2] ?? '';
    const rows = Array.from({ length: 5_001 }, (_, i) => {
      const status = (['active', 'pending', 'deactivated'] as const)[i % 3]!;
      return { status, name: `n${String(i).padStart(5, '0')}` };
    });
    for (let from = 0; from < rows.length; from += 1_000) {
      const people = rows.slice(from, from + 1_000).map(({ status, name }) => {
        const id = newId();
        return [
          id,
          big.id,
          `p${name}@many.example`,
          status,
          'member',
          'basic',
          'P',
          name,
          name,
          name,
          1,
          new Date(),
          new Date(),
        ];
      });
      await app.database.query(
        `INSERT INTO users (id, accountId, email, status, role, type, givenName, familyName, searchKey, sortKey, foldVersion, createdAt, updatedAt)
         VALUES ${people.map(() => '(?)').join(', ')}`,
        people,
      );
      await app.database.query(
        `INSERT INTO user_group_members (groupId, userId, accountId) VALUES ${people.map(() => '(?)').join(', ')}`,
        people.map(([id]) => [groupId, id, big.id]),
      );
    }
    const first = await eyes.get(path);
    expect(visibleText(first)).toContain('5,001 members');
    expect(listed(first)).toEqual(rows.slice(0, 50).map(({ name }) => `P ${name}`));
    const [, next = ''] = /href="([^"]*)" rel="next"/.exec(first.text) ?? [];
    const second = await eyes.get(next.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='));
    expect(listed(second)).toEqual(rows.slice(50, 100).map(({ name }) => `P ${name}`));
    expect(listed(await eyes.get(`${path}?q=n0500`))).toEqual(
      rows.filter(({ name }) => name.includes('n0500')).map(({ name }) => `P ${name}`),
    );
    await eyes.post(`${path}/deletion`);
    const [{ n }] = await app.database.query<[{ n: string }]>(
      'SELECT COUNT(*) AS n FROM user_group_members WHERE groupId = ?',
      [groupId],
    );
    expect(Number(n)).toBe(0);
  });
});
