import {
  AccessDenied,
  AuthorizationRevoked,
  ContactGone,
  ContactRefused,
  CursorExpired,
  NotTheService,
  ProviderBusy,
  QuotaExceeded,
  RevisionConflict,
  Throttled,
  type ProviderError,
} from '../provider-errors.js';
import { type Facts, type WebApiFailure } from '../web-api/web-api.client.js';
import { listOf, recordOf, textOf } from './people.js';

/** What an error of a Google API says of itself (google.rpc.Status, and `errors[].reason` of the older ones). */
export interface GoogleError {
  /** `RESOURCE_EXHAUSTED`; empty where there is none. */
  status: string;
  /** `EXPIRED_SYNC_TOKEN`, `rateLimitExceeded` …; several may be given. */
  reasons: readonly string[];
  /** For telling cases apart that have no reason of their own; never kept. */
  message: string;
  /** google.rpc.RetryInfo. */
  waitMs: number | null;
}

export function readGoogleError(body: unknown): GoogleError {
  const error = recordOf(recordOf(body)['error']);
  const details = [...listOf(error['details']), ...listOf(error['errors'])].map(recordOf);
  const delay = details.map(({ retryDelay }) => /^(\d+(?:\.\d+)?)s$/.exec(String(retryDelay))?.[1]);
  const seconds = delay.find((each) => each !== undefined);
  return {
    status: textOf(error['status']) ?? '',
    reasons: details.flatMap(({ reason }) => textOf(reason) ?? []),
    message: textOf(error['message']) ?? '',
    waitMs: seconds === undefined ? null : Number(seconds) * 1000,
  };
}

/** Facts with the code a Google API gives: letters alone, since anything may stand there. */
export function factsWithCode(facts: Facts, { status, reasons }: GoogleError): Facts {
  const code = [reasons[0], status].find((each) => each && /^\w{1,60}$/.test(each));
  return code ? { ...facts, code } : facts;
}

/** What the calls of one contact are to it; all others are `list`. */
export type Aim = 'list' | 'read' | 'write';

/**
 * Our error for an answer of the People API (NOTES §2); null where its status says enough.
 * @param waitMs of a mailbox that is to wait, where the service does not say how long
 */
export function errorOf(
  failure: WebApiFailure,
  known: Facts,
  aim: Aim,
  waitMs: () => number,
): ProviderError | null {
  const { status: http } = failure;
  const error = readGoogleError(failure.body);
  const { status, reasons, message } = error;
  const facts = factsWithCode(known, error);
  const says = (...codes: string[]) => codes.some((code) => reasons.includes(code) || status === code);
  // Seen as a reason and in texts; the sync token's own one is not written in the guide as it is answered.
  if (says('EXPIRED_SYNC_TOKEN') || (aim === 'list' && [400, 410].includes(http) && isOfToken(message)))
    return new CursorExpired(facts);
  if (reasons.includes('MY_CONTACTS_OVERFLOW_COUNT') || /MY_CONTACTS_OVERFLOW/.test(message))
    return new QuotaExceeded(facts);
  if (http === 429 || says('RATE_LIMIT_EXCEEDED', 'rateLimitExceeded', 'userRateLimitExceeded'))
    return new Throttled(error.waitMs ?? waitMs(), facts);
  if (http === 403) return forbidden(says, facts, aim);
  if (http === 404) return aim === 'list' ? null : new ContactGone(facts);
  if (http === 409) return new ProviderBusy(facts);
  if (http === 400 && aim === 'write')
    return says('FAILED_PRECONDITION', 'failedPrecondition') || /\betag\b/i.test(message)
      ? new RevisionConflict(facts)
      : new ContactRefused(facts);
  return null;
}

function isOfToken(message: string): boolean {
  return /\b(sync|page) ?token\b/i.test(message);
}

function forbidden(says: (...codes: string[]) => boolean, facts: Facts, aim: Aim): ProviderError {
  if (says('ACCESS_TOKEN_SCOPE_INSUFFICIENT', 'insufficientPermissions'))
    return new AuthorizationRevoked('sign-in', facts);
  // The operator's project has no People API (any more): nobody can mend it by signing in.
  if (says('SERVICE_DISABLED', 'accessNotConfigured')) return new NotTheService(facts);
  return aim === 'list' ? new AuthorizationRevoked('not-allowed', facts) : new AccessDenied(facts);
}
