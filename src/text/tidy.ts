/**
 * Text as people meant it: NFC, without the invisible characters that copying from pages and spreadsheets leaves
 * (byte order marks, zero-width spaces, direction embeddings), no spaces around it, one space where several were
 * (no-break spaces too). Line breaks become spaces, or with `keepLines` stay as `\n`. Control characters are left
 * in place, to be refused by `hasControlCharacters`.
 */
export function tidy(text: string, { keepLines = false }: { keepLines?: boolean } = {}): string {
  if (!keepLines && PLAIN.test(text)) return text;
  const visible = text.normalize('NFC').replace(NEVER_SEEN, '');
  if (!keepLines) return withoutEdges(visible.replace(/\s+/gu, ' '));
  return withoutEdges(
    visible
      .replace(LINE_BREAK, '\n')
      .replace(/[^\S\n]+/gu, ' ')
      .replace(/ ?\n ?/g, '\n'),
  );
}

/** Control characters or halves of a character, which no field of ours takes; with `lines`, `\n` is allowed. */
export function hasControlCharacters(text: string, { lines = false }: { lines?: boolean } = {}): boolean {
  return (lines ? CONTROL_BUT_LINE_FEED : CONTROL).test(text);
}

/** Length as a database counts it: an emoji of one code point is 1. */
export function codePoints(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    const next = text.charCodeAt(index + 1);
    if (unit >= 0xd800 && unit <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) index++;
    count++;
  }
  return count;
}

/** Nearly all cells of a file: nothing to do. */
const PLAIN = /^(?:[!-~]+(?: [!-~]+)*)?$/;

/** Zero-width space, word joiner, byte order mark, soft hyphen, direction embeddings and isolates. */
const NEVER_SEEN = /[\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]/gu;

/** Joiners and direction marks mean something inside a word, nothing around one. */
const UNSEEN_EDGE = /[\s\u200c-\u200f]/u;

/** By hand: an expression would try each of a hundred thousand joiners in the middle as the beginning of the end. */
function withoutEdges(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && UNSEEN_EDGE.test(text.charAt(from))) from++;
  while (to > from && UNSEEN_EDGE.test(text.charAt(to - 1))) to--;
  return text.slice(from, to);
}

const LINE_BREAK = /\r\n|[\r\u0085\u2028\u2029]/gu;
const CONTROL = /[\p{Cc}\p{Cs}]/u;
const CONTROL_BUT_LINE_FEED = /[\p{Cs}]|(?!\n)\p{Cc}/u;
