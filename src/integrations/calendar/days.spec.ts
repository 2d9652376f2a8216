import { clock, dayAt, isDay, localDays, minutesIn, mondayOf, plusDays } from './days.js';

const hours = (day: string, zone: string) => {
  const [{ from, to }] = localDays(day, 1, zone);
  return (to - from) / 3_600_000;
};

describe('Days somewhere', () => {
  it.each([
    ['2026-11-24', 'Europe/Paris', '2026-11-23T23:00:00.000Z', 24],
    // Clocks forward at 2:00, back at 3:00.
    ['2027-03-28', 'Europe/Paris', '2027-03-27T23:00:00.000Z', 23],
    ['2026-10-25', 'Europe/Paris', '2026-10-24T22:00:00.000Z', 25],
    ['2026-11-01', 'America/New_York', '2026-11-01T04:00:00.000Z', 25],
    // Half an hour.
    ['2026-10-04', 'Australia/Lord_Howe', '2026-10-03T13:30:00.000Z', 23.5],
    // Midnight is skipped: the day begins at 1:00.
    ['2026-03-29', 'Asia/Beirut', '2026-03-28T22:00:00.000Z', 23],
    ['2026-11-24', 'Asia/Kathmandu', '2026-11-23T18:15:00.000Z', 24],
    ['2026-11-24', 'Pacific/Kiritimati', '2026-11-23T10:00:00.000Z', 24],
    ['2026-11-24', 'UTC', '2026-11-24T00:00:00.000Z', 24],
  ])('%s in %s begins at %s and has %d hours', (day, zone, start, length) => {
    const [{ from }] = localDays(day, 1, zone);
    expect(new Date(from).toISOString()).toBe(start);
    expect(hours(day, zone)).toBe(length);
    expect(dayAt(from, zone)).toBe(day);
    expect(dayAt(from - 1, zone)).toBe(plusDays(day, -1));
  });

  it('tells what the clocks show, also on days on which they are changed', () => {
    const shown = (day: string, moment: string) =>
      clock(minutesIn(localDays(day, 1, 'Europe/Paris')[0], new Date(moment), 'Europe/Paris'));
    expect(shown('2026-11-24', '2026-11-24T08:05:59Z')).toBe('09:05');
    expect(shown('2027-03-28', '2027-03-28T00:59:00Z')).toBe('01:59');
    expect(shown('2027-03-28', '2027-03-28T01:00:00Z')).toBe('03:00');
    expect(shown('2026-10-25', '2026-10-25T00:30:00Z')).toBe('02:30');
    expect(shown('2026-10-25', '2026-10-25T01:30:00Z')).toBe('02:30');
  });

  it('knows weeks, and dates from what is none', () => {
    expect(mondayOf('2026-11-22')).toBe('2026-11-16');
    expect(mondayOf('2026-11-23')).toBe('2026-11-23');
    expect(plusDays('2026-12-31', 1)).toBe('2027-01-01');
    for (const text of ['2026-02-30', '2026-1-01', 'x', '', '2026-11-24T00:00'])
      expect(isDay(text)).toBe(false);
    expect(isDay('2028-02-29')).toBe(true);
  });
});
