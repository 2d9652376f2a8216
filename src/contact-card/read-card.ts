import { normaliseAddress } from '../text/address.js';
import { tidy } from '../text/tidy.js';
import { phoneFields, type CardProperty, type PhoneField } from './contact-fields.js';
import { propertyOf } from './card-properties.js';
import { contentLines } from './content-lines.js';
import { PHOTO_KEPT } from './vcard.js';

/** What a card says, told apart into what fills our fields and the rest; phones and names as they are written. */
export interface ReadCard {
  /** Of our own cards the contact's id. */
  uid: string | null;
  displayName: string;
  /** FN is there, and not only the parts of a name. */
  named: boolean;
  email: string | null;
  organization: string;
  phones: Partial<Record<PhoneField, string>>;
  /** Names of groups (CATEGORIES); null when the card does not speak of them. */
  groups: string[] | null;
  /** Everything else, in the card's order. */
  extra: CardProperty[];
  /** The bytes of a picture in the card; `address`: it is elsewhere and stays there, as one of `extra`. */
  photo: Buffer | 'address' | null;
  /** Of a picture that we exported: which of ours it was made from, as PHOTO_KEPT of vcard.ts says. */
  photoKept: string | null;
  /** It stands for a group of people and for no person (Apple, RFC 6350 §6.1.4). */
  isGroup: boolean;
}

/**
 * @param lines a card as `cutCards` gives it
 * @param mostText bytes it may have beside pictures and the like
 * @throws UnreadableLine, TooMuchText
 */
export function readCard(lines: readonly string[], mostText?: number): ReadCard {
  return cardOf(contentLines(lines, mostText).map(propertyOf));
}

/** Marks a further number or address of ours that no field is to be filled with, although one is free. */
export const ASIDE = 'x-aside';

export function cardOf(properties: readonly CardProperty[]): ReadCard {
  const card: ReadCard = {
    ...{ uid: null, displayName: '', named: false, email: null, organization: '', phones: {} },
    ...{ groups: null, extra: [], photo: null, photoKept: null, isGroup: false },
  };
  const labels = labelsOf(properties);
  const taken = new Map<CardProperty, Taken>([
    ...phonesOf(properties, labels, card),
    ...emailOf(properties, card),
  ]);
  // A label of Apple's own says what the field says now; one that was typed stays.
  const spoken = new Set<unknown>();
  for (const [property, how] of taken)
    if (how === 'field' && isStandard(labels.get(property[1]['group']))) spoken.add(property[1]['group']);
  for (const property of properties) {
    const how = taken.get(property);
    if (how === 'field') continue;
    if (how === 'further') {
      const { pref: _, [ASIDE]: __, ...parameters } = property[1];
      card.extra.push([property[0], parameters, ...rest(property)]);
    } else if (!(property[0] === 'x-ablabel' && spoken.has(property[1]['group']))) take(property, card);
  }
  if (card.groups) card.groups = [...new Set(card.groups)];
  nameOf(card);
  return card;
}

/** N in words, as its owner would write it: family name first where that is how the script is read. */
export function nameOfParts(components: readonly unknown[]): string {
  const [family, given, additional, prefix, suffix] = components.map((part) =>
    (Array.isArray(part) ? (part as unknown[]) : [part]).filter((each) => typeof each === 'string').join(' '),
  );
  if (EAST_ASIAN.test(family ?? '') && EAST_ASIAN.test(given ?? '')) return tidy(`${family}${given}`);
  return tidy([prefix, given, additional, family, suffix].filter(Boolean).join(' '));
}

/** The parts of a name nobody has said: the last word is the family's. A card needs them, and phones sort by them. */
export function guessedParts(displayName: string): [family: string, given: string] {
  const words = displayName.split(' ');
  return words.length < 2 ? ['', displayName] : [words.at(-1)!, words.slice(0, -1).join(' ')];
}

type Taken = 'field' | 'further';

const EAST_ASIAN = /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]+$/u;

/** Of the card and not of the person. */
const OF_THE_CARD = new Set(['version', 'prodid', 'rev', 'profile', 'x-carnet-error', 'begin', 'end']);
/** What Google puts everybody into. */
const EVERYBODY = new Set(['mycontacts', '* mycontacts']);

function take(property: CardProperty, card: ReadCard): void {
  const [name, parameters, , value] = property;
  switch (name) {
    case 'fn':
      card.displayName ||= tidy(String(value));
      card.named = card.displayName !== '';
      return;
    case 'n':
      if ((value as unknown[]).some((part) => part !== '')) card.extra.push(property);
      return;
    case 'uid':
      card.uid ??= String(value).replace(/^urn:uuid:/i, '');
      return;
    case 'org': {
      const [first, ...units] = value as unknown[];
      const said = tidy(Array.isArray(first) ? first.join(', ') : String(first ?? ''));
      if (card.organization !== '' && said !== card.organization) card.extra.push(property);
      else {
        card.organization = said;
        if (units.some((unit) => unit !== '')) card.extra.push(['org', parameters, 'text', [said, ...units]]);
      }
      return;
    }
    case 'categories': {
      const names = rest(property)
        .slice(1)
        .map((each) => tidy(String(each)))
        .filter((each) => each !== '' && !EVERYBODY.has(each.toLowerCase()));
      card.groups ??= [];
      for (const each of names) card.groups.push(each);
      return;
    }
    case 'photo':
      takePhoto(property, card);
      return;
    case 'kind':
    case 'x-addressbookserver-kind':
      if (String(value).toLowerCase() === 'group') card.isGroup = true;
      else if (String(value).toLowerCase() !== 'individual') card.extra.push(property);
      return;
    default:
      if (!OF_THE_CARD.has(name) && !isEmpty(property)) card.extra.push(property);
  }
}

