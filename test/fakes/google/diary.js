import { Description } from './description.js';
import { occurrencesOf } from './recurrence.js';

export const calendar = new Description('calendar-v3.json');

/**
 * @typedef {object} Entry an event, or a series
 * @property {string} id
 * @property {Record<string, any>} body as written, with `start` and `end`
 * @property {Map<string, Record<string, any> | null>} changed occurrences by their key: what is different; null: cancelled
 * @property {boolean} deleted
 * @property {number} version
 * @property {number} updated in milliseconds
 *
 * What a list shows of one moment: an event, an occurrence, or that one is gone.
 * @typedef {{ id: string, seq: number, entry: Entry, body: Record<string, any> | null, series: boolean, key: string | null, original: any }} Shown
 *
 * @typedef {object} Calendar
 * @property {string} id
 * @property {string} summary
 * @property {'owner' | 'writer' | 'reader' | 'freeBusyReader'} accessRole
 * @property {boolean} primary
 * @property {boolean} denied not to be read any more
 * @property {string} backgroundColor
 * @property {string} timeZone
 * @property {Map<string, Entry>} entries
 * @property {Map<string, Shown>} shown by id, also of what is gone
 * @property {number} seq of the last change
 */

/** Calendars of one Google account, with what happens to them. */
export class Diary {
  /** @type {Map<string, Calendar>} */
  calendars = new Map();
  /** Tokens of another one have expired. */
  epoch = 0;
  #count = 0;

  /** @param {{ email: string, now: () => number }} world */
  constructor({ email, now }) {
    this.email = email;
    this.clock = now;
    this.addCalendar(email, { id: email, primary: true });
  }

  /** Its id is the e-mail address of the account. */
  get primary() {
    return this.calendar(this.email);
  }

  /** @param {string} summary @param {Partial<Calendar>} [more] @returns {Calendar} */
  addCalendar(summary, more = {}) {
    const id = `c_${(++this.#count).toString().padStart(8, '0')}@group.calendar.google.com`;
    /** @type {Calendar} */
    const added = {
      ...{ id, summary, accessRole: 'owner', primary: false, denied: false, backgroundColor: '#9fe1e7' },
      ...{ timeZone: 'Europe/Paris', entries: new Map(), shown: new Map(), seq: 0, ...more },
    };
    this.calendars.set(added.id, added);
    return added;
  }

  /** @param {string} id @returns {Calendar} */
  calendar(id) {
    const found = this.calendars.get(id);
    if (!found) throw new Error(`no calendar ${id}`);
    return found;
  }

  /** @param {string} id */
  removeCalendar(id) {
    this.calendars.delete(id);
  }

  /** @param {string} calendarId @param {Record<string, any>} body as in the API: `summary`, `start`, `end`, … @returns {string} id */
  add(calendarId, body) {
    const id = `e${(++this.#count).toString().padStart(10, '0')}`;
    const entry = { id, body, changed: new Map(), deleted: false, version: 1, updated: this.clock() };
    const into = this.calendar(calendarId);
    into.entries.set(id, entry);
    this.#show(into, entry);
    return id;
  }

  /** A series keeps nothing of what was changed of its occurrences once it is at another time. @param {string} calendarId @param {string} id @param {Record<string, any>} body */
  edit(calendarId, id, body) {
    this.#change(calendarId, id, (entry) => {
      entry.body = { ...entry.body, ...body };
      if (body.start) entry.changed.clear();
    });
  }

  /** @param {string} calendarId @param {string} id */
  remove(calendarId, id) {
    this.#change(calendarId, id, (entry) => (entry.deleted = true));
  }

  /** @param {string} calendarId @param {string} id of the series @param {number} place @param {Record<string, any> | null} body null cancels it */
  editOccurrence(calendarId, id, place, body) {
    this.#change(calendarId, id, (entry) => entry.changed.set(occurrencesOf(entry.body)[place].key, body));
  }

  /** Sync tokens given so far are worth nothing. */
  expireTokens() {
    this.epoch++;
  }

  #change(calendarId, id, act) {
    const into = this.calendar(calendarId);
    const entry = into.entries.get(id);
    if (!entry) throw new Error(`no event ${id}`);
    act(entry);
    entry.version++;
    entry.updated = this.clock();
    this.#show(into, entry);
  }

  /** @param {Calendar} into @param {Entry} entry */
  #show(into, entry) {
    const before = [...into.shown.values()].filter((shown) => shown.entry === entry);
    const now = entry.deleted ? [] : momentsOf(entry);
    const ids = new Set(now.map(({ id }) => id));
    for (const { id, body, key, original } of now) {
      const same = before.find((shown) => shown.id === id);
      const isSame = same && JSON.stringify(same.body) === JSON.stringify(body);
      if (!isSame)
        into.shown.set(id, { id, seq: ++into.seq, entry, body, series: key !== null, key, original });
    }
    // Of a series that was deleted only itself is told; of one that was moved, each of its former occurrences.
    if (entry.deleted) {
      for (const { id } of before) into.shown.delete(id);
      into.shown.set(entry.id, { ...gone(entry), id: entry.id, seq: ++into.seq });
    } else
      for (const shown of before)
        if (!ids.has(shown.id) && shown.body !== null)
          into.shown.set(shown.id, { ...shown, body: null, seq: ++into.seq });
  }
}

function gone(entry) {
  return { entry, body: null, series: false, key: null, original: null };
}

/** @param {Entry} entry */
function momentsOf({ id, body, changed }) {
  if (!body.recurrence) return [{ id, body, key: null, original: null }];
  const { recurrence: _, ...single } = body;
  return occurrencesOf(/** @type {any} */ (body)).map(({ start, end, key }) => {
    const own = changed.get(key);
    const different = own === null ? null : { ...single, start, end, ...own };
    return { id: `${id}_${key}`, body: different, key, original: start };
  });
}
