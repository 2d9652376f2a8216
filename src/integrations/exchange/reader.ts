/** What is no whole, plain XML document: cut off, a page of HTML, one with a DOCTYPE. It says nothing of its contents. */
export class Unreadable extends Error {}

/** An element of an answer. Names are without prefix: servers choose theirs freely. */
export class XmlElement {
  constructor(
    readonly name: string,
    private readonly attributes: ReadonlyMap<string, string>,
    readonly children: readonly XmlElement[],
    /** Its own text, references decoded; spaces as they came. */
    readonly text: string,
  ) {}

  attribute(name: string): string | null {
    const value = this.attributes.get(name);
    if (value !== undefined) return value;
    for (const [key, each] of this.attributes)
      if (key.endsWith(`:${name}`) && !key.startsWith('xmlns:')) return each;
    return null;
  }

  child(name: string): XmlElement | null {
    return this.children.find((each) => each.name === name) ?? null;
  }

  childrenOf(name: string): readonly XmlElement[] {
    return this.child(name)?.children ?? NO_CHILDREN;
  }

  /** Through children of these names; null where one is missing. */
  at(...path: string[]): XmlElement | null {
    return path.reduce<XmlElement | null>((element, name) => element?.child(name) ?? null, this);
  }

  textAt(...path: string[]): string | null {
    return this.at(...path)?.text ?? null;
  }

  /** The first of this name anywhere below. */
  find(name: string): XmlElement | null {
    for (const each of this.children) {
      const found = each.name === name ? each : each.find(name);
      if (found) return found;
    }
    return null;
  }
}

/**
 * Reads a whole document in one pass; general parsers take eight times as long, which was most of a first synchronisation. It is
 * as strict as XML 1.0 wherever an answer that was cut or is none would show. It knows the names of EWS alone, which are of ASCII,
 * and lets pass what is only odd in a text: a reference to an unknown entity stays as it is (there is no DOCTYPE to declare any),
 * `]]>` too, and what XML forbids (`&#x1F;`), which Exchange hands on as somebody typed it, is left out.
 * @throws Unreadable
 */
export function readXml(document: string): XmlElement {
  const text = document.replace(/^\ufeff/, '').trim();
  if (!text.startsWith('<')) throw new Unreadable('not plain XML');
  return new Reading(text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text).root();
}

const NAME = /[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?/y;
const SPACE = /[ \t\n]+/y;
const EQUALS = /[ \t\n]*=[ \t\n]*/y;
const VALUE = /"[^"<]*"|'[^'<]*'/y;
const DECLARATION = /<\?xml(?:[ \t\n]+[a-z]+[ \t\n]*=[ \t\n]*(?:"[\w.-]+"|'[\w.-]+'))+[ \t\n]*\?>/y;
const INSTRUCTION = /<\?(?!xml[ \t\n?])[A-Za-z_][\w.-]*(?:[ \t\n][^]*?)?\?>/iy;
const COMMENT = '<!--';
const CDATA = '<![CDATA[';

/** No answer is half as deep. */
const DEEPEST = 100;
/** Elements, attributes and references. A tree of 10,000 folders has half as many; of 20 MB of them the process would choke. */
const MOST_PARTS = 1_000_000;
const HOSTILE = new Set(['__proto__', 'constructor', 'prototype']);
const END_OF_TAG = new Set(['/', '>']);

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();
const NO_CHILDREN: readonly XmlElement[] = [];

/** An element whose end has not come. */
interface Open {
  /** With its prefix, as its end has to say it. */
  tag: string;
  attributes: ReadonlyMap<string, string>;
  children: XmlElement[];
  text: string;
}

class Reading {
  private at = 0;
  private parts = 0;
  private readonly open: Open[] = [];
  private whole: XmlElement | null = null;
  /** There may be characters in it that XML forbids. */
  private readonly dirty: boolean;

  constructor(private readonly source: string) {
    this.dirty = SUSPICIOUS.test(source);
  }

  root(): XmlElement {
    const { source } = this;
    while (this.at < source.length) {
      const start = source.indexOf('<', this.at);
      if (start !== this.at) this.text(start < 0 ? source.length : start);
      else if (source.startsWith('</', start)) this.close();
      else if (source.startsWith('<!', start)) this.aside();
      else if (source.startsWith('<?', start)) this.instruct();
      else this.begin();
    }
    if (!this.whole) throw new Unreadable('not well-formed');
    return this.whole;
  }

  private text(end: number): void {
    const text = this.source.slice(this.at, end);
    const inside = this.open.at(-1);
    this.at = end;
    // The document is trimmed: around its root are line feeds between instructions, or what does not belong there.
    if (inside) inside.text += this.decoded(text);
    else if (text.trim() !== '') throw new Unreadable('not one document');
  }

