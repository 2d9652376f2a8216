import {
  fold,
  likePattern,
  phoneQueryDigits,
  QUERY_WORDS,
  searchKeyOf,
  searchWords,
  sortKeyOf,
} from './fold.js';

describe('fold', () => {
  it.each([
    ['Đỗ Nguyễn', 'do nguyen'],
    ['Łukasz Søren Ærøskøbing', 'lukasz soren aeroskobing'],
    ['Straße STRAẞE', 'strasse strasse'],
    ['Œuvre cœur', 'oeuvre coeur'],
    ['İstanbul ıĞşÇ', 'istanbul igsc'],
    ['Þórður Guðmundsson', 'thordur gudmundsson'],
    ['Ångström É è', 'angstrom e e'],
    ['ＦＵＬＬ ｗｉｄｔｈ ﬁn ①', 'full width fin 1'],
    ['Ёлка Йод', 'елка иод'],
    ['ΟΔΥΣΣΕΎΣ οδυσσεύς', 'οδυσσευσ οδυσσευσ'],
    ['欧阳敏', '欧阳敏'],
    ['が カ', 'が カ'],
    ['한국', '한국'],
    ['שָׁלוֹם', 'שלום'],
    ['مُحَمَّد', 'محمد'],
    ['हिन्दी', 'हिन्दी'],
    ['co\u00adoperate\u200b', 'cooperate'],
    ["O'Reilly, Jr.", "o'reilly, jr."],
  ])('%s becomes %s', (text, folded) => {
    expect(fold(text)).toBe(folded);
    expect(fold(folded)).toBe(folded);
    expect(fold(text.normalize('NFD'))).toBe(folded);
  });
});

describe('searchWords', () => {
  it('splits at spaces and punctuation, each word once', () => {
    expect(searchWords('  Jean-François  du Châtelet, JEAN ')).toEqual([
      'jean',
      'francois',
      'du',
      'chatelet',
    ]);
  });

  it('keeps an address whole and drops what stands around it', () => {
    expect(searchWords('<Chloe.Colin@Example.test>;')).toEqual(['chloe.colin@example.test']);
  });

  it('drops apostrophes so that all spellings of a name meet', () => {
    expect(searchWords('O’Reilly')).toEqual(['oreilly']);
    expect(searchWords("O'Reilly")).toEqual(['oreilly']);
  });

  it('keeps R&D and C++', () => expect(searchWords('R&D c++')).toEqual(['r&d', 'c++']));

  it('answers nothing for punctuation alone and stops at the limit', () => {
    expect(searchWords(' ... - ')).toEqual([]);
    expect(searchWords('a b c d e f g h i j k')).toHaveLength(QUERY_WORDS);
    expect(searchWords('x'.repeat(100_000))[0]).toHaveLength(200);
  });
});

describe('searchKeyOf', () => {
  it('holds names, address, digits and texts, each word once', () => {
    expect(
      searchKeyOf({
        names: ['Noémie', 'Le Guen', null],
        emails: ['Noemie.Le-Guen@example.test'],
        phones: ['+33443311931', null, '12-34'],
        texts: ['Développeur Le', undefined],
      }),
    ).toBe('noemie le guen noemie.le-guen@example.test 33443311931 1234 developpeur');
  });

  it('never cuts a word and never passes its length', () => {
    const key = searchKeyOf({ names: ['abc'], texts: ['d'.repeat(500), 'xyz'] }, 20);
    expect(key).toBe('abc xyz');
    expect(
      searchKeyOf({ texts: [Array.from({ length: 900 }, (_, n) => `w${n}`).join(' ')] }).length,
    ).toBeLessThanOrEqual(1000);
  });

  it('is found by every word its owner is searched by', () => {
    const key = searchKeyOf({
      names: ['Đặng', "d'Artagnan"],
      emails: ['x.y@z.test'],
      phones: ['+33612345678'],
    });
    for (const query of ['dang', 'Artagnan', 'D’ARTAGNAN', 'x.y@z', 'y z.test'])
      for (const word of searchWords(query)) expect(key).toContain(word);
    expect(key).toContain(phoneQueryDigits('06 12 34'));
  });
});

describe('sortKeyOf', () => {
  it('puts the family name first', () =>
    expect(sortKeyOf('Noémie', "Le Guën-O'Brien")).toBe('le guen obrien noemie'));
  it('stands without one of them', () =>
    expect([sortKeyOf('Ada', ''), sortKeyOf('', '敏')]).toEqual(['ada', '敏']));
  it('does not cut a character in two', () => {
    const key = sortKeyOf('', `${'a'.repeat(190)}𠮷`);
    expect(key).toBe('a'.repeat(190));
  });
});

describe('phoneQueryDigits', () => {
  it.each([
    ['06 12 34', '61234'],
    ['06.12', '612'],
    ['+33 (0)6 12', '33612'],
    ['0033 6 12', '33612'],
    ['+33612', '33612'],
    ['6 12-34', '61234'],
    ['‪+33 6 12‬', '33612'],
    ['01/40/20', '14020'],
    ['2040', '2040'],
    ['０６１２', '612'],
    ['Jean 06', null],
    ['06', null],
    ['000', null],
    ['', null],
    ['+', null],
    ['2024a', null],
  ])('%s → %s', (query, digits) => expect(phoneQueryDigits(query)).toBe(digits));
});

it('takes wildcards literally', () => expect(likePattern('50%_a\\b')).toBe('%50\\%\\_a\\\\b%'));
