import { NO_ID } from './asterisk-row.js';
import { type Told } from './told-calls.js';

/** A row of the file as far as it matters which calls it tells. */
export interface ChainRow {
  ref: number;
  chain: string;
  opens?: string;
  continues?: string;
  legs: readonly Told[];
}

/**
 * Which calls the rows of a file tell together: of each person, each direction and each chain one, told by the row that knows most
 * of it. Whose group or queue was called and somebody else answered was not called.
 * @returns the calls by the ref of the row that tells them, and the rows whose chain has any
 */
export function callsOf<Row extends ChainRow>(
  rows: readonly Row[],
): { calls: Map<number, Told[]>; chains: Set<Row> } {
  const opened = new Map(
    rows.flatMap(({ opens, chain }) => (opens === undefined ? [] : [[opens, chain] as const])),
  );
  const chainOf = ({ chain, continues }: Row) =>
    (continues === undefined ? undefined : opened.get(continues)) ?? chain;
  const answered = new Set<string>();
  const best = new Map<string, { call: Told; chain: string }>();
  for (const row of rows) {
    const chain = chainOf(row);
    for (const leg of row.legs) {
      const key = `${chain} ${leg.userId} ${leg.direction}`;
      if (leg.direction === 'incoming' && leg.outcome === 'answered') answered.add(chain);
      const before = best.get(key);
      best.set(key, { call: before ? better(before.call, leg, chain) : leg, chain });
    }
  }
  const calls = new Map<number, Told[]>();
  const told = new Set<string>();
  const tell = (call: Told, callId: string) => {
    // Who calls an own number has one call: the one that began it.
    if (told.has(`${call.userId} ${callId}`)) return false;
    told.add(`${call.userId} ${callId}`);
    const others = calls.get(call.ref);
    if (others) others.push({ ...call, callId });
    else calls.set(call.ref, [{ ...call, callId }]);
    return true;
  };
  const rest: { call: Told; chain: string }[] = [];
  for (const { call, chain } of best.values()) {
    const isGroup = call.direction === 'incoming' && call.outcome === 'missed' && !call.direct;
    if (isGroup && answered.has(chain)) continue;
    // A chain has the id of its first channel, which is what telephone systems report calls by.
    if (call.callId === chain || isNoId(chain)) tell(call, call.callId);
    else rest.push({ call, chain });
  }
  for (const { call, chain } of rest) if (!tell(call, chain)) tell(call, call.callId);
  const present = new Set(rows.flatMap((row) => (row.legs.length > 0 ? [chainOf(row)] : [])));
  return { calls, chains: new Set(rows.filter((row) => present.has(chainOf(row)))) };
}

/** Of two rows on one person's call the one that knows how it ended; it began when the earlier says. */
function better(one: Told, other: Told, chain: string): Told {
  const known = weight(other) > weight(one) ? other : one;
  const first = one.startedAt <= other.startedAt ? one : other;
  return {
    ...known,
    callId: other.callId === chain ? chain : first.callId,
    startedAt: first.startedAt,
    name: known.name ?? first.name,
    direct: one.direct || other.direct,
  };
}

function isNoId(chain: string): boolean {
  return chain === '' || chain.startsWith(NO_ID);
}

const weights = { answered: 2, voicemail: 1, missed: 0 };

function weight({ outcome, seconds }: Told): number {
  return weights[outcome] * 1_000_000 + seconds;
}
