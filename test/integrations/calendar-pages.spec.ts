import { type Account } from '../../src/accounts/account.entity.js';
import { type User } from '../../src/accounts/user.entity.js';
import { newId } from '../../src/database/id.js';
import { betweenPeople } from '../external-contacts/two-companies.js';
import { aChatGroup } from '../directory/listed.js';
import { kept as keptBy } from '../personal-contacts/keeping.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText, type Answer, type Browser } from '../support/browser.js';
import { noonZone } from '../support/noon-zone.js';
import { CalendarOf, inHours, onDay } from './calendar-of.js';
import { MailboxOf } from './mailbox-of.js';

const CALENDAR = '/calendar';
const features = { integrations: true };
let app: TestApp;
let account: Account;
let user: User;
let browser: Browser;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  account = await app.anAccount({ timeZone: 'UTC' });
  ({ user, browser } = await app.signedIn({ account, features }));
});

const textOf = async (path: string) => visibleText(await browser.get(path));
const dayOf = (moment: Date) => moment.toISOString().slice(0, 10);
const attendee = (email: string, name: string | null = null) => ({
  name,
  email,
  response: 'accepted' as const,
});

describe('The coming days', () => {
  it('say why there is nothing: no connection, no permission, nothing chosen, nothing read, nothing on', async () => {
    expect(await textOf(CALENDAR)).toContain('No calendar connected yet');
    const mailbox = await MailboxOf.connect(app, user, { accountName: 'ada@nord.example' });
    expect(await textOf(CALENDAR)).toContain(
      'You have connected Exchange (ada@nord.example) without the calendar',
    );
    await app.database.query("UPDATE connections SET state = 'ended' WHERE id = ?", [mailbox.id]);
    const calendar = await CalendarOf.connect(app, user);
    expect(await textOf(CALENDAR)).toContain('Nothing in the next fourteen days');
    await app.database.query('UPDATE calendars SET readAt = NULL WHERE id = ?', [calendar.id]);
    expect(await textOf(CALENDAR)).toContain('Your calendar is being read');
    await app.database.query('UPDATE calendars SET chosen = 0 WHERE id = ?', [calendar.id]);
    expect(await textOf(CALENDAR)).toContain('No calendar is chosen');
  });

  it('list each event on each of its days, with what is to be known of it', async () => {
    const calendar = await CalendarOf.connect(app, user);
    await calendar.addCalendar('Holidays');
    await calendar.add({ title: 'Night shift', startsAt: onDay(1, '22:00'), endsAt: onDay(2, '06:00') });
    await calendar.add({
      title: 'Fair',
      startsAt: onDay(2, '00:00'),
      endsAt: onDay(4, '00:00'),
      allDay: true,
    });
    await calendar.add({
      ...{ title: 'Review', startsAt: onDay(2, '09:00'), endsAt: onDay(2, '10:30'), location: 'Room <4>' },
      ...{ response: 'tentative', joinUrl: 'https://meet.example/x' },
    });
    await calendar.add({ title: 'Dinner', startsAt: onDay(5, '19:00'), response: 'declined' });
    await calendar.add({ title: 'Lunch', startsAt: onDay(5, '12:00'), shownAs: 'free' });
    await calendar.add({ title: null, isPrivate: true, startsAt: onDay(5, '14:00') });
    const answer = await browser.get(CALENDAR);
    const text = visibleText(answer);
    expect(text).toContain('Nothing today');
    expect(text).toMatch(
      /Tomorrow, .*? from 22:00 Night shift .*?All day, day 1 of 2 Fair .*until 06:00 Night shift .*09:00 – 10:30 Review Maybe Place: Room <4> Calendar: Work Join Review .*All day, day 2 of 2 Fair/,
    );
    expect(text).toMatch(/Lunch Shown as free .*14:00 – 15:00 Busy Private .*Dinner Declined/);
    expect(answer.text).toContain('<s>Dinner</s>');
    expect(answer.text).toContain('href="https://meet.example/x"');
    expect(text).toMatch(/day \d+ \w+ to \w+day \d+ \w+: nothing/);
  });

  it('are those of the reader’s time zone, and all-day events those of their date', async () => {
    await app.database.query("UPDATE users SET timeZone = 'Pacific/Auckland' WHERE id = ?", [user.id]);
    const calendar = await CalendarOf.connect(app, user);
    const date = dayOf(onDay(3, '00:00'));
    await calendar.add({ title: 'Early', startsAt: onDay(2, '20:00') });
    await calendar.add({
      title: 'Holiday',
      startsAt: onDay(3, '00:00'),
      endsAt: onDay(4, '00:00'),
      allDay: true,
    });
    const text = await textOf(`${CALENDAR}?view=day&on=${date}`);
    expect(text).toMatch(/Holiday All day .*(08|09):00 – (09|10):00 Early/);
    expect(text).toContain('Times are those of Pacific/Auckland.');
    expect(await textOf(`${CALENDAR}?view=day&on=${dayOf(onDay(2, '00:00'))}`)).not.toContain('Early');
  });

  it('say where now is, and how old they are when a mailbox is in trouble', async () => {
    await app.database.query('UPDATE users SET timeZone = ? WHERE id = ?', [noonZone(), user.id]);
    const calendar = await CalendarOf.connect(app, user, { state: 'needs-sign-in' });
    await calendar.add({ title: 'Over', startsAt: inHours(-3) });
    await calendar.add({ title: 'Under way', startsAt: inHours(-0.5) });
    await calendar.add({ title: 'Later', startsAt: inHours(2) });
    const text = await textOf(CALENDAR);
    expect(text).toMatch(/ Over .* Under way Now Now, \d\d:\d\d .* Later /);
    expect(text).toMatch(
      /does not accept the sign-in .* The calendar is shown as of \d+ \w+ \d{4}, \d\d:\d\d\. Sign in again/,
    );
    await app.database.query("UPDATE connections SET state = 'connected' WHERE userId = ?", [user.id]);
    await app.database.query('UPDATE calendars SET problem = ? WHERE id = ?', [
      ...[JSON.stringify({ key: 'access-denied', since: new Date().toISOString() }), calendar.id],
    ]);
    expect(await textOf(CALENDAR)).toContain('The calendar Work cannot be read at the moment.');
    await app.database.query('UPDATE calendars SET problem = ? WHERE id = ?', [
      ...[JSON.stringify({ key: 'calendar-full', since: new Date().toISOString() }), calendar.id],
    ]);
    expect(await textOf(CALENDAR)).toContain('The calendar Work holds too many events');
  });

  it('say how many there are for which a page has no room', async () => {
    const calendar = await CalendarOf.connect(app, user);
    const ids = Array.from({ length: 51 }, () => newId()).sort();
    await Promise.all(
      ids.map((id, place) => calendar.add({ id, title: `E${place}.`, startsAt: onDay(1, '10:00') })),
    );
    await calendar.add({ title: 'Beyond', startsAt: onDay(3, '10:00') });
    const answer = await browser.get(CALENDAR);
    expect(visibleText(answer)).toMatch(
      / E49\. 1 more event on this day .*: nothing \w+day \d+ \w+: 1 event /,
    );
    expect(answer.text).not.toContain('E50.');
    expect(answer.text).not.toContain('Beyond');
    expect(answer.text).toContain(`on&#x3D;${dayOf(onDay(3, '00:00'))}`);
  });

  it('are in one’s own language', async () => {
    await app.database.query("UPDATE users SET language = 'fr' WHERE id = ?", [user.id]);
    const calendar = await CalendarOf.connect(app, user);
    await calendar.add({ title: null, isPrivate: true, startsAt: onDay(2, '14:00') });
    const text = await textOf(CALENDAR);
    expect(text).toMatch(/Rien aujourd’hui .*\d+ \S+\u00a0: rien .*14:00 – 15:00 Occupé Privé /);
    // Of the only calendar there is no need to say which it is.
    expect(text).not.toContain('Work');
  });
});

