/* How Graph says no: a status, and JSON with a code and a text. */

export class GraphError extends Error {
  /** @param {number} status @param {string} code @param {string} [message] @param {Record<string, string>} [headers] */
  constructor(status, code, message = texts[code] ?? code, headers = {}) {
    super(message);
    Object.assign(this, { status, code, headers });
  }

  /** @param {string} requestId */
  bodyFor(requestId) {
    const date = new Date().toISOString().slice(0, 19);
    const innerError = { date, 'request-id': requestId, 'client-request-id': requestId };
    return { error: { code: this.code, message: this.message, innerError } };
  }
}

/** What somebody wrote wrong: a test that sends it fails. */
export class WrongRequest extends GraphError {
  /** @param {string} code @param {string} message */
  constructor(code, message) {
    super(400, code, message);
  }
}

const texts = {
  ErrorItemNotFound:
    'The specified object was not found in the store., The process failed to get the correct properties.',
  ErrorAccessDenied: 'Access is denied. Check credentials and try again.',
  ErrorFolderExists: 'A folder with the specified name already exists.',
  ErrorIrresolvableConflict:
    'The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.',
  ErrorQuotaExceeded: 'The mailbox has exceeded its quota.',
  ErrorInvalidIdMalformed: 'Id is malformed.',
  InvalidAuthenticationToken: 'Lifetime validation failed, the token is expired.',
  MailboxNotEnabledForRESTAPI: 'The mailbox is either inactive, soft-deleted, or is hosted on-premise.',
  ApplicationThrottled: 'Application is over its MailboxConcurrency limit.',
  SyncStateNotFound: "The sync state generation is not found; generation='4'.",
  resyncRequired: "Resync required. Replace any local items with the server's version.",
};

export const notFound = () => new GraphError(404, 'ErrorItemNotFound');
export const denied = () => new GraphError(403, 'ErrorAccessDenied');
