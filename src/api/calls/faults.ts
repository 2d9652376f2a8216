import { type z } from 'zod';
import { type Words } from '../../web/words.js';

export interface Fault {
  /** Name of the field; empty: the value as a whole. */
  field: string;
  detail: string;
}

/** Faults that are named of one value: nobody reads hundreds. */
const NAMED = 10;
/** Of a name nobody knows. */
const SHOWN = 60;

/** What is wrong with a value, in the words of whoever sent it. */
export function faultsOf(words: Words, { issues }: z.ZodError, value: unknown): Fault[] {
  return issues.slice(0, NAMED).flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.slice(0, NAMED).map((name) => ({
        field: name.slice(0, SHOWN),
        detail: words.t('api-docs.fault.unknown', { name: name.slice(0, SHOWN) }),
      }));
    }
    const field = issue.path.map(String).join('.');
    return [{ field, detail: detailOf(words, issue, valueAt(value, issue.path)) }];
  });
}

function detailOf(words: Words, issue: z.core.$ZodIssue, value: unknown): string {
  if (value === undefined) return words.t('api-docs.fault.missing');
  switch (issue.code) {
    case 'invalid_type':
      return words.t('api-docs.fault.type', { type: issue.expected });
    case 'invalid_value':
      return words.t('api-docs.fault.one-of', { values: issue.values.map(String).join(', ') });
    case 'too_big':
      return words.t(`api-docs.fault.most-${sizeOf(issue.origin)}`, { max: Number(issue.maximum) });
    case 'too_small':
      return words.t(issue.origin === 'string' ? 'api-docs.fault.empty' : 'api-docs.fault.least', {
        min: Number(issue.minimum),
      });
    case 'invalid_union':
      return words.t('api-docs.fault.moment');
    case 'invalid_format':
      return words.t(`api-docs.fault.${formats[String(issue.path.at(-1))] ?? 'line'}`);
    default:
      return words.t('api-docs.fault.other');
  }
}

/** What a field wants that is more than one line. */
const formats: Partial<Record<string, string>> = { recordingUrl: 'address', startedAt: 'moment' };

function sizeOf(origin: string): 'characters' | 'entries' | 'number' {
  if (origin === 'string') return 'characters';
  return origin === 'array' ? 'entries' : 'number';
}

/** Own fields alone: `__proto__` is a name like any other. */
function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (found, name) =>
      typeof found === 'object' && found !== null && Object.hasOwn(found, name)
        ? (found as Record<PropertyKey, unknown>)[name]
        : undefined,
    value,
  );
}
