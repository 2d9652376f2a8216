import { Column, Entity, Index } from 'typeorm';
import { KeyColumn, MomentColumn, TextColumn, WordColumn } from '../../database/columns.js';
import { IdColumn, PrimaryId, type Id } from '../../database/id.js';

/** Value of `scope` for a view that all administrators of the account see. */
export const SHARED = 'shared';

/** A list of users by name: search, filters, tab, order and export columns, for its maker or for all administrators. */
@Entity('saved_views')
@Index('uq_saved_views_name', ['accountId', 'scope', 'nameKey', 'liveKey'], { unique: true })
export class SavedView {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @IdColumn() ownerId: Id;
  /** Within which a name is unique: the maker's id, or `shared`. */
  @WordColumn(36) scope: string;
  /** NULL once deleted. */
  @Column({ type: 'tinyint', nullable: true, default: 1 }) liveKey: number | null;
  @TextColumn(255) name: string;
  @KeyColumn(255) nameKey: string;
  /** As `/users` carries its state, without `?` and without a place in the list; empty for the whole list. */
  @Column({ type: 'mediumtext', charset: 'utf8mb4', collation: 'utf8mb4_bin' }) query: string;
  @MomentColumn() createdAt: Date;
  @MomentColumn({ nullable: true }) deletedAt: Date | null;
}
