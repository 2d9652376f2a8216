import { newId } from '../../src/database/id.js';
import { noFacts, operator } from '../../src/journal/actor.js';
import { Journal } from '../../src/journal/journal.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Answer } from '../support/browser.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

/** Titles of the steps that are done. */
function doneIn({ text }: Answer): string[] {
  return [...text.matchAll(/checklist__step--done">\s*<div class="card__head"><h2>([^<]+)/g)].map(
    ([, title]) => title.split(' ').slice(-1)[0] ?? '',
  );
}

describe('/checklist', () => {
  it('has five steps, none of them done for somebody who has just begun', async () => {
    const { browser } = await app.signedIn({ role: 'owner' });
    const answer = await browser.get('/checklist');
    expect(answer.status).toBe(200);
    expect(answer.text.match(/checklist__step"/g)).toHaveLength(5);
    expect(visibleText(answer)).toContain('0 of 5 done');
    expect(visibleText(answer)).toContain('You are the only person so far.');
  });

  it('ticks each step as soon as it is so, and no other', async () => {
    const { account, browser } = await app.signedIn({ role: 'owner' });
    const done = async () => doneIn(await browser.get('/checklist'));
    await app.database.query('UPDATE accounts SET settingsRevision = 1 WHERE id = ?', [account.id]);
    expect(await done()).toEqual(['settings']);
    await app
      .get(Journal)
      .audit(app.database.manager, operator(account.id), noFacts, { action: 'mail.open' });
    expect(await done()).toEqual(['settings', 'arrive']);
    await app.aUser({ account, status: 'pending' });
    expect(await done()).toEqual(['settings', 'arrive', 'in']);
    await app.aUser({ account });
    expect(await done()).toEqual(['settings', 'arrive', 'in', 'arrive']);
    await app.aUser({ account, role: 'admin' });
    const answer = await browser.get('/checklist');
    expect(doneIn(answer)).toHaveLength(5);
    expect(visibleText(answer)).toContain('All 5 steps are done');
  });

  it('takes a step back when it is not so any more', async () => {
    const { account, browser } = await app.signedIn({ role: 'owner' });
    const second = await app.aUser({ account, role: 'owner' });
    expect(doneIn(await browser.get('/checklist'))).toContain('administrator');
    await app.database.query(`UPDATE users SET status = 'deactivated' WHERE id = ?`, [second.id]);
    expect(doneIn(await browser.get('/checklist'))).not.toContain('administrator');
  });

  it('counts nothing of another account', async () => {
    const other = await app.anAccount();
    await app.aUser({ account: other, role: 'owner' });
    await app.get(Journal).audit(app.database.manager, operator(other.id), noFacts, { action: 'mail.open' });
    const { browser } = await app.signedIn({ role: 'admin' });
    expect(doneIn(await browser.get('/checklist'))).toEqual([]);
  });

  it('is put away for the account, undone from the message, and offered again', async () => {
    const { account, browser } = await app.signedIn({ role: 'owner' });
    const other = await app.signedIn({ role: 'admin', account });
    const hidden = await browser.post('/checklist/dismissal');
    expect([hidden.status, hidden.headers['location']]).toEqual([303, '/users']);
    expect((await browser.follow(hidden)).text).toContain('action="/checklist/return"');
    expect((await other.browser.get('/checklist')).text).toContain('Offer this list again');
    await Promise.all([browser.post('/checklist/dismissal'), other.browser.post('/checklist/dismissal')]);
    await other.browser.post('/checklist/return');
    expect((await browser.get('/checklist')).text).toContain('Put this list away');
  });

  it('is closed to members, who are shown no way to it', async () => {
    const { browser } = await app.signedIn();
    expect((await browser.get('/checklist')).status).toBe(403);
    expect((await browser.post('/checklist/dismissal')).status).toBe(403);
    expect((await browser.get('/help')).text).not.toContain('/checklist');
    const admin = await app.signedIn({ role: 'admin' });
    expect((await admin.browser.get('/help')).text.match(/href="\/checklist"/g)).toHaveLength(2);
  });
});

describe('/checklist with a mail server', () => {
  let sending: TestApp;
  beforeAll(async () => {
    sending = await startApp({ env: { SMTP_URL: 'smtp://127.0.0.1:1' } });
  });
  afterAll(() => sending.close());

  it('is done with mail once a server took one', async () => {
    const { account, browser } = await sending.signedIn({ role: 'owner' });
    const { manager } = sending.database;
    const tested = (trouble: string | null) =>
      sending.get(Journal).audit(manager, operator(account.id), noFacts, {
        ...{ action: 'settings.mail-test', targetId: newId(), details: { trouble, answer: '250 ok' } },
      });
    await sending.get(Journal).audit(manager, operator(account.id), noFacts, { action: 'mail.open' });
    await tested('refused');
    expect(doneIn(await browser.get('/checklist'))).toEqual([]);
    await tested(null);
    expect(doneIn(await browser.get('/checklist'))).toEqual(['arrive']);
  });
});
