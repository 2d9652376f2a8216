import { type CardProperty } from '../../contact-card/contact-fields.js';
import { isE164, type E164 } from '../../phone/e164.js';
import { normaliseAddress } from '../../text/address.js';
import { fold } from '../../text/fold.js';
import { mailtoOf, phoneText } from '../../web/link-texts.js';
import { type Words } from '../../web/words.js';
import { birthdayIn, birthdayText } from './birthday.js';
import { fingerprintOf } from './edited.js';

/** One further detail of a contact, told to a reader. */
export interface TellingDetail {
  fingerprint: string;
  /** Of the card's property: `adr`, `note` … */
  name: string;
  label: string;
  value: string;
  href?: string;
  copy?: string;
}

/** What a contact's card says beyond its fields, in plain words; `callOf` says where its numbers lead, '' nowhere. */
export function extraInWords(
  words: Words,
  extra: readonly CardProperty[],
  { displayName, callOf }: { displayName: string; callOf?: (number: E164) => string },
): TellingDetail[] {
  const labels = new Map(
    extra.flatMap(([name, { group }, , value]) =>
      name === LABEL && typeof group === 'string' && typeof value === 'string' ? [[group, value]] : [],
    ),
  );
  return extra.flatMap((property) => {
    const [name, { group }] = property;
    const value = asides.has(name) ? '' : valueText(words, property, displayName);
    if (value === '') return [];
    const given = typeof group === 'string' ? labels.get(group) : undefined;
    const shown = name === 'tel' && isE164(value) ? phoneText(value) : value;
    return [
      {
        ...{ fingerprint: fingerprintOf(property), name, value: shown },
        label: labelOf(words, property, given),
        ...linkOf(property, value, callOf),
      },
    ];
  });
}

/** How Apple's address book names the properties of the same group. */
const LABEL = 'x-ablabel';
/** Only say how other properties are meant. */
const asides = new Set([LABEL, 'x-abadr', 'x-abshowas', 'x-aside']);

function labelOf(words: Words, [name, parameters]: CardProperty, given: string | undefined): string {
  const key = `personal-contact.extra.${name}`;
  const label = words.has(key) ? words.t(key) : ownLabel(name);
  const kinds = [parameters['type'] ?? []]
    .flat()
    .flatMap((each) => each.split(','))
    .map((kind) => `personal-contact.kind.${fold(kind)}`)
    .filter((kind) => words.has(kind))
    .map((kind) => words.t(kind));
  // A label of one's own stands as it is, one of Apple's between signs: `_$!<Assistant>!$_`.
  const own = given === undefined ? [] : [given.replace(/^_\$!<(.*)>!\$_$/, '$1')];
  const said = [...new Set([...kinds, ...own])];
  return said.length === 0 ? label : words.t('personal-contact.label', { label, kinds: words.list(said) });
}

/** `x-ms-ol-design` → `Ms ol design`. */
function ownLabel(name: string): string {
  const text = name.replace(/^x-/, '').replace(/[-_]+/g, ' ').trim();
  return text === '' ? name : text.charAt(0).toUpperCase() + text.slice(1);
}

function valueText(words: Words, property: CardProperty, displayName: string): string {
  const [name, , type, ...values] = property;
  if (name === 'n') return nameParts(values[0], displayName);
  if (name === 'adr') return values.map(addressText).filter(Boolean).join('\n\n');
  if (name === 'org') return departments(values);
  if (name === 'bday' || name === 'anniversary') {
    const day = birthdayIn([['bday', property[1], type, values[0]]]);
    return day === null ? flat(values[0]) : birthdayText(words, day);
  }
  const text = values.map(flat).filter(Boolean).join(', ');
  // Pictures, sounds and keys are kept for the export; here there is nothing to read.
  if (type === 'binary' || /^data:/i.test(text)) return words.t('personal-contact.kept-file');
  if (name === 'tel' || name === 'email') return text.replace(/^(tel|mailto):/i, '');
  return text;
}

/** `Dr Ada Mary Lovelace PhD` in the order it is said, where that is more than the name shown. */
function nameParts(value: unknown, displayName: string): string {
  if (!Array.isArray(value)) return '';
  const [family = '', given = '', middle = '', before = '', after = ''] = value.map(flat);
  const whole = [before, given, middle, family, after].filter(Boolean).join(' ');
  const simple = [given, family].filter(Boolean).join(' ');
  const shown = fold(displayName);
  return whole === '' || fold(whole) === shown || (whole === simple && sameWords(simple, displayName))
    ? ''
    : whole;
}

function sameWords(one: string, other: string): boolean {
  const sorted = (text: string) =>
    fold(text)
      .split(/[\s,]+/u)
      .filter(Boolean)
      .sort()
      .join(' ');
  return sorted(one) === sorted(other);
}

/** RFC 6350 §6.3.1: box, further, street, place, region, code, country; the code stands before the place. */
function addressText(value: unknown): string {
  if (!Array.isArray(value)) return flat(value);
  const [box = '', further = '', street = '', place = '', region = '', code = '', country = ''] =
    value.map(flat);
  return [street, further, box, [code, place].filter(Boolean).join(' '), region, country]
    .filter(Boolean)
    .join('\n');
}

/** The company is a field of its own. */
function departments(values: readonly unknown[]): string {
  const parts = values.length === 1 && Array.isArray(values[0]) ? (values[0] as unknown[]) : values;
  return parts.slice(1).map(flat).filter(Boolean).join(', ');
}

function flat(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  if (Array.isArray(value)) return value.map(flat).filter(Boolean).join(', ');
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function linkOf(
  [name, { type }]: CardProperty,
  value: string,
  callOf?: (number: E164) => string,
): Pick<TellingDetail, 'href' | 'copy'> {
  if (name === 'email') {
    const address = normaliseAddress(value);
    return { copy: value, ...(address ? { href: mailtoOf(address) } : {}) };
  }
  if (name === 'tel') {
    const href = callOf && isE164(value) && !/\bfax\b/i.test(String(type)) ? callOf(value) : '';
    return { copy: value, ...(href === '' ? {} : { href }) };
  }
  // Whatever a file calls an address: only the web's own is a link (SECURITY, templates).
  if (/^https:\/\/[^\s]+$/i.test(value) && URL.canParse(value)) return { href: value, copy: value };
  return plain.has(name) ? {} : { copy: value };
}

/** What nobody takes anywhere else. */
const plain = new Set([
  'note',
  'title',
  'role',
  'org',
  'n',
  'nickname',
  'bday',
  'anniversary',
  'gender',
  'lang',
  'tz',
]);
