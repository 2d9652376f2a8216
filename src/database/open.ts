import { DataSource } from 'typeorm';
import {
  databaseOptions,
  reachServer,
  sessionStatements,
  type DatabaseParts,
  type PoolUse,
} from './data-source.js';

type Query = (...args: unknown[]) => unknown;

interface Connection {
  query: Query;
  stream: { destroy(error: Error): void };
  release(): void;
}

interface Pool {
  on(event: 'connection', listener: (connection: Connection) => void): void;
  getConnection(done: (error: Error | null, connection: Connection) => void): void;
}

/** More than any statement of a request may take (`statementSeconds`): the server is frozen, or the way to it cut. */
const SILENCE_MS = 8_000;
const LAST_CHANCE_MS = 1_000;

/** A connected DataSource whose every connection carries our session settings. @throws DatabaseUnusable */
export async function openDatabase(url: string, use: PoolUse, parts: DatabaseParts): Promise<DataSource> {
  const { server } = await reachServer(url);
  const database = new DataSource(await databaseOptions(url, use, parts));
  await database.initialize();
  const { pool } = database.driver as unknown as { pool: Pool };
  const statements = sessionStatements(server, use);
  const prepare = (connection: Connection) => {
    if (use === 'web') endWhenSilent(connection);
    statements.forEach((statement) => connection.query(statement));
  };
  pool.on('connection', prepare);
  // initialize() opened one connection before we could listen: give it the same settings.
  await new Promise<void>((resolve, reject) =>
    pool.getConnection((error, connection) => {
      if (error) return reject(error);
      prepare(connection);
      connection.release();
      resolve();
    }),
  );
  return database;
}

/**
 * The driver waits for an answer for ever. A connection that says nothing for longer than its statement may take is
 * closed; whoever waits for it hears ETIMEDOUT, which is an outage like any other, and the pool opens a new one.
 */
function endWhenSilent(connection: Connection): void {
  const query = connection.query.bind(connection);
  connection.query = (...args: unknown[]) => {
    const done = args.at(-1);
    if (typeof done !== 'function') return query(...args);
    const end = () => {
      const silent = new Error('The database does not answer');
      connection.stream.destroy(Object.assign(silent, { code: 'ETIMEDOUT' }));
    };
    // In two steps: when this process itself was held up, the answer may be there and only has to be read.
    let timer = setTimeout(() => {
      timer = setTimeout(end, LAST_CHANCE_MS);
    }, SILENCE_MS - LAST_CHANCE_MS);
    return query(...args.slice(0, -1), (...answer: unknown[]) => {
      clearTimeout(timer);
      (done as Query)(...answer);
    });
  };
}
