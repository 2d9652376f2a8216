import { type Provider } from '../../accounts/settings.js';
import { type Environment } from '../../config/environment.js';
import { type Connection } from '../connection.entities.js';

export const INTEGRATIONS = '/integrations';
export const EXCHANGE = `${INTEGRATIONS}/exchange`;

/** In the order pages show them: what can be connected here first. */
export const shownProviders: readonly Provider[] = ['exchange', 'google', 'office365'];

/** The page that connects a mailbox of each; null where nobody can: the operator has not set this provider up. */
export type ConnectPages = Readonly<Record<Provider, string | null>>;

export function connectPagesOf({ google, microsoft }: Environment): ConnectPages {
  return {
    exchange: EXCHANGE,
    google: google && oauthPath('google'),
    office365: microsoft && oauthPath('office365'),
  };
}

/** @param rest below the provider's page; `?connection=` is the page where one signs in again, or allows more */
export function oauthPath(provider: Provider, rest = ''): string {
  return `${INTEGRATIONS}/${provider}${rest}`;
}

/** Where its owner signs in to a connection again; null where nobody can. */
export function signInPage(
  pages: ConnectPages,
  { id, provider }: Pick<Connection, 'id' | 'provider'>,
): string | null {
  if (pages[provider] === null) return null;
  return provider === 'exchange' ? connectionPath(id, 'sign-in') : oauthPath(provider, `?connection=${id}`);
}

export function connectionPath(
  id: string,
  rest: 'sync' | 'permissions' | 'sign-in' | 'disconnection',
): string {
  return `${INTEGRATIONS}/${id}/${rest}`;
}
