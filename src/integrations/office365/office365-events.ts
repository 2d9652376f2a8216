import { type Attendee, type RemoteCalendar, type RemoteEvent } from '../calendar-connector.js';
import { ProviderBusy } from '../provider-errors.js';
import { usableId } from './usable-id.js';

/** As Graph has it, nothing checked. */
export type GraphEvent = Readonly<Record<string, unknown>>;

/** @param own addresses of the person, in small letters @returns null for what is none, or cannot be told when it is */
export function readEvent(event: GraphEvent, own: ReadonlySet<string>): RemoteEvent | null {
  const remoteId = usableId(event['id']);
  const allDay = event['isAllDay'] === true;
  const startsAt = momentOf(event['start'], allDay);
  const endsAt = momentOf(event['end'], allDay);
  if (remoteId === null || startsAt === null || endsAt === null) return null;
  const isPrivate = isPrivateEvent(event);
  const whole = {
    ...{ remoteId, seriesId: usableId(event['seriesMasterId']), startsAt, endsAt, allDay, isPrivate },
    shownAs: shown.get(String(event['showAs'])) ?? 'busy',
    response: responseOf(event),
    webUrl: textOf(event['webLink']),
  } as const;
  if (isPrivate)
    return {
      ...whole,
      ...{ title: null, location: null, organizer: null, attendees: [], attendeeCount: 0, joinUrl: null },
    };
  const attendees = attendeesOf(event['attendees'], own);
  return {
    ...whole,
    title: textOf(event['subject']),
    location: textOf(at(event['location'], 'displayName')),
    organizer: personOf(event['organizer']),
    attendees: attendees.slice(0, MOST_ATTENDEES),
    attendeeCount: attendees.length,
    joinUrl: textOf(at(event['onlineMeeting'], 'joinUrl')) ?? textOf(event['onlineMeetingUrl']),
  };
}

/** In the calendar it stays until its owner takes it away. */
export function isCancelled(event: GraphEvent): boolean {
  return event['isCancelled'] === true;
}

/** Whoever marked it as anything but normal did not mean it for others. */
export function isPrivateEvent(event: GraphEvent): boolean {
  return (event['sensitivity'] ?? 'normal') !== 'normal';
}

export function hasAttendees(event: GraphEvent): boolean {
  return Array.isArray(event['attendees']) && event['attendees'].length > 0;
}

export function readCalendar(calendar: GraphEvent): RemoteCalendar | null {
  const remoteId = usableId(calendar['id']);
  if (remoteId === null) return null;
  const colour = textOf(calendar['hexColor']);
  return {
    remoteId,
    name: textOf(calendar['name']) ?? '',
    colour: colour !== null && /^#[0-9a-f]{6}$/i.test(colour) ? colour : null,
    isPrimary: calendar['isDefaultCalendar'] === true,
    // Of one that shows no more, Graph itself says no more.
    access: 'details',
  };
}

/** What is kept of them (`RemoteEvent.attendees`). */
const MOST_ATTENDEES = 100;

const shown = new Map<string, RemoteEvent['shownAs']>([
  ...([
    ['free', 'free'],
    ['tentative', 'tentative'],
    ['busy', 'busy'],
    ['oof', 'away'],
    ['workingElsewhere', 'elsewhere'],
  ] as const),
]);

const answers = new Map([
  ['accepted', 'accepted'],
  ['tentativelyAccepted', 'tentative'],
  ['declined', 'declined'],
] as const);

function answerOf(status: unknown) {
  return answers.get(String(at(status, 'response')) as 'accepted') ?? 'none';
}

function responseOf(event: GraphEvent): RemoteEvent['response'] {
  const status = event['responseStatus'];
  return event['isOrganizer'] === true || at(status, 'response') === 'organizer'
    ? 'organizer'
    : answerOf(status);
}

/** Without rooms, and without the person. */
function attendeesOf(value: unknown, own: ReadonlySet<string>): Attendee[] {
  return (Array.isArray(value) ? (value as unknown[]) : []).flatMap((attendee) => {
    const person = personOf(attendee);
    if (!person || at(attendee, 'type') === 'resource') return [];
    if (person.email !== null && own.has(person.email.toLowerCase())) return [];
    return [{ ...person, response: answerOf(at(attendee, 'status')) }];
  });
}

function personOf(value: unknown): Attendee | null {
  const said = at(value, 'emailAddress');
  const [name, email] = [textOf(at(said, 'name')), textOf(at(said, 'address'))];
  return name === null && email === null ? null : { name, email };
}

const HALF_A_DAY_MS = 12 * 3_600_000;
const A_DAY_MS = 24 * 3_600_000;

/**
 * `{ dateTime: '2026-11-22T09:00:00.0000000', timeZone: 'UTC' }`, as it was asked for. A whole day is a day and no moment: should
 * its midnight have been taken to UTC from elsewhere, the nearest one is meant.
 */
function momentOf(value: unknown, allDay: boolean): Date | null {
  const text = textOf(at(value, 'dateTime'));
  if (text === null) return null;
  const zone = at(value, 'timeZone');
  if (zone !== undefined && !/^(Etc\/)?(UTC|GMT)$/i.test(String(zone)))
    throw new ProviderBusy({ operation: 'calendarView.delta', code: 'OTHER_TIME_ZONE' });
  const ms = Date.parse(`${text.slice(0, 23).replace(/Z$/, '')}Z`);
  if (Number.isNaN(ms)) return null;
  return new Date(allDay ? Math.floor((ms + HALF_A_DAY_MS) / A_DAY_MS) * A_DAY_MS : ms);
}

function at(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}
