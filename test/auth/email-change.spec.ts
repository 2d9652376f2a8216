import { SignInAddress } from '../../src/accounts/sign-in-address.entity.js';
import { OneTimeLink } from '../../src/accounts/one-time-link.entity.js';
import { OneTimeLinks } from '../../src/accounts/one-time-links.service.js';
import { User } from '../../src/accounts/user.entity.js';
import { AuditEntry, JournalEntry } from '../../src/journal/journal.entities.js';
import { Mail } from '../../src/mail/mail.entity.js';
import { startApp, type TestApp } from '../support/app.js';
import { field, someAddress, visibleText, type Browser } from '../support/browser.js';
import { PASSWORD } from '../support/builders.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const saved = (id: string) => app.database.getRepository(User).findOneByOrFail({ id });
const mailsTo = (toAddress: string) => app.database.getRepository(Mail).findBy({ toAddress });
const holderOf = (address: string) => app.database.getRepository(SignInAddress).findOneBy({ address });

/** Where the mail to the new address leads. */
async function pathFor(address: string): Promise<string> {
  const [link] = await app.database
    .getRepository(OneTimeLink)
    .find({ where: { address }, order: { id: 'DESC' }, take: 1 });
  return app.get(OneTimeLinks).pathOf(link as OneTimeLink);
}

async function asked(browser: Browser, email = someAddress('new')) {
  const answer = await browser.post('/profile/email', { email, currentPassword: PASSWORD });
  expect([answer.status, answer.headers['location']]).toEqual([303, '/profile/email']);
  const address = email.trim().toLowerCase();
  return { email: address, path: await pathFor(address) };
}

