import { AccountSettings } from '../../src/accounts/account-settings.entity.js';
import { newSettings } from '../../src/accounts/settings.js';
import { User } from '../../src/accounts/user.entity.js';
import { limits } from '../../src/config/limits.js';
import { newId } from '../../src/database/id.js';
import { ExternalBlock } from '../../src/external-contacts/external-contact.entity.js';
import { SentRequest } from '../../src/external-contacts/external-request.entities.js';
import { startApp, type TestApp } from '../support/app.js';
import { field, someAddress, visibleText, type Answer } from '../support/browser.js';
import { asking, INVITE, REQUESTS, SENT, toldBy } from './asking.js';
import { twoCompanies, type Somebody } from './two-companies.js';

jest.setTimeout(60_000);

let app: TestApp;
let does: ReturnType<typeof asking>;
beforeAll(async () => {
  app = await startApp();
  does = asking(app);
});
afterAll(() => app.close());

/** What stands in a text area of an answer. */
function areaOf({ text }: Answer, name: string): string {
  const held = new RegExp(`<textarea[^>]*name="${name}"[^>]*>\n?([^<]*)</textarea>`).exec(text)?.[1] ?? '';
  return held
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}

async function rules({ account }: Somebody, fields: Partial<AccountSettings>): Promise<void> {
  await app.database.getRepository(AccountSettings).save({ ...newSettings(account.id), ...fields });
}

/** Another form of the same person, as a page just opened has it. */
const nobody = () => someAddress('nobody');

describe('The form', () => {
  it('is filled in by its address, with one address or several', async () => {
    const { ada } = await twoCompanies(app);
    const one = await ada.browser.get(`${INVITE}?email=bob%40harbour.example`);
    expect(one.status).toBe(200);
    expect(areaOf(one, 'email')).toBe('bob@harbour.example');
    const two = await ada.browser.get(`${INVITE}?email=a%40x.example&email=%3Cscript%3E`);
    expect(areaOf(two, 'email')).toBe('a@x.example\n<script>');
  });

  it('is for people whose external contacts are on', async () => {
    const { browser } = await app.signedIn({ features: { 'external-contacts': false } });
    for (const path of [INVITE, SENT]) expect((await browser.get(path)).status).toBe(403);
    expect((await browser.post(REQUESTS, { email: nobody() })).status).toBe(403);
    expect((await app.browser().get(INVITE)).headers['location']).toContain('/login?next=');
  });

  it('says beforehand whom the company lets its people ask, and who can change it', async () => {
    const { ada } = await twoCompanies(app);
    await rules(ada, { allowedDomains: ['example.test', 'xn--bcher-kva.example'] });
    const page = visibleText(await ada.browser.get(INVITE));
    expect(page).toContain('allows external contacts only at: example.test and bücher.example.');
    expect(page).toContain('An administrator of your company can change it.');
    const admin = await app.signedIn({ account: ada.account, role: 'admin' });
    expect((await admin.browser.get(INVITE)).text).toContain('href="/settings#external-contacts"');
  });

  it('keeps what was typed, and says what is missing or too long', async () => {
    const { ada } = await twoCompanies(app);
    const empty = await does.ask(ada, ' ; ,\n', { message: 'Hello' });
    expect(empty.status).toBe(422);
    expect(field(empty, 'email').error).toBe('Enter at least one e-mail address');
    expect(areaOf(empty, 'message')).toBe('Hello');
    const long = '😀'.repeat(limits.externalMessageCharacters);
    expect((await does.ask(ada, nobody(), { message: long })).status).toBe(303);
    const longer = await does.ask(ada, nobody(), { message: `${long}!` });
    expect(longer.status).toBe(422);
    expect(field(longer, 'message').error).toBe('Use 500 characters at most');
    expect(areaOf(longer, 'message')).toBe(`${long}!`);
    expect(await does.sentOf(ada)).toHaveLength(1);
  });
});

