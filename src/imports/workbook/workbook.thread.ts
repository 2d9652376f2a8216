import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { WorkbookRefused } from './workbook-refused.js';
import { readWorkbook } from './workbook.js';

export interface WorkbookTask {
  archive: Uint8Array;
  /** Bytes the sheet may have as text. */
  mostText: number;
}

export type WorkbookAnswer =
  | { csv: Uint8Array; sheet: string; others: string[] }
  | { refused: WorkbookRefused['why']; values: WorkbookRefused['values'] };

// Pages come first, as for imports: on Linux a thread has a priority of its own.
if (process.platform === 'linux') setPriority(10);

const { archive, mostText } = workerData as WorkbookTask;

/** One workbook, then the thread ends with all it held. */
readWorkbook(Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength), mostText).then(
  ({ csv, sheet, others }) => {
    const bytes = new Uint8Array(csv);
    parentPort?.postMessage({ csv: bytes, sheet, others } satisfies WorkbookAnswer, [bytes.buffer]);
  },
  (error: unknown) => {
    if (!(error instanceof WorkbookRefused)) throw error;
    parentPort?.postMessage({ refused: error.why, values: error.values } satisfies WorkbookAnswer);
  },
);
