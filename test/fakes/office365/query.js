/* Query options and preferences of a request, as OData has them. What Graph would not understand is a wrong request. */
import { isExtendedId, propertyOf, wrongNames } from './csdl.js';
import { WrongRequest } from './refusal.js';

/**
 * @typedef {object} Query
 * @property {URLSearchParams} values as they came
 * @property {string[] | null} select
 * @property {string[] | null} extended ids of extended properties that are asked for
 * @property {{ id: string, value: string } | { email: string } | null} filter
 * @property {number | null} top
 * @property {number} skip
 *
 * @typedef {{ immutable: boolean, pageSize: number | null, zone: string | null }} Preferences
 */

/** @param {string} search @param {string} typeName @param {string[]} allowed options @returns {Query} @throws {WrongRequest} */
export function readQuery(search, typeName, allowed) {
  const values = new URLSearchParams(search);
  for (const name of values.keys()) {
    if (!allowed.includes(name))
      throw new WrongRequest(
        'RequestBroker--ParseUri',
        `The query parameter '${name}' is not supported here.`,
      );
  }
  const select = values.get('$select')?.split(',') ?? null;
  const wrong =
    select &&
    wrongNames(
      typeName,
      select.map((name) => name.trim()),
    );
  if (wrong) throw new WrongRequest(wrong.code, wrong.message);
  return {
    values,
    select: select && select.map((name) => name.trim()),
    extended: values.has('$expand') ? readExpand(values.get('$expand'), typeName) : null,
    filter: values.has('$filter') ? readFilter(values.get('$filter')) : null,
    top: readNumber(values, '$top', 1000),
    skip: readNumber(values, '$skip', Infinity) ?? 0,
  };
}

function readNumber(values, name, most) {
  const text = values.get(name);
  if (text === null) return null;
  const number = Number(text);
  if (!/^\d+$/.test(text) || (name === '$top' && number < 1) || number > most)
    throw new WrongRequest('ErrorInvalidUrlQuery', `The value '${text}' of '${name}' is invalid.`);
  return number;
}

/** `singleValueExtendedProperties($filter=id eq 'String 0x3A24' or id eq '…')` @returns {string[]} */
function readExpand(text, typeName) {
  const [, name, inner] = /^(\w+)(?:\((.*)\))?$/.exec(text) ?? [];
  const wrong = wrongNames(typeName, [name ?? text], 'expand');
  if (wrong) throw new WrongRequest(wrong.code, wrong.message);
  const condition = /^\$filter=(.*)$/.exec(inner ?? '')?.[1];
  if (name !== 'singleValueExtendedProperties' || !condition)
    throw new WrongRequest('ErrorInvalidUrlQueryFilter', `The expansion of '${name}' needs a filter by id.`);
  return condition.split(/ or /i).map((part) => {
    const id = quoted(/^id eq ('.*')$/i.exec(part.trim())?.[1]);
    if (!isExtendedId(id))
      throw new WrongRequest('ErrorInvalidUrlQueryFilter', `Invalid filter clause: ${part}`);
    return id;
  });
}

/** By an extended property, or by an address: what can be searched for here. */
function readFilter(text) {
  const [, variable, condition] =
    /^singleValueExtendedProperties\/any\((\w+): ?(.*)\)$/i.exec(text.trim()) ?? [];
  if (variable) {
    const [left, right] = condition.split(/ and /i);
    const id = quoted(new RegExp(`^${variable}/id eq ('.*')$`).exec(left.trim())?.[1]);
    const value = quoted(new RegExp(`^${variable}/value eq ('.*')$`).exec(right?.trim() ?? '')?.[1]);
    if (isExtendedId(id) && value !== null) return { id, value };
  }
  const [, address] = /^emailAddresses\/any\(\w+: ?\w+\/address eq ('.*')\)$/i.exec(text.trim()) ?? [];
  if (address) return { email: quoted(address) };
  throw new WrongRequest(
    'ErrorInvalidUrlQueryFilter',
    'The query filter contains one or more invalid nodes.',
  );
}

/** @param {string | undefined} text `'it''s'` @returns {string | null} */
function quoted(text) {
  const inner = text?.slice(1, -1).replaceAll("''", '\0');
  return inner === undefined || inner.includes("'") ? null : inner.replaceAll('\0', "'");
}

/** @param {string | undefined} header several preferences, comma apart @returns {Preferences} */
export function readPreferences(header = '') {
  return {
    immutable: /(^|[,; ])IdType="ImmutableId"/.test(header),
    pageSize: Number(/odata\.maxpagesize=(\d+)/i.exec(header)?.[1] ?? 0) || null,
    zone: /outlook\.timezone="([^"]*)"/i.exec(header)?.[1] ?? null,
  };
}

/** What is left of an entity. @param {Record<string, unknown>} whole @param {string[] | null} select */
export function selected(whole, select, typeName) {
  if (!select) return whole;
  const kept = Object.entries(whole).filter(
    ([name]) =>
      name.startsWith('@') ||
      name === 'id' ||
      select.includes(name) ||
      propertyOf(typeName, name)?.navigation,
  );
  return Object.fromEntries(kept);
}
