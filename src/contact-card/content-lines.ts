import { isAscii, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';

/** One property as it is written, brought into the form of 3.0: encodings undone, parameters named. */
export interface ContentLine {
  group: string | null;
  /** Lower case. */
  name: string;
  /** By name in lower case; values without quotation marks. */
  parameters: Map<string, string[]>;
  /** With its backslashes; line breaks are `\n`. Base64 where `base64` says so. */
  value: string;
  base64: boolean;
}

/** A line that is no property. */
export class UnreadableLine extends Error {
  constructor(readonly line: string) {
    super(`Not a property: ${line}`);
  }
}

/** A card of megabytes that are no picture: reading each of its thousands of properties would take minutes. */
export class TooMuchText extends Error {}

/**
 * The properties of a card out of its lines (RFC 6350 §3.2, RFC 2426, vCard 2.1 §2): folded lines joined, quoted-printable and
 * charsets decoded, `TEL;CELL` read as `TYPE=CELL`. Bytes are read as UTF-8, and each line that is none as Windows-1252, whatever
 * the rest of the file is: phones mix them.
 * @param lines one character per byte
 * @param mostText bytes of all properties but those that hold a picture or the like; what is more is not looked at
 * @throws UnreadableLine, TooMuchText
 */
export function contentLines(lines: readonly string[], mostText = Infinity): ContentLine[] {
  const version21 = !lines.some((line) => /^VERSION[^:]*:\s*[34]/i.test(line));
  const logical = unfolded(lines, version21);
  let left = mostText;
  for (const { text, agent } of logical) if (!isBinary(text)) left -= text.length + (agent?.length ?? 0);
  if (left < 0) throw new TooMuchText('More text than one contact has');
  return logical.map(({ text, agent }) => {
    const line = parsed(text, version21);
    return agent === null ? line : { ...line, value: escapedBreaks(textOf(agent, undefined)) };
  });
}

interface Logical {
  text: string;
  /** The card inside an AGENT of 2.1. */
  agent: string | null;
}

/** Joins what was folded: while still bytes, since a fold may stand inside a character. */
function unfolded(lines: readonly string[], version21: boolean): Logical[] {
  const found: Logical[] = [];
  let parts: string[] = [];
  let head = '';
  let inBase64 = false;
  let agent: string[] | null = null;
  let depth = 0;
  const flush = () => {
    if (parts.length > 0) found.push({ text: parts.join(''), agent: agent && agent.join('\r\n') });
    parts = [];
    agent = null;
  };
  for (const line of lines) {
    if (depth > 0 || (version21 && parts.length > 0 && /^BEGIN[ \t]*:[ \t]*VCARD/i.test(line))) {
      if (/^BEGIN[ \t]*:/i.test(line)) depth++;
      if (/^END[ \t]*:/i.test(line)) depth--;
      (agent ??= []).push(line);
      continue;
    }
    const last = parts.at(-1);
    if (last !== undefined && last.endsWith('=') && QUOTED_PRINTABLE.test(head)) {
      parts[parts.length - 1] = last.slice(0, -1);
      parts.push(line);
      continue;
    }
    if (line.trim() === '') {
      // The empty line that ends base64 in 2.1; elsewhere somebody's spacing.
      inBase64 = false;
      continue;
    }
    const indented = line.charCodeAt(0) === 0x20 || line.charCodeAt(0) === 0x09;
    if (last !== undefined && indented) {
      // In 2.1 the break was put before a space that is part of the text.
      parts.push(version21 && !inBase64 ? line : line.slice(1));
      continue;
    }
    if (inBase64 && BASE64_LINE.test(line)) {
      parts.push(line);
      continue;
    }
    flush();
    const colon = colonOf(line);
    head = colon < 0 ? line : line.slice(0, colon);
    inBase64 = BASE64.test(head);
    parts = [line];
  }
  flush();
  return found;
}

function isBinary(text: string): boolean {
  const colon = colonOf(text);
  return (
    colon >= 0 && (BASE64.test(text.slice(0, colon)) || /^\s*data:/i.test(text.slice(colon + 1, colon + 20)))
  );
}

const QUOTED_PRINTABLE = /;(?:ENCODING=)?"?QUOTED-PRINTABLE/i;
const BASE64 = /;(?:ENCODING=)?"?(?:BASE64|B)"?(?:;|$)/i;
const BASE64_LINE = /^[A-Za-z0-9+/]+={0,2}[ \t]*$/;
const NAME = /^(?:([\w-]+)\.)?([A-Za-z][\w/-]*)$/;

/** What a bare parameter of 2.1 belongs to, where it is no TYPE. */
const BARE: Record<string, string> = {
  'quoted-printable': 'encoding',
  base64: 'encoding',
  b: 'encoding',
  '8bit': 'encoding',
  '7bit': 'encoding',
  inline: 'value',
  url: 'value',
  cid: 'value',
  'content-id': 'value',
};

function parsed(text: string, version21: boolean): ContentLine {
  const colon = colonOf(text);
  const [named, ...given] = outsideQuotes(colon < 0 ? text : text.slice(0, colon), ';');
  const name = NAME.exec(named.trim());
  if (colon < 0 || !name) throw new UnreadableLine(textOf(text.slice(0, 200), undefined));
  const parameters = new Map<string, string[]>();
  for (const each of given) {
    const equals = each.indexOf('=');
    const bare = equals < 0;
    const key = bare
      ? (BARE[each.trim().toLowerCase()] ?? 'type')
      : each.slice(0, equals).trim().toLowerCase();
    const values = outsideQuotes(bare ? each : each.slice(equals + 1), ',')
      .map((value) => unquoted(textOf(value.trim(), undefined)))
      .filter((value) => value !== '');
    if (key === '' || values.length === 0) continue;
    const before = parameters.get(key);
    if (before) for (const value of values) before.push(value);
    else parameters.set(key, values);
  }
  const encoding = parameters.get('encoding')?.[0]?.toLowerCase();
  const charset = parameters.get('charset')?.[0];
  const base64 = encoding === 'b' || encoding === 'base64';
  const quoted = encoding === 'quoted-printable';
  const bytes = text.slice(colon + 1);
  const value = base64
    ? bytes.replace(/\s+/g, '')
    : escapedBreaks(textOf(quoted ? fromQuotedPrintable(bytes) : bytes, charset));
  const property = name[2].toLowerCase();
  return {
    group: name[1]?.toLowerCase() ?? null,
    name: property,
    parameters,
    value: version21 && !base64 ? escapedAs30(value, property) : value,
    base64,
  };
}

/** The colon between parameters and value, which quoted parameters may hold too. */
function colonOf(text: string): number {
  const first = text.indexOf(':');
  const quote = text.indexOf('"');
  if (quote < 0 || quote > first) return first;
  let inQuotes = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) inQuotes = !inQuotes;
    else if (code === 0x3a && !inQuotes) return at;
  }
  return first;
}

