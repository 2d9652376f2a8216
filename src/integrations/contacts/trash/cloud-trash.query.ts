import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { phoneFields, type ContactPhones } from '../../../contact-card/contact-fields.js';
import { limits } from '../../../config/limits.js';
import { isId, type Id } from '../../../database/id.js';
import { keysetPage, type KeysetOrder, type KeysetPage, type Place } from '../../../database/keyset.js';
import { NotFound } from '../../../errors/domain-error.js';
import { likePattern, phoneQueryDigits, searchWords } from '../../../text/fold.js';
import { type Pending } from '../../cloud-contact.entities.js';

/** One contact in the bin. */
export interface BinnedCloudContact extends ContactPhones {
  id: Id;
  connectionId: Id;
  displayName: string;
  email: string | null;
  organization: string | null;
  pending: Pending | null;
  deletedAt: Date;
  kind: string | null;
}

const newestFirst: KeysetOrder = {
  name: 'cloud-trash',
  columns: [
    { sql: 'c.deletedAt', name: 'deletedAt', kind: 'moment' },
    { sql: 'c.id', name: 'id', kind: 'id' },
  ],
  descending: true,
};

/**
 * Of the bin, what can go for good: a deletion the provider has not been told yet would be forgotten, and the contact come back
 * from there.
 */
export const ERASABLE = 'c.pending IS NULL AND NOT (c.agreed IS NULL AND c.pushAttempts > 0)';

/** Reads the bin of one person's mailboxes: what can still be restored. A contact that goes on in another one is none of it. */
@Injectable()
export class CloudTrashQuery {
  constructor(private readonly database: DataSource) {}

  page(ownerId: Id, shown: readonly Id[], q: string, place: Place): Promise<KeysetPage<BinnedCloudContact>> {
    const { sql, values } = binned(ownerId, shown, q);
    return keysetPage<BinnedCloudContact>(newestFirst, place, limits.page, (slice) =>
      this.database.query<BinnedCloudContact[]>(
        `SELECT c.id, c.connectionId, c.displayName, c.email, ${phoneFields.map((field) => `c.${field}`).join(', ')},
                c.organization, c.pending, c.deletedAt, b.kind
         FROM cloud_contacts c LEFT JOIN journal_batches b ON b.id = c.deletedByBatch
         WHERE ${sql} AND (${slice.where}) ORDER BY ${slice.orderBy} LIMIT ${slice.limit}`,
        [...values, ...slice.values],
      ),
    );
  }

  async count(ownerId: Id, shown: readonly Id[], q = ''): Promise<number> {
    const { sql, values } = binned(ownerId, shown, q);
    const [{ contacts }] = await this.database.query<[{ contacts: number | string }]>(
      `SELECT COUNT(*) AS contacts FROM cloud_contacts c WHERE ${sql}`,
      values,
    );
    return Number(contacts);
  }

  /** @throws NotFound when one of these contacts, living or in the bin, is not theirs */
  async assertOwn(ownerId: Id, ids: readonly string[]): Promise<void> {
    const asked = [...new Set(ids)];
    if (!asked.every(isId)) throw new NotFound();
    const found = await this.database.query<unknown[]>(
      'SELECT id FROM cloud_contacts WHERE ownerId = ? AND id IN (?)',
      [ownerId, asked],
    );
    if (found.length < asked.length) throw new NotFound();
  }

  /** Those of these contacts (null: of the whole bin) that can go for good, A to Z; at most `limit`. */
  erasable(
    ownerId: Id,
    shown: readonly Id[],
    ids: readonly Id[] | null,
    limit: number,
  ): Promise<{ id: Id; displayName: string }[]> {
    if (ids?.length === 0) return Promise.resolve([]);
    const { sql, values } = binned(ownerId, shown, '');
    return this.database.query<{ id: Id; displayName: string }[]>(
      `SELECT c.id, c.displayName FROM cloud_contacts c
       WHERE ${sql} AND ${ERASABLE} ${ids === null ? '' : 'AND c.id IN (?)'} ORDER BY c.sortKey, c.id LIMIT ${limit}`,
      [...values, ...(ids === null ? [] : [ids])],
    );
  }

  async erasableCount(ownerId: Id, shown: readonly Id[]): Promise<number> {
    const { sql, values } = binned(ownerId, shown, '');
    const [{ contacts }] = await this.database.query<[{ contacts: number | string }]>(
      `SELECT COUNT(*) AS contacts FROM cloud_contacts c WHERE ${sql} AND ${ERASABLE}`,
      values,
    );
    return Number(contacts);
  }
}

function binned(ownerId: Id, shown: readonly Id[], q: string): { sql: string; values: unknown[] } {
  const digits = phoneQueryDigits(q);
  const patterns = (digits === null ? searchWords(q) : [digits]).map(likePattern);
  // What went into the bin before is gone, though a worker has yet to take it away.
  const oldest = new Date(Date.now() - limits.restoreDays * 86_400_000);
  const mailboxes = shown.length === 0 ? '1 = 0' : 'c.connectionId IN (?)';
  return {
    sql: [
      ...[`c.ownerId = ? AND c.deletedAt > ? AND c.movedTo IS NULL AND ${mailboxes}`],
      ...patterns.map(() => 'c.searchKey LIKE ?'),
    ].join(' AND '),
    values: [ownerId, oldest, ...(shown.length === 0 ? [] : [shown]), ...patterns],
  };
}
