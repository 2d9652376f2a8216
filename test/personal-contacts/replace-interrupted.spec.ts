import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { SecretKeys } from '../../src/crypto/secret-keys.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { rootDir } from '../../src/web/paths.js';
import { startApp, type TestApp } from '../support/app.js';
import { contactFile, contactsOf, importNow } from './importing.js';
import { kept } from './keeping.js';
import { agreed, checkReplacement } from './replacing.js';

jest.setTimeout(120_000);

describe('a replacement whose process is killed while it writes', () => {
  const keys = SecretKeys.generate();
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ keys: new SecretKeys(keys) });
  });
  afterAll(() => app.close());

  it('leaves the old list whole, and whoever goes on replaces it whole', async () => {
    const { browser, user } = await app.signedIn();
    const before = Array.from({ length: 600 }, (_, n) => ({
      displayName: `Former ${n}`,
      email: `f${n}@example.test`,
    }));
    await kept(app, user, before, { group: 'Former' });
    const rows = Array.from({ length: 1000 }, (_, n) => `Person ${n},p${n}@example.test,,,,,,`);
    const checked = await checkReplacement(app, browser, contactFile(...rows), { groupName: 'New' });
    await browser.post(`/imports/${checked.id}/confirmation`, agreed(checked));

    await killedWhileWriting(user.id);
    const list = await contactsOf(app, user);
    expect(list).toHaveLength(600);
    expect(new Set(list.flatMap(({ groups }) => groups))).toEqual(new Set(['Former']));
    expect(await importNow(app, browser, checked.id)).toMatchObject({ state: 'importing' });

    // The lease of the dead is over.
    await app.database.query('UPDATE jobs SET leaseUntil = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 1 SECOND)');
    await app.get(JobsWorker).idle();
    expect(await importNow(app, browser, checked.id)).toMatchObject({
      state: 'done',
      counts: { written: 1000, r: 600, g: 1 },
    });
    const replaced = await contactsOf(app, user);
    expect(replaced).toHaveLength(1000);
    expect(new Set(replaced.map(({ email }) => email)).size).toBe(1000);
    expect(new Set(replaced.flatMap(({ groups }) => groups))).toEqual(new Set(['New']));
  });

  /** A worker of its own begins the work and is killed as soon as it has written something, before it is done. */
  async function killedWhileWriting(ownerId: string): Promise<void> {
    const worker = spawn(process.execPath, [join(rootDir, 'dist', 'src', 'main.js')], {
      cwd: rootDir,
      env: {
        PATH: process.env['PATH'],
        ...{ NODE_ENV: 'production', WORKER: 'only', PORT: '0', LOG_LEVEL: 'warn' },
        ...{ DATABASE_URL: app.databaseUrl, SECRET_KEYS: keys, DATA_DIR: app.environment.dataDir },
      },
      stdio: 'ignore',
    });
    const looking = app.database.createQueryRunner();
    try {
      await looking.query('SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED');
      for (;;) {
        const [{ count }] = (await looking.query(
          `SELECT COUNT(*) AS count FROM personal_contacts WHERE ownerId = ? AND displayName LIKE 'Person %'`,
          [ownerId],
        )) as [{ count: string }];
        if (Number(count) > 0) break;
        await wait(5);
        if (worker.exitCode !== null) throw new Error(`The worker ended with ${worker.exitCode}`);
      }
      await killed(worker);
    } finally {
      await looking.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
      await looking.release();
    }
    // The server takes back what a lost connection left, as soon as it sees that it is lost.
    for (;;) {
      const open = await app.database.query<unknown[]>(
        `SELECT 1 FROM information_schema.innodb_trx t JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
         WHERE p.db = DATABASE() AND t.trx_rows_modified > 0`,
      );
      if (open.length === 0) return;
    }
  }

  async function killed(worker: ChildProcess): Promise<void> {
    const ended = once(worker, 'exit');
    worker.kill('SIGKILL');
    await ended;
  }
});
