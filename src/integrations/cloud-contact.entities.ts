import { Column, Entity, Index, PrimaryColumn, type Relation } from 'typeorm';
import { ReachRow } from '../accounts/reach-row.js';
import { type ContactFields, type PhoneField } from '../contact-card/contact-fields.js';
import {
  FlagColumn,
  JsonColumn,
  KeyColumn,
  MomentColumn,
  TextColumn,
  WordColumn,
} from '../database/columns.js';
import { IdColumn, PrimaryId, type Id } from '../database/id.js';
import { type E164 } from '../phone/e164.js';
import { type RemoteFields } from './contacts-connector.js';

const id = { type: 'char', length: 36, charset: 'ascii', collation: 'ascii_bin' } as const;

/** What both sides had when they last agreed: the middle of the three-way merge. */
export interface AgreedCopy {
  fields: RemoteFields;
  /** Remote ids, sorted. */
  folderIds: string[];
}

/** What the provider has not been told yet: the outbox. What exactly is the difference to the agreed copy. */
export type Pending = 'create' | 'change' | 'remove';

/** Why the provider does not take a change. */
export interface PushProblem {
  /** Sentence `sync.problem.<key>`. */
  key: string;
  values?: Record<string, string | number>;
  /** ISO 8601, UTC. */
  since: string;
}

/**
 * A contact of a mailbox, as it is here: it can be read and edited while the provider is away. Its id is also its client id
 * there. Written by cloud-contact-writes.ts alone.
 */
@Entity('cloud_contacts')
@Index('uq_cloud_contacts_remote', ['connectionId', 'remoteId'], { unique: true })
// Order by name, letters and search: a search that finds nothing reads this alone.
@Index('ix_cloud_contacts_list', [
  ...['ownerId', 'deletedAt', 'sortKey', 'id', 'connectionId', 'searchKey', 'starred', 'updatedAt'],
])
@Index('ix_cloud_contacts_email', ['ownerId', 'email'])
@Index('ix_cloud_contacts_pending', ['connectionId', 'pending', 'pendingSince'])
@Index('ix_cloud_contacts_gone', ['connectionId', 'goneAt'])
@Index('ix_cloud_contacts_arrived', ['connectionId', 'arrivedAs'])
@Index('ix_cloud_contacts_sent', ['connectionId', 'sentAt'])
@Index('ix_cloud_contacts_deleted', ['accountId', 'deletedAt'])
// Whose number it is.
@Index('ix_cloud_contacts_work_phone', ['ownerId', 'workPhone'])
@Index('ix_cloud_contacts_home_phone', ['ownerId', 'homePhone'])
@Index('ix_cloud_contacts_mobile_phone', ['ownerId', 'mobilePhone'])
@Index('ix_cloud_contacts_fax_number', ['ownerId', 'faxNumber'])
@Index('ix_cloud_contacts_main_phone', ['ownerId', 'mainPhone'])
export class CloudContact implements ContactFields {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @IdColumn() ownerId: Id;
  @IdColumn() connectionId: Id;
  /** null until it was made there. Kept in the bin: a contact that comes back there is the same one. */
  @WordColumn(512, { nullable: true }) remoteId: string | null;
  @KeyColumn(512, { nullable: true }) revision: string | null;
  /** Of one that is being made there (no `remoteId` yet): what was sent, for its owner may edit it before we hear of it. */
  @JsonColumn({ nullable: true }) agreed: Relation<AgreedCopy> | null;
  /** The connector's own, handed back to it with each write; but `further` is what contacts/further.ts reads. */
  @JsonColumn({ nullable: true }) memory: Relation<Record<string, unknown>> | null;
  /** vCard FN (RFC 6350 §6.2.1). */
  @TextColumn(255) displayName: string;
  /** Normalised where it is an address, else as the provider has it. */
  @KeyColumn(254, { nullable: true }) email: string | null;
  @WordColumn(16, { nullable: true }) workPhone: E164 | null;
  @WordColumn(16, { nullable: true }) homePhone: E164 | null;
  @WordColumn(16, { nullable: true }) mobilePhone: E164 | null;
  @WordColumn(16, { nullable: true }) faxNumber: E164 | null;
  @WordColumn(16, { nullable: true }) mainPhone: E164 | null;
  @TextColumn(255, { nullable: true }) organization: string | null;
  /** What the provider says, where it differs from the number, also where no number can be read from it. */
  @JsonColumn() typedPhones: Relation<Partial<Record<PhoneField, string>>>;
  @FlagColumn() isPrivate: boolean;
  @FlagColumn() starred: boolean;
  /** Folded words and phone digits, at most 500 characters (src/text/fold.ts). */
  @KeyColumn(500) searchKey: string;
  @KeyColumn(191) sortKey: string;
  @Column({ type: 'smallint', unsigned: true }) foldVersion: number;
  /** Raised by each change here, by people and runs: two windows are told apart by it, and a push sees what came meanwhile. */
  @Column({ type: 'int', unsigned: true, default: 1 }) version: number;
  @WordColumn(6, { nullable: true }) pending: Pending | null;
  @MomentColumn({ nullable: true }) pendingSince: Date | null;
  /** Sendings that were begun; from the second on, one that makes it asks first whether it is there. */
  @Column({ type: 'int', unsigned: true, default: 0 }) pushAttempts: number;
  /**
   * When it was sent, null again once a reading listed it: what was made there and deleted again before, no reading tells of
   * (sync/unheard.ts).
   */
  @MomentColumn({ nullable: true }) sentAt: Date | null;
  /** With one the change is not sent again before somebody edits the contact. */
  @JsonColumn({ nullable: true }) problem: Relation<PushProblem> | null;
  /** The last reading from nothing it was listed in (`SyncScope.pass`). */
  @Column({ type: 'int', unsigned: true, default: 0 }) pass: number;
  /** The provider does not have it any more; what that means is settled once the whole run was read (sync/settle.ts). */
  @MomentColumn({ nullable: true }) goneAt: Date | null;
  /**
   * Of one that is new there since the last settling: the contact whose client id it carries (that one moved, or a copy of
   * it), else its own id.
   */
  @IdColumn({ nullable: true }) arrivedAs: Id | null;
  /** The contact of another mailbox it goes on as: it is removed there only once that one was made. */
  @IdColumn({ nullable: true }) movedTo: Id | null;
  /** The journal batch that made it. */
  @IdColumn() createdByBatch: Id;
  /** The journal batch that put it into the bin. */
  @IdColumn({ nullable: true }) deletedByBatch: Id | null;
  @MomentColumn() createdAt: Date;
  @MomentColumn() updatedAt: Date;
  @MomentColumn({ nullable: true }) deletedAt: Date | null;
}

