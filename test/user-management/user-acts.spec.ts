import { OneTimeLink } from '../../src/accounts/one-time-link.entity.js';
import { OneTimeLinks } from '../../src/accounts/one-time-links.service.js';
import { Standing } from '../../src/accounts/standing.service.js';
import { User } from '../../src/accounts/user.entity.js';
import { newId } from '../../src/database/id.js';
import { AuditEntry } from '../../src/journal/journal.entities.js';
import { Mail } from '../../src/mail/mail.entity.js';
import { startApp, type TestApp } from '../support/app.js';
import { field, someAddress, visibleText } from '../support/browser.js';
import { PASSWORD } from '../support/builders.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const saved = (id: string) => app.database.getRepository(User).findOneByOrFail({ id });
const audited = (action: string, targetId: string) =>
  app.database.getRepository(AuditEntry).findOneBy({ action, targetId });
const mailsTo = (toAddress: string) => app.database.getRepository(Mail).findBy({ toAddress });
const linksTo = (address: string) =>
  app.database.getRepository(OneTimeLink).find({ where: { address }, order: { id: 'DESC' } });

const pages = ['role', 'address', 'deactivation', 'erasure'];
const posts = [
  ...pages,
  ...['reactivation', 'restoration', 'erasure/final', 'address/sending', 'address/cancellation'],
  'sessions/deletion',
];

describe('what is done to one person', () => {
  it('is there for administrators of the same company alone', async () => {
    const { account, browser } = await app.signedIn({ role: 'owner' });
    const stranger = await app.aUser();
    const { browser: member, user } = await app.signedIn({ account });
    const colleague = await app.aUser({ account });
    for (const path of pages) {
      expect([path, (await browser.get(`/users/${stranger.id}/${path}`)).status]).toEqual([path, 404]);
      expect([path, (await member.get(`/users/${colleague.id}/${path}`)).status]).toEqual([path, 403]);
    }
    const fields = { role: 'owner', confirmed: 'on', email: someAddress() };
    for (const path of posts) {
      expect([path, (await browser.post(`/users/${stranger.id}/${path}`, fields)).status]).toEqual([
        path,
        404,
      ]);
      expect([path, (await browser.post(`/users/nobody/${path}`, fields)).status]).toEqual([path, 404]);
      expect([path, (await member.post(`/users/${user.id}/${path}`, fields)).status]).toEqual([path, 403]);
    }
    expect(await saved(stranger.id)).toMatchObject({ status: 'active', role: 'member' });
    expect(await saved(user.id)).toMatchObject({ status: 'active', role: 'member' });
  });

  it('keeps admins away from owners', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const owner = await app.aUser({ account, role: 'owner' });
    for (const path of pages)
      expect([path, (await browser.get(`/users/${owner.id}/${path}`)).status]).toEqual([path, 403]);
    for (const path of ['address', 'erasure', 'role', 'sessions/deletion', 'sessions/x/deletion']) {
      const answer = await browser.post(`/users/${owner.id}/${path}`, {
        ...{ email: someAddress(), role: 'member' },
      });
      expect([path, answer.status]).toEqual([path, 403]);
    }
    await browser.post(`/users/${owner.id}/erasure`, { confirmed: 'on' });
    expect(await saved(owner.id)).toMatchObject({ status: 'active', role: 'owner', email: owner.email });
    const text = (await browser.get(`/users/${owner.id}`)).text;
    for (const path of ['role', 'address', 'deactivation', 'erasure'])
      expect(text).not.toContain(`/users/${owner.id}/${path}"`);
  });
});

