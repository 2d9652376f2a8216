/*
 * The authorization servers of Google and Microsoft, that are none: one server, two dialects, for tests and `npm run demo`. It
 * is stricter than friendly: without PKCE, state or the exact address to come back to nothing goes on.
 */
import { bodyOf, answerWith, send, Troubles } from '../web/troubles.js';
import { Listener } from '../web/listener.js';
import { dialects, Refused } from './dialects.js';
import { Grants } from './grants.js';
import { consentPage, errorPage } from './pages.js';
import { keySet, signed } from './signing.js';

/** @import { Why } from './dialects.js' */
/** @import { Account } from './grants.js' */
/** @import { Trouble } from '../web/troubles.js' */

/**
 * @typedef {object} Options
 * @property {'google' | 'microsoft'} dialect
 * @property {{ email: string, name?: string, sub?: string, tid?: string, oid?: string }[]} accounts who may sign in; `tid` one tenant for all unless told
 * @property {string[]} [redirectUris] exact; `redirectUris` of the server can be added to later
 * @property {number} [port] 0 takes a free one
 * @property {boolean} [rotates] each refresh brings a new refresh token; Microsoft's unless told
 * @property {boolean} [forbidOld] then the one before is worth nothing; else it goes on
 * @property {number} [codeSeconds] 600
 * @property {number} [accessSeconds] 3599
 * @property {number} [refreshSeconds] 180 days; Google in "Testing": 7 days
 * @property {number} [liveTokens] refresh tokens of one account, 100
 * @property {boolean} [longScopes] Microsoft names scopes with the address of Graph
 * @property {boolean} [adminConsent] this tenant lets no user consent: who allows is refused with 90094
 */

/**
 * What a test answers in place of the page.
 * @typedef {object} Consent
 * @property {string} [account] e-mail address; `login_hint`'s or the first one's unless told
 * @property {string[]} [scopes] ticked ones, by any end of their names (`contacts`); all unless told
 * @property {boolean} [deny]
 */

/**
 * @typedef {object} Recorded
 * @property {'authorize' | 'consent' | 'token' | 'refresh' | 'revoke' | 'keys' | 'discovery'} operation `token`: of a code
 * @property {URLSearchParams} values
 * @property {number} status 0 when no answer was given
 */

/** @param {Options} options @returns {Promise<FakeOAuth>} */
export async function startFakeOAuth(options) {
  const fake = new FakeOAuth(options);
  await fake.listen(options.port ?? 0);
  return fake;
}

const TENANT = '7b1f4c7e-0c9a-4d5e-9a53-2f6f3c1d8a10';

export class FakeOAuth {
  /** @type {Recorded[]} */
  requests = [];
  /** A wrong secret is any other. */
  client = { id: 'carnet.apps.example', secret: 'a client secret', expired: false };
  /** What an ID token says besides or instead: `{ nonce: 'another' }`; undefined leaves a claim out. @type {Record<string, unknown>} */
  claims = {};
  #troubles = new Troubles();
  #ahead = 0;

