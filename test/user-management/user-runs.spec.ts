import { type Account } from '../../src/accounts/account.entity.js';
import { Groups } from '../../src/accounts/groups.service.js';
import { People } from '../../src/accounts/people.service.js';
import { User } from '../../src/accounts/user.entity.js';
import { newId } from '../../src/database/id.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { noFacts, operator } from '../../src/journal/actor.js';
import { Mail } from '../../src/mail/mail.entity.js';
import { RunActing } from '../../src/user-management/runs/run-acting.service.js';
import { UserRun } from '../../src/user-management/runs/user-run.entity.js';
import { UserRuns } from '../../src/user-management/runs/user-runs.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Answer, type Browser } from '../support/browser.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const users = () => app.database.getRepository(User);
const mailsOf = ({ id: accountId }: Account) => app.database.getRepository(Mail).countBy({ accountId });
const alive = ({ id: accountId }: Account, status: 'pending' | 'active' = 'pending') =>
  users().countBy({ accountId, status, liveKey: 1 });
const LIST = '/users?status=pending&q=team';

describe('selecting people', () => {
  it('offers each tab its own acts, and roles to owners alone', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const owner = await app.signedIn({ account, role: 'owner' });
    for (const status of ['pending', 'deactivated'] as const) await app.aUser({ account, status });
    const admins = { active: await actsOf(browser, 'active'), pending: await actsOf(browser, 'pending') };
    expect(admins.active).toEqual(['groups', 'type', 'deactivate', 'features', 'export']);
    expect(admins.pending).toEqual(['resend', 'cancel', 'groups', 'type', 'features', 'export']);
    expect(await actsOf(browser, 'deactivated')).toEqual([
      ...['reactivate', 'groups', 'erase', 'type', 'features', 'export'],
    ]);
    expect(await actsOf(owner.browser, 'active')).toContain('role');
  });

  it('says the exact number of all that match as a second step', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await many(account, 60, 'Team');
    await many(account, 3, 'Other');
    const first = await browser.get(LIST);
    expect(visibleText(first)).toContain('Select all that match');
    const all = await browser.get(plain(/href="([^"]*all[^"]*matching[^"]*)"/.exec(first.text)?.[1] ?? ''));
    expect(visibleText(all)).toContain('All 60 that match are selected');
    expect(all.text).not.toContain('name="ids"');
  });

  it('means whom it showed, not who came after', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await many(account, 60, 'Team');
    const page = await chooseAll(browser, 'cancel', LIST);
    expect(visibleText(page)).toContain('Cancel 60 invitations');
    await many(account, 1, 'Team');
    expect(visibleText(await confirm(browser, page))).toContain('60 invitations cancelled');
    expect(await alive(account)).toBe(1);
  });

  it('asks to tick somebody, and says when nobody matches any more', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const none = await browser.post('/users/runs', { act: 'cancel', list: LIST });
    expect(none.headers['location']).toBe(LIST);
    expect(visibleText(await browser.follow(none))).toContain('Tick at least one person');
    const gone = await browser.post('/users/runs', { act: 'cancel', all: 'matching', list: LIST });
    expect(visibleText(await browser.follow(gone))).toContain('Nobody matches any more');
  });

  it('does not find people of another account, and does nothing to the others with them', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const mine = await app.aUser({ account });
    const stranger = await app.aUser();
    const answer = await browser.post('/users/runs', { act: 'deactivate', ids: [mine.id, stranger.id] });
    expect(answer.status).toBe(404);
    expect(await app.database.getRepository(UserRun).countBy({ accountId: account.id })).toBe(0);
    for (const ids of [['1'], ["' OR 1"]])
      expect((await browser.post('/users/runs', { act: 'deactivate', ids })).status).toBe(400);
    expect((await browser.post('/users/runs', { act: 'promote', ids: [mine.id] })).status).toBe(400);
  });

  it('leads back to the list it began on, and to no other site', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const user = await app.aUser({ account });
    const page = await choose(browser, 'type', [user.id], '//evil.test/');
    expect(page.text).not.toContain('evil.test');
    expect((await choose(browser, 'type', [user.id], '/users?q=ada')).text).toContain('/users?q&#x3D;ada');
    const long = `/users?q=${'ada+'.repeat(600)}`;
    expect((await choose(browser, 'type', [user.id], long)).status).toBe(200);
  });

  it('leads to a file of the ticked, or of all that match', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const [one, other] = [await app.aUser({ account, familyName: 'One' }), await app.aUser({ account })];
    const answer = await browser.post('/users/runs', { act: 'export', ids: [one.id], list: '/users?q=ada' });
    const page = answer.headers['location'] as string;
    expect(visibleText(await browser.get(page))).toContain('1 person');
    const file = (await browser.download(page.replace('/export', '/export.csv'))).body.toString();
    expect(file).toContain(one.email);
    expect(file).not.toContain(other.email);
    const all = await browser.post('/users/runs', { act: 'export', all: 'matching', list: '/users?q=one' });
    expect(all.headers['location']).toBe('/users/export?q=one');
  });
});

