import { localDays } from '../../src/integrations/calendar/days.js';
import { newId } from '../../src/database/id.js';
import { type CalendarConnector, type RemoteEvent } from '../../src/integrations/calendar-connector.js';
import { type EventParts as FakeEvent } from '../fakes/exchange/calendar.js';
import { type Mailbox } from '../fakes/exchange/mailbox.js';
import { startFakeExchange, type FakeExchange } from '../fakes/exchange/server.js';
import {
  type CalendarHarness,
  type EventParts,
  type RemoteCalendars,
  type Repetition,
} from './calendar-harness.js';

const EMAIL = 'camille@nord.example';
const PASSWORD = 'nine blue lamps';

/** Calendars of Exchange, as the contract suite asks for them. @param allow lets the connector speak to a server */
export function exchangeCalendars(
  connector: CalendarConnector,
  allow: (fake: FakeExchange) => void,
  version = 'Exchange2013_SP1',
): CalendarHarness {
  return {
    connector,
    traits: { deltas: false, pages: false },
    start: async () => {
      const fake = await startFakeExchange({
        users: [{ email: EMAIL, password: PASSWORD, domain: 'NORD', login: 'camille' }],
      });
      allow(fake);
      return calendarsOf(fake, version);
    },
  };
}

function calendarsOf(fake: FakeExchange, version: string): RemoteCalendars {
  const connectionId = newId();
  const box = fake.mailbox();
  const item = (id: string) => box.items.get(id)!;
  const folder = (id: string) => box.folders.get(id)!;
  return {
    access: ({ signal = new AbortController().signal } = {}) => ({
      ...{ connectionId, signal, keep: () => Promise.resolve() },
      details: { ewsUrl: fake.url, username: EMAIL, version, auth: 'ntlm' },
      secret: JSON.stringify({ password: PASSWORD }),
    }),
    email: EMAIL,
    own: box.distinguished('calendar')!.id,
    addCalendar: (name) => box.addCalendar(name).id,
    renameCalendar: (id, name) => box.renameFolder(folder(id), name),
    removeCalendar: (id) => box.eraseFolder(folder(id)),
    denyCalendar: (id) => void (folder(id).denied = true),
    add: (event, calendarId) => addTo(box, event, calendarId).id,
    addSeries: (event, repeat, calendarId) => addTo(box, event, calendarId, repeat).id,
    edit: (event, parts) => box.editEvent(item(event), eventOf(parts, item(event).event?.zone)),
    remove: (event) => void box.remove(item(event)),
    editOccurrence: (series, place, parts) => {
      const { exceptions = {}, zone } = item(series).event!;
      box.editEvent(item(series), { exceptions: { ...exceptions, [place]: eventOf(parts, zone) } });
    },
    removeOccurrence: (series, place) =>
      box.editEvent(item(series), { exceptions: { ...item(series).event!.exceptions, [place]: null } }),
    expireCursors: () => box.expireStates(),
    trouble: (kind, { waitMs, ...options } = {}) =>
      void fake.trouble(
        kind === 'throttled'
          ? { kind: 'busy', backOffMs: waitMs, ...options }
          : { kind: 'code', code: 'ErrorInternalServerTransientError', ...options },
      ),
    heal: () => fake.heal(),
    calls: () => fake.asked().length,
    close: () => fake.close(),
  };
}

function addTo(box: Mailbox, event: EventParts, calendarId?: string, repeat?: Repetition) {
  const parts = { ...(eventOf(event) as FakeEvent), ...(repeat && { repeat }) };
  return box.addEvent(parts, calendarId === undefined ? undefined : { id: calendarId });
}

const statuses: Record<RemoteEvent['shownAs'], FakeEvent['status']> = {
  ...{ free: 'Free', tentative: 'Tentative', busy: 'Busy', away: 'OOF', elsewhere: 'WorkingElsewhere' },
};
const answers: Record<RemoteEvent['response'], NonNullable<FakeEvent['myResponse']>> = {
  ...{ organizer: 'Organizer', accepted: 'Accept', tentative: 'Tentative', declined: 'Decline' },
  none: 'NoResponseReceived',
};

/** Only what is said; what is not stays as it was. */
export function eventOf(event: Partial<EventParts>, before = 'UTC'): Partial<FakeEvent> {
  const { title, from, to, zone, location, isPrivate, shownAs, response, organizer, attendees, room } = event;
  const at = (time: Date | string) =>
    typeof time === 'string' ? localDays(time, 1, zone ?? before)[0].from : time.getTime();
  return {
    ...(title !== undefined && { title }),
    ...(from !== undefined && { start: at(from), allDay: typeof from === 'string' }),
    ...(to !== undefined && { end: at(to) }),
    ...(zone !== undefined && { zone }),
    ...(location !== undefined && { location }),
    ...(isPrivate !== undefined && { sensitivity: isPrivate ? 'Private' : 'Normal' }),
    ...(shownAs !== undefined && { status: statuses[shownAs] }),
    ...(response !== undefined && { myResponse: answers[response] }),
    ...(organizer && { organizer, required: [{ name: 'Oneself', email: EMAIL, response: 'Unknown' }] }),
    ...(attendees && {
      required: attendees.map(({ response: answer = 'none', ...person }) => ({
        ...person,
        response: answers[answer],
      })),
    }),
    ...(room && { resources: [room] }),
  };
}
