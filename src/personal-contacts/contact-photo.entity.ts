import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { MomentColumn } from '../database/columns.js';
import { IdColumn, type Id } from '../database/id.js';

/**
 * A picture of somebody's personal contacts (WebP, at most 64 kB), by the SHA-256 of its bytes. Apart from `photos`: those are
 * for everybody of the account, these for their owner alone, and one picture may be among both.
 */
@Entity('personal_contact_photos')
@Index('ix_personal_contact_photos_account', ['accountId', 'unusedSince'])
export class ContactPhoto {
  @PrimaryColumn({ type: 'char', length: 36, charset: 'ascii', collation: 'ascii_bin' }) ownerId: Id;
  @PrimaryColumn({ type: 'varchar', length: 64, charset: 'ascii', collation: 'ascii_bin' }) hash: string;
  @IdColumn() accountId: Id;
  @Column({ type: 'mediumblob' }) bytes: Buffer;
  @MomentColumn() createdAt: Date;
  /** Since when no contact, living or in the bin, has it; NULL while one does. */
  @MomentColumn({ nullable: true }) unusedSince: Date | null;
}