describe('the role of a person', () => {
  it('says what it allows, is saved in a second step, and ends the sessions', async () => {
    const { account, browser } = await app.signedIn({ role: 'owner' });
    const { user, browser: theirs } = await app.signedIn({ account });
    const next = await browser.post(`/users/${user.id}/role`, { was: 'member', role: 'admin' });
    expect([next.status, visibleText(next)]).toEqual([200, expect.stringContaining('read the audit log')]);
    expect(await saved(user.id)).toMatchObject({ role: 'member' });
    const done = await browser.post(`/users/${user.id}/role`, {
      ...{ was: 'member', role: 'admin', confirmed: 'on' },
    });
    expect(visibleText(await browser.follow(done))).toContain('now has the role Administrator');
    expect(await saved(user.id)).toMatchObject({ role: 'admin' });
    expect((await theirs.get('/profile')).status).toBe(303);
    expect(await audited('users.role', user.id)).toMatchObject({
      details: { role: ['member', 'admin'], people: 1 },
    });
  });

  it('shows what somebody else gave meanwhile instead of overwriting it', async () => {
    const { account, user: owner, browser } = await app.signedIn({ role: 'owner' });
    const user = await app.aUser({ account });
    await app.get(Standing).changeRole(owner, { requestId: null, address: null }, [user.id], 'admin');
    const answer = await browser.post(`/users/${user.id}/role`, {
      ...{ was: 'member', role: 'owner', confirmed: 'on' },
    });
    expect([answer.status, visibleText(answer)]).toEqual([
      409,
      expect.stringContaining('it is Administrator now'),
    ]);
    expect(await saved(user.id)).toMatchObject({ role: 'admin' });
  });

  it('is given up by an owner while another is there, and never by the last', async () => {
    const { account, user, browser } = await app.signedIn({ role: 'owner' });
    const giveUp = () =>
      browser.post(`/users/${user.id}/role`, { was: 'owner', role: 'member', confirmed: 'on' });
    expect(visibleText(await browser.follow(await giveUp()))).toContain('This is the last active owner');
    await app.aUser({ account, role: 'owner' });
    const sure = await browser.post(`/users/${user.id}/role`, { was: 'owner', role: 'member' });
    expect(visibleText(sure)).toContain('You give this up yourself');
    const given = await giveUp();
    expect(given.headers['location']).toBe('/login');
    expect(await saved(user.id)).toMatchObject({ role: 'member' });
  });

  it('is no choice of an admin, nor any word', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const user = await app.aUser({ account });
    expect((await browser.get(`/users/${user.id}/role`)).status).toBe(403);
    expect((await browser.post(`/users/${user.id}/role`, { role: 'admin', confirmed: 'on' })).status).toBe(
      403,
    );
    const { browser: owner } = await app.signedIn({ account, role: 'owner' });
    expect((await owner.post(`/users/${user.id}/role`, { role: 'king', confirmed: 'on' })).status).toBe(422);
  });

  it('leaves one of two owners who demote each other at once', async () => {
    const one = await app.signedIn({ role: 'owner' });
    const two = await app.signedIn({ account: one.account, role: 'owner' });
    await Promise.all([
      one.browser.post(`/users/${two.user.id}/role`, { role: 'member', confirmed: 'on' }),
      two.browser.post(`/users/${one.user.id}/role`, { role: 'member', confirmed: 'on' }),
    ]);
    const roles = [await saved(one.user.id), await saved(two.user.id)].map(({ role }) => role);
    expect(roles.sort()).toEqual(['member', 'owner']);
  });
});

describe('sessions of a person', () => {
  it('are listed and ended one by one or all at once', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const { user, browser: first } = await app.signedIn({ account });
    const second = await app.browserOf(user);
    const page = await browser.get(`/users/${user.id}`);
    const [, action] = /action="(\/users\/[^"]+\/sessions\/[0-9a-f-]{36}\/deletion)"/.exec(page.text) ?? [];
    expect((await browser.post(action ?? '')).status).toBe(303);
    const open = [(await first.get('/profile')).status, (await second.get('/profile')).status];
    expect(open.sort()).toEqual([200, 303]);
    const all = await browser.post(`/users/${user.id}/sessions/deletion`);
    expect(visibleText(await browser.follow(all))).toContain('1 session of');
    for (const each of [first, second]) expect((await each.get('/profile')).status).toBe(303);
    expect(await audited('users.sessions-end', user.id)).toMatchObject({ details: { sessions: 1 } });
  });

  it('are not ended through somebody else’s page', async () => {
    const { account, browser, user: admin } = await app.signedIn({ role: 'admin' });
    const user = await app.aUser({ account });
    const [session] = await app.database.query<{ publicId: string }[]>(
      'SELECT publicId FROM sessions WHERE userId = ?',
      [admin.id],
    );
    const answer = await browser.post(`/users/${user.id}/sessions/${session?.publicId}/deletion`);
    expect(answer.status).toBe(404);
    expect((await browser.get('/profile')).status).toBe(200);
  });
});

