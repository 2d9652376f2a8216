export const DAY_MS = 24 * 60 * 60 * 1000;

/** A day of the calendar, in no time zone: `2026-11-22`. */
export type Day = string;

/** The day it is at this moment in a time zone; one this machine does not know counts as UTC. */
export function dayAt(moment: Date, timeZone: string): Day {
  return new Date(moment.getTime() + offsetAt(moment.getTime(), timeZone)).toISOString().slice(0, 10);
}

/** The first moment of a day in a time zone: after midnight where clocks are put forward at midnight. */
export function startOfDay(day: Day, timeZone: string): Date {
  const midnight = midnightOf(day).getTime();
  const guess = midnight - offsetAt(midnight, timeZone);
  const start = new Date(midnight - offsetAt(guess, timeZone));
  return dayAt(start, timeZone) < day ? new Date(start.getTime() + 60 * 60 * 1000) : start;
}

/** Midnight UTC of a day, as all-day events have their days. */
export function midnightOf(day: Day): Date {
  return new Date(`${day}T00:00:00Z`);
}

/** Days of an all-day event as the moments they are in a time zone. */
export function momentsOf(
  event: { startsAt: Date; endsAt: Date },
  timeZone: string,
): { from: Date; to: Date } {
  const at = (midnight: Date) => startOfDay(midnight.toISOString().slice(0, 10), timeZone);
  return { from: at(event.startsAt), to: at(event.endsAt) };
}

/** Milliseconds the clocks there are before UTC. */
function offsetAt(moment: number, timeZone: string): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(moment)) parts[type] = Number(value);
  const { year, month, day, hour, minute, second } = parts as Record<string, number>;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(moment / 1000) * 1000;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
      ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
    formats.set(timeZone, format);
    return format;
  } catch {
    return formatOf('UTC');
  }
}
