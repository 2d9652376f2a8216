import { type Account } from '../../src/accounts/account.entity.js';
import { cycleText, managementCycle } from '../../src/accounts/management-chain.js';
import { type User } from '../../src/accounts/user.entity.js';
import { Words } from '../../src/web/words.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Browser } from '../support/browser.js';
import { aChatGroup, listed, offered } from './listed.js';

let app: TestApp;
let account: Account;
let member: Browser;
let admin: Browser;
let boss: User;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  account = await app.anAccount();
  member = await app.browserOf(await app.aUser({ account, givenName: 'Max', familyName: 'Member' }));
  admin = await app.browserOf(await app.aUser({ account, role: 'admin', familyName: 'Admin' }));
  boss = await app.aUser({ account, givenName: 'Bea', familyName: 'Boss' });
});

const report = (givenName: string, fields: Partial<User> = {}) =>
  app.aUser({ account, givenName, familyName: 'Report', managerId: boss.id, ...fields });

async function managedBy(person: User, manager: User) {
  await app.database.query('UPDATE users SET managerId = ? WHERE id = ?', [manager.id, person.id]);
}

describe('the card of a manager', () => {
  it('lists who reports to them by name, active people alone', async () => {
    await report('Zoe');
    await report('Ann');
    await report('Pia', { status: 'pending' });
    const card = visibleText(await member.get(`/contacts/${boss.id}`));
    expect(card).toMatch(/2 direct reports.*Ann Report.*Zoe Report/);
    expect(card).not.toContain('Pia');
  });

  it('says nothing of reports where there are none', async () => {
    expect(visibleText(await member.get(`/contacts/${boss.id}`))).not.toContain('direct report');
  });

  it('leads from the first fifty to all of them', async () => {
    await Promise.all(Array.from({ length: 53 }, (_, i) => report(`R${i}`, { status: 'active' })));
    const card = await member.get(`/contacts/${boss.id}`);
    expect(visibleText(card)).toMatch(/53 direct reports.*and 3 more/);
    expect(card.text).toContain(`/contacts?manager&#x3D;${boss.id}`);
    const list = await member.get(`/contacts?manager=${boss.id}`);
    expect(listed(list)).toHaveLength(50);
    expect(offered(list, 'manager')).toEqual(['Bea Boss']);
    expect(listed(await member.get(`/contacts?manager=${boss.id}&q=r52`))).toEqual(['R52 Report']);
  });

  it('neither lists nor counts reports the reader does not find', async () => {
    const [hidden] = [await report('Hugo'), await report('Rita')];
    await aChatGroup(app, account.id, { name: 'Secret', kind: 'restricted', members: [hidden, boss] });
    await aChatGroup(app, account.id, { name: 'Open', kind: 'normal', members: [boss] });
    await app.database.query('DELETE FROM chat_group_members WHERE userId = ?', [boss.id]);
    await app.database.query('UPDATE users SET restricted = 0 WHERE id = ?', [boss.id]);
    const card = visibleText(await member.get(`/contacts/${boss.id}`));
    expect(card).toMatch(/1 direct report .*Rita Report/);
    expect(card).not.toContain('Hugo');
    expect(listed(await member.get(`/contacts?manager=${boss.id}`))).toEqual(['Rita Report']);
  });

  it('lists nobody by a manager the reader does not find, and does not name them', async () => {
    await report('Rita');
    await aChatGroup(app, account.id, { name: 'Secret', kind: 'restricted', members: [boss] });
    const list = await member.get(`/contacts?manager=${boss.id}`);
    expect(listed(list)).toEqual([]);
    expect(list.text).not.toContain('Bea');
    expect(visibleText(list)).toContain('Somebody you do not find');
    const self = await app.browserOf(boss);
    expect(listed(await self.get(`/contacts?manager=${boss.id}`))).toEqual(['Rita Report']);
  });

  it('takes nonsense and other companies’ people for a manager of nobody', async () => {
    const stranger = await app.aUser({ givenName: 'Stan' });
    for (const id of ['nonsense', stranger.id, '%27'])
      expect(listed(await member.get(`/contacts?manager=${id}`))).toEqual([]);
  });
});

describe('managers in a circle', () => {
  it.each([1, 2, 3, 5])('of %i break no card, and administrators are told', async (size) => {
    const people = [boss];
    for (let i = 1; i < size; i++) people.push(await app.aUser({ account, givenName: `Ring${i}` }));
    for (const [i, person] of people.entries()) await managedBy(person, people[(i + 1) % size]!);
    for (const { id } of people) {
      expect((await member.get(`/contacts/${id}`)).status).toBe(200);
      expect((await admin.get(`/users/${id}`)).status).toBe(200);
    }
    const cycle = await managementCycle(app.database.manager, account.id, boss.id);
    expect(cycle.map(({ id }) => id)).toEqual(people.map(({ id }) => id));
    const text = cycleText(Words.for('en'), cycle)!;
    expect(text).toContain('Bea Boss');
    const card = await admin.get(`/contacts/${boss.id}`);
    expect(visibleText(card)).toContain(text);
    expect(card.text).toContain(`/users/${boss.id}/edit`);
    expect(visibleText(await member.get(`/contacts/${boss.id}`))).not.toContain(text);
  });

  it('are named as a pair', async () => {
    const grace = await app.aUser({ account, givenName: 'Grace', familyName: 'Hopper', managerId: boss.id });
    await managedBy(boss, grace);
    expect(visibleText(await admin.get(`/contacts/${grace.id}`))).toContain(
      'Grace Hopper and Bea Boss are each other’s manager.',
    );
  });

  it('are no matter of who reports into one, or of a chain without', async () => {
    const grace = await app.aUser({ account, managerId: boss.id });
    await managedBy(boss, grace);
    const below = await app.aUser({ account, managerId: grace.id });
    expect(await managementCycle(app.database.manager, account.id, below.id)).toEqual([]);
    const top = await app.aUser({ account });
    const under = await app.aUser({ account, managerId: top.id });
    expect(await managementCycle(app.database.manager, account.id, under.id)).toEqual([]);
  });

  it('are not told on a card when one of them is hidden from the administrator', async () => {
    const hugo = await app.aUser({ account, givenName: 'Hugo', familyName: 'Hidden', managerId: boss.id });
    await managedBy(boss, hugo);
    await aChatGroup(app, account.id, { name: 'Secret', kind: 'restricted', members: [hugo] });
    expect(visibleText(await admin.get(`/contacts/${boss.id}`))).not.toContain('Hugo');
  });
});
