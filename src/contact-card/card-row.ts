import { createHash } from 'node:crypto';
import { contactFields, phoneFields, type CardProperty } from './contact-fields.js';
import { contactVcard, type ExportedContact } from './contact-vcard.js';
import { TooMuchText, UnreadableLine } from './content-lines.js';
import { type RawCard } from './card-cutter.js';
import { propertyLine } from './property-line.js';
import { readCard, type ReadCard } from './read-card.js';

/**
 * A card as a row with cells, so that an import shows and checks it like a row of any file. `photo` and `other` hold words for
 * what had to be left out; the last cell, which no column shows, holds the rest of the card.
 */
export const cardColumns = [...contactFields, 'groups', 'photo', 'other'] as const;
export type CardColumn = (typeof cardColumns)[number];
const REST = cardColumns.length;

/** What a card says beyond its cells. */
export interface CardRest {
  uid: string | null;
  /** null: the card does not speak of groups. */
  groups: string[] | null;
  extra: CardProperty[];
  /** Made small, base64; null without a photo, or with one that cannot be read. */
  photo: string | null;
  /** SHA-256 of the photo as it stood in the file, or of the one of ours that it was made from: that is known by it. */
  photoSource: string | null;
}

export interface CardRow {
  line: number;
  cells: string[];
  problem?: [column: number, key: string, values?: Record<string, string | number>];
}

export interface CardRowOptions {
  /** Makes a picture small. @throws when it is none */
  encodePhoto: (file: Buffer) => Promise<Buffer>;
  /** Characters of a card without its photo. */
  characters: number;
}

/** One card; what cannot be read is told in the row. */
export async function cardRow(raw: RawCard, options: CardRowOptions): Promise<CardRow> {
  const { number: line } = raw;
  const wrong = (key: string, values?: Record<string, string | number>): CardRow => {
    const problem: CardRow['problem'] = values
      ? [-1, `contact-card.${key}`, values]
      : [-1, `contact-card.${key}`];
    return { line, cells: brokenCells(raw), problem };
  };
  const tooLarge = () => wrong('problem.too-large', { kilobytes: Math.floor(options.characters / 1000) });
  if (raw.problem) return wrong(`problem.${raw.problem}`);
  if (raw.lines.some((text) => BINARY.test(text))) return wrong('problem.binary');
  try {
    const card = readCard(raw.lines, options.characters * MOST_ENCODED);
    if (card.isGroup) return wrong('problem.group', { name: card.displayName });
    const row = await cellsOf(line, card, options);
    if (row.cells[REST].length - (restOf(row.cells)?.photo?.length ?? 0) > options.characters)
      return tooLarge();
    return row;
  } catch (error) {
    if (error instanceof TooMuchText) return tooLarge();
    if (error instanceof UnreadableLine)
      return wrong('problem.line', { text: error.line.replace(/\p{Cc}/gu, '\ufffd').slice(0, SHOWN) });
    throw error;
  }
}

/** The last cell of a row made of a card; null for a card that could not be read. */
export function restOf(cells: readonly string[]): CardRest | null {
  const cell = cells[REST] ?? '';
  return cell.startsWith('{') ? (JSON.parse(cell) as CardRest) : null;
}

/** The card of a row once more, with what is wrong with it: to be corrected and imported again. */
export function cardAgain(cells: readonly string[], why: string): string {
  const rest = restOf(cells);
  const told: CardProperty = ['x-carnet-error', {}, 'unknown', why];
  if (rest === null) {
    const card = cells[REST] || 'BEGIN:VCARD\r\nEND:VCARD\r\n';
    return card.replace(/\r\n/, () => `\r\n${propertyLine(told, '3.0')}\r\n`);
  }
  const said = Object.fromEntries(cardColumns.map((column, index) => [column, cells[index] || null]));
  return contactVcard(
    {
      ...(said as Pick<ExportedContact, (typeof contactFields)[number]>),
      displayName: said['displayName'] ?? '',
      ...{ typedPhones: {}, photoHash: null, groups: rest.groups ?? [] },
      extra: [...rest.extra, told],
      photo: rest.photo === null ? null : Buffer.from(rest.photo, 'base64'),
    },
    '3.0',
  );
}

