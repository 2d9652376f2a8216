import { isAscii, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';

/** `macintosh` is only ever chosen by the reader, never detected. */
export const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'macintosh'] as const;
export type Encoding = (typeof encodings)[number];

export type EncodingVerdict =
  | {
      kind: 'text';
      encoding: Encoding;
      /** The file starts with a byte order mark: what we give back starts with one too. */
      bom: boolean;
      /** Read as Windows-1252 although its bytes look like Mac Roman: worth a question. */
      hint?: 'mac-roman';
    }
  | {
      kind: 'refused';
      /** `spreadsheet`: an Excel or LibreOffice file as it is, to be saved as CSV first. */
      reason: 'spreadsheet' | 'binary' | 'empty';
    };

/**
 * Decides a file's encoding while its pieces go by: a byte order mark, else UTF-16 by where its zero bytes are, else
 * UTF-8 when all of the file is valid UTF-8, else Windows-1252. Holds a few bytes between pieces, no more.
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
    return {
      kind: 'text',
      encoding: 'windows-1252',
      bom: false,
      ...(macRoman ? { hint: 'mac-roman' as const } : {}),
    };
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
      if (MAC_ROMAN_ACCENTS.has(chunk[index])) this.accents.macRoman++;
      else if (chunk[index] >= 0xe0) this.accents.windows++;
    }
  }
}

/** The text of a file, piece by piece, without its byte order mark. What is not in the encoding becomes U+FFFD. */
export async function* decoded(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  encoding: Encoding,
): AsyncGenerator<string> {
  const decoder = iconv.getDecoder(ICONV[encoding], { stripBOM: true });
  for await (const chunk of chunks) {
    const text = decoder.write(chunk);
    if (text !== '') yield text;
  }
  const rest = decoder.end();
  if (rest) yield rest;
}

/** Text in a file's own encoding, so that what is given back opens like what was sent. */
export function encodeAs(text: string, encoding: Encoding, { bom = false } = {}): Buffer {
  return iconv.encode(text, ICONV[encoding], { addBOM: bom });
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
};

/** à ç é è ê ë î ï ô û of Mac Roman; in Windows-1252 signs that do not follow a small letter. */
const MAC_ROMAN_ACCENTS = new Set([0x88, 0x8d, 0x8e, 0x8f, 0x90, 0x91, 0x94, 0x95, 0x99, 0x9e]);

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
