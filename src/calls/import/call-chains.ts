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
  const best = new Map<string, Told>();
  const ringing = new Map<string, string>();
  for (const row of rows) {
    const chain = chainOf(row);
    for (const leg of row.legs) {
      const key = `${chain} ${leg.userId} ${leg.direction}`;
      if (leg.direction === 'incoming') {
        if (leg.outcome === 'answered') answered.add(chain);
        ringing.set(key, chain);
      }
      const before = best.get(key);
      best.set(key, before ? better(before, leg, chain) : leg);
    }
  }
  const calls = new Map<number, Told[]>();
  const told = new Set<string>();
  for (const [key, call] of best) {
    const chain = ringing.get(key);
    if (chain !== undefined && call.outcome === 'missed' && !call.direct && answered.has(chain)) continue;
    // Who calls an own number has one call: the one that began it.
    const id = `${call.userId} ${call.callId}`;
    if (told.has(id)) continue;
    told.add(id);
    const others = calls.get(call.ref);
    if (others) others.push(call);
    else calls.set(call.ref, [call]);
  }
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

const weights = { answered: 2, voicemail: 1, missed: 0 };

function weight({ outcome, seconds }: Told): number {
  return weights[outcome] * 1_000_000 + seconds;
}
