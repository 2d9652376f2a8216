import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { DataSource, type EntityManager } from 'typeorm';
import { ENVIRONMENT } from '../../config/config.module.js';
import { type Environment } from '../../config/environment.js';
import { errorText } from '../../database/error-text.js';
import { AfterCommit } from '../../jobs/after-commit.js';
import { LeaseLost } from '../../jobs/jobs.service.js';
import { WorkLoop } from '../../jobs/work-loop.js';
import { Connectors } from './connectors.js';
import { claimDue, Lease, LEASE_SECONDS, type ClaimedConnection } from './lease.js';
import { timeTurn, watchDue } from './sync-metrics.js';
import { SyncTurns } from './sync-turns.service.js';

/** Connections at a time in one process; each may use a database connection of the pool. */
const AT_ONCE = 4;
const RENEW_MS = (LEASE_SECONDS * 1000) / 4;
const STOP_MS = 8_000;

interface Running {
  lease: Lease;
  done: Promise<void>;
}

/** Takes the turns of connections that are due: the rows of `connections` are its queue. */
@Injectable()
export class SyncWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Sync');
  private readonly loop = new WorkLoop('Sync', () => this.turn());
  private readonly running = new Set<Running>();
  private stopping = false;

  constructor(
    private readonly database: DataSource,
    private readonly connectors: Connectors,
    private readonly turns: SyncTurns,
    private readonly afterCommit: AfterCommit,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  onApplicationBootstrap(): void {
    if (this.environment.worker !== 'off') this.loop.start();
    if (this.environment.metricsPort !== null) watchDue(this.database);
  }

  /** There is something to do, once this transaction is committed: look now. */
  wake(manager: EntityManager = this.database.manager): void {
    this.afterCommit.do(manager, this.wakeLoop);
  }

  /** Does all that is due now, here. @returns how many turns were taken */
  async runDue(): Promise<number> {
    let taken = 0;
    for (;;) {
      const claimed = await this.begin(AT_ONCE);
      taken += claimed;
      await Promise.all([...this.running].map(({ done }) => done));
      if (claimed === 0 && this.running.size === 0) return taken;
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await this.loop.stop();
    const left = [...this.running];
    for (const { lease } of left) lease.stop(new Error('The process stops'));
    const timeout = new AbortController();
    await Promise.race([
      Promise.all(left.map(({ done }) => done)),
      wait(STOP_MS, undefined, { signal: timeout.signal }).catch(() => undefined),
    ]);
    timeout.abort();
  }

  private readonly wakeLoop = () => this.loop.wake();

  private async turn(): Promise<boolean> {
    return (await this.begin(AT_ONCE - this.running.size)) > 0;
  }

  private async begin(most: number): Promise<number> {
    if (this.stopping) return 0;
    const claimed = await claimDue(this.database, this.connectors.providers, most);
    for (const connection of claimed) {
      const lease = new Lease(this.database, connection);
      const running: Running = { lease, done: Promise.resolve() };
      running.done = this.take(connection, lease).finally(() => {
        this.running.delete(running);
        this.loop.wake();
      });
      this.running.add(running);
    }
    return claimed.length;
  }

  /** Never rejects: what cannot even be noted is found again once the lease is over. */
  private async take(connection: ClaimedConnection, lease: Lease): Promise<void> {
    let renewedAt = performance.now();
    const renewal = setInterval(() => {
      lease
        .hold(this.database)
        .then(() => (renewedAt = performance.now()))
        .catch((error: unknown) => {
          if (performance.now() - renewedAt > LEASE_SECONDS * 1000) lease.stop(error);
        });
    }, RENEW_MS);
    const stopTimer = timeTurn(connection.provider);
    try {
      await this.turns.take(connection, lease);
    } catch (error) {
      if (!(error instanceof LeaseLost))
        this.logger.warn(`Connection ${connection.id}: its turn could not be noted: ${errorText(error)}`);
    } finally {
      stopTimer();
      clearInterval(renewal);
    }
  }
}
