import {
  AccessDenied,
  AuthorizationRevoked,
  FolderGone,
  NotReachable,
  NotTheService,
  ProviderError,
} from '../provider-errors.js';
import { readLogin } from './ntlm.js';

export type ExchangeField = 'username' | 'password' | 'version' | 'ewsUrl';

/** Why a mailbox cannot be connected, at the field that is to be corrected. */
export type ExchangeRefusalKey =
  // ewsUrl
  | 'address-missing'
  | 'address-unreadable'
  | 'address-office365'
  | 'address-https'
  | 'address-port'
  | 'address-user-part'
  | 'not-reachable'
  | 'certificate'
  /** values.host: where the server sends us; that address is to be typed, it is never followed. */
  | 'redirect'
  | 'not-ews'
  | 'busy'
  /** It offers neither NTLM nor Basic. */
  | 'sign-in-methods'
  // username
  | 'login-missing'
  /** Refused, and the name carries no domain: the two other forms are to be tried. */
  | 'login-form'
  | 'no-mailbox'
  | 'account-disabled'
  /** Exchange Web Services are switched off for this person or for programs like ours. */
  | 'not-allowed'
  // password
  | 'password-missing'
  | 'password-refused'
  /** The same, where a proxy before Exchange may be why: one that shows another certificate (Extended Protection). */
  | 'password-or-proxy'
  | 'password-expired'
  // version
  | 'too-old';

export class ExchangeRefusal extends Error {
  constructor(
    readonly field: ExchangeField,
    readonly key: ExchangeRefusalKey,
    readonly values: Readonly<Record<string, string>> = {},
  ) {
    super(`${field}: ${key}`);
    this.name = 'ExchangeRefusal';
  }
}

/** Seen in what was typed: no server was asked. */
export class NothingAsked extends ExchangeRefusal {}

/** Where somebody finds what to correct. @throws whatever is no failure of a provider */
export function refusalOf(error: unknown, username: string): ExchangeRefusal {
  if (error instanceof ExchangeRefusal || !(error instanceof ProviderError)) throw error;
  const code = String(error.facts['code'] ?? '');
  if (error instanceof AuthorizationRevoked) return signInRefusal(error, username);
  if (error instanceof AccessDenied) return new ExchangeRefusal('username', 'not-allowed');
  if (error instanceof FolderGone) return new ExchangeRefusal('username', 'no-mailbox');
  if (error instanceof NotReachable)
    return new ExchangeRefusal('ewsUrl', CERTIFICATE.test(code) ? 'certificate' : 'not-reachable');
  if (!(error instanceof NotTheService)) return new ExchangeRefusal('ewsUrl', 'busy');
  if (code === 'TOO_OLD') return new ExchangeRefusal('version', 'too-old');
  if (code === 'SIGN_IN_METHODS') return new ExchangeRefusal('ewsUrl', 'sign-in-methods');
  const { redirectHost, office365 } = error.facts;
  if (office365) return new ExchangeRefusal('ewsUrl', 'address-office365');
  if (redirectHost) return new ExchangeRefusal('ewsUrl', 'redirect', { host: String(redirectHost) });
  return new ExchangeRefusal('ewsUrl', 'not-ews');
}

/** Codes of a certificate that is not taken. The host was allowed before: this tells nothing of a private network. */
const CERTIFICATE = /CERT|SELF_SIGNED|ISSUER|UNABLE_TO_VERIFY|ALTNAME|HOSTNAME/;

function signInRefusal({ key, facts }: AuthorizationRevoked, username: string): ExchangeRefusal {
  if (key === 'password-expired') return new ExchangeRefusal('password', key);
  if (key === 'account-disabled' || key === 'no-mailbox' || key === 'not-allowed')
    return new ExchangeRefusal('username', key);
  const { domain, user } = readLogin(username);
  const bare = domain === '' && !user.includes('@');
  if (bare) return new ExchangeRefusal('username', 'login-form');
  return new ExchangeRefusal('password', facts['channelBinding'] ? 'password-or-proxy' : 'password-refused');
}
