import { digestTimes } from './digest-times.js';

describe('digestTimes', () => {
  const times = (digest: 'daily' | 'weekly', zone: string, now: string) => {
    const { last, next } = digestTimes(digest, zone, new Date(now));
    return [last.toISOString(), next.toISOString()].map((text) => text.slice(0, 16));
  };

  it('is at eight where the reader is, the day before and after', () => {
    expect(times('daily', 'UTC', '2026-11-22T07:59:59.999Z')).toEqual([
      '2026-11-21T08:00',
      '2026-11-22T08:00',
    ]);
    expect(times('daily', 'UTC', '2026-11-22T08:00:00Z')).toEqual(['2026-11-22T08:00', '2026-11-23T08:00']);
    expect(times('daily', 'Europe/Paris', '2026-11-22T07:30:00Z')).toEqual([
      '2026-11-22T07:00',
      '2026-11-23T07:00',
    ]);
  });

  it('is of the date it is there, on both sides of the date line', () => {
    expect(times('daily', 'Pacific/Auckland', '2026-11-22T20:00:00Z')).toEqual([
      '2026-11-22T19:00',
      '2026-11-23T19:00',
    ]);
    expect(times('daily', 'Pacific/Honolulu', '2026-11-22T17:00:00Z')).toEqual([
      '2026-11-21T18:00',
      '2026-11-22T18:00',
    ]);
    expect(times('daily', 'Asia/Kolkata', '2026-11-22T02:30:00Z')).toEqual([
      '2026-11-22T02:30',
      '2026-11-23T02:30',
    ]);
  });

  it('stays at eight when clocks change', () => {
    expect(times('daily', 'Europe/Paris', '2026-03-28T12:00:00Z')).toEqual([
      '2026-03-28T07:00',
      '2026-03-29T06:00',
    ]);
    expect(times('daily', 'Europe/Paris', '2026-10-24T12:00:00Z')).toEqual([
      '2026-10-24T06:00',
      '2026-10-25T07:00',
    ]);
    expect(times('daily', 'America/New_York', '2026-03-07T20:00:00Z')).toEqual([
      '2026-03-07T13:00',
      '2026-03-08T12:00',
    ]);
  });

  it('is on Mondays for a weekly one', () => {
    expect(times('weekly', 'Europe/Paris', '2026-11-22T12:00:00Z')).toEqual([
      '2026-11-16T07:00',
      '2026-11-23T07:00',
    ]);
    expect(times('weekly', 'Europe/Paris', '2026-11-23T07:00:00Z')).toEqual([
      '2026-11-23T07:00',
      '2026-11-30T07:00',
    ]);
    // Monday there, Sunday in UTC.
    expect(times('weekly', 'Pacific/Auckland', '2026-11-22T20:00:00Z')).toEqual([
      '2026-11-22T19:00',
      '2026-11-29T19:00',
    ]);
  });

  it('takes a zone nobody knows for UTC', () => {
    expect(times('daily', 'Mars/Olympus', '2026-11-22T09:00:00Z')).toEqual([
      '2026-11-22T08:00',
      '2026-11-23T08:00',
    ]);
  });
});
