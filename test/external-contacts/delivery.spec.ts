import { createHash } from 'node:crypto';
import { AccountSettings } from '../../src/accounts/account-settings.entity.js';
import { Account } from '../../src/accounts/account.entity.js';
import { newAccountFeatures } from '../../src/accounts/features.js';
import { OneTimeLink } from '../../src/accounts/one-time-link.entity.js';
import { OneTimeLinks } from '../../src/accounts/one-time-links.service.js';
import { newSettings } from '../../src/accounts/settings.js';
import { User } from '../../src/accounts/user.entity.js';
import { Founding } from '../../src/auth/founding.service.js';
import { limits } from '../../src/config/limits.js';
import { newId } from '../../src/database/id.js';
import { inTransaction } from '../../src/database/transaction.js';
import { ExternalBlock, ExternalContact } from '../../src/external-contacts/external-contact.entity.js';
import { DELIVER, RequestDelivery } from '../../src/external-contacts/requests/delivery.service.js';
import { Jobs } from '../../src/jobs/jobs.service.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { MailLinks } from '../../src/mail/mail-links.js';
import { MailSender } from '../../src/mail/mail-sender.js';
import { MailRefusals, addressHash } from '../../src/mail/mail-refusals.service.js';
import { PASSWORD } from '../support/builders.js';
import { startApp, type TestApp } from '../support/app.js';
import { someAddress, visibleText } from '../support/browser.js';
import { asking, SENT, toldBy } from './asking.js';
import { betweenPeople, twoCompanies, type Somebody } from './two-companies.js';

jest.setTimeout(60_000);

let app: TestApp;
let does: ReturnType<typeof asking>;
beforeAll(async () => {
  app = await startApp();
  does = asking(app);
});
afterAll(() => app.close());

/** Somebody who can only be written to: no browser is opened. */
const another = async (fields: Partial<User> & { account?: Account } = {}) =>
  app.aUser({ givenName: 'Bob', familyName: 'Cole', ...fields });
const elsewhere = async () => app.anAccount({ name: 'Harbour & Pine' });
const settingsOf = (accountId: string, fields: Partial<AccountSettings>) =>
  app.database.getRepository(AccountSettings).save({ ...newSettings(accountId), ...fields });