  /** @param {Options} options */
  constructor(options) {
    this.options = {
      ...{ codeSeconds: 600, accessSeconds: 3599, refreshSeconds: 180 * 86_400, liveTokens: 100 },
      ...{
        rotates: dialects[options.dialect].rotates,
        forbidOld: false,
        longScopes: false,
        adminConsent: false,
      },
      ...options,
    };
    this.dialect = dialects[options.dialect];
    this.redirectUris = [...(options.redirectUris ?? [])];
    /** @type {Account[]} */
    this.accounts = options.accounts.map((account, at) => ({
      ...{ name: account.email, sub: `10760000000000000${1000 + at}`, tid: TENANT },
      ...{ oid: `00000000-0000-4000-8000-00000000${1000 + at}`, ...account },
    }));
    this.grants = new Grants(this.options, () => this.now);
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

  /** Of this server, in milliseconds. */
  get now() {
    return Date.now() + this.#ahead;
  }
  /** Lets time pass here. @param {number} seconds */
  pass(seconds) {
    this.#ahead += seconds * 1000;
  }

  /** Settings of an installation that uses this server. @returns {Record<string, string>} */
  get env() {
    const { origin, client } = this;
    if (this.options.dialect === 'microsoft')
      return {
        ...{ MICROSOFT_CLIENT_ID: client.id, MICROSOFT_CLIENT_SECRET: client.secret },
        MICROSOFT_AUTHORITY: `${origin}/organizations`,
      };
    return {
      ...{ GOOGLE_CLIENT_ID: client.id, GOOGLE_CLIENT_SECRET: client.secret },
      ...{ GOOGLE_AUTHORIZE_URL: `${origin}/o/oauth2/v2/auth`, GOOGLE_TOKEN_URL: `${origin}/token` },
      GOOGLE_REVOKE_URL: `${origin}/revoke`,
    };
  }

  /** @param {Trouble & { operation?: Recorded['operation'] }} trouble @returns {{ happened: number }} counts how often it did */
  trouble(trouble) {
    return this.#troubles.add(trouble);
  }
  /** All is well again. */
  heal() {
    this.#troubles.heal();
    this.claims = {};
  }

  /** @param {Recorded['operation']} [operation] @returns {Recorded[]} */
  asked(operation) {
    return this.requests.filter((request) => !operation || request.operation === operation);
  }

  /** Who a token belongs to and what it allows, for the services behind it; null: 401. @param {string | undefined} authorization the header @returns {{ account: Account, scopes: string[] } | null} */
  holderOf(authorization) {
    const [scheme, token] = (authorization ?? '').split(' ');
    const holder = /^bearer$/i.test(scheme) && token ? this.grants.holderOf(token) : null;
    return holder && { ...holder, scopes: holder.scopes.map(this.dialect.granted).filter(Boolean) };
  }

  /**
   * Somebody consented before, in no browser.
   * @param {string[]} scopes as they are asked for @param {string} [email] @returns {{ refreshToken: string, accessToken: string, expiresAt: string, scope: string }}
   */
  grant(scopes, email) {
    const { grant } = this.grants.allow(this.#account(email), scopes);
    return {
      refreshToken: this.grants.newRefresh(grant, scopes),
      accessToken: this.grants.newAccess(grant, scopes),
      expiresAt: new Date(this.now + this.options.accessSeconds * 1000).toISOString(),
      scope: this.#named(scopes),
    };
  }

  /** The person takes the client's access away in their account. @param {string} [email] */
  withdraw(email) {
    const grant = this.grants.grants.get(this.#account(email).email);
    if (grant) grant.ended = true;
  }

  /** Refreshing is refused for this reason until they consent again. @param {Why} why @param {string} [email] */
  refuse(why, email) {
    const grant = this.grants.grants.get(this.#account(email).email);
    if (!grant) throw new Error('nothing was consented to');
    grant.refusal = why;
  }

  /** Access tokens are worth nothing from now on; refreshing works. */
  endAccess() {
    this.grants.endAccess();
  }

  /**
   * What the person's browser would be sent to after the consent page.
   * @param {string} url of the authorization request @param {Consent} [consent] @returns {string}
   * @throws where there would be a page that says what is wrong
   */
  answer(url, consent = {}) {
    const { pathname, searchParams, origin } = new URL(url);
    if (origin !== this.origin) throw new Error(`${origin} is another server`);
    if (this.#operation(pathname) !== 'authorize') throw new Error(`no authorization endpoint: ${pathname}`);
    this.requests.push({ operation: 'authorize', values: searchParams, status: 200 });
    const wrong = this.#wrongWith(searchParams, pathname);
    if (wrong) throw new Error(wrong);
    const email = consent.account ?? searchParams.get('login_hint') ?? undefined;
    const ticked = (scope) => !consent.scopes || consent.scopes.some((end) => isNamed(scope, end));
    return this.#answer(searchParams, { deny: consent.deny, account: this.#account(email), ticked });
  }

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  async #take(request, response) {
    const { pathname, searchParams } = new URL(request.url ?? '', this.origin);
    const body = new URLSearchParams(await bodyOf(request));
    const kind = this.#operation(pathname);
    const operation = kind === 'token' && body.get('grant_type') === 'refresh_token' ? 'refresh' : kind;
    if (!operation) return send(response, 404, 'Not Found', 'text/plain');
    const values = request.method === 'POST' ? body : searchParams;
    /** @type {Recorded} */
    const recorded = { operation, values, status: 0 };
    this.requests.push(recorded);
    if (operation === 'authorize') {
      const { status, page } = this.#authorize(searchParams, pathname);
      recorded.status = status;
      return send(response, status, page, 'text/html; charset=utf-8');
    }
    if (operation === 'consent') {
      recorded.status = 302;
      return send(response, 302, '', 'text/html', { Location: this.#consented(body) });
    }
    const trouble = this.#troubles.of(operation);
    recorded.status = await answerWith(response, trouble, () =>
      this.#work(operation, request, body, pathname),
    );
  }

  /** @param {string} pathname @returns {Recorded['operation'] | null} */
  #operation(pathname) {
    if (pathname === '/consent') return 'consent';
    const paths = this.options.dialect === 'google' ? googlePaths : microsoftPaths;
    return paths.find(([path]) => path.test(pathname))?.[1] ?? null;
  }

  async #work(operation, request, body, pathname) {
    try {
      if (!this.#isTenant(pathname)) throw new Refused('unknown-tenant');
      if (operation === 'keys') return { status: 200, body: await keySet() };
      if (operation === 'discovery') return { status: 200, body: this.#discovery(pathname) };
      if (request.method !== 'POST') return { status: 405 };
      if (!/^application\/x-www-form-urlencoded\b/.test(request.headers['content-type'] ?? ''))
        throw new Refused('malformed');
      if (operation === 'revoke') return this.#revoke(body);
      this.#requireClient(request, body);
      const answer = operation === 'refresh' ? await this.#refresh(body) : await this.#redeem(body);
      return { status: 200, body: answer, headers: { 'Cache-Control': 'no-store', Pragma: 'no-cache' } };
    } catch (error) {
      if (error instanceof Refused) return this.dialect.error(error.why);
      throw error;
    }
  }

  #isTenant(pathname) {
    return this.dialect.isTenant(pathname.split('/')[1], this.accounts);
  }

  /** What cannot be sent back to the client, or null. */
  #wrongWith(query, pathname) {
    if (!this.#isTenant(pathname)) return 'AADSTS90002: Tenant not found';
    if (query.get('client_id') !== this.client.id) return 'Error 401: invalid_client (AADSTS700016)';
    if (!this.redirectUris.includes(query.get('redirect_uri')))
      return `Error 400: redirect_uri_mismatch (AADSTS50011): ${query.get('redirect_uri')}`;
    const known = [...commonParameters, ...this.dialect.parameters];
    const unknown = [...query.keys()].find((name) => !known.includes(name));
    if (unknown) return `Error 400: invalid_request: unknown parameter ${unknown}`;
    if (query.get('response_type') !== 'code') return 'Error 400: unsupported_response_type';
    if ((query.get('state') ?? '').length < 22) return 'Error 400: invalid_request: no state worth the name';
    if (
      query.get('code_challenge_method') !== 'S256' ||
      !/^[\w-]{43}$/.test(query.get('code_challenge') ?? '')
    )
      return 'Error 400: invalid_request: PKCE with S256';
    const strange = scopesOf(query).find((scope) => !this.dialect.scopes.includes(scope));
    if (strange !== undefined || !scopesOf(query).includes('openid'))
      return `Error 400: invalid_scope: ${strange}`;
    return null;
  }

  #authorize(query, pathname) {
    const wrong = this.#wrongWith(query, pathname);
    if (wrong) return { status: 400, page: errorPage('Access blocked', wrong) };
    const scopes = scopesOf(query).filter((scope) => !['openid', 'email', 'profile'].includes(scope));
    const about = {
      ...{ provider: this.options.dialect === 'google' ? 'Google' : 'Microsoft', accounts: this.accounts },
      ...{ chosen: query.get('login_hint'), scopes, isTicked: this.dialect.isAsked, query: query.toString() },
    };
    return { status: 200, page: consentPage(about) };
  }

  /** @param {URLSearchParams} form of the page */
  #consented(form) {
    const ticked = form.getAll('scope');
    return this.#answer(new URLSearchParams(form.get('query') ?? ''), {
      deny: form.get('answer') !== 'allow',
      account: this.#account(form.get('account') ?? undefined),
      ticked: (scope) => ticked.includes(scope),
    });
  }

  /** @returns {string} where the browser goes */
  #answer(query, { deny, account, ticked }) {
    const back = new URL(query.get('redirect_uri'));
    const state = query.get('state');
    const give = (values) => {
      for (const [name, value] of Object.entries({ state, ...values })) back.searchParams.set(name, value);
      return back.href;
    };
    const denial = { error: 'access_denied' };
    if (this.options.dialect === 'google') Object.assign(denial, { iss: this.dialect.issuer() });
    else
      Object.assign(denial, {
        error_description: 'AADSTS65004: User declined to consent to access the app.',
      });
    if (deny) return give(denial);
    if (this.options.adminConsent)
      return give({
        ...denial,
        error_description: this.dialect.error('admin-consent').body.error_description,
      });
    const asked = scopesOf(query).filter((scope) => !this.dialect.isAsked(scope) || ticked(scope));
    const { grant, isFirst } = this.grants.allow(account, asked);
    const scopes = this.dialect.addsEarlierScopes(query) ? [...grant.scopes] : asked;
    const code = this.grants.newCode({
      ...{ grant, scopes, redirectUri: query.get('redirect_uri'), nonce: query.get('nonce') },
      ...{ challenge: query.get('code_challenge'), refreshes: this.dialect.refreshes(query, isFirst) },
    });
    return give({ code, ...this.dialect.callbackValues(this.#named(scopes)) });
  }

  async #redeem(body) {
    if (body.get('grant_type') !== 'authorization_code') throw new Refused('grant-type');
    const code = this.grants.redeem(
      body.get('code') ?? '',
      body.get('redirect_uri'),
      body.get('code_verifier'),
    );
    const refresh = code.refreshes ? this.grants.newRefresh(code.grant, code.scopes) : null;
    return this.#tokens(code.grant, code.scopes, refresh, code.nonce);
  }

  async #refresh(body) {
    const old = body.get('refresh_token') ?? '';
    const { grant, scopes } = this.grants.refreshOf(old);
    const asked = scopesOf(body);
    if (asked.some((scope) => !scopes.includes(scope))) throw new Refused('wrong-scope');
    const refresh = this.options.rotates ? this.grants.newRefresh(grant, scopes, old) : null;
    return this.#tokens(grant, asked.length > 0 ? asked : scopes, refresh, null);
  }

  async #tokens(grant, scopes, refresh, nonce) {
    const seconds = Math.floor(this.now / 1000);
    const claims = {
      ...{ iss: this.dialect.issuer(this.origin, grant.account), aud: this.client.id, iat: seconds },
      ...{ exp: seconds + 3600, ...this.dialect.claims(grant.account), ...(nonce !== null && { nonce }) },
      ...this.claims,
    };
    return {
      ...{ access_token: this.grants.newAccess(grant, scopes), token_type: 'Bearer' },
      ...{ expires_in: this.options.accessSeconds, scope: this.#named(scopes) },
      ...(refresh !== null && { refresh_token: refresh }),
      id_token: await signed(claims),
    };
  }

  #revoke(body) {
    if (this.options.dialect !== 'google') return { status: 404 };
    if (!this.grants.end(body.get('token') ?? ''))
      return { status: 400, body: { error: 'invalid_token', error_description: 'Token expired or revoked' } };
    return { status: 200, body: {} };
  }

