import { type EntityManager } from 'typeorm';
import { limits } from '../../config/limits.js';
import { newId, type Id } from '../../database/id.js';
import { type RemoteCalendar } from '../calendar-connector.js';
import { type ClaimedConnection } from '../sync/lease.js';
import { calendarOf } from './event-row.js';

interface Kept {
  id: Id;
  remoteId: string;
  name: string;
  colour: string | null;
  isPrimary: number;
  access: RemoteCalendar['access'];
  chosen: number;
}

/**
 * Writes down which calendars there are, in the transaction of a save: what changed of one, new ones (of which the person's own is
 * chosen), and that others are gone with their events.
 */
export async function saveCalendars(
  manager: EntityManager,
  connection: ClaimedConnection,
  listed: readonly RemoteCalendar[],
): Promise<void> {
  const kept = await manager.query<Kept[]>(
    'SELECT id, remoteId, name, colour, isPrimary, access, chosen FROM calendars WHERE connectionId = ? FOR UPDATE',
    [connection.id],
  );
  const known = new Map(kept.map((calendar) => [calendar.remoteId, calendar]));
  const there = usableOf(listed, known);
  const gone = kept.filter(({ remoteId }) => !there.has(remoteId)).map(({ id }) => id);
  if (gone.length > 0) {
    await manager.query('DELETE FROM calendar_events WHERE calendarId IN (?)', [gone]);
    await manager.query('DELETE FROM calendars WHERE id IN (?)', [gone]);
  }
  const changed = [...there.values()].filter((calendar) => isChanged(calendar, known.get(calendar.remoteId)));
  if (changed.length > 0) await write(manager, connection, changed, known);
  await manager.query('UPDATE connections SET calendarsListedAt = UTC_TIMESTAMP(3) WHERE id = ?', [
    connection.id,
  ]);
}

/** By remote id; of more than are kept first those that are here already, and one own calendar at most. */
function usableOf(
  listed: readonly RemoteCalendar[],
  known: ReadonlyMap<string, Kept>,
): Map<string, RemoteCalendar> {
  const usable = listed.map(calendarOf).filter((calendar) => calendar !== null);
  const weight = ({ remoteId, isPrimary }: RemoteCalendar) =>
    isPrimary || known.get(remoteId)?.chosen ? 0 : known.has(remoteId) ? 1 : 2;
  const sorted = usable.sort((one, other) => weight(one) - weight(other));
  const there = new Map<string, RemoteCalendar>();
  let hasOwn = false;
  for (const calendar of sorted) {
    if (there.has(calendar.remoteId)) continue;
    if (there.size === limits.calendarsPerConnection) break;
    there.set(calendar.remoteId, { ...calendar, isPrimary: calendar.isPrimary && !hasOwn });
    hasOwn ||= calendar.isPrimary;
  }
  return there;
}

function isChanged(calendar: RemoteCalendar, before: Kept | undefined): boolean {
  return (
    !before ||
    before.name !== calendar.name ||
    before.colour !== calendar.colour ||
    Boolean(before.isPrimary) !== calendar.isPrimary ||
    before.access !== calendar.access
  );
}

async function write(
  manager: EntityManager,
  { id: connectionId, accountId, ownerId }: ClaimedConnection,
  calendars: readonly RemoteCalendar[],
  known: ReadonlyMap<string, Kept>,
): Promise<void> {
  const now = new Date();
  const rows = calendars.map(({ remoteId, name, colour, isPrimary, access }) => {
    const before = known.get(remoteId);
    const own = [before?.id ?? newId(), accountId, ownerId, connectionId, remoteId];
    return [...own, name, colour, Number(isPrimary), access, before?.chosen ?? Number(isPrimary), now, now];
  });
  await manager.query(
    `INSERT INTO calendars (id, accountId, ownerId, connectionId, remoteId, name, colour, isPrimary, access, chosen,
       createdAt, updatedAt)
     VALUES ${rows.map((row) => `(${row.map(() => '?').join(', ')})`).join(', ')}
     ON DUPLICATE KEY UPDATE name = VALUES(name), colour = VALUES(colour), isPrimary = VALUES(isPrimary),
       access = VALUES(access), updatedAt = VALUES(updatedAt)`,
    rows.flat(),
  );
}
