import { Entity, Index, PrimaryColumn } from 'typeorm';
import { MomentColumn, TextColumn } from '../database/columns.js';
import { IdColumn, type Id } from '../database/id.js';

/** One signed-in browser. Visitors have none. */
@Entity('sessions')
@Index('ix_sessions_user', ['userId', 'lastSeenAt'])
@Index('ix_sessions_expiry', ['expiresAt'])
@Index('uq_sessions_public', ['publicId'], { unique: true })
export class Session {
  /** SHA-256 (hex) of the 256-bit id in the cookie. */
  @PrimaryColumn({ type: 'char', length: 64, charset: 'ascii', collation: 'ascii_bin' }) idHash: string;
  /** What a page may name to end this session. */
  @IdColumn() publicId: Id;
  @IdColumn() accountId: Id;
  @IdColumn() userId: Id;
  @TextColumn(255) userAgent: string;
  @TextColumn(45) address: string;
  @MomentColumn() createdAt: Date;
  /** Written at most once in 10 minutes. */
  @MomentColumn() lastSeenAt: Date;
  /** The end whatever happens (7 days); the idle limit (8 hours) counts from `lastSeenAt`. */
  @MomentColumn() expiresAt: Date;
}
