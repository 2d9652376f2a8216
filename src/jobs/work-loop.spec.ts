import { WorkLoop } from './work-loop.js';

jest.useFakeTimers();

/** Lets everything that waits for no timer happen. */
const settle = () => jest.advanceTimersByTimeAsync(0);

describe('WorkLoop', () => {
  let turns: number;
  let answer: () => Promise<boolean>;
  let loop: WorkLoop;

  beforeEach(() => {
    turns = 0;
    answer = () => Promise.resolve(false);
    loop = new WorkLoop('Test', () => {
      turns++;
      return answer();
    });
  });

  afterEach(async () => {
    await loop.stop();
  });

  it('looks at once, then every second', async () => {
    loop.start();
    await settle();
    expect(turns).toBe(1);
    await jest.advanceTimersByTimeAsync(3_000);
    expect(turns).toBe(4);
  });

  it('goes on at once while there is more', async () => {
    answer = () => Promise.resolve(turns < 5);
    loop.start();
    await settle();
    expect(turns).toBe(5);
  });

  it('looks when woken, also when woken during a turn', async () => {
    loop.start();
    await settle();
    loop.wake();
    await settle();
    expect(turns).toBe(2);
    answer = () => {
      if (turns === 3) loop.wake();
      return Promise.resolve(false);
    };
    loop.wake();
    await settle();
    expect(turns).toBe(4);
  });

  it('keeps trying with growing pauses while the database is gone, and works again by itself', async () => {
    answer = () => Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' }));
    loop.start();
    await settle();
    await jest.advanceTimersByTimeAsync(250 + 500 + 1_000);
    expect(turns).toBe(4);
    await jest.advanceTimersByTimeAsync(2_000 + 3_000 + 3_000);
    expect(turns).toBe(7);
    answer = () => Promise.resolve(false);
    await jest.advanceTimersByTimeAsync(3_000);
    expect(turns).toBe(8);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(turns).toBe(9);
  });

  it('ends the turn under way before it stops', async () => {
    let finish = () => {};
    answer = () => new Promise((resolve) => (finish = () => resolve(true)));
    loop.start();
    await settle();
    let stopped = false;
    const stopping = loop.stop().then(() => (stopped = true));
    await settle();
    expect(stopped).toBe(false);
    finish();
    await stopping;
    expect(turns).toBe(1);
  });
});
