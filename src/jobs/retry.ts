const MINUTE = 60;

/** Seconds to wait after the first, second … failure; after the last of them there is no further try. */
export const retrySeconds = [1 * MINUTE, 5 * MINUTE, 30 * MINUTE, 120 * MINUTE, 720 * MINUTE] as const;

/** How long to wait after the nth failure (from 1); null when it was the last try. */
export function waitAfter(failures: number): number | null {
  return retrySeconds[failures - 1] ?? null;
}
