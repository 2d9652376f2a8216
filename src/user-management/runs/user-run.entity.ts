import { Column, Entity, Index, PrimaryColumn, type Relation } from 'typeorm';
import { type Left } from '../../accounts/person.js';
import { FlagColumn, JsonColumn, MomentColumn, TextColumn, WordColumn } from '../../database/columns.js';
import { IdColumn, PrimaryId, type Id } from '../../database/id.js';
import { type ActFacts } from '../../journal/actor.js';
import { type Act, type Choice } from './acts.js';

const id = { type: 'char', length: 36, charset: 'ascii', collation: 'ascii_bin' } as const;

/**
 * `draft`: the people are chosen, nothing is done yet → `working` → `done`. `stopped`: whoever asked for it may not
 * do so any more; what is done stays.
 */
export type RunState = 'draft' | 'working' | 'done' | 'stopped';

/** What is known of the people when they are chosen. */
export interface RunPreview {
  /** How many are in each status. */
  statuses: Record<string, number>;
  owners: number;
  /** Whoever chose them is one of them. */
  self: boolean;
  /** All active owners are among them. */
  allOwners: boolean;
  file?: FileFindings;
}

/** What a file of addresses held beside the people who can be deactivated. The first of each list; the rest is counted. */
export interface FileFindings {
  name: string;
  /** Rows with something in them. */
  rows: number;
  twice: number;
  unknown: { count: number; first: { line: number; text: string }[] };
  unreadable: { count: number; first: { line: number; text: string }[] };
  deactivated: { count: number; first: { line: number; text: string }[] };
  /** Who cannot be deactivated by whoever sent the file: catalogue key of the reason. */
  refused: { count: number; first: { line: number; text: string; key: string }[] };
  /** The run that would cancel the invitations of the pending among them. */
  pending: { count: number; runId: Id | null };
}

/** One bulk action: who chose it, for whom, how far it is, what became of it. Kept for 30 days. */
@Entity('user_runs')
@Index('ix_user_runs_account', ['accountId', 'id'])
export class UserRun {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @IdColumn() actorId: Id;
  @WordColumn(16) act: Act;
  @WordColumn(8) state: RunState;
  @JsonColumn() choice: Relation<Choice>;
  @JsonColumn({ nullable: true }) preview: Relation<RunPreview> | null;
  /** The list it began on. */
  @TextColumn(2000) back: string;
  /** The run that this one takes back. */
  @IdColumn({ nullable: true }) undoes: Id | null;
  /** Takes back, instead of doing, what `act` says; the undo of an undo does it again. */
  @FlagColumn() reversed: boolean;
  /** The run that took this one back. */
  @IdColumn({ nullable: true }) undoneBy: Id | null;
  @Column({ type: 'int', unsigned: true }) total: number;
  /** Chunks of people that are through; saved with what was done to them. */
  @Column({ type: 'int', unsigned: true, default: 0 }) chunksDone: number;
  /** People who are through, whatever became of them. */
  @Column({ type: 'int', unsigned: true, default: 0 }) seen: number;
  @Column({ type: 'int', unsigned: true, default: 0 }) doneCount: number;
  /** Who was so already. */
  @Column({ type: 'int', unsigned: true, default: 0 }) sameCount: number;
  @Column({ type: 'int', unsigned: true, default: 0 }) leftCount: number;
  /** The first of those left out; how many there are for each reason stands beside. */
  @JsonColumn({ nullable: true }) leftFirst: Relation<Left[]> | null;
  @JsonColumn({ nullable: true }) leftReasons: Relation<Record<string, number>> | null;
  @IdColumn({ nullable: true }) batchId: Id | null;
  @JsonColumn() facts: Relation<ActFacts>;
  @MomentColumn() createdAt: Date;
  @MomentColumn({ nullable: true }) startedAt: Date | null;
  @MomentColumn({ nullable: true }) finishedAt: Date | null;
}

/** The people of a run, as they were when they were chosen: who comes after that is not meant. */
@Entity('user_run_people')
export class UserRunPeople {
  @PrimaryColumn(id) runId: Id;
  @PrimaryColumn({ type: 'int', unsigned: true }) chunk: number;
  @IdColumn() accountId: Id;
  @JsonColumn() userIds: Relation<Id[]>;
}
