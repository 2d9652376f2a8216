import { recordKinds, type PersonRecord } from '../../accounts/person-records.js';
import { rankOf, ranks } from '../../accounts/record-search.js';
import { type E164 } from '../../phone/e164.js';
import { fold } from '../../text/fold.js';
import { type Person } from '../people/person.js';
import { placeOfNumber } from '../people/whose-number.js';

/** What a search looks for, and what decides who comes first. Pure: the list, the header and the palette agree. */
export interface Wanted {
  /** Folded, or the digits of a number. */
  words: readonly string[];
  /** The whole number that was typed, if it is one. */
  number: E164 | null;
  /** What was typed, if it may be an extension. */
  extension: string | null;
  /** Whom the reader often speaks with, by numbers and colleagues' extensions; the most frequent first. */
  frequent: readonly string[];
}

/** Where somebody stands; the lower the further up, part by part. */
type Place = readonly (number | string)[];

/** Entries in the order in which they are shown. Those that do not answer the search are left out. */
export function rankedRecords(records: readonly PersonRecord[], wanted: Wanted): PersonRecord[] {
  return inOrder(records, (record) => {
    const rank = rankOfRecord(record, wanted);
    return rank === null ? null : placeOf(record, [record], rank, wanted);
  });
}

/** People, each as their best entry has it; who is starred anywhere is. */
export function rankedPeople(people: readonly Person[], wanted: Wanted): Person[] {
  return inOrder(people, (person) => {
    const found = person.records.flatMap((record) => rankOfRecord(record, wanted) ?? []);
    return found.length === 0 ? null : placeOf(person, person.records, Math.min(...found), wanted);
  });
}

function rankOfRecord(record: PersonRecord, { words, number, extension }: Wanted): number | null {
  if (extension !== null && extensionInside(record) === extension) return ranks.whole;
  if (number !== null && record.numbers.some((each) => each.number === number)) return ranks.whole;
  return rankOf(words, record);
}

/**
 * Who is starred or often called, then how well the name fits, of a whole number whose it is believed to be, then the more
 * frequent, then by name as it is read.
 */
function placeOf(
  { name, starred, numbers }: Pick<Person, 'name' | 'starred' | 'numbers'>,
  records: readonly PersonRecord[],
  rank: number,
  { number: wanted, frequent }: Wanted,
): Place {
  const [first] = records;
  const having = records.filter((record) => record.numbers.some(({ number }) => number === wanted));
  const called = [
    ...numbers.map(({ number }) => number),
    ...records.flatMap((each) => extensionInside(each) ?? []),
  ];
  const calls = called.map((each) => frequent.indexOf(each)).filter((place) => place !== -1);
  const isFrequent = calls.length > 0;
  return [
    starred || isFrequent ? 0 : 1,
    rank,
    having.length === 0 ? 0 : placeOfNumber(having),
    isFrequent ? Math.min(...calls) : frequent.length,
    starred ? 0 : 1,
    fold(name),
    recordKinds.indexOf(first.kind),
    first.id,
  ];
}

/** Of others an extension is that of somebody else here. */
function extensionInside({ kind, extension }: PersonRecord): string | null {
  return kind === 'colleague' ? extension : null;
}

function inOrder<Each>(all: readonly Each[], place: (each: Each) => Place | null): Each[] {
  return all
    .flatMap((each) => {
      const at = place(each);
      return at === null ? [] : [{ each, at }];
    })
    .sort((one, other) => compared(one.at, other.at))
    .map(({ each }) => each);
}

function compared(one: Place, other: Place): number {
  for (const [index, mine] of one.entries()) {
    const theirs = other[index];
    if (mine !== theirs) return mine < theirs ? -1 : 1;
  }
  return 0;
}
