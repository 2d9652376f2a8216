import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { keysetPage, type KeysetOrder, type KeysetPage, type Place } from '../../database/keyset.js';
import { type Changes, type JournalEntry } from '../../journal/journal.entities.js';

/** What one act did to one subject. */
export type Subject = Pick<
  JournalEntry,
  'batchId' | 'subjectId' | 'subjectType' | 'action' | 'line' | 'changes'
>;

/** Subjects of one act are counted up to here; beyond it the page says "more than". */
export const COUNTED = 10_000;

const byId: KeysetOrder = {
  name: 'subject',
  columns: [{ sql: 'e.subjectId', name: 'subjectId', kind: 'id' }],
};

const COLUMNS = 'e.batchId, e.subjectId, e.subjectType, e.action, e.line, e.changes';

/** Reads before and after from the journal, for acts of the audit log. */
@Injectable()
export class AuditSubjects {
  constructor(private readonly database: DataSource) {}

  /** Subjects of one act, in the order they were made. */
  page(accountId: Id, batchId: Id, place: Place, limit: number = limits.page): Promise<KeysetPage<Subject>> {
    return keysetPage<Subject>(byId, place, limit, (slice) =>
      this.read(
        `e.batchId = ? AND e.accountId = ? AND ${slice.where} ORDER BY ${slice.orderBy} LIMIT ${slice.limit}`,
        [batchId, accountId, ...slice.values],
      ),
    );
  }

  /** @returns at most `COUNTED` + 1 */
  async count(accountId: Id, batchId: Id): Promise<number> {
    const [{ subjects }] = await this.database.query<[{ subjects: string | number }]>(
      `SELECT COUNT(*) AS subjects FROM
         (SELECT 1 FROM journal_entries WHERE batchId = ? AND accountId = ? LIMIT ${COUNTED + 1}) counted`,
      [batchId, accountId],
    );
    return Number(subjects);
  }

  /** What these batches did to these subjects. */
  async between(accountId: Id, batchIds: readonly Id[], subjectIds: readonly Id[]): Promise<Subject[]> {
    if (batchIds.length === 0 || subjectIds.length === 0) return [];
    return this.read('e.batchId IN (?) AND e.subjectId IN (?) AND e.accountId = ?', [
      ...[batchIds, subjectIds, accountId],
    ]);
  }

  /** Subjects of several batches, the newest batch first, at most `limit`; the index is read backwards. */
  ofBatches(accountId: Id, batchIds: readonly Id[], limit: number): Promise<Subject[]> {
    return this.read(
      'e.batchId IN (?) AND e.accountId = ? ORDER BY e.batchId DESC, e.subjectId DESC LIMIT ?',
      [...[batchIds, accountId, limit]],
    );
  }

  private async read(where: string, values: unknown[]): Promise<Subject[]> {
    const rows = await this.database.query<(Omit<Subject, 'changes'> & { changes: string | null })[]>(
      `SELECT ${COLUMNS} FROM journal_entries e WHERE ${where}`,
      values,
    );
    return rows.map((row) => ({
      ...row,
      changes: row.changes === null ? null : (JSON.parse(row.changes) as Changes),
    }));
  }
}
