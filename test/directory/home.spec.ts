import { type Account } from '../../src/accounts/account.entity.js';
import { type User } from '../../src/accounts/user.entity.js';
import { FrequentNumbers } from '../../src/directory/search/frequent-numbers.js';
import { type Reader } from '../../src/accounts/person-records.js';
import { newId } from '../../src/database/id.js';
import { type E164 } from '../../src/phone/e164.js';
import { CalendarEvents } from '../../src/integrations/calendar/events.query.js';
import { aReport, caller, report } from '../calls/reported.js';
import { betweenPeople } from '../external-contacts/two-companies.js';
import { CalendarOf, inHours } from '../integrations/calendar-of.js';
import { noonZone } from '../support/noon-zone.js';
import { MailboxOf } from '../integrations/mailbox-of.js';
import { kept } from '../personal-contacts/keeping.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Answer, type Browser } from '../support/browser.js';

let app: TestApp;
let account: Account;
let user: User;
let browser: Browser;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  account = await app.anAccount({ timeZone: noonZone() });
  ({ user, browser } = await app.signedIn({ account, ...caller, familyName: 'Reader' }));
});

const home = async (by = browser) => by.get('/');
/** The words of one part. */
const partOf = ({ text }: Answer, anchor: string) => {
  const html = new RegExp(`<section class="card home__part" id="${anchor}"[\\s\\S]*?</section>`).exec(text);
  return html === null ? null : visibleText({ text: html[0] } as Answer);
};
const star = (id: string, by = browser) =>
  by.post(`/contacts/${id}/star`, { starred: 'on', from: '/contacts' });
const colleague = (familyName: string, fields: Partial<User> = {}) =>
  app.aUser({ account, givenName: 'Grace', familyName, ...fields });

