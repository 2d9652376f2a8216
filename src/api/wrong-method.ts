import { ApiError } from '../web/api-error.js';

/** @param allow as the header of RFC 9110 §10.2.1 says it */
export function wrongMethod(allow: string): ApiError {
  return new ApiError(405, 'method-not-allowed', { methods: allow }, { headers: { Allow: allow } });
}
