import {
  getCountries,
  isSupportedCountry,
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
  type CountryCode,
} from 'libphonenumber-js/max';

/** `+`, country code, national number: at most 15 digits (ITU-T E.164 §6.1), no spaces. */
export type E164 = `+${string}`;

/** ISO 3166-1 alpha-2, of the countries that have a numbering plan. */
export type Region = CountryCode;

export const proposalReasons = [
  'no-plus',
  'trunk-zero',
  'full-width',
  'apostrophe',
  'scientific',
  'extension-dropped',
  'first-of-several',
] as const;
/** Why a number is asked about before it is taken; of several reasons the one that changes most. */
export type ProposalReason = (typeof proposalReasons)[number];

export const refusalReasons = [
  'too-short',
  'too-long',
  'no-country-code',
  'unknown-country',
  'extension',
  'several',
  'letters',
  'destroyed',
  'unreadable',
] as const;
/** `destroyed`: a spreadsheet kept too few digits (`3,36E+10`); `no-country-code`: not a number of the account's country. */
export type RefusalReason = (typeof refusalReasons)[number];

export type PhoneReading =
  | { kind: 'empty' }
  | {
      kind: 'number';
      number: E164;
      typed: string;
      /** Possible by its length but in no range that is given out, as far as libphonenumber knows. */
      warning?: 'not-valid';
    }
  | {
      /** Taken only if the reader agrees: show `typed` → `number`. Always a valid number. */
      kind: 'proposal';
      number: E164;
      typed: string;
      reason: ProposalReason;
      /** What `extension-dropped` leaves out. */
      extension?: string;
      /** What `first-of-several` leaves out, as typed. */
      others?: string[];
    }
  | { kind: 'refused'; typed: string; reason: RefusalReason; extension?: string };

export interface PhoneSource {
  /** The account's country: how a number without `+` is read. */
  region: Region;
  /** `csv`: our own files; `foreign-csv`: files of other programs, where more is proposed than refused. */
  from: 'form' | 'csv' | 'foreign-csv';
}

