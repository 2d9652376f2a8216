import { readXml, Unreadable } from './reader.js';

describe('readXml', () => {
  it.each([
    '<s:Envelope xmlns:s="x"><s:Body><m:R xmlns:m="y"><t:Id xmlns:t="z">7</t:Id></m:R></s:Body></s:Envelope>',
    '<soap:Envelope xmlns:soap="x"><soap:Body><R xmlns="y"><Id>7</Id></R></soap:Body></soap:Envelope>',
    '\ufeff<?xml version="1.0" encoding="utf-8"?>\r\n<Envelope><Body><!-- a --><R><Id>7</Id></R></Body></Envelope>\n',
  ])('goes by names without prefixes: %s', (document) =>
    expect(readXml(document).textAt('Body', 'R', 'Id')).toBe('7'),
  );

  it.each([
    ['&#233;t&#xE9; &#x1F600;', 'été 😀'],
    ['a&#x1F;b&#0;c\u000bd', 'abcd'],
    ['&amp;lt; &amp;#233; &lt;b&gt; &quot;&apos;', '&lt; &#233; <b> "\''],
    ['&#xD83D;x&#x110000;', 'x'],
    ['<![CDATA[a & <b> &amp;]]> &amp; c', 'a & <b> &amp; & c'],
    [' +33 1 70 ', ' +33 1 70 '],
    ['007', '007'],
    ['1e5', '1e5'],
    ['&nbsp;&unknown;', '&nbsp;&unknown;'],
    ['', ''],
  ])('reads %j as text', (written, text) =>
    expect(readXml(`<a><b>${written}</b></a>`).textAt('b')).toBe(text),
  );

  it('decodes attributes and keeps them text', () =>
    expect(readXml('<a Id="0x1F&amp;&#43;" b=" 01 "/>').attribute('Id')).toBe('0x1F&+'));

  it('keeps the order and the number of children', () => {
    const changes = readXml('<c><Create>1</Create><Delete>2</Delete><Create>3</Create></c>').children;
    expect(changes.map(({ name, text }) => name + text)).toEqual(['Create1', 'Delete2', 'Create3']);
  });

  it('decodes as many references as there are', () => {
    const many = '&amp;&#233;'.repeat(20_000);
    expect(readXml(`<a>${many}</a>`).text).toBe('&é'.repeat(20_000));
  });

  it('takes no element for a property of an object', () => {
    const read = readXml('<a><b b="2"/></a>');
    expect(read.child('toString')).toBeNull();
    expect(read.find('valueOf')).toBeNull();
    expect(read.attribute('constructor')).toBeNull();
    expect(({} as Record<string, unknown>)['b']).toBeUndefined();
  });

  it.each([
    '',
    'Service Unavailable',
    '<html><body>Sign in<br></body></html>',
    '<!DOCTYPE html><html></html>',
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    '<!doctype a><a/>',
    '<a><b>1</b>',
    '<a><b>1</b></a',
    '<a><b>1</b></',
    '<a><b Id="1',
    '<a><b>1</c></a>',
    '<a/><a/>',
    '<a/>text',
    '<a><b>caf</a>',
    '{"a": 1}',
    '<a><__proto__>x</__proto__></a>',
    '<a><constructor>x</constructor></a>',
    '<a __proto__="x"/>',
    '<a prototype="x"/>',
  ])('refuses %j and does not repeat it', (document) => {
    let refusal: unknown;
    try {
      readXml(document);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(Unreadable);
    expect((refusal as Error).message).toMatch(/^not (plain XML|well-formed|one document)$/);
  });

  it('refuses a document wherever it is cut', () => {
    const whole = '<?xml version="1.0"?><a x="1"><b>&#233;t</b><c><![CDATA[d]]></c><e/></a>';
    for (let end = 0; end < whole.length; end++)
      expect(() => readXml(whole.slice(0, end))).toThrow(Unreadable);
    expect(readXml(whole).children).toHaveLength(3);
  });
});
