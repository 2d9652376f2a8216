import { Tokens } from '../../src/api/tokens/tokens.service.js';
import { Throttle } from '../../src/auth/throttle.service.js';
import { limits } from '../../src/config/limits.js';
import { newId } from '../../src/database/id.js';
import { JobsWorker } from '../../src/jobs/jobs.worker.js';
import { Sweeper } from '../../src/jobs/sweeper.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { field, visibleText } from '../support/browser.js';
import { aCall, aCompany, aToken, Program, type Company } from './api.js';

let app: TestApp;
let nord: Company;
beforeAll(async () => {
  app = await startApp();
  nord = await aCompany(app);
});
afterAll(() => app.close());

const program = (token: string | null, headers?: Record<string, string>) =>
  new Program(app.url, token, headers);
const count = async (table: string) => {
  const [{ count: rows }] = await app.database.query<{ count: string }[]>(
    `SELECT COUNT(*) AS count FROM ${table}`,
  );
  return Number(rows);
};

describe('the page of tokens', () => {
  it('shows a token once, and afterwards only how it ends', async () => {
    const { browser } = await aCompany(app);
    const made = await browser.post('/settings/tokens', {
      ...{ name: 'Asterisk, main building', scopes: ['lookup:read'], days: '30' },
    });
    const [token] = /carnet_[\w-]{43}/.exec(made.text) ?? [''];
    expect(made.status).toBe(200);
    expect(made.headers['cache-control']).toBe('no-store');
    const list = await browser.get('/settings/tokens');
    expect(list.text).not.toContain(token);
    expect(visibleText(list)).toContain(`ends with ${token.slice(-4)}`);
    expect(visibleText(list)).toContain('Ask who is calling');
    const [row] = await app.database.query<{ row: string }[]>(
      `SELECT CONCAT_WS(' ', id, name, tokenHash, ending, scopes) AS row FROM api_tokens WHERE ending = ?`,
      [token.slice(-4)],
    );
    expect(row.row).not.toContain(token.slice(7, 40));
  });

  it('is for owners alone', async () => {
    const admin = await app.signedIn({ account: nord.account, role: 'admin' });
    const member = await app.signedIn({ account: nord.account });
    const personal = await app.anAccount({ kind: 'personal' });
    const alone = await app.signedIn({ account: personal, role: 'owner' });
    for (const { browser } of [admin, member, alone]) {
      expect((await browser.get('/settings/tokens')).status).toBe(403);
      expect((await browser.post('/settings/tokens', { name: 'x', scopes: ['lookup:read'] })).status).toBe(
        403,
      );
    }
  });

  it('keeps what was typed when something is missing', async () => {
    const answer = await nord.browser.post('/settings/tokens', { name: 'Kept', days: '90' });
    expect(answer.status).toBe(422);
    expect(field(answer, 'name').value).toBe('Kept');
    expect(visibleText(answer)).toContain('Choose what it may do');
    for (const fields of [
      { name: '', scopes: ['lookup:read'] },
      { name: 'x', scopes: ['everything'] },
      { name: 'x', scopes: ['lookup:read'], days: '-1' },
    ]) {
      expect((await nord.browser.post('/settings/tokens', fields)).status).toBe(422);
    }
  });

  it('makes one token of a form that is sent twice, and shows it both times', async () => {
    const before = await count('api_tokens');
    const form = { _once: newId(), name: 'Twice', scopes: ['lookup:read'] };
    const answers = await Promise.all([1, 2].map(() => nord.browser.post('/settings/tokens', form)));
    const tokens = answers.map(({ text }) => /carnet_[\w-]{43}/.exec(text)?.[0]);
    expect(tokens[0]).toBeDefined();
    expect(tokens[1]).toBe(tokens[0]);
    expect(await count('api_tokens')).toBe(before + 1);
  });

  it('shows a token of an old form to nobody, and never that of another owner', async () => {
    const form = { _once: newId(), name: 'Old', scopes: ['lookup:read'] };
    const first = await nord.browser.post('/settings/tokens', form);
    const other = await app.signedIn({ account: nord.account, role: 'owner' });
    const theirs = await other.browser.post('/settings/tokens', form);
    expect([theirs.status, theirs.headers['location']]).toEqual([303, '/settings/tokens']);
    await app.database.query(
      'UPDATE api_tokens SET createdAt = DATE_SUB(createdAt, INTERVAL 11 MINUTE) WHERE id = ?',
      [form._once],
    );
    const again = await nord.browser.post('/settings/tokens', form);
    expect(first.text).toMatch(/carnet_/);
    expect(again.status).toBe(303);
    expect(visibleText(await nord.browser.follow(again))).toContain('was made and shown already');
  });

  it('has room for so many, also when several are made at once', async () => {
    const { account, browser } = await aCompany(app);
    await app.database.query(
      `INSERT INTO api_tokens (id, accountId, name, tokenHash, ending, scopes, createdAt)
       VALUES ${new Array(limits.apiTokens - 1).fill('(?)').join(', ')}`,
      Array.from({ length: limits.apiTokens - 1 }, () => [
        ...[newId(), account.id, 'Many', newId().replaceAll('-', ''), 'abcd', 'lookup:read', new Date()],
      ]),
    );
    const answers = await Promise.all(
      [1, 2, 3].map(() => browser.post('/settings/tokens', { name: 'One more', scopes: ['lookup:read'] })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 303, 303]);
  });

  it('says that the maker is gone, while the token works on', async () => {
    const { account, browser, owner } = await aCompany(app);
    const token = await aToken(browser);
    const heir = await app.signedIn({ account, role: 'owner' });
    await app.database.query(`UPDATE users SET status = 'deactivated' WHERE id = ?`, [owner.id]);
    expect((await program(token).report({ calls: [] })).status).toBe(200);
    expect(visibleText(await heir.browser.get('/settings/tokens'))).toContain('no longer an active owner');
  });

  it('writes who made and revoked a token into the audit log, without the token', async () => {
    const { browser, account } = await aCompany(app);
    const token = await aToken(browser, { name: 'Logged token' });
    const [{ id }] = await app.database.query<{ id: string }[]>(
      'SELECT id FROM api_tokens WHERE accountId = ?',
      [account.id],
    );
    await browser.post(`/settings/tokens/${id}/revocation`, { confirmed: 'on' });
    const log = await browser.get('/audit-log');
    expect(visibleText(log)).toContain('API token made');
    expect(visibleText(log)).toContain('API token revoked');
    expect(visibleText(log)).toContain('Logged token');
    const entries = await app.database.query<{ details: string }[]>(
      'SELECT details FROM audit_entries WHERE targetId = ?',
      [id],
    );
    expect(entries).toHaveLength(2);
    expect(JSON.stringify(entries)).not.toContain(token.slice(7));
  });

  it('lists what was revoked for 30 days', async () => {
    const { browser, account } = await aCompany(app);
    await aToken(browser);
    await app.database.query(
      'UPDATE api_tokens SET revokedAt = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 29 DAY) WHERE accountId = ?',
      [account.id],
    );
    const sweep = async () => {
      await app.get(Sweeper).ask('api-tokens.sweep');
      await app.get(JobsWorker).runDue();
    };
    await sweep();
    expect(visibleText(await browser.get('/settings/tokens'))).toContain('Revoked');
    await app.database.query(
      'UPDATE api_tokens SET revokedAt = DATE_SUB(UTC_TIMESTAMP(3), INTERVAL 31 DAY) WHERE accountId = ?',
      [account.id],
    );
    await sweep();
    expect(await app.get(Tokens).list({ accountId: account.id })).toEqual([]);
  });
});

