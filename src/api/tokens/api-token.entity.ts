import { Entity, Index } from 'typeorm';
import { MomentColumn, TextColumn, WordColumn } from '../../database/columns.js';
import { IdColumn, PrimaryId, type Id } from '../../database/id.js';
import { type TokenScope } from '../../web/access.js';

/**
 * What a company lets another program do here, as that program shows it: the token itself is nowhere, only its hash. It belongs
 * to the account, not to whoever made it, and lives until it is revoked or its time is over.
 */
@Entity('api_tokens')
@Index('uq_api_tokens_hash', ['tokenHash'], { unique: true })
@Index('ix_api_tokens_account', ['accountId', 'createdAt'])
@Index('ix_api_tokens_creator', ['createdBy'])
export class ApiToken {
  @PrimaryId() id: Id;
  @IdColumn() accountId: Id;
  @TextColumn(255) name: string;
  /** SHA-256 of the whole token, hex. */
  @WordColumn(64) tokenHash: string;
  /** Its last four characters, by which a person finds it again. */
  @WordColumn(4) ending: string;
  /** Separated by spaces, as RFC 6749 §3.3 writes them; `scopesIn` reads them. */
  @WordColumn(191) scopes: string;
  /** null: erased for good since. */
  @IdColumn({ nullable: true }) createdBy: Id | null;
  @MomentColumn() createdAt: Date;
  @MomentColumn({ nullable: true }) expiresAt: Date | null;
  /** To the minute. */
  @MomentColumn({ nullable: true }) lastUsedAt: Date | null;
  @MomentColumn({ nullable: true }) revokedAt: Date | null;
}

export function scopesIn(text: string): TokenScope[] {
  return text.split(' ') as TokenScope[];
}
