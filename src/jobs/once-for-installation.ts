import { Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { type DataSource } from 'typeorm';
import { type Id } from '../database/id.js';
import { type Jobs, type Task } from './jobs.service.js';

/** Rows of one set. */
export const AT_ONCE = 500;

/**
 * Work on all rows of a table that a new version of Carnet asks for, once for the installation and in sets, beside what people do.
 * A set that is repeated after a crash finds what is left.
 */
export abstract class OnceForInstallation implements OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger(this.constructor.name);

  /**
   * @param work.kind one for each version: a process of another version does not know it and leaves it alone
   * @param work.done what an installation says of itself once all of it is done, with its version
   */
  constructor(
    protected readonly database: DataSource,
    private readonly jobs: Jobs,
    private readonly work: { kind: string; done: string; version: number },
  ) {}

  /** @param after '' to begin with @returns where the next set goes on; null behind the last row */
  protected abstract doSet(after: Id, task: Task): Promise<Id | null>;

  onModuleInit(): void {
    this.jobs.handle(this.work.kind, (_: object, task) => this.doAll(task));
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.askIfDue().catch((error: unknown) => this.logger.warn(error));
  }

  async askIfDue(): Promise<void> {
    const { kind, done, version } = this.work;
    const [row] = await this.database.query<{ value: string }[]>(
      'SELECT value FROM installation WHERE name = ?',
      [done],
    );
    if (Number(row?.value ?? 0) >= version) return;
    await this.jobs.enqueue(this.database.manager, { kind, payload: {}, uniqueKey: kind });
  }

  private async doAll(task: Task): Promise<void> {
    for (let after: Id | null = ''; after !== null;) {
      task.cancelled.throwIfAborted();
      after = await this.doSet(after, task);
    }
    await this.database.query(
      'INSERT INTO installation (name, value) VALUES (?, ?) ON DUPLICATE KEY UPDATE value = VALUES(value)',
      [this.work.done, String(this.work.version)],
    );
  }
}