describe('A day and a week', () => {
  it('put what overlaps side by side, and lead to the days before and after as far as they are kept', async () => {
    const calendar = await CalendarOf.connect(app, user);
    // In another week than today, whose hours are drawn from now on where that is early.
    await calendar.add({ title: 'One', startsAt: onDay(10, '09:00'), endsAt: onDay(10, '11:00') });
    await calendar.add({ title: 'Two', startsAt: onDay(10, '10:00') });
    await calendar.add({ title: 'Alone', startsAt: onDay(10, '12:15') });
    const date = dayOf(onDay(10, '00:00'));
    for (const view of ['day', 'week']) {
      const { text } = await browser.get(`${CALENDAR}?view=${view}&on=${date}`);
      // Drawn from 8:00 on, a quarter of an hour a row.
      expect(text).toMatch(/class="slot from-5 for-8 lane-1-2[^>]*>.*?One/);
      expect(text).toMatch(/class="slot from-9 for-4 lane-2-2[^>]*>.*?Two/);
      expect(text).toMatch(/class="slot from-18 for-4 lane-1-1[^>]*>.*?Alone/);
      expect(text).not.toMatch(/style=/);
    }
    const first = await browser.get(`${CALENDAR}?view=day&on=${dayOf(onDay(-1, '00:00'))}`);
    expect(first.text).not.toContain('rel="prev"');
    expect(first.text).toContain('rel="next"');
  });

  it('say of days that are not kept that they are not, and take odd dates for today', async () => {
    await CalendarOf.connect(app, user);
    for (const on of ['2031-01-01', '2001-02-03', '2099-12-31'])
      for (const view of ['day', 'week'])
        expect(await textOf(`${CALENDAR}?view=${view}&on=${on}`)).toContain('These days are not kept here');
    for (const query of [
      'view=day&on=2026-02-30',
      'view=week&on=9999-99-99',
      'view=day&on=x&on=y',
      'view=year',
    ])
      expect((await browser.get(`${CALENDAR}?${query}`)).status).toBe(200);
  });
});

describe('An event', () => {
  it('is nobody else’s, and gone with its calendar and its connection', async () => {
    const calendar = await CalendarOf.connect(app, user);
    const id = await calendar.add({ title: 'Secret talks' });
    const { browser: boss, user: owner } = await app.signedIn({ account, role: 'owner', features });
    await CalendarOf.connect(app, owner);
    expect((await boss.get(`${CALENDAR}/${id}`)).status).toBe(404);
    expect((await boss.post(`${CALENDAR}/${id}/contacts`, { email: 'x@y.example' })).status).toBe(404);
    expect((await boss.get(CALENDAR)).text).not.toContain('Secret talks');
    await boss.post(`${CALENDAR}/calendars`, { shown: calendar.id });
    expect((await browser.get(`${CALENDAR}/${id}`)).status).toBe(200);
    for (const path of ['x', newId()]) {
      const answer = await browser.get(`${CALENDAR}/${path}`);
      expect(answer.status).toBe(404);
      // Most have an address of an event that is over.
      expect(visibleText(answer)).toMatch(/It may be over .* Open the calendar/);
    }
    await app.database.query("UPDATE connections SET state = 'ended' WHERE id = ?", [calendar.connectionId]);
    expect((await browser.get(`${CALENDAR}/${id}`)).status).toBe(404);
  });

  it('links whom one knows to their cards, from whatever address book, and gives nobody hidden away', async () => {
    const hidden = await app.aUser({ account, givenName: 'Hugo', familyName: 'Hidden' });
    await aChatGroup(app, account.id, { name: 'Skunkworks', kind: 'restricted', members: [hidden] });
    const colleague = await app.aUser({ account, givenName: 'Ines', familyName: 'Inside' });
    const outside = await app.signedIn({ givenName: 'Bob', familyName: 'Cole' });
    const stranger = await app.aUser({ givenName: 'Sam', familyName: 'Stranger' });
    const { card } = await betweenPeople(app).connect({ user, account, browser }, outside);
    const mailbox = await MailboxOf.connect(app, user);
    const [cloud, second] = await mailbox.add(
      { displayName: 'Cleo Cloud', email: 'cleo@cloud.example' },
      { displayName: 'Second Cloud', further: { emails: ['also@cloud.example'] } },
    );
    const [own] = await keptBy(app, user, [
      { displayName: 'Second Own', extra: [['email', {}, 'text', 'also@own.example']] },
    ]);
    // What was read before contacts were switched off is still to be seen.
    await app.database.query("UPDATE connections SET contacts = 'none' WHERE id = ?", [mailbox.id]);
    await browser.post('/personal-contacts', { displayName: 'Pia Personal', email: 'pia@own.example' });
    // Whom others keep is not known for that.
    const kept = { displayName: 'Kept Elsewhere', email: stranger.email };
    await (await MailboxOf.connect(app, outside.user)).add(kept);
    expect((await outside.browser.post('/personal-contacts', kept)).status).toBe(303);
    const calendar = await CalendarOf.connect(app, user);
    const people = [
      attendee(colleague.email.toUpperCase()),
      attendee(outside.user.email, 'bob'),
      attendee('cleo+news@cloud.example'),
      attendee('Pia@Own.example'),
      attendee('also@cloud.example'),
      attendee('also@own.example'),
      attendee(hidden.email, 'H.'),
      attendee(stranger.email),
      { name: 'Room', email: null },
    ];
    const id = await calendar.add({ startsAt: onDay(1, '10:00'), attendees: people });
    const answer = await browser.get(`${CALENDAR}/${id}`);
    const link = (href: string, name: string) => new RegExp(`<a href="${href}">${name}</a>`);
    expect(answer.text).toMatch(link(`/contacts/${colleague.id}`, 'Ines Inside'));
    expect(answer.text).toMatch(link(`/external-contacts/${card.id}`, 'Bob Cole'));
    expect(answer.text).toMatch(link(`/cloud-contacts/${cloud}`, 'Cleo Cloud'));
    expect(answer.text).toMatch(link('/personal-contacts/[0-9a-f-]{36}', 'Pia Personal'));
    expect(answer.text).toMatch(link(`/cloud-contacts/${second}`, 'Second Cloud'));
    expect(answer.text).toMatch(link(`/personal-contacts/${own}`, 'Second Own'));
    for (const secret of [hidden.id, 'Hugo', stranger.id, 'Stranger', 'Kept Elsewhere'])
      expect(answer.text).not.toContain(secret);
    // The two who are not known, and nobody without an address.
    expect(answer.text.match(/Add to contacts/g)).toHaveLength(2);
    // The agenda names the first of them.
    expect((await browser.get(CALENDAR)).text).toMatch(link(`/contacts/${colleague.id}`, 'Ines Inside'));
  });

  it('names fifty of its people on a page, and says where the others are', async () => {
    const calendar = await CalendarOf.connect(app, user);
    const people = Array.from({ length: 100 }, (_, i) => attendee(`guest-${i}@far.example`, `Guest ${i}`));
    const id = await calendar.add({ attendees: people });
    const first = await browser.get(`/calendar/${id}`);
    expect(first.text).toContain('Guest 49');
    expect(first.text).not.toContain('Guest 50');
    expect(first.text).toContain(`href="/calendar/${id}?people&#x3D;2" rel="next"`);
    const second = await browser.get(`/calendar/${id}?people=9`);
    expect(second.text).toContain('Guest 99');
    expect(second.text).not.toContain('Guest 49');
    expect(second.text).toContain(`href="/calendar/${id}" rel="prev"`);
    expect(second.text).toContain(`action="/calendar/${id}/contacts?people&#x3D;2"`);
  });

  it('adds an unknown one in one click, once, and takes it back', async () => {
    const calendar = await CalendarOf.connect(app, user);
    const id = await calendar.add({ attendees: [attendee('New.One@Far.example', 'Nora New')] });
    const path = `${CALENDAR}/${id}`;
    const form = (await browser.get(path)).text;
    const once = /name="_once" value="([^"]+)"/.exec(form)?.[1];
    const add = () => browser.post(`${path}/contacts`, { email: 'New.One@Far.example', _once: once });
    const [first] = await Promise.all([add(), add()]);
    expect(first.headers['location']).toBe(path);
    const contacts = () => textOf('/personal-contacts');
    const after = await browser.get(path);
    expect(after.text).toMatch(/<a href="\/personal-contacts\/[0-9a-f-]{36}">Nora New<\/a>/);
    expect((await contacts()).match(/Nora New/g)?.length).toBeGreaterThan(0);
    expect(await count('personal_contacts', user)).toBe(1);
    const again = await browser.follow(await add());
    expect(visibleText(again)).toContain('Nora New is among your contacts already.');
    expect((await browser.post(`${path}/contacts`, { email: 'who@else.example' })).status).toBe(303);
    expect(await count('personal_contacts', user)).toBe(1);
  });

  it('takes back what was added where it was added', async () => {
    const calendar = await CalendarOf.connect(app, user);
    const id = await calendar.add({ attendees: [attendee('nora@far.example', 'Nora New')] });
    const path = `${CALENDAR}/${id}`;
    const added = await browser.follow(await browser.post(`${path}/contacts`, { email: 'nora@far.example' }));
    expect(visibleText(added)).toContain('Nora New is in your personal contacts. Undo');
    const undo = /action="(\/personal-contacts\/acts\/[^"]+)"/.exec(added.text)?.[1] ?? '';
    const back = await browser.post(undo.replaceAll('&#x3D;', '='));
    expect(back.headers['location']).toBe(path);
    expect((await browser.get(path)).text).toContain('Add to contacts');
  });

  it('says who can switch personal contacts on where they are off', async () => {
    await app.database.query('UPDATE users SET features = ? WHERE id = ?', [
      ...[JSON.stringify({ ...features, 'personal-contacts': false }), user.id],
    ]);
    const calendar = await CalendarOf.connect(app, user);
    const id = await calendar.add({ attendees: [attendee('nora@far.example', 'Nora New')] });
    const text = await textOf(`${CALENDAR}/${id}`);
    expect(text).toContain(
      'personal contacts are switched off for you. An administrator can switch them on.',
    );
    expect(text).not.toContain('Add to contacts');
    await browser.post(`${CALENDAR}/${id}/contacts`, { email: 'nora@far.example' });
    expect(await count('personal_contacts', user)).toBe(0);
  });
});

