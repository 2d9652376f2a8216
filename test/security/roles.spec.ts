import { OneTimeLink } from '../../src/accounts/one-time-link.entity.js';
import { OneTimeLinks } from '../../src/accounts/one-time-links.service.js';
import { Standing } from '../../src/accounts/standing.service.js';
import { User } from '../../src/accounts/user.entity.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { noFacts, operator } from '../../src/journal/actor.js';
import { checked, file, imported, theImport, updated } from '../imports/importing.js';
import { startApp, type TestApp } from '../support/app.js';
import { someAddress, visibleText } from '../support/browser.js';

jest.setTimeout(60_000);

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const saved = (id: string) => app.database.getRepository(User).findOneBy({ id });
const links = (address: string) => app.database.getRepository(OneTimeLink).findBy({ address });

describe('what an administrator may do to a member', () => {
  it('does not reach them once they are an owner: a change of address asked for before is withdrawn', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const member = await app.aUser({ account });
    const address = someAddress('mine');
    await browser.post(`/users/${member.id}/address`, { email: address });
    const [link] = await links(address);
    const path = app.get(OneTimeLinks).pathOf(link);
    await app.get(Standing).changeRole(operator(account.id), noFacts, [member.id], 'owner');
    expect(visibleText(await app.browser().get(path))).toContain('This change was cancelled');
    await app.browser().post(path);
    expect(await saved(member.id)).toMatchObject({ role: 'owner', email: member.email });
  });

  it('does not remove, by undoing an import, whoever was given a role since', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const [email, other] = [someAddress(), someAddress()];
    const id = await checked(app, browser, file(`${email},Ada,L`, `${other},Bo,M`));
    await imported(app, browser, id);
    const users = app.database.getRepository(User);
    const user = await users.findOneByOrFail({ email });
    await app.get(Standing).changeRole(operator(account.id), noFacts, [user.id], 'owner');
    await browser.post(`/imports/${id}/undo`);
    await app.get(JobsWorker).idle();
    expect(await saved(user.id)).toMatchObject({ role: 'owner', status: 'pending', liveKey: 1 });
    expect(await users.findOneBy({ email: other, liveKey: 1 })).toBeNull();
  });
});

describe('an owner who has not activated yet', () => {
  it('is not brought back by an administrator when an owner took the invitation back', async () => {
    const { account, browser } = await app.signedIn({ role: 'owner' });
    const admin = await app.signedIn({ account, role: 'admin' });
    const pending = await app.aUser({ account, status: 'pending', role: 'owner' });
    await browser.post(`/users/${pending.id}/invitations/cancellation`);
    expect(await saved(pending.id)).toMatchObject({ liveKey: null });
    const [{ id }] = await app.database.query<[{ id: string }]>(
      "SELECT id FROM journal_batches WHERE accountId = ? AND kind = 'users.invitation-cancel'",
      [account.id],
    );
    const path = `/users/invitations/restorations/${id}`;
    expect((await admin.browser.post(path)).status).toBe(403);
    expect(await saved(pending.id)).toMatchObject({ liveKey: null });
    await browser.post(path);
    expect(await saved(pending.id)).toMatchObject({ liveKey: 1, role: 'owner' });
  });
});

describe('an owner in a group', () => {
  it('is not put back by an administrator who undoes what an owner took out', async () => {
    const { account, browser } = await app.signedIn({ role: 'owner' });
    const admin = await app.signedIn({ account, role: 'admin' });
    const [boss, member] = [await app.aUser({ account, role: 'owner' }), await app.aUser({ account })];
    const made = await browser.post('/user-groups', { name: 'Locked' });
    const group = made.headers['location'] as string;
    const ids = [boss.id, member.id];
    await browser.post(`${group}/members`, { ids });
    await browser.post(`${group}/members/removal`, { ids });
    const [{ id }] = await app.database.query<[{ id: string }]>(
      "SELECT id FROM journal_batches WHERE accountId = ? AND kind = 'user-groups.remove'",
      [account.id],
    );
    await admin.browser.post(`/user-groups/restorations/${id}`);
    const members = await app.database.query<{ userId: string }[]>(
      'SELECT userId FROM user_group_members WHERE accountId = ?',
      [account.id],
    );
    expect(members.map(({ userId }) => userId)).toEqual([member.id]);
  });
});

describe('giving roles back', () => {
  it('works although one of the people is erased for good', async () => {
    const { account, browser } = await app.signedIn({ role: 'owner' });
    const [gone, there] = [await app.aUser({ account }), await app.aUser({ account })];
    const fields = { act: 'role', ids: [gone.id, there.id], list: '/users' };
    const run = (await browser.post('/users/runs', fields)).headers['location'] as string;
    await browser.post(`${run}/confirmation`, { role: 'admin' });
    expect(await saved(there.id)).toMatchObject({ role: 'admin' });
    await browser.post(`/users/${gone.id}/erasure`, { confirmed: 'on' });
    await browser.post(`/users/${gone.id}/erasure/final`, { confirmed: 'on' });
    expect(await saved(gone.id)).toBeNull();
    expect((await browser.post(`${run}/undo`)).status).toBe(303);
    expect(await saved(there.id)).toMatchObject({ role: 'member' });
  });
});

describe("one's own address", () => {
  it('is not changed by a file, which asks for no password', async () => {
    const { user, account, browser } = await app.signedIn({ role: 'owner' });
    const other = await app.aUser({ account });
    const [mine, theirs] = [someAddress(), someAddress()];
    const id = await updated(
      app,
      browser,
      ['User ID,Email,Job Title', `${user.id},${mine},Boss`, `${other.id},${theirs},Baker`].join('\r\n'),
    );
    expect(visibleText(await browser.get(`/imports/${id}`))).toContain('in your profile, with your password');
    await imported(app, browser, id);
    expect((await theImport(app, id)).state).toBe('done');
    expect([(await links(mine)).length, (await links(theirs)).length]).toEqual([0, 1]);
  });
});
