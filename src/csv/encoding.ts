import { isAscii, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { misread, misreadings, Repair, type Misreading } from './misread.js';

/** Those of misread.ts are UTF-8 whose text is wrong. */
export const encodings = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1252',
  'macintosh',
  ...misreadings,
] as const;
export type Encoding = (typeof encodings)[number];

export type EncodingVerdict =
  | {
      kind: 'text';
      encoding: Encoding;
      /** The file starts with a byte order mark: what we give back starts with one too. */
      bom: boolean;
    }
  | {
      kind: 'refused';
      /** `spreadsheet`: an Excel or LibreOffice file as it is, to be saved as CSV first. */
      reason: 'spreadsheet' | 'binary' | 'empty';
    };

/**
 * Decides a file's encoding while its pieces go by: a byte order mark, else UTF-16 by where its zero bytes are, else
 * UTF-8 when all of the file is valid UTF-8, else Windows-1252, or Mac Roman where the bytes of its accents stand inside
 * words. Holds a few bytes between pieces, no more.
 */
export class EncodingProbe {
  private head = Buffer.alloc(0);
  private tail = Buffer.alloc(0);
  private bytes = 0;
  private utf8 = true;
  /** Has had at least one whole character beyond ASCII. */
  private beyondAscii = false;
  /** How many zero bytes stand at even and odd places, and how many pairs of them are one zero character. */
  private readonly zeros = { even: 0, odd: 0, pairs: 0 };
  private readonly accents = { macRoman: 0, windows: 0 };
  private previous = -1;

  add(chunk: Buffer): void {
    if (chunk.length === 0) return;
    if (this.head.length < MAGIC_BYTES)
      this.head = Buffer.concat([this.head, chunk.subarray(0, MAGIC_BYTES)]);
    if (chunk.includes(0) || this.zeros.even + this.zeros.odd > 0) this.countZeros(chunk);
    if (this.utf8) this.checkUtf8(chunk);
    if (!isAscii(chunk)) this.countAccents(chunk);
    this.bytes += chunk.length;
    this.previous = chunk[chunk.length - 1];
  }

  verdict(): EncodingVerdict {
    const { head, zeros, bytes } = this;
    if (SPREADSHEETS.some((magic) => starts(head, magic))) return { kind: 'refused', reason: 'spreadsheet' };
    if (BINARIES.some((magic) => starts(head, magic))) return { kind: 'refused', reason: 'binary' };
    for (const [encoding, mark] of MARKS)
      if (starts(head, mark)) {
        const rest = bytes - mark.length;
        if (rest === 0) return { kind: 'refused', reason: 'empty' };
        const binary = encoding === 'utf-8' ? zeros.even + zeros.odd > 0 : zeros.pairs > 0;
        return binary ? { kind: 'refused', reason: 'binary' } : { kind: 'text', encoding, bom: true };
      }
    if (bytes === 0) return { kind: 'refused', reason: 'empty' };
    if (zeros.even + zeros.odd > 0) {
      const wide = zeros.pairs === 0 && bytes % 2 === 0;
      // CSV in UTF-16 has a zero byte beside each separator, digit and line break.
      if (wide && zeros.odd * 10 > bytes && zeros.even * 50 < zeros.odd)
        return { kind: 'text', encoding: 'utf-16le', bom: false };
      if (wide && zeros.even * 10 > bytes && zeros.odd * 50 < zeros.even)
        return { kind: 'text', encoding: 'utf-16be', bom: false };
      return { kind: 'refused', reason: 'binary' };
    }
    // A file cut off in the middle of a character is still UTF-8 if it had whole ones before.
    if (this.utf8 && (this.tail.length === 0 || this.beyondAscii))
      return { kind: 'text', encoding: 'utf-8', bom: false };
    const macRoman = this.accents.macRoman > this.accents.windows;
    return { kind: 'text', encoding: macRoman ? 'macintosh' : 'windows-1252', bom: false };
  }

  private checkUtf8(chunk: Buffer): void {
    const bytes = this.tail.length > 0 ? Buffer.concat([this.tail, chunk]) : chunk;
    const whole = bytes.length - unfinished(bytes);
    this.tail = Buffer.from(bytes.subarray(whole));
    const characters = bytes.subarray(0, whole);
    this.utf8 = isUtf8(characters);
    this.beyondAscii ||= !isAscii(characters);
  }

