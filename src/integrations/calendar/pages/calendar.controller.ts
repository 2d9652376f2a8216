import { Controller, Get, Query } from '@nestjs/common';
import { limits } from '../../../config/limits.js';
import { Member, NeedsFeature } from '../../../web/access.js';
import { page, type Page } from '../../../web/answers.js';
import { CurrentWords } from '../../../web/context.js';
import { CurrentUser, type SignedIn } from '../../../web/signed-in.js';
import { type Words } from '../../../web/words.js';
import { Connections } from '../../connections/connections.service.js';
import { Calendars } from '../calendars.service.js';
import { CalendarEvents } from '../events.query.js';
import { KnownContacts } from '../known-contacts.js';
import { daysOf, readCalendarState } from './calendar.state.js';
import { calendarView } from './calendar.view.js';
import { dayAt, localDays } from '../days.js';
import { onDays } from './entries.js';
import { addressesShown } from './event-row.view.js';

/** What is on: the coming days, a day, a week. */
@Member()
@NeedsFeature('integrations')
@Controller('calendar')
export class CalendarController {
  constructor(
    private readonly calendars: Calendars,
    private readonly events: CalendarEvents,
    private readonly known: KnownContacts,
    private readonly connections: Connections,
  ) {}

  @Get()
  async show(
    @CurrentUser() reader: SignedIn,
    @CurrentWords() words: Words,
    @Query() query: Record<string, unknown>,
  ): Promise<Page> {
    const now = new Date();
    const { timeZone } = words;
    const state = readCalendarState(query, dayAt(now, timeZone));
    const { first, count } = daysOf(state);
    const days = localDays(first, count, timeZone);
    const range = { from: new Date(days[0].from), to: new Date(days[count - 1].to), timeZone };
    const [mailboxes, found] = await Promise.all([
      this.calendars.of(reader),
      this.events.between(reader, range),
    ]);
    const isAgenda = state.view === 'agenda';
    const shown = onDays(found.events, days, timeZone, isAgenda ? limits.page : Infinity);
    const [known, connections] = await Promise.all([
      // A grid has no room for people.
      isAgenda ? this.known.among(reader, addressesShown(shown)) : new Map<string, never>(),
      mailboxes.length === 0 ? this.connections.of(reader.id) : [],
    ]);
    const read = { now, mailboxes, withoutCalendar: connections, found, days: shown, known };
    return page('calendar/calendar', calendarView(words, state, read));
  }
}
