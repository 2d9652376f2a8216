import { limits } from '../../../config/limits.js';
import { type Words } from '../../../web/words.js';
import { type Connection } from '../../connection.entities.js';
import { INTEGRATIONS } from '../../connections/providers.js';
import { problemText, providerName } from '../../contacts/cloud-words.js';
import { type CalendarMailbox, type OwnCalendar } from '../calendars.service.js';
import { type EventsOfRange, type ListedEvent } from '../events.query.js';
import { type KnownContact } from '../known-contacts.js';
import { agendaDays } from './agenda.view.js';
import { CALENDARS, calendarPath, daysOf, moved, type CalendarState } from './calendar.state.js';
import { dayText } from './calendar-words.js';
import { DAY_MS, dayAt, dayOfUtc, plusDays, utcOf, type Day } from '../days.js';
import { type DayWithRoom } from './entries.js';
import { gridView } from './grid.view.js';

export interface CalendarRead {
  now: Date;
  mailboxes: readonly CalendarMailbox[];
  /** Connections whose calendar may not be read; asked for where there is no other. */
  withoutCalendar: readonly Pick<Connection, 'id' | 'provider' | 'accountName'>[];
  found: EventsOfRange;
  /** What is found on the days of the view. */
  days: readonly DayWithRoom<ListedEvent>[];
  /** Of the people an agenda names. */
  known: ReadonlyMap<string, KnownContact>;
}

/** `/calendar`: the coming days as a list, one day or one week as a grid. */
export function calendarView(words: Words, state: CalendarState, read: CalendarRead) {
  const { now, mailboxes, found, days, known } = read;
  const today = dayAt(now, words.timeZone);
  const kept = keptDays(now, words.timeZone);
  const several = mailboxes.flatMap(({ calendars }) => calendars.filter(({ chosen }) => chosen)).length > 1;
  const context = { now, known, several, today, said: new Map<number, string>() };
  const empty = emptyOf(words, read);
  const outside = (day: Day) =>
    day < kept.first || day > kept.last ? words.t('calendar.outside-short') : '';
  const beyond = days.every(({ day }) => outside(day) !== '');
  return {
    title: words.t('calendar.title'),
    connected: mailboxes.length > 0,
    tabs: (['agenda', 'day', 'week'] as const).map((view) => ({
      href: calendarPath({ view, on: state.on }),
      label: words.t(`calendar.view.${view}`),
      current: state.view === view,
    })),
    walk: state.view === 'agenda' ? null : walkOf(words, state, today, kept),
    banners: bannersOf(words, mailboxes),
    empty,
    outside: empty === null && beyond ? outsideOf(words, kept) : null,
    agenda: empty !== null || state.view !== 'agenda' ? null : agendaOf(words, days, found, context),
    grid:
      empty !== null || state.view === 'agenda' || beyond
        ? null
        : gridView(words, days, state, { ...context, outside }),
    more: found.more ? words.t('calendar.more', { count: limits.eventsShown }) : '',
    zone: words.t('calendar.zone', { zone: words.timeZone.replaceAll('_', ' ') }),
  };
}

function agendaOf(
  words: Words,
  days: CalendarRead['days'],
  { events }: EventsOfRange,
  context: Parameters<typeof agendaDays>[2],
) {
  return events.length === 0
    ? {
        nothing: {
          icon: 'check-circle',
          title: words.t('calendar.empty.nothing'),
          text: words.t('calendar.empty.nothing-text'),
        },
      }
    : { sections: agendaDays(words, days, context) };
}

/** Days of which all there is may be known: what is kept is counted in UTC (calendar engine), and read anew each day. */
export function keptDays(now: Date, zone: string): { first: Day; last: Day } {
  const until = utcOf(dayOfUtc(now.getTime())) + limits.calendarDaysAhead * DAY_MS;
  return { first: plusDays(dayAt(now, zone), -1), last: plusDays(dayAt(until, zone), -1) };
}

function walkOf(words: Words, state: CalendarState, today: Day, kept: { first: Day; last: Day }) {
  const { view, on } = state;
  const reach = (by: 1 | -1) => {
    const there = moved(state, by);
    const { first, count } = daysOf(there);
    return first > kept.last || plusDays(first, count - 1) < kept.first ? '' : calendarPath(there);
  };
  const { first, count } = daysOf(state);
  const last = plusDays(first, count - 1);
  return {
    heading:
      view === 'day'
        ? dayText(words, on)
        : words.t('calendar.week-of', {
            from: words.date(utcOf(first), 'UTC'),
            to: words.date(utcOf(last), 'UTC'),
          }),
    previous: { href: reach(-1), label: words.t(`calendar.walk.previous-${view}`) },
    next: { href: reach(1), label: words.t(`calendar.walk.next-${view}`) },
    today: {
      href: calendarPath({ view, on: today }),
      label: words.t(view === 'day' ? 'calendar.walk.today' : 'calendar.walk.this-week'),
      current: first <= today && today <= last,
    },
    ...{ view, on, min: kept.first, max: kept.last },
  };
}

