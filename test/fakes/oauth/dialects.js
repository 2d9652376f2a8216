/*
 * What differs between the two: addresses, names of scopes, what a token answer holds, and how they say no. Texts and numbers
 * are those the services send; Google's error_description is often nothing but "Bad Request".
 */
import { createHash, randomUUID } from 'node:crypto';

/** @import { Account, Grant } from './grants.js' */

/**
 * Why a request is refused.
 * @typedef {'unknown-client' | 'wrong-secret' | 'secret-expired' | 'no-secret' | 'unknown-code' | 'code-expired' | 'code-used'
 *   | 'wrong-redirect' | 'no-verifier' | 'wrong-verifier' | 'unknown-refresh' | 'revoked' | 'idle' | 'mfa' | 'mfa-registration'
 *   | 'no-consent' | 'admin-consent' | 'unknown-tenant' | 'wrong-scope' | 'grant-type' | 'malformed'} Why
 */

/** A request the token service says no to. */
export class Refused extends Error {
  /** @param {Why} why */
  constructor(why) {
    super(why);
    this.why = why;
  }
}

const googleScopes = 'https://www.googleapis.com/auth/';

/** Client errors are 401 and all others 400, as with both. @type {Record<Why, [status: number, error: string, description: string]>} */
const googleErrors = {
  'unknown-client': [401, 'invalid_client', 'The OAuth client was not found.'],
  'wrong-secret': [401, 'invalid_client', 'The provided client secret is invalid.'],
  'secret-expired': [401, 'invalid_client', 'Unauthorized'],
  'no-secret': [400, 'invalid_request', 'client_secret is missing.'],
  'unknown-code': [400, 'invalid_grant', 'Malformed auth code.'],
  'code-expired': [400, 'invalid_grant', 'Bad Request'],
  'code-used': [400, 'invalid_grant', 'Bad Request'],
  'wrong-redirect': [400, 'redirect_uri_mismatch', 'Bad Request'],
  'no-verifier': [400, 'invalid_grant', 'Missing code verifier.'],
  'wrong-verifier': [400, 'invalid_grant', 'Invalid code verifier.'],
  'unknown-refresh': [400, 'invalid_grant', 'Bad Request'],
  revoked: [400, 'invalid_grant', 'Token has been expired or revoked.'],
  idle: [400, 'invalid_grant', 'Token has been expired or revoked.'],
  mfa: [400, 'invalid_grant', 'reauth related error (invalid_rapt)'],
  'mfa-registration': [400, 'invalid_grant', 'reauth related error (rapt_required)'],
  'no-consent': [400, 'invalid_grant', 'Token has been expired or revoked.'],
  'admin-consent': [400, 'admin_policy_enforced', 'Access to your account data is restricted by policies.'],
  'unknown-tenant': [404, 'invalid_request', 'Not Found'],
  'wrong-scope': [400, 'invalid_scope', 'Some requested scopes were invalid.'],
  'grant-type': [400, 'unsupported_grant_type', 'Invalid grant_type: '],
  malformed: [400, 'invalid_request', 'Bad Request'],
};