describe('A request', () => {
  it('to somebody of another company arrives once, with a notification and a mail in their language', async () => {
    const { ada, bob } = await twoCompanies(app);
    await app.database.getRepository(User).update({ id: bob.user.id }, { language: 'fr' });
    await does.ask(ada, bob.user.email, { message: 'We met in Lille' });
    expect(await does.receivedOf(bob.user)).toEqual([]);
    await does.work();
    const [sent] = await does.sentOf(ada);
    const [received, ...more] = await does.receivedOf(bob.user);
    expect(more).toEqual([]);
    expect(received).toMatchObject({
      ...{ requestId: sent.id, senderName: 'Ada Lovelace', senderCompany: 'Atelier Nord', state: 'waiting' },
      ...{ senderAddress: ada.user.email, message: 'We met in Lille', expiresAt: sent.expiresAt },
    });
    const [mail] = await does.mailsTo(bob.user.email);
    expect(mail).toMatchObject({
      ...{ accountId: bob.account.id, userId: bob.user.id, template: 'external-request', language: 'fr' },
      values: { name: 'Ada Lovelace', company: 'Atelier Nord', message: 'We met in Lille' },
    });
    const link = await app.database.getRepository(OneTimeLink).findOneByOrFail({ id: mail.linkId! });
    expect(link).toMatchObject({ purpose: 'external-confirm', userId: bob.user.id, subjectId: sent.id });
    expect((await does.newsOf(bob.user)).map(({ kind }) => kind)).toEqual(['external.request']);
  });

  it('whose job is done twice, or by two processes at once, arrives once', async () => {
    const { ada, bob } = await twoCompanies(app);
    await does.ask(ada, bob.user.email);
    const [{ id }] = await does.sentOf(ada);
    const delivery = app.get(RequestDelivery);
    await Promise.all(Array.from({ length: 6 }, () => delivery.deliver(id, { mail: true })));
    await app.get(Jobs).enqueue(app.database.manager, { kind: DELIVER, payload: { requestIds: [id] } });
    await does.work();
    expect(await does.receivedOf(bob.user)).toHaveLength(1);
    expect(await does.mailsTo(bob.user.email)).toHaveLength(1);
    expect(await does.newsOf(bob.user)).toHaveLength(1);
    expect(await app.database.getRepository(OneTimeLink).countBy({ subjectId: id })).toBe(1);
  });

  it('to an address that is nobody’s brings a mail with both ways, in the sender’s name and language', async () => {
    const { ada } = await twoCompanies(app);
    const address = someAddress('nobody');
    await does.ask(ada, address, { message: 'Hello' });
    await does.work();
    const [mail, ...more] = await does.mailsTo(address);
    expect(more).toEqual([]);
    expect(mail).toMatchObject({
      ...{ accountId: ada.account.id, userId: ada.user.id, template: 'external-invitation', toName: '' },
      values: { name: 'Ada Lovelace', address: ada.user.email, message: 'Hello' },
    });
    const [sent] = await does.sentOf(ada);
    const links = await app.database.getRepository(OneTimeLink).findBy({ subjectId: sent.id });
    expect(links.map(({ purpose, userId, address: to }) => [purpose, userId, to]).sort()).toEqual([
      ['external-confirm', ada.user.id, address],
      ['external-signup', ada.user.id, address],
    ]);
  });

  it('to somebody a company has invited brings a mail without a link to sign up', async () => {
    const { ada } = await twoCompanies(app);
    const account = await elsewhere();
    const pending = await another({ account, status: 'pending' });
    await does.ask(ada, pending.email);
    await does.work();
    const [mail, ...more] = await does.mailsTo(pending.email);
    expect(more).toEqual([]);
    expect(mail).toMatchObject({
      ...{ accountId: account.id, userId: pending.id, template: 'external-pending', linkId: null },
    });
    expect(await does.receivedOf(pending)).toEqual([]);
  });

  it('both send at the same moment makes them contacts, without an answer', async () => {
    const { ada, bob, cardOf, linkOf } = await twoCompanies(app);
    await Promise.all([does.ask(ada, bob.user.email), does.ask(bob, ada.user.email)]);
    const [mine, theirs] = [await does.sentOf(ada), await does.sentOf(bob)];
    const delivery = app.get(RequestDelivery);
    await Promise.all(
      [...mine, ...theirs].flatMap(({ id }) => [
        delivery.deliver(id, { mail: true }),
        delivery.deliver(id, { mail: true }),
      ]),
    );
    expect((await linkOf(ada, bob))?.state).toBe('connected');
    expect((await linkOf(ada, bob))?.askedBy).toBeNull();
    expect(await cardOf(ada, bob)).not.toBeNull();
    expect(await cardOf(bob, ada)).not.toBeNull();
    for (const who of [ada, bob]) {
      expect((await does.sentOf(who)).map(({ state }) => state)).toEqual(['accepted']);
      const kinds = (await does.newsOf(who.user)).map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === 'external.accepted')).toHaveLength(1);
    }
  });

  it('withdrawn before it is brought is brought to nobody, and nobody is told', async () => {
    const { ada, bob } = await twoCompanies(app);
    await does.ask(ada, bob.user.email);
    const [{ id }] = await does.sentOf(ada);
    await ada.browser.post(`/external-contacts/requests/${id}/withdrawal`);
    await does.work();
    expect(await does.receivedOf(bob.user)).toEqual([]);
    expect(await does.mailsTo(bob.user.email)).toEqual([]);
    expect(await does.newsOf(bob.user)).toEqual([]);
  });

  it('of somebody who has been deactivated since, or may no longer, is brought to nobody', async () => {
    for (const fields of [{ status: 'deactivated' as const }, { features: { 'external-contacts': false } }]) {
      const { ada, bob } = await twoCompanies(app);
      await does.ask(ada, bob.user.email);
      await app.database.getRepository(User).update({ id: ada.user.id }, fields);
      await does.work();
      expect(await does.receivedOf(bob.user)).toEqual([]);
    }
  });

  it('that the sender’s company forbids by now is brought to nobody', async () => {
    const { ada, bob } = await twoCompanies(app);
    await does.ask(ada, bob.user.email);
    await settingsOf(ada.account.id, { allowedDomains: ['harbour.example'] });
    await does.work();
    expect(await does.receivedOf(bob.user)).toEqual([]);
    expect(await does.mailsTo(bob.user.email)).toEqual([]);
  });

  it('leads whoever signs up by its mail to a contact, once, whichever of its links is followed', async () => {
    const { ada } = await twoCompanies(app);
    const address = someAddress('newcomer');
    await does.ask(ada, address);
    await does.work();
    const [{ linkId }] = await does.mailsTo(address);
    const link = (await app.get(MailLinks).of([linkId])).get(linkId!)!;
    const password = 'onze canards traversent';
    const browser = app.browser();
    await browser.get(link.path);
    await browser.post(link.path, {
      ...{ givenName: 'Grace', familyName: 'Hopper', region: 'FR' },
      ...{ password, passwordConfirmation: password },
    });
    await does.work();
    expect((await browser.get(link.also!.path)).status).toBe(200);
    await Promise.all([browser.post(link.also!.path), browser.post(link.also!.path)]);
    await does.work();
    expect((await does.sentOf(ada)).map(({ state }) => state)).toEqual(['accepted']);
    const contacts = await app.database.getRepository(ExternalContact).findBy({ ownerId: ada.user.id });
    expect(contacts.map(({ endedAt }) => endedAt)).toEqual([null]);
    const news = await does.newsOf(ada.user);
    expect(news.filter(({ kind }) => kind === 'external.accepted')).toHaveLength(1);
    expect(await does.mailsTo(address)).toHaveLength(1);
  });

  it('to an address that wants no invitations writes no mail, and arrives all the same', async () => {
    const { ada, bob } = await twoCompanies(app);
    const address = someAddress('quiet');
    for (const hash of [addressHash(address), addressHash(bob.user.email)])
      await app.get(MailRefusals).refuse(app.database.manager, hash);
    await does.ask(ada, `${address}, ${bob.user.email}`);
    await does.work();
    expect(await does.mailsTo(address)).toEqual([]);
    expect(await does.mailsTo(bob.user.email)).toEqual([]);
    expect(await does.receivedOf(bob.user)).toHaveLength(1);
  });

  it('asked of one process while the mail server refuses is brought by another, and its mail waits', async () => {
    const { ada, bob } = await twoCompanies(app);
    const other = await startApp({
      ...{ databaseUrl: app.databaseUrl, keys: app.keys },
      // Nothing listens there.
      env: { SMTP_URL: 'smtp://127.0.0.1:9', WORKER: 'off' },
    });
    try {
      const browser = await other.browserOf(bob.user);
      expect((await does.ask({ browser }, ada.user.email)).status).toBe(303);
      await Promise.all([other.get(JobsWorker).runDue(), app.get(JobsWorker).runDue()]);
      await other.get(MailSender).sendDue();
      expect(await does.receivedOf(ada.user)).toHaveLength(1);
      expect(await does.newsOf(ada.user)).toHaveLength(1);
      expect(await does.mailsTo(ada.user.email)).toHaveLength(1);
      expect(visibleText(await browser.get(SENT))).toContain(`${ada.user.email} Waiting until`);
    } finally {
      await other.close();
    }
  });

  it('writes to one address no more invitations a day than there may be, whoever asks', async () => {
    const address = someAddress('popular');
    const account = await app.anAccount();
    for (let sender = 0; sender <= limits.externalMailsADay; sender++) {
      await does.ask(await app.signedIn({ account }), address);
      await does.work();
    }
    expect(await does.mailsTo(address)).toHaveLength(limits.externalMailsADay);
  });

  it('writes no more of them to the many addresses of one mailbox', async () => {
    const { ada } = await twoCompanies(app);
    const [local, domain] = someAddress('mary').split('@');
    const spelt = [local, `${local}+a`, `${local}+b`, local.replace('ma', 'm.a'), local.replace('ry', 'r.y')];
    const addresses = spelt.map((each) => `${each}@${domain}`);
    await does.ask(ada, addresses.join(', '));
    await does.work();
    const mails = await Promise.all(addresses.map((address) => does.mailsTo(address)));
    expect(mails.flat()).toHaveLength(limits.externalMailsADay);
  });

  it('to another address of a mailbox that wants no invitations writes no mail', async () => {
    const { ada } = await twoCompanies(app);
    const address = someAddress('quiet').replace('@', '+shop@');
    await app.get(MailRefusals).refuse(app.database.manager, addressHash(address.replace('+shop', '')));
    await does.ask(ada, address);
    await does.work();
    expect(await does.mailsTo(address)).toEqual([]);
  });

  it('writes to somebody no more mails a day than there may be, whoever asks, and arrives all the same', async () => {
    const { bob } = await twoCompanies(app);
    const account = await app.anAccount();
    const most = limits.externalRequestMailsADay;
    const key = createHash('sha256').update(`external-mail-to\0${bob.user.email.replace(/\.(?=.*@)/g, '')}`);
    await app.database.query(
      'INSERT INTO throttle_counters (`key`, tries, endsAt) VALUES (?, ?, UTC_TIMESTAMP(3) + INTERVAL 1 DAY)',
      [key.digest('hex'), most - 1],
    );
    for (let sender = 0; sender < 2; sender++) {
      await does.ask(await app.signedIn({ account }), bob.user.email);
      await does.work();
    }
    expect(await does.mailsTo(bob.user.email)).toHaveLength(1);
    expect(await does.receivedOf(bob.user)).toHaveLength(2);
  });

  it('withdrawn and asked again and again writes no more mails than there may be in a day', async () => {
    const { ada, bob } = await twoCompanies(app);
    for (let time = 0; time < limits.externalMailsADay + 2; time++) {
      await does.ask(ada, bob.user.email);
      await does.work();
      const { id } = (await does.sentOf(ada)).at(-1)!;
      await ada.browser.post(`/external-contacts/requests/${id}/withdrawal`);
      await does.work();
    }
    expect(await does.mailsTo(bob.user.email)).toHaveLength(limits.externalMailsADay);
    expect((await does.receivedOf(bob.user)).every(({ state }) => state === 'withdrawn')).toBe(true);
  });
});

