import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ENVIRONMENT } from '../config/config.module.js';
import { type Environment } from '../config/environment.js';
import { connectionsOf, reachServer } from '../database/data-source.js';
import { LeaseLost, type Task } from '../jobs/jobs.service.js';
import { log } from '../web/log.js';
import { rootDir } from '../web/paths.js';
import {
  type ThreadAnswer,
  type ThreadData,
  type ThreadPreparation,
  type ThreadTask,
} from './thread/import.thread.js';
import { type ImportDescription } from './import-kind.js';
import { type ThreadConnection } from './thread/thread-database.js';

/** The thread is compiled code: a test that runs from the sources uses the same file as the server. */
const compiled = join(rootDir, 'dist');
const THREAD = join(compiled, 'src', 'imports', 'thread', 'import.thread.js');
/** A thread that has nothing to do goes after a while, with the memory its libraries take. */
const IDLE_MS = 60_000;
/** A file that would need more is not one we take; the process must live on. */
const HEAP_MB = 192;
/** A small nursery keeps the process small: with 48 the import of 100,000 people took 171 MiB, and cost as much time. */
const YOUNG_MB = 8;
/** A kind of so few rows has all of them at hand at once, and pays for a small nursery by moving them again and again. */
const FEW_ROWS = 1_000;
const YOUNG_MB_OF_FEW = 32;

/** Does the work of imports in threads of its own: reading a large file must not hold up a single page. */
@Injectable()
export class ImportRunner implements OnApplicationShutdown {
  private reached: ThreadConnection | null = null;
  private idle: { worker: Worker; end: NodeJS.Timeout; few: boolean }[] = [];

  constructor(@Inject(ENVIRONMENT) private readonly environment: Environment) {}

  /**
   * Lets a thread load what a kind needs while its file is still coming in: a small file would wait longer for that than for
   * its check. Not where no jobs are done.
   */
  prepare({ module, limits }: Pick<ImportDescription, 'module' | 'limits'>): void {
    const few = limits.rows <= FEW_ROWS;
    if (this.environment.worker === 'off' || this.idle.some((kept) => kept.few === few)) return;
    const worker = this.worker(few);
    worker.postMessage({ prepare: module } satisfies ThreadPreparation);
    this.keep(worker, few);
  }

  /** @throws LeaseLost when somebody else went on with it, the reason of `cancelled`, or what went wrong */
  async run(task: Omit<ThreadTask, 'job' | 'connection'>, { jobId, fence, cancelled }: Task): Promise<void> {
    cancelled.throwIfAborted();
    const connection = await this.connection();
    const few = task.rowLimit <= FEW_ROWS;
    const worker = this.worker(few);
    try {
      const answer = await answerOf(worker, { ...task, connection, job: { id: jobId, fence } }, cancelled);
      this.keep(worker, few);
      if (answer.outcome === 'superseded') {
        log.info({ importId: task.importId }, 'the import went on elsewhere');
        // Cancelled, corrected or lost: if the job is still ours it has nothing left to do.
        return;
      }
      if (answer.outcome === 'failed')
        throw Object.assign(new Error(answer.message), { stack: answer.stack });
    } catch (error) {
      if (!this.idle.some((kept) => kept.worker === worker)) await worker.terminate();
      throw error;
    }
    if (cancelled.aborted) throw new LeaseLost('The job is done elsewhere');
  }

  async onApplicationShutdown(): Promise<void> {
    const workers = this.idle;
    this.idle = [];
    await Promise.all(
      workers.map(({ worker, end }) => {
        clearTimeout(end);
        return worker.terminate();
      }),
    );
  }

  /** Of several hosts the one that answers now. */
  private async connection(): Promise<ThreadConnection> {
    const url = this.environment.databaseUrl ?? '';
    if (!this.reached || connectionsOf(url).length > 1) this.reached = await reachServer(url);
    return this.reached;
  }

  private worker(few: boolean): Worker {
    const kept = this.idle.findLast((each) => each.few === few);
    if (kept) {
      this.idle = this.idle.filter((each) => each !== kept);
      clearTimeout(kept.end);
      return kept.worker;
    }
    const worker = new Worker(THREAD, {
      workerData: { root: compiled } satisfies ThreadData,
      resourceLimits: {
        maxOldGenerationSizeMb: HEAP_MB,
        maxYoungGenerationSizeMb: few ? YOUNG_MB_OF_FEW : YOUNG_MB,
      },
      // The flags of this process (a debugger, a test runner's loader) are not the thread's.
      execArgv: [],
    });
    // A waiting thread alone must not keep a process from ending, and one that ends while it waits is not given work.
    worker.unref();
    worker.on('error', (error) => log.warn({ err: error }, 'an import thread ended'));
    worker.on('exit', () => (this.idle = this.idle.filter((kept) => kept.worker !== worker)));
    return worker;
  }

  private keep(worker: Worker, few: boolean): void {
    const end = setTimeout(() => {
      this.idle = this.idle.filter((kept) => kept.worker !== worker);
      void worker.terminate();
    }, IDLE_MS);
    end.unref();
    this.idle.push({ worker, end, few });
  }
}

/** Hands a task to the thread and waits for how it ended, whatever happens first. */
function answerOf(worker: Worker, task: ThreadTask, cancelled: AbortSignal): Promise<ThreadAnswer> {
  return new Promise((resolve, reject) => {
    // Taken off one by one: the worker has listeners of its own.
    const end = (settle: () => void) => {
      worker.off('message', answered).off('error', failed).off('exit', ended);
      cancelled.removeEventListener('abort', stopped);
      settle();
    };
    const answered = (answer: ThreadAnswer) => end(() => resolve(answer));
    const failed = (error: Error) => end(() => reject(error));
    const ended = () => end(() => reject(new Error('The import thread ended')));
    const stopped = () => end(() => reject(cancelled.reason as Error));
    worker.on('message', answered).on('error', failed).on('exit', ended);
    cancelled.addEventListener('abort', stopped);
    worker.postMessage(task);
  });
}

/** The thread opens its own connections, to the server this process has found. */
