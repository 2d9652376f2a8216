import http from 'node:http';
import { type AddressInfo } from 'node:net';
import {
  AuthorizationRevoked,
  NotReachable,
  NotTheService,
  ProviderBusy,
  QuotaExceeded,
  Throttled,
} from '../provider-errors.js';
import { retryAfterMs } from './retry-after.js';
import { WebApiClient, type WebApiFailure } from './web-api.client.js';

describe('a service on the web', () => {
  type Answer = (response: http.ServerResponse, request: http.IncomingMessage) => void;
  const asked: { path: string; token: string }[] = [];
  let answers: Answer[] = [];
  let server: http.Server;
  let baseUrl: string;

  beforeAll(async () => {
    server = http.createServer((request, response) => {
      asked.push({ path: request.url ?? '', token: request.headers.authorization ?? '' });
      const answer = answers.shift() ?? json(200, {});
      answer(response, request);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const json =
    (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
    (response) =>
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(body));
  const clientOf = (...given: Answer[]) => {
    answers = given;
    asked.length = 0;
    const renewed = jest.fn<Promise<string>, [string]>(() => Promise.resolve('new'));
    const stop = new AbortController();
    const client = new WebApiClient({
      ...{ baseUrl, tokens: { current: () => Promise.resolve('old'), renewed }, signal: stop.signal },
      errors: ({ body }: WebApiFailure, facts) =>
        (body as { full?: boolean } | null)?.full ? new QuotaExceeded(facts) : null,
      limits: { callMs: 400, answerBytes: 10_000 },
    });
    const get = (path = '/people', method?: 'POST') =>
      client.json<unknown>({ operation: 'people.list', path, method });
    return { client, get, renewed, stop };
  };

  it('gets what was asked, with a token, and says nothing where there is nothing', async () => {
    const { client, get } = clientOf(json(200, { a: 1 }), (response) => response.writeHead(204).end());
    const query = { fields: ['a', 'b&c'], size: 5, page: null };
    expect(await client.json({ operation: 'o', path: '/people', query })).toEqual({ a: 1 });
    expect(asked).toEqual([{ path: '/api/people?fields=a&fields=b%26c&size=5', token: 'Bearer old' }]);
    expect(await get()).toBeNull();
  });

  it('is shown a token at its own address alone', async () => {
    const { client, get } = clientOf(json(200, {}));
    await get(`${baseUrl}/next?page=2`);
    for (const path of ['http://127.0.0.1:1/api/next', 'https://elsewhere.example/', 'nothing'])
      await expect(get(path)).rejects.toThrow(NotTheService);
    await client.json({ operation: 'o', path: '//elsewhere.example/' });
    expect(asked.map(({ path }) => path)).toEqual(['/api/next?page=2', '/api//elsewhere.example/']);
  });

  it('is asked once more with a new token, and then no more', async () => {
    const { get, renewed } = clientOf(json(401, {}), json(200, { a: 1 }), json(401, {}), json(401, {}));
    expect(await get()).toEqual({ a: 1 });
    expect(asked.map(({ token }) => token)).toEqual(['Bearer old', 'Bearer new']);
    await expect(get()).rejects.toThrow(AuthorizationRevoked);
    await expect(get()).rejects.toThrow(AuthorizationRevoked);
    expect([asked.length, renewed.mock.calls.length]).toEqual([4, 2]);
  });

  it.each<[string, Answer, new (...args: never[]) => Error]>([
    ['a redirect', (response) => response.writeHead(302, { location: '/api/other' }).end(), NotTheService],
    [
      'a page',
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
      NotTheService,
    ],
    [
      'a proxy',
      (response) => response.writeHead(502, { 'content-type': 'text/html' }).end('<p>'),
      ProviderBusy,
    ],
    ['half an answer', (response) => cut(response), ProviderBusy],
    ['half of JSON', (response) => type(response).end('{"a":'), ProviderBusy],
    ['no end of it', (response) => type(response).end('x'.repeat(20_000)), ProviderBusy],
    ['nothing', () => undefined, ProviderBusy],
    ['an unknown refusal', json(400, {}), NotTheService],
    ['its own words', json(400, { full: true }), QuotaExceeded],
  ])('that answers with %s is taken for what it is', async (_, answer, kind) => {
    const { get } = clientOf(answer, answer);
    await expect(get()).rejects.toThrow(kind);
  });

  it('says how long to wait', async () => {
    const { get } = clientOf(json(429, {}, { 'retry-after': '120' }), json(503, {}), json(429, {}));
    await expect(get()).rejects.toMatchObject({ waitMs: 120_000, name: Throttled.name });
    await expect(get()).rejects.toThrow(ProviderBusy);
    await expect(get()).rejects.toMatchObject({ waitMs: 60_000, name: Throttled.name });
    const now = Date.parse('2026-11-22T17:00:00Z');
    expect(retryAfterMs('Sun, 22 Nov 2026 17:02:00 GMT', now)).toBe(120_000);
    const texts = ['1.5', ' 0 ', 'Sun, 22 Nov 2026 16:00:00 GMT', 'soon', '-5', '+7', '', null];
    expect(texts.map((text) => retryAfterMs(text, now))).toEqual([1500, 0, 0, ...Array(5).fill(null)]);
    expect(retryAfterMs('9'.repeat(400), now)).toBe(Infinity);
  });

  it('is asked again where the line was cut, unless it was told to do something', async () => {
    const { get } = clientOf((response) => response.socket?.destroy(), json(200, { a: 1 }));
    expect(await get()).toEqual({ a: 1 });
    const again = clientOf((response) => response.socket?.destroy(), json(200, {}));
    await expect(again.get('/people', 'POST')).rejects.toThrow(ProviderBusy);
  });

  it('is left with the reason of whoever stops it, and told from one that is not there', async () => {
    const { get, stop } = clientOf(() => stop.abort(new Error('The lease is lost')));
    await expect(get()).rejects.toThrow('The lease is lost');
    const nobody = new WebApiClient({
      ...{ baseUrl: 'http://127.0.0.1:9', signal: new AbortController().signal, errors: () => null },
      tokens: { current: () => Promise.resolve('t'), renewed: () => Promise.resolve('t') },
    });
    await expect(nobody.json({ operation: 'o', path: '/' })).rejects.toThrow(NotReachable);
  });

  it('is named in an error by codes alone', async () => {
    const { get } = clientOf(json(500, { error: { message: 'Zoé' } }, { 'request-id': 'r-1' }));
    await expect(get('/people/zoe')).rejects.toMatchObject({
      facts: { operation: 'people.list', status: 500, requestId: 'r-1' },
    });
  });

  function type(response: http.ServerResponse) {
    return response.writeHead(200, { 'content-type': 'application/json' });
  }
  function cut(response: http.ServerResponse) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
    response.write('{"a"');
    setImmediate(() => response.socket?.destroy());
  }
});
