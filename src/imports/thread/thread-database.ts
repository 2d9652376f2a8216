import mysql from 'mysql2/promise';
import { setTimeout as wait } from 'node:timers/promises';
import {
  noPreparedStatements,
  sessionStatements,
  type ConnectionSettings,
  type Server,
} from '../../database/data-source.js';
import { isContention } from '../../database/transaction.js';
import { type Id } from '../../database/new-id.js';
import { type Affected, type Statements } from '../import-kind.js';

export interface ThreadConnection {
  settings: ConnectionSettings;
  server: Server;
}

/** The job a thread works for: each save proves that it is still ours. */
export interface JobClaim {
  id: Id;
  fence: number;
}

/** Somebody else does this by now, or it was cancelled: what is under way ends without a trace. */
export class Superseded extends Error {}

/**
 * One connection of the import's thread, without the object mapper: a thread starts in a tenth of a second and stays
 * small. Statements are sent in the order they are asked for.
 */
export class ThreadDatabase implements Statements {
  private constructor(private readonly connection: mysql.Connection) {}

  static async open({ settings, server }: ThreadConnection): Promise<ThreadDatabase> {
    const connection = await mysql.createConnection({
      ...settings,
      timezone: 'Z',
      charset: 'utf8mb4_unicode_ci',
      supportBigNumbers: true,
      connectTimeout: 5_000,
      ...noPreparedStatements,
    });
    // One that is lost while nobody asks is met by the next who does.
    connection.on('error', () => undefined);
    for (const statement of sessionStatements(server, 'worker')) await connection.query(statement);
    return new ThreadDatabase(connection);
  }

  async query<Result>(sql: string, values: unknown[] = []): Promise<Result> {
    const [result] = await this.connection.query(sql, values);
    return result as Result;
  }

  /** One transaction that holds only while `job` is ours; three tries as everywhere. @throws Superseded */
  async transaction<Result>(
    job: JobClaim,
    body: (transaction: Statements) => Promise<Result>,
  ): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.query('START TRANSACTION');
        const result = await body(this);
        await holdJob(this, job);
        await this.query('COMMIT');
        return result;
      } catch (error) {
        await this.query('ROLLBACK').catch(() => undefined);
        // 1062: a row of the same key was committed since the batch looked; looking again sees it.
        const again = isContention(error) || (error as { errno?: number }).errno === 1062;
        if (attempt === 3 || !again) throw error;
        await wait(attempt * 20 + Math.random() * 50);
      }
    }
  }

  async close(): Promise<void> {
    await this.connection.end().catch(() => this.connection.destroy());
  }
}

/** Lengthens the job's lease in the transaction that saves: whoever took over meanwhile has raised the fence. */
async function holdJob(transaction: Statements, { id, fence }: JobClaim): Promise<void> {
  const { affectedRows } = await transaction.query<Affected>(
    `UPDATE jobs SET leaseUntil = DATE_ADD(UTC_TIMESTAMP(3), INTERVAL 30 SECOND)
     WHERE id = ? AND fence = ? AND leaseToken IS NOT NULL AND state = 'waiting'`,
    [id, fence],
  );
  if (affectedRows !== 1) throw new Superseded('The job is done elsewhere');
}