function outsideQuotes(text: string, separator: string): string[] {
  if (!text.includes('"')) return text.split(separator);
  const found = [''];
  let inQuotes = false;
  for (const character of text) {
    if (character === '"') inQuotes = !inQuotes;
    if (character === separator && !inQuotes) found.push('');
    else found[found.length - 1] += character;
  }
  return found;
}

/** RFC 6868 */
function unquoted(value: string): string {
  return value
    .replace(/^"(.*)"$/s, '$1')
    .replace(/\^[n'^]/g, (escape) => (escape === '^n' ? '\n' : escape === "^'" ? '"' : '^'));
}

function fromQuotedPrintable(text: string): string {
  return text.replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

function textOf(bytes: string, charset: string | undefined): string {
  const buffer = Buffer.from(bytes, 'latin1');
  if (isAscii(buffer)) return bytes;
  const named = charset?.toLowerCase().replace(/[^a-z0-9]/g, '') ?? '';
  // What calls itself Latin-1 has the quotation marks and the euro of Windows-1252 often enough.
  if (named === 'iso88591' || named === 'latin1' || named === 'usascii')
    return isUtf8(buffer) && named === 'usascii' ? buffer.toString('utf8') : iconv.decode(buffer, 'win1252');
  if (named !== '' && named !== 'utf8' && iconv.encodingExists(named)) return iconv.decode(buffer, named);
  return isUtf8(buffer) ? buffer.toString('utf8') : iconv.decode(buffer, 'win1252');
}

function escapedBreaks(text: string): string {
  return text.replace(/\r\n|[\r\n\u2028\u2029]/g, '\\n');
}

/** In 2.1 a comma is itself, and a backslash too unless it stands before a semicolon, a comma or `n`. */
function escapedAs30(value: string, name: string): string {
  const text = value.replace(/\\(?![;,nN])/g, '\\\\');
  return COMMAS.has(name) ? text.replace(/(?<!\\),/g, '\\,') : text;
}

/** Properties whose commas part values in 3.0 and do not in 2.1. */
const COMMAS = new Set(['n', 'adr', 'org', 'nickname']);
