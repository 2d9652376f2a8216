import { isolate } from './isolate.js';

describe('isolate', () => {
  it('sets apart what is written from right to left, and nothing else', () => {
    expect(isolate('נועה לוי')).toBe('\u2068נועה לוי\u2069');
    expect(isolate('Ada محمد')).toBe('\u2068Ada محمد\u2069');
    for (const name of ['Ada', 'Zoë Łukasz', '李', '😀', '', 'Ωmega']) expect(isolate(name)).toBe(name);
  });
});
