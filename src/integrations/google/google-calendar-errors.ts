import {
  AccessDenied,
  CursorExpired,
  FolderGone,
  NotTheService,
  Throttled,
  type ProviderError,
} from '../provider-errors.js';
import { type Facts, type WebApiFailure } from '../web-api/web-api.client.js';
import { factsWithCode, readGoogleError } from './google-errors.js';

/** Too much was asked; with status 403 too. */
const LIMITS = [
  ...['rateLimitExceeded', 'userRateLimitExceeded', 'quotaExceeded', 'dailyLimitExceeded'],
  ...['calendarUsageLimitsExceeded', 'RATE_LIMIT_EXCEEDED'],
];

/**
 * Our error for an answer of the Calendar API (NOTES §3); null where its status says enough.
 * @param waitMs for a mailbox that is to wait, where the service does not say how long
 */
export function calendarErrorOf(
  failure: WebApiFailure,
  known: Facts,
  waitMs: () => number,
): ProviderError | null {
  const { status, operation } = failure;
  const error = readGoogleError(failure.body);
  const facts = factsWithCode(known, error);
  const says = (...codes: string[]) => codes.some((code) => error.reasons.includes(code));
  if (status === 429 || (status === 403 && says(...LIMITS)))
    return new Throttled(error.waitMs ?? waitMs(), facts);
  if (status === 403) {
    // The operator's project has no Calendar API (any more): nobody can mend it by signing in.
    if (says('SERVICE_DISABLED', 'accessNotConfigured')) return new NotTheService(facts);
    // Also where the permission is missing: contacts go on without the calendar.
    return new AccessDenied(facts);
  }
  if (operation !== 'events.list') return null;
  if (status === 410 || (status === 400 && /\b(sync|page) ?token\b/i.test(error.message)))
    return new CursorExpired(facts);
  return status === 404 ? new FolderGone(facts) : null;
}
