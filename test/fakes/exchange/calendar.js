/* What a calendar of Exchange holds, and how EWS shows it: series are kept once and expanded when somebody looks. */
import { t } from './xml.js';

/** @import { Item, Mailbox } from './mailbox.js' */
/** @import { Shape } from './shapes.js' */

/**
 * @typedef {{ name: string, email: string, response?: 'Accept' | 'Tentative' | 'Decline' | 'NoResponseReceived' | 'Unknown' | 'Organizer' }} Person
 *
 * @typedef {object} EventParts
 * @property {string} [title]
 * @property {string} [location]
 * @property {number} start ms; of whole days midnight in `zone`
 * @property {number} end ms
 * @property {boolean} [allDay]
 * @property {string} [zone] IANA name it was written in; UTC unless told
 * @property {'Normal' | 'Personal' | 'Private' | 'Confidential'} [sensitivity]
 * @property {'Free' | 'Tentative' | 'Busy' | 'OOF' | 'WorkingElsewhere' | 'NoData'} [status]
 * @property {'Organizer' | 'Accept' | 'Tentative' | 'Decline' | 'NoResponseReceived' | 'Unknown'} [myResponse]
 * @property {Person} [organizer] whose mailbox it is, unless told
 * @property {Person[]} [required]
 * @property {Person[]} [optional]
 * @property {Person[]} [resources]
 * @property {boolean} [cancelled]
 * @property {string} [joinUrl]
 * @property {{ every: 'day' | 'week', times: number }} [repeat]
 * @property {Record<number, Partial<EventParts> | null>} [exceptions] of occurrences, by place; null: deleted
 */

/** @typedef {{ id: string, item: Item, event: EventParts, type: 'Single' | 'Occurrence' | 'Exception' }} Occurrence */

const DAY_MS = 86_400_000;

/** @param {Item} item @returns {Occurrence[]} in order of time */
export function occurrencesOf(item) {
  const { event } = item;
  if (!event.repeat) return [{ id: item.id, item, event, type: 'Single' }];
  const found = [];
  for (let place = 0; place < event.repeat.times; place++) {
    const occurrence = occurrenceAt(item, place);
    if (occurrence) found.push(occurrence);
  }
  return found;
}

/** @returns {Occurrence | null} */
function occurrenceAt(item, place) {
  const { event } = item;
  const exception = event.exceptions?.[place];
  if (exception === null) return null;
  const days = place * (event.repeat.every === 'week' ? 7 : 1);
  const zone = event.zone ?? 'UTC';
  const start = later(event.start, days, zone);
  const end = event.allDay ? later(event.end, days, zone) : start + event.end - event.start;
  return {
    id: `${item.id.slice(0, -1)}x${String(place).padStart(4, '0')}=`,
    item,
    event: { ...event, start, end, ...exception },
    type: exception ? 'Exception' : 'Occurrence',
  };
}

/** @param {string} id of an item, or of an occurrence @param {Mailbox} mailbox @returns {Occurrence | null} */
export function occurrenceNamed(id, mailbox) {
  const single = mailbox.items.get(id);
  if (single) return single.event ? { id, item: single, event: single.event, type: 'Single' } : null;
  const place = /x(\d{4})=$/.exec(id);
  const item = place && mailbox.items.get(`${id.slice(0, -6)}=`);
  const inSeries = item?.event?.repeat && Number(place[1]) < item.event.repeat.times;
  return inSeries ? occurrenceAt(item, Number(place[1])) : null;
}

/** The same time on the clocks of a zone, days later. */
function later(moment, days, zone) {
  const wall = moment + offsetAt(moment, zone) + days * DAY_MS;
  const guess = wall - offsetAt(wall, zone);
  return wall - offsetAt(guess, zone);
}

function offsetAt(moment, timeZone) {
  const parts = {};
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  for (const { type, value } of format.formatToParts(moment)) parts[type] = Number(value);
  return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second) - moment;
}

/** Properties FindItem says nothing of. */
export const onlyOfItems = new Set([
  ...['calendar:RequiredAttendees', 'calendar:OptionalAttendees', 'calendar:Resources'],
  ...['calendar:JoinOnlineMeetingUrl', 'item:Body'],
]);

/** Since Exchange 2013. */
export const onlyOfNew = new Set([
  ...['calendar:StartWallClock', 'calendar:EndWallClock', 'calendar:JoinOnlineMeetingUrl'],
]);

/** @param {Occurrence} occurrence @param {Shape} shape @param {string} owner e-mail address */
export function calendarNode({ id, item, event, type }, shape, owner) {
  const zone = event.zone ?? 'UTC';
  const meets = [...(event.required ?? []), ...(event.optional ?? []), ...(event.resources ?? [])].length > 0;
  const isMeeting = meets || event.organizer !== undefined;
  const organizer = event.organizer ?? { name: 'Whose mailbox it is', email: owner };
  const say = (uri, node) => shape.fields.has(uri) && node;
  const of = (name, value) => say(`calendar:${name}`, t(name, null, value));
  const people = (name, list = []) =>
    say(`calendar:${name}`, list.length > 0 && t(name, null, list.map(attendeeNode)));
  const wall = (moment) => new Date(moment + offsetAt(moment, zone)).toISOString().replace(/\.\d+/, '');
  return t(
    'CalendarItem',
    null,
    t('ItemId', { Id: id, ChangeKey: item.changeKey }),
    say('item:Subject', t('Subject', null, event.title ?? '')),
    say('item:Sensitivity', t('Sensitivity', null, event.sensitivity ?? 'Normal')),
    of(
      'UID',
      `040000008200E00074C5B7101A82E008${Buffer.from(item.id.slice(-30)).toString('hex').toUpperCase()}`,
    ),
    of('Start', utc(event.start)),
    of('End', utc(event.end)),
    of('IsAllDayEvent', String(event.allDay ?? false)),
    of('LegacyFreeBusyStatus', event.status ?? 'Busy'),
    event.location !== undefined && of('Location', event.location),
    of('IsMeeting', String(isMeeting)),
    of('IsCancelled', String(event.cancelled ?? false)),
    of('CalendarItemType', type === 'Single' && event.repeat ? 'RecurringMaster' : type),
    of('MyResponseType', event.myResponse ?? (isMeeting ? 'Organizer' : 'Unknown')),
    say('calendar:Organizer', t('Organizer', null, mailboxNode(organizer))),
    people('RequiredAttendees', event.required),
    people('OptionalAttendees', event.optional),
    people('Resources', event.resources),
    of('TimeZone', zoneNames[zone] ?? 'Customized Time Zone'),
    of('StartWallClock', wall(event.start)),
    of('EndWallClock', wall(event.end)),
    event.joinUrl !== undefined && of('JoinOnlineMeetingUrl', event.joinUrl),
  );
}

const zoneNames = {
  UTC: '(UTC) Coordinated Universal Time',
  'Europe/Paris': '(UTC+01:00) Brussels, Copenhagen, Madrid, Paris',
  'America/Los_Angeles': '(UTC-08:00) Pacific Time (US & Canada)',
  'Pacific/Auckland': '(UTC+12:00) Auckland, Wellington',
};

function attendeeNode(person) {
  return t('Attendee', null, mailboxNode(person), t('ResponseType', null, person.response ?? 'Unknown'));
}

function mailboxNode({ name, email }) {
  return t(
    'Mailbox',
    null,
    t('Name', null, name),
    t('EmailAddress', null, email),
    t('RoutingType', null, 'SMTP'),
  );
}

const utc = (moment) => new Date(moment).toISOString().replace(/\.\d+/, '');
