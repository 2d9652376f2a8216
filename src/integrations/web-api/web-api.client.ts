import { networkCodeOf } from '../network-code.js';
import { type TokenSource } from '../oauth/token-source.js';
import {
  AuthorizationRevoked,
  NotReachable,
  NotTheService,
  ProviderBusy,
  Throttled,
  type ProviderError,
} from '../provider-errors.js';
import { readAnswer } from './read-answer.js';
import { retryAfterMs } from './retry-after.js';

export interface WebApiSettings {
  /** Without a trailing slash; tokens are sent to its origin and nowhere else. */
  baseUrl: string;
  tokens: TokenSource;
  /** Aborted: its reason is thrown. */
  signal: AbortSignal;
  /** Sent with every call. */
  headers?: Readonly<Record<string, string>>;
  /** The provider's own table; null leaves an answer to the rules that hold for all (`errorOf`). */
  errors: (failure: WebApiFailure, facts: Facts) => ProviderError | null;
  limits?: Partial<WebApiLimits>;
}

export interface WebApiLimits {
  /** From the question to the last byte of the answer. */
  callMs: number;
  /** Unpacked. */
  answerBytes: number;
}

export interface WebApiCall {
  /** For the log: `people.connections.list`. */
  operation: string;
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below the base (`/v1/people/me`), or a whole address the service gave (nextLink, deltaLink). */
  path: string;
  /** Added to the path; a list becomes several of that name, null and undefined are left out. */
  query?: Readonly<Record<string, QueryValue>>;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  body?: unknown;
}

export type QueryValue = string | number | boolean | readonly string[] | null | undefined;

/** Any answer but 2xx, also one inside a batch. */
export interface WebApiFailure {
  operation: string;
  status: number;
  headers: { get(name: string): string | null };
  /** Read as JSON; null where there was none. */
  body: unknown;
}

export interface WebApiAnswer {
  status: number;
  headers: Headers;
  /** Not checked against anything; null where there was none. */
  body: unknown;
}

/** `operation`, `status`, `requestId`, and what a table adds: codes, never texts, names or tokens. */
export type Facts = Readonly<Record<string, string | number>>;

/** JSON over HTTP with bearer tokens (RFC 6750), for one connection. Nothing is repeated but what is safe to repeat. */
export class WebApiClient {
  private readonly origin: string;
  private readonly limits: WebApiLimits;
  /** Nothing more is asked with a token that was refused. */
  private refusal: AuthorizationRevoked | null = null;

  constructor(private readonly settings: WebApiSettings) {
    this.origin = new URL(settings.baseUrl).origin;
    this.limits = { callMs: 100_000, answerBytes: 20 * 1024 * 1024, ...settings.limits };
  }

  /** @returns the answer's body @throws as `ask` */
  async json<T>(call: WebApiCall): Promise<T> {
    return (await this.ask(call)).body as T;
  }

  /**
   * @returns an answer of 2xx
   * @throws what the table says, else AuthorizationRevoked (401 with a new token too), Throttled, ProviderBusy, NotReachable,
   * NotTheService; the signal's reason
   */
  async ask(call: WebApiCall): Promise<WebApiAnswer> {
    if (this.refusal) throw this.refusal;
    const url = this.addressOf(call);
    try {
      const answer = await this.signedIn(call, url);
      if (answer.status >= 200 && answer.status < 300) return answer;
      throw this.errorOf({ operation: call.operation, ...answer });
    } catch (error) {
      if (error instanceof AuthorizationRevoked) this.refusal = error;
      throw error;
    }
  }

  /** Our error for an answer, or for one inside a batch. */
  errorOf(failure: WebApiFailure): ProviderError {
    const { status, headers } = failure;
    const facts = factsOf(failure);
    const waitMs = retryAfterMs(headers.get('retry-after'));
    if ((status === 429 || status === 503) && waitMs !== null) return new Throttled(waitMs, facts);
    const own = this.settings.errors(failure, facts);
    if (own) return own;
    if (status === 401) return new AuthorizationRevoked('sign-in', facts);
    // Not `busy`, which after some tries is held against the contact that was sent.
    if (status === 429) return new Throttled(UNTOLD_WAIT_MS, facts);
    if (status === 408 || status >= 500) return new ProviderBusy(facts);
    return new NotTheService(facts);
  }

  private async signedIn(call: WebApiCall, url: URL): Promise<WebApiAnswer> {
    const { tokens } = this.settings;
    const token = await tokens.current();
    const answer = await this.send(call, url, token);
    return answer.status === 401 ? this.send(call, url, await tokens.renewed(token)) : answer;
  }

  /** @throws NotTheService for another origin: the token would be sent there */
  private addressOf({ operation, path, query }: WebApiCall): URL {
    const whole = path.startsWith('/') ? `${this.settings.baseUrl}${path}` : path;
    const url = URL.canParse(whole) ? new URL(whole) : null;
    if (url?.origin !== this.origin) throw new NotTheService({ operation, code: 'FOREIGN_LINK' });
    for (const [name, value] of Object.entries(query ?? {}))
      for (const each of Array.isArray(value) ? (value as readonly string[]) : [value])
        if (each !== null && each !== undefined) url.searchParams.append(name, String(each));
    return url;
  }

  /** A question alone is asked again where a socket that was left open turns out to be closed. */
  private async send(call: WebApiCall, url: URL, token: string): Promise<WebApiAnswer> {
    try {
      return await this.sendOnce(call, url, token);
    } catch (error) {
      if ((call.method ?? 'GET') !== 'GET' || !(error instanceof ConnectionCut)) throw error;
      return this.sendOnce(call, url, token);
    }
  }

  private async sendOnce(call: WebApiCall, url: URL, token: string): Promise<WebApiAnswer> {
    const { operation } = call;
    const { signal } = this.settings;
    signal.throwIfAborted();
    const slow = AbortSignal.timeout(this.limits.callMs);
    try {
      const response = await fetch(url, {
        method: call.method ?? 'GET',
        headers: {
          accept: 'application/json',
          'user-agent': 'Carnet',
          ...(call.body !== undefined && { 'content-type': 'application/json' }),
          ...this.settings.headers,
          ...call.headers,
          authorization: `Bearer ${token}`,
        },
        body: call.body === undefined ? undefined : JSON.stringify(call.body),
        // Whoever is redirected to would get the token and what is sent.
        redirect: 'manual',
        signal: AbortSignal.any([signal, slow]),
      });
      const { status, headers } = response;
      return { status, headers, body: await readAnswer(response, operation, this.limits.answerBytes) };
    } catch (error) {
      signal.throwIfAborted();
      if (slow.aborted) throw new ProviderBusy({ operation, code: 'CALL_TIMEOUT' });
      throw error instanceof NotTheService || error instanceof ProviderBusy
        ? error
        : brokenBy(error, operation);
    }
  }
}

/** Of a service that asks for patience without saying how long. */
const UNTOLD_WAIT_MS = 60_000;

/** The line broke after there was one. */
class ConnectionCut extends ProviderBusy {}

function brokenBy(error: unknown, operation: string): ProviderError {
  const code = networkCodeOf(error);
  return cuts.has(code) ? new ConnectionCut({ operation, code }) : new NotReachable({ operation, code });
}

const cuts = new Set([
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
]);

function factsOf({ operation, status, headers }: WebApiFailure): Facts {
  const requestId = headers.get('request-id') ?? headers.get('x-request-id');
  return { operation, status, ...(requestId && { requestId: requestId.slice(0, 100) }) };
}
