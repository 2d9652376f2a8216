import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { limits } from '../config/limits.js';
import { type Id } from '../database/id.js';
import { keysetPage, type KeysetOrder, type KeysetPage } from '../database/keyset.js';
import { type Actor } from '../journal/actor.js';
import { ImportKinds } from './import-kinds.js';
import { type ImportState } from './import.entities.js';

export interface HistoryRow {
  id: Id;
  kind: string;
  state: ImportState;
  fileName: string;
  fileBytes: number;
  counts: Record<string, number> | null;
  createdAt: Date;
  by: string | null;
}

const newestFirst: KeysetOrder = {
  name: 'newest',
  columns: [{ sql: 'i.id', name: 'id', kind: 'id' }],
  descending: true,
};

/** Imports one may see: one's own whose feature is on, and for admins those of the account. */
@Injectable()
export class ImportHistory {
  constructor(
    private readonly database: DataSource,
    private readonly kinds: ImportKinds,
  ) {}

  page(
    actor: Actor,
    { after, before }: { after?: string; before?: string },
  ): Promise<KeysetPage<HistoryRow>> {
    const { shared, ofPeople } = this.kinds;
    const isAdmin = actor.role !== 'member';
    const mine = `i.ownerId = ?${ofPeople.length > 0 && !isAdmin ? ' AND i.kind NOT IN (?)' : ''}`;
    const others = isAdmin && shared.length > 0 ? ' OR i.kind IN (?)' : '';
    const kinds = [isAdmin ? shared : ofPeople].filter(({ length }) => length > 0);
    const closed = this.kinds.closedTo(actor);
    const open = closed.length > 0 ? ' AND i.kind NOT IN (?)' : '';
    return keysetPage<HistoryRow>(newestFirst, { after, before }, limits.page, async (slice) => {
      const rows = await this.database.query<(Omit<HistoryRow, 'counts'> & { counts: string | null })[]>(
        `SELECT i.id, i.kind, i.state, i.fileName, i.fileBytes, i.counts, i.createdAt,
           TRIM(CONCAT(u.givenName, ' ', u.familyName)) AS \`by\`
         FROM imports i LEFT JOIN users u ON u.id = i.ownerId
         WHERE i.accountId = ? AND (${mine}${others}) AND i.state <> 'uploading'${open} AND ${slice.where}
         ORDER BY ${slice.orderBy} LIMIT ${slice.limit}`,
        [actor.accountId, actor.id, ...kinds, ...(open ? [closed] : []), ...slice.values],
      );
      return rows.map((row) => ({
        ...row,
        counts: row.counts === null ? null : (JSON.parse(row.counts) as Record<string, number>),
      }));
    });
  }
}
