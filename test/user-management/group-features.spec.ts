import { type Account } from '../../src/accounts/account.entity.js';
import { featuresOf, type Feature, type GroupFeatures } from '../../src/accounts/features.js';
import { GroupMembers } from '../../src/accounts/group-members.service.js';
import { Groups } from '../../src/accounts/groups.service.js';
import { noFacts, operator } from '../../src/journal/actor.js';
import { type User } from '../../src/accounts/user.entity.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Browser } from '../support/browser.js';

let app: TestApp;
let account: Account;
let browser: Browser;

beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  account = await app.anAccount();
  browser = await app.browserOf(await app.aUser({ account, role: 'admin' }));
});
afterAll(() => app.close());

let made = 0;
/** A user group of these people with these values, made as the pages make it. */
async function aGroup(features: GroupFeatures, ...people: User[]): Promise<string> {
  const groups = app.get(Groups);
  const actor = operator(account.id);
  const id = await groups.create(actor, noFacts, 'userGroups', { name: `Group ${++made}` });
  await groups.setFeatures(actor, noFacts, id, { features, revision: 1 });
  await app.get(GroupMembers).add(
    actor,
    noFacts,
    'userGroups',
    id,
    people.map((each) => each.id),
  );
  return id;
}

async function featureOf(user: User, feature: Feature): Promise<boolean | undefined> {
  return (await featuresOf(app.database.manager, account.id, [user.id])).get(user.id)?.[feature];
}

/** The four features as a form posts them. */
const posted = (values: Partial<Record<Feature, string>>) =>
  (['phone', 'external-contacts', 'integrations', 'personal-contacts'] as const).map(
    (feature) => `${feature}:${values[feature] ?? 'unset'}`,
  );

const groupFeatures = async () =>
  (
    await app.database.query<{ n: number }[]>('SELECT groupFeatures AS n FROM accounts WHERE id = ?', [
      account.id,
    ])
  )[0]?.n;

describe('what a user group decides', () => {
  const off = { on: false, locked: false };
  const on = { on: true, locked: false };
  const lockedOff = { on: false, locked: true };
  const lockedOn = { on: true, locked: true };

  it.each<[string, { groups: (typeof off)[]; own?: boolean; expected: boolean }]>([
    ['nothing decided: the default', { groups: [], expected: true }],
    ['off in a group', { groups: [off], expected: false }],
    ['off beats on between groups', { groups: [on, off], expected: false }],
    ['own choice beats an unlocked group', { groups: [off], own: true, expected: true }],
    ['a locked group beats an own choice', { groups: [lockedOff], own: true, expected: false }],
    ['locked on beats unlocked off and own off', { groups: [lockedOn, off], own: false, expected: true }],
    ['locked off beats locked on', { groups: [lockedOn, lockedOff], own: true, expected: false }],
  ])('reaches session and counts alike: %s', async (_, { groups, own, expected }) => {
    const features = own === undefined ? null : { phone: own };
    const user = await app.aUser({ account, type: 'licensed', features });
    // The account's default of calling is off: it is switched on to tell "default" from "off".
    await app.database.query(
      `UPDATE accounts SET features = REPLACE(features, '"phone":{"allowed":true,"on":false}', '"phone":{"allowed":true,"on":true}') WHERE id = ?`,
      [account.id],
    );
    for (const value of groups) await aGroup({ phone: value }, user);
    await app.aUser({ account, email: `x${++made}@example.test` });
    const colleague = await app.aUser({ account, workPhone: '+33140205051' });
    const page = await (await app.browserOf(user)).get(`/contacts/${colleague.id}`);
    expect(page.text.includes('href="tel:')).toBe(expected);
    expect(await featureOf(user, 'phone')).toBe(expected);
  });

  it('does not pass what the company has switched off', async () => {
    const user = await app.aUser({ account });
    await aGroup({ integrations: lockedOn }, user);
    expect(await featureOf(user, 'integrations')).toBe(true);
    await app.database.query(
      `UPDATE accounts SET features = REPLACE(features, '"integrations":{"allowed":true', '"integrations":{"allowed":false') WHERE id = ?`,
      [account.id],
    );
    expect(await featureOf(user, 'integrations')).toBe(false);
  });

  it('ends with the membership, with the group, and comes back with either', async () => {
    const user = await app.aUser({ account });
    const id = await aGroup({ integrations: lockedOff }, user);
    expect(await featureOf(user, 'integrations')).toBe(false);
    await browser.post(`/user-groups/${id}/members/removal`, { ids: user.id });
    expect(await featureOf(user, 'integrations')).toBe(true);
    await browser.post(`/user-groups/${id}/members`, { ids: user.id });
    const answer = await browser.follow(await browser.post(`/user-groups/${id}/deletion`));
    expect(await featureOf(user, 'integrations')).toBe(true);
    expect(await groupFeatures()).toBe(0);
    const [, undo = ''] = /action="([^"]*restorations[^"]*)"/.exec(answer.text) ?? [];
    await browser.post(undo);
    expect(await featureOf(user, 'integrations')).toBe(false);
    expect(await groupFeatures()).toBe(1);
  });

  it('is resolved for many people at once', async () => {
    const people = await Promise.all(Array.from({ length: 12 }, () => app.aUser({ account })));
    await aGroup({ 'external-contacts': off }, ...people.slice(0, 5));
    const all = await featuresOf(
      app.database.manager,
      account.id,
      people.map(({ id }) => id),
    );
    expect(people.filter(({ id }) => !all.get(id)?.['external-contacts'])).toEqual(people.slice(0, 5));
  });

  it('is never read for another company', async () => {
    const stranger = await app.aUser();
    expect((await featuresOf(app.database.manager, account.id, [stranger.id])).size).toBe(0);
  });
});

