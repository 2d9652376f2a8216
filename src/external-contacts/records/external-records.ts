import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { RECORDS, type PersonRecord, type Reader, type RecordSource } from '../../accounts/person-records.js';
import { numbersOf, workNumbers } from '../../accounts/record-rows.js';
import { rankOf, wordsOf } from '../../accounts/record-search.js';
import { isId, type Id } from '../../database/id.js';
import { type E164 } from '../../phone/e164.js';
import { sortKeyOf } from '../../text/fold.js';
import { type Condition } from '../../web/list-search.js';
import { EXTERNAL } from '../external-tabs.view.js';
import { OtherPeople, type OtherPerson } from '../links/other-people.query.js';
import { externalSearchKey } from '../list/external-list.js';

/**
 * People of other companies the reader is in contact with, as they are seen now (links/other-people.query.ts): what is hidden
 * finds nobody, also where a query came upon it. A thousand at most.
 */
@Injectable()
export class ExternalRecords implements RecordSource {
  readonly kind = 'external';

  constructor(
    private readonly database: DataSource,
    private readonly people: OtherPeople,
  ) {}

  isOn({ features }: Reader): boolean {
    return features['external-contacts'];
  }

  /** All are read, for what is seen of them is in no index. */
  async search(reader: Reader, q: string, limit: number): Promise<PersonRecord[]> {
    const words = wordsOf(q);
    if (words.length === 0) return [];
    return (await this.records(reader, everyone))
      .flatMap((record) => {
        const rank = rankOf(words, record);
        return rank === null ? [] : [{ record, rank }];
      })
      .sort(
        (one, other) =>
          Number(other.record.starred) - Number(one.record.starred) ||
          one.rank - other.rank ||
          byName(one.record, other.record),
      )
      .slice(0, limit)
      .map(({ record }) => record);
  }

  async byNumbers(reader: Reader, numbers: readonly E164[]): Promise<PersonRecord[]> {
    const asked = new Set(numbers);
    const records = await this.records(reader, {
      sql: '(u.workPhone IN (?) OR u.mobilePhone IN (?))',
      values: [numbers, numbers],
    });
    return records
      .filter((record) => record.numbers.some(({ number }) => asked.has(number)))
      .slice(0, RECORDS);
  }

  async byAddresses(reader: Reader, addresses: readonly string[]): Promise<PersonRecord[]> {
    const records = await this.records(reader, { sql: 'u.email IN (?)', values: [addresses] });
    return records.filter(({ email }) => email !== null).slice(0, RECORDS);
  }

  async bySortKeys(reader: Reader, sortKeys: readonly string[]): Promise<PersonRecord[]> {
    const records = await this.records(reader, { sql: 'u.sortKey IN (?)', values: [sortKeys] });
    return records.slice(0, RECORDS);
  }

  async byIds(reader: Reader, ids: readonly Id[]): Promise<PersonRecord[]> {
    const known = ids.filter(isId);
    if (known.length === 0) return [];
    return (await this.records(reader, { sql: 'c.id IN (?)', values: [known] })).slice(0, RECORDS);
  }

  async starred(reader: Reader, limit: number): Promise<PersonRecord[]> {
    return (await this.records(reader, { sql: 'c.starred = 1', values: [] })).slice(0, limit);
  }

  /** By name. */
  private async records({ id: ownerId }: Reader, condition: Condition): Promise<PersonRecord[]> {
    const rows = await this.database.query<OwnRow[]>(
      `SELECT c.id, c.otherUserId, c.otherAccountId, c.starred, c.note
       FROM external_contacts c JOIN users u ON u.id = c.otherUserId
       WHERE c.ownerId = ? AND c.endedAt IS NULL AND ${condition.sql}`,
      [ownerId, ...condition.values],
    );
    const people = await this.people.of(rows);
    return rows
      .flatMap((row) => {
        const person = people.get(row.otherUserId);
        // Of somebody erased for good nothing is left to show.
        return person && person.name !== '' ? [recordOf(row, person)] : [];
      })
      .sort(byName);
  }
}

const everyone: Condition = { sql: '1 = 1', values: [] };

interface OwnRow {
  id: Id;
  otherUserId: Id;
  otherAccountId: Id;
  starred: number;
  note: string | null;
}

function recordOf({ id, starred, note }: OwnRow, person: OtherPerson): PersonRecord {
  const { name, givenName, familyName, company, email, extension, jobTitle, department, photoHash } = person;
  return {
    ...{ kind: 'external', id, name, email, extension, jobTitle, department, organization: company },
    sortKey: sortKeyOf(givenName, familyName),
    searchKey: externalSearchKey({ person, note }),
    verified: email !== null,
    numbers: numbersOf(person, workNumbers),
    photoUrl: photoHash === null ? null : `${EXTERNAL}/${id}/photo/${photoHash}`,
    starred: Boolean(starred),
    href: `${EXTERNAL}/${id}`,
  };
}

function byName(one: PersonRecord, other: PersonRecord): number {
  if (one.sortKey !== other.sortKey) return one.sortKey < other.sortKey ? -1 : 1;
  return one.id < other.id ? -1 : 1;
}
