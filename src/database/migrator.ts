import { setTimeout as wait } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { connectionsOf, reachServer, type DatabaseParts } from './data-source.js';
import { newId } from './id.js';
import { openDatabase } from './open.js';

/**
 * Brings the tables up to date; makes the database itself when the server has none of that name and allows it.
 * One migrator at a time: the others wait for the lease row. @returns the names of the migrations done
 */
export async function migrate(url: string, parts: DatabaseParts): Promise<string[]> {
  await makeDatabase(url);
  const database = await openDatabase(url, 'unlimited', parts);
  const holder = newId();
  try {
    // The only table that cannot come from a migration: it decides who migrates.
    await database.query(
      'CREATE TABLE IF NOT EXISTS `migration_lease` (`id` tinyint NOT NULL PRIMARY KEY, `holder` char(36) NULL, `until` datetime(3) NULL)',
    );
    await database.query('INSERT IGNORE INTO migration_lease (id) VALUES (1)');
    while (!(await claim())) await wait(250);
    const renewal = setInterval(() => void claim().catch(() => undefined), 20_000);
    try {
      return (await database.runMigrations({ transaction: 'none' })).map(({ name }) => name);
    } finally {
      clearInterval(renewal);
      await database.query(
        'UPDATE migration_lease SET holder = NULL, until = NULL WHERE id = 1 AND holder = ?',
        [holder],
      );
    }
  } finally {
    await database.destroy();
  }

  async function claim(): Promise<boolean> {
    const { affectedRows } = await database.query<{ affectedRows: number }>(
      `UPDATE migration_lease SET holder = ?, until = DATE_ADD(UTC_TIMESTAMP(3), INTERVAL 60 SECOND)
       WHERE id = 1 AND (holder IS NULL OR holder = ? OR until < UTC_TIMESTAMP(3))`,
      [holder, holder],
    );
    return affectedRows === 1;
  }
}

async function makeDatabase(url: string): Promise<void> {
  try {
    await reachServer(url);
    return;
  } catch (error) {
    if (!/ER_BAD_DB_ERROR/.test(String(error))) throw error;
  }
  const [{ database, ...settings }] = connectionsOf(url);
  const connection = await mysql.createConnection(settings);
  try {
    await connection.query(
      `CREATE DATABASE IF NOT EXISTS ${mysql.escapeId(database)} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
    );
  } finally {
    await connection.end();
  }
}
