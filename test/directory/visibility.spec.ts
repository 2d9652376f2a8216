import { type Account } from '../../src/accounts/account.entity.js';
import { type ChatGroup } from '../../src/accounts/group.entities.js';
import { GroupMembers } from '../../src/accounts/group-members.service.js';
import { type User } from '../../src/accounts/user.entity.js';
import { newId } from '../../src/database/id.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Browser } from '../support/browser.js';
import { aChatGroup, listed, offered } from './listed.js';

let app: TestApp;
let account: Account;
let outsider: Browser;
let member: Browser;
let hidden: User;
let insider: User;
let secret: ChatGroup;
let reportOfHidden: User;

/** Hugo is in a restricted group with Ines only; Otto is in no group of theirs; Rita's manager is Hugo. */
beforeAll(async () => {
  app = await startApp();
  account = await app.anAccount();
  hidden = await app.aUser({
    account,
    givenName: 'Hugo',
    familyName: 'Hidden',
    department: 'Secret Projects',
    location: 'Bunker',
    workPhone: '+33140205051',
  });
  insider = await app.aUser({ account, givenName: 'Ines', familyName: 'Inside', department: 'Sales' });
  const otto = await app.aUser({
    account,
    givenName: 'Otto',
    familyName: 'Outside',
    department: 'Sales',
    location: 'Paris',
  });
  reportOfHidden = await app.aUser({
    account,
    givenName: 'Rita',
    familyName: 'Reports',
    managerId: hidden.id,
  });
  secret = await aChatGroup(app, account.id, {
    name: 'Skunkworks',
    kind: 'restricted',
    members: [hidden, insider],
  });
  await aChatGroup(app, account.id, { name: 'Tennis', kind: 'normal', members: [insider, otto, hidden] });
  await aChatGroup(app, account.id, { name: 'Everybody', kind: 'shared', members: [hidden, insider] });
  await aChatGroup(app, account.id, { name: 'Chess', kind: 'normal', members: [insider] });
  outsider = await app.browserOf(otto);
  member = await app.browserOf(insider);
});
afterAll(() => app.close());

describe('somebody in a restricted group', () => {
  it('is listed to those who share it and to nobody else', async () => {
    expect(listed(await member.get('/contacts'))).toEqual([
      'Hugo Hidden',
      'Ines Inside',
      'Otto Outside',
      'Rita Reports',
    ]);
    expect(listed(await outsider.get('/contacts'))).toEqual(['Otto Outside', 'Rita Reports']);
  });

  it('is counted only for them', async () => {
    expect(visibleText(await member.get('/contacts'))).toContain('4 people');
    expect(visibleText(await outsider.get('/contacts'))).toContain('2 people');
  });

  it.each(['hugo', 'Hugo Hidden', '0140205051', 'secret projects'])(
    'is not found by others: %s',
    async (q) => {
      expect(listed(await member.get(`/contacts?q=${encodeURIComponent(q)}`))).toEqual(['Hugo Hidden']);
      expect(listed(await outsider.get(`/contacts?q=${encodeURIComponent(q)}`))).toEqual([]);
    },
  );

  it('gives no department or location away that only they have', async () => {
    expect(offered(await member.get('/contacts'), 'department')).toEqual(['Sales', 'Secret Projects']);
    expect(offered(await outsider.get('/contacts'), 'department')).toEqual(['Sales']);
    expect(offered(await member.get('/contacts'), 'location')).toEqual(['Bunker', 'Paris']);
    expect(offered(await outsider.get('/contacts'), 'location')).toEqual(['Paris']);
    expect(listed(await outsider.get('/contacts?department=Secret+Projects'))).toEqual([]);
  });

  it('is left out of groups that others see', async () => {
    const tennis = offered(await outsider.get('/contacts'), 'group');
    expect(tennis).toEqual(['Everybody', 'Tennis']);
    const [shared] = await app.database.query<{ id: string }[]>(
      "SELECT id FROM chat_groups WHERE name = 'Tennis'",
    );
    expect(listed(await outsider.get(`/contacts?group=${shared.id}`))).toEqual(['Otto Outside']);
    expect(listed(await member.get(`/contacts?group=${shared.id}`))).toHaveLength(3);
  });

  it('has no page, card or code for others, like nobody at all', async () => {
    for (const end of ['', '/card.vcf', '/qr.svg']) {
      expect((await member.get(`/contacts/${hidden.id}${end}`)).status).toBe(200);
      expect((await outsider.get(`/contacts/${hidden.id}${end}`)).status).toBe(404);
    }
    const [refused, unknown] = await Promise.all([
      outsider.get(`/contacts/${hidden.id}`),
      outsider.get(`/contacts/${newId()}`),
    ]);
    const words = (text: string) => text.replace(/Request\s\S+/g, '');
    expect(words(visibleText(refused))).toBe(words(visibleText(unknown)));
  });

  it('is not named as a manager to others', async () => {
    expect(visibleText(await member.get(`/contacts/${reportOfHidden.id}`))).toContain('Hugo Hidden');
    expect((await outsider.get(`/contacts/${reportOfHidden.id}`)).text).not.toContain('Hugo');
  });

  it('finds themselves and everybody who is in no restricted group', async () => {
    const self = await app.browserOf(hidden);
    expect(listed(await self.get('/contacts'))).toHaveLength(4);
    expect((await self.get(`/contacts/${hidden.id}`)).status).toBe(200);
  });

  it('is found by somebody of another restricted group only when they share one', async () => {
    const loner = await app.aUser({ account, givenName: 'Lena', familyName: 'Loner' });
    await aChatGroup(app, account.id, { name: 'Board', kind: 'restricted', members: [loner] });
    const browser = await app.browserOf(loner);
    expect(listed(await browser.get('/contacts'))).toEqual(['Lena Loner', 'Otto Outside', 'Rita Reports']);
    expect(visibleText(await browser.get('/contacts'))).toContain('3 people');
  });
});

