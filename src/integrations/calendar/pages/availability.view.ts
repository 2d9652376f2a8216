import { type Words } from '../../../web/words.js';
import { type Availability, type Interval } from '../availability.query.js';
import { capital } from './calendar-words.js';
import { clock, dayAt, localDays, minutesIn, utcOf, type Day, type LocalDay } from '../days.js';

/** Today and the working days after it. */
const DAYS_SHOWN = 5;
/** Among so many days there are that many working days. */
const DAYS_ASKED = 7;
/** Hours of a day that are drawn, where nothing asks for more. */
const DRAWN = { from: 7, to: 20 };

/** The moments that are to be known to show somebody's availability to a reader. */
export function availabilityRange(now: Date, zone: string): Interval {
  const days = localDays(dayAt(now, zone), DAYS_ASKED, zone);
  return { from: new Date(days[0].from), to: new Date(days[DAYS_ASKED - 1].to) };
}

export interface AvailabilityContext {
  now: Date;
  name: string;
  /** Of whom it is about. */
  zone: string;
}

/** When somebody is free or busy, in the reader's days. For `calendar/availability`. */
export function availabilityView(
  words: Words,
  availability: Availability,
  { now, name, zone }: AvailabilityContext,
) {
  const zoneText =
    clockIn(words, now, zone) === clockIn(words, now, words.timeZone)
      ? words.t('calendar.free.zone-same')
      : words.t('calendar.free.zone', {
          ...{ name, mine: zoneName(words.timeZone), theirs: zoneName(zone) },
          time: words.time(now, zone),
        });
  if (availability.state === 'unknown')
    return { now: words.t('calendar.free.unknown'), icon: 'info', kind: '', days: [], zoneText: '' };
  const today = dayAt(now, words.timeZone);
  const days = localDays(today, DAYS_ASKED, words.timeZone)
    .filter(({ day }) => day === today || isWorkingDay(day))
    .slice(0, DAYS_SHOWN);
  const parts = days.map((day) => busyPartsOf(day, availability.busy, words.timeZone));
  const hours = drawnHours(parts.flat());
  const state = stateOf(words, availability, days[0], now);
  return {
    now: state.text,
    icon: state.busy ? 'minus' : 'check-circle',
    kind: state.busy ? 'warn' : 'ok',
    hours: { from: clock(hours.from * 60), to: clock(hours.to * 60) },
    days: days.map((day, place) => ({
      label:
        day.day === today
          ? words.t('calendar.today')
          : capital(words.weekday(utcOf(day.day), 'UTC', 'short')),
      text:
        day.from >= availability.knownUntil.getTime()
          ? words.t('calendar.free.day-unknown')
          : dayWords(words, parts[place]),
      bars: parts[place].map(({ from, to }) => barOf(from, to, hours)),
      lines: Array.from(
        { length: Math.max(0, Math.ceil(hours.to / 3) - Math.floor(hours.from / 3) - 1) },
        (_, line) => share((Math.floor(hours.from / 3) + 1 + line) * 180, hours),
      ),
    })),
    zoneText,
  };
}

/** Now and what comes next, in one sentence. */
function stateOf(
  words: Words,
  { busy, busyUntil }: Extract<Availability, { state: 'known' }>,
  { from, to }: LocalDay,
  now: Date,
): { text: string; busy: boolean } {
  const said = (name: string, values = {}) => words.t(`calendar.free.${name}`, values);
  if (busyUntil === null) {
    const next = busy.find((each) => each.from > now && each.from.getTime() < to);
    return {
      text: next ? said('free-until', { time: words.time(next.from) }) : said('free-today'),
      busy: false,
    };
  }
  const whole = busy.some((each) => each.from.getTime() <= from && each.to.getTime() >= to);
  if (whole) return { text: said('away-today'), busy: true };
  if (busyUntil.getTime() < to)
    return { text: said('busy-until', { time: words.time(busyUntil) }), busy: true };
  return { text: said('busy-today'), busy: true };
}

/** Minutes of a day the clocks show, in order. */
function busyPartsOf(day: LocalDay, busy: readonly Interval[], zone: string): { from: number; to: number }[] {
  return busy.flatMap(({ from, to }) => {
    if (from.getTime() >= day.to || to.getTime() <= day.from) return [];
    return [
      {
        from: from.getTime() <= day.from ? 0 : minutesIn(day, from, zone),
        to: to.getTime() >= day.to ? 1440 : minutesIn(day, to, zone),
      },
    ];
  });
}

function dayWords(words: Words, parts: readonly { from: number; to: number }[]): string {
  if (parts.length === 0) return words.t('calendar.free.day-free');
  if (parts.some(({ from, to }) => from === 0 && to === 1440)) return words.t('calendar.free.day-busy');
  return words.t('calendar.free.day-times', {
    times: words.list(parts.map(({ from, to }) => `${clock(from)}–${clock(to % 1440)}`)),
  });
}

/** Hours from the first to the last that anything is in; an absence of days asks for none. */
function drawnHours(parts: readonly { from: number; to: number }[]): { from: number; to: number } {
  const timed = parts.filter(({ from, to }) => from > 0 && to < 1440);
  return {
    from: Math.min(DRAWN.from, ...timed.map(({ from }) => Math.floor(from / 60))),
    to: Math.max(DRAWN.to, ...timed.map(({ to }) => Math.ceil(to / 60))),
  };
}

interface Bar {
  /** Hundredths of the width. */
  x: number;
  width: number;
}

function barOf(from: number, to: number, hours: { from: number; to: number }): Bar {
  const x = share(from, hours);
  return { x, width: Math.max(0, share(to, hours) - x) };
}

function share(minutes: number, { from, to }: { from: number; to: number }): number {
  const part = (minutes / 60 - from) / (to - from);
  return Math.round(Math.min(1, Math.max(0, part)) * 10_000) / 100;
}

function isWorkingDay(day: Day): boolean {
  return ![0, 6].includes(new Date(utcOf(day)).getUTCDay());
}

function clockIn(words: Words, now: Date, zone: string): string {
  return `${dayAt(now, zone)} ${words.time(now, zone)}`;
}

function zoneName(zone: string): string {
  return zone.replaceAll('_', ' ');
}
