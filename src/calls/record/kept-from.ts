/** How long calls are kept in an account that has saved nothing of its own, in months. */
export const defaultCallMonths = 12;

/**
 * The moment from which calls are kept; null: for ever.
 * @param settings the account’s row of settings joined to it; `saved` is null where there is none
 */
export function keptFrom(
  { callMonths, saved }: { callMonths: number | null; saved: unknown },
  now: Date,
): Date | null {
  const months = saved === null ? defaultCallMonths : callMonths;
  return months === null ? null : monthsBefore(now, months);
}

export function monthsBefore(now: Date, months: number): Date {
  const from = new Date(now);
  from.setUTCMonth(from.getUTCMonth() - months);
  return from;
}