function takePhoto(property: CardProperty, card: ReadCard): void {
  const value = String(property[3]);
  const data = /^data:[^,]*;base64,/i.exec(value);
  if (data) {
    if (Buffer.isBuffer(card.photo)) return;
    card.photo = Buffer.from(value.slice(data[0].length), 'base64');
    card.photoKept = [property[1][PHOTO_KEPT] ?? []].flat().at(0) ?? null;
  } else if (value !== '') {
    card.extra.push(property);
    card.photo ??= 'address';
  }
}

/** Without FN the parts are the name, as 2.1 lets them; parts that say no more than FN are none. */
function nameOf(card: ReadCard): void {
  const at = card.extra.findIndex(([name]) => name === 'n');
  if (at < 0) return;
  const parts = card.extra[at][3] as unknown[];
  card.displayName ||= nameOfParts(parts);
  const [family, given, ...others] = parts;
  const guess = guessedParts(card.displayName);
  if (family === guess[0] && given === guess[1] && others.every((part) => part === ''))
    card.extra.splice(at, 1);
}

/** Each number to the field of its kind, the preferred first; the second of a kind is a further one. */
function* phonesOf(
  properties: readonly CardProperty[],
  labels: Map<unknown, string>,
  card: ReadCard,
): Generator<[CardProperty, Taken]> {
  for (const property of preferredFirst(properties, 'tel')) {
    const [, parameters, , value] = property;
    if (String(value).trim() === '') {
      yield [property, 'field'];
      continue;
    }
    const field = parameters[ASIDE] ? null : fieldOf(parameters, labels.get(parameters['group']));
    if (field !== null && card.phones[field] === undefined) {
      card.phones[field] = String(value).trim();
      yield [property, 'field'];
    } else yield [property, 'further'];
  }
}

function* emailOf(properties: readonly CardProperty[], card: ReadCard): Generator<[CardProperty, Taken]> {
  for (const property of preferredFirst(properties, 'email')) {
    const [, parameters, , value] = property;
    const address = parameters[ASIDE] || card.email !== null ? null : normaliseAddress(String(value));
    if (address !== null) card.email = address;
    if (address !== null || String(value).trim() === '') yield [property, 'field'];
    else yield [property, 'further'];
  }
}

function preferredFirst(properties: readonly CardProperty[], name: string): CardProperty[] {
  const rank = ([, { pref }]: CardProperty) => Number(pref ?? 101) || 101;
  return properties.filter(([each]) => each === name).sort((one, other) => rank(one) - rank(other));
}

/** Which field a number is for; null where we have none (pagers, cars). */
function fieldOf(parameters: CardProperty[1], label: string | undefined): PhoneField | null {
  const types = new Set([parameters['type'] ?? []].flat());
  const standard = /^_\$!<(.*)>!\$_$/.exec(label ?? '');
  if (standard) types.add(standard[1].toLowerCase());
  const has = (...names: string[]) => names.some((name) => types.has(name));
  if (has('fax', 'workfax', 'homefax')) return 'faxNumber';
  if (has('pager', 'modem', 'isdn', 'bbs', 'car', 'video', 'textphone')) return null;
  if (has('cell', 'mobile', 'iphone')) return 'mobilePhone';
  if (has('work')) return 'workPhone';
  if (has('home')) return 'homePhone';
  if (has('other')) return null;
  return 'mainPhone';
}

/** Fields and their types as cards have them. */
export const phoneTypes: Record<PhoneField, string | null> = {
  workPhone: 'work',
  homePhone: 'home',
  mobilePhone: 'cell',
  faxNumber: 'fax',
  mainPhone: null,
};

/** Whether a further number, read again, would fill a field that is free now. */
export function fieldOfTel(property: CardProperty): PhoneField | null {
  const field = fieldOf(property[1], undefined);
  return field !== null && phoneFields.includes(field) ? field : null;
}

/** X-ABLabel by the group it names. */
function labelsOf(properties: readonly CardProperty[]): Map<unknown, string> {
  return new Map(
    properties
      .filter(([name, { group }]) => name === 'x-ablabel' && group !== undefined)
      .map(([, { group }, , value]) => [group, String(value)]),
  );
}

function isStandard(label: string | undefined): boolean {
  return label !== undefined && /^_\$!<.*>!\$_$/.test(label);
}

function isEmpty(property: CardProperty): boolean {
  return rest(property)
    .slice(1)
    .every((value) => (Array.isArray(value) ? value.every((part) => part === '') : value === ''));
}

function rest([, , ...others]: CardProperty): [type: string, ...values: unknown[]] {
  return others;
}
