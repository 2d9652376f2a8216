import { type ImportKind } from '../../imports/import-kind.js';
import { ContactCheck } from './contact-check.js';
import { ContactUndoing } from './contact-undoing.js';
import { ContactWriting } from './contact-write.js';

/** Personal contacts from a file, as the import's thread runs it: SQL alone, all of it in one transaction. */
export const kind: ImportKind = {
  atomic: true,
  checking: (facts, idOf) => new ContactCheck(facts, idOf),
  writing: (facts, idOf) => new ContactWriting(facts, idOf),
  undoing: (facts) => new ContactUndoing(facts, facts.batchId),
  redoing: (facts) => new ContactUndoing(facts, facts.undoBatchId),
};
