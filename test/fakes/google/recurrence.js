/* Occurrences of a series, as far as RRULE is needed here: FREQ=DAILY or WEEKLY with INTERVAL and COUNT. */

const DAY_MS = 86_400_000;

/** @param {{ dateTime?: string, date?: string, timeZone?: string }} time @returns {number} milliseconds; whole days begin at midnight UTC */
export function momentOf({ dateTime, date }) {
  return Date.parse(dateTime ?? `${date}T00:00:00Z`);
}

/** As the API writes a moment: with the offset of its zone. @param {number} moment @param {string} timeZone */
export function timeIn(moment, timeZone) {
  const offset = offsetAt(moment, timeZone);
  const sign = offset < 0 ? '-' : '+';
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 3_600_000), (Math.abs(offset) / 60_000) % 60];
  const two = (number) => String(number).padStart(2, '0');
  const wall = new Date(moment + offset).toISOString().slice(0, 19);
  return { dateTime: `${wall}${offset === 0 ? 'Z' : `${sign}${two(hours)}:${two(minutes)}`}`, timeZone };
}

/**
 * Starts and ends, at the same time of the clock of their zone.
 * @param {{ start: any, end: any, recurrence?: string[] }} event
 * @returns {{ start: any, end: any, key: string }[]} `key`: what the id of an occurrence ends with
 */
export function occurrencesOf({ start, end, recurrence = [] }) {
  const {
    FREQ,
    COUNT = '1',
    INTERVAL = '1',
  } = Object.fromEntries(
    (recurrence[0] ?? '')
      .replace(/^RRULE:/, '')
      .split(';')
      .map((part) => part.split('=')),
  );
  const days = Number(INTERVAL) * (FREQ === 'WEEKLY' ? 7 : 1);
  const length = momentOf(end) - momentOf(start);
  return Array.from({ length: Number(COUNT) }, (_, place) => {
    if (start.date) {
      const first = momentOf(start) + place * days * DAY_MS;
      const day = (moment) => new Date(moment).toISOString().slice(0, 10);
      return {
        start: { date: day(first) },
        end: { date: day(first + length) },
        key: day(first).replaceAll('-', ''),
      };
    }
    const zone = start.timeZone ?? 'UTC';
    const wall = momentOf(start) + offsetAt(momentOf(start), zone) + place * days * DAY_MS;
    const first = wall - offsetAt(wall - offsetAt(wall, zone), zone);
    const key = new Date(first).toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
    return { start: timeIn(first, zone), end: timeIn(first + length, zone), key: `${key}Z` };
  });
}

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** How far the clocks of a zone are ahead of UTC, in milliseconds. */
function offsetAt(moment, timeZone) {
  if (timeZone === 'UTC') return 0;
  const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' };
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', { ...parts, second: 'numeric', hourCycle: 'h23', timeZone });
  formats.set(timeZone, format);
  const read = Object.fromEntries(
    format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]),
  );
  const wall = Date.UTC(read.year, read.month - 1, read.day, read.hour, read.minute, read.second);
  return wall - Math.floor(moment / 1000) * 1000;
}
