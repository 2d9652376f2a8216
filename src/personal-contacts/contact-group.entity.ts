import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { KeyColumn, MomentColumn, TextColumn } from '../database/columns.js';
import { IdColumn, PrimaryId, type Id } from '../database/id.js';

const id = { type: 'char', length: 36, charset: 'ascii', collation: 'ascii_bin' } as const;

/** One of a user's own groups of personal contacts. */
@Entity('personal_contact_groups')
@Index('uq_personal_contact_groups_name', ['ownerId', 'nameKey', 'liveKey'], { unique: true })
@Index('ix_personal_contact_groups_deleted', ['accountId', 'deletedAt'])
export class ContactGroup {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @IdColumn() ownerId: Id;
  @TextColumn(255) name: string;
  /** Folded name: two groups may not differ by accents or case alone. */
  @KeyColumn(255) nameKey: string;
  /** 1 while the group exists, NULL once deleted, so that the name is free again. */
  @Column({ type: 'tinyint', nullable: true, default: 1 }) liveKey: number | null;
  @Column({ type: 'int', unsigned: true, default: 1 }) revision: number;
  @IdColumn() createdByBatch: Id;
  @MomentColumn() createdAt: Date;
  @MomentColumn({ nullable: true }) deletedAt: Date | null;
}

/** Stays while its contact or group is in the bin, so that both come back as they were. */
@Entity('personal_contact_group_members')
@Index('ix_personal_contact_group_members_contact', ['contactId'])
// How many contacts are in no group is counted along it.
@Index('ix_personal_contact_group_members_owner', ['ownerId', 'contactId'])
export class ContactGroupMember {
  @PrimaryColumn(id) groupId: Id;
  @PrimaryColumn(id) contactId: Id;
  @IdColumn() accountId: Id;
  @IdColumn() ownerId: Id;
}
