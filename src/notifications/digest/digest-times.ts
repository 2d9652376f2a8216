import { offsetOf } from '../../web/zone-offset.js';
import { type Digest } from '../notification.entity.js';

const HOUR = 8;
const MONDAY = 1;
const DAY_MS = 86_400_000;

/** When a digest is due, last and next: at 8:00 where its reader is, each day or each Monday. */
export function digestTimes(
  digest: Exclude<Digest, 'none'>,
  timeZone: string,
  now: Date,
): { last: Date; next: Date } {
  const today = localDay(now, timeZone);
  const days = Array.from({ length: 17 }, (_, place) => new Date(today + (place - 8) * DAY_MS));
  const times = days
    .filter((day) => digest === 'daily' || day.getUTCDay() === MONDAY)
    .map((day) => atHour(day.getTime(), timeZone));
  return {
    last: new Date(Math.max(...times.filter((time) => time <= now.getTime()))),
    next: new Date(Math.min(...times.filter((time) => time > now.getTime()))),
  };
}

/** Midnight UTC of the date it is there. */
function localDay(moment: Date, zone: string): number {
  const local = moment.getTime() + offsetOf(moment.getTime(), zone);
  return local - (((local % DAY_MS) + DAY_MS) % DAY_MS);
}

/** The offset may change between midnight UTC and the hour: it is that of the hour that counts. */
function atHour(day: number, zone: string): number {
  const local = day + HOUR * 3_600_000;
  const near = local - offsetOf(local, zone);
  return local - offsetOf(near, zone);
}
