import { Injectable, Logger } from '@nestjs/common';
import { limits } from '../../config/limits.js';
import { errorText } from '../../database/error-text.js';
import { type Id } from '../../database/id.js';
import { isConnectionLoss } from '../../database/transaction.js';
import { LeaseLost } from '../../jobs/jobs.service.js';
import { type CalendarSession, type CalendarWindow, type EventsPage } from '../calendar-connector.js';
import { type ConnectionProblem } from '../connection.entities.js';
import { type ConnectionAccess } from '../contacts-connector.js';
import {
  AccessDenied,
  AuthorizationRevoked,
  CursorExpired,
  FolderGone,
  ProviderBusy,
  ProviderError,
  Throttled,
} from '../provider-errors.js';
import { type ClaimedConnection, type Lease } from '../sync/lease.js';
import { TurnOver } from '../sync/run.js';
import { CalendarConnectors } from './calendar-connectors.js';
import { saveCalendars } from './calendar-list.js';
import { countCalendar, countEvents } from './calendar-metrics.js';
import { UNREAD } from './calendar-rows.js';
import { DAY_MS } from './days.js';
import { saveEvents, type CalendarState, type Listing } from './save-events.js';

/** What a turn has to know of how its calendars were read. */
export interface CalendarsRead {
  /** Its time was over: it goes on where it was, at once. */
  again: boolean;
  /** The provider wants to be left alone for so long. */
  waitMs: number | null;
}

/** A provider that gives page after page of one calendar is not waited for. */
const MOST_PAGES = 1_000;
/** Windows of many mailboxes are not all renewed in the first minutes of a day. */
const SPREAD_MS = 6 * 60 * 60 * 1000;

/**
 * The calendars of a connection, at the end of a whole turn: which there are, once a day and when its owner asks, and what changed
 * in each that is chosen. What goes wrong here is written down here (`calendarProblem`, `calendars.problem`) and leaves the turn of
 * the contacts as it was; only where the calendar is all a connection is for, it is the connection's own.
 */
@Injectable()
export class CalendarTurns {
  private readonly logger = new Logger('Calendar');

  constructor(private readonly connectors: CalendarConnectors) {}

  /**
   * @param endsAt `performance.now()` after which it goes no further than to the next page
   * @throws LeaseLost; AuthorizationRevoked; the signal's reason; where there are no contacts, every failure
   */
  async read(
    connection: ClaimedConnection,
    lease: Lease,
    access: ConnectionAccess,
    endsAt: number,
  ): Promise<CalendarsRead> {
    const connector = connection.calendar === 'none' ? null : this.connectors.find(connection.provider);
    if (!connector) return { again: false, waitMs: null };
    const session = connector.open(access);
    const turn: CalendarTurn = {
      connection,
      lease,
      session,
      endsAt,
      isListed: false,
      read: [],
      own: new Set(),
    };
    try {
      await this.readAll(turn);
      await this.note(turn, null);
      return { again: false, waitMs: null };
    } catch (error) {
      return await this.ended(turn, error);
    } finally {
      session.close();
    }
  }

  private async readAll(turn: CalendarTurn): Promise<void> {
    const { connection, lease } = turn;
    const [{ due, email }] = await lease.manager.query<[{ due: number; email: string }]>(
      `SELECT calendarsListedAt IS NULL OR calendarsListedAt < DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 1 DAY) AS due, u.email
       FROM connections c JOIN users u ON u.id = c.userId WHERE c.id = ?`,
      [connection.id],
    );
    for (const address of [email, connection.accountName]) turn.own.add(address.toLowerCase());
    if (due || connection.askedAt !== null) await this.list(turn);
    for (const calendar of await chosenOf(lease, connection.id)) {
      lease.signal.throwIfAborted();
      if (performance.now() > turn.endsAt) throw new TurnOver();
      await this.readCalendar(turn, calendar);
    }
  }

  private async list(turn: CalendarTurn): Promise<void> {
    const { connection, lease, session } = turn;
    const calendars = await session.calendars();
    await lease.save((manager) => saveCalendars(manager, connection, calendars));
    turn.isListed = true;
  }

