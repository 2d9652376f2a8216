import { limits } from '../../../config/limits.js';
import { newId } from '../../../database/id.js';
import { initialsIn } from '../../../web/avatars.js';
import { reachOf } from '../../../web/reach.js';
import { type pageLinks } from '../../../web/page-links.js';
import { type SignedIn } from '../../../web/signed-in.js';
import { type Words } from '../../../web/words.js';
import { type Attendee } from '../../calendar-connector.js';
import { type Provider } from '../../../accounts/settings.js';
import { providerName } from '../../contacts/cloud-words.js';
import { type OwnEvent } from '../events.query.js';
import { type KnownContact } from '../known-contacts.js';
import { CALENDAR, calendarPath } from './calendar.state.js';
import { capital, titleOf } from './calendar-words.js';
import { dayAt, dayOfUtc, utcOf } from '../days.js';

export interface EventRead {
  event: OwnEvent;
  people: PeoplePage;
  known: ReadonlyMap<string, KnownContact>;
  provider: Provider;
}

/** `/calendar/:id`: one event, and who of its people the reader knows. */
export function eventView(words: Words, reader: SignedIn, { event, people, known, provider }: EventRead) {
  const { startsAt, allDay, isPrivate, response, joinUrl, webUrl, attendeeCount } = event;
  const mayAdd = reader.features['personal-contacts'];
  const day = allDay ? dayOfUtc(startsAt.getTime()) : dayAt(startsAt, words.timeZone);
  const listed = people.shown.map((person, place) => personView(words, reader, people, person, place, known));
  return {
    title: titleOf(words, event),
    struck: response === 'declined',
    joinUrl: event.endsAt > new Date() ? joinUrl : null,
    webUrl,
    openLabel: words.t('calendar.event.open', { provider: providerName(words, provider) }),
    dayHref: calendarPath({ view: 'day', on: day }),
    notice: isPrivate ? words.t('calendar.event.private') : '',
    items: itemsOf(words, event),
    answerNote:
      response === 'organizer' || attendeeCount === 0
        ? ''
        : words.t('calendar.event.answer-there', { provider: providerName(words, provider) }),
    peopleTitle:
      people.count === 0
        ? ''
        : words.t('calendar.event.attendees', { count: Math.max(people.count, attendeeCount) }),
    people: listed,
    pages: people.pages,
    nobody: people.count === 0 && !isPrivate ? words.t('calendar.event.nobody') : '',
    more:
      attendeeCount > event.attendees.length
        ? words.t('calendar.event.attendees-more', { count: attendeeCount - event.attendees.length })
        : '',
    cannotAdd: !mayAdd && listed.some(({ unknown }) => unknown) ? words.t('calendar.event.cannot-add') : '',
  };
}

/** Who comes, the organizer first, whether or not the list of attendees has them; the reader is not among them. */
export function peopleOf({ organizer, attendees, response }: OwnEvent): (Attendee & { organizes?: true })[] {
  if (organizer === null || response === 'organizer') return attendees;
  const isOrganizer = ({ email }: Attendee) =>
    email !== null && organizer.email !== null && email.toLowerCase() === organizer.email.toLowerCase();
  const listed = attendees.find(isOrganizer);
  return [
    { ...(listed ?? organizer), organizes: true },
    ...attendees.filter((attendee) => attendee !== listed),
  ];
}

/** People of an event a page has room for. */
export interface PeoplePage {
  shown: ReturnType<typeof peopleOf>;
  count: number;
  /** Of this page. */
  href: string;
  addPath: string;
  pages: ReturnType<typeof pageLinks<string>>;
}

/** @param asked number of the page, from 1; anything else is the first, a higher one the last */
export function peoplePage(event: OwnEvent, asked: unknown): PeoplePage {
  const people = peopleOf(event);
  const last = Math.max(1, Math.ceil(people.length / limits.page));
  const at = typeof asked === 'string' && /^[1-9]\d{0,3}$/.test(asked) ? Math.min(Number(asked), last) : 1;
  const path = `${CALENDAR}/${event.id}`;
  const query = (place: number) => (place === 1 ? '' : `?people=${place}`);
  const link = (place: number, isThere: boolean) => (isThere ? `${path}${query(place)}` : undefined);
  return {
    shown: people.slice((at - 1) * limits.page, at * limits.page),
    count: people.length,
    href: `${path}${query(at)}`,
    addPath: `${path}/contacts${query(at)}`,
    pages: {
      ...{ first: link(1, at > 1), previous: link(at - 1, at > 1) },
      ...{ next: link(at + 1, at < last), last: link(last, at < last) },
    },
  };
}

