/** `ECONNRESET`, `CERT_HAS_EXPIRED`, of an error of a socket or of `fetch`: the message may quote what came over the wire. */
export function networkCodeOf(error: unknown): string {
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown };
  if (typeof code === 'string') return code;
  if (Array.isArray(errors) && errors.length > 0) return networkCodeOf(errors[0]);
  return cause ? networkCodeOf(cause) : 'CONNECTION_FAILED';
}
