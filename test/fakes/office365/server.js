/*
 * A Microsoft 365 that is none: Graph v1.0 over HTTP for contacts and calendars, for tests, `npm run demo` and `npm run bench`.
 * It is stricter than friendly; what it lacks, our connector does not use. Tokens are those of the stand-in in ../oauth.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pass } from 'node:timers/promises';
import { Listener } from '../web/listener.js';
import { answerWith, bodyOf, Troubles } from '../web/troubles.js';
import { isMove, operationOf, perform } from './operations.js';
import { Mailbox } from './mailbox.js';
import { readPreferences } from './query.js';
import { GraphError, WrongRequest } from './refusal.js';

/** @import { FakeOAuth } from '../oauth/server.js' */
/** @import { Trouble } from '../web/troubles.js' */

/**
 * @typedef {object} Options
 * @property {Pick<FakeOAuth, 'holderOf' | 'accounts'>} oauth whose tokens count, and whose accounts have mailboxes
 * @property {Record<string, { language?: 'en' | 'fr', noMailbox?: boolean }>} [mailboxes] by e-mail address, what is special
 * @property {number} [port] 0 takes a free one
 * @property {Partial<Ways>} [ways]
 * @property {boolean} [forgetBodies] keeps nothing of what requests hold, for long runs
 * @property {(mailbox: Mailbox) => void} [worked] called after each request
 */

/**
 * What the service may do one way or another; can be changed at any time (`fake.ways`).
 * @typedef {object} Ways
 * @property {number} pageLimit most things of a page, whatever is asked
 * @property {number} tokenCharacters least length of a token of a delta query
 * @property {boolean} emptyPages a page without anything before each that holds something
 * @property {boolean} trailingPage the last page of a round is empty
 * @property {boolean} replay changes come twice
 * @property {'gone' | 'resync' | 'bad-request'} expiry how an old token is refused: 410, 410 with a place to start, 400
 * @property {boolean} deltaExpands `$expand` in a delta query; else it breaks (500)
 * @property {boolean} wellKnownName `contactFolders/contacts` is the default one
 * @property {boolean} findsDeleted what lies in Deleted Items is found by its immutable id
 * @property {boolean} ignoresIfMatch the last writer wins
 * @property {412 | 409} conflictStatus
 * @property {number} mostAtOnce of one mailbox
 * @property {number} ms a request takes at least
 * @property {boolean} fixedOrder answers of a batch come as they were asked for
 */

/** @type {Ways} */
const usual = {
  ...{ pageLimit: 500, tokenCharacters: 400, emptyPages: false, trailingPage: true, replay: false },
  ...{
    expiry: 'gone',
    deltaExpands: false,
    wellKnownName: true,
    findsDeleted: true,
    ignoresIfMatch: false,
    conflictStatus: 412,
  },
  ...{ mostAtOnce: 4, ms: 1, fixedOrder: false },
};

/**
 * @typedef {object} Recorded
 * @property {string} operation as operations.js calls it; of a batch that of its parts
 * @property {string} method
 * @property {string} path decoded, without the version
 * @property {string} url as it came
 * @property {string} user e-mail address
 * @property {import('node:http').IncomingHttpHeaders} headers without the token
 * @property {any} body
 * @property {{ operation: string, prefer: string | undefined, url: string }[]} parts of a batch
 * @property {number} status 0 when no answer was given
 */

/** What went wrong with requests in this process: unknown names, types, parameters. See office365-requests.ts. @type {string[]} */
export const wrongRequests = [];

/** @param {Options} options @returns {Promise<FakeGraph>} */
export async function startFakeGraph(options) {
  const fake = new FakeGraph(options);
  await fake.listen(options.port ?? 0);
  return fake;
}

export class FakeGraph {
  /** @type {Recorded[]} */
  requests = [];
  /** Tokens it did not take. */
  refusedTokens = 0;
  /** @type {Map<string, Mailbox>} */
  #mailboxes = new Map();
  /** Requests in work, by mailbox. @type {Map<string, number>} */
  #busy = new Map();
  /** Of one mailbox, at most. */
  mostAtOnce = 0;
  #troubles = new Troubles();
  /** Of parts of batches. */
  #parts = new Troubles();

  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    this.ways = { ...usual, ...options.ways };
    for (const { email, name, oid } of options.oauth.accounts) {
      const special = options.mailboxes?.[email];
      this.#mailboxes.set(email, new Mailbox({ email, displayName: name, id: oid, ...special }));
    }
    this.listener = new Listener((request, response) => this.#take(request, response));
  }

