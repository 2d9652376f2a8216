import { type Words } from '../../../web/words.js';
import { offsetOf } from '../../../web/zone-offset.js';
import { type ListedEvent, type OwnEvent } from '../events.query.js';
import { clock, utcOf, type Day } from '../days.js';
import { type Entry } from './entries.js';

/** What an event is called: of a private one, only that something is. */
export function titleOf(
  words: Words,
  { title, isPrivate, shownAs }: Pick<OwnEvent, 'title' | 'isPrivate' | 'shownAs'>,
): string {
  if (title !== null && title !== '') return title;
  if (!isPrivate) return words.t('calendar.no-title');
  return words.t(shownAs === 'free' ? 'calendar.private-free' : 'calendar.private-busy');
}

export interface Mark {
  text: string;
  icon: string;
  kind?: string;
}

/** What is to be known of an event before one goes there: the answer, and what others see of that time. */
export function marksOf(
  words: Words,
  event: Pick<OwnEvent, 'isPrivate' | 'response' | 'shownAs' | 'attendeeCount'>,
): Mark[] {
  const { isPrivate, response, shownAs, attendeeCount } = event;
  const marks: (Mark | false)[] = [
    isPrivate && { icon: 'lock', text: words.t('calendar.mark.private') },
    response === 'declined' && { icon: 'close', kind: 'danger', text: words.t('calendar.mark.declined') },
    response === 'tentative' && { icon: 'clock', kind: 'warn', text: words.t('calendar.mark.maybe') },
    response === 'none' &&
      attendeeCount > 0 && { icon: 'mail', kind: 'warn', text: words.t('calendar.mark.unanswered') },
    shownAs === 'free' && { icon: 'minus', text: words.t('calendar.mark.free') },
    shownAs === 'tentative' &&
      response !== 'tentative' && { icon: 'clock', kind: 'warn', text: words.t('calendar.mark.tentative') },
    shownAs === 'away' && { icon: 'sign-out', text: words.t('calendar.mark.away') },
    shownAs === 'elsewhere' && { icon: 'home', text: words.t('calendar.mark.elsewhere') },
  ];
  return marks.filter((mark) => mark !== false);
}

/** When an event is on one of its days: “09:00 – 10:30”, “until 10:00”, “All day, day 2 of 3”. */
export function timeOf(words: Words, entry: Entry<ListedEvent>): string {
  const { event, whole, from, to, startsBefore, endsAfter, place, of, odd } = entry;
  if (whole)
    return of > 1 ? words.t('calendar.time.day-of', { place, of }) : words.t('calendar.time.all-day');
  if (startsBefore) return words.t('calendar.time.until', { time: clock(to % 1440) });
  if (endsAfter) return words.t('calendar.time.from', { time: clock(from) });
  const [start, end] = [event.startsAt.getTime(), event.endsAt.getTime()];
  if (start === end) return clock(from);
  const changed = odd && offsetOf(start, words.timeZone) !== offsetOf(end, words.timeZone);
  // The hour that is there twice would not say which of the two is meant.
  const zone = (moment: number) => (changed ? ` ${zoneName(words, moment)}` : '');
  return `${clock(from)}${zone(start)} – ${clock(to % 1440)}${zone(end)}`;
}

/** “Tuesday 24 November”, beginning with a capital. */
export function dayText(words: Words, day: Day): string {
  return capital(words.weekday(utcOf(day), 'UTC'));
}

/** “Today, Tuesday 24 November” */
export function dayHeading(words: Words, day: Day, today: Day, tomorrow: Day): string {
  const name = day === today ? 'today' : day === tomorrow ? 'tomorrow' : null;
  if (name === null) return dayText(words, day);
  return words.t(`calendar.day.${name}`, { day: words.weekday(utcOf(day), 'UTC') });
}

export function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

/** CET, GMT-5: what the clocks of the reader's zone are called at a moment. */
function zoneName({ locale, timeZone }: Words, moment: number): string {
  const parts = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : 'fr-FR', {
    ...{ timeZone, timeZoneName: 'short' },
  }).formatToParts(moment);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
}
