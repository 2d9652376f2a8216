import { type Id } from '../../database/id.js';

/** Of the news that a request has come, to its receiver. @param requestId of the sender's row */
export function requestNews(requestId: Id): string {
  return `external.request:${requestId}`;
}
