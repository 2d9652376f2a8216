import { Injectable } from '@nestjs/common';
import { PersonRecords, type PersonRecord, type Reader } from '../../accounts/person-records.js';
import { type E164 } from '../../phone/e164.js';
import { crowdedKeys, peopleAmong, reachedFrom, type SaidOfTwo } from './grouping.js';
import { distinct, personOf, type Person } from './person.js';
import { addressKey, keyOf, numberKey } from './same-person.js';
import { askedInFull } from './asked-in-full.js';

/** How often entries that were found lead on to others, and how many of them may. */
const ROUNDS = 3;
const LEADING_ON = 200;

/** What was read to put entries together. */
export interface Gathered {
  /** Those that were asked about first. */
  records: PersonRecord[];
  said: SaidOfTwo[];
}

/** Whose entries are one person's. Everything is worked out at reading, so that it is never behind its sources. */
@Injectable()
export class Persons {
  constructor(private readonly records: PersonRecords) {}

  /**
   * The people these entries are of, each with all their entries, also those that were not given. A handful of queries for
   * all of them together: give a whole page at once.
   * @param records as the reader sees them. @returns in the order in which the first entry of each was given
   */
  async group(reader: Reader, records: readonly PersonRecord[]): Promise<Person[]> {
    const asked = new Set(records.map(keyOf));
    const gathered = await this.gather(reader, records);
    return peopleAmong(gathered.records, gathered.said)
      .filter((group) => group.some((record) => asked.has(keyOf(record))))
      .map(personOf);
  }

  /** These entries and whatever may hang together with them, in `ROUNDS` rounds of reads that wait for nobody. */
  async gather(reader: Reader, records: readonly PersonRecord[]): Promise<Gathered> {
    let known = distinct(records);
    const said: SaidOfTwo[] = [];
    const asked = new Set<string>();
    const led = new Set<string>();
    let fresh = known;
    for (let round = 0; round < ROUNDS && fresh.length > 0; round++) {
      for (const record of fresh) led.add(keyOf(record));
      const found = await this.around(reader, fresh, asked);
      if (found.length === 0) break;
      known = distinct([...known, ...found]);
      fresh = reachedFrom(records, known, said)
        .filter((record) => !led.has(keyOf(record)))
        .slice(0, LEADING_ON);
    }
    return { records: known, said };
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
    for (const { email, numbers: theirs } of records) {
      if (email !== null && isNew(addressKey(email))) addresses.add(email);
      for (const { number } of theirs) if (isNew(numberKey(number))) numbers.add(number);
    }
    const found = await Promise.all([
      askedInFull(
        [...addresses],
        ({ email }) => [email],
        (some) => this.records.byAddresses(reader, some),
      ),
      askedInFull(
        [...numbers],
        (record) => record.numbers.map(({ number }) => number),
        (some) => this.records.byNumbers(reader, some),
      ),
    ]);
    return found.flat();
  }
}
