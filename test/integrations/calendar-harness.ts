import { type CalendarConnector, type RemoteEvent } from '../../src/integrations/calendar-connector.js';
import { type ConnectionAccess } from '../../src/integrations/contacts-connector.js';

/** A stand-in of a provider's calendars, as calendar-contract.ts needs it. Each provider has one. */
export interface CalendarHarness {
  readonly connector: CalendarConnector;
  readonly traits: {
    /** A cursor leads to what changed alone; else it says whether anything did, and then all is listed again. */
    deltas: boolean;
    /** Readings of many events are saved on the way, and go on there. */
    pages: boolean;
  };
  /** A mailbox of its own on a server of its own, with one empty calendar. @param options.pageSize events of a page at most */
  start(options?: { pageSize?: number }): Promise<RemoteCalendars>;
}

/** `2026-11-22` */
export type Day = string;

/** An event as its owner writes it in another program. */
export interface EventParts {
  title?: string;
  /** Moments, or whole days: then `to` is the day after the last. */
  from: Date | Day;
  to: Date | Day;
  /** IANA name of the zone it was written in: UTC unless told. */
  zone?: string;
  location?: string;
  isPrivate?: boolean;
  shownAs?: RemoteEvent['shownAs'];
  /** The person's own answer to somebody else's invitation; `organizer`, who asks others, unless told. */
  response?: RemoteEvent['response'];
  /** With a `response` of an invited person: who asked. */
  organizer?: { name: string; email: string };
  attendees?: { name: string; email: string; response?: 'accepted' | 'tentative' | 'declined' | 'none' }[];
  /** A room that is asked too. */
  room?: { name: string; email: string };
}

export interface Repetition {
  every: 'day' | 'week';
  times: number;
}

/** One mailbox, with what its owner does to its calendars by other programs. */
export interface RemoteCalendars {
  /** As a connection would have it. */
  access(options?: { signal?: AbortSignal }): ConnectionAccess;
  /** Of the person the mailbox is of: asked to every event, and not listed as attendee. */
  readonly email: string;
  /** The calendar there is. */
  readonly own: string;

  /** @returns its remote id */
  addCalendar(name: string): string;
  renameCalendar(id: string, name: string): void;
  removeCalendar(id: string): void;
  denyCalendar(id: string): void;

  /** @returns what the acts below name it by */
  add(event: EventParts, calendarId?: string): string;
  addSeries(event: EventParts, repetition: Repetition, calendarId?: string): string;
  /** A whole event, or a series. */
  edit(event: string, parts: Partial<EventParts>): void;
  remove(event: string): void;
  /** @param place of the occurrence, from 0 */
  editOccurrence(series: string, place: number, parts: Partial<EventParts>): void;
  removeOccurrence(series: string, place: number): void;

  expireCursors(): void;
  trouble(kind: 'throttled' | 'busy', options?: { times?: number; waitMs?: number }): void;
  heal(): void;
  /** Calls so far, without those that only sign in. */
  calls(): number;
  close(): Promise<void>;
}
