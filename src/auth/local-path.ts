/**
 * `next` if it leads to a page of ours, else null. Browsers read `\` as `/`, drop tabs and line breaks, and take
 * `//host` for another site, so only a single `/` followed by plain characters passes.
 */
export function localPath(next: unknown): string | null {
  if (typeof next !== 'string' || next.length > 2000 || !/^\/(?![/\\])/.test(next)) return null;
  return [...next].every((character) => character > ' ' && character !== '\\' && character !== '\x7f')
    ? next
    : null;
}

/** Where a visitor signs in to come back to `next`. */
export function loginPath(next?: string): string {
  const path = localPath(next);
  return path && path !== '/' ? `/login?next=${encodeURIComponent(path)}` : '/login';
}
