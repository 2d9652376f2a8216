/*
 * XML as the stand-in server reads and writes it: strict, ordered, by namespace. Its own, so that a fault of the reader or
 * writer the connector uses cannot hide behind the same fault here.
 */

/**
 * @typedef {object} Element
 * @property {string} ns namespace
 * @property {string} name local name
 * @property {Record<string, string>} attributes without those that declare namespaces
 * @property {Element[]} children in order
 * @property {string} text its own text, joined
 */

export class XmlError extends Error {}

const entities = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** @param {string} source @returns {Element} the root @throws {XmlError} what is not well formed, and any DOCTYPE */
export function parseXml(source) {
  let at = source.startsWith('\uFEFF') ? 1 : 0;
  /** @type {Element | null} */
  let root = null;
  /** @type {{ element: Element, qname: string, namespaces: Record<string, string> }[]} */
  const open = [];
  const fail = (why) => {
    throw new XmlError(`${why} at ${at}`);
  };
  while (at < source.length) {
    const next = source.indexOf('<', at);
    const text = source.slice(at, next < 0 ? source.length : next);
    if (text) {
      const parent = open.at(-1);
      if (parent) parent.element.text += decoded(text, fail);
      else if (text.trim()) fail('text outside the root');
    }
    if (next < 0) break;
    at = next;
    if (source.startsWith('<?', at)) at = after('?>');
    else if (source.startsWith('<!--', at)) at = after('-->');
    else if (source.startsWith('<![CDATA[', at)) {
      const end = after(']]>');
      if (open.length === 0) fail('CDATA outside the root');
      open.at(-1).element.text += source.slice(at + 9, end - 3);
      at = end;
    } else if (source.startsWith('<!', at)) fail('a declaration');
    else if (source.startsWith('</', at)) {
      const end = after('>');
      const qname = source.slice(at + 2, end - 1).trim();
      if (open.pop()?.qname !== qname) fail(`end tag ${qname}`);
      at = end;
    } else at = startTag();
  }
  if (open.length > 0) fail('the end is missing');
  if (!root) throw new XmlError('nothing');
  return root;

  function after(mark) {
    const found = source.indexOf(mark, at);
    if (found < 0) fail(`no ${mark}`);
    return found + mark.length;
  }

  function startTag() {
    const tag = /<([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
    tag.lastIndex = at;
    const match = tag.exec(source);
    if (!match) return fail('a start tag');
    const [, qname, rest, closed] = match;
    const namespaces = { ...open.at(-1)?.namespaces };
    const raw = [];
    for (const [, name, one, other] of rest.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
      const value = decoded(one ?? other ?? '', fail);
      if (name === 'xmlns') namespaces[''] = value;
      else if (name.startsWith('xmlns:')) namespaces[name.slice(6)] = value;
      else raw.push([name, value]);
    }
    const [prefix, local] = qname.includes(':') ? qname.split(':') : ['', qname];
    if (prefix && !(prefix in namespaces)) fail(`prefix ${prefix}`);
    if (new Set(raw.map(([name]) => name)).size < raw.length) fail('an attribute twice');
    const element = {
      ...{ ns: namespaces[prefix] ?? '', name: local, attributes: Object.fromEntries(raw) },
      ...{ children: [], text: '' },
    };
    const parent = open.at(-1);
    if (parent) parent.element.children.push(element);
    else if (root) fail('a second root');
    else root = element;
    if (!closed) open.push({ element, qname, namespaces });
    return tag.lastIndex;
  }
}

function decoded(text, fail) {
  // XML 1.0 §2.2: what no document may hold, however it is written.
  if (forbidden(text)) fail('a forbidden character');
  return text.replace(/&([^;]*);?/g, (reference, name) => {
    if (!reference.endsWith(';')) fail('a lone ampersand');
    if (name in entities) return entities[name];
    const code = /^#x([0-9a-f]+)$/i.exec(name) ?? /^#(\d+)$/.exec(name);
    if (!code) return fail(`entity ${name}`);
    const character = String.fromCodePoint(parseInt(code[1], name[1].toLowerCase() === 'x' ? 16 : 10));
    if (forbidden(character)) fail(`reference ${name}`);
    return character;
  });
}

/** @param {string} text */
function forbidden(text) {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x20 && unit !== 0x9 && unit !== 0xa && unit !== 0xd) return true;
    if (unit === 0xfffe || unit === 0xffff) return true;
    if (unit >= 0xd800 && unit < 0xe000) {
      const pair = unit < 0xdc00 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
      if (!pair) return true;
      at++;
    }
  }
  return false;
}

