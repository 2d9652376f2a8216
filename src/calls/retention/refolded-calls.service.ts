import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { Jobs, type Task } from '../../jobs/jobs.service.js';
import { FOLD_VERSION } from '../../text/fold.js';
import { type Call } from '../call.entity.js';
import { callKeys } from '../record/call-row.js';

/** A kind of its own for each version: a process that folds otherwise does not know it and leaves it alone. */
const REFOLD = `calls.refold-${FOLD_VERSION}`;
const DONE = 'calls-fold';
const AT_ONCE = 500;

/** Search keys made by an older version of the folding are made anew, once for the installation and in sets. */
@Injectable()
export class RefoldedCalls implements OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger('RefoldedCalls');

  constructor(
    private readonly database: DataSource,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(REFOLD, (_: object, task) => this.refold(task));
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.askIfDue().catch((error: unknown) => this.logger.warn(error));
  }

  async askIfDue(): Promise<void> {
    const [row] = await this.database.query<{ value: string }[]>(
      'SELECT value FROM installation WHERE name = ?',
      [DONE],
    );
    if (Number(row?.value ?? 0) >= FOLD_VERSION) return;
    await this.jobs.enqueue(this.database.manager, { kind: REFOLD, payload: {}, uniqueKey: REFOLD });
  }

  private async refold(task: Task): Promise<void> {
    for (let after: Id | null = ''; after !== null;) after = await this.refoldSet(after, task);
    await this.database.query(
      'INSERT INTO installation (name, value) VALUES (?, ?) ON DUPLICATE KEY UPDATE value = VALUES(value)',
      [DONE, String(FOLD_VERSION)],
    );
  }

  /** @returns where the next set goes on; null behind the last row */
  private async refoldSet(after: Id, task: Task): Promise<Id | null> {
    task.cancelled.throwIfAborted();
    const rows = await this.database.query<{ id: Id; foldVersion: number }[]>(
      `SELECT id, foldVersion FROM calls WHERE id > ? ORDER BY id LIMIT ${AT_ONCE}`,
      [after],
    );
    const old = rows.filter(({ foldVersion }) => foldVersion < FOLD_VERSION).map(({ id }) => id);
    if (old.length > 0)
      await inTransaction(this.database, async (manager) => {
        await task.extend(manager);
        const calls = await manager.query<Pick<Call, 'id' | 'callerName' | 'number' | 'typedNumber'>[]>(
          'SELECT id, callerName, number, typedNumber FROM calls WHERE id IN (?) ORDER BY id FOR UPDATE',
          [old],
        );
        if (calls.length === 0) return;
        await manager.query(
          `UPDATE calls SET searchKey = CASE id ${calls.map(() => 'WHEN ? THEN ?').join(' ')} END, foldVersion = ?
           WHERE id IN (?)`,
          [
            ...calls.flatMap((call) => [call.id, callKeys(call).searchKey]),
            ...[FOLD_VERSION, calls.map(({ id }) => id)],
          ],
        );
      });
    return rows.length === AT_ONCE ? rows[AT_ONCE - 1].id : null;
  }
}