function outsideOf(words: Words, kept: { first: Day; last: Day }) {
  return {
    ...{ icon: 'clock', title: words.t('calendar.outside') },
    text: words.t('calendar.outside-text', {
      from: words.date(utcOf(kept.first), 'UTC'),
      to: words.date(utcOf(kept.last), 'UTC'),
    }),
    ...{ href: '/calendar', label: words.t('calendar.outside-link') },
  };
}

export function emptyOf(
  words: Words,
  { mailboxes, withoutCalendar }: Pick<CalendarRead, 'mailboxes' | 'withoutCalendar'>,
) {
  if (mailboxes.length === 0)
    return withoutCalendar.length === 0
      ? {
          ...{ icon: 'link', title: words.t('calendar.empty.no-connection') },
          text: words.t('calendar.empty.no-connection-text'),
          ...{ href: INTEGRATIONS, label: words.t('calendar.empty.connect') },
        }
      : {
          ...{ icon: 'lock', title: words.t('calendar.empty.no-permission') },
          text: words.t('calendar.empty.no-permission-text', {
            mailboxes: words.list(
              withoutCalendar.map(
                ({ provider, accountName }) => `${providerName(words, provider)} (${accountName})`,
              ),
            ),
          }),
          ...{ href: INTEGRATIONS, label: words.t('calendar.empty.allow') },
        };
  const calendars = mailboxes.flatMap((mailbox) => mailbox.calendars);
  if (calendars.length === 0)
    return mailboxes.some(({ listedAt, state }) => listedAt === null && state === 'connected')
      ? {
          ...{ icon: 'refresh', title: words.t('calendar.empty.first') },
          text: words.t('calendar.empty.first-text'),
        }
      : {
          ...{ icon: 'calendar', title: words.t('calendar.empty.no-calendars') },
          text: words.t('calendar.empty.no-calendars-text'),
        };
  const chosen = calendars.filter((calendar) => calendar.chosen);
  if (chosen.length === 0)
    return {
      ...{ icon: 'calendar', title: words.t('calendar.empty.none-chosen') },
      text: words.t('calendar.empty.none-chosen-text'),
      ...{ href: CALENDARS, label: words.t('calendar.choose') },
    };
  if (chosen.every(({ readAt, problem }) => readAt === null && problem === null))
    return {
      ...{ icon: 'refresh', title: words.t('calendar.empty.first') },
      text: words.t('calendar.empty.first-text'),
    };
  return null;
}

/**
 * What is wrong with a mailbox or one of its calendars, and how old is what is shown.
 * @param alone of mailboxes alone: that of each calendar is said beside it
 */
export function bannersOf(words: Words, mailboxes: readonly CalendarMailbox[], alone = false) {
  return mailboxes.flatMap((mailbox) => {
    const { connectionId, state, problem, accountName, calendars } = mailbox;
    const chosen = calendars.filter((calendar) => calendar.chosen);
    const read = chosen.flatMap(({ readAt }) => readAt ?? []);
    const oldest = read.length === 0 ? null : new Date(Math.min(...read.map(Number)));
    const values = {
      ...{ provider: providerName(words, mailbox.provider), account: accountName },
      since: oldest === null ? '' : words.dateTime(oldest),
      known: oldest === null ? 'no' : 'yes',
    };
    const toIntegrations = { href: INTEGRATIONS, link: words.t('cloud-contacts.connections') };
    if (state === 'needs-sign-in')
      return [
        {
          ...{ kind: 'warning', text: words.t('calendar.banner.sign-in', values) },
          ...{
            href: `${INTEGRATIONS}/${connectionId}/sign-in`,
            link: words.t('cloud-contacts.banner.sign-in-link'),
          },
        },
      ];
    if (state === 'paused')
      return [{ kind: 'warning', text: words.t('calendar.banner.paused', values), ...toIntegrations }];
    if (problem !== null)
      return [
        {
          ...{ kind: 'notice', ...toIntegrations },
          text: words.t('calendar.banner.problem', { ...values, why: problemText(words, problem) }),
        },
      ];
    if (alone) return [];
    const troubled = chosen.filter((calendar) => calendar.problem !== null);
    // One that holds too much is read all the same.
    const isFull = ({ problem }: OwnCalendar) => problem?.key === 'calendar-full';
    return (['calendars', 'full'] as const).flatMap((kind) => {
      const named = troubled.filter((calendar) => isFull(calendar) === (kind === 'full'));
      if (named.length === 0) return [];
      const names = words.list(named.map(({ name }) => name));
      return [
        {
          kind: 'notice',
          text: words.t(`calendar.banner.${kind}`, { count: named.length, names }),
          ...{ href: CALENDARS, link: words.t('calendar.choose') },
        },
      ];
    });
  });
}
