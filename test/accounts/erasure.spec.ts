import { type Account } from '../../src/accounts/account.entity.js';
import { Counters } from '../../src/accounts/counters.service.js';
import { Erasures, FINISH } from '../../src/accounts/erasure.service.js';
import { AccountEvents } from '../../src/accounts/events.js';
import { Invitations } from '../../src/accounts/invitations.service.js';
import { People } from '../../src/accounts/people.service.js';
import { Standing } from '../../src/accounts/standing.service.js';
import { User } from '../../src/accounts/user.entity.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { Sweeper } from '../../src/jobs/sweeper.service.js';
import { noFacts, operator } from '../../src/journal/actor.js';
import { AuditEntry, JournalEntry } from '../../src/journal/journal.entities.js';
import { startApp, type TestApp } from '../support/app.js';
import { PASSWORD } from '../support/builders.js';

const facts = { requestId: 'r1', address: '192.0.2.1' };

let app: TestApp;
let standing: Standing;
let account: Account;
let owner: User;
let admin: User;

beforeAll(async () => {
  app = await startApp();
  standing = app.get(Standing);
});
beforeEach(async () => {
  account = await app.anAccount();
  owner = await app.aUser({ account, role: 'owner' });
  admin = await app.aUser({ account, role: 'admin' });
});
afterAll(() => app.close());

const saved = (id: string) => app.database.getRepository(User).findOneBy({ id });
const counts = () => app.get(Counters).of(account.id);
const age = (id: string, days = 31) =>
  app.database.query('UPDATE users SET deletedAt = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ? DAY) WHERE id = ?', [
    days,
    id,
  ]);
/** What is due is asked for as every hour, and done. */
const finish = async () => {
  await app.get(Sweeper).ask(FINISH);
  await app.get(JobsWorker).runDue();
};
const rowsOf = async (table: string, userId: string) =>
  (await app.database.query<object[]>(`SELECT 1 FROM ${table} WHERE userId = ?`, [userId])).length;

