import { type Account } from '../../src/accounts/account.entity.js';
import { type User } from '../../src/accounts/user.entity.js';
import { type CallReport } from '../../src/calls/record/call-report.js';
import { recordCalls } from '../../src/calls/record/record-calls.js';
import { inTransaction } from '../../src/database/transaction.js';
import { startApp, type TestApp } from '../support/app.js';
import { aReport, caller, report } from './reported.js';

let app: TestApp;
let account: Account;
let ada: User;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  account = await app.anAccount();
  ada = await app.aUser({ account, ...caller, extension: '204', workPhone: '+33140205050' });
});

interface Row {
  userId: string;
  callId: string;
  outcome: string;
  number: string | null;
  typedNumber: string | null;
  callerName: string | null;
  seconds: number;
  heardAt: Date | null;
}
const stored = (userId = ada.id) =>
  app.database.query<Row[]>('SELECT * FROM calls WHERE userId = ? ORDER BY startedAt, callId', [userId]);
const results = async (...reports: CallReport[]) =>
  (await report(app, account.id, ...reports)).map((answer) =>
    answer.result === 'refused' ? answer.reason : answer.result,
  );

describe('whose call it was', () => {
  it('is said by e-mail address, extension, or a number in any notation', async () => {
    const words = [ada.email.toUpperCase(), '204', '+33 1 40 20 50 50', '01 40 20 50 50', '0033140205050'];
    expect(await results(...words.map((user) => aReport({ email: user })))).toEqual(
      words.map(() => 'created'),
    );
    expect(await stored()).toHaveLength(words.length);
  });

  it('is nobody of another company, and nobody who was erased', async () => {
    const stranger = await app.aUser({ ...caller, extension: '700' });
    const erased = await app.aUser({ account, ...caller, status: 'erased' });
    const unknown = [
      stranger.email,
      '700',
      erased.email,
      'nobody@here.example',
      '',
      'x'.repeat(70_000),
      "' OR 1",
    ];
    expect(await results(...unknown.map((email) => aReport({ email })))).toEqual(
      unknown.map(() => 'unknown-user'),
    );
    expect(await stored(stranger.id)).toEqual([]);
  });

  it('is refused where the person is deactivated, has no telephone, or shares the number', async () => {
    const left = await app.aUser({ account, ...caller, status: 'deactivated' });
    const basic = await app.aUser({ account, features: { phone: true } });
    const off = await app.aUser({ account, type: 'licensed' });
    await app.aUser({ account, ...caller, mobilePhone: ada.workPhone });
    expect(
      await results(...[left, basic, off].map((user) => aReport(user)), aReport({ email: '+33140205050' })),
    ).toEqual(['inactive-user', 'phone-off', 'phone-off', 'several-users']);
  });

  it('is the one of those who share a number who may have calls', async () => {
    await app.aUser({ account, workPhone: ada.workPhone });
    await app.aUser({ account, ...caller, status: 'deactivated', workPhone: ada.workPhone });
    expect(await results(aReport({ email: '+33140205050' }))).toEqual(['created']);
  });

  it('is decided by groups too', async () => {
    const groupId = '01890000-0000-7000-8000-000000000001';
    await app.database.query(
      `INSERT INTO user_groups (id, accountId, name, nameKey, features, createdAt)
       VALUES (?, ?, 'Reception', 'reception', '{"phone":{"on":false,"locked":true}}', NOW())`,
      [groupId, account.id],
    );
    await app.database.query('UPDATE accounts SET groupFeatures = 1 WHERE id = ?', [account.id]);
    await app.database.query('INSERT INTO user_group_members (groupId, userId, accountId) VALUES (?, ?, ?)', [
      ...[groupId, ada.id, account.id],
    ]);
    expect(await results(aReport(ada))).toEqual(['phone-off']);
  });
});

