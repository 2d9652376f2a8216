import { newId } from '../../src/database/id.js';
import { ImportRunner } from '../../src/imports/import-runner.js';
import { ImportWait } from '../../src/imports/import-wait.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { contactImport } from '../../src/personal-contacts/import/contact-import.description.js';
import { startApp, type TestApp } from '../support/app.js';
import { checkContacts, contactFile, contactsOf, importNow } from './importing.js';

jest.setTimeout(60_000);

describe('an import of personal contacts whose process dies while it writes', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it('leaves nothing behind, and whoever goes on writes each contact once', async () => {
    const { browser, user } = await app.signedIn();
    const rows = Array.from({ length: 1000 }, (_, row) => `Person ${row},p${row}@example.test,,,,,,`);
    const { id } = await checkContacts(app, browser, contactFile(...rows), { groupName: 'All' });
    await browser.post(`/imports/${id}/confirmation`);

    expect(await killedWhileWriting(id, user.id)).toBeGreaterThan(0);
    expect(await contactsOf(app, user)).toEqual([]);
    expect(await groupsOf(user.id)).toEqual([]);
    expect(await importNow(app, browser, id)).toMatchObject({ state: 'importing' });

    await app.get(JobsWorker).idle();
    expect(await importNow(app, browser, id)).toMatchObject({ state: 'done', counts: { written: 1000 } });
    const contacts = await contactsOf(app, user);
    expect(new Set(contacts.map(({ email }) => email)).size).toBe(1000);
    expect(contacts).toHaveLength(1000);
    expect(await groupsOf(user.id)).toEqual(['All']);
  });

  it('leaves the work to whoever took the job over', async () => {
    const { browser, user } = await app.signedIn();
    const { id } = await checkContacts(app, browser, contactFile('Ada,ada@example.test,,,,,,'));
    await browser.post(`/imports/${id}/confirmation`);
    const job = await claim(id);
    await claim(id);
    await run(id, job, new AbortController().signal);
    expect(await contactsOf(app, user)).toEqual([]);
    await release(job.jobId);
    await app.get(JobsWorker).idle();
    expect(await contactsOf(app, user)).toHaveLength(1);
  });

  /** Ends the thread without a word in the middle of its transaction. @returns how many contacts it had written there */
  async function killedWhileWriting(id: string, ownerId: string): Promise<number> {
    const job = await claim(id);
    const kill = new AbortController();
    const running = run(id, job, kill.signal);
    running.catch(() => undefined);
    const looking = app.database.createQueryRunner();
    let written = 0;
    try {
      await looking.query('SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED');
      while (written === 0) {
        const [{ count }] = (await looking.query(
          'SELECT COUNT(*) AS count FROM personal_contacts WHERE ownerId = ?',
          [ownerId],
        )) as [{ count: string }];
        written = Number(count);
      }
      kill.abort(new Error('killed'));
      await expect(running).rejects.toThrow('killed');
    } finally {
      await looking.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
      await looking.release();
    }
    await release(job.jobId);
    // The server takes back what a lost connection left, as soon as it sees that it is lost.
    await settled();
    return written;
  }

  async function settled(): Promise<void> {
    for (;;) {
      const open = await app.database.query<unknown[]>(
        'SELECT 1 FROM information_schema.innodb_trx t JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id WHERE p.db = DATABASE() AND t.trx_rows_modified > 0',
      );
      if (open.length === 0) return;
    }
  }

  function run(
    importId: string,
    job: { jobId: string; fence: number },
    cancelled: AbortSignal,
  ): Promise<void> {
    const { module, limits } = contactImport;
    const task = { ...job, cancelled, extend: () => Promise.resolve() };
    return app.get(ImportRunner).run({ step: 'write', importId, module, rowLimit: limits.rows }, task);
  }

  /** As the worker of another process would. */
  async function claim(id: string): Promise<{ jobId: string; fence: number }> {
    const [{ jobId, fence }] = await app.database.query<{ jobId: string; fence: number }[]>(
      'SELECT id AS jobId, fence + 1 AS fence FROM jobs WHERE uniqueKey = ?',
      [`import.write:${id}`],
    );
    await app.database.query(
      'UPDATE jobs SET leaseToken = ?, fence = ?, leaseUntil = DATE_ADD(UTC_TIMESTAMP(3), INTERVAL 30 SECOND) WHERE id = ?',
      [newId(), Number(fence), jobId],
    );
    return { jobId, fence: Number(fence) };
  }

  /** The lease of the dead is over. */
  async function release(jobId: string): Promise<void> {
    await app.database.query(
      'UPDATE jobs SET leaseUntil = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 1 SECOND) WHERE id = ?',
      [jobId],
    );
  }

  async function groupsOf(ownerId: string): Promise<string[]> {
    const rows = await app.database.query<{ name: string }[]>(
      'SELECT name FROM personal_contact_groups WHERE ownerId = ? AND liveKey = 1',
      [ownerId],
    );
    return rows.map(({ name }) => name);
  }
});

describe('an import of personal contacts, done by itself', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ env: { WORKER: 'on' } });
    // However busy this machine is.
    app.get(ImportWait).mostMs = 30_000;
  });
  afterAll(() => app.close());

  it('shows its check, and its result, without a page in between', async () => {
    const { browser, user } = await app.signedIn();
    const bytes = contactFile('Ada,ada@example.test,,,,,,', 'Alan,alan@example.test,,,,,,');
    const uploaded = await browser.upload('/personal-contacts/import', { name: 'contacts.csv', bytes });
    const check = await browser.follow(uploaded);
    expect(check.text).toContain('Check of contacts.csv');
    const id = /imports\/([^/]+)$/.exec(String(uploaded.headers.location))?.[1] ?? '';
    const done = await browser.follow(await browser.post(`/imports/${id}/confirmation`));
    expect(done.text).toContain('2 contacts imported');
    expect(await contactsOf(app, user)).toHaveLength(2);
  });
});
