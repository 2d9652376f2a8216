import { Column, Entity, Index, PrimaryColumn, type Relation } from 'typeorm';
import { type Provider } from '../accounts/settings.js';
import {
  FlagColumn,
  JsonColumn,
  KeyColumn,
  MomentColumn,
  TextColumn,
  WordColumn,
} from '../database/columns.js';
import { IdColumn, PrimaryId, type Id } from '../database/id.js';

const id = { type: 'char', length: 36, charset: 'ascii', collation: 'ascii_bin' } as const;

/**
 * `connected`: kept in step. `needs-sign-in`: the provider refuses us. `paused`: switched off here (`pausedFor`); nothing is
 * deleted. `ended`: disconnected.
 */
export type ConnectionState = 'connected' | 'needs-sign-in' | 'paused' | 'ended';

export type ConnectionPause = 'feature' | 'provider' | 'person' | 'account';

/** Why the last run did not do all. */
export interface ConnectionProblem {
  /** Sentence `sync.problem.<key>`. */
  key: string;
  values?: Record<string, string | number>;
  /** ISO 8601, UTC. */
  since: string;
}

/**
 * One user's link to one mailbox. It is also its own turn in the queue: whoever raises `fence` by claiming it is the only one
 * who may save for it until the lease ends (sync/lease.ts).
 */
@Entity('connections')
// One mailbox once, and one connection a user where the account does not allow several.
@Index('uq_connections_slot', ['userId', 'slotKey'], { unique: true })
@Index('ix_connections_due', ['wakeAt', 'id'])
@Index('ix_connections_account', ['accountId', 'state', 'userId'])
@Index('ix_connections_ended', ['accountId', 'endedAt'])
export class Connection {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @IdColumn() userId: Id;
  @WordColumn(12) provider: Provider;
  /** The mailbox's own id, as its connector gives it: another mailbox is another connection. */
  @KeyColumn(255) mailboxId: string;
  /** How its owner knows the mailbox: an address or a login name. */
  @TextColumn(255) accountName: string;
  /** `one`, or provider and mailbox where the account allows several; null once ended. */
  @KeyColumn(191, { nullable: true }) slotKey: string | null;
  @WordColumn(16) state: ConnectionState;
  @WordColumn(10, { nullable: true }) pausedFor: ConnectionPause | null;
  /** The last time it was paused. */
  @MomentColumn({ nullable: true }) pausedAt: Date | null;
  @WordColumn(6) contacts: 'none' | 'read' | 'write';
  /** `write` is consented to, and not made use of yet. */
  @WordColumn(6) calendar: 'none' | 'read' | 'write';
  /** Settings of the provider that are no secret (address, version). */
  @JsonColumn() details: Relation<Record<string, unknown>>;
  @JsonColumn({ nullable: true }) problem: Relation<ConnectionProblem> | null;
  /** Runs that failed, one after another. */
  @Column({ type: 'int', unsigned: true, default: 0 }) failures: number;
  /** Counts claims. */
  @Column({ type: 'int', unsigned: true, default: 0 }) fence: number;
  @IdColumn({ nullable: true }) leaseToken: Id | null;
  @MomentColumn({ nullable: true }) leaseUntil: Date | null;
  /** When there is something to do: the earlier of the two below, null when nothing will be. */
  @MomentColumn({ nullable: true }) wakeAt: Date | null;
  /** The next whole run. */
  @MomentColumn({ nullable: true }) nextRunAt: Date | null;
  /** Local changes wait to be sent. */
  @MomentColumn({ nullable: true }) pushAt: Date | null;
  /** "Sync now", or a change here: asked for during a run, it is done after it. */
  @MomentColumn({ nullable: true }) askedAt: Date | null;
  @MomentColumn({ nullable: true }) lastRunAt: Date | null;
  @MomentColumn({ nullable: true }) lastSuccessAt: Date | null;
  /** When its list of calendars was last read. */
  @MomentColumn({ nullable: true }) calendarsListedAt: Date | null;
  /** Why its calendars could not be read the last time, while its contacts may be in step. */
  @JsonColumn({ nullable: true }) calendarProblem: Relation<ConnectionProblem> | null;
  /** Raised by changes of its settings: two windows are told apart by it. */
  @Column({ type: 'int', unsigned: true, default: 1 }) revision: number;
  @MomentColumn() createdAt: Date;
  @MomentColumn({ nullable: true }) endedAt: Date | null;
}

