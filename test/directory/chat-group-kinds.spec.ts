import { type Account } from '../../src/accounts/account.entity.js';
import { People } from '../../src/accounts/people.service.js';
import { GroupMembers } from '../../src/accounts/group-members.service.js';
import { Groups } from '../../src/accounts/groups.service.js';
import { noFacts, operator } from '../../src/journal/actor.js';
import { type ChatGroupKind } from '../../src/accounts/group.entities.js';
import { type User } from '../../src/accounts/user.entity.js';
import { newId } from '../../src/database/id.js';
import { inTransaction } from '../../src/database/transaction.js';
import { UserImportWriting } from '../../src/user-management/user-import-write.js';
import { startApp, type TestApp } from '../support/app.js';
import { someAddress, visibleText, type Browser } from '../support/browser.js';
import { listed, offered } from './listed.js';

let app: TestApp;
let account: Account;
let admin: User;
let browser: Browser;
let ada: User;
let grace: User;
let otto: User;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

/** Ada and Grace are in the group; Otto and the administrator are not. */
beforeEach(async () => {
  account = await app.anAccount();
  admin = await app.aUser({ account, role: 'admin', givenName: 'Adam', familyName: 'Admin' });
  browser = await app.browserOf(admin);
  ada = await app.aUser({ account, givenName: 'Ada', familyName: 'Inside' });
  grace = await app.aUser({ account, givenName: 'Grace', familyName: 'Inside' });
  otto = await app.aUser({ account, givenName: 'Otto', familyName: 'Outside' });
});

let made = 0;
async function aGroup(kind: ChatGroupKind, ...people: User[]): Promise<{ id: string; name: string }> {
  const actor = operator(account.id);
  const name = `Circle ${++made}`;
  const id = await app.get(Groups).create(actor, noFacts, 'chatGroups', { name, chatKind: kind });
  await app.get(GroupMembers).add(
    actor,
    noFacts,
    'chatGroups',
    id,
    people.map((each) => each.id),
  );
  return { id, name };
}

const seenBy = async (user: User) => listed(await (await app.browserOf(user)).get('/contacts'));

async function become(id: string, kind: ChatGroupKind) {
  const answer = await browser.post(`/chat-groups/${id}/kind`, { kind, confirmed: 'on' });
  expect(answer.status).toBe(303);
}

/** What the directory goes by, as it should be and as it is. */
async function expectTrueFlags() {
  const wrong = await app.database.query(
    `SELECT u.familyName, u.restricted FROM users u WHERE u.accountId = ? AND u.restricted <> EXISTS (
       SELECT 1 FROM chat_group_members m JOIN chat_groups g ON g.id = m.groupId
       WHERE m.userId = u.id AND g.kind = 'restricted')`,
    [account.id],
  );
  expect(wrong).toEqual([]);
  const [{ counted, there }] = await app.database.query<[{ counted: number; there: string }]>(
    `SELECT restrictedGroups AS counted,
       (SELECT COUNT(*) FROM chat_groups WHERE accountId = accounts.id AND kind = 'restricted') AS there
     FROM accounts WHERE id = ?`,
    [account.id],
  );
  expect(counted).toBe(Number(there));
}

