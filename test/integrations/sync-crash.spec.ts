import { Lease } from '../../src/integrations/sync/lease.js';
import { SyncWorker } from '../../src/integrations/sync/sync-worker.service.js';
import { LeaseLost } from '../../src/jobs/jobs.service.js';
import { type FakeExchange } from '../fakes/exchange/server.js';
import { type TestApp } from '../support/app.js';
import { connectedTo, startWithExchange } from './connected.js';
import { InStep } from './in-step.js';

/** More saves than a run has. */
const ROUNDS = 24;
/** What a run asks, one of each kind: what goes wrong after any of them goes wrong at the save that follows too. */
const operations = [
  ...['SyncFolderHierarchy', 'SyncFolderItems', 'GetItem'],
  ...['CreateItem', 'UpdateItem', 'MoveItem', 'DeleteItem'],
] as const;
const kinds = ['Edited there', 'Moved there', 'Deleted there', 'Edited here', 'Moved here', 'Deleted here'];

/**
 * A run is cut off at its first step, the next at its second, and so on: each time with changes of every kind on both sides, and
 * each time both sides are equal afterwards.
 */
describe('a run that is cut off', () => {
  let app: TestApp;
  let fake: FakeExchange;

  beforeAll(async () => {
    ({ app, fake } = await startWithExchange(['requests', 'saves', 'first'], { pageLimit: 100 }));
  });
  afterAll(async () => {
    await app.close();
    await fake.close();
  });

  const prepared = async (login: string) => {
    const box = new InStep(app, await connectedTo(app, fake, login));
    box.mailbox.addFolder('Family');
    for (let round = 0; round < ROUNDS; round++) for (const kind of kinds) box.addThere(`${kind} ${round}`);
    await box.sync();
    return box;
  };

  /** One change of each kind; what has to hold in the end follows from them. */
  const change = async (box: InStep, round: number) => {
    const named = (kind: string) => `${kind} ${round}`;
    box.addThere(named('Added there'));
    box.editThere(named('Edited there'), `there.${round}@new.example`);
    box.mailbox.move(box.mailbox.named(named('Moved there')), box.mailbox.folderNamed('Family'));
    box.mailbox.remove(box.mailbox.named(named('Deleted there')));
    const made = await box.add(named('Added here'));
    await box.edit(named('Edited here'), { email: `here.${round}@new.example` });
    await box.move(named('Moved here'), 'Family');
    await box.remove(named('Deleted here'));
    const kept = await Promise.all(
      ['Edited there', 'Moved there', 'Edited here', 'Moved here'].map((kind) => box.named(named(kind))),
    );
    return [made, ...kept.map(({ id }) => id)];
  };

  const expectEqual = async (box: InStep, round: number, ids: string[]) => {
    const here = await box.here();
    expect({ round, here }).toEqual({ round, here: box.there() });
    expect(new Set(here.map(({ name }) => name)).size).toBe(here.length);
    expect(here).toHaveLength(ROUNDS * kinds.length);
    const added = [`Added here ${round}`, `Edited there ${round}`, `Moved there ${round}`];
    const names = [...added, `Edited here ${round}`, `Moved here ${round}`];
    const stored = await Promise.all(names.map((name) => box.named(name)));
    expect(stored.map(({ id }) => id)).toEqual(ids);
    // Nothing is asked for by name, run after run.
    fake.requests.length = 0;
    await box.sync();
    expect(fake.requests.map(({ operation }) => operation)).toEqual([
      ...['SyncFolderHierarchy', 'SyncFolderItems', 'SyncFolderItems'],
    ]);
    const [{ waiting }] = await app.database.query<[{ waiting: string }]>(
      `SELECT COUNT(*) AS waiting FROM cloud_contacts
       WHERE connectionId = ? AND (pending IS NOT NULL OR goneAt IS NOT NULL OR arrivedAs IS NOT NULL)`,
      [box.connectionId],
    );
    expect(Number(waiting)).toBe(0);
    expect(await box.openConflicts()).toEqual([]);
    expect(await box.connection()).toMatchObject({ problem: null, failures: 0 });
  };

  it('at a request of any kind does and loses nothing twice', async () => {
    const box = await prepared('requests');
    for (const [round, operation] of operations.entries()) {
      const ids = await change(box, round);
      // The request is done there, and whatever it answers is saved by nobody.
      const trouble = fake.trouble({ kind: 'before', operation, times: 1, run: () => box.takeAway() });
      await box.sync();
      expect([operation, trouble.happened]).toEqual([operation, 1]);
      fake.heal();
      await expectEqual(box, round, ids);
    }
  });

  it('at any save does and loses nothing twice', async () => {
    const box = await prepared('saves');
    let round = 0;
    for (let died = true; died; round++) {
      const ids = await change(box, round);
      died = await dyingAtSave(round + 1, () => box.sync());
      if (died) await expire(app);
      await app.get(SyncWorker).runDue();
      await expectEqual(box, round, ids);
      expect((await box.runs()).filter(({ outcome }) => outcome === 'running')).toEqual([]);
    }
    expect(round).toBeGreaterThan(8);
  });

  it('at any save of the first reading brings each contact once', async () => {
    const box = new InStep(app, await connectedTo(app, fake, 'first'));
    const family = box.mailbox.addFolder('Family');
    for (let place = 0; place < 250; place++)
      box.addThere(`Contact ${place}`, place % 2 ? family : undefined);
    for (let save = 1; await dyingAtSave(save, () => app.get(SyncWorker).runDue()); save++) await expire(app);
    expect(await box.here()).toHaveLength(250);
    expect(await box.here()).toEqual(box.there());
    expect((await box.runs()).at(-1)).toMatchObject({ outcome: 'done' });
  });
});

/** Nobody renews the lease of a dead process. */
async function expire(app: TestApp): Promise<void> {
  await app.database.query(
    `UPDATE connections SET leaseUntil = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 1 SECOND), nextRunAt = UTC_TIMESTAMP(3),
       wakeAt = UTC_TIMESTAMP(3), failures = 0 WHERE leaseToken IS NOT NULL`,
  );
}

/** Runs `body` in a process that dies before its nth save: nothing of it is saved from there on. @returns whether it came to that */
async function dyingAtSave(nth: number, body: () => Promise<unknown>): Promise<boolean> {
  const save = Lease.prototype.save;
  let saves = 0;
  const dying = jest.spyOn(Lease.prototype, 'save').mockImplementation(function (this: Lease, work) {
    if (++saves >= nth) return Promise.reject(new LeaseLost('The process died'));
    return save.call(this, work) as Promise<never>;
  });
  try {
    await body();
  } finally {
    dying.mockRestore();
  }
  return saves >= nth;
}
