/** How long calls are kept in an account that has saved nothing of its own, in months. */
export const CALL_MONTHS = 12;

/** The same day of the month, or its last. */
export function monthsBefore(moment: Date, months: number): Date {
  const before = new Date(moment);
  before.setUTCMonth(before.getUTCMonth() - months);
  // 31 May less three months is no 3 March.
  if (before.getUTCDate() !== moment.getUTCDate()) before.setUTCDate(0);
  return before;
}
