import { limits } from '../../config/limits.js';
import { type Words } from '../../web/words.js';
import { parametersOf, schemaOf, type JsonSchema } from './openapi.js';
import { errorsOfAll, operations, problemCodes, type Operation, type SchemaName } from './operations.js';

/** `/api/docs`: what the OpenAPI document says, for people. */
export function apiDocsView(words: Words, publicUrl: string, owner: boolean) {
  const parts = operations.map((operation) => operationView(words, publicUrl, operation));
  return {
    title: words.t('api-docs.title'),
    tokensHref: owner ? '/settings/tokens' : '',
    contents: [
      { href: '#token', label: words.t('api-docs.token.title') },
      { href: '#all', label: words.t('api-docs.common.title') },
      ...parts.map(({ anchor, title }) => ({ href: `#${anchor}`, label: title })),
      { href: '#problems', label: words.t('api-docs.problems.title') },
    ],
    basic: words.t('api-docs.token.basic', { address: publicUrl.replace('://', '://carnet:TOKEN@') }),
    limits: words.t('api-docs.common.limits', { uses: limits.apiUsesAMinute }),
    header: 'Authorization: Bearer carnet_…',
    parts,
    errors: problemCodes.map((code) => ({
      ...{ code, anchor: `problem-${code}`, title: words.t(`api-docs.problem.${code}.title`) },
      text: words.t(`api-docs.problem.${code}`, placeholders),
    })),
  };
}

/** What a sentence of an error names this time. */
const placeholders = {
  ...{ scope: 'lookup:read', methods: 'GET', types: 'application/json', encoding: 'gzip', name: 'callId' },
  ...{ kilobytes: limits.apiBodyBytes / 1024, count: 2 },
};

function operationView(words: Words, publicUrl: string, operation: Operation) {
  const { id, method, path, scope, values, body, answers, errors, example } = operation;
  const { command, answer } = example(publicUrl);
  return {
    ...{ anchor: id, title: words.t(`api-docs.operation.${id}`), line: `${method.toUpperCase()} ${path}` },
    scope: scope === null ? '' : words.t('api-docs.needs', { scope }),
    text: words.t(`api-docs.operation.${id}.text`, values),
    types: body ? body.types.join(', ') : '',
    asked: [
      ...parametersOf(words, operation).map(({ name, required, description, schema }) => ({
        ...{ name, type: typeText(words, schema), required, text: description },
      })),
      ...(body?.schemas ?? []).flatMap((name) => fieldsOf(words, name)),
    ],
    answered: answers
      .filter(({ status }) => status === 200)
      .flatMap(({ schema }) => (schema ? fieldsOf(words, schema) : [])),
    statuses: [
      ...answers.map(({ status }) => ({ status, text: words.t(`api-docs.answer.${id}.${status}`) })),
      ...(scope === null
        ? []
        : [{ status: [...errors, ...errorsOfAll].join(', '), text: words.t('api-docs.answer.error') }]),
    ],
    ...{ command, answer: typeof answer === 'string' ? answer : JSON.stringify(answer, null, 2) },
  };
}

interface FieldRow {
  name: string;
  type: string;
  required: boolean;
  text: string;
}

/** The fields of a schema, those of what stands in its lists after it as `results[].reason`. */
function fieldsOf(words: Words, name: SchemaName): FieldRow[] {
  return rowsOf(words, schemaOf(words, name), '', name === 'Calls');
}

/** @param flat the other of two forms: what stands in its list is told with the first */
function rowsOf(words: Words, schema: JsonSchema, before: string, flat: boolean): FieldRow[] {
  const [whole = schema] = schema.oneOf ?? [];
  const required = new Set(schema.oneOf ? commonRequired(schema.oneOf) : whole.required);
  return Object.entries(whole.properties ?? {}).flatMap(([name, each]) => [
    {
      ...{ name: `${before}${name}`, type: typeText(words, each), required: required.has(name) && !flat },
      text: each.description ?? '',
    },
    ...(each.items && !flat ? rowsOf(words, each.items, `${before}${name}[].`, false) : []),
  ]);
}

/** What is there whichever of several forms an answer has. */
function commonRequired(forms: readonly JsonSchema[]): string[] {
  const [first = {}, ...others] = forms;
  return (first.required ?? []).filter((name) =>
    others.every(({ required = [] }) => required.includes(name)),
  );
}

function typeText(words: Words, schema: JsonSchema): string {
  const { type, enum: values, anyOf, format, maxLength, maximum, maxItems } = schema;
  if (values) return values.map(String).join(' | ');
  if (anyOf) {
    const some = anyOf.filter((each) => each.type !== 'null');
    const text = some.length > 1 ? words.t('api-docs.type.moment') : typeText(words, some[0] ?? {});
    return some.length < anyOf.length ? words.t('api-docs.type.nothing', { type: text }) : text;
  }
  if (format === 'uri') return words.t('api-docs.type.address');
  const max = maxLength ?? maxItems ?? maximum;
  const text = words.t(`api-docs.type.${typeWords.get(String(type ?? typeof schema.const)) ?? 'object'}`);
  return max === undefined ? text : words.t('api-docs.type.most', { type: text, max });
}

const typeWords = new Map([
  ['string', 'text'],
  ['integer', 'whole-number'],
  ['boolean', 'yes-no'],
  ['array', 'list'],
]);
