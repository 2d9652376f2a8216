import { nameKeyOf } from '../../accounts/user-rows.js';
import { limits } from '../../config/limits.js';
import { all, Line, rule } from '../../web/form-rules.js';

/** What a group may be called, wherever one is made. */
export function GroupName(): PropertyDecorator {
  return all(
    Line(limits.nameCharacters),
    rule('semicolon', (name) => problemOfGroupName(name) === null, { message: SEMICOLON }),
  );
}

/** @returns the catalogue key of what is wrong with a name that is one line; null when it may be a group's */
export function problemOfGroupName(name: string): string | null {
  return name.includes(';') ? SEMICOLON : null;
}

const SEMICOLON = 'contact-groups.problem.semicolon';

/** What a group of contacts is called. */
export class ContactGroupForm {
  // The last rule is asked first.
  @GroupName()
  @rule('required', (name) => nameKeyOf(name) !== '', { message: 'common.problem.required' })
  name = '';

  /** Of the group as the form showed it; '' from a script that knows none. */
  @rule('revision', (revision) => /^\d{0,9}$/.test(revision), { message: 'common.problem.choice' })
  revision = '';
}

/** A group that goes. */
export class DeletionForm {
  /** `/personal-contacts/groups` when it is deleted from there. */
  from = '';
}

/** The group that takes in another's contacts. */
export class MergeForm {
  into = '';

  /** Its name instead, where there are too many for a menu. */
  intoName = '';
}
