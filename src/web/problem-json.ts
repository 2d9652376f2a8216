import { type Request, type Response } from 'express';
import { type DomainError, type MessageValues } from '../errors/domain-error.js';
import { ApiError } from './api-error.js';
import { chooseLocale, Words } from './words.js';

/** What an error is, as the filter of all errors found it. */
export interface Described {
  status: number;
  key: string;
  values?: MessageValues;
}

/** Programs choose the language of sentences by `Accept-Language`; no cookie counts here. */
export function apiWordsOf(request: Request): Words {
  return Words.for(chooseLocale(request.headers['accept-language']), 'UTC');
}

/**
 * True when the answer is to be bare text, for a telephone system that shows what it gets: `?format=text`, or an `Accept` that takes text
 * and no JSON.
 */
export function wantsText(request: Request): boolean {
  return request.query['format'] === 'text' || request.accepts(['json', 'text']) === 'text';
}

/** Answers an error as RFC 9457 says. What takes text alone gets none: it would be shown as somebody's name. */
export function sendProblem(
  request: Request,
  response: Response,
  publicUrl: string,
  error: unknown,
  { status, key, values }: Described,
): void {
  const words = apiWordsOf(request);
  const known = error instanceof ApiError ? error : null;
  const code = known?.code ?? codes.get(status) ?? (status < 500 ? 'bad-request' : 'unexpected');
  response.status(status).set('Cache-Control', 'no-store').set('X-Problem', code);
  response.vary('Accept, Accept-Language, Authorization');
  for (const [name, value] of Object.entries(known?.more.headers ?? {})) response.set(name, value);
  // What is still on its way would be taken for the next request.
  if (!request.complete) response.set('Connection', 'close');
  if (wantsText(request)) {
    response.type('text/plain').send('');
    return;
  }
  const own = `api-docs.problem.${code}`;
  const told = known !== null || !/^common\.error\./.test(key);
  response.set('Content-Type', 'application/problem+json; charset=utf-8').send(
    JSON.stringify({
      type: `${publicUrl}/api/docs#problem-${code}`,
      title: words.t(`api-docs.problem.${code}.title`),
      status,
      detail: words.t(told && words.has(key) ? key : own, values),
      requestId: request.requestId,
      ...known?.more.members,
    }),
  );
}

/** Of errors that are not the API's own. */
const codes = new Map<DomainError['status'], string>([
  [403, 'forbidden'],
  [404, 'not-found'],
  [410, 'not-found'],
  [422, 'refused'],
  [429, 'too-many'],
  [503, 'unavailable'],
]);
