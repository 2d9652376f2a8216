import { type ImportKind } from '../../imports/import-kind.js';
import { UserUpdateCheck } from './update-check.js';
import { UserUpdateUndoing } from './update-undo.js';
import { UserUpdateWriting } from './update-write.js';

/** Changes of people from a file, as the import's thread runs it: SQL alone, no object mapper. */
export const kind: ImportKind = {
  checking: (facts) => new UserUpdateCheck(facts),
  writing: (facts) => new UserUpdateWriting(facts),
  undoing: (facts) => new UserUpdateUndoing(facts, false),
  redoing: (facts) => new UserUpdateUndoing(facts, true),
};
