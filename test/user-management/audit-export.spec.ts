import { type Account } from '../../src/accounts/account.entity.js';
import { type User } from '../../src/accounts/user.entity.js';
import { newId } from '../../src/database/id.js';
import { inTransaction } from '../../src/database/transaction.js';
import { noFacts, operator } from '../../src/journal/actor.js';
import { AuditEntry, type Changes } from '../../src/journal/journal.entities.js';
import { Journal, type NewEntry } from '../../src/journal/journal.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { type Browser } from '../support/browser.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

/** An act with these entries, by the operator. */
async function anAct(account: Account, entries: NewEntry[], act: { targetId?: string } = {}): Promise<void> {
  await inTransaction(app.database, async (manager) => {
    const journal = app.get(Journal);
    const accountId = account.id;
    const batchId = await journal.begin(manager, { accountId, actorId: null, kind: 'users.edit' });
    await journal.record(manager, batchId, accountId, entries);
    await journal.audit(manager, operator(accountId), noFacts, { action: 'users.edit', batchId, ...act });
  });
}

const entryOf = (subjectId: string, changes: Changes): NewEntry => ({
  ...{ subjectId, subjectType: 'user', action: 'changed', changes },
});

/** Rows of the plain form; none of these values holds a comma, a quote or a line break. */
async function linesOf(browser: Browser, query = ''): Promise<string[][]> {
  const answer = await browser.download(`/audit-log/export.csv${query}`);
  expect(answer.status).toBe(200);
  const lines = answer.body.toString('utf8').slice(1).split('\r\n').slice(0, -1);
  return lines.map((line: string) => line.split(','));
}

describe('/audit-log/export.csv', () => {
  it('has a line for each changed field, with who, whom, address and request', async () => {
    const { account, user, browser } = await app.signedIn({ role: 'admin', givenName: 'Grace' });
    const ada = await app.aUser({ account, department: 'Sales' });
    await browser.post(`/users/${ada.id}`, { department: 'Legal', jobTitle: 'Counsel' });
    const act = await app.database.getRepository(AuditEntry).findOneByOrFail({ accountId: account.id });
    const common = [act.at.toISOString(), 'Grace Lovelace', user.id, 'Person edited', 'Ada Lovelace', ada.id];
    expect(await linesOf(browser)).toEqual([
      [
        'Date',
        'Who',
        'Who ID',
        'Action',
        'Target',
        'Target ID',
        'Field',
        'Before',
        'After',
        'Address',
        'Request ID',
      ],
      [...common, 'Job title', '', 'Counsel', act.address, act.requestId],
      [...common, 'Department', 'Sales', 'Legal', act.address, act.requestId],
    ]);
  });

  it('has every person of an act on many, more than are read at once, and the acts around it', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const one = (name: string) => entryOf(newId(), { department: [null, name] });
    await anAct(account, [one('before')]);
    await anAct(
      account,
      Array.from({ length: 4_100 }, (_, i) => one(`many ${i}`)),
    );
    await anAct(account, [one('after')]);
    const lines = await linesOf(browser);
    const values = lines.slice(1).map((cells) => cells[8]);
    expect(values).toHaveLength(4_102);
    expect([values[0], values[1], values[4_100], values[4_101]]).toEqual([
      ...['after', 'many 0', 'many 4099', 'before'],
    ]);
    expect(new Set(values).size).toBe(4_102);
  });

  it('holds what is filtered, and nothing of another account', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const [zoe, ada]: User[] = [
      await app.aUser({ account, givenName: 'Zoé', familyName: 'B' }),
      await app.aUser({ account }),
    ];
    const other = await app.aUser({ givenName: 'Zoé', familyName: 'B' });
    for (const { id } of [zoe, ada]) await anAct(account, [entryOf(id, { location: [null, id] })]);
    await anAct({ id: other.accountId } as Account, [entryOf(other.id, { location: [null, 'away'] })]);
    const found = (await linesOf(browser, '?q=zoe')).slice(1).map((cells) => cells[8]);
    expect(found).toEqual([zoe.id]);
  });

  it('runs no formulas', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await anAct(account, [entryOf(newId(), { jobTitle: ['@SUM(A1)', '=cmd|calc'] })]);
    const { body } = await browser.download('/audit-log/export.csv');
    expect(body.toString('utf8')).toContain(`,'@SUM(A1),'=cmd|calc,`);
  });

  it('opens right in French Excel', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin', language: 'fr' });
    await anAct(account, [entryOf(newId(), { mobilePhone: [null, '+33612345678'] })]);
    const answer = await browser.download('/audit-log/export.csv?form=excel');
    const [head, first] = answer.body.toString('utf8').slice(1).split('\r\n');
    expect(head).toContain('Date;Qui;ID de qui;Action;Cible');
    expect(first).toContain(';Ligne de commande (opérateur);;Fiche modifiée;');
    expect(answer.headers['content-disposition']).toMatch(/"journal-audit-\d{4}-\d\d-\d\d\.csv"/);
  });

  it('is itself in the log, with its filters but not with the name that was looked for', async () => {
    const { account, user, browser } = await app.signedIn({ role: 'admin' });
    await browser.download('/audit-log/export.csv?q=ada&who=operator&from=2026-01-01&form=excel');
    const [row] = await app.database.getRepository(AuditEntry).findBy({ accountId: account.id });
    expect(row).toMatchObject({
      ...{ actorId: user.id, action: 'audit-log.export' },
      details: { form: 'excel', who: 'operator', from: '2026-01-01', searched: true },
    });
    expect(JSON.stringify(row.details)).not.toContain('ada');
    expect((await linesOf(browser)).at(-1)?.[3]).toBe('Audit log exported');
  });
});
