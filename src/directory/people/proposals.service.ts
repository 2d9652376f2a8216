import { Injectable } from '@nestjs/common';
import { PersonRecords, type PersonRecord, type Reader } from '../../accounts/person-records.js';
import { sortKeyOf } from '../../text/fold.js';
import { crowdedKeys, pairKey } from './grouping.js';
import { distinct, type Person } from './person.js';
import { Persons, type Gathered } from './persons.service.js';
import {
  doubtfulReason,
  doubtfulReasons,
  isWholeName,
  keyOf,
  numberKey,
  PEOPLE_OF_A_NUMBER,
  type DoubtfulReason,
} from './same-person.js';

/** Somebody who may be the same person, and why. */
export interface Proposal {
  person: Person;
  reason: DoubtfulReason;
}

/** Proposed at once, and entries looked at for it. */
const PROPOSED = 5;
const LOOKED_AT = 50;
/** Words of a name in all their orders; a longer one is looked for as it is written, and with its last word first. */
const ORDERED_WORDS = 3;

/** Who may be the same person as somebody, which only the reader can know. */
@Injectable()
export class Proposals {
  constructor(
    private readonly records: PersonRecords,
    private readonly persons: Persons,
  ) {}

  /** @param gathered what was read around this person; the strongest reasons first, without whom the reader said apart */
  async of(reader: Reader, person: Person, { records, said }: Gathered): Promise<Proposal[]> {
    const namesakes = await this.records.bySortKeys(reader, nameKeys(person));
    const own = new Set(person.records.map(keyOf));
    const known = distinct([...records, ...namesakes]);
    const crowded = crowdedKeys(known);
    const candidates = known
      .filter((record) => !own.has(keyOf(record)) && reasonFor(person, [record], crowded) !== null)
      .slice(0, LOOKED_AT);
    if (candidates.length === 0) return [];
    const apart = new Set(
      said.flatMap(({ one, other, verdict }) => (verdict === 'different' ? [pairKey(one, other)] : [])),
    );
    const others = (await this.persons.group(reader, candidates)).filter(
      (other) => !other.records.some((record) => own.has(keyOf(record))) && !isApart(person, other, apart),
    );
    const shared = sharedByMany(person, others);
    return others
      .flatMap((other) => {
        const reason = reasonFor(person, other.records, new Set([...crowded, ...shared]));
        return reason === null ? [] : [{ person: other, reason }];
      })
      .sort((one, other) => doubtfulReasons.indexOf(one.reason) - doubtfulReasons.indexOf(other.reason))
      .slice(0, PROPOSED);
  }
}

function isApart(person: Person, other: Person, apart: ReadonlySet<string>): boolean {
  return person.records.some((mine) => other.records.some((theirs) => apart.has(pairKey(mine, theirs))));
}

/** The strongest reason any entry of the one gives with any of the others. */
function reasonFor(
  { records }: Person,
  others: readonly PersonRecord[],
  crowded: ReadonlySet<string>,
): DoubtfulReason | null {
  // One who signs in is not another who does, whoever else is called so.
  const reasons = records.flatMap((mine) => others.map((theirs) => doubtfulReason(mine, theirs, crowded)));
  const twoColleagues = [records, others].every((each) => each.some(({ kind }) => kind === 'colleague'));
  return twoColleagues ? null : (doubtfulReasons.find((reason) => reasons.includes(reason)) ?? null);
}

/** Numbers of more people than a family has. */
function sharedByMany(person: Person, others: readonly Person[]): string[] {
  return person.numbers.flatMap(({ number }) => {
    const having = others.filter((other) => other.numbers.some((theirs) => theirs.number === number));
    return having.length + 1 > PEOPLE_OF_A_NUMBER ? [numberKey(number)] : [];
  });
}

/** What sources may have sorted somebody of this name by: people's family name first, one's own contacts as they are written. */
function nameKeys({ records }: Person): string[] {
  const names = [...new Set(records.map(({ name }) => name))].filter(isWholeName);
  return [...new Set(names.flatMap((name) => ordersOf(sortKeyOf('', name).split(' '))))];
}

function ordersOf(words: readonly string[]): string[] {
  if (words.length > ORDERED_WORDS)
    return [
      words.join(' '),
      [words.at(-1), ...words.slice(0, -1)].join(' '),
      [...words.slice(1), words[0]].join(' '),
    ];
  if (words.length < 2) return [words.join(' ')];
  return words.flatMap((word, index) =>
    ordersOf(words.filter((_, place) => place !== index)).map((rest) => `${word} ${rest}`),
  );
}
