import { Column, Entity, Index, PrimaryColumn, type Relation } from 'typeorm';
import { JsonColumn, KeyColumn, MomentColumn, TextColumn, WordColumn } from '../database/columns.js';
import { IdColumn, PrimaryId, type Id } from '../database/id.js';
import { type GroupFeatures } from './features.js';

const id = { type: 'char', length: 36, charset: 'ascii', collation: 'ascii_bin' } as const;

/** Columns by which two changes of one group that must not both win meet in its row. */
abstract class EditedGroup {
  /** Raised by each change of name, kind or features: two windows on one group are told apart by it. */
  @Column({ type: 'int', unsigned: true, default: 1 }) revision: number;
  /** Raised by whoever puts people in, so that an arrival meets a change of kind, or the end of the group. */
  @Column({ type: 'int', unsigned: true, default: 0 }) arrivals: number;
}

/** For settings and administration; a user may be in several. */
@Entity('user_groups')
@Index('uq_user_groups_name', ['accountId', 'nameKey'], { unique: true })
export class UserGroup extends EditedGroup {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @TextColumn(255) name: string;
  /** Folded name: two groups may not differ by accents or case alone. */
  @KeyColumn(255) nameKey: string;
  @JsonColumn({ nullable: true }) features: Relation<GroupFeatures> | null;
  @IdColumn({ nullable: true }) createdByBatch: Id | null;
  @MomentColumn() createdAt: Date;
}

@Entity('user_group_members')
@Index('ix_user_group_members_user', ['userId'])
export class UserGroupMember {
  @PrimaryColumn(id) groupId: Id;
  @PrimaryColumn(id) userId: Id;
  @IdColumn() accountId: Id;
}

export const chatGroupKinds = ['normal', 'shared', 'restricted'] as const;
export type ChatGroupKind = (typeof chatGroupKinds)[number];

/** What the directory shows: listed to its members, to all, or found only by each other. */
@Entity('chat_groups')
@Index('uq_chat_groups_name', ['accountId', 'nameKey'], { unique: true })
export class ChatGroup extends EditedGroup {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @TextColumn(255) name: string;
  @KeyColumn(255) nameKey: string;
  @WordColumn(12, { default: 'normal' }) kind: ChatGroupKind;
  @IdColumn({ nullable: true }) createdByBatch: Id | null;
  @MomentColumn() createdAt: Date;
}

@Entity('chat_group_members')
@Index('ix_chat_group_members_user', ['userId'])
export class ChatGroupMember {
  @PrimaryColumn(id) groupId: Id;
  @PrimaryColumn(id) userId: Id;
  @IdColumn() accountId: Id;
}
