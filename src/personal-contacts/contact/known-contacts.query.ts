import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Id } from '../../database/id.js';

export interface KnownPersonalContact {
  id: Id;
  email: string;
  name: string;
}

/** Which addresses are those of contacts one keeps: their main one, by its index. */
@Injectable()
export class KnownPersonalContacts {
  constructor(private readonly database: DataSource) {}

  /** @param addresses normalised. @returns of several contacts with an address, the oldest first */
  async among(ownerId: Id, addresses: readonly string[]): Promise<KnownPersonalContact[]> {
    if (addresses.length === 0) return [];
    return this.database.query(
      `SELECT id, email, displayName AS name FROM personal_contacts
       WHERE ownerId = ? AND email IN (?) AND deletedAt IS NULL ORDER BY id`,
      [ownerId, addresses],
    );
  }

  /** The act that made a contact: what an undo takes back. */
  async batchOf(ownerId: Id, id: Id): Promise<Id> {
    const [{ batchId }] = await this.database.query<[{ batchId: Id }]>(
      'SELECT createdByBatch AS batchId FROM personal_contacts WHERE id = ? AND ownerId = ?',
      [id, ownerId],
    );
    return batchId;
  }
}
