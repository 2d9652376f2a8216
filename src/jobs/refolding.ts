import { Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { type DataSource } from 'typeorm';
import { type Id } from '../database/id.js';
import { FOLD_VERSION } from '../text/fold.js';
import { type Jobs, type Task } from './jobs.service.js';

const AT_ONCE = 500;

/** A row whose keys are looked at. */
export interface FoldedRow {
  id: Id;
  foldVersion: number;
}

/**
 * Search and sort keys made by an older version of the folding are made anew, once for the installation and in sets: a new
 * version of Carnet finds everybody again without a migration that holds the tables. Each table with such keys has a subclass.
 */
export abstract class TableRefolding<Row extends FoldedRow> implements OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger(this.constructor.name);
  /** A kind of its own for each version: a process that folds otherwise does not know it and leaves it alone. */
  private readonly kind: string;
  /** What an installation says of itself once every row has keys of this version. */
  private readonly done: string;

  /** @param owner column beside id and foldVersion that `refoldThese` needs, or null */
  constructor(
    protected readonly database: DataSource,
    private readonly jobs: Jobs,
    private readonly what: { name: string; table: string; owner: (keyof Row & string) | null },
  ) {
    this.kind = `${what.name}.refold-${FOLD_VERSION}`;
    this.done = `${what.name}-fold`;
  }

  /** Rows whose keys are old, of one set, each locked while it is read and written. */
  protected abstract refoldThese(rows: readonly Row[], task: Task): Promise<void>;

  onModuleInit(): void {
    this.jobs.handle(this.kind, (_: object, task) => this.refold(task));
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.askIfDue().catch((error: unknown) => this.logger.warn(error));
  }

  async askIfDue(): Promise<void> {
    const [row] = await this.database.query<{ value: string }[]>(
      'SELECT value FROM installation WHERE name = ?',
      [this.done],
    );
    if (Number(row?.value ?? 0) >= FOLD_VERSION) return;
    await this.jobs.enqueue(this.database.manager, {
      ...{ kind: this.kind, payload: {}, uniqueKey: this.kind },
    });
  }

  private async refold(task: Task): Promise<void> {
    for (let after: Id | null = ''; after !== null;) after = await this.refoldSet(after, task);
    await this.database.query(
      'INSERT INTO installation (name, value) VALUES (?, ?) ON DUPLICATE KEY UPDATE value = VALUES(value)',
      [this.done, String(FOLD_VERSION)],
    );
  }

  /** @returns where the next set goes on; null behind the last row */
  private async refoldSet(after: Id, task: Task): Promise<Id | null> {
    task.cancelled.throwIfAborted();
    const { table, owner } = this.what;
    const rows = await this.database.query<Row[]>(
      `SELECT id, foldVersion${owner ? `, ${owner}` : ''} FROM ${table} WHERE id > ? ORDER BY id LIMIT ${AT_ONCE}`,
      [after],
    );
    const old = rows.filter(({ foldVersion }) => foldVersion < FOLD_VERSION);
    if (old.length > 0) await this.refoldThese(old, task);
    return rows.length === AT_ONCE ? rows[AT_ONCE - 1].id : null;
  }
}
