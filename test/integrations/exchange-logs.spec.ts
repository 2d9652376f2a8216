import { symbols } from 'pino';
import { ExchangeSignIn } from '../../src/integrations/exchange/exchange-sign-in.js';
import { SyncWorker } from '../../src/integrations/sync/sync-worker.service.js';
import { log } from '../../src/web/log.js';
import { metrics } from '../../src/web/metrics.js';
import { connectedTo, EXCHANGE_PASSWORD, startWithExchange } from './connected.js';
import { type FakeExchange } from '../fakes/exchange/server.js';
import { type TestApp } from '../support/app.js';

let app: TestApp;
let fake: FakeExchange;
const lines: string[] = [];
const level = log.level;

beforeAll(async () => {
  // All that could ever be logged, before loggers of the application take over how much.
  log.level = 'trace';
  const stream = (log as unknown as Record<symbol, { write(line: string): void }>)[symbols.streamSym];
  jest.spyOn(stream, 'write').mockImplementation((line) => void lines.push(line));
  ({ app, fake } = await startWithExchange(['ada'], {
    ...{ lockOutAfter: 50, env: { METRICS_PORT: '9464' } },
  }));
});
afterAll(async () => {
  await app.close();
  await fake.close();
  jest.restoreAllMocks();
  log.level = level;
});

/** Nothing of a person, a password, a proof or a body. */
function expectSilence(): void {
  const told = lines.join('');
  for (const secret of [
    EXCHANGE_PASSWORD,
    'wrong lamps',
    'Quite Private',
    'private@secret.example',
    '+33 6 39',
  ]) {
    expect(told).not.toContain(secret);
    expect(told).not.toContain(Buffer.from(secret).toString('base64').slice(0, 12));
  }
  expect(told).not.toMatch(/TlRMTVNTUA|soap:|<t:|Envelope|Basic [A-Za-z0-9+/]{8}/);
}

it('logs neither passwords nor what contacts say, whatever goes wrong', async () => {
  const { mailbox, user, browser } = await connectedTo(app, fake, 'ada');
  mailbox.addContact({
    ...{ DisplayName: 'Quite Private', emails: { EmailAddress1: 'private@secret.example' } },
    phones: { MobilePhone: '+33 6 39 98 00 20' },
  });
  await app.get(SyncWorker).runDue();
  expect(fake.asked('GetItem')).toHaveLength(1);

  const run = async () => {
    await app.database.query('UPDATE connections SET wakeAt = NOW(3), nextRunAt = NOW(3) WHERE userId = ?', [
      user.id,
    ]);
    await app.get(SyncWorker).runDue();
  };
  for (const kind of ['html', 'bomb', 'truncated', 'cut', 'huge', 'redirect', 'code'] as const) {
    fake.heal();
    fake.trouble({ kind, code: 'ErrorServerBusy' });
    await run();
  }
  fake.heal();
  const asked = (password: string) =>
    app.get(ExchangeSignIn).try({
      ...{ username: 'NORD\\ada', password, version: 'Exchange2016', ewsUrl: fake.url },
    });
  await asked(EXCHANGE_PASSWORD);
  await expect(asked('wrong lamps')).rejects.toThrow('password-refused');
  await browser.post('/integrations/exchange', {
    ...{ username: 'NORD\\ada', password: 'wrong lamps', version: 'Exchange2016', ewsUrl: fake.url },
  });
  fake.changePassword('ada@nord.example', 'ten green lamps');
  await run();

  // The two wrong ones, and the one that is no more.
  expect(fake.signIns.log.filter(({ ok }) => !ok)).toHaveLength(3);
  for (const code of ['HTML', 'UNREADABLE', 'ECONNRESET', 'ANSWER_TOO_LONG', 'ErrorServerBusy'])
    expect(lines.join('')).toContain(`code ${code}`);
  expectSilence();
});

it('counts how turns end and what waits, and names nobody', async () => {
  const watched = await metrics.metrics();
  for (const line of [
    'carnet_sync_turns_total{provider="exchange",outcome="done",problem=""} 1',
    'carnet_sync_turns_total{provider="exchange",outcome="refused",problem="sign-in"} 1',
    'carnet_sync_due 0',
    'carnet_sync_due_longest_seconds 0',
  ])
    expect(watched).toContain(line);
  expect(watched).toMatch(/carnet_sync_turn_duration_seconds_count\{provider="exchange"\} \d+/);
  expect(watched).not.toMatch(/ada|nord/i);
});
