import { Column, Entity, Index, type Relation } from 'typeorm';
import { JsonColumn, MomentColumn, WordColumn } from '../../database/columns.js';
import { IdColumn, PrimaryId, type Id } from '../../database/id.js';
import { type Connection } from '../connection.entities.js';
import { type OAuthProvider } from './oauth-clients.js';

/** Why nothing was connected, or not all; each has its words (`oauth.ended.<key>`). */
export type OAuthEnd =
  | 'denied'
  | 'administrator'
  | 'policy'
  | 'nothing-granted'
  | 'no-lasting-access'
  | 'other-mailbox'
  | 'in-the-way'
  | 'gone'
  | 'provider-off'
  | 'late'
  | 'busy'
  | 'client'
  | 'untrusted';

export type OAuthOutcome =
  | { kind: 'done'; how: 'new' | 'back' | 'changed'; partly: boolean }
  | {
      kind: 'ended';
      key: OAuthEnd;
      values?: Record<string, string>;
      /** What it is about, where that is a connection of one's own. */
      connectionId?: Id;
    };

/** Somebody was sent to their provider to agree; good for one answer, in the browser it was begun in, for ten minutes. */
@Entity('oauth_requests')
@Index('uq_oauth_requests_state', ['stateHash'], { unique: true })
@Index('uq_oauth_requests_once', ['userId', 'onceKey'], { unique: true })
@Index('ix_oauth_requests_expires', ['expiresAt'])
@Index('ix_oauth_requests_account', ['accountId'])
export class OAuthRequest {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @IdColumn() userId: Id;
  /** SHA-256 of the state: what comes back from the provider names the row. */
  @WordColumn(64) stateHash: string;
  /** SHA-256 of the form's key. */
  @WordColumn(64) onceKey: string;
  /** Of the session it was begun in. */
  @WordColumn(64) sessionHash: string;
  @WordColumn(12) provider: OAuthProvider;
  /** Signed in again, or allowed more; null for a new one. */
  @IdColumn({ nullable: true }) connectionId: Id | null;
  @WordColumn(6) contacts: Connection['contacts'];
  @WordColumn(6) calendar: Connection['calendar'];
  /** State, PKCE verifier and nonce, sealed for this row; null once used. */
  @Column({ type: 'mediumtext', charset: 'ascii', collation: 'ascii_bin', nullable: true })
  sealed: string | null;
  @MomentColumn() expiresAt: Date;
  @MomentColumn({ nullable: true }) usedAt: Date | null;
  @JsonColumn({ nullable: true }) outcome: Relation<OAuthOutcome> | null;
}
