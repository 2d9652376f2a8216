/* The calendars of one mailbox of the stand-in: events, series with their exceptions, and what changed when. */
import { createHash } from 'node:crypto';
import { Log } from './log.js';
import { dayAfter, fromWall, wallOf } from './time-zones.js';

/** @import { Mailbox } from './mailbox.js' */

/**
 * @typedef {object} Calendar
 * @property {string} id
 * @property {string} name
 * @property {string} color one of `calendarColor`
 * @property {string} hexColor `#rrggbb`, or nothing where the colour is `auto`
 * @property {boolean} isDefault
 * @property {boolean} busyOnly somebody else's, who shows no more than when they are busy
 * @property {boolean} denied
 * @property {{ name: string, address: string }} owner
 * @property {string} changeKey
 * @property {Log} log
 */

/**
 * Times of all-day events are dates (`2026-11-22`), the end the day after the last; of others ISO times.
 * @typedef {object} Parts
 * @property {string} [subject]
 * @property {string} start
 * @property {string} end
 * @property {boolean} [allDay]
 * @property {string} [zone] IANA name of where it was made, UTC unless told; series keep their time there
 * @property {string} [location]
 * @property {'normal' | 'personal' | 'private' | 'confidential'} [sensitivity]
 * @property {'free' | 'tentative' | 'busy' | 'oof' | 'workingElsewhere' | 'unknown'} [showAs]
 * @property {boolean} [isCancelled]
 * @property {{ name?: string, address: string }} [organizer] the owner unless told
 * @property {{ name?: string, address: string, type?: 'required' | 'optional' | 'resource', response?: string }[]} [attendees]
 * @property {'none' | 'organizer' | 'tentativelyAccepted' | 'accepted' | 'declined' | 'notResponded'} [response] the owner's
 * @property {string} [joinUrl]
 * @property {string} [body]
 * @property {Recurrence | null} [recurrence]
 *
 * @typedef {object} Recurrence
 * @property {'daily' | 'weekly' | 'absoluteMonthly'} type
 * @property {number} [interval]
 * @property {string[]} [daysOfWeek] of `weekly`: `monday` …
 * @property {string} [endDate]
 * @property {number} [numberOfOccurrences]
 */

/**
 * @typedef {Parts & { id: string, changeKey: string, calendarId: string, uid: string, createdAt: string, modifiedAt: string,
 *   exceptions: Record<string, Partial<Parts> | null> }} Event `exceptions` by the day an occurrence would begin; null is deleted
 *
 * @typedef {{ id: string, event: Event, type: 'singleInstance' | 'seriesMaster' | 'occurrence' | 'exception', parts: Parts, day: string | null }} Instance
 */

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

export class Calendars {
  /** @type {Map<string, Calendar>} */
  all = new Map();
  /** @type {Map<string, Event>} */
  events = new Map();

  /** @param {Mailbox} mailbox */
  constructor(mailbox) {
    this.mailbox = mailbox;
    this.defaultId = this.add(mailbox.language === 'fr' ? 'Calendrier' : 'Calendar', { isDefault: true }).id;
  }

  /** @param {string} name @param {Partial<Calendar>} [more] @returns {Calendar} */
  add(name, more = {}) {
    const { email, displayName } = this.mailbox;
    const calendar = {
      ...{ id: this.mailbox.newId('AQMk'), name, color: 'auto', hexColor: '', isDefault: false },
      ...{ busyOnly: false, denied: false, owner: { name: displayName, address: email } },
      ...{ changeKey: this.mailbox.newChangeKey(), log: new Log(), ...more },
    };
    this.all.set(calendar.id, calendar);
    return calendar;
  }

  /** @param {Calendar} calendar */
  remove(calendar) {
    for (const event of [...this.events.values()])
      if (event.calendarId === calendar.id) this.events.delete(event.id);
    this.all.delete(calendar.id);
  }

  /** @param {Parts} parts @param {{ id: string }} [calendar] the default one unless told @returns {Event} */
  addEvent(parts, calendar = { id: this.defaultId }) {
    const now = new Date().toISOString();
    const id = this.mailbox.newId('AAkE');
    const event = {
      ...{ id, changeKey: this.mailbox.newChangeKey(), calendarId: calendar.id, uid: uidOf(id) },
      ...{ createdAt: now, modifiedAt: now, exceptions: {}, ...parts },
    };
    this.events.set(id, event);
    this.#note(event, 'enter');
    return event;
  }

  /** @param {Event} event @param {Partial<Parts>} parts */
  edit(event, parts) {
    Object.assign(event, parts);
    this.#changed(event);
  }

  /** One of a series alone. @param {Event} event @param {string} day on which it begins @param {Partial<Parts> | null} parts null deletes it */
  editOne(event, day, parts) {
    event.exceptions[day] = parts && { ...event.exceptions[day], ...parts };
    this.#changed(event);
  }

  /** @param {Event} event */
  erase(event) {
    this.events.delete(event.id);
    this.#note(event, 'leave');
  }

