import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { MomentColumn } from '../database/columns.js';

/** Failed tries of one kind by one key (a hash) in one window; shared by all processes. */
@Entity('throttle_counters')
@Index('ix_throttle_counters_end', ['endsAt'])
export class ThrottleCounter {
  @PrimaryColumn({ type: 'char', length: 64, charset: 'ascii', collation: 'ascii_bin' }) key: string;
  @Column({ type: 'int', unsigned: true }) tries: number;
  @MomentColumn() endsAt: Date;
}
