import { type Id } from '../database/new-id.js';

interface Statements {
  query<Result>(sql: string, values?: unknown[]): Promise<Result>;
}

/**
 * Which of these deleted subjects are in the bin by this act: it put them there, and if they came out since, that was
 * undone. Read from the journal, where deleting, restoring, undoing and undoing that follow each other.
 */
export async function standingRemovals(database: Statements, ids: readonly Id[], act: Id): Promise<Set<Id>> {
  if (ids.length === 0) return new Set();
  // Of hundreds of subjects servers would rather read every entry there is, where few acts were done.
  const rows = await database.query<Step[]>(
    `SELECT e.subjectId, e.batchId, e.action, b.undoes
     FROM journal_entries e FORCE INDEX (ix_journal_entries_subject) STRAIGHT_JOIN journal_batches b ON b.id = e.batchId
     WHERE e.subjectId IN (?) AND e.action IN ('removed', 'restored') ORDER BY e.subjectId, e.batchId`,
    [ids],
  );
  const steps = new Map<Id, Step[]>();
  for (const row of rows) steps.set(row.subjectId, [...(steps.get(row.subjectId) ?? []), row]);
  return new Set([...steps].filter(([, past]) => removalOf(past).has(act)).map(([id]) => id));
}

interface Step {
  subjectId: Id;
  batchId: Id;
  action: 'removed' | 'restored';
  undoes: Id | null;
}

/** Every batch whose undo would bring it out of the bin. */
function removalOf(past: readonly Step[]): Set<Id> {
  /** By batch that restored it, what had put it into the bin. */
  const ended = new Map<Id, Set<Id>>();
  let standing = new Set<Id>();
  for (const { batchId, action, undoes } of past)
    if (action === 'restored') {
      ended.set(batchId, standing);
      standing = new Set();
    } else standing = new Set([...((undoes && ended.get(undoes)) ?? []), batchId]);
  return standing;
}
