import { type Account } from '../../src/accounts/account.entity.js';
import { People } from '../../src/accounts/people.service.js';
import { type User } from '../../src/accounts/user.entity.js';
import { newId, type Id } from '../../src/database/id.js';
import { inTransaction } from '../../src/database/transaction.js';
import { noFacts, operator, type Actor } from '../../src/journal/actor.js';
import { AuditEntry, type Changes } from '../../src/journal/journal.entities.js';
import { Journal } from '../../src/journal/journal.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { field, visibleText, type Answer } from '../support/browser.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

/** One row of the log, as `Journal.audit` would have written it then. */
async function anAct(account: Account, fields: Partial<AuditEntry> = {}): Promise<AuditEntry> {
  const repository = app.database.getRepository(AuditEntry);
  return repository.save(
    repository.create({
      ...{ id: newId(), accountId: account.id, actorId: null, actorName: 'carnet', action: 'users.resend' },
      ...{ targetType: null, targetId: null, targetName: null, batchId: null, details: null },
      ...{ address: null, requestId: null, at: new Date() },
      ...fields,
    }),
  );
}

/** One act on many people, with what it changed of each. */
async function aBulkEdit(account: Account, people: readonly User[], changes: Changes): Promise<Id> {
  return inTransaction(app.database, async (manager) => {
    const journal = app.get(Journal);
    const accountId = account.id;
    const batchId = await journal.begin(manager, { accountId, actorId: null, kind: 'users.edit' });
    const entries = people.map(({ id: subjectId }) => ({
      ...{ subjectId, subjectType: 'user', action: 'changed' as const, changes },
    }));
    await journal.record(manager, batchId, accountId, entries);
    const act = {
      action: 'users.edit',
      targetType: 'user',
      batchId,
      details: { people: people.length, fields: Object.keys(changes) },
    };
    await journal.audit(manager, operator(accountId), noFacts, act);
    return batchId;
  });
}

const actorOf = ({ id, accountId, role, givenName, familyName }: User): Actor => ({
  ...{ id, accountId, role, displayName: `${givenName} ${familyName}` },
});
const hrefsOf = ({ text }: Answer) =>
  [...text.matchAll(/class="table__link" href="\/audit-log\/([^"]+)"/g)].map(([, id]) => id);
const linkTo = ({ text }: Answer, rel: string) =>
  plain(new RegExp(`href="([^"]+)" rel="${rel}"`).exec(text)?.[1] ?? '');
const plain = (html: string) => html.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');

