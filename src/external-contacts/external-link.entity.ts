import { Column, Entity, Index } from 'typeorm';
import { MomentColumn, WordColumn } from '../database/columns.js';
import { IdColumn, PrimaryId, type Id } from '../database/id.js';

/** How two people stand to each other. `apart`: one has asked, or they were connected before. */
export type LinkState = 'apart' | 'connected';
/** Why two people are no longer connected. */
export type LinkEnd = 'removed' | 'blocked' | 'company' | 'erased';

/**
 * Two people of different accounts, once: with `sign_in_addresses` the only table outside one account. Whoever changes
 * something between the two raises this row's `revision` first, so that two acts that must not both win meet here.
 */
@Entity('external_links')
@Index('uq_external_links_pair', ['lowUserId', 'highUserId'], { unique: true })
@Index('ix_external_links_high', ['highUserId'])
export class ExternalLink {
  @PrimaryId() id: Id;
  /** The lower of the two ids, as text. */
  @IdColumn() lowUserId: Id;
  @IdColumn() highUserId: Id;
  @IdColumn() lowAccountId: Id;
  @IdColumn() highAccountId: Id;
  @WordColumn(10) state: LinkState;
  @Column({ type: 'int', unsigned: true, default: 1 }) revision: number;
  /** Who asked; null where both did. */
  @IdColumn({ nullable: true }) askedBy: Id | null;
  @MomentColumn({ nullable: true }) connectedAt: Date | null;
  @MomentColumn({ nullable: true }) endedAt: Date | null;
  /** Who ended it; null when nobody of the two did. */
  @IdColumn({ nullable: true }) endedBy: Id | null;
  @WordColumn(10, { nullable: true }) endedFor: LinkEnd | null;
}
