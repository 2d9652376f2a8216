import { type CallReport } from '../../calls/record/call-report.js';
import { ApiError } from '../../web/api-error.js';
import { type Words } from '../../web/words.js';
import { CallReported, CallsReported, type CallResult } from './call-schemas.js';
import { faultsOf } from './faults.js';

/** One call of a request: as it is recorded, or why it is none. */
export type Reported = { report: CallReport } | { refused: CallResult };

/**
 * The calls of a body: one call, or `{"calls": […]}`.
 * @throws ApiError where it is neither
 */
export function reportedCalls(words: Words, body: unknown): Reported[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new ApiError(400, 'not-calls');
  if (!Object.hasOwn(body, 'calls')) return [reportedCall(words, body)];
  const { data, error } = CallsReported.safeParse(body);
  if (error) {
    const errors = faultsOf(words, error, body);
    throw new ApiError(400, 'not-calls', {}, { members: { errors } });
  }
  return data.calls.map((call) => reportedCall(words, call));
}

function reportedCall(words: Words, value: unknown): Reported {
  const { data, error } = CallReported.safeParse(value);
  if (error) {
    const errors = faultsOf(words, error, value);
    const detail = words.t('api-docs.refusal.malformed', { count: errors.length });
    return { refused: { callId: callIdIn(value), result: 'refused', reason: 'malformed', detail, errors } };
  }
  const { startedAt, number, name, seconds = 0, recordingUrl = null, ...rest } = data;
  return {
    report: {
      ...rest,
      number: number ?? '',
      name: name ?? null,
      startedAt: new Date(typeof startedAt === 'number' ? startedAt * 1000 : startedAt),
      ...{ seconds, recordingUrl },
    },
  };
}

/** So that whoever sent it finds it again. */
function callIdIn(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'callId')) return null;
  const { callId } = value as { callId: unknown };
  return typeof callId === 'string' ? callId.slice(0, 200) : null;
}