describe('the settings of a user group', () => {
  it('say in numbers what they change before they are saved', async () => {
    const people = await Promise.all(Array.from({ length: 5 }, () => app.aUser({ account })));
    const own = await app.aUser({ account, features: { 'external-contacts': true } });
    const already = await app.aUser({ account });
    await aGroup({ 'external-contacts': { on: false, locked: true } }, already);
    const id = await aGroup({}, ...people, own, already);
    const fields = { features: posted({ 'external-contacts': 'off', phone: 'on' }), revision: '1' };
    const preview = await browser.post(`/user-groups/${id}/settings`, fields);
    expect(preview.status).toBe(200);
    // Of seven the one with an own choice keeps it, one had lost it before, and nobody is licensed to call.
    expect(visibleText(preview)).toContain('5 of 7 members lose External contacts');
    expect(visibleText(preview)).not.toContain('get Calling');
    expect(await featureOf(people[0]!, 'external-contacts')).toBe(true);
    const saved = await browser.post(`/user-groups/${id}/settings`, { ...fields, confirmed: 'on' });
    expect(saved.headers['location']).toBe(`/user-groups/${id}`);
    expect(await featureOf(people[0]!, 'external-contacts')).toBe(false);
    expect(await featureOf(own, 'external-contacts')).toBe(true);
    expect(visibleText(await browser.get('/user-groups'))).toContain('External contacts: off');
  });

  it('count who gets a feature only because others lose theirs to a lock', async () => {
    const licensed = await app.aUser({ account, type: 'licensed' });
    const refuses = await app.aUser({ account, type: 'licensed', features: { phone: false } });
    const id = await aGroup({}, licensed, refuses, await app.aUser({ account }));
    const ask = (value: string) =>
      browser.post(`/user-groups/${id}/settings`, { features: posted({ phone: value }) });
    expect(visibleText(await ask('on'))).toContain('1 of 3 members gets Calling');
    expect(visibleText(await ask('on-locked'))).toContain('2 of 3 members get Calling');
  });

  it('tell the second of two who save at once, with both versions', async () => {
    const id = await aGroup({});
    const save = (value: string) =>
      browser.post(`/user-groups/${id}/settings`, {
        features: posted({ integrations: value }),
        revision: '1',
        confirmed: 'on',
      });
    const answers = await Promise.all([save('on-locked'), save('off-locked')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
    const refused = answers.find(({ status }) => status === 409)!;
    expect(visibleText(refused)).toContain('in the meantime');
    expect(visibleText(refused)).toMatch(/It is now: Integrations: (on|off), locked/);
    expect(refused.text).toMatch(/value="integrations:(on|off)-locked" selected/);
    expect(await groupFeatures()).toBe(1);
  });

  it('are counted for the session, also when two groups get theirs at once', async () => {
    const ids = [await aGroup({}), await aGroup({}), await aGroup({})];
    expect(await groupFeatures()).toBe(0);
    const fields = { features: posted({ phone: 'on' }), confirmed: 'on' };
    await Promise.all(ids.map((id) => browser.post(`/user-groups/${id}/settings`, fields)));
    expect(await groupFeatures()).toBe(3);
    await browser.post(`/user-groups/${ids[0]}/settings`, { features: posted({}), confirmed: 'on' });
    expect(await groupFeatures()).toBe(2);
  });

  it('refuse what no form of ours sends, and other companies', async () => {
    const id = await aGroup({});
    const answer = await browser.post(`/user-groups/${id}/settings`, { features: ['phone:maybe'] });
    expect(answer.status).toBe(400);
    const other = await app.signedIn({ role: 'owner' });
    expect((await other.browser.get(`/user-groups/${id}/settings`)).status).toBe(404);
    expect(
      (
        await other.browser.post(`/user-groups/${id}/settings`, {
          features: posted({ phone: 'on' }),
          confirmed: 'on',
        })
      ).status,
    ).toBe(404);
    expect(await groupFeatures()).toBe(0);
  });
});
