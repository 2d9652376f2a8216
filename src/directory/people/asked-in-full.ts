import {
  recordKinds,
  RECORDS,
  type PersonRecord,
  type PersonRecords,
  type Reader,
} from '../../accounts/person-records.js';
import { type E164 } from '../../phone/e164.js';
import { RECORDS_OF_A_PERSON } from './grouping.js';

/** Of so few keys a source's answer is not full, unless one of them is crowded. */
const KEYS = 40;

/**
 * Whoever has one of many addresses or numbers. Where a source has given as many entries as it gives, a number of thousands may
 * stand before all others: the others are asked once more without it, some at a time.
 * @param keys each once. @param keysOf those of an entry that this is about
 */
export async function askedInFull<Key extends string>(
  keys: readonly Key[],
  keysOf: (record: PersonRecord) => readonly string[],
  ask: (keys: Key[]) => Promise<PersonRecord[]>,
): Promise<PersonRecord[]> {
  if (keys.length === 0) return [];
  const found = await ask([...keys]);
  if (!recordKinds.some((kind) => isFull(found.filter((record) => record.kind === kind)))) return found;
  const counts = new Map<string, number>();
  for (const record of found) for (const key of keysOf(record)) counts.set(key, (counts.get(key) ?? 0) + 1);
  const others = keys.filter((key) => (counts.get(key) ?? 0) <= RECORDS_OF_A_PERSON);
  if (others.length === 0) return found;
  const parts: Key[][] = [];
  for (let from = 0; from < others.length; from += KEYS) parts.push(others.slice(from, from + KEYS));
  const more = await Promise.all(parts.map((part) => ask(part)));
  return [...found, ...more.flat()];
}

/** Whoever has one of many numbers, of which one may be a switchboard’s. @returns an entry perhaps twice */
export function byNumbersInFull(
  records: PersonRecords,
  reader: Reader,
  numbers: readonly E164[],
): Promise<PersonRecord[]> {
  return askedInFull(
    [...new Set(numbers)],
    (record) => record.numbers.map(({ number }) => number),
    (some) => records.byNumbers(reader, some),
  );
}

function isFull(records: readonly PersonRecord[]): boolean {
  return records.length >= RECORDS;
}
