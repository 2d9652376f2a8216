import { type CalendarWindow } from '../calendar-connector.js';
import { type WebApiClient } from '../web-api/web-api.client.js';
import { type Position } from './google-cursor.js';
import { pageOf, type ListPage } from './people.client.js';

/** The most the service gives at once. */
const CALENDARS = 250;
/** Far below the most (2,500): each page is saved before the next one is asked for. */
const EVENTS = 500;

/** Events, but no birthdays, and no places somebody works at: those are in no meeting. */
const EVENT_TYPES = ['default', 'focusTime', 'fromGmail', 'outOfOffice'];

/** What we read of events: what they are about at length, and what belongs to them, stays there. */
const EVENT_FIELDS =
  'nextPageToken,nextSyncToken,items(id,status,recurringEventId,start(date,dateTime),end(date,dateTime),summary,location,' +
  'visibility,transparency,eventType,organizer(displayName,email,self),' +
  'attendees(displayName,email,responseStatus,self,resource),hangoutLink,conferenceData(entryPoints(entryPointType,uri)),htmlLink)';

/** The methods of the Calendar API we use. @see calendar-v3.json */
export class CalendarClient {
  constructor(private readonly api: WebApiClient) {}

  async calendars(from: Position): Promise<ListPage> {
    const body = await this.api.json<unknown>({
      operation: 'calendarList.list',
      path: '/users/me/calendarList',
      query: { maxResults: CALENDARS, pageToken: from.page },
    });
    return pageOf(body, 'items', from);
  }

  /** Events of a window, or what changed since: a sync token and a window cannot be asked for together. */
  async events(calendarId: string, { from: after, to }: CalendarWindow, from: Position): Promise<ListPage> {
    const window = { timeMin: after.toISOString(), timeMax: to.toISOString() };
    const body = await this.api.json<unknown>({
      operation: 'events.list',
      path: `/calendars/${encodeURIComponent(calendarId)}/events`,
      query: {
        ...{ singleEvents: true, eventTypes: EVENT_TYPES, maxResults: EVENTS },
        ...(from.sync === null ? window : { syncToken: from.sync }),
        ...{ pageToken: from.page, fields: EVENT_FIELDS },
      },
    });
    return pageOf(body, 'items', from);
  }
}