/** @param {Element | undefined} element @param {string} name @returns {Element | undefined} */
export const child = (element, name) => element?.children.find((each) => each.name === name);

export const namespaces = {
  soap: 'http://schemas.xmlsoap.org/soap/envelope/',
  m: 'http://schemas.microsoft.com/exchange/services/2006/messages',
  t: 'http://schemas.microsoft.com/exchange/services/2006/types',
  e: 'http://schemas.microsoft.com/exchange/services/2006/errors',
};

/**
 * A piece of an answer.
 * @typedef {{ ns: keyof namespaces | '', name: string, attributes: Record<string, string | number | undefined>, content: Content[] }} Node
 * @typedef {Node | string | number | boolean | null | undefined | Content[]} Content
 */

/** @returns {(name: string, attributes?: Record<string, string | number | undefined> | null, ...content: Content[]) => Node} */
const maker =
  (ns) =>
  (name, attributes, ...content) => ({ ns, name, attributes: attributes ?? {}, content });

export const soap = maker('soap');
export const m = maker('m');
export const t = maker('t');
export const e = maker('e');
/** Without a namespace, as the parts of a SOAP fault are. */
export const plain = maker('');

/**
 * How a server writes: prefixes differ by version, and no reader may rest on them.
 * @type {{ prefixes: Record<keyof namespaces, string>, references: boolean }[]}
 */
export const styles = [
  { prefixes: { soap: 's', m: 'm', t: 't', e: 'e' }, references: false },
  { prefixes: { soap: 'soap', m: '', t: 't', e: 'e' }, references: true },
  { prefixes: { soap: 'S', m: 'ns0', t: '', e: 'err' }, references: false },
];

/** @param {Node} node @param {(typeof styles)[number]} style */
export function writeXml(node, style) {
  const parts = ['<?xml version="1.0" encoding="utf-8"?>'];
  write(node, style, '', new Set(), parts);
  return parts.join('');
}

/** Namespaces are declared where they are first used, and a default one again wherever it changes. */
function write(node, style, defaultNamespace, declared, parts) {
  const prefix = node.ns && style.prefixes[node.ns];
  const name = prefix ? `${prefix}:${node.name}` : node.name;
  parts.push('<', name);
  let inner = declared;
  if (prefix && !declared.has(node.ns)) {
    inner = new Set(declared).add(node.ns);
    parts.push(` xmlns:${prefix}="${namespaces[node.ns]}"`);
  } else if (!prefix && defaultNamespace !== node.ns)
    parts.push(` xmlns="${node.ns && namespaces[node.ns]}"`);
  for (const key in node.attributes) {
    const value = node.attributes[key];
    if (value !== undefined) parts.push(` ${key}="`, escaped(String(value), style), '"');
  }
  const before = parts.push('>');
  content(node.content, style, prefix ? defaultNamespace : node.ns, inner, parts);
  if (parts.length === before) parts[before - 1] = '/>';
  else parts.push('</', name, '>');
}

function content(pieces, style, defaultNamespace, declared, parts) {
  for (const piece of pieces) {
    if (piece === null || piece === undefined || piece === false || piece === '') continue;
    if (Array.isArray(piece)) content(piece, style, defaultNamespace, declared, parts);
    else if (typeof piece === 'object') write(piece, style, defaultNamespace, declared, parts);
    else parts.push(escaped(String(piece), style));
  }
}

/** Control characters go out as references no parser may accept by the book, as the real server sends them. */
function escaped(text, style) {
  const plain = text.replace(
    /[&<>"]/g,
    (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character],
  );
  let out = '';
  let from = 0;
  for (let at = 0; at < plain.length; at++) {
    const unit = plain.charCodeAt(at);
    const control = unit < 0x20 && unit !== 0x9 && unit !== 0xa;
    if (!control && !(style.references && unit > 0x7e)) continue;
    const code = plain.codePointAt(at);
    out += `${plain.slice(from, at)}&#x${code.toString(16).toUpperCase()};`;
    if (code > 0xffff) at++;
    from = at + 1;
  }
  return from === 0 ? plain : out + plain.slice(from);
}
