/*
 * An Exchange server that is none: EWS over HTTP as the real one speaks it, for tests, `npm run demo` and `npm run bench`.
 * It is stricter than friendly; what it lacks, our connector does not use.
 */
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { autodiscoverAnswer } from './autodiscover.js';
import { bindingOf } from './extended-protection.js';
import { bomb, loginPage, padding } from './nuisances.js';
import { Mailbox } from './mailbox.js';
import { Fault, perform, Refusal, valueNodes, versions } from './operations.js';
import { SignIns } from './sign-in.js';
import { child, e, namespaces, parseXml, plain, soap, styles, t, writeXml, XmlError } from './xml.js';

/** @import { Account } from './sign-in.js' */

/**
 * @typedef {object} Options
 * @property {{ email: string, password: string, domain?: string, login?: string, language?: 'en' | 'fr', noMailbox?: boolean }[]} users
 * @property {keyof typeof builds} [version] what the server is
 * @property {('NTLM' | 'Basic')[]} [auth] what it offers
 * @property {'localhost' | 'elsewhere'} [tls] https with the certificate of that name
 * @property {boolean} [extendedProtection] with `tls`: NTLM has to name the certificate of this server
 * @property {number} [port] 0 takes a free one
 * @property {boolean} [defaultDomain] takes a login name alone
 * @property {number} [lockOutAfter] wrong passwords that lock an account
 * @property {number} [pageLimit] most changes of contacts a page, whatever is asked
 * @property {number} [treePage] most changes of folders a page
 * @property {number} [stateBytes] least length of a sync state
 * @property {boolean} [emptyLastPage] a page that ends with the last change says there is more
 * @property {number} [style] one way of writing prefixes; else they change with each answer
 * @property {boolean} [forgetBodies] keeps no bodies of requests, for long runs
 * @property {(mailbox: Mailbox) => void} [worked] called after each request
 */

/**
 * @typedef {object} Recorded
 * @property {string} operation
 * @property {string} user e-mail address
 * @property {string} body as it came
 * @property {number} status of the answer
 * @property {number} items how many things it named
 * @property {number} ms own time of the server
 * @property {string | null} trouble what it was made to suffer
 */

/**
 * What goes wrong on purpose. `busy`: the whole request is refused with ErrorServerBusy. `code`: refused with `code`, as a
 * fault of the request or, with `at`, as the message of that place (-1: all). `http`: that `status`. `cut`: the socket closes
 * in the middle of the answer; `truncated`: the answer ends in the middle and looks whole to HTTP. `drip`: a byte at a time.
 * `hang`: no answer. `html`: a sign-in page with status 200. `redirect`: 302 to `location`. `drop`: done, and no word of it.
 * `lost`: not done, and no word. `bomb`: a DOCTYPE with entities. `huge`: 25 MB. `before`: runs something first, and goes on.
 * @typedef {'busy' | 'code' | 'http' | 'cut' | 'truncated' | 'drip' | 'hang' | 'html' | 'redirect' | 'drop' | 'lost' | 'bomb' | 'huge' | 'before'} TroubleKind
 *
 * @typedef {object} Trouble
 * @property {TroubleKind} kind
 * @property {string} [operation] only of this one
 * @property {string} [user] only of this e-mail address
 * @property {number} [skip] lets so many through first
 * @property {number} [times] then happens so often; Infinity unless told
 * @property {number} [backOffMs] of `busy`
 * @property {string} [code] of `code`
 * @property {number} [at] of `code`
 * @property {number} [status] of `http`
 * @property {Record<string, string>} [headers] of `http`
 * @property {string} [location] of `redirect`
 * @property {(mailbox: Mailbox) => void | Promise<void>} [run] of `before`
 */

const builds = {
  Exchange2007_SP1: [8, 1, 436, 0, 'Exchange2007_SP1'],
  Exchange2010: [14, 0, 694, 0, 'Exchange2010'],
  Exchange2010_SP1: [14, 1, 438, 0, 'Exchange2010_SP1'],
  Exchange2010_SP2: [14, 3, 513, 0, 'Exchange2010_SP2'],
  Exchange2013: [15, 0, 775, 38, 'V2_23'],
  Exchange2013_SP1: [15, 0, 1497, 48, 'V2_23'],
  Exchange2016: [15, 1, 2507, 39, 'V2017_07_11'],
  Exchange2019: [15, 2, 1544, 11, 'V2017_07_11'],
};

const certificates = path.join(path.dirname(fileURLToPath(import.meta.url)), 'certs');

