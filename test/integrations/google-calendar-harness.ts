import { type CalendarConnector } from '../../src/integrations/calendar-connector.js';
import { timeIn } from '../fakes/google/recurrence.js';
import { answers } from '../fakes/google/server.js';
import {
  type CalendarHarness,
  type Day,
  type EventParts,
  type RemoteCalendars,
  type Repetition,
} from './calendar-harness.js';
import { GoogleAccount } from './google-account.js';

/** Google, as the calendar contract asks for it. @param use tells the connector where this one answers */
export function googleCalendarHarness(
  connector: CalendarConnector,
  use: (account: GoogleAccount) => void,
): CalendarHarness {
  return {
    connector,
    traits: { deltas: true, pages: true },
    start: async ({ pageSize } = {}) => {
      const account = await GoogleAccount.start(pageSize ? { pageLimit: pageSize } : {});
      use(account);
      return new GoogleCalendars(account);
    },
  };
}

class GoogleCalendars implements RemoteCalendars {
  /** Which calendar an event is in. */
  private readonly places = new Map<string, string>();
  /** What events were written as: an edit may change a part of a time. */
  private readonly parts = new Map<string, EventParts>();

  constructor(private readonly account: GoogleAccount) {}

  private get diary() {
    return this.account.google.diary();
  }

  access(options?: { signal?: AbortSignal }) {
    return this.account.access(options);
  }
  get email() {
    return this.account.email;
  }
  get own() {
    return this.diary.primary.id;
  }

  addCalendar(name: string) {
    return this.diary.addCalendar(name).id;
  }
  renameCalendar(id: string, name: string) {
    this.diary.calendar(id).summary = name;
  }
  removeCalendar(id: string) {
    this.diary.removeCalendar(id);
  }
  denyCalendar(id: string) {
    this.diary.calendar(id).denied = true;
  }

  add(parts: EventParts, calendarId = this.own) {
    return this.keep(this.diary.add(calendarId, this.bodyOf(parts)), parts, calendarId);
  }
  addSeries(parts: EventParts, { every, times }: Repetition, calendarId = this.own) {
    const recurrence = [`RRULE:FREQ=${every === 'day' ? 'DAILY' : 'WEEKLY'};COUNT=${times}`];
    const body = { ...this.bodyOf(parts), recurrence };
    return this.keep(this.diary.add(calendarId, body), parts, calendarId);
  }
  edit(event: string, parts: Partial<EventParts>) {
    const whole = { ...this.parts.get(event)!, ...parts };
    this.parts.set(event, whole);
    this.diary.edit(this.places.get(event)!, event, this.bodyOf(whole));
  }
  remove(event: string) {
    this.diary.remove(this.places.get(event)!, event);
  }
  editOccurrence(series: string, place: number, parts: Partial<EventParts>) {
    const { start, end, ...rest } = this.bodyOf({ ...this.parts.get(series)!, ...parts });
    const body = parts.from ? { start, end, ...rest } : rest;
    this.diary.editOccurrence(this.places.get(series)!, series, place, body);
  }
  removeOccurrence(series: string, place: number) {
    this.diary.editOccurrence(this.places.get(series)!, series, place, null);
  }

  expireCursors() {
    this.diary.expireTokens();
  }
  trouble(kind: 'throttled' | 'busy', { times, waitMs = 60_000 }: { times?: number; waitMs?: number } = {}) {
    this.account.google.trouble({
      kind: 'http',
      ...(kind === 'busy'
        ? { status: 500, body: answers.internal }
        : {
            status: 403,
            body: answers.calendarRateLimited,
            headers: { 'Retry-After': String(waitMs / 1000) },
          }),
      ...(times !== undefined && { times }),
    });
  }
  heal() {
    this.account.google.heal();
  }
  calls() {
    return this.account.google.requests.length;
  }
  close() {
    return this.account.close();
  }

  private keep(id: string, parts: EventParts, calendarId: string): string {
    this.places.set(id, calendarId);
    this.parts.set(id, parts);
    return id;
  }

  /** As the API writes it. */
  private bodyOf({ title, from, to, zone = 'UTC', location, ...parts }: EventParts) {
    const { isPrivate, shownAs, response = 'organizer', organizer, attendees = [], room } = parts;
    const self = { email: this.email, self: true };
    const asks = response === 'organizer' && (attendees.length > 0 || room !== undefined);
    const asked = [
      ...(asks ? [{ ...self, organizer: true, responseStatus: 'accepted' }] : []),
      ...(response === 'organizer' ? [] : [{ ...self, responseStatus: statusOf(response) }]),
      ...(organizer
        ? [
            {
              displayName: organizer.name,
              email: organizer.email,
              organizer: true,
              responseStatus: 'accepted',
            },
          ]
        : []),
      ...attendees.map(({ name, email, response: theirs = 'none' }) => ({
        ...{ displayName: name, email, responseStatus: statusOf(theirs) },
      })),
      ...(room
        ? [{ displayName: room.name, email: room.email, resource: true, responseStatus: 'accepted' }]
        : []),
    ];
    return {
      ...{ start: timeOf(from, zone), end: timeOf(to, zone) },
      ...(title !== undefined && { summary: title }),
      ...(location !== undefined && { location }),
      ...(isPrivate && { visibility: 'private' }),
      ...(shownAs === 'free' && { transparency: 'transparent' }),
      ...(shownAs === 'away' && { eventType: 'outOfOffice' }),
      ...(asked.length > 0 && { attendees: asked }),
      ...(organizer && { organizer: { displayName: organizer.name, email: organizer.email } }),
    };
  }
}

function timeOf(time: Date | Day, zone: string) {
  return typeof time === 'string' ? { date: time } : timeIn(time.getTime(), zone);
}

function statusOf(response: string): string {
  return response === 'none' ? 'needsAction' : response;
}
