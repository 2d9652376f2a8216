import { emptyTally, sum, summary, tallyOfFile, unrun } from '../../bin/lib/tally.mjs';

describe('the count of tests', () => {
  const file = (results: object) => ({
    testFilePath: '/clone/src/a.spec.ts',
    numFailingTests: 0,
    testResults: [],
    ...results,
  });

  it('names what failed and what was skipped above a last line of two numbers', () => {
    const results = [
      { status: 'passed', fullName: 'one' },
      { status: 'failed', fullName: 'two' },
      { status: 'pending', fullName: 'three' },
    ];
    const tally = tallyOfFile(
      file({ numFailingTests: 1, failureMessage: 'two', testResults: results }),
      '/clone',
    );
    expect(summary(sum(tally, { ...emptyTally(), passed: 2 })).split('\n')).toEqual([
      'Skipped:',
      '  src/a.spec.ts: three',
      'Failed:',
      '  src/a.spec.ts: two',
      '3 passed, 1 failed',
    ]);
  });

  it('names the file of a test that ran in a group of files', () => {
    const results = [{ status: 'failed', fullName: 'test/auth/profile.spec.ts a photo is kept' }];
    expect(
      tallyOfFile(
        file({ testFilePath: '/clone/.test/groups/auth-1.spec.js', testResults: results }),
        '/clone',
      ).failures,
    ).toEqual(['test/auth/profile.spec.ts: a photo is kept']);
  });

  it('counts a file that should have been run and was not as one failure', () => {
    expect(unrun(['a.spec.js', 'b.spec.js'], ['b.spec.js'])).toEqual({
      ...emptyTally(),
      failed: 1,
      failures: ['a.spec.js was not run'],
    });
  });

  it('counts a file that could not be run as one failure', () => {
    expect(tallyOfFile(file({ testExecError: { message: 'syntax' } }), '/clone')).toMatchObject({
      passed: 0,
      failed: 1,
      failures: ['src/a.spec.ts could not be run'],
    });
  });
});
