import { Mail } from '../../src/mail/mail.entity.js';
import { OneTimeLink } from '../../src/accounts/one-time-link.entity.js';
import { User } from '../../src/accounts/user.entity.js';
import { newId } from '../../src/database/id.js';
import { startApp, type TestApp } from '../support/app.js';
import { field, someAddress, visibleText, type Browser } from '../support/browser.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const people = () => app.database.getRepository(User);
const mailsTo = (toAddress: string) => app.database.getRepository(Mail).findBy({ toAddress });
const linksOf = (userId: string) => app.database.getRepository(OneTimeLink).findBy({ userId });
const anyone = () => ({ email: someAddress(), givenName: 'Grace', familyName: 'Hopper' });

describe('inviting one person', () => {
  it('makes a pending person with everything the form said, and one mail', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const boss = await app.aUser({ account });
    const email = someAddress('grace');
    const answer = await browser.post('/users', {
      ...anyone(),
      email: ` ${email.toUpperCase()} `,
      department: 'Navy',
      manager: boss.email,
      jobTitle: 'Admiral',
      location: 'Arlington',
      workPhone: '+33 1 40 20 50 50',
      mobilePhone: '+33612345678',
      extension: '42',
      type: 'licensed',
      userGroups: 'Compilers; Fleet',
      chatGroups: 'Everybody',
      features: ['phone:on', 'integrations:default', 'external-contacts:off', 'personal-contacts:default'],
    });
    expect([answer.status, answer.headers['location']]).toEqual([303, '/users?status=pending']);
    expect(visibleText(await browser.follow(answer))).toContain(`${email} has been invited`);

    const user = await people().findOneByOrFail({ email, accountId: account.id });
    expect(user).toMatchObject({
      status: 'pending',
      role: 'member',
      type: 'licensed',
      givenName: 'Grace',
      department: 'Navy',
      managerId: boss.id,
      workPhone: '+33140205050',
      workPhoneTyped: null,
      mobilePhone: '+33612345678',
      extension: '42',
      features: { phone: true, 'external-contacts': false },
    });
    expect(await mailsTo(email)).toMatchObject([{ template: 'activation' }]);
    const text = visibleText(await browser.get(`/users/${user.id}`));
    for (const said of ['Compilers Fleet', 'Everybody', 'Arlington', 'Sent on', 'Ends on', 'Invited']) {
      expect(text).toContain(said);
    }
  });

  it('gives what was typed back, with a sentence at each field', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const answer = await browser.post('/users', {
      email: 'grace@nowhere',
      givenName: '',
      familyName: 'H'.repeat(256),
      extension: 'abc',
      jobTitle: 'Admiral',
      features: 'root:on',
    });
    expect(answer.status).toBe(422);
    expect(field(answer, 'email')).toMatchObject({ value: 'grace@nowhere', error: /Write an address/ });
    expect(field(answer, 'givenName').error).toMatch(/Fill in/);
    expect(field(answer, 'familyName').error).toMatch(/255/);
    expect(field(answer, 'extension').error).toMatch(/digits/);
    expect(field(answer, 'jobTitle')).toEqual({ value: 'Admiral', error: undefined });
    expect(visibleText(answer)).toContain('There is a problem');
  });

  it('shows how it reads a national number, and keeps it when it is sent again', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const person = { ...anyone(), mobilePhone: '06 12 34 56 78' };
    const first = await browser.post('/users', person);
    expect(first.status).toBe(422);
    expect(field(first, 'mobilePhone')).toMatchObject({
      value: '+33 6 12 34 56 78',
      error: /We read 06 12 34 56 78 as \+33 6 12 34 56 78/,
    });
    expect(await people().countBy({ email: person.email })).toBe(0);
    const again = await browser.post('/users', { ...person, mobilePhone: field(first, 'mobilePhone').value });
    expect(again.status).toBe(303);
    expect(await people().findOneBy({ email: person.email })).toMatchObject({ mobilePhone: '+33612345678' });
  });

  it('does not propose a number that cannot exist', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const answer = await browser.post('/users', { ...anyone(), mobilePhone: '06 12 34 58 0' });
    expect(field(answer, 'mobilePhone')).toMatchObject({ value: '06 12 34 58 0', error: /too short/ });
  });

  it.each(['active', 'pending', 'deactivated'] as const)(
    'says that somebody is %s already and leads to them',
    async (status) => {
      const { account, browser } = await app.signedIn({ role: 'admin' });
      const known = await app.aUser({ account, status });
      const answer = await browser.post('/users', { ...anyone(), email: known.email });
      expect(answer.status).toBe(409);
      expect(answer.text).toContain(`/users/${known.id}`);
      expect(field(answer, 'email').error).toContain(known.email);
    },
  );

  it('says nothing of an address another account holds', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const stranger = await app.aUser();
    const answer = await browser.post('/users', { ...anyone(), email: stranger.email });
    expect(answer.status).toBe(303);
    expect(await people().countBy({ email: stranger.email, accountId: account.id })).toBe(1);
  });

  it('names the field of a manager nobody knows, and of an extension somebody has', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const stranger = await app.aUser();
    const managed = await browser.post('/users', { ...anyone(), manager: stranger.email });
    expect([managed.status, field(managed, 'manager').error]).toEqual([
      422,
      expect.stringContaining(stranger.email),
    ]);
    await app.aUser({ account, extension: '7' });
    const extended = await browser.post('/users', { ...anyone(), extension: '7' });
    expect([extended.status, field(extended, 'extension').error]).toEqual([
      422,
      expect.stringContaining('Somebody else'),
    ]);
  });

  it('does not take role, status or account from the form', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const person = anyone();
    await browser.post('/users', { ...person, role: 'owner', status: 'active', accountId: newId() });
    expect(await people().findOneBy({ email: person.email })).toMatchObject({
      role: 'member',
      status: 'pending',
      accountId: account.id,
    });
  });

  it('gives the first answer again to the same form, and makes one person', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const form = { ...anyone(), _once: newId() };
    const answers = await Promise.all([browser.post('/users', form), browser.post('/users', form)]);
    answers.push(await browser.post('/users', form));
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
    expect(await people().countBy({ email: form.email })).toBe(1);
    expect(await mailsTo(form.email)).toHaveLength(1);
  });

  it('takes a form sent again with another address for another person', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const _once = newId();
    const [one, other] = [anyone(), anyone()];
    await browser.post('/users', { ...one, _once });
    expect((await browser.post('/users', { ...other, _once })).status).toBe(303);
    expect(await people().countBy({ email: other.email })).toBe(1);
  });

  it('lets one of two administrators win, and tells the other', async () => {
    const account = await app.anAccount();
    const browsers = await Promise.all(
      ['one', 'two'].map(async () => (await app.signedIn({ account, role: 'admin' })).browser),
    );
    for (const browser of browsers) await browser.formToken();
    const form = anyone();
    const answers = await Promise.all(
      browsers.map((browser) => browser.post('/users', { ...form, _once: newId() })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
    expect(await people().countBy({ email: form.email })).toBe(1);
    expect(await mailsTo(form.email)).toHaveLength(1);
  });

  it('is not for members', async () => {
    const { browser } = await app.signedIn({ role: 'member' });
    for (const path of ['/users', '/users/addresses']) {
      expect((await browser.post(path, anyone())).status).toBe(403);
    }
  });
});

