import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** What is no whole, plain XML document: cut off, a page of HTML, one with a DOCTYPE. It says nothing of its contents. */
export class Unreadable extends Error {}

/** An element of an answer. Names are without prefix: servers choose theirs freely. */
export class XmlElement {
  private constructor(
    readonly name: string,
    private readonly attributes: ReadonlyMap<string, string>,
    readonly children: readonly XmlElement[],
    /** Its own text, references decoded; spaces as they came. */
    readonly text: string,
  ) {}

  attribute(name: string): string | null {
    return this.attributes.get(name) ?? null;
  }

  child(name: string): XmlElement | null {
    return this.children.find((each) => each.name === name) ?? null;
  }

  childrenOf(name: string): readonly XmlElement[] {
    return this.child(name)?.children ?? [];
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

  static from(node: ParsedNode): XmlElement {
    const name = Object.keys(node).find((key) => key !== ATTRIBUTES) ?? '';
    const content = node[name];
    const nodes = Array.isArray(content) ? content : [];
    const attributes = Object.entries(node[ATTRIBUTES] ?? {}).map(
      ([key, value]) => [key, decode(String(value))] as const,
    );
    return new XmlElement(
      name,
      new Map(attributes),
      nodes.filter((each) => !(TEXT in each) && !(CDATA in each)).map((each) => XmlElement.from(each)),
      nodes.map(textOf).join(''),
    );
  }
}

/**
 * Reads a whole document. The parser takes cut documents and HTML without a word, so it is asked only for what was found
 * well-formed; references are decoded here, once, because it leaves numeric ones and counts entities.
 * @throws Unreadable
 */
export function readXml(document: string): XmlElement {
  const text = document.replace(/^\ufeff/, '').trim();
  if (!text.startsWith('<') || !text.endsWith('>') || DECLARATION.test(text))
    throw new Unreadable('not plain XML');
  let nodes: ParsedNode[];
  try {
    if (XMLValidator.validate(text) !== true) throw new Unreadable('not well-formed');
    nodes = parser.parse(text) as ParsedNode[];
  } catch {
    // Its messages quote what it read.
    throw new Unreadable('not well-formed');
  }
  const roots = nodes.filter((node) => !(TEXT in node));
  if (roots.length !== 1) throw new Unreadable('not one document');
  return XmlElement.from(roots[0]);
}

const ATTRIBUTES = ':@';
const TEXT = '#text';
const CDATA = '#cdata';

/** No message of EWS has one; with it come entities. */
const DECLARATION = /<!(?:DOCTYPE|ENTITY)/i;

interface ParsedNode {
  [name: string]: unknown;
  [ATTRIBUTES]?: Record<string, unknown>;
}

// In order, one array of nodes: no element's name ever becomes a key we look up, and one child is like many.
const parser = new XMLParser({
  preserveOrder: true,
  removeNSPrefix: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  attributesGroupName: false,
  textNodeName: TEXT,
  cdataPropName: CDATA,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
});

function textOf(node: ParsedNode): string {
  if (TEXT in node) return decode(String(node[TEXT]));
  const section = node[CDATA];
  return Array.isArray(section)
    ? section.map((each) => String((each as ParsedNode)[TEXT] ?? '')).join('')
    : '';
}

/** Each reference once: `&amp;lt;` is the text `&lt;`. What XML forbids (`&#x1F;`) is left out instead of refused. */
function decode(text: string): string {
  if (!text.includes('&')) return text.replace(FORBIDDEN, '');
  return text
    .replace(REFERENCE, (whole, decimal: string, hex: string, name: string) => {
      if (name) return named.get(name) ?? whole;
      const point = decimal ? parseInt(decimal, 10) : parseInt(hex, 16);
      return point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff) ? String.fromCodePoint(point) : '';
    })
    .replace(FORBIDDEN, '');
}

const REFERENCE = /&(?:#(\d{1,9})|#[xX]([0-9a-fA-F]{1,8})|([a-zA-Z]{2,8}));/g;
const FORBIDDEN = /[^\P{Cc}\t\n\r\u007f-\u009f]|[\ufffe\uffff]|\p{Cs}/gu;
const named = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);
