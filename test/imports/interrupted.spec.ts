import { newId } from '../../src/database/id.js';
import { type Task } from '../../src/jobs/jobs.service.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { ImportRunner } from '../../src/imports/import-runner.js';
import { type ImportDescription } from '../../src/imports/import-kind.js';
import { userUpdate } from '../../src/user-management/updates/user-update.description.js';
import { userImport } from '../../src/user-management/user-import.description.js';
import { startApp, type TestApp } from '../support/app.js';
import { idIn, theImport, updated, users2000 } from './importing.js';

jest.setTimeout(120_000);

describe('an import whose process dies', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it('goes on where it was, in the check and in the writing, and nobody is doubled or lost', async () => {
    const { browser, account } = await app.signedIn({ role: 'admin' });
    const id = idIn(await browser.upload('/users/import', { name: 'people.csv', bytes: users2000 }));

    expect(await killedAt('read', id, 500)).toBeLessThan(2000);
    expect((await theImport(app, id)).state).toBe('checking');
    await app.get(JobsWorker).idle();
    expect(await theImport(app, id)).toMatchObject({
      state: 'checked',
      counts: { rows: 2000, n: 2000, w: 0 },
    });

    await browser.post(`/imports/${id}/confirmation`);
    for (const rows of [500, 1000]) expect(await killedAt('write', id, rows)).toBeGreaterThanOrEqual(rows);
    expect((await theImport(app, id)).state).toBe('importing');
    await app.get(JobsWorker).idle();

    expect(await theImport(app, id)).toMatchObject({
      state: 'done',
      runningKey: null,
      counts: { written: 2000 },
    });
    const [counts] = await app.database.query<Record<string, string>[]>(
      `SELECT (SELECT COUNT(*) FROM users WHERE accountId = ? AND status = 'pending') AS people,
         (SELECT COUNT(DISTINCT email) FROM users WHERE accountId = ? AND status = 'pending') AS addresses,
         (SELECT people FROM user_counters WHERE accountId = ? AND status = 'pending') AS counted,
         (SELECT COUNT(*) FROM one_time_links WHERE accountId = ?) AS links,
         (SELECT COUNT(*) FROM mails WHERE accountId = ?) AS mails,
         (SELECT COUNT(DISTINCT userId) FROM mails WHERE accountId = ?) AS mailed`,
      Array.from({ length: 6 }, () => account.id),
    );
    expect(Object.values(counts).map(Number)).toEqual([2000, 2000, 2000, 2000, 2000, 2000]);
  });

  it('goes on with an update, and no change is written twice, not even where a team hands its extensions round', async () => {
    const { browser, account } = await app.signedIn({ role: 'admin' });
    const created = idIn(await browser.upload('/users/import', { name: 'people.csv', bytes: users2000 }));
    await app.get(JobsWorker).idle();
    await browser.post(`/imports/${created}/confirmation`);
    await app.get(JobsWorker).idle();
    const people = await app.database.query<{ id: string }[]>(
      `SELECT id FROM users WHERE accountId = ? AND status = 'pending' ORDER BY id`,
      [account.id],
    );
    const file = (shift: number, department: string) =>
      [
        'User ID,Department,Extension',
        ...people.map(({ id }, place) => `${id},${department},${1000 + ((place + shift) % people.length)}`),
      ].join('\r\n');
    const first = await updated(app, browser, file(0, 'Before'));
    await browser.post(`/imports/${first}/confirmation`);
    await app.get(JobsWorker).idle();

    const upload = { name: 'people.csv', bytes: file(700, 'After') };
    const id = idIn(await browser.upload('/users/update', upload));
    expect(await killedAt('read', id, 500, userUpdate)).toBeLessThan(2000);
    await app.get(JobsWorker).idle();
    expect((await theImport(app, id)).counts).toMatchObject({ rows: 2000, c: 2000, w: 0 });
    await browser.post(`/imports/${id}/confirmation`);
    for (const rows of [500, 1000])
      expect(await killedAt('write', id, rows, userUpdate)).toBeGreaterThanOrEqual(rows);
    await app.get(JobsWorker).idle();

    const { state, counts, batchId } = await theImport(app, id);
    expect({ state, counts }).toMatchObject({ state: 'done', counts: { written: 2000 } });
    const after = await app.database.query<{ department: string; extension: string; revision: number }[]>(
      `SELECT department, extension, revision FROM users WHERE accountId = ? AND status = 'pending' ORDER BY id`,
      [account.id],
    );
    expect(after.map(({ extension }) => Number(extension))).toEqual(
      people.map((_, place) => 1000 + ((place + 700) % people.length)),
    );
    expect(after.every(({ department, revision }) => department === 'After' && revision === 3)).toBe(true);
    const entries = await app.database.query<{ line: number; changes: string }[]>(
      'SELECT line, changes FROM journal_entries WHERE batchId = ?',
      [batchId],
    );
    expect(new Set(entries.map(({ line }) => line)).size).toBe(2000);
    expect(entries.filter(({ changes }) => changes.includes('null'))).toEqual([]);
  });

  it('leaves the work to whoever took the job over', async () => {
    const { browser } = await app.signedIn({ role: 'admin' });
    const id = idIn(await browser.upload('/users/import', { name: 'people.csv', bytes: users2000 }));
    const { jobId, fence } = await claim('read', id);
    await claim('read', id);
    await run('read', id, { jobId, fence }, new AbortController().signal);
    expect(await theImport(app, id)).toMatchObject({ state: 'checking', rowsDone: 0 });
    await release(jobId);
    await app.get(JobsWorker).idle();
    expect((await theImport(app, id)).state).toBe('checked');
  });

  /** Ends the thread without a word once this many rows are done. @returns how many were done then */
  async function killedAt(
    step: 'read' | 'write',
    id: string,
    rows: number,
    kind: ImportDescription = userImport,
  ): Promise<number> {
    const job = await claim(step, id);
    const kill = new AbortController();
    const running = run(step, id, job, kill.signal, kind);
    running.catch(() => undefined);
    for (;;) {
      const { rowsDone } = await theImport(app, id);
      if (rowsDone >= rows) break;
    }
    kill.abort(new Error('killed'));
    await expect(running).rejects.toThrow('killed');
    await release(job.jobId);
    return (await theImport(app, id)).rowsDone;
  }

  function run(
    step: 'read' | 'write',
    importId: string,
    job: { jobId: string; fence: number },
    cancelled: AbortSignal,
    { module, limits }: ImportDescription = userImport,
  ): Promise<void> {
    const task: Task = { ...job, cancelled, extend: () => Promise.resolve() };
    return app.get(ImportRunner).run({ step, importId, module, rowLimit: limits.rows }, task);
  }

  /** As the worker of another process would. */
  async function claim(step: string, id: string): Promise<{ jobId: string; fence: number }> {
    const [{ jobId, fence }] = await app.database.query<{ jobId: string; fence: number }[]>(
      'SELECT id AS jobId, fence + 1 AS fence FROM jobs WHERE uniqueKey = ?',
      [`import.${step}:${id}`],
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
});
