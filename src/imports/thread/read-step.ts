import { newId, type Id } from '../../database/new-id.js';
import {
  type ImportCheck,
  type ImportKind,
  type LateFinding,
  type Row,
  type Statements,
} from '../import-kind.js';
import { type FileProblem } from '../reading.js';
import { fileRows } from '../file-rows.js';
import { fromStored, newRow, toStored } from '../rows.js';
import { countsOf, idAt, letterOf, PLACES, type StoredRow } from '../stored-rows.js';
import { advance, factsOf, readImport, storedBatches, type ImportRecord } from './import-record.js';
import { type JobClaim, type ThreadDatabase } from './thread-database.js';
import { sumOfCounts } from './write-step.js';

const BATCH_ROWS = 500;
/** A batch of long rows is cut earlier: it has to pass through one packet. */
const BATCH_CHARACTERS = 1_000_000;
/** Rows of a file with too many are counted up to this many times what is allowed. */
const COUNTED = 20;

interface Batch {
  number: number;
  base: Id;
  rows: Row[];
  characters: number;
}

/**
 * Reads the file once and checks it: rows go into batches with their verdicts. After a crash it goes on behind the last
 * stored batch; a reading that was corrected meanwhile ends it.
 */
export async function readStep(
  { reader, writer }: { reader: ThreadDatabase; writer: ThreadDatabase },
  kind: ImportKind,
  importId: Id,
  job: JobClaim,
  limit: number,
): Promise<void> {
  const record = await readImport(writer, importId, 'checking');
  if (!record) return;
  const { reading } = record;
  const bases = new Map<number, Id>();
  const check = kind.checking(factsOf(record), (ref) =>
    idAt(bases.get(Math.floor(ref / PLACES)) ?? '', ref % PLACES),
  );
  const stored = await recalled(reader, record, check, bases);

  let skip = stored.rows;
  let total = stored.rows;
  let saving: Promise<void> = Promise.resolve();
  let batch = emptyBatch(stored.batches);
  const checked = async (rows: Row[]) => {
    for (const row of rows) if (row.problems.length === 0) check.checkRow(row);
    settle(rows);
    await check.checkBatch(reader, rows);
    settle(rows);
  };
  const flush = async () => {
    const full = batch;
    bases.set(full.number, full.base);
    batch = emptyBatch(full.number + 1);
    await checked(full.rows);
    // While the database takes one batch, the next is read.
    await saving;
    saving = save(writer, job, record, full, total);
    saving.catch(() => undefined);
  };

  let characters = 0;
  const bytes = pieces(reader, importId);
  check.begin?.(reader);
  for await (const { line, cells, problem } of fileRows(bytes, reading)) {
    characters += sizeOf(cells);
    if (skip > 0) {
      skip--;
      continue;
    }
    // When the next row comes: the last batch, full or not, is stored with what came of the whole.
    if (total < limit && isFull(batch)) {
      record.rowsTotal = estimate(record.fileBytes, characters, total);
      await flush();
    }
    if (++total > limit) {
      // Counted on, so that the refusal can say how many there are.
      if (total > limit * COUNTED) break;
      continue;
    }
    const row = newRow(batch.number * PLACES + batch.rows.length, line, cells, reading.columns);
    if (problem) row.problems.push(problem);
    batch.rows.push(row);
    batch.characters += sizeOf(cells);
  }
  if (total > limit) {
    await saving;
    return refuse(writer, job, record, {
      key: 'imports.file.too-many-rows',
      values: {
        limit,
        count: Math.min(total, limit * COUNTED),
        more: total > limit * COUNTED ? 'yes' : 'no',
      },
    });
  }
  bases.set(batch.number, batch.base);
  if (batch.rows.length > 0) await checked(batch.rows);
  await saving;
  if (total === 0) return refuse(writer, job, record, { key: 'imports.file.no-rows' });

  const { late, problem, ...found } = await check.finish(reader);
  const last = batch.rows.length > 0 ? valuesOf(record, batch) : null;
  await writer.transaction(job, async (transaction) => {
    if (last) await addBatch(transaction, last);
    await addLate(transaction, record, late);
    const counts = await sumOfCounts(transaction, record);
    await advance(transaction, record, {
      state: 'checked',
      rowsDone: total,
      rowsTotal: total,
      counts,
      summary: { ...found, proposals: counts.o },
      problem: problem ?? null,
    });
  });
}

function isFull({ rows, characters }: Batch): boolean {
  return rows.length === BATCH_ROWS || characters > BATCH_CHARACTERS;
}

function emptyBatch(number: number): Batch {
  return { number, base: newId(), rows: [], characters: 0 };
}

/** What the stored batches of an earlier run held goes back into the check's sets. */
async function recalled(
  reader: ThreadDatabase,
  record: ImportRecord,
  check: ImportCheck,
  bases: Map<number, Id>,
): Promise<{ batches: number; rows: number }> {
  let batches = 0;
  let rows = 0;
  for await (const { batch, stored } of storedBatches(reader, record)) {
    bases.set(batch, stored.base);
    stored.rows.forEach((row, place) =>
      check.recall(fromStored(batch * PLACES + place, row, record.reading.columns)),
    );
    batches = batch + 1;
    rows += stored.rows.length;
  }
  return { batches, rows };
}