describe('/audit-log', () => {
  it('says who did what to whom, from where, and what was before and after', async () => {
    const { account, browser } = await app.signedIn({
      role: 'admin',
      givenName: 'Grace',
      familyName: 'Hopper',
    });
    const ada = await app.aUser({ account, department: 'Sales' });
    await browser.post(`/users/${ada.id}`, { department: 'Legal' });
    const answer = await browser.get('/audit-log');
    expect(answer.status).toBe(200);
    expect(visibleText(answer)).toMatch(
      /Grace Hopper Person edited Department Before Sales After Legal Ada Lovelace (::ffff:)?127\.0\.0\.1/,
    );
    expect(answer.text).toContain(`<a href="/users/${ada.id}">Ada Lovelace</a>`);
  });

  it('writes moments in the time zone of the reader', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin', timeZone: 'Pacific/Auckland' });
    await anAct(account, { at: new Date('2026-06-30T23:30:00Z') });
    expect(visibleText(await browser.get('/audit-log'))).toContain('1 Jul 2026, 11:30');
  });

  it('calls the operator the command line, and links to nobody', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await anAct(account);
    const answer = await browser.get('/audit-log');
    expect(visibleText(answer)).toContain('Command line (operator) Invitation sent again');
    expect(answer.text).not.toContain('carnet</');
  });

  it('keeps the name of who is gone, and says when even that was erased', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const gone = { targetType: 'user', action: 'users.deactivate' };
    await anAct(account, { ...gone, targetId: newId(), targetName: 'Old Colleague' });
    await anAct(account, { ...gone, targetId: newId(), targetName: '', actorId: newId(), actorName: '' });
    const answer = await browser.get('/audit-log');
    const text = visibleText(answer);
    expect(text).toContain('Deactivated Old Colleague');
    expect(text).toContain('Somebody erased for good Deactivated Somebody erased for good');
    expect(answer.text).not.toMatch(/<a href="\/users\/[^"]+">(Old|Somebody)/);
  });

  it('shows the newest first, 50 a page, and leads on and back', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const acts: AuditEntry[] = [];
    for (let i = 0; i < 60; i++)
      acts.push(await anAct(account, { at: new Date(Date.UTC(2026, 0, 1, 0, i)) }));
    // Two at the same moment, on both sides of the end of a page.
    await app.database.query('UPDATE audit_entries SET at = ? WHERE id IN (?)', [
      ...[new Date(Date.UTC(2026, 0, 1, 0, 10)), [acts[9].id, acts[10].id]],
    ]);
    const newest = [...acts].reverse().map(({ id }) => id);
    const first = await browser.get('/audit-log');
    expect(hrefsOf(first)).toEqual(newest.slice(0, 50));
    const second = await browser.get(linkTo(first, 'next'));
    expect(hrefsOf(second)).toEqual(newest.slice(50));
    expect(hrefsOf(await browser.get(linkTo(second, 'prev')))).toEqual(newest.slice(0, 50));
  });

  it('shows an act it has no words for by its name', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await anAct(account, { action: 'robots.polish', details: { robot: 'R2' } });
    const answer = await browser.get('/audit-log');
    expect(answer.status).toBe(200);
    expect(visibleText(answer)).toContain('robots.polish robot R2');
  });

  it('says so while nothing was done', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    expect(visibleText(await browser.get('/audit-log'))).toContain('Nothing done yet');
  });

  it('is closed to members, and leads visitors to sign in', async () => {
    const { browser } = await app.signedIn();
    expect((await browser.get('/audit-log')).status).toBe(403);
    expect((await browser.get(`/audit-log/${newId()}`)).status).toBe(403);
    expect((await browser.get('/audit-log/export.csv')).status).toBe(403);
    expect((await app.browser().get('/audit-log')).headers['location']).toBe('/login?next=%2Faudit-log');
  });

  it('shows nothing of another account', async () => {
    const other = await app.anAccount();
    const act = await anAct(other, { targetName: 'Stranger', targetId: newId(), targetType: 'user' });
    const { browser } = await app.signedIn({ role: 'owner' });
    expect(hrefsOf(await browser.get('/audit-log'))).toEqual([]);
    expect(hrefsOf(await browser.get(`/audit-log?target=${act.targetId}`))).toEqual([]);
    expect((await browser.get(`/audit-log/${act.id}`)).status).toBe(404);
    expect((await browser.get('/audit-log/nonsense')).status).toBe(404);
  });

  it('escapes what people are called', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await anAct(account, { targetName: '<script>alert(1)</script>', targetId: newId(), targetType: 'user' });
    expect((await browser.get('/audit-log')).text).not.toContain('<script>alert');
  });

  it('tells of an act on many what was changed, not what one of them had before', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const zoe = await app.aUser({ account });
    const other = await app.aUser({ account });
    await aBulkEdit(account, [zoe, other], { department: ['Zoé’s former one', 'Sales'] });
    await anAct(account, { targetType: 'user', targetId: zoe.id, targetName: 'Zoé' });
    const { id: targetId } = account;
    const batchId = await inTransaction(app.database, async (manager) => {
      const id = await app
        .get(Journal)
        .begin(manager, { accountId: targetId, actorId: null, kind: 'settings' });
      const changes: Changes = { phone: ['on', 'none'], auditYears: [null, 5] };
      const subject = { subjectId: targetId, subjectType: 'account', action: 'changed' as const, changes };
      await app.get(Journal).record(manager, id, targetId, [subject]);
      return id;
    });
    await anAct(account, { action: 'settings.save', targetType: 'account', targetId, batchId });
    const text = visibleText(await browser.get('/audit-log'));
    expect(text).toContain('Changed Department');
    expect(text).not.toContain('Zoé’s former one');
    expect(text).toContain('Calling Before on After off for everybody');
    expect(text).toContain('Audit log kept (years) Before empty After 5');
  });
});

