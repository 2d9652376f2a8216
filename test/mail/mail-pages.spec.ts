import { In } from 'typeorm';
import { type Account } from '../../src/accounts/account.entity.js';
import { OneTimeLinks } from '../../src/accounts/one-time-links.service.js';
import { type User } from '../../src/accounts/user.entity.js';
import { newId } from '../../src/database/id.js';
import { AuditEntry } from '../../src/journal/journal.entities.js';
import { Mail } from '../../src/mail/mail.entity.js';
import { Mails } from '../../src/mail/mails.service.js';
import { startApp, type TestApp } from '../support/app.js';

describe('/mail', () => {
  let app: TestApp;
  let account: Account;

  beforeAll(async () => {
    app = await startApp();
  });

  beforeEach(async () => {
    account = await app.anAccount();
  });

  afterAll(() => app.close());

  /** A reset mail to this person, and the path of its link. */
  const aMailTo = async (user: User) => {
    const { accountId, id: userId, email } = user;
    const links = app.get(OneTimeLinks);
    const link = await links.create(app.database.manager, {
      accountId,
      userId,
      purpose: 'password-reset',
      expiresAt: new Date(Date.now() + 60_000),
    });
    const onceKey = newId();
    await app.get(Mails).write(app.database.manager, {
      accountId,
      userId,
      toAddress: email,
      toName: user.displayName,
      template: 'password-reset',
      language: 'en',
      values: {},
      linkId: link.id,
      onceKey,
    });
    const { id } = await app.database.getRepository(Mail).findOneByOrFail({ onceKey });
    return { id, link, path: links.pathOf(link) };
  };

  it('shows an admin the mails of the own account alone, newest first', async () => {
    const { browser } = await app.signedIn({ account, role: 'admin' });
    const [one, two, elsewhere] = [
      await app.aUser({ account }),
      await app.aUser({ account }),
      await app.aUser(),
    ];
    for (const user of [one, two, elsewhere]) await aMailTo(user);
    const { status, text } = await browser.get('/mail');
    expect(status).toBe(200);
    expect(text).not.toContain(elsewhere.email);
    expect(text.indexOf(two.email)).toBeGreaterThan(0);
    expect(text.indexOf(one.email)).toBeGreaterThan(text.indexOf(two.email));
    const found = await browser.get(`/mail?q=${encodeURIComponent(one.email.slice(2).toUpperCase())}`);
    expect(found.text).toContain(one.email);
    expect(found.text).not.toContain(two.email);
  });

  it('lets mails go that were done with 30 days ago, and none that waits', async () => {
    const [young, old, waiting] = [
      await aMailTo(await app.aUser({ account })),
      await aMailTo(await app.aUser({ account })),
      await aMailTo(await app.aUser({ account })),
    ];
    const mails = app.database.getRepository(Mail);
    const longAgo = new Date(Date.now() - 31 * 86_400_000);
    await mails.update({ id: old.id }, { runAt: longAgo });
    await mails.update({ id: waiting.id }, { runAt: longAgo, state: 'waiting' });
    await app.get(Mails).sweep(app.database.manager);
    const kept = await mails.findBy({ id: In([young.id, old.id, waiting.id]) });
    expect(kept.map(({ id }) => id).sort()).toEqual([young.id, waiting.id].sort());
  });

  it('pages through many mails', async () => {
    const { browser } = await app.signedIn({ account, role: 'admin' });
    await app.get(Mails).writeMany(
      app.database.manager,
      Array.from({ length: 51 }, (_, place) => ({
        accountId: account.id,
        userId: null,
        toAddress: `p${place}@atelier.example`,
        toName: '',
        template: 'password-changed' as const,
        language: 'en' as const,
        values: { at: '2026-11-22T09:30:00.000Z' },
        onceKey: newId(),
      })),
    );
    const { text } = await browser.get('/mail');
    const next = (/href="(\/mail\?after[^"]+)" rel="next"/.exec(text)?.[1] ?? '').replace('&#x3D;', '=');
    expect(text.match(/href="\/mail\/[0-9a-f-]{36}"/g)).toHaveLength(50);
    expect((await browser.get(next)).text.match(/href="\/mail\/[0-9a-f-]{36}"/g)).toHaveLength(1);
  });

  it('shows the mail with its live link, and leaves a line in the audit log', async () => {
    const { browser, user } = await app.signedIn({ account, role: 'admin' });
    const mail = await aMailTo(await app.aUser({ account }));
    const { status, text } = await browser.get(`/mail/${mail.id}`);
    expect(status).toBe(200);
    expect(text).toContain(`href="${app.url}${mail.path}"`);
    expect(text).not.toContain('style=');
    expect(await app.database.getRepository(AuditEntry).findBy({ targetId: mail.id })).toMatchObject([
      { action: 'mail.open', actorId: user.id },
    ]);
  });

  it('hides the link of an owner from an admin, not from an owner', async () => {
    const owner = await app.aUser({ account, role: 'owner' });
    const mail = await aMailTo(owner);
    const token = mail.path.split('/').at(-1) ?? '';
    const { browser } = await app.signedIn({ account, role: 'admin' });
    expect((await browser.get(`/mail/${mail.id}`)).text).not.toContain(token);
    const second = await app.browserOf(owner);
    expect((await second.get(`/mail/${mail.id}`)).text).toContain(token);
  });

  it('shows no link that is over', async () => {
    const { browser } = await app.signedIn({ account, role: 'owner' });
    const mail = await aMailTo(await app.aUser({ account }));
    await app.get(OneTimeLinks).use(app.database.manager, mail.link);
    const { text } = await browser.get(`/mail/${mail.id}`);
    expect(text).not.toContain(mail.path);
    expect(text).toContain('The link has been used.');
  });

  it('is closed to members, to other companies and to visitors', async () => {
    const mail = await aMailTo(await app.aUser({ account }));
    const { browser: member } = await app.signedIn({ account });
    expect((await member.get('/mail')).status).toBe(403);
    expect((await member.get(`/mail/${mail.id}`)).status).toBe(403);
    const { browser: stranger } = await app.signedIn({ role: 'owner' });
    expect((await stranger.get(`/mail/${mail.id}`)).status).toBe(404);
    expect((await app.browser().get('/mail')).status).toBe(303);
  });

  it('does not exist where a mail server sends', async () => {
    const sending = await startApp({
      databaseUrl: app.databaseUrl,
      keys: app.keys,
      env: { SMTP_URL: 'smtp://127.0.0.1:1' },
    });
    const mail = await aMailTo(await app.aUser({ account }));
    const { browser } = await sending.signedIn({ account, role: 'owner' });
    expect((await browser.get('/mail')).status).toBe(404);
    expect((await browser.get(`/mail/${mail.id}`)).status).toBe(404);
    await sending.close();
  });
});