/** Everybody a request may be for: who they are, and what has to be so before it is sent. */
const receivers: Record<string, (ada: Somebody) => Promise<{ address: string; arrives: boolean }>> = {
  'an active person': async () => ({
    address: (await another({ account: await elsewhere() })).email,
    arrives: true,
  }),
  'a person with an account of their own': async () => ({
    address: (await another({ account: await app.anAccount({ kind: 'personal', name: 'Bob' }) })).email,
    arrives: true,
  }),
  nobody: () => Promise.resolve({ address: someAddress('nobody'), arrives: false }),
  'somebody pending elsewhere': async () => ({
    address: (await another({ account: await elsewhere(), status: 'pending' })).email,
    arrives: false,
  }),
  'somebody pending here': async ({ account }) => ({
    address: (await another({ account, status: 'pending' })).email,
    arrives: false,
  }),
  'a colleague one does not see': async ({ account }) => {
    return { address: (await another({ account, restricted: true })).email, arrives: false };
  },
  'somebody deactivated': async () => {
    const gone = await another({ account: await elsewhere() });
    await app.database.getRepository(User).update({ id: gone.id }, { status: 'deactivated' });
    return { address: gone.email, arrives: false };
  },
  'somebody of a closed company': async () => {
    const account = await elsewhere();
    const { email } = await another({ account });
    await app.database.getRepository(Account).update({ id: account.id }, { closedAt: new Date() });
    return { address: email, arrives: false };
  },
  'somebody whose account has it off': async () => {
    const features = { ...newAccountFeatures(), 'external-contacts': { allowed: false, on: true } };
    return {
      address: (await another({ account: await app.anAccount({ features }) })).email,
      arrives: false,
    };
  },
  'somebody whose group has it off': async () => {
    const account = await elsewhere();
    const { email, id } = await another({ account });
    const groupId = newId();
    await app.database.query(
      `INSERT INTO user_groups (id, accountId, name, nameKey, features, createdAt)
       VALUES (?, ?, 'Quiet', 'quiet', ?, UTC_TIMESTAMP(3))`,
      [groupId, account.id, JSON.stringify({ 'external-contacts': { on: false, locked: true } })],
    );
    await app.database.query('INSERT INTO user_group_members (groupId, userId, accountId) VALUES (?, ?, ?)', [
      groupId,
      id,
      account.id,
    ]);
    await app.database.getRepository(Account).update({ id: account.id }, { groupFeatures: 1 });
    return { address: email, arrives: false };
  },
  'somebody whose company lets the sender’s domain not in': async () => {
    const account = await elsewhere();
    await settingsOf(account.id, { blockedDomains: ['example.test'] });
    return { address: (await another({ account })).email, arrives: false };
  },
  'somebody who has blocked the sender': async (ada) => {
    const bob = await another({ account: await elsewhere() });
    await app.database.getRepository(ExternalBlock).insert({
      ...{ id: newId(), accountId: bob.accountId, ownerId: bob.id, blockedUserId: ada.user.id },
      ...{ name: 'Ada', address: ada.user.email, createdAt: new Date() },
    });
    return { address: bob.email, arrives: false };
  },
  'somebody with no room for requests': async () => {
    const bob = await another({ account: await elsewhere() });
    const rows = Array.from({ length: limits.externalRequestsWaiting }, () => [
      ...[newId(), bob.accountId, bob.id, newId(), newId(), newId(), 'X', 'x@x.test', '', 'waiting'],
      ...[new Date(), new Date(Date.now() + 86_400_000)],
    ]);
    await app.database.query(
      `INSERT INTO external_requests_received (id, accountId, receiverId, requestId, senderId, senderAccountId, senderName,
         senderAddress, senderCompany, state, receivedAt, expiresAt) VALUES ?`,
      [rows],
    );
    return { address: bob.email, arrives: false };
  },
  'somebody with no room for contacts': async () => {
    const bob = await another({ account: await elsewhere() });
    const rows = Array.from({ length: limits.externalContacts }, () => [
      ...[newId(), bob.accountId, bob.id, newId(), newId(), newId(), new Date()],
    ]);
    await app.database.query(
      `INSERT INTO external_contacts (id, accountId, ownerId, linkId, otherUserId, otherAccountId, connectedAt) VALUES ?`,
      [rows],
    );
    return { address: bob.email, arrives: false };
  },
  'an address that wants no mails': async () => {
    const address = someAddress('quiet');
    await app.get(MailRefusals).refuse(app.database.manager, addressHash(address));
    return { address, arrives: false };
  },
};

