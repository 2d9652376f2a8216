import {
  phoneFields,
  type CardProperty,
  type ContactPhones,
  type PhoneField,
} from '../../contact-card/contact-fields.js';
import { furtherPhones } from '../../csv/contact-columns.js';
import {
  readPhone,
  typedBeside,
  type E164,
  type PhoneReading,
  type RefusalReason,
} from '../../phone/e164.js';
import { type Composed, type ComposeFacts } from './composed.js';
import { joinSeveral, splitSeveral, SEVERAL, type Composing } from './composing.js';
import { labelParameter, readLabel, type LabelKind, type ReadLabel } from './labels.js';
import { valuesNumbered } from './numbered.js';

export interface ComposedPhones {
  phones: ContactPhones;
  typedPhones: Partial<Record<PhoneField, string>>;
  /** Numbers no field was free for, as further `tel`. */
  further: CardProperty[];
  written: Composed['written'];
}

/** Where a number goes, and what it is called where all fields are taken. */
interface Place {
  field: PhoneField | null;
  /** Once another number fills `field`. */
  then?: PhoneField;
  /** It fills the main number of a contact that has no other one. */
  alone?: true;
  /** Kept as it is written, if it is no number that could be dialled. */
  anyText?: true;
  types: readonly string[];
}

interface FoundNumber {
  place: Place;
  label: ReadLabel | null;
  /** null: a short number or a text, which no field takes. */
  number: E164 | null;
  text: string;
  typed: string | null;
  /** What stood there for it. */
  part: string;
}

/**
 * The numbers of a row: each into its own field, then the second of a kind into the main number if that is free, and the
 * rest among the further ones. Where everything is taken from the cells as they stand, nothing is asked.
 */
export function phonesOf(composing: Composing): ComposedPhones {
  const found: FoundNumber[] = [];
  for (const field of phoneFields) read(composing, found, field, own[field], null);
  for (const field of furtherIn(composing.facts.columns)) read(composing, found, field, further[field], null);
  for (const { field, label } of valuesNumbered(composing, 'phone')) {
    const kind = readLabel(label);
    read(composing, found, field, labelled[kind.kind], kind);
  }
  return placed(found, composing.facts.language);
}

type FurtherPhone = (typeof furtherPhones)[number];

/** Which of them a file has columns for, found once for all its rows. */
function furtherIn(columns: ReadonlySet<string>): readonly FurtherPhone[] {
  let known = furtherOfColumns.get(columns);
  if (!known) furtherOfColumns.set(columns, (known = furtherPhones.filter((field) => columns.has(field))));
  return known;
}

const furtherOfColumns = new WeakMap<ReadonlySet<string>, readonly FurtherPhone[]>();

const own: Record<PhoneField, Place> = {
  workPhone: { field: 'workPhone', then: 'mainPhone', types: ['work'] },
  homePhone: { field: 'homePhone', then: 'mainPhone', types: ['home'] },
  mobilePhone: { field: 'mobilePhone', then: 'mainPhone', types: ['cell'] },
  faxNumber: { field: 'faxNumber', types: ['fax'] },
  mainPhone: { field: 'mainPhone', types: ['voice'] },
};

/** What Outlook calls a second number stays one: else a file we wrote would come back otherwise. */
const further: Record<FurtherPhone, Place> = {
  workPhone2: { field: 'workPhone', types: ['work'] },
  homePhone2: { field: 'homePhone', types: ['home'] },
  companyPhone: { field: null, then: 'mainPhone', types: ['work', 'x-company'] },
  otherPhone: { field: null, alone: true, types: ['x-other'] },
  carPhone: { field: null, alone: true, types: ['car'] },
  callbackPhone: { field: null, alone: true, types: ['x-callback'] },
  radioPhone: { field: null, alone: true, types: ['x-radio'] },
  assistantPhone: { field: null, anyText: true, types: ['x-assistant'] },
  pager: { field: null, anyText: true, types: ['pager'] },
  homeFax: { field: 'faxNumber', types: ['home', 'fax'] },
  otherFax: { field: 'faxNumber', types: ['fax'] },
  isdn: { field: null, anyText: true, types: ['isdn'] },
  telex: { field: null, anyText: true, types: ['x-telex'] },
  textPhone: { field: null, anyText: true, types: ['textphone'] },
};

const labelled: Record<LabelKind, Place> = {
  mobile: own.mobilePhone,
  work: own.workPhone,
  home: own.homePhone,
  main: own.mainPhone,
  fax: own.faxNumber,
  'work-fax': { field: 'faxNumber', types: ['work', 'fax'] },
  'home-fax': further.homeFax,
  pager: further.pager,
  other: { field: 'mainPhone', types: [] },
  custom: { field: null, then: 'mainPhone', types: [] },
};