  /** What stands in the way of one calendar leaves the others alone. */
  private async readCalendar(turn: CalendarTurn, calendar: ChosenCalendar): Promise<void> {
    const { provider } = turn.connection;
    try {
      const isFull = await this.readEvents(turn, calendar);
      await this.markProblem(turn, calendar, isFull ? FULL : null);
      turn.read.push(calendar.id);
      countCalendar(provider, 'read');
    } catch (error) {
      if (!isOfOne(turn, error)) throw error;
      if (error instanceof FolderGone && !turn.isListed) {
        await this.list(turn);
        if (!(await isThere(turn.lease, calendar.id))) return;
      }
      const key = keyOf(error);
      if (key === 'internal')
        this.logger.error(`Calendar ${calendar.id}: ${errorText(error)}`, (error as Error).stack);
      countCalendar(provider, 'failed', key);
      await this.markProblem(turn, calendar, { key }, { forget: key !== 'internal' });
    }
  }

  /** @returns whether it holds more than is kept */
  private async readEvents(turn: CalendarTurn, calendar: ChosenCalendar): Promise<boolean> {
    for (let isSecond = false; ; isSecond = true) {
      try {
        return await this.readPages(turn, calendar, isSecond);
      } catch (error) {
        if (!(error instanceof CursorExpired)) throw error;
        if (isSecond) throw new ProviderBusy(error.facts);
      }
    }
  }

  private async readPages(turn: CalendarTurn, calendar: ChosenCalendar, anew: boolean): Promise<boolean> {
    const { connection, lease, session } = turn;
    let { state } = calendar;
    const fromNothing = anew || state.cursor === null || isWindowOver(state);
    const window = fromNothing ? windowAt(new Date()) : { from: state.windowFrom!, to: state.windowTo! };
    // One that was under way for another window, or from a cursor that is lost, ends here.
    if (fromNothing) state = { ...state, passing: false };
    let listing: Listing | null = state.passing ? { listed: new Set(), isAll: false } : null;
    let isFull = !fromNothing && calendar.problem?.key === FULL.key;
    let pages = 0;
    for await (const given of session.events(state.remoteId, window, fromNothing ? null : state.cursor)) {
      lease.signal.throwIfAborted();
      // What is read from nothing is all there is, to its end.
      const page = { ...given, whole: given.whole || fromNothing || state.passing };
      if (isNothingNew(page, state)) return isFull;
      if (page.whole && !state.passing) {
        listing = { listed: new Set(), isAll: true };
        isFull = false;
      }
      const saved = await lease.save((manager) => saveEvents(manager, turn, state, listing, window, page));
      // Not chosen any more, or chosen anew: then it is read in a turn of its own.
      if (!saved) return isFull;
      ({ state, listing } = saved);
      calendar.state = state;
      isFull ||= saved.left > 0;
      countEvents(connection.provider, saved);
      if (page.last) return isFull;
      if (performance.now() > turn.endsAt) throw new TurnOver();
      if (++pages === MOST_PAGES) throw new ProviderBusy({ code: 'TOO_MANY_PAGES' });
    }
    throw new ProviderBusy({ code: 'NO_LAST_PAGE' });
  }

  private async markProblem(
    { lease }: CalendarTurn,
    { state: { id }, problem: before }: ChosenCalendar,
    problem: Problem | null,
    { forget = false } = {},
  ): Promise<void> {
    if (before?.key === problem?.key) return;
    const stated = problem && JSON.stringify({ ...problem, since: new Date().toISOString() });
    await lease.save(async (manager) => {
      // Nobody is shown what its owner may not read any more.
      if (forget) {
        await manager.query('DELETE FROM calendar_events WHERE calendarId = ?', [id]);
        await manager.query(`UPDATE calendars SET ${UNREAD} WHERE id = ?`, [id]);
      }
      await manager.query('UPDATE calendars SET problem = ? WHERE id = ? AND chosen = 1', [stated, id]);
    });
  }

  /** Which calendars are as they are there, and what stood in the way of all. */
  private async note({ connection, lease, read }: CalendarTurn, problem: Problem | null): Promise<void> {
    await lease.save(async (manager) => {
      if (read.length > 0)
        await manager.query(
          'UPDATE calendars SET readAt = UTC_TIMESTAMP(3) WHERE id IN (?) AND chosen = 1 AND `cursor` IS NOT NULL',
          [read],
        );
      const [row] = await manager.query<{ calendarProblem: string | null }[]>(
        'SELECT calendarProblem FROM connections WHERE id = ?',
        [connection.id],
      );
      const before = row?.calendarProblem ? (JSON.parse(row.calendarProblem) as ConnectionProblem) : null;
      if (before?.key === problem?.key) return;
      const since = before?.since ?? new Date().toISOString();
      await manager.query('UPDATE connections SET calendarProblem = ? WHERE id = ?', [
        problem && JSON.stringify({ ...problem, since }),
        connection.id,
      ]);
    });
  }