describe('Asking', () => {
  it('answers one address with its name, and keeps the message line by line', async () => {
    const { ada } = await twoCompanies(app);
    const address = nobody();
    const answer = await does.ask(ada, ` <MAILTO:${address.toUpperCase()}> `, {
      message: 'Hello\r\nthere',
    });
    expect([answer.status, answer.headers['location']]).toEqual([303, SENT]);
    expect(toldBy(answer)).toBe(`Request sent to ${address}.`);
    expect(await does.sentOf(ada)).toMatchObject([
      { toAddress: address, message: 'Hello\nthere', state: 'waiting', timesSent: 1 },
    ]);
  });

  it('takes a pasted list with names, in one field or several, each address once', async () => {
    const { ada } = await twoCompanies(app);
    const [a, b, c, d, e] = Array.from({ length: 5 }, nobody);
    const answer = await does.ask(ada, [`Ada L <${a}>; "Hopper, Grace" <${b}>\n${c}\t${d}`, `${e}, ${a}`]);
    expect(toldBy(answer)).toBe(`Requests sent to ${a}, ${b}, ${c} and 2 more.`);
    expect((await does.sentOf(ada)).map(({ toAddress }) => toAddress).sort()).toEqual([a, b, c, d, e].sort());
  });

  it('sends nothing while one entry is wrong, and names it with its remedy', async () => {
    const { ada } = await twoCompanies(app);
    const address = nobody();
    const typed = `${address}\nnot me, ada@localhost`;
    const answer = await does.ask(ada, typed, { message: 'Hello' });
    expect(answer.status).toBe(422);
    expect(await does.sentOf(ada)).toEqual([]);
    expect(areaOf(answer, 'email')).toBe(typed);
    expect(areaOf(answer, 'message')).toBe('Hello');
    const text = visibleText(answer);
    expect(text).toContain(
      '2 of your entries cannot be asked. Correct or remove them; nothing has been sent.',
    );
    expect(text).toContain('“not me” holds no e-mail address. Add one like name@example.com, or remove it.');
    expect(text).toContain('“ada@localhost” is no e-mail address mail can be sent to.');
    expect(text).toContain('Send to the other address only');
  });

  it('sends to the right ones of a list when that is chosen, and says how many were left out', async () => {
    const { ada } = await twoCompanies(app);
    const address = nobody();
    const answer = await does.ask(ada, `${address}; nobody at all; ${ada.user.email}`, { take: 'right' });
    expect(toldBy(answer)).toBe(`Request sent to ${address}. 2 entries were left out.`);
    expect((await does.sentOf(ada)).map(({ toAddress }) => toAddress)).toEqual([address]);
    const none = await does.ask(ada, 'nobody at all', { take: 'right' });
    expect(none.status).toBe(422);
  });

  it('takes no more addresses at once than there may be, and no page of wrong ones', async () => {
    const { ada } = await twoCompanies(app);
    const many = await does.ask(ada, Array.from({ length: limits.externalAddresses + 1 }, nobody).join('\n'));
    expect(many.status).toBe(422);
    expect(field(many, 'email').error).toBe('These are 51 addresses. Send to at most 50 at once.');
    const wrong = await does.ask(ada, Array.from({ length: 3_000 }, (_, place) => `x${place}@`).join('\n'));
    expect(wrong.status).toBe(422);
    expect(field(wrong, 'email').error).toContain(
      '3,000 entries are no e-mail addresses, the first is “x0@”.',
    );
    expect(await does.sentOf(ada)).toEqual([]);
  });

  it('shows an internationalised address in both its forms', async () => {
    const { ada } = await twoCompanies(app);
    const answer = await does.ask(ada, 'pay@аpple.example');
    expect(toldBy(answer)).toBe('Request sent to pay@xn--pple-43d.example (pay@аpple.example).');
    const list = visibleText(await ada.browser.get(`${SENT}?q=${encodeURIComponent('аpple')}`));
    expect(list).toContain('pay@xn--pple-43d.example');
    expect(list).toContain('In other programs: pay@аpple.example');
    expect(list).toContain('1 request');
  });

  it('twice by one form, even at the same moment, asks once and says the same', async () => {
    const { ada } = await twoCompanies(app);
    const address = nobody();
    const _once = newId();
    const answers = await Promise.all([1, 2, 3].map(() => does.ask(ada, address, { _once, message: 'Hi' })));
    for (const answer of answers) expect(toldBy(answer)).toBe(`Request sent to ${address}.`);
    expect(await does.sentOf(ada)).toMatchObject([{ timesSent: 1 }]);
    await does.work();
    expect(await does.mailsTo(address)).toHaveLength(1);
  });

  it('in two windows at once sends one request', async () => {
    const { ada } = await twoCompanies(app);
    const address = nobody();
    const answers = await Promise.all([does.ask(ada, address), does.ask(ada, address)]);
    const told = answers.map(toldBy);
    expect(told.filter((text) => text === `Request sent to ${address}.`)).toHaveLength(1);
    expect(told.filter((text) => text.includes('was asked less than a day ago'))).toHaveLength(1);
    expect(await does.sentOf(ada)).toMatchObject([{ timesSent: 1, state: 'waiting' }]);
  });

  it('in more windows at once than the database has connections is answered in each', async () => {
    const { ada } = await twoCompanies(app);
    const answers = await Promise.all(Array.from({ length: 14 }, () => does.ask(ada, nobody())));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 303));
    expect(await does.sentOf(ada)).toHaveLength(14);
  });

  it('with the worn-out key of a form that was sent for somebody else asks the other too', async () => {
    const { ada } = await twoCompanies(app);
    const _once = newId();
    const [one, two] = [nobody(), nobody()];
    for (const address of [one, two]) await does.ask(ada, address, { _once });
    expect((await does.sentOf(ada)).map(({ toAddress }) => toAddress)).toEqual([one, two]);
    const [first] = await does.sentOf(ada);
    await ada.browser.post(`${REQUESTS}/${first.id}/withdrawal`);
    await does.ask(ada, one, { _once });
    expect((await does.sentOf(ada)).map(({ state }) => state)).toEqual(['withdrawn', 'waiting', 'waiting']);
  });
});

