/* Counting what passed and what failed, for the last line of npm test. */

/** @typedef {{ passed: number, failed: number, skipped: string[], failures: string[] }} Tally */

/** @returns {Tally} */
export function emptyTally() {
  return { passed: 0, failed: 0, skipped: [], failures: [] };
}

/** @param {Tally} one @param {Tally} other @returns {Tally} */
export function sum(one, other) {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: [...one.skipped, ...other.skipped],
    failures: [...one.failures, ...other.failures],
  };
}

/**
 * What one test file came to, from jest's TestResult. A file that does not load counts as one failure.
 * @returns {Tally}
 */
export function tallyOfFile(result, rootDir) {
  const file = fileOf(result, rootDir);
  const tally = emptyTally();
  if (result.testExecError || (result.failureMessage && result.numFailingTests === 0)) {
    tally.failed += 1;
    tally.failures.push(`${file} could not be run`);
  }
  for (const { status, fullName } of result.testResults) {
    if (status === 'passed') tally.passed += 1;
    else if (status === 'failed') {
      tally.failed += 1;
      tally.failures.push(named(file, fullName));
    } else tally.skipped.push(named(file, fullName));
  }
  return tally;
}

/** @returns {string} the test file of jest's TestResult, below the root */
export function fileOf({ testFilePath }, rootDir) {
  return testFilePath.startsWith(`${rootDir}/`) ? testFilePath.slice(rootDir.length + 1) : testFilePath;
}

/**
 * A file that jest did not find is no success: nobody would miss its tests.
 * @param {string[]} expected @param {string[]} files that ran @returns {Tally}
 */
export function unrun(expected, files) {
  const ran = new Set(files);
  const failures = expected.filter((file) => !ran.has(file)).map((file) => `${file} was not run`);
  return { ...emptyTally(), failed: failures.length, failures };
}

/** Within a group of specs (test-groups.mjs) a test's name begins with its file. */
function named(file, fullName) {
  const [spec, ...words] = fullName.split(' ');
  return spec.endsWith('.spec.ts') ? `${spec}: ${words.join(' ')}` : `${file}: ${fullName}`;
}

/** @param {Tally} tally @returns {string} the summary; its last line is `N passed, N failed` */
export function summary({ passed, failed, skipped, failures }) {
  const list = (title, lines) => (lines.length > 0 ? [title, ...lines.map((line) => `  ${line}`)] : []);
  return [
    ...list('Skipped:', skipped),
    ...list('Failed:', failures),
    `${passed} passed, ${failed} failed`,
  ].join('\n');
}
