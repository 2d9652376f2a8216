import { type EntityManager } from 'typeorm';
import { newId, type Id } from '../../database/id.js';
import { type Journal } from '../../journal/journal.service.js';
import { type ConnectionProblem, type RunCounts, type SyncRun } from '../connection.entities.js';
import { type ContactsConnector, type ContactsSession } from '../contacts-connector.js';
import { type CloudAct } from '../contacts/cloud-contact-writes.js';
import { type ClaimedConnection, type Lease } from './lease.js';

/** It has kept others waiting for long enough: it goes on in another turn, where it was. */
export class TurnOver extends Error {}

/** One save of a run: a transaction that began with the lease. */
export interface Saving {
  readonly manager: EntityManager;
  /** Opens the run's batch with its first change here. */
  act(): Promise<CloudAct>;
  /** Adds to the counts of the run, if this is saved. */
  count(counts: RunCounts): void;
}

/**
 * One turn of one connection: what its steps (tree, pull, settle, push) share. Its row of the history is written with the
 * first thing it changes.
 */
export class Run {
  readonly id = newId();
  readonly startedAt = new Date();
  counts: RunCounts = {};
  /** What it could not do, though it went on: the connection says so until a run does all. */
  problem: Pick<ConnectionProblem, 'key' | 'values'> | null = null;
  /** Why it stopped reading, with all it has kept: the mailbox holds more than may be here. */
  full: Pick<ConnectionProblem, 'key' | 'values'> | null = null;
  /** Scopes whose ids were listed to find room. */
  readonly listed = new Set<string>();
  /** This reading missed contacts where they were: another folder, read before, may have them by now. */
  missed = false;
  /** Nothing was read before: among so many new contacts none is an older one moved. */
  isFirstReading = false;
  /** The journal batch of what it changed here; null while that is nothing. */
  batchId: Id | null = null;
  private noted = false;
  /** `performance.now()` after which it goes no further than to the next page. */
  endsAt = Infinity;

  constructor(
    readonly connection: ClaimedConnection,
    readonly kind: SyncRun['kind'],
    /** Of the account: how a number without `+` is read. */
    readonly region: string,
    readonly connector: ContactsConnector,
    readonly session: ContactsSession,
    readonly lease: Lease,
    private readonly journal: Journal,
  ) {}

  /** For reading outside a save. */
  get statements(): EntityManager {
    return this.lease.manager;
  }

  get signal(): AbortSignal {
    return this.lease.signal;
  }

  /** Whether anything was changed, here or there. */
  get didSomething(): boolean {
    return this.noted;
  }

  /** For writing how contacts stand with their provider, which nobody sees: it opens no batch. */
  quietly(): CloudAct {
    const { accountId, ownerId, id: connectionId } = this.connection;
    return { accountId, ownerId, connectionId, region: this.region, batchId: NO_BATCH, now: new Date() };
  }

  /**
   * Saves what `body` writes, all or nothing, while the lease is ours. It may be run again after a deadlock: it builds its own
   * rows. @throws LeaseLost
   */
  async save<T>(body: (saving: Saving) => Promise<T>): Promise<T> {
    const { saved, batchId, counts } = await this.lease.save(async (manager) => {
      let { batchId } = this;
      let counts = this.counts;
      const saved = await body({
        manager,
        act: async () => {
          const { accountId } = this.connection;
          batchId ??= await this.journal.begin(manager, { accountId, actorId: null, kind: 'cloud.sync' });
          return { ...this.quietly(), batchId };
        },
        count: (more) => (counts = sum(counts, more)),
      });
      if (counts !== this.counts || batchId !== this.batchId) await this.note(manager, counts, batchId);
      return { saved, batchId, counts };
    });
    this.noted ||= counts !== this.counts || batchId !== this.batchId;
    this.batchId = batchId;
    this.counts = counts;
    return saved;
  }

  private async note(manager: EntityManager, counts: RunCounts, batchId: Id | null): Promise<void> {
    const { accountId, ownerId, id: connectionId } = this.connection;
    await manager.query(
      `INSERT INTO sync_runs (id, accountId, ownerId, connectionId, kind, outcome, counts, batchId, startedAt)
       VALUES (?, ?, ?, ?, ?, 'running', ?, ?, ?)
       ON DUPLICATE KEY UPDATE counts = VALUES(counts), batchId = VALUES(batchId)`,
      [this.id, accountId, ownerId, connectionId, this.kind, JSON.stringify(counts), batchId, this.startedAt],
    );
  }
}

/** In no journal: what is written with it has no line there. */
const NO_BATCH = '';

/** Nothing is counted that is zero, so that a run which did nothing has no counts. */
function sum(counts: RunCounts, more: RunCounts): RunCounts {
  const added = Object.entries(more).filter(([, count]) => count);
  if (added.length === 0) return counts;
  const result: Record<string, number> = { ...counts };
  for (const [name, count] of added) result[name] = (result[name] ?? 0) + (count as number);
  return result;
}
