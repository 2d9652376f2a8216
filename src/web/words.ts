import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { IntlMessageFormat, type Formatters } from 'intl-messageformat';
import type { MessageValues } from '../errors/domain-error.js';
import { viewsDir } from './paths.js';

export const locales = ['en', 'fr'] as const;

/** The languages Carnet speaks. */
export type Locale = (typeof locales)[number];

type Moment = Date | number;

/** British English writes 22 Nov 2026, which no reader takes for another day. */
const formattingTags: Record<Locale, string> = { en: 'en-GB', fr: 'fr-FR' };

/** In no name and no message. */
const MARK = '\u0000';

/**
 * What Carnet says in one language, and how it writes numbers and dates there.
 * Catalogues are `views/<area>/<locale>.json`; a key is `<area>.<name>`, a message is in ICU syntax.
 */
export class Words {
  /** @param timeZone IANA name in which dates are written; one this machine does not know counts as UTC */
  static for(locale: Locale, timeZone = 'UTC'): Words {
    const name = `${locale} ${timeZone}`;
    const known = made.get(name);
    if (known) return known;
    if (!isTimeZone(timeZone)) return Words.for(locale);
    const words = new Words(locale, timeZone);
    made.set(name, words);
    return words;
  }

  private readonly catalogue: Catalogue;
  /** Sentences of `named`, with a mark where the name goes. */
  private readonly namings = new Map<string, string>();
  private readonly tag: string;

  private constructor(
    readonly locale: Locale,
    readonly timeZone: string,
  ) {
    this.catalogue = catalogueOf(locale);
    this.tag = formattingTags[locale];
  }

  /**
   * The message under `key`, filled with `values`.
   * @throws Error on a missing key, except in production, where the key itself is shown
   */
  t(key: string, values?: MessageValues): string {
    const message = this.catalogue.get(key);
    if (message === undefined) {
      if (process.env['NODE_ENV'] === 'production') return key;
      throw new Error(`No words for “${key}” in ${this.locale}`);
    }
    return typeof message === 'string' ? message : message.fill(values);
  }

  /** A message whose one value is `name`, as rows of a list say it of many: it is made once, and each name put in. */
  named(key: string, name: string): string {
    let sentence = this.namings.get(key);
    if (sentence === undefined) {
      sentence = this.t(key, { name: MARK });
      this.namings.set(key, sentence);
    }
    return sentence.replace(MARK, () => name);
  }

  has(key: string): boolean {
    return this.catalogue.has(key);
  }

  number(value: number): string {
    return numberFormat(this.tag).format(value);
  }

  /** 22 Nov 2026 · 22 nov. 2026 */
  date(moment: Moment, timeZone = this.timeZone): string {
    return dateFormat(this.tag, timeZone, false).format(moment);
  }

  /** 22 Nov 2026, 09:30 · 22 nov. 2026, 09:30 */
  dateTime(moment: Moment, timeZone = this.timeZone): string {
    return dateFormat(this.tag, timeZone, true).format(moment);
  }

  /** 09:30 */
  time(moment: Moment, timeZone = this.timeZone): string {
    return timeFormat(this.tag, timeZone).format(moment);
  }

  /** Tuesday 24 November · mardi 24 novembre; short: Tue 24 · mar. 24 */
  weekday(moment: Moment, timeZone = this.timeZone, length: 'long' | 'short' = 'long'): string {
    const text = weekdayFormat(this.tag, timeZone, length).format(moment);
    // French says the first of a month as an ordinal, and Intl does not.
    return this.locale === 'fr' ? text.replace(/ 1 (?=\p{L})/u, ' 1er ') : text;
  }

  /** 3 minutes ago · il y a 3 minutes; in the largest unit that is at least one. */
  relative(moment: Moment, now: Moment = Date.now()): string {
    const seconds = (Number(moment) - Number(now)) / 1000;
    const [unit, length] =
      relativeUnits.find(([, size]) => Math.abs(seconds) >= size) ?? (['second', 1] as const);
    const amount = unit === 'second' ? 0 : Math.trunc(seconds / length);
    return relativeFormat(this.tag).format(amount, unit);
  }

  /** a, b and c · a, b et c */
  list(items: readonly string[]): string {
    return listFormat(this.tag).format(items);
  }

  /** 2 MB · 2 Mo; multiples of 1024, at most one decimal. */
  bytes(size: number): string {
    const power = Math.min(byteUnits.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, size)) / 10)));
    return byteFormat(this.tag, byteUnits[power] ?? 'byte').format(size / 1024 ** power);
  }
}

