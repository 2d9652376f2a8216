import { Column, PrimaryColumn } from 'typeorm';
import { WordColumn } from '../database/columns.js';
import { IdColumn, PrimaryId, type Id } from '../database/id.js';
import { type FurtherReach } from './further-reach.js';

/** A row of either table of further numbers and addresses (`reachTables`). Stays while the contact is in the bin. */
export abstract class ReachRow {
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