/** Requests of this process, each once, kept for a check against the schema where one is at hand (`EWS_SCHEMA_DIR`). @type {Set<string>} */
export const sentRequests = new Set();

/** PEM file of the CA that `tls` servers are signed by. */
export const caFile = path.join(certificates, 'ca.pem');

/** @param {Options} options @returns {Promise<FakeExchange>} */
export async function startFakeExchange(options) {
  const fake = new FakeExchange(options);
  await fake.listen(options.port ?? 0);
  return fake;
}

export class FakeExchange {
  /** @type {Recorded[]} */
  requests = [];
  /** Requests in work now and most at once, over all mailboxes. */
  atOnce = { now: 0, most: 0 };
  /** Own time of the server over all requests. */
  ms = 0;
  /** What Autodiscover does: null answers with the settings. @type {{ redirectAddr?: string, redirectUrl?: string, error?: boolean } | null} */
  autodiscover = null;
  /** @type {Trouble[]} */
  #troubles = [];
  /** @type {Map<string, Mailbox>} */
  #mailboxes = new Map();
  /** @type {Set<import('node:net').Socket>} */
  #sockets = new Set();
  #answers = 0;

  /** @param {Options} options */
  constructor(options) {
    this.options = {
      ...{ version: 'Exchange2019', auth: ['NTLM', 'Basic'], defaultDomain: false, lockOutAfter: 5 },
      ...{ pageLimit: 512, treePage: 512, stateBytes: 400, emptyLastPage: false, forgetBodies: false },
      ...options,
    };
    /** @type {Account[]} */
    this.accounts = options.users.map(({ email, password, domain = 'NORD', login, noMailbox }) => ({
      ...{ email, password, domain, login: login ?? email.split('@')[0], failures: 0, noMailbox },
    }));
    for (const { email, language } of options.users)
      this.#mailboxes.set(email, new Mailbox({ email, language }));
    const { auth, defaultDomain, lockOutAfter } = this.options;
    const pair = options.tls && {
      key: readFileSync(path.join(certificates, `${options.tls}.key`)),
      cert: readFileSync(path.join(certificates, `${options.tls}.pem`)),
    };
    const binding = pair && options.extendedProtection ? bindingOf(pair.cert) : null;
    this.signIns = new SignIns(this.accounts, { offered: auth, defaultDomain, lockOutAfter, binding });
    const take = (request, response) => void this.#take(request, response);
    this.server = pair ? https.createServer(pair, take) : http.createServer(take);
    this.server.keepAliveTimeout = 60_000;
    for (const event of ['connection', 'secureConnection']) {
      this.server.on(event, (socket) => {
        this.#sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => this.#sockets.delete(socket));
      });
    }
  }

  /** @param {number} port */
  async listen(port) {
    await new Promise((done, failed) => {
      this.server.once('error', failed);
      this.server.listen(port, '127.0.0.1', () => done(undefined));
    });
    this.port = /** @type {import('node:net').AddressInfo} */ (this.server.address()).port;
  }

  /** Where it answers, without a path. */
  get origin() {
    return `${this.options.tls ? 'https://localhost' : 'http://127.0.0.1'}:${this.port}`;
  }

  get url() {
    return `${this.origin}/EWS/Exchange.asmx`;
  }

  /** PEM file to trust. */
  get ca() {
    return caFile;
  }

  /** @param {string} [email] the first one's unless told @returns {Mailbox} */
  mailbox(email = this.accounts[0].email) {
    const mailbox = this.#mailboxes.get(email);
    if (!mailbox) throw new Error(`no mailbox ${email}`);
    return mailbox;
  }

  /** @param {Trouble} trouble @returns {{ happened: number }} counts how often it did */
  trouble(trouble) {
    const known = { skip: 0, times: Infinity, happened: 0, ...trouble };
    this.#troubles.push(known);
    return known;
  }

  /** All is well again. */
  heal() {
    this.#troubles = [];
  }

  /** From now on; who is signed in is shown the door. @param {string} email @param {string} password */
  changePassword(email, password) {
    for (const account of this.accounts) if (account.email === email) account.password = password;
    this.hangUp();
  }

  get openSockets() {
    return this.#sockets.size;
  }

