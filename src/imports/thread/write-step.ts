import { type Id } from '../../database/new-id.js';
import {
  type Affected,
  type ImportKind,
  type ImportWriting,
  type Row,
  type Statements,
} from '../import-kind.js';
import { fromStored, settleProposals, toStored } from '../rows.js';
import { WriteRefused } from '../write-refused.js';
import { countsOf, idAt, letterOf, PLACES, type StoredRow, type StoredRows } from '../stored-rows.js';
import {
  advance,
  factsOf,
  readImport,
  storedBatches,
  type ImportRecord,
  type StoredBatch,
} from './import-record.js';
import { Superseded, type JobClaim, type ThreadDatabase } from './thread-database.js';

/** Changed rows of one transaction. */
const WRITTEN_TOGETHER = 500;
/** The rows of a file up to this size are held in memory while it is written. */
const KEPT_BYTES = 2 * 1024 * 1024;

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
  if (kind.atomic) return writeAtOnce({ reader, writer }, kind, record, job);
  const { writing, done: written } = await surveyed(reader, kind, record);
  let done = written;
  const { changedOnly = false } = writing;
  const { batchId } = record;
  await writer.transaction(job, async (transaction) => {
    await writing.prepare(transaction, batchId);
    await advance(transaction, record, { rowsDone: done });
  });
  for await (const pieces of together(reader, record, changedOnly)) {
    const count = pieces.reduce((sum, { rowCount }) => sum + rowCount, 0);
    await writer.transaction(job, async (transaction) => {
      await writePieces(transaction, record, writing, pieces);
      await advance(transaction, record, { rowsDone: done + count });
    });
    done += count;
  }
  await writer.transaction(job, (transaction) => end(transaction, record, writing));
}

/**
 * All rows in one transaction: whoever is interrupted leaves nothing. What the kind holds is made anew for each try. When
 * it says that the whole cannot be, the import waits for the person again and says why.
 */
async function writeAtOnce(
  { reader, writer }: { reader: ThreadDatabase; writer: ThreadDatabase },
  kind: ImportKind,
  record: ImportRecord,
  job: JobClaim,
): Promise<void> {
  try {
    await writer.transaction(job, async (transaction) => {
      const { writing, batches } = await surveyed(reader, kind, record);
      await writing.prepare(transaction, record.batchId ?? '');
      if (batches)
        await writePieces(
          transaction,
          record,
          writing,
          batches.map((each) => pieceOf(each, false)),
        );
      else
        for await (const batch of storedBatches(reader, record))
          await writePieces(transaction, record, writing, [pieceOf(batch, false)]);
      await end(transaction, record, writing);
    });
  } catch (error) {
    if (!(error instanceof WriteRefused)) throw error;
    await writer.transaction(job, async (transaction) => {
      await transaction.query('DELETE FROM journal_batches WHERE id = ?', [record.batchId]);
      await advance(transaction, record, {
        ...{ state: 'checked', problem: error.problem, runningKey: null, batchId: null },
        rowsDone: record.rowsTotal,
      });
    });
  }
}

/**
 * A kind that has seen every row, and how many rows of an earlier run are written; of a small file that is written at once also
 * its batches, which are not read again.
 */
async function surveyed(
  reader: ThreadDatabase,
  kind: ImportKind,
  record: ImportRecord,
): Promise<{ writing: ImportWriting; done: number; batches: StoredBatch[] | null }> {
  const bases = new Map<number, Id>();
  const idOf = (ref: number) => idAt(bases.get(Math.floor(ref / PLACES)) ?? '', ref % PLACES);
  const facts = factsOf(record);
  const writing = kind.writing(facts, idOf);
  const { changedOnly = false } = writing;
  const batches: StoredBatch[] | null = kind.atomic && record.fileBytes <= KEPT_BYTES ? [] : null;
  let done = 0;
  for await (const batch of storedBatches(reader, record, { changed: changedOnly })) {
    bases.set(batch.batch, batch.stored.base);
    for (const row of rowsOf(pieceOf(batch, changedOnly), record))
      writing.survey(settleProposals(row, facts.proposals));
    if (batch.written) done += batch.rowCount;
    batches?.push(batch);
  }
  return { writing, done, batches };
}

