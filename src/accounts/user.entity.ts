import { Column, Entity, Index, type Relation } from 'typeorm';
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
import { type FeatureChoices } from './features.js';
import { keysOf } from './user-keys.js';

export { keysOf, type UserKeys } from './user-keys.js';

export const roles = ['owner', 'admin', 'member'] as const;
export type Role = (typeof roles)[number];
/** Statuses with a tab of their own; every list and count asks for one of them. */
export const statuses = ['active', 'pending', 'deactivated'] as const;
/**
 * `erased`: an administrator erased this person, who is in the bin for 30 days from `deletedAt`. The row stays alive
 * (`liveKey` 1), so the address stays reserved and everything can be given back; then it is erased for good.
 */
export type Status = (typeof statuses)[number] | 'erased';
export const userTypes = ['basic', 'licensed'] as const;
export type UserType = (typeof userTypes)[number];
export type Theme = 'system' | 'light' | 'dark';

/** A person of an account. Searched and sorted by folded keys that `rekey` keeps true. */
@Entity('users')
@Index('uq_users_email', ['accountId', 'email', 'liveKey'], { unique: true })
@Index('uq_users_extension', ['accountId', 'extension', 'liveKey'], { unique: true })
// Name order, search, who may be found and all filters but departments and locations, for which it is too long (3072
// bytes): it covers what they ask, so that a search or a filter that finds nothing reads this alone.
@Index('ix_users_search', [
  ...['accountId', 'status', 'sortKey', 'id', 'searchKey', 'role', 'type', 'restricted'],
  ...['managerId', 'lastSignInAt', 'invitedAt', 'liveKey'],
])
@Index('ix_users_status_email', ['accountId', 'status', 'email'])
@Index('ix_users_invited', ['accountId', 'status', 'invitedAt'])
@Index('ix_users_signed_in', ['accountId', 'status', 'lastSignInAt'])
// The same within a department or a location.
@Index('ix_users_department', [
  ...['accountId', 'status', 'department', 'sortKey', 'id', 'location', 'role', 'type'],
  ...['managerId', 'lastSignInAt', 'invitedAt', 'liveKey'],
])
@Index('ix_users_location', [
  ...['accountId', 'status', 'location', 'sortKey', 'id', 'role', 'type'],
  ...['managerId', 'lastSignInAt', 'invitedAt', 'liveKey'],
])
@Index('ix_users_manager', ['accountId', 'managerId', 'status', 'sortKey'])
@Index('ix_users_deleted', ['accountId', 'deletedAt'])
@Index('ix_users_batch', ['accountId', 'createdByBatch', 'id'])
// Whose number it is.
@Index('ix_users_work_phone', ['accountId', 'workPhone'])
@Index('ix_users_mobile_phone', ['accountId', 'mobilePhone'])
export class User {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  /** Normalised address (src/text/address.ts); unique among the living of its account. */
  @KeyColumn(254) email: string;
  /** 1 while the person exists, NULL once erased, so that unique indexes hold among the living. */
  @Column({ type: 'tinyint', nullable: true, default: 1 }) liveKey: number | null;
  @WordColumn(12) status: Status;
  @WordColumn(6) role: Role;
  @WordColumn(10) type: UserType;
  /** SCIM name.givenName (RFC 7643 §4.1.1). */
  @TextColumn(255) givenName: string;
  @TextColumn(255) familyName: string;
  @TextColumn(191, { nullable: true }) department: string | null;
  @TextColumn(191, { nullable: true }) jobTitle: string | null;
  @TextColumn(191, { nullable: true }) location: string | null;
  @IdColumn({ nullable: true }) managerId: Id | null;
  @WordColumn(16, { nullable: true }) workPhone: E164 | null;
  /** What was typed or imported, where it differs from `workPhone`. */
  @TextColumn(64, { nullable: true }) workPhoneTyped: string | null;
  @WordColumn(16, { nullable: true }) mobilePhone: E164 | null;
  @TextColumn(64, { nullable: true }) mobilePhoneTyped: string | null;
  @KeyColumn(20, { nullable: true }) extension: string | null;
  /** The person's own choices; NULL where the account's default holds. */
  @JsonColumn({ nullable: true }) features: Relation<FeatureChoices> | null;
  @WordColumn(2, { nullable: true }) language: 'en' | 'fr' | null;
  @WordColumn(6, { default: 'system' }) theme: Theme;
  @TextColumn(64, { nullable: true }) timeZone: string | null;
  /** Single-key shortcuts. */
  @FlagColumn({ default: 1 }) shortcuts: boolean;
  @WordColumn(64, { nullable: true }) photoHash: string | null;
  /** Is in at least one restricted chat group: found only by those who share one. */
  @FlagColumn() restricted: boolean;
  /** Folded words and phone digits, at most 500 characters (src/text/fold.ts). */
  @KeyColumn(500) searchKey: string;
  @KeyColumn(191) sortKey: string;
  @Column({ type: 'smallint', unsigned: true }) foldVersion: number;
  /** The journal batch that made this person. */
  @IdColumn({ nullable: true }) createdByBatch: Id | null;
  /** Raised by each edit: two windows on one person are told apart by it, and an undo keeps what was edited. */
  @Column({ type: 'int', unsigned: true, default: 1 }) revision: number;
  @MomentColumn({ nullable: true }) invitedAt: Date | null;
  @MomentColumn({ nullable: true }) activatedAt: Date | null;
  @MomentColumn({ nullable: true }) deactivatedAt: Date | null;
  @MomentColumn({ nullable: true }) lastSignInAt: Date | null;
  @MomentColumn({ nullable: true }) deletedAt: Date | null;
  @MomentColumn() createdAt: Date;
  @MomentColumn() updatedAt: Date;

  get displayName(): string {
    return `${this.givenName} ${this.familyName}`.trim();
  }

  /** Brings the folded keys in line with the fields; call after changing any of them. */
  rekey(): this {
    Object.assign(this, keysOf(this));
    return this;
  }
}
