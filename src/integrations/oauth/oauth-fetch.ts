import { networkCodeOf } from '../network-code.js';
import { NotReachable, NotTheService, ProviderBusy, Throttled } from '../provider-errors.js';
import { readAnswer } from '../web-api/read-answer.js';
import { retryAfterMs } from '../web-api/retry-after.js';

const CALL_MS = 20_000;
const ANSWER_BYTES = 256 * 1024;

/** What the OAuth library asks to be sent. */
interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: RequestInit['body'];
}

/**
 * `fetch` for token services: secrets are in what is sent and in what comes back, so that nothing is followed elsewhere and
 * nothing of an answer gets into an error. @throws NotReachable, ProviderBusy, Throttled, NotTheService; the signal's reason
 */
export async function oauthFetch(
  operation: string,
  url: string,
  { method, headers, body }: Asked,
  signal: AbortSignal,
): Promise<Response> {
  signal.throwIfAborted();
  const slow = AbortSignal.timeout(CALL_MS);
  try {
    const response = await fetch(url, {
      ...{ method, headers, body, redirect: 'manual' },
      signal: AbortSignal.any([signal, slow]),
    });
    const { status } = response;
    const waitMs = retryAfterMs(response.headers.get('retry-after'));
    const answer = await readAnswer(response, operation, ANSWER_BYTES);
    if ((status === 429 || status === 503) && waitMs !== null)
      throw new Throttled(waitMs, { operation, status });
    if (status === 429 || status >= 500) throw new ProviderBusy({ operation, status });
    // Its headers are left out: a challenge among them would hide the error code of the body from the library.
    return Response.json(answer, { status });
  } catch (error) {
    signal.throwIfAborted();
    if (slow.aborted) throw new ProviderBusy({ operation, code: 'CALL_TIMEOUT' });
    const isOurs = [NotTheService, ProviderBusy, Throttled].some((ours) => error instanceof ours);
    throw isOurs ? error : new NotReachable({ operation, code: networkCodeOf(error) });
  }
}
