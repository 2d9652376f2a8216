import { type DataSource } from 'typeorm';
import { type ContactPhones, type PhoneField } from '../contact-card/contact-fields.js';
import { isId, type Id } from '../database/id.js';
import { type E164 } from '../phone/e164.js';
import {
  faxLast,
  furtherEmails,
  furtherNumbers,
  reachSql,
  reachTables,
  readReach,
  type ContactTable,
} from './further-reach.js';
import { allOf, searchConditions, type Condition } from '../web/list-search.js';
import {
  RECORDS,
  type PersonRecord,
  type Reader,
  type RecordKind,
  type RecordSource,
} from './person-records.js';
import { contactNumbers, numbersOf } from './record-rows.js';
import { rankSql, wordsOf } from './record-search.js';

/** A row of either table of contacts. */
export interface ContactRecordRow
  extends ContactPhones, Pick<PersonRecord, 'id' | 'sortKey' | 'searchKey' | 'email' | 'organization'> {
  displayName: string;
  starred: number;
  /** As `readReach` reads it. */
  reach: string | null;
}

/**
 * Contacts of the reader's own, whether kept here or in a mailbox: two tables of the same columns, each with an index of names
 * `ix_<table>_list`. The name index is read alone, once; then the rows that were found.
 */
export abstract class ContactRecords<Row extends ContactRecordRow> implements RecordSource {
  abstract readonly kind: RecordKind;
  protected abstract readonly table: ContactTable;
  /** What is read of `c` besides. */
  protected abstract readonly columns: string;

  constructor(private readonly database: DataSource) {}

  abstract isOn(reader: Reader): boolean;
  /** Which rows of `c` the reader has. */
  protected abstract living(reader: Reader): Condition;
  protected abstract recordOf(row: Row): PersonRecord;

  async search(reader: Reader, q: string, limit: number): Promise<PersonRecord[]> {
    const words = wordsOf(q);
    if (words.length === 0) return [];
    const where = allOf([this.living(reader), ...searchConditions('c.searchKey', q)]);
    const rank = rankSql(words, 'c');
    return this.records(
      reader,
      `(SELECT c.id, ${rank.sql} AS place FROM ${this.byName}
        WHERE ${where.sql} ORDER BY c.starred DESC, place, c.sortKey, c.id LIMIT ${Number(limit)})`,
      [...rank.values, ...where.values],
      'c.starred DESC, found.place, c.sortKey, c.id',
    );
  }

  byNumbers(reader: Reader, numbers: readonly E164[]): Promise<PersonRecord[]> {
    return this.having(reader, contactNumbers, numbers);
  }

  byAddresses(reader: Reader, addresses: readonly string[]): Promise<PersonRecord[]> {
    return this.having(reader, ['email'], addresses);
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
    const { sql, values } = this.living(reader);
    return this.records(
      reader,
      `(SELECT c.id FROM ${this.byName}
        WHERE ${sql} AND c.starred = 1 ORDER BY c.sortKey, c.id LIMIT ${Number(limit)})`,
      values,
    );
  }

  /**
   * An index of each column is read for each value, and that of further ones; whoever has several of them comes once. A
   * switchboard’s ends soon.
   */
  private having(
    reader: Reader,
    columns: readonly (PhoneField | 'email')[],
    sought: readonly string[],
  ): Promise<PersonRecord[]> {
    const { sql, values } = this.living(reader);
    const parts = columns.map(
      (column) => `(SELECT c.id FROM ${this.table} c WHERE ${sql} AND c.${column} IN (?) LIMIT ${RECORDS})`,
    );
    const further = `(SELECT c.id FROM ${reachTables[this.table]} r STRAIGHT_JOIN ${this.table} c ON c.id = r.contactId
      WHERE r.ownerId = ? AND r.value IN (?) AND ${sql} LIMIT ${RECORDS})`;
    return this.records(reader, `(${[...parts, further].join(' UNION ')} LIMIT ${RECORDS})`, [
      ...parts.flatMap(() => [...values, sought]),
      ...[reader.id, sought, ...values],
    ]);
  }

  private get byName(): string {
    return `${this.table} c FORCE INDEX (ix_${this.table}_list)`;
  }

  private of(reader: Reader, condition: Condition): Promise<PersonRecord[]> {
    const { sql, values } = allOf([this.living(reader), condition]);
    return this.records(reader, `(SELECT c.id FROM ${this.table} c WHERE ${sql} LIMIT ${RECORDS})`, values);
  }

  private async records(
    { id: ownerId }: Reader,
    found: string,
    values: unknown[],
    order = 'c.sortKey, c.id',
  ): Promise<PersonRecord[]> {
    const rows = await this.database.query<Row[]>(
      `SELECT c.id, c.displayName, c.sortKey, c.searchKey, c.email, c.${contactNumbers.join(', c.')}, c.organization,
              c.starred, ${reachSql(this.table)} AS reach, ${this.columns}
       FROM ${found} found JOIN ${this.table} c ON c.id = found.id AND c.ownerId = ? ORDER BY ${order}`,
      [...values, ownerId],
    );
    return rows.map((row) => this.recordOf(row));
  }
}

/** What both tables know of somebody. */
export function contactRecordOf(row: ContactRecordRow) {
  const { id, displayName, sortKey, searchKey, email, organization, starred } = row;
  const reach = readReach(row.reach);
  return {
    ...{ id, name: displayName, sortKey, searchKey, email, organization },
    verified: false,
    numbers: inCallingOrder([...numbersOf(row, contactNumbers), ...furtherNumbers(reach)]),
    furtherEmails: furtherEmails(reach).filter((address) => address !== email),
    ...{ extension: null, jobTitle: null, department: null },
    starred: Boolean(starred),
  };
}

/** Each number once, as its first field calls it; a fax last. */
function inCallingOrder(numbers: PersonRecord['numbers']): PersonRecord['numbers'] {
  const inOrder = faxLast(numbers);
  return inOrder.filter(({ number }, place) => inOrder.findIndex((each) => each.number === number) === place);
}
