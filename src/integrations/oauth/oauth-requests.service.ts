import { createHash, randomBytes } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccountEvents } from '../../accounts/events.js';
import { SecretKeys } from '../../crypto/secret-keys.js';
import { isId, newId, type Id } from '../../database/id.js';
import { isDuplicate } from '../../database/transaction.js';
import { every, Sweeper } from '../../jobs/sweeper.service.js';
import { type Connection } from '../connection.entities.js';
import { type OAuthChecks, type OAuthProvider } from './oauth-clients.js';
import { OAuthRequest, type OAuthOutcome } from './oauth-request.entity.js';

/** Who asks, in which browser; a `SignedIn` is one. */
export interface OAuthAsker {
  id: Id;
  accountId: Id;
  sessionHash: string;
}

export interface Wanted extends Pick<Connection, 'contacts' | 'calendar'> {
  provider: OAuthProvider;
  connectionId: Id | null;
}

export type Claimed = OAuthRequest & { checks: OAuthChecks };

const MINUTES = 10;
/** A state of ours is 43 characters. */
const LONGEST = 200;

/**
 * Requests for consent. What the provider sends back is good once, for whoever began it, in the browser they began it in,
 * at the provider they were sent to: one conditional UPDATE decides, and another person's is not even used up.
 */
@Injectable()
export class OAuthRequests implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly keys: SecretKeys,
    private readonly sweeper: Sweeper,
    private readonly events: AccountEvents,
  ) {}

  onModuleInit(): void {
    this.sweeper.register('oauth.requests', every.hour, () => this.sweep());
    this.events.erased.subscribe(({ manager, userIds }) =>
      manager.query('DELETE FROM oauth_requests WHERE userId IN (?)', [userIds]),
    );
    this.events.moved.subscribe(({ manager, from }) =>
      manager.query('DELETE FROM oauth_requests WHERE userId = ?', [from.userId]),
    );
  }

  /** How it ended is looked at right afterwards, or not at all; what nobody came back with opens nothing any more. */
  async sweep(): Promise<void> {
    await this.database.query(
      'DELETE FROM oauth_requests WHERE expiresAt < DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 1 DAY) LIMIT 10000',
    );
    await this.database.query(
      'UPDATE oauth_requests SET sealed = NULL WHERE expiresAt < UTC_TIMESTAMP(3) AND sealed IS NOT NULL',
    );
  }

  /** @param once of the form: a second click is the same request, as long as that waits */
  async begin(asker: OAuthAsker, wanted: Wanted, once: string | null): Promise<OAuthChecks> {
    for (let key = hashOf(once ?? newId()); ; key = hashOf(newId())) {
      const begun = await this.insert(asker, wanted, key);
      if (begun) return begun;
      const before = await this.waiting(asker, wanted, key);
      if (before) return before;
    }
  }

  /** @returns null where it is not to be answered here: `explain` says why */
  async claim(asker: OAuthAsker, provider: OAuthProvider, state: string): Promise<Claimed | null> {
    if (state === '' || state.length > LONGEST) return null;
    const stateHash = hashOf(state);
    const { affectedRows } = await this.database.query<{ affectedRows: number }>(
      `UPDATE oauth_requests SET usedAt = UTC_TIMESTAMP(3)
       WHERE stateHash = ? AND userId = ? AND sessionHash = ? AND provider = ? AND usedAt IS NULL
         AND expiresAt > UTC_TIMESTAMP(3)`,
      [stateHash, asker.id, asker.sessionHash, provider],
    );
    if (affectedRows !== 1) return null;
    const request = await this.database.manager.findOneByOrFail(OAuthRequest, { stateHash });
    const checks = this.checksOf(request);
    await this.database.query('UPDATE oauth_requests SET sealed = NULL WHERE id = ?', [request.id]);
    return checks && { ...request, checks };
  }

  /** One's own of this state, whatever became of it. */
  async ofState(userId: Id, state: string): Promise<OAuthRequest | null> {
    if (state === '' || state.length > LONGEST) return null;
    return this.database.manager.findOneBy(OAuthRequest, { stateHash: hashOf(state), userId });
  }

  async ofId(userId: Id, provider: OAuthProvider, id: string): Promise<OAuthRequest | null> {
    return isId(id) ? this.database.manager.findOneBy(OAuthRequest, { id, userId, provider }) : null;
  }

  async end({ id }: Pick<OAuthRequest, 'id'>, outcome: OAuthOutcome): Promise<void> {
    await this.database.query('UPDATE oauth_requests SET outcome = ? WHERE id = ?', [
      JSON.stringify(outcome),
      id,
    ]);
  }

  private async insert(
    { id: userId, accountId, sessionHash }: OAuthAsker,
    { provider, connectionId, contacts, calendar }: Wanted,
    onceKey: string,
  ): Promise<OAuthChecks | null> {
    const id = newId();
    const checks = { state: newSecret(), verifier: newSecret(), nonce: newSecret() };
    const sealed = this.keys.seal(contextOf({ id, userId }), JSON.stringify(checks));
    try {
      await this.database.query(
        `INSERT INTO oauth_requests (id, accountId, userId, stateHash, onceKey, sessionHash, provider, connectionId,
           contacts, calendar, sealed, expiresAt)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, DATE_ADD(UTC_TIMESTAMP(3), INTERVAL ${MINUTES} MINUTE))`,
        [
          ...[id, accountId, userId, hashOf(checks.state), onceKey, sessionHash, provider, connectionId],
          ...[contacts, calendar, sealed],
        ],
      );
      return checks;
    } catch (error) {
      if (!isDuplicate(error, 'uq_oauth_requests_once')) throw error;
      return null;
    }
  }

  private async waiting(asker: OAuthAsker, wanted: Wanted, onceKey: string): Promise<OAuthChecks | null> {
    const { provider, connectionId, contacts, calendar } = wanted;
    const [found] = await this.database.query<{ id: Id; userId: Id; sealed: string | null }[]>(
      `SELECT id, userId, sealed FROM oauth_requests
       WHERE userId = ? AND onceKey = ? AND sessionHash = ? AND provider = ? AND connectionId <=> ? AND contacts = ?
         AND calendar = ? AND usedAt IS NULL AND expiresAt > DATE_ADD(UTC_TIMESTAMP(3), INTERVAL 5 MINUTE)`,
      [asker.id, onceKey, asker.sessionHash, provider, connectionId, contacts, calendar],
    );
    return found ? this.checksOf(found) : null;
  }

  /** null where it was used, or its key is not held any more. */
  private checksOf(request: Pick<OAuthRequest, 'id' | 'userId' | 'sealed'>): OAuthChecks | null {
    try {
      const { sealed } = request;
      return sealed === null ? null : (JSON.parse(this.keys.open(contextOf(request), sealed)) as OAuthChecks);
    } catch {
      return null;
    }
  }
}

/** 256 bits, as a state, a nonce and a PKCE verifier (RFC 7636 §4.1) are made of. */
function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function contextOf({ id, userId }: { id: Id; userId: Id }): string {
  return `oauth-request:${id}:${userId}`;
}
