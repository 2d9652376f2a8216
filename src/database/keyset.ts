import { isId } from './id.js';

/**
 * Pages of a sorted list without OFFSET: a page begins after (or ends before) the key of a row it was left at, so
 * that the last page costs what the first does and rows added meanwhile are neither skipped nor shown twice.
 */

/** One column of a sort. The last column of an order makes every row's key unique, as a rule the id. */
export interface KeysetColumn {
  /** As written in the query: `users.sortKey`. Comes from code, never from a request. */
  sql: string;
  /** The row's property with this column's value. */
  name: string;
  kind: 'text' | 'moment' | 'id';
  nullable?: boolean;
}

/** A sort that an index serves: all columns run the same way, so the index is read forwards or backwards. */
export interface KeysetOrder {
  /** Part of each cursor: one made for another sort leads to the first page. */
  name: string;
  columns: readonly KeysetColumn[];
  descending?: boolean;
}

/** Where a page is: `{}` is the first, `{ before: END }` the last. As it came in the query string. */
export interface Place {
  after?: string;
  before?: string;
}

export const END = 'end';

/** What `read` puts into its query: `WHERE … AND (${where}) ORDER BY ${orderBy} LIMIT ${limit}`. */
export interface Slice {
  /** A condition, `1 = 1` on the first and last page. Its `?` are filled by `values`, in order. */
  where: string;
  values: unknown[];
  orderBy: string;
  limit: number;
}

/** One page; a place is null where the list has no such page or it is the one shown. */
export interface KeysetPage<Row> {
  rows: Row[];
  first: Place | null;
  previous: Place | null;
  next: Place | null;
  last: Place | null;
}

/**
 * The page of `limit` rows at `place`. A cursor that is none of ours, or belongs to another sort, gives the first
 * page. Going back to less than a page gives the whole first page; a page emptied meanwhile gives the last.
 *
 * @param read one query built with the slice; its rows hold the columns of the order under their names
 */
export async function keysetPage<Row extends object>(
  order: KeysetOrder,
  place: Place,
  limit: number,
  read: (slice: Slice) => Promise<Row[]>,
): Promise<KeysetPage<Row>> {
  const { after, before } = place;
  if (before === END) return fromEnd(order, null, limit, read);
  const ahead = decodeCursor(order, after);
  if (ahead) {
    const page = await fromStart(order, ahead, limit, read);
    return page.rows.length > 0 ? page : fromEnd(order, null, limit, read);
  }
  const back = decodeCursor(order, before);
  if (back) {
    const page = await fromEnd(order, back, limit, read);
    if (page.previous) return page;
  }
  return fromStart(order, null, limit, read);
}

/** The place as it stands in a query string; empty for the first page. */
export function placeQuery(place: Place): Record<string, string> {
  if (place.after !== undefined) return { after: place.after };
  if (place.before !== undefined) return { before: place.before };
  return {};
}

/** What stands behind ORDER BY, for a list that is read whole. */
export function orderByOf({ columns, descending = false }: KeysetOrder): string {
  return columns.map(({ sql }) => `${sql} ${descending ? 'DESC' : 'ASC'}`).join(', ');
}

/** A row's key in a sort: opaque, and safe in an address as it is. */
export function encodeCursor(order: KeysetOrder, row: object): string {
  const values = new Map<string, unknown>(Object.entries(row));
  const key = order.columns.map(({ name }) => {
    const value = values.get(name);
    return value instanceof Date ? value.toISOString() : value;
  });
  return Buffer.from(JSON.stringify([order.name, ...key])).toString('base64url');
}

type Key = (string | Date | null)[];

/** @returns null for anything that `encodeCursor` would not have made for this order */
export function decodeCursor(order: KeysetOrder, cursor: string | undefined): Key | null {
  if (!cursor || cursor.length > 4_000 || !/^[\w-]+$/.test(cursor)) return null;
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
  if (!Array.isArray(parts) || parts.length !== order.columns.length + 1) return null;
  const [name, ...values] = parts as unknown[];
  if (name !== order.name) return null;
  const key = order.columns.map((column, place) => valueOf(column, values[place]));
  return key.some((value) => value === undefined) ? null : (key as Key);
}

