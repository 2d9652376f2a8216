import { type CardProperty } from '../../contact-card/contact-fields.js';
import { fold } from '../../text/fold.js';
import { locales, type Words } from '../../web/words.js';

/** A day of a year (`1985-04-12`) or of any year (`--04-12`), as RFC 6350 §4.3.1 writes them. */
export type Birthday = string;

/** The birthday among the properties of a card; null when there is none, or one that is no day (`about 1800`). */
export function birthdayIn(extra: readonly CardProperty[]): Birthday | null {
  const found = extra.find(([name]) => name === 'bday');
  if (!found || typeof found[3] !== 'string') return null;
  const [, parameters, , value] = found;
  const day = /^(\d{4}|--)-?(\d{2})-?(\d{2})(?:T.*)?$/.exec(value);
  if (!day) return null;
  // Apple writes a year where a version 3.0 card must have one, and says so.
  const omitted = parameters['x-apple-omit-year'] === day[1];
  return birthdayOf(Number(day[3]), Number(day[2]), day[1] === '--' || omitted ? null : Number(day[1]));
}

/** `12 April 1985`, `12 avril`; what the field of a form shows and `readBirthday` reads. */
export function birthdayText(words: Words, birthday: Birthday): string {
  const [, year, month, day] = /^(\d{4}|-)-(\d{2})-(\d{2})$/.exec(birthday) ?? [];
  const date = new Date(Date.UTC(2000, Number(month) - 1, Number(day)));
  if (year !== '-') date.setUTCFullYear(Number(year));
  return new Intl.DateTimeFormat(words.locale === 'fr' ? 'fr-FR' : 'en-GB', {
    ...{ day: 'numeric', month: 'long', timeZone: 'UTC' },
    ...(year === '-' ? {} : { year: 'numeric' }),
  }).format(date);
}

/** Day, month and perhaps year, as people write them in both languages: `12/04/1985`, `12 avril`, `1985-04-12`. */
export function readBirthday(text: string): Birthday | null {
  const plain = fold(text).trim();
  const iso = /^(?:(\d{4})|-)-(\d{1,2})-(\d{1,2})$/.exec(plain);
  if (iso) return birthdayOf(Number(iso[3]), Number(iso[2]), iso[1] === undefined ? null : Number(iso[1]));
  const numbers = /^(\d{1,2})\s*[/.\- ]\s*(\d{1,2})(?:\s*[/.\- ]\s*(\d{4}))?\.?$/.exec(plain);
  if (numbers) return birthdayOf(Number(numbers[1]), Number(numbers[2]), yearOf(numbers[3]));
  const named =
    /^(\d{1,2})(?:er|st|nd|rd|th)?\.?\s+([a-z]{3,9})\.?(?:,?\s+(\d{4}))?$/.exec(plain) ??
    swapped(/^([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?$/.exec(plain));
  if (!named) return null;
  const month = monthOf(named[2]);
  return month === null ? null : birthdayOf(Number(named[1]), month, yearOf(named[3]));
}

function birthdayOf(day: number, month: number, year: number | null): Birthday | null {
  // 29 February of no year is a day.
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year ?? 2000);
  if (date.getUTCDate() !== day || date.getUTCMonth() !== month - 1 || year === 0) return null;
  const two = (number: number) => String(number).padStart(2, '0');
  return `${year === null ? '-' : String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

function yearOf(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}

/** `April 12, 1985` in the order of `12 April 1985`. */
function swapped(found: RegExpExecArray | null): (string | undefined)[] | null {
  return found && [found[0], found[2], found[1], found[3]];
}

/** By its name in either language, or the beginning that tells it from the others. */
function monthOf(name: string | undefined): number | null {
  if (name === undefined) return null;
  for (const names of months) {
    const found = names.flatMap((month, place) => (month.startsWith(name) ? [place + 1] : []));
    if (found.length === 1) return found[0];
  }
  return null;
}

const months = locales.map((locale) =>
  Array.from({ length: 12 }, (_, month) =>
    fold(
      new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC' }).format(Date.UTC(2000, month, 1)),
    ),
  ),
);
