import { DataSource } from 'typeorm';
import {
  databaseOptions,
  reachServer,
  sessionStatements,
  type DatabaseParts,
  type PoolUse,
} from './data-source.js';

interface Pool {
  on(event: 'connection', listener: (connection: { query(sql: string): void }) => void): void;
}

/** A connected DataSource whose every connection carries our session settings. @throws DatabaseUnusable */
export async function openDatabase(url: string, use: PoolUse, parts: DatabaseParts): Promise<DataSource> {
  const { server } = await reachServer(url);
  const database = new DataSource(await databaseOptions(url, use, parts));
  await database.initialize();
  const { pool } = database.driver as unknown as { pool: Pool };
  const statements = sessionStatements(server, use);
  pool.on('connection', (connection) => statements.forEach((statement) => connection.query(statement)));
  // initialize() opened one connection before we could listen: give it the same settings.
  for (const statement of statements) await database.query(statement);
  return database;
}
