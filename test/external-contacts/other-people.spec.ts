import { type AccountFeatures, newAccountFeatures } from '../../src/accounts/features.js';
import { AccountSettings } from '../../src/accounts/account-settings.entity.js';
import { type Account } from '../../src/accounts/account.entity.js';
import { outsiderFields } from '../../src/accounts/outsider-fields.js';
import { newSettings } from '../../src/accounts/settings.js';
import { type User } from '../../src/accounts/user.entity.js';
import { newId } from '../../src/database/id.js';
import { OtherPeople, type OtherPerson } from '../../src/external-contacts/links/other-people.query.js';
import { startApp, type TestApp } from '../support/app.js';

describe('People of other accounts', () => {
  let app: TestApp;
  let harbour: Account;
  let bob: User;
  const details = {
    ...{ jobTitle: 'Broker', department: 'Trade', location: 'Bristol', photoHash: 'f'.repeat(64) },
    ...({ workPhone: '+441179460000', mobilePhone: '+447700900123', extension: '42' } as const),
  };

  beforeAll(async () => {
    app = await startApp();
    harbour = await app.anAccount({ name: 'Harbour & Pine' });
    bob = await app.aUser({ account: harbour, givenName: 'Bob', familyName: 'Árnason', ...details });
  });

  afterAll(() => app.close());

  const seen = (user: User): Promise<OtherPerson> =>
    app.get(OtherPeople).find({ otherUserId: user.id, otherAccountId: user.accountId });
  const all = ['name', 'company', 'standing', 'email', ...Object.keys(details)] as const;
  const told = (person: OtherPerson) =>
    Object.fromEntries(all.map((field) => [field, person[field as keyof OtherPerson]]));
  const named = { name: 'Bob Árnason', company: 'Harbour & Pine' };
  const nothing = Object.fromEntries(['email', ...Object.keys(details)].map((field) => [field, null]));

  it('show what a company that decided nothing lets outsiders see', async () => {
    expect(told(await seen(bob))).toEqual({
      ...{ ...named, standing: 'here', email: bob.email },
      ...{ jobTitle: 'Broker', photoHash: 'f'.repeat(64), workPhone: '+441179460000' },
      ...{ department: null, location: null, mobilePhone: null, extension: null },
    });
  });

  it('show what their company chose, from the next look on', async () => {
    const settings = app.database.getRepository(AccountSettings);
    await settings.insert({ ...newSettings(harbour.id), outsiderFields: [] });
    expect(told(await seen(bob))).toEqual({ ...nothing, ...named, standing: 'here', email: bob.email });
    await settings.update({ accountId: harbour.id }, { outsiderFields: [...outsiderFields] });
    expect(told(await seen(bob))).toEqual({ ...named, standing: 'here', email: bob.email, ...details });
    await settings.delete({ accountId: harbour.id });
  });

  it('have no company with an account of their own', async () => {
    const account = await app.anAccount({ kind: 'personal', name: 'Chloé Petit' });
    const chloe = await app.aUser({ account, role: 'owner' });
    expect(await seen(chloe)).toMatchObject({ company: null, standing: 'here', email: chloe.email });
  });

  it.each([
    ['deactivated', { status: 'deactivated' }],
    ['in the bin', { status: 'erased' }],
  ] as const)('are known by name and company alone once they are %s', async (_, fields) => {
    const gone = await app.aUser({
      ...{ account: harbour, givenName: 'Gus', familyName: 'Moss', ...details, extension: null },
      ...fields,
    });
    const expected = { ...nothing, name: 'Gus Moss', company: 'Harbour & Pine', standing: 'gone' };
    expect(told(await seen(gone))).toEqual(expected);
  });

  it('are gone with their account', async () => {
    const account = await app.anAccount({ closedAt: new Date() });
    const user = await app.aUser({ account, ...details });
    expect(told(await seen(user))).toMatchObject({ ...nothing, standing: 'gone' });
  });

  it('are paused where their account, their group or they themselves have the feature off', async () => {
    const off: AccountFeatures = {
      ...newAccountFeatures(),
      'external-contacts': { allowed: false, on: false },
    };
    const account = await app.anAccount({ name: 'Closed shop', features: off });
    const paused = { ...nothing, standing: 'paused' };
    expect(told(await seen(await app.aUser({ account, ...details })))).toMatchObject(paused);
    const choices = { 'external-contacts': false };
    const own = await app.aUser({ account: harbour, mobilePhone: '+447700900123', features: choices });
    expect(told(await seen(own))).toMatchObject(paused);

    const grouped = await app.anAccount({ groupFeatures: 1 });
    const member = await app.aUser({ account: grouped, workPhone: '+441179460000' });
    const other = await app.aUser({ account: grouped });
    const groupId = newId();
    await app.database.query(
      `INSERT INTO user_groups (id, accountId, name, nameKey, features, createdAt)
       VALUES (?, ?, 'Night', 'night', ?, UTC_TIMESTAMP(3))`,
      [groupId, grouped.id, JSON.stringify({ 'external-contacts': { on: false, locked: true } })],
    );
    await app.database.query('INSERT INTO user_group_members (groupId, userId, accountId) VALUES (?, ?, ?)', [
      groupId,
      member.id,
      grouped.id,
    ]);
    expect(told(await seen(member))).toMatchObject(paused);
    expect((await seen(other)).standing).toBe('here');
  });

  it('are asked for all at once, and those of whom nothing is left are there without a name', async () => {
    const erased = { otherUserId: newId(), otherAccountId: harbour.id };
    const elsewhere = { otherUserId: bob.id, otherAccountId: newId() };
    const known = { otherUserId: bob.id, otherAccountId: harbour.id };
    const people = await app.get(OtherPeople).of([known, erased]);
    expect(people.get(bob.id)).toMatchObject({ ...named, standing: 'here' });
    expect(people.get(erased.otherUserId)).toMatchObject({
      ...nothing,
      name: '',
      company: null,
      standing: 'gone',
    });
    expect((await app.get(OtherPeople).of([elsewhere])).get(bob.id)).toMatchObject({
      name: '',
      standing: 'gone',
    });
  });
});
