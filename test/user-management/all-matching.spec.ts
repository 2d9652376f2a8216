import { type Account } from '../../src/accounts/account.entity.js';
import { User } from '../../src/accounts/user.entity.js';
import { newId } from '../../src/database/id.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { Mail } from '../../src/mail/mail.entity.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Answer } from '../support/browser.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const LIST = '/users?status=pending&q=team';
const mailsOf = ({ id: accountId }: Account) => app.database.getRepository(Mail).countBy({ accountId });
const alive = ({ id: accountId }: Account) =>
  app.database.getRepository(User).countBy({ accountId, status: 'pending', liveKey: 1 });

describe('selecting all that match', () => {
  it('is a second step that says the exact number', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await pending(account, 60, 'Team');
    await pending(account, 3, 'Other');
    const first = await browser.get(LIST);
    expect(visibleText(first)).toContain('50 of more');
    expect(visibleText(first)).toContain('Select all that match');
    expect(first.text).toContain('name="ids"');
    const href = /href="([^"]*all&#x3D;matching[^"]*|[^"]*all=matching[^"]*)"/.exec(first.text)?.[1] ?? '';
    const all = await browser.get(plain(href));
    expect(visibleText(all)).toContain('All 60 that match are selected');
    expect(all.text).not.toContain('name="ids"');
    expect(visibleText(await browser.get('/users?status=pending&q=nobody&all=matching'))).toContain(
      'No match',
    );
  });

  it('sends again to all of them and to nobody else', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await pending(account, 60, 'Team');
    await pending(account, 3, 'Other');
    const stranger = await app.anAccount();
    await pending(stranger, 2, 'Team');
    const answer = await browser.post(
      '/users/invitations',
      await formOf(browser.get(`${LIST}&all=matching`)),
    );
    expect([answer.status, answer.headers['location']]).toEqual([303, LIST]);
    expect(visibleText(await browser.follow(answer))).toContain('60 invitations sent again');
    expect(await mailsOf(account)).toBe(60);
    expect(await mailsOf(stranger)).toBe(0);
  });

  it('cancels all of them but those invited since they were counted, and brings them back', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await pending(account, 520, 'Team');
    await pending(account, 3, 'Other');
    const form = await formOf(browser.get(`${LIST}&all=matching`));
    await pending(account, 1, 'Team', new Date(Date.now() + 60_000));
    const list = await browser.follow(await browser.post('/users/invitations/cancellation', form));
    expect(visibleText(list)).toContain('520 invitations cancelled');
    expect(await alive(account)).toBe(4);
    const undo = /action="(\/users\/invitations\/restorations\/[^"]+)"/.exec(list.text)?.[1] ?? '';
    const restored = await browser.follow(await browser.post(plain(undo)));
    expect(visibleText(restored)).toContain('520 invitations restored');
    expect(await alive(account)).toBe(524);
  });

  it('names whom it left out, and why', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await pending(account, 2, 'Team');
    await app.aUser({ account, status: 'pending', role: 'owner', givenName: 'Olga', familyName: 'Team' });
    const answer = await browser.post('/users/invitations/cancellation', {
      ...{ all: 'matching', q: 'team' },
    });
    const text = visibleText(answer);
    expect(text).toContain('2 invitations cancelled');
    expect(text).toMatch(/1 person was left out.*Olga Team.*Only an owner/);
  });

  it('leaves more than a thousand to a worker, says how far it is, and can be taken back', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await pending(account, 1_001, 'Team');
    await pending(account, 3, 'Other');
    const form = await formOf(browser.get(`${LIST}&all=matching`));
    const answer = await browser.post('/users/invitations/cancellation', form);
    const run = String(answer.headers['location']);
    expect(run).toMatch(/^\/users\/invitations\/runs\//);
    const working = visibleText(await browser.follow(answer));
    expect(working).toContain('1,001 people: being worked on');
    expect(working).toContain('0 of 1,001 done');
    expect(await alive(account)).toBe(1_004);

    await app.get(JobsWorker).runDue();
    const done = await browser.get(run);
    expect(visibleText(done)).toContain('1,001 invitations cancelled');
    expect(await alive(account)).toBe(3);
    const elsewhere = await app.signedIn({ role: 'owner' });
    expect((await elsewhere.browser.get(run)).status).toBe(404);
    expect((await elsewhere.browser.post(`${run}/restoration`)).status).toBe(404);

    const back = await browser.post(`${run}/restoration`);
    await app.get(JobsWorker).runDue();
    expect(visibleText(await browser.get(String(back.headers['location'])))).toContain(
      '1,001 invitations restored',
    );
    expect(await alive(account)).toBe(1_004);
  });

  it('goes on after a crash without a second mail to anybody', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await pending(account, 1_001, 'Team');
    await browser.post('/users/invitations', { all: 'matching', q: 'team' });
    const [before] = await app.database.query<{ id: string; payload: string }[]>(
      'SELECT id, payload FROM jobs WHERE accountId = ?',
      [account.id],
    );
    await app.get(JobsWorker).runDue();
    expect(await mailsOf(account)).toBe(1_001);
    // As though nothing of its progress had been saved.
    await app.database.query(`UPDATE jobs SET state = 'waiting', payload = ? WHERE id = ?`, [
      before.payload,
      before.id,
    ]);
    expect(await app.get(JobsWorker).runDue()).toBe(1);
    expect(await mailsOf(account)).toBe(1_001);
  });

  it('stops when whoever asked is no administrator any more', async () => {
    const { account, browser, user } = await app.signedIn({ role: 'admin' });
    await pending(account, 1_001, 'Team');
    await browser.post('/users/invitations/cancellation', { all: 'matching', q: 'team' });
    await app.database.getRepository(User).update(user.id, { role: 'member' });
    await app.get(JobsWorker).runDue();
    expect(await alive(account)).toBe(1_001);
    await app.database.getRepository(User).update(user.id, { role: 'admin' });
    expect(await app.get(JobsWorker).runDue()).toBe(0);
    const [{ id }] = await app.database.query<{ id: string }[]>('SELECT id FROM jobs WHERE accountId = ?', [
      account.id,
    ]);
    const { browser: other } = await app.signedIn({ account, role: 'admin' });
    expect(visibleText(await other.get(`/users/invitations/runs/${id}`))).toContain(
      'It stopped after 0 of 1,001',
    );
  });

  it('says so when nobody matches any more', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await pending(account, 2, 'Other');
    const answer = await browser.post('/users/invitations/cancellation', { all: 'matching', q: 'team' });
    expect(visibleText(await browser.follow(answer))).toContain('Nobody matches any more');
    expect(await alive(account)).toBe(2);
  });

  it('is not for members', async () => {
    const { account, browser } = await app.signedIn({ role: 'member' });
    await pending(account, 2, 'Team');
    for (const path of ['/users/invitations', '/users/invitations/cancellation']) {
      expect((await browser.post(path, { all: 'matching' })).status).toBe(403);
    }
    expect((await browser.get(`/users/invitations/runs/${newId()}`)).status).toBe(403);
    expect(await alive(account)).toBe(2);
    expect(await mailsOf(account)).toBe(0);
  });
});

/** Many at once, in one statement each 500. */
async function pending(account: Account, count: number, familyName: string, invitedAt = new Date(0)) {
  const first = await app.aUser({ account, status: 'pending', familyName, invitedAt });
  const users = app.database.getRepository(User);
  const others = Array.from({ length: count - 1 }, () => {
    const id = newId();
    return users.create({ ...first, id, email: `${id}@example.test` }).rekey();
  });
  for (let from = 0; from < others.length; from += 500) await users.insert(others.slice(from, from + 500));
  await app.database.query(
    `UPDATE user_counters SET people = people + ? WHERE accountId = ? AND status = 'pending'`,
    [count - 1, account.id],
  );
}

/** What the bar of the list posts. */
async function formOf(list: Promise<Answer>): Promise<Record<string, string>> {
  const { text } = await list;
  const bar = text.slice(text.indexOf('class="selection-bar"'));
  const fields = bar
    .slice(0, bar.indexOf('</form>'))
    .matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g);
  return Object.fromEntries([...fields].map(([, name, value]) => [name, plain(value)]));
}

function plain(text: string): string {
  return text.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
}
