import supertest, { type Response } from 'supertest';
import { newAccountFeatures } from '../../src/accounts/features.js';
import { type Account } from '../../src/accounts/account.entity.js';
import { type User } from '../../src/accounts/user.entity.js';
import { type TestApp } from '../support/app.js';
import { type Browser } from '../support/browser.js';

/** A company whose licensed people may call, with an owner who is signed in. */
export interface Company {
  account: Account;
  owner: User;
  browser: Browser;
}

export async function aCompany(app: TestApp, fields: Partial<Account> = {}): Promise<Company> {
  const features = { ...newAccountFeatures(), phone: { allowed: true, on: true } };
  const account = await app.anAccount({ features, ...fields });
  const { user: owner, browser } = await app.signedIn({ account, role: 'owner', type: 'licensed' });
  return { account, owner, browser };
}

/** A token made by the page, as it shows it. */
export async function aToken(
  browser: Browser,
  { name = 'Asterisk', scopes = ['calls:write', 'lookup:read'], days = '' } = {},
): Promise<string> {
  const answer = await browser.post('/settings/tokens', { name, scopes, days });
  const [token] = /carnet_[\w-]{43}/.exec(answer.text) ?? [];
  if (!token) throw new Error(`No token in ${answer.status} ${answer.text.slice(0, 2000)}`);
  return token;
}

/** A program with a token; without one where it is null. */
export class Program {
  private readonly agent: ReturnType<typeof supertest>;

  constructor(
    url: string,
    private readonly token: string | null,
    private readonly headers: Record<string, string> = {},
  ) {
    this.agent = supertest(url);
  }

  report(body: unknown): Promise<Response> {
    return this.send('post', '/api/v1/calls', body);
  }

  lookUp(number: string, user: string, more: Record<string, string> = {}): Promise<Response> {
    return this.send('get', `/api/v1/lookup?${new URLSearchParams({ number, user, ...more }).toString()}`);
  }

  /** @param body a string is sent as it is, everything else as JSON */
  async send(
    method: 'get' | 'post' | 'put' | 'head' | 'options' | 'delete',
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    let request = this.agent[method](path).set(this.headers);
    if (this.token !== null) request = request.set('Authorization', `Bearer ${this.token}`);
    if (body !== undefined) request = request.set('Content-Type', 'application/json');
    request = request.set(headers);
    if (body === undefined) return request;
    if (Buffer.isBuffer(body)) return request.serialize(() => body as never).send(body);
    return request.send(typeof body === 'string' ? body : JSON.stringify(body));
  }
}

let calls = 0;

/** A call as it would be reported: a fresh id, an hour ago. */
export function aCall(user: User | string, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    ...{ callId: `pbx-${++calls}`, user: typeof user === 'string' ? user : user.email },
    ...{ direction: 'incoming', outcome: 'missed', number: '+33140205050' },
    startedAt: new Date(Date.now() - 3_600_000).toISOString(),
    ...fields,
  };
}
