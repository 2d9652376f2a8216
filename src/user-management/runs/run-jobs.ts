import { type Id } from '../../database/id.js';

export const RUN = 'bulk.run';
export const PURGE = 'bulk.purge';

export interface RunJob {
  runId: Id;
  accountId: Id;
}

/** While this key is taken, somebody works on the run or will. */
export function runKey(id: Id): string {
  return `${RUN}:${id}`;
}
