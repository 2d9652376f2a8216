import { AccountSettings } from '../../src/accounts/account-settings.entity.js';
import { type Account } from '../../src/accounts/account.entity.js';
import { monthsBefore } from '../../src/accounts/call-retention.js';
import { Retentions } from '../../src/accounts/retention.service.js';
import { OverCalls } from '../../src/calls/retention/over-calls.service.js';
import { firstIdOf } from '../../src/database/new-id.js';
import { newId } from '../../src/database/id.js';
import { ImportWork } from '../../src/imports/import-work.service.js';
import { AuditEntry } from '../../src/journal/journal.entities.js';
import { Mail } from '../../src/mail/mail.entity.js';
import { aReport, caller, report } from '../calls/reported.js';
import { startApp, type TestApp } from '../support/app.js';
import { field, visibleText, type Answer } from '../support/browser.js';

const DAY_MS = 86_400_000;

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const admin = () => app.signedIn({ role: 'admin' });
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS);
const hidden = (answer: Answer, name: string) =>
  new RegExp(`<input type="hidden" name="${name}" value="([^"]*)"`).exec(answer.text)?.[1] ?? '';

async function anEntry({ id: accountId }: Account, days: number): Promise<string> {
  const id = newId();
  await app.database.getRepository(AuditEntry).insert({
    ...{
      id,
      accountId,
      actorId: null,
      actorName: 'carnet',
      action: 'users.add',
      targetType: null,
      targetId: null,
    },
    ...{ targetName: null, batchId: null, details: null, address: null, requestId: null, at: daysAgo(days) },
  });
  return id;
}

async function aMail(
  { id: accountId }: Account,
  days: number,
  state: Mail['state'] = 'kept',
): Promise<string> {
  // The id says when it was written.
  const id = firstIdOf(Number(daysAgo(days))).slice(0, 24) + newId().slice(24);
  await app.database.query(
    `INSERT INTO mails (id, accountId, toAddress, toName, template, language, \`values\`, onceKey, state, runAt, createdAt)
     VALUES (?, ?, 'ada@example.test', 'Ada', 'test', 'en', '{}', ?, ?, ?, ?)`,
    [id, accountId, newId(), state, daysAgo(days), daysAgo(days)],
  );
  return id;
}

const entriesOf = async ({ id }: Account, ids: string[]) =>
  (await app.database.getRepository(AuditEntry).findBy({ accountId: id }))
    .map((entry) => entry.id)
    .filter((each) => ids.includes(each));
const mailsOf = async ({ id }: Account) =>
  (await app.database.getRepository(Mail).findBy({ accountId: id })).map((mail) => mail.id).sort();
/** The day a shortened retention waits is over. */
const letWaitPass = ({ id: accountId }: Account) =>
  app.database.getRepository(AccountSettings).update({ accountId }, { retentionFrom: daysAgo(0) });

