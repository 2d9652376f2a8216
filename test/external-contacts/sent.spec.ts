import { limits } from '../../src/config/limits.js';
import { newId, type Id } from '../../src/database/id.js';
import { OneTimeLink } from '../../src/accounts/one-time-link.entity.js';
import { AccountSettings } from '../../src/accounts/account-settings.entity.js';
import { newSettings } from '../../src/accounts/settings.js';
import { startApp, type TestApp } from '../support/app.js';
import { someAddress, visibleText } from '../support/browser.js';
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

const act = ({ browser }: Somebody, id: Id, noun: 'resending' | 'withdrawal', list = '') =>
  browser.post(`${REQUESTS}/${id}/${noun}`, { list });

/** Lets so many days pass for what somebody has sent. */
const daysLater = ({ user }: Somebody, days: number) =>
  app.database.query(
    `UPDATE external_requests_sent SET sentAt = sentAt - INTERVAL ${days} DAY, lastSentAt = lastSentAt - INTERVAL ${days} DAY,
       expiresAt = expiresAt - INTERVAL ${days} DAY, answeredAt = answeredAt - INTERVAL ${days} DAY WHERE senderId = ?`,
    [user.id],
  );

/** Rows of the list as people read them. */
async function rowsOf({ browser }: Somebody, path = SENT): Promise<string[]> {
  const { text } = await browser.get(path);
  const body = /<tbody>([\s\S]*?)<\/tbody>/.exec(text)?.[1] ?? '';
  return body.split('</tr>').flatMap((row) => {
    const read = visibleText({ text: row } as never);
    return read === '' ? [] : [read];
  });
}

describe('The list of requests sent', () => {
  it('says of an empty one what it is for', async () => {
    const { ada } = await twoCompanies(app);
    const page = await ada.browser.get(SENT);
    expect(visibleText(page)).toContain('You have not asked anybody yet');
    expect(page.text).toContain('data-key="n"');
  });

  it('shows what became of each, and what can be done', async () => {
    const { ada, bob, request } = await twoCompanies(app);
    const cleo = await app.signedIn({ account: bob.account, givenName: 'Cleo', familyName: 'Marsh' });
    const accepted = await request(ada, bob);
    await bob.browser.post(`${REQUESTS}/${accepted.receivedId}/acceptance`);
    const declined = await request(ada, cleo);
    await cleo.browser.post(`${REQUESTS}/${declined.receivedId}/refusal`);
    const addresses = [someAddress('over'), someAddress('back'), someAddress('new')];
    await does.ask(ada, addresses[0]);
    await app.database.query(
      'UPDATE external_requests_sent SET expiresAt = UTC_TIMESTAMP(3) WHERE toAddress = ?',
      [addresses[0]],
    );
    await does.ask(ada, addresses[1]);
    await act(ada, (await does.sentOf(ada)).at(-1)!.id, 'withdrawal');
    await does.ask(ada, addresses[2], { message: 'Hello <i>you</i>' });
    const rows = await rowsOf(ada);
    expect(rows[0]).toMatch(
      new RegExp(`${addresses[2]}.*Hello <i>you</i>.*Waiting until .*send again from .*Send again Withdraw`),
    );
    expect(rows[1]).toMatch(new RegExp(`${addresses[1]} Withdrawn since .*Ask again`));
    expect(rows[2]).toMatch(new RegExp(`${addresses[0]} Ended without an answer since .*Ask again`));
    expect(rows[3]).toMatch(/Declined since .* ask again from/);
    expect(rows[3]).not.toContain('Ask again');
    expect(rows[4]).toMatch(/Accepted since .*Find contact/);
    for (const state of ['waiting', 'accepted', 'declined', 'withdrawn', 'expired'])
      expect(await rowsOf(ada, `${SENT}?state=${state}`)).toHaveLength(1);
    await daysLater(ada, 31);
    expect((await rowsOf(ada, `${SENT}?state=declined`))[0]).toContain('Ask again');
    expect(await rowsOf(ada, `${SENT}?state=waiting`)).toEqual([]);
    expect(await rowsOf(ada, `${SENT}?state=expired`)).toHaveLength(2);
  });

  it('is read page by page, newest first, and searched by address', async () => {
    const { ada } = await twoCompanies(app);
    const addresses = Array.from(
      { length: limits.page + 1 },
      (_, place) => `row${100 + place}@pages.example`,
    );
    await does.ask(ada, addresses.slice(0, 50).join(' '));
    await does.ask(ada, addresses[50]);
    const first = await ada.browser.get(SENT);
    expect(await rowsOf(ada)).toHaveLength(limits.page);
    expect(visibleText(first)).toContain('51 requests');
    const next =
      /href="([^"]*after[^"]*)"/.exec(first.text)?.[1].replaceAll('&#x3D;', '=').replaceAll('&amp;', '&') ??
      '';
    const second = await rowsOf(ada, next);
    expect(second).toHaveLength(1);
    const found = await rowsOf(ada, `${SENT}?q=ROW150`);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('row150@pages.example');
    expect(visibleText(await ada.browser.get(`${SENT}?q=nothing+here`))).toContain('Clear filters');
  });

  it('asks again with what was said before', async () => {
    const { ada, bob } = await twoCompanies(app);
    const address = someAddress('once-more');
    await does.ask(ada, address, { message: 'We met in Lille' });
    const [{ id }] = await does.sentOf(ada);
    await act(ada, id, 'withdrawal');
    const form = await ada.browser.get(`${INVITE}?again=${id}`);
    expect(form.text).toContain(address);
    expect(form.text).toContain('We met in Lille');
    expect((await bob.browser.get(`${INVITE}?again=${id}`)).text).not.toContain(address);
  });
});

