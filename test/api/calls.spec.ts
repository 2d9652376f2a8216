import { gzipSync } from 'node:zlib';
import { locales } from '../../src/web/words.js';
import { limits } from '../../src/config/limits.js';
import { problemCodes } from '../../src/api/docs/operations.js';
import { eraseCalls } from '../../src/calls/erase-calls.js';
import { type Id } from '../../src/database/id.js';
import { startApp, type TestApp } from '../support/app.js';
import { visibleText } from '../support/browser.js';
import { lockWaits } from '../support/locks.js';
import { aCall, aCompany, aToken, Program, type Company } from './api.js';
import { Contract } from './documented.js';

let app: TestApp;
let nord: Company;
let pbx: Program;
let contract: Contract;
beforeAll(async () => {
  app = await startApp();
  nord = await aCompany(app);
  pbx = new Program(app.url, await aToken(nord.browser));
  const { body } = await new Program(app.url, null).send('get', '/api/v1/openapi.json');
  contract = new Contract(body as never);
});
afterAll(() => app.close());

interface Result {
  callId: string | null;
  result: string;
  reason?: string;
  detail?: string;
  errors?: { field: string; detail: string }[];
}

/** Reports, holds the answer against its documentation, and gives what became of each call. */
async function reported(body: unknown, program = pbx): Promise<{ status: number; results: Result[] }> {
  const answer = await program.report(body);
  contract.hold('post', '/api/v1/calls', answer);
  return { status: answer.status, results: (answer.body as { results: Result[] }).results };
}

const rows = (userId: string) =>
  app.database.query<Record<string, unknown>[]>('SELECT * FROM calls WHERE userId = ? ORDER BY callId', [
    userId,
  ]);
const licensed = () => app.aUser({ account: nord.account, type: 'licensed' });

/** What the answer says is wrong, as it must be documented. */
async function refused(
  send: Promise<Awaited<ReturnType<Program['report']>>>,
  method = 'post',
  path = '/api/v1/calls',
) {
  const answer = await send;
  contract.hold(method, path, answer);
  return [answer.status, answer.headers['x-problem'] as string];
}

