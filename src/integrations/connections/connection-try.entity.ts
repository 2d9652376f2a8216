import { Entity, Index, PrimaryColumn, type Relation } from 'typeorm';
import { JsonColumn, KeyColumn, MomentColumn, WordColumn } from '../../database/columns.js';
import { IdColumn, type Id } from '../../database/id.js';
import { type MessageValues } from '../../errors/domain-error.js';

/** What came of a form that was tried at a provider. */
export type TryAnswer =
  | { kind: 'done'; connectionId: Id; outcome: 'new' | 'back' }
  | { kind: 'found'; ewsUrl: string }
  | {
      kind: 'refused';
      field: string;
      key: string;
      values?: Relation<MessageValues>;
      help?: Relation<TryHelp>;
      /** Nobody was asked: what was typed said enough. */
      unasked?: true;
    };

export interface TryHelp {
  href: string;
  key: string;
  values?: MessageValues;
}

/**
 * The last time somebody tried to sign in to a mailbox here: one at a time a person, and a second click on the same form is
 * given the answer of the first. Holds nothing of what was typed.
 */
@Entity('connection_tries')
@Index('ix_connection_tries_lease', ['leaseUntil'])
@Index('ix_connection_tries_account', ['accountId'])
export class ConnectionTry {
  @PrimaryColumn({ type: 'char', length: 36, charset: 'ascii', collation: 'ascii_bin' }) userId: Id;
  @IdColumn() accountId: Id;
  /** Of the form (`_once`). */
  @KeyColumn(64) onceKey: string;
  /** Of whoever tries it now. */
  @WordColumn(36) token: string;
  /** Until then nobody else tries; over once there is an answer. */
  @MomentColumn() leaseUntil: Date;
  @JsonColumn({ nullable: true }) answer: Relation<TryAnswer> | null;
}
