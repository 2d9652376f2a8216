import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { limits } from '../config/limits.js';
import { firstIdOf } from '../database/new-id.js';
import { type Id } from '../database/id.js';
import { monthsBefore } from './call-retention.js';
import { RETENTION_WAIT_HOURS } from './company-settings.service.js';
import { type Retention } from './settings.js';

const DAY_MS = 86_400_000;
/** Rows of one DELETE: enough to get on, few enough that nobody waits for it. */
const BATCH = 1_000;
/** Batches of one account at each of the sweeper's turns; the rest waits for the next. */
const BATCHES = 20;

/** What is older than a retention allows. */
export interface Overdue {
  audit: number;
  mails: number;
  imports: number;
  calls: number;
}

/**
 * Erases what companies keep for a shorter time than Carnet would. Nothing else deletes a row of the audit log. The
 * raw data of imports are erased by the imports, and calls by the calls, which know what else becomes of them.
 */
@Injectable()
export class Retentions {
  constructor(private readonly database: DataSource) {}

  async sweep(now = new Date()): Promise<void> {
    const kept = await this.database.query<(Retention & { accountId: Id })[]>(
      `SELECT accountId, auditYears, mailDays, importDays FROM account_settings
       WHERE (auditYears IS NOT NULL OR mailDays < ?) AND (retentionFrom IS NULL OR retentionFrom <= ?)`,
      [limits.keptDays, now],
    );
    for (const { accountId, auditYears, mailDays } of kept) {
      if (auditYears !== null) {
        await this.inBatches('DELETE FROM audit_entries WHERE accountId = ? AND at < ? ORDER BY at, id', [
          accountId,
          yearsBefore(now, auditYears),
        ]);
      }
      if (mailDays < limits.keptDays) {
        await this.inBatches(
          `DELETE FROM mails WHERE accountId = ? AND id < ? AND ${mailIsDone} ORDER BY id`,
          [accountId, daysBefore(now, mailDays)],
        );
      }
    }
  }

  /** What a retention that is saved now will erase as soon as it holds. */
  async overdue(
    accountId: Id,
    { auditYears, mailDays, importDays, callMonths }: Retention,
  ): Promise<Overdue> {
    // Up to the end of that day: counted to the moment, a company with a call a minute would be asked again and again.
    const from = endOfDay(new Date(Date.now() + RETENTION_WAIT_HOURS * 3_600_000));
    const count = async (sql: string, before: unknown) => {
      const [row] = await this.database.query<{ found: string }[]>(sql, [accountId, before]);
      return Number(row.found);
    };
    const [audit, mails, imports, calls] = await Promise.all([
      auditYears === null
        ? 0
        : count(
            'SELECT COUNT(*) AS found FROM audit_entries WHERE accountId = ? AND at < ?',
            yearsBefore(from, auditYears),
          ),
      count(
        `SELECT COUNT(*) AS found FROM mails WHERE accountId = ? AND id < ? AND ${mailIsDone}`,
        daysBefore(from, mailDays),
      ),
      count(
        `SELECT COUNT(*) AS found FROM imports i
         WHERE i.accountId = ? AND i.id < ? AND i.state NOT IN ('uploading', 'importing', 'undoing', 'redoing')
           AND (EXISTS (SELECT 1 FROM import_batches b WHERE b.importId = i.id)
             OR EXISTS (SELECT 1 FROM import_pieces p WHERE p.importId = i.id))`,
        daysBefore(from, importDays),
      ),
      callMonths === null
        ? 0
        : count(
            'SELECT COUNT(*) AS found FROM calls WHERE accountId = ? AND startedAt < ?',
            monthsBefore(from, callMonths),
          ),
    ]);
    return { audit, mails, imports, calls };
  }

  private async inBatches(sql: string, values: unknown[]): Promise<void> {
    for (let batch = 0; batch < BATCHES; batch++) {
      const { affectedRows } = await this.database.query<{ affectedRows: number }>(
        `${sql} LIMIT ${BATCH}`,
        values,
      );
      if (affectedRows < BATCH) return;
    }
  }
}

/** What still waits to be sent stays, however old it is. */
const mailIsDone = `state IN ('sent', 'kept', 'failed', 'withdrawn')`;

function endOfDay(moment: Date): Date {
  return new Date((Math.floor(moment.getTime() / DAY_MS) + 1) * DAY_MS);
}

function yearsBefore(moment: Date, years: number): Date {
  const before = new Date(moment);
  before.setUTCFullYear(before.getUTCFullYear() - years);
  return before;
}

/** The ids of mails and imports say when they were made. */
function daysBefore(moment: Date, days: number): Id {
  return firstIdOf(Number(moment) - days * DAY_MS);
}
