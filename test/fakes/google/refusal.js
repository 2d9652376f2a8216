/** An answer that says no, as Google's services write it (google.rpc.Status). */
export class Refusal extends Error {
  /** @param {number} status of HTTP @param {string} name `INVALID_ARGUMENT` @param {string} message @param {object[]} [details] */
  constructor(status, name, message, details) {
    super(message);
    this.status = status;
    this.body = { error: { code: status, message, status: name, ...(details && { details }) } };
  }
}

/** @param {string} message @param {string} [field] @returns {Refusal} */
export function invalid(message, field) {
  const violation = { field, description: message };
  return new Refusal(
    ...[400, 'INVALID_ARGUMENT', message],
    field
      ? [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [violation] }]
      : undefined,
  );
}

/** @returns {Refusal} */
export function notFound() {
  return new Refusal(404, 'NOT_FOUND', 'Requested entity was not found.');
}

/** @param {string} reason @param {string} domain @param {Record<string, string>} [metadata] */
export function errorInfo(reason, domain = 'googleapis.com', metadata = {}) {
  return { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain, metadata };
}

/** Of the Calendar API, which writes the older form. @param {number} status @param {string} reason @param {string} message @returns {Refusal} */
export function calendarRefusal(status, reason, message) {
  const refusal = new Refusal(status, '', message);
  const domain = status === 403 ? 'usageLimits' : status === 410 ? 'calendar' : 'global';
  refusal.body = { error: { errors: [{ domain, reason, message }], code: status, message } };
  return refusal;
}