  #requireClient(request, body) {
    const [scheme, proof] = (request.headers.authorization ?? '').split(' ');
    const basic =
      scheme === 'Basic'
        ? Buffer.from(proof ?? '', 'base64')
            .toString()
            .split(':')
        : null;
    const [id, secret] = basic?.map(formDecoded) ?? [body.get('client_id'), body.get('client_secret')];
    if (id !== this.client.id) throw new Refused('unknown-client');
    if (!secret) throw new Refused('no-secret');
    if (secret !== this.client.secret) throw new Refused('wrong-secret');
    if (this.client.expired) throw new Refused('secret-expired');
  }

  #discovery(pathname) {
    const { origin } = this;
    const common = {
      ...{ response_types_supported: ['code'], subject_types_supported: ['public'] },
      ...{ id_token_signing_alg_values_supported: ['RS256'], code_challenge_methods_supported: ['S256'] },
      token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
    };
    if (this.options.dialect === 'google')
      return {
        ...{ issuer: this.dialect.issuer(), jwks_uri: `${origin}/oauth2/v3/certs`, ...common },
        ...{ authorization_endpoint: `${origin}/o/oauth2/v2/auth`, token_endpoint: `${origin}/token` },
        revocation_endpoint: `${origin}/revoke`,
        authorization_response_iss_parameter_supported: true,
      };
    const tenant = pathname.split('/')[1];
    const shown = ['common', 'organizations'].includes(tenant) ? '{tenantid}' : this.accounts[0].tid;
    return {
      ...{
        issuer: `${origin}/${shown}/v2.0`,
        jwks_uri: `${origin}/${tenant}/discovery/v2.0/keys`,
        ...common,
      },
      authorization_endpoint: `${origin}/${tenant}/oauth2/v2.0/authorize`,
      token_endpoint: `${origin}/${tenant}/oauth2/v2.0/token`,
    };
  }

  /** @param {string[]} scopes @returns {string} as the answer names them */
  #named(scopes) {
    const long = (scope) => (/^[A-Z]/.test(scope) ? `https://graph.microsoft.com/${scope}` : scope);
    const names = scopes.map(this.dialect.granted).filter(Boolean);
    return (this.options.longScopes ? names.map(long) : names).join(' ');
  }

  /** @param {string} [email] @returns {Account} */
  #account(email = this.accounts[0].email) {
    const account = this.accounts.find((each) => each.email === email);
    if (!account) throw new Error(`nobody is called ${email}`);
    return account;
  }
}

