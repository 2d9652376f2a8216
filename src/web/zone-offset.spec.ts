import { offsetOf } from './zone-offset.js';

describe('offsetOf', () => {
  it.each([
    ['Europe/Paris', '2026-11-24T12:00:00.999Z', 60],
    ['Europe/Paris', '2026-07-24T12:00:00Z', 120],
    ['Asia/Kathmandu', '2026-11-24T23:59:59Z', 345],
    ['America/New_York', '2026-12-31T23:30:00Z', -300],
    ['UTC', '2026-11-24T00:00:00Z', 0],
    ['Nowhere/Unknown', '2026-11-24T12:00:00Z', 0],
  ])('of %s at %s is %d minutes', (zone, moment, minutes) => {
    expect(offsetOf(Date.parse(moment), zone)).toBe(minutes * 60_000);
  });
});
