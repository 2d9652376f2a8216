import { Column, Entity, PrimaryColumn } from 'typeorm';
import { JsonColumn } from '../database/columns.js';
import { IdColumn, type Id } from '../database/id.js';

const id = { type: 'char', length: 36, charset: 'ascii', collation: 'ascii_bin' } as const;

/** One's list as a whole: raised by every act that is noted, in its transaction. */
@Entity('personal_contact_lists')
export class ContactListRevision {
  @PrimaryColumn(id) ownerId: Id;
  @IdColumn() accountId: Id;
  @Column({ type: 'int', unsigned: true, default: 1 }) revision: number;
}

/** What was counted of a list at one of its revisions; of one that is over it counts nothing any more. */
@Entity('personal_contact_list_summaries')
export class ContactListSummary {
  @PrimaryColumn(id) ownerId: Id;
  @PrimaryColumn({ type: 'int', unsigned: true }) revision: number;
  @IdColumn() accountId: Id;
  @JsonColumn() summary: object;
}
