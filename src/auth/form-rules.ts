import { ValidateBy, type ValidationOptions } from 'class-validator';
import { normaliseAddress } from '../text/address.js';
import { hasControlCharacters } from '../text/tidy.js';
import { type Problem } from '../web/submitted.js';
import { passwordProblem, type PasswordOwner } from './passwords.service.js';

/** A text for which `rule` is true. */
export function Satisfies(rule: (value: string) => boolean, options: ValidationOptions): PropertyDecorator {
  const validate = (value: unknown) => typeof value === 'string' && rule(value);
  return ValidateBy({ name: 'satisfies', validator: { validate } }, options);
}

/** An e-mail address in a form people write; `normaliseAddress` gives the one we keep. */
export function AddressTyped(): PropertyDecorator {
  return Satisfies((value) => normaliseAddress(value) !== null, { message: 'common.problem.email' });
}

/** One line without control characters. */
export function PlainText(): PropertyDecorator {
  return Satisfies((value) => !hasControlCharacters(value), { message: 'common.problem.control-characters' });
}

/** What is wrong with a newly chosen password and its repetition; at most one problem. */
export function passwordProblems(
  { password, passwordConfirmation }: { password: string; passwordConfirmation: string },
  owner: PasswordOwner,
): Problem[] {
  const problem = passwordProblem(password, owner);
  if (problem) return [{ field: 'password', ...problem }];
  const same = password.normalize('NFC') === passwordConfirmation.normalize('NFC');
  return same ? [] : [{ field: 'passwordConfirmation', key: 'auth.password.differs' }];
}
