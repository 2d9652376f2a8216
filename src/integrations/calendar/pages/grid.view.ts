import { type Words } from '../../../web/words.js';
import { type ListedEvent } from '../events.query.js';
import { changeNote } from './agenda.view.js';
import { calendarPath, CALENDAR, type CalendarState } from './calendar.state.js';
import { capital, dayText, marksOf, timeOf, titleOf } from './calendar-words.js';
import { clock, minutesIn, utcOf, type Day } from '../days.js';
import { type DayOfEntries, type Entry } from './entries.js';
import { rowOf, type RowContext } from './event-row.view.js';
import { inLanes, MOST_LANES, type Slot } from './lanes.js';

/** Hours that are drawn also when nothing is in them. */
const LEAST = { from: 8, to: 18 };

/**
 * Days as columns of hours. An event is placed by classes of calendar-grid.css: the quarter of an hour it begins in, how many it
 * takes, and its lane among those that overlap.
 */
export function gridView(
  words: Words,
  days: readonly DayOfEntries<ListedEvent>[],
  state: CalendarState,
  context: RowContext & { today: Day; outside: (day: Day) => string },
) {
  const { today, now } = context;
  const nowMinutes = days
    .filter(({ day }) => day === today)
    .map((day) => minutesIn(day, now, words.timeZone));
  const timed = days.flatMap((day) => day.timed);
  const first = Math.min(
    LEAST.from,
    ...[...timed.map(({ from }) => from), ...nowMinutes].map((at) => Math.floor(at / 60)),
  );
  const last = Math.max(
    LEAST.to,
    ...timed.map(({ from, to }) => Math.min(24, Math.ceil(Math.max(to, from + 30) / 60))),
    // What is written below the line takes half an hour.
    ...nowMinutes.map((at) => Math.min(24, Math.ceil((at + 30) / 60))),
  );
  return {
    kind: state.view,
    hours: Array.from({ length: last - first }, (_, place) => ({
      label: clock((first + place) * 60),
      place: place * 4 + 1,
    })),
    days: days.map((day) => {
      const { slots, beside } = inLanes(day.timed, MOST_LANES[state.view === 'week' ? 'week' : 'day']);
      const isToday = day.day === today;
      const outside = context.outside(day.day);
      return {
        id: `day-${day.day}`,
        heading:
          state.view === 'day'
            ? dayText(words, day.day)
            : capital(words.weekday(utcOf(day.day), 'UTC', 'short')),
        full: dayText(words, day.day),
        href: state.view === 'day' ? '' : calendarPath({ view: 'day', on: day.day }),
        isToday,
        outside,
        note: changeNote(words, day),
        whole: day.whole.map((entry) => rowOf(words, entry, context)),
        slots: slots.map((slot) => slotView(words, slot, first, context)),
        beside: beside.map((entry) => rowOf(words, entry, context)),
        nothing:
          outside === '' && day.whole.length + day.timed.length === 0 ? words.t('calendar.nothing') : '',
        now: isToday
          ? {
              place: Math.floor(nowMinutes[0] / 15) - first * 4 + 1,
              text: words.t('calendar.now', { time: clock(nowMinutes[0]) }),
            }
          : null,
      };
    }),
  };
}

function slotView(words: Words, slot: Slot<Entry<ListedEvent>>, first: number, { now, several }: RowContext) {
  const { entry, quarter, quarters, lane, lanes } = slot;
  const { event } = entry;
  return {
    from: quarter - first * 4 + 1,
    rows: quarters,
    lane: `${lane}-${lanes}`,
    // Of a short one there is room for a line; “from 23:00” takes two of its own in a week.
    short: quarters < (entry.startsBefore || entry.endsAfter ? 6 : 4),
    href: `${CALENDAR}/${event.id}`,
    time: timeOf(words, entry),
    title: titleOf(words, event),
    place: event.location,
    marks: marksOf(words, event),
    struck: event.response === 'declined',
    light: event.shownAs === 'free' || event.response === 'none' || event.response === 'declined',
    over: event.endsAt <= now,
    calendar: several ? event.calendarName : '',
    colour: event.colour,
  };
}
