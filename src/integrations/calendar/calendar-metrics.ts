import { Counter } from 'prom-client';
import { metrics } from '../../web/metrics.js';

const calendars = new Counter({
  name: 'carnet_sync_calendars_total',
  help: 'Calendars this process has read, or failed to, and what went wrong',
  labelNames: ['provider', 'outcome', 'problem'],
  registers: [metrics],
});

const events = new Counter({
  name: 'carnet_sync_calendar_events_total',
  help: 'Events of calendars this process has written or removed',
  labelNames: ['provider', 'act'],
  registers: [metrics],
});

/** @param problem the key of what went wrong, of which there are few */
export function countCalendar(provider: string, outcome: 'read' | 'failed', problem = ''): void {
  calendars.inc({ provider, outcome, problem });
}

export function countEvents(provider: string, saved: { written: number; removed: number }): void {
  if (saved.written > 0) events.inc({ provider, act: 'written' }, saved.written);
  if (saved.removed > 0) events.inc({ provider, act: 'removed' }, saved.removed);
}
