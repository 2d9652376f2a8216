/*
 * People and Calendar of Google, that are none: HTTP as the real ones speak it, for tests, `npm run demo` and `npm run bench`.
 * What people-v1.json and calendar-v3.json do not describe is refused, and noted in `wrongRequests`.
 */
import { answerWith, bodyOf, send, sendJson, Troubles } from '../web/troubles.js';
import { Listener } from '../web/listener.js';
import { AddressBook, people } from './address-book.js';
import { calendarMethods } from './calendar-api.js';
import { calendar, Diary } from './diary.js';
import { readSelection, selected } from './partial.js';
import { mutations, peopleMethods } from './people-api.js';
import { calendarRefusal, errorInfo, invalid, Refusal } from './refusal.js';

/** @import { Trouble } from '../web/troubles.js' */

/**
 * @typedef {object} Options
 * @property {string[]} accounts e-mail addresses
 * @property {(authorization: string | undefined) => { account: { email: string }, scopes: string[] } | null} holderOf whose token that is; `FakeOAuth.holderOf`
 * @property {number} [port] 0 takes a free one
 * @property {number} [pageLimit] most contacts or events of a page, whatever is asked
 * @property {number} [tokenBytes] least length of page and sync tokens
 * @property {400 | 410} [expiredAs] how an expired sync token of contacts is refused
 * @property {boolean} [allListsLag] `holdLists` holds also those that are read without a sync token
 * @property {boolean} [disorder] phones and addresses of a person in another order than they were written
 * @property {() => number} [now]
 * @property {boolean} [forgetBodies] keeps no requests, for long runs
 */

/**
 * @typedef {object} Recorded
 * @property {string} operation `people.connections.list`; the path where there is none
 * @property {string} user e-mail address, or '' where the token is refused
 * @property {URLSearchParams} query
 * @property {any} body
 * @property {number} status 0 when no answer was given
 */

/** Requests of this process that the services would not understand: a test that sent one fails. @type {string[]} */
export const wrongRequests = [];

/** @param {Options} options @returns {Promise<FakeGoogle>} */
export async function startFakeGoogle(options) {
  const fake = new FakeGoogle(options);
  await fake.listen(options.port ?? 0);
  return fake;
}