/** What one field or cell says. Silently only spaces, punctuation and invisible marks around digits are passed over. */
export function readPhone(typed: string, { region, from }: PhoneSource): PhoneReading {
  if (CLEAN.test(typed)) return readWithPlus({ typed }, [typed.slice(1).replaceAll(' ', '')]);
  const noted: Noted = { typed };
  if (typed.length > LONGEST) return refused(noted, 'too-long');
  let text = typed.replace(INVISIBLE, '').replace(/\s+/gu, ' ').trim();
  if (from !== 'form') text = text.replace(/^="(.*)"$/, '$1');
  const bare = text.replace(/^['‘’‛`´]+\s*/u, '');
  if (bare !== text && from === 'form') noted.apostrophe = true;
  text = bare.replace(/^tel:\s*/i, '');
  if (text === '') return { kind: 'empty' };
  const western = text.normalize('NFKC').replace(OTHER_DIGITS, westernDigit).trim();
  if (/[\d+]/.test(western) && western.replace(/[^\d+]/g, '') !== text.replace(/[^\d+]/g, ''))
    noted.fullWidth = true;
  text = western;

  if (/^#[#A-Z]/.test(text)) return refused(noted, 'destroyed');
  const scientific = SCIENTIFIC.exec(text);
  if (scientific) {
    const digits = rebuilt(scientific[1], scientific[2] ?? '', Number(scientific[3]));
    if (digits === null) return refused(noted, 'destroyed');
    return readNational({ ...noted, scientific: true }, [digits], region);
  }
  text = text.replace(DECIMAL_TAIL, '$1');

  const parts = severalIn(text);
  if (parts.length > 1) {
    const first = from === 'foreign-csv' ? readPhone(parts[0], { region, from }) : null;
    const number = first?.kind === 'proposal' || first?.kind === 'number' ? validOnly(first) : null;
    if (number === null) return refused(noted, 'several');
    return { kind: 'proposal', number, typed, reason: 'first-of-several', others: parts.slice(1) };
  }
  const extended = EXTENSION.exec(text);
  if (extended) {
    const extension = extended[2];
    const base = readPhone(extended[1], { region, from });
    const number = base.kind === 'proposal' || base.kind === 'number' ? validOnly(base) : null;
    if (number === null || from !== 'foreign-csv') return { ...refused(noted, 'extension'), extension };
    return { kind: 'proposal', number, typed, reason: 'extension-dropped', extension };
  }
  if (/\p{L}/u.test(text)) return refused(noted, 'letters');
  text = text.replace(/^\(\s*\+/, '+(');
  if (!PUNCTUATED.test(text)) return refused(noted, 'unreadable');

  const candidates = [text.replace(BRACKETED_ZERO, ''), text].map((each) => each.replace(/\D/g, ''));
  if (candidates[0] === candidates[1]) candidates.pop();
  return text.startsWith('+')
    ? readWithPlus(noted, candidates)
    : readNational(noted, BRACKETED_ZERO_FIRST.test(text) ? candidates.reverse() : candidates, region);
}

/** International form with spaces: `+33 6 12 34 56 78`. What cannot be read comes back as it is. */
export function formatPhone(number: string): string {
  return parsePhoneNumberFromString(number)?.formatInternational() ?? number;
}

/** What the source said, to be kept beside the number, when it differs; at most 64 UTF-16 units. */
export function typedBeside(reading: PhoneReading): string | null {
  if (reading.kind !== 'number' && reading.kind !== 'proposal') return null;
  const typed = reading.typed.trim();
  return typed === reading.number ? null : typed.slice(0, 64);
}

export function isE164(text: string): text is E164 {
  return /^\+[1-9]\d{1,14}$/.test(text);
}

export function isRegion(text: string): text is Region {
  return isSupportedCountry(text);
}

/** Every region there is a numbering plan for, in no order a reader knows. */
export function regions(): Region[] {
  return getCountries();
}

interface Noted {
  typed: string;
  apostrophe?: boolean;
  fullWidth?: boolean;
  scientific?: boolean;
}

/** What most numbers are, told quickly. */
const CLEAN = /^\+[1-9](?: ?\d){6,14}$/;
/** No cell with numbers in it is longer, in UTF-16 units. */
const LONGEST = 500;
const INVISIBLE = /\p{Cf}/gu;
const OTHER_DIGITS = /[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f]/g;

/** As spreadsheets show a long number: `3,36123456780E+10`. */
const SCIENTIFIC = /^\+?(\d)(?:[.,](\d+))?e\+?(\d{1,2})$/i;

/** As data tools write a column of whole numbers that has gaps: `33612345678.0`. */
const DECIMAL_TAIL = /^(\d{8,15})[.,]0{1,2}$/;

/** A number, then a word or sign, then up to seven digits; `poste` is the French word. */
const EXTENSION =
  /^(.*\d[\s).]*?)\s*(?:[,;]?\s*\(?(?:extension|extn?|poste|p|interne?|int|durchwahl|dw|x)\s*[.:=]?|x|#|,|;(?:ext=)?)\s*(\d{1,7})\s*\)?$/i;

const PUNCTUATED = /^\+?[\s().[\]/\-‐-―−·]*\d[\d\s().[\]/\-‐-―−·]*$/u;
const BRACKETED_ZERO = /[([]\s*0\s*[)\]]/;
const BRACKETED_ZERO_FIRST = /^[([]\s*0\s*[)\]]/;

/** Arabic-Indic, Persian and Devanagari digits; NFKC has already turned the full-width ones. */
function westernDigit(digit: string): string {
  const code = digit.charCodeAt(0);
  return String(code - (code < 0x06f0 ? 0x0660 : code < 0x0966 ? 0x06f0 : 0x0966));
}

/** All digits of a whole number shown in scientific form, or null when some are not shown. */
function rebuilt(first: string, fraction: string, exponent: number): string | null {
  if (fraction.length < exponent || /[^0]/.test(fraction.slice(exponent))) return null;
  return first + fraction.slice(0, exponent);
}

/**
 * The numbers of a cell that holds more than one. Signs that also stand inside numbers (`030/1234567`, `06 - 12`) part two
 * only where both sides are long; a short tail after a slash is a range (`01 40 20 50 50/51`).
 */
function severalIn(text: string): string[] {
  for (const [separator, digits] of SEPARATORS) {
    const parts = text.split(separator).map((part) => part.trim());
    if (parts.length > 1 && parts.every((part) => part.replace(/\D/g, '').length >= digits)) return parts;
  }
  const range = /^(.*\d)\s*\/\s*(\d{1,3})$/.exec(text);
  return range && range[1].replace(/\D/g, '').length >= 8 && !range[1].includes('/')
    ? [range[1], range[2]]
    : [text];
}

const SEPARATORS: [RegExp, number][] = [
  [/:::|[;|\n]|\s(?:ou|or|et|and|oder|und|y|o)\s|&/i, 6],
  [/,|(?<=\d)\s*(?=\+)/, 6],
  [/\/|\s[-‐-―]+\s/u, 8],
];

/** @param candidates digits after `+`: without a bracketed zero, then with it */
function readWithPlus(noted: Noted, candidates: string[]): PhoneReading {
  for (const digits of candidates) {
    const number = parsePhoneNumberFromString(`+${digits}`);
    if (!number || !isE164(number.number) || !number.isPossible()) continue;
    const asTyped = number.number === `+${digits}` && candidates.length === 1;
    const reason = reasonOf(noted) ?? (asTyped ? null : 'trunk-zero');
    if (reason === null)
      return {
        kind: 'number',
        number: number.number,
        typed: noted.typed,
        // Looked up when it is asked for: files with thousands of numbers do not ask.
        get warning() {
          return number.isValid() ? undefined : 'not-valid';
        },
      };
    if (number.isValid()) return { kind: 'proposal', number: number.number, typed: noted.typed, reason };
  }
  return refused(noted, lengthReason(`+${candidates[0]}`) ?? 'unreadable');
}

/** A number without `+`, read as one of the region's; `00` is taken for `+` wherever the region has it otherwise. */
function readNational(noted: Noted, candidates: string[], region: Region): PhoneReading {
  for (const digits of candidates) {
    const readings = [parsePhoneNumberFromString(digits, region)];
    if (digits.startsWith('00')) readings.push(parsePhoneNumberFromString(`+${digits.slice(2)}`));
    for (const number of readings)
      if (number?.isValid() && isE164(number.number))
        return {
          kind: 'proposal',
          number: number.number,
          typed: noted.typed,
          reason: reasonOf(noted, 'no-plus'),
        };
  }
  const digits = candidates[0];
  const why = digits.startsWith('00') ? lengthReason(`+${digits.slice(2)}`) : lengthReason(digits, region);
  // Spreadsheets take the plus off: too long for a number of the region, it may be one of another country.
  const abroad = why === 'too-long' ? parsePhoneNumberFromString(`+${digits}`) : undefined;
  if (abroad?.isValid() && abroad.number === `+${digits}` && isE164(abroad.number))
    return {
      kind: 'proposal',
      number: abroad.number,
      typed: noted.typed,
      reason: reasonOf(noted, 'no-plus'),
    };
  return refused(noted, why ?? 'no-country-code');
}

function reasonOf(noted: Noted): ProposalReason | null;
function reasonOf(noted: Noted, otherwise: ProposalReason): ProposalReason;
function reasonOf(noted: Noted, otherwise?: ProposalReason): ProposalReason | null {
  if (noted.scientific) return 'scientific';
  return otherwise ?? (noted.fullWidth ? 'full-width' : noted.apostrophe ? 'apostrophe' : null);
}

function lengthReason(text: string, region?: Region): RefusalReason | null {
  if (text.replace(/\D/g, '').length > 15) return 'too-long';
  switch (validatePhoneNumberLength(text, region)) {
    case 'TOO_SHORT':
    case 'NOT_A_NUMBER':
      return 'too-short';
    case 'TOO_LONG':
      return 'too-long';
    case 'INVALID_COUNTRY':
      return 'unknown-country';
    default:
      return null;
  }
}

/** The number of a reading that may be proposed: a valid one. */
function validOnly(reading: Extract<PhoneReading, { number: E164 }>): E164 | null {
  return reading.kind === 'number' && reading.warning ? null : reading.number;
}

function refused(noted: Noted, reason: RefusalReason) {
  return { kind: 'refused' as const, typed: noted.typed, reason };
}
