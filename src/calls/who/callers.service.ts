import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PersonRecords, type PersonRecord, type Reader } from '../../accounts/person-records.js';
import { type Id } from '../../database/id.js';
import { byNumbersInFull } from '../../directory/people/asked-in-full.js';
import { type Person } from '../../directory/people/person.js';
import { Persons } from '../../directory/people/persons.service.js';
import { type E164 } from '../../phone/e164.js';
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
    private readonly database: DataSource,
    private readonly records: PersonRecords,
    private readonly persons: Persons,
  ) {}

  /** @returns by what `withOf` says of a call; whoever is not in it is nobody the reader knows */
  async of(reader: Reader, calls: readonly Omit<OtherSide, 'callerName'>[]): Promise<Map<string, Caller>> {
    const numbers = new Set(calls.flatMap(({ number }) => number ?? []));
    const extensions = new Set(calls.flatMap((call) => extensionOf(call) ?? []));
    const [byNumber, colleagues] = await Promise.all([
      byNumbersInFull(this.records, reader, [...numbers]),
      this.colleagues(reader, [...extensions]),
    ]);
    const people = await this.persons.group(reader, [...byNumber, ...colleagues]);
    const callers = new Map<string, Caller>();
    for (const call of calls) {
      const key = withOf(call);
      if (key === '' || callers.has(key)) continue;
      const extension = extensionOf(call);
      const having = people.filter(
        (person) => hasNumber(person, call.number) || hasExtension(person, extension),
      );
      if (having.length === 0) continue;
      // Of those who share a number with the reader, the reader is the last one they speak with.
      const person = having.find((each) => !isReader(reader, each)) ?? having[0];
      callers.set(key, { person, others: having.length - 1 });
    }
    return callers;
  }

  /** Whom the calls of a list are with, by one of their numbers or extensions; null: nobody the reader knows. */
  async whom(reader: Reader, whom: string): Promise<Caller | null> {
    const number = numberIn(whom);
    const callers = await this.of(reader, [{ number, typedNumber: number === null ? whom : null }]);
    return callers.get(number ?? whom) ?? null;
  }

  /** As far as the reader finds them. */
  private async colleagues(reader: Reader, extensions: readonly string[]): Promise<PersonRecord[]> {
    if (extensions.length === 0) return [];
    const found = await this.database.query<{ id: Id }[]>(
      'SELECT id FROM users WHERE accountId = ? AND extension IN (?) AND liveKey = 1',
      [reader.accountId, extensions],
    );
    return this.records.byRefs(
      reader,
      found.map(({ id }) => ({ kind: 'colleague' as const, id })),
    );
  }
}

function isReader({ id }: Reader, { records }: Person): boolean {
  return records.some((record) => record.kind === 'colleague' && record.id === id);
}

function hasNumber({ numbers }: Person, wanted: E164 | null): boolean {
  return wanted !== null && numbers.some(({ number }) => number === wanted);
}

function hasExtension({ extension }: Person, wanted: string | null): boolean {
  return wanted !== null && extension === wanted;
}
