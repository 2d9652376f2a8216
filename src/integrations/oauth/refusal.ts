import { type OAuthEnd } from './oauth-request.entity.js';

/** What an error that comes back in place of a code means (RFC 6749 §4.1.2.1, and what the two add to it). */
const ends: Record<string, OAuthEnd> = {
  access_denied: 'denied',
  login_required: 'denied',
  interaction_required: 'denied',
  consent_required: 'administrator',
  admin_policy_enforced: 'policy',
  org_internal: 'policy',
  invalid_client: 'client',
  unauthorized_client: 'client',
  invalid_scope: 'client',
  redirect_uri_mismatch: 'client',
};

/** Its description is read for Microsoft's numbers alone. */
export function refusalOf(error: string, description: string): OAuthEnd {
  const numbers = [...description.matchAll(/\bAADSTS(\d+)/g)].map(([, number]) => number);
  if (wantsAdministrator(numbers)) return 'administrator';
  return Object.hasOwn(ends, error) ? ends[error] : 'busy';
}

/** By Microsoft's numbers, wherever they are given: 65001, 90094 and their like want an administrator's consent. */
export function wantsAdministrator(numbers: readonly string[]): boolean {
  return numbers.some((number) => /^(65001|9009\d|900941)$/.test(number));
}
