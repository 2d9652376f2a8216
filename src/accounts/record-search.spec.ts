import { rankOf, ranks, wordsOf } from './record-search.js';

describe('how well somebody answers a search', () => {
  const ada = { sortKey: 'byron ada', searchKey: 'ada byron analyst navy +33612345678' };

  it.each([
    ['ada byron', ranks.whole],
    ['byron ada', ranks.whole],
    ['ada', ranks.beginning],
    ['byr', ranks.beginning],
    ['ada byr', ranks.beginning],
    ['b a', ranks.nameWords],
    ['navy', ranks.words],
    ['ada nav', ranks.words],
    ['alyst', ranks.within],
    ['06 12 34', ranks.within],
    ['6123456', ranks.within],
    ['ada lovelace', null],
    ['', null],
    ['!', null],
  ])('“%s” is %s', (q, rank) => {
    expect(rankOf(wordsOf(q), ada)).toBe(rank);
  });
});
