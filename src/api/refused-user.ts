import { type CallRefusal } from '../calls/record/call-report.js';
import { ApiError } from '../web/api-error.js';

/** Why nothing is done for a user: one word for whoever is not there, not here any more, and of another account. */
export function refusedUser(reason: CallRefusal): ApiError {
  if (reason === 'phone-off') return new ApiError(403, 'phone-off');
  if (reason === 'several-users') return new ApiError(409, 'several-users');
  return new ApiError(404, 'unknown-user');
}
