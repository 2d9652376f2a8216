/** One AV_PAIR of a challenge's or an answer's target info (MS-NLMP §2.2.2.1). */
export interface AvPair {
  id: number;
  value: Buffer;
}

/** What the answer says of the connection it is given over. */
export interface NtlmPlace {
  /** As in the address that is asked, without a port. */
  host: string;
  /** channel-binding.ts; null without TLS. */
  binding: Buffer | null;
}

/** @returns null when a pair goes past the end, or holds what such a pair cannot */
export function readTargetInfo(info: Buffer): AvPair[] | null {
  const pairs: AvPair[] = [];
  let at = 0;
  while (at + 4 <= info.length) {
    const id = info.readUInt16LE(at);
    const end = at + 4 + info.readUInt16LE(at + 2);
    if (id === END) return pairs;
    const value = info.subarray(at + 4, end);
    if (end > info.length || (fixedLengths.get(id) ?? value.length) !== value.length) return null;
    pairs.push({ id, value });
    at = end;
  }
  return at === info.length ? pairs : null;
}

/** The server's own time, as FILETIME. */
export function timestampOf(pairs: readonly AvPair[]): Buffer | null {
  return pairs.find(({ id }) => id === TIMESTAMP)?.value ?? null;
}

/**
 * The target info of our answer (§3.1.5.1.2): what the server said, and what it may check of the connection. Pairs that are
 * ours to write are not taken from the server.
 * @param signed the message will carry an integrity code
 */
export function answeringInfo(pairs: readonly AvPair[], place: NtlmPlace, signed: boolean): Buffer {
  const given = pairs.find(({ id }) => id === FLAGS)?.value.readUInt32LE(0) ?? 0;
  const flags = Buffer.alloc(4);
  flags.writeUInt32LE((given | (signed ? SIGNED : 0)) >>> 0);
  return Buffer.concat([
    ...pairs.filter(({ id }) => !ours.has(id)).map(written),
    ...(flags.readUInt32LE() === 0 ? [] : [written({ id: FLAGS, value: flags })]),
    written({ id: CHANNEL_BINDINGS, value: place.binding ?? Buffer.alloc(16) }),
    written({ id: TARGET_NAME, value: Buffer.from(`HTTP/${place.host}`, 'utf16le') }),
    written({ id: END, value: Buffer.alloc(0) }),
  ]);
}

const END = 0;
const FLAGS = 6;
const TIMESTAMP = 7;
const TARGET_NAME = 9;
const CHANNEL_BINDINGS = 10;
const ours = new Set([FLAGS, TARGET_NAME, CHANNEL_BINDINGS]);
const fixedLengths = new Map([
  [FLAGS, 4],
  [TIMESTAMP, 8],
]);

/** In the value of FLAGS: there is an integrity code. */
const SIGNED = 2;

function written({ id, value }: AvPair): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, value]);
}
