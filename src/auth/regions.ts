import { regions as allRegions } from '../phone/e164.js';
import { type Words } from '../web/words.js';

/** The countries whose telephone numbers can be read: ISO 3166-1 alpha-2. */
export const regions: readonly string[] = allRegions();

export function isRegion(code: unknown): code is string {
  return regions.some((region) => region === code);
}

/** Countries by their name in the reader's language, in its order. */
export function regionOptions({ locale }: Words): { value: string; label: string }[] {
  const names = new Intl.DisplayNames(locale, { type: 'region' });
  const { compare } = new Intl.Collator(locale);
  return regions
    .map((value) => ({ value, label: names.of(value) ?? value }))
    .sort((one, other) => compare(one.label, other.label));
}

/** The country a browser tells with its languages (`fr-CH`), or null: `fr` alone says nothing of a country. */
export function regionOf(acceptLanguage: string | undefined): string | null {
  const match = /\b[a-z]{2,3}-([a-z]{2})\b/i.exec((acceptLanguage ?? '').slice(0, 500));
  const code = match?.[1].toUpperCase();
  return isRegion(code) ? code : null;
}

/** The time zone most people of a country live in; UTC where none is known. */
export function timeZoneOf(region: string): string {
  const known = mostPeople.get(region);
  if (known) return known;
  // Older engines have a property, newer ones a method.
  const locale = new Intl.Locale(`und-${region}`) as Intl.Locale & {
    timeZones?: string[];
    getTimeZones?: () => string[] | undefined;
  };
  return (locale.getTimeZones?.() ?? locale.timeZones)?.[0] ?? 'UTC';
}

/** Countries with several zones; for the others CLDR knows the one. */
const mostPeople = new Map([
  ['AR', 'America/Argentina/Buenos_Aires'],
  ['AU', 'Australia/Sydney'],
  ['BR', 'America/Sao_Paulo'],
  ['CA', 'America/Toronto'],
  ['CD', 'Africa/Kinshasa'],
  ['CL', 'America/Santiago'],
  ['CN', 'Asia/Shanghai'],
  ['EC', 'America/Guayaquil'],
  ['ES', 'Europe/Madrid'],
  ['ID', 'Asia/Jakarta'],
  ['KZ', 'Asia/Almaty'],
  ['MN', 'Asia/Ulaanbaatar'],
  ['MX', 'America/Mexico_City'],
  ['MY', 'Asia/Kuala_Lumpur'],
  ['NZ', 'Pacific/Auckland'],
  ['PF', 'Pacific/Tahiti'],
  ['PT', 'Europe/Lisbon'],
  ['RU', 'Europe/Moscow'],
  ['US', 'America/New_York'],
]);
