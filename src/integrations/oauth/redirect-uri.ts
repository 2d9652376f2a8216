import { type Environment } from '../../config/environment.js';
import { oauthPath } from '../connections/providers.js';
import { type OAuthProvider } from './oauth-clients.js';

/** Where a provider sends people back to: registered there, and compared letter by letter. */
export function redirectUriOf(
  { publicUrl }: Pick<Environment, 'publicUrl'>,
  provider: OAuthProvider,
): string {
  return `${publicUrl}${oauthPath(provider, '/callback')}`;
}