describe('Whoever an address is of', () => {
  let asked: { told: string; status: number; list: string; statements: string[] } | undefined;

  it.each(Object.keys(receivers))('%s: the sender is told the same, at the same cost', async (kind) => {
    const account = await app.anAccount({ name: 'Atelier Nord', restrictedGroups: 1 });
    const ada = await app.signedIn({ account });
    await ada.browser.get(SENT);
    const { address, arrives } = await receivers[kind](ada);
    const { result, statements } = await statementsOf(() => does.ask(ada, address, { message: 'Hello' }));
    const told = toldBy(result).replace(address, 'ADDRESS');
    await does.work();
    const list = visibleText(await ada.browser.get(SENT))
      .replaceAll(address, 'ADDRESS')
      .replaceAll(ada.user.email, 'ADA');
    expect(told).toBe('Request sent to ADDRESS.');
    expect(list).toContain(told);
    const now = { told, status: result.status, list, statements };
    asked ??= now;
    expect(now).toEqual(asked);
    const received = await app.database.query<unknown[]>(
      'SELECT 1 FROM external_requests_received WHERE senderId = ?',
      [ada.user.id],
    );
    expect(received).toHaveLength(arrives ? 1 : 0);
    expect((await does.sentOf(ada)).map(({ state }) => state)).toEqual(['waiting']);
  });

  it('sending again and withdrawing cost the same too', async () => {
    const ada = await app.signedIn();
    const bob = await another({ account: await elsewhere() });
    const acts: string[][] = [];
    for (const address of [bob.email, someAddress('nobody')]) {
      await does.ask(ada, address);
      await does.work();
      const { id } = (await does.sentOf(ada)).find(({ toAddress }) => toAddress === address)!;
      await app.database.query(
        'UPDATE external_requests_sent SET lastSentAt = lastSentAt - INTERVAL 2 DAY WHERE id = ?',
        [id],
      );
      const again = await statementsOf(() => ada.browser.post(`/external-contacts/requests/${id}/resending`));
      await does.work();
      const back = await statementsOf(() => ada.browser.post(`/external-contacts/requests/${id}/withdrawal`));
      acts.push([...again.statements, ...back.statements]);
    }
    expect(acts[1]).toEqual(acts[0]);
  });
});

