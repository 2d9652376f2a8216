import { type FileProblem } from './reading.js';

/** A kind that writes all or nothing says while it writes that it cannot be: the import goes back to its check with the reason. */
export class WriteRefused extends Error {
  constructor(readonly problem: FileProblem) {
    super(problem.key);
  }
}
