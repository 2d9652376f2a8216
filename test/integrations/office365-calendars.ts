import { type MicrosoftSettings } from '../../src/config/environment.js';
import { type CalendarConnector } from '../../src/integrations/calendar-connector.js';
import { type Calendar, type Event, type Parts } from '../fakes/office365/calendars.js';
import { refusalBody, type FakeGraph } from '../fakes/office365/server.js';
import { type FakeOAuth } from '../fakes/oauth/server.js';
import {
  type CalendarHarness,
  type EventParts,
  type RemoteCalendars,
  type Repetition,
} from './calendar-harness.js';
import { accessToMicrosoft, startMicrosoft } from './office365-harness.js';

/** Calendars of Microsoft 365, as the contract suite asks for them. @param use tells the connector where a server is */
export function office365Calendars(
  connector: CalendarConnector,
  use: (settings: MicrosoftSettings) => void,
): CalendarHarness {
  return {
    connector,
    traits: { deltas: true, pages: true },
    async start({ pageSize } = {}) {
      const { oauth, fake, settings } = await startMicrosoft(pageSize ? { pageLimit: pageSize } : {});
      use(settings);
      return new GraphCalendars(fake, oauth);
    },
  };
}

const shown = {
  free: 'free',
  tentative: 'tentative',
  busy: 'busy',
  away: 'oof',
  elsewhere: 'workingElsewhere',
} as const;
const answers = {
  organizer: 'organizer',
  accepted: 'accepted',
  tentative: 'tentativelyAccepted',
  declined: 'declined',
  none: 'notResponded',
} as const;

class GraphCalendars implements RemoteCalendars {
  constructor(
    private readonly fake: FakeGraph,
    private readonly oauth: FakeOAuth,
  ) {}

  private get calendars() {
    return this.fake.mailbox().calendars;
  }
  get email() {
    return this.oauth.accounts[0].email;
  }
  get own() {
    return this.calendars.defaultId;
  }

  access({ signal }: { signal?: AbortSignal } = {}) {
    return accessToMicrosoft(this.oauth, signal ? { signal } : {});
  }

  addCalendar(name: string) {
    return this.calendars.add(name).id;
  }
  renameCalendar(id: string, name: string) {
    this.calendar(id).name = name;
  }
  removeCalendar(id: string) {
    this.calendars.remove(this.calendar(id));
  }
  denyCalendar(id: string) {
    this.calendar(id).denied = true;
  }

  add(event: EventParts, calendarId = this.own) {
    return this.calendars.addEvent(this.partsOf(event) as Parts, { id: calendarId }).id;
  }
  addSeries(event: EventParts, { every, times }: Repetition, calendarId = this.own) {
    const recurrence = { type: every === 'day' ? 'daily' : 'weekly', numberOfOccurrences: times } as const;
    return this.calendars.addEvent({ ...(this.partsOf(event) as Parts), recurrence }, { id: calendarId }).id;
  }
  edit(event: string, parts: Partial<EventParts>) {
    this.calendars.edit(this.event(event), this.partsOf(parts));
  }
  remove(event: string) {
    this.calendars.erase(this.event(event));
  }
  editOccurrence(series: string, place: number, parts: Partial<EventParts>) {
    this.calendars.editOne(this.event(series), this.dayOf(series, place), this.partsOf(parts));
  }
  removeOccurrence(series: string, place: number) {
    this.calendars.editOne(this.event(series), this.dayOf(series, place), null);
  }

  expireCursors() {
    this.fake.mailbox().expireDeltas();
  }
  trouble(kind: 'throttled' | 'busy', { times, waitMs = 30_000 }: { times?: number; waitMs?: number } = {}) {
    const headers = { 'Retry-After': String(waitMs / 1000) };
    this.fake.trouble({
      ...(kind === 'throttled'
        ? { kind: 'http', status: 429, headers, body: refusalBody('ApplicationThrottled') }
        : { kind: 'http', status: 503, body: refusalBody('ErrorServerBusy') }),
      ...(times && { times }),
    });
  }
  heal() {
    this.fake.heal();
  }
  calls() {
    return this.fake.asked().length;
  }
  async close() {
    await Promise.all([this.fake.close(), this.oauth.close()]);
  }

  private calendar(id: string): Calendar {
    const calendar = this.calendars.all.get(id);
    if (!calendar) throw new Error('no such calendar');
    return calendar;
  }
  private event(id: string): Event {
    const event = this.calendars.events.get(id);
    if (!event) throw new Error('no such event');
    return event;
  }

  /** The series of the contract are of days or weeks, from their first. */
  private dayOf(series: string, place: number): string {
    const { start, recurrence } = this.event(series);
    const days = recurrence?.type === 'weekly' ? 7 * place : place;
    return new Date(Date.parse(start.slice(0, 10)) + days * 86_400_000).toISOString().slice(0, 10);
  }

  private partsOf(event: Partial<EventParts>): Partial<Parts> {
    const { title, from, to, zone, location, isPrivate, shownAs, response, organizer, attendees, room } =
      event;
    const asked = (attendees ?? []).map(({ name, email, response: answer }) => ({
      ...{ name, address: email, response: answers[answer ?? 'none'] },
    }));
    // Whoever is invited stands among the attendees too.
    const self =
      response && response !== 'organizer' ? [{ address: this.email, response: answers[response] }] : [];
    const rooms = room ? [{ name: room.name, address: room.email, type: 'resource' as const }] : [];
    const people = [...self, ...asked, ...rooms];
    return {
      ...(title !== undefined && { subject: title }),
      ...(from !== undefined && { start: textOf(from), allDay: typeof from === 'string' }),
      ...(to !== undefined && { end: textOf(to) }),
      ...(zone !== undefined && { zone }),
      ...(location !== undefined && { location }),
      ...(isPrivate !== undefined && { sensitivity: isPrivate ? 'private' : 'normal' }),
      ...(shownAs !== undefined && { showAs: shown[shownAs] }),
      ...(response !== undefined && { response: answers[response] }),
      ...(organizer !== undefined && { organizer: { name: organizer.name, address: organizer.email } }),
      ...(people.length > 0 && { attendees: people }),
    };
  }
}

function textOf(time: Date | string): string {
  return typeof time === 'string' ? time : time.toISOString();
}
