import { Entity, Index } from 'typeorm';
import { type RecordKind } from '../../accounts/person-records.js';
import { MomentColumn, WordColumn } from '../../database/columns.js';
import { IdColumn, PrimaryId, type Id } from '../../database/id.js';

/**
 * What somebody said of two entries they see: that they are one person, or that they are not. Nobody else sees it, and it goes
 * before whatever is worked out. The two stand in the order of their ids.
 */
@Entity('person_links')
@Index('ux_person_links_pair', ['ownerId', 'oneId', 'otherId'], { unique: true })
@Index('ix_person_links_other', ['ownerId', 'otherId'])
@Index('ix_person_links_account', ['accountId'])
export class PersonLink {
  /** What the journal calls it by. */
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @IdColumn() ownerId: Id;
  @WordColumn(10) oneKind: RecordKind;
  @IdColumn() oneId: Id;
  @WordColumn(10) otherKind: RecordKind;
  @IdColumn() otherId: Id;
  /** NULL: it was taken back, and what is worked out counts again. */
  @WordColumn(10, { nullable: true }) verdict: 'same' | 'different' | null;
  @MomentColumn() saidAt: Date;
}