describe('The choice of calendars', () => {
  it('shows the chosen ones alone', async () => {
    const calendar = await CalendarOf.connect(app, user);
    const other = await calendar.addCalendar('Holidays', { chosen: false });
    await calendar.add({ title: 'Board', startsAt: onDay(1, '10:00') });
    const page = await browser.get(`${CALENDAR}/calendars`);
    expect(visibleText(page)).toMatch(/Work Your own calendar · Last read: .* Holidays/);
    const shown = [calendar.id, other];
    const saved = await browser.follow(
      await browser.post(`${CALENDAR}/calendars`, { shown, chosen: [other] }),
    );
    expect(visibleText(saved)).toContain('Your choice is saved.');
    expect(saved.text).toMatch(new RegExp(`value="${other}" checked`));
    expect(saved.text).not.toMatch(new RegExp(`value="${calendar.id}" checked`));
  });

  it('says what is wrong with one of them, and what to do', async () => {
    const calendar = await CalendarOf.connect(app, user);
    const said = async (problem: object) => {
      const column = JSON.stringify({ ...problem, since: new Date().toISOString() });
      await app.database.query('UPDATE calendars SET problem = ? WHERE id = ?', [column, calendar.id]);
      return textOf(`${CALENDAR}/calendars`);
    };
    expect(await said({ key: 'calendar-denied' })).toContain('may not be read any more. Whoever shares it');
    expect(await said({ key: 'calendar-full', values: { max: 2000 } })).toContain('more than 2,000 events');
  });

  it('is not there for whom integrations are off', async () => {
    await app.database.query('UPDATE users SET features = ? WHERE id = ?', [
      ...[JSON.stringify({ integrations: false }), user.id],
    ]);
    for (const path of [CALENDAR, `${CALENDAR}/calendars`, `${CALENDAR}/${newId()}`])
      expect((await browser.get(path)).status).toBe(403);
    expect((await browser.post(`${CALENDAR}/calendars/sharing`, { freeBusy: 'yes' })).status).toBe(403);
    expect((await browser.get('/contacts')).text).not.toContain('href="/calendar"');
  });
});

