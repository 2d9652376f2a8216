import { type Account } from '../../src/accounts/account.entity.js';
import { UserGroup } from '../../src/accounts/group.entities.js';
import { FINISH } from '../../src/accounts/erasure.service.js';
import { Standing } from '../../src/accounts/standing.service.js';
import { newId } from '../../src/database/id.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { Sweeper } from '../../src/jobs/sweeper.service.js';
import { noFacts, operator } from '../../src/journal/actor.js';
import { AuditEntry, JournalEntry } from '../../src/journal/journal.entities.js';
import { SavedView } from '../../src/user-management/saved-views/saved-view.entity.js';
import { startApp, type TestApp } from '../support/app.js';
import { field, visibleText, type Answer, type Browser } from '../support/browser.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const QUERY = 'status=pending&q=ada&department=R%26D&sort=-email';
const viewsOf = ({ id: accountId }: Account) =>
  app.database.getRepository(SavedView).find({ where: { accountId }, order: { id: 'ASC' } });

describe('A saved view', () => {
  it('keeps search, filters, tab and order, and opens by id and by name with all of them in the address', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const answer = await save(browser, { name: 'Été in R&D', query: `${QUERY}&after=abc&all=matching&x=1` });
    expect([answer.status, answer.headers['location']]).toEqual([303, `/users?${QUERY}`]);
    expect(visibleText(await browser.follow(answer))).toContain('View “Été in R&D” saved');
    const [{ id }] = await viewsOf(account);
    for (const view of [id, 'Été in R&D', 'ete in r&d']) {
      const opened = await browser.get(`/users?view=${encodeURIComponent(view)}`);
      expect([opened.status, opened.headers['location']]).toEqual([303, `/users?${QUERY}`]);
    }
    const list = await browser.get(`/users?${QUERY}`);
    expect(list.text).toMatch(new RegExp(`href="/users\\?view(=|&#x3D;)${id}" aria-current="true"`));
  });

  it('stands for the whole list when nothing narrows it', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await save(browser, { name: 'Everybody', query: '' });
    const [{ id }] = await viewsOf(account);
    expect((await browser.get(`/users?view=${id}`)).headers['location']).toBe('/users');
  });

  it('is its maker’s alone unless it is shared', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const { browser: other } = await app.signedIn({ account, role: 'owner' });
    const { browser: elsewhere } = await app.signedIn({ role: 'owner' });
    await save(browser, { name: 'Mine' });
    await save(browser, { name: 'Ours', shared: true });
    const [mine, ours] = await viewsOf(account);
    expect(visibleText(await other.get('/users/views'))).not.toContain('Mine');
    expect(visibleText(await other.get('/users/views'))).toContain('Ours');
    for (const path of [`/users?view=${mine.id}`, '/users?view=Mine', `/users/views/${mine.id}/edit`])
      expect((await other.get(path)).status).toBe(404);
    for (const verb of ['', '/deletion', '/restoration'])
      expect((await other.post(`/users/views/${mine.id}${verb}`, { name: 'Taken' })).status).toBe(404);
    for (const id of [mine.id, ours.id]) {
      expect((await elsewhere.get(`/users?view=${id}`)).status).toBe(404);
      expect((await elsewhere.post(`/users/views/${id}/deletion`)).status).toBe(404);
    }
    expect((await viewsOf(account)).map(({ name }) => name)).toEqual(['Mine', 'Ours']);
  });

  it('that is shared is changed by its maker and by owners alone', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await save(browser, { name: 'Ours', shared: true });
    const [{ id }] = await viewsOf(account);
    const { browser: admin } = await app.signedIn({ account, role: 'admin' });
    const { browser: owner } = await app.signedIn({ account, role: 'owner' });
    for (const verb of ['', '/deletion'])
      expect((await admin.post(`/users/views/${id}${verb}`, { name: 'Taken' })).status).toBe(403);
    expect((await owner.post(`/users/views/${id}`, { name: 'Theirs', shared: 'on' })).status).toBe(303);
    expect(visibleText(await browser.get('/users/views'))).toContain('Theirs');
  });

  it('has a name nobody else’s of the same readers has, accents and case aside', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const { browser: other } = await app.signedIn({ account, role: 'admin' });
    await save(browser, { name: 'Été' });
    const again = await save(browser, { name: 'ete', query: QUERY });
    expect(again.status).toBe(422);
    expect(field(again, 'name')).toMatchObject({ value: 'ete', error: /already/ });
    expect(field(again, 'query').value).toBe(QUERY);
    expect((await save(other, { name: 'Été' })).status).toBe(303);
    expect((await save(browser, { name: 'Été', shared: true })).status).toBe(303);
    expect((await save(other, { name: 'été', shared: true })).status).toBe(422);
    expect(await viewsOf(account)).toHaveLength(3);
  });

  it('lets one of two at once have a name', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await browser.formToken();
    const answers = await Promise.all([1, 2, 3].map(() => save(browser, { name: 'Once', shared: true })));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 422, 422]);
    expect(await viewsOf(account)).toHaveLength(1);
  });

  it('takes the place of another of the same name when that is asked for', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await save(browser, { name: 'Weekly', query: 'q=old' });
    expect((await save(browser, { name: 'weekly', query: 'q=new', replace: 'on' })).status).toBe(303);
    const views = await viewsOf(account);
    expect(views.map(({ query }) => query)).toEqual(['q=new']);
    const entries = await app.database.getRepository(JournalEntry).findBy({ subjectId: views[0].id });
    expect(entries.map(({ changes }) => changes?.['query'])).toContainEqual(['q=old', 'q=new']);
  });

  it.each([
    ['', /./],
    ['x'.repeat(256), /255/],
    ['a\u0007b', /./],
  ])('refuses the name %j', async (name, error) => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const answer = await save(browser, { name });
    expect(answer.status).toBe(422);
    expect(field(answer, 'name').error).toMatch(error);
    expect(await viewsOf(account)).toEqual([]);
  });

  it('is renamed and shared', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await save(browser, { name: 'Before' });
    await save(browser, { name: 'There' });
    const [{ id }] = await viewsOf(account);
    expect(field(await browser.get(`/users/views/${id}/edit`), 'name').value).toBe('Before');
    expect((await browser.post(`/users/views/${id}`, { name: 'there' })).status).toBe(422);
    await browser.post(`/users/views/${id}`, { name: 'After', shared: 'on' });
    expect((await viewsOf(account))[0]).toMatchObject({ name: 'After', scope: 'shared' });
  });

  it('is deleted at once and brought back by Undo, unless its name is taken', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await save(browser, { name: 'Gone', query: QUERY });
    const [{ id }] = await viewsOf(account);
    const list = await browser.follow(await browser.post(`/users/views/${id}/deletion`));
    expect(visibleText(list)).toContain('View “Gone” deleted');
    expect((await browser.get(`/users?view=${id}`)).status).toBe(404);
    const undo = /action="(\/users\/views\/[^"]+\/restoration)"/.exec(list.text)?.[1] ?? '';
    expect((await save(browser, { name: 'gone' })).status).toBe(303);
    expect((await browser.post(undo)).status).toBe(409);
    const [, { id: usurper }] = await viewsOf(account);
    await browser.post(`/users/views/${usurper}/deletion`);
    expect((await browser.post(undo)).status).toBe(303);
    expect((await browser.get(`/users?view=${id}`)).headers['location']).toBe(`/users?${QUERY}`);
    expect((await browser.post(undo)).status).toBe(404);
  });

  it('says so when the group it names is gone', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const group = newId();
    await app.database.getRepository(UserGroup).insert({
      ...{ id: group, accountId: account.id, name: 'Team', nameKey: 'team', features: null },
      ...{ createdByBatch: null, createdAt: new Date() },
    });
    await save(browser, { name: 'Team', query: `userGroup=${group}` });
    const open = async () => browser.follow(await browser.get('/users?view=Team'));
    expect(visibleText(await open())).toContain('User group: Team');
    await app.database.getRepository(UserGroup).delete(group);
    const text = visibleText(await open());
    expect(text).toContain('User group: no longer there');
    expect(text).toContain('A filter names something that is not there any more');
  });

  it('goes with its maker when nobody else sees it', async () => {
    const { account, user, browser } = await app.signedIn({ role: 'admin' });
    const { browser: owner } = await app.signedIn({ account, role: 'owner' });
    await save(browser, { name: 'Mine' });
    await save(browser, { name: 'Ours', shared: true });
    await app.get(Standing).erase(operator(account.id), noFacts, [user.id]);
    await app.database.query("UPDATE users SET deletedAt = '2026-01-01' WHERE id = ?", [user.id]);
    await app.get(Sweeper).ask(FINISH);
    await app.get(JobsWorker).runDue();
    expect((await viewsOf(account)).map(({ name }) => name)).toEqual(['Ours']);
    expect(visibleText(await owner.get('/users/views'))).toContain('Somebody who is gone');
  });

  it('is noted in the audit log', async () => {
    const { account, user, browser } = await app.signedIn({ role: 'admin' });
    await save(browser, { name: 'Noted', shared: true });
    const [{ id }] = await viewsOf(account);
    await browser.post(`/users/views/${id}`, { name: 'Noted too', shared: 'on' });
    await browser.post(`/users/views/${id}/deletion`);
    await browser.post(`/users/views/${id}/restoration`);
    const entries = await app.database
      .getRepository(AuditEntry)
      .find({ where: { actorId: user.id, targetId: id }, order: { id: 'ASC' } });
    expect(entries.map(({ action }) => action)).toEqual([
      ...['views.create', 'views.edit', 'views.delete', 'views.restore'],
    ]);
    expect(entries[0]).toMatchObject({ targetName: 'Noted', details: { shared: true } });
  });

  it('is not for members', async () => {
    const { account, browser } = await app.signedIn({ role: 'member' });
    for (const path of ['/users/views', '/users/views/new', '/users?view=x', '/users/export'])
      expect((await browser.get(path)).status).toBe(403);
    expect((await save(browser, { name: 'Mine' })).status).toBe(403);
    expect(await viewsOf(account)).toEqual([]);
  });

  it('answers what is no view', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    for (const view of [newId(), 'nothing', '%00', 'x'.repeat(2_000)])
      expect((await browser.get(`/users?view=${view}`)).status).toBe(404);
    expect((await browser.get('/users?view=a&view=b')).status).toBe(200);
    expect((await browser.get('/users/views/1/edit')).status).toBe(404);
    expect(visibleText(await browser.get('/users/views'))).toContain('No saved view yet');
  });
});

function save(
  browser: Browser,
  fields: { name: string; query?: string; shared?: boolean; replace?: string },
): Promise<Answer> {
  return browser.post('/users/views', { query: '', ...fields });
}