/** @type {Record<Why, [status: number, error: string, code: number, text: string, suberror?: string]>} */
const microsoftErrors = {
  'unknown-client': [
    ...[400, 'unauthorized_client', 700016],
    "Application with identifier 'x' was not found in the directory 'Atelier Nord'.",
  ],
  'wrong-secret': [401, 'invalid_client', 7000215, 'Invalid client secret provided.'],
  'secret-expired': [401, 'invalid_client', 7000222, 'The provided client secret keys for app are expired.'],
  'no-secret': [
    ...[401, 'invalid_client', 7000218],
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  ],
  'unknown-code': [400, 'invalid_grant', 9002313, 'Invalid request. Request is malformed or invalid.'],
  'code-expired': [
    400,
    'invalid_grant',
    70008,
    'The provided authorization code or refresh token has expired due to inactivity.',
  ],
  'code-used': [400, 'invalid_grant', 54005, 'OAuth2 Authorization code was already redeemed.'],
  'wrong-redirect': [400, 'invalid_client', 500112, 'The reply address does not match the one provided.'],
  'no-verifier': [400, 'invalid_grant', 50148, 'The code_verifier does not match the code_challenge.'],
  'wrong-verifier': [400, 'invalid_grant', 501481, 'The Code_Verifier does not match the code_challenge.'],
  'unknown-refresh': [400, 'invalid_grant', 9002313, 'Invalid request. Request is malformed or invalid.'],
  revoked: [
    400,
    'invalid_grant',
    50173,
    'The provided grant has expired due to it being revoked.',
    'bad_token',
  ],
  idle: [400, 'invalid_grant', 700082, 'The refresh token has expired due to inactivity.', 'bad_token'],
  mfa: [400, 'invalid_grant', 50076, 'You must use multi-factor authentication.', 'basic_action'],
  'mfa-registration': [400, 'interaction_required', 50079, 'You must enroll in multi-factor authentication.'],
  'no-consent': [
    400,
    'invalid_grant',
    65001,
    'The user or administrator has not consented.',
    'consent_required',
  ],
  'admin-consent': [400, 'invalid_grant', 90094, 'The grant requires admin permission.', 'consent_required'],
  'unknown-tenant': [400, 'invalid_request', 90002, "Tenant 'x' not found."],
  'wrong-scope': [
    400,
    'invalid_scope',
    70011,
    'The provided value for the input parameter scope is not valid.',
  ],
  'grant-type': [400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.'],
  malformed: [400, 'invalid_request', 900144, 'The request body must contain a parameter that is missing.'],
};

/** `common` and the like, that stand for the tenant of who signs in. */
const anyTenant = ['common', 'organizations'];

export const dialects = {
  google: {
    callback: 'google',
    scopes: ['openid', 'email', 'profile']
      .concat(
        ['userinfo.email', 'contacts', 'contacts.readonly', 'contacts.other.readonly'].map(
          (name) => googleScopes + name,
        ),
      )
      .concat(
        ['calendar.readonly', 'calendar.calendarlist.readonly', 'calendar.events.readonly'].map(
          (name) => googleScopes + name,
        ),
      )
      .concat(['calendar.events', 'calendar.freebusy'].map((name) => googleScopes + name)),
    /** Parameters of the authorization request. */
    parameters: ['access_type', 'include_granted_scopes', 'prompt', 'login_hint', 'hd'],
    /** Boxes can be unticked one by one, but not who one is. */
    isAsked: (scope) => scope.startsWith(googleScopes) && !scope.endsWith('/userinfo.email'),
    /** As the token answer names it. */
    granted: (scope) => (scope === 'email' ? `${googleScopes}userinfo.email` : scope),
    isTenant: () => true,
    /** A refresh token comes with offline access, at the first consent or where consent is asked for again. */
    refreshes: (query, isFirst) =>
      query.get('access_type') === 'offline' && (isFirst || hasWord(query.get('prompt'), 'consent')),
    addsEarlierScopes: (query) => query.get('include_granted_scopes') === 'true',
    rotates: false,
    issuer: () => 'https://accounts.google.com',
    claims: ({ sub, email, name }) => ({ sub, email, email_verified: true, name }),
    callbackValues: (scope) => ({
      iss: 'https://accounts.google.com',
      scope,
      authuser: '0',
      prompt: 'consent',
    }),
    /** @param {Why} why */
    error: (why) => {
      const [status, error, error_description] = googleErrors[why];
      return { status, body: { error, error_description } };
    },
  },
  microsoft: {
    callback: 'office365',
    scopes: ['openid', 'profile', 'email', 'offline_access', 'User.Read'].concat(
      ...['Contacts', 'Calendars'].map((name) => [`${name}.Read`, `${name}.ReadWrite`]),
    ),
    parameters: ['response_mode', 'prompt', 'login_hint', 'domain_hint'],
    /** All or nothing. */
    isAsked: () => false,
    granted: (scope) => (scope === 'offline_access' ? '' : scope),
    /** @param {string} tenant @param {Account[]} accounts */
    isTenant: (tenant, accounts) =>
      [...anyTenant, ...accounts.flatMap(({ tid, email }) => [tid, email.split('@')[1]])].includes(tenant),
    refreshes: (query) => hasWord(query.get('scope'), 'offline_access'),
    addsEarlierScopes: () => true,
    rotates: true,
    issuer: (origin, { tid }) => `${origin}/${tid}/v2.0`,
    claims: ({ sub, email, name, tid, oid }) => ({
      ...{ sub: pairwise(sub), preferred_username: email, name, tid, oid, ver: '2.0' },
    }),
    callbackValues: () => ({ session_state: randomUUID() }),
    /** @param {Why} why */
    error: (why) => {
      const [status, error, code, text, suberror] = microsoftErrors[why];
      const trace = { trace_id: randomUUID(), correlation_id: randomUUID() };
      const timestamp = `${new Date().toISOString().slice(0, 19).replace('T', ' ')}Z`;
      const traces = `Trace ID: ${trace.trace_id} Correlation ID: ${trace.correlation_id} Timestamp: ${timestamp}`;
      return {
        status,
        body: {
          ...{ error, error_description: `AADSTS${code}: ${text} ${traces}`, error_codes: [code], timestamp },
          ...{ ...trace, error_uri: `https://login.microsoftonline.com/error?code=${code}` },
          ...(suberror && { suberror }),
        },
      };
    },
  },
};

/** @param {string | null} words @param {string} word */
function hasWord(words, word) {
  return (words ?? '').split(' ').includes(word);
}

/** Microsoft's `sub` is another one for each application. */
function pairwise(sub) {
  return createHash('sha256').update(sub).digest('base64url');
}
