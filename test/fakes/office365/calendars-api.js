/* Calendars and events, as requests ask for them: to be read. */
import { deltaAnswer, etagOf, pageOfList, requireId, seconds } from './contacts-api.js';
import { instancesOf, wholeOf } from './calendars.js';
import { propertiesOf, propertyOf } from './csdl.js';
import { refuseUntracked } from './delta.js';
import { selected } from './query.js';
import { denied, GraphError, notFound } from './refusal.js';
import { ianaOf, wallOf, windowsOf } from './time-zones.js';

/** @import { Around } from './contacts-api.js' */
/** @import { Calendar, Instance } from './calendars.js' */

const LISTED = ['$top', '$skip', '$select', '$count', '$orderby'];
const WINDOW = ['startDateTime', 'endDateTime'];

/** @param {Around} around */
export function listCalendars(around) {
  const query = around.query('calendar', LISTED);
  const all = [...around.mailbox.calendars.all.values()].map((each) => calendarBody(each, query.select));
  return pageOfList(around, '/me/calendars', query, all, 'calendars');
}

/** @param {Around} around @param {Calendar} calendar */
export function getCalendar(around, calendar) {
  const { select } = around.query('calendar', ['$select']);
  return { status: 200, body: calendarBody(calendar, select) };
}

/** @param {Around} around @param {string} [id] the default one's unless told @returns {Calendar} */
export function calendarOf({ mailbox }, id = mailbox.calendars.defaultId) {
  requireId(id);
  const calendar = mailbox.calendars.all.get(id);
  if (!calendar) throw notFound();
  return calendar;
}

/** @param {Calendar} calendar */
function calendarBody({ id, name, color, hexColor, isDefault, busyOnly, owner, changeKey }, select) {
  const whole = {
    ...{ id, name, color, hexColor, isDefaultCalendar: isDefault, changeKey, canShare: isDefault },
    ...{ canViewPrivateItems: !busyOnly, canEdit: !busyOnly, isTallyingResponses: isDefault },
    ...{
      allowedOnlineMeetingProviders: ['teamsForBusiness'],
      defaultOnlineMeetingProvider: 'teamsForBusiness',
    },
    ...{ isRemovable: !isDefault, owner },
  };
  return selected(whole, select, 'calendar');
}

/** @param {Around} around @param {Calendar} calendar @param {string} path */
export function calendarView(around, calendar, path) {
  if (calendar.denied) throw denied();
  const query = around.query('event', [...LISTED, ...WINDOW]);
  const window = windowOf(query.values);
  const zone = zoneOf(around);
  const all = around.mailbox.calendars
    .view(calendar.id, { from: new Date(window.from), to: new Date(window.to) })
    .map((instance) => eventBody(instance, calendar, zone, query.select));
  return { ...pageOfList(around, path, query, all, 'calendarView'), ...applied(around) };
}

/**
 * Of a series comes its master, wherever it begins, with all its occurrences of the window on one page; these say no more than
 * when they are. That one of them was deleted is told by its absence alone (microsoft-graph-docs #4501, #7632).
 * @param {Around} around @param {Calendar} calendar @param {string} path
 */
export function calendarViewDelta(around, calendar, path) {
  if (calendar.denied) throw denied();
  const query = around.query('event', [
    '$select',
    '$deltatoken',
    '$skiptoken',
    ...WINDOW,
    '$filter',
    '$orderby',
    '$search',
    '$top',
    '$expand',
  ]);
  refuseUntracked(query.values, 'Events');
  const isFirst = !query.values.has('$deltatoken') && !query.values.has('$skiptoken');
  const window = isFirst ? windowOf(query.values) : tokenWindow(query.values);
  const { calendars } = around.mailbox;
  const zone = zoneOf(around);
  const read = (id, select) => {
    const event = calendars.events.get(id);
    if (!event || event.calendarId !== calendar.id) return false;
    const inside = instancesOf(event, { from: new Date(window.from), to: new Date(window.to) });
    if (inside.length === 0) return isFirst ? [] : false;
    const shown = event.recurrence ? [wholeOf(event), ...inside] : inside;
    return shown.map((instance) => {
      const whole = {
        '@odata.type': '#microsoft.graph.event',
        ...eventBody(instance, calendar, zone, select),
      };
      return instance.type === 'occurrence' ? bareOf(whole) : whole;
    });
  };
  const answer = deltaAnswer(around, query, calendar.id, calendar.log, path, read, window);
  return { ...answer, ...applied(around) };
}

