import { likePattern, phoneQueryDigits, searchWords } from '../text/fold.js';
import { DIGITS, OTHER } from './letters.js';

/** A part of a query whose `?` are filled by `values`, in order. */
export interface Condition {
  sql: string;
  values: unknown[];
}

/**
 * Every word somewhere in the folded key, in any order; a query that looks like a phone number as its digits. Bytes are
 * compared, as in the directory. @param searchKey column, for example `c.searchKey`
 */
export function searchConditions(searchKey: string, q: string): Condition[] {
  const digits = phoneQueryDigits(q);
  return (digits === null ? searchWords(q) : [digits]).map((word) => ({
    sql: `CAST(${searchKey} AS BINARY) LIKE ?`,
    values: [likePattern(word)],
  }));
}

/** True when something was typed of which nothing is left to look for: punctuation alone. */
export function isUnsearchable(q: string): boolean {
  return q !== '' && searchConditions('', q).length === 0;
}

/** Sort keys begin with a folded letter or a digit, or are empty; bytes are compared. @param letter one of `letters` */
export function letterCondition(sortKey: string, letter: string): string {
  if (letter === OTHER) return `(${sortKey} < '0' OR ${sortKey} >= '{')`;
  if (letter === DIGITS) return `(${sortKey} >= '0' AND ${sortKey} < ':')`;
  return `(${sortKey} >= '${letter}' AND ${sortKey} < '${String.fromCharCode(letter.charCodeAt(0) + 1)}')`;
}

export function allOf(conditions: readonly Condition[]): Condition {
  return {
    sql: conditions.map(({ sql }) => sql).join(' AND '),
    values: conditions.flatMap(({ values }) => values),
  };
}
