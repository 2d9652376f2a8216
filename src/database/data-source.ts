import {
  type EntityTarget,
  type MigrationInterface,
  type ObjectLiteral,
  type DataSourceOptions,
} from 'typeorm';
import mysql from 'mysql2/promise';
import { type Socket } from 'node:net';
import { socketsTo } from './host-list.js';

export interface DatabaseParts {
  entities: (EntityTarget<ObjectLiteral> & (new () => object))[];
  migrations: (new () => MigrationInterface)[];
}

export interface Server {
  type: 'mariadb' | 'mysql';
  version: string;
  galera: boolean;
}

/** How long one statement may take, by what the pool serves. A killed client may leave its query running. */
export type PoolUse = 'web' | 'worker' | 'unlimited';
const statementSeconds: Record<PoolUse, number> = { web: 5, worker: 60, unlimited: 0 };

/** The database cannot be used as it is. The message is one line for the operator. */
export class DatabaseUnusable extends Error {}

/**
 * Connection settings of a `DATABASE_URL`: `mysql://user:password@host:port,host2/name?socketPath=…`.
 * @throws DatabaseUnusable
 */
export function connectionsOf(url: string): ConnectionSettings[] {
  // Several hosts are ours, not the URL standard's: take them out before parsing the rest.
  const [, before, hosts, after] = /^(\w+:\/\/(?:[^@/]*@)?)([^/?]*)(.*)$/s.exec(url) ?? [];
  if (hosts === undefined)
    throw new DatabaseUnusable('DATABASE_URL is written mysql://user:password@host/database');
  return hosts.split(',').map((host) => {
    const text = `${before}${host || 'localhost'}${after}`;
    if (!URL.canParse(text)) {
      throw new DatabaseUnusable('DATABASE_URL is written mysql://user:password@host/database');
    }
    const parsed = new URL(text);
    const socketPath = parsed.searchParams.get('socketPath') ?? undefined;
    return {
      ...(socketPath
        ? { socketPath }
        : { host: parsed.hostname, port: parsed.port ? Number(parsed.port) : 3306 }),
      user: decodeURIComponent(parsed.username) || 'root',
      password: decodeURIComponent(parsed.password),
      database: decodeURIComponent(parsed.pathname.slice(1)) || 'carnet',
      ...(parsed.searchParams.get('ssl') === 'true' ? { ssl: {} } : {}),
    };
  });
}

export interface ConnectionSettings {
  socketPath?: string;
  host?: string;
  port?: number;
  user: string;
  password: string;
  database: string;
  ssl?: object;
}

/**
 * The first of the hosts that answers, and what it is: `type` must match the server, or the schema builder
 * takes every nullable column for a difference. @throws DatabaseUnusable
 */
export async function reachServer(url: string): Promise<{ settings: ConnectionSettings; server: Server }> {
  let failure: unknown;
  for (const settings of connectionsOf(url)) {
    try {
      return { settings, server: await probe(settings) };
    } catch (error) {
      failure = error;
    }
  }
  const { code, message } = failure as { code?: string; message: string };
  throw new DatabaseUnusable(`The database of DATABASE_URL does not answer (${code ?? message})`);
}

/** The options every DataSource of ours is made from. */
export async function databaseOptions(
  url: string,
  use: PoolUse,
  { entities, migrations }: DatabaseParts,
): Promise<DataSourceOptions> {
  const { settings, server } = await reachServer(url);
  const { host, port, socketPath, user, password, database, ssl } = settings;
  return {
    type: server.type,
    ...(socketPath ? { socketPath } : { host, port }),
    username: user,
    password,
    database,
    ...(ssl ? { ssl } : {}),
    entities,
    migrations,
    synchronize: false,
    migrationsRun: false,
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'none',
    timezone: 'Z',
    charset: 'utf8mb4_unicode_ci',
    supportBigNumbers: true,
    poolSize: use === 'web' ? 10 : 4,
    connectTimeout: 5_000,
    // A trace for every statement would cost each request; what fails is logged where it was called.
    extra: {
      ...{ maxIdle: 4, idleTimeout: 60_000, enableKeepAlive: true, trace: false },
      ...noPreparedStatements,
      ...nextHostWhenLost(url, settings),
    },
  };
}

/** Nothing of ours is prepared, and room for 16,000 prepared statements takes half a megabyte of each connection. */
export const noPreparedStatements = { maxPreparedStatements: 1 };

/** With several hosts, a pool whose host is gone goes on with the next. */
function nextHostWhenLost(url: string, reached: ConnectionSettings): { stream?: () => Socket } {
  const hosts = connectionsOf(url).flatMap(({ host, port }) => (host && port ? [{ host, port }] : []));
  if (hosts.length < 2) return {};
  const first = hosts.findIndex(({ host, port }) => host === reached.host && port === reached.port);
  return { stream: socketsTo(hosts, Math.max(0, first)) };
}

/** Statements every new connection starts with. */
export function sessionStatements(server: Server, use: PoolUse): string[] {
  const seconds = statementSeconds[use];
  return [
    // The same mode on every server: what does not fit is an error, never cut.
    `SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'`,
    'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
    // As MariaDB has it: MySQL would refuse to list the names of a person's groups beyond a kilobyte.
    'SET SESSION group_concat_max_len = 1048576',
    server.type === 'mariadb'
      ? `SET SESSION max_statement_time = ${seconds}`
      : `SET SESSION max_execution_time = ${seconds * 1000}`,
    ...(server.galera ? ['SET SESSION wsrep_sync_wait = 1'] : []),
  ];
}

async function probe(settings: ConnectionSettings): Promise<Server> {
  const connection = await mysql.createConnection({ ...settings, connectTimeout: 5_000 });
  try {
    const [[{ version }]] = await connection.query<mysql.RowDataPacket[]>('SELECT VERSION() AS version');
    const [galera] = await connection.query<mysql.RowDataPacket[]>(`SHOW STATUS LIKE 'wsrep_ready'`);
    const text = String(version);
    return {
      type: /mariadb/i.test(text) ? 'mariadb' : 'mysql',
      version: text,
      galera: galera.length > 0 && galera[0].Value === 'ON',
    };
  } finally {
    await connection.end();
  }
}
