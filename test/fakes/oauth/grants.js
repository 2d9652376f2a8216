import { createHash, randomBytes } from 'node:crypto';
import { Refused } from './dialects.js';

/**
 * @typedef {object} Account
 * @property {string} email
 * @property {string} name
 * @property {string} sub
 * @property {string} tid tenant (Microsoft)
 * @property {string} oid
 *
 * What somebody allowed the client once; ends as a whole.
 * @typedef {object} Grant
 * @property {Account} account
 * @property {Set<string>} scopes as asked for
 * @property {boolean} ended
 * @property {import('./dialects.js').Why | null} refusal why refreshing is refused, whatever is shown
 *
 * @typedef {{ grant: Grant, scopes: string[], expires: number, retired?: boolean }} Token
 * @typedef {{ grant: Grant, scopes: string[], redirectUri: string, challenge: string, nonce: string | null,
 *   refreshes: boolean, expires: number, used: boolean }} Code
 */

/** Codes and tokens, and what they are good for. Times are those of `now`, in milliseconds. */
export class Grants {
  /** @type {Map<string, Grant>} by e-mail address */
  grants = new Map();
  /** @type {Map<string, Code>} */
  #codes = new Map();
  /** @type {Map<string, Token>} */
  #access = new Map();
  /** @type {Map<string, Token>} */
  #refresh = new Map();

  /** @param {{ codeSeconds: number, accessSeconds: number, refreshSeconds: number, forbidOld: boolean, liveTokens: number }} rules @param {() => number} now */
  constructor(rules, now) {
    this.rules = rules;
    this.now = now;
  }

  /** @param {Account} account @param {Iterable<string>} scopes @returns {{ grant: Grant, isFirst: boolean }} */
  allow(account, scopes) {
    const known = this.grants.get(account.email);
    if (known && !known.ended) {
      for (const scope of scopes) known.scopes.add(scope);
      known.refusal = null;
      return { grant: known, isFirst: false };
    }
    const grant = { account, scopes: new Set(scopes), ended: false, refusal: null };
    this.grants.set(account.email, grant);
    return { grant, isFirst: true };
  }

  /** @param {Omit<Code, 'expires' | 'used'>} code @returns {string} */
  newCode(code) {
    const text = `4/0A${randomBytes(32).toString('base64url')}`;
    this.#codes.set(text, { ...code, expires: this.now() + this.rules.codeSeconds * 1000, used: false });
    return text;
  }

  /** @throws {Refused} @param {string} text @param {string | null} redirectUri @param {string | null} verifier @returns {Code} */
  redeem(text, redirectUri, verifier) {
    const code = this.#codes.get(text);
    if (!code) throw new Refused('unknown-code');
    if (code.used) throw new Refused('code-used');
    if (code.expires <= this.now() || code.grant.ended) throw new Refused('code-expired');
    if (code.redirectUri !== redirectUri) throw new Refused('wrong-redirect');
    if (!verifier) throw new Refused('no-verifier');
    const proof = createHash('sha256').update(verifier).digest('base64url');
    if (!/^[\w.~-]{43,128}$/.test(verifier) || proof !== code.challenge) throw new Refused('wrong-verifier');
    code.used = true;
    return code;
  }

  /** @throws {Refused} @param {string} text @returns {Token} */
  refreshOf(text) {
    const token = this.#refresh.get(text);
    if (!token) throw new Refused('unknown-refresh');
    if (token.grant.refusal) throw new Refused(token.grant.refusal);
    if (token.grant.ended || token.retired) throw new Refused('revoked');
    if (token.expires <= this.now()) throw new Refused('idle');
    return token;
  }

  /** @param {Grant} grant @param {string[]} scopes @returns {string} */
  newAccess(grant, scopes) {
    const text = `ya29.${randomBytes(24).toString('base64url')}`;
    this.#access.set(text, { grant, scopes, expires: this.now() + this.rules.accessSeconds * 1000 });
    return text;
  }

  /** The oldest of an account that has too many dies without a word. @param {Grant} grant @param {string[]} scopes @param {string} [old] @returns {string} */
  newRefresh(grant, scopes, old) {
    const text = `1//0${randomBytes(32).toString('base64url')}`;
    this.#refresh.set(text, { grant, scopes, expires: this.now() + this.rules.refreshSeconds * 1000 });
    const before = old && this.#refresh.get(old);
    if (before && this.rules.forbidOld) before.retired = true;
    const own = [...this.#refresh.values()].filter((token) => token.grant === grant && !token.retired);
    if (own.length > this.rules.liveTokens) own[0].retired = true;
    return text;
  }

  /** @param {string} text of any token @returns {boolean} */
  end(text) {
    const token = this.#refresh.get(text) ?? this.#access.get(text);
    if (!token || token.grant.ended) return false;
    token.grant.ended = true;
    return true;
  }

  /** @param {string} text @returns {{ account: Account, scopes: string[] } | null} */
  holderOf(text) {
    const token = this.#access.get(text);
    if (!token || token.grant.ended || token.retired || token.expires <= this.now()) return null;
    return { account: token.grant.account, scopes: token.scopes };
  }

  /** Access tokens shown from now on are refused. */
  endAccess() {
    for (const token of this.#access.values()) token.retired = true;
  }

  /** What was allowed and its tokens, for another life of the server. @returns {unknown} what JSON can carry */
  toJSON() {
    const tokens = (of) =>
      [...of].map(([text, { grant, ...token }]) => [text, { ...token, email: grant.account.email }]);
    return {
      grants: [...this.grants.values()].map(({ account, scopes, ...grant }) => ({
        ...{ ...grant, email: account.email, scopes: [...scopes] },
      })),
      access: tokens([...this.#access].filter(([, { expires }]) => expires > this.now())),
      refresh: tokens([...this.#refresh].filter(([, { retired }]) => !retired)),
    };
  }

  /** Of accounts that are there no more nothing is left. @param {any} kept as `toJSON` gave it @param {Account[]} accounts */
  restore({ grants, access, refresh }, accounts) {
    for (const { email, scopes, ...grant } of grants) {
      const account = accounts.find((each) => each.email === email);
      if (account) this.grants.set(email, { ...grant, account, scopes: new Set(scopes) });
    }
    for (const [into, tokens] of [
      [this.#access, access],
      [this.#refresh, refresh],
    ])
      for (const [text, { email, ...token }] of tokens) {
        const grant = this.grants.get(email);
        if (grant) into.set(text, { ...token, grant });
      }
  }
}