describe('somebody who comes into a restricted group', () => {
  it('finds its people from the next page on, and no longer than they are in it', async () => {
    const owner = await app.aUser({ account, role: 'owner', givenName: 'Olga', familyName: 'Owner' });
    const newcomer = await app.aUser({ account, givenName: 'Nina', familyName: 'Newcomer' });
    const browser = await app.browserOf(newcomer);
    const members = app.get(GroupMembers);
    const facts = { address: null, requestId: null };
    const hugo = async () => listed(await browser.get('/contacts?q=hugo'));
    const people = async () =>
      Number(/(\d+) people/.exec(visibleText(await browser.get('/contacts')))?.[1] ?? 0);

    const before = await people();
    expect(await hugo()).toEqual([]);
    await members.add(owner, facts, 'chatGroups', secret.id, [newcomer.id]);
    expect(await hugo()).toEqual(['Hugo Hidden']);
    expect(await people()).toBe(before + 2);
    expect((await browser.get(`/contacts/${hidden.id}`)).status).toBe(200);
    await members.take(owner, facts, 'chatGroups', secret.id, [newcomer.id]);
    expect(await hugo()).toEqual([]);
    expect(await people()).toBe(before);
    expect((await browser.get(`/contacts/${hidden.id}`)).status).toBe(404);
  });
});

describe('a chat group', () => {
  it('is offered to all when shared, else to its members', async () => {
    expect(offered(await member.get('/contacts'), 'group')).toEqual([
      'Chess',
      'Everybody',
      'Skunkworks',
      'Tennis',
    ]);
    expect(offered(await outsider.get('/contacts'), 'group')).toEqual(['Everybody', 'Tennis']);
  });

  it('lists nobody to those it is not shown to', async () => {
    expect(listed(await member.get(`/contacts?group=${secret.id}`))).toEqual(['Hugo Hidden', 'Ines Inside']);
    expect(listed(await outsider.get(`/contacts?group=${secret.id}`))).toEqual([]);
  });

  it('stands on a card only when the reader is shown it', async () => {
    const { id } = await app.aUser({ account, givenName: 'Gina', familyName: 'Groups' });
    const [chess] = await app.database.query<{ id: string }[]>(
      "SELECT id FROM chat_groups WHERE name = 'Chess'",
    );
    await app.database.query('INSERT INTO chat_group_members (groupId, userId, accountId) VALUES (?, ?, ?)', [
      chess.id,
      id,
      account.id,
    ]);
    expect(visibleText(await member.get(`/contacts/${id}`))).toContain('Chess');
    expect(visibleText(await outsider.get(`/contacts/${id}`))).not.toContain('Chess');
  });
});
