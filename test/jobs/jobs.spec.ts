import { newId } from '../../src/database/id.js';
import { inTransaction } from '../../src/database/transaction.js';
import { Job } from '../../src/jobs/job.entity.js';
import { Jobs, LeaseLost, type Task } from '../../src/jobs/jobs.service.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { startApp, type TestApp } from '../support/app.js';

interface Note {
  text: string;
}

describe('jobs', () => {
  let app: TestApp;
  let jobs: Jobs;
  let worker: JobsWorker;
  let done: string[];
  /** What the handler of kind `test.note` does beyond noting; reset before each test. */
  let during: (payload: Note, task: Task) => Promise<void>;

  beforeAll(async () => {
    app = await startApp();
    jobs = app.get(Jobs);
    worker = app.get(JobsWorker);
    jobs.handle<Note>('test.note', async (payload, task) => {
      await during(payload, task);
      done.push(payload.text);
    });
  });

  beforeEach(async () => {
    done = [];
    during = () => Promise.resolve();
    await app.database.query('DELETE FROM jobs');
  });

  afterAll(() => app.close());

  const enqueue = (text: string, more: { uniqueKey?: string; runAt?: Date } = {}) =>
    jobs.enqueue(app.database.manager, { kind: 'test.note', payload: { text }, ...more });
  const jobRow = (id: string) => app.database.getRepository(Job).findOneByOrFail({ id });
  const makeDue = (id: string) =>
    app.database.query('UPDATE jobs SET runAt = UTC_TIMESTAMP(3), leaseUntil = NULL WHERE id = ?', [id]);

  it('does what is due, oldest first, and says when nothing is left', async () => {
    await enqueue('first');
    await enqueue('second');
    expect(await worker.runDue()).toBe(2);
    expect(done).toEqual(['first', 'second']);
    expect(await worker.runDue()).toBe(0);
  });

  it('leaves alone what is due later', async () => {
    await enqueue('later', { runAt: new Date(Date.now() + 60_000) });
    expect(await worker.runDue()).toBe(0);
  });

  it('writes a job with its cause or not at all', async () => {
    const cause = inTransaction(app.database, async (manager) => {
      await jobs.enqueue(manager, { kind: 'test.note', payload: { text: 'never' } });
      throw new Error('the cause fails');
    });
    await expect(cause).rejects.toThrow('the cause fails');
    expect(await app.database.getRepository(Job).count()).toBe(0);
  });

  it('does not wait for a transaction that has written a job and is still open', async () => {
    let commit = () => {};
    const committed = new Promise<void>((resolve) => (commit = resolve));
    let written = () => {};
    const wrote = new Promise<void>((resolve) => (written = resolve));
    const open = inTransaction(app.database, async (manager) => {
      await jobs.enqueue(manager, { kind: 'test.note', payload: { text: 'uncommitted' } });
      written();
      await committed;
    });
    await wrote;
    await enqueue('committed');
    expect(await worker.runDue()).toBe(1);
    expect(done).toEqual(['committed']);
    commit();
    await open;
    expect(await worker.runDue()).toBe(1);
  });

  describe('with a key', () => {
    it('writes no second job while one waits', async () => {
      const first = await enqueue('once', { uniqueKey: 'k' });
      expect(await enqueue('twice', { uniqueKey: 'k' })).toBe(first);
      expect(await worker.runDue()).toBe(1);
      expect(done).toEqual(['once']);
    });

    it('writes a new one when the last is done', async () => {
      const first = await enqueue('one', { uniqueKey: 'k' });
      await worker.runDue();
      expect(await enqueue('two', { uniqueKey: 'k' })).not.toBe(first);
      await worker.runDue();
      expect(done).toEqual(['one', 'two']);
    });

    it('runs once more when asked for while it runs', async () => {
      let asked = false;
      during = async () => {
        if (asked) return;
        asked = true;
        await enqueue('again', { uniqueKey: 'k' });
      };
      const id = await enqueue('again', { uniqueKey: 'k' });
      expect(await worker.runDue()).toBe(2);
      expect(await jobRow(id)).toMatchObject({ state: 'done', fence: 2, uniqueKey: null });
    });

    it('brings a job forward that waits for its next try', async () => {
      await enqueue('soon', { uniqueKey: 'k', runAt: new Date(Date.now() + 3_600_000) });
      await enqueue('soon', { uniqueKey: 'k' });
      expect(await worker.runDue()).toBe(1);
    });
  });

  it('tries again after 1, 5, 30 minutes, 2 and 12 hours, then gives up', async () => {
    during = () => Promise.reject(new Error('no answer'));
    const id = await enqueue('hard', { uniqueKey: 'k' });
    const waits: number[] = [];
    for (let failure = 1; failure <= 5; failure++) {
      await worker.runDue();
      const [{ minutes, state }] = await app.database.query<{ minutes: number; state: string }[]>(
        'SELECT ROUND(TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(3), runAt) / 60) AS minutes, state FROM jobs WHERE id = ?',
        [id],
      );
      expect(state).toBe('waiting');
      waits.push(Number(minutes));
      await makeDue(id);
    }
    expect(waits).toEqual([1, 5, 30, 120, 720]);
    await worker.runDue();
    expect(await jobRow(id)).toMatchObject({
      state: 'failed',
      attempts: 6,
      lastError: 'no answer',
      uniqueKey: null,
    });
  });

  describe('with two workers on one database', () => {
    let other: TestApp;
    let doneThere: string[];

    beforeAll(async () => {
      other = await startApp({ databaseUrl: app.databaseUrl, keys: app.keys });
      other.get(Jobs).handle<Note>('test.note', ({ text }) => {
        doneThere.push(text);
        return Promise.resolve();
      });
    });

    beforeEach(() => (doneThere = []));
    afterAll(() => other.close());

    it('does each job once', async () => {
      const texts = Array.from({ length: 40 }, (_, place) => `job ${place}`);
      for (const text of texts) await enqueue(text);
      await Promise.all([worker.runDue(), other.get(JobsWorker).runDue()]);
      expect([...done, ...doneThere].sort()).toEqual([...texts].sort());
    });

    it('gives the job of a dead worker to the next, and refuses what the dead one still saves', async () => {
      const id = await enqueue('inherited');
      let late: Promise<void> | undefined;
      during = async (_, task) => {
        // The lease of this worker ends while it stands still; the other one takes over.
        await app.database.query(
          'UPDATE jobs SET leaseUntil = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 1 SECOND)',
        );
        await other.get(JobsWorker).runDue();
        late = inTransaction(app.database, async (manager) => {
          await task.extend(manager);
          await manager.query('UPDATE jobs SET lastError = ? WHERE id = ?', ['saved too late', id]);
        });
        await late;
      };
      await worker.runDue();
      await expect(late).rejects.toBeInstanceOf(LeaseLost);
      expect(doneThere).toEqual(['inherited']);
      expect(done).toEqual([]);
      expect(await jobRow(id)).toMatchObject({ state: 'done', fence: 2, attempts: 0, lastError: null });
    });

    it('leaves jobs alone whose kind it does not know', async () => {
      await jobs.enqueue(app.database.manager, { kind: 'test.newer', payload: {} });
      expect(await worker.runDue()).toBe(0);
    });
  });

  it('does not count a crash as a failure, but gives up a job that ends its process each time', async () => {
    const id = await enqueue('deadly');
    const crashed = (crashes: number) =>
      app.database.query(
        'UPDATE jobs SET leaseToken = ?, leaseUntil = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 1 SECOND), crashes = ? WHERE id = ?',
        [newId(), crashes, id],
      );
    await crashed(49);
    during = () => Promise.reject(new Error('try again'));
    await worker.runDue();
    expect(await jobRow(id)).toMatchObject({ state: 'waiting', attempts: 1 });
    await makeDue(id);
    await crashed(50);
    await worker.runDue();
    expect(await jobRow(id)).toMatchObject({ state: 'failed' });
    expect(done).toEqual([]);
  });

  it('gives a running job back at once when the process stops', async () => {
    const second = await startApp({ databaseUrl: app.databaseUrl, keys: app.keys, env: { WORKER: 'on' } });
    let begun = () => {};
    const began = new Promise<void>((resolve) => (begun = resolve));
    second.get(Jobs).handle('test.long', (_, { cancelled }) => {
      begun();
      return new Promise((_resolve, reject) => {
        cancelled.addEventListener('abort', () => reject(cancelled.reason as Error));
      });
    });
    const id = await inTransaction(second.database, (manager) =>
      second.get(Jobs).enqueue(manager, { kind: 'test.long', payload: {} }),
    );
    await began;
    await second.close();
    expect(await jobRow(id)).toMatchObject({
      state: 'waiting',
      leaseUntil: null,
      attempts: 0,
      lastError: null,
    });
  });
});
