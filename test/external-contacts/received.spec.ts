import { IsNull } from 'typeorm';
import { AccountSettings } from '../../src/accounts/account-settings.entity.js';
import { Account } from '../../src/accounts/account.entity.js';
import { newSettings } from '../../src/accounts/settings.js';
import { User } from '../../src/accounts/user.entity.js';
import { limits } from '../../src/config/limits.js';
import { newId, type Id } from '../../src/database/id.js';
import { inTransaction } from '../../src/database/transaction.js';
import { ExternalBlock, ExternalContact } from '../../src/external-contacts/external-contact.entity.js';
import { Blocks } from '../../src/external-contacts/blocks/blocks.service.js';
import { ReceivedRequest, SentRequest } from '../../src/external-contacts/external-request.entities.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { Notification } from '../../src/notifications/notification.entity.js';
import { Notifications, type News } from '../../src/notifications/notifications.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Answer } from '../support/browser.js';
import { twoCompanies, type Somebody } from './two-companies.js';

jest.setTimeout(60_000);

const RECEIVED = '/external-contacts/requests';
const DAY = 86_400_000;

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

/** What the page after an answer says. */
async function told({ browser }: Somebody, answer: Answer): Promise<string> {
  expect(answer.status).toBe(303);
  const page = await browser.follow(answer);
  return /class="message__body">\s*<p>([\s\S]*?)<\/p>/.exec(page.text)?.[1].replaceAll('&#x27;', '’') ?? '';
}

/** Takes the last message's Undo. */
async function undo(somebody: Somebody, answer: Answer): Promise<string> {
  const page = await somebody.browser.follow(answer);
  const action = /action="([^"]*\/undo[^"]*)"/.exec(page.text)?.[1] ?? 'no undo';
  return told(somebody, await somebody.browser.post(action));
}

const answerTo = ({ browser }: Somebody, id: Id, act: 'acceptance' | 'refusal' | 'block') =>
  browser.post(`${RECEIVED}/${id}/${act}`);

describe('The requests one has received', () => {
  it('say who asks, in full, with what they wrote line by line, when and until when', async () => {
    const { ada, bob, request } = await twoCompanies(app);
    await request(ada, bob, {
      message: 'Hello <b>Bob</b>\nWe met in Lille',
      senderAddress: 'ada@xn--telier-2nf.example',
      receivedAt: new Date('2031-03-01T09:00:00Z'),
    });
    const page = await bob.browser.get(RECEIVED);
    expect(page.status).toBe(200);
    expect(page.text).toContain('Hello &lt;b&gt;Bob&lt;/b&gt;\nWe met in Lille');
    const text = visibleText(page);
    expect(text).toContain('1 request waits for your answer');
    expect(text).toContain('Ada Lovelace Atelier Nord ada@xn--telier-2nf.example');
    expect(text).toMatch(/Reads as ada@[^ ]*telier.example/);
    expect(text).toContain('1 Mar 2031 until 31 Mar 2031');
    expect(text).toMatch(/Received 1\b/);
  });

  it('are counted in the navigation and the tabs, while they wait', async () => {
    const { ada, bob, request } = await twoCompanies(app);
    const { receivedId } = await request(ada, bob);
    await request(await app.signedIn(), bob, { expiresAt: new Date(Date.now() - 1000) });
    expect(visibleText(await bob.browser.get('/profile'))).toContain('1 request waits');
    await answerTo(bob, receivedId, 'refusal');
    expect(visibleText(await bob.browser.get('/profile'))).not.toContain('request waits');
  });

  it('are nobody else’s, whoever asks for them', async () => {
    const { ada, bob, atelier, harbour, request, receivedRow } = await twoCompanies(app);
    const { receivedId, sentId } = await request(ada, bob);
    const owner = await app.signedIn({ account: harbour, role: 'owner' });
    const colleague = await app.signedIn({ account: atelier });
    for (const somebody of [ada, owner, colleague]) {
      expect(visibleText(await somebody.browser.get(RECEIVED))).toContain('No request is waiting');
      for (const act of ['acceptance', 'refusal', 'block'] as const)
        expect((await answerTo(somebody, receivedId, act)).status).toBe(404);
      const bulk = await somebody.browser.post(`${RECEIVED}/acts`, { act: 'accept', ids: [receivedId] });
      expect(bulk.status).toBe(404);
    }
    // The sender's id of it is no id of the receiver's.
    expect((await answerTo(bob, sentId, 'acceptance')).status).toBe(404);
    expect((await answerTo(bob, 'x', 'acceptance')).status).toBe(404);
    expect((await receivedRow(receivedId)).state).toBe('waiting');
  });

  it('come in pages of fifty', async () => {
    const { ada, bob, request } = await twoCompanies(app);
    await request(ada, bob);
    const repository = app.database.getRepository(ReceivedRequest);
    const [row] = await repository.findBy({ receiverId: bob.user.id });
    await repository.insert(
      Array.from({ length: limits.page }, () => ({
        ...row,
        ...{ id: newId(), requestId: newId(), senderId: newId() },
      })),
    );
    const first = await bob.browser.get(RECEIVED);
    expect(first.text.match(/name="ids"/g)).toHaveLength(limits.page);
    const next = /href="([^"]+)" rel="next"/.exec(first.text)?.[1].replaceAll('&#x3D;', '=') ?? '';
    expect((await bob.browser.get(next)).text.match(/name="ids"/g)).toHaveLength(1);
  });
});