describe('erasing', () => {
  it('ends access, frees the extension, and keeps address, groups and password for 30 days', async () => {
    const user = await app.aUser({ account, extension: '101' });
    await app.get(People).edit(admin, facts, user.id, 1, { userGroups: ['Vente'] });
    const browser = await app.browserOf(user);
    expect(await standing.erase(admin, facts, [user.id])).toMatchObject({ done: 1, left: [] });
    expect(await saved(user.id)).toMatchObject({ status: 'erased', extension: null, liveKey: 1 });
    expect((await browser.get('/profile')).status).toBe(303);
    expect((await app.browser().signIn(user.email, PASSWORD)).status).toBe(422);
    expect(await counts()).toEqual({ active: 2, pending: 0, deactivated: 0, erased: 1 });
    await expect(
      app.get(Invitations).invite(admin, facts, { email: user.email, givenName: 'A', familyName: 'B' }),
    ).rejects.toMatchObject({ key: 'accounts.already-erased', values: { id: user.id } });
    const restored = await standing.restoreErased(admin, facts, [user.id]);
    expect(restored).toMatchObject({ done: 1, left: [], withoutExtension: [] });
    expect(await app.get(People).find(account.id, user.id)).toMatchObject({
      user: { status: 'active', extension: '101', deletedAt: null },
      userGroups: ['Vente'],
    });
    expect((await app.browser().signIn(user.email, PASSWORD)).status).toBe(303);
    expect(await counts()).toEqual({ active: 3, pending: 0, deactivated: 0, erased: 0 });
  });

  it('gives back the status there was, and says whose extension is taken', async () => {
    const user = await app.aUser({ account, status: 'deactivated', extension: '102' });
    await standing.erase(admin, facts, [user.id]);
    await app.aUser({ account, extension: '102' });
    expect(await standing.restoreErased(admin, facts, [user.id])).toMatchObject({
      done: 1,
      withoutExtension: [user.id],
    });
    const back = await saved(user.id);
    expect(back).toMatchObject({ status: 'deactivated', extension: null });
    expect(back?.searchKey).toBe(back?.rekey().searchKey);
  });

  it('takes many in one batch and says whom it left and why', async () => {
    const people = [await app.aUser({ account }), await app.aUser({ account, status: 'deactivated' })];
    const pending = await app.aUser({ account, status: 'pending' });
    const stranger = await app.aUser();
    const ids = [...people, pending, stranger, owner, admin].map(({ id }) => id);
    const { done, left, batchId } = await standing.erase(admin, facts, ids);
    expect(done).toBe(2);
    expect(new Map(left.map(({ id, key }) => [id, key]))).toEqual(
      new Map([
        [pending.id, 'accounts.erase-pending'],
        [stranger.id, 'accounts.erased-already'],
        [owner.id, 'accounts.owner-by-owner'],
        [admin.id, 'accounts.not-yourself-erase'],
      ]),
    );
    expect(await app.database.getRepository(JournalEntry).countBy({ batchId: batchId ?? '' })).toBe(2);
    expect(await saved(stranger.id)).toMatchObject({ status: 'active' });
  });

  it('keeps the last owner when two are erased, demoted and deactivated at once', async () => {
    const others = [await app.aUser({ account, role: 'owner' }), await app.aUser({ account, role: 'owner' })];
    const carnet = operator(account.id);
    await Promise.all([
      standing.erase(carnet, noFacts, [owner.id]),
      standing.changeRole(carnet, noFacts, [(others[0] as User).id], 'member'),
      standing.deactivate(carnet, noFacts, [(others[1] as User).id]),
    ]);
    const owners = await app.database
      .getRepository(User)
      .findBy({ accountId: account.id, role: 'owner', status: 'active' });
    expect(owners).toHaveLength(1);
    expect((await standing.erase(carnet, noFacts, [owners[0]?.id ?? ''])).left).toMatchObject([
      { key: 'accounts.last-owner' },
    ]);
  });

  it('leaves all owners of a set that is all there are', async () => {
    const second = await app.aUser({ account, role: 'owner' });
    const { done, left } = await standing.changeRole(owner, facts, [owner.id, second.id], 'admin');
    expect([done, left.map(({ key }) => key)]).toEqual([0, ['accounts.last-owners', 'accounts.last-owners']]);
  });

  it('restores nobody after 30 days, nor for another company', async () => {
    const user = await app.aUser({ account });
    await standing.erase(admin, facts, [user.id]);
    const stranger = await app.aUser({ role: 'owner' });
    expect(await standing.restoreErased(stranger, facts, [user.id])).toMatchObject({ done: 0 });
    await age(user.id);
    expect((await standing.restoreErased(admin, facts, [user.id])).left).toEqual([
      { id: user.id, key: 'accounts.erased-for-good' },
    ]);
  });
});

