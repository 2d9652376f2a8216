import { timingSafeEqual } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Request } from 'express';
import { DataSource } from 'typeorm';
import { TokenDoor } from '../../auth/token-door.js';
import { type Id } from '../../database/id.js';
import { SharedReads } from '../../database/shared-reads.js';
import { type TokenScope } from '../../web/access.js';
import { type ApiCaller } from '../../web/api-caller.js';
import { ApiError } from '../../web/api-error.js';
import { scopesIn } from './api-token.entity.js';
import { hashOfToken, isTokenText, tokenOf } from './token-text.js';
import { TokenUses } from './token-uses.js';
import { WrongTokens } from './wrong-tokens.js';

/** `lastUsedAt` is written at most so often. */
const NOTE_MS = 60_000;

/** Whether a request comes with a token that may do what it asks for; one indexed read. */
@Injectable()
export class TokenCheck implements OnModuleInit {
  /** When this process noted that a token was used, so that a hundred requests at once write once. */
  private readonly noted = new Map<Id, number>();
  private readonly reads = new SharedReads<TokenRow | null>();

  constructor(
    private readonly database: DataSource,
    private readonly uses: TokenUses,
    private readonly wrong: WrongTokens,
    private readonly door: TokenDoor,
  ) {}

  onModuleInit(): void {
    this.door.comeFrom((request, scopes) => this.callerOf(request, scopes));
  }

  private async callerOf(request: Request, wanted: readonly TokenScope[]): Promise<ApiCaller> {
    const token = tokenOf(request);
    if (token === null) throw unauthorized(inAddress(request) ? 'token-in-address' : 'no-token');
    const row = isTokenText(token) ? await this.rowOf(hashOfToken(token)) : null;
    if (!row) {
      await this.wrong.count(request.ip ?? '');
      throw unauthorized('unknown-token');
    }
    // Whoever holds it may know what became of it.
    if (row.revokedAt) throw unauthorized('revoked-token', { at: row.revokedAt });
    if (row.expired) throw unauthorized('expired-token', { at: row.expiresAt ?? new Date() });
    const scopes = scopesIn(row.scopes);
    await this.uses.count(row.id, 1);
    if (!wanted.some((scope) => scopes.includes(scope))) {
      throw new ApiError(
        403,
        'insufficient-scope',
        { scope: wanted.join(' ') },
        { headers: { 'WWW-Authenticate': challenge('insufficient_scope', wanted) } },
      );
    }
    await this.note(row);
    return {
      ...{ tokenId: row.id, scopes, accountId: row.accountId, accountFeatures: row.features },
      groupFeatures: row.groupFeatures,
      account: {
        ...{ kind: row.kind, name: row.name, region: row.region, language: row.language },
        ...{ timeZone: row.timeZone, restrictedGroups: row.restrictedGroups },
        reach: { call: row.callPattern, chat: row.chatPattern, meet: row.meetPattern },
      },
    };
  }

  /** A telephone system asks for many callers at once, with one token. */
  private rowOf(hash: string): Promise<TokenRow | null> {
    return this.reads.of(hash, () => this.read(hash));
  }

  /** The tokens of an account that is closed are those of nobody. */
  private async read(hash: string): Promise<TokenRow | null> {
    const [row] = await this.database.query<TokenRow[]>(
      `SELECT t.id, t.accountId, t.tokenHash, t.scopes, t.expiresAt, t.revokedAt,
              t.expiresAt <= UTC_TIMESTAMP(3) AS expired,
              t.lastUsedAt IS NULL OR t.lastUsedAt < DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 1 MINUTE) AS stale,
              a.kind, a.name, a.region, a.language, a.timeZone, a.restrictedGroups, a.features, a.groupFeatures,
              a.callPattern, a.chatPattern, a.meetPattern
       FROM api_tokens t JOIN accounts a ON a.id = t.accountId
       WHERE t.tokenHash = ? AND a.closedAt IS NULL`,
      [hash],
    );
    return row && timingSafeEqual(Buffer.from(row.tokenHash), Buffer.from(hash)) ? row : null;
  }

  private async note({ id, stale }: TokenRow): Promise<void> {
    const now = Date.now();
    if (!stale || now - (this.noted.get(id) ?? 0) < NOTE_MS) return;
    this.noted.set(id, now);
    await this.database
      .query(
        `UPDATE api_tokens SET lastUsedAt = UTC_TIMESTAMP(3)
         WHERE id = ? AND (lastUsedAt IS NULL OR lastUsedAt < DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 1 MINUTE))`,
        [id],
      )
      // What was asked for is worth more than when.
      .catch(() => this.noted.delete(id));
  }
}

interface TokenRow {
  id: Id;
  accountId: Id;
  tokenHash: string;
  scopes: string;
  expiresAt: Date | null;
  revokedAt: Date | null;
  expired: number | null;
  stale: number;
  kind: ApiCaller['account']['kind'];
  name: string;
  region: string;
  language: 'en' | 'fr';
  timeZone: string;
  restrictedGroups: number;
  features: string;
  groupFeatures: number;
  callPattern: string | null;
  chatPattern: string | null;
  meetPattern: string | null;
}

/** RFC 6750 §2.3 is not for us: addresses are logged and shown. */
function inAddress({ query, url }: Request): boolean {
  return ['access_token', 'token', 'api_key'].some((name) => name in query) || /carnet_[\w-]{43}/.test(url);
}

function unauthorized(code: string, values: Record<string, Date> = {}): ApiError {
  const challenged = code === 'no-token' || code === 'token-in-address';
  const headers = { 'WWW-Authenticate': challenge(challenged ? null : 'invalid_token') };
  return new ApiError(401, code, values, { headers });
}

/** RFC 6750 §3. */
function challenge(error: string | null, scopes: readonly TokenScope[] = []): string {
  const parts = ['Bearer realm="Carnet"'];
  if (error) parts.push(`error="${error}"`);
  if (scopes.length > 0) parts.push(`scope="${scopes.join(' ')}"`);
  return parts.join(', ');
}
