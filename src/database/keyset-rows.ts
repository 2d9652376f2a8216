import { decodeCursor, encodeCursor, END, type KeysetOrder, type KeysetPage, type Place } from './keyset.js';

/** Pages of a list that is in memory already, with the places and cursors of `keysetPage`. */

/** Which of two rows comes first in an order; texts by their code units. */
export function comparing<Row extends object>(order: KeysetOrder): (one: Row, other: Row) => number {
  return (one, other) => compare(order, keyOf(order, one), keyOf(order, other));
}

/** The page of `limit` rows at `place`. @param sorted by `comparing(order)` */
export function pageOfRows<Row extends object>(
  order: KeysetOrder,
  place: Place,
  limit: number,
  sorted: readonly Row[],
): KeysetPage<Row> {
  const from = Math.max(0, beginning(order, place, limit, sorted));
  const rows = sorted.slice(from, from + limit);
  const more = from + limit < sorted.length;
  return {
    rows,
    first: from > 0 ? {} : null,
    previous: from > 0 ? { before: encodeCursor(order, rows[0]) } : null,
    next: more ? { after: encodeCursor(order, rows[rows.length - 1]) } : null,
    last: more ? { before: END } : null,
  };
}

function beginning(
  order: KeysetOrder,
  { after, before }: Place,
  limit: number,
  sorted: readonly object[],
): number {
  const lastPage = sorted.length - limit;
  if (before === END) return lastPage;
  const ahead = decodeCursor(order, after);
  if (ahead) {
    const first = sorted.findIndex((row) => compare(order, keyOf(order, row), ahead) > 0);
    // A page emptied meanwhile gives the last.
    return first === -1 ? lastPage : first;
  }
  const back = decodeCursor(order, before);
  if (!back) return 0;
  const end = sorted.findIndex((row) => compare(order, keyOf(order, row), back) >= 0);
  return (end === -1 ? sorted.length : end) - limit;
}

type Key = (string | number)[];

function keyOf({ columns }: KeysetOrder, row: object): Key {
  const values = new Map<string, unknown>(Object.entries(row));
  return columns.map(({ name }) => comparable(values.get(name)));
}

function compare({ descending }: KeysetOrder, one: Key, other: readonly unknown[]): number {
  for (const [place, value] of one.entries()) {
    const against = comparable(other[place]);
    if (value !== against) return value < against !== Boolean(descending) ? -1 : 1;
  }
  return 0;
}

function comparable(value: unknown): string | number {
  return value instanceof Date ? value.getTime() : String(value ?? '');
}