describe('a shorter retention', () => {
  it('says what it will erase, erases it a day later, and nothing of another company', async () => {
    const { account, browser } = await admin();
    const other = await app.anAccount();
    const [old, edge, young] = [
      await anEntry(account, 800),
      await anEntry(account, 729.5),
      await anEntry(account, 700),
    ];
    const elsewhere = await anEntry(other, 800);
    const [oldMail, waiting, youngMail] = [
      await aMail(account, 9),
      await aMail(account, 9, 'waiting'),
      await aMail(account, 3),
    ];
    const otherMail = await aMail(other, 9);
    const change = { auditYears: '2', mailDays: '7', importDays: '30' };
    const asked = await browser.post('/settings/retention', change);
    expect(asked.status).toBe(200);
    const text = visibleText(asked);
    // One is not yet two years old, but will be when the day has passed.
    expect(text).toContain('2 entries of the audit log older than 2 years are erased.');
    expect(text).toContain('1 mail older than 7 days is erased.');
    const answer = await browser.post('/settings/retention', {
      ...change,
      revision: hidden(asked, 'revision'),
      confirmed: 'on',
      counted: hidden(asked, 'counted'),
    });
    expect(answer.status).toBe(303);
    await app.get(Retentions).sweep();
    expect(await entriesOf(account, [old, edge, young])).toHaveLength(3);
    expect(await mailsOf(account)).toHaveLength(3);
    await letWaitPass(account);
    await app.get(Retentions).sweep();
    expect((await entriesOf(account, [old, edge, young])).sort()).toEqual([edge, young].sort());
    expect(await mailsOf(account)).toEqual([waiting, youngMail].sort());
    expect(await mailsOf(account)).not.toContain(oldMail);
    expect(await entriesOf(other, [elsewhere])).toEqual([elsewhere]);
    expect(await mailsOf(other)).toEqual([otherMail]);
  });

  it('can be undone before it has erased anything', async () => {
    const { account, browser } = await admin();
    const old = await anEntry(account, 800);
    const asked = await browser.post('/settings/retention', { auditYears: '1' });
    const saved = await browser.post('/settings/retention', {
      ...{
        auditYears: '1',
        revision: hidden(asked, 'revision'),
        confirmed: 'on',
        counted: hidden(asked, 'counted'),
      },
    });
    const page = await browser.follow(saved);
    await browser.post(/action="(\/settings\/saves\/[^"]+)"/.exec(page.text)?.[1] ?? '');
    expect(visibleText(await browser.get('/settings'))).not.toContain('Nothing is erased before');
    await letWaitPass(account);
    await app.get(Retentions).sweep();
    expect(await entriesOf(account, [old])).toEqual([old]);
  });

  it('is saved at once when there is nothing to erase', async () => {
    const { account, browser } = await admin();
    expect((await browser.post('/settings/retention', { auditYears: '5' })).status).toBe(303);
    const stored = await app.database
      .getRepository(AccountSettings)
      .findOneByOrFail({ accountId: account.id });
    expect(stored.auditYears).toBe(5);
    expect(Number(stored.retentionFrom)).toBeGreaterThan(Date.now());
    expect(visibleText(await browser.get('/settings'))).toContain('Nothing is erased before');
  });

  it('erases more than one batch', async () => {
    const { account, browser } = await admin();
    await browser.post('/settings/retention', { auditYears: '1' });
    await letWaitPass(account);
    await app.database.query(
      `INSERT INTO audit_entries (id, accountId, actorName, action, at)
       VALUES ${Array.from({ length: 2500 }, () => '(?, ?, ?, ?, ?)').join(', ')}`,
      Array.from({ length: 2500 }, () => [newId(), account.id, 'carnet', 'users.add', daysAgo(400)]).flat(),
    );
    await app.get(Retentions).sweep();
    const left = await app.database.getRepository(AuditEntry).findBy({ accountId: account.id });
    expect(left.map(({ action }) => action)).toEqual(['settings.save']);
  });
});

describe('days of retention', () => {
  it.each(['0', '31', '-1', '1.5', 'many', ''])('are refused as “%s”', async (days) => {
    const { browser } = await admin();
    const answer = await browser.post('/settings/retention', { mailDays: days });
    expect([answer.status, field(answer, 'mailDays').error]).toEqual([
      422,
      'Enter a number of days from 1 to 30',
    ]);
  });

  it('of the audit log are those offered', async () => {
    const { browser } = await admin();
    expect((await browser.post('/settings/retention', { auditYears: '0' })).status).toBe(422);
    expect((await browser.post('/settings/retention', { auditYears: '4' })).status).toBe(422);
  });
});