describe('the end of the 30 days', () => {
  it('takes everything of the person away, and nothing of anybody else', async () => {
    const user = await app.aUser({ account });
    const report = await app.aUser({ account, managerId: user.id });
    await app.get(People).edit(admin, facts, user.id, 1, { userGroups: ['Vente'], jobTitle: 'Poet' });
    await standing.erase(admin, facts, [user.id]);
    await age(user.id);
    const told: string[] = [];
    app.get(AccountEvents).erased.subscribe(({ userIds }) => Promise.resolve(void told.push(...userIds)));
    await finish();
    expect(told).toContain(user.id);
    expect(await saved(user.id)).toBeNull();
    for (const table of ['credentials', 'sign_in_addresses', 'user_group_members', 'one_time_links', 'mails'])
      expect([table, await rowsOf(table, user.id)]).toEqual([table, 0]);
    const entries = await app.database.getRepository(JournalEntry).findBy({ subjectId: user.id });
    expect(entries.length).toBeGreaterThan(1);
    for (const { changes } of entries) expect(changes).toBeNull();
    const audits = await app.database.getRepository(AuditEntry).findBy({ targetId: user.id });
    expect(audits.map(({ action }) => action)).toContain('users.erase-final');
    for (const { targetName, details, action } of audits)
      expect([targetName, action === 'users.erase-final' ? null : details]).toEqual([null, null]);
    expect(await saved(report.id)).toMatchObject({ managerId: null, givenName: 'Ada' });
    expect(await rowsOf('credentials', report.id)).toBe(1);
    expect(await counts()).toEqual({ active: 3, pending: 0, deactivated: 0, erased: 0 });
    await expect(
      app.get(Invitations).invite(admin, facts, { email: user.email, givenName: 'A', familyName: 'B' }),
    ).resolves.toBeDefined();
  });

  it('waits for the 30 days, and leaves who was restored', async () => {
    const [early, restored] = [await app.aUser({ account }), await app.aUser({ account })];
    await standing.erase(admin, facts, [early.id, restored.id]);
    await age(early.id, 29);
    await standing.restoreErased(admin, facts, [restored.id]);
    await finish();
    expect([await saved(early.id), await saved(restored.id)]).toMatchObject([
      { status: 'erased' },
      { status: 'active' },
    ]);
  });

  it('goes on where it was cut off, and counts nobody twice', async () => {
    const people = [await app.aUser({ account }), await app.aUser({ account })];
    await standing.erase(
      admin,
      facts,
      people.map(({ id }) => id),
    );
    for (const { id } of people) await age(id);
    const cutOff = (_: unknown): Promise<void> => Promise.reject(new Error('cut off'));
    const listeners = app.get(AccountEvents).erased as unknown as { listeners: unknown[] };
    listeners.listeners.push(cutOff);
    await finish();
    expect(await saved(people[0]?.id ?? '')).toMatchObject({ status: 'erased' });
    expect(await counts()).toMatchObject({ erased: 2 });
    listeners.listeners.pop();
    await app.database.query(`UPDATE jobs SET runAt = UTC_TIMESTAMP(3) WHERE kind = 'people.erase-finally'`);
    await Promise.all([finish(), finish()]);
    expect(await counts()).toEqual({ active: 2, pending: 0, deactivated: 0, erased: 0 });
  });

  it('takes cancelled invitations away too, which are in no counter', async () => {
    const { id } = await app
      .get(Invitations)
      .invite(admin, facts, { email: 'gone@atelier.example', givenName: 'Ada', familyName: 'Byron' });
    await app.get(Invitations).cancel(admin, facts, [id]);
    await age(id);
    await finish();
    expect(await saved(id)).toBeNull();
    expect(await rowsOf('one_time_links', id)).toBe(0);
    expect(await counts()).toEqual({ active: 2, pending: 0, deactivated: 0, erased: 0 });
  });

  it('keeps a photo somebody else has, and takes the others', async () => {
    const [mine, shared] = ['a'.repeat(64), 'b'.repeat(64)];
    for (const hash of [mine, shared])
      await app.database.query(
        'INSERT INTO photos (accountId, hash, bytes, createdAt) VALUES (?, ?, ?, UTC_TIMESTAMP(3))',
        [account.id, hash, Buffer.from('x')],
      );
    const users = [
      await app.aUser({ account, photoHash: mine }),
      await app.aUser({ account, photoHash: shared }),
    ];
    await app.aUser({ account, photoHash: shared });
    await standing.erase(
      admin,
      facts,
      users.map(({ id }) => id),
    );
    for (const { id } of users) await age(id);
    await finish();
    const left = await app.database.query<{ hash: string }[]>('SELECT hash FROM photos WHERE accountId = ?', [
      account.id,
    ]);
    expect(left.map(({ hash }) => hash)).toEqual([shared]);
  });

  it('comes at once when an owner wants it, never for an admin or the living', async () => {
    const user = await app.aUser({ account });
    const now = (actor: User, id: string) => app.get(Erasures).finishNow(actor, facts, id);
    await expect(now(owner, user.id)).rejects.toMatchObject({ status: 404 });
    await standing.erase(admin, facts, [user.id]);
    await expect(now(admin, user.id)).rejects.toMatchObject({ status: 403 });
    const stranger = await app.aUser({ role: 'owner' });
    await expect(now(stranger, user.id)).rejects.toMatchObject({ status: 404 });
    await now(owner, user.id);
    expect(await saved(user.id)).toBeNull();
    expect(await counts()).toMatchObject({ erased: 0 });
  });
});
