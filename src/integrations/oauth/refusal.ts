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

/** Its description is read for Microsoft's numbers alone: 65001, 90094 and their like want an administrator's consent. */
export function refusalOf(error: string, description: string): OAuthEnd {
  if (/AADSTS(65001|9009[0-9]|900941)\b/.test(description)) return 'administrator';
  return Object.hasOwn(ends, error) ? ends[error] : 'busy';
}
