import { newId } from '../../src/database/id.js';
import { Job } from '../../src/jobs/job.entity.js';
import { type Task } from '../../src/jobs/jobs.service.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { every, Sweeper } from '../../src/jobs/sweeper.service.js';
import { startApp, type TestApp } from '../support/app.js';

describe('sweeps', () => {
  let app: TestApp;
  /** Another process on the same database. */
  let second: TestApp;
  /** What sweeps of kind `test.sweep` do, in both processes; reset before each test. */
  let sweep: jest.Mock<Promise<void>, [Task]>;

  beforeAll(async () => {
    app = await startApp();
    second = await startApp({ databaseUrl: app.databaseUrl, keys: app.keys });
    for (const { nest } of [app, second])
      nest.get(Sweeper, { strict: false }).register('test.sweep', every.hour, (task) => sweep(task));
  }, 60_000);
  afterAll(async () => {
    await second?.close();
    await app?.close();
  });

  beforeEach(async () => {
    sweep = jest.fn<Promise<void>, [Task]>(() => Promise.resolve());
    await app.database.query('DELETE FROM jobs');
  });

  const rows = () => app.database.getRepository(Job).findBy({ kind: 'test.sweep' });
  const row = () => app.database.getRepository(Job).findOneByOrFail({ kind: 'test.sweep' });
  /** Seconds until the next turn, by the clock of the database. */
  const wait = async () => {
    const [{ seconds }] = await app.database.query<{ seconds: number }[]>(
      `SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(3), runAt) AS seconds FROM jobs WHERE kind = 'test.sweep'`,
    );
    return Number(seconds);
  };
  const turn = async (among = [app]) => {
    await app.database.query(`UPDATE jobs SET runAt = UTC_TIMESTAMP(3) WHERE kind = 'test.sweep'`);
    await Promise.all(among.map((each) => each.get(JobsWorker).runDue()));
  };

  it('are everything this house looks for again and again', async () => {
    await app.get(Sweeper).plan();
    const planned = await app.database.query<{ kind: string }[]>('SELECT kind FROM jobs ORDER BY kind');
    expect(planned.map(({ kind }) => kind)).toEqual([
      ...['api-tokens.sweep', 'bulk.purge', 'call-imports.forget', 'call-recordings.look', 'calls.sweep'],
      ...['connections.retention', 'connections.standings', 'connections.tries'],
      ...['contacts.empty-bins', 'external.expire', 'external.retention', 'import.purge'],
      ...['jobs.sweep', 'mails.sweep', 'notifications.digests', 'notifications.sweep'],
      ...[
        'oauth.requests',
        'oauth.revocations',
        'people.erase-finally',
        'person-links.sweep',
        'photos.sweep',
      ],
      ...['retention.sweep', 'sessions.sweep', 'test.sweep', 'throttle.sweep'],
    ]);
    await app.database.query('UPDATE jobs SET runAt = UTC_TIMESTAMP(3)');
    await app.get(JobsWorker).runDue();
    const [{ failures }] = await app.database.query<{ failures: string }[]>(
      `SELECT COUNT(*) AS failures FROM jobs WHERE state <> 'waiting' OR lastError IS NOT NULL`,
    );
    expect(Number(failures)).toBe(0);
  });

  it('keep their time however often a process starts', async () => {
    await Promise.all([app.get(Sweeper).plan(), second.get(Sweeper).plan()]);
    const [{ id, runAt }] = await rows();
    await app.get(Sweeper).plan();
    expect(await rows()).toMatchObject([{ id, runAt }]);
    expect(await wait()).toBeGreaterThan(every.hour - 60);
    expect(await app.get(JobsWorker).runDue()).toBe(0);
  });

  it('are done by one of two processes, and wait for their next turn', async () => {
    await app.get(Sweeper).plan();
    await turn([app, second]);
    expect(sweep).toHaveBeenCalledTimes(1);
    expect(await row()).toMatchObject({ state: 'waiting', leaseToken: null, attempts: 0, finishedAt: null });
    expect(await wait()).toBeGreaterThan(every.hour - 60);
    await turn([app, second]);
    expect(sweep).toHaveBeenCalledTimes(2);
  });

  it('are tried again soon after a failure, and for ever', async () => {
    await app.get(Sweeper).plan();
    sweep.mockRejectedValue(new Error('the disk is full'));
    await turn();
    expect(await row()).toMatchObject({ state: 'waiting', lastError: 'the disk is full' });
    expect(await wait()).toBeLessThanOrEqual(every.quarterHour);
    // More often than a job is tried.
    for (let failures = 1; failures < 8; failures++) await turn();
    expect(sweep).toHaveBeenCalledTimes(8);
    sweep.mockResolvedValue();
    await turn();
    expect(await row()).toMatchObject({ state: 'waiting', attempts: 0 });
    expect(await wait()).toBeGreaterThan(every.hour - 60);
  });

  it('that another process took over save nothing more', async () => {
    await app.get(Sweeper).plan();
    let saved: Error | null = null;
    sweep.mockImplementation(async (task) => {
      await app.database.query(
        `UPDATE jobs SET leaseToken = ?, fence = fence + 1 WHERE kind = 'test.sweep'`,
        [newId()],
      );
      saved = await task.extend().then(
        () => null,
        (error: Error) => error,
      );
    });
    await turn();
    expect(String(saved)).toContain('is done elsewhere');
  });
});
