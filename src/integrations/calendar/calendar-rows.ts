import { type Id } from '../../database/id.js';
import { type Statements } from '../../imports/import-kind.js';

/*
 * Calendars and events are copies: what ends gives them up at once, and reads them again when it goes on. The caller holds the rows
 * of the connections.
 */

/** The events, and how far they were read; which calendars were chosen stays for whoever comes back. */
export async function forgetEvents(manager: Statements, connectionIds: readonly Id[]): Promise<void> {
  if (connectionIds.length === 0) return;
  await manager.query('DELETE FROM calendar_events WHERE connectionId IN (?)', [connectionIds]);
  await manager.query(`UPDATE calendars SET ${UNREAD} WHERE connectionId IN (?)`, [connectionIds]);
  await manager.query(
    'UPDATE connections SET calendarsListedAt = NULL, calendarProblem = NULL WHERE id IN (?)',
    [connectionIds],
  );
}

/** All of it: calendars may not be read any more. */
export async function forgetCalendars(manager: Statements, connectionIds: readonly Id[]): Promise<void> {
  if (connectionIds.length === 0) return;
  await forgetEvents(manager, connectionIds);
  await manager.query('DELETE FROM calendars WHERE connectionId IN (?)', [connectionIds]);
}

/**
 * After what a connection may was changed, or it came back: calendars that may not be read go, those that may be for the first time
 * are read at once.
 */
export async function settleCalendars(manager: Statements, connectionId: Id): Promise<void> {
  const [row] = await manager.query<{ calendar: string }[]>('SELECT calendar FROM connections WHERE id = ?', [
    connectionId,
  ]);
  if (row?.calendar === 'none') return forgetCalendars(manager, [connectionId]);
  await manager.query(
    `UPDATE connections SET askedAt = UTC_TIMESTAMP(3), nextRunAt = UTC_TIMESTAMP(3), wakeAt = UTC_TIMESTAMP(3)
     WHERE id = ? AND state = 'connected' AND calendarsListedAt IS NULL`,
    [connectionId],
  );
}

/** Nothing of a calendar is here, in SQL. */
export const UNREAD = `\`cursor\` = NULL, windowFrom = NULL, windowTo = NULL, readWholeAt = NULL, readAt = NULL, passing = 0,
  problem = NULL, updatedAt = UTC_TIMESTAMP(3)`;
