/* Who may come in: Basic by request, NTLM by socket, and accounts that are locked after too many wrong passwords. */
import { challengeTo, messageType, readAuthenticate } from './ntlm.js';

/**
 * @typedef {object} Account
 * @property {string} email also its user principal name
 * @property {string} domain NetBIOS name; `domain.example` is taken as well
 * @property {string} login name inside the domain
 * @property {string} password
 * @property {number} failures wrong passwords since the last right one
 * @property {boolean} [noMailbox] signs in and has no mailbox
 *
 * @typedef {{ scheme: 'NTLM' | 'Basic', name: string, ok: boolean }} SignIn one proof that was looked at
 */

/** @typedef {{ account: Account } | { account: null, headers: string[] }} Verdict who it is, or the lines of WWW-Authenticate */

export class SignIns {
  /** @type {SignIn[]} */
  log = [];
  /** Per socket: the challenge that waits for its answer, or who signed in. @type {WeakMap<object, { given?: ReturnType<typeof challengeTo>, account?: Account }>} */
  #sockets = new WeakMap();

  /**
   * @param {Account[]} accounts
   * @param {{ offered: ('NTLM' | 'Basic')[], defaultDomain: boolean, lockOutAfter: number, binding: Buffer | null }} rules
   *   binding: with Extended Protection, what NTLM has to name
   */
  constructor(accounts, rules) {
    this.accounts = accounts;
    this.rules = rules;
  }

  /** @param {import('node:http').IncomingMessage} request @returns {Verdict} */
  judge({ socket, headers }) {
    const [scheme, proof] = (headers.authorization ?? '').split(' ');
    const { offered } = this.rules;
    if (/^NTLM$/i.test(scheme) && offered.includes('NTLM'))
      return this.#ntlm(socket, Buffer.from(proof, 'base64'));
    if (/^Basic$/i.test(scheme) && offered.includes('Basic')) return this.#basic(proof);
    const known = this.#sockets.get(socket)?.account;
    return known && !scheme ? { account: known } : this.#refused();
  }

  #ntlm(socket, message) {
    if (messageType(message) === 1) {
      const given = challengeTo(message, this.accounts[0]?.domain ?? 'EXAMPLE');
      this.#sockets.set(socket, { given });
      return { account: null, headers: [`NTLM ${given.message.toString('base64')}`] };
    }
    const given = this.#sockets.get(socket)?.given;
    this.#sockets.delete(socket);
    const claim = given && readAuthenticate(message, given);
    if (!claim) return this.#refused();
    const name = claim.domain ? `${claim.domain}\\${claim.user}` : claim.user;
    const account = this.#admitted('NTLM', name, claim.proves, this.#isBound(claim));
    if (account) this.#sockets.set(socket, { account });
    return account ? { account } : this.#refused();
  }

  #basic(proof) {
    const text = Buffer.from(proof ?? '', 'base64').toString('utf8');
    const at = text.indexOf(':');
    const password = text.slice(at + 1);
    const account = this.#admitted('Basic', text.slice(0, at), (right) => right === password);
    return account ? { account } : this.#refused();
  }

  #isBound({ binding }) {
    return this.rules.binding === null || this.rules.binding.equals(binding);
  }

  /** A proof over the wrong connection comes in no more than a wrong password, but is not counted as one. */
  #admitted(scheme, name, proves, bound = true) {
    const account = this.accounts.find((each) => this.#answersTo(each, name.toLowerCase()));
    const right = Boolean(account) && account.failures < this.rules.lockOutAfter && proves(account.password);
    const ok = right && bound;
    this.log.push({ scheme, name, ok });
    if (account) account.failures = right ? 0 : account.failures + 1;
    return ok ? account : null;
  }

  #answersTo({ email, domain, login }, name) {
    const forms = [email, `${domain}\\${login}`, `${domain}.example\\${login}`];
    if (this.rules.defaultDomain) forms.push(login);
    return forms.some((form) => form.toLowerCase() === name);
  }

  #refused() {
    const headers = this.rules.offered.map((scheme) =>
      scheme === 'Basic' ? 'Basic realm="exchange"' : scheme,
    );
    if (this.rules.offered.includes('NTLM')) headers.unshift('Negotiate');
    return { account: null, headers };
  }
}
