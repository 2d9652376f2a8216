import { Column, Entity, PrimaryColumn } from 'typeorm';
import { MomentColumn } from '../database/columns.js';
import { type Id } from '../database/id.js';

/** A picture re-encoded by us (WebP, at most 64 kB), kept once per account by the SHA-256 of its bytes. */
@Entity('photos')
export class Photo {
  @PrimaryColumn({ type: 'char', length: 36, charset: 'ascii', collation: 'ascii_bin' }) accountId: Id;
  @PrimaryColumn({ type: 'varchar', length: 64, charset: 'ascii', collation: 'ascii_bin' }) hash: string;
  @Column({ type: 'mediumblob' }) bytes: Buffer;
  @MomentColumn() createdAt: Date;
}
