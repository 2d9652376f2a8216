import { dayAt, plusDays, utcOf, type Day } from '../../integrations/calendar/days.js';
import { type Words } from '../../web/words.js';

/** Rows of one date, as the reader’s clocks have it, under one heading. */
export interface DayOf<Row> {
  day: Day;
  heading: string;
  rows: Row[];
}

/** @param rows newest first @param at of each, when it began */
export function byDay<Row>(
  words: Words,
  rows: readonly Row[],
  at: (row: Row) => Date,
  now = new Date(),
): DayOf<Row>[] {
  const today = dayAt(now, words.timeZone);
  const days: DayOf<Row>[] = [];
  for (const row of rows) {
    const day = dayAt(at(row), words.timeZone);
    const last = days.at(-1);
    if (last?.day === day) last.rows.push(row);
    else days.push({ day, heading: headingOf(words, day, today), rows: [row] });
  }
  return days;
}

/** The year is said where it is another. */
function headingOf(words: Words, day: Day, today: Day): string {
  const text =
    day.slice(0, 4) === today.slice(0, 4) ? words.weekday(utcOf(day), 'UTC') : words.date(utcOf(day), 'UTC');
  if (day === today) return words.t('calls.day.today', { day: text });
  if (day === plusDays(today, -1)) return words.t('calls.day.yesterday', { day: text });
  return text.charAt(0).toUpperCase() + text.slice(1);
}
