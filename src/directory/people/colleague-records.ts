import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { RECORDS, type PersonRecord, type Reader, type RecordSource } from '../../accounts/person-records.js';
import { numbersOf, workNumbers } from '../../accounts/record-rows.js';
import { extensionIn, rankSql, wordsOf } from '../../accounts/record-search.js';
import { isId, type Id } from '../../database/id.js';
import { type E164 } from '../../phone/e164.js';
import { allOf, searchConditions, type Condition } from '../../web/list-search.js';
import { inDirectory, starredBy } from '../people-visible.query.js';

/** The people of the reader's company, as far as the reader finds them (people-visible.query.ts). */
@Injectable()
export class ColleagueRecords implements RecordSource {
  readonly kind = 'colleague';

  constructor(private readonly database: DataSource) {}

  isOn({ account }: Reader): boolean {
    return account.kind === 'company';
  }

  /**
   * The name index is read alone, once; then the rows that were found. Stars and extensions are in no index of names: the
   * reader’s stars, few, are looked through beside it, and who has just the extension that was typed is read by it.
   */
  async search(reader: Reader, q: string, limit: number): Promise<PersonRecord[]> {
    const words = wordsOf(q);
    if (words.length === 0) return [];
    const where = allOf([...searchConditions('u.searchKey', q), inDirectory(reader, 'u')]);
    const typed = extensionIn(q);
    const [starred, extension, others] = await Promise.all([
      this.ranked(reader, allOf([starredBy(reader), where]), words, limit),
      typed === null ? [] : this.byExtensions(reader, [typed]),
      this.ranked(reader, where, words, limit, 'FORCE INDEX (ix_users_search)'),
    ]);
    const found = new Map([...starred, ...extension, ...others].map((record) => [record.id, record]));
    return [...found.values()].slice(0, limit);
  }

  /** An index of each column is read for each number; whoever has several of them comes once. */
  byNumbers(reader: Reader, numbers: readonly E164[]): Promise<PersonRecord[]> {
    const { sql, values } = inDirectory(reader, 'u');
    // Each with its own limit: of a switchboard’s number all 100,000 would be read before the first were taken.
    const part = (column: string) =>
      `(SELECT u.id FROM users u WHERE ${sql} AND u.${column} IN (?) LIMIT ${RECORDS})`;
    return this.records(reader, `(${part('workPhone')} UNION ${part('mobilePhone')} LIMIT ${RECORDS})`, [
      ...values,
      numbers,
      ...values,
      numbers,
    ]);
  }

  byExtensions(reader: Reader, extensions: readonly string[]): Promise<PersonRecord[]> {
    return this.of(reader, { sql: 'u.extension IN (?)', values: [extensions] });
  }

  byAddresses(reader: Reader, addresses: readonly string[]): Promise<PersonRecord[]> {
    return this.of(reader, { sql: 'u.email IN (?)', values: [addresses] });
  }

  bySortKeys(reader: Reader, sortKeys: readonly string[]): Promise<PersonRecord[]> {
    return this.of(reader, { sql: 'u.sortKey IN (?)', values: [sortKeys] });
  }

  async byIds(reader: Reader, ids: readonly Id[]): Promise<PersonRecord[]> {
    const known = ids.filter(isId);
    return known.length === 0 ? [] : this.of(reader, { sql: 'u.id IN (?)', values: [known] });
  }

  starred(reader: Reader, limit: number): Promise<PersonRecord[]> {
    const { sql, values } = allOf([inDirectory(reader, 'u'), starredBy(reader)]);
    return this.records(
      reader,
      `(SELECT u.id FROM users u WHERE ${sql} ORDER BY u.sortKey, u.id LIMIT ${Number(limit)})`,
      values,
    );
  }

  /** @param index of `users`, where the whole company is looked through */
  private ranked(
    reader: Reader,
    where: Condition,
    words: readonly string[],
    limit: number,
    index = '',
  ): Promise<PersonRecord[]> {
    const rank = rankSql(words, 'u');
    return this.records(
      reader,
      `(SELECT u.id, ${rank.sql} AS place, u.sortKey FROM users u ${index}
        WHERE ${where.sql} ORDER BY place, u.sortKey, u.id LIMIT ${Number(limit)})`,
      [...rank.values, ...where.values],
      'found.place, u.sortKey, u.id',
    );
  }

  private of(reader: Reader, condition: Condition): Promise<PersonRecord[]> {
    const { sql, values } = allOf([inDirectory(reader, 'u'), condition]);
    return this.records(reader, `(SELECT u.id FROM users u WHERE ${sql} LIMIT ${RECORDS})`, values);
  }

  private async records(
    { id: ownerId }: Reader,
    found: string,
    values: unknown[],
    order = 'u.sortKey, u.id',
  ): Promise<PersonRecord[]> {
    const rows = await this.database.query<ColleagueRow[]>(
      `SELECT u.id, u.givenName, u.familyName, u.sortKey, u.searchKey, u.email, u.workPhone, u.mobilePhone,
              u.extension, u.jobTitle, u.department, u.photoHash,
              EXISTS (SELECT 1 FROM directory_stars s WHERE s.ownerId = ? AND s.userId = u.id) AS starred
       FROM ${found} found JOIN users u ON u.id = found.id ORDER BY ${order}`,
      [ownerId, ...values],
    );
    return rows.map(recordOf);
  }
}

interface ColleagueRow extends Pick<
  PersonRecord,
  'id' | 'sortKey' | 'searchKey' | 'extension' | 'jobTitle' | 'department'
> {
  givenName: string;
  familyName: string;
  email: string;
  workPhone: E164 | null;
  mobilePhone: E164 | null;
  photoHash: string | null;
  starred: number;
}

function recordOf(row: ColleagueRow): PersonRecord {
  const { id, givenName, familyName, sortKey, searchKey, email, extension, jobTitle, department, photoHash } =
    row;
  return {
    ...{ kind: 'colleague', id, sortKey, searchKey, email, extension, jobTitle, department },
    name: `${givenName} ${familyName}`.trim(),
    // Only who has signed in with it is listed.
    verified: true,
    numbers: numbersOf(row, workNumbers),
    organization: null,
    photoUrl: photoHash ? `/photos/${photoHash}` : null,
    starred: Boolean(row.starred),
    href: `/contacts/${id}`,
  };
}
