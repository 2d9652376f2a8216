import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { type DataSource, type EntityManager } from 'typeorm';

const joined = new AsyncLocalStorage<{ manager: EntityManager | null }>();

/**
 * Runs `body` in one transaction; a deadlock, lock wait or certification failure (Galera, TiDB) is tried again,
 * three times in all. The body builds its own rows, so that a retry starts clean.
 */
export async function inTransaction<T>(
  database: DataSource,
  body: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  const outer = joined.getStore()?.manager;
  // Only whoever opened the transaction can begin again after a deadlock, which has ended it as a whole.
  if (outer?.connection === database) return outer.transaction(body);
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.transaction('READ COMMITTED', body);
    } catch (error) {
      if (attempt === 3 || !isContention(error)) throw error;
      await wait(attempt * 20 + Math.random() * 50);
    }
  }
}

/**
 * What `body` does in transactions of its own becomes part of this manager's (as savepoints): a run that calls a service for some
 * hundred people saves its progress with what the service did, or neither.
 */
export async function joining<T>(manager: EntityManager, body: () => Promise<T>): Promise<T> {
  const scope: { manager: EntityManager | null } = { manager };
  try {
    return await joined.run(scope, body);
  } finally {
    // Whatever was started there and goes on is on its own.
    scope.manager = null;
  }
}

/** MySQL error numbers: 1213 deadlock, 1205 lock wait, 1020 record changed, 8022/9007 TiDB write conflict. */
export function isContention(error: unknown): boolean {
  return [1213, 1205, 1020, 8022, 9007].includes(errorNumber(error));
}

/** A unique index said no (1062). */
export function isDuplicate(error: unknown, index?: string): boolean {
  return errorNumber(error) === 1062 && (!index || String((error as Error).message).includes(index));
}

/** The database is not there (connection refused or lost, shutting down), as against a wrong statement. */
export function isConnectionLoss(error: unknown): boolean {
  const { code = '', message = '' } = (error ?? {}) as { code?: string; message?: string };
  return (
    /^(ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT|PROTOCOL_CONNECTION_LOST|PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR|ER_SERVER_SHUTDOWN|ER_CON_COUNT_ERROR|POOL_CLOSED)$/.test(
      code,
    ) ||
    [1053, 1927, 2006, 2013].includes(errorNumber(error)) ||
    // The pool handed out a connection in the moment it was lost; the driver gives this no code.
    /command when connection is in closed state|write in closed state/.test(message)
  );
}

function errorNumber(error: unknown): number {
  const { errno, driverError } = (error ?? {}) as { errno?: number; driverError?: { errno?: number } };
  return errno ?? driverError?.errno ?? 0;
}
