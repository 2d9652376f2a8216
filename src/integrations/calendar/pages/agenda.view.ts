import { limits } from '../../../config/limits.js';
import { type Words } from '../../../web/words.js';
import { type OwnEvent } from '../events.query.js';
import { clock, minutesIn, plusDays, utcOf, type Day } from '../days.js';
import { calendarPath } from './calendar.state.js';
import { dayHeading, dayText } from './calendar-words.js';
import { type DayOfEntries } from './entries.js';
import { rowOf, type RowContext } from './event-row.view.js';

/**
 * The coming days: those with events each by itself, those without a line for all that follow one another. Once a page is full
 * (`limits.page`), of each further day how many events it has.
 */
export function agendaDays(
  words: Words,
  days: readonly DayOfEntries<OwnEvent>[],
  context: RowContext & { today: Day },
) {
  const { today } = context;
  let rows = 0;
  const empty: { from: Day; to: Day }[] = [];
  const sections: ({ day: ReturnType<typeof dayView> } | { nothing: string; href?: string })[] = [];
  const flush = () => {
    for (const { from, to } of empty)
      sections.push({
        nothing: words.t(from === to ? 'calendar.nothing-day' : 'calendar.nothing-days', {
          from: dayText(words, from),
          to: words.weekday(utcOf(to), 'UTC'),
        }),
      });
    empty.length = 0;
  };
  for (const day of days) {
    // Today is always said, also when there is nothing.
    if (day.day !== today && day.whole.length + day.timed.length === 0) {
      const last = empty.at(-1);
      if (last) last.to = day.day;
      else empty.push({ from: day.day, to: day.day });
      continue;
    }
    flush();
    const count = day.whole.length + day.timed.length;
    if (rows >= limits.page) {
      const nothing = words.t('calendar.day.count', { day: dayText(words, day.day), count });
      sections.push({ nothing, href: calendarPath({ view: 'day', on: day.day }) });
      continue;
    }
    rows += count;
    sections.push({ day: dayView(words, day, context) });
  }
  flush();
  return sections;
}

function dayView(words: Words, day: DayOfEntries<OwnEvent>, context: RowContext & { today: Day }) {
  const { today, now } = context;
  const isToday = day.day === today;
  const time = clock(minutesIn(day, now, words.timeZone));
  const coming = day.timed.findIndex(({ event }) => event.startsAt > now);
  const nowAt = isToday ? (coming === -1 ? day.timed.length : coming) : -1;
  const rows = [
    ...day.whole.map((entry) => ({ row: rowOf(words, entry, context) })),
    ...day.timed.map((entry) => ({ row: rowOf(words, entry, context) })),
  ];
  const line = { now: words.t('calendar.now', { time }) };
  return {
    id: `day-${day.day}`,
    heading: dayHeading(words, day.day, today, plusDays(today, 1)),
    href: calendarPath({ view: 'day', on: day.day }),
    isToday,
    note: changeNote(words, day),
    rows:
      nowAt === -1 || rows.length === 0 ? rows : rows.toSpliced(day.whole.length + nowAt, 0, line as never),
    nothing: rows.length === 0 ? words.t('calendar.nothing-today') : '',
  };
}

/** Clocks are changed on this day: its hours are not 24. */
export function changeNote(words: Words, { from, to }: { from: number; to: number }): string {
  const minutes = (to - from) / 60_000 - 1440;
  if (minutes === 0) return '';
  return words.t(minutes > 0 ? 'calendar.clocks-back' : 'calendar.clocks-forward', {
    minutes: Math.abs(minutes),
  });
}