describe('changing one’s address', () => {
  it('asks for the password, writes to both addresses and changes nothing yet', async () => {
    const { user, browser } = await app.signedIn();
    const wrong = await browser.post('/profile/email', { email: someAddress(), currentPassword: 'no' });
    expect([wrong.status, field(wrong, 'currentPassword').error]).toEqual([
      422,
      'This is not your current password',
    ]);
    const { email: address } = await asked(browser, ` ${someAddress('New.One').toUpperCase()} `);
    expect(await saved(user.id)).toMatchObject({ email: user.email });
    expect(await mailsTo(address)).toMatchObject([{ template: 'email-change' }]);
    expect(await mailsTo(user.email)).toMatchObject([{ template: 'email-change-notice', linkId: null }]);
    expect(visibleText(await browser.get('/profile/email'))).toContain(`The change to ${address} waits`);
    expect(visibleText(await browser.get('/profile'))).toContain(`The change to ${address} waits`);
  });

  it('signs in with the new address once it is confirmed, and nowhere with the old one', async () => {
    const { user, browser } = await app.signedIn({ familyName: 'Byron' });
    const other = await app.browserOf(user);
    const { email, path } = await asked(browser);
    const visitor = app.browser();
    expect(visibleText(await visitor.get(path))).toContain(`with ${email}`);
    expect(await saved(user.id)).toMatchObject({ email: user.email });
    const answer = await visitor.follow(await visitor.post(path));
    expect(visibleText(answer)).toContain(`The address is now ${email}`);
    const now = await saved(user.id);
    expect(now).toMatchObject({ email, revision: 2 });
    expect(now.searchKey).toContain(email);
    for (const ended of [browser, other]) expect((await ended.get('/profile')).status).toBe(303);
    expect((await app.browser().signIn(user.email, PASSWORD)).status).toBe(422);
    expect((await app.browser().signIn(email, PASSWORD)).status).toBe(303);
    expect(await mailsTo(user.email)).toMatchObject([
      { template: 'email-change-notice' },
      { template: 'email-changed' },
    ]);
    const changes = { email: [user.email, email] };
    expect(
      await app.database.getRepository(AuditEntry).findOneBy({ action: 'users.address-confirm' }),
    ).toMatchObject({ actorId: user.id, targetId: user.id, details: changes });
    const entries = await app.database.getRepository(JournalEntry).findBy({ subjectId: user.id });
    expect(entries.map((entry) => entry.changes)).toContainEqual(changes);
  });

  it('keeps the session that confirms', async () => {
    const { user, browser } = await app.signedIn();
    const other = await app.browserOf(user);
    const { email, path } = await asked(browser);
    expect(visibleText(await browser.follow(await browser.post(path)))).toContain(
      `Your address is now ${email}`,
    );
    expect((await other.get('/profile')).status).toBe(303);
  });

  it('lets one of two confirmations at once win, and says so to the other', async () => {
    const { user, browser } = await app.signedIn();
    const { email, path } = await asked(browser);
    const visitors = [app.browser(), app.browser(), app.browser()];
    const answers = await Promise.all(visitors.map((visitor) => visitor.post(path)));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 410, 410]);
    expect(await saved(user.id)).toMatchObject({ email, revision: 2 });
    expect(visibleText(await app.browser().get(path))).toContain('This address is confirmed');
  });

  it('lets one of two people win who confirm one address at once', async () => {
    const email = someAddress('wanted');
    const one = await app.signedIn();
    const two = await app.signedIn();
    const paths = [await asked(one.browser, email), await asked(two.browser, email)].map(({ path }) => path);
    const answers = await Promise.all(paths.map((path) => app.browser().post(path)));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
    const holders = await app.database.getRepository(User).findBy({ email });
    expect(holders.map(({ id }) => id)).toEqual([(await holderOf(email))?.userId]);
  });

  it('tells the holder of the link alone that another company holds the address', async () => {
    const stranger = await app.aUser();
    const { user, browser } = await app.signedIn();
    const { path } = await asked(browser, stranger.email);
    for (const answer of [await app.browser().get(path), await app.browser().post(path)]) {
      expect([answer.status, visibleText(answer)]).toEqual([
        409,
        expect.stringContaining('Ask the company that holds it'),
      ]);
    }
    expect(await saved(user.id)).toMatchObject({ email: user.email, revision: 1 });
    expect(await holderOf(stranger.email)).toMatchObject({ userId: stranger.id });
  });

  it('says clearly that somebody of the company has the address by now', async () => {
    const { account, user, browser } = await app.signedIn();
    const { email, path } = await asked(browser);
    await app.aUser({ account, email, status: 'pending' });
    const answer = await app.browser().post(path);
    expect([answer.status, visibleText(answer)]).toEqual([
      409,
      expect.stringContaining('belongs to somebody else'),
    ]);
    expect(await saved(user.id)).toMatchObject({ email: user.email });
  });

  it('does not say to a member who else is in the company', async () => {
    const { account, browser } = await app.signedIn();
    const colleague = await app.aUser({ account });
    await asked(browser, colleague.email);
  });

  it('ends a link by a newer wish, by cancelling, and after 24 hours', async () => {
    const { browser } = await app.signedIn();
    const first = await asked(browser);
    const second = await asked(browser);
    expect(visibleText(await app.browser().get(first.path))).toContain('This change was cancelled');
    await browser.post('/profile/email/cancellation');
    const withdrawn = await app.browser().post(second.path);
    expect([withdrawn.status, visibleText(withdrawn)]).toEqual([
      410,
      expect.stringContaining('This change was cancelled'),
    ]);
    const third = await asked(browser);
    await app.database.query('UPDATE one_time_links SET expiresAt = UTC_TIMESTAMP(3) WHERE address = ?', [
      third.email,
    ]);
    expect((await app.browser().post(third.path)).status).toBe(410);
    expect(visibleText(await browser.get('/profile/email'))).toContain('was not confirmed');
    await browser.post('/profile/email/sending');
    expect((await app.browser().get(third.path)).status).toBe(200);
    expect(await mailsTo(third.email)).toHaveLength(2);
  });

  it('takes no tampered or foreign token, and cancelling twice does no harm', async () => {
    const { browser } = await app.signedIn();
    const { path } = await asked(browser);
    for (const token of [`${path}A`, `${path.slice(0, -2)}AA`, '/profile/email/x']) {
      expect((await app.browser().get(token)).status).toBe(410);
      expect((await app.browser().post(token)).status).toBe(410);
    }
    await browser.post('/profile/email/cancellation');
    expect(visibleText(await browser.follow(await browser.post('/profile/email/cancellation')))).toContain(
      'No change of address waits',
    );
  });

  it('refuses the address one has, and what is none', async () => {
    const { user, browser } = await app.signedIn();
    for (const [email, said] of [
      [user.email, 'This is the address already'],
      ['nobody', 'example.com'],
    ]) {
      const answer = await browser.post('/profile/email', { email, currentPassword: PASSWORD });
      expect([answer.status, field(answer, 'email').error]).toEqual([422, expect.stringContaining(said)]);
    }
  });
});
