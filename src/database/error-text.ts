/**
 * What went wrong, for logs and the notes of jobs, without the values a database quotes in its messages
 * (`Duplicate entry '…' for key 'uq_users_email'`): those are people's names and addresses.
 */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { errno, driverError } = error as { errno?: unknown; driverError?: { errno?: unknown } };
  if ((errno ?? driverError?.errno) === undefined) return error.message;
  return error.message.replace(QUOTED, `$1'…'`).replace(QUOTED_AT_THE_END, `$1'…'`);
}

/** Duplicate entry '…' for, Incorrect string value: '…' for, near '…' at: the value may hold quotes itself. */
const QUOTED = /\b(entry |value:? |near )'.*'(?= for (?:key|column) | at line )/s;
const QUOTED_AT_THE_END = /\b(value:? )'(?!…).*'$/s;
