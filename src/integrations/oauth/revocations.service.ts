import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Provider } from '../../accounts/settings.js';
import { SecretKeys } from '../../crypto/secret-keys.js';
import { type Id } from '../../database/id.js';
import { Jobs, type Task } from '../../jobs/jobs.service.js';
import { every, Sweeper } from '../../jobs/sweeper.service.js';
import { ConnectionSecrets } from '../connections/secrets.js';
import { ProviderError } from '../provider-errors.js';
import { OAuthClients } from './oauth-clients.js';
import { readOAuthSecret } from './oauth-secret.js';

const REVOKE = 'connections.revoke';
/** A day is over before the sixth try. */
const MOST_TRIES = 5;

interface Revocation {
  mailboxId: string;
  /** The token, sealed for this mailbox: the job outlives the connection. */
  sealed: string;
  /** ISO 8601. */
  since: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Gives back what people allowed, where the provider takes it back: Google ends the whole grant of a mailbox, Microsoft has no such
 * place. A mailbox that is connected by somebody else too, or again since, keeps it.
 */
@Injectable()
export class Revocations implements OnModuleInit {
  private readonly logger = new Logger('OAuth');

  constructor(
    private readonly database: DataSource,
    private readonly keys: SecretKeys,
    private readonly jobs: Jobs,
    private readonly sweeper: Sweeper,
    private readonly secrets: ConnectionSecrets,
    private readonly clients: OAuthClients,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<Revocation>(REVOKE, (revocation, task) => this.revoke(revocation, task));
    this.sweeper.register('oauth.revocations', every.hour, () => this.sweep());
  }

  /** Right before secrets of these are dropped. */
  async beforeDrop(manager: EntityManager, connectionIds: readonly Id[]): Promise<void> {
    if (connectionIds.length === 0) return;
    const held = await manager.query<{ id: Id; mailboxId: string; accountId: Id }[]>(
      `SELECT c.id, c.mailboxId, c.accountId FROM connections c JOIN connection_secrets s ON s.connectionId = c.id
       WHERE c.id IN (?) AND c.provider = 'google'`,
      [connectionIds],
    );
    for (const { id, mailboxId, accountId } of held) {
      // One that does not open any more cannot be given back either.
      const secret = await this.secrets.open(id, manager).catch(() => null);
      const token = secret === null ? null : readOAuthSecret(secret)?.refreshToken;
      if (token) await this.later(manager, { provider: 'google', mailboxId, accountId }, token);
    }
  }

  /** Jobs that were given up, and those nobody has come to for a day, keep no token either. */
  async sweep(): Promise<void> {
    await this.database.query(
      `UPDATE jobs SET payload = '{}'
       WHERE kind = ? AND state IN ('waiting', 'failed') AND payload <> '{}'
         AND (state = 'failed' OR createdAt < DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 1 DAY))`,
      [REVOKE],
    );
  }

  /** Of tokens that are kept by no connection. */
  async later(
    manager: EntityManager,
    { provider, mailboxId, accountId }: { provider: Provider; mailboxId: string; accountId: Id },
    token: string,
  ): Promise<void> {
    if (provider !== 'google') return;
    const sealed = this.keys.seal(contextOf(mailboxId), token);
    const payload: Revocation = { mailboxId, sealed, since: new Date().toISOString() };
    await this.jobs.enqueue(manager, { kind: REVOKE, accountId, payload: { ...payload } });
  }

  /** A failure never keeps the token: after the last try, or a day, it is given up. */
  private async revoke({ mailboxId, sealed, since }: Revocation, task: Task): Promise<void> {
    const isLate = !sealed || Date.now() - Date.parse(since) > DAY_MS;
    if (isLate || !this.clients.has('google')) return this.forget(task);
    const [living] = await this.database.query<unknown[]>(
      `SELECT 1 FROM connections c JOIN connection_secrets s ON s.connectionId = c.id
       WHERE c.provider = 'google' AND c.mailboxId = ? AND c.state <> 'ended' LIMIT 1`,
      [mailboxId],
    );
    if (living) return this.forget(task);
    try {
      await this.clients.revoke('google', this.keys.open(contextOf(mailboxId), sealed), task.cancelled);
    } catch (error) {
      task.cancelled.throwIfAborted();
      const isOver = task.fence >= MOST_TRIES || !(error instanceof ProviderError);
      this.logger.warn(`A token could not be given back to Google: ${(error as Error).message}`);
      if (!isOver) throw error;
    }
    await this.forget(task);
  }

  /** Jobs that are done stay for a while; what they were about does not: begun again after a crash, it is late. */
  private async forget({ jobId }: Task): Promise<void> {
    await this.database.query(`UPDATE jobs SET payload = '{}' WHERE id = ?`, [jobId]);
  }
}

function contextOf(mailboxId: string): string {
  return `revocation:google:${mailboxId}`;
}
