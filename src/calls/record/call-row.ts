import { type E164, readPhone, type Region } from '../../phone/e164.js';
import { FOLD_VERSION, searchKeyOf } from '../../text/fold.js';
import { tidy } from '../../text/tidy.js';
import { type CallDirection, type CallOutcome } from '../call.js';
import { type CallRefusal, type CallReport } from './call-report.js';

/** What a report says of a call, as it is stored. */
export interface CallFields {
  callId: string;
  direction: CallDirection;
  outcome: CallOutcome;
  number: E164 | null;
  typedNumber: string | null;
  callerName: string | null;
  startedAt: Date;
  seconds: number;
  recordingUrl: string | null;
}

/** Whose country numbers are read by, and since when calls are kept (null: for ever). */
export interface CallRules {
  region: Region;
  keptFrom: Date | null;
  now: Date;
}

export const callIdCharacters = 128;
export const recordingUrlCharacters = 2048;

/** A report as it would be stored, or why it cannot be. What is said of the other side is never a reason. */
export function callOf(report: CallReport, { region, keptFrom, now }: CallRules): CallFields | CallRefusal {
  const callId = callIdOf(report.callId);
  if (callId === null) return 'bad-call-id';
  const start = report.startedAt.getTime();
  if (!(start >= EARLIEST) || start > now.getTime() + AHEAD) return 'bad-start';
  if (keptFrom && start < keptFrom.getTime()) return 'too-old';
  const { seconds } = report;
  if (!Number.isFinite(seconds) || seconds < 0 || seconds > LONGEST_SECONDS) return 'bad-duration';
  const recordingUrl = report.recordingUrl?.trim() || null;
  if (recordingUrl !== null && recordingUrl.length > recordingUrlCharacters) return 'bad-recording-url';
  return {
    callId,
    direction: report.direction,
    outcome: report.outcome,
    ...otherSide(report.number, region),
    callerName: plain(report.name ?? '', 255),
    startedAt: report.startedAt,
    seconds: Math.round(seconds),
    recordingUrl,
  };
}

/** A telephone system’s id as it is stored; null: it is none. */
export function callIdOf(said: string): string | null {
  const callId = plain(said, callIdCharacters + 1);
  return callId === null || callId.length > callIdCharacters ? null : callId;
}

/**
 * The number that was said, where it is one, also as it is dialled in the region or inside a SIP address (RFC 3261 §19.1); what was
 * said stands beside it where it differs.
 */
export function otherSide(said: string, region: Region): { number: E164 | null; typedNumber: string | null } {
  const typed = plain(said, 64);
  if (typed === null) return { number: null, typedNumber: null };
  const bare = /^(?:sips?|tel):([^@;]+)/i.exec(typed)?.[1] ?? typed.replace(/^(\+?\d+)@.*$/s, '$1');
  const reading = readPhone(bare, { region, from: 'form' });
  const number =
    reading.kind === 'number' || (reading.kind === 'proposal' && SURE.has(reading.reason))
      ? reading.number
      : null;
  return { number, typedNumber: typed === number ? null : typed };
}

/** The folded words a call is found by. */
export function callKeys({
  callerName,
  number,
  typedNumber,
}: Pick<CallFields, 'callerName' | 'number' | 'typedNumber'>): {
  searchKey: string;
  foldVersion: number;
} {
  const searchKey = searchKeyOf({ names: [callerName], phones: [number], texts: [typedNumber] }, 500);
  return { searchKey, foldVersion: FOLD_VERSION };
}

/** Telephone systems said nothing to nobody before; in milliseconds. */
const EARLIEST = Date.UTC(1990, 0, 1);
/** Clocks are put right by hours: two starts further apart are of two calls. */
export const ONE_CALL_MS = 24 * 3600_000;
/** A clock in another zone may be this far ahead. */
const AHEAD = 24 * 3600_000;
const LONGEST_SECONDS = 31 * 24 * 3600;
/** Nobody is there to be asked about these: they change no digit that was said. */
const SURE: ReadonlySet<string> = new Set(['no-plus', 'trunk-zero', 'full-width', 'apostrophe']);

/** Text of a machine as people may read it: tidied, without control characters, at most so many characters; null: nothing. */
function plain(said: string, most: number): string | null {
  const text = tidy(said.slice(0, 4 * most).replace(/[\p{Cc}\p{Cs}]+/gu, ' '));
  const cut = [...text].slice(0, most).join('').trim();
  return cut === '' ? null : cut;
}
