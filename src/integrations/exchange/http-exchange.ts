import http from 'node:http';
import https from 'node:https';
import { type LookupFunction, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { networkCodeOf } from '../network-code.js';
import { NotReachable, ProviderBusy, type ProviderError } from '../provider-errors.js';
import { type ExchangeNetwork, type HostAddress } from './exchange-network.js';

export interface HttpAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  text: string;
  /** It came over this one: NTLM signs sockets in, not requests. */
  socket: Socket;
}

export interface Posting {
  headers: Record<string, string>;
  body: string;
  /** Nothing is sent over any other. */
  over?: Socket;
  signal: AbortSignal;
}

/** The socket that was to be used is not there any more; nothing was sent. */
export class SocketGone extends Error {}

/** The connection broke, where it was used before: perhaps the server had hung up before it got anything. */
export class SocketBroke extends Error {
  constructor(readonly failure: ProviderError) {
    super(failure.message);
  }
}

/** One socket to one server, for one user: requests one after another, no redirects, limits of time and size. */
export class HttpExchange {
  private agent: http.Agent | https.Agent | null = null;
  /** Sockets that brought an answer. */
  private readonly used = new WeakSet<Socket>();

  constructor(
    private readonly network: ExchangeNetwork,
    private readonly url: URL,
  ) {}

  /** @throws NotReachable before there is a connection, ProviderBusy after; SocketGone, SocketBroke; the signal's reason */
  async post(posting: Posting): Promise<HttpAnswer> {
    const { signal } = posting;
    signal.throwIfAborted();
    this.agent ??= this.agentFor(await this.addresses(signal));
    return this.request(this.agent, posting);
  }

  close(): void {
    this.agent?.destroy();
    this.agent = null;
  }

  /** A resolver that does not answer holds nobody up for longer than a server that does not. */
  private addresses(signal: AbortSignal): Promise<HostAddress[]> {
    return withEnd(signal, this.network.limits.connectMs, (resolve, reject) => {
      this.network.addressesOf(this.url).then(resolve, reject);
      return () => undefined;
    });
  }

  private agentFor(addresses: HostAddress[]): http.Agent | https.Agent {
    const options = {
      keepAlive: true,
      maxSockets: 1,
      maxFreeSockets: 1,
      lookup: pinnedTo(addresses),
      autoSelectFamily: addresses.length > 1,
      autoSelectFamilyAttemptTimeout: 2_000,
    };
    if (this.url.protocol === 'http:') return new http.Agent(options);
    // Said outright: an environment variable could switch the check off otherwise.
    return new https.Agent({
      ...options,
      rejectUnauthorized: true,
      // A resumed session shows the certificate of before; NTLM is bound to the one the server has now.
      maxCachedSessions: 0,
      secureContext: this.network.secureContext,
    });
  }

  private request(agent: http.Agent, posting: Posting): Promise<HttpAnswer> {
    const { headers, body, over, signal } = posting;
    return withEnd(signal, this.network.limits.connectMs, (resolve, reject, connectedInTime) => {
      const { request: begin } = this.url.protocol === 'http:' ? http : https;
      const request = begin(this.url, { method: 'POST', agent, headers });
      let socket: Socket | null = null;
      let connected = false;
      const fail = (failure: Error) => {
        reject(failure);
        request.destroy();
      };
      const ready = () => {
        connected = true;
        connectedInTime();
        // Head and body leave only now: to a server whose certificate was checked, over the socket that was meant.
        request.end(body);
      };
      request.on('socket', (given) => {
        socket = given;
        if (over && given !== over) fail(new SocketGone());
        else if (isReady(given)) ready();
        else given.once(given instanceof TLSSocket ? 'secureConnect' : 'connect', ready);
      });
      request.on('response', (response) => {
        this.read(response).then(
          (text) => {
            this.used.add(socket!);
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text, socket: socket! });
          },
          (error: unknown) => fail(error instanceof ProviderBusy ? error : broken(error)),
        );
      });
      request.on('error', (error) => {
        if (!connected) return fail(new NotReachable({ code: networkCodeOf(error) }));
        return fail(socket && this.used.has(socket) ? new SocketBroke(broken(error)) : broken(error));
      });
      return () => request.destroy();
    });
  }

  /** Stops where an answer is longer than any can be. Cut ones end in an error of the stream. */
  private async read(response: http.IncomingMessage): Promise<string> {
    const pieces: Buffer[] = [];
    let bytes = 0;
    for await (const piece of response as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > this.network.limits.answerBytes) throw new ProviderBusy({ code: 'ANSWER_TOO_LONG' });
      pieces.push(piece);
    }
    if (!response.complete) throw new ProviderBusy({ code: 'ANSWER_CUT' });
    return Buffer.concat(pieces).toString('utf8');
  }
}

/**
 * A promise that ends: with the signal, or when nothing calls `inTime` for as long as a connection may take.
 * @param begin returns what stops the work
 */
function withEnd<T>(
  signal: AbortSignal,
  connectMs: number,
  begin: (resolve: (value: T) => void, reject: (reason: Error) => void, inTime: () => void) => () => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let stop: () => void = () => undefined;
    const end = (reason: unknown) => {
      settle();
      reject(reason as Error);
      stop();
    };
    const abort = () => end(signal.reason);
    const slow = setTimeout(() => end(new NotReachable({ code: 'CONNECT_TIMEOUT' })), connectMs);
    const settle = () => {
      clearTimeout(slow);
      signal.removeEventListener('abort', abort);
    };
    signal.addEventListener('abort', abort, { once: true });
    stop = begin(
      (value) => {
        settle();
        resolve(value);
      },
      (reason) => {
        settle();
        reject(reason);
      },
      () => clearTimeout(slow),
    );
  });
}

/** One that was used already, or whose connection was made while the request waited. */
function isReady(socket: Socket): boolean {
  return socket instanceof TLSSocket ? socket.authorized : !socket.connecting;
}

function pinnedTo(addresses: HostAddress[]): LookupFunction {
  return (_host, options, answer) => {
    if (options.all) answer(null, addresses);
    else answer(null, addresses[0].address, addresses[0].family);
  };
}

function broken(error: unknown): ProviderBusy {
  return new ProviderBusy({ code: networkCodeOf(error) });
}
