import { Injectable } from '@nestjs/common';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { rootDir } from '../../web/paths.js';
import { FileRefused } from '../file-refused.js';
import { type WorkbookOrigin } from '../reading.js';
import { type WorkbookAnswer, type WorkbookTask } from './workbook.thread.js';

/** Compiled code, as for the import thread: tests run the same file as the server. */
const THREAD = join(rootDir, 'dist', 'src', 'imports', 'workbook', 'workbook.thread.js');
/** A packed workbook is held as a whole while it is read. */
const MOST_BYTES = 20_000_000;
const HEAP_MB = 256;
/** Far more than any workbook of these sizes takes. */
const MOST_MS = 60_000;
/** ZIP, which an .xlsx is, and OLE, which older and protected workbooks are. */
const ARCHIVE = Buffer.from('504b', 'hex');
const OLE = Buffer.from('d0cf11e0', 'hex');

/** A file as the import reads it. */
export interface Opened {
  bytes: AsyncIterable<Buffer>;
  /** Where the rows come from, when the file was a workbook. */
  workbook?: WorkbookOrigin;
  /** Bytes beside those of its rows. */
  padding: number;
}

/** Blank rows between others, each a line break. */
const PADDING = 2 * 1_048_576;

/** Takes an Excel workbook for what it holds: the rows of its first sheet, read in a thread that may not take much. */
@Injectable()
export class Workbooks {
  /** One at a time in a process: what each may take counts once. */
  private queue: Promise<unknown> = Promise.resolve();

  /** The file itself, or the sheet of a workbook as CSV. @throws FileRefused */
  async opened(bytes: AsyncIterable<Buffer>, most: number): Promise<Opened> {
    const pieces = bytes[Symbol.asyncIterator]();
    let head = Buffer.alloc(0);
    while (head.length < OLE.length) {
      const { value, done } = await pieces.next();
      if (done) break;
      head = Buffer.concat([head, value]);
    }
    const rest = { [Symbol.asyncIterator]: () => pieces };
    if (!startsWith(head, ARCHIVE, 3, 5, 7) && !head.subarray(0, 4).equals(OLE))
      return { bytes: following(head, rest), padding: 0 };
    const file = await whole(following(head, rest), Math.min(most, MOST_BYTES));
    if (head.subarray(0, 4).equals(OLE)) throw refused(oleKind(file));
    const reading = this.queue.then(() => read(file, most));
    this.queue = reading.catch(() => undefined);
    const { csv, ...workbook } = await reading;
    return { bytes: following(csv, nothing()), workbook, padding: PADDING };
  }
}

async function read(file: Buffer, mostText: number): Promise<{ csv: Buffer } & WorkbookOrigin> {
  const archive = new Uint8Array(file);
  const worker = new Worker(THREAD, {
    workerData: { archive, mostText } satisfies WorkbookTask,
    transferList: [archive.buffer],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: 16 },
    execArgv: [],
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const answer = await new Promise<WorkbookAnswer>((resolve, reject) => {
      timer = setTimeout(() => reject(refused('too-much')), MOST_MS);
      worker.once('message', resolve);
      worker.once('error', (error: NodeJS.ErrnoException) =>
        reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? refused('too-much') : error),
      );
      worker.once('exit', () => reject(new Error('The thread of a workbook ended')));
    });
    if ('refused' in answer) throw refused(answer.refused, answer.values);
    const { csv, sheet, others } = answer;
    return { csv: Buffer.from(csv.buffer, csv.byteOffset, csv.byteLength), sheet, others };
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

function refused(why: string, values: Record<string, string | number> = {}): FileRefused {
  return new FileRefused({ key: `workbooks.file.${why}`, values });
}

/** What an OLE file is, by the names of the parts in it. */
function oleKind(file: Buffer): string {
  const has = (name: string) => file.includes(Buffer.from(name, 'utf16le'));
  if (has('EncryptedPackage')) return 'protected';
  if (has('WordDocument')) return 'document';
  if (has('PowerPoint Document')) return 'slides';
  return 'xls';
}

async function whole(bytes: AsyncIterable<Buffer>, most: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > most) throw refused('too-large', { megabytes: Math.floor(most / 1_000_000) });
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

async function* following(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  yield* rest;
}

function nothing(): AsyncIterable<Buffer> {
  return {
    [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ value: undefined, done: true }) }),
  };
}

function startsWith(head: Buffer, magic: Buffer, ...third: number[]): boolean {
  return head.length >= 4 && head.subarray(0, 2).equals(magic) && third.includes(head[2]);
}
