import { Injectable } from '@nestjs/common';
import { PersonRecords, type PersonRecord, type Reader } from '../../accounts/person-records.js';
import { byNumbersInFull } from '../../directory/people/asked-in-full.js';
import { type Person } from '../../directory/people/person.js';
import { Persons } from '../../directory/people/persons.service.js';
import { placeOfNumber } from '../../directory/people/whose-number.js';
import { extensionOf, numberIn, withOf, type OtherSide } from './dialled.js';

/** Whom a number or extension is known to be. */
export interface Caller {
  /** Who is believed most, first. */
  person: Person;
  /** How many others have it too. */
  others: number;
}

/** Who the other side of calls is, in every place people are kept: a handful of queries for a whole page. */
@Injectable()
export class Callers {
  constructor(
    private readonly records: PersonRecords,
    private readonly persons: Persons,
  ) {}

  /** @returns by what `withOf` says of a call; whoever is not in it is nobody the reader knows */
  async of(reader: Reader, calls: readonly Omit<OtherSide, 'callerName'>[]): Promise<Map<string, Caller>> {
    const numbers = new Set(calls.flatMap(({ number }) => number ?? []));
    const extensions = new Set(calls.flatMap((call) => extensionOf(call) ?? []));
    const [byNumber, colleagues] = await Promise.all([
      byNumbersInFull(this.records, reader, [...numbers]),
      this.records.byExtensions(reader, [...extensions]),
    ]);
    const people = await this.persons.group(reader, [...byNumber, ...colleagues]);
    const callers = new Map<string, Caller>();
    for (const call of calls) {
      const key = withOf(call);
      if (key === '' || callers.has(key)) continue;
      const having = believedFirst(reader, call, people);
      if (having.length > 0) callers.set(key, { person: having[0], others: having.length - 1 });
    }
    return callers;
  }

  /** Whom the calls of a list are with, by one of their numbers or extensions; null: nobody the reader knows. */
  async whom(reader: Reader, whom: string): Promise<Caller | null> {
    const number = numberIn(whom);
    const callers = await this.of(reader, [{ number, typedNumber: number === null ? whom : null }]);
    return callers.get(number ?? whom) ?? null;
  }
}

/** Those a call may be with. Of those who share a number with the reader, the reader is the last one they speak with. */
function believedFirst(
  reader: Reader,
  call: Omit<OtherSide, 'callerName'>,
  people: readonly Person[],
): Person[] {
  return people
    .flatMap((person) => {
      const having = person.records.filter((record) => has(record, call));
      if (having.length === 0) return [];
      return { person, place: isReader(reader, person) ? Infinity : placeOfNumber(having) };
    })
    .sort((one, other) => (one.place === other.place ? 0 : one.place - other.place))
    .map(({ person }) => person);
}

function isReader({ id }: Reader, { records }: Person): boolean {
  return records.some((record) => record.kind === 'colleague' && record.id === id);
}

/** What other companies' people say of their extensions is nobody's here. */
function has({ kind, numbers, extension }: PersonRecord, call: Omit<OtherSide, 'callerName'>): boolean {
  if (call.number !== null) return numbers.some(({ number }) => number === call.number);
  return kind === 'colleague' && extension !== null && extension === extensionOf(call);
}
