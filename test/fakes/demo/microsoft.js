/* Microsoft 365 of the demonstration: its sign-in pages, and Graph behind them. */
import { startFakeGraph } from '../office365/server.js';
import { fromWall } from '../office365/time-zones.js';
import { startFakeOAuth } from '../oauth/server.js';
import { onFirstFree } from './kept.js';
import { accounts, contactsOf, eventsOf, foldersOf, secondCalendarOf } from './people.js';

/** @import { DemoEvent } from './people.js' */

const SCOPES = ['openid', 'profile', 'offline_access', 'User.Read', 'Contacts.ReadWrite', 'Calendars.Read'];
const people = accounts.microsoft;

/** @param {any} kept as `keep` gave it, or null @param {number[]} ports of the sign-in pages and of Graph @param {string} redirectUri */
export async function startMicrosoft(kept, ports, redirectUri) {
  const oauth = await onFirstFree(
    (port) => startFakeOAuth({ dialect: 'microsoft', accounts: people, redirectUris: [redirectUri], port }),
    [kept?.ports[0], ports[0]],
  );
  const mailboxes = Object.fromEntries(people.map(({ email, language }) => [email, { language }]));
  const graph = await onFirstFree(
    (port) =>
      startFakeGraph({
        oauth,
        mailboxes,
        port,
        forgetBodies: true,
        worked: () => (graph.requests.length = 0),
      }),
    [kept?.ports[1], ports[1]],
  );
  if (kept) oauth.grants.restore(kept.grants, oauth.accounts);
  for (const person of people) {
    const mailbox = graph.mailbox(person.email);
    const before = kept?.mailboxes[person.email];
    if (before) mailbox.restore(before);
    else fillContacts(mailbox, person.language, person.connected ? 40 : 12);
    fillCalendars(mailbox, person.language);
  }
  // The same over restarts: a new database may meet accounts that were there before.
  const connected = kept?.connected ?? connectedOf(oauth);
  return {
    env: { ...oauth.env, ...graph.env, DEMO_OFFICE365: JSON.stringify(connected) },
    keep: () => ({
      ports: [oauth.listener.port, graph.port],
      ...{ grants: oauth.grants, connected },
      mailboxes: Object.fromEntries(people.map(({ email }) => [email, graph.mailbox(email)])),
    }),
    close: () => Promise.all([graph.close(), oauth.close()]),
  };
}

/** Who is connected from the beginning, with what they consented to. */
function connectedOf(oauth) {
  return people
    .filter(({ connected }) => connected)
    .map(({ email }) => {
      const { tid, oid } = oauth.accounts.find((account) => account.email === email);
      return { email, mailboxId: `${tid}.${oid}`, secret: JSON.stringify(oauth.grant(SCOPES, email)) };
    });
}

function fillContacts(mailbox, language, count) {
  const folders = foldersOf(language).map((name) => mailbox.addFolder(name));
  for (const {
    givenName,
    familyName,
    organization,
    email,
    workPhone,
    mobilePhone,
    faxNumber,
    folder,
  } of contactsOf(language, count))
    mailbox.addContact(
      {
        ...{
          givenName,
          surname: familyName,
          displayName: `${givenName} ${familyName}`,
          companyName: organization,
        },
        emailAddresses: [{ name: `${givenName} ${familyName}`, address: email }],
        ...{ businessPhones: workPhone && [workPhone], mobilePhone },
        ...(faxNumber && { extended: { 'String 0x3a24': faxNumber } }),
      },
      folders[folder],
    );
}

/** The days before somebody are those of today, whenever the demonstration is started. */
function fillCalendars(mailbox, language) {
  const { calendars } = mailbox;
  calendars.forgetEvents();
  const name = secondCalendarOf(language);
  const second =
    [...calendars.all.values()].find((calendar) => calendar.name === name) ??
    calendars.add(name, { color: 'lightGreen', hexColor: '#a6d1a6' });
  for (const event of eventsOf(language))
    calendars.addEvent(partsOf(event), event.second ? second : undefined);
}

/** @param {DemoEvent} event @returns {import('../office365/calendars.js').Parts} */
function partsOf({
  title,
  zone,
  day,
  from,
  to,
  days = 1,
  weekdays,
  location,
  attendees = [],
  organizer,
  joinUrl,
  ...is
}) {
  const last = new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
  const at = (time) => fromWall(`${day}T${time}:00`, zone).toISOString();
  const responses = { tentative: 'tentativelyAccepted', none: 'notResponded' };
  return {
    ...(from ? { start: at(from), end: at(to) } : { start: day, end: last, allDay: true }),
    ...{ subject: title, zone, location, joinUrl },
    ...(weekdays && { recurrence: { type: 'weekly', daysOfWeek: weekdays } }),
    ...(organizer && { organizer: { name: organizer.name, address: organizer.email }, response: 'accepted' }),
    ...(is.isPrivate && { sensitivity: 'private' }),
    ...{
      isCancelled: is.isCancelled,
      showAs: is.isAway ? 'oof' : is.isTentative ? 'tentative' : is.isCancelled ? 'free' : 'busy',
    },
    attendees: attendees.map(({ name, email, response }) => ({
      name,
      address: email,
      response: responses[response] ?? response,
    })),
  };
}
