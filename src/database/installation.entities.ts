import { Column, Entity, PrimaryColumn } from 'typeorm';
import { KeyColumn, MomentColumn } from './columns.js';
import { IdColumn, type Id } from './id.js';

/** Facts about this installation: its id, the check value of its secret key, whether it has been founded. */
@Entity('installation')
export class InstallationFact {
  @PrimaryColumn({ type: 'varchar', length: 32, charset: 'ascii', collation: 'ascii_bin' }) name: string;
  @KeyColumn(255) value: string;
}

/** One holder at a time, by the database's clock; a holder that died loses it when it ends. */
@Entity('leases')
export class Lease {
  @PrimaryColumn({ type: 'varchar', length: 64, charset: 'ascii', collation: 'ascii_bin' }) name: string;
  @IdColumn({ nullable: true }) holder: Id | null;
  @MomentColumn({ nullable: true }) until: Date | null;
  @Column({ type: 'int', unsigned: true, default: 0 }) fence: number;
}
