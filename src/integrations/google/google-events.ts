import {
  type Attendee,
  type EventChange,
  type RemoteCalendar,
  type RemoteEvent,
} from '../calendar-connector.js';
import { listOf, recordOf, textOf } from './people.js';

/** What is kept of them (`RemoteEvent.attendees`). */
const MOST_ATTENDEES = 100;

/** null for what we cannot read. @see calendar-v3.json, schema `CalendarListEntry` */
export function readCalendar(json: unknown): RemoteCalendar | null {
  const { id, summary, summaryOverride, backgroundColor, primary, accessRole, deleted } = recordOf(json);
  const remoteId = textOf(id);
  if (remoteId === null || deleted === true) return null;
  const colour = textOf(backgroundColor);
  return {
    remoteId,
    name: textOf(summaryOverride) ?? textOf(summary) ?? '',
    colour: colour !== null && /^#[0-9a-f]{6}$/i.test(colour) ? colour : null,
    isPrimary: primary === true,
    access: accessRole === 'freeBusyReader' ? 'busy' : 'details',
  };
}

/** null for what has no id, or no time. @see calendar-v3.json, schema `Event` */
export function readEventChange(json: unknown): EventChange | null {
  const event = recordOf(json);
  const remoteId = textOf(event['id']);
  if (remoteId === null) return null;
  // An event, one of a series, or a series: nothing else is sure to be said of it.
  if (event['status'] === 'cancelled') return { kind: 'removed', remoteId };
  const [start, end] = [recordOf(event['start']), recordOf(event['end'])];
  const startsAt = momentOf(start);
  if (startsAt === null) return null;
  const time = {
    remoteId,
    seriesId: textOf(event['recurringEventId']),
    startsAt,
    endsAt: momentOf(end) ?? startsAt,
    allDay: textOf(start['date']) !== null,
    shownAs: shownAs(event),
    response: responseOf(event),
    webUrl: textOf(event['htmlLink']),
  };
  return { kind: 'event', event: { ...time, ...(isPrivate(event) ? nothingSaid : contentOf(event)) } };
}

/** Whatever is not said to be for others; also what the service shows nothing of but its time. */
function isPrivate({ visibility = 'default' }: Record<string, unknown>): boolean {
  return visibility !== 'default' && visibility !== 'public';
}

type Content = Pick<
  RemoteEvent,
  'isPrivate' | 'title' | 'location' | 'organizer' | 'attendees' | 'attendeeCount' | 'joinUrl'
>;

const nothingSaid: Content = {
  ...{ isPrivate: true, title: null, location: null, organizer: null },
  ...{ attendees: [], attendeeCount: 0, joinUrl: null },
};

function contentOf(event: Record<string, unknown>): Content {
  const attendees = listOf(event['attendees'])
    .map(recordOf)
    .filter(({ self, resource }) => self !== true && resource !== true)
    .flatMap((attendee) => {
      const person = personOf(attendee);
      return person ? [{ ...person, response: answerOf(attendee['responseStatus']) }] : [];
    });
  const organizer = recordOf(event['organizer']);
  return {
    isPrivate: false,
    title: textOf(event['summary']),
    location: textOf(event['location']),
    // That of an own event would be the calendar itself.
    organizer: organizer['self'] === true ? null : personOf(organizer),
    attendees: attendees.slice(0, MOST_ATTENDEES),
    attendeeCount: attendees.length,
    joinUrl: joinUrlOf(event),
  };
}

function personOf({ displayName, email }: Record<string, unknown>): Attendee | null {
  const [name, address] = [textOf(displayName), textOf(email)];
  return name === null && address === null ? null : { name, email: address };
}

const answers = new Map([
  ['accepted', 'accepted'],
  ['tentative', 'tentative'],
  ['declined', 'declined'],
] as const);

function answerOf(status: unknown): NonNullable<Attendee['response']> {
  return answers.get(status as 'accepted') ?? 'none';
}

/** `self` is whose calendar it is in. */
function responseOf(event: Record<string, unknown>): RemoteEvent['response'] {
  if (recordOf(event['organizer'])['self'] === true) return 'organizer';
  const own = listOf(event['attendees'])
    .map(recordOf)
    .find(({ self }) => self === true);
  return answerOf(own?.['responseStatus']);
}

function shownAs({ transparency, eventType, status }: Record<string, unknown>): RemoteEvent['shownAs'] {
  if (transparency === 'transparent') return 'free';
  if (eventType === 'outOfOffice') return 'away';
  return status === 'tentative' ? 'tentative' : 'busy';
}

function joinUrlOf({ conferenceData, hangoutLink }: Record<string, unknown>): string | null {
  const video = listOf(recordOf(conferenceData)['entryPoints'])
    .map(recordOf)
    .find(({ entryPointType }) => entryPointType === 'video');
  return textOf(video?.['uri']) ?? textOf(hangoutLink);
}

/** `{ date: '2026-10-24' }` is a day wherever one is; a moment comes with its offset. */
function momentOf({ date, dateTime }: Record<string, unknown>): Date | null {
  const day = textOf(date);
  const moment = new Date(day === null ? (textOf(dateTime) ?? NaN) : `${day}T00:00:00Z`);
  return Number.isNaN(moment.getTime()) ? null : moment;
}