describe('a call', () => {
  it('is recorded for its user, once, however often it is reported', async () => {
    const user = await licensed();
    const call = aCall(user, { callId: 'once', number: '01 40 20 50 50', name: 'ACCUEIL' });
    expect(await reported(call)).toEqual({ status: 200, results: [{ callId: 'once', result: 'created' }] });
    expect((await reported({ calls: [call] })).results).toEqual([{ callId: 'once', result: 'unchanged' }]);
    const answered = { ...call, outcome: 'answered', seconds: 62 };
    expect((await reported(answered)).results).toEqual([{ callId: 'once', result: 'updated' }]);
    const found = await rows(user.id);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      ...{ accountId: nord.account.id, number: '+33140205050', typedNumber: '01 40 20 50 50' },
      ...{ callerName: 'ACCUEIL', outcome: 'answered', seconds: 62, source: 'api' },
    });
  });

  it('reported by two requests at once is one', async () => {
    const user = await licensed();
    const calls = [1, 2, 3].map((each) => aCall(user, { callId: `race-${each}` }));
    const answers = await Promise.all([
      reported({ calls }),
      reported({ calls: calls.toReversed() }),
      reported(calls[1]),
    ]);
    expect(await rows(user.id)).toHaveLength(3);
    const made = answers.flatMap(({ results }) => results).filter(({ result }) => result === 'created');
    expect(made).toHaveLength(3);
  });

  it('is given to whom it names by address, extension or number', async () => {
    const user = await app.aUser({
      ...{ account: nord.account, type: 'licensed', extension: '4711', workPhone: '+33155443322' },
    });
    const words = [user.email.toUpperCase(), '4711', '+33155443322', '01 55 44 33 22'];
    const { results } = await reported({ calls: words.map((word) => aCall(word)) });
    expect(results.map(({ result }) => result)).toEqual(words.map(() => 'created'));
    expect(await rows(user.id)).toHaveLength(4);
  });

  it('may begin at a moment of any zone, or at seconds since 1970', async () => {
    const user = await licensed();
    const at = Math.floor(Date.now() / 1000) - 7200;
    await reported({
      calls: [
        aCall(user, { callId: 'a', startedAt: at }),
        aCall(user, {
          callId: 'b',
          startedAt: new Date(at * 1000 + 2 * 3600_000).toISOString().replace('Z', '+02:00'),
        }),
      ],
    });
    const found = await rows(user.id);
    expect(found.map(({ startedAt }) => Number(startedAt))).toEqual([at * 1000, at * 1000]);
  });

  it('that cannot be recorded does not hold up the others, and says why in the language asked for', async () => {
    const user = await licensed();
    const other = await aCompany(app);
    const basic = await app.aUser({ account: nord.account });
    const calls = [
      aCall(user),
      aCall('nobody@example.test'),
      aCall(other.owner),
      aCall(basic),
      aCall(user, { outcome: 'lost' }),
      aCall(user, { startedAt: '1970-01-01T00:00:00Z' }),
      'call',
      aCall(user),
    ];
    const { status, results } = await reported({ calls });
    expect(status).toBe(200);
    expect(results.map(({ result, reason }) => reason ?? result)).toEqual([
      ...[
        'created',
        'unknown-user',
        'unknown-user',
        'phone-off',
        'malformed',
        'bad-start',
        'malformed',
        'created',
      ],
    ]);
    // Somebody of another company is as unknown as nobody.
    expect(results[2].detail).toBe(results[1].detail);
    expect(results[4].errors).toEqual([
      { field: 'outcome', detail: 'This is one of: answered, missed, voicemail.' },
    ]);
    const [{ errors }] = (await reported(aCall(user, { startedAt: '2026-11-20T10:00:00+0100' }))).results;
    expect(errors?.[0].detail).toContain('2026-11-22T14:05:00+01:00');
    expect(await rows(other.owner.id)).toEqual([]);
    const french = new Program(app.url, await aToken(nord.browser), { 'Accept-Language': 'fr-CH, en;q=0.5' });
    const said = (await reported(aCall(basic), french)).results[0].detail;
    expect(said).not.toBe(results[3].detail);
  });

  it('is answered with 422 when none of them was taken', async () => {
    const { status, results } = await reported({ calls: [aCall('nobody'), aCall('nobody')] });
    expect(status).toBe(422);
    expect(results.map(({ reason }) => reason)).toEqual(['unknown-user', 'unknown-user']);
    expect((await reported({ calls: [] })).status).toBe(200);
  });

  it('is kept whatever is said of the other side', async () => {
    const user = await licensed();
    const numbers = [
      'anonymous',
      '',
      null,
      'sip:bob@pbx.example',
      '+33 6 12',
      '💥'.repeat(40),
      '=cmd|x',
      '<b>',
      '1\r\n2',
      '9'.repeat(300),
    ];
    const { results } = await reported({ calls: numbers.map((number) => aCall(user, { number })) });
    expect(results.map(({ result }) => result)).toEqual(numbers.map(() => 'created'));
    const names = ['a\r\nb', 'x'.repeat(300), '"Bob": a, b'];
    const named = await reported({ calls: names.map((name) => aCall(user, { name })) });
    expect(named.results.map(({ result }) => result)).toEqual(names.map(() => 'created'));
  });

  it('is taken among 500 hostile ones, each of which is answered', async () => {
    const user = await licensed();
    const hostile: unknown[] = [
      ...[
        null,
        1,
        [],
        'x',
        { callId: {} },
        aCall(user, { callId: 'x'.repeat(5000) }),
        aCall(user, { callId: 'a\u0000b' }),
      ],
      ...[aCall(user, { seconds: 1e300 }), aCall(user, { seconds: -1 }), aCall(user, { startedAt: 'now' })],
      ...[
        aCall(user, { userId: nord.owner.id }),
        aCall(user, { accountId: 'x' }),
        aCall(user, { user: ['a'] }),
      ],
      ...[aCall(user, { number: { $ne: 1 } }), aCall(user, { recordingUrl: 'file:///etc/passwd' })],
      ...[aCall(user, { callId: 17 }), aCall(user, { direction: 'constructor' }), aCall("' OR 1=1 --")],
      aCall(user, { recordingUrl: `https://pbx.example/${'a'.repeat(2048)}` }),
      JSON.parse(`{"__proto__": {"callId": "p"}, "callId": "proto", "user": "${user.email}"}`),
    ];
    const calls = Array.from({ length: limits.apiCalls - 1 }, (_, at) => hostile[at % hostile.length]);
    const { status, results } = await reported({ calls: [...calls, aCall(user, { callId: 'good' })] });
    expect(status).toBe(200);
    expect(results).toHaveLength(limits.apiCalls);
    expect(results.filter(({ result }) => result !== 'refused').map(({ callId }) => callId)).toEqual([
      'good',
    ]);
    expect(await rows(user.id)).toHaveLength(1);
    expect(({} as { callId?: string }).callId).toBeUndefined();
  });
});

