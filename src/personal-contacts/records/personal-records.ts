import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { RECORDS, type PersonRecord, type Reader, type RecordSource } from '../../accounts/person-records.js';
import { contactNumbers, numbersOf } from '../../accounts/record-rows.js';
import { rankSql, wordsOf } from '../../accounts/record-search.js';
import { type ContactPhones } from '../../contact-card/contact-fields.js';
import { isId, type Id } from '../../database/id.js';
import { type E164 } from '../../phone/e164.js';
import { allOf, searchConditions, type Condition } from '../../web/list-search.js';
import { contactPhotoUrl } from '../contact-photos.js';

/** Contacts the reader keeps. */
@Injectable()
export class PersonalRecords implements RecordSource {
  readonly kind = 'personal';

  constructor(private readonly database: DataSource) {}

  isOn({ features }: Reader): boolean {
    return features['personal-contacts'];
  }

  /** The name index is read alone, once; then the rows that were found. */
  async search(reader: Reader, q: string, limit: number): Promise<PersonRecord[]> {
    const words = wordsOf(q);
    if (words.length === 0) return [];
    const where = allOf([living(reader), ...searchConditions('c.searchKey', q)]);
    const rank = rankSql(words, 'c');
    return this.records(
      reader,
      `(SELECT c.id, ${rank.sql} AS place FROM personal_contacts c FORCE INDEX (ix_personal_contacts_list)
        WHERE ${where.sql} ORDER BY c.starred DESC, place, c.sortKey, c.id LIMIT ${Number(limit)})`,
      [...rank.values, ...where.values],
      'c.starred DESC, found.place, c.sortKey, c.id',
    );
  }

  /** An index of each column is read for each number; whoever has several of them comes once. A switchboard’s ends soon. */
  byNumbers(reader: Reader, numbers: readonly E164[]): Promise<PersonRecord[]> {
    const { sql, values } = living(reader);
    const parts = contactNumbers.map(
      (field) => `(SELECT c.id FROM personal_contacts c WHERE ${sql} AND c.${field} IN (?) LIMIT ${RECORDS})`,
    );
    return this.records(
      reader,
      `(${parts.join(' UNION ')} LIMIT ${RECORDS})`,
      parts.flatMap(() => [...values, numbers]),
    );
  }

  byAddresses(reader: Reader, addresses: readonly string[]): Promise<PersonRecord[]> {
    return this.of(reader, { sql: 'c.email IN (?)', values: [addresses] });
  }

  bySortKeys(reader: Reader, sortKeys: readonly string[]): Promise<PersonRecord[]> {
    return this.of(reader, { sql: 'c.sortKey IN (?)', values: [sortKeys] });
  }

  async byIds(reader: Reader, ids: readonly Id[]): Promise<PersonRecord[]> {
    const known = ids.filter(isId);
    return known.length === 0 ? [] : this.of(reader, { sql: 'c.id IN (?)', values: [known] });
  }

  /** Along the name index, until there are enough. */
  starred(reader: Reader, limit: number): Promise<PersonRecord[]> {
    const { sql, values } = living(reader);
    return this.records(
      reader,
      `(SELECT c.id FROM personal_contacts c FORCE INDEX (ix_personal_contacts_list)
        WHERE ${sql} AND c.starred = 1 ORDER BY c.sortKey, c.id LIMIT ${Number(limit)})`,
      values,
    );
  }

  private of(reader: Reader, condition: Condition): Promise<PersonRecord[]> {
    const { sql, values } = allOf([living(reader), condition]);
    return this.records(
      reader,
      `(SELECT c.id FROM personal_contacts c WHERE ${sql} LIMIT ${RECORDS})`,
      values,
    );
  }

  private async records(
    { id: ownerId }: Reader,
    found: string,
    values: unknown[],
    order = 'c.sortKey, c.id',
  ): Promise<PersonRecord[]> {
    const rows = await this.database.query<PersonalRow[]>(
      `SELECT c.id, c.displayName, c.sortKey, c.searchKey, c.email, c.${contactNumbers.join(', c.')}, c.organization,
              c.photoHash, c.starred
       FROM ${found} found JOIN personal_contacts c ON c.id = found.id AND c.ownerId = ? ORDER BY ${order}`,
      [...values, ownerId],
    );
    return rows.map(recordOf);
  }
}

function living({ id }: Reader): Condition {
  return { sql: 'c.ownerId = ? AND c.deletedAt IS NULL', values: [id] };
}

interface PersonalRow
  extends ContactPhones, Pick<PersonRecord, 'id' | 'sortKey' | 'searchKey' | 'email' | 'organization'> {
  displayName: string;
  photoHash: string | null;
  starred: number;
}

function recordOf(row: PersonalRow): PersonRecord {
  const { id, displayName, sortKey, searchKey, email, organization, starred } = row;
  return {
    ...{ kind: 'personal', id, name: displayName, sortKey, searchKey, email, organization },
    verified: false,
    numbers: numbersOf(row, contactNumbers),
    ...{ extension: null, jobTitle: null, department: null },
    photoUrl: contactPhotoUrl(row) || null,
    starred: Boolean(starred),
    href: `/personal-contacts/${id}`,
  };
}
