import { addressSearched, addressShown } from './address-shown.js';

describe('An address shown', () => {
  it('says a domain in other letters both ways', () => {
    expect(addressShown('ada@xn--bcher-kva.example')).toEqual({
      address: 'ada@xn--bcher-kva.example',
      readable: 'ada@bücher.example',
    });
  });

  it('shows a look-alike beside what it really is', () => {
    // The first letter of this "apple" is Cyrillic.
    expect(addressShown('pay@xn--pple-43d.example')).toEqual({
      address: 'pay@xn--pple-43d.example',
      readable: 'pay@аpple.example',
    });
  });

  it('says a plain address once', () => {
    expect(addressShown('ada@harbour.example').readable).toBeNull();
    expect(addressShown('ada@xn--zz.example').readable).toBeNull();
  });
});

describe('An address looked for', () => {
  it.each([
    ['Ada@Bücher.example', 'ada@xn--bcher-kva.example'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['ada@harbour', 'ada@harbour'],
    ['b%41', 'b%41'],
  ])('%s is looked for as %s', (typed, kept) => {
    expect(addressSearched(typed)).toBe(kept);
  });
});
