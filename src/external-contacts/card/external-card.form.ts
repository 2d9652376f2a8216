import { limits } from '../../config/limits.js';
import { Line, Lines, rule } from '../../web/form-rules.js';

/** What its owner notes of a contact. */
export class NoteForm {
  @Lines(limits.externalNoteCharacters)
  note = '';

  /** Of the note as the form showed it; '' from a script that knows none. */
  @rule('revision', (revision) => /^\d{0,9}$/.test(revision), { message: 'common.problem.choice' })
  revision = '';
}

/** The folders a contact is in: those ticked, and one more. */
export class CardFoldersForm {
  folderIds: string[] = [];

  /** A folder that may not exist yet. */
  @Line(limits.nameCharacters)
  newFolder = '';
}