describe('a bulk action', () => {
  it('does nothing before it is confirmed', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const user = await app.aUser({ account });
    const page = await choose(browser, 'deactivate', [user.id]);
    expect(visibleText(page)).toContain('Deactivate 1 person');
    expect(await alive(account, 'active')).toBe(2);
    expect(
      await app.database.query('SELECT id FROM journal_batches WHERE accountId = ?', [account.id]),
    ).toEqual([]);
  });

  it('gives a type, says who had it already, and takes it back but for whom was changed since', async () => {
    const { account, browser, user: admin } = await app.signedIn({ role: 'admin' });
    const [one, two] = [await app.aUser({ account }), await app.aUser({ account })];
    const had = await app.aUser({ account, type: 'licensed' });
    const ids = [one.id, two.id, had.id];
    const refused = await browser.post(`${pathOf(await choose(browser, 'type', ids))}/confirmation`);
    expect(refused.status).toBe(422);
    expect(visibleText(refused)).toContain('Choose a type');
    const done = await run(browser, 'type', ids, { type: 'licensed' });
    expect(visibleText(done)).toMatch(/Type of 2 people changed.*2 Done.*1 Already so/);
    expect(await typesOf(ids)).toEqual(['licensed', 'licensed', 'licensed']);
    const after = await users().findOneByOrFail({ id: one.id });
    expect(after.revision).toBe(2);
    const history = visibleText(await browser.get(`/users/${one.id}`));
    expect(history).toMatch(/Edited.*Type.*Basic.*Licensed/);

    const actor = { id: admin.id, accountId: account.id, displayName: 'A', role: 'admin' as const };
    await app.get(People).edit(actor, noFacts, two.id, 2, { type: 'basic' });
    const undone = await undo(browser, done);
    expect(visibleText(undone)).toMatch(/1 person changed back.*1 person was left out.*changed this since/);
    expect(await typesOf(ids)).toEqual(['basic', 'basic', 'licensed']);
    const again = await undo(browser, undone);
    expect(visibleText(again)).toContain('1 person changed back');
    expect(await typesOf(ids)).toEqual(['licensed', 'basic', 'licensed']);
  });

  it('switches features, keeping what else a person chose', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const own = await app.aUser({ account, features: { integrations: false, phone: false } });
    const none = await app.aUser({ account });
    const done = await run(browser, 'features', [own.id, none.id], {
      features: ['phone:on', 'integrations:default', ''],
    });
    expect(visibleText(done)).toContain('Features of 2 people changed');
    expect((await users().findOneByOrFail({ id: own.id })).features).toEqual({ phone: true });
    await undo(browser, done);
    expect((await users().findOneByOrFail({ id: own.id })).features).toEqual({
      integrations: false,
      phone: false,
    });
    expect((await users().findOneByOrFail({ id: none.id })).features).toBeNull();
  });

  it('adds to groups and removes from them, makes new ones, and takes back memberships one by one', async () => {
    const { account, browser, user: admin } = await app.signedIn({ role: 'admin' });
    const actor = operator(account.id);
    const [one, two] = [await app.aUser({ account }), await app.aUser({ account })];
    await app
      .get(People)
      .edit(actor, noFacts, one.id, 1, { userGroups: ['Sales', 'Old'], chatGroups: ['Lunch'] });
    const [sales, old] = [await groupId(account, 'Sales'), await groupId(account, 'Old')];
    const page = await choose(browser, 'groups', [one.id, two.id]);
    expect(visibleText(page)).toMatch(/Remove from Old \(1 of them\)/);
    const done = await confirm(browser, page, {
      userGroupsAdd: [sales],
      userGroupsNew: 'Brand new; Second',
      userGroupsRemove: [old],
    });
    expect(visibleText(done)).toMatch(/Groups of 2 people changed/);
    expect(visibleText(done)).toMatch(/Added to user groups Sales, Brand new and Second/);
    expect(await groupsOf(one.id)).toEqual(['Brand new', 'Sales', 'Second']);
    expect(await groupsOf(two.id)).toEqual(['Brand new', 'Sales', 'Second']);
    // Somebody else goes on meanwhile: what they did stays.
    await app
      .get(People)
      .edit({ ...actor, id: admin.id }, noFacts, two.id, 2, { userGroups: ['Sales', 'Later'] });
    await undo(browser, done);
    expect(await groupsOf(one.id)).toEqual(['Old', 'Sales']);
    expect(await groupsOf(two.id)).toEqual(['Later']);
  });

  it('refuses a group of another account, and one that is gone', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const user = await app.aUser({ account });
    const stranger = await app.aUser();
    await app
      .get(People)
      .edit(operator(stranger.accountId), noFacts, stranger.id, 1, { userGroups: ['Theirs'] });
    const theirs = await groupId({ id: stranger.accountId } as Account, 'Theirs');
    const page = await choose(browser, 'groups', [user.id]);
    const answer = await browser.post(`${pathOf(page)}/confirmation`, { userGroupsAdd: [theirs] });
    expect(answer.status).toBe(422);
    expect(visibleText(answer)).toContain('deleted meanwhile');
    expect(visibleText(answer)).not.toContain('Theirs');
    expect(await groupsOf(user.id)).toEqual([]);
  });

  it('goes on without a group that is deleted while it works, and says so', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await many(account, 1_001, 'Team', 'active');
    const maker = await app.aUser({ account });
    await app
      .get(People)
      .edit(operator(account.id), noFacts, maker.id, 1, { userGroups: ['Doomed', 'Stays'] });
    const [doomed, stays] = [await groupId(account, 'Doomed'), await groupId(account, 'Stays')];
    const page = await chooseAll(browser, 'groups', '/users?q=team');
    const working = await confirm(browser, page, { userGroupsAdd: [doomed, stays] });
    await app.get(Groups).remove(operator(account.id), noFacts, 'userGroups', doomed);
    await app.get(JobsWorker).runDue();
    const text = visibleText(await browser.get(pathOf(working)));
    expect(text).toMatch(/Groups of 1,001 people changed/);
    expect(text).toMatch(/This group was deleted meanwhile. \(1,001 people\)/);
  });

  it('gives a role for an owner alone, keeps the last owner, and ends sessions', async () => {
    const { account, browser, user: owner } = await app.signedIn({ role: 'owner' });
    const { user: one, browser: theirs } = await app.signedIn({ account });
    const admin = await app.signedIn({ account, role: 'admin' });
    expect((await admin.browser.post('/users/runs', { act: 'role', ids: [one.id] })).status).toBe(403);
    const page = await choose(browser, 'role', [one.id, owner.id]);
    expect(visibleText(page)).toContain('All active owners are among them');
    const done = await confirm(browser, page, { role: 'admin' });
    expect(visibleText(done)).toMatch(/Role of 1 person changed.*1 person was left out.*last active owner/);
    expect((await theirs.get('/users')).status).toBe(303);
    expect((await admin.browser.post(`${pathOf(done)}/undo`)).status).toBe(403);
    await undo(browser, done);
    expect((await users().findOneByOrFail({ id: one.id })).role).toBe('member');
  });

  it('deactivates, leaving out owners for an admin and whoever does it, and reactivates on undo', async () => {
    const { account, browser, user: admin } = await app.signedIn({ role: 'admin' });
    const owner = await app.aUser({ account, role: 'owner', givenName: 'Olga', familyName: 'Owner' });
    const { user: gone, browser: theirs } = await app.signedIn({ account });
    const page = await choose(browser, 'deactivate', [admin.id, owner.id, gone.id]);
    expect(visibleText(page)).toMatch(/1 of them is an owner and is left out.*You are one of them/);
    const done = await confirm(browser, page);
    expect(visibleText(done)).toMatch(/1 person deactivated.*2 people were left out/);
    expect(visibleText(done)).toMatch(/Olga Owner.*Only an owner can change an owner/);
    expect((await theirs.get('/contacts')).status).toBe(303);
    expect(await statusOf(gone)).toBe('deactivated');
    const undone = await undo(browser, done);
    expect(visibleText(undone)).toContain('1 person reactivated');
    expect(await statusOf(gone)).toBe('active');
    expect((await theirs.get('/contacts')).status).toBe(303);
    await undo(browser, undone);
    expect(await statusOf(gone)).toBe('deactivated');
  });

  it('reactivates, and erases after a tick, and brings the erased back', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const [one, two] = [
      await app.aUser({ account, status: 'deactivated' }),
      await app.aUser({ account, status: 'deactivated' }),
    ];
    expect(visibleText(await run(browser, 'reactivate', [one.id]))).toContain('1 person reactivated');
    const page = await choose(browser, 'erase', [two.id]);
    const refused = await browser.post(`${pathOf(page)}/confirmation`);
    expect(refused.status).toBe(422);
    expect(visibleText(refused)).toContain('Tick this to go on');
    expect(await statusOf(two)).toBe('deactivated');
    const done = await confirm(browser, page, { confirmed: true });
    expect(visibleText(done)).toContain('1 person erased');
    expect(await statusOf(two)).toBe('erased');
    expect(visibleText(await undo(browser, done))).toContain('1 person restored');
    expect(await statusOf(two)).toBe('deactivated');
    await run(browser, 'erase', [two.id], { confirmed: true });
    expect(await actsOf(browser, 'erased')).toEqual(['restore', 'export']);
    expect(visibleText(await run(browser, 'restore', [two.id]))).toContain('1 person restored');
    expect(await statusOf(two)).toBe('deactivated');
  });

  it('sends invitations again, once each, and has nothing to undo', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await many(account, 60, 'Team');
    await many(account, 3, 'Other');
    const stranger = await app.anAccount();
    await many(stranger, 2, 'Team');
    const done = await confirm(browser, await chooseAll(browser, 'resend', LIST));
    expect(visibleText(done)).toContain('60 invitations sent again');
    expect(done.text).not.toContain('/undo"');
    expect([await mailsOf(account), await mailsOf(stranger)]).toEqual([60, 0]);
    expect((await browser.post(`${pathOf(done)}/undo`)).status).toBe(404);
  });

  it('cancels invitations and brings them back, and cancels them again', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await many(account, 520, 'Team');
    await app.aUser({ account, status: 'pending', role: 'owner', givenName: 'Olga', familyName: 'Team' });
    const done = await confirm(browser, await chooseAll(browser, 'cancel', LIST));
    expect(visibleText(done)).toMatch(
      /520 invitations cancelled.*1 person was left out.*Olga Team.*Only an owner/,
    );
    expect(await alive(account)).toBe(1);
    const undone = await undo(browser, done);
    expect(visibleText(undone)).toContain('520 invitations restored');
    expect(await alive(account)).toBe(521);
    expect(visibleText(await undo(browser, undone))).toContain('520 invitations cancelled');
    expect(await alive(account)).toBe(1);
  });

  it('leaves out who is not in that state any more, by name', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const waiting = await app.aUser({ account, status: 'pending' });
    const active = await app.aUser({ account, givenName: 'Still', familyName: 'Active' });
    const page = await choose(browser, 'resend', [waiting.id, active.id]);
    expect(visibleText(page)).toContain('1 of them is not pending any more');
    expect(visibleText(await confirm(browser, page))).toMatch(
      /1 invitation sent again.*Still Active.*not pending/,
    );
  });
});

