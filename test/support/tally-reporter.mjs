import { renameSync, writeFileSync } from 'node:fs';
import { emptyTally, fileOf, sum, tallyOfFile } from '../../bin/lib/tally.mjs';

/** Keeps the count of tests in the file TALLY_FILE names, after each test file, so that it is known even when a later one hangs. */
export default class TallyReporter {
  #rootDir;
  #tally = emptyTally();
  #files = [];

  constructor(globalConfig) {
    this.#rootDir = globalConfig.rootDir;
    if (process.env.TALLY_FILE) endWithoutParent();
  }

  onTestResult(_test, result) {
    this.#tally = sum(this.#tally, tallyOfFile(result, this.#rootDir));
    this.#files.push(fileOf(result, this.#rootDir));
    this.#write(false);
  }

  onRunComplete() {
    this.#write(true);
  }

  /** Written aside and renamed: the reader sees a whole file. */
  #write(complete) {
    const file = process.env.TALLY_FILE;
    if (!file) return;
    writeFileSync(`${file}.new`, JSON.stringify({ ...this.#tally, files: this.#files, complete }));
    renameSync(`${file}.new`, file);
  }
}

/** The launcher started jest in a process group of its own; when it is killed, nobody else would end the tests. */
function endWithoutParent() {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && process.kill(-process.pid, 'SIGKILL'), 500).unref();
}
