import { byteRangeOf } from './byte-range.js';

describe('A part of a recording', () => {
  it.each([
    ['bytes=0-99', { from: 0, to: 99 }],
    ['bytes=100-', { from: 100, to: 999 }],
    ['bytes=-10', { from: 990, to: 999 }],
    ['bytes=-5000', { from: 0, to: 999 }],
    ['bytes=900-5000', { from: 900, to: 999 }],
    ['Bytes = 0 - 0', { from: 0, to: 0 }],
  ])('is read from %s', (field, part) => {
    expect(byteRangeOf(field, 1000)).toEqual(part);
  });

  it.each([
    undefined,
    '',
    'bytes=',
    'bytes=-',
    'bytes=a-b',
    'bytes=5-1',
    'lines=0-1',
    'bytes=0-1,5-6',
    'bytes=1.5-2',
  ])('is the whole for %s', (field) => {
    expect(byteRangeOf(field, 1000)).toBe('whole');
  });

  it.each(['bytes=1000-', 'bytes=5000-6000', 'bytes=-0', 'bytes=99999999999999999999-'])(
    'is none for %s',
    (field) => {
      expect(byteRangeOf(field, 1000)).toBe('none');
    },
  );
});
