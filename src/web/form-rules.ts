import { ValidateBy, type ValidationOptions } from 'class-validator';
import { normaliseAddress } from '../text/address.js';
import { codePoints, hasControlCharacters } from '../text/tidy.js';

/** One line of text; too long or with control characters it is refused. */
export function Line(max: number): PropertyDecorator {
  return all(
    tooLong(max),
    rule('controlCharacters', (text) => !hasControlCharacters(text), {
      message: 'common.problem.control-characters',
    }),
  );
}

/** Text of several lines. */
export function Lines(max: number): PropertyDecorator {
  return all(
    tooLong(max),
    rule('controlCharacters', (text) => !hasControlCharacters(text, { lines: true }), {
      message: 'common.problem.control-characters',
    }),
  );
}

export function Required(): PropertyDecorator {
  return rule('required', (text) => text !== '', { message: 'common.problem.required' });
}

export function EmailAddress(): PropertyDecorator {
  // An empty one is the business of Required.
  return rule('emailAddress', (text) => text === '' || normaliseAddress(text) !== null, {
    message: 'common.problem.email',
  });
}

/** A text for which `holds` is true. */
export function rule(
  name: string,
  holds: (text: string) => boolean,
  options: ValidationOptions,
): PropertyDecorator {
  return ValidateBy(
    { name, validator: { validate: (value: unknown) => typeof value === 'string' && holds(value) } },
    options,
  );
}

/** Several rules as one. */
export function all(...decorators: PropertyDecorator[]): PropertyDecorator {
  return (target, property) => decorators.forEach((decorate) => decorate(target, property));
}

function tooLong(max: number): PropertyDecorator {
  return rule('tooLong', (text) => codePoints(text) <= max, {
    message: 'common.problem.too-long',
    context: { max },
  });
}
