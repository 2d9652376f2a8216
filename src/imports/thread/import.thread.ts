import { setPriority } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { type Id } from '../../database/new-id.js';
import { type ImportKind } from '../import-kind.js';
import { readStep } from './read-step.js';
import { TaskConnections } from './task-connections.js';
import { Superseded, type JobClaim, type ThreadConnection } from './thread-database.js';
import { undoStep } from './undo-step.js';
import { writeStep } from './write-step.js';

/** What the thread is asked to do. */
export interface ThreadTask {
  step: 'read' | 'write' | 'undo';
  importId: Id;
  job: JobClaim;
  connection: ThreadConnection;
  /** Compiled module of the kind, below `root`. */
  module: string;
  rowLimit: number;
}

/** Asks a thread to load a kind's module before there is work for it; it has no answer. */
export interface ThreadPreparation {
  prepare: string;
}

export type ThreadAnswer =
  { outcome: 'done' } | { outcome: 'superseded' } | { outcome: 'failed'; message: string; stack: string };

export interface ThreadData {
  /** Folder of the compiled code. */
  root: string;
}

const { root } = workerData as ThreadData;

// Pages come before imports. Linux keeps the priority of each thread apart; elsewhere it would be the whole process.
if (process.platform === 'linux') setPriority(10);

/** One step at a time, as asked, over connections of its own. */
parentPort?.on('message', (task: ThreadTask | ThreadPreparation) => {
  // What is wrong with a module is met by the task that needs it.
  if ('prepare' in task) void kindOf(task.prepare).catch(() => undefined);
  else void run(task).then((answer) => parentPort?.postMessage(answer));
});

async function run(task: ThreadTask): Promise<ThreadAnswer> {
  const connections = new TaskConnections(task.connection);
  try {
    const databases = await connections.open();
    const kind = await kindOf(task.module);
    const { importId, job } = task;
    if (task.step === 'read') await readStep(databases, kind, importId, job, task.rowLimit);
    else if (task.step === 'write') await writeStep(databases, kind, importId, job);
    else await undoStep(databases, kind, importId, job);
    connections.keep();
    return { outcome: 'done' };
  } catch (error) {
    if (error instanceof Superseded) return { outcome: 'superseded' };
    const { message, stack = '' } = error as Error;
    return { outcome: 'failed', message, stack };
  } finally {
    await connections.end();
  }
}

async function kindOf(module: string): Promise<ImportKind> {
  const { kind } = (await import(pathToFileURL(join(root, module)).href)) as { kind: ImportKind };
  return kind;
}
