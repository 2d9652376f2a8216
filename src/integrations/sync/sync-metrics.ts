import { Counter, Gauge, Histogram } from 'prom-client';
import { type DataSource } from 'typeorm';
import { metrics } from '../../web/metrics.js';

const turns = new Counter({
  name: 'carnet_sync_turns_total',
  help: 'Turns of connected mailboxes this process has ended, by how they ended and what went wrong',
  labelNames: ['provider', 'outcome', 'problem'],
  registers: [metrics],
});

const durations = new Histogram({
  name: 'carnet_sync_turn_duration_seconds',
  help: 'Time a turn of a connected mailbox took',
  labelNames: ['provider'],
  buckets: [0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800],
  registers: [metrics],
});

/** @param problem the key of what went wrong, of which there are few */
export function countTurn(
  provider: string,
  outcome: 'done' | 'failed' | 'refused' | 'stopped',
  problem = '',
): void {
  turns.inc({ provider, outcome, problem });
}

/** @returns what to call at its end */
export function timeTurn(provider: string): () => void {
  const stop = durations.startTimer({ provider });
  return () => void stop();
}

/** What waits for any process, read along the index of what is due whenever somebody asks for the metrics. */
export function watchDue(database: DataSource): void {
  gauge(
    'carnet_sync_due',
    'Connected mailboxes whose turn has come and that nobody is at, in the whole installation',
    () => numberOf(database, 'COUNT(*)'),
  );
  gauge(
    'carnet_sync_due_longest_seconds',
    'For how long the first of them has waited: where it grows, there are too few workers',
    () => numberOf(database, 'COALESCE(TIMESTAMPDIFF(SECOND, MIN(wakeAt), UTC_TIMESTAMP(3)), 0)'),
  );
}

function gauge(name: string, help: string, read: () => Promise<number>): void {
  new Gauge({
    ...{ name, help, registers: [metrics] },
    async collect() {
      // Without a database all else can still be watched.
      this.set(await read().catch(() => NaN));
    },
  });
}

/** As lease.ts finds them. */
async function numberOf(database: DataSource, what: string): Promise<number> {
  const [{ found }] = await database.query<[{ found: number | string }]>(
    `SELECT ${what} AS found FROM connections
     WHERE wakeAt <= UTC_TIMESTAMP(3) AND state = 'connected' AND (leaseUntil IS NULL OR leaseUntil < UTC_TIMESTAMP(3))
       AND (failures = 0 OR askedAt IS NOT NULL OR nextRunAt <= UTC_TIMESTAMP(3))`,
  );
  return Number(found);
}
