import { startOfDay } from './days.js';

const iso = (...of: Parameters<typeof startOfDay>) => startOfDay(...of)?.toISOString() ?? null;

describe('startOfDay', () => {
  it('is midnight where the reader is', () => {
    expect(iso('2026-11-22', 'UTC')).toBe('2026-11-22T00:00:00.000Z');
    expect(iso('2026-11-22', 'Europe/Paris')).toBe('2026-11-21T23:00:00.000Z');
    expect(iso('2026-11-22', 'America/New_York')).toBe('2026-11-22T05:00:00.000Z');
    expect(iso('2026-11-22', 'Pacific/Kiritimati')).toBe('2026-11-21T10:00:00.000Z');
  });

  it('follows the clocks through the days they are changed on', () => {
    expect(iso('2026-03-29', 'Europe/Paris')).toBe('2026-03-28T23:00:00.000Z');
    expect(iso('2026-03-29', 'Europe/Paris', 1)).toBe('2026-03-29T22:00:00.000Z');
    expect(iso('2026-10-25', 'Europe/Paris')).toBe('2026-10-24T22:00:00.000Z');
    expect(iso('2026-10-25', 'Europe/Paris', 1)).toBe('2026-10-25T23:00:00.000Z');
  });

  it('begins at one o’clock where midnight is skipped', () => {
    expect(iso('2026-09-06', 'America/Santiago')).toBe('2026-09-06T04:00:00.000Z');
    expect(iso('2024-04-26', 'Africa/Cairo')).toBe('2024-04-25T22:00:00.000Z');
  });

  it('goes over the end of months and years', () => {
    expect(iso('2026-12-31', 'UTC', 1)).toBe('2027-01-01T00:00:00.000Z');
    expect(iso('2028-02-29', 'UTC')).toBe('2028-02-29T00:00:00.000Z');
  });

  it.each(['2026-02-31', '2026-13-01', '31/12/2026', '2026-1-1', '0002-01-01', '', 'yesterday'])(
    'knows no day %p',
    (text) => {
      expect(startOfDay(text, 'UTC')).toBeNull();
    },
  );
});