describe('Accepting', () => {
  it('makes each a contact of the other, and tells the sender', async () => {
    const { ada, bob, atelier, harbour, request, cardOf, linkOf, sentRow, receivedRow } =
      await twoCompanies(app);
    const { sentId, receivedId } = await request(ada, bob);
    expect(await told(bob, await answerTo(bob, receivedId, 'acceptance'))).toBe(
      'You and Ada Lovelace are now in contact.',
    );
    expect(await sentRow(sentId)).toMatchObject({ state: 'accepted', openKey: null });
    expect(await receivedRow(receivedId)).toMatchObject({ state: 'accepted' });
    expect(await linkOf(ada, bob)).toMatchObject({ state: 'connected', askedBy: ada.user.id });
    expect(await cardOf(ada, bob)).toMatchObject({ accountId: atelier.id, otherAccountId: harbour.id });
    expect(await cardOf(bob, ada)).toMatchObject({ accountId: harbour.id, otherAccountId: atelier.id });
    const news = await app.database.getRepository(Notification).findBy({ kind: 'external.accepted' });
    expect(news.filter(({ userId }) => userId === ada.user.id)).toMatchObject([
      {
        ...{ accountId: atelier.id, values: { name: 'Bob Cole', address: bob.user.email } },
        href: `/external-contacts/${(await cardOf(ada, bob))?.id}`,
      },
    ]);
    expect(visibleText(await bob.browser.get(RECEIVED))).toContain('No request is waiting');
  });

  it('twice, in three windows at once, connects once and says so each time', async () => {
    const { ada, bob, request, linkOf } = await twoCompanies(app);
    const { receivedId } = await request(ada, bob);
    const windows = await Promise.all([1, 2, 3].map(() => inAnotherWindow(bob)));
    const answers = await Promise.all(windows.map((window) => answerTo(window, receivedId, 'acceptance')));
    const said = await Promise.all(answers.map((answer, place) => told(windows[place], answer)));
    expect(said.sort()).toEqual([
      'You and Ada Lovelace are in contact already.',
      'You and Ada Lovelace are in contact already.',
      'You and Ada Lovelace are now in contact.',
    ]);
    expect((await linkOf(ada, bob))?.state).toBe('connected');
    expect(await app.database.getRepository(ExternalContact).countBy({ ownerId: bob.user.id })).toBe(1);
    expect(await app.database.getRepository(Notification).countBy({ userId: ada.user.id })).toBe(1);
  });

  it('says plainly that the sender has withdrawn, and takes the request from the list', async () => {
    const { ada, bob, request, cardOf, receivedRow } = await twoCompanies(app);
    const { sentId, receivedId } = await request(ada, bob);
    // Withdrawn, and the worker has not told the receiver yet.
    await app.database.getRepository(SentRequest).update(sentId, { state: 'withdrawn', openKey: null });
    expect(await told(bob, await answerTo(bob, receivedId, 'acceptance'))).toBe(
      'Ada Lovelace has withdrawn the request.',
    );
    expect(await cardOf(bob, ada)).toBeNull();
    expect((await receivedRow(receivedId)).state).toBe('withdrawn');
    expect(visibleText(await bob.browser.get(`${RECEIVED}?state=answered`))).toContain('Withdrawn');
  });

  it('says plainly that the request has ended', async () => {
    const { ada, bob, request, cardOf } = await twoCompanies(app);
    const { receivedId } = await request(ada, bob, { expiresAt: new Date(Date.now() - 1000) });
    expect(await told(bob, await answerTo(bob, receivedId, 'acceptance'))).toMatch(
      /^The request of Ada Lovelace has ended\./,
    );
    expect(await cardOf(bob, ada)).toBeNull();
  });

  it.each([
    [
      'deactivated',
      (ada: Somebody) => app.database.getRepository(User).update(ada.user.id, { status: 'deactivated' }),
    ],
    [
      'in the bin',
      (ada: Somebody) => app.database.getRepository(User).update(ada.user.id, { status: 'erased' }),
    ],
    [
      'of a closed account',
      (ada: Somebody) => app.database.getRepository(Account).update(ada.account.id, { closedAt: new Date() }),
    ],
    [
      'erased for good',
      async (ada: Somebody) => app.database.getRepository(SentRequest).delete({ senderId: ada.user.id }),
    ],
  ])('says plainly that a sender who is %s by now is no longer there', async (_, leave) => {
    const { ada, bob, request, cardOf } = await twoCompanies(app);
    const { receivedId } = await request(ada, bob);
    await leave(ada);
    expect(await told(bob, await answerTo(bob, receivedId, 'acceptance'))).toMatch(
      /^The request of Ada Lovelace cannot be accepted any more/,
    );
    expect(await cardOf(bob, ada)).toBeNull();
  });

  it('waits while the sender’s company allows no such contact, without saying why', async () => {
    const { ada, bob, atelier, request, receivedRow, cardOf } = await twoCompanies(app);
    const { receivedId } = await request(ada, bob);
    const off = { ...atelier.features, 'external-contacts': { allowed: false, on: false } };
    await app.database.getRepository(Account).update(atelier.id, { features: off });
    const unable = /^The request of Ada Lovelace cannot be accepted at the moment\./;
    expect(await told(bob, await answerTo(bob, receivedId, 'acceptance'))).toMatch(unable);
    await app.database.getRepository(Account).update(atelier.id, { features: atelier.features });
    await app.database
      .getRepository(AccountSettings)
      .insert({ ...newSettings(atelier.id), blockedDomains: ['example.test'] });
    expect(await told(bob, await answerTo(bob, receivedId, 'acceptance'))).toMatch(unable);
    expect((await receivedRow(receivedId)).state).toBe('waiting');
    await app.database.getRepository(AccountSettings).update(atelier.id, { blockedDomains: [] });
    await answerTo(bob, receivedId, 'acceptance');
    expect(await cardOf(bob, ada)).not.toBeNull();
  });

  it('is refused where the reader’s own company forbids the domain by now', async () => {
    const { ada, bob, harbour, request, cardOf } = await twoCompanies(app);
    const { receivedId } = await request(ada, bob);
    await app.database
      .getRepository(AccountSettings)
      .insert({ ...newSettings(harbour.id), allowedDomains: ['partner.example'] });
    expect(await told(bob, await answerTo(bob, receivedId, 'acceptance'))).toMatch(
      /^Your company does not allow contact with the domain of Ada Lovelace/,
    );
    expect(await cardOf(bob, ada)).toBeNull();
  });

  it('is refused to whoever has as many contacts as there may be, and waits for them', async () => {
    const { ada, bob, request, receivedRow } = await twoCompanies(app);
    const { receivedId } = await request(ada, bob);
    await fill(bob, limits.externalContacts);
    expect(await told(bob, await answerTo(bob, receivedId, 'acceptance'))).toMatch(
      /^You have 1,000 external contacts, as many as there may be\./,
    );
    expect((await receivedRow(receivedId)).state).toBe('waiting');
    await app.database.getRepository(ExternalContact).delete({ ownerId: bob.user.id });
    await fill(ada, limits.externalContacts);
    expect(await told(bob, await answerTo(bob, receivedId, 'acceptance'))).toMatch(
      /cannot be accepted at the moment/,
    );
  });

  it('of two people at once leaves nobody with more contacts than there may be', async () => {
    const { ada, bob, request, atelier } = await twoCompanies(app);
    const eve = await app.signedIn({ account: atelier });
    const asked = [await request(ada, bob), await request(eve, bob)];
    await fill(bob, limits.externalContacts - 1);
    const windows = await Promise.all([1, 2].map(() => inAnotherWindow(bob)));
    const answers = await Promise.all(
      windows.map((window, place) => answerTo(window, asked[place].receivedId, 'acceptance')),
    );
    const said = await Promise.all(answers.map((answer, place) => told(windows[place], answer)));
    expect(said.filter((text) => text.includes('as many as there may be'))).toHaveLength(1);
    expect(await app.database.getRepository(ExternalContact).countBy({ ownerId: bob.user.id })).toBe(
      limits.externalContacts,
    );
  });

  it('at the moment an undo brings a contact back leaves nobody with more contacts than there may be', async () => {
    const { ada, bob, request, atelier, connect, cardOf } = await twoCompanies(app);
    const eve = await app.signedIn({ account: atelier });
    await connect(eve, bob);
    const card = await cardOf(bob, eve);
    await bob.browser.post(`/external-contacts/${card?.id}/removal`);
    const [{ id }] = await app.database.query<[{ id: string }]>(
      "SELECT id FROM journal_batches WHERE actorId = ? AND kind = 'external-contacts.removal'",
      [bob.user.id],
    );
    const { receivedId } = await request(ada, bob);
    await fill(bob, limits.externalContacts - 1);
    const window = await inAnotherWindow(bob);
    await Promise.all([
      answerTo(bob, receivedId, 'acceptance'),
      window.browser.post(`/external-contacts/acts/${id}/undo`),
    ]);
    const living = { ownerId: bob.user.id, endedAt: IsNull() };
    expect(await app.database.getRepository(ExternalContact).countBy(living)).toBe(limits.externalContacts);
  });

  it('or any other answer reads the news of the request', async () => {
    const { ada, bob, request } = await twoCompanies(app);
    const news = app.database.getRepository(Notification);
    for (const act of ['refusal', 'acceptance'] as const) {
      const { sentId, receivedId } = await request(ada, bob);
      const told: News = {
        ...{ accountId: bob.user.accountId, userId: bob.user.id, kind: 'external.request', values: {} },
        ...{ href: RECEIVED, onceKey: `external.request:${sentId}` },
      };
      await inTransaction(app.database, (manager) => app.get(Notifications).tell(manager, [told]));
      await answerTo(bob, receivedId, act);
      expect((await news.findOneByOrFail({ onceKey: told.onceKey })).readAt).not.toBeNull();
    }
  });

  it('is not possible while the feature is off for the reader', async () => {
    const { ada, bob, request, receivedRow } = await twoCompanies(app);
    const { receivedId } = await request(ada, bob);
    await app.database.getRepository(User).update(bob.user.id, { features: { 'external-contacts': false } });
    expect((await bob.browser.get(RECEIVED)).status).toBe(403);
    for (const act of ['acceptance', 'refusal', 'block'] as const)
      expect((await answerTo(bob, receivedId, act)).status).toBe(403);
    expect((await receivedRow(receivedId)).state).toBe('waiting');
  });
});