describe('A request that waits', () => {
  it('is sent again once a day, for 30 days more, with a mail', async () => {
    const { ada, bob } = await twoCompanies(app);
    await does.ask(ada, bob.user.email);
    await does.work();
    const [{ id }] = await does.sentOf(ada);
    expect(toldBy(await act(ada, id, 'resending'))).toContain('was asked less than a day ago');
    await daysLater(ada, 2);
    const answers = await Promise.all([act(ada, id, 'resending'), act(ada, id, 'resending')]);
    const told = answers.map(toldBy);
    expect(told.filter((text) => text === `Request sent again to ${bob.user.email}.`)).toHaveLength(1);
    await does.work();
    const [sent] = await does.sentOf(ada);
    expect(sent.timesSent).toBe(2);
    expect(sent.expiresAt.getTime()).toBeGreaterThan(Date.now() + 29.9 * 86_400_000);
    expect(await does.receivedOf(bob.user)).toMatchObject([{ expiresAt: sent.expiresAt, state: 'waiting' }]);
    const mails = await does.mailsTo(bob.user.email);
    expect(mails).toHaveLength(2);
    // One link, which lasts longer: that of the first mail works too.
    expect(new Set(mails.map(({ linkId }) => linkId)).size).toBe(1);
    const link = await app.database.getRepository(OneTimeLink).findOneByOrFail({ id: mails[0].linkId! });
    expect(link.expiresAt).toEqual(sent.expiresAt);
  });

  it('is sent again by asking again, with what is said now', async () => {
    const { ada, bob } = await twoCompanies(app);
    await does.ask(ada, bob.user.email, { message: 'One' });
    await daysLater(ada, 2);
    const _once = newId();
    for (let click = 0; click < 2; click++) {
      const answer = await does.ask(ada, bob.user.email, { message: 'Two', _once });
      expect(toldBy(answer)).toBe(`Request sent again to ${bob.user.email}.`);
    }
    await does.work();
    expect(await does.sentOf(ada)).toMatchObject([{ timesSent: 2, message: 'Two' }]);
    expect(await does.receivedOf(bob.user)).toMatchObject([{ message: 'Two' }]);
  });

  it('is not sent again once the company forbids its domain', async () => {
    const { ada } = await twoCompanies(app);
    await does.ask(ada, 'x@rival.example');
    await daysLater(ada, 2);
    await app.database
      .getRepository(AccountSettings)
      .save({ ...newSettings(ada.account.id), blockedDomains: ['rival.example'] });
    const [{ id }] = await does.sentOf(ada);
    const told = toldBy(await act(ada, id, 'resending'));
    expect(told).toContain('does not allow external contacts at rival.example');
    expect(await does.sentOf(ada)).toMatchObject([{ timesSent: 1 }]);
  });

  it('is withdrawn with its links and from its receiver’s list, and cannot be accepted any more', async () => {
    const { ada, bob, linkOf } = await twoCompanies(app);
    await does.ask(ada, bob.user.email);
    await does.work();
    const [{ id }] = await does.sentOf(ada);
    const [{ id: receivedId }] = await does.receivedOf(bob.user);
    const list = `${SENT}?state=waiting`;
    const answer = await act(ada, id, 'withdrawal', list);
    expect(answer.headers['location']).toBe(list);
    expect(toldBy(answer)).toContain(`Request to ${bob.user.email} withdrawn: whoever had it no longer`);
    await bob.browser.post(`${REQUESTS}/${receivedId}/acceptance`);
    expect((await linkOf(ada, bob))?.state).toBe('apart');
    await does.work();
    expect((await does.receivedOf(bob.user)).map(({ state }) => state)).toEqual(['withdrawn']);
    // The bell does not lead to what is no more.
    const news = (await does.newsOf(bob.user)).filter(({ kind }) => kind === 'external.request');
    expect(news.filter(({ readAt }) => readAt === null)).toEqual([]);
    const links = await app.database.getRepository(OneTimeLink).findBy({ subjectId: id });
    expect(links.every(({ withdrawnAt }) => withdrawnAt !== null)).toBe(true);
    expect(toldBy(await act(ada, id, 'withdrawal'))).toContain('was withdrawn before');
    expect(toldBy(await act(ada, id, 'resending'))).toContain('was withdrawn before');
  });

  it('that somebody accepts and its sender withdraws in the same moment ends one way', async () => {
    for (let round = 0; round < 5; round++) {
      const { ada, bob, request, linkOf, sentRow } = await twoCompanies(app);
      const { sentId, receivedId } = await request(ada, bob);
      await Promise.all([
        act(ada, sentId, 'withdrawal'),
        bob.browser.post(`${REQUESTS}/${receivedId}/acceptance`),
      ]);
      await does.work();
      const { state } = await sentRow(sentId);
      expect(['accepted', 'withdrawn']).toContain(state);
      expect((await linkOf(ada, bob))?.state).toBe(state === 'accepted' ? 'connected' : 'apart');
    }
  });
});

