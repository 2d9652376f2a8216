import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { featuresOf } from '../../accounts/features.js';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { type ConnectionOwner } from '../connections/connections.service.js';
import { DAY_MS, momentsOf } from './days.js';

export interface Interval {
  from: Date;
  to: Date;
}

/**
 * When somebody who agreed is busy.
 * `unknown`: their own calendar is not read, or was not for an hour: nothing may be said of them but that.
 */
export type Availability =
  | { state: 'unknown' }
  | {
      state: 'known';
      /** Merged, in order, cut to what was asked. */
      busy: Interval[];
      /** At `now`: until when they are busy without a pause, as far as the day after what was asked; null when they are free. */
      busyUntil: Date | null;
      /** Nothing is known of moments after this one. */
      knownUntil: Date;
    };

/**
 * When colleagues are free and busy, and never more than that. Of the mailbox's own calendar alone: what else somebody chose to see
 * may be other people's. Busy is what is shown as busy or away there, and what they accepted as maybe; what they declined is not,
 * nor what they were asked to as maybe and did not answer. Who may find whom decides whoever asks: all names come from the
 * directory as its reader sees it.
 */
@Injectable()
export class CalendarAvailability {
  constructor(private readonly database: DataSource) {}

  /**
   * Of those of one account who agreed (at most `limits.freeBusyPeople`); everybody else is left out, whyever. A few queries for all.
   */
  async of(accountId: Id, userIds: readonly Id[], asked: AskedTimes): Promise<Map<Id, Availability>> {
    if (userIds.length > limits.freeBusyPeople)
      throw new RangeError('More people than are looked up at once');
    if (userIds.length === 0) return new Map();
    return this.times(accountId, await this.agreed(accountId, userIds), asked);
  }

  /** What colleagues see of oneself, or would see: whether or not one agreed. */
  async ofOneself({ id, accountId }: ConnectionOwner, asked: AskedTimes): Promise<Availability> {
    const oneself = await this.database.query<Agreed[]>(
      `SELECT u.id, COALESCE(u.timeZone, a.timeZone) AS timeZone
       FROM users u JOIN accounts a ON a.id = u.accountId WHERE u.id = ? AND u.accountId = ?`,
      [id, accountId],
    );
    return (await this.times(accountId, oneself, asked)).get(id) ?? { state: 'unknown' };
  }

  private async times(
    accountId: Id,
    agreed: readonly Agreed[],
    { from, to, now = new Date() }: AskedTimes,
  ): Promise<Map<Id, Availability>> {
    const found = new Map<Id, Availability>();
    if (agreed.length === 0) return found;
    const ids = agreed.map(({ id }) => id);
    const [features, calendars] = await Promise.all([
      featuresOf(this.database.manager, accountId, ids),
      this.calendars(ids),
    ]);
    const known = new Map<Id, Date>();
    for (const { id } of agreed) {
      if (!features.get(id)?.integrations) continue;
      const own = calendars.filter(({ ownerId }) => ownerId === id);
      const fresh = own.length > 0 && own.every((calendar) => calendar.fresh);
      if (fresh) known.set(id, new Date(Math.min(...own.map(({ windowTo }) => windowTo.getTime()))));
      else found.set(id, { state: 'unknown' });
    }
    const times = await this.busyTimes([...known.keys()], {
      from: new Date(Math.min(from.getTime(), now.getTime())),
      to: new Date(Math.max(to.getTime(), now.getTime())),
    });
    for (const { id, timeZone } of agreed) {
      const knownUntil = known.get(id);
      if (!knownUntil) continue;
      const mine = times.filter(({ ownerId }) => ownerId === id);
      const merged = mergedOf(
        mine.map((time) =>
          time.allDay ? momentsOf(time, timeZone) : { from: time.startsAt, to: time.endsAt },
        ),
      );
      const current = merged.find((each) => each.from <= now && now < each.to);
      found.set(id, {
        ...{ state: 'known', busy: cut(merged, { from, to }), knownUntil },
        busyUntil: current?.to ?? null,
      });
    }
    return found;
  }

  private agreed(accountId: Id, userIds: readonly Id[]): Promise<Agreed[]> {
    return this.database.query(
      `SELECT u.id, COALESCE(u.timeZone, a.timeZone) AS timeZone
       FROM calendar_sharing s JOIN users u ON u.id = s.userId JOIN accounts a ON a.id = u.accountId
       WHERE s.userId IN (?) AND s.accountId = ? AND s.freeBusy = 1 AND u.accountId = ? AND u.status = 'active'
         AND u.liveKey = 1 AND a.closedAt IS NULL`,
      [userIds, accountId, accountId],
    );
  }

  /** Their own calendars, and whether each was read lately. */
  private calendars(ownerIds: readonly Id[]): Promise<{ ownerId: Id; fresh: number; windowTo: Date }[]> {
    return this.database.query(
      `SELECT k.ownerId, k.windowTo,
         c.state = 'connected' AND k.chosen = 1 AND k.problem IS NULL AND k.readWholeAt IS NOT NULL
           AND k.readAt > DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ${limits.calendarFreshMinutes} MINUTE) AS fresh
       FROM calendars k JOIN connections c ON c.id = k.connectionId
       WHERE k.ownerId IN (?) AND k.isPrimary = 1 AND c.state <> 'ended' AND c.calendar <> 'none'`,
      [ownerIds],
    );
  }

  /** A day more on both sides: all-day events are theirs in a time zone, and what is busy now may go on for longer. */
  private async busyTimes(ownerIds: readonly Id[], { from, to }: Interval): Promise<BusyTime[]> {
    if (ownerIds.length === 0) return [];
    const rows = await this.database.query<(Omit<BusyTime, 'allDay'> & { allDay: number })[]>(
      `SELECT e.ownerId, e.startsAt, e.endsAt, e.allDay FROM calendar_events e JOIN calendars k ON k.id = e.calendarId
       WHERE e.ownerId IN (?) AND e.startsAt < ? AND e.endsAt > ? AND k.isPrimary = 1 AND k.chosen = 1
         AND (e.shownAs IN ('busy', 'away') OR (e.shownAs = 'tentative' AND e.response <> 'none'))
         AND e.response <> 'declined'
       ORDER BY e.startsAt`,
      [ownerIds, new Date(to.getTime() + DAY_MS), new Date(from.getTime() - DAY_MS)],
    );
    return rows.map((row) => ({ ...row, allDay: Boolean(row.allDay) }));
  }
}

interface AskedTimes extends Interval {
  /** In tests and previews another moment than this one. */
  now?: Date;
}

/** Whose times may be told. */
interface Agreed {
  id: Id;
  timeZone: string;
}

interface BusyTime {
  ownerId: Id;
  startsAt: Date;
  endsAt: Date;
  allDay: boolean;
}

/** What overlaps or follows at once is one. */
function mergedOf(intervals: Interval[]): Interval[] {
  const merged: Interval[] = [];
  for (const each of intervals.sort((one, other) => one.from.getTime() - other.from.getTime())) {
    const last = merged.at(-1);
    if (last && each.from <= last.to) {
      if (each.to > last.to) last.to = each.to;
    } else if (each.to > each.from) merged.push({ ...each });
  }
  return merged;
}

function cut(intervals: Interval[], { from, to }: Interval): Interval[] {
  return intervals
    .filter((each) => each.from < to && each.to > from)
    .map((each) => ({ from: each.from < from ? from : each.from, to: each.to > to ? to : each.to }));
}
