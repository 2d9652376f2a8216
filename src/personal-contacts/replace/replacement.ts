import { type ImportKind } from '../../imports/import-kind.js';
import { ContactUndoing } from '../import/contact-undoing.js';
import { ReplaceCheck } from './replace-check.js';
import { ReplaceWriting } from './replace-write.js';

/** A file that becomes the list, as the import's thread runs it; the former list comes back as any act is taken back. */
export const kind: ImportKind = {
  atomic: true,
  checking: (facts, idOf) => new ReplaceCheck(facts, idOf),
  writing: (facts, idOf) => new ReplaceWriting(facts, idOf),
  undoing: (facts) => new ContactUndoing(facts, facts.batchId),
  redoing: (facts) => new ContactUndoing(facts, facts.undoBatchId),
};
