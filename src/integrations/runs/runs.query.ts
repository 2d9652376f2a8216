import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Provider } from '../../accounts/settings.js';
import { limits } from '../../config/limits.js';
import { isId, type Id } from '../../database/id.js';
import { keysetPage, type KeysetOrder, type KeysetPage, type Place } from '../../database/keyset.js';
import { NotFound } from '../../errors/domain-error.js';
import { type Changes, type JournalEntry } from '../../journal/journal.entities.js';
import { type ConnectionProblem, type RunCounts, type SyncRun } from '../connection.entities.js';
import { SUBJECT } from '../contacts/cloud-contact-writes.js';

/** A run, with the mailbox it was of. */
export interface ListedRun extends Pick<
  SyncRun,
  'id' | 'connectionId' | 'kind' | 'outcome' | 'problem' | 'counts' | 'batchId' | 'startedAt' | 'endedAt'
> {
  provider: Provider;
  accountName: string;
  /** A worker is at it; `running` without it is one that was cut off. */
  alive: boolean;
  undoneAt: Date | null;
}

/** What a run changed here of one contact. */
export interface RunChange {
  subjectId: Id;
  action: JournalEntry['action'];
  changes: Changes | null;
  /** As it is called now; null once it was erased for good. */
  name: string | null;
  deletedAt: Date | null;
}

export interface RunMailbox {
  id: Id;
  provider: Provider;
  accountName: string;
}

/** `changes`: something was changed here or there. `failures`: not all was done. */
export const runKinds = ['changes', 'failures'] as const;
export type RunKind = (typeof runKinds)[number];

const newestFirst: KeysetOrder = {
  name: 'sync-runs',
  columns: [
    { sql: 'r.startedAt', name: 'startedAt', kind: 'moment' },
    { sql: 'r.id', name: 'id', kind: 'id' },
  ],
  descending: true,
};

const bySubject: KeysetOrder = {
  name: 'run-changes',
  columns: [{ sql: 'e.subjectId', name: 'subjectId', kind: 'id' }],
};

const conditions: Record<RunKind, string> = {
  changes: `r.counts REGEXP '(Here|There|conflicts)"'`,
  failures: `r.outcome IN ('partly', 'failed', 'stopped')`,
};

const COLUMNS = `r.id, r.connectionId, r.kind, r.outcome, r.problem, r.counts, r.batchId, r.startedAt, r.endedAt,
  c.provider, c.accountName, b.undoneAt, c.leaseToken IS NOT NULL AND c.leaseUntil > UTC_TIMESTAMP(3) AS alive`;
/** Runs of a mailbox that is connected no more are hidden with it. */
const FROM = `sync_runs r JOIN connections c ON c.id = r.connectionId AND c.state <> 'ended'
  LEFT JOIN journal_batches b ON b.id = r.batchId`;

/** Reads the history of one person's connections. */
@Injectable()
export class SyncRuns {
  constructor(private readonly database: DataSource) {}

  async mailboxes(ownerId: Id): Promise<RunMailbox[]> {
    return this.database.query<RunMailbox[]>(
      `SELECT id, provider, accountName FROM connections WHERE userId = ? AND state <> 'ended' ORDER BY id`,
      [ownerId],
    );
  }

  /** @param connection '' for all */
  page(
    ownerId: Id,
    { connection, only }: { connection: string; only: RunKind | '' },
    place: Place,
  ): Promise<KeysetPage<ListedRun>> {
    const wanted = ['r.ownerId = ?', ...(only === '' ? [] : [conditions[only]])];
    const values = [ownerId];
    if (isId(connection)) {
      wanted.push('r.connectionId = ?');
      values.push(connection);
    }
    return keysetPage<ListedRun>(newestFirst, place, limits.page, async (slice) => {
      const rows = await this.database.query<RunRow[]>(
        `SELECT ${COLUMNS} FROM ${FROM}
         WHERE ${wanted.join(' AND ')} AND (${slice.where}) ORDER BY ${slice.orderBy} LIMIT ${slice.limit}`,
        [...values, ...slice.values],
      );
      return rows.map(fromRow);
    });
  }

  /** @throws NotFound, also for somebody else's */
  async find(ownerId: Id, id: string): Promise<ListedRun> {
    const [row] = isId(id)
      ? await this.database.query<RunRow[]>(
          `SELECT ${COLUMNS} FROM ${FROM} WHERE r.id = ? AND r.ownerId = ?`,
          [...[id, ownerId]],
        )
      : [];
    if (!row) throw new NotFound('sync-runs.not-found');
    return fromRow(row);
  }

  /** What a run changed here, contact by contact. */
  changes(ownerId: Id, batchId: Id | null, place: Place): Promise<KeysetPage<RunChange>> {
    return keysetPage<RunChange>(bySubject, place, limits.page, async (slice) => {
      const rows = await this.database.query<(Omit<RunChange, 'changes'> & { changes: string | null })[]>(
        `SELECT e.subjectId, e.action, e.changes, k.displayName AS name, k.deletedAt
         FROM journal_entries e LEFT JOIN cloud_contacts k ON k.id = e.subjectId AND k.ownerId = ?
         WHERE e.batchId = ? AND e.subjectType = ? AND (${slice.where})
         ORDER BY ${slice.orderBy} LIMIT ${slice.limit}`,
        [ownerId, batchId, SUBJECT, ...slice.values],
      );
      return rows.map((row) => ({
        ...row,
        changes: row.changes === null ? null : (JSON.parse(row.changes) as Changes),
      }));
    });
  }

  /** Open conflicts a run came to. */
  async openConflicts(ownerId: Id, runId: Id): Promise<number> {
    const [{ open }] = await this.database.query<[{ open: number | string }]>(
      'SELECT COUNT(*) AS open FROM cloud_conflicts WHERE ownerId = ? AND openKey = 1 AND runId = ?',
      [ownerId, runId],
    );
    return Number(open);
  }
}

type RunRow = Omit<ListedRun, 'problem' | 'counts' | 'alive'> & {
  problem: string | null;
  counts: string;
  alive: number | null;
};

function fromRow({ problem, counts, alive, ...row }: RunRow): ListedRun {
  return {
    ...row,
    problem: problem === null ? null : (JSON.parse(problem) as ConnectionProblem),
    counts: JSON.parse(counts) as RunCounts,
    alive: Boolean(alive),
  };
}
