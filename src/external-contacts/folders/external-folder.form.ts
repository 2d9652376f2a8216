import { nameKeyOf } from '../../accounts/user-rows.js';
import { limits } from '../../config/limits.js';
import { Line, rule } from '../../web/form-rules.js';

/** What a folder of external contacts is called. */
export class ExternalFolderForm {
  // The last rule is asked first.
  @Line(limits.nameCharacters)
  @rule('required', (name) => nameKeyOf(name) !== '', { message: 'common.problem.required' })
  name = '';

  /** Of the folder as the form showed it; '' from a script that knows none. */
  @rule('revision', (revision) => /^\d{0,9}$/.test(revision), { message: 'common.problem.choice' })
  revision = '';
}

/** A folder that goes. */
export class FolderDeletionForm {
  /** `/external-contacts/folders` when it is deleted from there. */
  from = '';
}
