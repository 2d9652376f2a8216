import { limits } from '../../config/limits.js';
import { type Attendee, type RemoteEvent } from '../calendar-connector.js';
import { idOf } from './ids.js';
import { type XmlElement } from './reader.js';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** An occurrence as a view of the calendar says it. */
export interface ListedEvent {
  event: RemoteEvent;
  /** Others take part: GetItem says who. */
  isMeeting: boolean;
}

/** null: it was called off, or is none we can name. What a private one is about is not looked at. */
export function readListed(item: XmlElement): ListedEvent | null {
  const remoteId = idOf(item.child('ItemId'));
  const says = (name: string) => item.textAt(name)?.trim() ?? '';
  const [start, end] = [momentOf(says('Start')), momentOf(says('End'))];
  if (item.name !== 'CalendarItem' || remoteId === null || start === null || end === null) return null;
  if (says('IsCancelled') === 'true') return null;
  // Whoever marked it as anything but normal did not mean it for others.
  const isPrivate = (says('Sensitivity') || 'Normal') !== 'Normal';
  const isMeeting = says('IsMeeting') === 'true';
  const allDay = says('IsAllDayEvent') === 'true';
  const inSeries = ['Occurrence', 'Exception'].includes(says('CalendarItemType'));
  const text = (name: string) => (isPrivate ? null : says(name) || null);
  return {
    isMeeting: isMeeting && !isPrivate,
    event: {
      remoteId,
      // Occurrences say nothing of their series but the name they share with it.
      seriesId: inSeries ? says('UID') || null : null,
      ...(allDay ? daysOf(item, start, end) : { startsAt: start, endsAt: end }),
      ...{ allDay, isPrivate, title: text('Subject'), location: text('Location') },
      shownAs: shownAs[says('LegacyFreeBusyStatus')] ?? 'busy',
      response: responses[says('MyResponseType')] ?? (isMeeting ? 'none' : 'organizer'),
      ...{ organizer: null, attendees: [], attendeeCount: 0, joinUrl: null, webUrl: null },
    },
  };
}

/** Who takes part, without oneself and without rooms. @param own addresses of oneself, in small letters */
export function withPeople(event: RemoteEvent, item: XmlElement, own: ReadonlySet<string>): RemoteEvent {
  const organizer = personOf(item.at('Organizer', 'Mailbox'));
  const asked = [...item.childrenOf('RequiredAttendees'), ...item.childrenOf('OptionalAttendees')];
  const others = asked
    .map((each) => ({
      ...(personOf(each.child('Mailbox')) ?? { name: null, email: null }),
      response: answers[each.textAt('ResponseType')?.trim() ?? ''] ?? ('none' as const),
    }))
    .filter(({ name, email }) => name !== null || email !== null)
    .filter(({ email }) => email === null || !own.has(email.toLowerCase()));
  return {
    ...event,
    ...{ organizer, attendees: others.slice(0, limits.eventAttendees), attendeeCount: others.length },
    joinUrl: item.textAt('JoinOnlineMeetingUrl')?.trim() || null,
  };
}

/** The address of whoever organises: one’s own where that is oneself. */
export function organizerOf(item: XmlElement): string | null {
  return personOf(item.at('Organizer', 'Mailbox'))?.email?.toLowerCase() ?? null;
}

function personOf(mailbox: XmlElement | null): Attendee | null {
  if (!mailbox) return null;
  const email = mailbox.textAt('EmailAddress')?.trim() ?? '';
  // A name of the directory (`/o=…/cn=…`) is no address.
  const isAddress = (mailbox.textAt('RoutingType')?.trim() || 'SMTP') === 'SMTP' && email.includes('@');
  return { name: mailbox.textAt('Name')?.trim() || null, email: isAddress ? email : null };
}

const shownAs: Record<string, RemoteEvent['shownAs'] | undefined> = {
  ...{ Free: 'free', Tentative: 'tentative', Busy: 'busy', OOF: 'away', WorkingElsewhere: 'elsewhere' },
};
const answers: Record<string, Exclude<RemoteEvent['response'], 'organizer'> | undefined> = {
  ...{ Accept: 'accepted', Tentative: 'tentative', Decline: 'declined', Organizer: 'accepted' },
};
const responses: Record<string, RemoteEvent['response'] | undefined> = {
  ...{ Organizer: 'organizer', Accept: 'accepted', Tentative: 'tentative', Decline: 'declined' },
  NoResponseReceived: 'none',
};

function momentOf(text: string): Date | null {
  // One without a zone is of UTC, as we ask.
  const moment = Date.parse(/[zZ]$|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(moment) ? null : new Date(moment);
}

/**
 * Whole days begin at midnight of the zone they were written in, and come as that moment in UTC: 24 October of Paris is
 * `10-23T22:00Z`. Servers since 2013 tell the clock on the wall too; from older ones it is told by the zone's name, or else by the
 * moment, which leaves a doubt only for zones twelve hours away.
 */
function daysOf(item: XmlElement, start: Date, end: Date): { startsAt: Date; endsAt: Date } {
  const wall = /^(\d{4}-\d\d-\d\d)T00:00/.exec(item.textAt('StartWallClock')?.trim() ?? '');
  const first = wall ? Date.parse(wall[1]) : midnightNear(start.getTime(), zoneOf(item));
  const days = Math.max(1, Math.round((end.getTime() - start.getTime()) / DAY_MS));
  return { startsAt: new Date(first), endsAt: new Date(first + days * DAY_MS) };
}

/** `(UTC+12:00) Auckland, Wellington`: milliseconds ahead of UTC; null of what says nothing. */
function zoneOf(item: XmlElement): number | null {
  const zone = /^\((?:UTC|GMT)(?:([+-])(\d\d):(\d\d))?\)/.exec(item.textAt('TimeZone')?.trim() ?? '');
  if (!zone) return null;
  const [, sign, hours, minutes] = zone;
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * HOUR_MS + Number(minutes) * 60_000);
}

function midnightNear(moment: number, zone: number | null): number {
  const before = Math.floor(moment / DAY_MS) * DAY_MS;
  const passed = moment - before;
  // West of Greenwich it is midnight later: as far as Hawaii. What is after that is of the day that begins further east.
  if (zone === null) return passed <= 10 * HOUR_MS ? before : before + DAY_MS;
  const isEast = Math.abs(DAY_MS - passed - zone) < Math.abs(-passed - zone);
  return isEast ? before + DAY_MS : before;
}
