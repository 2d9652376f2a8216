import {
  type CalendarSession,
  type CalendarWindow,
  type EventsPage,
  type RemoteCalendar,
} from '../calendar-connector.js';
import { type Cursor } from '../contacts-connector.js';
import { ProviderBusy } from '../provider-errors.js';
import { type CalendarClient } from './calendar.client.js';
import { readCursor, writeCursor, type Position } from './google-cursor.js';
import { readCalendar, readEventChange } from './google-events.js';

const MOST_PAGES = 100;

/** The calendars of one Google account, one call after another. */
export class GoogleCalendarSession implements CalendarSession {
  constructor(private readonly client: CalendarClient) {}

  async calendars(): Promise<RemoteCalendar[]> {
    const found: RemoteCalendar[] = [];
    let from: Position = { sync: null, page: null };
    for (let pages = 1; ; pages++) {
      const { items, next, last } = await this.client.calendars(from);
      found.push(...items.map(readCalendar).filter((calendar) => calendar !== null));
      if (last) break;
      if (pages === MOST_PAGES)
        throw new ProviderBusy({ operation: 'calendarList.list', code: 'LIST_WITHOUT_END' });
      from = next;
    }
    return found.sort((one, other) => Number(other.isPrimary) - Number(one.isPrimary));
  }

  async *events(
    calendarId: string,
    window: CalendarWindow,
    cursor: Cursor | null,
  ): AsyncGenerator<EventsPage> {
    let from = readCursor('events', cursor);
    const whole = from.sync === null;
    for (;;) {
      const { items, next, last } = await this.client.events(calendarId, window, from);
      const changes = items.map(readEventChange).filter((change) => change !== null);
      from = next;
      yield { changes, cursor: writeCursor('events', next), last, whole };
      if (last) return;
    }
  }

  close(): void {
    // It has no socket of its own.
  }
}
