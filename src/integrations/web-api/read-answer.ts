import { NotTheService, ProviderBusy } from '../provider-errors.js';

/**
 * The JSON of an answer; null where it has none.
 * @throws NotTheService (a redirect, something else than JSON where all went well or was refused), ProviderBusy (too long, cut)
 */
export async function readAnswer(
  response: Response,
  operation: string,
  limitBytes: number,
): Promise<unknown> {
  const { status } = response;
  if (status >= 300 && status < 400) {
    await response.body?.cancel();
    throw new NotTheService({ operation, status, code: 'REDIRECT' });
  }
  const text = await textOf(response, operation, limitBytes);
  if (text === '') return null;
  if (isJson(response)) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw new ProviderBusy({ operation, status, code: 'ANSWER_CUT' });
    }
  }
  // A proxy's page of 502, a refusal without a reason: its status says enough.
  if (status >= 500 || status === 401 || status === 429) return null;
  throw new NotTheService({ operation, status, code: 'NO_JSON' });
}

async function textOf(response: Response, operation: string, limitBytes: number): Promise<string> {
  if (!response.body) return '';
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += piece.length;
    // Leaving the loop cancels the rest.
    if (bytes > limitBytes) throw new ProviderBusy({ operation, code: 'ANSWER_TOO_LONG' });
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function isJson({ headers }: Response): boolean {
  return /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(headers.get('content-type') ?? '');
}
