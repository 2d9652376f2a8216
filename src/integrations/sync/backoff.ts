/** Minutes between whole runs. */
const EVERY_MINUTES = 10;
/** Minutes after the first, second … failure in a row; the last holds for all further ones. */
const BACK_OFF_MINUTES = [1, 2, 4, 8, 15, 30] as const;
/** However long a provider tells us to wait. */
const LONGEST_WAIT_MS = 15 * 60_000;

/** Seconds to the next run; a tenth more or less, so that what began together does not stay so. */
export function secondsToNextRun(random = Math.random()): number {
  return around(EVERY_MINUTES * 60, random);
}

/** Seconds after so many failures in a row (from 1). */
export function secondsAfterFailure(failures: number, random = Math.random()): number {
  const minutes = BACK_OFF_MINUTES[Math.min(Math.max(failures, 1), BACK_OFF_MINUTES.length) - 1];
  // Never before the time: whoever is busy is not asked sooner by chance.
  return Math.round(minutes * 60 * (1 + random / 4));
}

/** Seconds a mailbox is left alone that told us to wait: at least what it said, up to a limit. */
export function secondsToWait(waitMs: number): number {
  const wait = Number.isFinite(waitMs) ? Math.max(waitMs, 1_000) : LONGEST_WAIT_MS;
  return Math.ceil(Math.min(wait, LONGEST_WAIT_MS) / 1000);
}

/** The same for one that has let us do nothing for so long: to wait no time, told again and again, would be to ask for ever. */
export function secondsToWaitAfter(troubleMs: number, waitMs: number): number {
  return Math.max(secondsToWait(waitMs), secondsToWait(troubleMs / 4));
}

function around(seconds: number, random: number): number {
  return Math.round(seconds * (0.9 + random / 5));
}