async function writePieces(
  transaction: Statements,
  record: ImportRecord,
  writing: ImportWriting,
  pieces: readonly Piece[],
): Promise<void> {
  if (!(await claimBatches(transaction, record.id, pieces))) return;
  const proposals = record.options?.proposals ?? false;
  const batches = pieces.map((piece) => rowsOf(piece, record).map((row) => settleProposals(row, proposals)));
  await writing.writeBatch(
    transaction,
    batches.flat().filter(({ verdict }) => verdict === 'new' || verdict === 'changed'),
    record.batchId ?? '',
  );
  for (const [index, rows] of batches.entries())
    await restore(transaction, record, pieces[index], rows, writing.changedOnly ?? false);
}

async function end(transaction: Statements, record: ImportRecord, writing: ImportWriting): Promise<void> {
  const batchId = record.batchId ?? '';
  const told = await writing.finish(transaction, batchId);
  await advance(transaction, record, {
    state: 'done',
    runningKey: null,
    rowsDone: record.rowsTotal,
    counts: { ...(await outcome(transaction, record, batchId)), ...told?.counts },
    ...(told?.removal ? { summary: { ...record.summary, removal: told.removal } } : {}),
    finishedAt: new Date(),
  });
  // Read anew it will not be; the rows to correct stay for the error file.
  await transaction.query('DELETE FROM import_pieces WHERE importId = ?', [record.id]);
}

/** What is written of one batch: all its rows, or the changed ones. */
interface Piece {
  batch: number;
  rowCount: number;
  base: Id;
  rows: { place: number; stored: StoredRow }[];
}

function pieceOf({ batch, rowCount, stored }: StoredBatch, changedOnly: boolean): Piece {
  const rows = stored.rows.map((row, place) => ({ place, stored: row }));
  return {
    ...{ batch, rowCount, base: stored.base },
    rows: changedOnly ? rows.filter(({ stored: [, letter] }) => letter === 'c') : rows,
  };
}

/** What one transaction writes: a batch; or of a file with few changes as many batches as have some hundred together. */
async function* together(
  reader: ThreadDatabase,
  record: ImportRecord,
  changedOnly: boolean,
): AsyncGenerator<Piece[]> {
  let pieces: Piece[] = [];
  let rows = 0;
  for await (const batch of storedBatches(reader, record, { written: false, changed: changedOnly })) {
    const piece = pieceOf(batch, changedOnly);
    if (!changedOnly) {
      yield [piece];
      continue;
    }
    if (pieces.length > 0 && rows + piece.rows.length > WRITTEN_TOGETHER) {
      yield pieces;
      pieces = [];
      rows = 0;
    }
    pieces.push(piece);
    rows += piece.rows.length;
  }
  if (pieces.length > 0) yield pieces;
}

function rowsOf({ batch, rows }: Piece, { reading }: ImportRecord): Row[] {
  return rows.map(({ place, stored }) => fromStored(batch * PLACES + place, stored, reading.columns));
}

/** One UPDATE decides who writes batches; whoever finds them written passes on. */
async function claimBatches(
  transaction: Statements,
  importId: Id,
  pieces: readonly Piece[],
): Promise<boolean> {
  const { affectedRows } = await transaction.query<Affected>(
    'UPDATE import_batches SET written = 1 WHERE importId = ? AND batch IN (?) AND written = 0',
    [importId, pieces.map(({ batch }) => batch)],
  );
  if (affectedRows === pieces.length) return true;
  // They are claimed together or not at all.
  if (affectedRows > 0) throw new Superseded('Some of the rows are written');
  return false;
}

/** Keeps what writing found out about the rows of a batch, if it found anything. */
async function restore(
  transaction: Statements,
  { id, reading: { columns } }: ImportRecord,
  { batch, base, rows: before }: Piece,
  rows: readonly Row[],
  changedOnly: boolean,
): Promise<void> {
  const isOther = (row: Row, place: number) =>
    letterOf[row.verdict] !== before[place].stored[1] || row.meanwhile !== before[place].stored[3]?.m;
  if (!rows.some(isOther)) return;
  let stored = rows.map((row) => toStored(row, columns));
  if (changedOnly) {
    const [{ whole }] = await transaction.query<{ whole: string }[]>(
      'SELECT `rows` AS whole FROM import_batches WHERE importId = ? AND batch = ?',
      [id, batch],
    );
    const all = (JSON.parse(whole) as StoredRows).rows;
    stored.forEach((row, place) => (all[before[place].place] = row));
    stored = all;
  }
  await transaction.query(
    'UPDATE import_batches SET `rows` = ?, counts = ? WHERE importId = ? AND batch = ?',
    [JSON.stringify({ base, rows: stored }), JSON.stringify(countsOf(stored)), id, batch],
  );
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
