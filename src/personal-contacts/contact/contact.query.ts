import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { limits } from '../../config/limits.js';
import { isId, type Id } from '../../database/id.js';
import {
  keysetPage,
  type KeysetOrder,
  type KeysetPage,
  type Place,
  type Slice,
} from '../../database/keyset.js';
import { NotFound } from '../../errors/domain-error.js';
import { type Changes, type JournalEntry } from '../../journal/journal.entities.js';
import { type StoredContact } from '../contact-row.js';
import { storedContacts, SUBJECT } from '../contact-writes.js';

export interface NamedGroup {
  id: Id;
  name: string;
}

/** What happened to one contact in one act. */
export interface ContactEvent {
  batchId: Id;
  kind: string;
  action: JournalEntry['action'];
  at: Date;
  undoneAt: Date | null;
  importId: Id | null;
  fileName: string | null;
  line: number | null;
  changes: Changes | null;
  /** How many contacts and groups the act was about. */
  subjects: number;
}

/** How a contact came into the bin. */
export interface Removal {
  at: Date;
  kind: string | null;
  importId: Id | null;
  fileName: string | null;
  mergedInto: { id: Id; displayName: string } | null;
}

const newestFirst: KeysetOrder = {
  name: 'contact-history',
  columns: [{ sql: 'e.batchId', name: 'batchId', kind: 'id' }],
  descending: true,
};

/** Reads one contact for its owner, with where it comes from and what happened to it. */
@Injectable()
export class ContactQuery {
  constructor(private readonly database: DataSource) {}

  async isLiving(ownerId: Id, id: Id): Promise<boolean> {
    return (await storedContacts(this.database, ownerId, { ids: [id] })).has(id);
  }

  /** Living or in the bin. @throws NotFound, also for somebody else's */
  async find(ownerId: Id, id: string): Promise<StoredContact> {
    if (!isId(id)) throw new NotFound();
    const found =
      (await storedContacts(this.database, ownerId, { ids: [id] })).get(id) ??
      (await storedContacts(this.database, ownerId, { ids: [id], deleted: true })).get(id);
    if (!found || isOver(found.deletedAt)) throw new NotFound('personal-contact.not-found');
    return found;
  }

  /** One's groups, A to Z. */
  groups(ownerId: Id): Promise<NamedGroup[]> {
    return this.database.query<NamedGroup[]>(
      'SELECT id, name FROM personal_contact_groups WHERE ownerId = ? AND liveKey = 1 ORDER BY nameKey',
      [ownerId],
    );
  }

  /** Names of one's groups, also deleted ones, by id. */
  async groupNames(ownerId: Id, ids: readonly Id[]): Promise<Map<Id, string>> {
    if (ids.length === 0) return new Map();
    const rows = await this.database.query<NamedGroup[]>(
      'SELECT id, name FROM personal_contact_groups WHERE ownerId = ? AND id IN (?)',
      [ownerId, ids],
    );
    return new Map(rows.map(({ id, name }) => [id, name]));
  }

  /** Names of one's contacts, also those in the bin, by id. */
  async contactNames(ownerId: Id, ids: readonly Id[]): Promise<Map<Id, string>> {
    if (ids.length === 0) return new Map();
    const rows = await this.database.query<{ id: Id; displayName: string }[]>(
      'SELECT id, displayName FROM personal_contacts WHERE ownerId = ? AND id IN (?)',
      [ownerId, ids],
    );
    return new Map(rows.map(({ id, displayName }) => [id, displayName]));
  }

  /** How it came into being; null when that is no longer known. */
  async origin(contact: Pick<StoredContact, 'id' | 'createdByBatch'>): Promise<ContactEvent | null> {
    const [event] = await this.events(contact.id, 'e.batchId = ?', [contact.createdByBatch], '', 1);
    return event ?? null;
  }

  /** What happened to a contact that was found for its owner, newest first, a page at a time. */
  history(id: Id, place: Place): Promise<KeysetPage<ContactEvent>> {
    return keysetPage<ContactEvent>(newestFirst, place, limits.page, (slice: Slice) =>
      this.events(id, slice.where, slice.values, `ORDER BY ${slice.orderBy}`, slice.limit),
    );
  }

  async removal(ownerId: Id, id: Id): Promise<Removal> {
    const [row] = await this.database.query<
      (Omit<Removal, 'mergedInto'> & { intoId: Id | null; intoName: string | null })[]
    >(
      `SELECT c.deletedAt AS at, b.kind, b.importId, i.fileName, m.id AS intoId, m.displayName AS intoName
       FROM personal_contacts c
       LEFT JOIN journal_batches b ON b.id = c.deletedByBatch
       LEFT JOIN imports i ON i.id = b.importId AND i.ownerId = c.ownerId
       LEFT JOIN personal_contacts m ON m.id = c.mergedInto AND m.ownerId = c.ownerId
       WHERE c.ownerId = ? AND c.id = ? AND c.deletedAt IS NOT NULL`,
      [ownerId, id],
    );
    if (!row) throw new NotFound('personal-contact.not-found');
    const { intoId, intoName, ...removal } = row;
    return { ...removal, mergedInto: intoId === null ? null : { id: intoId, displayName: intoName ?? '' } };
  }

  private async events(
    subjectId: Id,
    where: string,
    values: unknown[],
    order: string,
    limit: number,
  ): Promise<ContactEvent[]> {
    const rows = await this.database.query<(Omit<ContactEvent, 'changes'> & { changes: string | null })[]>(
      `SELECT e.batchId, b.kind, e.action, b.at, b.undoneAt, b.importId, i.fileName, e.line, e.changes
       FROM journal_entries e
       JOIN journal_batches b ON b.id = e.batchId
       LEFT JOIN imports i ON i.id = b.importId AND i.accountId = b.accountId
       WHERE e.subjectId = ? AND e.subjectType = ? AND (${where}) ${order} LIMIT ${limit}`,
      [subjectId, SUBJECT, ...values],
    );
    const counts = await this.subjects(rows.map(({ batchId }) => batchId));
    return rows.map((row) => ({
      ...row,
      changes: row.changes === null ? null : (JSON.parse(row.changes) as Changes),
      subjects: counts.get(row.batchId) ?? 1,
    }));
  }

  private async subjects(batchIds: readonly Id[]): Promise<Map<Id, number>> {
    if (batchIds.length === 0) return new Map();
    const rows = await this.database.query<{ batchId: Id; subjects: number | string }[]>(
      'SELECT batchId, COUNT(*) AS subjects FROM journal_entries WHERE batchId IN (?) GROUP BY batchId',
      [batchIds],
    );
    return new Map(rows.map(({ batchId, subjects }) => [batchId, Number(subjects)]));
  }
}

/** In the bin for longer than it can be restored: gone, though a worker has yet to take it away. */
function isOver(deletedAt: Date | null): boolean {
  return deletedAt !== null && deletedAt.getTime() < Date.now() - limits.restoreDays * 86_400_000;
}
