import { lookup } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isListed, type ListedHost } from '../../config/listed-hosts.js';
import { limits } from '../../config/limits.js';
import { isNeverReached } from '../../integrations/exchange/address-classes.js';

/** Why a recording was not had; the sentence is `recordings.problem.<word>`. */
export const recordingProblems = [
  ...(['address', 'credentials', 'not-listed', 'redirect', 'too-large'] as const),
  ...(['not-found', 'not-allowed', 'refused', 'busy', 'no-answer', 'too-slow', 'certificate'] as const),
  ...(['empty', 'not-audio', 'cut'] as const),
];
export type RecordingProblemWord = (typeof recordingProblems)[number];

/** Asking again changes nothing about these. */
const lasting: readonly RecordingProblemWord[] = [
  ...(['address', 'credentials', 'not-listed', 'redirect', 'too-large'] as const),
];

/** Says nothing of the address: it may hold what lets somebody in. */
export class RecordingProblem extends Error {
  constructor(readonly word: RecordingProblemWord) {
    super(`recording not had: ${word}`);
  }

  get isLasting(): boolean {
    return lasting.includes(this.word);
  }
}

export interface RecordingLimits {
  connectMs: number;
  wholeMs: number;
  bytes: number;
}

export const recordingLimits: RecordingLimits = {
  ...{ connectMs: 10_000, wholeMs: 60_000, bytes: limits.recordingBytes },
};

/** @throws RecordingProblem where an address may not be asked at all */
export function recordingAddress(text: string, listed: readonly ListedHost[]): URL {
  if (!URL.canParse(text)) throw new RecordingProblem('address');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new RecordingProblem('address');
  if (url.username !== '' || url.password !== '') throw new RecordingProblem('credentials');
  if (!isListed(url, listed)) throw new RecordingProblem('not-listed');
  return url;
}

/**
 * The bytes at an address, whatever they are: of a listed host alone, without redirects, within limits of time and size.
 * @throws RecordingProblem, or the signal's reason
 */
export async function fetchRecording(
  url: URL,
  { connectMs, wholeMs, bytes }: RecordingLimits,
  signal: AbortSignal,
): Promise<Buffer> {
  signal.throwIfAborted();
  return new Promise<Buffer>((resolve, reject) => {
    const { request: begin } = url.protocol === 'http:' ? http : https;
    const request = begin(url, {
      ...{ agent: false, lookup: reachable, rejectUnauthorized: true },
      headers: { accept: 'audio/wav, audio/mpeg', 'accept-encoding': 'identity', 'user-agent': 'Carnet' },
    });
    const fail = (reason: unknown) => {
      settle();
      reject(reason as Error);
      request.destroy();
    };
    const abort = () => fail(signal.reason);
    const unconnected = setTimeout(() => fail(new RecordingProblem('no-answer')), connectMs);
    const slow = setTimeout(() => fail(new RecordingProblem('too-slow')), wholeMs);
    const settle = () => {
      clearTimeout(unconnected);
      clearTimeout(slow);
      signal.removeEventListener('abort', abort);
    };
    signal.addEventListener('abort', abort, { once: true });
    request.on('socket', (socket) =>
      socket.once(url.protocol === 'http:' ? 'connect' : 'secureConnect', () => clearTimeout(unconnected)),
    );
    request.on('response', (response) => {
      clearTimeout(unconnected);
      read(response, bytes).then((whole) => {
        settle();
        resolve(whole);
      }, fail);
    });
    // Also after it was settled, when the socket that is thrown away breaks.
    request.on('error', (error) => fail(problemOf(error)));
    request.end();
  });
}

async function read(response: http.IncomingMessage, most: number): Promise<Buffer> {
  const refused = problemOfStatus(response.statusCode ?? 0);
  if (refused) throw new RecordingProblem(refused);
  // Compressed, though that was not asked for: its size is not what was agreed on.
  if (!/^(identity)?$/i.test(response.headers['content-encoding'] ?? ''))
    throw new RecordingProblem('not-audio');
  if (Number(response.headers['content-length'] ?? 0) > most) throw new RecordingProblem('too-large');
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > most) throw new RecordingProblem('too-large');
      pieces.push(piece);
    }
  } catch (error) {
    throw error instanceof RecordingProblem ? error : new RecordingProblem('cut');
  }
  if (!response.complete) throw new RecordingProblem('cut');
  return Buffer.concat(pieces);
}

function problemOfStatus(status: number): RecordingProblemWord | null {
  if (status === 200) return null;
  if (status >= 300 && status < 400) return 'redirect';
  if (status === 404 || status === 410) return 'not-found';
  if (status === 401 || status === 403 || status === 407) return 'not-allowed';
  return status >= 500 || status === 408 || status === 429 ? 'busy' : 'refused';
}

function problemOf(error: Error & { code?: string }): RecordingProblem {
  if (error instanceof RecordingProblem) return error;
  return new RecordingProblem(
    /CERT|SIGNED|VERIFY|ISSUER|ALTNAME/.test(error.code ?? '') ? 'certificate' : 'no-answer',
  );
}

/** Names of listed hosts lead into private networks, but never to the machine's own neighbours (169.254.169.254). */
const reachable: LookupFunction = (host, options, answer) => {
  lookup(host, { ...options, all: true }, (error, found) => {
    if (error) return answer(error, []);
    if (found.length === 0 || found.some(({ address }) => isNeverReached(address)))
      return answer(new RecordingProblem('not-listed'), []);
    if (options.all) return answer(null, found);
    const [{ address }] = found;
    answer(null, address, isIP(address));
  });
};