describe('the address of a person', () => {
  it('waits for the new one to confirm, is sent again and cancelled', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin', familyName: 'Boss' });
    const user = await app.aUser({ account });
    const email = someAddress('wish');
    const asked = await browser.post(`/users/${user.id}/address`, { email });
    expect(visibleText(await browser.follow(asked))).toContain(`The change to ${email} waits`);
    expect(await saved(user.id)).toMatchObject({ email: user.email });
    expect(await mailsTo(user.email)).toMatchObject([
      { template: 'email-change-notice', values: { by: 'Ada Boss', address: email } },
    ]);
    await browser.post(`/users/${user.id}/address/sending`);
    expect(await mailsTo(email)).toHaveLength(2);
    const cancelled = await browser.follow(await browser.post(`/users/${user.id}/address/cancellation`));
    expect(visibleText(cancelled)).toContain('The change of address is cancelled');
    expect(visibleText(cancelled)).not.toContain('waits for confirmation');
    const again = await browser.follow(await browser.post(`/users/${user.id}/address/sending`));
    expect(visibleText(again)).toContain('No change of address waits any more');
    expect(await audited('users.address-ask', user.id)).toMatchObject({
      details: { newAddress: [null, email] },
    });
  });

  it('of a pending person changes at once, with a new link and the old one withdrawn', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const old = someAddress('old');
    await browser.post('/users', { email: old, givenName: 'Grace', familyName: 'Hopper' });
    const { id } = await app.database
      .getRepository(User)
      .findOneByOrFail({ email: old, accountId: account.id });
    const links = () =>
      app.database.getRepository(OneTimeLink).find({ where: { userId: id }, order: { id: 'ASC' } });
    const [first] = await links();
    const email = someAddress('fresh');
    const answer = await browser.follow(await browser.post(`/users/${id}/address`, { email }));
    expect(visibleText(answer)).toContain('A new invitation was sent there');
    const [withdrawn, fresh] = await links();
    const states = [withdrawn, fresh].map((link) => app.get(OneTimeLinks).stateOf(link as OneTimeLink));
    expect(states).toEqual(['withdrawn', 'open']);
    expect(await mailsTo(email)).toMatchObject([{ template: 'activation', linkId: fresh?.id }]);
    const oldPath = app.get(OneTimeLinks).pathOf(first as OneTimeLink);
    expect(visibleText(await app.browser().get(oldPath))).toContain('This invitation was withdrawn');
    // Not even cancelling the invitation and bringing it back opens the link that went to the old address.
    const cancelled = await browser.post(`/users/${id}/invitations/cancellation`);
    const undo = /action="([^"]*restoration[^"]*)"/.exec((await browser.follow(cancelled)).text)?.[1];
    await browser.post(undo ?? '');
    expect((await app.browser().get(oldPath)).status).toBe(410);
    expect((await app.browser().get(app.get(OneTimeLinks).pathOf(fresh as OneTimeLink))).status).toBe(200);
  });

  it('is refused when somebody of the company has it, and says who', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const [user, holder] = [await app.aUser({ account }), await app.aUser({ account })];
    const answer = await browser.post(`/users/${user.id}/address`, { email: holder.email });
    expect([answer.status, field(answer, 'email').error]).toEqual([
      409,
      expect.stringContaining('is in your company already'),
    ]);
    expect(answer.text).toContain(`href="/users/${holder.id}"`);
    expect(await linksTo(holder.email)).toEqual([]);
  });

  it('shows a second administrator what the first has asked for', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const user = await app.aUser({ account });
    const mine = someAddress('mine');
    const form = await browser.get(`/users/${user.id}/address`);
    const theirs = someAddress('theirs');
    await (
      await app.signedIn({ account, role: 'admin' })
    ).browser.post(`/users/${user.id}/address`, {
      email: theirs,
    });
    const answer = await browser.post(`/users/${user.id}/address`, {
      ...{ email: mine, was: field(form, 'was').value, waited: '' },
    });
    expect([answer.status, visibleText(answer)]).toEqual([409, expect.stringContaining(theirs)]);
    expect(field(answer, 'email').value).toBe(mine);
    expect(await linksTo(mine)).toEqual([]);
  });

  it('of oneself is changed on the profile, with the password', async () => {
    const { user, browser } = await app.signedIn({ role: 'admin' });
    const email = someAddress();
    const answer = await browser.post(`/users/${user.id}/address`, { email });
    expect(answer.headers['location']).toBe('/profile/email');
    expect(await linksTo(email)).toEqual([]);
  });
});