  private begin(): void {
    this.count();
    this.at++;
    const tag = this.take(NAME);
    const attributes = this.attributes();
    if (this.whole) throw new Unreadable('not one document');
    if (this.open.length === DEEPEST) throw new Unreadable('not plain XML');
    const isEmpty = this.source[this.at] === '/';
    if (isEmpty) this.at++;
    this.takeEnd();
    if (isEmpty) this.add(new XmlElement(plain(tag), attributes, NO_CHILDREN, ''));
    else this.open.push({ tag, attributes, children: [], text: '' });
  }

  /** With the space after them. */
  private attributes(): ReadonlyMap<string, string> {
    let attributes: Map<string, string> | null = null;
    while (this.skip(SPACE) && !END_OF_TAG.has(this.source[this.at])) {
      this.count();
      const key = this.take(NAME);
      this.take(EQUALS);
      const value = this.take(VALUE)
        .slice(1, -1)
        .replace(/[\t\n]/g, ' ');
      attributes ??= new Map();
      if (attributes.has(key) || HOSTILE.has(key)) throw new Unreadable('not well-formed');
      attributes.set(key, this.decoded(value));
    }
    return attributes ?? NO_ATTRIBUTES;
  }

  private close(): void {
    const ended = this.open.pop();
    if (!ended || !this.source.startsWith(ended.tag, this.at + 2)) throw new Unreadable('not well-formed');
    this.at += 2 + ended.tag.length;
    this.skip(SPACE);
    this.takeEnd();
    const { tag, attributes, children, text } = ended;
    this.add(new XmlElement(plain(tag), attributes, children, text));
  }

  private add(element: XmlElement): void {
    const inside = this.open.at(-1);
    if (inside) inside.children.push(element);
    else this.whole = element;
  }

  /** A comment or a section of text; any other declaration is of a DOCTYPE. */
  private aside(): void {
    if (this.source.startsWith(COMMENT, this.at)) {
      this.until('--', COMMENT);
      return this.takeEnd();
    }
    const inside = this.open.at(-1);
    if (!inside || !this.source.startsWith(CDATA, this.at)) throw new Unreadable('not well-formed');
    inside.text += this.cleaned(this.until(']]>', CDATA));
  }

  private count(): void {
    if (++this.parts > MOST_PARTS) throw new Unreadable('not plain XML');
  }

  private instruct(): void {
    if (this.at > 0 || !this.skip(DECLARATION)) this.take(INSTRUCTION);
  }

  /** What stands here, and goes on after it. */
  private take(pattern: RegExp): string {
    const from = this.at;
    if (!this.skip(pattern)) throw new Unreadable('not well-formed');
    return this.source.slice(from, this.at);
  }

  /** What stands between two signs, and goes on after the second. */
  private until(end: string, begin: string): string {
    const from = this.at + begin.length;
    const to = this.source.indexOf(end, from);
    if (to < 0) throw new Unreadable('not well-formed');
    this.at = to + end.length;
    return this.source.slice(from, to);
  }

  private takeEnd(): void {
    if (this.source[this.at++] !== '>') throw new Unreadable('not well-formed');
  }

  private skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const found = pattern.test(this.source);
    if (found) this.at = pattern.lastIndex;
    return found;
  }

  /** Each reference once: `&amp;lt;` is the text `&lt;`. One by one: `replace` would gather them all before it gives any out. */
  private decoded(text: string): string {
    let decoded = '';
    let from = 0;
    for (let at; (at = text.indexOf('&', from)) >= 0; from = REFERENCE.lastIndex) {
      this.count();
      REFERENCE.lastIndex = at;
      const found = REFERENCE.exec(text);
      if (!found) throw new Unreadable('not well-formed');
      decoded += this.cleaned(text.slice(from, at)) + saidBy(found);
    }
    return from === 0 ? this.cleaned(text) : decoded + this.cleaned(text.slice(from));
  }

  private cleaned(text: string): string {
    return this.dirty ? text.replace(FORBIDDEN, '') : text;
  }
}

/** A name without its prefix. @throws Unreadable where every object has one so named: whoever sends it means no good */
function plain(name: string): string {
  const local = name.slice(name.indexOf(':') + 1);
  if (HOSTILE.has(local)) throw new Unreadable('not plain XML');
  return local;
}

function saidBy([reference, decimal, hex, name]: RegExpExecArray): string {
  if (name) return named.get(name) ?? reference;
  const point = decimal ? parseInt(decimal, 10) : parseInt(hex, 16);
  const isCharacter = point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
  return isCharacter ? String.fromCodePoint(point).replace(FORBIDDEN, '') : '';
}

const REFERENCE = /&(?:#(\d+)|#x([0-9a-fA-F]+)|([A-Za-z_]\w*));/y;
const FORBIDDEN = /[^\P{Cc}\t\n\r\u007f-\u009f]|[\ufffe\uffff]|\p{Cs}/gu;
/** The same, with all halves of characters, told quickly. */
const SUSPICIOUS = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/;
const named = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);
