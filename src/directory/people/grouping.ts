import {
  addressesOf,
  recordKinds,
  type PersonRecord,
  type RecordRef,
} from '../../accounts/person-records.js';
import {
  addressKey,
  areTwoSignIns,
  keyOf,
  numberKey,
  sureReason,
  sureReasons,
  type SureReason,
} from './same-person.js';

/** What the reader said of two entries, which goes before anything that is worked out. */
export interface SaidOfTwo {
  one: RecordRef;
  other: RecordRef;
  verdict: 'same' | 'different';
}

/** The most entries one person has; an address or number that more entries have than this is nobody's own. */
export const RECORDS_OF_A_PERSON = 20;

/** Two entries that are one person. */
interface Tie {
  one: PersonRecord;
  other: PersonRecord;
  reason: SureReason;
}

/**
 * Entries put together to people. What the reader said apart stays apart, along any chain: with A and B surely one, B and C
 * surely one, and A and C said to be two, B stays with the one it has the stronger reason to be (in the order of
 * `sureReasons`), and of two equal ones with whom is believed more (`recordKinds`), then with the older entry. Nobody is put
 * together with two people who sign in.
 * @returns each person's entries as `inOrder` has them; people in the order in which their first entry was given
 */
export function peopleAmong(records: readonly PersonRecord[], said: readonly SaidOfTwo[]): PersonRecord[][] {
  const groups = new Map(records.map((record) => [keyOf(record), [record]]));
  const apart = new Set(
    said.flatMap(({ one, other, verdict }) => (verdict === 'different' ? [pairKey(one, other)] : [])),
  );
  for (const { one, other, reason } of tiesAmong(records, said).sort(byStrength)) {
    const [mine, theirs] = [groups.get(keyOf(one))!, groups.get(keyOf(other))!];
    if (mine === theirs || mine.length + theirs.length > RECORDS_OF_A_PERSON) continue;
    if (mustStayApart(mine, theirs, apart, reason)) continue;
    const joined = [...mine, ...theirs];
    for (const record of joined) groups.set(keyOf(record), joined);
  }
  return [...new Set(records.map((record) => groups.get(keyOf(record))!))].map((group) =>
    [...group].sort(inOrder),
  );
}

/** The entries that hang together with some of these, whatever was said against it. */
export function reachedFrom(
  starts: readonly RecordRef[],
  records: readonly PersonRecord[],
  said: readonly SaidOfTwo[],
): PersonRecord[] {
  const neighbours = new Map<string, PersonRecord[]>();
  for (const { one, other } of tiesAmong(records, said)) {
    listAt(neighbours, keyOf(one)).push(other);
    listAt(neighbours, keyOf(other)).push(one);
  }
  const present = new Map(records.map((record) => [keyOf(record), record]));
  const reached = new Set<PersonRecord>();
  const next = starts.flatMap((start) => present.get(keyOf(start)) ?? []);
  for (let record = next.pop(); record; record = next.pop()) {
    if (reached.has(record)) continue;
    reached.add(record);
    next.push(...(neighbours.get(keyOf(record)) ?? []));
  }
  return records.filter((record) => reached.has(record));
}

/** Addresses and numbers of more entries than a person has. */
export function crowdedKeys(records: readonly PersonRecord[]): Set<string> {
  const counts = new Map<string, number>();
  for (const record of records) for (const key of keysOf(record)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return new Set([...counts].flatMap(([key, count]) => (count > RECORDS_OF_A_PERSON ? [key] : [])));
}

/** What others may share with an entry. */
export function keysOf(record: PersonRecord): Set<string> {
  return new Set([
    ...record.numbers.map(({ number }) => numberKey(number)),
    ...addressesOf(record).map(addressKey),
  ]);
}

/** As a person's entries stand on the card: who is believed more first, then the older one. */
export function inOrder(one: RecordRef, other: RecordRef): number {
  const byKind = recordKinds.indexOf(one.kind) - recordKinds.indexOf(other.kind);
  // Of one and the same 0, so that two ties of it are told apart by their other side.
  return byKind || (one.id === other.id ? 0 : one.id < other.id ? -1 : 1);
}

/** The same for both orders of the two. */
export function pairKey(one: RecordRef, other: RecordRef): string {
  return [keyOf(one), keyOf(other)].sort().join(' ');
}

function tiesAmong(records: readonly PersonRecord[], said: readonly SaidOfTwo[]): Tie[] {
  const present = new Map(records.map((record) => [keyOf(record), record]));
  const ties = new Map<string, Tie>();
  for (const { one, other, verdict } of said) {
    const [mine, theirs] = [present.get(keyOf(one)), present.get(keyOf(other))];
    if (verdict === 'same' && mine && theirs) addTie(ties, mine, theirs, 'by-hand');
  }
  const crowded = crowdedKeys(records);
  for (const [key, sharing] of sharersOf(records)) {
    if (sharing.length < 2 || crowded.has(key)) continue;
    for (const [index, one] of sharing.entries())
      for (const other of sharing.slice(index + 1)) {
        const reason = sureReason(one, other, crowded);
        if (reason && !isGuess(one, other, reason, sharing)) addTie(ties, one, other, reason);
      }
  }
  return [...ties.values()];
}

/** One tie for two entries: the first is the reader's word, and what is worked out is the same for each key they share. */
function addTie(ties: Map<string, Tie>, one: PersonRecord, other: PersonRecord, reason: SureReason): void {
  const key = pairKey(one, other);
  if (!ties.has(key))
    ties.set(key, inOrder(one, other) < 0 ? { one, other, reason } : { one: other, other: one, reason });
}

/** Two namesakes behind one switchboard: which of them somebody of that name and number is, the reader has to say. */
function isGuess(
  one: PersonRecord,
  other: PersonRecord,
  reason: SureReason,
  sharing: readonly PersonRecord[],
): boolean {
  if (reason !== 'number-and-name') return false;
  return [one, other].some((each) =>
    sharing.some(
      (third) =>
        // Of a colleague and an outsider the colleague is believed.
        third.kind === each.kind &&
        areTwoSignIns(each, third) &&
        sameNamed(third, one === each ? other : one),
    ),
  );
}

function sameNamed(third: PersonRecord, other: PersonRecord): boolean {
  return sureReason(third, other) === 'number-and-name';
}

function sharersOf(records: readonly PersonRecord[]): Map<string, PersonRecord[]> {
  const sharers = new Map<string, PersonRecord[]>();
  for (const record of records) for (const key of keysOf(record)) listAt(sharers, key).push(record);
  return sharers;
}

function byStrength(one: Tie, other: Tie): number {
  return (
    sureReasons.indexOf(one.reason) - sureReasons.indexOf(other.reason) ||
    inOrder(one.one, other.one) ||
    inOrder(one.other, other.other)
  );
}

function mustStayApart(
  mine: readonly PersonRecord[],
  theirs: readonly PersonRecord[],
  apart: ReadonlySet<string>,
  reason: SureReason,
): boolean {
  return mine.some((one) =>
    theirs.some(
      (other) => apart.has(pairKey(one, other)) || (reason !== 'by-hand' && areTwoSignIns(one, other)),
    ),
  );
}

function listAt<Value>(lists: Map<string, Value[]>, key: string): Value[] {
  const present = lists.get(key);
  if (present) return present;
  const made: Value[] = [];
  lists.set(key, made);
  return made;
}
