import iconv from 'iconv-lite';

/**
 * Text that a program once read in a wrong encoding and saved as it looked: `FranÃ§ois` was UTF-8 read as Windows-1252,
 * `FranÁois` Windows-1252 read as Mac Roman. The file is UTF-8 by now, and every accent in it is another sign.
 */
export const misreadings = ['utf-8-misread', 'windows-1252-misread'] as const;
export type Misreading = (typeof misreadings)[number];

/** Whether all signs beyond ASCII in the beginning of a file are those a misreading leaves. */
export function misreadAs(sample: string): Misreading | null {
  if (SEQUENCE.test(sample)) {
    SEQUENCE.lastIndex = 0;
    const rest = sample.replace(SEQUENCE, '').replace(/[^\0-\x7f]{1,3}$/u, '');
    if (/^\ufeff?[\0-\x7f]*$/.test(rest)) return 'utf-8-misread';
  }
  return MAC_INSIDE_WORD.test(sample) && !ACCENT.test(sample) ? 'windows-1252-misread' : null;
}

/** Brings a misread text back, piece by piece. */
export class Repair {
  private held = '';

  constructor(private readonly misreading: Misreading) {}

  push(text: string): string {
    if (this.misreading === 'windows-1252-misread')
      return text.replace(BEYOND_ASCII, (sign) => fromMac.get(sign) ?? sign);
    const all = this.held + text;
    const whole = all.length - unfinished(all);
    this.held = all.slice(whole);
    return repaired(all.slice(0, whole));
  }

  end(): string {
    return repaired(this.held);
  }
}

/** What a program makes of the text when it reads it wrong. */
export function misread(text: string, misreading: Misreading): string {
  if (misreading === 'windows-1252-misread')
    return text.replace(BEYOND_ASCII, (sign) => toMac.get(sign) ?? sign);
  return Array.from(Buffer.from(text), (byte) => signOf(byte)).join('');
}

const BEYOND_ASCII = /[^\0-\x7f]/gu;

const high = Array.from({ length: 128 }, (_, index) => 128 + index);
/** Bytes Windows-1252 has no sign for are control characters, as browsers and Windows read them. */
const signs = new Map(
  high.map((byte) => {
    const sign = iconv.decode(Buffer.from([byte]), 'win1252');
    return [byte, sign === '\ufffd' ? String.fromCharCode(byte) : sign];
  }),
);
const bytes = new Map([...signs].map(([byte, sign]) => [sign, byte]));
const fromMac = new Map(
  high.map((byte) => [iconv.decode(Buffer.from([byte]), 'macintosh'), signs.get(byte) ?? '']),
);
const toMac = new Map([...fromMac].map(([mac, windows]) => [windows, mac]));

function signOf(byte: number): string {
  return byte < 128 ? String.fromCharCode(byte) : (signs.get(byte) ?? '');
}

/** Signs of bytes between these, as a class of an expression. */
function between(from: number, to: number): string {
  return `[${high
    .filter((byte) => byte >= from && byte <= to)
    .map((byte) => `\\u${signOf(byte).charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')}]`;
}

/** One character of UTF-8 (RFC 3629 §3), each byte as the sign Windows-1252 has for it. */
const AFTER = between(0x80, 0xbf);
const SEQUENCE = new RegExp(
  `${between(0xc2, 0xdf)}${AFTER}|${between(0xe0, 0xef)}${AFTER}{2}|${between(0xf0, 0xf4)}${AFTER}{3}`,
  'gu',
);

function repaired(text: string): string {
  return text.replace(SEQUENCE, (sequence) => {
    const character = Buffer.from(Array.from(sequence, (sign) => bytes.get(sign) ?? 0)).toString('utf8');
    return character.includes('\ufffd') ? sequence : character;
  });
}

/** How many signs at the end begin a character that is not whole yet. */
function unfinished(text: string): number {
  for (let back = 1; back <= Math.min(3, text.length); back++) {
    const byte = bytes.get(text[text.length - back]) ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}

/** à ä ç è é ê ë î ï ñ ô ö û ü of Windows-1252 as Mac Roman has their bytes. */
const MAC_INSIDE_WORD = /\p{Ll}[‡‰ÁËÈÍÎÓÔÒÙˆ˚¸]\p{Ll}/u;
/** Letters no quote or dash of Windows-1252 becomes. */
const ACCENT = /[àâçèéêùûü]/u;
