import { Entity, PrimaryColumn } from 'typeorm';
import { MomentColumn } from '../../database/columns.js';
import { type Id } from '../../database/id.js';

/** The administrators of an account have put the checklist away; without a row it is still offered. */
@Entity('checklists')
export class Checklist {
  @PrimaryColumn({ type: 'char', length: 36, charset: 'ascii', collation: 'ascii_bin' }) accountId: Id;
  @MomentColumn() hiddenAt: Date;
}
