import { CALL_MONTHS, monthsBefore } from '../../accounts/call-retention.js';

export interface CallRetention {
  callMonths: number | null;
  retentionFrom: Date | null;
  saved: unknown;
}

/**
 * The moment from which calls are kept; null: for ever.
 * @param settings the account’s row of settings joined to it; `saved` is null where there is none
 */
export function keptFrom({ callMonths, retentionFrom, saved }: CallRetention, now: Date): Date | null {
  // A time that was shortened erases nothing before then, and refuses nothing either.
  if (retentionFrom !== null && retentionFrom > now) return null;
  const months = saved === null ? CALL_MONTHS : callMonths;
  return months === null ? null : monthsBefore(now, months);
}
