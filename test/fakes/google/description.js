/* Requests and answers held against the published descriptions of the services (people-v1.json, calendar-v3.json). */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = path.dirname(fileURLToPath(import.meta.url));

/**
 * @typedef {object} Called
 * @property {string} operation `people.connections.list`
 * @property {any} method as described
 * @property {Record<string, string>} place values of the path
 *
 * Something a request has that the service does not know.
 * @typedef {{ field: string, text: string }} Problem
 */

export class Description {
  /** @param {string} file of this folder */
  constructor(file) {
    const { basePath, parameters, methods, schemas } = JSON.parse(
      readFileSync(path.join(folder, file), 'utf8'),
    );
    this.parameters = parameters;
    this.schemas = schemas;
    this.methods = Object.entries(methods).map(([operation, method]) => ({
      ...{ operation, method, ...patternOf(basePath, method) },
    }));
  }

  /** @param {string} verb @param {string} pathname @returns {Called | null} */
  find(verb, pathname) {
    for (const { operation, method, pattern, names } of this.methods) {
      const found = method.httpMethod === verb ? pattern.exec(pathname) : null;
      if (!found) continue;
      const place = Object.fromEntries(names.map((name, at) => [name, decodeURIComponent(found[at + 1])]));
      return { operation, method, place };
    }
    return null;
  }

  /** @param {any} method @param {URLSearchParams} query @returns {Problem[]} */
  queryProblems(method, query) {
    const problems = [];
    for (const name of new Set(query.keys())) {
      const parameter = method.parameters[name] ?? this.parameters[name];
      if (!parameter || parameter.location !== 'query') {
        const text = `Invalid JSON payload received. Unknown name "${name}": Cannot bind query parameter. Field '${name}' could not be found in request message.`;
        problems.push({ field: name, text });
        continue;
      }
      const values = query.getAll(name);
      if (values.length > 1 && !parameter.repeated)
        problems.push({ field: name, text: `Proto field is not repeating, cannot start list: ${name}` });
      for (const value of values)
        if (!isOfType(parameter, value))
          problems.push({ field: name, text: `Invalid value at '${name}' (${parameter.type}), "${value}"` });
    }
    return problems;
  }

  /** @param {string} schema its name @param {unknown} value @returns {Problem[]} */
  bodyProblems(schema, value) {
    /** @type {Problem[]} */
    const problems = [];
    this.#check({ $ref: schema }, value, '', problems);
    return problems;
  }

  /** @param {string} schema its name @param {import('./partial.js').Selection | null} selection @param {string} text @returns {Problem[]} */
  selectionProblems(schema, selection, text) {
    const below = (known, selected) => {
      const { $ref, items, properties } = known.type === 'array' ? known.items : known;
      if ($ref) return below(this.schemas[$ref], selected);
      if (items) return below(items, selected);
      return [...selected].every(
        ([name, more]) => properties?.[name] && (more === null || below(properties[name], more)),
      );
    };
    const isKnown = selection !== null && below({ $ref: schema }, selection);
    return isKnown ? [] : [{ field: 'fields', text: `Invalid field selection ${text}` }];
  }

  #check(schema, value, at, problems) {
    if (value === null || value === undefined) return;
    if (schema.$ref) return this.#check(this.schemas[schema.$ref], value, at, problems);
    const wrong = () =>
      problems.push({
        field: at,
        text: `Invalid value at '${at}' (${schema.type}), ${JSON.stringify(value)}`,
      });
    if (schema.type === 'array') {
      if (!Array.isArray(value)) return wrong();
      for (const [index, each] of value.entries())
        this.#check(schema.items, each, `${at}[${index}]`, problems);
    } else if (schema.type === 'object') {
      if (typeof value !== 'object' || Array.isArray(value)) return wrong();
      for (const [name, each] of Object.entries(value)) {
        const known = schema.properties?.[name] ?? schema.additionalProperties;
        const below = at ? `${at}.${name}` : name;
        if (known) this.#check(known, each, below, problems);
        else {
          const text = `Invalid JSON payload received. Unknown name "${name}"${at && ` at '${at}'`}: Cannot find field.`;
          problems.push({ field: below, text });
        }
      }
    } else if (!isOfJsonType(schema, value)) wrong();
    else if (typeof value === 'string' && !value.isWellFormed()) wrong();
  }

  /** Without what only the service may say. @param {string} name of a schema @param {Record<string, any>} value @returns {Record<string, any>} */
  writable(name, value) {
    const kept = {};
    for (const [key, each] of Object.entries(value)) {
      const { readOnly, type } = this.schemas[name].properties[key];
      const isEmpty = each === null || each === undefined || each === '';
      if (!readOnly && key !== 'metadata' && !isEmpty)
        kept[key] = type === 'string' ? String(each).trim() : each;
    }
    return kept;
  }
}

/** @returns {{ pattern: RegExp, names: string[] }} */
function patternOf(basePath, { path: template, parameters }) {
  const names = [];
  const text = `${basePath}${template}`.replaceAll(/\{(\+?)(\w+)\}|[.*+?^$()|[\]\\]/g, (sign, plus, name) => {
    if (!name) return `\\${sign}`;
    names.push(name);
    return plus ? `(${parameters[name].pattern.slice(1, -1)})` : '([^/]+)';
  });
  return { pattern: new RegExp(`^${text}$`), names };
}

function isOfType({ type, enum: values, format }, text) {
  if (values) return values.includes(text);
  if (type === 'integer') return /^-?\d+$/.test(text);
  if (type === 'boolean') return text === 'true' || text === 'false';
  if (format === 'date-time') return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text);
  return true;
}

function isOfJsonType({ type, enum: values }, value) {
  if (values) return values.includes(value);
  if (type === 'integer') return Number.isInteger(value);
  return type === 'any' || typeof value === type;
}
