/** Seconds or a date (RFC 9110 §10.2.3), in milliseconds from now. null: it says nothing that can be understood. */
export function retryAfterMs(header: string | null, now = Date.now()): number | null {
  const text = header?.trim() ?? '';
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? null : Math.max(Math.ceil(ms), 0);
}