describe('a run', () => {
  it('leaves more than a thousand to a worker, says how far it is, and can be taken back', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await many(account, 1_001, 'Team');
    await many(account, 3, 'Other');
    const working = await confirm(browser, await chooseAll(browser, 'cancel', LIST));
    expect(visibleText(working)).toMatch(/Being worked on 0 of 1,001/);
    expect(working.text).toContain('data-behaviour="poll"');
    expect(await alive(account)).toBe(1_004);
    await app.get(JobsWorker).runDue();
    const done = await browser.get(pathOf(working));
    expect(visibleText(done)).toContain('1,001 invitations cancelled');
    expect(await alive(account)).toBe(3);
    const undoing = await undo(browser, done);
    await app.get(JobsWorker).runDue();
    expect(visibleText(await browser.get(pathOf(undoing)))).toContain('1,001 invitations restored');
    expect(await alive(account)).toBe(1_004);
    expect(visibleText(await browser.get(pathOf(done)))).toContain('This was undone');
    expect(visibleText(await browser.get('/users/runs'))).toMatch(/Undo: Cancel 1,001 invitations/);
  });

  it('is one act in the journal and the audit log', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await many(account, 1_001, 'Team', 'active');
    await confirm(browser, await chooseAll(browser, 'deactivate', '/users?q=team'));
    await app.get(JobsWorker).runDue();
    const batches = await app.database.query<{ id: string; kind: string }[]>(
      'SELECT id, kind FROM journal_batches WHERE accountId = ?',
      [account.id],
    );
    expect(batches.map(({ kind }) => kind)).toEqual(['users.deactivate']);
    const lines = await app.database.query<{ action: string; batchId: string; details: string }[]>(
      'SELECT action, batchId, details FROM audit_entries WHERE accountId = ?',
      [account.id],
    );
    expect(lines).toMatchObject([{ action: 'users.deactivate', batchId: batches[0].id }]);
    expect(JSON.parse(lines[0].details)).toMatchObject({ people: 1_001 });
    const [{ entries }] = await app.database.query<[{ entries: string }]>(
      'SELECT COUNT(*) AS entries FROM journal_entries WHERE batchId = ?',
      [batches[0].id],
    );
    expect(Number(entries)).toBe(1_001);
  });

  it('is begun once, however often it is confirmed', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await many(account, 600, 'Team');
    const page = await chooseAll(browser, 'resend', LIST);
    const answers = await Promise.all([1, 2, 3].map(() => browser.post(`${pathOf(page)}/confirmation`)));
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
    expect(await mailsOf(account)).toBe(600);
    expect(visibleText(await browser.get(pathOf(page)))).toContain('600 invitations sent again');
    // The page from before, once more.
    await browser.post(`${pathOf(page)}/confirmation`);
    expect(await mailsOf(account)).toBe(600);
  });

  it('is taken back once, however often that is asked', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await many(account, 20, 'Team');
    const done = await confirm(browser, await chooseAll(browser, 'cancel', LIST));
    const answers = await Promise.all([1, 2].map(() => browser.post(`${pathOf(done)}/undo`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
    expect(await alive(account)).toBe(20);
  });

  it('goes on where it was after its process was killed in the middle of a step, with nobody done twice', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await many(account, 1_001, 'Team');
    const working = await confirm(browser, await chooseAll(browser, 'resend', LIST));
    const acting = app.get(RunActing);
    const act = acting.act.bind(acting);
    let steps = 0;
    const killed = jest.spyOn(acting, 'act').mockImplementation(async (...step) => {
      const changed = await act(...step);
      if (++steps === 2) throw new Error('killed');
      return changed;
    });
    await app.get(JobsWorker).runDue();
    expect(await mailsOf(account)).toBe(500);
    expect(visibleText(await browser.get(pathOf(working)))).toContain('500 of 1,001');
    killed.mockRestore();
    await app.database.query(
      `UPDATE jobs SET runAt = UTC_TIMESTAMP(3) WHERE accountId = ? AND state = 'waiting'`,
      [account.id],
    );
    await app.get(JobsWorker).runDue();
    expect(await mailsOf(account)).toBe(1_001);
    const text = visibleText(await browser.get(pathOf(working)));
    expect(text).toContain('1,001 invitations sent again');
    expect(text).not.toContain('left out');
    // As though the end of the job had not been saved.
    await app.database.query(`UPDATE jobs SET state = 'waiting' WHERE accountId = ? AND kind = 'bulk.run'`, [
      account.id,
    ]);
    await app.get(JobsWorker).runDue();
    expect(await mailsOf(account)).toBe(1_001);
  });

  it('is done by a worker when the request that did it has died', async () => {
    const { account, browser, user } = await app.signedIn({ role: 'admin' });
    await many(account, 20, 'Team');
    const page = await chooseAll(browser, 'cancel', LIST);
    const id = pathOf(page).split('/').at(-1) ?? '';
    const actor = { id: user.id, accountId: account.id, displayName: 'A', role: 'admin' as const };
    await app.get(UserRuns).start(actor, noFacts, id, {});
    await app.database.query(`UPDATE jobs SET runAt = UTC_TIMESTAMP(3) WHERE uniqueKey = ?`, [
      `bulk.run:${id}`,
    ]);
    await app.get(JobsWorker).runDue();
    expect(await alive(account)).toBe(0);
  });

  it('says that it has halted when it was given up, and goes on when told to', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await many(account, 1_001, 'Team');
    const working = await confirm(browser, await chooseAll(browser, 'resend', LIST));
    await app.database.query(`UPDATE jobs SET state = 'failed', uniqueKey = NULL WHERE accountId = ?`, [
      account.id,
    ]);
    expect(visibleText(await browser.get(pathOf(working)))).toContain('the work has halted');
    await browser.post(`${pathOf(working)}/continuation`);
    await app.get(JobsWorker).runDue();
    expect(visibleText(await browser.get(pathOf(working)))).toContain('1,001 invitations sent again');
  });

  it('stops when whoever asked is no administrator any more', async () => {
    const { account, browser, user } = await app.signedIn({ role: 'admin' });
    await many(account, 1_001, 'Team');
    const working = await confirm(browser, await chooseAll(browser, 'cancel', LIST));
    await users().update(user.id, { role: 'member' });
    await app.get(JobsWorker).runDue();
    expect(await alive(account)).toBe(1_001);
    const { browser: other } = await app.signedIn({ account, role: 'admin' });
    expect(visibleText(await other.get(pathOf(working)))).toContain('It stopped after 0 of 1,001');
  });

  it('meets another of the same people without either failing', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const { browser: other } = await app.signedIn({ account, role: 'admin' });
    await many(account, 600, 'Team', 'active');
    const pages = [
      await chooseAll(browser, 'deactivate', '/users?q=team'),
      await chooseAll(other, 'deactivate', '/users?q=team'),
    ];
    await Promise.all([confirm(browser, pages[0]), confirm(other, pages[1])]);
    const runs = await app.database.getRepository(UserRun).findBy({ accountId: account.id });
    expect(runs.map(({ state }) => state)).toEqual(['done', 'done']);
    expect(runs.reduce((sum, { doneCount }) => sum + doneCount, 0)).toBe(600);
    expect(runs.reduce((sum, { leftCount }) => sum + leftCount, 0)).toBe(600);
  });

  it('is for administrators of its account; a draft is its author’s', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const user = await app.aUser({ account });
    const draft = await choose(browser, 'deactivate', [user.id]);
    const { browser: colleague } = await app.signedIn({ account, role: 'admin' });
    expect((await colleague.get(pathOf(draft))).status).toBe(404);
    expect((await colleague.post(`${pathOf(draft)}/confirmation`)).status).toBe(404);
    const done = await confirm(browser, draft);
    expect((await colleague.get(pathOf(done))).status).toBe(200);
    const { browser: stranger } = await app.signedIn({ role: 'owner' });
    const { browser: member } = await app.signedIn({ account });
    for (const [who, status] of [
      [stranger, 404],
      [member, 403],
    ] as const) {
      expect((await who.get(pathOf(done))).status).toBe(status);
      for (const act of ['confirmation', 'undo', 'continuation'])
        expect((await who.post(`${pathOf(done)}/${act}`)).status).toBe(status);
    }
    expect((await member.get('/users/runs')).status).toBe(403);
    expect((await member.post('/users/runs', { act: 'deactivate', ids: [user.id] })).status).toBe(403);
    expect(visibleText(await stranger.get('/users/runs'))).toContain('No bulk actions yet');
    expect((await browser.get(`/users/runs/${newId()}`)).status).toBe(404);
  });

  it('is kept for 30 days, a draft for one', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const user = await app.aUser({ account });
    const draft = await choose(browser, 'deactivate', [user.id]);
    const done = await run(browser, 'type', [user.id], { type: 'licensed' });
    const DAY = 86_400_000;
    await app.get(UserRuns).purge(Date.now() + 2 * DAY);
    expect((await browser.get(pathOf(draft))).status).toBe(404);
    expect((await browser.get(pathOf(done))).status).toBe(200);
    await app.database.query('UPDATE user_runs SET createdAt = ? WHERE accountId = ?', [
      new Date(Date.now() - 30 * DAY - 1),
      account.id,
    ]);
    expect((await browser.post(`${pathOf(done)}/undo`)).status).toBe(422);
    await app.get(UserRuns).purge();
    expect((await browser.get(pathOf(done))).status).toBe(404);
    const left = await app.database.query('SELECT 1 FROM user_run_people WHERE accountId = ?', [account.id]);
    expect(left).toEqual([]);
  });
});

