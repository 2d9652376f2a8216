import { DAY_MS, dayOfUtc, minutesIn, utcOf, type LocalDay } from '../days.js';

/** What of an event decides on which days it is. */
export interface Timed {
  startsAt: Date;
  endsAt: Date;
  /** From midnight UTC of its first day to that of the day after its last, in whatever zone. */
  allDay: boolean;
}

/** An event on one of its days. */
export interface Entry<Event extends Timed> {
  event: Event;
  /** It fills the day. */
  whole: boolean;
  /** Minutes the clocks show when it begins and ends on this day; 0 and 1440 where it goes beyond. */
  from: number;
  to: number;
  startsBefore: boolean;
  endsAfter: boolean;
  /** The how manieth of how many days it is; 1 of 1 of all that is over the same day. */
  place: number;
  of: number;
  /** The clocks are changed on this day: an hour may be there twice. */
  odd: boolean;
}

export interface DayOfEntries<Event extends Timed> extends LocalDay {
  /** What fills the day, then what has its time. */
  whole: Entry<Event>[];
  timed: Entry<Event>[];
}

const DAY_MINUTES = 1440;

export interface DayWithRoom<Event extends Timed> extends DayOfEntries<Event> {
  /** Entries for which there was no room. */
  left: number;
}

/**
 * Each event on each of the days it is on; as many entries, from the first day on, as there is room for.
 * @param events by their beginning
 */
export function onDays<Event extends Timed>(
  events: readonly Event[],
  days: readonly LocalDay[],
  zone: string,
  room = Infinity,
): DayWithRoom<Event>[] {
  return days.map((day) => {
    const found: DayWithRoom<Event> = { ...day, whole: [], timed: [], left: 0 };
    for (const event of eventsOn(events, day)) {
      if (room === 0) {
        found.left++;
        continue;
      }
      const entry = event.allDay ? wholeDay(event, day) : timed(event, day, zone);
      found[entry.whole ? 'whole' : 'timed'].push(entry);
    }
    found.timed.sort((one, other) => order(one) - order(other));
    const { whole, timed: others } = found;
    const over = Math.max(0, whole.length + others.length - room);
    found.left += over;
    others.length -= Math.min(over, others.length);
    if (whole.length > room) whole.length = room;
    room -= whole.length + others.length;
    return found;
  });
}

function* eventsOn<Event extends Timed>(events: readonly Event[], day: LocalDay): Generator<Event> {
  const midnight = utcOf(day.day);
  const latest = Math.max(day.to, midnight + 1);
  for (const event of events) {
    if (event.startsAt.getTime() >= latest) return;
    if (isOn(event, day, midnight)) yield event;
  }
}

/** What goes on from the day before comes first. */
function order({ startsBefore, from }: Entry<Timed>): number {
  return startsBefore ? -1 : from;
}

function isOn({ startsAt, endsAt, allDay }: Timed, { from, to }: LocalDay, midnight: number): boolean {
  const [start, end] = [startsAt.getTime(), endsAt.getTime()];
  if (allDay) {
    return start <= midnight && (midnight < end || start === midnight);
  }
  // What takes no time is there when it is; what ends at midnight is not on the next day.
  return start < to && (end > from || (start === end && start === from));
}

function wholeDay<Event extends Timed>(event: Event, { day }: LocalDay): Entry<Event> {
  const [first, last] = [
    event.startsAt.getTime(),
    Math.max(event.startsAt.getTime(), event.endsAt.getTime() - 1),
  ];
  const of = daysBetween(dayOfUtc(first), dayOfUtc(last)) + 1;
  return {
    ...{ event, whole: true, from: 0, to: DAY_MINUTES, odd: false },
    ...{ startsBefore: first < utcOf(day), endsAfter: dayOfUtc(last) > day },
    ...{ place: daysBetween(dayOfUtc(first), day) + 1, of },
  };
}

function timed<Event extends Timed>(event: Event, day: LocalDay, zone: string): Entry<Event> {
  const [start, end] = [event.startsAt.getTime(), event.endsAt.getTime()];
  const startsBefore = start < day.from;
  const endsAfter = end > day.to;
  return {
    ...{ event, startsBefore, endsAfter, place: 1, of: 1, odd: day.to - day.from !== DAY_MS },
    whole: start <= day.from && end >= day.to,
    from: startsBefore ? 0 : minutesIn(day, start, zone),
    to: end >= day.to ? DAY_MINUTES : minutesIn(day, end, zone),
  };
}

function daysBetween(first: string, last: string): number {
  return Math.round((utcOf(last) - utcOf(first)) / DAY_MS);
}
