import { Entity, Index, PrimaryColumn } from 'typeorm';
import { MomentColumn } from '../../database/columns.js';
import { IdColumn, type Id } from '../../database/id.js';

const id = { type: 'char', length: 36, charset: 'ascii', collation: 'ascii_bin' } as const;

/** Two contacts their owner said are not the same person. */
@Entity('personal_contact_distinctions')
@Index('ix_personal_contact_distinctions_answer', ['ownerId', 'answerId'])
export class ContactDistinction {
  @PrimaryColumn(id) ownerId: Id;
  @PrimaryColumn(id) lowId: Id;
  @PrimaryColumn(id) highId: Id;
  @IdColumn() accountId: Id;
  /** The answer it was given with: of one about three contacts there are three pairs. */
  @IdColumn() answerId: Id;
  @MomentColumn() at: Date;
}
