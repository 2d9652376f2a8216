import { type Account } from '../../src/accounts/account.entity.js';
import { SEND_INVITATIONS } from '../../src/accounts/invitation-mails.service.js';
import { OneTimeLink } from '../../src/accounts/one-time-link.entity.js';
import { OneTimeLinks } from '../../src/accounts/one-time-links.service.js';
import { Invitations } from '../../src/accounts/invitations.service.js';
import { newActivationLink } from '../../src/accounts/user-rows.js';
import { newId } from '../../src/database/id.js';
import { inTransaction } from '../../src/database/transaction.js';
import { Jobs } from '../../src/jobs/jobs.service.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { noFacts, operator } from '../../src/journal/actor.js';
import { MailSender } from '../../src/mail/mail-sender.js';
import { Mail } from '../../src/mail/mail.entity.js';
import { Mails, type NewMail } from '../../src/mail/mails.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { MailServer } from './smtp.js';

describe('sending mail', () => {
  let server: MailServer;
  let app: TestApp;
  let account: Account;

  beforeAll(async () => {
    server = await MailServer.start();
    app = await startApp({
      env: {
        SMTP_URL: server.url,
        PUBLIC_URL: 'https://carnet.example',
        MAIL_FROM: 'Carnet <carnet@carnet.example>',
      },
    });
    account = await app.anAccount({ name: 'Atelier <Nord>' });
  });

  beforeEach(async () => {
    server.reset();
    await app.database.query('DELETE FROM mails');
    await app.database.query('DELETE FROM jobs');
  });

  afterAll(async () => {
    await app.close();
    await server.stop();
  });

  const write = async (fields: Partial<NewMail> = {}) => {
    const onceKey = fields.onceKey ?? newId();
    await app.get(Mails).write(app.database.manager, {
      accountId: account.id,
      userId: null,
      toAddress: 'ada@atelier.example',
      toName: 'Ada Lovelace',
      template: 'password-changed',
      language: 'en',
      values: { at: '2026-11-22T09:30:00.000Z' },
      ...fields,
      onceKey,
    });
    return app.database.getRepository(Mail).findOneByOrFail({ onceKey });
  };
  const mailRow = (id: string) => app.database.getRepository(Mail).findOneByOrFail({ id });
  const makeDue = () =>
    app.database.query('UPDATE mails SET runAt = UTC_TIMESTAMP(3), leaseToken = NULL, leaseUntil = NULL');
  const waitMinutes = async (id: string) => {
    const [{ minutes }] = await app.database.query<{ minutes: string }[]>(
      'SELECT ROUND(TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(3), runAt) / 60) AS minutes FROM mails WHERE id = ?',
      [id],
    );
    return Number(minutes);
  };
  const sendDue = (from: TestApp = app) => from.get(MailSender).sendDue();

  it('sends text and HTML with one link to our address, and says it is a machine', async () => {
    const user = await app.aUser({ account, status: 'pending' });
    const link = await inTransaction(app.database, async (manager) => {
      const row = newActivationLink(user, new Date());
      await manager.insert(OneTimeLink, row);
      return row;
    });
    const mail = await write({
      template: 'activation',
      language: 'fr',
      linkId: link.id,
      values: { company: account.name, inviter: 'Bob\r\nBcc: eve@evil.example' },
    });
    expect(await sendDue()).toBe(1);
    const [{ raw, to, messageId }] = server.received as [(typeof server.received)[0]];
    expect(to).toBe('ada@atelier.example');
    expect(messageId).toBe(`<${mail.id}@carnet.example>`);
    expect(raw).toMatch(/^Auto-Submitted: auto-generated$/im);
    expect(raw).not.toMatch(/^Bcc:/im);
    expect(raw).toMatch(/^Content-Type: multipart\/alternative/im);
    const body = decoded(raw);
    const url = `https://carnet.example${app.get(OneTimeLinks).pathOf(link)}`;
    expect(body.split(url)).toHaveLength(1 + 4);
    expect(body).toContain('Atelier &lt;Nord&gt;');
    expect(await mailRow(mail.id)).toMatchObject({ state: 'sent', attempts: 1, leaseToken: null });
    expect(JSON.stringify(await app.database.query('SELECT * FROM mails'))).not.toContain(url.slice(-40));
  });

  it('invites in nobody’s name where the operator invited', async () => {
    await app.get(Invitations).invite(operator(account.id), noFacts, {
      email: 'bo@atelier.example',
      givenName: 'Bo',
      familyName: 'Li',
    });
    expect(await sendDue()).toBe(1);
    const [{ raw }] = server.received as [(typeof server.received)[0]];
    expect(decoded(raw)).toContain('An account in the directory of Atelier <Nord> has been made for you.');
    expect(raw).toMatch(/^Subject: You are invited to Atelier <Nord>/im);
  });

  it('writes one mail for one cause', async () => {
    await write({ onceKey: 'same' });
    await write({ onceKey: 'same' });
    expect(await sendDue()).toBe(1);
  });

  it('uses a few connections for many mails', async () => {
    await Promise.all(Array.from({ length: 60 }, () => write()));
    expect(await sendDue()).toBe(60);
    expect(server.connections).toBeLessThanOrEqual(5);
  });

  it('tries a mail again after 1, 5, 30 minutes, 2 and 12 hours, then gives up', async () => {
    server.refuse = () => ({ code: 451, text: 'Mailbox busy' });
    const { id } = await write();
    const waits: number[] = [];
    for (let failure = 1; failure <= 5; failure++) {
      await sendDue();
      expect(await mailRow(id)).toMatchObject({ state: 'waiting', attempts: failure });
      waits.push(await waitMinutes(id));
      await makeDue();
    }
    expect(waits).toEqual([1, 5, 30, 120, 720]);
    await sendDue();
    expect(await mailRow(id)).toMatchObject({
      state: 'failed',
      lastError: expect.stringContaining('Mailbox busy'),
    });
  });

  it('gives up at once what is refused for good, and sends the rest', async () => {
    server.refuse = (address) => (address.startsWith('gone@') ? { code: 550, text: 'No such user' } : null);
    const gone = await write({ toAddress: 'gone@atelier.example' });
    await write();
    expect(await sendDue()).toBe(1);
    expect(await mailRow(gone.id)).toMatchObject({
      state: 'failed',
      attempts: 1,
      lastError: expect.stringContaining('No such user'),
    });
  });

  it('repeats a mail under the same Message-ID when the server hung up after it', async () => {
    server.hangUpAfterData = true;
    const { id } = await write();
    expect(await sendDue()).toBe(0);
    expect(await mailRow(id)).toMatchObject({ state: 'waiting', attempts: 1 });
    server.hangUpAfterData = false;
    await makeDue();
    expect(await sendDue()).toBe(1);
    expect(server.received.map(({ messageId }) => messageId)).toEqual(
      Array(2).fill(`<${id}@carnet.example>`),
    );
    expect(dateOf(server.received[0]?.raw)).toBe(dateOf(server.received[1]?.raw));
  });

  it('counts a server out of reach against one mail, not against all that wait', async () => {
    const other = await startApp({
      databaseUrl: app.databaseUrl,
      keys: app.keys,
      env: { SMTP_URL: 'smtp://127.0.0.1:1', PUBLIC_URL: 'https://carnet.example' },
    });
    for (let place = 0; place < 8; place++) await write();
    expect(await sendDue(other)).toBe(0);
    const tried = (await app.database.getRepository(Mail).find()).filter(({ attempts }) => attempts > 0);
    expect(tried).toHaveLength(1);
    await other.close();
    expect(await sendDue()).toBe(7);
  });

  describe('by two processes', () => {
    let other: TestApp;

    beforeAll(async () => {
      other = await startApp({
        databaseUrl: app.databaseUrl,
        keys: app.keys,
        env: { SMTP_URL: server.url, PUBLIC_URL: 'https://carnet.example' },
      });
    });

    afterAll(() => other.close());

    it('sends each mail once', async () => {
      await app.get(Mails).writeMany(
        app.database.manager,
        Array.from({ length: 120 }, (_, place) => ({
          accountId: account.id,
          userId: null,
          toAddress: `p${place}@atelier.example`,
          toName: '',
          template: 'password-changed' as const,
          language: 'en' as const,
          values: { at: '2026-11-22T09:30:00.000Z' },
          onceKey: `many:${place}`,
        })),
      );
      const sent = await Promise.all([sendDue(), sendDue(other)]);
      expect(sent[0] + sent[1]).toBe(120);
      expect(new Set(server.received.map(({ messageId }) => messageId)).size).toBe(120);
      expect(server.received).toHaveLength(120);
    });

    it('lets the next send what a dead one may have sent, under the same Message-ID', async () => {
      const { id } = await write();
      let takenOver: Promise<number> | undefined;
      server.before = async () => {
        // Sent and never noted: the lease ends, the mail is claimed again.
        if (takenOver) return;
        await app.database.query(
          'UPDATE mails SET leaseUntil = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 1 SECOND)',
        );
        takenOver = sendDue(other);
        await takenOver;
      };
      await sendDue();
      expect(server.received.map(({ messageId }) => messageId)).toEqual(
        Array(2).fill(`<${id}@carnet.example>`),
      );
      // The first one's note came too late: its claim is no longer the mail's.
      expect(await mailRow(id)).toMatchObject({ state: 'sent', attempts: 1 });
    });
  });

  it('sends by itself once the cause is committed', async () => {
    const working = await startApp({
      databaseUrl: app.databaseUrl,
      keys: app.keys,
      env: { SMTP_URL: server.url, PUBLIC_URL: 'https://carnet.example', WORKER: 'on' },
    });
    const arrived = new Promise<string>((resolve) => (server.taken = ({ to }) => resolve(to)));
    const owner = await app.aUser({ account, role: 'owner' });
    const person = { email: 'grace@atelier.example', givenName: 'Grace', familyName: 'Hopper' };
    await working.get(Invitations).invite(owner, noFacts, person);
    expect(await arrived).toBe('grace@atelier.example');
    await working.close();
    // Closing waits for what is under way: the outcome is noted.
    expect(await app.database.getRepository(Mail).find()).toMatchObject([{ state: 'sent' }]);
  });

  it('keeps back a mail whose link was withdrawn, used or ended', async () => {
    const user = await app.aUser({ account, status: 'pending' });
    const links = app.get(OneTimeLinks);
    const aLink = (expiresAt = new Date(Date.now() + 60_000)) =>
      links.create(app.database.manager, {
        accountId: account.id,
        userId: user.id,
        purpose: 'password-reset',
        expiresAt,
      });
    const [open, used, ended] = [await aLink(), await aLink(), await aLink(new Date(Date.now() - 1_000))];
    await links.use(app.database.manager, used);
    const [mail] = await Promise.all(
      [open, used, ended].map(({ id }) => write({ template: 'password-reset', linkId: id, values: {} })),
    );
    expect(await sendDue()).toBe(1);
    expect(server.received[0]?.messageId).toBe(`<${mail?.id}@carnet.example>`);
    expect(await app.database.getRepository(Mail).countBy({ state: 'withdrawn' })).toBe(2);
  });

  it('writes the mails of an import once each, however often its job is done', async () => {
    const batchId = newId();
    const many = 520;
    for (let place = 0; place < 2; place++)
      await app.aUser({ account, status: 'pending', createdByBatch: batchId });
    const template = await app.aUser({ account, status: 'active', createdByBatch: batchId });
    const pending = await app.database.query<{ id: string }[]>(
      `SELECT id FROM users WHERE createdByBatch = ? AND status = 'pending'`,
      [batchId],
    );
    const copies = Array.from({ length: many - 2 }, () => newId());
    for (const id of copies) {
      await app.database.query(
        `INSERT INTO users (id, accountId, email, liveKey, status, role, type, givenName, familyName, searchKey,
           sortKey, foldVersion, createdByBatch, createdAt, updatedAt)
         SELECT ?, accountId, CONCAT(?, '@atelier.example'), 1, 'pending', role, type, givenName, familyName,
           searchKey, sortKey, foldVersion, createdByBatch, createdAt, updatedAt FROM users WHERE id = ?`,
        [id, id, template.id],
      );
    }
    const ids = [...pending.map(({ id }) => id), ...copies];
    await app.database.manager.insert(
      OneTimeLink,
      ids.map((id) => newActivationLink({ id, accountId: account.id }, new Date())),
    );
    for (let time = 0; time < 2; time++) {
      await app.get(Jobs).enqueue(app.database.manager, {
        kind: SEND_INVITATIONS,
        payload: { accountId: account.id, batchId },
      });
      await app.get(JobsWorker).runDue();
    }
    const mails = await app.database.getRepository(Mail).find();
    expect(mails.map(({ userId }) => userId).sort()).toEqual(ids.sort());
  });
});

describe('without a mail server', () => {
  it('keeps mails at once', async () => {
    const app = await startApp();
    const { id: accountId } = await app.anAccount();
    await app.get(Mails).write(app.database.manager, {
      accountId,
      userId: null,
      toAddress: 'ada@atelier.example',
      toName: 'Ada',
      template: 'password-changed',
      language: 'fr',
      values: { at: '2026-11-22T09:30:00.000Z' },
      onceKey: newId(),
    });
    expect(await app.get(MailSender).sendDue()).toBe(0);
    expect(await app.database.getRepository(Mail).find()).toMatchObject([{ state: 'kept' }]);
    await app.close();
  });
});

/** Soft line breaks and escapes of quoted-printable taken out (RFC 2045 §6.7). */
function decoded(raw: string): string {
  return raw
    .replace(/=\r?\n/g, '')
    .replace(/(?:=[0-9A-F]{2})+/g, (escapes) =>
      Buffer.from(escapes.replaceAll('=', ''), 'hex').toString('utf8'),
    );
}

function dateOf(raw = ''): string | undefined {
  return /^Date: (.*)$/im.exec(raw)?.[1];
}
