import { type EntityManager } from 'typeorm';
import { newId, type Id } from '../../database/id.js';
import { type Statements } from '../../imports/import-kind.js';
import { type Brake } from '../connection.entities.js';
import { storedCloudContacts } from '../contacts/cloud-contact-writes.js';
import { reviveInPlace } from '../contacts/revive-in-place.js';
import { braked } from './brake.js';
import { type Run } from './run.js';

/** What the brake lets through of what was deleted here. */
export interface Braking {
  /** Scopes whose deletions wait for the owner. */
  held: ReadonlySet<string>;
  /** Of those, the ones they were not asked about before. */
  asked: string[];
}

/** The scope of a folder whose contacts are read together with all others. */
const BOOK = 'book';

/**
 * Counts what would be deleted there, folder by folder, and asks before it is too much of one. What the owner wants to keep comes
 * out of the bin.
 */
export async function brakePush(run: Run): Promise<Braking> {
  const brakes = await brakesOf(run.statements, run.connection.id);
  const counts = await countsOf(run.statements, run);
  const held = new Set<string>();
  const asked: string[] = [];
  for (const scopeKey of new Set([...brakes.keys(), ...counts.keys()])) {
    const brake = brakes.get(scopeKey) ?? null;
    const { deleted, of } = counts.get(scopeKey) ?? { deleted: 0, of: 0 };
    if (deleted === 0 && brake?.direction !== 'there') continue;
    const now = braked(brake, { direction: 'there', deleted, of }, new Date());
    // Decided, and done: the next time is another question.
    if (deleted === 0 && now.brake?.direction === 'there') now.brake = null;
    if (now.verdict === 'wait') held.add(scopeKey);
    if (now.verdict === 'wait' && brake?.direction !== 'there') asked.push(scopeKey);
    if (now.verdict === 'keep') await keep(run, scopeKey);
    else if (now.brake !== brake) await saveBrake(run, scopeKey, now.brake);
  }
  return { held, asked };
}

/** The scopes a contact is in. */
export function scopeKeysOf(run: Run, folderIds: readonly Id[]): readonly string[] {
  return run.connector.scope === 'book' ? [BOOK] : folderIds;
}

async function brakesOf(database: Statements, connectionId: Id): Promise<Map<string, Brake>> {
  const rows = await database.query<{ scopeKey: string; brake: string }[]>(
    'SELECT scopeKey, brake FROM sync_scopes WHERE connectionId = ? AND brake IS NOT NULL',
    [connectionId],
  );
  return new Map(rows.map(({ scopeKey, brake }) => [scopeKey, JSON.parse(brake) as Brake]));
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

async function saveBrake({ lease, connection }: Run, scopeKey: string, brake: Brake | null): Promise<void> {
  await lease.save((manager) =>
    manager.query(
      `INSERT INTO sync_scopes (id, accountId, connectionId, scopeKey, brake) VALUES (?, ?, ?, ?, ?)
       ON DUPLICATE KEY UPDATE brake = VALUES(brake)`,
      [newId(), connection.accountId, connection.id, scopeKey, brake && JSON.stringify(brake)],
    ),
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
