import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { limits } from '../../config/limits.js';
import { type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { accountsWithDue } from '../../jobs/due-accounts.js';
import { every, Sweeper } from '../../jobs/sweeper.service.js';
import { eraseCalls } from '../erase-calls.js';
import { keptFrom, type CallRetention } from '../record/kept-from.js';

/** Rows of one transaction. */
const AT_ONCE = 500;
/** Sets of one account at each turn; the rest waits for the next. */
const SETS = 20;
/** Accounts of one turn. */
const ACCOUNTS = 500;

const BINNED = `DATE_SUB(UTC_TIMESTAMP(3), INTERVAL ${limits.restoreDays} DAY)`;
/** Nobody keeps calls for a shorter time. */
const SHORTEST = 'DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 1 MONTH)';

/**
 * The end of calls: 30 days in the bin, and the time their company keeps them, living or not. In sets, a transaction each; what
 * was restored meanwhile is no longer found.
 */
@Injectable()
export class OverCalls implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly sweeper: Sweeper,
  ) {}

  onModuleInit(): void {
    this.sweeper.register('calls.sweep', every.quarterHour, ({ cancelled }) => this.sweep(cancelled));
  }

  async sweep(cancelled?: AbortSignal, now = new Date()): Promise<void> {
    for (const accountId of await this.due('deletedAt', BINNED)) {
      cancelled?.throwIfAborted();
      const before = new Date(now.getTime() - limits.restoreDays * 86_400_000);
      await this.erase(accountId, 'deletedAt', before);
    }
    for (const accountId of await this.due('startedAt', SHORTEST)) {
      cancelled?.throwIfAborted();
      const before = await this.keptFrom(accountId, now);
      if (before) await this.erase(accountId, 'startedAt', before);
    }
  }

  private due(column: Over, over: string): Promise<Id[]> {
    return accountsWithDue(this.database, { table: 'calls', column, over, most: ACCOUNTS });
  }

  /** null: for ever, or a shortened time has not begun. */
  private async keptFrom(accountId: Id, now: Date): Promise<Date | null> {
    const [settings] = await this.database.query<CallRetention[]>(
      'SELECT callMonths, retentionFrom, accountId AS saved FROM account_settings WHERE accountId = ?',
      [accountId],
    );
    return keptFrom(settings ?? { callMonths: null, retentionFrom: null, saved: null }, now);
  }

  private async erase(accountId: Id, column: Over, before: Date): Promise<void> {
    for (let set = 0; set < SETS; set++) {
      const due = await this.database.query<{ id: Id }[]>(
        `SELECT id FROM calls WHERE accountId = ? AND ${column} < ? ORDER BY ${column} LIMIT ${AT_ONCE}`,
        [accountId, before],
      );
      if (due.length === 0) return;
      await inTransaction(this.database, async (manager) => {
        const still = await manager.query<{ id: Id }[]>(
          `SELECT id FROM calls WHERE id IN (?) AND accountId = ? AND ${column} < ? ORDER BY id FOR UPDATE`,
          [due.map(({ id }) => id), accountId, before],
        );
        await eraseCalls(
          manager,
          still.map(({ id }) => id),
        );
      });
      if (due.length < AT_ONCE) return;
    }
  }
}

type Over = 'deletedAt' | 'startedAt';
