import { type CardProperty } from './contact-fields.js';
import { escaped, propertyLine } from './property-line.js';

/** What a card says of one person; phones are E.164. */
export interface ContactCard {
  displayName: string;
  givenName?: string | null;
  familyName?: string | null;
  organization?: string | null;
  department?: string | null;
  jobTitle?: string | null;
  emails?: readonly string[];
  phones?: { [kind in PhoneKind]?: string | null };
  /** @see PHOTO_KEPT for `kept` */
  photo?: { mediaType: 'image/jpeg' | 'image/webp'; bytes: Uint8Array; kept?: string } | null;
  /** Stays the same when the card is made again, so that address books replace and do not add. */
  uid?: string | null;
  revisedAt?: Date | null;
  /** Names of groups. */
  categories?: readonly string[];
  /** Properties beyond those above, in jCard; an `n` among them takes the place of the parts above. */
  extra?: readonly CardProperty[];
}

export type PhoneKind = 'work' | 'mobile' | 'home' | 'fax' | 'main';

/**
 * Says of a photo which one of ours it was made from: the SHA-256 we keep that by, a dot, and that of the bytes in the card. A
 * program that puts another photo in leaves bytes that the second half does not fit.
 */
export const PHOTO_KEPT = 'x-carnet-photo';

/** 4.0 is RFC 6350; 3.0 (RFC 2426) is what Outlook and older phones read. */
export type VcardVersion = '4.0' | '3.0';

/** One card, UTF-8 text with CRLF, lines folded at 75 octets. */
export function vcard(card: ContactCard, version: VcardVersion): string {
  const { extra = [] } = card;
  const hasParts = extra.some(([name]) => name === 'n');
  const lines = [
    'BEGIN:VCARD',
    `VERSION:${version}`,
    ...line('UID', card.uid && (version === '4.0' ? `urn:uuid:${card.uid}` : card.uid)),
    `FN:${escaped(card.displayName)}`,
    // Required in 3.0, and in both what address books sort by.
    ...(hasParts ? [] : [`N:${structured([card.familyName, card.givenName])};;;`]),
    ...line(
      'ORG',
      card.organization || card.department ? structured([card.organization, card.department], true) : '',
    ),
    ...line('TITLE', card.jobTitle && escaped(card.jobTitle)),
    ...(card.emails ?? []).flatMap((email) =>
      line(version === '4.0' ? 'EMAIL' : 'EMAIL;TYPE=INTERNET', escaped(email)),
    ),
    ...phoneKinds.flatMap((kind) => {
      const number = card.phones?.[kind];
      if (!number) return [];
      return version === '4.0'
        ? `TEL;VALUE=uri;${TYPES_4[kind]}:tel:${number}`
        : `TEL;${TYPES_3[kind]}:${escaped(number)}`;
    }),
    ...extra.map((property) => propertyLine(property, version)),
    ...line('CATEGORIES', card.categories?.map(escaped).join(',')),
    ...photoLine(card.photo, version),
    ...line('REV', card.revisedAt && stamp(card.revisedAt)),
    'END:VCARD',
  ];
  return lines.map((each) => `${folded(each)}\r\n`).join('');
}

/** Media type to serve a card as (RFC 6350 §10.1). */
export const VCARD_MEDIA_TYPE = 'text/vcard; charset=utf-8';

const phoneKinds = ['work', 'mobile', 'home', 'fax', 'main'] as const satisfies readonly PhoneKind[];

/** RFC 6350 §6.4.1; the parameter value is quoted where it holds a comma. */
const TYPES_4: Record<PhoneKind, string> = {
  work: 'TYPE="work,voice"',
  mobile: 'TYPE="cell,voice"',
  home: 'TYPE="home,voice"',
  fax: 'TYPE=fax',
  main: 'PREF=1;TYPE=voice',
};

/** RFC 2426 §3.3.1. */
const TYPES_3: Record<PhoneKind, string> = {
  work: 'TYPE=WORK,VOICE',
  mobile: 'TYPE=CELL,VOICE',
  home: 'TYPE=HOME,VOICE',
  fax: 'TYPE=FAX',
  main: 'TYPE=PREF,VOICE',
};

const LINE_OCTETS = 75;

function line(name: string, value: string | null | undefined): string[] {
  return value ? [`${name}:${value}`] : [];
}

/** Components between semicolons, empty ones at the end left out where that is allowed. */
function structured(parts: readonly (string | null | undefined)[], shorten = false): string {
  const components = parts.map((part) => escaped(part ?? ''));
  while (shorten && components.at(-1) === '') components.pop();
  return components.join(';');
}

function photoLine(photo: ContactCard['photo'], version: VcardVersion): string[] {
  if (!photo) return [];
  const base64 = Buffer.from(photo.bytes).toString('base64');
  const kept = photo.kept ? `;${PHOTO_KEPT.toUpperCase()}=${photo.kept}` : '';
  return version === '4.0'
    ? [`PHOTO${kept}:data:${photo.mediaType};base64,${base64}`]
    : [`PHOTO;ENCODING=b;TYPE=${photo.mediaType.slice('image/'.length).toUpperCase()}${kept}:${base64}`];
}

/** `20260714T083000Z`, the basic form both versions read. */
function stamp(moment: Date): string {
  return moment.toISOString().replace(/[-:]|\.\d+/g, '');
}

/** RFC 6350 §3.2: at most 75 octets a line without its break, the space of a continued line counted, no character cut. */
function folded(text: string): string {
  if (Buffer.byteLength(text) <= LINE_OCTETS) return text;
  let result = '';
  let octets = 0;
  for (const character of text) {
    const size = Buffer.byteLength(character);
    if (octets + size > LINE_OCTETS) {
      result += '\r\n ';
      octets = 1;
    }
    result += character;
    octets += size;
  }
  return result;
}
