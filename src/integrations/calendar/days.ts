import { offsetOf } from '../../web/zone-offset.js';

/** A date without a place: `2026-11-24`. */
export type Day = string;

/** One day as it passes somewhere: 23 or 25 hours where clocks are changed. */
export interface LocalDay {
  day: Day;
  /** Its first moment, and that of the next day; ms. */
  from: number;
  to: number;
}

export const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

export function isDay(text: string): text is Day {
  // Of this century: no sum of days leaves what a date can hold.
  return /^20\d{2}-\d{2}-\d{2}$/.test(text) && text === dayOfUtc(utcOf(text));
}

/** What date it is there. */
export function dayAt(moment: Date | number, zone: string): Day {
  return dayOfUtc(Number(moment) + offsetOf(Number(moment), zone));
}

/** Midnight UTC of a date: how all-day events are kept. */
export function utcOf(day: Day): number {
  return Date.parse(`${day}T00:00:00Z`);
}

/** The date of a moment in UTC; '' of no moment. */
export function dayOfUtc(moment: number): Day {
  return Number.isNaN(moment) ? '' : new Date(moment).toISOString().slice(0, 10);
}

export function plusDays(day: Day, days: number): Day {
  return dayOfUtc(utcOf(day) + days * DAY_MS);
}

/** The week's first day, as ISO 8601 has it and both our languages count. */
export function mondayOf(day: Day): Day {
  const sinceMonday = (new Date(utcOf(day)).getUTCDay() + 6) % 7;
  return plusDays(day, -sinceMonday);
}

export function localDays(first: Day, count: number, zone: string): LocalDay[] {
  const days = Array.from({ length: count + 1 }, (_, place) => plusDays(first, place));
  const starts = days.map((day) => startOf(day, zone));
  return days.slice(0, count).map((day, place) => ({ day, from: starts[place], to: starts[place + 1] }));
}

/** Days of an all-day event as the moments they are somewhere. */
export function momentsOf(event: { startsAt: Date; endsAt: Date }, zone: string): { from: Date; to: Date } {
  const at = (midnight: Date) => new Date(startOf(dayOfUtc(midnight.getTime()), zone));
  return { from: at(event.startsAt), to: at(event.endsAt) };
}

/** Minutes the clocks show after midnight: 0 to 1439. Counted without asking the zone on all days but two a year. */
export function minutesIn({ from, to }: LocalDay, moment: Date | number, zone: string): number {
  const passed = Number(moment) - from;
  // Midnight itself may be skipped where clocks are changed then: only a whole day begins at 0 for certain.
  if (to - from === DAY_MS) return Math.floor(passed / MINUTE_MS);
  const local = Number(moment) + offsetOf(Number(moment), zone);
  return Math.floor((((local % DAY_MS) + DAY_MS) % DAY_MS) / MINUTE_MS);
}

/** 09:30, as both our languages write it. */
export function clock(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  return `${hours < 10 ? '0' : ''}${hours}:${minutes % 60 < 10 ? '0' : ''}${minutes % 60}`;
}

/** Asking a zone costs more than all else of a page, and the same few days are shown to everybody of it. */
const starts = new Map<string, number>();
const MOST_STARTS = 5_000;

function startOf(day: Day, zone: string): number {
  const name = `${day} ${zone}`;
  let start = starts.get(name);
  if (start === undefined) {
    start = readStartOf(day, zone);
    if (starts.size >= MOST_STARTS) starts.clear();
    starts.set(name, start);
  }
  return start;
}

/** The first moment of a date there; where midnight is skipped, the one the clocks go on with. */
function readStartOf(day: Day, zone: string): number {
  const midnight = utcOf(day);
  // Clocks changed near midnight make either of the two the right one: the first that is that day already.
  const guesses = [midnight - DAY_MS, midnight, midnight + DAY_MS]
    .map((near) => midnight - offsetOf(near, zone))
    .sort((one, other) => one - other);
  const right = guesses.find((guess) => dayAt(guess, zone) === day && dayAt(guess - 1, zone) < day);
  return right ?? changeBetween(guesses[0] - DAY_MS / 2, guesses[0] + DAY_MS / 2, day, zone);
}

/** @returns the first moment after `low` at which it is `day` */
function changeBetween(low: number, high: number, day: Day, zone: string): number {
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000;
    if (dayAt(middle, zone) < day) low = middle;
    else high = middle;
  }
  return high;
}