/** Numbers nobody outside a country can dial, such as 144 or 3631: no country code makes them E.164. */
const SHORT = /^(?:tel:)?\+?([*#]?\d[\d *#.-]{1,7})$/;
const SHORT_DIGITS = 6;
const KEPT_SHORT = /^tel:[\d*#]{2,7}$/;
/** Before what is kept as it is written, once the person agreed. */
const KEPT = 'tel:';
/** What is in no country a number. */
const NO_NUMBER: ReadonlySet<RefusalReason> = new Set(['letters', 'unreadable', 'destroyed']);

/** A program that keeps numbers as they were typed, of any country. In a sheet somebody filled in, it is a slip to be corrected. */
function isAddressBook({ foreign, profile }: ComposeFacts): boolean {
  return foreign && profile !== null && !profile.startsWith('generic');
}

/** Whether a text kept as a number comes back from another program's sheet: one that says something else has no place there. */
export function isSheetNumber(text: string): boolean {
  const reading = readPhone(text, { region: 'FR', from: 'foreign-csv' });
  if (reading.kind !== 'refused') return reading.kind !== 'empty';
  return !NO_NUMBER.has(reading.reason) || (reading.reason !== 'destroyed' && shortNumber(text) !== null);
}

function read(
  composing: Composing,
  found: FoundNumber[],
  field: string,
  place: Place,
  label: ReadLabel | null,
): void {
  const value = composing.value(field);
  if (value === '') return;
  const { foreign, region } = composing.facts;
  const from = foreign ? 'foreign-csv' : 'csv';
  const take = (reading: Extract<PhoneReading, { number: E164 }>) => {
    const { number } = reading;
    found.push({ place, label, number, text: number, typed: typedOf(reading), part: whole });
    after.push(number);
  };
  const keep = (text: string, proposed = text) => {
    found.push({ place, label, number: null, text, typed: null, part: whole });
    after.push(proposed);
  };
  const after: string[] = [];
  let whole = '';
  let reason: string | null = null;
  for (const part of foreign && value.includes(SEVERAL) ? splitSeveral(value) : [value]) {
    whole = part;
    if (foreign && KEPT_SHORT.test(part)) {
      keep(part.slice(KEPT.length), part);
      continue;
    }
    const reading = readPhone(part, { region, from });
    if (reading.kind === 'empty') continue;
    if (reading.kind === 'refused') {
      const short = foreign && reading.reason !== 'destroyed' ? shortNumber(part) : null;
      if (short !== null) {
        keep(short, KEPT + short);
        reason ??= 'phone-short';
      } else if (place.anyText && reading.reason !== 'destroyed') keep(part);
      else if (isAddressBook(composing.facts) && !NO_NUMBER.has(reading.reason)) {
        const told = part.startsWith(KEPT);
        keep(told ? part.slice(KEPT.length) : part, told ? part : KEPT + part);
        if (!told) reason ??= 'phone-aside';
      } else return composing.refuse(field, `phone-${reading.reason}`);
      continue;
    }
    take(reading);
    if (reading.kind === 'number') continue;
    reason ??= `phone-${reading.reason}`;
    for (const other of reading.others ?? []) {
      const next = readPhone(other, { region, from });
      if (next.kind === 'number' || next.kind === 'proposal') take(next);
      // What is left of a range (`01 40 20 50 50/51`) is no number of its own.
      else if (other.replace(/\D/g, '').length > SHORT_DIGITS) {
        if (!isAddressBook(composing.facts)) return composing.refuse(field, 'phone-several');
        keep(other, KEPT + other);
      }
    }
  }
  if (reason !== null) composing.propose(field, joinSeveral(after), reason);
}

/** An apostrophe is how a spreadsheet keeps a `+`, and nothing anybody said. */
function typedOf(reading: PhoneReading): string | null {
  const typed = typedBeside(reading)?.replace(APOSTROPHE, '') ?? null;
  return 'number' in reading && typed === reading.number ? null : typed;
}

const APOSTROPHE = /^['‘’‛`´]+\s*/u;

function shortNumber(text: string): string | null {
  const short = SHORT.exec(text)?.[1].replace(/[ .-]/g, '') ?? '';
  const digits = short.replace(/\D/g, '').length;
  return digits >= 2 && digits <= SHORT_DIGITS ? short : null;
}

function placed(found: readonly FoundNumber[], language: 'en' | 'fr'): ComposedPhones {
  const phones: ContactPhones = {
    workPhone: null,
    homePhone: null,
    mobilePhone: null,
    faxNumber: null,
    mainPhone: null,
  };
  const typedPhones: ComposedPhones['typedPhones'] = {};
  let left = found;
  const fill = (fieldOf: (found: FoundNumber) => PhoneField | null | undefined) => {
    left = left.filter((each) => {
      const field = each.number === null ? null : fieldOf(each);
      if (!field) return true;
      if (phones[field] !== null) return phones[field] !== each.number;
      phones[field] = each.number;
      const typed = withLabel(each, language);
      if (typed !== null) typedPhones[field] = typed;
      return false;
    });
  };
  fill(({ place }) => place.field);
  if (left.length > 0) fill(({ place }) => place.then);
  if (left.length > 0 && phoneFields.every((field) => phones[field] === null))
    fill(({ place }) => (place.alone ? 'mainPhone' : null));
  return { phones, typedPhones, further: furtherOf(left, phones), written: writtenOf(found) };
}

/** Most rows have nothing of the kind. */
function writtenOf(found: readonly FoundNumber[]): ComposedPhones['written'] {
  let written: Map<string, string> | undefined;
  for (const { text, part } of found) if (text !== part) (written ??= new Map()).set(text, part);
  return written;
}

/** What a word of the person's own called a number stays beside it. */
function withLabel({ label, typed, text }: FoundNumber, language: 'en' | 'fr'): string | null {
  if (label?.kind !== 'custom') return typed;
  return `${label.text}${language === 'fr' ? '\u00a0' : ''}: ${typed ?? text}`.slice(0, 64);
}

function furtherOf(left: readonly FoundNumber[], phones: ContactPhones): CardProperty[] {
  if (left.length === 0) return [];
  const said = new Set<string | null>(phoneFields.map((field) => phones[field]));
  return left.flatMap(({ place: { types }, label, text }): CardProperty[] => {
    if (said.has(text)) return [];
    said.add(text);
    const type: Record<string, string | string[]> =
      types.length === 0 ? {} : { type: types.length === 1 ? types[0] : [...types] };
    return [['tel', { ...type, ...(label ? labelParameter(label) : {}) }, 'text', text]];
  });
}
