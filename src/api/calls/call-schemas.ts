import { z } from 'zod';
import { callDirections, callOutcomes } from '../../calls/call.js';
import { callRefusals } from '../../calls/record/call-report.js';
import { callIdCharacters, recordingUrlCharacters } from '../../calls/record/call-row.js';
import { limits } from '../../config/limits.js';

/**
 * What `/api/v1/calls` takes and answers: the same schemas check requests, make the OpenAPI document and the page at `/api/docs`. What a
 * field is for is said by `api-docs.field.<schema>.<field>`.
 */

/** One line: no control characters. */
const line = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^\P{Cc}*$/u);

/** What a caller's own telephone says: tidied and cut where it is kept, and no reason to lose the call. */
const said = z.string().max(4000);

/** 1 January 1990 to 1 January 2100. */
const epoch = z.int().min(631_152_000).max(4_102_444_800);

export const CallReported = z.strictObject({
  callId: line(callIdCharacters).min(1),
  user: line(limits.emailCharacters).min(1),
  direction: z.enum(callDirections),
  outcome: z.enum(callOutcomes),
  number: said.nullish(),
  name: said.nullish(),
  startedAt: z.union([z.iso.datetime({ offset: true }), epoch]),
  seconds: z
    .int()
    .min(0)
    .max(31 * 24 * 3600)
    .optional(),
  recordingUrl: line(recordingUrlCharacters)
    .regex(/^https?:\/\//)
    .nullish(),
});
export type CallReported = z.infer<typeof CallReported>;

/** The calls themselves are looked at one by one: a wrong one does not hold up the others. */
export const CallsReported = z.strictObject({ calls: z.array(z.unknown()).max(limits.apiCalls) });
export const CallsReportedInFull = z.strictObject({ calls: z.array(CallReported).max(limits.apiCalls) });

/** `malformed`: the shape itself; `errors` says what. */
export const refusals = ['malformed', ...callRefusals] as const;

export const CallResult = z.strictObject({
  callId: z.string().nullable(),
  result: z.enum(['created', 'updated', 'unchanged', 'refused']),
  reason: z.enum(refusals).optional(),
  detail: z.string().optional(),
  errors: z.array(z.strictObject({ field: z.string(), detail: z.string() })).optional(),
});
export type CallResult = z.infer<typeof CallResult>;

export const CallResults = z.strictObject({ results: z.array(CallResult) });
export type CallResults = z.infer<typeof CallResults>;