/** Many at once, in one statement each 500. */
async function many(
  account: Account,
  count: number,
  familyName: string,
  status: 'pending' | 'active' = 'pending',
) {
  const first = await app.aUser({ account, status, familyName, invitedAt: new Date(0) });
  const others = Array.from({ length: count - 1 }, () => {
    const id = newId();
    return users()
      .create({ ...first, id, email: `${id}@example.test` })
      .rekey();
  });
  for (let from = 0; from < others.length; from += 500) await users().insert(others.slice(from, from + 500));
  await app.database.query(
    'UPDATE user_counters SET people = people + ? WHERE accountId = ? AND status = ?',
    [...[count - 1, account.id, status]],
  );
}

/** Acts the bar of a tab offers, in its order. */
async function actsOf(browser: Browser, status: string): Promise<string[]> {
  const { text } = await browser.get(`/users?status=${status}`);
  return [...text.matchAll(/name="act" value="([^"]+)"/g)].map(([, act]) => act);
}

/** The page that asks before ticked people are changed. */
async function choose(browser: Browser, act: string, ids: string[], list = '/users'): Promise<Answer> {
  return opened(browser, await browser.post('/users/runs', { act, ids, list }));
}

async function chooseAll(browser: Browser, act: string, list: string): Promise<Answer> {
  return opened(browser, await browser.post('/users/runs', { act, all: 'matching', list }));
}

