import { Column, Entity, Index, type Relation } from 'typeorm';
import { JsonColumn, KeyColumn, MomentColumn, TextColumn, WordColumn } from '../database/columns.js';
import { IdColumn, PrimaryId, type Id } from '../database/id.js';

/** Work that leaves the process, written with its cause and done at least once by a worker. */
@Entity('jobs')
@Index('uq_jobs_key', ['uniqueKey'], { unique: true })
@Index('ix_jobs_due', ['state', 'runAt', 'id'])
@Index('ix_jobs_lease', ['leaseToken'])
export class Job {
  @PrimaryId() id: Id;
  @IdColumn({ nullable: true }) accountId: Id | null;
  @WordColumn(48) kind: string;
  @JsonColumn() payload: Relation<Record<string, unknown>>;
  /** NULL when done, so the same work may be asked for again. */
  @KeyColumn(191, { nullable: true }) uniqueKey: string | null;
  @WordColumn(8) state: 'waiting' | 'done' | 'failed';
  @MomentColumn() runAt: Date;
  /** Failures so far. */
  @Column({ type: 'int', unsigned: true, default: 0 }) attempts: number;
  /** Claims in a row whose worker was never heard of again. */
  @Column({ type: 'int', unsigned: true, default: 0 }) crashes: number;
  @IdColumn({ nullable: true }) leaseToken: Id | null;
  @MomentColumn({ nullable: true }) leaseUntil: Date | null;
  /** Raised at each claim; a save with an older one fails. */
  @Column({ type: 'int', unsigned: true, default: 0 }) fence: number;
  @TextColumn(500, { nullable: true }) lastError: string | null;
  @MomentColumn() createdAt: Date;
  @MomentColumn({ nullable: true }) finishedAt: Date | null;
}