describe('inviting from a pasted list', () => {
  it('invites everybody of a right list', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const [one, other] = [someAddress(), someAddress()];
    const answer = await browser.post('/users/addresses', {
      addresses: `Ada Lovelace <${one}>; "Hopper, Grace" <${other}>`,
      userGroups: 'New',
      type: 'licensed',
    });
    expect(answer.status).toBe(303);
    expect(visibleText(await browser.follow(answer))).toContain('2 people invited');
    expect(await people().findOneBy({ email: other, accountId: account.id })).toMatchObject({
      givenName: 'Grace',
      familyName: 'Hopper',
      type: 'licensed',
      status: 'pending',
    });
  });

  it('names what is wrong, invites nobody, and then the right ones by choice', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const known = await app.aUser({ account });
    const right = someAddress();
    const addresses = `Ada Lovelace <${right}>; nobody; Bo Li <${known.email}>`;
    const first = await browser.post('/users/addresses', { addresses });
    expect(first.status).toBe(422);
    const text = visibleText(first);
    expect(text).toContain('2 entries need your attention');
    expect(text).toContain('There is no address in it');
    expect(text).toContain('Invite the 1 right one');
    expect(first.text).toContain(`/users/${known.id}`);
    expect(await people().countBy({ email: right })).toBe(0);

    const second = await browser.post('/users/addresses', { addresses, take: 'right' });
    expect(visibleText(await browser.follow(second))).toContain('1 person invited, 2 entries left out');
    expect(await people().countBy({ email: right })).toBe(1);
  });

  it('proposes the names that addresses spell', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const first = await browser.post('/users/addresses', { addresses: 'jean.martin@paste.test' });
    expect(first.status).toBe(422);
    expect(first.text).toContain('Jean Martin &lt;jean.martin@paste.test&gt;</textarea>');
    expect(await people().countBy({ email: 'jean.martin@paste.test' })).toBe(0);
  });

  it('gives the first answer again to the same list', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const email = someAddress();
    const form = { addresses: `Ada Lovelace <${email}>`, _once: newId() };
    for (let time = 0; time < 2; time++) {
      const answer = await browser.post('/users/addresses', form);
      expect(visibleText(await browser.follow(answer))).toContain('1 person invited');
    }
    expect(await mailsTo(email)).toHaveLength(1);
  });

  it('refuses an empty list and one that is too long', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    expect((await browser.post('/users/addresses', { addresses: ' ; ' })).status).toBe(422);
    const addresses = Array.from({ length: 101 }, (_, n) => `A B <a${n}@paste.test>`).join('\n');
    const answer = await browser.post('/users/addresses', { addresses });
    expect(answer.status).toBe(422);
    expect(visibleText(answer)).toContain('up to 100 can be pasted at once');
  });
});

