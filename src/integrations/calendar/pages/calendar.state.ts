import { textOf, type Query } from '../../../web/list-address.js';
import { isDay, mondayOf, plusDays, type Day } from '../days.js';

export const CALENDAR = '/calendar';
export const CALENDARS = `${CALENDAR}/calendars`;

/** Of the agenda: today and those that follow. */
export const AGENDA_DAYS = 14;

export type CalendarViewName = 'agenda' | 'day' | 'week';

/** What an address says of the calendar. What is not understood counts as not given. */
export interface CalendarState {
  view: CalendarViewName;
  on: Day;
}

/** @param today where the reader is */
export function readCalendarState(query: Query, today: Day): CalendarState {
  const view = textOf(query['view']);
  const on = textOf(query['on']);
  if (view !== 'day' && view !== 'week') return { view: 'agenda', on: today };
  return { view, on: isDay(on) ? on : today };
}

export function calendarPath({ view, on }: CalendarState): string {
  return view === 'agenda' ? CALENDAR : `${CALENDAR}?${new URLSearchParams({ view, on }).toString()}`;
}

/** The days a view shows. */
export function daysOf({ view, on }: CalendarState): { first: Day; count: number } {
  if (view === 'day') return { first: on, count: 1 };
  return view === 'week' ? { first: mondayOf(on), count: 7 } : { first: on, count: AGENDA_DAYS };
}

/** The same view one day or week on. */
export function moved({ view, on }: CalendarState, by: 1 | -1): CalendarState {
  return { view, on: plusDays(on, view === 'week' ? 7 * by : by) };
}
