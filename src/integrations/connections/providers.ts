import { type Provider } from '../../accounts/settings.js';

export const INTEGRATIONS = '/integrations';
export const EXCHANGE = `${INTEGRATIONS}/exchange`;

/** In the order pages show them: what can be connected here first. */
export const shownProviders: readonly Provider[] = ['exchange', 'google', 'office365'];

/** The page that connects a mailbox of each; a provider without one is not set up on this installation. */
const connectPages: Partial<Record<Provider, string>> = { exchange: EXCHANGE };

/** null where nobody can connect: the operator has not set this provider up. */
export function connectPage(provider: Provider): string | null {
  return connectPages[provider] ?? null;
}

export function connectionPath(
  id: string,
  rest: 'sync' | 'permissions' | 'sign-in' | 'disconnection',
): string {
  return `${INTEGRATIONS}/${id}/${rest}`;
}
