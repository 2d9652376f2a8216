import { type ImportKind } from '../../imports/import-kind.js';
import { CallCheck } from './call-check.js';
import { CallRedoing, CallUndoing } from './call-undoing.js';
import { CallWriting } from './call-write.js';

/** Calls from a file, as the import's thread runs it: SQL alone. */
export const kind: ImportKind = {
  checking: (facts) => new CallCheck(facts),
  writing: (facts) => new CallWriting(facts),
  undoing: (facts) => new CallUndoing(facts),
  redoing: (facts) => new CallRedoing(facts),
};