describe('the home page', () => {
  it('is where one starts, also after signing in', async () => {
    const answer = await home();
    expect(answer.status).toBe(200);
    expect(visibleText(answer)).toContain('Hello Ada');
    expect(answer.text).toMatch(/href="\/"[^>]*aria-current="page"/);
    expect((await app.browser().get('/')).headers['location']).toBe('/login');
    expect((await browser.get('/login')).headers['location']).toBe('/');
  });

  it('shows whom one has starred, with the ways to reach them, and nobody who is hidden since', async () => {
    const hopper = await colleague('Hopper', { jobTitle: 'Admiral', workPhone: '+33140205050' });
    const left = await colleague('Left');
    for (const { id } of [hopper, left]) await star(id);
    await app.database.query(`UPDATE users SET status = 'deactivated' WHERE id = ?`, [left.id]);
    const answer = await home();
    expect(partOf(answer, 'starred')).toMatch(/^Starred .*Grace Hopper Admiral Call Grace Hopper Write/);
    expect(partOf(answer, 'starred')).not.toContain('Left');
    expect(answer.text).toContain(`href="/contacts/${hopper.id}"`);
    expect(answer.text).toContain('href="tel:+33140205050"');
    expect(answer.text).toContain('href="/contacts?starred&#x3D;1"');
  });

  it('has the starred of all places in one order, by their names as they are read', async () => {
    for (const [givenName, familyName] of [
      ['Zoe', 'Abel'],
      ['Émile', 'Zola'],
    ])
      await star((await app.aUser({ account, givenName, familyName })).id);
    await kept(app, user, [
      { displayName: 'Papa', starred: true },
      { displayName: 'Alma', starred: true },
    ]);
    expect(partOf(await home(), 'starred')).toMatch(/^Starred .*Alma.*Émile Zola.*Papa.*Zoe Abel/);
  });

  it('shows the last calls, first those that wait, and who it was', async () => {
    await colleague('Hopper', { mobilePhone: '+33612345678' });
    const minutes = (ago: number) => new Date(Date.now() - ago * 60_000);
    const answered = { outcome: 'answered' as const, seconds: 20, number: '+33140205050' };
    await report(
      ...([app, account.id] as const),
      aReport(user, { ...answered, startedAt: minutes(1) }),
      aReport(user, { startedAt: minutes(125) }),
    );
    const calls = partOf(await home(), 'calls') ?? '';
    expect(calls).toMatch(/Grace Hopper Missed 2 hours ago .*\+33 1 40 20 50 50 Incoming 1 minute ago/);
    expect(calls).toContain('All calls (1 call you have not seen to)');
    const other = await app.signedIn({ account, features: { phone: false } });
    expect(partOf(await home(other.browser), 'calls')).toBeNull();
  });

  it('shows what is on today and tomorrow on the reader’s clocks, and not what was declined', async () => {
    const calendar = await CalendarOf.connect(app, user);
    // On a first day it is said what to do, not that there is nothing.
    await star(user.id);
    expect(partOf(await home(), 'meetings')).toContain('Nothing more in your calendar today and tomorrow.');
    const id = await calendar.add({ title: 'Review', startsAt: inHours(1), location: 'Room 2' });
    await calendar.add({ title: 'Standup', startsAt: inHours(-0.5) });
    await calendar.add({ title: 'Retrospective', startsAt: inHours(24) });
    await calendar.add({ title: 'Over', startsAt: inHours(-3) });
    await calendar.add({ title: 'Later', startsAt: inHours(48) });
    await calendar.add({ title: 'Dinner', startsAt: inHours(2), response: 'declined' });
    const answer = await home();
    const meetings = partOf(answer, 'meetings') ?? '';
    expect(meetings).toMatch(
      /^Meetings Standup Now Today, 1\d:\d\d – 1\d:\d\d Review Today, 1\d:\d\d – 1\d:\d\d · Room 2 Retrospective Tomorrow, 1\d:\d\d – 1\d:\d\d Calendar$/,
    );
    expect(answer.text).toContain(`href="/calendar/${id}"`);
  });

  it('shows what is out of step, each with the way to mend it, and nothing while all is well', async () => {
    const mailbox = await MailboxOf.connect(app, user);
    expect(partOf(await home(), 'problems')).toBeNull();
    await app.database.query(`UPDATE connections SET state = 'needs-sign-in' WHERE id = ?`, [mailbox.id]);
    const google = await MailboxOf.connect(app, user, { accountName: 'second@mailbox.example' });
    await app.database.query(
      `INSERT INTO sync_scopes (id, accountId, connectionId, scopeKey, brake) VALUES (?, ?, ?, 'book', ?)`,
      [newId(), account.id, google.id, '{"direction":"here","deleted":90,"of":100,"since":"2026-11-22"}'],
    );
    const answer = await home();
    expect(partOf(answer, 'problems')).toMatch(/Exchange \(ada@mailbox.example\) Sign in again/);
    expect(partOf(answer, 'problems')).toMatch(
      /Exchange \(second@mailbox.example\) Waits for your decision Unusually many contacts/,
    );
    expect(answer.text).toContain(`href="/integrations/${mailbox.id}/sign-in"`);
    expect(answer.text).toContain(`href="/integrations/${google.id}/brake"`);
    const other = await app.aUser({ account });
    expect(partOf(await home(await app.browserOf(other)), 'problems')).toBeNull();
  });

  it('shows who waits for an answer', async () => {
    const bob = await app.signedIn({ givenName: 'Bob', familyName: 'Cole' });
    await betweenPeople(app).request(bob, { user, account, browser });
    const answer = await home();
    expect(partOf(answer, 'requests')).toMatch(/^Waiting for your answer .*Bob Cole/);
    expect(answer.text).toContain('href="/external-contacts/requests"');
    expect(partOf(await home(bob.browser), 'requests')).toBeNull();
  });

  it('shows administrators alone what waits for them', async () => {
    await colleague('Pending', { status: 'pending' });
    const admin = await app.browserOf(await app.aUser({ account, role: 'admin' }));
    const told = partOf(await home(admin), 'company');
    expect(told).toContain('1 person has not accepted the invitation');
    expect(told).toMatch(/\d of the first steps are left/);
    await admin.post('/checklist/dismissal');
    expect(partOf(await home(admin), 'company')).not.toContain('first step');
    expect(partOf(await home(), 'company')).toBeNull();
  });

  it('stays when one part cannot be read, and says which', async () => {
    await CalendarOf.connect(app, user);
    const failing = jest.spyOn(app.get(CalendarEvents), 'between').mockRejectedValue(new Error('broken'));
    const answer = await home();
    failing.mockRestore();
    expect(answer.status).toBe(200);
    expect(partOf(answer, 'meetings')).toMatch(/^Meetings This part cannot be shown now/);
    expect(partOf(answer, 'calls')).toContain('No calls yet');
  });

  it('asks as many questions of the database for much as for little', async () => {
    const queries = async () => {
      const asked = jest.spyOn(app.database, 'query');
      await home();
      const count = asked.mock.calls.length;
      asked.mockRestore();
      return count;
    };
    const fill = async (some: number) => {
      for (let at = 0; at < some; at++) {
        const { id } = await colleague(`Star${at}${newId()}`, { workPhone: aNumber() });
        await star(id);
        await report(app, account.id, aReport(user, { number: aNumber() }));
      }
    };
    await fill(1);
    const little = await queries();
    await fill(7);
    expect(await queries()).toBeLessThanOrEqual(little);
    // 22 with every feature on; people with many entries hang together by a round or two more.
    expect(little).toBeLessThan(40);
  });
});

