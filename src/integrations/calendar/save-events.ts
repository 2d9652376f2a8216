import { type EntityManager } from 'typeorm';
import { limits } from '../../config/limits.js';
import { newId, type Id } from '../../database/id.js';
import { type CalendarWindow, type EventsPage } from '../calendar-connector.js';
import { type ClaimedConnection } from '../sync/lease.js';
import { contentOf, type EventContent } from './event-row.js';

/** How far a calendar is read; as its row says, and goes on from there. */
export interface CalendarState {
  id: Id;
  remoteId: string;
  cursor: string | null;
  windowFrom: Date | null;
  windowTo: Date | null;
  pass: number;
  passing: boolean;
}

/** A reading of all there is, in memory. */
export interface Listing {
  /** Ids listed by this process; `isAll`: it began here, so that these are all. */
  listed: ReadonlySet<string>;
  isAll: boolean;
}

export interface SavedPage {
  state: CalendarState;
  listing: Listing | null;
  /** Events that found no room. */
  left: number;
  written: number;
  removed: number;
}

/** Rows of one statement, and characters of their lists: a packet has its limits. */
const CHUNK = 200;
const CHUNK_CHARACTERS = 1_000_000;

/**
 * Saves a page of events with its cursor, in the transaction of a save: only rows that differ are written.
 * @param before as the page's reading found the calendar
 * @returns null when somebody else has changed how far it is read: it was given up, or chosen anew
 */
export async function saveEvents(
  manager: EntityManager,
  { connection, own }: { connection: ClaimedConnection; own: ReadonlySet<string> },
  before: CalendarState,
  listing: Listing | null,
  window: CalendarWindow,
  page: EventsPage,
): Promise<SavedPage | null> {
  const [found] = await manager.query<unknown[]>(
    'SELECT id FROM calendars WHERE id = ? AND chosen = 1 AND `cursor` <=> ? FOR UPDATE',
    [before.id, before.cursor],
  );
  if (!found) return null;
  const { events, removed } = foldedOf(page, window, own);
  const calendarId = before.id;
  const gone = await remove(manager, calendarId, removed);
  const stored = await storedOf(manager, calendarId, [...events.keys()]);
  const { pass, passing } = passOf(before, page);
  const room = limits.eventsPerCalendar - (await usedOf(manager, before, passing, pass, listing));
  const taken = passing
    ? [...events.values()].slice(0, Math.max(room, 0))
    : withRoomForNew([...events.values()], stored, room);
  const changed = taken.filter((event) => !isSame(event, stored.get(event.remoteId)));
  await write(manager, connection, calendarId, changed, stored, pass);
  let rest = 0;
  const listed = new Set(listing?.listed);
  if (passing) {
    for (const id of removed) listed.delete(id);
    for (const { remoteId } of taken) listed.add(remoteId);
    if (page.last) rest = await removeUnlisted(manager, calendarId, pass, listed);
    else await markListed(manager, calendarId, pass, taken);
  }
  const state = { ...before, cursor: page.cursor, pass, passing: passing && !page.last };
  const times = { windowFrom: window.from, windowTo: window.to };
  await manager.query(
    `UPDATE calendars SET \`cursor\` = ?, windowFrom = ?, windowTo = ?, pass = ?, passing = ?,
       readWholeAt = ${passing && page.last ? 'UTC_TIMESTAMP(3)' : 'readWholeAt'}, updatedAt = UTC_TIMESTAMP(3)
     WHERE id = ?`,
    [page.cursor, window.from, window.to, pass, Number(state.passing), calendarId],
  );
  return {
    state: { ...state, ...times },
    listing: passing ? { listed, isAll: listing?.isAll ?? false } : null,
    ...{ left: events.size - taken.length, written: changed.length, removed: gone + rest },
  };
}

/** The last word on each event, and what is not there; a series takes all that came of it before. */
function foldedOf({ changes }: EventsPage, window: CalendarWindow, own: ReadonlySet<string>) {
  const events = new Map<string, EventContent>();
  const removed = new Set<string>();
  for (const change of changes) {
    if (change.kind === 'removed') {
      removed.add(change.remoteId);
      for (const [id, { seriesId }] of events)
        if (id === change.remoteId || seriesId === change.remoteId) events.delete(id);
      continue;
    }
    const content = contentOf(change.event, window, own);
    if (content) events.set(content.remoteId, content);
    else {
      events.delete(change.event.remoteId);
      removed.add(change.event.remoteId);
    }
  }
  // What came back after it was gone is compared with what is here, and not made anew.
  return { events, removed: [...removed].filter((id) => !events.has(id)) };
}

/** A reading of all begins with its first page, and goes on where it was saved. */
function passOf({ pass, passing }: CalendarState, { whole }: EventsPage) {
  if (!whole) return { pass, passing };
  return passing ? { pass, passing } : { pass: pass + 1, passing: true };
}