const bare = ['@odata.type', '@odata.etag', 'seriesMasterId', 'type', 'start', 'end', 'id'];

function bareOf(whole) {
  return Object.fromEntries(Object.entries(whole).filter(([name]) => bare.includes(name)));
}

/** @param {Around} around @param {string} id */
export function getEvent(around, id) {
  requireId(id);
  const { select } = around.query('event', ['$select']);
  const { calendars } = around.mailbox;
  const instance = calendars.instance(id);
  if (!instance) throw notFound();
  const calendar = calendars.all.get(instance.event.calendarId);
  if (calendar.denied) throw denied();
  return { status: 200, body: eventBody(instance, calendar, zoneOf(around), select), ...applied(around) };
}

/** What a series has in a window: also what was changed of it, and not what was deleted. @param {Around} around @param {string} id of its master */
export function listInstances(around, id) {
  requireId(id);
  const query = around.query('event', [...LISTED, ...WINDOW]);
  const { calendars } = around.mailbox;
  const event = calendars.events.get(id);
  if (!event?.recurrence) throw notFound();
  const calendar = calendars.all.get(event.calendarId);
  if (calendar.denied) throw denied();
  const { from, to } = windowOf(query.values);
  const zone = zoneOf(around);
  const all = instancesOf(event, { from: new Date(from), to: new Date(to) }).map((instance) =>
    eventBody(instance, calendar, zone, query.select),
  );
  const path = `/me/events/${encodeURIComponent(id)}/instances`;
  return { ...pageOfList(around, path, query, all, 'events'), ...applied(around) };
}

