import { Injectable } from '@nestjs/common';
import {
  PersonRecords,
  recordKinds,
  type PersonRecord,
  type Reader,
  type RecordKind,
} from '../../accounts/person-records.js';
import { extensionIn, wordsOf } from '../../accounts/record-search.js';
import { isE164, isRegion, readPhone, type E164 } from '../../phone/e164.js';
import { phoneQueryDigits } from '../../text/fold.js';
import { byNumbersInFull } from '../people/asked-in-full.js';
import { crowdedKeys } from '../people/grouping.js';
import { distinct, type Person } from '../people/person.js';
import { Persons } from '../people/persons.service.js';
import { numberKey } from '../people/same-person.js';
import { FrequentNumbers } from './frequent-numbers.js';
import { askedFor } from './question.js';
import { rankedPeople, rankedRecords } from './ranking.js';

/** Who answers a search. */
export interface FoundPeople {
  people: Person[];
  /** Places that have more than is shown, in the order of `recordKinds`. */
  more: RecordKind[];
  /** The whole number that was typed, if it is one. */
  number: E164 | null;
}

/** Entries that are put together for one person that is shown: few have more. */
const ENTRIES = 2;

/**
 * People of all places in one list. Two steps, whatever the data: all places are asked at once, each once; then the best are put
 * together to people.
 */
@Injectable()
export class PeopleSearch {
  constructor(
    private readonly records: PersonRecords,
    private readonly persons: Persons,
    private readonly frequent: FrequentNumbers,
  ) {}

  /**
   * @param typed also as a question (question.ts)
   * @param limit how many people at most
   */
  async find(reader: Reader, typed: string, limit: number): Promise<FoundPeople> {
    const q = askedFor(typed);
    const words = wordsOf(q);
    const number = numberIn(q, reader);
    if (words.length === 0) return { people: [], more: [], number };
    const [found, called, frequent] = await Promise.all([
      // One more of each tells whether there are more.
      this.records.ask(reader, (source) => source.search(reader, q, limit + 1)),
      number === null ? [] : this.records.byNumbers(reader, [number]),
      this.often(reader),
    ]);
    const wanted = { words, number, extension: extensionIn(q), frequent: frequent.called };
    const best = rankedRecords(distinct([...found, ...called, ...frequent.records]), wanted);
    const grouped = await this.persons.group(reader, best.slice(0, limit * ENTRIES));
    const people = rankedPeople(grouped, wanted).slice(0, limit);
    return { people, more: moreThan(people, best), number };
  }

  /** Whom the reader often speaks with, as far as they are kept anywhere. A switchboard’s number says nothing of whom. */
  private async often(reader: Reader): Promise<{ called: string[]; records: PersonRecord[] }> {
    const asked = await this.frequent.of(reader);
    const [byNumber, byExtension] = await Promise.all([
      byNumbersInFull(this.records, reader, asked.filter(isE164)),
      this.records.byExtensions(
        reader,
        asked.filter((each) => !isE164(each)),
      ),
    ]);
    const crowded = crowdedKeys(byNumber);
    const called = asked.filter((each) => !isE164(each) || !crowded.has(numberKey(each)));
    return { called, records: [...byNumber, ...byExtension] };
  }
}

/** A search that is a whole number, in any notation; one without a country is the account's. */
export function numberIn(q: string, { account }: Pick<Reader, 'account'>): E164 | null {
  if (phoneQueryDigits(q) === null || !isRegion(account.region)) return null;
  const reading = readPhone(q, { region: account.region, from: 'form' });
  return reading.kind === 'number' || reading.kind === 'proposal' ? reading.number : null;
}

function moreThan(people: readonly Person[], found: readonly PersonRecord[]): RecordKind[] {
  const shown = new Set(people.flatMap(({ records }) => records.map(({ id }) => id)));
  const left = found.filter(({ id }) => !shown.has(id));
  return recordKinds.filter((kind) => left.some((record) => record.kind === kind));
}