describe('Said at once', () => {
  it('is one’s own address', async () => {
    const { ada } = await twoCompanies(app);
    const answer = await does.ask(ada, ada.user.email.toUpperCase());
    expect(answer.status).toBe(422);
    expect(field(answer, 'email').error).toBe(`${ada.user.email} is your own address. Ask somebody else.`);
  });

  it('is a colleague one sees, with a way to the directory, and not one who is hidden', async () => {
    const { ada } = await twoCompanies(app);
    const colleague = await app.aUser({ account: ada.account });
    const answer = await does.ask(ada, colleague.email);
    expect(answer.status).toBe(422);
    expect(field(answer, 'email').error).toBe(`${colleague.email} is already in your directory.`);
    expect(answer.text).toContain(`href="/contacts?q&#x3D;${encodeURIComponent(colleague.email)}"`);
  });

  it('is somebody one is in contact with, with a way to their card', async () => {
    const { ada, bob, connect } = await twoCompanies(app);
    const { card } = await connect(ada, bob);
    const answer = await does.ask(ada, bob.user.email);
    expect(answer.status).toBe(422);
    expect(field(answer, 'email').error).toBe(`You are already in contact with ${bob.user.email}.`);
    expect(answer.text).toContain(`href="/external-contacts/${card.id}"`);
  });

  it('is a domain one’s own company forbids, with who can change it', async () => {
    const { ada } = await twoCompanies(app);
    await rules(ada, { blockedDomains: ['rival.example'] });
    const refused = await does.ask(ada, 'x@mail.rival.example');
    expect(refused.status).toBe(422);
    expect(field(refused, 'email').error).toBe(
      'Atelier Nord does not allow external contacts at mail.rival.example. An administrator can change it.',
    );
    const admin = await app.signedIn({ account: ada.account, role: 'admin' });
    const told = await does.ask(admin, 'x@rival.example');
    expect(field(told, 'email').error).toContain('You can change it in the settings.');
  });

  it('is somebody who has declined, until 30 days are over', async () => {
    const { ada, bob, request } = await twoCompanies(app);
    const { sentId, receivedId } = await request(ada, bob);
    await bob.browser.post(`${REQUESTS}/${receivedId}/refusal`);
    const answer = await does.ask(ada, bob.user.email);
    expect(answer.status).toBe(422);
    expect(field(answer, 'email').error).toMatch(/has declined\. You can ask again from \d+ \w+ \d{4}\.$/);
    await app.database.query(
      'UPDATE external_requests_sent SET answeredAt = answeredAt - INTERVAL 31 DAY WHERE id = ?',
      [sentId],
    );
    expect((await does.ask(ada, bob.user.email)).status).toBe(303);
  });

  it('is somebody one has blocked oneself', async () => {
    const { ada, bob } = await twoCompanies(app);
    await app.database.getRepository(ExternalBlock).insert({
      ...{ id: newId(), accountId: ada.account.id, ownerId: ada.user.id, blockedUserId: bob.user.id },
      ...{ name: 'Bob', address: bob.user.email, createdAt: new Date() },
    });
    const answer = await does.ask(ada, bob.user.email);
    expect(answer.status).toBe(422);
    expect(field(answer, 'email').error).toContain('You have blocked');
  });

  it('is a request that waits and was sent less than a day ago; what is said anew takes its place', async () => {
    const { ada, bob } = await twoCompanies(app);
    for (const message of ['One', 'Two']) {
      await does.ask(ada, bob.user.email, { message });
      await does.work();
    }
    expect(await does.sentOf(ada)).toMatchObject([{ timesSent: 1, message: 'Two' }]);
    expect(await does.receivedOf(bob.user)).toMatchObject([{ message: 'Two' }]);
    expect(await does.mailsTo(bob.user.email)).toHaveLength(1);
    const again = toldBy(await does.ask(ada, bob.user.email));
    expect(again).toMatch(/was asked less than a day ago\. The request waits until .+; it can be sent again/);
  });

  it('is that both are in contact now, where the other had asked', async () => {
    const { ada, bob, request, cardOf } = await twoCompanies(app);
    const { sentId } = await request(bob, ada);
    const _once = newId();
    for (let click = 0; click < 2; click++) {
      const answer = await does.ask(ada, bob.user.email, { _once });
      expect(answer.status).toBe(303);
      expect(toldBy(answer)).toBe(`You are now in contact with ${bob.user.email}.`);
    }
    expect(await cardOf(ada, bob)).not.toBeNull();
    const theirs = await app.database.getRepository(SentRequest).findOneByOrFail({ id: sentId });
    expect(theirs.state).toBe('accepted');
    await does.work();
    expect(await does.receivedOf(bob.user)).toEqual([]);
    expect(await does.mailsTo(bob.user.email)).toEqual([]);
  });
});

