import { offsetOf } from '../../web/zone-offset.js';

/**
 * The moment a day begins somewhere: `2026-03-29` in Europe/Paris is 2026-03-28T23:00Z. Where clocks skip midnight it
 * is the first moment there is.
 * @param after whole days later than `date`
 * @returns null for what is no day of the calendar, written `YYYY-MM-DD`
 */
export function startOfDay(date: string, timeZone: string, after = 0): Date | null {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date) ?? [];
  if (!year || !month || !day) return null;
  const named = Date.UTC(Number(year), Number(month) - 1, Number(day));
  // 31 February would be read as 3 March.
  if (Number(year) < 1970 || Number(year) > 9998 || new Date(named).toISOString().slice(0, 10) !== date)
    return null;
  const wanted = named + after * DAY;
  // The offset an hour before the change may be another than after it, so it is asked for twice.
  const guess = wanted - offsetOf(wanted, timeZone);
  const start = wanted - offsetOf(guess, timeZone);
  return new Date(start + offsetOf(start, timeZone) < wanted ? guess : start);
}

const DAY = 86_400_000;