describe('The filters of /audit-log', () => {
  it('find by who did it', async () => {
    const { account, user, browser } = await app.signedIn({ role: 'admin' });
    const mine = await anAct(account, { actorId: user.id, actorName: 'Ada Lovelace' });
    const operators = await anAct(account);
    expect(hrefsOf(await browser.get(`/audit-log?who=${user.id}`))).toEqual([mine.id]);
    const answer = await browser.get('/audit-log?who=operator');
    expect(hrefsOf(answer)).toEqual([operators.id]);
    expect(answer.text).toContain('<option value="operator" selected>');
    expect(answer.text).toContain(`<option value="${user.id}">Ada Lovelace</option>`);
  });

  it('find one kind of act, and all that are about the same', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const edit = await anAct(account, { action: 'users.edit', at: new Date('2026-01-01') });
    const role = await anAct(account, { action: 'users.role', at: new Date('2026-01-02') });
    const mail = await anAct(account, { action: 'mail.open', at: new Date('2026-01-03') });
    expect(hrefsOf(await browser.get('/audit-log?action=users.edit'))).toEqual([edit.id]);
    expect(hrefsOf(await browser.get('/audit-log?action=users'))).toEqual([role.id, edit.id]);
    expect(hrefsOf(await browser.get('/audit-log?action=mail'))).toEqual([mail.id]);
    expect(hrefsOf(await browser.get('/audit-log?action=mail.op'))).toEqual([]);
  });

  it('go through the pages of several kinds of act in order', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const acts: AuditEntry[] = [];
    for (let i = 0; i < 55; i++) {
      const action = i % 2 === 0 ? 'users.edit' : 'users.role';
      acts.push(await anAct(account, { action, at: new Date(Date.UTC(2026, 0, 1, 0, i)) }));
    }
    const newest = acts.reverse().map(({ id }) => id);
    const first = await browser.get('/audit-log?action=users');
    expect(hrefsOf(first)).toEqual(newest.slice(0, 50));
    expect(hrefsOf(await browser.get(linkTo(first, 'next')))).toEqual(newest.slice(50));
  });

  it('find whom it was done to by name, e-mail and group, and acts on many of whom they were one', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const zoe = await app.aUser({ account, givenName: 'Zoé', familyName: 'Œuvrard' });
    const others = [await app.aUser({ account }), await app.aUser({ account })];
    const direct = await anAct(account, {
      ...{ targetType: 'user', targetId: zoe.id, targetName: 'Zoé Œuvrard', at: new Date('2026-01-01') },
    });
    const batchId = await aBulkEdit(account, [zoe, ...others], { department: ['A', 'B'] });
    await aBulkEdit(account, others, { department: ['A', 'B'] });
    const bulk = await app.database.getRepository(AuditEntry).findOneByOrFail({ batchId });
    for (const query of ['q=zoe+oeuvrard', `q=${encodeURIComponent(zoe.email)}`, `target=${zoe.id}`])
      expect(hrefsOf(await browser.get(`/audit-log?${query}`))).toEqual([bulk.id, direct.id]);
    expect(hrefsOf(await browser.get('/audit-log?q=nobody'))).toEqual([]);
    expect(hrefsOf(await browser.get('/audit-log?q=%25'))).toEqual([]);
    expect(visibleText(await browser.get(`/audit-log?target=${zoe.id}`))).toContain(
      'Only what concerns Zoé Œuvrard.',
    );
  });

  it('ask for more of a name that fits too many', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin', familyName: 'Admin' });
    const template = await app.aUser({ account, givenName: 'Twin', familyName: 'Martin' });
    for (let i = 0; i < 200; i++) {
      const user = { ...template, id: newId(), email: `twin.${i}@example.test` };
      await app.database.createQueryBuilder().insert().into('users').values(user).execute();
    }
    const answer = await browser.get('/audit-log?q=martin');
    expect(visibleText(answer)).toContain('More than 200 people and groups have this in their name');
    const file = await browser.get('/audit-log/export.csv?q=martin&form=excel');
    expect([file.status, file.headers['location']]).toEqual([303, '/audit-log?q=martin']);
  });

  it('take days as the reader counts them, the last one whole', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin', timeZone: 'Europe/Paris' });
    const at = (moment: string) => anAct(account, { at: new Date(moment) });
    const before = await at('2026-11-20T22:59:59.999Z');
    const first = await at('2026-11-20T23:00:00.000Z');
    const last = await at('2026-11-21T22:59:59.999Z');
    const after = await at('2026-11-21T23:00:00.000Z');
    const found = async (query: string) => hrefsOf(await browser.get(`/audit-log?${query}`));
    expect(await found('from=2026-11-21&to=2026-11-21')).toEqual([last.id, first.id]);
    expect(await found('from=2026-11-21')).toEqual([after.id, last.id, first.id]);
    expect(await found('to=2026-11-20')).toEqual([before.id]);
  });

  it('name a day there is not, and show nothing for it', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    await anAct(account);
    const answer = await browser.get('/audit-log?from=2026-02-31');
    expect(answer.status).toBe(422);
    expect(field(answer, 'from').error).toContain('“2026-02-31” is not a day of the calendar');
    expect(hrefsOf(answer)).toEqual([]);
    const reversed = await browser.get('/audit-log?from=2026-02-02&to=2026-02-01');
    expect(reversed.status).toBe(422);
    expect(field(reversed, 'to').error).toContain('The last day is before the first');
    const file = await browser.get('/audit-log/export.csv?from=yesterday');
    expect([file.status, file.headers['location']]).toEqual([303, '/audit-log?from=yesterday']);
  });

  it('work together, and stay in the addresses of other pages and of the export', async () => {
    const { account, user, browser } = await app.signedIn({ role: 'admin', timeZone: 'UTC' });
    const target = { targetType: 'user', targetId: user.id, targetName: 'Ada Lovelace' };
    const mine = { actorId: user.id, actorName: 'Ada Lovelace' };
    const day = { at: new Date('2026-03-03T12:00:00Z') };
    const wanted = await anAct(account, { ...target, ...mine, ...day, action: 'users.edit' });
    await anAct(account, { ...mine, ...day, action: 'users.edit' });
    await anAct(account, { ...target, ...day, action: 'users.edit' });
    await anAct(account, { ...target, ...mine, ...day, action: 'mail.open' });
    await anAct(account, { ...target, ...mine, action: 'users.edit', at: new Date('2026-03-04T12:00:00Z') });
    const query = `q=ada&who=${user.id}&action=users&from=2026-03-03&to=2026-03-03`;
    const answer = await browser.get(`/audit-log?${query}`);
    expect(hrefsOf(answer)).toEqual([wanted.id]);
    expect(plain(answer.text)).toContain(`href="/audit-log/export.csv?${query}"`);
    expect(visibleText(answer)).toContain('1 act found');
  });

  it('read what is none of ours as absent', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const act = await anAct(account);
    for (const query of ['who=me', 'action=%27--', 'target=1', 'after=AAAA', 'who=a&who=b', 'q[x]=1'])
      expect(hrefsOf(await browser.get(`/audit-log?${query}`))).toEqual([act.id]);
  });
});