describe('the same call reported again', () => {
  it('is one row: unchanged while it says the same, the last report where it does not', async () => {
    const call = aReport(ada);
    const answered = { ...call, outcome: 'answered', seconds: 61 } as const;
    expect(await results(call, call, answered)).toEqual(['created', 'unchanged', 'updated']);
    expect(await results(answered)).toEqual(['unchanged']);
    expect(await stored()).toMatchObject([{ outcome: 'answered', seconds: 61 }]);
  });

  it('is one row when it comes many times at once', async () => {
    const call = aReport(ada);
    const others = Array.from({ length: 5 }, () => aReport(ada));
    const all = await Promise.all(
      Array.from({ length: 6 }, (_, turn) => results(...(turn % 2 ? [call, ...others] : [...others, call]))),
    );
    expect(all.flat().filter((result) => result === 'created')).toHaveLength(6);
    expect(all.flat().filter((result) => result === 'unchanged')).toHaveLength(30);
    expect(await stored()).toHaveLength(6);
  });

  it('is another call for another user', async () => {
    const grace = await app.aUser({ account, ...caller });
    const call = aReport(ada);
    expect(await results(call, { ...call, user: grace.email })).toEqual(['created', 'created']);
  });

  it('stays answered when a late word of its ringing, or of another telephone that rang in vain, comes after', async () => {
    const call = aReport(ada, { outcome: 'answered', seconds: 61 });
    expect(await results(call, { ...call, outcome: 'missed', seconds: 0 })).toEqual(['created', 'unchanged']);
    expect(await results({ ...call, outcome: 'missed', seconds: 0 })).toEqual(['unchanged']);
    expect(await stored()).toMatchObject([{ outcome: 'answered', seconds: 61 }]);
  });

  it('keeps where its recording is when a later report does not say it', async () => {
    const call = aReport(ada, { recordingUrl: 'https://pbx.example/1.wav' });
    expect(await results(call, { ...call, recordingUrl: null, seconds: 4 })).toEqual(['created', 'updated']);
    expect(await stored()).toMatchObject([{ recordingUrl: 'https://pbx.example/1.wav', seconds: 4 }]);
  });

  it('is another call where it began more than a day apart, and stands for neither', async () => {
    const at = (hours: number) => new Date(Date.now() - hours * 3600_000);
    const call = aReport(ada, { startedAt: at(30 * 24) });
    expect(await results(call, { ...call, startedAt: at(1), number: '+33687654321' })).toEqual([
      ...['created', 'id-taken'],
    ]);
    expect(await stored()).toMatchObject([{ number: '+33612345678', startedAt: call.startedAt }]);
    // A clock that was an hour wrong is put right.
    expect(await results({ ...call, startedAt: at(30 * 24 - 1) })).toEqual(['updated']);
  });

  it('waits to be seen again only where it turns out to be a voicemail', async () => {
    const call = aReport(ada);
    await results(call);
    await app.database.query('UPDATE calls SET heardAt = NOW(3) WHERE userId = ?', [ada.id]);
    await results({ ...call, name: 'Atelier' });
    expect((await stored())[0].heardAt).not.toBeNull();
    await results({ ...call, outcome: 'voicemail', seconds: 20 });
    expect((await stored())[0].heardAt).toBeNull();
  });

  it('stays in the bin', async () => {
    const call = aReport(ada);
    await results(call);
    await app.database.query('UPDATE calls SET deletedAt = NOW(3) WHERE userId = ?', [ada.id]);
    expect(await results({ ...call, seconds: 3 })).toEqual(['updated']);
    expect(
      await app.database.query('SELECT 1 FROM calls WHERE userId = ? AND deletedAt IS NULL', [ada.id]),
    ).toEqual([]);
  });
});

