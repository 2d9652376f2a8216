import { type Id } from '../../database/new-id.js';
import { type Affected, type ImportKind, type Row, type Statements } from '../import-kind.js';
import { fromStored, settleProposals, toStored } from '../rows.js';
import { countsOf, idAt, letterOf, PLACES } from '../stored-rows.js';
import {
  advance,
  factsOf,
  readImport,
  storedBatches,
  type ImportRecord,
  type StoredBatch,
} from './import-record.js';
import { type JobClaim, type ThreadDatabase } from './thread-database.js';

/** Tells how far a step is; resolves when the next rows may be taken. */
export type Progress = (rows: number) => void;

/**
 * Writes the right rows, a batch and its mark in one transaction, so that a process may end at any moment and the next
 * goes on after the last mark. The ids of new rows were fixed by the check: a manager further down is known.
 */
export async function writeStep(
  { reader, writer }: { reader: ThreadDatabase; writer: ThreadDatabase },
  kind: ImportKind,
  importId: Id,
  job: JobClaim,
): Promise<void> {
  const record = await readImport(writer, importId, 'importing');
  if (!record?.batchId) return;
  const bases = new Map<number, Id>();
  const idOf = (ref: number) => idAt(bases.get(Math.floor(ref / PLACES)) ?? '', ref % PLACES);
  const facts = factsOf(record);
  const writing = kind.writing(facts, idOf);
  let done = 0;
  for await (const batch of storedBatches(reader, record)) {
    bases.set(batch.batch, batch.stored.base);
    for (const row of rowsOf(batch, record)) writing.survey(settleProposals(row, facts.proposals));
    if (batch.written) done += batch.rowCount;
  }
  const { batchId } = record;
  await writer.transaction(job, async (transaction) => {
    await writing.prepare(transaction, batchId);
    await advance(transaction, record, { rowsDone: done });
  });
  for await (const batch of storedBatches(reader, record, { written: false })) {
    await writer.transaction(job, async (transaction) => {
      if (!(await claimBatch(transaction, importId, batch.batch))) return;
      const rows = rowsOf(batch, record).map((row) => settleProposals(row, facts.proposals));
      await writing.writeBatch(
        transaction,
        rows.filter(({ verdict }) => verdict === 'new' || verdict === 'changed'),
        batchId,
      );
      if (rows.some(({ verdict }, place) => letterOf[verdict] !== batch.stored.rows[place][1])) {
        const stored = rows.map((row) => toStored(row, facts.columns));
        await transaction.query(
          'UPDATE import_batches SET `rows` = ?, counts = ? WHERE importId = ? AND batch = ?',
          [
            JSON.stringify({ base: batch.stored.base, rows: stored }),
            JSON.stringify(countsOf(stored)),
            importId,
            batch.batch,
          ],
        );
      }
      await advance(transaction, record, { rowsDone: done + batch.rowCount });
    });
    done += batch.rowCount;
  }
  await writer.transaction(job, async (transaction) => {
    await writing.finish(transaction, batchId);
    await advance(transaction, record, {
      state: 'done',
      runningKey: null,
      rowsDone: record.rowsTotal,
      counts: await outcome(transaction, record, batchId),
      finishedAt: new Date(),
    });
    // Read anew it will not be; the rows to correct stay for the error file.
    await transaction.query('DELETE FROM import_pieces WHERE importId = ?', [importId]);
  });
}

function rowsOf({ batch, stored }: StoredBatch, { reading }: ImportRecord): Row[] {
  return stored.rows.map((row, place) => fromStored(batch * PLACES + place, row, reading.columns));
}

/** One UPDATE decides who writes a batch; whoever finds it written passes on. */
async function claimBatch(transaction: Statements, importId: Id, batch: number): Promise<boolean> {
  const { affectedRows } = await transaction.query<Affected>(
    'UPDATE import_batches SET written = 1 WHERE importId = ? AND batch = ? AND written = 0',
    [importId, batch],
  );
  return affectedRows === 1;
}

/** Counted from what was written, so it is exact after any number of interruptions. */
async function outcome(
  transaction: Statements,
  record: ImportRecord,
  batchId: Id,
): Promise<Record<string, number>> {
  const [{ created }] = await transaction.query<{ created: number }[]>(
    `SELECT COUNT(*) AS created FROM journal_entries WHERE batchId = ? AND line IS NOT NULL`,
    [batchId],
  );
  return { ...(await sumOfCounts(transaction, record)), written: created };
}

export async function sumOfCounts(
  database: Statements,
  { id, readingNumber }: Pick<ImportRecord, 'id' | 'readingNumber'>,
): Promise<Record<string, number>> {
  const batches = await database.query<{ counts: string; rowCount: number }[]>(
    'SELECT counts, rowCount FROM import_batches WHERE importId = ? AND readingNumber = ?',
    [id, readingNumber],
  );
  const sum: Record<string, number> = { rows: 0, n: 0, c: 0, s: 0, k: 0, w: 0, o: 0 };
  for (const { counts, rowCount } of batches) {
    sum.rows += rowCount;
    for (const [letter, count] of Object.entries(JSON.parse(counts) as Record<string, number>))
      sum[letter] = (sum[letter] ?? 0) + count;
  }
  return sum;
}
