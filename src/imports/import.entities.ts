import { Column, Entity, Index, PrimaryColumn, type Relation } from 'typeorm';
import { FlagColumn, JsonColumn, MomentColumn, TextColumn, WordColumn } from '../database/columns.js';
import { IdColumn, PrimaryId, type Id } from '../database/id.js';
import { type FileProblem, type ImportOptions, type ImportSummary, type Reading } from './reading.js';
import { type BatchCounts, type StoredRows } from './stored-rows.js';

const id = { type: 'char', length: 36, charset: 'ascii', collation: 'ascii_bin' } as const;

/**
 * `uploading` → `checking` → `checked` → `importing` → `done`; a check that cannot go on waits in `questions`
 * (columns to be named), `refused` names a file that cannot be read, `cancelled` and `undoing` → `undone` end it.
 */
export type ImportState =
  | 'uploading'
  | 'questions'
  | 'checking'
  | 'checked'
  | 'importing'
  | 'done'
  | 'undoing'
  | 'undone'
  | 'redoing'
  | 'refused'
  | 'cancelled';

/** One file brought in by one person, from upload to undo. */
@Entity('imports')
@Index('ix_imports_account', ['accountId', 'kind', 'id'])
@Index('ix_imports_owner', ['ownerId', 'id'])
@Index('uq_imports_running', ['runningKey'], { unique: true })
export class Import {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @IdColumn({ nullable: true }) ownerId: Id | null;
  @WordColumn(24) kind: string;
  @WordColumn(12) state: ImportState;
  /** `<kind>:<accountId or ownerId>` while it writes, so that one runs at a time; NULL otherwise. */
  @WordColumn(64, { nullable: true }) runningKey: string | null;
  @TextColumn(255) fileName: string;
  @Column({ type: 'int', unsigned: true, default: 0 }) fileBytes: number;
  /** How the file is read: detected, and what the person corrected. */
  @JsonColumn({ nullable: true }) reading: Relation<Reading> | null;
  /** Columns, choices for all rows. */
  @JsonColumn({ nullable: true }) options: Relation<ImportOptions> | null;
  @JsonColumn({ nullable: true }) counts: Relation<Record<string, number>> | null;
  /** Groups to be made and the like, shown in the check. */
  @JsonColumn({ nullable: true }) summary: Relation<ImportSummary> | null;
  /** Why a file was refused: a catalogue key and values. */
  @JsonColumn({ nullable: true }) problem: Relation<FileProblem> | null;
  /** How far the current step is, in rows. */
  @Column({ type: 'int', unsigned: true, default: 0 }) rowsDone: number;
  @Column({ type: 'int', unsigned: true, default: 0 }) rowsTotal: number;
  /** Raised when the file is to be read anew; batches of an older reading do not count. */
  @Column({ type: 'int', unsigned: true, default: 0 }) readingNumber: number;
  @IdColumn({ nullable: true }) batchId: Id | null;
  @IdColumn({ nullable: true }) undoBatchId: Id | null;
  @MomentColumn() createdAt: Date;
  @MomentColumn({ nullable: true }) finishedAt: Date | null;
}

/** The uploaded bytes, 512 KiB a row, one transaction each. */
@Entity('import_pieces')
export class ImportPiece {
  @PrimaryColumn(id) importId: Id;
  @PrimaryColumn({ type: 'int', unsigned: true }) piece: number;
  @IdColumn() accountId: Id;
  @Column({ type: 'mediumblob' }) bytes: Buffer;
}

/** About 500 rows with their raw cells and verdicts, read once. */
@Entity('import_batches')
export class ImportBatch {
  @PrimaryColumn(id) importId: Id;
  @PrimaryColumn({ type: 'int', unsigned: true }) batch: number;
  @IdColumn() accountId: Id;
  @Column({ type: 'int', unsigned: true }) readingNumber: number;
  @Column({ type: 'int', unsigned: true }) firstLine: number;
  @Column({ type: 'int', unsigned: true }) rowCount: number;
  /** How many of its rows have each verdict: a page of wrong rows skips the batches without any. */
  @JsonColumn() counts: Relation<BatchCounts>;
  @JsonColumn() rows: Relation<StoredRows>;
  @FlagColumn() written: boolean;
}
