/*
 * What Microsoft says of Graph's types (graph-v1.0-trimmed.csdl.xml), and whether a request keeps to it. The description marks
 * contact and event as open; the live service refuses unknown names all the same, and so do we.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Type
 * @property {'entity' | 'complex' | 'enum'} kind
 * @property {string | null} base
 * @property {Map<string, { type: string, collection: boolean, nullable: boolean, navigation: boolean }>} properties
 * @property {Set<string>} members of an enum
 */

const file = path.join(path.dirname(fileURLToPath(import.meta.url)), 'graph-v1.0-trimmed.csdl.xml');

/** @type {Map<string, Type>} */
const types = readTypes(readFileSync(file, 'utf8'));

/** @param {string} text one element a line, as the file is written @returns {Map<string, Type>} */
function readTypes(text) {
  /** @type {Map<string, Type>} */
  const found = new Map();
  /** @type {Type | null} */
  let type = null;
  for (const [, name, rest] of text.matchAll(/^\s*<(\w+)((?: [\w.]+="[^"]*")*) ?\/?>$/gm)) {
    const has = Object.fromEntries(
      [...rest.matchAll(/ ([\w.]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
    );
    const kind = { EntityType: 'entity', ComplexType: 'complex', EnumType: 'enum' }[name];
    if (kind) {
      type = {
        kind,
        base: has.BaseType ? bare(has.BaseType) : null,
        properties: new Map(),
        members: new Set(),
      };
      found.set(has.Name, type);
    } else if (name === 'Property' || name === 'NavigationProperty') {
      const collection = has.Type.startsWith('Collection(');
      type?.properties.set(has.Name, {
        type: bare(collection ? has.Type.slice('Collection('.length, -1) : has.Type),
        ...{ collection, nullable: has.Nullable !== 'false', navigation: name === 'NavigationProperty' },
      });
    } else if (name === 'Member') type?.members.add(has.Name);
  }
  return found;
}

/** `graph.emailAddress` as `emailAddress`. */
function bare(name) {
  return name.replace(/^(microsoft\.)?graph\./, '');
}

/** @param {string} typeName @param {string} name */
export function propertyOf(typeName, name) {
  for (let type = types.get(typeName); type; type = types.get(type.base ?? '')) {
    const property = type.properties.get(name);
    if (property) return property;
  }
  return null;
}

/** Names of an entity as it is given without $select: no navigation. @param {string} typeName @returns {string[]} */
export function propertiesOf(typeName) {
  const type = types.get(typeName);
  if (!type) return [];
  const own = [...type.properties].filter(([, { navigation }]) => !navigation).map(([name]) => name);
  return [...(type.base ? propertiesOf(type.base) : []), ...own];
}

/** Made by the service: sent by a client, they are not taken. */
const computed = new Set(['id', 'changeKey', 'createdDateTime', 'lastModifiedDateTime', '@odata.etag']);

/**
 * What is wrong with a body, in the words of the service.
 * @param {string} typeName @param {unknown} body @returns {{ code: string, message: string } | null}
 */
export function wrongBody(typeName, body) {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return {
      code: 'BadRequest',
      message:
        'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
    };
  for (const [name, value] of Object.entries(body)) {
    if (name === '@odata.type') continue;
    if (computed.has(name))
      return {
        code: 'ErrorInvalidPropertySet',
        message: `The property '${name}' is read-only and can't be set.`,
      };
    const property = propertyOf(typeName, name);
    if (!property)
      return {
        code: 'RequestBodyRead',
        message: `The property '${name}' does not exist on type 'microsoft.graph.${typeName}'. Make sure to only use property names that are defined by the type.`,
      };
    const wrong = wrongValue(property, value, name);
    if (wrong) return wrong;
  }
  return null;
}

/** @returns {{ code: string, message: string } | null} */
function wrongValue(property, value, name) {
  if (property.collection) {
    if (!Array.isArray(value))
      return unread(
        `A '${kindOf(value)}' node was found when reading from the JSON reader for '${name}'. A 'StartArray' node was expected.`,
      );
    for (const each of value) {
      const wrong = wrongOne(property.type, each, name);
      if (wrong) return wrong;
    }
    return null;
  }
  if (value === null)
    return property.nullable
      ? null
      : unread(`A null value was found for the property '${name}', which does not allow null values.`);
  return wrongOne(property.type, value, name);
}

const primitives = {
  'Edm.String': (value) => typeof value === 'string' && !hasNoLetter(value),
  'Edm.Boolean': (value) => typeof value === 'boolean',
  'Edm.Int32': (value) => Number.isInteger(value) && Math.abs(value) < 2 ** 31,
  'Edm.Double': (value) => typeof value === 'number',
  'Edm.DateTimeOffset': (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(value),
  'Edm.Date': (value) => /^\d{4}-\d\d-\d\d$/.test(value),
};

/** Half a letter, or a null: nothing that a text of .NET can carry to Exchange. */
function hasNoLetter(text) {
  return !text.isWellFormed() || text.includes('\0');
}

function wrongOne(typeName, value, name) {
  const isRight = primitives[typeName];
  if (isRight)
    return isRight(value)
      ? null
      : unread(`Cannot convert the literal of '${name}' to the expected type '${typeName}'.`);
  const type = types.get(typeName);
  if (!type) return null;
  if (type.kind === 'enum')
    return type.members.has(value)
      ? null
      : unread(`Requested value of '${name}' was not found in '${typeName}'.`);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return unread(
      `An unexpected '${kindOf(value)}' node was found when reading '${name}'. A 'StartObject' node was expected.`,
    );
  if (typeName === 'singleValueLegacyExtendedProperty') return wrongExtended(value);
  return wrongBody(typeName, value);
}

function wrongExtended(value) {
  const { id, value: text, ...others } = value;
  const [other] = Object.keys(others);
  if (other)
    return {
      code: 'RequestBodyRead',
      message: `The property '${other}' does not exist on type 'microsoft.graph.singleValueLegacyExtendedProperty'.`,
    };
  if (!isExtendedId(id))
    return {
      code: 'ErrorInvalidProperty',
      message:
        'PropertyId values may only be in one of the following formats: String {guid} Name name, String 0x3A24.',
    };
  if (typeof text !== 'string' || hasNoLetter(text))
    return unread(`Cannot convert a value of '${id}' to the expected type 'Edm.String'.`);
  return null;
}

/** `String 0x3A24`, `String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Color`, `… Id 0x8013` @param {unknown} id */
export function isExtendedId(id) {
  return (
    typeof id === 'string' &&
    /^(String|Integer|Boolean|SystemTime|Double) (0x[\da-f]{1,4}|\{[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\} (Name [\w.:-]+|Id 0x[\da-f]{1,4}))$/i.test(
      id,
    )
  );
}

function unread(message) {
  return { code: 'RequestBodyRead', message };
}

function kindOf(value) {
  if (value === null) return 'PrimitiveValue';
  if (Array.isArray(value)) return 'StartArray';
  return typeof value === 'object' ? 'StartObject' : 'PrimitiveValue';
}

/**
 * @param {string} typeName @param {string[]} names of $select or $expand @param {'select' | 'expand'} [use]
 * @returns {{ code: string, message: string } | null}
 */
export function wrongNames(typeName, names, use = 'select') {
  for (const name of names) {
    const property = propertyOf(typeName, name);
    if (!property)
      return {
        code: 'RequestBroker--ParseUri',
        message: `Could not find a property named '${name}' on type 'microsoft.graph.${typeName}'.`,
      };
    if (use === 'expand' && !property.navigation)
      return {
        code: 'RequestBroker--ParseUri',
        message: `Property '${name}' on type 'microsoft.graph.${typeName}' is not a navigation property or complex property. Only navigation properties can be expanded.`,
      };
  }
  return null;
}
