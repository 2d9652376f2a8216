/* What goes wrong on purpose at the stand-ins that speak JSON over HTTP. */

/** @import { IncomingMessage, ServerResponse } from 'node:http' */

/**
 * `http`: answers `status` without doing it. `html`: a sign-in page with status 200. `redirect`: 302 to `location`. `lost`: not
 * done, and no word. `hang`: no answer. `drop`: done, and no word of it. `cut`: the socket closes in the middle of the answer.
 * `truncated`: the answer ends in the middle and looks whole to HTTP. `huge`: 25 MB of white space around it. `bomb`: nested a
 * hundred thousand deep. `lie`: `change` alters the answer. `before`: runs something first, and goes on.
 * @typedef {'http' | 'html' | 'redirect' | 'lost' | 'hang' | 'drop' | 'cut' | 'truncated' | 'huge' | 'bomb' | 'lie' | 'before'} TroubleKind
 *
 * @typedef {object} Trouble
 * @property {TroubleKind} kind
 * @property {string | readonly string[]} [operation] only of this one, or of these
 * @property {number} [skip] lets so many through first
 * @property {number} [times] then happens so often; Infinity unless told
 * @property {number} [status] of `http`; 503 unless told
 * @property {Record<string, string>} [headers] of `http`
 * @property {unknown} [body] of `http`, as JSON; a page of HTML unless told
 * @property {string} [location] of `redirect`
 * @property {(body: any) => any} [change] of `lie`
 * @property {() => unknown} [run] of `before`; may be a promise
 */

export class Troubles {
  /** @type {(Trouble & { skip: number, times: number, happened: number })[]} */
  #known = [];

  /** @param {Trouble} trouble @returns {{ happened: number }} counts how often it did */
  add(trouble) {
    const known = { skip: 0, times: Infinity, happened: 0, ...trouble };
    this.#known.push(known);
    return known;
  }

  heal() {
    this.#known = [];
  }

  /** @param {string} operation */
  of(operation) {
    for (const trouble of this.#known) {
      if (trouble.operation && ![trouble.operation].flat().includes(operation)) continue;
      if (trouble.skip-- > 0) continue;
      if (trouble.happened >= trouble.times) continue;
      trouble.happened++;
      return trouble;
    }
    return null;
  }
}

/**
 * Answers in its time, with what the trouble makes of it.
 * @param {ServerResponse} response @param {Trouble | null} trouble
 * @param {() => { status: number, body?: unknown, headers?: Record<string, string> } | Promise<{ status: number, body?: unknown, headers?: Record<string, string> }>} work
 * @returns {Promise<number>} the status, 0 for none
 */
export async function answerWith(response, trouble, work) {
  if (trouble?.kind === 'before') await trouble.run?.();
  const early = trouble && beforeWork[trouble.kind];
  if (early) return early(response, trouble);
  const { status, body, headers } = await work();
  const told = trouble?.kind === 'lie' && status < 300 ? trouble.change?.(body) : body;
  const text = told === undefined ? '' : JSON.stringify(told, null, 2);
  const late = trouble && afterWork[trouble.kind];
  if (late) return late(response, text);
  return sendJson(response, status, text, headers);
}

/** @type {Record<string, (response: ServerResponse, trouble: Trouble) => number>} */
const beforeWork = {
  http: (response, { status = 503, headers = {}, body }) =>
    body === undefined
      ? send(response, status, '<html><body>Service unavailable</body></html>', 'text/html', headers)
      : sendJson(response, status, JSON.stringify(body), headers),
  html: (response) =>
    send(response, 200, '<!DOCTYPE html><html><form><input type="password"></form></html>', 'text/html'),
  redirect: (response, { location = 'https://elsewhere.example/' }) =>
    send(response, 302, '', 'text/html', { Location: location }),
  hang: () => 0,
  lost: (response) => {
    response.destroy();
    return 0;
  },
  bomb: (response) => sendJson(response, 200, '['.repeat(100_000)),
};

/** @type {Record<string, (response: ServerResponse, text: string) => number>} */
const afterWork = {
  drop: (response) => {
    response.destroy();
    return 0;
  },
  cut: (response, text) => {
    const whole = Buffer.from(text);
    response.writeHead(200, { 'Content-Type': json, 'Content-Length': whole.length });
    response.write(whole.subarray(0, whole.length >> 1), () => response.destroy());
    return 200;
  },
  truncated: (response, text) => sendJson(response, 200, text.slice(0, text.length >> 1)),
  huge: (response, text) => sendJson(response, 200, text + '\n'.repeat(25 * 1024 * 1024)),
};

const json = 'application/json; charset=utf-8';

/** @param {ServerResponse} response @param {number} status @param {string} text @param {Record<string, string>} [headers] */
export function sendJson(response, status, text, headers = {}) {
  return send(response, status, text, json, headers);
}

/** @param {ServerResponse} response @param {number} status @param {string} text @param {string} type @param {Record<string, string>} [headers] */
export function send(response, status, text, type, headers = {}) {
  const bytes = Buffer.from(text);
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': bytes.length, ...headers });
  response.end(bytes);
  return status;
}

/** @param {IncomingMessage} request */
export async function bodyOf(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}
