import { readDate } from './dates.js';

const read = (text: string, english = false, region: 'FR' | 'US' = 'FR') =>
  readDate(text, { english, region });

it.each([
  ['1975-12-12', '1975-12-12'],
  ['19751212', '1975-12-12'],
  ['1975/2/3', '1975-02-03'],
  ['1975-12-12T00:00:00Z', '1975-12-12'],
  ['1975-12-12 00:00:00', '1975-12-12'],
  ['--04-12', '--04-12'],
  ['--0412', '--04-12'],
  ['1604-04-12', '--04-12'],
  ['12/04/1980', '1980-04-12'],
  ['12.04.1980', '1980-04-12'],
  ['12/04', '--04-12'],
  ['29/02', '--02-29'],
  ['12 avril 1980', '1980-04-12'],
  ['1er août 1980', '1980-08-01'],
  ['April 12, 1980', '1980-04-12'],
  ['12-Apr-1980', '1980-04-12'],
  ['12/31/1980', '1980-12-31'],
  ['12/04/1980 00:00', '1980-04-12'],
])('%s is %s', (text, date) => expect(read(text)).toEqual({ date }));

it.each(['0/0/00', '00/00/0000', '0/0/0000', '0000-00-00', '1/1/4501', '4501-01-01'])(
  '%s is no date at all',
  (text) => expect(read(text)).toBe('empty'),
);

it.each(['', 'spring', '31/02/1980', '1980-02-30', '13/13/1980', '1980', '12/04/198', 'constructor 1 1980'])(
  '%j cannot be read',
  (text) => expect(read(text)).toBeNull(),
);

it('asks where an English file could mean either', () => {
  expect(read('4/12/1980', true)).toEqual({ date: '1980-12-04', unsure: 'order' });
  expect(read('4/12/1980', true, 'US')).toEqual({ date: '1980-04-12' });
  expect(read('12/25/1980', true)).toEqual({ date: '1980-12-25' });
  expect(read('25/12/1980', true, 'US')).toEqual({ date: '1980-12-25' });
  expect(read('4/4/1980', true)).toEqual({ date: '1980-04-04' });
});

it('asks about a year of two digits', () => {
  expect(read('25/12/75')).toEqual({ date: '1975-12-25', unsure: 'year' });
  expect(read('25/12/05')).toEqual({ date: '2005-12-25', unsure: 'year' });
});
