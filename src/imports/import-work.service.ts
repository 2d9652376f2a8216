import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { limits } from '../config/limits.js';
import { firstIdOf, type Id } from '../database/new-id.js';
import { Jobs, type Task } from '../jobs/jobs.service.js';
import { every, Sweeper } from '../jobs/sweeper.service.js';
import { ImportKinds } from './import-kinds.js';
import { ImportRunner } from './import-runner.js';
import { ImportWait } from './import-wait.js';
import { Import } from './import.entities.js';
import { PURGE, READ, UNDO, WRITE, type ImportJob } from './import-jobs.js';
import { type ImportSummary, type Reading } from './reading.js';
import { type ThreadTask } from './thread/import.thread.js';

const DAY_MS = 86_400_000;

/** The jobs of imports: each step in a thread, and once a day the end of raw data. */
@Injectable()
export class ImportWork implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly sweeper: Sweeper,
    private readonly database: DataSource,
    private readonly runner: ImportRunner,
    private readonly kinds: ImportKinds,
    private readonly wait: ImportWait,
  ) {}

  onModuleInit(): void {
    const steps: [string, ThreadTask['step']][] = [
      [READ, 'read'],
      [WRITE, 'write'],
      [UNDO, 'undo'],
    ];
    for (const [kind, step] of steps)
      this.jobs.handle<ImportJob>(kind, ({ importId }, task) => this.run(step, importId, task));
    this.sweeper.register(PURGE, every.day, () => this.purge());
  }

  /** What is left of files goes after its days, a little at a time. The ids of imports say when they began. */
  async purge(now = Date.now()): Promise<void> {
    const before = firstIdOf(now - limits.keptDays * DAY_MS);
    for (const table of ['import_pieces', 'import_batches']) await this.deleteBefore(table, before);
    await this.forgetCells('id < ?', before);
    await this.purgeShorter(now);
    // An upload that broke off a day ago comes no more.
    const broken = firstIdOf(now - DAY_MS);
    const left = await this.database.query<{ id: Id }[]>(
      `SELECT id FROM imports WHERE state = 'uploading' AND id < ? LIMIT 1000`,
      [broken],
    );
    for (const { id } of left) {
      await this.database.query('DELETE FROM import_pieces WHERE importId = ?', [id]);
      await this.database.query(`DELETE FROM imports WHERE id = ? AND state = 'uploading'`, [id]);
    }
    // What was never confirmed cannot be any more once its rows are gone.
    await this.database.query(
      `UPDATE imports SET state = 'cancelled', finishedAt = UTC_TIMESTAMP(3)
       WHERE state IN ('questions', 'checking', 'checked') AND id < ?`,
      [before],
    );
  }

  /** The same for companies that keep files for fewer days (`/settings`); a file being written or undone is left. */
  private async purgeShorter(now: number): Promise<void> {
    const companies = await this.database.query<{ accountId: Id; importDays: number }[]>(
      `SELECT accountId, importDays FROM account_settings
       WHERE importDays < ? AND (retentionFrom IS NULL OR retentionFrom <= ?)`,
      [limits.keptDays, new Date(now)],
    );
    for (const { accountId, importDays } of companies) {
      const before = firstIdOf(now - importDays * DAY_MS);
      await this.database.query(
        `UPDATE imports SET state = 'cancelled', finishedAt = UTC_TIMESTAMP(3)
         WHERE accountId = ? AND state IN ('questions', 'checking', 'checked') AND id < ?`,
        [accountId, before],
      );
      const ended = await this.database.query<{ id: Id }[]>(
        `SELECT id FROM imports
         WHERE accountId = ? AND id < ? AND state IN ('done', 'undone', 'refused', 'cancelled')
           AND (EXISTS (SELECT 1 FROM import_batches b WHERE b.importId = imports.id)
             OR EXISTS (SELECT 1 FROM import_pieces p WHERE p.importId = imports.id))`,
        [accountId, before],
      );
      for (const { id } of ended) {
        for (const table of ['import_pieces', 'import_batches']) await this.deleteOf(table, id);
        await this.forgetCells('id = ?', id);
      }
    }
  }

  /** The import itself stays in the history, without the cells it showed and the people it named. */
  private async forgetCells(which: 'id < ?' | 'id = ?', id: Id): Promise<void> {
    const found = await this.database.query<{ id: Id; reading: string | null; summary: string | null }[]>(
      `SELECT id, reading, summary FROM imports
       WHERE ${which} AND (reading LIKE '%"samples":[[%' OR summary LIKE '%"kept":[{%')`,
      [id],
    );
    for (const row of found) {
      const reading = row.reading === null ? null : (JSON.parse(row.reading) as Reading);
      const summary = row.summary === null ? null : (JSON.parse(row.summary) as ImportSummary);
      await this.database.manager.update(
        Import,
        { id: row.id },
        {
          reading: reading && { ...reading, samples: [] },
          summary: summary && { ...summary, ...(summary.kept ? { kept: [] } : {}) },
        },
      );
    }
  }

  private async deleteOf(table: string, importId: Id): Promise<void> {
    for (;;) {
      const { affectedRows } = await this.database.query<{ affectedRows: number }>(
        `DELETE FROM ${table} WHERE importId = ? LIMIT 100`,
        [importId],
      );
      if (affectedRows < 100) return;
    }
  }

  private async deleteBefore(table: string, before: Id): Promise<void> {
    for (;;) {
      const { affectedRows } = await this.database.query<{ affectedRows: number }>(
        `DELETE FROM ${table} WHERE importId < ? LIMIT 100`,
        [before],
      );
      if (affectedRows === 0) return;
    }
  }

  private async run(step: ThreadTask['step'], importId: Id, task: Task): Promise<void> {
    // Without what a row of the table holds of its file.
    const [found] = await this.database.query<{ kind: string }[]>('SELECT kind FROM imports WHERE id = ?', [
      importId,
    ]);
    if (!found) return;
    const { module, limits: most } = this.kinds.get(found.kind);
    await this.runner.run({ step, importId, module, rowLimit: most.rows }, task);
    this.wait.ended(importId);
  }
}
