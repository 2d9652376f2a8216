import { setTimeout as wait } from 'node:timers/promises';
import { newId } from '../../src/database/id.js';
import { Connections } from '../../src/integrations/connections/connections.service.js';
import { ExchangeSession } from '../../src/integrations/exchange/exchange.session.js';
import { claimDue, Lease } from '../../src/integrations/sync/lease.js';
import { SyncTurns } from '../../src/integrations/sync/sync-turns.service.js';
import { SyncWorker } from '../../src/integrations/sync/sync-worker.service.js';
import { LeaseLost } from '../../src/jobs/jobs.service.js';
import { Notification } from '../../src/notifications/notification.entity.js';
import { type FakeExchange } from '../fakes/exchange/server.js';
import { startApp, type TestApp } from '../support/app.js';
import { connectedTo, EXCHANGE_PASSWORD, exchangeEnv, startWithExchange } from './connected.js';
import { requestsFollowTheSchema } from './exchange-requests.js';
import { InStep } from './in-step.js';

const logins = Array.from({ length: 40 }, (_, place) => `turner${place}`);

describe('turns of connections', () => {
  let app: TestApp;
  let fake: FakeExchange;
  let next = 0;

  beforeAll(async () => {
    ({ app, fake } = await startWithExchange(logins, { pageLimit: 4 }));
  });
  afterAll(async () => {
    await app.close();
    await fake.close();
  });
  beforeEach(() => {
    fake.heal();
    fake.requests.length = 0;
  });

  const connect = async () => new InStep(app, await connectedTo(app, fake, logins[next++]));
  const connectWith = async (...names: string[]) => {
    const box = await connect();
    for (const name of names) box.addThere(name);
    await box.sync();
    fake.requests.length = 0;
    return box;
  };
  const set = (box: InStep, what: string) =>
    app.database.query(`UPDATE connections SET ${what} WHERE id = ?`, [box.connectionId]);
  const DUE = 'nextRunAt = UTC_TIMESTAMP(3), wakeAt = UTC_TIMESTAMP(3)';
  const secondsTo = async (box: InStep, column: string) => {
    const [{ seconds }] = await app.database.query<[{ seconds: number }]>(
      `SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(3), ${column}) AS seconds FROM connections WHERE id = ?`,
      [box.connectionId],
    );
    return Number(seconds);
  };

  it('come again after about ten minutes', async () => {
    const box = await connectWith('Ana');
    expect(await secondsTo(box, 'wakeAt')).toBeGreaterThanOrEqual(530);
    expect(await secondsTo(box, 'wakeAt')).toBeLessThanOrEqual(660);
    expect(await app.get(SyncWorker).runDue()).toBe(0);
  });

  it('send what changed here, and read nothing, when that alone is due', async () => {
    const box = await connectWith('Ana');
    await box.edit('Ana', { organization: 'Nord' });
    expect(await box.push()).toBe(1);
    expect(fake.requests.map(({ operation }) => operation)).toEqual(['UpdateItem']);
    expect(await box.connection()).toMatchObject({ pushAt: null, problem: null });
    expect((await box.runs()).at(-1)).toMatchObject({ kind: 'push', counts: { changedThere: 1 } });
  });

  it('are one for each connection that is due, whatever the number of processes', async () => {
    const boxes = await Promise.all(Array.from({ length: 12 }, () => connect()));
    for (const box of boxes) box.addThere('Ana');
    const second = await startApp({ databaseUrl: app.databaseUrl, keys: app.keys, env: exchangeEnv(fake) });
    try {
      const taken = await Promise.all([app.get(SyncWorker).runDue(), second.get(SyncWorker).runDue()]);
      expect(taken[0] + taken[1]).toBe(12);
    } finally {
      await second.close();
    }
    for (const box of boxes) {
      expect(await box.runs()).toHaveLength(1);
      expect(await box.here()).toHaveLength(1);
      expect((await box.connection()).fence).toBe(1);
    }
    expect(fake.asked('GetItem')).toHaveLength(12);
  });

  it('save nothing once another holds the connection', async () => {
    const box = await connect();
    const [mine] = await claimDue(app.database, ['exchange'], 1);
    const lease = new Lease(app.database, mine);
    await lease.save(() => Promise.resolve());
    await set(box, 'leaseUntil = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 1 SECOND)');
    const [theirs] = await claimDue(app.database, ['exchange'], 1);
    expect(theirs).toMatchObject({ id: mine.id, fence: mine.fence + 1, inherited: true });
    const saved = jest.fn(() => Promise.resolve());
    await expect(lease.save(saved)).rejects.toBeInstanceOf(LeaseLost);
    expect(saved).not.toHaveBeenCalled();
    expect(lease.signal.aborted).toBe(true);
    await box.takeAway();
    await app.get(SyncWorker).runDue();
  });

  it('make room for others after a while, and go on where they were', async () => {
    const box = await connectWith('Ana');
    const turns = app.get(SyncTurns);
    const usual = turns.turnMs;
    turns.turnMs = 0;
    for (let place = 0; place < 10; place++) box.addThere(`Person ${place}`);
    try {
      expect(await box.sync()).toBeGreaterThan(2);
    } finally {
      turns.turnMs = usual;
    }
    expect(await box.here()).toHaveLength(11);
    expect(await box.connection()).toMatchObject({ problem: null, failures: 0, leaseToken: null });
    expect(await secondsTo(box, 'wakeAt')).toBeGreaterThan(500);
  });

  it('end where a provider says again and again that there is more and gives nothing, and go on there', async () => {
    const box = await connectWith('Ana');
    const asked: (string | null)[] = [];
    const lists = jest
      .spyOn(ExchangeSession.prototype, 'contacts')
      .mockImplementation(async function* (_, cursor) {
        asked.push(cursor);
        for (let page = 1; ; page++)
          yield await Promise.resolve({ changes: [], cursor: `empty ${page}`, last: false });
      });
    await box.sync();
    expect(await box.connection()).toMatchObject({ problem: { key: 'busy' }, failures: 1, leaseToken: null });
    await box.sync();
    lists.mockRestore();
    expect(asked).toEqual([asked[0], 'empty 1000']);
    await box.sync();
    expect([await box.here(), (await box.connection()).problem]).toEqual([box.there(), null]);
  });

  it('go on where a dead process left off', async () => {
    const box = await connectWith('Ana', 'Bo', 'Cy', 'Di', 'Eve', 'Flo');
    box.mailbox.expireStates();
    await set(
      box,
      `${DUE}, leaseToken = '${newId()}', leaseUntil = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 1 SECOND)`,
    );
    expect(await app.get(SyncWorker).runDue()).toBe(1);
    expect(await box.connection()).toMatchObject({ failures: 0, leaseToken: null, problem: null });
    expect(await box.here()).toEqual(box.there());
  });

  it('wait as long as the server says, whoever asks', async () => {
    const box = await connectWith('Ana');
    fake.trouble({ kind: 'busy', backOffMs: 120_000, times: 1 });
    await box.sync();
    const asked = fake.requests.length;
    expect(await box.connection()).toMatchObject({ problem: { key: 'throttled' }, failures: 0 });
    expect(await secondsTo(box, 'wakeAt')).toBeGreaterThan(110);
    await box.edit('Ana', { organization: 'Nord' });
    await box.sync();
    await set(box, DUE);
    expect(await app.get(SyncWorker).runDue()).toBe(0);
    expect(fake.requests).toHaveLength(asked);
    await set(box, 'leaseUntil = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 1 SECOND)');
    expect(await app.get(SyncWorker).runDue()).toBe(1);
    expect(await box.connection()).toMatchObject({ problem: null, pushAt: null });
    expect(box.mailbox.named('Ana').fields['CompanyName']).toBe('Nord');
  });

  it('are further and further apart while the server fails, and leave one line', async () => {
    const box = await connectWith('Ana');
    fake.trouble({ kind: 'http', status: 503 });
    const waits: number[] = [];
    for (let failure = 1; failure <= 6; failure++) {
      await set(box, DUE);
      await app.get(SyncWorker).runDue();
      waits.push(await secondsTo(box, 'nextRunAt'));
    }
    [1, 2, 4, 8, 15, 30].forEach((minutes, place) => {
      expect(waits[place]).toBeGreaterThan(minutes * 60 - 20);
      expect(waits[place]).toBeLessThanOrEqual(minutes * 75);
    });
    expect(await box.connection()).toMatchObject({
      failures: 6,
      state: 'connected',
      problem: { key: 'busy' },
    });
    expect((await box.runs()).filter(({ outcome }) => outcome === 'failed')).toHaveLength(1);
    // An edit waits with it; whoever asks is heard.
    await box.edit('Ana', { organization: 'Nord' });
    expect(await app.get(SyncWorker).runDue()).toBe(0);
    fake.heal();
    expect(await box.sync()).toBe(1);
    expect(await box.connection()).toMatchObject({ failures: 0, problem: null });
    expect(box.mailbox.named('Ana').fields['CompanyName']).toBe('Nord');
  });

  it('end where the password is another, without one more request, and go on after signing in', async () => {
    const box = await connectWith('Ana');
    const email = box.mailbox.email;
    fake.changePassword(email, 'another one');
    await box.sync();
    expect(await box.connection()).toMatchObject({ state: 'needs-sign-in', problem: { key: 'sign-in' } });
    const failures = () => fake.accounts.find((account) => account.email === email)!.failures;
    const tried = failures();
    expect(tried).toBeLessThanOrEqual(2);
    await box.edit('Ana', { organization: 'Nord' });
    await box.sync();
    await set(box, DUE);
    expect(await app.get(SyncWorker).runDue()).toBe(0);
    expect(failures()).toBe(tried);
    const told = await app.database
      .getRepository(Notification)
      .findBy({ userId: box.person.user.id, kind: 'sync-sign-in' });
    expect(told).toHaveLength(1);
    const { provider, mailboxId, accountName, details } = await box.connection();
    await app.get(Connections).signInAgain(box.person.user, box.connectionId, {
      ...{ provider, mailboxId, accountName, details },
      secret: JSON.stringify({ password: 'another one' }),
    });
    await app.get(SyncWorker).runDue();
    expect(await box.connection()).toMatchObject({ state: 'connected', problem: null });
    expect(box.mailbox.named('Ana').fields['CompanyName']).toBe('Nord');
    fake.changePassword(email, EXCHANGE_PASSWORD);
  });

  it('ask to sign in, and show nobody’s password, where secrets were exchanged or connections given away in the database', async () => {
    const [one, other, taken] = [
      await connectWith('Ana'),
      await connectWith('Bea'),
      await connectWith('Cem'),
    ];
    const sealed = async (box: InStep) => {
      const [row] = await app.database.query<[{ sealed: string }]>(
        'SELECT sealed FROM connection_secrets WHERE connectionId = ?',
        [box.connectionId],
      );
      return row.sealed;
    };
    await app.database.query('UPDATE connection_secrets SET sealed = ? WHERE connectionId = ?', [
      await sealed(other),
      one.connectionId,
    ]);
    await app.database.query(
      'UPDATE connections SET userId = ?, accountId = ?, slotKey = NULL WHERE id = ?',
      [...[other.person.user.id, other.person.user.accountId], taken.connectionId],
    );
    for (const box of [one, taken]) {
      await set(box, DUE);
      await app.get(SyncWorker).runDue();
      expect(await box.connection()).toMatchObject({ state: 'needs-sign-in', wakeAt: null });
    }
    expect(fake.requests).toEqual([]);
  });

  it('do not begin where the company has switched the provider off, and delete nothing', async () => {
    const box = await connectWith('Ana');
    const { accountId } = await box.connection();
    const allow = (on: number) =>
      app.database.query(
        `INSERT INTO account_settings (accountId, allowedDomains, blockedDomains, exchange) VALUES (?, '[]', '[]', ?)
         ON DUPLICATE KEY UPDATE exchange = VALUES(exchange)`,
        [accountId, on],
      );
    await allow(0);
    await box.sync();
    expect(await box.connection()).toMatchObject({
      state: 'paused',
      pausedFor: 'provider',
      leaseToken: null,
    });
    expect(fake.requests).toEqual([]);
    expect(await box.here()).toHaveLength(1);
  });

  it.each(['google', 'office365'] as const)(
    'say that %s is not set up on this installation any more, lose nothing, and go on when it is',
    async (provider) => {
      const box = await connectWith('Ana');
      await set(box, `provider = '${provider}', ${DUE}`);
      await app.get(SyncWorker).runDue();
      const { state, problem } = await box.connection();
      expect([state, problem?.key]).toEqual(['connected', 'not-set-up']);
      const page = await box.person.browser.get('/integrations');
      expect(page.text).toContain('is not registered with the provider any more');
      await set(box, `provider = 'exchange', ${DUE}`);
      await app.get(SyncWorker).runDue();
      expect((await box.connection()).problem).toBeNull();
      expect(await box.here()).toHaveLength(1);
    },
  );

  it('are followed by another one when somebody asks meanwhile', async () => {
    const box = await connectWith('Ana');
    fake.trouble({
      ...{ kind: 'before', operation: 'SyncFolderItems', times: 1 },
      run: async () => {
        await app.get(Connections).syncNow(box.person.user, box.connectionId);
      },
    });
    expect(await box.sync()).toBe(2);
    expect(fake.asked('SyncFolderHierarchy')).toHaveLength(2);
    expect((await box.connection()).askedAt).toBeNull();
  });

  it('stop at once when the connection ends meanwhile', async () => {
    const box = await connectWith('Ana');
    box.addThere('Bo');
    fake.trouble({
      ...{ kind: 'before', operation: 'GetItem', times: 1 },
      run: async () => {
        await app.get(Connections).disconnect(box.person.user, box.connectionId, { keep: false });
      },
    });
    await box.sync();
    expect(await box.connection()).toMatchObject({ state: 'ended', problem: null });
    expect(await box.here()).toHaveLength(1);
  });

  it('send nothing more once their owner lets us only read', async () => {
    const names = ['Ana', 'Bo', 'Cy'];
    const box = await connectWith(...names);
    for (const name of names) await box.edit(name, { organization: 'Nord' });
    const allow = async (contacts: 'read' | 'write') => {
      const { revision } = await box.connection();
      const connections = app.get(Connections);
      await connections.change(box.person.user, box.connectionId, { contacts, calendar: 'none' }, revision);
    };
    fake.trouble({
      ...{ kind: 'before', operation: 'UpdateItem', skip: 1, times: 1 },
      run: () => allow('read'),
    });
    await box.sync();
    expect(fake.asked('UpdateItem')).toHaveLength(2);
    const waiting = await Promise.all(names.map(async (name) => (await box.named(name)).pending));
    expect(waiting.filter((pending) => pending !== null)).toEqual(['change']);
    expect((await box.runs()).map(({ outcome }) => outcome)).toEqual(['done', 'stopped']);
    await allow('write');
    await box.push();
    expect(box.mailbox.contacts().map(({ fields }) => fields['CompanyName'])).toEqual([
      'Nord',
      'Nord',
      'Nord',
    ]);
  });

  it('are given back at once by a process that stops', async () => {
    const box = await connectWith('Ana');
    fake.trouble({ kind: 'hang', operation: 'SyncFolderHierarchy' });
    await set(box, DUE);
    const second = await startApp({
      ...{ databaseUrl: app.databaseUrl, keys: app.keys },
      env: { ...exchangeEnv(fake), WORKER: 'on' },
    });
    while (fake.asked('SyncFolderHierarchy').length === 0) await wait(20);
    await second.close();
    expect(await box.connection()).toMatchObject({
      ...{ state: 'connected', leaseToken: null, leaseUntil: null, failures: 0, problem: null },
    });
    fake.heal();
    expect(await box.sync()).toBe(1);
  });

  it('keep what was typed during the last sending for the next', async () => {
    const box = await connectWith('Ana');
    await box.edit('Ana', { organization: 'First' });
    fake.trouble({
      ...{ kind: 'before', operation: 'UpdateItem', times: 1 },
      run: () => box.edit('Ana', { organization: 'Second' }),
    });
    await box.push();
    expect(box.mailbox.named('Ana').fields['CompanyName']).toBe('Second');
    expect(await box.named('Ana')).toMatchObject({ organization: 'Second', pending: null });
    expect(await box.openConflicts()).toEqual([]);
  });

  requestsFollowTheSchema();
});
