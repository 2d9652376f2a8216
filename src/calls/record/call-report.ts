import { type Id } from '../../database/new-id.js';
import { type CallDirection, type CallOutcome } from '../call.js';

/** A call as a telephone system reports it, its shape checked: by a request, or by a row of a file. */
export interface CallReport {
  /** The telephone system’s own id: with the user, what tells a repeated report from another call. */
  callId: string;
  /** Whose call it was: an e-mail address, an extension, or a number. */
  user: string;
  direction: CallDirection;
  outcome: CallOutcome;
  /** Of the other side, as it was said; empty where nothing was. */
  number: string;
  /** What the telephone system calls the other side. */
  name?: string | null;
  startedAt: Date;
  /** How long it was talked; 0 of a missed one. */
  seconds: number;
  recordingUrl?: string | null;
}

/**
 * Why a call is not recorded; the sentence is `calls.refusal.<reason>`. `inactive-user` is deactivated; `phone-off` has not the
 * licensed type, or the phone feature is off; `too-old`: calls of that time are not kept here any more; `id-taken`: another call of the
 * user has the id, more than a day apart, as where a telephone system counts from one again.
 */
export const callRefusals = [
  'unknown-user',
  'several-users',
  'inactive-user',
  'phone-off',
  'bad-call-id',
  'bad-start',
  'bad-duration',
  'too-old',
  'bad-recording-url',
  'id-taken',
] as const;
export type CallRefusal = (typeof callRefusals)[number];

/** What became of one report. */
export type CallAnswer =
  | { result: 'created' | 'updated' | 'unchanged'; id: Id; userId: Id }
  | { result: 'refused'; reason: CallRefusal };
