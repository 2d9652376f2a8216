/** What columns hold, and base64 is part of. A space at the end would be no difference to the database. */
const USABLE = /^[\x21-\x7e]{1,512}$/;

/** An id or change key, or null where there is none the service gives: then the thing is left out, and the others go on. */
export function usableId(value: unknown): string | null {
  return typeof value === 'string' && USABLE.test(value) ? value : null;
}
