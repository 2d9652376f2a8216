import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ENVIRONMENT } from '../../config/config.module.js';
import { type Environment } from '../../config/environment.js';
import { type Id } from '../../database/id.js';
import { inTransaction } from '../../database/transaction.js';
import { Refused } from '../../errors/domain-error.js';
import { type Affected } from '../../imports/import-kind.js';
import { accountsWithDue } from '../../jobs/due-accounts.js';
import { Jobs, type Task } from '../../jobs/jobs.service.js';
import { waitAfter } from '../../jobs/retry.js';
import { every, Sweeper } from '../../jobs/sweeper.service.js';
import { audioTypeOf, isAudioType } from './audio.js';
import { askToFetch, FETCH_JOB } from './asked-recordings.js';
import { fetchRecording, recordingAddress, recordingLimits, RecordingProblem } from './recording-host.js';
import { Recordings } from './recordings.service.js';

/** Recordings of one account fetched at a time. */
const AT_ONCE = 4;
/** How long one account may hold a worker; then others have their turn. */
const TURN_MS = 60_000;

interface Asked {
  callId: Id;
  userId: Id;
  recordingUrl: string | null;
  revision: number;
  tries: number;
}

/**
 * Fetches what telephone systems keep themselves: one job an account, tried again after 1, 5 and 30 minutes, 2 and 12 hours, then
 * only when somebody asks. Neither the job nor a log says an address.
 */
@Injectable()
export class RecordingFetches implements OnModuleInit {
  readonly limits = { ...recordingLimits };
  private readonly logger = new Logger('Recordings');

  constructor(
    private readonly database: DataSource,
    private readonly recordings: Recordings,
    private readonly jobs: Jobs,
    private readonly sweeper: Sweeper,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(FETCH_JOB, ({ accountId }: { accountId: Id }, task) => this.run(accountId, task));
    this.sweeper.register('call-recordings.look', every.hour, () => this.look());
  }

  private async run(accountId: Id, task: Task): Promise<void> {
    const until = Date.now() + TURN_MS;
    for (;;) {
      const due = await this.due(accountId);
      if (due.length === 0) break;
      await Promise.all(due.map((asked) => this.fetch(accountId, asked, task)));
      if (Date.now() > until) break;
    }
    const [next] = await this.database.query<{ dueAt: Date | null }[]>(
      'SELECT MIN(dueAt) AS dueAt FROM call_recordings WHERE accountId = ? AND dueAt IS NOT NULL',
      [accountId],
    );
    if (!next?.dueAt) return;
    const seconds = Math.ceil((next.dueAt.getTime() - Date.now()) / 1000);
    await askToFetch(this.database, accountId, Math.max(0, seconds));
  }

  private due(accountId: Id): Promise<Asked[]> {
    return this.database.query<Asked[]>(
      `SELECT r.callId, r.userId, r.revision, r.tries, c.recordingUrl
       FROM call_recordings r LEFT JOIN calls c ON c.id = r.callId
       WHERE r.accountId = ? AND r.dueAt <= ? ORDER BY r.dueAt, r.callId LIMIT ${AT_ONCE}`,
      [accountId, new Date()],
    );
  }

  private async fetch(accountId: Id, asked: Asked, task: Task): Promise<void> {
    const found = await this.bytesOf(asked, task);
    if (!(found instanceof RecordingProblem)) return this.keep(accountId, asked, found, task);
    this.logger.warn(`recording of call ${asked.callId}: ${found.word} (try ${asked.tries + 1})`);
    await this.noteProblem(asked, found, task);
  }

  private async bytesOf({ recordingUrl }: Asked, task: Task): Promise<Buffer | RecordingProblem> {
    try {
      const address = recordingAddress(recordingUrl ?? '', this.environment.recordingHosts);
      const bytes = await fetchRecording(address, this.limits, task.cancelled);
      const found = audioTypeOf(bytes);
      return isAudioType(found) ? bytes : new RecordingProblem(found);
    } catch (error) {
      if (error instanceof RecordingProblem) return error;
      throw error;
    }
  }

  private keep(accountId: Id, asked: Asked, bytes: Buffer, task: Task): Promise<void> {
    const { callId: id, userId, revision } = asked;
    return inTransaction(this.database, async (manager) => {
      await task.extend(manager);
      const [present] = await manager.query<{ revision: number }[]>(
        'SELECT revision FROM call_recordings WHERE callId = ? AND userId = ? FOR UPDATE',
        [id, userId],
      );
      // Deleted for good, moved, or another one was sent meanwhile.
      if (present?.revision !== revision) return;
      try {
        await this.recordings.keep(manager, { id, accountId, userId }, bytes);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
      }
    });
  }

  private noteProblem(asked: Asked, problem: RecordingProblem, task: Task): Promise<void> {
    const { callId, revision, tries } = asked;
    const seconds = problem.isLasting ? null : waitAfter(tries + 1);
    const dueAt = seconds === null ? null : new Date(Date.now() + seconds * 1000);
    return inTransaction(this.database, async (manager) => {
      await task.extend(manager);
      const { affectedRows } = await manager.query<Affected>(
        `UPDATE call_recordings SET problem = ?, tries = tries + 1, dueAt = ?, updatedAt = ?
         WHERE callId = ? AND revision = ?`,
        [problem.word, dueAt, new Date(), callId, revision],
      );
      if (affectedRows === 1 && dueAt === null)
        await manager.query("UPDATE calls SET recording = 'failed' WHERE id = ? AND recording = 'asked'", [
          callId,
        ]);
    });
  }

  /** Accounts whose job got lost: by a restored copy of the database, or an account brought over. */
  private async look(): Promise<void> {
    const due = { table: 'call_recordings', column: 'dueAt', over: 'UTC_TIMESTAMP(3)', most: 500 };
    for (const accountId of await accountsWithDue(this.database, due))
      await askToFetch(this.database, accountId);
  }
}
