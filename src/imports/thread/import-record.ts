import { type Id } from '../../database/new-id.js';
import { type Affected, type ImportFacts, type Statements } from '../import-kind.js';
import { type ImportState } from '../import.entities.js';
import { type ImportOptions, type ImportSummary, type Reading } from '../reading.js';
import { type StoredRows } from '../stored-rows.js';
import { Superseded } from './thread-database.js';

/** An import as its thread reads it. */
export interface ImportRecord {
  id: Id;
  accountId: Id;
  ownerId: Id | null;
  kind: string;
  state: ImportState;
  fileBytes: number;
  reading: Reading;
  options: ImportOptions | null;
  summary: ImportSummary | null;
  rowsTotal: number;
  readingNumber: number;
  batchId: Id | null;
  undoBatchId: Id | null;
  region: string;
  language: 'en' | 'fr';
  timeZone: string;
}

/** The import while it is in `state`; null when it has moved on and there is nothing to do. */
export async function readImport(
  database: Statements,
  id: Id,
  ...states: ImportState[]
): Promise<ImportRecord | null> {
  const [row] = await database.query<Record<string, unknown>[]>(
    `SELECT i.id, i.accountId, i.ownerId, i.kind, i.state, i.fileBytes, i.reading, i.options, i.summary, i.rowsTotal,
            i.readingNumber, i.batchId, i.undoBatchId, a.region, a.language, a.timeZone
     FROM imports i JOIN accounts a ON a.id = i.accountId WHERE i.id = ? AND i.state IN (?)`,
    [id, states],
  );
  if (!row) return null;
  const parsed = ['reading', 'options', 'summary'].map((column) => [column, fromJson(row[column])]);
  return { ...row, ...Object.fromEntries(parsed) } as unknown as ImportRecord;
}

export function factsOf(record: ImportRecord): ImportFacts {
  return {
    importId: record.id,
    accountId: record.accountId,
    ownerId: record.ownerId,
    region: record.region,
    language: record.language,
    timeZone: record.timeZone,
    columns: record.reading.columns,
    profile: record.reading.profile,
    foreign: record.reading.foreign ?? false,
    choices: record.options?.choices ?? {},
    proposals: record.options?.proposals ?? false,
    removal: record.summary?.removal,
  };
}

/** Changes the import while it is in the state and reading its step began with. @throws Superseded */
export async function advance(
  transaction: Statements,
  { id, state, readingNumber }: ImportRecord,
  changes: Record<string, unknown>,
): Promise<void> {
  const { affectedRows } = await transaction.query<Affected>(
    'UPDATE imports SET ? WHERE id = ? AND state = ? AND readingNumber = ?',
    [jsonIn(changes), id, state, readingNumber],
  );
  if (affectedRows !== 1) throw new Superseded('The import has moved on');
}

export interface StoredBatch {
  batch: number;
  rowCount: number;
  written: number;
  stored: StoredRows;
}

/** The batches of a reading in order (or those with changes), one in memory at a time and the next on its way. */
export async function* storedBatches(
  database: Statements,
  { id, readingNumber }: Pick<ImportRecord, 'id' | 'readingNumber'>,
  { written, changed = false }: { written?: boolean; changed?: boolean } = {},
): AsyncGenerator<StoredBatch> {
  const wanted = [
    ...(written === undefined ? [] : [`AND written = ${written ? 1 : 0}`]),
    ...(changed ? [`AND counts LIKE '%"c":%'`] : []),
  ].join(' ');
  const read = async (after: number) => {
    const [row] = await database.query<
      { batch: number; rowCount: number; written: number; stored: string }[]
    >(
      `SELECT batch, rowCount, written, \`rows\` AS stored FROM import_batches
       WHERE importId = ? AND batch > ? AND readingNumber = ? ${wanted}
       ORDER BY batch LIMIT 1`,
      [id, after, readingNumber],
    );
    return row ? { ...row, stored: JSON.parse(row.stored) as StoredRows } : null;
  };
  let next = read(-1);
  for (;;) {
    const current = await next;
    if (!current) return;
    next = read(current.batch);
    // A failure is met when it is awaited; until then it must not count as unhandled.
    next.catch(() => undefined);
    yield current;
  }
}

function jsonIn(changes: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(changes).map(([column, value]) => [
      column,
      value !== null && typeof value === 'object' && !(value instanceof Date) ? JSON.stringify(value) : value,
    ]),
  );
}

function fromJson(value: unknown): unknown {
  return typeof value === 'string' ? JSON.parse(value) : null;
}
