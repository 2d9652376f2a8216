import { Entity, Index, PrimaryColumn } from 'typeorm';
import { IdColumn, type Id } from '../database/id.js';

/** Which user an address signs in, on the whole installation; written only when that person has activated it. */
@Entity('sign_in_addresses')
@Index('ix_sign_in_addresses_user', ['userId'])
export class SignInAddress {
  @PrimaryColumn({ type: 'varchar', length: 254, charset: 'utf8mb4', collation: 'utf8mb4_bin' })
  address: string;
  @IdColumn() accountId: Id;
  @IdColumn() userId: Id;
}