describe('what the telephone system says', () => {
  it.each([
    ['+33 6 12 34 56 78', '+33612345678', '+33 6 12 34 56 78'],
    ['+33612345678', '+33612345678', null],
    ['0612345678', '+33612345678', '0612345678'],
    ['00442071838750', '+442071838750', '00442071838750'],
    ['sip:+33612345678@pbx.example;user=phone', '+33612345678', 'sip:+33612345678@pbx.example;user=phone'],
    ['anonymous', null, 'anonymous'],
    ['', null, null],
    ['+00', null, '+00'],
    ['112', null, '112'],
    ['3900', null, '3900'],
    ['204', null, '204'],
    ['sip:bob@pbx.example', null, 'sip:bob@pbx.example'],
    ['+33,36E+10', null, '+33,36E+10'],
    ['<script>alert(1)</script>', null, '<script>alert(1)</script>'],
    ['\u202e87654321\u0000\u0007', null, '87654321'],
  ])('%j is the number %j, kept as %j', async (number, e164, typed) => {
    expect(await results(aReport(ada, { number }))).toEqual(['created']);
    expect(await stored()).toMatchObject([{ number: e164, typedNumber: typed }]);
  });

  it('is cut where a line would hold no more, and never through a character', async () => {
    const long = '😀'.repeat(16_000);
    expect(await results(aReport(ada, { number: long, name: `a\n\r\u0000b\u202e${long}` }))).toEqual([
      'created',
    ]);
    const [{ callerName, typedNumber }] = await stored();
    expect(callerName).toBe(`a b${'😀'.repeat(252)}`);
    expect(typedNumber).toBe('😀'.repeat(64));
  });

  it('is refused where it makes no call', async () => {
    const bad: [Partial<CallReport>, string][] = [
      [{ callId: '' }, 'bad-call-id'],
      [{ callId: ' \u0000 ' }, 'bad-call-id'],
      [{ callId: 'x'.repeat(129) }, 'bad-call-id'],
      [{ callId: 'x'.repeat(65_000) }, 'bad-call-id'],
      [{ startedAt: new Date(0) }, 'bad-start'],
      [{ startedAt: new Date(Number.NaN) }, 'bad-start'],
      [{ startedAt: new Date(Date.now() + 25 * 3600_000) }, 'bad-start'],
      [{ startedAt: new Date('+275760-09-13') }, 'bad-start'],
      [{ seconds: -1 }, 'bad-duration'],
      [{ seconds: Number.NaN }, 'bad-duration'],
      [{ seconds: Infinity }, 'bad-duration'],
      [{ seconds: 2 ** 40 }, 'bad-duration'],
      [{ startedAt: new Date(Date.now() - 400 * 86_400_000) }, 'too-old'],
      [{ recordingUrl: `https://pbx.example/${'a'.repeat(2048)}` }, 'bad-recording-url'],
    ];
    expect(await results(...bad.map(([fields]) => aReport(ada, fields)))).toEqual(
      bad.map(([, reason]) => reason),
    );
    expect(await stored()).toEqual([]);
  });

  it('does not stop the other reports of a batch', async () => {
    expect(await results(aReport(ada, { seconds: -1 }), aReport({ email: '999' }), aReport(ada))).toEqual([
      ...['bad-duration', 'unknown-user', 'created'],
    ]);
  });
});

describe('a missed call', () => {
  it('is seen to once the number was called or answered later', async () => {
    const at = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    await results(
      aReport(ada, { startedAt: at(30) }),
      aReport(ada, { startedAt: at(10) }),
      aReport(ada, { startedAt: at(30), number: '+33687654321' }),
    );
    await results(
      aReport(ada, { direction: 'outgoing', outcome: 'answered', startedAt: at(20), seconds: 9 }),
    );
    const waiting = (await stored()).filter(({ heardAt }) => heardAt === null);
    expect(waiting.map(({ number }) => number)).toEqual(['+33687654321', '+33612345678']);
  });

  it('of an imported file does not wait', async () => {
    await inTransaction(app.database, (manager) =>
      recordCalls(manager, { accountId: account.id, source: 'import', batchId: null, now: new Date() }, [
        aReport(ada),
      ]),
    );
    expect((await stored())[0].heardAt).not.toBeNull();
  });
});
