import { type DataSource, type EntityManager } from 'typeorm';
import { type Provider } from '../../accounts/settings.js';
import { newId, type Id } from '../../database/id.js';
import { inTransaction, isContention } from '../../database/transaction.js';
import { type ConnectionProblem } from '../connection.entities.js';
import { LeaseLost } from '../../jobs/jobs.service.js';
import { type Statements } from '../../imports/import-kind.js';

export const LEASE_SECONDS = 60;

/** A connection as its claim found it. */
export interface ClaimedConnection {
  id: Id;
  accountId: Id;
  ownerId: Id;
  provider: Provider;
  mailboxId: string;
  accountName: string;
  contacts: 'none' | 'read' | 'write';
  calendar: 'none' | 'read' | 'write';
  details: Record<string, unknown>;
  /** Of its settings: what is found out of older ones says nothing about newer. */
  revision: number;
  failures: number;
  fence: number;
  token: Id;
  askedAt: Date | null;
  pushAt: Date | null;
  lastSuccessAt: Date | null;
  /** What it has had to say so far. */
  problem: ConnectionProblem | null;
  /** A whole run is due; else only what changed here is sent. */
  whole: boolean;
  /** Whoever held it before did not end its turn. */
  inherited: boolean;
}

/**
 * One turn of one connection: it is ours until its time is over and somebody else has claimed it. The clock is the
 * database's alone.
 */
export class Lease {
  private readonly controller = new AbortController();
  private heldAt = performance.now();

  constructor(
    private readonly database: DataSource,
    readonly connection: Pick<ClaimedConnection, 'id' | 'fence' | 'token'>,
  ) {}

  /** Aborted when the lease is lost or the process stops. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** For reading outside a save. */
  get manager(): EntityManager {
    return this.database.manager;
  }

  stop(reason: unknown): void {
    if (!this.signal.aborted) this.controller.abort(reason);
  }

  /**
   * Lengthens the lease and holds the row of the connection until the transaction ends: the first statement of each save, so
   * that local acts, which begin with that row too, come before or after it. @throws LeaseLost
   */
  async hold(manager: Statements): Promise<void> {
    const { id, fence, token } = this.connection;
    const at = performance.now();
    const { affectedRows } = await manager.query<{ affectedRows: number }>(
      `UPDATE connections SET leaseUntil = DATE_ADD(UTC_TIMESTAMP(3), INTERVAL ? SECOND)
       WHERE id = ? AND fence = ? AND leaseToken = ? AND state = 'connected'`,
      [LEASE_SECONDS, id, fence, token],
    );
    if (affectedRows === 1) {
      this.heldAt = at;
      return;
    }
    throw this.lost();
  }

  /**
   * For what a provider does not refuse twice, right before it is asked: a process that stood still for longer than its lease
   * has been given up, and another one may have asked already. @throws LeaseLost
   */
  requireFresh(): void {
    if (performance.now() - this.heldAt >= LEASE_SECONDS * 1000) throw this.lost();
  }

  private lost(): LeaseLost {
    const lost = new LeaseLost(`Connection ${this.connection.id} is not ours any more`);
    this.stop(lost);
    return lost;
  }

  /** Saves what `body` writes, all of it or nothing, and only while the lease is ours. @throws LeaseLost */
  async save<T>(body: (manager: EntityManager) => Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    return inTransaction(this.database, async (manager) => {
      await this.hold(manager);
      return body(manager);
    });
  }
}

/**
 * Claims connections that have something to do. Candidates are read without locks and then won by a conditional UPDATE of those
 * rows alone (as jobs.worker.ts does). Those told to wait keep `leaseUntil` without a token: nobody speaks to them before.
 * While one fails, what changes here waits with it for its next try, unless its owner asks.
 */
export async function claimDue(
  database: DataSource,
  providers: readonly Provider[],
  most: number,
): Promise<ClaimedConnection[]> {
  if (providers.length === 0 || most <= 0) return [];
  const found = await database.query<{ id: Id; held: number }[]>(
    `SELECT id, leaseToken IS NOT NULL AS held FROM connections
     WHERE wakeAt <= UTC_TIMESTAMP(3) AND ${FREE} AND provider IN (?)
       AND (failures = 0 OR askedAt IS NOT NULL OR nextRunAt <= UTC_TIMESTAMP(3))
     ORDER BY wakeAt, id LIMIT ?`,
    [providers, most],
  );
  if (found.length === 0) return [];
  const token = newId();
  try {
    await database.query(
      `UPDATE connections
       SET failures = IF(leaseToken IS NULL, failures, failures + 1), fence = fence + 1, leaseToken = ?,
         leaseUntil = DATE_ADD(UTC_TIMESTAMP(3), INTERVAL ? SECOND)
       WHERE id IN (?) AND ${FREE}`,
      [token, LEASE_SECONDS, found.map(({ id }) => id)],
    );
  } catch (error) {
    // Another node of a cluster claimed the same rows: they are won elsewhere.
    if (isContention(error)) return [];
    throw error;
  }
  const rows = await database.query<ClaimedRow[]>(
    `SELECT id, accountId, userId AS ownerId, provider, mailboxId, accountName, contacts, calendar, details, revision, failures, fence,
       askedAt, pushAt, lastSuccessAt, problem,
       askedAt IS NOT NULL OR nextRunAt IS NULL OR nextRunAt <= UTC_TIMESTAMP(3) AS whole
     FROM connections WHERE leaseToken = ? ORDER BY id`,
    [token],
  );
  const held = new Set(found.filter((each) => each.held).map(({ id }) => id));
  return rows.map(({ details, problem, whole, ...row }) => ({
    ...row,
    token,
    details: JSON.parse(details) as Record<string, unknown>,
    problem: problem === null ? null : (JSON.parse(problem) as ConnectionProblem),
    whole: Boolean(whole),
    inherited: held.has(row.id),
  }));
}

const FREE = `state = 'connected' AND (leaseUntil IS NULL OR leaseUntil < UTC_TIMESTAMP(3))`;

type ClaimedRow = Omit<ClaimedConnection, 'details' | 'problem' | 'whole' | 'token' | 'inherited'> & {
  details: string;
  problem: string | null;
  whole: number;
};
