import { waitAfter } from './retry.js';

describe('waitAfter', () => {
  it('waits 1, 5, 30 minutes, 2 and 12 hours, then gives up', () => {
    const minutes = [1, 2, 3, 4, 5, 6].map((failures) => {
      const seconds = waitAfter(failures);
      return seconds === null ? null : seconds / 60;
    });
    expect(minutes).toEqual([1, 5, 30, 120, 720, null]);
  });
});
