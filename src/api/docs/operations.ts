import { z } from 'zod';
import { limits } from '../../config/limits.js';
import { type MessageValues } from '../../errors/domain-error.js';
import { type TokenScope } from '../../web/access.js';
import { CallReported, CallResult, CallResults, CallsReportedInFull } from '../calls/call-schemas.js';
import { LookupAnswer, LookupAsked } from '../lookup/lookup-schemas.js';
import { RecordingAnswer, RecordingAsked, recordingTypes } from '../recordings/recording-schemas.js';

/** RFC 9457, with what is said beside it. */
export const Problem = z.strictObject({
  type: z.url(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  requestId: z.string(),
  errors: z.array(z.strictObject({ field: z.string(), detail: z.string() })).optional(),
  results: z.array(CallResult).optional(),
});

/** Schemas of the document, and whose fields `api-docs.field.<words>.…` says. */
export const schemas = {
  Call: { schema: CallReported, words: 'call' },
  Calls: { schema: CallsReportedInFull, words: 'calls' },
  CallResults: { schema: CallResults, words: 'results' },
  Lookup: { schema: LookupAnswer, words: 'lookup' },
  Recording: { schema: RecordingAnswer, words: 'recording' },
  Problem: { schema: Problem, words: 'problem' },
} as const;
export type SchemaName = keyof typeof schemas;

export interface Operation {
  id: 'recordCalls' | 'lookUp' | 'keepRecording' | 'describe';
  method: 'get' | 'post' | 'put';
  path: string;
  /** null: open to everybody. */
  scope: TokenScope | null;
  values: MessageValues;
  /** Where its parameters stand, and their schema. */
  parameters: { in: 'query' | 'path'; words: string; schema: z.ZodObject }[];
  body: { types: readonly string[]; schemas: readonly SchemaName[] } | null;
  answers: { status: number; types: readonly string[]; schema: SchemaName | null }[];
  /** Beside those every operation has. */
  errors: readonly number[];
  example: (publicUrl: string) => { command: string; answer: object | string };
}

const json = ['application/json'];
const curl = (publicUrl: string, path: string, options = '') =>
  `curl -H "Authorization: Bearer $CARNET_TOKEN"${options} '${publicUrl}${path}'`;

export const operations: readonly Operation[] = [
  {
    ...{ id: 'recordCalls', method: 'post', path: '/api/v1/calls', scope: 'calls:write' },
    values: { max: limits.apiCalls },
    parameters: [],
    body: { types: json, schemas: ['Call', 'Calls'] },
    answers: [
      { status: 200, types: json, schema: 'CallResults' },
      { status: 422, types: ['application/problem+json'], schema: 'Problem' },
    ],
    errors: [400, 413, 415],
    example: (publicUrl) => ({
      command: curl(publicUrl, '/api/v1/calls', ` --json '${JSON.stringify(exampleCall)}'`),
      answer: { results: [{ callId: exampleCall.callId, result: 'created' }] },
    }),
  },
  {
    ...{ id: 'lookUp', method: 'get', path: '/api/v1/lookup', scope: 'lookup:read' },
    values: {},
    parameters: [{ in: 'query', words: 'asked', schema: LookupAsked }],
    body: null,
    answers: [{ status: 200, types: ['application/json', 'text/plain'], schema: 'Lookup' }],
    errors: [400, 404, 409],
    example: (publicUrl) => ({
      command: curl(publicUrl, '/api/v1/lookup?number=%2B33612345678&user=201'),
      answer: {
        ...{ found: true, number: '+33612345678', name: 'Aoife Davies', company: 'Harbour & Pine' },
        ...{ title: 'Buyer', source: 'external' },
        ...{ link: `${publicUrl}/external-contacts/019a0000-0000-7000-8000-000000000000`, others: [] },
      },
    }),
  },
  {
    ...{ id: 'keepRecording', method: 'put', path: '/api/v1/calls/{callId}/recording', scope: 'calls:write' },
    values: { megabytes: limits.recordingBytes / (1024 * 1024) },
    parameters: [
      { in: 'path', words: 'recording', schema: z.object({ callId: z.string() }) },
      { in: 'query', words: 'recording', schema: RecordingAsked },
    ],
    body: { types: recordingTypes, schemas: [] },
    answers: [{ status: 200, types: json, schema: 'Recording' }],
    errors: [400, 404, 409, 413, 415, 422],
    example: (publicUrl) => ({
      command: curl(
        publicUrl,
        `/api/v1/calls/${exampleCall.callId}/recording?user=${exampleCall.user}`,
        ` -T msg0001.wav -H 'Content-Type: audio/wav'`,
      ),
      answer: { changed: true },
    }),
  },
  {
    ...{ id: 'describe', method: 'get', path: '/api/v1/openapi.json', scope: null },
    values: {},
    parameters: [],
    body: null,
    answers: [{ status: 200, types: json, schema: null }],
    errors: [],
    example: (publicUrl) => ({ command: `curl '${publicUrl}/api/v1/openapi.json'`, answer: '' }),
  },
];

/** Of every operation that asks for a token. */
export const errorsOfAll = [401, 403, 405, 429, 500, 503] as const;

const exampleCall = {
  ...{ callId: '1763820000.42', user: '201', direction: 'incoming', outcome: 'missed' },
  ...{ number: '+33 6 12 34 56 78', name: 'DAVIES A', startedAt: '2026-11-22T14:05:00+01:00', seconds: 0 },
} as const;

/** The last parts of `type`, in the order in which they are come upon; a test holds them against the catalogue. */
export const problemCodes = [
  ...['no-token', 'token-in-address', 'unknown-token', 'revoked-token', 'expired-token'],
  ...['insufficient-scope', 'forbidden', 'too-many', 'not-found', 'method-not-allowed', 'bad-request'],
  ...['unsupported-media-type', 'encoded-body', 'too-large', 'not-json', 'too-deep', 'same-name-twice'],
  ...['not-calls', 'all-refused', 'bad-parameters', 'unknown-user', 'several-users', 'phone-off'],
  ...['unknown-call', 'refused', 'unexpected', 'unavailable'],
];
