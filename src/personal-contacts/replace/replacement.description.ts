import { type ImportDescription } from '../../imports/import-kind.js';
import { contactFile, groupName } from '../import/contact-import.description.js';
import { removalConsent, removalView } from './removal.view.js';

/** A file that becomes the list of one's contacts; what a row becomes is in replace-check.ts, which the import's thread loads. */
export const contactReplacement: ImportDescription = {
  ...contactFile,
  kind: 'contacts-replace',
  module: 'src/personal-contacts/replace/replacement.js',
  uploadPath: '/personal-contacts/replace',
  texts: [{ ...groupName, hintKey: 'personal-replace.group-hint' }],
  area: 'personal-replace',
  kindArea: 'personal-imports',
  act: 'contacts.replace',
  removes: { view: removalView, consent: removalConsent },
};
