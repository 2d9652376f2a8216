import { limits } from '../../src/config/limits.js';
import { newId, type Id } from '../../src/database/id.js';
import { ExternalBlock, ExternalContact } from '../../src/external-contacts/external-contact.entity.js';
import { ReceivedRequest, SentRequest } from '../../src/external-contacts/external-request.entities.js';
import { Notification } from '../../src/notifications/notification.entity.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Answer } from '../support/browser.js';
import { betweenPeople, twoCompanies, type Somebody } from './two-companies.js';

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
    expect(text).toMatch(/In other programs: ada@[^ ]*telier.example/);
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
    const { bob, request } = await twoCompanies(app);
    const senders = await Promise.all(
      Array.from({ length: 51 }, async (_, place) => {
        const account = await app.anAccount();
        const user = await app.aUser({ account, status: 'pending', givenName: `Sender${place}` });
        return { user, account, browser: bob.browser };
      }),
    );
    for (const sender of senders) await request(sender, bob);
    const first = await bob.browser.get(RECEIVED);
    expect(first.text.match(/name="ids"/g)).toHaveLength(50);
    const next = /href="([^"]*after=[^"]*)" rel="next"/.exec(first.text)?.[1].replaceAll('&#x3D;', '=') ?? '';
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

  it('twice connects once, and says so both times', async () => {
    const { ada, bob, request, linkOf } = await twoCompanies(app);
    const { receivedId } = await request(ada, bob);
    const answers = await Promise.all(
      [1, 2, 3].map(async () => told(bob, await answerTo(await again(bob), receivedId, 'acceptance'))),
    );
    void answers;
    expect((await linkOf(ada, bob))?.state).toBe('connected');
    expect(await app.database.getRepository(ExternalContact).countBy({ ownerId: bob.user.id })).toBe(1);
    expect(await app.database.getRepository(Notification).countBy({ userId: ada.user.id })).toBe(1);
    expect(await told(bob, await answerTo(bob, receivedId, 'acceptance'))).toBe(
      'You and Ada Lovelace are in contact already.',
    );
  });
});

/** The same person in another window. */
async function again({ user, account }: Somebody): Promise<Somebody> {
  return { user, account, browser: await app.browserOf(user) };
}
