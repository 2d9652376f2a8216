import { limits } from '../../config/limits.js';
import { hasControlCharacters, tidy } from '../../text/tidy.js';
import {
  type Attendee,
  type CalendarWindow,
  type RemoteCalendar,
  type RemoteEvent,
} from '../calendar-connector.js';
import { type CalendarEvent } from '../calendar.entities.js';
import { DAY_MS } from './days.js';

/** What of an event's row its provider decides, as the columns hold it: lists are JSON. */
export type EventContent = Omit<
  CalendarEvent,
  'id' | 'accountId' | 'ownerId' | 'connectionId' | 'calendarId' | 'pass' | 'organizer' | 'attendees'
> & { organizer: string | null; attendees: string };

/**
 * An event as it may be kept, whatever its provider says of it; null where it has no time, an id no column holds, or lies outside
 * the window. Of a private one nothing is kept but its time and the address where its owner opens it.
 * @param own addresses of the person, in small letters: not every provider knows who of the attendees it is
 */
export function contentOf(
  event: RemoteEvent,
  window: CalendarWindow,
  own: ReadonlySet<string> = new Set(),
): EventContent | null {
  const times = timesOf(event);
  if (!isUsableId(event.remoteId) || !times || !isInside(times, window)) return null;
  const { isPrivate, seriesId } = event;
  const open = !isPrivate;
  const others = event.attendees.filter(({ email }) => !own.has(email?.trim().toLowerCase() ?? ''));
  const attendees = open ? others.slice(0, limits.eventAttendees).map(attendeeOf) : [];
  const left = event.attendees.length - others.length;
  return {
    remoteId: event.remoteId,
    seriesId: seriesId !== null && isUsableId(seriesId) ? seriesId : null,
    ...{ ...times, allDay: event.allDay, isPrivate },
    title: open ? textOf(event.title, limits.eventTextCharacters) : null,
    location: open ? textOf(event.location, limits.eventTextCharacters) : null,
    shownAs: oneOf(SHOWN_AS, event.shownAs, 'busy'),
    response: oneOf(RESPONSES, event.response, 'none'),
    organizer: open && event.organizer ? JSON.stringify(attendeeOf(event.organizer)) : null,
    attendees: JSON.stringify(attendees),
    attendeeCount: open ? Math.max(attendees.length, wholeNumber(event.attendeeCount - left)) : 0,
    joinUrl: open ? addressOf(event.joinUrl) : null,
    webUrl: addressOf(event.webUrl),
  };
}

/** A calendar as it may be kept; null where no column holds its id. */
export function calendarOf(calendar: RemoteCalendar): RemoteCalendar | null {
  const { remoteId, name, colour, isPrimary, access } = calendar;
  if (!isUsableId(remoteId)) return null;
  return {
    ...{ remoteId, isPrimary, access: access === 'busy' ? 'busy' : 'details' },
    name: textOf(name, limits.nameCharacters) ?? textOf(remoteId, limits.nameCharacters) ?? '',
    colour: colour !== null && /^#[0-9a-f]{6}$/i.test(colour) ? colour.toLowerCase() : null,
  };
}

/** The columns of ids are of ASCII, and to a database a space at the end is no difference. */
function isUsableId(id: string): boolean {
  return /^[\x21-\x7e]{1,512}$/.test(id);
}

/** What `datetime` holds everywhere. */
const EARLIEST = Date.UTC(1900, 0, 1);
const LATEST = Date.UTC(9999, 11, 31);

function timesOf({ startsAt, endsAt, allDay }: RemoteEvent): { startsAt: Date; endsAt: Date } | null {
  const bounded = (moment: Date) => Math.min(Math.max(moment.getTime(), EARLIEST), LATEST);
  const [from, to] = [bounded(startsAt), bounded(endsAt)];
  if (Number.isNaN(from) || Number.isNaN(to)) return null;
  if (!allDay) return { startsAt: new Date(from), endsAt: new Date(Math.max(from, to)) };
  const first = Math.floor(from / DAY_MS) * DAY_MS;
  const after = Math.max(Math.ceil(to / DAY_MS) * DAY_MS, first + DAY_MS);
  return { startsAt: new Date(first), endsAt: new Date(after) };
}

/** What takes no time is where it begins. */
function isInside({ startsAt, endsAt }: { startsAt: Date; endsAt: Date }, { from, to }: CalendarWindow) {
  return startsAt < to && (endsAt > from || startsAt >= from);
}

function attendeeOf({ name, email, response }: Attendee): Attendee {
  const known = response === undefined ? undefined : oneOf(RESPONSES, response, 'none');
  return {
    name: textOf(name, limits.nameCharacters),
    email: emailOf(email),
    ...(known !== undefined && known !== 'organizer' && { response: known }),
  };
}

function emailOf(email: string | null): string | null {
  const text = tidy(email?.slice(0, limits.emailCharacters * 4) ?? '');
  const usable = text.length <= limits.emailCharacters && /^[^\s@]+@[^\s@]+$/.test(text);
  return usable && !hasControlCharacters(text) ? text : null;
}

/** One line as it is seen, which turns nothing around it, cut between characters; null when nothing is left. */
function textOf(text: string | null, most: number): string | null {
  if (text === null) return null;
  // Longer than that, what is at the end is cut off anyway; some may be lost to spaces.
  const line = text
    .slice(0, most * 4)
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(/\p{Cc}/gu, ' ');
  return [...tidy(line)].slice(0, most).join('').trim() || null;
}

function addressOf(url: string | null): string | null {
  if (url === null || url.length > LONGEST_ADDRESS || !URL.canParse(url)) return null;
  const { protocol, href, username, password } = new URL(url);
  return protocol === 'https:' && !username && !password && href.length <= LONGEST_ADDRESS ? href : null;
}

const LONGEST_ADDRESS = 2048;

function wholeNumber(count: number): number {
  return Number.isFinite(count) ? Math.min(Math.max(Math.floor(count), 0), 1_000_000) : 0;
}

const SHOWN_AS = ['free', 'tentative', 'busy', 'away', 'elsewhere'] as const;
const RESPONSES = ['organizer', 'accepted', 'tentative', 'declined', 'none'] as const;

function oneOf<Word extends string>(words: readonly Word[], word: string, otherwise: Word): Word {
  return words.find((each) => each === word) ?? otherwise;
}
