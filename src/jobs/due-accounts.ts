import { type DataSource } from 'typeorm';
import { type Id } from '../database/id.js';

/**
 * Accounts with rows whose days are over, for a sweep that goes through them account by account. Some index begins with
 * `accountId` and the column, and the database looks up the earliest of each account in it: asked with `EXISTS`, it reads
 * all rows there are (MariaDB), or all of each account.
 * @param over SQL; what is before it is due @param most of them
 */
export async function accountsWithDue(
  database: DataSource,
  { table, column, over, most }: { table: string; column: string; over: string; most: number },
): Promise<Id[]> {
  const accounts = await database.query<{ accountId: Id }[]>(
    `SELECT accountId FROM ${table} GROUP BY accountId HAVING MIN(${column}) < ${over} LIMIT ${most}`,
  );
  return accounts.map(({ accountId }) => accountId);
}
