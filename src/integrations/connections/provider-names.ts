import { type Provider } from '../../accounts/settings.js';

/** As people call them, in every language. */
export const providerNames: Record<Provider, string> = {
  google: 'Google',
  office365: 'Microsoft 365',
  exchange: 'Exchange',
};
