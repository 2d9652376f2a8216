import { element, envelope, escape } from './soap.js';

describe('SOAP we write', () => {
  it('escapes all text and every attribute', () => {
    const written = element(
      't:Contact',
      { Id: `"><x a='` },
      element('t:Surname', {}, 'By & <x> ]]>'),
      'a<b',
    ).toString();
    expect(written).toBe(
      '<t:Contact Id="&quot;&gt;&lt;x a=&apos;"><t:Surname>By &amp; &lt;x&gt; ]]&gt;</t:Surname>a&lt;b</t:Contact>',
    );
  });

  it('never takes text for an element, also when it looks like one of ours', () =>
    expect(element('t:A', {}, String(element('t:B'))).toString()).toBe('<t:A>&lt;t:B/&gt;</t:A>'));

  it('leaves out what XML forbids, and keeps what it allows', () => {
    expect(escape('a\u0000b\u0008\u000b\u000c\u001f\ufffe\uffffc')).toBe('abc');
    expect(escape('x\ud83dy\ude00z')).toBe('xyz');
    expect(escape('😀 Zoé Łukasz \u0085\u00a0日本')).toBe('😀 Zoé Łukasz \u0085\u00a0日本');
    expect(escape('\r\n\t')).toBe('&#13;&#10;&#9;');
  });

  it('leaves out children that are not there, and keeps empty text', () => {
    expect(element('t:A', {}, null).toString()).toBe('<t:A/>');
    expect(element('t:A', {}, '').toString()).toBe('<t:A></t:A>');
  });

  it('names the version in each request', () => {
    const written = envelope('Exchange2010_SP2', element('m:GetItem'));
    expect(written).toContain('<t:RequestServerVersion Version="Exchange2010_SP2"/>');
    expect(written).toContain('xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"');
    expect(written).toContain('<soap:Body><m:GetItem/></soap:Body>');
  });
});