function itemsOf(words: Words, event: OwnEvent) {
  const { location, calendarName, shownAs, response, inSeries } = event;
  const item = (name: string, value: string | null) =>
    value === null ? [] : [{ label: words.t(`calendar.event.${name}`), value }];
  return [
    {
      label: words.t('calendar.event.when'),
      value: whenText(words, event),
      // A day is the same day everywhere.
      ...(event.allDay
        ? {}
        : { note: words.t('calendar.zone', { zone: words.timeZone.replaceAll('_', ' ') }) }),
    },
    ...item('place', location),
    ...item('calendar', calendarName),
    ...(event.attendeeCount > 0 || response !== 'none'
      ? item('answer', words.t(`calendar.event.response.${response}`))
      : []),
    ...item('shown-as', words.t(`calendar.event.shown.${shownAs}`)),
    ...(inSeries ? item('series', words.t('calendar.event.series-value')) : []),
  ];
}

/** “Tuesday 24 November, 09:00 – 10:30”; over several days with both days. */
function whenText(words: Words, { startsAt, endsAt, allDay }: OwnEvent): string {
  if (allDay) {
    const first = dayOfUtc(startsAt.getTime());
    const last = dayOfUtc(Math.max(startsAt.getTime(), endsAt.getTime() - 1));
    const text = (day: string) => words.weekday(utcOf(day), 'UTC');
    return first === last
      ? words.t('calendar.event.all-day', { day: capital(text(first)) })
      : words.t('calendar.event.all-days', { from: capital(text(first)), to: text(last) });
  }
  const [first, last] = [startsAt, endsAt].map((moment) => dayAt(moment, words.timeZone));
  const time = (moment: Date) => words.time(moment);
  const start = `${capital(words.weekday(startsAt))}, ${time(startsAt)}`;
  if (startsAt.getTime() === endsAt.getTime()) return start;
  const end = first === last ? time(endsAt) : `${words.weekday(endsAt)}, ${time(endsAt)}`;
  return words.t('calendar.event.range', { from: start, to: end });
}

function personView(
  words: Words,
  reader: SignedIn,
  { addPath }: PeoplePage,
  { name, email, response, organizes }: Attendee & { organizes?: true },
  place: number,
  known: ReadonlyMap<string, KnownContact>,
) {
  const mayAdd = reader.features['personal-contacts'];
  const contact = email === null ? undefined : known.get(email);
  const shown = contact?.name ?? name ?? email ?? '';
  const isAddress = email !== null && email.includes('@');
  return {
    name: shown,
    href: contact?.href ?? '',
    kind: contact ? words.t(`calendar.event.known.${contact.kind}`) : '',
    email: email === shown ? null : email,
    // Of their numbers an invitation says nothing: those are on the card.
    ways: reachOf(words, reader, {
      ...{ name: shown, email: isAddress ? email : null, number: null },
      colleague: contact?.kind === 'colleague',
    }),
    avatar: { initials: initialsIn(shown), colour: (place % 8) + 1, photoUrl: null },
    badge: organizes
      ? { icon: 'user', text: words.t('calendar.event.organizes') }
      : {
          ...answerBadges[response ?? 'none'],
          text: words.t(`calendar.event.response.${response ?? 'none'}`),
        },
    unknown: contact === undefined && isAddress,
    add: contact === undefined && isAddress && mayAdd ? { action: addPath, email, once: newId() } : null,
  };
}

const answerBadges = {
  accepted: { icon: 'check', kind: 'ok' },
  tentative: { icon: 'clock', kind: 'warn' },
  declined: { icon: 'close', kind: 'danger' },
  none: { icon: 'minus' },
};
