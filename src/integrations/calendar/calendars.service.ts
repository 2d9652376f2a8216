import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Provider } from '../../accounts/settings.js';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { Refused } from '../../errors/domain-error.js';
import { type Calendar } from '../calendar.entities.js';
import { type Connection, type ConnectionProblem } from '../connection.entities.js';
import { type ConnectionOwner } from '../connections/connections.service.js';
import { SyncWorker } from '../sync/sync-worker.service.js';
import { UNREAD } from './calendar-rows.js';

/** A calendar as its owner sees it. */
export interface OwnCalendar extends Pick<
  Calendar,
  'id' | 'name' | 'colour' | 'isPrimary' | 'access' | 'chosen' | 'problem'
> {
  /** When it was last known to be as it is there; null: never, or it is not chosen. */
  readAt: Date | null;
}

/** A connected mailbox whose calendar may be read, with its calendars. */
export interface CalendarMailbox {
  connectionId: Id;
  provider: Provider;
  accountName: string;
  /** `paused`: nothing is read, what is here stays; `needs-sign-in`: the provider refuses us. */
  state: Exclude<Connection['state'], 'ended'>;
  /** Why the last reading did not do all; each calendar has its own beside it. */
  problem: ConnectionProblem | null;
  /** When the list was last read; null: not yet, it comes with the first run. */
  listedAt: Date | null;
  /** The person's own first, then by name. */
  calendars: OwnCalendar[];
}

/**
 * One's calendars, and which of them are read. An ended connection, and one that may not read calendars, has none; what a paused
 * one has read stays to be seen by its owner, with its age.
 */
@Injectable()
export class Calendars {
  constructor(
    private readonly database: DataSource,
    private readonly worker: SyncWorker,
  ) {}

  /** Mailboxes oldest first. */
  async of({ id: ownerId }: ConnectionOwner): Promise<CalendarMailbox[]> {
    const rows = await this.database.query<MailboxRow[]>(
      `SELECT c.id AS connectionId, c.provider, c.accountName, c.state, c.contacts, c.problem, c.calendarProblem,
         c.calendarsListedAt AS listedAt, k.id, k.name, k.colour, k.isPrimary, k.access, k.chosen,
         k.problem AS ownProblem, k.readAt
       FROM connections c LEFT JOIN calendars k ON k.connectionId = c.id AND k.ownerId = c.userId
       WHERE c.userId = ? AND c.state <> 'ended' AND c.calendar <> 'none'
       ORDER BY c.id, k.isPrimary DESC, k.name, k.id`,
      [ownerId],
    );
    const mailboxes = new Map<Id, CalendarMailbox>();
    for (const row of rows) {
      const { connectionId, provider, accountName, state, contacts, problem, calendarProblem, listedAt } =
        row;
      const mailbox = mailboxes.get(connectionId) ?? {
        ...{ connectionId, provider, accountName, state, listedAt },
        // Where the calendar is all there is, its trouble is that of the connection, and the other way round.
        problem: problemIn(
          calendarProblem ?? (contacts === 'none' || state !== 'connected' ? problem : null),
        ),
        calendars: [],
      };
      mailboxes.set(connectionId, mailbox);
      if (row.id !== null) mailbox.calendars.push(calendarOf(row));
    }
    return [...mailboxes.values()];
  }

  /**
   * Of the calendars a page has shown, those that are to be seen from now on: they are read at once; the events of the others go.
   * Ids of nobody's, and of somebody else's, are left out.
   * @throws Refused when there are more of one mailbox than may be (`limits.calendarsChosen`)
   */
  async choose(owner: ConnectionOwner, shown: readonly string[], chosen: readonly string[]): Promise<void> {
    const wanted = new Set(chosen);
    await inTransaction(this.database, async (manager) => {
      // The rows of connections first, as everything that changes what they hold.
      const held = await manager.query<{ id: Id }[]>(
        `SELECT id FROM connections WHERE userId = ? AND state <> 'ended' AND calendar <> 'none' ORDER BY id FOR UPDATE`,
        [owner.id],
      );
      if (held.length === 0 || shown.length === 0) return;
      const rows = await manager.query<{ id: Id; connectionId: Id; chosen: number }[]>(
        'SELECT id, connectionId, chosen FROM calendars WHERE ownerId = ? AND connectionId IN (?) ORDER BY id',
        [owner.id, held.map(({ id }) => id)],
      );
      const asked = new Set(shown);
      const isChosen = (row: (typeof rows)[number]) =>
        asked.has(row.id) ? wanted.has(row.id) : Boolean(row.chosen);
      for (const { id } of held)
        if (rows.filter((row) => row.connectionId === id && isChosen(row)).length > limits.calendarsChosen)
          throw new Refused('calendar.refused.too-many', { most: limits.calendarsChosen });
      const changed = rows.filter((row) => isChosen(row) !== Boolean(row.chosen));
      const added = changed.filter(isChosen);
      const dropped = changed.filter((row) => !isChosen(row)).map(({ id }) => id);
      if (dropped.length > 0) {
        await manager.query('DELETE FROM calendar_events WHERE calendarId IN (?)', [dropped]);
        await manager.query(`UPDATE calendars SET chosen = 0, ${UNREAD} WHERE id IN (?)`, [dropped]);
      }
      if (added.length === 0) return;
      await manager.query(`UPDATE calendars SET chosen = 1, ${UNREAD} WHERE id IN (?)`, [
        added.map(({ id }) => id),
      ]);
      await manager.query(
        `UPDATE connections SET askedAt = UTC_TIMESTAMP(3), nextRunAt = UTC_TIMESTAMP(3), wakeAt = UTC_TIMESTAMP(3)
         WHERE id IN (?) AND state = 'connected'`,
        [[...new Set(added.map(({ connectionId }) => connectionId))]],
      );
      this.worker.wake(manager);
    });
  }
}

function problemIn(column: string | null): ConnectionProblem | null {
  return column === null ? null : (JSON.parse(column) as ConnectionProblem);
}

function calendarOf(row: CalendarRow): OwnCalendar {
  const { id, name, colour, isPrimary, access, chosen, ownProblem, readAt } = row;
  return {
    ...{ id, name, colour, access, readAt, problem: problemIn(ownProblem) },
    ...{ isPrimary: Boolean(isPrimary), chosen: Boolean(chosen) },
  };
}

/** A mailbox with one of its calendars, or with none. */
type MailboxRow = Omit<CalendarMailbox, 'problem' | 'calendars'> & {
  contacts: Connection['contacts'];
  problem: string | null;
  calendarProblem: string | null;
} & (CalendarRow | { id: null });

type CalendarRow = Omit<OwnCalendar, 'isPrimary' | 'chosen' | 'problem'> & {
  isPrimary: number;
  chosen: number;
  ownProblem: string | null;
};
