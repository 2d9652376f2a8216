import { execFileSync } from 'node:child_process';
import { readXml, Unreadable, type XmlElement } from './reader.js';

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
    '<a b="1" b="2"/>',
    '<a b=1/>',
    '<a b/>',
    '<a b="<"/>',
    '<a b="1"c="2"/>',
    '<a b="a & b"/>',
    '<a>a & b</a>',
    '<a>&#;</a>',
    '<a>&#xG;</a>',
    '<a>&;</a>',
    '<a><!-- -- --></a>',
    '<a><!-- </a>',
    '<a><![CDATA[</a>',
    '<![CDATA[a]]>',
    '<a/><![CDATA[b]]>',
    '<a/>&amp;',
    '<a/><!DOCTYPE a>',
    '<a><!ELEMENT b></a>',
    '<a><?xml version="1.0"?></a>',
    ' <?xml version?><a/>',
    '<a></ab>',
    '<a></a b="1">',
    '<s:a xmlns:s="x" xmlns:t="x"></t:a>',
    '</a>',
    '< a/>',
    '<a / >',
    '<a:/>',
    '<1a/>',
    `${'<a>'.repeat(101)}${'</a>'.repeat(101)}`,
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

  it.each(['<b/>', '<b c=""/>', '&lt;', 'b<b></b>'])('refuses endless %s', (part) =>
    expect(() => readXml(`<a>${part.repeat(1_000_001)}</a>`)).toThrow(Unreadable),
  );

  it('refuses a document wherever it is cut', () => {
    const whole = '<?xml version="1.0"?><a x="1"><b>&#233;t</b><c><![CDATA[d]]></c><e/></a>';
    for (let end = 0; end < whole.length; end++)
      expect(() => readXml(whole.slice(0, end))).toThrow(Unreadable);
    expect(readXml(whole).children).toHaveLength(3);
  });

  it('takes and refuses what libxml2 does, of documents that were damaged in many ways', () => {
    const documents = damaged(2_000);
    const known = (error: string) => FORGIVEN.test(error);
    const judged = libxml2(documents).map((theirs, at) => ({ document: documents[at], theirs }));
    for (const { document, theirs } of judged.filter(({ theirs }) => !known(theirs.error ?? ''))) {
      let ours: Tree | undefined;
      try {
        ours = treeOf(readXml(document));
      } catch (error) {
        expect(error).toBeInstanceOf(Unreadable);
      }
      expect({ document, tree: ours }).toEqual({ document, tree: theirs.tree });
    }
    const taken = judged.filter(({ theirs }) => theirs.tree).length;
    expect(taken).toBeGreaterThan(100);
    expect(taken).toBeLessThan(documents.length / 2);
  });
});

type Tree = [name: string, text: string, attributes: string[], children: Tree[]];

function treeOf({ name, text, children, ...rest }: XmlElement): Tree {
  const { attributes } = rest as unknown as { attributes: Map<string, string> };
  const own = [...attributes].filter(([key]) => !/^xmlns/.test(key)).map(([key, value]) => `${key}=${value}`);
  return [name, text, own.sort(), children.map(treeOf)];
}

/** What readXml lets pass, and what it does not look at. */
const FORGIVEN =
  /^(Entity '.*' not defined|Sequence ']]>'|xmlParseCharRef: invalid|.*([Nn]amespace|xmlns|URI|encoding))/;

/** Without instructions, behind which libxml2-wasm sees no text. */
const WHOLE = [
  `<a x="1" y='2 "&lt;'><b>&#233;t&amp;e</b><c>f<![CDATA[d<]]>e</c><!-- g --><e/> h</a>`,
  `<s:E xmlns:s="u:1" xmlns:t="u:2">\n<s:B><t:C Id="a&#10;\tb" k="c">x\r\ny<t:D/>z</t:C></s:B></s:E>\n<!-- i -->\n`,
];
const BITS =
  '< > </ /> & ; &amp; &#65; &#x4a; &# " \' = - -- --> <!-- <![CDATA[ ]]> a b: : / <a> </a> <a/> ! [ ] . 1'
    .split(' ')
    .concat([' ', '\n', '\t', ' x="1"', '<!DOCTYPE a>']);

/** The same ones each time. */
function damaged(count: number): string[] {
  let state = 20;
  const below = (limit: number) => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
  return Array.from({ length: count }, () => {
    let text = WHOLE[below(WHOLE.length)];
    for (let times = 1 + below(3); times > 0; times--) {
      const at = below(text.length + 1);
      const inserted = below(3) === 0 ? text.substr(below(text.length), below(12)) : BITS[below(BITS.length)];
      const dropped = below(3) === 0 ? 0 : below(6);
      text = text.slice(0, at) + (below(3) === 0 ? '' : inserted) + text.slice(at + dropped);
    }
    return text.trim();
  });
}

/** What libxml2 makes of documents, in a process of its own: it is an ES module, which jest cannot load. */
function libxml2(documents: string[]): { tree?: Tree; error?: string }[] {
  const script = `
    import { readFileSync } from 'node:fs';
    import { XmlCData, XmlDocument, XmlElement, XmlText } from 'libxml2-wasm';
    const plain = (name) => name.slice(name.indexOf(':') + 1);
    function tree(element) {
      const [texts, children] = [[], []];
      for (let node = element.firstChild; node; node = node.next)
        if (node instanceof XmlElement) children.push(tree(node));
        else if (node instanceof XmlText || node instanceof XmlCData) texts.push(node.content);
      const own = element.attrs.map(({ name, prefix, value }) => (prefix ? prefix + ':' : '') + name + '=' + value);
      return [plain(element.name), texts.join(''), own.sort(), children];
    }
    const judged = JSON.parse(readFileSync(0, 'utf8')).map((text) => {
      if (text.includes('<!DOCTYPE')) return { error: 'DOCTYPE' };
      try {
        const document = XmlDocument.fromString(text);
        const read = { tree: tree(document.root) };
        document.dispose();
        return read;
      } catch ({ message }) {
        return { error: message };
      }
    });
    process.stdout.write(JSON.stringify(judged));`;
  const options = { input: JSON.stringify(documents), encoding: 'utf8', maxBuffer: 64 * 2 ** 20 } as const;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script], options)) as {
    tree?: Tree;
    error?: string;
  }[];
}
