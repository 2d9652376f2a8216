import { type Words } from '../../../web/words.js';
import { type ListedEvent } from '../events.query.js';
import { clock, minutesIn, plusDays, utcOf, type Day } from '../days.js';
import { calendarPath } from './calendar.state.js';
import { dayHeading, dayText } from './calendar-words.js';
import { type DayWithRoom } from './entries.js';
import { rowOf, type RowContext } from './event-row.view.js';

/**
 * The coming days: those with events each by itself, those without a line for all that follow one another; of what there is no
 * room for, how many events each day has.
 */
export function agendaDays(
  words: Words,
  days: readonly DayWithRoom<ListedEvent>[],
  context: RowContext & { today: Day },
) {
  const { today } = context;
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
    const count = day.whole.length + day.timed.length;
    // Today is always said, also when there is nothing.
    if (day.day !== today && count + day.left === 0) {
      const last = empty.at(-1);
      if (last) last.to = day.day;
      else empty.push({ from: day.day, to: day.day });
      continue;
    }
    flush();
    if (count === 0 && day.left > 0) {
      const nothing = words.t('calendar.day.count', { day: dayText(words, day.day), count: day.left });
      sections.push({ nothing, href: calendarPath({ view: 'day', on: day.day }) });
      continue;
    }
    sections.push({ day: dayView(words, day, context) });
  }
  flush();
  return sections;
}

function dayView(words: Words, day: DayWithRoom<ListedEvent>, context: RowContext & { today: Day }) {
  const { today, now } = context;
  const isToday = day.day === today;
  const time = clock(minutesIn(day, now, words.timeZone));
  const coming = day.timed.findIndex(({ event }) => event.startsAt > now);
  // Of what is not listed some may be over as well.
  const last = day.left > 0 ? -1 : day.timed.length;
  const nowAt = isToday ? (coming === -1 ? last : coming) : -1;
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
    more: day.left > 0 ? words.t('calendar.day.more', { count: day.left }) : '',
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