describe('a body', () => {
  const send = (body: unknown, headers: Record<string, string> = {}) =>
    pbx.send('post', '/api/v1/calls', body, headers);

  it.each([
    ['that is no JSON', '{"callId":', 'not-json'],
    ['of nothing', '', 'not-json'],
    ['that is not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'not-json'],
    ['nested deeply', `{"calls":${'['.repeat(50_000)}`, 'too-deep'],
    ['with a name twice', '{"calls":[],"calls":[]}', 'same-name-twice'],
    ['that is a list', '[]', 'not-calls'],
    ['that is null', 'null', 'not-calls'],
    ['with something beside the calls', '{"calls":[],"user":"x"}', 'not-calls'],
    ['whose calls are no list', '{"calls":{}}', 'not-calls'],
  ])('%s is refused', async (_, body, code) => {
    expect(await refused(send(body))).toEqual([400, code]);
  });

  it('of more calls than may come at once is refused', async () => {
    const calls = new Array(limits.apiCalls + 1).fill(null);
    expect(await refused(send({ calls }))).toEqual([400, 'not-calls']);
  });

  it('that is too large is refused, told by its length or not', async () => {
    const body = `{"calls":["${'x'.repeat(limits.apiBodyBytes)}"]}`;
    expect(await refused(send(body))).toEqual([413, 'too-large']);
    const pieces = (async function* () {
      for (let at = 0; at < 5; at++) yield Buffer.alloc(1024 * 1024, 32);
    })();
    const answer = await fetch(`${app.url}/api/v1/calls`, {
      ...{ method: 'POST', body: pieces as never, duplex: 'half' },
      headers: { Authorization: `Bearer ${await aToken(nord.browser)}`, 'Content-Type': 'application/json' },
    } as RequestInit);
    expect([answer.status, answer.headers.get('connection')]).toEqual([413, 'close']);
  });

  it('that is compressed is refused before it is unfolded', async () => {
    const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024, 32));
    expect(await refused(send(bomb, { 'Content-Encoding': 'gzip' }))).toEqual([415, 'encoded-body']);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'of type %j is refused',
    async (type) => {
      expect(await refused(send('{}', { 'Content-Type': type }))).toEqual([415, 'unsupported-media-type']);
    },
  );

  it('is not looked at before its token is', async () => {
    const nobody = new Program(app.url, null);
    expect(await refused(nobody.send('post', '/api/v1/calls', '{'))).toEqual([401, 'no-token']);
  });
});

