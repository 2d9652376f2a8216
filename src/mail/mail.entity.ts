import { Column, Entity, Index, type Relation } from 'typeorm';
import { JsonColumn, KeyColumn, MomentColumn, TextColumn, WordColumn } from '../database/columns.js';
import { IdColumn, PrimaryId, type Id } from '../database/id.js';

/**
 * One mail to one person, written in the transaction of its cause. The row names the template and its values,
 * never a secret link: that is computed when the mail is sent or shown.
 */
@Entity('mails')
@Index('uq_mails_once', ['onceKey'], { unique: true })
@Index('ix_mails_due', ['state', 'runAt', 'id'])
@Index('ix_mails_account', ['accountId', 'id'])
@Index('ix_mails_lease', ['leaseToken'])
export class Mail {
  /** Also the left part of the Message-ID: a repeated mail carries the same. */
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @IdColumn({ nullable: true }) userId: Id | null;
  @KeyColumn(254) toAddress: string;
  @TextColumn(255) toName: string;
  /** A folder of views/mail. */
  @WordColumn(48) template: string;
  @WordColumn(2) language: 'en' | 'fr';
  @JsonColumn() values: Relation<Record<string, string | number>>;
  /** The one-time link the mail leads to, if any. */
  @IdColumn({ nullable: true }) linkId: Id | null;
  /** The same cause writes one mail, however often it is tried. */
  @KeyColumn(191) onceKey: string;
  /** `kept`: there is no mail server and an administrator reads it at /mail. */
  @WordColumn(10) state: 'waiting' | 'sent' | 'kept' | 'failed' | 'withdrawn';
  @MomentColumn() runAt: Date;
  @Column({ type: 'int', unsigned: true, default: 0 }) attempts: number;
  @IdColumn({ nullable: true }) leaseToken: Id | null;
  @MomentColumn({ nullable: true }) leaseUntil: Date | null;
  @TextColumn(500, { nullable: true }) lastError: string | null;
  @MomentColumn() createdAt: Date;
  @MomentColumn({ nullable: true }) sentAt: Date | null;
}