  private countZeros(chunk: Buffer): void {
    for (let index = 0; index < chunk.length; index++) {
      if (chunk[index] !== 0) continue;
      const odd = (this.bytes + index) % 2 === 1;
      if (odd) this.zeros.odd++;
      else this.zeros.even++;
      const before = index > 0 ? chunk[index - 1] : this.previous;
      if (odd && before === 0) this.zeros.pairs++;
    }
  }

  /** Accented letters inside words, as each of the two encodings has them. */
  private countAccents(chunk: Buffer): void {
    for (let index = 1; index < chunk.length; index++) {
      if (!isSmallLetter(chunk[index - 1])) continue;
      const byte = chunk[index];
      if (MAC_ROMAN_ACCENTS.has(byte)) this.accents.macRoman++;
      else if (byte >= 0xe0) this.accents.windows++;
      else if (MAC_ROMAN_INSIDE.has(byte) && isSmallLetter(chunk[index + 1] ?? 0)) this.accents.macRoman++;
    }
  }
}

/** The text of a file, piece by piece, without its byte order mark. What is not in the encoding becomes U+FFFD. */
export async function* decoded(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  encoding: Encoding,
): AsyncGenerator<string> {
  const decoder = iconv.getDecoder(ICONV[encoding], { stripBOM: true });
  const repair = isMisreading(encoding) ? new Repair(encoding) : null;
  for await (const chunk of chunks) {
    const text = decoder.write(chunk);
    const right = repair ? repair.push(text) : text;
    if (right !== '') yield right;
  }
  const rest = decoder.end() ?? '';
  const last = repair ? repair.push(rest) + repair.end() : rest;
  if (last !== '') yield last;
}

/** Text in a file's own encoding, so that what is given back opens like what was sent. */
export function encodeAs(text: string, encoding: Encoding, { bom = false } = {}): Buffer {
  const written = isMisreading(encoding) ? misread(text, encoding) : text;
  return iconv.encode(written, ICONV[encoding], { addBOM: bom });
}

const MAGIC_BYTES = 8;
const MARKS: [Encoding, number[]][] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];
/** ZIP (xlsx, ods, numbers) and OLE (xls). */
const SPREADSHEETS = [
  [0x50, 0x4b, 0x03, 0x04],
  [0xd0, 0xcf, 0x11, 0xe0],
];
/** PDF, PNG, JPEG, GIF, gzip, 7z, RAR. */
const BINARIES = [
  [...Buffer.from('%PDF-')],
  [0x89, 0x50, 0x4e, 0x47],
  [0xff, 0xd8, 0xff],
  [...Buffer.from('GIF8')],
  [0x1f, 0x8b],
  [0x37, 0x7a, 0xbc, 0xaf],
  [...Buffer.from('Rar!')],
];

/** Node's own TextDecoder turns `œ € ’` of Windows-1252 into control characters, so iconv-lite reads that. */
const ICONV: Record<Encoding, string> = {
  'utf-8': 'utf8',
  'utf-16le': 'utf-16le',
  'utf-16be': 'utf-16be',
  'windows-1252': 'win1252',
  macintosh: 'macintosh',
  'utf-8-misread': 'utf8',
  'windows-1252-misread': 'utf8',
};

function isMisreading(encoding: Encoding): encoding is Misreading {
  return (misreadings as readonly string[]).includes(encoding);
}

/** à ç é è ê of Mac Roman; in Windows-1252 signs that do not follow a small letter, or none. Not û: that is a ž there. */
const MAC_ROMAN_ACCENTS = new Set([0x88, 0x8d, 0x8e, 0x8f, 0x90]);
/** ë î ï of Mac Roman; in Windows-1252 a quote or dot that does not stand inside a word. Not ô: brands have a ™ there. */
const MAC_ROMAN_INSIDE = new Set([0x91, 0x94, 0x95]);

function isSmallLetter(byte: number): boolean {
  return byte >= 0x61 && byte <= 0x7a;
}

function starts(bytes: Buffer, magic: number[]): boolean {
  return bytes.length >= magic.length && magic.every((byte, index) => bytes[index] === byte);
}

/** How many bytes at the end begin a UTF-8 character that is not whole yet. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back];
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}