describe('the kind of a chat group', () => {
  it('hides members from others when it becomes restricted, and shows them again when it ends to be', async () => {
    const { id } = await aGroup('normal', ada, grace);
    expect(await seenBy(otto)).toHaveLength(4);
    await become(id, 'restricted');
    await expectTrueFlags();
    expect(await seenBy(otto)).toEqual(['Adam Admin', 'Otto Outside']);
    expect(await seenBy(ada)).toHaveLength(4);
    await become(id, 'shared');
    await expectTrueFlags();
    expect(await seenBy(otto)).toHaveLength(4);
  });

  it('says who is found by whom in numbers before it is saved', async () => {
    const { id } = await aGroup('normal', ada, grace, await app.aUser({ account, status: 'pending' }));
    await aGroup('restricted', ada);
    const preview = visibleText(await browser.post(`/chat-groups/${id}/kind`, { kind: 'restricted' }));
    expect(preview).toContain('2 people will be found only by each other');
    expect(preview).toContain('2 other people will not find them');
    expect(preview).toContain('1 of them is in another restricted group');
    expect(preview).toContain('1 member who is not active');
    expect(await seenBy(otto)).toEqual(['Adam Admin', 'Grace Inside', 'Otto Outside']);
    await become(id, 'restricted');
    const back = visibleText(await browser.post(`/chat-groups/${id}/kind`, { kind: 'normal' }));
    expect(back).toContain('1 person will be found by everybody again');
    expect(back).toContain('1 person stays hidden');
  });

  it('says who will see the group when it becomes shared', async () => {
    const { id, name } = await aGroup('normal', ada, grace);
    expect(offered(await (await app.browserOf(otto)).get('/contacts'), 'group')).toEqual([]);
    const preview = visibleText(await browser.post(`/chat-groups/${id}/kind`, { kind: 'shared' }));
    expect(preview).toContain('Everybody will see the group in the directory, and can list its 2 members');
    await become(id, 'shared');
    // Menus are remembered for seconds: somebody who has none yet looks.
    expect(offered(await browser.get('/contacts'), 'group')).toEqual([name]);
    const back = visibleText(await browser.post(`/chat-groups/${id}/kind`, { kind: 'normal' }));
    expect(back).toContain('Only its 2 active members will see the group');
  });

  it('is decided by one of two who change it at once; the other sees how it is now', async () => {
    const { id } = await aGroup('normal', ada);
    const save = (kind: string) =>
      browser.post(`/chat-groups/${id}/kind`, { kind, revision: '1', confirmed: 'on' });
    const answers = await Promise.all([save('shared'), save('restricted')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
    expect(visibleText(answers.find(({ status }) => status === 409)!)).toMatch(
      /It is now: (Shared|Restricted)/,
    );
    await expectTrueFlags();
  });

  it('holds for somebody who comes in while it becomes restricted', async () => {
    for (let round = 0; round < 5; round++) {
      const { id, name } = await aGroup('normal', ada);
      const late = await app.aUser({ account });
      const actor = { ...admin, displayName: 'Adam Admin' };
      await Promise.all([
        become(id, 'restricted'),
        app.get(People).edit(actor, noFacts, late.id, late.revision, { chatGroups: [name] }),
        browser.post(`/chat-groups/${id}/members`, { ids: grace.id }),
      ]);
      await expectTrueFlags();
    }
  });

  it.each<[ChatGroupKind, ChatGroupKind]>([
    ['normal', 'restricted'],
    ['restricted', 'normal'],
  ])('holds for the rest of an import that began while it was %s and is %s now', async (before, after) => {
    const { id, name } = await aGroup(before, ada);
    const writing = new UserImportWriting(
      { accountId: account.id, columns: [], choices: {} } as never,
      newId,
    );
    const values = { email: someAddress(), givenName: 'Late', familyName: 'Comer', chatGroups: name };
    const row = { ref: 1, line: 2, cells: [], verdict: 'new', problems: [], proposals: [], values } as never;
    writing.survey(row);
    const batchId = newId();
    await inTransaction(app.database, (manager) => writing.prepare(manager, batchId));
    await become(id, after);
    await inTransaction(app.database, (manager) => writing.writeBatch(manager, [row], batchId));
    await inTransaction(app.database, (manager) => writing.finish(manager, batchId));
    await expectTrueFlags();
    const [late] = await app.database.query<{ restricted: number }[]>(
      'SELECT restricted FROM users WHERE accountId = ? AND email = ?',
      [account.id, values.email],
    );
    expect(Boolean(late?.restricted)).toBe(after === 'restricted');
  });

  it('refuses a kind there is none of', async () => {
    const { id } = await aGroup('normal');
    expect((await browser.post(`/chat-groups/${id}/kind`, { kind: 'secret' })).status).toBe(422);
    const other = await app.signedIn({ role: 'owner' });
    expect(
      (await other.browser.post(`/chat-groups/${id}/kind`, { kind: 'shared', confirmed: 'on' })).status,
    ).toBe(404);
  });
});

describe('a restricted chat group', () => {
  it('hides who is added and shows who is removed, undone or not', async () => {
    const { id } = await aGroup('restricted', ada);
    await browser.post(`/chat-groups/${id}/members`, { ids: grace.id });
    await expectTrueFlags();
    expect(await seenBy(otto)).toEqual(['Adam Admin', 'Otto Outside']);
    const answer = await browser.post(`/chat-groups/${id}/members/removal`, { ids: grace.id });
    await expectTrueFlags();
    expect(await seenBy(otto)).toEqual(['Adam Admin', 'Grace Inside', 'Otto Outside']);
    const [, undo = ''] = /action="([^"]*restorations[^"]*)"/.exec((await browser.follow(answer)).text) ?? [];
    await browser.post(undo);
    await expectTrueFlags();
    expect(await seenBy(otto)).toEqual(['Adam Admin', 'Otto Outside']);
  });

  it('stops hiding when it is deleted, and hides again when it is restored', async () => {
    const { id } = await aGroup('restricted', ada, grace);
    const other = await aGroup('restricted', grace);
    const answer = await browser.follow(await browser.post(`/chat-groups/${id}/deletion`));
    expect(visibleText(answer)).toContain('found by everybody again');
    await expectTrueFlags();
    expect(await seenBy(otto)).toEqual(['Adam Admin', 'Ada Inside', 'Otto Outside']);
    const [, undo = ''] = /action="([^"]*restorations[^"]*)"/.exec(answer.text) ?? [];
    await browser.post(undo);
    await expectTrueFlags();
    expect(await seenBy(otto)).toEqual(['Adam Admin', 'Otto Outside']);
    await Promise.all([
      browser.post(`/chat-groups/${id}/deletion`),
      browser.post(`/chat-groups/${other.id}/deletion`),
    ]);
    await expectTrueFlags();
    expect(await seenBy(otto)).toHaveLength(4);
  });

  it('made so at once counts from its first member on', async () => {
    const answer = await browser.post('/chat-groups', { name: 'Board', kind: 'restricted' });
    await browser.post(`${String(answer.headers['location'])}/members`, { ids: ada.id });
    await expectTrueFlags();
    expect(await seenBy(otto)).not.toContain('Ada Inside');
  });
});