describe('a recording', () => {
  const wav = (seconds = 1) => {
    const data = Buffer.alloc(8000 * seconds, 128);
    const head = Buffer.alloc(44);
    head.write('RIFF', 0);
    head.writeUInt32LE(36 + data.length, 4);
    head.write('WAVEfmt ', 8);
    head.writeUInt32LE(16, 16);
    head.writeUInt16LE(1, 20);
    head.writeUInt16LE(1, 22);
    head.writeUInt32LE(8000, 24);
    head.writeUInt32LE(8000, 28);
    head.writeUInt16LE(1, 32);
    head.writeUInt16LE(8, 34);
    head.write('data', 36);
    head.writeUInt32LE(data.length, 40);
    return Buffer.concat([head, data]);
  };
  const keep = (callId: string, user: string, bytes: Buffer, type = 'audio/wav') =>
    pbx.send(
      'put',
      `/api/v1/calls/${encodeURIComponent(callId)}/recording?user=${encodeURIComponent(user)}`,
      bytes,
      {
        'Content-Type': type,
      },
    );
  const path = '/api/v1/calls/{callId}/recording';

  it('is kept with its call, and told from the one before', async () => {
    const { user, browser } = await app.signedIn({ account: nord.account, type: 'licensed' });
    // A dialplan may leave two spaces, and write é in two parts: the id is stored in one spelling.
    const callId = 'with  / and ? and e\u0301 ';
    await reported(aCall(user, { callId, outcome: 'voicemail' }));
    const answers = [
      await keep(callId, user.email, wav()),
      await keep(callId, user.email, wav()),
      await keep(callId, user.email, wav(2), 'audio/x-wav'),
    ];
    for (const answer of answers) contract.hold('put', path, answer);
    expect(answers.map(({ body }) => (body as { changed: boolean }).changed)).toEqual([true, false, true]);
    const [{ id }] = await rows(user.id);
    expect((await browser.download(`/calls/${String(id)}/recording`)).body).toEqual(wav(2));
    expect((await nord.browser.get(`/calls/${String(id)}/recording`)).status).toBe(404);
  });

  it('of a call or user there is not, or of another company, is refused', async () => {
    const user = await licensed();
    const other = await aCompany(app);
    const theirs = new Program(app.url, await aToken(other.browser));
    await theirs.report(aCall(other.owner, { callId: 'theirs' }));
    await reported(aCall(user, { callId: 'mine' }));
    const tried = (callId: string, word: string) => refused(keep(callId, word, wav()), 'put', path);
    expect(await tried('none', user.email)).toEqual([404, 'unknown-call']);
    expect(await tried('theirs', user.email)).toEqual([404, 'unknown-call']);
    expect(await tried('theirs', other.owner.email)).toEqual([404, 'unknown-user']);
    expect(await tried('mine', 'nobody')).toEqual([404, 'unknown-user']);
    await app.database.query('UPDATE calls SET deletedAt = UTC_TIMESTAMP(3) WHERE userId = ?', [user.id]);
    expect(await tried('mine', user.email)).toEqual([404, 'unknown-call']);
  });

  it('of a call that is erased at this moment stays nowhere', async () => {
    const user = await licensed();
    await reported(aCall(user, { callId: 'going' }));
    const [{ id }] = await rows(user.id);
    const erasing = app.database.createQueryRunner();
    await erasing.startTransaction();
    await eraseCalls(erasing.manager, [id as Id]);
    const sent = keep('going', user.email, wav());
    await lockWaits(app.database, 1);
    await erasing.commitTransaction();
    await erasing.release();
    expect(await refused(sent, 'put', path)).toEqual([404, 'unknown-call']);
    const left = await app.database.query('SELECT 1 FROM call_recordings WHERE callId = ?', [id]);
    expect(left).toEqual([]);
  });

  it('that is too large, no sound or of another type is refused', async () => {
    const user = await licensed();
    await reported(aCall(user, { callId: 'r' }));
    const tried = (bytes: Buffer, type?: string) => refused(keep('r', user.email, bytes, type), 'put', path);
    expect(await tried(Buffer.alloc(limits.recordingBytes + 1))).toEqual([413, 'too-large']);
    expect(await tried(Buffer.from('<html>'))).toEqual([422, 'refused']);
    expect(await tried(wav(), 'text/html')).toEqual([415, 'unsupported-media-type']);
    const wordless = pbx.send('put', '/api/v1/calls/r/recording', wav(), { 'Content-Type': 'audio/wav' });
    expect(await refused(wordless, 'put', path)).toEqual([400, 'bad-parameters']);
  });
});

describe('the documentation', () => {
  it('is open to everybody in both languages, and names each problem', async () => {
    for (const locale of locales) {
      const page = await app.browser().with('Accept-Language', locale).get('/api/docs');
      expect(page.status).toBe(200);
      expect(page.text).toContain(`<html lang="${locale}"`);
      expect(page.text).not.toMatch(/<title>(Error|Erreur)/);
      for (const code of problemCodes) expect(page.text).toContain(`id="problem-${code}"`);
      for (const path of ['/api/v1/calls', '/api/v1/lookup', '/api/v1/calls/{callId}/recording']) {
        expect(visibleText(page)).toContain(path);
      }
    }
    const owners = await nord.browser.get('/api/docs');
    expect(owners.text).toContain('href="/settings/tokens"');
  });

  it('describes in OpenAPI 3.1 every field and every answer', async () => {
    for (const locale of locales) {
      const { body, text } = await new Program(app.url, null, { 'Accept-Language': locale }).send(
        'get',
        '/api/v1/openapi.json',
      );
      expect(body).toMatchObject({ openapi: '3.1.0' });
      expect(text).not.toContain('api-docs.');
      expect(text).not.toContain('$schema');
    }
  });
});