describe('Declining', () => {
  it('is seen by the sender, and taken back by Undo', async () => {
    const { ada, bob, request, sentRow, receivedRow } = await twoCompanies(app);
    const { sentId, receivedId } = await request(ada, bob);
    const answer = await answerTo(bob, receivedId, 'refusal');
    expect(await sentRow(sentId)).toMatchObject({ state: 'declined', openKey: null });
    expect(await receivedRow(receivedId)).toMatchObject({ state: 'declined' });
    expect(await app.database.getRepository(Notification).countBy({ userId: ada.user.id })).toBe(0);
    expect(await undo(bob, answer)).toBe('The request waits for your answer again.');
    expect(await sentRow(sentId)).toMatchObject({ state: 'waiting', openKey: 1, answeredAt: null });
    expect(await receivedRow(receivedId)).toMatchObject({ state: 'waiting', answeredAt: null });
  });

  it('is taken back by nobody else, and once', async () => {
    const { ada, bob, request } = await twoCompanies(app);
    const { receivedId } = await request(ada, bob);
    const page = await bob.browser.follow(await answerTo(bob, receivedId, 'refusal'));
    const action = /action="([^"]*\/undo)"/.exec(page.text)?.[1] ?? '';
    expect((await ada.browser.post(action)).status).toBe(404);
    expect(await told(bob, await bob.browser.post(action))).toBe('The request waits for your answer again.');
    expect(await told(bob, await bob.browser.post(action))).toBe('This was taken back already.');
  });

  it('may be thought over for 30 days: the request is accepted after all', async () => {
    const { ada, bob, request, sentRow, cardOf } = await twoCompanies(app);
    const { sentId, receivedId } = await request(ada, bob);
    await answerTo(bob, receivedId, 'refusal');
    const answered = await bob.browser.get(`${RECEIVED}?state=answered`);
    expect(visibleText(answered)).toContain('Accept after all');
    expect(answered.text).toContain(`formaction="${RECEIVED}/${receivedId}/acceptance"`);
    await answerTo(bob, receivedId, 'acceptance');
    expect((await sentRow(sentId)).state).toBe('accepted');
    expect(await cardOf(ada, bob)).not.toBeNull();
    expect(visibleText(await bob.browser.get(`${RECEIVED}?state=answered`))).toContain('Open contact');
  });

  it('is final after 30 days: then one asks oneself', async () => {
    const { ada, bob, request, cardOf } = await twoCompanies(app);
    const { sentId, receivedId } = await request(ada, bob);
    await answerTo(bob, receivedId, 'refusal');
    const answeredAt = new Date(Date.now() - 31 * DAY);
    await app.database.getRepository(SentRequest).update(sentId, { answeredAt });
    const answered = await bob.browser.get(`${RECEIVED}?state=answered`);
    expect(visibleText(answered)).toContain('Invite them');
    expect(decodeURIComponent(answered.text.replaceAll('&#x3D;', '='))).toContain(
      `/external-contacts/invite?email=${ada.user.email}`,
    );
    expect(await told(bob, await answerTo(bob, receivedId, 'acceptance'))).toMatch(
      /^You declined the request of Ada Lovelace more than 30 days ago/,
    );
    expect(await cardOf(ada, bob)).toBeNull();
  });

  it('after the two have become contacts says that they have', async () => {
    const { ada, bob, request, connect } = await twoCompanies(app);
    const { receivedId } = await request(ada, bob);
    await connect(ada, bob);
    expect(await told(bob, await answerTo(bob, receivedId, 'refusal'))).toBe(
      'You and Ada Lovelace are in contact already.',
    );
  });
});

