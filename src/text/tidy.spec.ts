import { codePoints, hasControlCharacters, tidy } from './tidy.js';

describe('tidy', () => {
  it.each([
    ['  Ada  Lovelace ', 'Ada Lovelace'],
    ['\u00a0Ada\u00a0\u202fLovelace\u3000', 'Ada Lovelace'],
    ['\ufeffAda\u200b', 'Ada'],
    ['\u202a+33 6 12\u202c', '+33 6 12'],
    ['\u200eAda\u200f', 'Ada'],
    ['e\u0301', 'é'],
    ['a\tb\r\nc\nd', 'a b c d'],
    ['می\u200cخواهم', 'می\u200cخواهم'],
    ['', ''],
    [' \u200b ', ''],
  ])('%j becomes %j', (text, tidied) => {
    expect(tidy(text)).toBe(tidied);
    expect(tidy(tidied)).toBe(tidied);
  });

  it('keeps line breaks where they are wanted', () => {
    expect(tidy('\n a  b \r\n\r\n c\u2028d\r', { keepLines: true })).toBe('a b\n\nc\nd');
  });

  it('comes to an end with a megabyte of joiners inside a word', () => {
    const word = `a${'\u200c'.repeat(1_000_000)}b`;
    expect(tidy(word) === word).toBe(true);
    expect(tidy(`${'\u200d'.repeat(1_000_000)}b\u200c`)).toBe('b');
  });

  it('leaves control characters to be refused', () =>
    expect(tidy('a\u0000b\u001bc')).toBe('a\u0000b\u001bc'));
});

describe('hasControlCharacters', () => {
  it.each(['a\u0000', 'a\nb', 'a\tb', '\u007f', '\u0085', '\ud800'])('finds one in %j', (text) =>
    expect(hasControlCharacters(text)).toBe(true),
  );
  it('passes text of any script', () => expect(hasControlCharacters('Ada é 欧 😀 \u200d')).toBe(false));
  it('allows line feeds alone where lines are allowed', () => {
    expect(hasControlCharacters('a\nb', { lines: true })).toBe(false);
    expect(hasControlCharacters('a\rb', { lines: true })).toBe(true);
  });
});

it('counts code points, as utf8mb4 columns do', () => {
  for (const text of ['', 'abc', 'é', '😀😀', '\ud800a', 'a\udc00', '𠮷a'])
    expect(codePoints(text)).toBe([...text].length);
});