  /** All events at once, as after a move of the mailbox; the calendars stay. */
  forgetEvents() {
    this.events.clear();
    for (const calendar of this.all.values()) calendar.log = new Log();
  }

  /** Of a calendar and inside a window, earliest first; a series as its occurrences. @param {string} calendarId @param {Window} window @returns {Instance[]} */
  view(calendarId, window) {
    return [...this.events.values()]
      .filter((event) => event.calendarId === calendarId)
      .flatMap((event) => instancesOf(event, window))
      .sort((one, other) => timeOf(one.parts.start) - timeOf(other.parts.start));
  }

  /** @param {string} id of an event, a series or an occurrence @returns {Instance | null} */
  instance(id) {
    const event = this.events.get(id);
    if (event) return wholeOf(event);
    const everything = { from: new Date(0), to: new Date('2100-01-01') };
    for (const each of this.events.values()) {
      const found = each.recurrence && instancesOf(each, everything).find((one) => one.id === id);
      if (found) return found;
    }
    return null;
  }

  toJSON() {
    return {
      all: [...this.all.values()].map(({ log, ...calendar }) => calendar),
      events: [...this.events.values()],
      defaultId: this.defaultId,
    };
  }

  restore({ all, events, defaultId }) {
    Object.assign(this, { defaultId, all: new Map(), events: new Map() });
    for (const calendar of all) this.all.set(calendar.id, { ...calendar, log: new Log() });
    for (const event of events) {
      this.events.set(event.id, event);
      this.#note(event, 'enter');
    }
  }

  #changed(event) {
    event.changeKey = this.mailbox.newChangeKey();
    event.modifiedAt = new Date().toISOString();
    this.#note(event, 'change');
  }

  #note(event, kind) {
    this.all.get(event.calendarId)?.log.note(++this.mailbox.seq, event.id, kind, event.id);
  }
}

/** @typedef {{ from: Date, to: Date }} Window */

/** @param {Event} event @returns {Instance} itself, a series as its master */
export function wholeOf(event) {
  const type = event.recurrence ? 'seriesMaster' : 'singleInstance';
  return { id: event.id, event, type, parts: event, day: null };
}

/** @param {Event} event @param {Window} window @returns {Instance[]} */
export function instancesOf(event, { from, to }) {
  const inside = ({ parts }) => timeOf(parts.end) > from.getTime() && timeOf(parts.start) < to.getTime();
  if (!event.recurrence) return [wholeOf(event)].filter(inside);
  const found = [];
  for (const day of daysOf(event, to)) {
    const exception = event.exceptions[day];
    if (exception === null) continue;
    const parts = { ...event, ...onDay(event, day), ...exception };
    const type = exception ? 'exception' : 'occurrence';
    found.push({ id: occurrenceId(event.id, day), event, type, parts, day });
  }
  return found.filter(inside);
}

/** Days on which occurrences begin, up to a time. @param {Event} event @param {Date} to */
function* daysOf(event, to) {
  const { type, interval = 1, daysOfWeek, endDate, numberOfOccurrences = Infinity } = event.recurrence;
  const first = wallOf(event.start, zoneOf(event)).slice(0, 10);
  const last = [endDate ?? '9999-12-31', dayAfter(to.toISOString().slice(0, 10))].sort()[0];
  const weekday = new Date(first).getUTCDay();
  const wanted = daysOfWeek ?? [weekdays[weekday]];
  let count = 0;
  for (let day = first, at = 0; day <= last && count < numberOfOccurrences; day = dayAfter(day), at++) {
    const date = new Date(day);
    const isDue = {
      daily: () => at % interval === 0,
      // Weeks begin on Sunday, as Outlook counts them unless told.
      weekly: () =>
        Math.floor((at + weekday) / 7) % interval === 0 && wanted.includes(weekdays[date.getUTCDay()]),
      absoluteMonthly: () => day.slice(8) === first.slice(8),
    }[type];
    if (!isDue()) continue;
    count++;
    yield day;
  }
}

/** When an occurrence is, at the same time of its zone as the first. @param {Event} event @param {string} day */
function onDay(event, day) {
  const ms = timeOf(event.end) - timeOf(event.start);
  if (event.allDay) return { start: day, end: new Date(timeOf(day) + ms).toISOString().slice(0, 10) };
  const zone = zoneOf(event);
  const start = fromWall(`${day}${wallOf(event.start, zone).slice(10)}`, zone);
  return { start: start.toISOString(), end: new Date(start.getTime() + ms).toISOString() };
}

function zoneOf({ zone = 'UTC', allDay }) {
  return allDay ? 'UTC' : zone;
}

/** @param {string} text a date is midnight UTC */
function timeOf(text) {
  return new Date(text).getTime();
}

function occurrenceId(id, day) {
  const body = createHash('sha512').update(`${id} ${day}`).digest('base64').replaceAll('=', 'A');
  return `${id.slice(0, 70)}/+${body}`.slice(0, 151) + '=';
}

function uidOf(id) {
  return `040000008200E00074C5B7101A82E008${createHash('sha256').update(id).digest('hex').toUpperCase()}`;
}
