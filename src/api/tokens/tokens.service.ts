import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import { AccountEvents } from '../../accounts/events.js';
import { limits } from '../../config/limits.js';
import { sameText, SecretKeys } from '../../crypto/secret-keys.js';
import { isId, newId, type Id } from '../../database/id.js';
import { inTransaction, isDuplicate } from '../../database/transaction.js';
import { Conflict, NotFound, Refused } from '../../errors/domain-error.js';
import { every, Sweeper } from '../../jobs/sweeper.service.js';
import { type ActFacts } from '../../journal/actor.js';
import { Journal } from '../../journal/journal.service.js';
import { type TokenScope } from '../../web/access.js';
import { type SignedIn } from '../../web/signed-in.js';
import { ApiToken } from './api-token.entity.js';
import { hashOfToken } from './token-text.js';

export interface NewToken {
  name: string;
  scopes: readonly TokenScope[];
  /** null: until it is revoked. */
  days: number | null;
}

/** A token as its page lists it. */
export type ListedToken = Pick<
  ApiToken,
  'id' | 'name' | 'ending' | 'scopes' | 'createdAt' | 'expiresAt' | 'lastUsedAt' | 'revokedAt'
> & {
  /** Who made it; null: erased for good since. */
  maker: string | null;
  /** Whoever made it, and so may know it, is no owner any more. */
  makerGone: number;
  expired: number | null;
};

/** For so long the answer to the very same form shows its token again. */
const SHOWN_MINUTES = 10;

