/** Seconds or a date (RFC 9110 §10.2.3), in milliseconds from now. null: it says nothing that can be understood. */
export function retryAfterMs(header: string | null, now = Date.now()): number | null {
  const text = header?.trim() ?? '';
  // A date begins with a day; what else could be read as one (`-5` is May 2001) is none.
  const date = /^[a-z]/i.test(text) ? Date.parse(text) - now : NaN;
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : date;
  return Number.isNaN(ms) ? null : Math.max(Math.ceil(ms), 0);
}