/**
 * The language a browser asks for; English when it asks for none of ours.
 * @param acceptLanguage the header as sent, for example `fr-CH, fr;q=0.9, en;q=0.8`
 */
export function chooseLocale(acceptLanguage: string | undefined): Locale {
  const wishes = (acceptLanguage ?? '').slice(0, 500).split(',').map(toWish);
  wishes.sort((one, other) => other.quality - one.quality);
  for (const { language, quality } of wishes) {
    const locale = locales.find((ours) => ours === language);
    if (locale && quality > 0) return locale;
  }
  return 'en';
}

export function isLocale(value: unknown): value is Locale {
  return locales.some((locale) => locale === value);
}

export function isTimeZone(name: string): boolean {
  try {
    dateFormat('en-GB', name, false);
    return true;
  } catch {
    return false;
  }
}

type Catalogue = Map<string, string | Message>;

const made = new Map<string, Words>();
const catalogues = new Map<Locale, Catalogue>();

/** A message with placeholders, parsed when it is first said. */
class Message {
  private format: IntlMessageFormat | undefined;

  constructor(
    private readonly source: string,
    private readonly tag: string,
  ) {}

  fill(values: MessageValues | undefined): string {
    this.format ??= new IntlMessageFormat(this.source, this.tag, undefined, { ignoreTag: true, formatters });
    return String(this.format.format(values));
  }
}

function catalogueOf(locale: Locale): Catalogue {
  const known = catalogues.get(locale);
  if (known) return known;
  const catalogue: Catalogue = new Map();
  for (const area of readdirSync(viewsDir)) {
    const file = join(viewsDir, area, `${locale}.json`);
    if (!existsSync(file)) continue;
    const messages = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
    for (const [key, text] of Object.entries(messages)) {
      const plain = !/[{}']/.test(text);
      catalogue.set(`${area}.${key}`, plain ? text : new Message(text, formattingTags[locale]));
    }
  }
  catalogues.set(locale, catalogue);
  return catalogue;
}

function toWish(part: string): { language: string; quality: number } {
  const [range = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  return { language: range.split('-')[0] ?? '', quality: quality ? Number(quality.slice(2)) || 0 : 1 };
}

const relativeUnits = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

const byteUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

// Making an Intl object costs some hundred times what using it does, so each kind is made once.
const numberFormat = once((tag) => new Intl.NumberFormat(tag));
const pluralRules = once(
  (tag, ordinal: boolean) => new Intl.PluralRules(tag, ordinal ? { type: 'ordinal' } : {}),
);
const listFormat = once((tag) => new Intl.ListFormat(tag));
const relativeFormat = once((tag) => new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }));
const byteFormat = once(
  (tag, unit: string) =>
    new Intl.NumberFormat(tag, {
      style: 'unit',
      unit,
      unitDisplay: unit === 'byte' ? 'long' : 'short',
      maximumFractionDigits: 1,
    }),
);
const dateFormat = once(
  (tag, timeZone: string, withTime: boolean) =>
    new Intl.DateTimeFormat(tag, {
      timeZone,
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      ...(withTime ? { hour: '2-digit', minute: '2-digit' } : {}),
    }),
);

const timeFormat = once(
  (tag, timeZone: string) => new Intl.DateTimeFormat(tag, { timeZone, hour: '2-digit', minute: '2-digit' }),
);
const weekdayFormat = once(
  (tag, timeZone: string, length: 'long' | 'short') =>
    new Intl.DateTimeFormat(tag, {
      ...{ timeZone, weekday: length, day: 'numeric' },
      ...(length === 'long' ? { month: 'long' } : {}),
    }),
);

/** For all messages: left alone, each makes Intl objects of its own, and looks them up by the JSON of their options. */
const formatters: Formatters = {
  getNumberFormat: (tag, options) =>
    options ? new Intl.NumberFormat(tag, options) : numberFormat(String(tag)),
  getPluralRules: (tag, options) => pluralRules(String(tag), options?.type === 'ordinal'),
  getDateTimeFormat: (tag, options) => new Intl.DateTimeFormat(tag, options),
};

function once<Made, Rest extends readonly (string | boolean)[]>(make: (tag: string, ...rest: Rest) => Made) {
  const kept = new Map<string, Made>();
  return (tag: string, ...rest: Rest): Made => {
    const name = rest.length === 0 ? tag : [tag, ...rest].join(' ');
    let value = kept.get(name);
    if (value === undefined) {
      value = make(tag, ...rest);
      kept.set(name, value);
    }
    return value;
  };
}