/** The tokens of an account, as its owners keep them. */
@Injectable()
export class Tokens implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly keys: SecretKeys,
    private readonly journal: Journal,
    private readonly events: AccountEvents,
    private readonly sweeper: Sweeper,
  ) {}

  onModuleInit(): void {
    this.sweeper.register('api-tokens.sweep', every.day, () => this.sweep());
    this.events.erased.subscribe(async ({ manager, userIds }) => {
      await manager.query('UPDATE api_tokens SET createdBy = NULL WHERE createdBy IN (?)', [userIds]);
    });
  }

  /** Those in use first, then what was revoked or ended within 30 days; the newest first. */
  list({ accountId }: Pick<SignedIn, 'accountId'>): Promise<ListedToken[]> {
    return this.database.query(
      `${LISTED} ORDER BY t.revokedAt IS NOT NULL, expired = 1, t.createdAt DESC, t.id LIMIT ?`,
      [accountId, limits.page],
    );
  }

  /** @throws NotFound also for that of another account */
  async find({ accountId }: Pick<SignedIn, 'accountId'>, id: string): Promise<ListedToken> {
    const [token] = isId(id)
      ? await this.database.query<ListedToken[]>(`${LISTED} AND t.id = ?`, [accountId, id])
      : [];
    if (!token) throw new NotFound('tokens.not-found');
    return token;
  }

  /**
   * @param once of the form: sent twice it makes one token, and both answers show it
   * @returns the token itself, which nothing can show again
   * @throws Refused when there are as many as there may be
   */
  async create(actor: SignedIn, facts: ActFacts, wanted: NewToken, once: string | null): Promise<string> {
    const id = isId(once) ? once : newId();
    const token = this.textOf(actor, id);
    try {
      await inTransaction(this.database, (manager) => this.insert(manager, actor, facts, id, token, wanted));
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      if (!(await this.isFresh(actor, id, token))) throw new Conflict('tokens.shown-already');
    }
    return token;
  }

  /** @returns its name. @throws NotFound, also when it is revoked already */
  revoke(actor: SignedIn, facts: ActFacts, id: string): Promise<string> {
    return inTransaction(this.database, async (manager) => {
      const where = { id: id as Id, accountId: actor.accountId };
      const token = isId(id) ? await manager.findOneBy(ApiToken, where) : null;
      if (!token) throw new NotFound('tokens.not-found');
      const { affected } = await manager
        .getRepository(ApiToken)
        .update({ ...where, revokedAt: IsNull() }, { revokedAt: () => 'UTC_TIMESTAMP(3)' });
      // Two at once: one of them did it, and both wanted it.
      if (affected === 1) await this.note(manager, actor, facts, { action: 'tokens.revoke' }, token);
      return token.name;
    });
  }

  private async insert(
    manager: EntityManager,
    actor: SignedIn,
    facts: ActFacts,
    id: Id,
    token: string,
    { name, scopes, days }: NewToken,
  ): Promise<void> {
    // All owners of the account meet here: of two at once the second counts the first.
    await manager.query('SELECT id FROM accounts WHERE id = ? FOR UPDATE', [actor.accountId]);
    const [{ count }] = await manager.query<{ count: string }[]>(
      `SELECT COUNT(*) AS count FROM api_tokens
       WHERE accountId = ? AND id <> ? AND revokedAt IS NULL AND (expiresAt IS NULL OR expiresAt > UTC_TIMESTAMP(3))`,
      [actor.accountId, id],
    );
    if (Number(count) >= limits.apiTokens) throw new Refused('tokens.too-many', { max: limits.apiTokens });
    await manager.query(
      `INSERT INTO api_tokens (id, accountId, name, tokenHash, ending, scopes, createdBy, createdAt, expiresAt)
       VALUES (?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3),
               ${days === null ? 'NULL' : 'DATE_ADD(UTC_TIMESTAMP(3), INTERVAL ? DAY)'})`,
      [
        ...[id, actor.accountId, name, hashOfToken(token), token.slice(-4), scopes.join(' '), actor.id],
        ...(days === null ? [] : [days]),
      ],
    );
    await this.note(
      manager,
      actor,
      facts,
      { action: 'tokens.create' },
      { id, name, scopes: scopes.join(' '), days },
    );
  }

  /** 256 bits that nobody can compute without our keys, so that the second answer to a form shows what the first did. */
  private textOf({ accountId, id: maker }: SignedIn, id: Id): string {
    return `carnet_${this.keys.sign('api-token', `${accountId} ${maker} ${id}`)}`;
  }

  private async isFresh(actor: SignedIn, id: Id, token: string): Promise<boolean> {
    const [row] = await this.database.query<{ tokenHash: string }[]>(
      `SELECT tokenHash FROM api_tokens
       WHERE id = ? AND accountId = ? AND createdBy = ? AND revokedAt IS NULL
         AND createdAt > DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ${SHOWN_MINUTES} MINUTE)`,
      [id, actor.accountId, actor.id],
    );
    return row !== undefined && sameText(row.tokenHash, hashOfToken(token));
  }

  private async note(
    manager: EntityManager,
    actor: SignedIn,
    facts: ActFacts,
    { action }: { action: string },
    { id, name, scopes, days }: { id: Id; name: string; scopes: string; days?: number | null },
  ): Promise<void> {
    await this.journal.audit(manager, actor, facts, {
      ...{ action, targetType: 'token', targetId: id, targetName: name },
      details: { scopes: scopes.split(' '), ...(days === undefined || days === null ? {} : { days }) },
    });
  }

  /** What was revoked or ended is listed for 30 days; the audit log keeps who made and revoked it. */
  private async sweep(): Promise<void> {
    const over = `DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ${limits.restoreDays} DAY)`;
    await this.database.query(
      `DELETE FROM api_tokens WHERE revokedAt < ${over} OR expiresAt < ${over} LIMIT 1000`,
    );
  }
}

const LISTED = `
  SELECT t.id, t.name, t.ending, t.scopes, t.createdAt, t.expiresAt, t.lastUsedAt, t.revokedAt,
         t.expiresAt <= UTC_TIMESTAMP(3) AS expired, TRIM(CONCAT(u.givenName, ' ', u.familyName)) AS maker,
         COALESCE(u.status <> 'active' OR u.role <> 'owner' OR u.liveKey IS NULL, 1) AS makerGone
  FROM api_tokens t LEFT JOIN users u ON u.id = t.createdBy WHERE t.accountId = ?`;
