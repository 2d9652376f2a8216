import { type EntityManager } from 'typeorm';
import { emptyChanges } from '../../accounts/erasure-final.js';
import { deleteReach } from '../../accounts/further-reach.js';
import { type Id } from '../../database/id.js';

/** Subjects of one statement. */
const CHUNK = 500;

/** Whose rows go over, or go, with their owner as they are. */
export const ownedTables = [
  ...['cloud_conflicts', 'cloud_contact_folders', 'cloud_contact_reach', 'cloud_contacts', 'cloud_folders'],
  'sync_runs',
  ...['calendars', 'calendar_events'],
] as const;

/** For good, with what the journal says of them; the caller holds the connection. */
export async function eraseCloudContacts(
  manager: EntityManager,
  accountId: Id,
  ids: readonly Id[],
): Promise<void> {
  for (let from = 0; from < ids.length; from += CHUNK) {
    const some = ids.slice(from, from + CHUNK);
    await manager.query('DELETE FROM cloud_conflicts WHERE contactId IN (?)', [some]);
    await manager.query('DELETE FROM cloud_contact_folders WHERE contactId IN (?)', [some]);
    await deleteReach(manager, 'cloud_contacts', some);
    await manager.query('DELETE FROM cloud_contacts WHERE id IN (?) AND accountId = ?', [some, accountId]);
    await emptyChanges(manager, accountId, some);
  }
}

/** Connections that hold no contacts any more, with all that is left of them. */
export async function eraseConnections(manager: EntityManager, ids: readonly Id[]): Promise<void> {
  if (ids.length === 0) return;
  for (const table of ['cloud_conflicts', 'cloud_folders', 'sync_scopes', 'sync_runs', 'connection_secrets'])
    await manager.query(`DELETE FROM ${table} WHERE connectionId IN (?)`, [ids]);
  for (const table of ['calendar_events', 'calendars'])
    await manager.query(`DELETE FROM ${table} WHERE connectionId IN (?)`, [ids]);
  await manager.query('DELETE FROM connections WHERE id IN (?)', [ids]);
}
