import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type Id } from '../database/id.js';
import { type Status } from './user.entity.js';

/** How many living people an account has in each status, changed in the transaction that changes the people. */
@Entity('user_counters')
export class UserCounter {
  @PrimaryColumn({ type: 'char', length: 36, charset: 'ascii', collation: 'ascii_bin' }) accountId: Id;
  @PrimaryColumn({ type: 'varchar', length: 12, charset: 'ascii', collation: 'ascii_bin' }) status: Status;
  @Column({ type: 'int', default: 0 }) people: number;
}
