import { Column, Entity, Index, type Relation } from 'typeorm';
import { type CardProperty, type PhoneField, type WholeContact } from '../contact-card/contact-fields.js';
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

/** A contact one user keeps; only that user sees it. Written by contact-writes.ts alone. */
@Entity('personal_contacts')
// Order by name, letters and search, stars, what was changed last: a search that finds nothing reads this alone.
@Index('ix_personal_contacts_list', [
  ...['ownerId', 'deletedAt', 'sortKey', 'id', 'searchKey', 'starred', 'updatedAt'],
])
@Index('ix_personal_contacts_email', ['ownerId', 'email'])
@Index('ix_personal_contacts_photo', ['ownerId', 'photoHash'])
@Index('ix_personal_contacts_deleted', ['accountId', 'deletedAt'])
// Whose number it is.
@Index('ix_personal_contacts_work_phone', ['ownerId', 'workPhone'])
@Index('ix_personal_contacts_home_phone', ['ownerId', 'homePhone'])
@Index('ix_personal_contacts_mobile_phone', ['ownerId', 'mobilePhone'])
@Index('ix_personal_contacts_fax_number', ['ownerId', 'faxNumber'])
@Index('ix_personal_contacts_main_phone', ['ownerId', 'mainPhone'])
export class PersonalContact implements WholeContact {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @IdColumn() ownerId: Id;
  /** vCard FN (RFC 6350 §6.2.1). */
  @TextColumn(255) displayName: string;
  /** Normalised (src/text/address.ts). */
  @KeyColumn(254, { nullable: true }) email: string | null;
  @WordColumn(16, { nullable: true }) workPhone: E164 | null;
  @WordColumn(16, { nullable: true }) homePhone: E164 | null;
  @WordColumn(16, { nullable: true }) mobilePhone: E164 | null;
  @WordColumn(16, { nullable: true }) faxNumber: E164 | null;
  @WordColumn(16, { nullable: true }) mainPhone: E164 | null;
  @TextColumn(255, { nullable: true }) organization: string | null;
  /** What was typed or imported, where it differs from a number; `{}` when nothing does. */
  @JsonColumn() typedPhones: Relation<Partial<Record<PhoneField, string>>>;
  /** jCard properties beyond the fields above (src/contact-card/contact-fields.ts). */
  @JsonColumn() extra: Relation<CardProperty[]>;
  @WordColumn(64, { nullable: true }) photoHash: string | null;
  @FlagColumn() starred: boolean;
  /** Folded words and phone digits, at most 500 characters (src/text/fold.ts). */
  @KeyColumn(500) searchKey: string;
  @KeyColumn(191) sortKey: string;
  @Column({ type: 'smallint', unsigned: true }) foldVersion: number;
  /** Raised by each change: two windows on one contact are told apart by it, and an undo keeps what was edited. */
  @Column({ type: 'int', unsigned: true, default: 1 }) revision: number;
  /** The journal batch that made it. */
  @IdColumn() createdByBatch: Id;
  /** The journal batch that put it into the bin. */
  @IdColumn({ nullable: true }) deletedByBatch: Id | null;
  /** The contact it was merged into, if that is how it came into the bin. */
  @IdColumn({ nullable: true }) mergedInto: Id | null;
  @MomentColumn() createdAt: Date;
  @MomentColumn() updatedAt: Date;
  @MomentColumn({ nullable: true }) deletedAt: Date | null;
}
