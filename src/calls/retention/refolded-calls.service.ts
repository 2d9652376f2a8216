import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { inTransaction } from '../../database/transaction.js';
import { Jobs, type Task } from '../../jobs/jobs.service.js';
import { TableRefolding, type FoldedRow } from '../../jobs/refolding.js';
import { FOLD_VERSION } from '../../text/fold.js';
import { type Call } from '../call.entity.js';
import { callKeys } from '../record/call-row.js';

@Injectable()
export class RefoldedCalls extends TableRefolding<FoldedRow> {
  constructor(database: DataSource, jobs: Jobs) {
    super(database, jobs, { name: 'calls', table: 'calls', owner: null });
  }

  protected async refoldThese(rows: readonly FoldedRow[], task: Task): Promise<void> {
    await inTransaction(this.database, async (manager) => {
      await task.extend(manager);
      const calls = await manager.query<Pick<Call, 'id' | 'callerName' | 'number' | 'typedNumber'>[]>(
        'SELECT id, callerName, number, typedNumber FROM calls WHERE id IN (?) ORDER BY id FOR UPDATE',
        [rows.map(({ id }) => id)],
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
  }
}