  /** @param {number} port */
  listen(port) {
    return this.listener.listen(port);
  }
  get origin() {
    return this.listener.origin;
  }
  get port() {
    return this.listener.port;
  }
  get openSockets() {
    return this.listener.openSockets;
  }
  close() {
    return this.listener.close();
  }

  /** Settings of an installation that uses this server. @returns {Record<string, string>} */
  get env() {
    return { MICROSOFT_GRAPH_URL: this.origin };
  }

  /** @param {string} [email] the first one's unless told @returns {Mailbox} */
  mailbox(email = this.options.oauth.accounts[0].email) {
    const mailbox = this.#mailboxes.get(email);
    if (!mailbox) throw new Error(`no mailbox ${email}`);
    return mailbox;
  }

  /** @param {Trouble} trouble `operation` as operations.js calls it, or `batch` @returns {{ happened: number }} */
  trouble(trouble) {
    return this.#troubles.add(trouble);
  }

  /** Of single parts of batches, while the batch itself goes well: of kind `http` or `before`. @param {Trouble} trouble @returns {{ happened: number }} */
  troubleOfPart(trouble) {
    return this.#parts.add(trouble);
  }

  /** All is well again. */
  heal() {
    this.#troubles.heal();
    this.#parts.heal();
  }

  /** @param {string} [operation] @returns {Recorded[]} */
  asked(operation) {
    return this.requests.filter((request) => !operation || request.operation === operation);
  }

  async #take(request, response) {
    const requestId = randomUUID();
    response.setHeader('request-id', requestId);
    response.setHeader('client-request-id', request.headers['client-request-id'] ?? requestId);
    const text = await bodyOf(request);
    const holder = this.options.oauth.holderOf(request.headers.authorization);
    if (!holder) {
      this.refusedTokens++;
      response.setHeader(
        'WWW-Authenticate',
        'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"',
      );
      return answerWith(response, null, () =>
        refused(new GraphError(401, 'InvalidAuthenticationToken'), requestId),
      );
    }
    const { email } = holder.account;
    const now = (this.#busy.get(email) ?? 0) + 1;
    this.#busy.set(email, now);
    this.mostAtOnce = Math.max(this.mostAtOnce, now);
    response.on('close', () => this.#busy.set(email, this.#busy.get(email) - 1));
    // So that those who come together are seen together.
    if (this.ways.ms > 0) await pass(this.ways.ms);
    const asked = this.#read(request, text);
    const batch = asked.isBatch ? this.#partsOf(asked.body) : [];
    const operations = new Set(batch.map(({ operation }) => operation));
    const operation = !asked.isBatch ? asked.operation : operations.size === 1 ? [...operations][0] : 'batch';
    const { authorization, ...headers } = request.headers;
    const recorded = {
      ...{
        operation,
        method: request.method,
        path: asked.path,
        url: request.url,
        user: email,
        headers,
        status: 0,
      },
      body: this.options.forgetBodies ? null : asked.body,
      parts: batch.map(({ operation: of, headers: { Prefer, prefer } = {}, url }) => ({
        operation: of,
        prefer: Prefer ?? prefer,
        url,
      })),
    };
    this.requests.push(recorded);
    const trouble = this.#troubles.of(operation);
    recorded.status = await answerWith(response, trouble, async () => {
      try {
        if (now > this.ways.mostAtOnce)
          throw new GraphError(429, 'ApplicationThrottled', undefined, { 'Retry-After': '10' });
        return asked.isBatch ? await this.#batch(asked, batch, holder, requestId) : this.#work(asked, holder);
      } catch (error) {
        return refused(error, requestId, recorded);
      } finally {
        this.options.worked?.(this.mailbox(email));
      }
    });
    return recorded.status;
  }

  /** What is asked, of a request or of a part of a batch. */
  #read({ method, url, headers }, text) {
    const [pathname, search = ''] = splitOnce(url, '?');
    const isVersioned = pathname.startsWith('/v1.0/');
    const path = isVersioned ? pathname.slice('/v1.0'.length) : pathname;
    const segments = segmentsOf(path);
    const isBatch = isVersioned && path === '/$batch';
    const body = text === undefined || text === '' ? null : parsed(text);
    const operation = isVersioned ? operationOf(method, segments, search) : 'other';
    return {
      ...{ method, search, headers, segments, isVersioned, isBatch, path: `/${segments.join('/')}`, body },
      operation: operation === 'update' && isMove(body) ? 'move' : operation,
      type: headers['content-type'] ?? '',
    };
  }