  /** Closes all sockets, as a restart does. */
  hangUp() {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** @param {string} [operation] @returns {Recorded[]} */
  asked(operation) {
    return this.requests.filter((request) => !operation || request.operation === operation);
  }

  async close() {
    if (!this.server.listening) return;
    const closed = new Promise((done) => this.server.close(done));
    this.hangUp();
    await closed;
  }

  async #take(request, response) {
    this.atOnce.now++;
    this.atOnce.most = Math.max(this.atOnce.most, this.atOnce.now);
    response.on('close', () => this.atOnce.now--);
    response.on('error', () => undefined);
    try {
      const body = await bodyOf(request);
      const place = new URL(request.url, 'http://x').pathname.toLowerCase();
      if (place === '/autodiscover/autodiscover.xml') return this.#autodiscover(request, response, body);
      if (place === '/owa' || place === '/owa/')
        return redirect(response, `${this.origin}/owa/auth/logon.aspx`);
      if (place === '/owa/auth/logon.aspx') return send(response, 200, loginPage, 'text/html; charset=utf-8');
      if (place !== '/ews/exchange.asmx') return send(response, 404, 'Not Found', 'text/plain');
      const verdict = this.signIns.judge(request);
      if (!verdict.account) return unauthorized(response, verdict.headers);
      if (request.method !== 'POST') return send(response, 405, '', 'text/plain');
      if (!/^text\/xml\b/i.test(request.headers['content-type'] ?? ''))
        return send(response, 415, '', 'text/plain');
      await this.#answer(verdict.account, body, response);
    } catch (error) {
      // A client that hung up is no fault of ours; anything else must show in the test.
      if (!request.destroyed || request.complete)
        send(response, 500, String(error?.stack ?? error), 'text/plain');
    }
  }

  #autodiscover(request, response, body) {
    const verdict = this.signIns.judge(request);
    if (!verdict.account) return unauthorized(response, verdict.headers);
    const answer = autodiscoverAnswer(body, this.url, this.autodiscover);
    send(response, answer ? 200 : 400, answer ?? '', 'text/xml; charset=utf-8');
  }

  /** @param {Account} account @param {string} body @param {http.ServerResponse} response */
  async #answer(account, body, response) {
    const operation = /<(?:\w+:)?Body[^>]*>\s*<(?:\w+:)?(\w+)/.exec(body)?.[1] ?? '';
    const trouble = this.#troubleOf(operation, account.email);
    const recorded = {
      ...{
        operation,
        user: account.email,
        body: this.options.forgetBodies ? '' : body,
        status: 0,
        items: 0,
        ms: 0,
      },
      trouble: trouble?.kind ?? null,
    };
    this.requests.push(recorded);
    if (process.env.EWS_SCHEMA_DIR) sentRequests.add(body);
    if (trouble?.kind === 'before') await trouble.run(this.mailbox(account.email));
    if (trouble && beforeWork[trouble.kind]?.(response, trouble)) return;
    const start = performance.now();
    const { status, text, items } = this.#work(account, body, trouble);
    recorded.ms = performance.now() - start;
    this.ms += recorded.ms;
    Object.assign(recorded, { status, items });
    this.options.worked?.(this.mailbox(account.email));
    const spoil = trouble && afterWork[trouble.kind];
    if (spoil) await spoil(response, text);
    else send(response, status, text, 'text/xml; charset=utf-8');
  }

  #troubleOf(operation, user) {
    for (const trouble of this.#troubles) {
      if (trouble.operation && trouble.operation !== operation) continue;
      if (trouble.user && trouble.user !== user) continue;
      if (trouble.skip-- > 0) continue;
      if (trouble.happened >= trouble.times) continue;
      trouble.happened++;
      return trouble;
    }
    return null;
  }

  /** @returns {{ status: number, text: string, items: number }} */
  #work(account, body, trouble) {
    const style = styles[this.options.style ?? this.#answers++ % styles.length];
    try {
      const { request, version } = this.#read(body);
      if (account.noMailbox) throw new Fault('ErrorNonExistentMailbox');
      if (trouble?.kind === 'busy') {
        throw new Fault('ErrorServerBusy', 'The server cannot service this request right now.', {
          BackOffMilliseconds: trouble.backOffMs ?? 30_000,
        });
      }
      if (trouble?.kind === 'code' && trouble.at === undefined) throw new Fault(trouble.code);
      const refusal = (at) =>
        trouble?.kind === 'code' && (trouble.at === at || trouble.at === -1)
          ? new Refusal(trouble.code, trouble.backOffMs ? { BackOffMilliseconds: trouble.backOffMs } : {})
          : null;
      const { pageLimit, treePage, stateBytes, emptyLastPage } = this.options;
      const mailbox = this.mailbox(account.email);
      const around = { mailbox, version, pageLimit, treePage, stateBytes, emptyLastPage };
      const answer = perform(request, around, refusal);
      return {
        status: 200,
        text: writeXml(this.#envelope(answer), style),
        items: answer.content[0].content[0].length,
      };
    } catch (error) {
      const fault = error instanceof XmlError ? new Fault('ErrorSchemaValidation', error.message) : error;
      if (!(fault instanceof Fault)) throw error;
      return { status: 500, text: writeXml(this.#envelope(faultNode(fault)), style), items: 0 };
    }
  }

  /** @throws {Fault} what the server does not even look into */
  #read(body) {
    const envelope = parseXml(body);
    if (envelope.ns !== namespaces.soap || envelope.name !== 'Envelope')
      throw new Fault('ErrorInvalidRequest', 'no SOAP');
    const asked =
      child(child(envelope, 'Header'), 'RequestServerVersion')?.attributes.Version ?? 'Exchange2007';
    const ours = versions.indexOf(
      this.options.version === 'Exchange2019' ? 'Exchange2016' : this.options.version,
    );
    const version = versions.indexOf(asked);
    if (version < 0 || version > ours) {
      throw new Fault('ErrorInvalidServerVersion', 'The specified server version is invalid.');
    }
    const request = child(envelope, 'Body')?.children[0];
    if (request?.ns !== namespaces.m)
      throw new Fault('ErrorSchemaValidation', 'The request failed schema validation');
    return { request, version };
  }

  #envelope(content) {
    const [major, minor, build, revision, version] = builds[this.options.version];
    return soap(
      'Envelope',
      null,
      soap(
        'Header',
        null,
        t('ServerVersionInfo', {
          ...{
            MajorVersion: major,
            MinorVersion: minor,
            MajorBuildNumber: build,
            MinorBuildNumber: revision,
          },
          Version: version,
        }),
      ),
      soap('Body', null, content),
    );
  }
}