const KILOBYTES = 'kB';

/** What had to be left out of a card, as it is written in a language. */
export function leftOutIn(language: 'en' | 'fr', cell: string): string {
  return language === 'fr' ? cell.replace(` ${KILOBYTES})`, '\u00a0ko)') : cell;
}

/** Bytes a character may take in a card: an accented letter in quoted-printable. */
const MOST_ENCODED = 6;
/** Bytes no text has. */
const BINARY = /(?![\t\v\f\x7f-\x9f])\p{Cc}/u;
const SHOWN = 80;
/** Binary values of cards that are no photo (logos, sounds, keys) and larger than this, in characters, are left out. */
const LARGEST_BINARY = 20_000;
/** Of a broken card so much is given back, in characters. */
const GIVEN_BACK = 100_000;

async function cellsOf(line: number, card: ReadCard, options: CardRowOptions): Promise<CardRow> {
  const { photo, left } = await photoOf(card.photo, options);
  const large = card.extra.filter(isLarge);
  const rest: CardRest = {
    uid: card.uid,
    groups: card.groups,
    extra: card.extra.filter((property) => !isLarge(property)),
    photo: photo?.toString('base64') ?? null,
    photoSource: photo && sourceOf(card),
  };
  const cells: Record<CardColumn, string> = {
    displayName: card.displayName,
    email: card.email ?? '',
    organization: card.organization,
    ...(Object.fromEntries(phoneFields.map((field) => [field, card.phones[field] ?? ''])) as Record<
      (typeof phoneFields)[number],
      string
    >),
    groups: (card.groups ?? []).join('; '),
    photo: left,
    other: large.map(([name]) => name.toUpperCase()).join(', '),
  };
  return { line, cells: [...cardColumns.map((column) => cells[column]), JSON.stringify(rest)] };
}

function sourceOf({ photo, photoKept }: ReadCard): string | null {
  if (!Buffer.isBuffer(photo)) return null;
  const hash = createHash('sha256').update(photo).digest('hex');
  const [kept = '', bytes] = photoKept?.toLowerCase().split('.') ?? [];
  return bytes === hash ? kept : hash;
}

async function photoOf(
  photo: ReadCard['photo'],
  { encodePhoto }: CardRowOptions,
): Promise<{ photo: Buffer | null; left: string }> {
  if (!Buffer.isBuffer(photo)) return { photo: null, left: '' };
  try {
    return { photo: await encodePhoto(photo), left: '' };
  } catch {
    return { photo: null, left: `${formatOf(photo)} (${Math.ceil(photo.length / 1000)} ${KILOBYTES})` };
  }
}

function formatOf(photo: Buffer): string {
  if (photo.toString('latin1', 0, 4) === 'GIF8') return 'GIF';
  if (/^ftyp(?:hei|hev|mif1|msf1)/.test(photo.toString('latin1', 4, 12))) return 'HEIC';
  if (photo.toString('latin1', 0, 2) === 'BM') return 'BMP';
  return '?';
}

function isLarge([name, , , value]: CardProperty): boolean {
  return (
    typeof value === 'string' && value.length > LARGEST_BINARY && name !== 'note' && /^data:/i.test(value)
  );
}

function brokenCells({ lines }: RawCard): string[] {
  const name = /^(?:FN|N)[^:]*:(.*)$/i.exec(lines.find((line) => /^FN[;:]/i.test(line)) ?? '')?.[1] ?? '';
  const text = Buffer.from(lines.join('\r\n').slice(0, GIVEN_BACK), 'latin1').toString('utf8');
  const cells: string[] = cardColumns.map(() => '');
  cells[0] = Buffer.from(name, 'latin1').toString('utf8').slice(0, SHOWN);
  return [...cells, `BEGIN:VCARD\r\n${text}\r\nEND:VCARD\r\n`.replaceAll('\0', '')];
}
