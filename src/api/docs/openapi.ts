import { z } from 'zod';
import { tokenScopes } from '../../web/access.js';
import { type Words } from '../../web/words.js';
import { errorsOfAll, operations, schemas, type Operation, type SchemaName } from './operations.js';

/** As JSON Schema 2020-12 has it, as far as zod writes it. */
export interface JsonSchema {
  type?: string | string[];
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  maxLength?: number;
  maximum?: number;
  maxItems?: number;
  [other: string]: unknown;
}

/** The document at `/api/v1/openapi.json` (OpenAPI 3.1), made from the schemas that check requests. */
export function openApi(words: Words, publicUrl: string) {
  return {
    openapi: '3.1.0',
    info: { title: words.t('api-docs.title'), description: words.t('api-docs.text'), version: '1' },
    externalDocs: { url: `${publicUrl}/api/docs` },
    servers: [{ url: publicUrl }],
    paths: pathsOf(words, publicUrl),
    components: {
      schemas: Object.fromEntries(
        (Object.keys(schemas) as SchemaName[]).map((name) => [name, schemaOf(words, name)]),
      ),
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: `${words.t('api-docs.token.text')} (${tokenScopes.join(', ')})`,
        },
      },
    },
  };
}

/** A schema of the document, each field with what it is for. */
export function schemaOf(words: Words, name: SchemaName): JsonSchema {
  const { schema, words: area } = schemas[name];
  return described(words, area, jsonSchemaOf(schema));
}

/** Parameters with whether they must be there. */
export function parametersOf(words: Words, { parameters }: Operation) {
  return parameters.flatMap(({ in: place, words: area, schema }) => {
    const { properties = {}, required = [] } = described(words, area, jsonSchemaOf(schema));
    return Object.entries(properties).map(([name, { description, ...rest }]) => ({
      ...{ name, in: place, required: required.includes(name), description, schema: rest as JsonSchema },
    }));
  });
}

function pathsOf(words: Words, publicUrl: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: operationOf(words, publicUrl, operation),
    };
  }
  return paths;
}

function operationOf(words: Words, publicUrl: string, operation: Operation) {
  const { id, scope, values, body, answers, errors, example } = operation;
  const failing = scope === null ? [...errors, 500] : [...errors, ...errorsOfAll];
  return {
    operationId: id,
    summary: words.t(`api-docs.operation.${id}`),
    description: words.t(`api-docs.operation.${id}.text`, values),
    security: scope === null ? [] : [{ token: [scope] }],
    parameters: parametersOf(words, operation),
    ...(body ? { requestBody: { required: true, content: bodyContent(body) } } : {}),
    responses: Object.fromEntries([
      ...answers.map(({ status, types, schema }) => [
        status,
        {
          description: words.t(`api-docs.answer.${id}.${status}`),
          content: Object.fromEntries(
            types.map((type) => [
              type,
              {
                schema: schema === null || type === 'text/plain' ? textOrObject(type) : refTo(schema),
                ...(type === 'application/json' && status === 200
                  ? exampleOf(example(publicUrl).answer)
                  : {}),
              },
            ]),
          ),
        },
      ]),
      ...failing
        .filter((status) => !answers.some((answer) => answer.status === status))
        .map((status) => [
          status,
          {
            description: words.t('api-docs.answer.error'),
            content: { 'application/problem+json': { schema: refTo('Problem') } },
          },
        ]),
    ]) as Record<string, unknown>,
  };
}

function bodyContent({ types, schemas: names }: NonNullable<Operation['body']>) {
  const refs = names.map(refTo);
  const schema = refs.length > 0 ? { oneOf: refs } : { type: 'string', contentMediaType: 'audio/*' };
  return Object.fromEntries(types.map((type) => [type, { schema }]));
}

function textOrObject(type: string): JsonSchema {
  return { type: type === 'text/plain' ? 'string' : 'object' };
}

function exampleOf(answer: object | string) {
  return typeof answer === 'string' ? {} : { example: answer };
}

function refTo(name: SchemaName) {
  return { $ref: `#/components/schemas/${name}` };
}

function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const found = z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
  // The document as a whole says which JSON Schema it is of.
  delete found['$schema'];
  return found;
}

/** Names are told once for a schema, however deep they stand in it. */
function described(words: Words, area: string, schema: JsonSchema): JsonSchema {
  const inner = (each: JsonSchema) => described(words, area, each);
  const { properties, items, anyOf, oneOf, ...rest } = schema;
  return {
    ...rest,
    ...(items ? { items: inner(items) } : {}),
    ...(anyOf ? { anyOf: anyOf.map(inner) } : {}),
    ...(oneOf ? { oneOf: oneOf.map(inner) } : {}),
    ...(properties
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, each]) => [
              name,
              withWords(words, area, name, inner(each)),
            ]),
          ),
        }
      : {}),
  };
}

function withWords(words: Words, area: string, name: string, schema: JsonSchema): JsonSchema {
  const own = `api-docs.field.${area}.${name}`;
  // What stands in a list of calls, results or problems is told where that schema is.
  const key = [own, `api-docs.field.call.${name}`, `api-docs.field.results.${name}`].find((each) =>
    words.has(each),
  );
  return { ...schema, description: words.t(key ?? own) };
}