/** The page after a confirmation: its result, or how far it is. */
async function confirm(
  browser: Browser,
  page: Answer,
  fields: Record<string, string | string[] | boolean> = {},
): Promise<Answer> {
  return opened(browser, await browser.post(`${pathOf(page)}/confirmation`, fields));
}

async function run(
  browser: Browser,
  act: string,
  ids: string[],
  fields: Record<string, string | string[] | boolean> = {},
): Promise<Answer> {
  return confirm(browser, await choose(browser, act, ids), fields);
}

async function undo(browser: Browser, page: Answer): Promise<Answer> {
  return opened(browser, await browser.post(`${pathOf(page)}/undo`));
}

async function opened(browser: Browser, answer: Answer): Promise<Answer> {
  expect([answer.status, visibleText(answer)]).toEqual([303, expect.anything()]);
  return browser.follow(answer);
}

/** The address of a run's page, from the page itself. */
function pathOf({ request }: Answer): string {
  return new URL((request as unknown as { url: string }).url).pathname;
}

async function typesOf(ids: string[]): Promise<string[]> {
  const found = await Promise.all(ids.map((id) => users().findOneByOrFail({ id })));
  return found.map(({ type }) => type);
}

async function statusOf({ id }: User): Promise<string> {
  return (await users().findOneByOrFail({ id })).status;
}

async function groupsOf(userId: string): Promise<string[]> {
  const rows = await app.database.query<{ name: string }[]>(
    `SELECT g.name FROM user_group_members m JOIN user_groups g ON g.id = m.groupId WHERE m.userId = ? ORDER BY g.nameKey`,
    [userId],
  );
  return rows.map(({ name }) => name);
}

async function groupId({ id }: Pick<Account, 'id'>, name: string): Promise<string> {
  const [group] = await app.database.query<{ id: string }[]>(
    'SELECT id FROM user_groups WHERE accountId = ? AND name = ?',
    [id, name],
  );
  return group.id;
}

function plain(text: string): string {
  return text.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
}
