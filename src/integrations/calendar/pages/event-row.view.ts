import { type Words } from '../../../web/words.js';
import { firstPeople, type ListedEvent } from '../events.query.js';
import { type KnownContact } from '../known-contacts.js';
import { CALENDAR } from './calendar.state.js';
import { marksOf, timeOf, titleOf } from './calendar-words.js';
import { type DayOfEntries, type Entry } from './entries.js';

/** What all rows of a page share. */
export interface RowContext {
  now: Date;
  /** By the address as an event has it. */
  known: ReadonlyMap<string, KnownContact>;
  /** Events of more than one calendar may be shown: each says which it is of. */
  several: boolean;
  /** Sentences of this page by their number: a plural costs more than a row. */
  said?: Map<number, string>;
}

/** Whose cards rows of these entries may link to. */
export function addressesShown(days: readonly DayOfEntries<ListedEvent>[]): (string | null)[] {
  const entries = days.flatMap(({ whole, timed }) => [...whole, ...timed]);
  return entries.flatMap(({ event }) => firstPeople(event).map(({ email }) => email));
}

/** An event as a line of the agenda. For `calendar/row`. */
export function rowOf(words: Words, entry: Entry<ListedEvent>, { now, known, several, said }: RowContext) {
  const { event, whole } = entry;
  const { id, endsAt, startsAt, location, joinUrl, calendarName, colour, response, attendeeCount } = event;
  const people = firstPeople(event);
  const marks = marksOf(words, event);
  const isNow = !whole && startsAt <= now && now < endsAt;
  return {
    href: `${CALENDAR}/${id}`,
    time: timeOf(words, entry),
    title: titleOf(words, event),
    marks: isNow ? [{ icon: 'clock', kind: 'accent', text: words.t('calendar.mark.now') }, ...marks] : marks,
    struck: response === 'declined',
    over: !whole && endsAt <= now && endsAt > startsAt,
    place: location,
    joinUrl: isNow || endsAt > now ? joinUrl : null,
    calendar: several ? calendarName : '',
    colour,
    people: people.map(({ name, email }) => {
      const contact = email === null ? undefined : known.get(email);
      return { name: contact?.name ?? name ?? email ?? '', href: contact?.href ?? '' };
    }),
    more: moreText(words, attendeeCount - people.length, said),
  };
}

function moreText(words: Words, count: number, said = new Map<number, string>()): string {
  if (count <= 0) return '';
  const known = said.get(count) ?? words.t('calendar.people-more', { count });
  said.set(count, known);
  return known;
}
