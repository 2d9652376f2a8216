import { readListedHosts } from '../../config/listed-hosts.js';
import { readEwsAddress } from './address.js';

const read = (typed: string, listed = '') => {
  const { url, problem } = readEwsAddress(typed, readListedHosts(listed) ?? []);
  return url?.href ?? problem;
};

describe('readEwsAddress', () => {
  it.each([
    'mail.example.org',
    ' mail.example.org ',
    'MAIL.Example.org/',
    'mail.example.org.',
    'mail.example.org:443',
    'https://mail.example.org',
    'https://mail.example.org/owa',
    'https://mail.example.org/owa/#path=/mail',
    'https://mail.example.org/owa/auth/logon.aspx?replaceCurrent=1&url=https%3a%2f%2fmail.example.org%2fowa%2f',
    'https://mail.example.org/ews/',
    'https://mail.example.org/EWS/Services.wsdl',
    'https://mail.example.org/ews/exchange.asmx',
    'HTTPS://mail.example.org:443/EWS/Exchange.asmx?wsdl',
    'mail.example.org/ecp',
  ])('%j is the server’s one address', (typed) =>
    expect(read(typed)).toBe('https://mail.example.org/EWS/Exchange.asmx'),
  );

  it('writes a name of another script in its ASCII form', () =>
    expect(read('https://post.bücher.example/owa')).toBe(
      'https://post.xn--bcher-kva.example/EWS/Exchange.asmx',
    ));

  it.each([
    ['', 'address-missing'],
    ['   ', 'address-missing'],
    ['http://mail.example.org', 'address-https'],
    ['ftp://mail.example.org', 'address-https'],
    ['file:///etc/passwd', 'address-user-part'],
    ['https://mail.example.org:8443', 'address-port'],
    ['mail.example.org:80', 'address-port'],
    ['https://ada@mail.example.org', 'address-user-part'],
    ['https://ada:secret@mail.example.org', 'address-user-part'],
    ['ada@example.org', 'address-user-part'],
    ['https://', 'address-unreadable'],
    ['two words', 'address-unreadable'],
    ['https://mail.example.org\\@evil.test', 'address-unreadable'],
    ['\\\\server\\share', 'address-unreadable'],
    ['https://exa<mple.org', 'address-unreadable'],
    ['outlook.office365.com', 'address-office365'],
    ['https://outlook.office365.com/EWS/Exchange.asmx', 'address-office365'],
    ['https://outlook.office.com./owa', 'address-office365'],
    ['outlook.live.com.outlook.com', 'address-office365'],
    ['https://OUTLOOK.OFFICE365.US', 'address-office365'],
  ])('%j is refused: %s', (typed, problem) => expect(read(typed)).toBe(problem));

  // However an address is written, it is none of a name.
  it.each([
    '127.0.0.1',
    'https://10.0.0.1/EWS',
    '2130706433',
    '0177.0.0.1',
    '0x7f.1',
    '0x7f000001',
    '127.1',
    '１２７.0.0.1',
    '127。0。0。1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[fe80::1]',
  ])('%s is an address, not a name', (typed) => expect(read(typed)).toBe('address-unreadable'));

  it('does not take a host for Office 365 that only looks like it', () => {
    expect(read('outlook.office365.com.example.org')).toMatch(/^https:/);
    expect(read('myoffice.com')).toMatch(/^https:/);
  });

  it('takes what the operator listed: ports, plain HTTP, addresses', () => {
    const listed = 'http://127.0.0.1:8080, mail.test:8443, [fd00::1], 10.0.0.5';
    expect(read('http://127.0.0.1:8080/owa', listed)).toBe('http://127.0.0.1:8080/EWS/Exchange.asmx');
    expect(read('mail.test:8443', listed)).toBe('https://mail.test:8443/EWS/Exchange.asmx');
    expect(read('[fd00::1]', listed)).toBe('https://[fd00::1]/EWS/Exchange.asmx');
    expect(read('10.5', listed)).toBe('https://10.0.0.5/EWS/Exchange.asmx');
    expect(read('http://mail.test:8443', listed)).toBe('address-https');
    expect(read('mail.test:8444', listed)).toBe('address-port');
    expect(read('http://127.0.0.1:8081', listed)).toBe('address-https');
  });
});
