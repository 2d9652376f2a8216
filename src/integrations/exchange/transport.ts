import { randomUUID } from 'node:crypto';
import { type Socket } from 'node:net';
import { AuthorizationRevoked, NotTheService, ProviderBusy } from '../provider-errors.js';
import { channelBinding } from './channel-binding.js';
import { type ExchangeNetwork } from './exchange-network.js';
import { HttpExchange, SocketBroke, SocketGone, type HttpAnswer } from './http-exchange.js';
import { authenticateMessage, negotiateMessage, readLogin, type Login } from './ntlm.js';

export type AuthScheme = 'ntlm' | 'basic';

export interface Credentials {
  username: string;
  password: string;
}

/**
 * Posts as one signed-in user over one socket that nobody else ever uses. A password is tried once; where a server forgot
 * that it had let us in, once more: domains lock people out after a few wrong ones.
 */
export class ExchangeTransport {
  private readonly http: HttpExchange;
  private readonly isSecret: boolean;
  private readonly login: Login;
  /** The one NTLM let in; requests over it need no more proof. */
  private signedIn: Socket | null = null;
  private refusal: AuthorizationRevoked | null = null;
  /** The last proof named the certificate we saw: it may be that, not the password, which is refused. */
  private bound = false;

  /** @param scheme null asks the server */
  constructor(
    private readonly network: ExchangeNetwork,
    private readonly url: URL,
    private readonly credentials: Credentials,
    public scheme: AuthScheme | null,
    private readonly signal: AbortSignal,
  ) {
    this.http = new HttpExchange(network, url);
    this.isSecret = url.protocol === 'https:';
    this.login = readLogin(credentials.username);
  }

  /**
   * @param repeatable may be done twice: sent again where a socket that was left open turns out to be closed
   * @returns an answer of any status but 401
   * @throws NotReachable, ProviderBusy, NotTheService, AuthorizationRevoked, or the signal's reason
   */
  async post(body: string, repeatable: boolean): Promise<HttpAnswer> {
    // Nothing more is asked with a password that was refused.
    if (this.refusal) throw this.refusal;
    const call = new AbortController();
    const abort = () => call.abort(this.signal.reason);
    if (this.signal.aborted) abort();
    this.signal.addEventListener('abort', abort, { once: true });
    const slow = setTimeout(
      () => call.abort(new ProviderBusy({ code: 'CALL_TIMEOUT' })),
      this.network.limits.callMs,
    );
    try {
      return await this.signedInPost(body, call.signal).catch((error: unknown) => {
        if (!(error instanceof SocketBroke)) throw error;
        if (!repeatable) throw error.failure;
        this.signedIn = null;
        return this.signedInPost(body, call.signal);
      });
    } catch (error) {
      this.signedIn = null;
      throw error instanceof SocketBroke ? error.failure : error;
    } finally {
      clearTimeout(slow);
      this.signal.removeEventListener('abort', abort);
    }
  }

  close(): void {
    this.http.close();
    this.signedIn = null;
  }

  private async signedInPost(body: string, signal: AbortSignal): Promise<HttpAnswer> {
    this.scheme ??= await this.offered(signal);
    const answer =
      this.scheme === 'basic' ? await this.basicPost(body, signal) : await this.ntlmPost(body, signal);
    if (answer.status !== 401) return answer;
    this.refusal = new AuthorizationRevoked('sign-in', {
      status: 401,
      ...(this.bound && { channelBinding: 'sent' }),
    });
    throw this.refusal;
  }

  /** Asks without a password, and with nothing to do, what it takes; NTLM before Basic. */
  private async offered(signal: AbortSignal): Promise<AuthScheme> {
    const answer = await this.http.post({ headers: headers(), body: '', signal });
    const schemes = schemesOf(answer);
    if (answer.status !== 401) throw new NotSignedInHere(answer);
    if (schemes.includes('ntlm')) return 'ntlm';
    if (schemes.includes('basic')) return 'basic';
    throw new NotTheService({ status: 401, code: 'SIGN_IN_METHODS' });
  }

  private basicPost(body: string, signal: AbortSignal): Promise<HttpAnswer> {
    // A password itself goes over no open line, also where the operator lets http be spoken: NTLM shows none.
    if (!this.isSecret) return Promise.reject(new NotTheService({ status: 401, code: 'SIGN_IN_METHODS' }));
    const { username, password } = this.credentials;
    const proof = Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
    return this.http.post({ headers: headers({ authorization: `Basic ${proof}` }), body, signal });
  }

  private async ntlmPost(body: string, signal: AbortSignal): Promise<HttpAnswer> {
    if (this.signedIn) {
      const answer = await this.over(this.signedIn, {}, body, signal);
      if (answer && answer.status !== 401) return answer;
    }
    // Twice, where the socket closed before anything was proved over it.
    for (let round = 0; round < 2; round++) {
      const answer = await this.handshake(body, signal);
      if (answer) return answer;
    }
    throw new ProviderBusy({ code: 'SOCKET_CLOSED_IN_SIGN_IN' });
  }

  private async handshake(body: string, signal: AbortSignal): Promise<HttpAnswer | null> {
    this.signedIn = null;
    const asked = await this.http.post({
      headers: headers({ authorization: negotiateMessage() }),
      body: '',
      signal,
    });
    if (asked.status !== 401) throw new NotSignedInHere(asked);
    const host = this.url.hostname.replace(/^\[|\]$/g, '');
    const binding = channelBinding(asked.socket);
    const proof = authenticateMessage(challengeOf(asked), this.login, this.credentials.password, {
      ...{ host, binding },
    });
    this.bound = proof !== null && binding !== null;
    if (proof === null) {
      // It no longer takes NTLM: what it takes is asked the next time.
      const basic = schemesOf(asked).includes('basic');
      if (!basic) throw new NotTheService({ status: 401, code: 'SIGN_IN_METHODS' });
      this.scheme = 'basic';
      return this.basicPost(body, signal);
    }
    const answer = await this.over(asked.socket, { authorization: proof }, body, signal);
    if (answer && answer.status !== 401) this.signedIn = answer.socket;
    return answer;
  }

  /** null when that socket is closed; then nothing was sent. */
  private async over(
    socket: Socket,
    more: Record<string, string>,
    body: string,
    signal: AbortSignal,
  ): Promise<HttpAnswer | null> {
    if (socket.destroyed) return null;
    try {
      return await this.http.post({ headers: headers(more), body, over: socket, signal });
    } catch (error) {
      if (error instanceof SocketGone) return null;
      throw error;
    }
  }
}

/** Answered without asking who we are: no place where passwords are shown. What it is, its answer may tell. */
export class NotSignedInHere extends Error {
  constructor(readonly answer: HttpAnswer) {
    super(`status ${answer.status}`);
  }
}

function headers(more: Record<string, string> = {}): Record<string, string> {
  return {
    'content-type': 'text/xml; charset=utf-8',
    accept: 'text/xml',
    'user-agent': 'Carnet',
    'client-request-id': randomUUID(),
    'return-client-request-id': 'true',
    ...more,
  };
}

/** In small letters. Several may stand in one line, parted by commas that also part parameters. */
function schemesOf({ headers: { 'www-authenticate': lines } }: HttpAnswer): string[] {
  return (lines ?? '').split(',').map((part) => part.trim().split(/\s/)[0].toLowerCase());
}

function challengeOf({ headers: { 'www-authenticate': lines } }: HttpAnswer): string {
  return /(?:^|,)\s*(NTLM [^,\s]+)/i.exec(lines ?? '')?.[1].replace(/^ntlm/i, 'NTLM') ?? '';
}
