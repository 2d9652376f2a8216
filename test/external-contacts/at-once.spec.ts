import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { ExternalContact } from '../../src/external-contacts/external-contact.entity.js';
import { SentRequest } from '../../src/external-contacts/external-request.entities.js';
import { startApp, type TestApp } from '../support/app.js';
import { type Answer } from '../support/browser.js';
import { twoCompanies, type Somebody } from './two-companies.js';

jest.setTimeout(60_000);

const REQUESTS = '/external-contacts/requests';
/** How often the same race is run: whoever wins, all must fit together. */
const ROUNDS = 6;

let app: TestApp;
let people: Awaited<ReturnType<typeof twoCompanies>>;
beforeAll(async () => {
  app = await startApp();
  people = await twoCompanies(app);
});
afterAll(() => app.close());
afterEach(async () => {
  for (const table of ['contacts', 'links', 'blocks', 'requests_sent', 'requests_received'])
    await app.database.query(`DELETE FROM external_${table}`);
});

async function said({ browser }: Somebody, answer: Answer): Promise<string> {
  expect(answer.status).toBe(303);
  const page = await browser.follow(answer);
  return /class="message__body">\s*<p>([\s\S]*?)<\/p>/.exec(page.text)?.[1] ?? '';
}

async function contactsOf({ user }: Somebody): Promise<number> {
  const cards = await app.database.getRepository(ExternalContact).findBy({ ownerId: user.id });
  return cards.filter(({ endedAt }) => endedAt === null).length;
}

describe('In the same instant', () => {
  it.each(Array.from({ length: ROUNDS }, (_, round) => round))(
    'accepting and withdrawing: one wins, and both are told the truth (%i)',
    async (round) => {
      const { ada, bob, request, sentRow, receivedRow } = people;
      const { sentId, receivedId } = await request(ada, bob);
      const accept = () => bob.browser.post(`${REQUESTS}/${receivedId}/acceptance`);
      const withdraw = () => ada.browser.post(`${REQUESTS}/${sentId}/withdrawal`);
      const [first, second] = round % 2 ? [accept, withdraw] : [withdraw, accept];
      const answers = await Promise.all([first(), second()]);
      const [accepted, withdrawn] = round % 2 ? answers : [answers[1], answers[0]];
      const bobRead = await said(bob, accepted);
      const adaRead = await said(ada, withdrawn);
      await app.get(JobsWorker).runDue();
      const { state } = await sentRow(sentId);
      expect((await receivedRow(receivedId)).state).toBe(state);
      const connected = state === 'accepted';
      expect([await contactsOf(ada), await contactsOf(bob)]).toEqual(connected ? [1, 1] : [0, 0]);
      expect(bobRead).toBe(
        connected ? 'You and Ada Lovelace are now in contact.' : 'Ada Lovelace has withdrawn the request.',
      );
      expect(/withdrawn/.test(adaRead) && !/not|cannot|already/.test(adaRead)).toBe(!connected);
    },
  );

  it.each(['refusal', 'block'])('accepting and %s of the same request: both sides agree', async (other) => {
    const { ada, bob, request, sentRow, receivedRow } = people;
    for (let round = 0; round < ROUNDS / 2; round++) {
      const { sentId, receivedId } = await request(ada, bob);
      const answers = await Promise.all([
        bob.browser.post(`${REQUESTS}/${receivedId}/acceptance`),
        bob.browser.post(`${REQUESTS}/${receivedId}/${other}`),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([303, 303]);
      const [sent, received] = [await sentRow(sentId), await receivedRow(receivedId)];
      const contacts = [await contactsOf(ada), await contactsOf(bob)];
      const blocks = await app.database.query<object[]>('SELECT 1 FROM external_blocks');
      if (other === 'block') {
        // Blocked last, or before the acceptance, which it then keeps from happening.
        expect(blocks).toHaveLength(1);
        expect(contacts).toEqual([0, 0]);
      } else {
        // A refusal that came first was thought over at once.
        expect([sent.state, received.state]).toEqual(['accepted', 'accepted']);
        expect(contacts).toEqual([1, 1]);
      }
      for (const table of ['contacts', 'links', 'blocks', 'requests_sent', 'requests_received'])
        await app.database.query(`DELETE FROM external_${table}`);
    }
  });

  it('both asking each other: they are in contact once, and neither has a request left', async () => {
    const { ada, bob } = people;
    await Promise.all([
      ada.browser.post(REQUESTS, { email: bob.user.email }),
      bob.browser.post(REQUESTS, { email: ada.user.email }),
    ]);
    await Promise.all([app.get(JobsWorker).runDue(), app.get(JobsWorker).runDue()]);
    await app.get(JobsWorker).runDue();
    expect([await contactsOf(ada), await contactsOf(bob)]).toEqual([1, 1]);
    expect((await people.linkOf(ada, bob))?.state).toBe('connected');
    const sent = await app.database.getRepository(SentRequest).find();
    expect(sent.map(({ state }) => state)).toEqual(['accepted', 'accepted']);
    const waiting = await app.database.query<object[]>(
      "SELECT 1 FROM external_requests_received WHERE state = 'waiting'",
    );
    expect(waiting).toEqual([]);
  });

  it('accepting a request and asking its sender: they are in contact once', async () => {
    const { ada, bob, request } = people;
    const { receivedId, sentId } = await request(ada, bob);
    const answers = await Promise.all([
      bob.browser.post(`${REQUESTS}/${receivedId}/acceptance`),
      bob.browser.post(REQUESTS, { email: ada.user.email }),
    ]);
    expect(answers.every(({ status }) => status < 500)).toBe(true);
    await app.get(JobsWorker).runDue();
    expect([await contactsOf(ada), await contactsOf(bob)]).toEqual([1, 1]);
    expect((await people.sentRow(sentId)).state).toBe('accepted');
    const open = await app.database.getRepository(SentRequest).countBy({ openKey: 1 });
    expect(open).toBe(0);
  });
});
