import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Id } from '../../database/id.js';

export interface KnownPersonalContact {
  id: Id;
  email: string;
  name: string;
}

/** Which addresses are those of contacts one keeps, by the indexes of their main one and of further ones. */
@Injectable()
export class KnownPersonalContacts {
  constructor(private readonly database: DataSource) {}

  /** @param addresses normalised. @returns of several contacts with an address, the oldest first */
  async among(ownerId: Id, addresses: readonly string[]): Promise<KnownPersonalContact[]> {
    if (addresses.length === 0) return [];
    return this.database.query(
      `SELECT known.id, known.email, known.name FROM (
         (SELECT id, email, displayName AS name FROM personal_contacts
          WHERE ownerId = ? AND email IN (?) AND deletedAt IS NULL)
         UNION
         (SELECT c.id, r.value, c.displayName FROM personal_contact_reach r
          STRAIGHT_JOIN personal_contacts c ON c.id = r.contactId
          WHERE r.ownerId = ? AND r.value IN (?) AND c.deletedAt IS NULL)) known ORDER BY known.id`,
      [ownerId, addresses, ownerId, addresses],
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