describe('revoking', () => {
  it('is asked about first, and then refuses the very next request', async () => {
    const { browser, account } = await aCompany(app);
    const token = await aToken(browser);
    const [{ id }] = await app.database.query<{ id: string }[]>(
      'SELECT id FROM api_tokens WHERE accountId = ?',
      [account.id],
    );
    const path = `/settings/tokens/${id}/revocation`;
    expect(visibleText(await browser.get(path))).toContain('cannot be undone');
    expect((await browser.post(path)).status).toBe(422);
    expect((await program(token).report({ calls: [] })).status).toBe(200);
    const answers = await Promise.all([1, 2].map(() => browser.post(path, { confirmed: 'on' })));
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    const answer = await program(token).report({ calls: [] });
    expect([answer.status, (answer.body as { type: string }).type]).toEqual([
      401,
      `${app.url}/api/docs#problem-revoked-token`,
    ]);
    const acts = await app.database.query<object[]>(
      `SELECT 1 FROM audit_entries WHERE targetId = ? AND action = 'tokens.revoke'`,
      [id],
    );
    expect(acts).toHaveLength(1);
  });

  it('finds no token of another company', async () => {
    const other = await aCompany(app);
    await aToken(other.browser);
    const [{ id }] = await app.database.query<{ id: string }[]>(
      'SELECT id FROM api_tokens WHERE accountId = ?',
      [other.account.id],
    );
    expect((await nord.browser.get(`/settings/tokens/${id}/revocation`)).status).toBe(404);
    expect((await nord.browser.post(`/settings/tokens/${id}/revocation`, { confirmed: 'on' })).status).toBe(
      404,
    );
    expect((await nord.browser.get('/settings/tokens/nothing/revocation')).status).toBe(404);
  });
});

