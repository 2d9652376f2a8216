import { type EntityManager } from 'typeorm';
import { type Id } from '../database/id.js';
import { Conflict } from '../errors/domain-error.js';
import { type Jobs } from '../jobs/jobs.service.js';
import { Import, type ImportState } from './import.entities.js';
import { type ImportOptions, type Reading } from './reading.js';

export const READ = 'import.read';
export const WRITE = 'import.write';
export const UNDO = 'import.undo';
export const PURGE = 'import.purge';

export interface ImportJob {
  importId: Id;
}

interface Start {
  id: Id;
  accountId: Id;
  reading: Reading;
  from: ImportState;
  /** The reading it has, where another may have been begun meanwhile. */
  readingNumber?: number;
  /** Answers the check depends on, where they are others than before. */
  choices?: ImportOptions['choices'];
}

/**
 * The file is read and checked with this reading, or waits for the person to name its columns.
 * @throws Conflict when the import has moved on
 */
export async function startReading(
  manager: EntityManager,
  jobs: Jobs,
  { id, accountId, reading, from, readingNumber, choices }: Start,
): Promise<void> {
  const state: ImportState = reading.unsure.length > 0 ? 'questions' : 'checking';
  const { affected } = await manager.update(
    Import,
    { id, state: from, ...(readingNumber === undefined ? {} : { readingNumber }) },
    {
      ...{ state, reading, counts: null, summary: null, problem: null, rowsDone: 0, rowsTotal: 0 },
      ...(choices ? { options: { choices, proposals: false } } : {}),
      readingNumber: () => 'readingNumber + 1',
    },
  );
  if (affected !== 1) throw new Conflict('imports.moved-on');
  if (state === 'checking')
    await jobs.enqueue(manager, {
      kind: READ,
      accountId,
      payload: { importId: id },
      uniqueKey: `${READ}:${id}`,
    });
}
