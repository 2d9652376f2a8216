import { isListed, readListedHosts } from './listed-hosts.js';

describe('Hosts the operator lists', () => {
  it.each([
    ['mail.example.org', 'https://mail.example.org/', true],
    ['mail.example.org', 'https://MAIL.example.org./x', true],
    ['mail.example.org', 'http://mail.example.org/', false],
    ['mail.example.org', 'https://mail.example.org:8443/', false],
    ['mail.example.org', 'https://mail.example.org.evil.test/', false],
    ['mail.example.org', 'https://other.mail.example.org/', false],
    ['mail.example.org:8443', 'https://mail.example.org:8443/', true],
    ['mail.example.org:8443', 'https://mail.example.org/', false],
    ['mail.example.org:443', 'https://mail.example.org/', true],
    ['http://lab.test:8080', 'http://lab.test:8080/', true],
    ['http://lab.test:8080', 'https://lab.test:8080/', true],
    ['http://lab.test:8080', 'http://lab.test/', false],
    ['http://lab.test', 'http://lab.test/', true],
    ['http://lab.test', 'https://lab.test/', true],
    ['http://lab.test:80', 'http://lab.test/', true],
    ['a.test, b.test', 'https://b.test/', true],
    ['10.1.2.3', 'https://0x0a010203/', true],
    ['[fd00::1]:8443', 'https://[fd00:0::1]:8443/', true],
    ['bücher.example', 'https://xn--bcher-kva.example/', true],
  ])('%s and %s: %s', (text, address, expected) => {
    expect(isListed(new URL(address), readListedHosts(text) ?? [])).toBe(expected);
  });

  it.each([
    'a b',
    'mail.example.org/EWS',
    'user@host',
    '*.example.org',
    'host:x',
    'ftp://host',
    'a,b c',
    'host:99999',
  ])('cannot read %j', (text) => expect(readListedHosts(text)).toBeNull());
});