describe('invitations', () => {
  it('sends one again: its 30 days begin anew, under the same link', async () => {
    const { browser, userId, email } = await invited();
    const [before] = await linksOf(userId);
    await app.database.query('UPDATE one_time_links SET expiresAt = ? WHERE userId = ?', [
      new Date(0),
      userId,
    ]);
    expect(visibleText(await browser.get(`/users/${userId}`))).toContain('Invitation ended');
    const answer = await browser.post(`/users/${userId}/invitations`);
    expect([answer.status, answer.headers['location']]).toEqual([303, `/users/${userId}`]);
    const after = await linksOf(userId);
    expect(after).toHaveLength(1);
    expect(after[0].id).toBe(before.id);
    expect(after[0].expiresAt.getTime()).toBeGreaterThan(Date.now() + 29 * 86_400_000);
    expect(await mailsTo(email)).toHaveLength(2);
  });

  it('takes one back, and brings it back by Undo', async () => {
    const { browser, userId, email } = await invited();
    const answer = await browser.post(`/users/${userId}/invitations/cancellation`, {
      from: '/users?status=pending&q=grace',
    });
    expect(answer.headers['location']).toBe('/users?status=pending&q=grace');
    const list = await browser.follow(answer);
    expect(visibleText(list)).toContain('Invitation of Grace Hopper cancelled');
    expect(visibleText(list)).toContain('Pending 0');
    expect((await browser.get(`/users/${userId}`)).status).toBe(404);

    const undo = /action="(\/users\/invitations\/restorations\/[^"]+)"/.exec(list.text)?.[1] ?? '';
    const restored = await browser.follow(await browser.post(undo));
    expect(visibleText(restored)).toContain('1 invitation restored');
    expect(visibleText(restored)).toContain(email);
    expect((await browser.get(`/users/${userId}`)).status).toBe(200);
  });

  it('does not lead to another site afterwards', async () => {
    const { browser, userId } = await invited();
    const answer = await browser.post(`/users/${userId}/invitations`, { from: '//evil.test/' });
    expect(answer.headers['location']).toBe(`/users/${userId}`);
  });

  it('does not find people of another account', async () => {
    const { browser, userId } = await invited();
    const stranger = await app.aUser({ status: 'pending' });
    for (const path of [
      `/users/${stranger.id}/invitations`,
      `/users/${stranger.id}/invitations/cancellation`,
    ]) {
      expect((await browser.post(path)).status).toBe(404);
    }
    expect(await people().findOneBy({ id: stranger.id })).toMatchObject({ liveKey: 1 });
    expect(await people().findOneBy({ id: userId })).toMatchObject({ liveKey: 1 });
    expect((await browser.post(`/users/invitations/restorations/${newId()}`)).status).toBe(404);
  });

  it('is not for members', async () => {
    const { account, userId } = await invited();
    const { browser } = await app.signedIn({ account, role: 'member' });
    for (const path of [`/users/${userId}/invitations`, `/users/${userId}/invitations/cancellation`]) {
      expect((await browser.post(path)).status).toBe(403);
    }
  });
});

async function invited() {
  const { account, browser } = await app.signedIn({ role: 'admin' });
  const form = anyone();
  await browser.post('/users', form);
  const { id: userId } = await people().findOneByOrFail({ email: form.email });
  return { account, browser: browser as Browser, userId, email: form.email };
}
