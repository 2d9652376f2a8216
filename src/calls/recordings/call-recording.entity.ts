import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { MomentColumn, WordColumn } from '../../database/columns.js';
import { IdColumn, type Id } from '../../database/id.js';
import { type AudioType } from './audio.js';

/**
 * What was said in one call: its user's alone. Apart from `calls`, so that lists of calls never read sound; it goes to the bin
 * with its call, and is erased with it. Whether it is here stands in `calls.recording`.
 */
@Entity('call_recordings')
@Index('ix_call_recordings_account', ['accountId', 'dueAt'])
@Index('ix_call_recordings_user', ['userId'])
export class CallRecording {
  @PrimaryColumn({ type: 'char', length: 36, charset: 'ascii', collation: 'ascii_bin' }) callId: Id;
  @IdColumn() accountId: Id;
  @IdColumn() userId: Id;
  /** By its bytes; NULL until it is kept. */
  @WordColumn(16, { nullable: true }) mediaType: AudioType | null;
  /** SHA-256 (hex) of its bytes. */
  @WordColumn(64, { nullable: true }) hash: string | null;
  @Column({ type: 'int', unsigned: true, default: 0 }) sizeBytes: number;
  @Column({ type: 'mediumblob', nullable: true, select: false }) bytes: Buffer | null;
  /** Why it was not had so far: `recordings.problem.<word>`. */
  @WordColumn(32, { nullable: true }) problem: string | null;
  /** How often its host was asked in vain. */
  @Column({ type: 'int', unsigned: true, default: 0 }) tries: number;
  /** When its host is asked next; NULL: it is not. */
  @MomentColumn({ nullable: true }) dueAt: Date | null;
  /** Raised whenever something else is to be kept: an answer to an older question is dropped. */
  @Column({ type: 'int', unsigned: true, default: 1 }) revision: number;
  @MomentColumn() createdAt: Date;
  @MomentColumn() updatedAt: Date;
}
