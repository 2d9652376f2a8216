import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccountEvents, type PeopleErased } from '../../accounts/events.js';
import { limits } from '../../config/limits.js';
import { every, Sweeper } from '../../jobs/sweeper.service.js';
import { callImport } from './call-import.description.js';

const UNDO = `${callImport.act}.undo`;
/** Entries of one statement. */
const BATCH = 1_000;
/** Undone so long ago they were emptied, even by a server that stood still for most of a year. */
const LOOKED_BACK_DAYS = 365;

/**
 * Calls an undo took away wait in the journal to be brought back: with whom they are about, and when that is no longer possible,
 * what they were goes.
 */
@Injectable()
export class ForgottenCalls implements OnModuleInit {
  constructor(
    private readonly database: DataSource,
    private readonly events: AccountEvents,
    private readonly sweeper: Sweeper,
  ) {}

  onModuleInit(): void {
    this.events.erased.subscribe((news) => this.forget(news));
    this.sweeper.register('call-imports.forget', every.day, () => this.sweep());
  }

  async sweep(now = new Date()): Promise<void> {
    const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
    // By the index of each account: this table holds every act there was.
    const batches = await this.database.query<{ id: string }[]>(
      `SELECT b.id FROM accounts a JOIN journal_batches b ON b.accountId = a.id AND b.at > ? AND b.at < ?
       WHERE b.kind = ?`,
      [daysAgo(LOOKED_BACK_DAYS), daysAgo(limits.restoreDays), UNDO],
    );
    for (const { id } of batches)
      while (await this.emptied(id)) {
        // The next of them.
      }
  }

  private async emptied(batchId: string): Promise<boolean> {
    const { affectedRows } = await this.database.query<{ affectedRows: number }>(
      `UPDATE journal_entries SET changes = NULL
       WHERE batchId = ? AND subjectType = 'call' AND changes IS NOT NULL LIMIT ${BATCH}`,
      [batchId],
    );
    return affectedRows === BATCH;
  }

  private async forget({ manager, accountId, userIds }: PeopleErased): Promise<void> {
    const batches = await manager.query<{ id: string }[]>(
      'SELECT id FROM journal_batches WHERE accountId = ? AND kind = ?',
      [accountId, UNDO],
    );
    if (batches.length === 0) return;
    await manager.query(
      `UPDATE journal_entries SET changes = NULL WHERE batchId IN (?) AND accountId = ? AND subjectType = 'call'
         AND changes IS NOT NULL AND JSON_UNQUOTE(JSON_EXTRACT(changes, '$.call[0].userId')) IN (?)`,
      [batches.map(({ id }) => id), accountId, userIds],
    );
  }
}
