import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HomeSections, type HomeItem, type HomeSection } from '../../accounts/home-sections.js';
import { type SignedIn } from '../../web/signed-in.js';
import { type Words } from '../../web/words.js';
import { dayAt, localDays, type LocalDay } from '../calendar/days.js';
import { CalendarEvents, type ListedEvent } from '../calendar/events.query.js';
import { timeOf, titleOf } from '../calendar/pages/calendar-words.js';
import { onDays, type Entry } from '../calendar/pages/entries.js';
import { ConnectionTroubles } from './problems.query.js';

/** Lines of the part, and how many are read for them: some that are read are left out. */
const MOST = 6;
const READ = 30;

/** Shows on the home page what is on today and tomorrow, as the reader's clocks have these days. */
@Injectable()
export class MeetingsOnHome implements OnModuleInit {
  constructor(
    private readonly sections: HomeSections,
    private readonly events: CalendarEvents,
    private readonly troubles: ConnectionTroubles,
  ) {}

  onModuleInit(): void {
    this.sections.offer('meetings', (words, reader) => this.section(words, reader, new Date()));
  }

  private async section(words: Words, reader: SignedIn, now: Date): Promise<HomeSection | null> {
    if (!reader.features.integrations) return null;
    const { timeZone } = words;
    const days = localDays(dayAt(now, timeZone), 2, timeZone);
    const range = { from: now, to: new Date(days[1].to), timeZone };
    const { events } = await this.events.between(reader, range, READ);
    const items = comingOf(events, days, now, timeZone).map((entry) => itemOf(words, entry, now));
    if (items.length === 0 && !(await this.troubles.hasCalendar(reader.id))) return null;
    return {
      ...{ anchor: 'meetings', title: words.t('home.meetings.title'), items: items.slice(0, MOST) },
      empty: words.t('home.meetings.empty'),
      more: [{ href: '/calendar', label: words.t('home.meetings.more') }],
    };
  }
}

/** Not what was declined, nor the birthdays and holidays that take no time of a day. */
function isOneToGoTo({ response, allDay, shownAs }: ListedEvent): boolean {
  return response !== 'declined' && !(allDay && shownAs === 'free');
}

/** On the first of the days it is on; what was over is not there, and today's whole days come before what has its time. */
function comingOf(events: ListedEvent[], days: LocalDay[], now: Date, timeZone: string): Coming[] {
  const shown = new Set<string>();
  return onDays(events.filter(isOneToGoTo), days, timeZone).flatMap(({ whole, timed }, place) =>
    [...whole, ...timed].flatMap((entry) => {
      const { id, startsAt, endsAt } = entry.event;
      if (shown.has(id) || (!entry.whole && endsAt <= now && startsAt < now)) return [];
      shown.add(id);
      return { entry, day: place === 0 ? 'today' : 'tomorrow' };
    }),
  );
}

interface Coming {
  entry: Entry<ListedEvent>;
  day: 'today' | 'tomorrow';
}

/** “Today, 09:00 – 10:30 · Room 2” */
function itemOf(words: Words, { entry, day }: Coming, now: Date): HomeItem {
  const { event, whole } = entry;
  const isNow = !whole && event.startsAt <= now && now < event.endsAt;
  const when = words.t(`home.meetings.${day}`, { time: timeOf(words, entry) });
  return {
    ...{ name: titleOf(words, event), href: `/calendar/${event.id}`, icon: 'calendar' },
    note: [when, event.location].filter(Boolean).join(' · '),
    ...(isNow ? { badge: { kind: 'accent', icon: 'clock', text: words.t('calendar.mark.now') } } : {}),
  };
}