describe('erasing a person', () => {
  it('asks for a tick, and can be undone from the message', async () => {
    const { account, browser, user: admin } = await app.signedIn({ role: 'admin', familyName: 'Boss' });
    const { user, browser: theirs } = await app.signedIn({ account, extension: '201' });
    const page = visibleText(await browser.get(`/users/${user.id}/erasure`));
    expect(page).toContain('1 open session ends at once');
    expect(page).toContain('Extension 201 is free');
    const unticked = await browser.post(`/users/${user.id}/erasure`);
    expect([unticked.status, visibleText(unticked)]).toEqual([
      422,
      expect.stringContaining('Tick the box to agree'),
    ]);
    const answer = await browser.post(`/users/${user.id}/erasure`, { confirmed: 'on' });
    const list = await browser.follow(answer);
    expect(list.text).toContain(`action="/users/${user.id}/restoration"`);
    expect((await theirs.get('/profile')).status).toBe(303);
    expect((await app.browser().signIn(user.email, PASSWORD)).status).toBe(422);
    const erased = visibleText(await browser.get(`/users/${user.id}`));
    expect(erased).toMatch(/Erased on .* by Ada Boss, gone for good on/);
    for (const path of ['edit', 'role', 'address'])
      expect((await browser.get(`/users/${user.id}/${path}`)).status).not.toBe(200);
    for (const ask of [
      () => browser.post(`/users/${user.id}`, { givenName: 'X' }),
      () => browser.get(`/users/${user.id}/address`),
    ]) {
      const answer = await ask();
      expect([answer.status, answer.headers['location']]).toEqual([303, `/users/${user.id}`]);
      expect(visibleText(await browser.follow(answer))).toContain('This person was erased');
    }
    // The button again, after the browser's Back: nothing more happens.
    const twice = await browser.post(`/users/${user.id}/erasure`, { confirmed: 'on' });
    expect(visibleText(await browser.follow(twice))).toContain('This person was erased already');
    const back = await browser.follow(await browser.post(`/users/${user.id}/restoration`));
    expect(visibleText(back)).toContain('is restored');
    expect(await saved(user.id)).toMatchObject({ status: 'active', extension: '201', givenName: 'Ada' });
    expect(await audited('users.erase', user.id)).toMatchObject({ actorId: admin.id });
    expect(await audited('users.erase-restore', user.id)).toMatchObject({ actorId: admin.id });
  });

  it('offers Restore to whoever invites the address again', async () => {
    const { account, browser, user: admin } = await app.signedIn({ role: 'admin' });
    const user = await app.aUser({ account });
    await app.get(Standing).erase(admin, { requestId: null, address: null }, [user.id]);
    const form = await browser.post('/users', {
      ...{ email: user.email, givenName: 'Ada', familyName: 'Again', _once: newId() },
    });
    expect([form.status, field(form, 'email').error]).toEqual([
      409,
      expect.stringContaining('can be restored'),
    ]);
    expect(form.text).toContain(`formaction="/users/${user.id}/restoration"`);
    const several = await browser.post('/users/addresses', {
      ...{ addresses: `Ada Again <${user.email}>`, type: 'basic' },
    });
    expect(visibleText(several)).toContain('Restore this person instead. Restore');
    expect((await app.browser().post('/forgot-password', { email: user.email })).status).toBe(200);
  });

  it('cannot be oneself, nor somebody who is pending', async () => {
    const { account, user, browser } = await app.signedIn({ role: 'owner' });
    await app.aUser({ account, role: 'owner' });
    const own = await browser.post(`/users/${user.id}/erasure`, { confirmed: 'on' });
    expect(visibleText(await browser.follow(own))).toContain('You cannot erase yourself');
    const pending = await app.aUser({ account, status: 'pending' });
    const answer = await browser.post(`/users/${pending.id}/erasure`, { confirmed: 'on' });
    expect(visibleText(await browser.follow(answer))).toContain('Cancel the invitation instead');
  });

  it('is made final early by owners alone, with a tick', async () => {
    const { account, browser } = await app.signedIn({ role: 'owner' });
    const { browser: admin } = await app.signedIn({ account, role: 'admin' });
    const user = await app.aUser({ account });
    const path = `/users/${user.id}/erasure/final`;
    expect((await browser.post(path, { confirmed: 'on' })).status).toBe(303);
    expect(await saved(user.id)).toMatchObject({ status: 'active' });
    await admin.post(`/users/${user.id}/erasure`, { confirmed: 'on' });
    expect((await admin.get(path)).status).toBe(403);
    expect((await admin.post(path, { confirmed: 'on' })).status).toBe(403);
    expect((await browser.post(path)).status).toBe(422);
    const answer = await browser.follow(await browser.post(path, { confirmed: 'on' }));
    expect(visibleText(answer)).toContain('erased for good');
    expect((await browser.get(`/users/${user.id}`)).status).toBe(404);
    expect((await browser.post(path, { confirmed: 'on' })).status).toBe(404);
  });
});

