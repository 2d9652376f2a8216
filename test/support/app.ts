import { type AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { type Type } from '@nestjs/common';
import mysql from 'mysql2/promise';
import { type DataSource } from 'typeorm';
import { parts } from '../../ormconfig.js';
import { createApp } from '../../src/app.js';
import { readEnvironment, type Environment } from '../../src/config/environment.js';
import { SecretKeys } from '../../src/crypto/secret-keys.js';
import { newId } from '../../src/database/id.js';
import { migrate } from '../../src/database/migrator.js';
import { ImportWait } from '../../src/imports/import-wait.js';
import { checkKey } from '../../src/database/installation.js';
import { openDatabase } from '../../src/database/open.js';
import { Browser } from './browser.js';
import { Builders } from './builders.js';
import { copyMigrated } from './template-database.js';

/** The real application on a real port with a real database; each test file has its own. */
export class TestApp extends Builders {
  constructor(
    readonly nest: NestExpressApplication,
    database: DataSource,
    readonly environment: Environment,
    readonly keys: SecretKeys,
    private readonly cleanUp: () => Promise<void>,
  ) {
    super(database);
  }

  get url(): string {
    return this.environment.publicUrl;
  }

  get databaseUrl(): string {
    return this.environment.databaseUrl ?? '';
  }

  /** A provider of the application. */
  get<T>(type: Type<T>): T {
    return this.nest.get(type, { strict: false });
  }

  /** A browser nobody has signed in with. */
  browser(): Browser {
    return new Browser(this.url);
  }

  async close(): Promise<void> {
    await this.nest.close();
    await this.cleanUp();
  }
}

interface Options {
  /** Settings as the operator would give them. Jobs do not run by themselves unless `WORKER` is `on`. */
  env?: NodeJS.ProcessEnv;
  /** Keys shared with another process on the same database. */
  keys?: SecretKeys;
  /** The database of another test application, to be a second process beside it. */
  databaseUrl?: string;
  /** The migrations themselves are tested: a copy of what they leave will not do. */
  migrated?: boolean;
}

export async function startApp({
  env = {},
  keys = testKeys(),
  databaseUrl,
  migrated = false,
}: Options = {}): Promise<TestApp> {
  const url = databaseUrl ?? databaseUrlOf(`carnet_${newId().replaceAll('-', '').slice(-20)}`);
  const dataDir = mkdtempSync(join(tmpdir(), 'carnet-test-'));
  const port = await freePort();
  const environment = readEnvironment({
    NODE_ENV: 'test',
    PORT: String(port),
    DATA_DIR: dataDir,
    DATABASE_URL: url,
    WORKER: 'off',
    ...env,
  });
  if (!databaseUrl) await (migrated ? migrate(url, parts) : copyMigrated(url));
  const database = await openDatabase(url, 'web', parts);
  await checkKey(database, keys);
  const nest = await createApp({ environment, keys, database });
  await nest.listen(environment.port, '127.0.0.1');
  // Jobs that do not run by themselves nobody need wait for.
  if (environment.worker === 'off') nest.get(ImportWait, { strict: false }).mostMs = 0;
  return new TestApp(nest, database, environment, keys, async () => {
    rmSync(dataDir, { recursive: true, force: true });
    if (!databaseUrl) await dropDatabase(url);
  });
}

export function testKeys(): SecretKeys {
  return new SecretKeys(SecretKeys.generate());
}

function databaseUrlOf(name: string): string {
  const server = process.env['TEST_DATABASE_URL'];
  if (!server) throw new Error('TEST_DATABASE_URL is not set; run the tests with npm test');
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

async function dropDatabase(url: string): Promise<void> {
  const { pathname, searchParams, username, password, hostname, port } = new URL(url);
  const socketPath = searchParams.get('socketPath');
  const connection = await mysql.createConnection({
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    ...(socketPath ? { socketPath } : { host: hostname, port: Number(port) || 3306 }),
  });
  await connection.query(`DROP DATABASE IF EXISTS ${mysql.escapeId(pathname.slice(1))}`);
  await connection.end();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