/** Where a contact is: one folder, or at Google any number. */
@Entity('cloud_contact_folders')
@Index('ix_cloud_contact_folders_folder', ['folderId', 'contactId'])
@Index('ix_cloud_contact_folders_owner', ['ownerId'])
export class CloudContactFolder {
  @PrimaryColumn(id) contactId: Id;
  @PrimaryColumn(id) folderId: Id;
  @IdColumn() accountId: Id;
  @IdColumn() ownerId: Id;
}

/** A number or address its provider has beyond the fields. */
@Entity('cloud_contact_reach')
// Whose it is.
@Index('ix_cloud_contact_reach_value', ['ownerId', 'value'])
export class CloudContactReach extends ReachRow {}

/** One field both sides changed. What stands in the contact is the provider's value. */
export interface FieldConflict {
  agreed: string | null;
  here: string | null;
  there: string | null;
}

/**
 * Something a run could not decide alone; nothing of it is lost meanwhile. `fields`: both changed the same ones.
 * `deleted-there`: deleted there and edited here, so it lives and is made there again. `deleted-here`: deleted here and edited
 * there, so it lives.
 */
@Entity('cloud_conflicts')
@Index('uq_cloud_conflicts_open', ['contactId', 'openKey'], { unique: true })
@Index('ix_cloud_conflicts_owner', ['ownerId', 'openKey', 'createdAt', 'id'])
@Index('ix_cloud_conflicts_connection', ['connectionId', 'openKey'])
@Index('ix_cloud_conflicts_resolved', ['accountId', 'resolvedAt'])
export class CloudConflict {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @IdColumn() ownerId: Id;
  @IdColumn() connectionId: Id;
  @IdColumn() contactId: Id;
  /** 1 while it waits, so that a contact has one at most; NULL once it is settled. */
  @Column({ type: 'tinyint', nullable: true, default: 1 }) openKey: number | null;
  @WordColumn(16) kind: 'fields' | 'deleted-there' | 'deleted-here';
  /** By contact field; of `fields` alone. */
  @JsonColumn() fields: Relation<Record<string, FieldConflict>>;
  @IdColumn({ nullable: true }) runId: Id | null;
  @Column({ type: 'int', unsigned: true, default: 1 }) revision: number;
  @MomentColumn() createdAt: Date;
  @MomentColumn({ nullable: true }) resolvedAt: Date | null;
  /** The journal batch of the choice; null when it settled itself. */
  @IdColumn({ nullable: true }) resolvedByBatch: Id | null;
}