function windowOf(values) {
  const [from, to] = WINDOW.map((name) => values.get(name));
  if (!from || !to)
    throw new GraphError(
      ...[400, 'ErrorInvalidParameter'],
      'This request requires a time window specified by the query string parameters StartDateTime and EndDateTime.',
    );
  const [fromTime, toTime] = [from, to].map((text) =>
    Date.parse(/[Zz]$|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`),
  );
  if (!(fromTime < toTime)) throw new GraphError(400, 'ErrorInvalidParameter', 'The time window is invalid.');
  return { from: new Date(fromTime).toISOString(), to: new Date(toTime).toISOString() };
}

/** Fixed by the first call. Whether the token counts is looked at later. */
function tokenWindow(values) {
  try {
    const text = values.get('$skiptoken') ?? values.get('$deltatoken');
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')).window ?? { from: 0, to: 0 };
  } catch {
    return { from: 0, to: 0 };
  }
}

/** @returns {{ name: string, iana: string }} */
function zoneOf({ prefers }) {
  const name = prefers.zone ?? 'UTC';
  const iana = ianaOf(name);
  if (!iana)
    throw new GraphError(
      400,
      'TimeZoneNotSupportedException',
      `A valid TimeZone value must be specified. The following TimeZone value is not supported: '${name}'.`,
    );
  return { name, iana };
}

function applied({ prefers }) {
  return prefers.zone ? { headers: { 'Preference-Applied': `outlook.timezone="${prefers.zone}"` } } : {};
}

/** @param {Instance} instance @param {Calendar} calendar @param {{ name: string, iana: string }} zone @param {string[] | null} select */
function eventBody({ id, event, type, parts, day }, calendar, zone, select) {
  const { organizer = calendar.owner, attendees = [], allDay = false, response, joinUrl } = parts;
  const isOrganizer = organizer.address === calendar.owner.address;
  const time = (text) => ({
    dateTime: `${allDay ? `${text.slice(0, 10)}T00:00:00` : wallOf(text, zone.iana)}.0000000`,
    timeZone: zone.name,
  });
  const whole = { '@odata.etag': etagOf(event.changeKey), id };
  for (const name of propertiesOf('event')) if (name !== 'id') whole[name] = emptyOf(name);
  Object.assign(whole, {
    ...{ changeKey: event.changeKey, iCalUId: event.uid, type, subject: parts.subject ?? '' },
    ...{ createdDateTime: seconds(event.createdAt), lastModifiedDateTime: seconds(event.modifiedAt) },
    ...{ start: time(parts.start), end: time(parts.end), isAllDay: allDay },
    ...{
      originalStartTimeZone: windowsOf(parts.zone ?? 'UTC'),
      originalEndTimeZone: windowsOf(parts.zone ?? 'UTC'),
    },
    ...{
      bodyPreview: parts.body ?? '',
      body: { contentType: 'html', content: `<html><body>${parts.body ?? ''}</body></html>` },
    },
    ...{ sensitivity: parts.sensitivity ?? 'normal', showAs: parts.showAs ?? 'busy', importance: 'normal' },
    ...{
      isCancelled: parts.isCancelled ?? false,
      isOrganizer,
      responseRequested: true,
      allowNewTimeProposals: true,
    },
    responseStatus: {
      response: response ?? (isOrganizer ? 'organizer' : 'notResponded'),
      time: '0001-01-01T00:00:00Z',
    },
    location: parts.location
      ? {
          displayName: parts.location,
          locationType: 'default',
          uniqueId: parts.location,
          uniqueIdType: 'private',
        }
      : { displayName: '', locationType: 'default', uniqueIdType: 'unknown', address: {}, coordinates: {} },
    locations: parts.location
      ? [
          {
            displayName: parts.location,
            locationType: 'default',
            uniqueId: parts.location,
            uniqueIdType: 'private',
          },
        ]
      : [],
    organizer: { emailAddress: { name: organizer.name ?? organizer.address, address: organizer.address } },
    attendees: attendees.map(attendeeBody),
    ...{ isOnlineMeeting: Boolean(joinUrl), onlineMeetingProvider: joinUrl ? 'teamsForBusiness' : 'unknown' },
    onlineMeeting: joinUrl ? { joinUrl } : null,
    webLink: `https://outlook.office365.com/owa/?itemid=${encodeURIComponent(id)}&exvsurl=1&path=/calendar/item`,
    ...(type === 'seriesMaster' && { recurrence: recurrenceBody(event) }),
    ...(day && { seriesMasterId: event.id, originalStart: seconds(parts.start) }),
  });
  return selected(calendar.busyOnly ? { ...whole, ...hidden(whole) } : whole, select, 'event');
}

/** What is told of somebody who shows no more than when they are busy. */
function hidden({ showAs }) {
  const subject = { free: 'Free', tentative: 'Tentative', oof: 'Away' }[showAs] ?? 'Busy';
  return {
    ...{
      subject,
      bodyPreview: '',
      body: { contentType: 'html', content: '' },
      attendees: [],
      organizer: null,
    },
    ...{ location: { displayName: '' }, locations: [], onlineMeeting: null, isOnlineMeeting: false },
  };
}

function attendeeBody({ name, address, type = 'required', response = 'none' }) {
  return {
    type,
    status: { response, time: '0001-01-01T00:00:00Z' },
    emailAddress: { name: name ?? address, address },
  };
}

function recurrenceBody({ recurrence, start, zone = 'UTC', allDay }) {
  const { type, interval = 1, daysOfWeek, endDate, numberOfOccurrences } = recurrence;
  const startDate = wallOf(start, allDay ? 'UTC' : zone).slice(0, 10);
  const range = numberOfOccurrences ? 'numbered' : endDate ? 'endDate' : 'noEnd';
  return {
    pattern: {
      ...{
        type,
        interval,
        month: 0,
        dayOfMonth: type === 'absoluteMonthly' ? Number(startDate.slice(8)) : 0,
      },
      ...{ firstDayOfWeek: 'sunday', index: 'first', ...(daysOfWeek && { daysOfWeek }) },
    },
    range: {
      ...{ type: range, startDate, endDate: endDate ?? '0001-01-01' },
      ...{ recurrenceTimeZone: windowsOf(zone), numberOfOccurrences: numberOfOccurrences ?? 0 },
    },
  };
}

function emptyOf(name) {
  const { collection, type } = propertyOf('event', name);
  if (collection) return [];
  return type === 'Edm.Boolean' ? false : null;
}
