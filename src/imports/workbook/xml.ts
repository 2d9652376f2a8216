import { TextDecoder } from 'node:util';
import { WorkbookRefused } from './workbook-refused.js';

/** What a file says while it is read; names come without their prefix. */
export interface XmlReader {
  /** @param attributes as they stand there: `attribute` finds one */
  open?(name: string, attributes: string): void;
  close?(name: string): void;
  text?(text: string): void;
}

/** A tag or a text may be this long; a cell of Excel holds 32,767 characters. */
const LONGEST = 1024 * 1024;
const DEEPEST = 64;

/**
 * Reads the XML of a workbook piece by piece: elements and text, in UTF-8 or UTF-16. Strict, since Excel is: no document type,
 * so no entities but XML's own five, and each element is closed by its own name. Whoever reads stops it by returning early.
 * @throws WorkbookRefused
 */
export async function readXml(
  chunks: AsyncIterable<Buffer>,
  reader: XmlReader,
  enough: () => boolean = () => false,
): Promise<void> {
  const path: string[] = [];
  let decoder: TextDecoder | null = null;
  let text = '';
  for await (const chunk of chunks) {
    decoder ??= new TextDecoder(encodingOf(chunk), { fatal: true });
    try {
      text += decoder.decode(chunk, { stream: true });
    } catch {
      throw new WorkbookRefused('broken');
    }
    text = text.slice(readTokens(text, reader, path));
    if (text.length > LONGEST) throw new WorkbookRefused('broken');
    if (enough()) return;
  }
  if (path.length > 0 || text.trim() !== '') throw new WorkbookRefused('broken');
}

/** The value of an attribute, with or without a prefix to its name. */
export function attribute(attributes: string, name: string): string | undefined {
  let pattern = patterns.get(name);
  if (!pattern) {
    pattern = new RegExp(`(?:^|\\s)(?:[\\w.-]+:)?${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`);
    patterns.set(name, pattern);
  }
  const found = pattern.exec(attributes);
  const value = found?.[1] ?? found?.[2];
  return value === undefined ? undefined : unescaped(value);
}

const patterns = new Map<string, RegExp>();

/** @returns how far it came: what is left begins a token that is not whole yet */
function readTokens(text: string, reader: XmlReader, path: string[]): number {
  let at = 0;
  for (;;) {
    const open = text.indexOf('<', at);
    if (open < 0) return at;
    if (open > at && path.length > 0) reader.text?.(unescaped(text.slice(at, open)));
    const end = endOfToken(text, open);
    if (end < 0) return open;
    const token = text.slice(open + 1, end);
    at = end + 1;
    if (token.startsWith('![CDATA[')) reader.text?.(token.slice(8, -2));
    else if (token.startsWith('!--') || token.startsWith('?')) continue;
    else if (token.startsWith('!')) throw new WorkbookRefused('broken');
    else if (token.startsWith('/')) closed(token.slice(1).trimEnd(), reader, path);
    else opened(token, reader, path);
  }
}

function opened(token: string, reader: XmlReader, path: string[]): void {
  const empty = token.endsWith('/');
  const inside = empty ? token.slice(0, -1) : token;
  const space = inside.search(/\s/);
  const name = space < 0 ? inside : inside.slice(0, space);
  if (name === '' || path.length >= DEEPEST) throw new WorkbookRefused('broken');
  reader.open?.(bare(name), space < 0 ? '' : inside.slice(space));
  if (empty) reader.close?.(bare(name));
  else path.push(name);
}

function closed(name: string, reader: XmlReader, path: string[]): void {
  if (path.pop() !== name) throw new WorkbookRefused('broken');
  reader.close?.(bare(name));
}

/** Where the token that begins here ends (its last character), or -1 when that has not come yet. */
function endOfToken(text: string, open: number): number {
  for (const [begins, ends] of LONG_TOKENS)
    if (text.startsWith(begins, open)) {
      const end = text.indexOf(ends, open + begins.length);
      return end < 0 ? -1 : end + ends.length - 1;
    }
  let end = text.indexOf('>', open);
  let quote = quoteIn(text, open, end);
  // A value may hold the sign.
  while (end >= 0 && quote !== '') {
    const closing = text.indexOf(quote, end);
    if (closing < 0) return -1;
    end = text.indexOf('>', closing);
    quote = quoteIn(text, closing + 1, end);
  }
  // The first characters tell a comment from a tag: of fewer nothing is known.
  return text.length - open < 9 && text[open + 1] === '!' ? -1 : end;
}

const LONG_TOKENS = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const;

/** The quotation mark that is open between two places, if one is. */
function quoteIn(text: string, from: number, to: number): string {
  let quote = '';
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code !== DOUBLE && code !== SINGLE) continue;
    const mark = text[at];
    if (quote === '') quote = mark;
    else if (quote === mark) quote = '';
  }
  return quote;
}

const DOUBLE = 34;
const SINGLE = 39;

function bare(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function encodingOf(chunk: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const head = chunk.subarray(0, 2).toString('hex');
  return head === 'fffe' ? 'utf-16le' : head === 'feff' ? 'utf-16be' : 'utf-8';
}

function unescaped(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w{1,8}));|&/gi, (_, hex, decimal, name) => {
    if (name !== undefined) {
      const known = NAMED[name as string];
      if (known === undefined) throw new WorkbookRefused('broken');
      return known;
    }
    const code = hex !== undefined ? parseInt(hex as string, 16) : Number(decimal);
    // A lone ampersand is no number.
    if (!(code <= 0x10ffff)) throw new WorkbookRefused('broken');
    return String.fromCodePoint(code);
  });
}

const NAMED: Record<string, string | undefined> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
