import { Entity, Index } from 'typeorm';
import { MomentColumn, TextColumn, WordColumn } from '../database/columns.js';
import { IdColumn, PrimaryId, type Id } from '../database/id.js';

/** One way a user proves who they are; `password` holds an Argon2id hash in PHC string form. */
@Entity('credentials')
@Index('uq_credentials_kind', ['userId', 'kind'], { unique: true })
export class Credential {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @IdColumn() userId: Id;
  @WordColumn(16) kind: 'password';
  @TextColumn(512) secret: string;
  @MomentColumn() changedAt: Date;
}
