import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { limits } from '../../config/limits.js';
import { isId } from '../../database/id.js';
import { type Attendee } from '../calendar-connector.js';
import { type CalendarEvent } from '../calendar.entities.js';
import { type ConnectionOwner } from '../connections/connections.service.js';
import { dayAt, plusDays, utcOf } from './days.js';

/** An event as its owner sees it. */
export interface OwnEvent extends Omit<
  CalendarEvent,
  'accountId' | 'ownerId' | 'remoteId' | 'seriesId' | 'pass'
> {
  /** One of several occurrences. */
  inSeries: boolean;
  calendarName: string;
  colour: string | null;
}

/** An event in a list. Only what is looked at is worth reading: most lists show their people of few, or of none. */
export interface ListedEvent extends Omit<OwnEvent, 'organizer' | 'attendees' | 'webUrl'> {
  /** JSON of the first attendees, as many as a line names; null: there are none. See `firstPeople`. */
  people: string | null;
}

export interface EventsOfRange {
  /** All-day events of a day before the others of it. */
  events: ListedEvent[];
  /** There are more than are listed (`limits.eventsShown`): those that start last are left out. */
  more: boolean;
}

/**
 * One's events, of the calendars one has chosen. Connections that have ended, or may not read calendars, hide theirs; those that
 * are paused or ask to sign in show what was read last (calendars.service.ts says when that was). Pages that ask are behind the
 * feature `integrations`, which hides them as a whole.
 */
@Injectable()
export class CalendarEvents {
  constructor(private readonly database: DataSource) {}

  /**
   * What overlaps the moments from `from` up to, without, `to`; all-day events where one of their days does.
   * @param timeZone in which the reader has their days
   * @param most as many as are needed
   */
  async between(
    { id: ownerId }: ConnectionOwner,
    { from, to, timeZone }: { from: Date; to: Date; timeZone: string },
    most: number = limits.eventsShown,
  ): Promise<EventsOfRange> {
    const firstDay = new Date(utcOf(dayAt(from, timeZone)));
    const lastDay = dayAt(Math.max(to.getTime() - 1, from.getTime()), timeZone);
    const dayAfter = new Date(utcOf(plusDays(lastDay, 1)));
    // The widest of both, along the index; what is at the edges is sorted out for each kind.
    const before = new Date(Math.max(to.getTime(), dayAfter.getTime()));
    const rows = await this.database.query<Row<ListedEvent>[]>(
      `SELECT ${COLUMNS}, ${FIRST_PEOPLE} AS people
       FROM calendar_events e JOIN calendars k ON k.id = e.calendarId JOIN connections c ON c.id = e.connectionId
       WHERE e.ownerId = ? AND e.startsAt < ? AND ${SHOWN}
         AND IF(e.allDay, e.startsAt < ? AND e.endsAt > ?, e.startsAt < ? AND (e.endsAt > ? OR e.startsAt >= ?))
       ORDER BY e.startsAt, e.allDay DESC, e.endsAt, e.id LIMIT ${most + 1}`,
      [ownerId, before, dayAfter, firstDay, to, from, from],
    );
    return {
      events: rows.slice(0, most).map(withFlags),
      more: rows.length > most,
    };
  }

  /** One of one's own; null for all others. */
  async one({ id: ownerId }: ConnectionOwner, eventId: string): Promise<OwnEvent | null> {
    if (!isId(eventId)) return null;
    const [row] = await this.database.query<WholeRow[]>(
      `SELECT ${COLUMNS}, e.organizer, e.attendees, e.webUrl
       FROM calendar_events e JOIN calendars k ON k.id = e.calendarId JOIN connections c ON c.id = e.connectionId
       WHERE e.id = ? AND e.ownerId = ? AND ${SHOWN}`,
      [eventId, ownerId],
    );
    return row ? eventOf(row) : null;
  }
}

const SHOWN = `k.chosen = 1 AND c.state <> 'ended' AND c.calendar <> 'none'`;

/** The people a line of a list names. */
export function firstPeople({ people }: Pick<ListedEvent, 'people'>): Attendee[] {
  return people === null ? [] : (JSON.parse(people) as Attendee[]);
}

/** People a line names; of more, how many. */
const NAMED = 3;

const FIRST = Array.from({ length: NAMED }, (_, at) => `'$[${at}]'`).join(', ');

/** A meeting of a hundred is not sent whole for a line; and as text, for the driver would read JSON of every row. */
const FIRST_PEOPLE = `CAST(JSON_EXTRACT(e.attendees, ${FIRST}) AS CHAR)`;

const COLUMNS = `e.id, e.connectionId, e.calendarId, e.seriesId IS NOT NULL AS inSeries, e.startsAt, e.endsAt, e.allDay, e.title,
  e.location, e.isPrivate, e.shownAs, e.response, e.attendeeCount, e.joinUrl, k.name AS calendarName, k.colour`;

type Flag = 'inSeries' | 'allDay' | 'isPrivate';

type Row<Event> = Omit<Event, Flag> & Record<Flag, number>;

type WholeRow = Row<Omit<OwnEvent, 'organizer' | 'attendees'>> & {
  organizer: string | null;
  attendees: string;
};

function eventOf({ organizer, attendees, ...row }: WholeRow): OwnEvent {
  return {
    ...withFlags<Omit<OwnEvent, 'organizer' | 'attendees'>>(row),
    organizer: organizer === null ? null : (JSON.parse(organizer) as Attendee),
    attendees: JSON.parse(attendees) as Attendee[],
  };
}

/** The row itself, its flags as we write them. */
function withFlags<Event extends Record<Flag, boolean>>(row: Row<Event>): Event {
  const { inSeries, allDay, isPrivate } = row;
  return Object.assign(row, {
    ...{ inSeries: Boolean(inSeries), allDay: Boolean(allDay), isPrivate: Boolean(isPrivate) },
  }) as unknown as Event;
}
