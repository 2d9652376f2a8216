import { type Id } from '../../database/new-id.js';
import { type ImportKind, type KeptSubject, type UndoFacts } from '../import-kind.js';
import { advance, readImport } from './import-record.js';
import { type JobClaim, type ThreadDatabase } from './thread-database.js';

/** How many of what an undo left are named on the page; the rest is counted. */
const NAMED = 200;

/**
 * Takes back what an import did, some hundred subjects in a transaction, or takes that back again. Each step looks at
 * what is there, so a second run after a crash finds only what is left.
 */
export async function undoStep(
  { writer }: { writer: ThreadDatabase },
  kind: ImportKind,
  importId: Id,
  job: JobClaim,
): Promise<void> {
  const record = await readImport(writer, importId, 'undoing', 'redoing');
  if (!record?.batchId) return;
  const redo = record.state === 'redoing';
  const { accountId, ownerId, batchId, undoBatchId } = record;
  const ownBatchId = redo ? record.summary?.redoBatchId : undoBatchId;
  if (!undoBatchId || !ownBatchId) return;
  const facts: UndoFacts = { accountId, ownerId, batchId, undoBatchId, ownBatchId, now: new Date() };
  const undoing = redo ? kind.redoing(facts) : kind.undoing(facts);
  const kept: KeptSubject[] = [];
  let keptCount = 0;
  let done = 0;
  let next: Id | null = null;
  do {
    const after = next;
    const step = await writer.transaction(job, async (transaction) => {
      const taken = await undoing.undoStep(transaction, after);
      await advance(transaction, record, { rowsDone: done + taken.done });
      return taken;
    });
    done += step.done;
    keptCount += step.kept.length;
    kept.push(...step.kept.slice(0, NAMED - kept.length));
    next = step.next;
  } while (next !== null);
  await writer.transaction(job, async (transaction) => {
    await undoing.finish(transaction);
    await transaction.query('UPDATE journal_batches SET undoneAt = ? WHERE id = ?', [
      redo ? null : facts.now,
      batchId,
    ]);
    await advance(transaction, record, {
      state: redo ? 'done' : 'undone',
      undoBatchId: redo ? null : undoBatchId,
      summary: { ...record.summary, kept, keptCount, redoBatchId: undefined },
      finishedAt: new Date(),
    });
  });
}
