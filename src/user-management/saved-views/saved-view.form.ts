import { ValidateBy } from 'class-validator';
import { limits } from '../../config/limits.js';
import { codePoints, hasControlCharacters } from '../../text/tidy.js';

/** What a view is called and who sees it. */
export class SavedViewForm {
  @Holds('required', (text) => text !== '', 'common.problem.required')
  @Holds('tooLong', (text) => codePoints(text) <= limits.nameCharacters, 'common.problem.too-long', {
    max: limits.nameCharacters,
  })
  @Holds('controlCharacters', (text) => !hasControlCharacters(text), 'common.problem.control-characters')
  name = '';

  shared = false;
}

/** A new one, and the list it stands for. */
export class NewSavedViewForm extends SavedViewForm {
  /** As `/users` carries it, without `?`. */
  query = '';

  /** Takes the place of one's view of this name, if there is one. */
  replace = false;
}

function Holds(
  name: string,
  holds: (text: string) => boolean,
  message: string,
  context?: object,
): PropertyDecorator {
  return ValidateBy(
    { name, validator: { validate: (value: unknown) => typeof value === 'string' && holds(value) } },
    { message, context },
  );
}
