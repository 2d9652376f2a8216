/* The methods of the Calendar API that are kept in calendar-v3.json, on the calendars of an account. */
import { momentOf, timeIn } from './recurrence.js';
import { calendarRefusal } from './refusal.js';

/** @import { Calendar, Diary, Shown } from './diary.js' */

/**
 * @typedef {{ diary: Diary, place: Record<string, string>, query: URLSearchParams, body: any, rules: { pageLimit: number, now: () => number } }} Ask
 */

/** @type {Record<string, (ask: Ask) => any>} */
export const calendarMethods = {
  'calendarList.list': listCalendars,
  'events.list': listEvents,
  'events.get': ({ diary, place }) => {
    const into = calendarAt(diary, place.calendarId);
    const shown = into.shown.get(place.eventId);
    if (!shown) throw calendarRefusal(404, 'notFound', 'Not Found');
    return written(shown, into, diary);
  },
  'freebusy.query': busyTimes,
};

const roles = ['freeBusyReader', 'reader', 'writer', 'owner'];

/** @param {Ask} ask */
function listCalendars({ diary, query }) {
  if (query.has('syncToken')) throw calendarRefusal(410, 'fullSyncRequired', noLonger);
  const least = roles.indexOf(query.get('minAccessRole') ?? 'freeBusyReader');
  const all = [...diary.calendars.values()].filter(({ accessRole }) => roles.indexOf(accessRole) >= least);
  // In no order one can rely on.
  const items = all.reverse().map(writtenCalendar);
  const size = Math.min(Number(query.get('maxResults') ?? 100), 250);
  const from = Number(query.get('pageToken') ?? 0);
  const next =
    from + size < items.length ? { nextPageToken: String(from + size) } : { nextSyncToken: 'CALENDARS' };
  return { kind: 'calendar#calendarList', etag: '"p1"', items: items.slice(from, from + size), ...next };
}

/** @param {Calendar} calendar */
function writtenCalendar({ id, summary, accessRole, primary, backgroundColor, timeZone }) {
  return {
    ...{
      kind: 'calendar#calendarListEntry',
      etag: '"1"',
      id,
      summary,
      accessRole,
      backgroundColor,
      timeZone,
    },
    ...{ foregroundColor: '#000000', colorId: '14', selected: true, ...(primary && { primary }) },
  };
}

/** What cannot be asked together with a sync token. */
const notWithSync = [
  ...['iCalUID', 'orderBy', 'privateExtendedProperty', 'q', 'sharedExtendedProperty', 'timeMin', 'timeMax'],
  'updatedMin',
];
/** May differ between the first list and those that follow. */
const free = ['pageToken', 'syncToken', 'timeMin', 'timeMax', 'maxResults'];
const noLonger = 'Sync token is no longer valid, a full sync is required.';

/** @param {Ask} ask */
function listEvents({ diary, place, query, rules }) {
  const into = calendarAt(diary, place.calendarId);
  const bad = (message, reason = 'badRequest') => calendarRefusal(400, reason, message);
  const sync = query.get('syncToken');
  if (sync !== null && (notWithSync.some((name) => query.has(name)) || query.get('showDeleted') === 'false'))
    throw bad('Sync token cannot be combined with these parameters.');
  if (query.get('singleEvents') !== 'true' && query.get('orderBy') === 'startTime')
    throw bad('The requested ordering is not available for the particular query.');
  const as = [...query]
    .filter(([name]) => !free.includes(name))
    .map((pair) => pair.join('='))
    .sort()
    .join('&');
  const given = tokenOf(query.get('pageToken') ?? sync);
  if (given === undefined) throw bad('Invalid sync token value.', 'invalid');
  if (given && given.epoch !== diary.epoch) throw calendarRefusal(410, 'fullSyncRequired', noLonger);
  if (given && given.calendar !== into.id) throw bad('Invalid sync token value.', 'invalid');
  if (given && given.as !== as) throw bad('Parameters differ from those of the first request.', 'invalid');
  const page = query.has('pageToken');
  const range = page || sync !== null ? given.range : rangeOf(query, bad);
  const since = page ? given.since : sync === null ? null : given.seq;
  const start = page
    ? given
    : { ...{ epoch: diary.epoch, calendar: into.id, as, range, since, seq: into.seq }, after: 0 };
  const listed = shownOf(into, query).filter((shown) =>
    // Of what happened since, the range says nothing.
    since === null ? shown.body !== null && isIn(shown.body, range) : shown.seq > since,
  );
  const rest = listed.sort((one, other) => one.seq - other.seq).filter(({ seq }) => seq > start.after);
  const size = Math.min(Number(query.get('maxResults') ?? 250), 2500, rules.pageLimit);
  const items = rest.slice(0, size);
  const last = items.length === rest.length;
  const token = (after, seq = start.seq) =>
    Buffer.from(JSON.stringify({ ...start, after, seq })).toString('base64');
  return {
    ...{ kind: 'calendar#events', etag: `"p${into.seq}"`, summary: into.summary, timeZone: into.timeZone },
    ...{ updated: new Date(rules.now()).toISOString(), accessRole: into.accessRole, defaultReminders: [] },
    items: items.map((shown) => written(shown, into, diary)),
    ...(last
      ? !query.has('orderBy') && { nextSyncToken: token(0) }
      : { nextPageToken: token(items.at(-1).seq) }),
  };
}

