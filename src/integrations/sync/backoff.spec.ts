import { secondsAfterFailure, secondsToNextRun, secondsToWait, secondsToWaitAfter } from './backoff.js';

describe('when a connection runs again', () => {
  it('is ten minutes later, a tenth more or less', () => {
    expect([0, 0.5, 1].map((random) => secondsToNextRun(random))).toEqual([540, 600, 660]);
  });

  it('is later with each failure, up to half an hour', () => {
    const minutes = [1, 2, 3, 4, 5, 6, 7, 400].map((failures) => secondsAfterFailure(failures, 0) / 60);
    expect(minutes).toEqual([1, 2, 4, 8, 15, 30, 30, 30]);
    expect(secondsAfterFailure(1, 1)).toBe(75);
  });

  it('is when a provider said, at most a quarter of an hour later', () => {
    expect(secondsToWait(30_500)).toBe(31);
    expect(secondsToWait(0)).toBe(1);
    expect(secondsToWait(3_600_000)).toBe(900);
    expect(secondsToWait(Number.NaN)).toBe(900);
    expect(secondsToWait(Infinity)).toBe(900);
    const minute = 60_000;
    expect([0, 4 * minute, 600 * minute].map((trouble) => secondsToWaitAfter(trouble, 0))).toEqual([
      1, 60, 900,
    ]);
    expect(secondsToWaitAfter(4 * minute, 2 * minute)).toBe(120);
  });
});
