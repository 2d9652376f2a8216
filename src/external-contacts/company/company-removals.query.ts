import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { keysetPage, type KeysetOrder, type KeysetPage, type Place } from '../../database/keyset.js';

/** A removal as the audit log has it. */
export interface ListedRemoval {
  id: Id;
  at: Date;
  batchId: Id;
  actorName: string;
  /** The one person of the company it was about; null for several. */
  targetId: Id | null;
  targetName: string | null;
  contacts: number;
  people: number;
  undoneAt: Date | null;
}

const newestFirst: KeysetOrder = {
  name: 'newest',
  columns: [
    { sql: 'a.at', name: 'at', kind: 'moment' },
    { sql: 'a.id', name: 'id', kind: 'id' },
  ],
  descending: true,
};

/** Reads which contacts administrators ended while that can still be taken back. */
@Injectable()
export class CompanyRemovalsQuery {
  constructor(private readonly database: DataSource) {}

  async page(accountId: Id, place: Place): Promise<KeysetPage<ListedRemoval>> {
    const page = await keysetPage<RemovalRow>(newestFirst, place, limits.page, (slice) =>
      this.database.query<RemovalRow[]>(
        `SELECT a.id, a.at, a.batchId, a.actorName, a.targetId, a.targetName, a.details, b.undoneAt
         FROM audit_entries a JOIN journal_batches b ON b.id = a.batchId
         WHERE a.accountId = ? AND a.action = 'external-contacts.remove'
           AND a.at > DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ? DAY) AND ${slice.where}
         ORDER BY ${slice.orderBy} LIMIT ${slice.limit}`,
        [accountId, limits.restoreDays, ...slice.values],
      ),
    );
    return {
      ...page,
      rows: page.rows.map(({ details, ...row }) => {
        const said = (details === null ? {} : JSON.parse(details)) as { contacts?: number; people?: number };
        return { ...row, contacts: said.contacts ?? 0, people: said.people ?? 0 };
      }),
    };
  }
}

type RemovalRow = Omit<ListedRemoval, 'contacts' | 'people'> & { details: string | null };
