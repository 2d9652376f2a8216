import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { phoneFields, type ContactPhones } from '../../contact-card/contact-fields.js';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { keysetPage, type KeysetOrder, type KeysetPage, type Place } from '../../database/keyset.js';
import { likePattern, phoneQueryDigits, searchWords } from '../../text/fold.js';
import { assertOwn } from '../owner.js';

/** One contact in the bin. */
export interface BinnedContact extends ContactPhones {
  id: Id;
  displayName: string;
  email: string | null;
  organization: string | null;
  photoHash: string | null;
  deletedAt: Date;
  kind: string | null;
  importId: Id | null;
  fileName: string | null;
  intoId: Id | null;
  intoName: string | null;
}

const newestFirst: KeysetOrder = {
  name: 'trash',
  columns: [
    { sql: 'c.deletedAt', name: 'deletedAt', kind: 'moment' },
    { sql: 'c.id', name: 'id', kind: 'id' },
  ],
  descending: true,
};

/** Reads the bin of one person: what can still be restored. */
@Injectable()
export class TrashQuery {
  constructor(private readonly database: DataSource) {}

  page(ownerId: Id, q: string, place: Place): Promise<KeysetPage<BinnedContact>> {
    const { sql, values } = searchOf(q);
    return keysetPage<BinnedContact>(newestFirst, place, limits.page, (slice) =>
      this.database.query<BinnedContact[]>(
        `SELECT c.id, c.displayName, c.email, ${phoneFields.map((field) => `c.${field}`).join(', ')}, c.organization,
                c.photoHash, c.deletedAt, b.kind, b.importId, i.fileName, m.id AS intoId, m.displayName AS intoName
         FROM personal_contacts c
         LEFT JOIN journal_batches b ON b.id = c.deletedByBatch
         LEFT JOIN imports i ON i.id = b.importId AND i.ownerId = c.ownerId
         LEFT JOIN personal_contacts m ON m.id = c.mergedInto AND m.ownerId = c.ownerId
         WHERE c.ownerId = ? AND c.deletedAt > ? ${sql} AND (${slice.where})
         ORDER BY ${slice.orderBy} LIMIT ${slice.limit}`,
        [ownerId, oldest(), ...values, ...slice.values],
      ),
    );
  }

  async count(ownerId: Id, q = ''): Promise<number> {
    const { sql, values } = searchOf(q);
    const [{ contacts }] = await this.database.query<[{ contacts: number | string }]>(
      `SELECT COUNT(*) AS contacts FROM personal_contacts c WHERE c.ownerId = ? AND c.deletedAt > ? ${sql}`,
      [ownerId, oldest(), ...values],
    );
    return Number(contacts);
  }

  /** @throws NotFound when one of these contacts, living or in the bin, is not theirs */
  assertOwn(ownerId: Id, ids: readonly string[]): Promise<void> {
    return assertOwn(this.database, ownerId, ids);
  }

  /** Those of these contacts that are in the bin, A to Z; all of it when left out, at most `limit`. */
  binned(ownerId: Id, ids: readonly Id[] | null, limit: number): Promise<{ id: Id; displayName: string }[]> {
    if (ids?.length === 0) return Promise.resolve([]);
    return this.database.query<{ id: Id; displayName: string }[]>(
      `SELECT id, displayName FROM personal_contacts
       WHERE ownerId = ? AND deletedAt > ? ${ids === null ? '' : 'AND id IN (?)'} ORDER BY sortKey, id LIMIT ${limit}`,
      [ownerId, oldest(), ...(ids === null ? [] : [ids])],
    );
  }
}

/** What went into the bin before is gone, though a worker has yet to take it away. */
function oldest(): Date {
  return new Date(Date.now() - limits.restoreDays * 86_400_000);
}

function searchOf(q: string): { sql: string; values: string[] } {
  const digits = phoneQueryDigits(q);
  const patterns = (digits === null ? searchWords(q) : [digits]).map(likePattern);
  return { sql: patterns.map(() => 'AND c.searchKey LIKE ?').join(' '), values: patterns };
}
