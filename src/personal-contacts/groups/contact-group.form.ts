import { nameKeyOf } from '../../accounts/user-rows.js';
import { limits } from '../../config/limits.js';
import { codePoints, hasControlCharacters } from '../../text/tidy.js';
import { rule } from '../../web/form-rules.js';

/** What a group of contacts is called. */
export class ContactGroupForm {
  // The last rule is asked first.
  @rule('semicolon', (name) => !name.includes(';'), { message: 'contact-groups.problem.semicolon' })
  @rule('controlCharacters', (name) => !hasControlCharacters(name), {
    message: 'common.problem.control-characters',
  })
  @rule('tooLong', (name) => codePoints(name) <= limits.nameCharacters, {
    message: 'common.problem.too-long',
    context: { max: limits.nameCharacters },
  })
  @rule('required', (name) => nameKeyOf(name) !== '', { message: 'common.problem.required' })
  name = '';

  /** Of the group as the form showed it; '' from a script that knows none. */
  @rule('revision', (revision) => /^\d{0,9}$/.test(revision), { message: 'common.problem.choice' })
  revision = '';
}

/** The group that takes in another's contacts. */
export class MergeForm {
  @rule('required', (id) => id !== '', { message: 'contact-groups.problem.no-target' })
  into = '';
}
