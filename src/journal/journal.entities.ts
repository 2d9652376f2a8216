import { Column, Entity, Index, PrimaryColumn, type Relation } from 'typeorm';
import { JsonColumn, MomentColumn, TextColumn, WordColumn } from '../database/columns.js';
import { IdColumn, PrimaryId, type Id } from '../database/id.js';

const id = { type: 'char', length: 36, charset: 'ascii', collation: 'ascii_bin' } as const;

/** Per field: before and after. */
export type Changes = Record<string, [before: unknown, after: unknown]>;

/** One act: who, what, when. An undo is a batch too and names the one it undoes. */
@Entity('journal_batches')
@Index('ix_journal_batches_account', ['accountId', 'at'])
export class JournalBatch {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  /** NULL when the operator's command line or a worker acted. */
  @IdColumn({ nullable: true }) actorId: Id | null;
  /** For example `users.import`, `users.edit`, `users.import.undo`. */
  @WordColumn(48) kind: string;
  @IdColumn({ nullable: true }) importId: Id | null;
  @IdColumn({ nullable: true }) undoes: Id | null;
  @MomentColumn() at: Date;
  @MomentColumn({ nullable: true }) undoneAt: Date | null;
}

/** What one batch did to one subject. */
@Entity('journal_entries')
@Index('ix_journal_entries_subject', ['subjectId', 'batchId'])
export class JournalEntry {
  @PrimaryColumn(id) batchId: Id;
  @PrimaryColumn(id) subjectId: Id;
  @IdColumn() accountId: Id;
  @WordColumn(16) subjectType: string;
  @WordColumn(12) action: 'created' | 'changed' | 'removed' | 'restored';
  /** The spreadsheet row it came from, in an import. */
  @Column({ type: 'int', unsigned: true, nullable: true }) line: number | null;
  @JsonColumn({ nullable: true }) changes: Relation<Changes> | null;
}

/** What an administrator did, append-only; final erasure empties the values, nothing else changes a row. */
@Entity('audit_entries')
@Index('ix_audit_entries_account', ['accountId', 'at', 'id'])
@Index('ix_audit_entries_target', ['accountId', 'targetId', 'at'])
// Filters of `/audit-log`: each gives its rows newest first; that of persons also knows what they did.
@Index('ix_audit_entries_actor', ['accountId', 'actorId', 'at', 'id', 'action'])
@Index('ix_audit_entries_action', ['accountId', 'action', 'at', 'id'])
@Index('ix_audit_entries_batch', ['accountId', 'batchId'])
export class AuditEntry {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @IdColumn({ nullable: true }) actorId: Id | null;
  @TextColumn(255) actorName: string;
  @WordColumn(48) action: string;
  @WordColumn(16, { nullable: true }) targetType: string | null;
  @IdColumn({ nullable: true }) targetId: Id | null;
  @TextColumn(255, { nullable: true }) targetName: string | null;
  @IdColumn({ nullable: true }) batchId: Id | null;
  @JsonColumn({ nullable: true }) details: Relation<Record<string, unknown>> | null;
  @TextColumn(45, { nullable: true }) address: string | null;
  @TextColumn(64, { nullable: true }) requestId: string | null;
  @MomentColumn() at: Date;
}