export class FakeGoogle {
  /** @type {Recorded[]} */
  requests = [];
  /** Tokens that were refused. */
  refused = 0;
  #troubles = new Troubles();
  /** @type {Map<string, { book: AddressBook, diary: Diary, writing: number }>} */
  #accounts = new Map();
  #ahead = 0;

  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    const now = options.now ?? (() => Date.now() + this.#ahead);
    this.rules = {
      ...{ pageLimit: 1000, tokenBytes: 0, expiredAs: 400, disorder: false, allListsLag: false },
      ...options,
      now,
    };
    for (const email of options.accounts)
      this.#accounts.set(email, {
        book: new AddressBook({ now }),
        diary: new Diary({ email, now }),
        writing: 0,
      });
    this.listener = new Listener((request, response) => this.#take(request, response));
  }

  /** @param {number} port */
  listen(port) {
    return this.listener.listen(port);
  }
  get origin() {
    return this.listener.origin;
  }
  close() {
    return this.listener.close();
  }

  /** Settings of an installation that uses this server; those of `FakeOAuth.env` besides. @returns {Record<string, string>} */
  get env() {
    return { GOOGLE_PEOPLE_URL: this.origin, GOOGLE_CALENDAR_URL: `${this.origin}/calendar/v3` };
  }

  /** @param {string} [email] the first one's unless told @returns {AddressBook} */
  book(email = this.options.accounts[0]) {
    return this.#account(email).book;
  }

  /** @param {string} [email] the first one's unless told @returns {Diary} */
  diary(email = this.options.accounts[0]) {
    return this.#account(email).diary;
  }

  #account(email) {
    const account = this.#accounts.get(email);
    if (!account) throw new Error(`nobody is called ${email}`);
    return account;
  }

  /** Lets time pass here. @param {number} seconds */
  pass(seconds) {
    this.#ahead += seconds * 1000;
  }

  /** @param {Trouble} trouble `operation` as in the descriptions @returns {{ happened: number }} counts how often it did */
  trouble(trouble) {
    return this.#troubles.add(trouble);
  }
  /** All is well again. */
  heal() {
    this.#troubles.heal();
  }

  /** @param {...string} operations all unless told @returns {Recorded[]} */
  asked(...operations) {
    return this.requests.filter(({ operation }) => operations.length === 0 || operations.includes(operation));
  }

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  async #take(request, response) {
    const { pathname, searchParams: query } = new URL(request.url ?? '', this.origin);
    const text = await bodyOf(request);
    if (request.method === 'HEAD') return send(response, 404, '', 'text/html');
    const isCalendar = pathname.startsWith('/calendar/');
    const called = (isCalendar ? calendar : people).find(request.method ?? '', pathname);
    const operation = called?.operation ?? pathname;
    /** @type {Recorded} */
    const recorded = { operation, user: '', query, body: bodyIn(text), status: 0 };
    if (!this.options.forgetBodies) this.requests.push(recorded);
    const holder = this.options.holderOf(request.headers.authorization);
    const trouble = this.#troubles.of(operation);
    if (!holder && trouble?.kind !== 'http') {
      this.refused++;
      recorded.status = 401;
      return sendJson(response, 401, JSON.stringify(unauthenticated.body));
    }
    recorded.user = holder?.account.email ?? '';
    const account = holder && this.#account(recorded.user);
    const writes = mutations.includes(operation) && account;
    if (writes) account.writing++;
    response.on('close', () => writes && account.writing--);
    recorded.status = await answerWith(response, trouble, () => {
      try {
        if (!called) {
          wrongRequests.push(`${request.method} ${pathname}: no such method`);
          throw new Refusal(404, 'NOT_FOUND', 'Method not found.');
        }
        return { status: 200, body: this.#work(called, holder, account, query, text, isCalendar) };
      } catch (error) {
        if (error instanceof Refusal) return { status: error.status, body: error.body };
        throw error;
      }
    });
  }

  /** @param {import('./description.js').Called} called */
  #work({ operation, method, place }, { scopes, account: { email } }, account, query, text, isCalendar) {
    if (!method.scopes.some((scope) => scopes.includes(scope))) throw insufficient(isCalendar);
    const description = isCalendar ? calendar : people;
    const body = bodyIn(text);
    const problems = description.queryProblems(method, query);
    if (method.request) problems.push(...description.bodyProblems(method.request.$ref, body ?? 'no JSON'));
    else if (text !== '') problems.push({ field: '', text: 'A body where none belongs' });
    const fields = query.get('fields');
    const selection = fields === null ? null : readSelection(fields);
    if (fields !== null)
      problems.push(...description.selectionProblems(method.response.$ref, selection, fields));
    if (problems.length > 0) {
      wrongRequests.push(`${operation}: ${problems[0].text}`);
      throw isCalendar
        ? calendarRefusal(400, 'badRequest', problems[0].text)
        : invalid(problems[0].text, problems[0].field || undefined);
    }
    if (account.writing > 1) {
      wrongRequests.push(`${operation}: two writes of one user at once`);
      throw new Refusal(409, 'ABORTED', 'The operation was aborted.');
    }
    const { book, diary } = account;
    const methods = isCalendar ? calendarMethods : peopleMethods;
    const answer = methods[operation]({ book, diary, email, place, query, body, rules: this.rules });
    if (method.response.$ref !== 'Empty') this.#check(description, method.response.$ref, answer);
    return selection ? selected(answer, selection) : answer;
  }

  /** That this stand-in keeps to the description too. */
  #check(description, schema, answer) {
    const list = Object.values(answer).find(Array.isArray) ?? [];
    const few =
      list.length > 5 ? { [schema === 'Events' ? 'items' : 'connections']: list.slice(0, 5) } : answer;
    const [problem] =
      schema === 'ListConnectionsResponse' || few === answer ? description.bodyProblems(schema, few) : [];
    if (problem) throw new Error(`The stand-in answers ${schema} wrongly: ${problem.text}`);
  }
}

function bodyIn(text) {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return undefined;
  }
}

const unauthenticated = new Refusal(
  ...[401, 'UNAUTHENTICATED'],
  'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
);

function insufficient(isCalendar) {
  const message = 'Request had insufficient authentication scopes.';
  const details = [errorInfo('ACCESS_TOKEN_SCOPE_INSUFFICIENT')];
  const refusal = new Refusal(403, 'PERMISSION_DENIED', message, details);
  if (isCalendar)
    Object.assign(refusal.body.error, {
      errors: [{ message: 'Insufficient Permission', domain: 'global', reason: 'insufficientPermissions' }],
    });
  return refusal;
}

/** Answers of `http` troubles, as the services write them. */
export const answers = {
  rateLimited: new Refusal(
    ...[429, 'RESOURCE_EXHAUSTED'],
    "Quota exceeded for quota metric 'Critical read requests (Contact and Profile Reads)'",
    [errorInfo('RATE_LIMIT_EXCEEDED')],
  ).body,
  tooMany: new Refusal(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).', [
    {
      '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
      violations: [{ description: 'FBS quota limit exceeded' }],
    },
  ]).body,
  full: new Refusal(400, 'FAILED_PRECONDITION', 'MY_CONTACTS_OVERFLOW_COUNT').body,
  refused: invalid('Invalid value at person.', 'person').body,
  unavailable: new Refusal(503, 'UNAVAILABLE', 'The service is currently unavailable.').body,
  internal: new Refusal(500, 'INTERNAL', 'Internal error encountered.').body,
  calendarSwitchedOff: calendarRefusal(403, 'accessNotConfigured', 'Calendar API has not been used.').body,
  calendarRateLimited: calendarRefusal(403, 'rateLimitExceeded', 'Rate Limit Exceeded').body,
};
