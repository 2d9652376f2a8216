import { isTimeZone, Words } from '../web/words.js';
import { isRegion, regionOf, regionOptions, regions, timeZoneOf } from './regions.js';

describe('regions', () => {
  it('names every country in both languages, in the order of the language', () => {
    const english = regionOptions(Words.for('en')).map(({ label }) => label);
    const french = regionOptions(Words.for('fr')).map(({ label }) => label);
    expect(english).toContain('Germany');
    expect(french).toContain('Allemagne');
    expect(french.indexOf('Égypte')).toBeLessThan(french.indexOf('France'));
    expect(french).toHaveLength(regions.length);
  });

  it('gives every country a time zone this machine knows', () => {
    expect(regions.filter((region) => !isTimeZone(timeZoneOf(region)))).toEqual([]);
    expect([timeZoneOf('FR'), timeZoneOf('US'), timeZoneOf('XX')]).toEqual([
      'Europe/Paris',
      'America/New_York',
      'UTC',
    ]);
  });

  it.each([
    ['fr-CH, fr;q=0.9, en;q=0.8', 'CH'],
    ['fr, en;q=0.9', null],
    ['en-US,en;q=0.5', 'US'],
    ['en-ZZ', null],
    [undefined, null],
  ])('reads the country of %s', (header, region) => {
    expect(regionOf(header)).toBe(region);
  });

  it('knows codes in capitals alone', () => {
    expect([isRegion('FR'), isRegion('fr'), isRegion(''), isRegion(null)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
