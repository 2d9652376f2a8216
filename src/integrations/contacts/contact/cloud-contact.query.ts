import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Provider } from '../../../accounts/settings.js';
import { limits } from '../../../config/limits.js';
import { isId, type Id } from '../../../database/id.js';
import { keysetPage, type KeysetOrder, type KeysetPage, type Place } from '../../../database/keyset.js';
import { NotFound } from '../../../errors/domain-error.js';
import { type Changes, type JournalEntry } from '../../../journal/journal.entities.js';
import { type Words } from '../../../web/words.js';
import { type StoredCloudContact } from '../cloud-contact-row.js';
import { cloudContactsOf, SUBJECT } from '../cloud-contact-writes.js';
import { folderName } from '../labels.js';

/** What happened to one cloud contact in one act. */
export interface CloudEvent {
  batchId: Id;
  kind: string;
  action: JournalEntry['action'];
  at: Date;
  undoneAt: Date | null;
  /** The run it came with; null for what its owner did. */
  runId: Id | null;
  changes: Changes | null;
  /** How many contacts the act was about. */
  subjects: number;
}

const newestFirst: KeysetOrder = {
  name: 'cloud-history',
  columns: [{ sql: 'e.batchId', name: 'batchId', kind: 'id' }],
  descending: true,
};

/** Reads one cloud contact for its owner, with what happened to it. */
@Injectable()
export class CloudContactQuery {
  constructor(private readonly database: DataSource) {}

  /** Living or in the bin. @throws NotFound, also for somebody else's */
  async find(ownerId: Id, id: string): Promise<StoredCloudContact> {
    if (!isId(id)) throw new NotFound();
    const found = (await cloudContactsOf(this.database, ownerId, { ids: [id], deleted: 'both' })).get(id);
    if (!found || isOver(found.deletedAt)) throw new NotFound('cloud-contact.not-found');
    return found;
  }

  async isLiving(ownerId: Id, id: Id): Promise<boolean> {
    return (await cloudContactsOf(this.database, ownerId, { ids: [id] })).has(id);
  }

  async isInConflict(ownerId: Id, id: Id): Promise<boolean> {
    const open = await this.database.query<unknown[]>(
      'SELECT id FROM cloud_conflicts WHERE contactId = ? AND ownerId = ? AND openKey = 1',
      [id, ownerId],
    );
    return open.length > 0;
  }

  /** How it came into the bin. */
  async removal(contact: Pick<StoredCloudContact, 'deletedByBatch'>): Promise<{ kind: string | null }> {
    const [batch] = await this.database.query<{ kind: string }[]>(
      'SELECT kind FROM journal_batches WHERE id = ?',
      [contact.deletedByBatch],
    );
    return { kind: batch?.kind ?? null };
  }

  /** What happened to it, newest first, a page at a time. */
  async history(ownerId: Id, subjectId: Id, place: Place): Promise<KeysetPage<CloudEvent>> {
    const page = await keysetPage(newestFirst, place, limits.page, (slice) =>
      this.database.query<
        (Omit<CloudEvent, 'changes' | 'subjects' | 'runId'> & { changes: string | null })[]
      >(
        `SELECT e.batchId, b.kind, e.action, b.at, b.undoneAt, e.changes
         FROM journal_entries e JOIN journal_batches b ON b.id = e.batchId
         WHERE e.subjectId = ? AND e.subjectType = ? AND (${slice.where})
         ORDER BY ${slice.orderBy} LIMIT ${slice.limit}`,
        [subjectId, SUBJECT, ...slice.values],
      ),
    );
    const batchIds = page.rows.map(({ batchId }) => batchId);
    const [counts, runs] = await Promise.all([this.subjects(batchIds), this.runs(ownerId, batchIds)]);
    return {
      ...page,
      rows: page.rows.map((row) => ({
        ...row,
        changes: row.changes === null ? null : (JSON.parse(row.changes) as Changes),
        runId: runs.get(row.batchId) ?? null,
        subjects: counts.get(row.batchId) ?? 1,
      })),
    };
  }

  /** Names of one's folders, also of those that are gone, by id. */
  async folderNames(ownerId: Id, ids: readonly Id[], words: Words): Promise<Map<Id, string>> {
    if (ids.length === 0) return new Map();
    const rows = await this.database.query<{ id: Id; name: string; isDefault: number; provider: Provider }[]>(
      `SELECT f.id, f.name, f.isDefault, c.provider
       FROM cloud_folders f JOIN connections c ON c.id = f.connectionId WHERE f.ownerId = ? AND f.id IN (?)`,
      [ownerId, ids],
    );
    return new Map(
      rows.map(({ id, name, isDefault, provider }) => [
        id,
        folderName(words, provider, { name, isDefault: Boolean(isDefault) }),
      ]),
    );
  }

  private async subjects(batchIds: readonly Id[]): Promise<Map<Id, number>> {
    if (batchIds.length === 0) return new Map();
    const rows = await this.database.query<{ batchId: Id; subjects: number | string }[]>(
      `SELECT batchId, COUNT(*) AS subjects FROM journal_entries WHERE batchId IN (?) AND subjectType = ?
       GROUP BY batchId`,
      [batchIds, SUBJECT],
    );
    return new Map(rows.map(({ batchId, subjects }) => [batchId, Number(subjects)]));
  }

  private async runs(ownerId: Id, batchIds: readonly Id[]): Promise<Map<Id, Id>> {
    if (batchIds.length === 0) return new Map();
    const rows = await this.database.query<{ id: Id; batchId: Id }[]>(
      'SELECT id, batchId FROM sync_runs WHERE ownerId = ? AND batchId IN (?)',
      [ownerId, batchIds],
    );
    return new Map(rows.map(({ id, batchId }) => [batchId, id]));
  }
}

/** In the bin for longer than it can be restored: gone, though a worker has yet to take it away. */
function isOver(deletedAt: Date | null): boolean {
  return deletedAt !== null && deletedAt.getTime() < Date.now() - limits.restoreDays * 86_400_000;
}