  private async ended(turn: CalendarTurn, error: unknown): Promise<CalendarsRead> {
    const { connection, lease } = turn;
    if (lease.signal.aborted || error instanceof LeaseLost || isConnectionLoss(error)) throw error;
    if (error instanceof TurnOver) {
      await this.note(turn, null);
      return { again: true, waitMs: null };
    }
    const key = keyOf(error);
    countCalendar(connection.provider, 'failed', key);
    if (error instanceof AuthorizationRevoked) throw error;
    await this.note(turn, { key });
    if (connection.contacts === 'none') throw error;
    if (error instanceof ProviderError)
      this.logger.log(`Connection ${connection.id}: ${error.name} ${error.message}`);
    else this.logger.error(`Connection ${connection.id}: ${errorText(error)}`, (error as Error).stack);
    return { again: false, waitMs: error instanceof Throttled ? error.waitMs : null };
  }
}

interface CalendarTurn {
  connection: ClaimedConnection;
  lease: Lease;
  session: CalendarSession;
  endsAt: number;
  isListed: boolean;
  /** Addresses of the person, in small letters. */
  own: Set<string>;
  /** Calendars that were read to their end. */
  read: Id[];
}

interface ChosenCalendar {
  id: Id;
  state: CalendarState;
  problem: ConnectionProblem | null;
}

type Problem = Pick<ConnectionProblem, 'key' | 'values'>;

const FULL: Problem = { key: 'calendar-full', values: { max: limits.eventsPerCalendar } };

/** Those that have waited longest first: one that never ends must not keep back the others. */
async function chosenOf(lease: Lease, connectionId: Id): Promise<ChosenCalendar[]> {
  const rows = await lease.manager.query<ChosenRow[]>(
    `SELECT id, remoteId, \`cursor\`, windowFrom, windowTo, pass, passing, problem FROM calendars
     WHERE connectionId = ? AND chosen = 1 ORDER BY readAt IS NOT NULL, readAt, isPrimary DESC, id`,
    [connectionId],
  );
  return rows.map(({ problem, passing, ...state }) => ({
    id: state.id,
    state: { ...state, passing: Boolean(passing) },
    problem: problem === null ? null : (JSON.parse(problem) as ConnectionProblem),
  }));
}

type ChosenRow = Omit<CalendarState, 'passing'> & { passing: number; problem: string | null };

async function isThere(lease: Lease, calendarId: Id): Promise<boolean> {
  return (
    (await lease.manager.query<unknown[]>('SELECT 1 FROM calendars WHERE id = ?', [calendarId])).length > 0
  );
}

/** Yesterday, midnight UTC, to `limits.calendarDaysAhead` days after today's. */
export function windowAt(now: Date): CalendarWindow {
  const today = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  return { from: new Date(today - DAY_MS), to: new Date(today + limits.calendarDaysAhead * DAY_MS) };
}

/** Once a day, each calendar at its own hour after midnight. */
function isWindowOver({ id, windowFrom, windowTo }: CalendarState, now = Date.now()): boolean {
  if (windowFrom === null || windowTo === null) return true;
  const spread = (parseInt(id.slice(-6), 16) / 0x1000000) * SPREAD_MS;
  return now - windowFrom.getTime() >= 2 * DAY_MS + spread;
}

function isNothingNew({ changes, cursor, last, whole }: EventsPage, state: CalendarState): boolean {
  return changes.length === 0 && last && !whole && !state.passing && cursor === state.cursor;
}

/** The sentences of folders are about contacts. */
function keyOf(error: unknown): string {
  if (error instanceof AccessDenied) return 'calendar-denied';
  if (error instanceof FolderGone) return 'calendar-missing';
  return error instanceof ProviderError ? error.key : 'internal';
}

/** What says nothing of other calendars. */
function isOfOne({ lease }: CalendarTurn, error: unknown): boolean {
  if (error instanceof FolderGone || error instanceof AccessDenied) return true;
  const general = error instanceof ProviderError || error instanceof LeaseLost || error instanceof TurnOver;
  return !general && !lease.signal.aborted && !isConnectionLoss(error);
}