describe('Somebody who arrives with an address', () => {
  it('finds what waited for it, without another mail', async () => {
    const { ada, bob } = await twoCompanies(app);
    const address = someAddress('later');
    await does.ask(ada, address);
    await does.ask(bob, address);
    await does.work();
    const mails = (await does.mailsTo(address)).length;
    const { id } = await app.get(Founding).admit((await elsewhere()).id, {
      ...{ email: address, givenName: 'Cleo', familyName: 'Marsh', password: PASSWORD },
    });
    await does.work();
    expect((await does.receivedOf({ id })).map(({ state }) => state)).toEqual(['waiting', 'waiting']);
    expect(await does.newsOf({ id })).toHaveLength(2);
    expect(await does.mailsTo(address)).toHaveLength(mails);
  });

  it('finds nothing that was withdrawn, has ended or comes from their own company', async () => {
    const { ada, bob } = await twoCompanies(app);
    const address = someAddress('later');
    for (const who of [ada, bob]) await does.ask(who, address);
    const [mine] = await does.sentOf(ada);
    await ada.browser.post(`/external-contacts/requests/${mine.id}/withdrawal`);
    const { id } = await app.get(Founding).admit(bob.account.id, {
      ...{ email: address, givenName: 'Cleo', familyName: 'Marsh', password: PASSWORD },
    });
    await does.work();
    expect(await does.receivedOf({ id })).toEqual([]);
  });

  it('by a change of their address finds what waited for the new one', async () => {
    const { ada, bob } = await twoCompanies(app);
    const address = someAddress('moved');
    await does.ask(ada, address);
    await bob.browser.post('/profile/email', { email: address, currentPassword: PASSWORD });
    await does.work();
    const [mail] = (await does.mailsTo(address)).filter(({ template }) => template === 'email-change');
    const link = await app.database.getRepository(OneTimeLink).findOneByOrFail({ id: mail.linkId! });
    await app.browser().post(app.get(OneTimeLinks).pathOf(link));
    await does.work();
    expect(await does.receivedOf(bob.user)).toHaveLength(1);
  });
});