describe('the page of a person', () => {
  it('names the group that locks a feature, and what of the person’s own waits', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const user = await app.aUser({ account, features: { phone: false } });
    await browser.post(`/users/${user.id}`, { revision: 1, userGroups: 'Vente' });
    await app.database.query('UPDATE user_groups SET features = ? WHERE accountId = ?', [
      JSON.stringify({ phone: { on: true, locked: true }, integrations: { on: false, locked: false } }),
      account.id,
    ]);
    const text = visibleText(await browser.get(`/users/${user.id}`));
    expect(text).toContain(
      'Calling On Locked by Vente: holds for all its members The person’s own choice (Off)',
    );
    expect(text).toContain('Integrations Off From Vente');
    const edit = visibleText(await browser.get(`/users/${user.id}/edit`));
    expect(edit).toContain('Locked by Vente: the value holds for all its members');
  });

  it('links its groups, names who reports to the person, and a circle of managers', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const boss = await app.aUser({ account, familyName: 'Boss' });
    const user = await app.aUser({ account, familyName: 'Middle', managerId: boss.id });
    await app.aUser({ account, familyName: 'Report', managerId: user.id });
    await app.aUser({ account, familyName: 'Former', managerId: user.id, status: 'deactivated' });
    await app.database.query('UPDATE users SET managerId = ? WHERE id = ?', [user.id, boss.id]);
    await browser.post(`/users/${user.id}`, { revision: 1, chatGroups: 'Étage 2' });
    const page = await browser.get(`/users/${user.id}`);
    expect(page.text).toMatch(/href="\/chat-groups\/[0-9a-f-]{36}">.*Étage 2/);
    const text = visibleText(page);
    expect(text).toContain('Ada Report');
    expect(text).not.toContain('Ada Former');
    expect(text).toContain('each other’s manager');
  });

  it('shows a long history in pages of fifty', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const user = await app.aUser({ account });
    for (let edit = 1; edit <= 51; edit++)
      await browser.post(`/users/${user.id}`, { revision: edit, jobTitle: `Title ${edit}` });
    const first = await browser.get(`/users/${user.id}`);
    expect(visibleText(first)).toContain('After Title 51');
    expect(visibleText(first)).not.toContain('After Title 1 ');
    const [, next = ''] = /href="([^"]*)#history" rel="next"/.exec(first.text) ?? [];
    expect(visibleText(await browser.get(next.replaceAll('&#x3D;', '=')))).toContain(
      'Job title Before empty After Title 1',
    );
  });

  it('keeps the language an administrator chose for the person', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const user = await app.aUser({ account });
    await browser.post(`/users/${user.id}`, { revision: 1, language: 'fr' });
    expect(await saved(user.id)).toMatchObject({ language: 'fr' });
    expect(visibleText(await browser.get(`/users/${user.id}`))).toContain(
      'Language Before empty After Français',
    );
    expect((await browser.post(`/users/${user.id}`, { revision: 2, language: 'xx' })).status).toBe(422);
  });

  it('finds the manager whose name was typed instead of an address', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const user = await app.aUser({ account });
    const boss = await app.aUser({ account, givenName: 'Zoé', familyName: 'Œuvrard' });
    await app.aUser({ givenName: 'Zoé', familyName: 'Œuvrard' });
    const answer = await browser.post(`/users/${user.id}`, { revision: 1, manager: 'oeuvrard zoe' });
    expect([answer.status, field(answer, 'manager').error]).toEqual([
      422,
      `Enter an e-mail address. By that name there are: Zoé Œuvrard <${boss.email}>`,
    ]);
    const nobody = await browser.post(`/users/${user.id}`, { revision: 1, manager: '100%_' });
    expect(field(nobody, 'manager').error).toContain('Nobody active has this name');
  });

  it('takes a deactivation back from the message', async () => {
    const { account, browser } = await app.signedIn({ role: 'admin' });
    const user = await app.aUser({ account });
    expect(visibleText(await browser.get(`/users/${user.id}/deactivation`))).toContain(
      'Cannot sign in any more',
    );
    const done = await browser.follow(await browser.post(`/users/${user.id}/deactivation`));
    expect(done.text).toContain(`action="/users/${user.id}/reactivation"`);
  });
});
