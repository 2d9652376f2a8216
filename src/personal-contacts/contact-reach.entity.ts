import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { type FurtherReach } from '../accounts/further-reach.js';
import { WordColumn } from '../database/columns.js';
import { IdColumn, PrimaryId, type Id } from '../database/id.js';

/** A number or address of a contact's `extra`. Stays while the contact is in the bin. Written by contact-writes.ts alone. */
@Entity('personal_contact_reach')
// Whose it is.
@Index('ix_personal_contact_reach_value', ['ownerId', 'value'])
export class ContactReach {
  @PrimaryId() contactId: Id;
  /** E.164, or a normalised address. */
  @PrimaryColumn({ type: 'varchar', length: 254, charset: 'utf8mb4', collation: 'utf8mb4_bin' })
  value: string;
  @WordColumn(12) field: FurtherReach['field'];
  /** In the order the contact says them, a fax last. */
  @Column({ type: 'tinyint', unsigned: true }) place: number;
  @IdColumn() accountId: Id;
  @IdColumn() ownerId: Id;
}
