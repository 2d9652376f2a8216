import { type ImportKind } from '../imports/import-kind.js';
import { UserImportCheck } from './user-import-check.js';
import { UserImportRedoing, UserImportUndoing } from './user-import-undo.js';
import { UserImportWriting } from './user-import-write.js';

/** New users from a file, as the import's thread runs it: SQL alone, no object mapper. */
export const kind: ImportKind = {
  checking: (facts) => new UserImportCheck(facts),
  writing: (facts, idOf) => new UserImportWriting(facts, idOf),
  undoing: (facts) => new UserImportUndoing(facts),
  redoing: (facts) => new UserImportRedoing(facts),
};
