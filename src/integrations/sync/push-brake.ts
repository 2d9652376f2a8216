import { type EntityManager } from 'typeorm';
import { type Id } from '../../database/id.js';
import { type Statements } from '../../imports/import-kind.js';
import { type Brake } from '../connection.entities.js';
import { storedCloudContacts } from '../contacts/cloud-contact-writes.js';
import { reviveInPlace } from '../contacts/revive-in-place.js';
import { type Run } from './run.js';
import { countAgainstBrake, type Ask } from './standing-brake.js';

/** The scope of a folder whose contacts are read together with all others. */
const BOOK = 'book';

/**
 * Counts what would be deleted there, folder by folder, and asks before it is too much of one. What the owner wants to keep comes
 * out of the bin.
 * @returns the scopes whose deletions wait for the owner
 */
export async function brakePush(run: Run, ask: Ask): Promise<ReadonlySet<string>> {
  const asking = await scopesAsking(run.statements, run.connection.id);
  const counts = await countsOf(run.statements, run);
  const held = new Set<string>();
  for (const scopeKey of new Set([...asking, ...counts.keys()])) {
    const { deleted, of } = counts.get(scopeKey) ?? { deleted: 0, of: 0 };
    if (deleted === 0 && !asking.has(scopeKey)) continue;
    const { verdict } = await countAgainstBrake(run, scopeKey, { direction: 'there', deleted, of }, ask);
    if (verdict === 'wait') held.add(scopeKey);
    if (verdict === 'keep') await keep(run, scopeKey);
  }
  return held;
}

/** The scopes a contact is in. */
export function scopeKeysOf(run: Run, folderIds: readonly Id[]): readonly string[] {
  return run.connector.scope === 'book' ? [BOOK] : folderIds;
}

/** Those with a question about what was deleted here, also one that is answered. */
async function scopesAsking(database: Statements, connectionId: Id): Promise<Set<string>> {
  const rows = await database.query<{ scopeKey: string; brake: string }[]>(
    'SELECT scopeKey, brake FROM sync_scopes WHERE connectionId = ? AND brake IS NOT NULL',
    [connectionId],
  );
  const asking = rows.filter(({ brake }) => (JSON.parse(brake) as Brake).direction === 'there');
  return new Set(asking.map(({ scopeKey }) => scopeKey));
}

interface Counts {
  deleted: number;
  /** All the provider has as far as we know. */
  of: number;
}

/** By scope, where something is to be deleted. */
async function countsOf(database: Statements, run: Run): Promise<Map<string, Counts>> {
  const { id } = run.connection;
  const [{ waiting }] = await database.query<[{ waiting: number | string }]>(
    "SELECT COUNT(*) AS waiting FROM cloud_contacts WHERE connectionId = ? AND pending = 'remove'",
    [id],
  );
  if (Number(waiting) === 0) return new Map();
  const book = run.connector.scope === 'book';
  const rows = await database.query<{ scopeKey: string; deleted: number | string; of: number | string }[]>(
    `SELECT ${book ? `'${BOOK}'` : 'f.folderId'} AS scopeKey, SUM(c.pending <=> 'remove') AS deleted, COUNT(*) AS \`of\`
     FROM cloud_contacts c ${book ? '' : 'JOIN cloud_contact_folders f ON f.contactId = c.id'}
     WHERE c.connectionId = ? AND c.agreed IS NOT NULL AND c.remoteId IS NOT NULL GROUP BY scopeKey`,
    [id],
  );
  return new Map(
    rows.map(({ scopeKey, deleted, of }) => [scopeKey, { deleted: Number(deleted), of: Number(of) }]),
  );
}

/** The owner did not mean to delete them. */
async function keep(run: Run, scopeKey: string): Promise<void> {
  await run.save(async ({ manager, act, count }) => {
    const ids = await removedIn(manager, run, scopeKey);
    const which = { ids, deleted: true, lock: true };
    const contacts = [...(await storedCloudContacts(manager, run.connection.id, which)).values()];
    if (contacts.length > 0) await reviveInPlace(manager, await act(), contacts);
    count({ addedHere: contacts.length });
    await manager.query('UPDATE sync_scopes SET brake = NULL WHERE connectionId = ? AND scopeKey = ?', [
      run.connection.id,
      scopeKey,
    ]);
  });
}

async function removedIn(manager: EntityManager, run: Run, scopeKey: string): Promise<Id[]> {
  const inFolder =
    scopeKey === BOOK ? '' : 'JOIN cloud_contact_folders f ON f.contactId = c.id AND f.folderId = ?';
  const rows = await manager.query<{ id: Id }[]>(
    `SELECT c.id FROM cloud_contacts c ${inFolder} WHERE c.connectionId = ? AND c.pending = 'remove'`,
    [...(scopeKey === BOOK ? [] : [scopeKey]), run.connection.id],
  );
  return rows.map(({ id }) => id);
}
