import { Entity, Index } from 'typeorm';
import { KeyColumn, MomentColumn, WordColumn } from '../database/columns.js';
import { IdColumn, PrimaryId, type Id } from '../database/id.js';

export type LinkPurpose =
  | 'activation'
  | 'password-reset'
  | 'email-change'
  | 'external-signup'
  | 'external-confirm'
  | 'account-reopen';

/**
 * A link sent to one person for one purpose. The row holds no secret: the token is this id and an HMAC over it
 * (one-time-links.service.ts), computed when the mail is made. Used by one conditional UPDATE.
 */
@Entity('one_time_links')
@Index('ix_one_time_links_user', ['userId', 'purpose'])
export class OneTimeLink {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @IdColumn() userId: Id;
  @WordColumn(16) purpose: LinkPurpose;
  /** The new address of an `email-change`, the invited one of an `external-signup` or `external-confirm`. */
  @KeyColumn(254, { nullable: true }) address: string | null;
  /** What the link is about, where that is not the person: the request of an `external-…` link. */
  @IdColumn({ nullable: true }) subjectId: Id | null;
  @MomentColumn() expiresAt: Date;
  @MomentColumn({ nullable: true }) usedAt: Date | null;
  @MomentColumn({ nullable: true }) withdrawnAt: Date | null;
}
