import { Entity, Index, PrimaryColumn, type Relation } from 'typeorm';
import { JsonColumn, KeyColumn, MomentColumn, TextColumn, WordColumn } from '../database/columns.js';
import { IdColumn, PrimaryId, type Id } from '../database/id.js';
import { type GroupFeatures } from './features.js';

const id = { type: 'char', length: 36, charset: 'ascii', collation: 'ascii_bin' } as const;

/** For settings and administration; a user may be in several. */
@Entity('user_groups')
@Index('uq_user_groups_name', ['accountId', 'nameKey'], { unique: true })
export class UserGroup {
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

export type ChatGroupKind = 'normal' | 'shared' | 'restricted';

/** What the directory shows: listed to its members, to all, or found only by each other. */
@Entity('chat_groups')
@Index('uq_chat_groups_name', ['accountId', 'nameKey'], { unique: true })
export class ChatGroup {
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

/** Columns shared by both kinds of membership, for code that writes either. */
export const membershipTables = {
  userGroups: 'user_group_members',
  chatGroups: 'chat_group_members',
} as const;