const commonParameters = [
  ...['client_id', 'redirect_uri', 'response_type', 'scope', 'state', 'nonce'],
  ...['code_challenge', 'code_challenge_method'],
];

/** @type {[RegExp, Recorded['operation']][]} */
const googlePaths = [
  [/^\/o\/oauth2\/v2\/auth$/, 'authorize'],
  [/^\/token$/, 'token'],
  [/^\/revoke$/, 'revoke'],
  [/^\/oauth2\/v3\/certs$/, 'keys'],
  [/^\/\.well-known\/openid-configuration$/, 'discovery'],
];

/** @type {[RegExp, Recorded['operation']][]} */
const microsoftPaths = [
  [/^\/[^/]+\/oauth2\/v2\.0\/authorize$/, 'authorize'],
  [/^\/[^/]+\/oauth2\/v2\.0\/token$/, 'token'],
  [/^\/[^/]+\/discovery\/v2\.0\/keys$/, 'keys'],
  [/^\/[^/]+\/v2\.0\/\.well-known\/openid-configuration$/, 'discovery'],
];

/** @param {URLSearchParams} values @returns {string[]} */
function scopesOf(values) {
  return (values.get('scope') ?? '').split(' ').filter(Boolean);
}

function isNamed(scope, end) {
  return scope === end || scope === `https://www.googleapis.com/auth/${end}`;
}

/** Id and secret are form-encoded before they are joined (RFC 6749, 2.3.1). */
function formDecoded(text) {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
