import { type Account } from '../../src/accounts/account.entity.js';
import { type User } from '../../src/accounts/user.entity.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Answer, type Browser } from '../support/browser.js';
import { aChatGroup, listed, offered } from './listed.js';

let app: TestApp;
let account: Account;
let browser: Browser;
let member: Browser;
let ada: User;
let grace: User;
let alan: User;

/** Grace and Alan are on the board, Alan is in Legal too, which Ada is in; Peter is pending, Dean deactivated. */
beforeAll(async () => {
  app = await startApp();
  account = await app.anAccount();
  browser = await app.browserOf(
    await app.aUser({ account, role: 'admin', givenName: 'Root', familyName: 'Admin' }),
  );
  ada = await app.aUser({ account, givenName: 'Ada', familyName: 'Lovelace', department: 'Maths' });
  grace = await app.aUser({
    ...{ account, givenName: 'Grace', familyName: 'Hopper', department: 'Navy', location: 'Arlington' },
  });
  alan = await app.aUser({ account, givenName: 'Alan', familyName: 'Turing', managerId: grace.id });
  await app.aUser({ account, givenName: 'Peter', familyName: 'Pending', status: 'pending' });
  await app.aUser({ account, givenName: 'Dean', familyName: 'Deactivated', status: 'deactivated' });
  await aChatGroup(app, account.id, { name: 'Board', kind: 'restricted', members: [grace, alan] });
  await aChatGroup(app, account.id, { name: 'Legal', kind: 'restricted', members: [alan, ada] });
  await aChatGroup(app, account.id, { name: 'Chess', kind: 'normal', members: [ada] });
  member = await app.browserOf(ada);
});
afterAll(() => app.close());

const path = (user: User, rest = '') => `/users/${user.id}/directory${rest}`;
const people = (answer: Answer) => listed(answer);

describe('the directory as somebody sees it', () => {
  it.each(['', '?q=a', '?department=Maths', '?department=Navy', '?sort=-name'])(
    'is exactly theirs: /contacts%s',
    async (query) => {
      const [theirs, shown] = [await member.get(`/contacts${query}`), await browser.get(path(ada, query))];
      expect(people(shown)).toEqual(people(theirs));
      for (const menu of ['department', 'location', 'group'])
        expect(offered(shown, menu)).toEqual(offered(theirs, menu));
      const count = /(\d+ (?:people|person|results?))/;
      expect(count.exec(visibleText(shown))?.[1]).toBe(count.exec(visibleText(theirs))?.[1]);
    },
  );

  it('says whose it is', async () => {
    expect(visibleText(await browser.get(path(ada)))).toContain('You see the directory as Ada Lovelace');
  });

  it('says of somebody who cannot sign in that they cannot, and shows what they would see', async () => {
    const [pending] = await app.database.query<User[]>(
      `SELECT id FROM users WHERE accountId = ? AND familyName = 'Pending'`,
      [account.id],
    );
    const page = await browser.get(path(pending!));
    expect(visibleText(page)).toContain('has not accepted the invitation yet and cannot sign in');
    expect(people(page)).toEqual(['Root Admin']);
  });

  it('opens cards as they see them, without a manager they do not find', async () => {
    const card = visibleText(await browser.get(path(ada, `/${alan.id}`)));
    expect(card).toContain('You see the directory as Ada Lovelace');
    expect(card).not.toContain('Grace');
    expect(visibleText(await browser.get(path(alan, `/${alan.id}`)))).toContain('Grace Hopper');
    const hidden = await browser.get(path(ada, `/${grace.id}`));
    expect(hidden.status).toBe(404);
  });

  it('gives the reason for each who is missing', async () => {
    const why = async (q: string) => visibleText(await browser.get(path(ada, `/missing?q=${q}`)));
    expect(await why('hopper')).toContain(
      'Not found Grace Hopper is in the restricted group “Board”, and Ada Lovelace is not.',
    );
    expect(await why('turing')).toContain(
      'Found Ada Lovelace finds Alan Turing: both are in the restricted group “Legal”.',
    );
    expect(await why('root')).toContain('Ada Lovelace finds Root Admin.');
    expect(await why('pending')).toContain('Peter Pending has not accepted the invitation yet');
    expect(await why('dean')).toContain('Dean Deactivated is deactivated, so nobody finds them.');
  });

  it('names every group of somebody who is in several', async () => {
    const [root] = await app.database.query<User[]>(
      `SELECT id FROM users WHERE accountId = ? AND familyName = 'Admin'`,
      [account.id],
    );
    expect(visibleText(await browser.get(path(root!, '/missing?q=alan')))).toContain(
      'Alan Turing is in the restricted groups “Board” and “Legal”, and Root Admin is in none of them.',
    );
  });

  it('counts who is hidden, by which groups, and lists them', async () => {
    const page = await browser.get(path(ada, '/missing'));
    expect(visibleText(page)).toContain('1 person is hidden from Ada Lovelace, by: Board (1)');
    expect(visibleText(page)).toContain('Grace Hopper');
    expect(visibleText(page)).not.toContain('Alan Turing');
    const [root] = await app.database.query<User[]>(
      `SELECT id FROM users WHERE accountId = ? AND familyName = 'Admin'`,
      [account.id],
    );
    expect(visibleText(await browser.get(path(root!, '/missing')))).toMatch(
      /3 people are hidden from Root Admin, by: Board \(2\) , Legal \(2\)/,
    );
  });

  it('says that no group hides anybody where there is none', async () => {
    const { browser: other, user } = await app.signedIn({ role: 'owner' });
    expect(visibleText(await other.get(path(user, '/missing')))).toContain('Nobody is hidden by a group');
  });

  it('is chosen by a button that the audit log notes', async () => {
    const pick = await browser.get('/directory-as?q=lovelace');
    expect(pick.text).toContain(`formaction="${path(ada)}"`);
    const answer = await browser.post(path(ada));
    expect(answer.headers['location']).toBe(path(ada));
    const rows = await app.database.query<{ targetId: string; targetName: string }[]>(
      `SELECT targetId, targetName FROM audit_entries WHERE accountId = ? AND action = 'directory.see-as'`,
      [account.id],
    );
    expect(rows).toEqual([{ targetId: ada.id, targetName: 'Ada Lovelace' }]);
  });

  it('is for administrators, and their own company', async () => {
    for (const address of [path(grace), path(grace, '/missing'), path(grace, `/${alan.id}`), '/directory-as'])
      expect((await member.get(address)).status).toBe(403);
    expect((await member.post(path(grace))).status).toBe(403);
    const other = await app.signedIn({ role: 'owner' });
    for (const address of [path(grace), path(grace, '/missing'), path(other.user, `/${alan.id}`)])
      expect((await other.browser.get(address)).status).toBe(404);
    expect((await other.browser.post(path(grace))).status).toBe(404);
    expect(visibleText(await other.browser.get('/directory-as?q=hopper'))).not.toContain('Grace');
    expect(visibleText(await other.browser.get(path(other.user, '/missing?q=hopper')))).not.toContain(
      'Grace',
    );
  });

  it('changes nothing for the person seen', async () => {
    const before = await app.database.query(
      'SELECT revision, lastSignInAt, updatedAt FROM users WHERE id = ?',
      [ada.id],
    );
    await browser.get(path(ada));
    await browser.get(path(ada, '/missing?q=a'));
    expect(
      await app.database.query('SELECT revision, lastSignInAt, updatedAt FROM users WHERE id = ?', [ada.id]),
    ).toEqual(before);
  });
});
