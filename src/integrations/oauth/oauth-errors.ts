import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client';
import {
  AuthorizationRevoked,
  ClientRefused,
  NotTheService,
  ProviderBusy,
  ProviderError,
} from '../provider-errors.js';

/** Answers of a token service (RFC 6749 §5.2) that say the person has to sign in again; Microsoft adds the latter three. */
const signInAgain = new Set(['invalid_grant', 'interaction_required', 'consent_required', 'login_required']);
/** Those that say this installation is not known (any more), which nobody but its operator can mend; Google adds the latter two. */
const notKnown = new Set(['invalid_client', 'unauthorized_client', 'deleted_client', 'disabled_client']);

/** Ours for what the OAuth library threw: it may quote tokens, so that nothing of it but codes goes on. */
export function ourErrorOf(error: unknown, operation: string): unknown {
  if (error instanceof ProviderError) return error;
  if (error instanceof ResponseBodyError) {
    const facts = { operation, status: error.status, code: wordOf(error.error), ...numbersOf(error.cause) };
    if (signInAgain.has(error.error)) return new AuthorizationRevoked('sign-in', facts);
    if (error.error === 'access_denied') return new AuthorizationRevoked('not-allowed', facts);
    return notKnown.has(error.error) ? new ClientRefused(facts) : new ProviderBusy(facts);
  }
  if (error instanceof AuthorizationResponseError)
    return new NotTheService({ operation, code: wordOf(error.error) });
  if (error instanceof ClientError && error.cause instanceof ProviderError) return error.cause;
  if (error instanceof ClientError)
    return new NotTheService({ operation, code: wordOf(error.code ?? 'OAUTH_ANSWER') });
  return error;
}

/** `AADSTS` numbers say what is wrong where the code does not. */
function numbersOf(body: unknown): { numbers?: string } {
  const numbers = (body as { error_codes?: unknown } | undefined)?.error_codes;
  if (!Array.isArray(numbers)) return {};
  const read = numbers.filter((number) => Number.isInteger(number)).slice(0, 5);
  return read.length > 0 ? { numbers: read.join(' ') } : {};
}

function wordOf(text: string): string {
  return /^[\w.-]{1,60}$/.test(text) ? text : 'other';
}
