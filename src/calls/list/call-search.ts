import { Injectable } from '@nestjs/common';
import { PersonRecords, RECORDS, type PersonRecord, type Reader } from '../../accounts/person-records.js';
import { phoneQueryDigits } from '../../text/fold.js';
import { allOf, isUnsearchable, searchConditions, type Condition } from '../../web/list-search.js';
import { Callers } from '../who/callers.service.js';
import { EXTENSION_SAID, numberIn } from '../who/dialled.js';
import { type CallFilters } from './call-list.state.js';

/** What a search looks for among calls. */
export interface CallSearch {
  condition: Condition;
  /** More people match than are looked for: the search is to be narrowed. */
  tooMany: boolean;
}

const everything: Condition = { sql: '1 = 1', values: [] };
const nothing: Condition = { sql: '1 = 0', values: [] };

/**
 * Calls do not say who somebody is: a name is looked for among people first, and their numbers among calls, beside what the
 * telephone system called them.
 */
@Injectable()
export class CallSearches {
  constructor(
    private readonly records: PersonRecords,
    private readonly callers: Callers,
  ) {}

  async of(reader: Reader, { q, with: whom }: CallFilters): Promise<CallSearch> {
    const [search, person] = await Promise.all([this.matching(reader, q), this.with(reader, whom)]);
    return { ...search, condition: allOf([search.condition, person]) };
  }

  private async matching(reader: Reader, q: string): Promise<CallSearch> {
    if (q === '') return { condition: everything, tooMany: false };
    if (isUnsearchable(q)) return { condition: nothing, tooMany: false };
    const said = allOf(searchConditions('c.searchKey', q));
    if (phoneQueryDigits(q) !== null) return { condition: said, tooMany: false };
    let tooMany = false;
    const people = await this.records.ask(reader, async (source) => {
      const found = await source.search(reader, q, RECORDS);
      tooMany ||= found.length >= RECORDS;
      return found;
    });
    return { condition: anyOf([said, theirs(people)]), tooMany };
  }

  private async with(reader: Reader, whom: string): Promise<Condition> {
    if (whom === '') return everything;
    const caller = await this.callers.whom(reader, whom);
    const number = numberIn(whom);
    const asSaid: Condition =
      number === null
        ? { sql: 'c.typedNumber = ?', values: [whom] }
        : { sql: 'c.number = ?', values: [number] };
    return caller ? anyOf([asSaid, theirs(caller.person.records)]) : asSaid;
  }
}

/** Calls with the numbers and extensions of these. */
function theirs(records: readonly PersonRecord[]): Condition {
  const numbers = [...new Set(records.flatMap((record) => record.numbers.map(({ number }) => number)))];
  const colleagues = records.filter(({ kind }) => kind === 'colleague');
  const extensions = [...new Set(colleagues.flatMap(({ extension }) => extension ?? []))];
  return anyOf([
    ...(numbers.length > 0 ? [{ sql: 'c.number IN (?)', values: [numbers] }] : []),
    ...(extensions.length > 0
      ? [{ sql: `(c.number IS NULL AND ${EXTENSION_SAID} IN (?))`, values: [extensions] }]
      : []),
  ]);
}

function anyOf(conditions: readonly Condition[]): Condition {
  if (conditions.length === 0) return nothing;
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(' OR ')})`,
    values: conditions.flatMap(({ values }) => values),
  };
}