async function usedOf(
  manager: EntityManager,
  { id }: CalendarState,
  passing: boolean,
  pass: number,
  listing: Listing | null,
): Promise<number> {
  if (passing && (listing?.isAll ?? false)) return listing?.listed.size ?? 0;
  const [{ used }] = await manager.query<[{ used: number | string }]>(
    `SELECT COUNT(*) AS used FROM calendar_events WHERE calendarId = ? ${passing ? 'AND pass = ?' : ''}`,
    [id, pass],
  );
  return Number(used);
}

function withRoomForNew(
  events: EventContent[],
  stored: ReadonlyMap<string, StoredEvent>,
  room: number,
): EventContent[] {
  let left = room;
  return events.filter(({ remoteId }) => stored.has(remoteId) || left-- > 0);
}

async function remove(manager: EntityManager, calendarId: Id, ids: readonly string[]): Promise<number> {
  let removed = 0;
  for (const some of chunks(ids)) {
    const { affectedRows } = await manager.query<{ affectedRows: number }>(
      'DELETE FROM calendar_events WHERE calendarId = ? AND (remoteId IN (?) OR seriesId IN (?))',
      [calendarId, some, some],
    );
    removed += affectedRows;
  }
  return removed;
}

const COLUMNS = [
  ...['remoteId', 'seriesId', 'startsAt', 'endsAt', 'allDay', 'title', 'location', 'isPrivate', 'shownAs'],
  ...['response', 'organizer', 'attendees', 'attendeeCount', 'joinUrl', 'webUrl'],
] as const satisfies readonly (keyof EventContent)[];

type StoredEvent = { id: Id } & Record<(typeof COLUMNS)[number], unknown>;

async function storedOf(
  manager: EntityManager,
  calendarId: Id,
  remoteIds: readonly string[],
): Promise<Map<string, StoredEvent>> {
  const stored = new Map<string, StoredEvent>();
  for (const some of chunks(remoteIds)) {
    const rows = await manager.query<StoredEvent[]>(
      `SELECT id, ${COLUMNS.join(', ')} FROM calendar_events WHERE calendarId = ? AND remoteId IN (?)`,
      [calendarId, some],
    );
    for (const row of rows) stored.set(String(row.remoteId), row);
  }
  return stored;
}

function isSame(event: EventContent, stored: StoredEvent | undefined): boolean {
  return stored !== undefined && COLUMNS.every((column) => plain(event[column]) === plain(stored[column]));
}

function plain(value: unknown): unknown {
  if (value instanceof Date) return value.getTime();
  return typeof value === 'boolean' ? Number(value) : value;
}

async function write(
  manager: EntityManager,
  { id: connectionId, accountId, ownerId }: ClaimedConnection,
  calendarId: Id,
  events: readonly EventContent[],
  stored: ReadonlyMap<string, StoredEvent>,
  pass: number,
): Promise<void> {
  const own = ['id', 'accountId', 'ownerId', 'connectionId', 'calendarId', 'pass'];
  const columns = [...own, ...COLUMNS];
  for (const some of packets(events)) {
    const rows = some.map((event) => [
      ...[stored.get(event.remoteId)?.id ?? newId(), accountId, ownerId, connectionId, calendarId, pass],
      ...COLUMNS.map((column) => event[column]),
    ]);
    await manager.query(
      `INSERT INTO calendar_events (${columns.join(', ')})
       VALUES ${rows.map((row) => `(${row.map(() => '?').join(', ')})`).join(', ')}
       ON DUPLICATE KEY UPDATE ${['pass', ...COLUMNS].map((column) => `${column} = VALUES(${column})`).join(', ')}`,
      rows.flat(),
    );
  }
}

/** Another process may have to go on, which has not seen what we saw. */
async function markListed(
  manager: EntityManager,
  calendarId: Id,
  pass: number,
  events: readonly EventContent[],
): Promise<void> {
  for (const some of chunks(events.map(({ remoteId }) => remoteId)))
    await manager.query(
      'UPDATE calendar_events SET pass = ? WHERE calendarId = ? AND remoteId IN (?) AND pass <> ?',
      [pass, calendarId, some, pass],
    );
}

async function removeUnlisted(
  manager: EntityManager,
  calendarId: Id,
  pass: number,
  listed: ReadonlySet<string>,
): Promise<number> {
  const older = await manager.query<{ id: Id; remoteId: string }[]>(
    'SELECT id, remoteId FROM calendar_events WHERE calendarId = ? AND pass <> ?',
    [calendarId, pass],
  );
  const gone = older.filter(({ remoteId }) => !listed.has(remoteId)).map(({ id }) => id);
  for (const some of chunks(gone)) await manager.query('DELETE FROM calendar_events WHERE id IN (?)', [some]);
  return gone.length;
}

function* chunks<Item>(items: readonly Item[]): Generator<Item[]> {
  for (let from = 0; from < items.length; from += CHUNK) yield items.slice(from, from + CHUNK);
}

function* packets(events: readonly EventContent[]): Generator<EventContent[]> {
  let packet: EventContent[] = [];
  let characters = 0;
  for (const event of events) {
    packet.push(event);
    characters += event.attendees.length;
    if (packet.length < CHUNK && characters < CHUNK_CHARACTERS) continue;
    yield packet;
    packet = [];
    characters = 0;
  }
  if (packet.length > 0) yield packet;
}
