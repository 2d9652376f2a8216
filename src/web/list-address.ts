import { placeQuery, type Place } from '../database/keyset.js';

/** What an address says of a list: search, filters, order and place. What is not understood counts as not given. */
export type Query = Readonly<Record<string, unknown>>;

/** A name given twice is a list, which is no text. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Cursors are opaque and longer than anything typed; the page they lead to checks them itself. */
export function placeOf(query: Query): Place {
  const [after, before] = [textOf(query['after']), textOf(query['before'])];
  return { ...(after ? { after } : {}), ...(before ? { before } : {}) };
}

/** The query of an address of ours. */
export function queryOf(path: string): Query {
  const at = path.indexOf('?');
  return Object.fromEntries(new URLSearchParams(at === -1 ? '' : path.slice(at + 1)));
}

/** Names and values as an address or hidden fields carry them, those that say something; `true` is `1`. */
export function fieldsOf(
  values: Readonly<Record<string, string | boolean | undefined>>,
): { name: string; value: string }[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value ? [{ name, value: value === true ? '1' : value }] : [],
  );
}

/** The address of a list. @param fields as `fieldsOf` gives them */
export function addressOf(
  path: string,
  fields: readonly { name: string; value: string }[],
  place: Place = {},
): string {
  const query = new URLSearchParams();
  for (const { name, value } of fields) query.set(name, value);
  for (const [name, value] of Object.entries(placeQuery(place))) query.set(name, value);
  return query.size > 0 ? `${path}?${query.toString()}` : path;
}
