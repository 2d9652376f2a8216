import { CALL_MONTHS, monthsBefore } from '../../accounts/call-retention.js';

/**
 * The moment from which calls are kept; null: for ever.
 * @param settings the account’s row of settings joined to it; `saved` is null where there is none
 */
export function keptFrom(
  { callMonths, saved }: { callMonths: number | null; saved: unknown },
  now: Date,
): Date | null {
  const months = saved === null ? CALL_MONTHS : callMonths;
  return months === null ? null : monthsBefore(now, months);
}