describe('fewer months for calls', () => {
  it('are warned of, wait a day, and then erase the older ones of this company alone', async () => {
    const { account, browser } = await admin();
    const [old, young] = [daysAgo(100), daysAgo(20)];
    const [ada, stranger] = [await app.aUser({ ...caller, account }), await app.aUser(caller)];
    for (const user of [ada, stranger])
      await report(app, user.accountId, ...[old, young].map((startedAt) => aReport(user, { startedAt })));
    const change = { callMonths: '3' };
    const asked = await browser.post('/settings/retention', change);
    expect(visibleText(asked)).toContain('1 call older than 3 months is erased.');
    const counted = hidden(asked, 'counted');
    await browser.post('/settings/retention', { ...change, confirmed: 'on', counted });
    const callsOf = async (userId: string) =>
      (await app.database.query<unknown[]>('SELECT 1 FROM calls WHERE userId = ?', [userId])).length;
    await app.get(OverCalls).sweep();
    expect(await callsOf(ada.id)).toBe(2);
    await letWaitPass(account);
    await app.get(OverCalls).sweep();
    expect([await callsOf(ada.id), await callsOf(stranger.id)]).toEqual([1, 2]);
    expect((await browser.post('/settings/retention', { callMonths: '2' })).status).toBe(422);
  });
});

describe('a question about what grows old by the minute', () => {
  it('is not asked again because a minute passed', async () => {
    const { account, browser } = await admin();
    const ada = await app.aUser({ ...caller, account });
    // Half a minute before it counts, half a minute after.
    const near = monthsBefore(new Date(Date.now() + DAY_MS), 3).getTime() + 30_000;
    await report(app, account.id, aReport(ada, { startedAt: new Date(near) }));
    const asked = await browser.post('/settings/retention', { callMonths: '3' });
    await app.database.query('UPDATE calls SET startedAt = ? WHERE userId = ?', [
      ...[new Date(near - 60_000), ada.id],
    ]);
    const counted = hidden(asked, 'counted');
    const saved = await browser.post('/settings/retention', { callMonths: '3', confirmed: 'on', counted });
    expect(saved.status).toBe(303);
  });
});

describe('fewer days for imported files', () => {
  it('end their raw data and nothing else, for this company alone', async () => {
    const { account, browser } = await admin();
    const other = await app.anAccount();
    const [done, waiting, running, young, elsewhere] = [
      await anImport(account, 9, 'done'),
      await anImport(account, 9, 'checked'),
      await anImport(account, 9, 'importing'),
      await anImport(account, 3, 'done'),
      await anImport(other, 9, 'done'),
    ];
    const change = { importDays: '7' };
    const asked = await browser.post('/settings/retention', change);
    expect(visibleText(asked)).toContain('The raw data of 2 imports older than 7 days is erased.');
    const counted = hidden(asked, 'counted');
    await browser.post('/settings/retention', { ...change, confirmed: 'on', counted });
    await app.get(ImportWork).purge();
    expect(await withRawData(account)).toEqual([done, waiting, running, young].sort());
    await letWaitPass(account);
    await app.get(ImportWork).purge();
    expect(await withRawData(account)).toEqual([running, young].sort());
    expect(await withRawData(other)).toEqual([elsewhere]);
    const states = await app.database.query<{ id: string; state: string }[]>(
      'SELECT id, state FROM imports WHERE accountId = ?',
      [account.id],
    );
    expect(new Map(states.map(({ id, state }) => [id, state]))).toEqual(
      new Map([
        [done, 'done'],
        [waiting, 'cancelled'],
        [running, 'importing'],
        [young, 'done'],
      ]),
    );
  });
});

async function anImport({ id: accountId }: Account, days: number, state: string): Promise<string> {
  const id = firstIdOf(Number(daysAgo(days))).slice(0, 24) + newId().slice(24);
  await app.database.query(
    `INSERT INTO imports (id, accountId, kind, state, fileName, createdAt) VALUES (?, ?, 'users', ?, 'people.csv', ?)`,
    [id, accountId, state, daysAgo(days)],
  );
  await app.database.query(
    `INSERT INTO import_batches (importId, batch, accountId, readingNumber, firstLine, rowCount, counts, \`rows\`, written)
     VALUES (?, 0, ?, 1, 2, 1, '{}', '[]', 1)`,
    [id, accountId],
  );
  return id;
}

async function withRawData({ id }: Account): Promise<string[]> {
  const rows = await app.database.query<{ importId: string }[]>(
    'SELECT DISTINCT importId FROM import_batches WHERE accountId = ? ORDER BY importId',
    [id],
  );
  return rows.map(({ importId }) => importId);
}