function faultNode({ code, message, values }) {
  return soap(
    'Fault',
    null,
    plain('faultcode', { 'xmlns:a': namespaces.t }, `a:${code}`),
    plain('faultstring', { 'xml:lang': 'en-US' }, message),
    plain(
      'detail',
      null,
      e('ResponseCode', null, code),
      e('Message', null, message),
      Object.keys(values).length > 0 && t('MessageXml', null, valueNodes(values)),
    ),
  );
}

/** Troubles in which the request is not worked on. @type {Record<string, (response: http.ServerResponse, trouble: Trouble) => true>} */
const beforeWork = {
  http: (response, { status = 503, headers = {} }) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (status === 401) unauthorized(response, ['NTLM', 'Basic realm="exchange"']);
    else send(response, status, '<html><body>Service unavailable</body></html>', 'text/html');
    return true;
  },
  html: (response) => {
    send(response, 200, loginPage, 'text/html; charset=utf-8');
    return true;
  },
  redirect: (response, { location = 'https://elsewhere.example/EWS/Exchange.asmx' }) => {
    redirect(response, location);
    return true;
  },
  hang: () => true,
  lost: (response) => {
    response.destroy();
    return true;
  },
  bomb: (response) => {
    send(response, 200, bomb, 'text/xml; charset=utf-8');
    return true;
  },
};

/** Troubles in which it is done, and the answer spoilt. @type {Record<string, (response: http.ServerResponse, text: string) => void | Promise<void>>} */
const afterWork = {
  drop: (response) => void response.destroy(),
  cut: (response, text) => {
    const whole = Buffer.from(text);
    response.writeHead(200, { 'Content-Type': 'text/xml; charset=utf-8', 'Content-Length': whole.length });
    response.write(whole.subarray(0, whole.length >> 1), () => response.destroy());
  },
  truncated: (response, text) =>
    send(response, 200, text.slice(0, text.length >> 1), 'text/xml; charset=utf-8'),
  drip: async (response, text) => {
    response.writeHead(200, { 'Content-Type': 'text/xml; charset=utf-8' });
    for (const byte of Buffer.from(text)) {
      if (response.destroyed) return;
      response.write(Buffer.of(byte));
      await new Promise((done) => setTimeout(done, 50));
    }
    response.end();
  },
  huge: (response, text) => send(response, 200, padding(text, 25 * 1024 * 1024), 'text/xml; charset=utf-8'),
};

async function bodyOf(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

function send(response, status, text, type) {
  const bytes = Buffer.from(text);
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': bytes.length,
    Server: 'Microsoft-IIS/10.0',
  });
  response.end(bytes);
}

function redirect(response, location) {
  response.writeHead(302, { Location: location, 'Content-Length': 0 });
  response.end();
}

function unauthorized(response, headers) {
  response.setHeader('WWW-Authenticate', headers);
  send(response, 401, '', 'text/plain');
}
