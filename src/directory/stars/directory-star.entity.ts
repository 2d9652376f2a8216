import { Entity, Index, PrimaryColumn } from 'typeorm';
import { MomentColumn } from '../../database/columns.js';
import { IdColumn, type Id } from '../../database/id.js';

/** A colleague somebody has starred, which nobody else sees. */
@Entity('directory_stars')
@Index('ix_directory_stars_user', ['userId'])
@Index('ix_directory_stars_account', ['accountId'])
export class DirectoryStar {
  /** Who gave it. */
  @PrimaryColumn({ type: 'char', length: 36, charset: 'ascii', collation: 'ascii_bin' }) ownerId: Id;
  /** Who has it. */
  @PrimaryColumn({ type: 'char', length: 36, charset: 'ascii', collation: 'ascii_bin' }) userId: Id;
  @IdColumn() accountId: Id;
  @MomentColumn() starredAt: Date;
}