describe('a first day', () => {
  it('says what to do first, and no more of it once it is done', async () => {
    const text = visibleText(await home());
    expect(text).toMatch(
      /To begin with .*Complete your profile .*Find your colleagues .*Bring your address book .*Connect your mailbox .*Ask somebody of another company/,
    );
    expect(text).not.toContain('No calls yet');
    await MailboxOf.connect(app, user);
    await browser.post('/personal-contacts', { displayName: 'Ada' });
    const later = visibleText(await home());
    expect(later).toContain('Find your colleagues');
    expect(later).not.toMatch(/Bring your address book|Connect your mailbox/);
    await star(user.id);
    expect(visibleText(await home())).not.toContain('To begin with');
  });

  it('offers nothing that is switched off, and to whoever has an account of their own no colleagues', async () => {
    const features = {
      phone: false,
      'external-contacts': false,
      integrations: false,
      'personal-contacts': false,
    };
    const plain = await app.signedIn({ account, features });
    const text = visibleText(await home(plain.browser));
    expect(text).toContain('Find your colleagues');
    expect(text).not.toMatch(/address book|mailbox|another company/);
    const own = await app.anAccount({ kind: 'personal', name: 'Chloé Petit' });
    const chloe = await app.signedIn({ account: own });
    const hers = await home(chloe.browser);
    expect(visibleText(hers)).toMatch(/To begin with .*Bring your address book/);
    expect(visibleText(hers)).not.toContain('colleagues');
    expect(hers.text).not.toContain('href="/contacts"');
  });
});

describe('whom one often speaks with', () => {
  it('is whom one called or was called by most of late, and is nobody without the feature', async () => {
    const numbers: E164[] = ['+33612345601', '+33612345602', '+33612345603'];
    const [often, once, long] = numbers;
    await report(
      ...([app, account.id] as const),
      aReport(user, { number: once }),
      aReport(user, { number: often }),
      aReport(user, { number: often, direction: 'outgoing' }),
      ...[1, 2, 3].map(() => aReport(user, { number: long, startedAt: inHours(-24 * 91) })),
      aReport(user, { number: 'anonymous' }),
      aReport(user, { number: 'sip:alice@pbx.example' }),
      ...['204', 'sip:204@pbx.example', '204'].map((number) => aReport(user, { number })),
    );
    const asked = { id: user.id, features: { phone: true } } as Reader;
    expect(await app.get(FrequentNumbers).of(asked)).toEqual(['204', often, once]);
    expect(await app.get(FrequentNumbers).of({ ...asked, features: { phone: false } } as Reader)).toEqual([]);
  });
});

let numbers = 0;
function aNumber(): E164 {
  return `+3314020${5000 + numbers++}`;
}
