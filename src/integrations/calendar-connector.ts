import { type Provider } from '../accounts/settings.js';
import { type ConnectionAccess, type Cursor } from './contacts-connector.js';

/**
 * What the calendar asks of a provider: to read, inside one window of days, and nothing else. Failures are those of
 * provider-errors.ts (`FolderGone`, `AccessDenied`: of one calendar; `CursorExpired`: it is read from nothing).
 */
export interface CalendarConnector {
  readonly provider: Provider;
  /** For one run; nothing is asked of the provider before the first call. */
  open(access: ConnectionAccess): CalendarSession;
}

export interface CalendarSession {
  /** All calendars of the mailbox, the person's own first. */
  calendars(): Promise<RemoteCalendar[]>;
  /**
   * Events of a window: all of them when `cursor` is null, else what changed since. Recurrences are expanded. What lies outside
   * the window may be listed too, and counts as not there. The same change may come twice.
   * @throws CursorExpired, FolderGone, AccessDenied
   */
  events(calendarId: string, window: CalendarWindow, cursor: Cursor | null): AsyncGenerator<EventsPage>;
  /** Ends sockets. */
  close(): void;
}

/** Cursors belong to one window: a new one is read from nothing. */
export interface CalendarWindow {
  from: Date;
  to: Date;
}

export interface EventsPage {
  changes: EventChange[];
  cursor: Cursor;
  last: boolean;
  /** This reading lists all there is (also where a cursor was given, by providers that only know that something changed). */
  whole: boolean;
}

export type EventChange =
  | { kind: 'event'; event: RemoteEvent }
  /** Of an event, or of a series with all its occurrences. */
  | { kind: 'removed'; remoteId: string };

export interface RemoteCalendar {
  /** Case-sensitive. */
  remoteId: string;
  name: string;
  /** `#rrggbb` */
  colour: string | null;
  isPrimary: boolean;
  /** `busy`: only when something is, not what. */
  access: 'details' | 'busy';
}

export interface RemoteEvent {
  remoteId: string;
  /** Of the series it is an occurrence of. */
  seriesId: string | null;
  /** All-day events: midnight UTC of their first day, whatever time zone anybody is in; the end is the day after the last. */
  startsAt: Date;
  endsAt: Date;
  allDay: boolean;
  /** null of a private event: what it is about is not read. */
  title: string | null;
  location: string | null;
  isPrivate: boolean;
  /** What others would see of that time. */
  shownAs: 'free' | 'tentative' | 'busy' | 'away' | 'elsewhere';
  response: 'organizer' | 'accepted' | 'tentative' | 'declined' | 'none';
  organizer: Attendee | null;
  /** Without rooms, and without the person. At most 100; none of a private event. */
  attendees: Attendee[];
  attendeeCount: number;
  /** Where one joins by video; https. */
  joinUrl: string | null;
  /** Where the provider shows it; https. */
  webUrl: string | null;
}

export interface Attendee {
  /** As given there; null where there is none. */
  name: string | null;
  email: string | null;
  response?: 'accepted' | 'tentative' | 'declined' | 'none';
}