describe('/audit-log/:id', () => {
  it('shows every field before and after, the address and the request', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const boss = await app.aUser({ account, givenName: 'Grace', familyName: 'Hopper' });
    const ada = await app.aUser({ account });
    await browser.post(`/users/${ada.id}`, { department: 'Legal', manager: boss.email });
    const [act] = await app.database.getRepository(AuditEntry).findBy({ accountId: account.id });
    const answer = await browser.get(`/audit-log/${act.id}`);
    const text = visibleText(answer);
    expect(text).toContain('Ada Lovelace changed Department Before empty After Legal');
    expect(text).toMatch(/Manager Before empty After Grace Hopper/);
    expect(text).toContain(act.requestId);
    expect(text).toContain(act.at.toISOString());
  });

  it('shows an act on many 50 at a time and says how many they are', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const people: User[] = [];
    for (let i = 0; i < 52; i++)
      people.push(await app.aUser({ account, status: 'pending', familyName: `P${i}` }));
    const batchId = await aBulkEdit(account, people, { department: ['Sales', 'Legal'] });
    const list = await browser.get('/audit-log');
    expect(visibleText(list)).toContain('Person edited Changed Department 52 people');
    const act = await app.database.getRepository(AuditEntry).findOneByOrFail({ batchId });
    const first = await browser.get(`/audit-log/${act.id}`);
    expect(visibleText(first)).toContain('52 people or groups');
    expect(visibleText(first).match(/Before Sales After Legal/g)).toHaveLength(50);
    const second = await browser.get(linkTo(first, 'next'));
    expect(visibleText(second).match(/Before Sales After Legal/g)).toHaveLength(2);
  });

  it('says that values went with a person who was erased for good', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const person = await app.aUser({ account });
    const batchId = await aBulkEdit(account, [person], { department: ['Sales', 'Legal'] });
    await app.database.query('UPDATE journal_entries SET changes = NULL WHERE batchId = ?', [batchId]);
    const act = await app.database.getRepository(AuditEntry).findOneByOrFail({ batchId });
    expect(visibleText(await browser.get(`/audit-log/${act.id}`))).toContain('erased for good');
  });

  it('tells what an act says of itself', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin', language: 'fr' });
    const act = await anAct(account, { action: 'users.export', details: { form: 'excel', searched: true } });
    const text = visibleText(await browser.get(`/audit-log/${act.id}`));
    expect(text).toContain('Liste des personnes exportée');
    expect(text).toContain('Forme pour Excel');
    expect(text).toContain('Recherche par nom oui');
  });

  it('shows the name of somebody who is called otherwise today', async () => {
    const { account, user, browser } = await app.signedIn({ role: 'owner' });
    const person = await app.aUser({ account });
    const act = await anAct(account, { targetType: 'user', targetId: person.id, targetName: 'Ada Byron' });
    const edited = { familyName: 'Lovelace-King' };
    await app.get(People).edit(actorOf(user), noFacts, person.id, 1, edited);
    expect(visibleText(await browser.get(`/audit-log/${act.id}`))).toContain(
      'Ada Byron Called Ada Lovelace-King today',
    );
  });
});
