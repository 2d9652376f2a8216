import { type FileProblem } from './reading.js';

/** The file cannot be taken; the page of the upload says why and what to do. */
export class FileRefused extends Error {
  constructor(readonly problem: FileProblem) {
    super(problem.key);
  }
}