describe('Several requests at once', () => {
  it('are each answered on their own: what could not be done is told by name', async () => {
    const { ada, bob, request, cardOf, receivedRow } = await twoCompanies(app);
    const [eve, zoe] = [await app.signedIn({ givenName: 'Eve' }), await app.signedIn({ givenName: 'Zoë' })];
    const asked = [await request(ada, bob), await request(eve, bob), await request(zoe, bob)];
    await app.database
      .getRepository(SentRequest)
      .update(asked[1].sentId, { state: 'withdrawn', openKey: null });
    const ids = asked.map(({ receivedId }) => receivedId);
    expect(await told(bob, await bob.browser.post(`${RECEIVED}/acts`, { act: 'accept', ids }))).toBe(
      'You are now in contact with 2 more people. Eve Lovelace has withdrawn the request.',
    );
    expect(await cardOf(bob, ada)).not.toBeNull();
    expect(await cardOf(bob, zoe)).not.toBeNull();
    expect(await cardOf(bob, eve)).toBeNull();
    expect((await receivedRow(ids[1])).state).toBe('withdrawn');
  });

  it('are declined together and taken back together', async () => {
    const { ada, bob, request, receivedRow } = await twoCompanies(app);
    const eve = await app.signedIn({ givenName: 'Eve' });
    const ids = [(await request(ada, bob)).receivedId, (await request(eve, bob)).receivedId];
    const answer = await bob.browser.post(`${RECEIVED}/acts`, { act: 'decline', ids });
    expect((await receivedRow(ids[0])).state).toBe('declined');
    expect(await undo(bob, answer)).toBe('2 requests wait for your answer again.');
    for (const id of ids) expect((await receivedRow(id)).state).toBe('waiting');
  });

  it('need one ticked, and an act there is', async () => {
    const { bob } = await twoCompanies(app);
    const nobody = await bob.browser.post(`${RECEIVED}/acts`, { act: 'accept' });
    expect(await told(bob, nobody)).toBe('Tick at least one request first.');
    expect((await bob.browser.post(`${RECEIVED}/acts`, { act: 'erase', ids: [newId()] })).status).toBe(400);
  });
});

