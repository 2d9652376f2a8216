import { type DataSource } from 'typeorm';
import { parts } from '../../ormconfig.js';
import { checkKey, KeyDoesNotFit } from '../../src/database/installation.js';
import { migrate } from '../../src/database/migrator.js';
import { openDatabase } from '../../src/database/open.js';
import { inTransaction } from '../../src/database/transaction.js';
import { startApp, testKeys, type TestApp } from '../support/app.js';

let app: TestApp;
let database: DataSource;

beforeAll(async () => {
  app = await startApp({ migrated: true });
  database = app.database;
});

afterAll(() => app.close());

describe('The database', () => {
  it('has exactly the tables the entities describe', async () => {
    const { upQueries } = await database.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('is in other tests, which copy it, the same as the migrations leave it', async () => {
    const copy = await startApp();
    expect(await contentOf(copy.database)).toEqual(await contentOf(database));
    await copy.close();
  });

  it('is left as it is by a second migration, and by two at once', async () => {
    expect(await Promise.all([migrate(app.databaseUrl, parts), migrate(app.databaseUrl, parts)])).toEqual([
      [],
      [],
    ]);
  });

  it('refuses what does not fit instead of cutting it', async () => {
    await expect(
      database.query('INSERT INTO installation (name, value) VALUES (?, ?)', ['x'.repeat(33), 'value']),
    ).rejects.toThrow(/too long/i);
  });

  it('stops a process whose secret key is not the one it was made with', async () => {
    await expect(checkKey(database, testKeys())).rejects.toThrow(KeyDoesNotFit);
    await expect(checkKey(database, app.keys)).resolves.toBeUndefined();
  });

  it('tries a deadlocked transaction again, with rows built anew', async () => {
    await database.query(
      `INSERT INTO installation (name, value) VALUES ('deadlock-a', '0'), ('deadlock-b', '0')`,
    );
    const bothHoldOne = meeting(2);
    let bodies = 0;
    const raise = (first: string, second: string) =>
      inTransaction(database, async (manager) => {
        bodies++;
        await manager.query('UPDATE installation SET value = value + 1 WHERE name = ?', [first]);
        await bothHoldOne();
        await manager.query('UPDATE installation SET value = value + 1 WHERE name = ?', [second]);
      });
    await Promise.all([raise('deadlock-a', 'deadlock-b'), raise('deadlock-b', 'deadlock-a')]);
    const values = await database.query<{ value: string }[]>(
      `SELECT value FROM installation WHERE name LIKE 'deadlock-%'`,
    );
    expect(values.map(({ value }) => value)).toEqual(['2', '2']);
    expect(bodies).toBe(3);
  });

  it('says in one line that a server does not answer', async () => {
    await expect(openDatabase('mysql://root@127.0.0.1:1/carnet', 'web', parts)).rejects.toThrow(
      'The database of DATABASE_URL does not answer (ECONNREFUSED)',
    );
  });

  it('takes the next host of a list when the first does not answer', async () => {
    const { searchParams, pathname } = new URL(app.databaseUrl);
    const socket = searchParams.get('socketPath');
    const url = socket
      ? `mysql://root@localhost,localhost${pathname}?socketPath=${encodeURIComponent(socket)}`
      : app.databaseUrl.replace('@', '@127.0.0.1:1,');
    const second = await openDatabase(url, 'web', parts);
    expect(await second.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await second.destroy();
  });
});

/** Lets the first `count` callers go on together; later ones pass at once. */
function meeting(count: number): () => Promise<void> {
  let release: () => void;
  const all = new Promise<void>((done) => (release = done));
  return async () => {
    if (--count <= 0) release();
    await all;
  };
}

/** How every table is made, and the rows that migrations wrote: the others are of the application that started. */
async function contentOf(database: DataSource): Promise<Record<string, unknown[]>> {
  const content: Record<string, unknown[]> = {};
  for (const row of await database.query<Record<string, string>[]>('SHOW TABLES')) {
    const [table] = Object.values(row);
    content[table] = await database.query<unknown[]>(`SHOW CREATE TABLE \`${table}\``);
  }
  content['rows of migrations'] = await database.query<unknown[]>('SELECT * FROM migrations');
  content['rows of migration_lease'] = await database.query<unknown[]>('SELECT * FROM migration_lease');
  expect(Object.keys(content).length).toBeGreaterThan(40);
  return content;
}