describe('Free and busy times on a card', () => {
  let ines: User;
  let calendar: CalendarOf;
  const cardOf = async (reader: Browser) => reader.get(`/contacts/${ines.id}`);
  const said = (answer: Answer) => /Availability(.*)Only free/.exec(visibleText(answer))?.[1] ?? '';

  beforeEach(async () => {
    await app.database.query('UPDATE accounts SET timeZone = ? WHERE id = ?', [noonZone(), account.id]);
    ines = await app.aUser({ account, givenName: 'Ines', familyName: 'Inside', features });
    calendar = await CalendarOf.connect(app, ines);
    const place = {
      location: 'Bunker',
      joinUrl: 'https://meet.example/secret',
      attendees: [attendee('a@b.example', 'Ada')],
    };
    await calendar.add({ title: 'Merger', startsAt: inHours(-1), endsAt: inHours(1), ...place });
  });

  it('are said only with consent, and nothing but those', async () => {
    expect(visibleText(await cardOf(browser))).not.toContain('Availability');
    await calendar.agree();
    const answer = await cardOf(browser);
    expect(said(answer)).toMatch(
      /In a meeting until \d\d:\d\d .*Today Busy \d\d:\d\d–\d\d:\d\d .*Free all day/,
    );
    for (const secret of ['Merger', 'Bunker', 'meet.example', 'a@b.example', 'Work'])
      expect(answer.text).not.toContain(`${secret}<`);
    for (const secret of ['Merger', 'Bunker', 'meet.example']) expect(answer.text).not.toContain(secret);
    await calendar.agree(false);
    expect(visibleText(await cardOf(browser))).not.toContain('Availability');
  });

  it('are said of those whom the reader finds alone', async () => {
    await calendar.agree();
    await aChatGroup(app, account.id, { name: 'Skunkworks', kind: 'restricted', members: [ines] });
    expect((await cardOf(browser)).status).toBe(404);
    const { browser: stranger } = await app.signedIn({ features });
    expect((await cardOf(stranger)).status).toBe(404);
  });

  it('tell whether the rest of the day is free, or the whole of it taken', async () => {
    await calendar.agree();
    await app.database.query('DELETE FROM calendar_events WHERE ownerId = ?', [ines.id]);
    expect(said(await cardOf(browser))).toContain('Free for the rest of today');
    await calendar.add({ startsAt: inHours(2) });
    expect(said(await cardOf(browser))).toMatch(/Free until \d\d:\d\d/);
    const local = new Date(Date.now() + offsetMs());
    const midnight = new Date(`${dayOf(local)}T00:00:00Z`);
    await calendar.add({ allDay: true, shownAs: 'away', startsAt: midnight, endsAt: inHours(24, midnight) });
    expect(said(await cardOf(browser))).toContain('Away today');
  });

  it('are those of the reader’s time zone, and say what the other’s clock shows', async () => {
    await calendar.agree();
    await app.database.query("UPDATE users SET timeZone = 'Asia/Kathmandu' WHERE id = ?", [ines.id]);
    expect(visibleText(await cardOf(browser))).toMatch(
      /Times are yours \(Etc\/\S+\)\. For Ines it is \d\d:\d\d now \(Asia\/Kathmandu\)\./,
    );
  });

  it('are not guessed where the calendar was not read lately', async () => {
    await calendar.agree();
    await app.database.query('UPDATE calendars SET readAt = ? WHERE id = ?', [inHours(-5), calendar.id]);
    const text = visibleText(await cardOf(browser));
    expect(text).toContain('Not known at the moment whether busy or free');
    expect(text).not.toContain('Free all day');
  });

  it('are shown to oneself as others see them, before and after one agrees', async () => {
    const own = await app.browserOf(ines);
    expect(visibleText(await cardOf(own))).toContain(
      'Colleagues do not see when you are free or busy. Change',
    );
    const preview = visibleText(await own.get(`${CALENDAR}/calendars`));
    expect(preview).toMatch(/This is what they would see In a meeting until/);
    const saved = await own.follow(await own.post(`${CALENDAR}/calendars/sharing`, { freeBusy: 'yes' }));
    expect(visibleText(saved)).toMatch(/Your colleagues see .* This is what they see In a meeting until/);
    expect(visibleText(await cardOf(own))).toMatch(/In a meeting until .* This is what colleagues see/);
    await own.post(`${CALENDAR}/calendars/sharing`, { freeBusy: 'maybe' });
    expect(visibleText(await cardOf(browser))).toContain('In a meeting until');
  });
});

function offsetMs(): number {
  const [, sign, hours] = /Etc\/GMT([+-])(\d+)/.exec(noonZone()) ?? ['', '-', '0'];
  return (sign === '-' ? 1 : -1) * Number(hours) * 3_600_000;
}

async function count(table: string, owner: User): Promise<number> {
  const [{ kept }] = await app.database.query<[{ kept: number | string }]>(
    `SELECT COUNT(*) AS kept FROM ${table} WHERE ownerId = ?`,
    [owner.id],
  );
  return Number(kept);
}
