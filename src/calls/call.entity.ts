import { Column, Entity, Index } from 'typeorm';
import { KeyColumn, MomentColumn, TextColumn, WordColumn } from '../database/columns.js';
import { IdColumn, PrimaryId, type Id } from '../database/id.js';
import { type E164 } from '../phone/e164.js';
import { type CallDirection, type CallOutcome, type CallSource, type RecordingState } from './call.js';

/** One call of a user's history, which that user alone sees. Written by src/calls/record/ as a telephone system reports it. */
@Entity('calls')
// Also of a deleted one: reported again, it stays in the bin.
@Index('uq_calls_call', ['userId', 'callId'], { unique: true })
// The list, its tabs, a search that finds nothing, and whom one calls most, without reading a row.
@Index('ix_calls_list', [
  ...['userId', 'deletedAt', 'startedAt', 'id', 'direction', 'outcome'],
  ...['number', 'typedNumber', 'searchKey'],
])
@Index('ix_calls_number', ['userId', 'number', 'startedAt'])
@Index('ix_calls_waiting', ['userId', 'heardAt', 'deletedAt'])
@Index('ix_calls_started', ['accountId', 'startedAt'])
@Index('ix_calls_deleted', ['accountId', 'deletedAt'])
@Index('ix_calls_batch', ['accountId', 'createdByBatch', 'id'])
export class Call {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @IdColumn() userId: Id;
  /** The telephone system’s own id of the call. */
  @KeyColumn(128) callId: string;
  @WordColumn(8) direction: CallDirection;
  @WordColumn(9) outcome: CallOutcome;
  /** Of the other side; null where what was said is no number. */
  @WordColumn(16, { nullable: true }) number: E164 | null;
  /** What the telephone system said, where it differs from `number` or is none: `anonymous`, an extension, a SIP user. */
  @TextColumn(64, { nullable: true }) typedNumber: string | null;
  /** What the telephone system calls the other side. */
  @TextColumn(255, { nullable: true }) callerName: string | null;
  @MomentColumn() startedAt: Date;
  /** How long it was talked. */
  @Column({ type: 'int', unsigned: true, default: 0 }) seconds: number;
  /**
   * When the user took note of it: saw the missed call, heard the voicemail. Of calls there is nothing to take note of, when they
   * began; null: it waits.
   */
  @MomentColumn({ nullable: true }) heardAt: Date | null;
  /** Where a recording is to be fetched from. */
  @TextColumn(2048, { nullable: true }) recordingUrl: string | null;
  @WordColumn(8, { nullable: true }) recording: RecordingState | null;
  @WordColumn(6) source: CallSource;
  /** The journal batch of the import that made it. */
  @IdColumn({ nullable: true }) createdByBatch: Id | null;
  /** Folded words and digits (src/text/fold.ts). */
  @KeyColumn(500) searchKey: string;
  @Column({ type: 'smallint', unsigned: true }) foldVersion: number;
  /** In the bin since; gone 30 days later. */
  @MomentColumn({ nullable: true }) deletedAt: Date | null;
  @MomentColumn() createdAt: Date;
  @MomentColumn() updatedAt: Date;
}
