import { decoded } from '../csv/encoding.js';

/** A card as it stands in the file: its lines between BEGIN and END, one character per byte. */
export interface RawCard {
  /** 1 is the first card of the file. */
  number: number;
  lines: string[];
  /** `no-end`: the file or another card begins where it should end; `too-long`: only its first lines are kept. */
  problem?: 'no-end' | 'too-long';
}

/** Whether a file that begins so holds vCards. */
export function beginsAsCards(head: Buffer): boolean {
  const wide = wideEncoding(head);
  const text = wide ? head.toString('latin1').replaceAll('\0', '') : head.toString('latin1');
  return /^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*BEGIN[ \t]*:[ \t]*VCARD/i.test(text.slice(0, 400));
}

/**
 * Cuts a file into its cards without reading them: one that is broken, or has the wrong letters in it, leaves the others alone.
 * At most one card is held, and of one beyond `cardBytes` only its first lines.
 */
export async function* cutCards(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  cardBytes: number,
): AsyncGenerator<RawCard> {
  let number = 0;
  let card: Collected | null = null;
  let before = '';
  for await (const line of linesOf(chunks, cardBytes)) {
    const begins = BEGIN.test(line);
    if (card === null) {
      if (begins) card = { number: ++number, lines: [], bytes: 0, agents: 0 };
    } else if (begins && !AGENT.test(before)) {
      yield taken(card, 'no-end');
      card = { number: ++number, lines: [], bytes: 0, agents: 0 };
    } else if (END.test(line) && card.agents === 0) {
      yield taken(card);
      card = null;
    } else {
      if (begins) card.agents++;
      else if (END.test(line)) card.agents--;
      collect(card, line, cardBytes);
    }
    before = line;
  }
  if (card !== null) yield taken(card, 'no-end');
}

interface Collected extends RawCard {
  bytes: number;
  /** Cards begun inside this one (vCard 2.1 AGENT) and not ended yet. */
  agents: number;
}

const BEGIN = /^BEGIN[ \t]*:[ \t]*VCARD[ \t]*$/i;
const END = /^END[ \t]*:[ \t]*VCARD[ \t]*$/i;
const AGENT = /^(?:[\w-]+\.)?AGENT[^:]*:[ \t]*$/i;
/** What is kept of a line or card that is too long. */
const KEPT = { bytes: 200, lines: 20 };

function taken({ number, lines, problem }: Collected, fault?: RawCard['problem']): RawCard {
  const found = problem ?? fault;
  return found ? { number, lines, problem: found } : { number, lines };
}

function collect(card: Collected, line: string, cardBytes: number): void {
  card.bytes += line.length;
  if (card.bytes > cardBytes && !card.problem) {
    card.problem = 'too-long';
    card.lines = card.lines.slice(0, KEPT.lines).map((each) => each.slice(0, KEPT.bytes));
  }
  if (!card.problem) card.lines.push(line);
}

/** Lines without their break (CRLF, LF or CR); one that is too long comes as one byte more than allowed. */
async function* linesOf(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  longest: number,
): AsyncGenerator<string> {
  let text = '';
  let skipping = false;
  let first = true;
  for await (const chunk of bytesOf(chunks)) {
    text += chunk;
    if (first) {
      if (text.length < 3) continue;
      text = text.replace(/^\xef\xbb\xbf/, '').trimStart();
      first = false;
    }
    let from = 0;
    LINE_BREAK.lastIndex = 0;
    // A CR at the very end may be half of a CRLF.
    for (let found = LINE_BREAK.exec(text); found !== null; found = LINE_BREAK.exec(text)) {
      const end = found.index + found[0].length;
      if (end === text.length && found[0] === '\r') break;
      if (!skipping) yield text.slice(from, found.index);
      skipping = false;
      from = end;
    }
    text = text.slice(from);
    if (text.length <= longest) continue;
    if (!skipping) yield text.slice(0, longest + 1);
    skipping = true;
    text = text.endsWith('\r') ? '\r' : '';
  }
  if (!skipping && text !== '') yield text.replace(/^\xef\xbb\xbf/, '').replace(/\r$/, '');
}

const LINE_BREAK = /\r\n|\r|\n/g;

/** The bytes as characters of one byte each; UTF-16 is turned into UTF-8 first. */
async function* bytesOf(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<string> {
  const all = iterator(chunks);
  let head = Buffer.alloc(0);
  while (head.length < 16) {
    const next = await all.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  const wide = wideEncoding(head);
  if (wide === null) {
    yield head.toString('latin1');
    for (let next = await all.next(); !next.done; next = await all.next())
      yield next.value.toString('latin1');
    return;
  }
  async function* again() {
    yield head;
    for (let next = await all.next(); !next.done; next = await all.next()) yield next.value;
  }
  for await (const text of decoded(again(), wide)) yield Buffer.from(text, 'utf8').toString('latin1');
}

async function* iterator(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer, void> {
  yield* chunks;
}

function wideEncoding(head: Buffer): 'utf-16le' | 'utf-16be' | null {
  if (head.length < 4) return null;
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] !== 0 && head[1] === 0 && head[3] === 0))
    return 'utf-16le';
  if ((head[0] === 0xfe && head[1] === 0xff) || (head[0] === 0 && head[2] === 0)) return 'utf-16be';
  return null;
}