describe('Several requests', () => {
  it('are withdrawn or sent again together, each named that was not', async () => {
    const { ada } = await twoCompanies(app);
    const addresses = Array.from({ length: 4 }, () => someAddress('several'));
    await does.ask(ada, addresses.join(' '));
    const ids = (await does.sentOf(ada)).map(({ id }) => id);
    await act(ada, ids[0], 'withdrawal');
    await daysLater(ada, 2);
    await act(ada, ids[1], 'resending');
    const again = await ada.browser.post(`${SENT}/acts`, { act: 'resend', ids });
    const told = toldBy(again);
    expect(told).toContain('Requests sent again to');
    expect(told).toContain('was withdrawn before');
    expect(told).toContain('was asked less than a day ago');
    const back = await ada.browser.post(`${SENT}/acts`, { act: 'withdraw', ids });
    expect(toldBy(back)).toMatch(/^Requests to .* withdrawn/);
    expect((await does.sentOf(ada)).every(({ state }) => state === 'withdrawn')).toBe(true);
    const none = await ada.browser.post(`${SENT}/acts`, { act: 'withdraw' });
    expect(toldBy(none)).toBe('Tick at least one request that waits first.');
  });

  it('of others are not found, alone or among one’s own', async () => {
    const { ada, bob } = await twoCompanies(app);
    await does.ask(ada, someAddress());
    await does.ask(bob, someAddress());
    const [[mine], [theirs]] = [await does.sentOf(ada), await does.sentOf(bob)];
    const admin = await app.signedIn({ account: bob.account, role: 'owner' });
    for (const who of [ada, admin])
      for (const noun of ['resending', 'withdrawal'] as const)
        expect((await act(who, theirs.id, noun)).status).toBe(404);
    const ids = [mine.id, theirs.id];
    expect((await ada.browser.post(`${SENT}/acts`, { act: 'withdraw', ids })).status).toBe(404);
    expect((await ada.browser.post(`${SENT}/acts`, { act: 'erase', ids: [mine.id] })).status).toBe(400);
    expect((await act(ada, 'nonsense' as Id, 'withdrawal')).status).toBe(404);
    expect((await does.sentOf(ada)).map(({ state }) => state)).toEqual(['waiting']);
    expect((await does.sentOf(bob)).map(({ state }) => state)).toEqual(['waiting']);
  });
});
