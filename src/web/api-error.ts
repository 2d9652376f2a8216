import { DomainError, type MessageValues } from '../errors/domain-error.js';

/** Why a program gets no answer; the words are `api-docs.problem.<code>` with a title of its own (`.title`). */
export class ApiError extends DomainError {
  constructor(
    readonly status: number,
    /** Last part of the `type` of RFC 9457; the page at `/api/docs` has a line for each. */
    readonly code: string,
    values: MessageValues = {},
    readonly more: {
      /** Beside `type`, `title`, `status`, `detail` and `requestId`. */
      members?: Readonly<Record<string, unknown>>;
      headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(`api-docs.problem.${code}`, values);
  }
}