describe('Declined', () => {
  it('a request is not brought again for 30 days, whatever the sender finds to send it', async () => {
    const { ada, bob } = await twoCompanies(app);
    const { request, sentRow } = betweenPeople(app);
    const { receivedId } = await request(ada, bob);
    await bob.browser.post(`/external-contacts/requests/${receivedId}/refusal`);
    // The sender has it under another of the receiver's addresses.
    const address = someAddress('other');
    await inTransaction(app.database, (manager) =>
      manager.query('UPDATE sign_in_addresses SET address = ? WHERE userId = ?', [address, bob.user.id]),
    );
    await does.ask(ada, address);
    await does.work();
    expect(await does.receivedOf(bob.user)).toHaveLength(1);
    const last = (await does.sentOf(ada)).at(-1)!;
    expect((await sentRow(last.id)).state).toBe('waiting');
  });
});

/** The statements, parameters left out, that the application runs meanwhile. */
async function statementsOf<T>(act: () => Promise<T>): Promise<{ result: T; statements: string[] }> {
  const runner = app.database.createQueryRunner();
  const prototype = Object.getPrototypeOf(runner) as { query(sql: string): Promise<unknown> };
  const statements: string[] = [];
  const query = prototype.query;
  const spy = jest.spyOn(prototype, 'query').mockImplementation(function (this: unknown, ...all) {
    statements.push(String(all[0]).replace(/\s+/g, ' ').trim());
    return query.apply(this, all as [string]);
  });
  try {
    const result = await act();
    // A session notes its use at most once in ten minutes, on no request in particular.
    return { result, statements: statements.filter((sql) => !/^UPDATE sessions/.test(sql)) };
  } finally {
    spy.mockRestore();
    await runner.release();
  }
}
