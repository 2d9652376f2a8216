import { chooseLocale, Words } from './words.js';

const english = Words.for('en', 'Europe/Paris');
const french = Words.for('fr', 'Europe/Paris');
const noon = new Date('2026-11-22T11:00:00Z');

describe('Words', () => {
  it('speaks both languages', () => {
    expect(english.t('common.nav.users')).toBe('Users');
    expect(french.t('common.nav.users')).toBe('Utilisateurs');
  });

  it('counts as each language does: nothing is singular in French', () => {
    expect(english.t('common.error.too-many', { minutes: 1 })).toBe('Try again in 1 minute.');
    expect(english.t('common.error.too-many', { minutes: 0 })).toBe('Try again in 0 minutes.');
    expect(french.t('common.error.too-many', { minutes: 0 })).toBe('Réessayez dans 0 minute.');
  });

  it('throws on a missing key, but shows the key to a reader in production', () => {
    expect(() => english.t('common.nothing')).toThrow('No words for “common.nothing” in en');
    const before = process.env['NODE_ENV'];
    process.env['NODE_ENV'] = 'production';
    expect(english.t('common.nothing')).toBe('common.nothing');
    process.env['NODE_ENV'] = before;
  });

  it('does not take the names of object properties for keys', () => {
    expect(english.has('common.constructor')).toBe(false);
    expect(english.has('constructor')).toBe(false);
  });

  it('writes moments in the zone of the reader', () => {
    expect(english.date(noon)).toBe('22 Nov 2026');
    expect(english.dateTime(noon)).toBe('22 Nov 2026, 12:00');
    expect(french.dateTime(noon)).toContain('22 nov. 2026');
    expect(english.dateTime(noon, 'Asia/Tokyo')).toBe('22 Nov 2026, 20:00');
  });

  it('says the first of a month as each language does', () => {
    const first = new Date('2026-12-01T11:00:00Z');
    expect(french.weekday(first)).toBe('mardi 1er décembre');
    expect(french.weekday(noon)).toBe('dimanche 22 novembre');
    expect(english.weekday(first)).toBe('Tuesday 1 December');
  });

  it('takes a zone this machine does not know for UTC', () => {
    expect(Words.for('en', 'Mars/Olympus').dateTime(noon)).toBe('22 Nov 2026, 11:00');
  });

  it.each([
    [10_000, 'now', 'maintenant'],
    [180_000, '3 minutes ago', 'il y a 3 minutes'],
    [7_200_000, '2 hours ago', 'il y a 2 heures'],
    [86_400_000, 'yesterday', 'hier'],
  ])('says how long ago %d ms are', (ago, inEnglish, inFrench) => {
    expect(english.relative(noon.getTime() - ago, noon)).toBe(inEnglish);
    expect(french.relative(noon.getTime() - ago, noon)).toBe(inFrench);
  });

  it('writes lists, numbers and sizes', () => {
    expect(english.list(['a', 'b', 'c'])).toBe('a, b and c');
    expect(french.list(['a', 'b'])).toBe('a et b');
    expect(english.number(1234.5)).toBe('1,234.5');
    expect(english.bytes(2 * 1024 * 1024)).toBe('2 MB');
    expect(french.bytes(50 * 1024 * 1024)).toMatch(/^50\s?Mo$/);
    expect(english.bytes(0)).toBe('0 bytes');
  });
});

describe('chooseLocale', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['fr-CH, fr;q=0.9, en;q=0.8', 'fr'],
    ['de, en;q=0.3, fr;q=0.7', 'fr'],
    ['fr;q=0, de', 'en'],
    ['EN-us', 'en'],
    ['*;q=0.5', 'en'],
    ['fr;q=nonsense, en;q=0.1', 'en'],
  ] as const)('reads %p as %s', (header, locale) => {
    expect(chooseLocale(header)).toBe(locale);
  });
});