function settle(rows: readonly Row[]): void {
  for (const row of rows) if (row.problems.length > 0) row.verdict = 'wrong';
}

async function save(
  writer: ThreadDatabase,
  job: JobClaim,
  record: ImportRecord,
  batch: Batch,
  total: number,
): Promise<void> {
  const values = valuesOf(record, batch);
  const { rowsTotal } = record;
  await writer.transaction(job, async (transaction) => {
    await addBatch(transaction, values);
    await advance(transaction, record, { rowsDone: total, rowsTotal });
  });
}

function valuesOf(record: ImportRecord, { number, base, rows }: Batch): unknown[] {
  const stored = rows.map((row) => toStored(row, record.reading.columns));
  return [
    record.id,
    number,
    record.accountId,
    record.readingNumber,
    rows[0].line,
    rows.length,
    JSON.stringify(countsOf(stored)),
    JSON.stringify({ base, rows: stored }),
    0,
  ];
}

async function addBatch(transaction: Statements, values: unknown[]): Promise<void> {
  await transaction.query(
    `INSERT INTO import_batches (importId, batch, accountId, readingNumber, firstLine, rowCount, counts, \`rows\`, written)
     VALUES (?)`,
    [values],
  );
}

/** How many rows the file will have, from those read so far. */
function estimate(fileBytes: number, characters: number, rows: number): number {
  return Math.max(rows, Math.round((rows * fileBytes) / Math.max(1, characters)));
}

function sizeOf(cells: readonly string[]): number {
  let size = cells.length;
  for (const cell of cells) size += cell.length;
  return size;
}

/** What was found only at the end; only the batches it concerns are written again. */
async function addLate(
  transaction: Statements,
  { id, readingNumber }: ImportRecord,
  late: readonly LateFinding[],
): Promise<void> {
  const byBatch = new Map<number, LateFinding[]>();
  for (const each of late) {
    const number = Math.floor(each.ref / PLACES);
    const others = byBatch.get(number);
    if (others) others.push(each);
    else byBatch.set(number, [each]);
  }
  for (const [number, findings] of byBatch) {
    const [{ stored }] = await transaction.query<{ stored: string }[]>(
      'SELECT `rows` AS stored FROM import_batches WHERE importId = ? AND batch = ? AND readingNumber = ?',
      [id, number, readingNumber],
    );
    const parsed = JSON.parse(stored) as { base: Id; rows: StoredRow[] };
    for (const finding of findings) {
      const place = finding.ref % PLACES;
      parsed.rows[place] = withFinding(parsed.rows[place], finding);
    }
    await transaction.query(
      'UPDATE import_batches SET `rows` = ?, counts = ? WHERE importId = ? AND batch = ?',
      [JSON.stringify(parsed), JSON.stringify(countsOf(parsed.rows)), id, number],
    );
  }
}

function withFinding([line, letter, cells, details = {}]: StoredRow, finding: LateFinding): StoredRow {
  const { c: before = {}, ...rest } = details;
  if ('problem' in finding)
    return [line, 'w', cells, { ...rest, p: [...(details.p ?? []), finding.problem] }];
  if (letter === 'w') return [line, letter, cells, details];
  if ('verdict' in finding)
    return [line, letterOf[finding.verdict], cells, { ...details, v: { ...details.v, ...finding.values } }];
  const [field, change] = finding.change;
  const changes = Object.fromEntries(Object.entries(before).filter(([name]) => name !== field));
  if (change !== null) changes[field] = change;
  return Object.keys(changes).length > 0
    ? [line, letter, cells, { ...rest, c: changes }]
    : [line, 's', [], rest];
}

async function refuse(
  writer: ThreadDatabase,
  job: JobClaim,
  record: ImportRecord,
  problem: FileProblem,
): Promise<void> {
  await writer.transaction(job, async (transaction) => {
    await transaction.query('DELETE FROM import_batches WHERE importId = ?', [record.id]);
    await transaction.query('DELETE FROM import_pieces WHERE importId = ?', [record.id]);
    await advance(transaction, record, { state: 'refused', problem, finishedAt: new Date() });
  });
}

/** The uploaded bytes in order, the first asked for at once; the next piece is on its way while one is read. */
function pieces(reader: ThreadDatabase, importId: Id): AsyncGenerator<Buffer> {
  const read = async (piece: number) => {
    const [row] = await reader.query<{ bytes: Buffer }[]>(
      'SELECT bytes FROM import_pieces WHERE importId = ? AND piece = ?',
      [importId, piece],
    );
    return row?.bytes;
  };
  const asked = (piece: number) => {
    const bytes = read(piece);
    // A failure is met when it is awaited; until then it must not count as unhandled.
    bytes.catch(() => undefined);
    return bytes;
  };
  const first = asked(0);
  return (async function* () {
    let next = first;
    for (let piece = 0; ; piece++) {
      const bytes = await next;
      if (!bytes) return;
      next = asked(piece + 1);
      yield bytes;
    }
  })();
}