function valueOf({ kind, nullable }: KeysetColumn, value: unknown): string | Date | null | undefined {
  if (value === null) return nullable ? null : undefined;
  if (typeof value !== 'string' || value.length > 1_000) return undefined;
  if (kind === 'id') return isId(value) ? value : undefined;
  if (kind === 'text') return value;
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) && !Number.isNaN(Date.parse(value))
    ? new Date(value)
    : undefined;
}

async function fromStart<Row extends object>(
  order: KeysetOrder,
  key: Key | null,
  limit: number,
  read: (slice: Slice) => Promise<Row[]>,
): Promise<KeysetPage<Row>> {
  const found = await read(sliceOf(order, key, order.descending ?? false, limit));
  const rows = found.slice(0, limit);
  const more = found.length > limit;
  return {
    rows,
    first: key ? {} : null,
    previous: key && rows.length > 0 ? { before: encodeCursor(order, rows[0]) } : null,
    next: more ? { after: encodeCursor(order, rows[rows.length - 1]) } : null,
    last: more ? { before: END } : null,
  };
}

async function fromEnd<Row extends object>(
  order: KeysetOrder,
  key: Key | null,
  limit: number,
  read: (slice: Slice) => Promise<Row[]>,
): Promise<KeysetPage<Row>> {
  const found = await read(sliceOf(order, key, !order.descending, limit));
  const rows = found.slice(0, limit).reverse();
  const more = found.length > limit;
  return {
    rows,
    first: more ? {} : null,
    previous: more ? { before: encodeCursor(order, rows[0]) } : null,
    next: key && rows.length > 0 ? { after: encodeCursor(order, rows[rows.length - 1]) } : null,
    last: key ? { before: END } : null,
  };
}

/** One row more than a page is read: it says whether the list goes on. */
function sliceOf(order: KeysetOrder, key: Key | null, descending: boolean, limit: number): Slice {
  const { sql, values } = key ? beyond(order.columns, key, descending) : { sql: '1 = 1', values: [] };
  return { where: sql, values, orderBy: orderByOf({ ...order, descending }), limit: limit + 1 };
}

/**
 * `key` < row (or > when descending), column by column. Servers do not turn `(a, b) > (?, ?)` into an index range,
 * so it is written out, with `a >= ?` in front that every optimizer understands. NULL comes before every value.
 */
function beyond(columns: readonly KeysetColumn[], key: Key, descending: boolean): Condition {
  const [{ sql }, ...otherColumns] = columns;
  const [value, ...otherValues] = key;
  const rest = otherColumns.length > 0 ? beyond(otherColumns, otherValues, descending) : null;
  if (value === null) {
    const equal = rest ? all({ sql: `${sql} IS NULL`, values: [] }, rest) : nothing;
    return descending ? equal : any({ sql: `${sql} IS NOT NULL`, values: [] }, equal);
  }
  if (descending && columns[0].nullable) {
    const equal = rest ? all({ sql: `${sql} = ?`, values: [value] }, rest) : nothing;
    return any({ sql: `${sql} < ?`, values: [value] }, { sql: `${sql} IS NULL`, values: [] }, equal);
  }
  const strictly = { sql: `${sql} ${descending ? '<' : '>'} ?`, values: [value] };
  if (!rest) return strictly;
  const from = { sql: `${sql} ${descending ? '<=' : '>='} ?`, values: [value] };
  return all(from, any(strictly, rest));
}

interface Condition {
  sql: string;
  values: unknown[];
}

const nothing: Condition = { sql: '1 = 0', values: [] };

function all(...conditions: Condition[]): Condition {
  return joined(conditions, 'AND');
}

function any(...conditions: Condition[]): Condition {
  return joined(conditions, 'OR');
}

function joined(conditions: Condition[], word: 'AND' | 'OR'): Condition {
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(` ${word} `)})`,
    values: conditions.flatMap(({ values }) => values),
  };
}