/** What a connection signs in with, apart, so that no query for a page ever reads it. */
@Entity('connection_secrets')
@Index('ix_connection_secrets_key', ['keyNumber', 'connectionId'])
export class ConnectionSecret {
  @PrimaryColumn(id) connectionId: Id;
  @IdColumn() accountId: Id;
  @IdColumn() userId: Id;
  /** AES-256-GCM (crypto/secret-keys.ts); authenticated with connection and user. */
  @Column({ type: 'mediumtext', charset: 'ascii', collation: 'ascii_bin' }) sealed: string;
  /** Of the key it is sealed with: what a rotation still has to do. */
  @Column({ type: 'int', unsigned: true }) keyNumber: number;
  @MomentColumn() updatedAt: Date;
}

/** A folder of a mailbox, also one that holds no contacts: the tree is built from all of them. */
@Entity('cloud_folders')
@Index('uq_cloud_folders_remote', ['connectionId', 'remoteId'], { unique: true })
@Index('ix_cloud_folders_owner', ['ownerId', 'living'])
@Index('ix_cloud_folders_account', ['accountId'])
export class CloudFolder {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @IdColumn() ownerId: Id;
  @IdColumn() connectionId: Id;
  /** Case-sensitive, as all ids of providers are. */
  @WordColumn(512) remoteId: string;
  @WordColumn(512, { nullable: true }) parentRemoteId: string | null;
  @TextColumn(255) name: string;
  @WordColumn(8) role: 'contacts' | 'other' | 'bin' | 'hidden';
  @FlagColumn() isDefault: boolean;
  @FlagColumn() readOnly: boolean;
  /** Holds contacts and is not below a bin: what pages show and runs read. */
  @FlagColumn() living: boolean;
  @MomentColumn() createdAt: Date;
  @MomentColumn() updatedAt: Date;
}

/** A pull that would delete too much, waiting for its owner (DESIGN, Sync, Brake). */
export interface Brake {
  /** `here`: the provider deleted them; `there`: they were deleted here. */
  direction: 'here' | 'there';
  deleted: number;
  of: number;
  /** Few in this folder, and much of the mailbox: it waits until it is answered, or all are back. */
  mailbox?: true;
  /** ISO 8601, UTC. */
  since: string;
  /** What the owner decided; absent while asked. */
  decision?: 'delete' | 'keep';
}

/** How far one thing with a cursor of its own was read: the tree, a folder, or the whole book. */
@Entity('sync_scopes')
@Index('uq_sync_scopes_key', ['connectionId', 'scopeKey'], { unique: true })
@Index('ix_sync_scopes_account', ['accountId'])
export class SyncScope {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @IdColumn() connectionId: Id;
  /** `tree`, `book`, or the id of a folder. */
  @WordColumn(36) scopeKey: string;
  @Column({ type: 'longtext', charset: 'utf8mb4', collation: 'utf8mb4_bin', nullable: true }) cursor:
    string | null;
  @MomentColumn({ nullable: true }) cursorSavedAt: Date | null;
  /** Counts readings from nothing; contacts note the last one they were listed in. */
  @Column({ type: 'int', unsigned: true, default: 0 }) pass: number;
  /** Which version of what is kept of contacts it is read with (sync/scopes.ts). */
  @Column({ type: 'smallint', unsigned: true, default: 0 }) reading: number;
  /** Such a reading is under way: at its end, what it did not list is gone there. */
  @FlagColumn() passing: boolean;
  @JsonColumn({ nullable: true }) brake: Relation<Brake> | null;
  /** Why this folder alone cannot be read. */
  @JsonColumn({ nullable: true }) problem: Relation<ConnectionProblem> | null;
}

/** What one run did; counts of people. A run that found nothing to do leaves no row. */
export interface RunCounts {
  addedHere?: number;
  changedHere?: number;
  removedHere?: number;
  addedThere?: number;
  changedThere?: number;
  removedThere?: number;
  conflicts?: number;
  /** Things in contact folders that are no contacts. */
  skipped?: number;
  /** Changes of ours the provider did not take. */
  refused?: number;
}

@Entity('sync_runs')
@Index('ix_sync_runs_connection', ['connectionId', 'startedAt', 'id'])
@Index('ix_sync_runs_owner', ['ownerId', 'startedAt', 'id'])
@Index('ix_sync_runs_account', ['accountId', 'startedAt', 'id'])
export class SyncRun {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @IdColumn() ownerId: Id;
  @IdColumn() connectionId: Id;
  @WordColumn(10) kind: 'first' | 'schedule' | 'asked' | 'push';
  /** `running` also of one whose process died; the next run says so. */
  @WordColumn(10) outcome: 'running' | 'done' | 'partly' | 'failed' | 'stopped';
  @JsonColumn({ nullable: true }) problem: Relation<ConnectionProblem> | null;
  @JsonColumn() counts: Relation<RunCounts>;
  /** The journal batch of what it changed here; null when it changed nothing. */
  @IdColumn({ nullable: true }) batchId: Id | null;
  @MomentColumn() startedAt: Date;
  @MomentColumn({ nullable: true }) endedAt: Date | null;
}
