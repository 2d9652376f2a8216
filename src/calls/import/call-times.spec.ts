import { secondsOf, StartTimes } from './call-times.js';

const paris = new StartTimes('Europe/Paris', Date.parse('2026-11-22T12:00:00Z'));
const read = (text: string) => {
  const start = paris.read(text);
  return 'at' in start ? new Date(start.at).toISOString() : start.problem;
};

describe('the start of a call', () => {
  it.each([
    ['2026-07-01 10:00:00', '2026-07-01T08:00:00.000Z'],
    ['2026-01-01T10:00', '2026-01-01T09:00:00.000Z'],
    ['2026-01-01 10:00:00.123456', '2026-01-01T09:00:00.000Z'],
    ['2026-01-01T10:00:00Z', '2026-01-01T10:00:00.000Z'],
    ['2026-01-01T10:00:00-05:30', '2026-01-01T15:30:00.000Z'],
    ['2026-01-01 10:00:00 +0200', '2026-01-01T08:00:00.000Z'],
    ['2026-01-01', '2025-12-31T23:00:00.000Z'],
    ['1767261600', '2026-01-01T10:00:00.000Z'],
    // Clocks show this hour twice: the first.
    ['2026-10-25 02:30:00', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25 03:00:00', '2026-10-25T02:00:00.000Z'],
    ['2026-10-25 01:59:59', '2026-10-24T23:59:59.000Z'],
    // Clocks skip this one: the next.
    ['2026-03-29 02:30:00', '2026-03-29T01:30:00.000Z'],
    ['2026-03-29 03:00:00', '2026-03-29T01:00:00.000Z'],
    ['2026-03-29 01:59:59', '2026-03-29T00:59:59.000Z'],
  ])('%s is %s', (text, moment) => {
    expect(read(text)).toBe(moment);
  });

  it.each([
    ['22/11/2026 10:00', 'unreadable'],
    ['yesterday', 'unreadable'],
    ['2026-02-30 10:00:00', 'no-day'],
    ['2026-02-01 24:00:00', 'no-day'],
    ['1969-01-01 10:00:00', 'too-early'],
    ['2027-01-01 10:00:00', 'future'],
  ])('%s is %s', (text, problem) => {
    expect(read(text)).toBe(problem);
  });
});

describe('how long a call was', () => {
  it.each([
    ['65', 65],
    ['1:05', null],
    ['0:01:05', 65],
    ['75:00:00', 270_000],
    ['12.6', 13],
    ['12,4', 12],
    ['1:75', null],
    ['1:75:00', null],
    ['-3', null],
    ['3 min', null],
    ['700000', null],
  ])('%s', (text, seconds) => {
    expect(secondsOf(text)).toBe(seconds);
  });
});
