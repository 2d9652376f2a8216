/* Google of the demonstration: its sign-in pages, People and Calendar behind them. */
import { membership } from '../google/address-book.js';
import { timeIn } from '../google/recurrence.js';
import { startFakeGoogle } from '../google/server.js';
import { fromWall } from '../office365/time-zones.js';
import { startFakeOAuth } from '../oauth/server.js';
import { onFirstFree } from './kept.js';
import { accounts, contactsOf, eventsOf, firstDaysOf, foldersOf, secondCalendarOf, WEEKS } from './people.js';

const auth = 'https://www.googleapis.com/auth/';
const SCOPES = [
  'openid',
  'email',
  `${auth}contacts`,
  `${auth}calendar.calendarlist.readonly`,
  `${auth}calendar.events.readonly`,
];
const people = accounts.google;

/** @param {any} kept as `keep` gave it, or null @param {number[]} ports of the sign-in pages and of the services @param {string} redirectUri */
export async function startGoogle(kept, ports, redirectUri) {
  const oauth = await onFirstFree(
    (port) => startFakeOAuth({ dialect: 'google', accounts: people, redirectUris: [redirectUri], port }),
    [kept?.ports[0], ports[0]],
  );
  const emails = people.map(({ email }) => email);
  const holderOf = (authorization) => oauth.holderOf(authorization);
  const google = await onFirstFree(
    (port) => startFakeGoogle({ accounts: emails, holderOf, port, forgetBodies: true }),
    [kept?.ports[1], ports[1]],
  );
  if (kept) oauth.grants.restore(kept.grants, oauth.accounts);
  for (const { email, language, ...person } of people) {
    const before = kept?.books[email];
    if (before) google.book(email).restore(before);
    else fillBook(google.book(email), language, person.connected ? 40 : 12);
    fillDiary(google.diary(email), language);
  }
  // The same over restarts: a new database may meet accounts that were there before.
  const connected = kept?.connected ?? connectedOf(oauth);
  return {
    env: { ...oauth.env, ...google.env, DEMO_GOOGLE: JSON.stringify(connected) },
    keep: () => ({
      ports: [oauth.listener.port, google.listener.port],
      ...{ grants: oauth.grants, connected },
      books: Object.fromEntries(emails.map((email) => [email, google.book(email)])),
    }),
    /** For whoever wants something on somebody's calendar. @param {string} email */
    diary: (email) => google.diary(email),
    close: () => Promise.all([google.close(), oauth.close()]),
  };
}

/** Who is connected from the beginning, with what they consented to. */
function connectedOf(oauth) {
  return people
    .filter(({ connected }) => connected)
    .map(({ email }) => {
      const { sub } = oauth.accounts.find((account) => account.email === email);
      return { email, mailboxId: sub, secret: JSON.stringify(oauth.grant(SCOPES, email)) };
    });
}

function fillBook(book, language, count) {
  const labels = foldersOf(language).map((name) => book.addGroup(name));
  for (const [number, contact] of contactsOf(language, count).entries()) {
    const { givenName, familyName, organization, email, workPhone, mobilePhone, faxNumber, folder } = contact;
    // Some bear two labels.
    const own = [folder, number % 10 === 0 ? 1 : -1].filter(
      (at, place, all) => at >= 0 && all.indexOf(at) === place,
    );
    const phones = { work: workPhone, mobile: mobilePhone, workFax: faxNumber };
    book.add({
      names: [{ givenName, familyName, unstructuredName: `${givenName} ${familyName}` }],
      emailAddresses: [{ value: email, type: 'work' }],
      organizations: [{ name: organization }],
      phoneNumbers: Object.entries(phones).flatMap(([type, value]) => (value ? [{ value, type }] : [])),
      memberships: [membership('myContacts'), ...own.map((at) => membership(labels[at].id))],
    });
  }
}

/** The days before somebody are those of today, whenever the demonstration is started. */
function fillDiary(diary, language) {
  const second = diary.addCalendar(secondCalendarOf(language));
  for (const event of eventsOf(language))
    for (const day of firstDaysOf(event))
      diary.add(event.second ? second.id : diary.email, bodyOf({ ...event, day }, diary.email));
}

/** @param {import('./people.js').DemoEvent} event @param {string} owner e-mail address */
function bodyOf({ title, zone, day, from, to, days = 1, weekdays, location, joinUrl, ...event }, owner) {
  const last = new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
  const at = (time) => timeIn(fromWall(`${day}T${time}:00`, zone).getTime(), zone);
  const { attendees = [], organizer = { name: owner, email: owner } } = event;
  const isOwn = organizer.email === owner;
  const responses = { none: 'needsAction' };
  const told = attendees.map(({ name, email, response }) => ({
    ...{ displayName: name, email, responseStatus: responses[response] ?? response },
  }));
  const self = { email: owner, self: true, responseStatus: 'accepted', organizer: isOwn };
  return {
    ...(from ? { start: at(from), end: at(to) } : { start: { date: day }, end: { date: last } }),
    ...{ summary: title, ...(location && { location }), ...(joinUrl && { hangoutLink: joinUrl }) },
    ...(weekdays && { recurrence: [`RRULE:FREQ=WEEKLY;COUNT=${WEEKS}`] }),
    ...(event.isPrivate && { visibility: 'private' }),
    status: event.isTentative ? 'tentative' : 'confirmed',
    organizer: { displayName: organizer.name, email: organizer.email, self: isOwn },
    ...(told.length > 0 && { attendees: [self, ...told] }),
  };
}