  #work(asked, { account, scopes }) {
    const { method, body, type, isVersioned } = asked;
    if (!isVersioned) throw new GraphError(404, 'ResourceNotFound', 'Resource not found for the segment.');
    if (['POST', 'PATCH'].includes(method) && (!/^application\/json\b/i.test(type) || body === undefined))
      throw new WrongRequest(
        'BadRequest',
        'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
      );
    const prefers = readPreferences(asked.headers.prefer);
    const base = `${this.origin}/v1.0`;
    return perform(asked, { mailbox: this.mailbox(account.email), ways: this.ways, scopes, prefers, base });
  }

  /** @returns {any[]} with the operation of each, as far as it can be read */
  #partsOf(body) {
    const parts = Array.isArray(body?.requests) ? body.requests : [];
    return parts.map((part) => {
      const asked = this.#read(
        {
          method: part.method,
          url: `/v1.0/${String(part.url).replace(/^\//, '')}`,
          headers: lowered(part.headers),
        },
        undefined,
      );
      return { ...part, operation: asked.operation, asked: { ...asked, body: part.body ?? null } };
    });
  }

  /** Answers come in no order one could rely on. */
  async #batch({ method, type }, parts, holder, requestId) {
    if (method !== 'POST' || !/^application\/json\b/i.test(type))
      throw new WrongRequest('BadRequest', 'Invalid batch payload format.');
    if (parts.length === 0 || parts.length > 20)
      throw new WrongRequest(
        'BadRequest',
        `Invalid batch payload format: ${parts.length} requests, 1 to 20 are allowed.`,
      );
    if (
      new Set(parts.map(({ id }) => id)).size < parts.length ||
      parts.some(({ id }) => typeof id !== 'string' || id === '')
    )
      throw new WrongRequest('BadRequest', 'Request ids must be texts, and unique in a batch.');
    const statuses = new Map();
    const responses = [];
    for (const part of parts) {
      const response = await this.#part(part, statuses, holder, requestId);
      statuses.set(part.id, response.status);
      responses.push(response);
    }
    return { status: 200, body: { responses: this.ways.fixedOrder ? responses : responses.reverse() } };
  }

  async #part({ id, operation, asked, dependsOn = [] }, statuses, holder, requestId) {
    const trouble = this.#parts.of(operation);
    if (trouble?.kind === 'before') await trouble.run?.();
    const work = () => {
      if (dependsOn.some((other) => !(statuses.get(other) < 300)))
        throw new GraphError(424, 'FailedDependency', 'Failed Dependency');
      if (trouble?.kind === 'http')
        return { status: trouble.status ?? 503, headers: trouble.headers, body: trouble.body };
      return this.#work(asked, holder);
    };
    try {
      const { status, headers = {}, body } = work();
      return {
        id,
        status,
        headers: { ...(body && { 'Content-Type': 'application/json' }), ...headers },
        ...(body && { body }),
      };
    } catch (error) {
      const { status, headers, body } = refused(error, requestId, { method: asked.method, url: asked.path });
      return { id, status, headers: { 'Content-Type': 'application/json', ...headers }, body };
    }
  }
}

/** @param {unknown} error @param {string} requestId @param {{ method: string, url: string }} [request] @throws what is no refusal */
function refused(error, requestId, request) {
  if (!(error instanceof GraphError)) throw error;
  if (error instanceof WrongRequest && request)
    wrongRequests.push(`${request.method} ${request.url}: ${error.message}`);
  return { status: error.status, headers: error.headers, body: error.bodyFor(requestId) };
}

/** The body of a refusal, for troubles of kind `http`. @param {string} code @param {string} [message] */
export function refusalBody(code, message) {
  return new GraphError(0, code, message).bodyFor(randomUUID());
}

/** `/me/contactFolders('a%2Fb')/contacts` as `['me', 'contactFolders', 'a/b', 'contacts']` */
function segmentsOf(path) {
  return path
    .replace(/\('([^']*)'\)/g, '/$1')
    .split('/')
    .filter(Boolean)
    .map((segment) => {
      try {
        return decodeURIComponent(segment);
      } catch {
        return segment;
      }
    });
}

function splitOnce(text, mark) {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function lowered(headers = {}) {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