/** Series in one piece where they are not asked for one by one. @param {Calendar} into @param {URLSearchParams} query @returns {Shown[]} */
function shownOf(into, query) {
  const types = query.getAll('eventTypes');
  const all = [...into.shown.values()].filter(
    ({ body }) => body === null || types.length === 0 || types.includes(body.eventType ?? 'default'),
  );
  if (query.get('singleEvents') === 'true') return all;
  return [...new Set(all.map(({ entry }) => entry))].map((entry) => {
    const parts = all.filter((shown) => shown.entry === entry);
    const seq = Math.max(...parts.map((shown) => shown.seq));
    return {
      id: entry.id,
      seq,
      entry,
      body: entry.deleted ? null : entry.body,
      series: false,
      key: null,
      original: null,
    };
  });
}

function rangeOf(query, bad) {
  const moment = (name) => (query.has(name) ? Date.parse(query.get(name)) : null);
  const range = { from: moment('timeMin'), to: moment('timeMax') };
  if (range.from !== null && range.to !== null && range.from >= range.to)
    throw bad('The specified time range is empty.', 'timeRangeEmpty');
  return range;
}

function isIn({ start, end }, { from, to }) {
  return (from === null || momentOf(end) > from) && (to === null || momentOf(start) < to);
}

function tokenOf(text) {
  if (text === null) return null;
  try {
    const token = JSON.parse(Buffer.from(text, 'base64').toString());
    return typeof token.seq === 'number' ? token : undefined;
  } catch {
    return undefined;
  }
}

/** @param {Diary} diary @param {string} id @returns {Calendar} */
function calendarAt(diary, id) {
  const found = diary.calendars.get(id === 'primary' ? diary.email : id);
  if (!found) throw calendarRefusal(404, 'notFound', 'Not Found');
  if (found.denied)
    throw calendarRefusal(403, 'requiredAccessLevel', 'You need to have reader access to this calendar.');
  return found;
}

/** @param {Shown} shown @param {Calendar} into @param {Diary} diary */
function written({ id, entry, body, series, original }, into, diary) {
  const etag = `"${entry.version}"`;
  const instance = series && { recurringEventId: entry.id, originalStartTime: original };
  // Of what is gone only its id is sure.
  if (body === null) return { kind: 'calendar#event', etag, id, status: 'cancelled', ...instance };
  const updated = new Date(entry.updated).toISOString();
  const common = {
    ...{ kind: 'calendar#event', etag, id, status: 'confirmed', created: updated, updated, ...instance },
    ...{ iCalUID: `${entry.id}@google.com`, sequence: 0, eventType: 'default' },
    htmlLink: `https://www.google.com/calendar/event?eid=${Buffer.from(id).toString('base64url')}`,
  };
  const { start, end, visibility } = body;
  const isHidden =
    into.accessRole === 'freeBusyReader' || (into.accessRole === 'reader' && visibility === 'private');
  if (isHidden) return { ...common, start: timed(start), end: timed(end), visibility: 'private' };
  const self = { email: diary.email, self: true };
  return { ...common, creator: self, organizer: self, ...body, start: timed(start), end: timed(end) };
}

function timed(time) {
  return time.date ? { date: time.date } : timeIn(momentOf(time), time.timeZone ?? 'UTC');
}

/** @param {Ask} ask */
function busyTimes({ diary, body }) {
  const [from, to] = [Date.parse(body.timeMin), Date.parse(body.timeMax)];
  if (Number.isNaN(from) || Number.isNaN(to)) throw calendarRefusal(400, 'badRequest', 'Missing time range');
  const items = body.items ?? [];
  if (items.length > 50) throw calendarRefusal(400, 'tooManyCalendarsRequested', 'Too many calendars');
  const calendars = Object.fromEntries(
    items.map(({ id }) => {
      const found = diary.calendars.get(id === 'primary' ? diary.email : id);
      if (!found || found.denied)
        return [id, { errors: [{ domain: 'global', reason: 'notFound' }], busy: [] }];
      const busy = [...found.shown.values()]
        .map((shown) => shown.body)
        .filter((each) => each !== null && each.transparency !== 'transparent' && isIn(each, { from, to }))
        .map(({ start, end }) => ({
          start: new Date(Math.max(momentOf(start), from)).toISOString(),
          end: new Date(Math.min(momentOf(end), to)).toISOString(),
        }))
        .sort((one, other) => (one.start < other.start ? -1 : 1));
      return [id, { busy }];
    }),
  );
  return { kind: 'calendar#freeBusy', timeMin: body.timeMin, timeMax: body.timeMax, calendars };
}
