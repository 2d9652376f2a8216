import { Column, Entity, Index, PrimaryColumn, type Relation } from 'typeorm';
import { JsonColumn, KeyColumn, MomentColumn, TextColumn, WordColumn } from '../database/columns.js';
import { IdColumn, PrimaryId, type Id } from '../database/id.js';

/** One piece of news for one person; said by `notifications.kind.<kind>` in the reader's language. */
@Entity('notifications')
@Index('uq_notifications_once', ['userId', 'onceKey'], { unique: true })
@Index('ix_notifications_list', ['userId', 'id'])
@Index('ix_notifications_unread', ['userId', 'readAt', 'id'])
@Index('ix_notifications_account', ['accountId', 'at'])
export class Notification {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @IdColumn() userId: Id;
  @WordColumn(48) kind: string;
  /** What the words name; never a secret. */
  @JsonColumn() values: Relation<Record<string, string | number>>;
  /** The page it leads to, a local path. */
  @TextColumn(255) href: string;
  /** The same cause has the same key and is told once, however often it is tried. */
  @KeyColumn(96) onceKey: string;
  @MomentColumn() at: Date;
  @MomentColumn({ nullable: true }) readAt: Date | null;
}

export const digests = ['none', 'daily', 'weekly'] as const;
export type Digest = (typeof digests)[number];

/** What somebody chose about notifications; missing until they choose: no digest. */
@Entity('notification_choices')
@Index('ix_notification_choices_account', ['accountId'])
export class NotificationChoice {
  @PrimaryColumn({ type: 'char', length: 36, charset: 'ascii', collation: 'ascii_bin' }) userId: Id;
  @IdColumn() accountId: Id;
  @WordColumn(8, { default: 'none' }) digest: Digest;
  /** What is older was in a digest before. */
  @MomentColumn({ nullable: true }) digestAt: Date | null;
  @Column({ type: 'int', unsigned: true, default: 1 }) revision: number;
}
