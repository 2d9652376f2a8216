import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { validate, type ValidationError } from 'class-validator';
import { type Request } from 'express';
import { type MessageValues } from '../errors/domain-error.js';
import { tidy } from '../text/tidy.js';

/** Why a field was not taken: a catalogue key and the values it names. */
export interface Problem {
  field: string;
  key: string;
  values?: MessageValues;
}

/** A posted form: declared fields alone, tidied, checked by its class-validator rules. */
export class Submission<F extends object> {
  constructor(
    readonly form: F,
    /** As it came, for showing again. */
    readonly typed: Readonly<Record<string, string | string[]>>,
    readonly problems: Problem[],
    /** The idempotency key the form carried, if it was one of ours. */
    readonly once: string | null,
  ) {}

  get refused(): boolean {
    return this.problems.length > 0;
  }

  /** The same submission with what only the service could know is wrong (an address already taken). */
  with(...problems: Problem[]): Submission<F> {
    return new Submission(this.form, this.typed, [...this.problems, ...problems], this.once);
  }
}

type FormClass<F extends object> = new () => F;

/**
 * The posted fields as a `Submission<Form>`. The shape is the form's own: a field that starts as `''` or `null` is one
 * line of text (empty stays '' or becomes null), `false` a checkbox, `[]` a list. A name posted twice without
 * being a list, or anything that is no string, is refused.
 */
export const Submitted = <F extends object>(Form: FormClass<F>): ParameterDecorator =>
  createParamDecorator((form: FormClass<F>, context: ExecutionContext) =>
    readForm(form, context.switchToHttp().getRequest<Request>().body as unknown),
  )(Form);

export async function readForm<F extends object>(Form: FormClass<F>, body: unknown): Promise<Submission<F>> {
  const given = (body ?? {}) as Record<string, unknown>;
  const form = new Form();
  const fields = form as Record<string, unknown>;
  const asTyped = asTypedFields(Form);
  const typed: Record<string, string | string[]> = {};
  const problems: Problem[] = [];
  for (const [field, initial] of Object.entries(fields)) {
    const value = Object.hasOwn(given, field) ? given[field] : undefined;
    if (Array.isArray(initial)) {
      const list = (Array.isArray(value) ? value : value === undefined ? [] : [value]) as unknown[];
      if (!list.every((item) => typeof item === 'string'))
        problems.push({ field, key: 'common.problem.not-text' });
      else {
        const read = asTyped.has(field) ? list : list.map((item) => tidy(item));
        fields[field] = read.filter((item) => item !== '');
        // A list that was not sent at all is told from an empty one, which a hidden empty value sends.
        if (value !== undefined) typed[field] = fields[field] as string[];
      }
    } else if (value !== undefined && typeof value !== 'string') {
      problems.push({ field, key: 'common.problem.not-text' });
    } else if (typeof initial === 'boolean') {
      fields[field] = value !== undefined && value !== '' && value !== 'false';
      typed[field] = fields[field] ? 'on' : '';
    } else if (value !== undefined) {
      typed[field] = asTyped.has(field) ? value : value.replace(/\r\n/g, '\n');
      const text = asTyped.has(field) ? value : tidy(value, { keepLines: true });
      fields[field] = text === '' ? initial : text;
    }
  }
  const errors = await validate(form, { stopAtFirstError: true, forbidUnknownValues: false });
  problems.push(
    ...errors.filter(({ property }) => !problems.some(({ field }) => field === property)).map(problemOf),
  );
  return new Submission(form, typed, problems, typeof given._once === 'string' ? given._once : null);
}

const AS_TYPED = Symbol('as typed');

/** A field that is taken as it was typed, spaces and lines and all: passwords, pasted lists. */
export function AsTyped(): PropertyDecorator {
  return (target, property) => {
    const owner = target.constructor as { [AS_TYPED]?: Set<string> };
    (owner[AS_TYPED] ??= new Set()).add(String(property));
  };
}

function asTypedFields(Form: object): Set<string> {
  return (Form as { [AS_TYPED]?: Set<string> })[AS_TYPED] ?? new Set();
}

function problemOf(error: ValidationError): Problem {
  const [rule, key] = Object.entries(error.constraints ?? { unknown: 'common.problem.not-text' })[0];
  const values = error.contexts?.[rule] as MessageValues | undefined;
  return { field: error.property, key, ...(values ? { values } : {}) };
}