describe('a request', () => {
  let token: string;
  beforeAll(async () => {
    token = await aToken(nord.browser);
  });
  const codeOf = (answer: { headers: Record<string, string> }) => answer.headers['x-problem'];

  it('without a token is told how to send one', async () => {
    const answer = await program(null).report({ calls: [] });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="Carnet"');
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.body).toEqual({
      type: `${app.url}/api/docs#problem-no-token`,
      title: 'Token missing',
      status: 401,
      detail: expect.stringContaining('Authorization') as string,
      requestId: answer.headers['x-request-id'],
    });
  });

  it('with a token in its address is refused, and says so', async () => {
    for (const name of ['token', 'access_token', 'x']) {
      const answer = await program(null).lookUp('+33612345678', nord.owner.email, { [name]: token });
      expect([answer.status, codeOf(answer)]).toEqual([401, 'token-in-address']);
    }
  });

  it('with the token as the password of HTTP Basic is taken', async () => {
    const basic = (text: string) => ({ Authorization: `Basic ${Buffer.from(text).toString('base64')}` });
    const asked = (text: string) => program(null, basic(text)).lookUp('+33612345678', nord.owner.email);
    expect((await asked(`carnet:${token}`)).status).toBe(200);
    expect((await asked(`${token}:`)).status).toBe(401);
  });

  it.each([
    ['one letter more', (right: string) => `${right}A`],
    ['another last letter', (right: string) => right.slice(0, -1) + (right.endsWith('A') ? 'B' : 'A')],
    ['small letters', (right: string) => right.toLowerCase()],
    ['nothing', () => ''],
    ['words of SQL', () => "carnet_' OR 1=1 --"],
    ['a hash from the table', () => 'f'.repeat(64)],
  ])('with %s in place of the token is refused', async (_, change) => {
    const answer = await program(change(token)).report({ calls: [] });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm="Carnet"/);
  });

  it('looks at no cookie, makes no session and gives none', async () => {
    const sessions = await count('sessions');
    const { status } = await program(null, { Cookie: nord.browser.cookies() }).report({ calls: [] });
    expect(status).toBe(401);
    const answer = await program(token, { Cookie: nord.browser.cookies() }).lookUp('1', nord.owner.email);
    expect(answer.status).toBe(200);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(await count('sessions')).toBe(sessions);
  });

  it('with a token opens no page', async () => {
    for (const path of ['/users', '/settings/tokens', '/calls']) {
      const answer = await program(token).send('get', path);
      expect([answer.status, answer.headers['location']]).toEqual([303, expect.stringContaining('/login')]);
    }
  });

  it('may do what its token was made for alone', async () => {
    const reads = program(await aToken(nord.browser, { scopes: ['lookup:read'] }));
    const writes = program(await aToken(nord.browser, { scopes: ['calls:write'] }));
    const refused = await reads.report(aCall(nord.owner));
    expect([refused.status, codeOf(refused)]).toEqual([403, 'insufficient-scope']);
    expect(refused.headers['www-authenticate']).toContain('scope="calls:write"');
    expect((await writes.lookUp('1', nord.owner.email)).status).toBe(403);
    expect((await writes.report(aCall(nord.owner))).status).toBe(200);
    expect((await reads.lookUp('1', nord.owner.email)).status).toBe(200);
  });

  it('with a token whose time is over is refused', async () => {
    const { browser, account, owner } = await aCompany(app);
    const ends = await aToken(browser, { days: '30' });
    expect((await program(ends).lookUp('1', owner.email)).status).toBe(200);
    await app.database.query('UPDATE api_tokens SET expiresAt = UTC_TIMESTAMP(3) WHERE accountId = ?', [
      account.id,
    ]);
    const answer = await program(ends).lookUp('1', owner.email);
    expect([answer.status, codeOf(answer)]).toEqual([401, 'expired-token']);
    expect(visibleText(await browser.get('/settings/tokens'))).toContain('Expired');
  });

  it('for a closed account is one with an unknown token', async () => {
    const { browser, account } = await aCompany(app);
    const closed = await aToken(browser);
    await app.database.query('UPDATE accounts SET closedAt = UTC_TIMESTAMP(3) WHERE id = ?', [account.id]);
    const answer = await program(closed).report({ calls: [] });
    expect([answer.status, codeOf(answer)]).toEqual([401, 'unknown-token']);
  });

  it('is noted as the last use at most once a minute', async () => {
    const { browser, account } = await aCompany(app);
    const used = program(await aToken(browser));
    const lastUse = async () => {
      const [row] = await app.database.query<{ lastUsedAt: Date | null }[]>(
        'SELECT lastUsedAt FROM api_tokens WHERE accountId = ?',
        [account.id],
      );
      return row.lastUsedAt;
    };
    expect(await lastUse()).toBeNull();
    await used.report({ calls: [] });
    const first = await lastUse();
    expect(first).not.toBeNull();
    await Promise.all([1, 2, 3].map(() => used.report({ calls: [] })));
    expect(await lastUse()).toEqual(first);
  });

  it('beyond what a token may do in a minute is put off', async () => {
    const { browser, account } = await aCompany(app);
    const busy = await aToken(browser);
    const [{ id }] = await app.database.query<{ id: string }[]>(
      'SELECT id FROM api_tokens WHERE accountId = ?',
      [account.id],
    );
    // As another process has counted it.
    await app
      .get(Throttle)
      .hit('api-use', id, { limit: 1e9, windowSeconds: 60 }, { tries: limits.apiUsesAMinute });
    const answer = await program(busy).report({ calls: [] });
    expect([answer.status, codeOf(answer)]).toEqual([429, 'too-many']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect((await program(token).report({ calls: [] })).status).toBe(200);
  });

  it('by a method or to an address there is not, is told so', async () => {
    const wrong = await program(token).send('get', '/api/v1/calls');
    expect([wrong.status, wrong.headers['allow'], codeOf(wrong)]).toEqual([
      405,
      'POST',
      'method-not-allowed',
    ]);
    expect((await program(null).send('delete', '/api/v1/lookup')).status).toBe(401);
    for (const path of ['/api/v1/nothing', '/api/v2/calls', '/api', '/api/V1/nothing']) {
      const answer = await program(token).send('get', path);
      expect([answer.status, codeOf(answer)]).toEqual([404, 'not-found']);
    }
    expect((await program(token).send('get', '/API/V1/lookup?number=1&user=x')).status).toBe(404);
    expect((await program(null).send('get', '/API/V1/lookup?number=1&user=x')).status).toBe(401);
  });

  it('that meets a fault of ours, or comes by another name than ours, learns nothing of what is inside', async () => {
    await app.database.query('RENAME TABLE api_tokens TO api_tokens_away');
    const failed = await program(token).report({ calls: [] });
    await app.database.query('RENAME TABLE api_tokens_away TO api_tokens');
    expect([failed.status, codeOf(failed)]).toEqual([500, 'unexpected']);
    expect(failed.text).not.toMatch(/api_tokens|SELECT|node_modules|\.ts/);
    const elsewhere = await program(token, { Host: 'elsewhere.example' }).report({ calls: [] });
    expect([elsewhere.status, codeOf(elsewhere)]).toEqual([400, 'bad-request']);
    for (const { headers } of [failed, elsewhere]) {
      expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
    }
  });

  it('of another website is not let in by a browser', async () => {
    const foreign = { Origin: 'https://elsewhere.example' };
    const asked = await program(null, foreign).send('options', '/api/v1/calls', undefined, {
      'Access-Control-Request-Method': 'POST',
    });
    const sent = await program(token, foreign).report({ calls: [] });
    for (const answer of [asked, sent]) {
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
    expect(asked.status).toBe(401);
  });
});

describe('tokens that are none', () => {
  it('close the way for others from that network, and never for the right one', async () => {
    const proxied = await startApp({
      databaseUrl: app.databaseUrl,
      keys: app.keys,
      env: { TRUST_PROXY: '1' },
    });
    const token = await aToken(nord.browser);
    const from = { 'X-Forwarded-For': '203.0.113.9' };
    await proxied
      .get(Throttle)
      .hit(
        'api-token',
        '203.0.113.9',
        { limit: 1e9, windowSeconds: 900 },
        { tries: limits.apiWrongTokens - 1 },
      );
    const guess = () => new Program(proxied.url, `carnet_${'x'.repeat(43)}`, from).report({ calls: [] });
    expect((await guess()).status).toBe(401);
    for (let tries = 0; tries < 2; tries++) {
      const answer = await guess();
      expect([answer.status, answer.headers['x-problem']]).toEqual([429, 'too-many']);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect((await new Program(proxied.url, token, from).report({ calls: [] })).status).toBe(200);
    const elsewhere = { 'X-Forwarded-For': '203.0.113.10' };
    expect((await new Program(proxied.url, 'carnet_no', elsewhere).report({ calls: [] })).status).toBe(401);
    await proxied.close();
  });
});
