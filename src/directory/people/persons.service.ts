import { Injectable } from '@nestjs/common';
import {
  addressesOf,
  PersonRecords,
  type PersonRecord,
  type Reader,
  type RecordRef,
} from '../../accounts/person-records.js';
import { type E164 } from '../../phone/e164.js';
import { askedInFull, byNumbersInFull } from './asked-in-full.js';
import { crowdedKeys, peopleAmong, reachedFrom, type SaidOfTwo } from './grouping.js';
import { PersonLinks } from './person-links.service.js';
import { distinct, personOf, type Person } from './person.js';
import { addressKey, keyOf, numberKey } from './same-person.js';

/** How often entries that were found lead on to others, and how many of them may. */
const ROUNDS = 3;
const LEADING_ON = 200;

/** What was read to put entries together. */
export interface Gathered {
  /** Those that were asked about first, then whoever shares something with them. */
  records: PersonRecord[];
  said: SaidOfTwo[];
}

/** Whose entries are one person's. Everything is worked out at reading, so that it is never behind its sources. */
@Injectable()
export class Persons {
  constructor(
    private readonly records: PersonRecords,
    private readonly links: PersonLinks,
  ) {}

  /**
   * The people these entries are of, each with all their entries, also those that were not given. A handful of queries for
   * all of them together: give a whole page at once.
   * @param records as the reader sees them. @returns in the order in which the first entry of each was given
   */
  async group(reader: Reader, records: readonly PersonRecord[]): Promise<Person[]> {
    return peopleOf(records, await this.gather(reader, records));
  }

  /** Whose entry this is. @returns null for one the reader does not see: gone, hidden, or another's */
  async find(
    reader: Reader,
    ref: RecordRef,
  ): Promise<{ person: Person; record: PersonRecord; gathered: Gathered } | null> {
    const [record] = await this.records.byRefs(reader, [ref]);
    if (!record) return null;
    const gathered = await this.gather(reader, [record]);
    const [person] = peopleOf([record], gathered);
    return { person, record, gathered };
  }

  /** These entries and whatever may hang together with them, in `ROUNDS` rounds of reads at most. */
  async gather(reader: Reader, records: readonly PersonRecord[]): Promise<Gathered> {
    let known = distinct(records);
    const said: SaidOfTwo[] = [];
    const asked = new Set<string>();
    const led = new Set<string>();
    let fresh = known;
    for (let round = 0; round < ROUNDS && fresh.length > 0; round++) {
      for (const record of fresh) led.add(keyOf(record));
      const [found, more] = await Promise.all([
        this.around(reader, fresh, asked),
        this.saidOf(reader, fresh, known),
      ]);
      said.push(...more.said);
      known = distinct([...known, ...found, ...more.records]);
      fresh = reachedFrom(records, known, said)
        .filter((record) => !led.has(keyOf(record)))
        .slice(0, LEADING_ON);
    }
    return { records: known, said };
  }

  /** What was said of these by hand, and the entries they are to be one person with. */
  private async saidOf(reader: Reader, records: readonly PersonRecord[], known: readonly PersonRecord[]) {
    const said = await this.links.about(reader, records);
    const present = new Set(known.map(keyOf));
    const wanted = said
      .flatMap(({ one, other, verdict }) => (verdict === 'same' ? [one, other] : []))
      .filter((ref) => !present.has(keyOf(ref)));
    return { said, records: wanted.length === 0 ? [] : await this.records.byRefs(reader, wanted) };
  }

  /** Entries that share an address or a number with these. @param asked keys that were asked before; grows */
  private async around(
    reader: Reader,
    records: readonly PersonRecord[],
    asked: Set<string>,
  ): Promise<PersonRecord[]> {
    const addresses = new Set<string>();
    const numbers = new Set<E164>();
    const crowded = crowdedKeys(records);
    const isNew = (key: string) => !asked.has(key) && !crowded.has(key) && asked.add(key);
    for (const record of records) {
      for (const address of addressesOf(record)) if (isNew(addressKey(address))) addresses.add(address);
      for (const { number } of record.numbers) if (isNew(numberKey(number))) numbers.add(number);
    }
    const found = await Promise.all([
      askedInFull([...addresses], addressesOf, (some) => this.records.byAddresses(reader, some)),
      byNumbersInFull(this.records, reader, [...numbers]),
    ]);
    return found.flat();
  }
}

function peopleOf(records: readonly PersonRecord[], { records: known, said }: Gathered): Person[] {
  const asked = new Set(records.map(keyOf));
  return peopleAmong(known, said)
    .filter((group) => group.some((record) => asked.has(keyOf(record))))
    .map(personOf);
}
