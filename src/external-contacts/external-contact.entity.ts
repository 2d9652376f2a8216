import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { FlagColumn, KeyColumn, MomentColumn, TextColumn } from '../database/columns.js';
import { IdColumn, PrimaryId, type Id } from '../database/id.js';

const id = { type: 'char', length: 36, charset: 'ascii', collation: 'ascii_bin' } as const;

/**
 * One side of an external link: what its owner keeps of the other person, who does not see it. What the other person is
 * called and how they are reached is read from their own account at each view, never copied here.
 */
@Entity('external_contacts')
@Index('uq_external_contacts_pair', ['ownerId', 'otherUserId'], { unique: true })
@Index('ix_external_contacts_account', ['accountId', 'endedAt', 'ownerId'])
// A whole company's contacts by time; filters find both people in it without reading a row.
@Index('ix_external_contacts_company', [
  ...['accountId', 'endedAt', 'connectedAt', 'id', 'ownerId', 'otherUserId', 'otherAccountId'],
])
@Index('ix_external_contacts_link', ['linkId'])
export class ExternalContact {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @IdColumn() ownerId: Id;
  @IdColumn() linkId: Id;
  @IdColumn() otherUserId: Id;
  @IdColumn() otherAccountId: Id;
  @FlagColumn() starred: boolean;
  @TextColumn(2000, { nullable: true }) note: string | null;
  /** Raised by each change of the note: two windows on one contact are told apart by it. */
  @Column({ type: 'int', unsigned: true, default: 1 }) revision: number;
  @MomentColumn() connectedAt: Date;
  /** Not connected any more since then; note, star and folders wait 30 days for the two to meet again. */
  @MomentColumn({ nullable: true }) endedAt: Date | null;
}

/** One's contacts as a whole: raised by what adds to them, so that two who do at one moment meet here (`fullAmong`). */
@Entity('external_contact_lists')
export class ExternalContactList {
  @PrimaryColumn(id) ownerId: Id;
  @IdColumn() accountId: Id;
  @Column({ type: 'int', unsigned: true, default: 1 }) revision: number;
}

/** One of a user's own folders of external contacts. */
@Entity('external_folders')
@Index('uq_external_folders_name', ['ownerId', 'nameKey', 'liveKey'], { unique: true })
@Index('ix_external_folders_deleted', ['accountId', 'deletedAt'])
export class ExternalFolder {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @IdColumn() ownerId: Id;
  @TextColumn(255) name: string;
  /** Folded name: two folders may not differ by accents or case alone. */
  @KeyColumn(255) nameKey: string;
  /** 1 while the folder exists, NULL once deleted, so that the name is free again. */
  @Column({ type: 'tinyint', nullable: true, default: 1 }) liveKey: number | null;
  @Column({ type: 'int', unsigned: true, default: 1 }) revision: number;
  @MomentColumn() createdAt: Date;
  @MomentColumn({ nullable: true }) deletedAt: Date | null;
}

@Entity('external_folder_members')
@Index('ix_external_folder_members_contact', ['contactId'])
@Index('ix_external_folder_members_owner', ['ownerId', 'contactId'])
export class ExternalFolderMember {
  @PrimaryColumn(id) folderId: Id;
  @PrimaryColumn(id) contactId: Id;
  @IdColumn() accountId: Id;
  @IdColumn() ownerId: Id;
}

/** Somebody whose requests a user never sees again. */
@Entity('external_blocks')
@Index('uq_external_blocks_pair', ['ownerId', 'blockedUserId'], { unique: true })
@Index('ix_external_blocks_account', ['accountId'])
export class ExternalBlock {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @IdColumn() ownerId: Id;
  @IdColumn() blockedUserId: Id;
  /** Name and address as they were when the owner blocked them: what the list of blocked people shows. */
  @TextColumn(511) name: string;
  @KeyColumn(254) address: string;
  @MomentColumn() createdAt: Date;
}