describe('Blocking', () => {
  it('hides the sender for good, who sees a request that waits', async () => {
    const { ada, bob, request, sentRow, receivedRow } = await twoCompanies(app);
    const { sentId, receivedId } = await request(ada, bob);
    const before = await sentRow(sentId);
    expect(await told(bob, await answerTo(bob, receivedId, 'block'))).toBe(
      'Ada Lovelace is blocked: you will see no request of theirs again. They are not told.',
    );
    expect(await sentRow(sentId)).toEqual(before);
    expect((await receivedRow(receivedId)).state).toBe('blocked');
    expect(await app.database.getRepository(Notification).countBy({ userId: ada.user.id })).toBe(0);
    const blocked = visibleText(await bob.browser.get('/external-contacts/blocked'));
    expect(blocked).toContain('1 blocked person');
    expect(blocked).toContain(`Ada Lovelace ${ada.user.email}`);
    expect(await told(bob, await answerTo(bob, receivedId, 'acceptance'))).toMatch(
      /^You have blocked Ada Lovelace/,
    );
  });

  it('is taken back by Undo: the request waits again', async () => {
    const { ada, bob, request, receivedRow } = await twoCompanies(app);
    const { receivedId } = await request(ada, bob);
    expect(await undo(bob, await answerTo(bob, receivedId, 'block'))).toBe(
      'The person is no longer blocked.',
    );
    expect((await receivedRow(receivedId)).state).toBe('waiting');
    expect(await app.database.getRepository(ExternalBlock).countBy({ ownerId: bob.user.id })).toBe(0);
  });

  it('ends with Unblock, which Undo takes back', async () => {
    const { ada, bob, request, receivedRow } = await twoCompanies(app);
    const { receivedId } = await request(ada, bob);
    await answerTo(bob, receivedId, 'block');
    const block = await app.database.getRepository(ExternalBlock).findOneByOrFail({ ownerId: bob.user.id });
    const path = `/external-contacts/blocked/${block.id}/deletion`;
    expect((await ada.browser.post(path)).status).toBe(404);
    const answer = await bob.browser.post(path);
    expect((await receivedRow(receivedId)).state).toBe('waiting');
    expect(await undo(bob, answer)).toBe('The person is blocked again.');
    expect((await receivedRow(receivedId)).state).toBe('blocked');
    expect((await bob.browser.post(path)).status).toBe(404);
  });

  it('from a card ends the contact for both, and Undo connects them as before', async () => {
    const { ada, bob, connect, cardOf, linkOf } = await twoCompanies(app);
    const { otherCard } = await connect(ada, bob);
    const { id: userId, accountId, email: address } = ada.user;
    const batchId = await app.get(Blocks).add(bob.user, { userId, accountId, name: 'Ada Lovelace', address });
    expect([await cardOf(ada, bob), await cardOf(bob, ada)]).toEqual([null, null]);
    expect(await linkOf(ada, bob)).toMatchObject({
      state: 'apart',
      endedFor: 'blocked',
      endedBy: bob.user.id,
    });
    expect(await app.get(Blocks).add(bob.user, { userId, accountId, name: 'Ada', address })).toBeNull();
    await bob.browser.post(`${RECEIVED}/acts/${batchId}/undo`);
    expect(await cardOf(bob, ada)).toEqual(otherCard);
    expect(await cardOf(ada, bob)).not.toBeNull();
  });

  it('that ended nothing connects nobody when it is taken back, whatever an earlier one had ended', async () => {
    const { ada, bob, connect, cardOf, linkOf } = await twoCompanies(app);
    await connect(ada, bob);
    const { id: userId, accountId, email: address } = ada.user;
    const other = { userId, accountId, name: 'Ada Lovelace', address };
    await app.get(Blocks).add(bob.user, other);
    const block = await app.database.getRepository(ExternalBlock).findOneByOrFail({ ownerId: bob.user.id });
    await app.get(Blocks).remove(bob.user, block.id);
    const again = await app.get(Blocks).add(bob.user, other);
    await bob.browser.post(`${RECEIVED}/acts/${again}/undo`);
    expect(await app.get(Blocks).count(bob.user)).toBe(0);
    expect((await linkOf(ada, bob))?.state).toBe('apart');
    expect([await cardOf(ada, bob), await cardOf(bob, ada)]).toEqual([null, null]);
  });

  it('is not taken back after 30 days', async () => {
    const { ada, bob, connect, cardOf } = await twoCompanies(app);
    await connect(ada, bob);
    const { id: userId, accountId, email: address } = ada.user;
    const batchId = await app.get(Blocks).add(bob.user, { userId, accountId, name: 'Ada', address });
    await app.database.query('UPDATE journal_batches SET at = at - INTERVAL 31 DAY WHERE id = ?', [batchId]);
    expect((await bob.browser.post(`${RECEIVED}/acts/${batchId}/undo`)).status).toBe(410);
    expect(await cardOf(bob, ada)).toBeNull();
  });

  it('withdraws what one had asked the same person', async () => {
    const { ada, bob, request, sentRow, receivedRow } = await twoCompanies(app);
    const mine = await request(bob, ada);
    const { id: userId, accountId, email: address } = ada.user;
    await app.get(Blocks).add(bob.user, { userId, accountId, name: 'Ada Lovelace', address });
    expect(await sentRow(mine.sentId)).toMatchObject({ state: 'withdrawn', openKey: null });
    await app.get(JobsWorker).runDue();
    expect((await receivedRow(mine.receivedId)).state).toBe('withdrawn');
  });
});

/** The same person in another window. */
async function inAnotherWindow({ user, account }: Somebody): Promise<Somebody> {
  return { user, account, browser: await app.browserOf(user) };
}

/** Contacts of people nobody needs to see. */
async function fill({ user }: Somebody, count: number): Promise<void> {
  const rows = Array.from({ length: count }, () => [
    ...[newId(), user.accountId, user.id, newId(), newId(), newId(), new Date()],
  ]);
  await app.database.query(
    'INSERT INTO external_contacts (id, accountId, ownerId, linkId, otherUserId, otherAccountId, connectedAt) VALUES ?',
    [rows],
  );
}
