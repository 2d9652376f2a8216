/* The Exchange server of the demonstration. */
import { fillMailbox, password, people } from '../exchange/demo-people.js';
import { startFakeExchange } from '../exchange/server.js';
import { fromWall } from '../office365/time-zones.js';
import { onFirstFree } from './kept.js';
import { eventsOf, firstDaysOf, secondCalendarOf, WEEKS } from './people.js';

/** @param {any} kept as `keep` gave it, or null @param {number} port */
export async function startExchange(kept, port) {
  const users = people.map(({ email, domain, language }) => ({ email, domain, language, password }));
  const fake = await onFirstFree(
    (each) =>
      startFakeExchange({
        ...{ users, auth: ['NTLM'], lockOutAfter: Infinity, forgetBodies: true, port: each },
        // Nobody looks at them here.
        worked: () => (fake.requests.length = 0),
      }),
    [kept?.port, port],
  );
  for (const person of people) {
    const mailbox = fake.mailbox(person.email);
    const before = kept?.mailboxes[person.email];
    if (before) mailbox.restore(before);
    else fillMailbox(mailbox, person);
    fillCalendar(mailbox, person.language);
  }
  return {
    env: { DEMO_EXCHANGE: fake.url, CARNET_EWS_ALLOWED_HOSTS: fake.origin },
    keep: () => ({
      port: fake.port,
      mailboxes: Object.fromEntries(people.map(({ email }) => [email, fake.mailbox(email)])),
    }),
    close: () => fake.close(),
  };
}

/** The days before somebody are those of today, whenever the demonstration is started. @param {'en' | 'fr'} language */
export function fillCalendar(mailbox, language) {
  for (const item of [...mailbox.items.values()]) if (item.kind === 'CalendarItem') mailbox.erase(item);
  const name = secondCalendarOf(language);
  const second =
    [...mailbox.folders.values()].find((folder) => folder.name === name) ?? mailbox.addCalendar(name);
  for (const event of eventsOf(language))
    for (const day of firstDaysOf(event))
      mailbox.addEvent(partsOf({ ...event, day }), event.second ? second : undefined);
}

/** @param {import('./people.js').DemoEvent} event @returns {import('../exchange/calendar.js').EventParts} */
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
  ...is
}) {
  const at = (time) => fromWall(`${day}T${time}:00`, zone).getTime();
  const start = at(from ?? '00:00');
  const responses = {
    accepted: 'Accept',
    tentative: 'Tentative',
    declined: 'Decline',
    none: 'NoResponseReceived',
  };
  return {
    ...{ title, zone, start, end: from ? at(to) : start + days * 86_400_000, allDay: !from },
    ...(location && { location }),
    ...(is.joinUrl && { joinUrl: is.joinUrl }),
    ...(weekdays && { repeat: { every: 'week', times: WEEKS } }),
    ...(is.isPrivate && { sensitivity: 'Private' }),
    ...(is.isCancelled && { cancelled: true }),
    status: is.isAway ? 'OOF' : is.isTentative ? 'Tentative' : is.isCancelled ? 'Free' : 'Busy',
    ...(organizer && { organizer, myResponse: 'Accept' }),
    required: attendees.map(({ name, email, response }) => ({ name, email, response: responses[response] })),
  };
}
