import { domainShown, mayInvite, normaliseDomain, readDomains } from './domain-rules.js';

const rules = (allowedDomains: string[], blockedDomains: string[] = []) => ({
  allowedDomains,
  blockedDomains,
});

describe('mayInvite', () => {
  it('lets anybody be invited while nothing is listed', () => {
    expect(mayInvite(rules([]), 'ada@example.com')).toBe(true);
  });

  it('lets only allowed domains be invited once one is listed', () => {
    expect(mayInvite(rules(['example.com']), 'Ada@EXAMPLE.com')).toBe(true);
    expect(mayInvite(rules(['example.com']), 'ada@example.org')).toBe(false);
  });

  it('takes a domain for everything below it, and for nothing that only ends alike', () => {
    expect(mayInvite(rules(['example.com']), 'ada@mail.lab.example.com')).toBe(true);
    expect(mayInvite(rules(['example.com']), 'ada@badexample.com')).toBe(false);
    expect(mayInvite(rules([], ['example.com']), 'ada@mail.example.com')).toBe(false);
    expect(mayInvite(rules([], ['mail.example.com']), 'ada@example.com')).toBe(true);
  });

  it('lets blocked win over allowed, in both directions', () => {
    expect(mayInvite(rules(['example.com'], ['lab.example.com']), 'ada@lab.example.com')).toBe(false);
    expect(mayInvite(rules(['example.com'], ['lab.example.com']), 'ada@example.com')).toBe(true);
    expect(mayInvite(rules(['lab.example.com'], ['example.com']), 'ada@lab.example.com')).toBe(false);
    expect(mayInvite(rules(['example.com'], ['example.com']), 'ada@example.com')).toBe(false);
  });

  it('compares an internationalised domain in one spelling', () => {
    const { domains } = readDomains('Société.fr');
    expect(mayInvite(rules(domains), 'ada@société.fr')).toBe(true);
    expect(mayInvite(rules(domains), 'ada@xn--socit-esab.fr')).toBe(true);
  });

  it('lets nothing be invited that is no address', () => {
    expect(mayInvite(rules([]), 'example.com')).toBe(false);
    expect(mayInvite(rules([]), 'ada@example.com\r\nbcc: eve@example.com')).toBe(false);
  });
});

describe('readDomains', () => {
  it('reads one a line, commas and semicolons, each once, in order', () => {
    expect(readDomains('zoe.example\r\n@Example.com, *.example.org;\n\n .example.com.')).toEqual({
      domains: ['example.com', 'example.org', 'zoe.example'],
      wrong: [],
    });
  });

  it('names what is wrong with its line', () => {
    const { domains, wrong } = readDomains(
      'ok.example\nada@example.com\nhttps://example.com/\nlocalhost, exa mple.com\n<b>x</b>.com\n10.0.0.1',
    );
    expect(domains).toEqual(['ok.example']);
    expect(wrong).toEqual([
      { line: 2, typed: 'ada@example.com', problem: 'address' },
      { line: 3, typed: 'https://example.com/', problem: 'web-address' },
      { line: 4, typed: 'localhost', problem: 'no-dot' },
      { line: 4, typed: 'exa mple.com', problem: 'not-a-domain' },
      { line: 5, typed: '<b>x</b>.com', problem: 'web-address' },
      { line: 6, typed: '10.0.0.1', problem: 'not-a-domain' },
    ]);
  });
});

describe('a domain', () => {
  it('is kept in ASCII and shown as it is written', () => {
    expect(normaliseDomain('BÜCHER.example')).toBe('xn--bcher-kva.example');
    expect(domainShown('xn--bcher-kva.example')).toBe('bücher.example');
    expect(domainShown('example.com')).toBe('example.com');
  });
});