describe('How much may be asked', () => {
  it('ends with the requests of a day, for one person and with a personal account sooner', async () => {
    const account = await app.anAccount({ kind: 'personal', name: 'Ada' });
    const ada = await app.signedIn({ account, role: 'owner' });
    const most = limits.externalRequestsADay.personal;
    const first = await does.ask(ada, Array.from({ length: most - 1 }, nobody).join('\n'));
    expect(first.status).toBe(303);
    const typed = `${nobody()}\n${nobody()}`;
    const over = await does.ask(ada, typed);
    expect(over.status).toBe(429);
    expect(areaOf(over, 'email')).toBe(typed);
    expect(field(over, 'email').error).toMatch(/^You can send 20 requests a day, .* Try again in \d+ hours/);
    // What was refused counts for nothing.
    expect((await does.ask(ada, nobody())).status).toBe(303);
    expect((await does.ask(ada, nobody())).status).toBe(429);
    expect(await does.sentOf(ada)).toHaveLength(most);
  });

  it('ends with those that wait and with the contacts one has', async () => {
    const { ada } = await twoCompanies(app);
    await app.database.query(
      'INSERT INTO external_requests_sent (id, accountId, senderId, toAddress, state, openKey, sentAt, lastSentAt, expiresAt) VALUES ?',
      [
        Array.from({ length: limits.externalRequestsWaiting - 1 }, () => [
          ...[newId(), ada.account.id, ada.user.id, nobody(), 'waiting', 1, new Date(), new Date()],
          new Date(Date.now() + 86_400_000),
        ]),
      ],
    );
    const two = await does.ask(ada, `${nobody()} ${nobody()}`);
    expect(two.status).toBe(422);
    expect(field(two, 'email').error).toContain('Only 1 more request may wait for an answer.');
    expect((await does.ask(ada, nobody())).status).toBe(303);
    expect(field(await does.ask(ada, nobody()), 'email').error).toContain('200 of your requests are waiting');
    const { bob } = await twoCompanies(app);
    await app.database.query(
      'INSERT INTO external_contacts (id, accountId, ownerId, linkId, otherUserId, otherAccountId, connectedAt) VALUES ?',
      [
        Array.from({ length: limits.externalContacts }, () => [
          ...[newId(), bob.account.id, bob.user.id, newId(), newId(), newId(), new Date()],
        ]),
      ],
    );
    const full = await does.ask(bob, nobody());
    expect([full.status, field(full, 'email').error]).toEqual([
      422,
      'You have 1,000 external contacts, as many as there may be. Remove one, then ask again.',
    ]);
  });
});

describe('The sender', () => {
  it('who is deactivated while a page is open asks nobody', async () => {
    const { ada } = await twoCompanies(app);
    await ada.browser.get(INVITE);
    await app.database.getRepository(User).update({ id: ada.user.id }, { status: 'deactivated' });
    const answer = await does.ask(ada, nobody());
    expect(answer.headers['location']).toContain('/login');
    expect(await does.sentOf(ada)).toEqual([]);
  });
});
