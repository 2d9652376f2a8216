import { type Id } from '../../database/new-id.js';
import { type Statements } from '../../imports/import-kind.js';
import { parsedChanges, restoredValues } from '../../journal/restored-values.js';
import { standingRemovals } from '../../journal/standing-removals.js';
import { journaled, type StoredCloudContact } from '../contacts/cloud-contact-row.js';
import { cloudContactsOf, SUBJECT } from '../contacts/cloud-contact-writes.js';
import { undoPlan, type UndoneEntry, type UndoPlan } from './undo-plan.js';

/** Contacts of one statement. */
const STEP = 500;

/**
 * What taking a batch back would do to what there is now.
 * @param lock holds the contacts until the transaction ends, whose connections are held
 */
export async function planOf(
  database: Statements,
  ownerId: Id,
  batchId: Id,
  { lock = false }: { lock?: boolean } = {},
): Promise<UndoPlan> {
  const all: UndoPlan = { remove: [], restore: [], change: [], kept: [] };
  const folders = await livingFolderIds(database, ownerId);
  for (let after = ''; ;) {
    const entries = await entriesAfter(database, batchId, after);
    const ids = entries.map(({ subjectId }) => subjectId);
    const contacts = await cloudContactsOf(database, ownerId, { ids, lock, deleted: 'both' });
    await leaveEnded(database, ownerId, contacts);
    const inBin = [...contacts.values()].filter(({ deletedAt }) => deletedAt !== null).map(({ id }) => id);
    const removals = await standingRemovals(database, inBin, batchId);
    const restored = entries.filter(({ action }) => action === 'restored').map(({ subjectId }) => subjectId);
    const atRestoring = await restoredValues(database, restored, batchId, journaled);
    const plan = undoPlan(entries, { contacts, folders, removals, atRestoring });
    all.remove.push(...plan.remove);
    all.restore.push(...plan.restore);
    all.change.push(...plan.change);
    all.kept.push(...plan.kept);
    if (entries.length < STEP) return all;
    after = ids[STEP - 1];
  }
}

/** What is left of a mailbox that is not connected any more is no contact to change. */
async function leaveEnded(
  database: Statements,
  ownerId: Id,
  contacts: Map<Id, StoredCloudContact>,
): Promise<void> {
  const rows = await database.query<{ id: Id }[]>(
    "SELECT id FROM connections WHERE userId = ? AND state <> 'ended'",
    [ownerId],
  );
  const living = new Set(rows.map(({ id }) => id));
  for (const { id, connectionId } of [...contacts.values()])
    if (!living.has(connectionId)) contacts.delete(id);
}

async function livingFolderIds(database: Statements, ownerId: Id): Promise<Set<Id>> {
  const rows = await database.query<{ id: Id }[]>(
    'SELECT id FROM cloud_folders WHERE ownerId = ? AND living = 1',
    [ownerId],
  );
  return new Set(rows.map(({ id }) => id));
}

async function entriesAfter(database: Statements, batchId: Id, after: Id): Promise<UndoneEntry[]> {
  const rows = await database.query<(Omit<UndoneEntry, 'changes'> & { changes: string | null })[]>(
    `SELECT subjectId, action, changes FROM journal_entries
     WHERE batchId = ? AND subjectId > ? AND subjectType = ? ORDER BY subjectId LIMIT ${STEP}`,
    [batchId, after, SUBJECT],
  );
  return rows.map((row) => ({ ...row, changes: parsedChanges(row.changes) }));
}
