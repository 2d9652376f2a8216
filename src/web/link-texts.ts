import { formatPhone, type E164 } from '../phone/e164.js';

/** How many numbers are remembered: some hundred pages of a list, about 2 MB. */
const REMEMBERED = 10_000;
const texts = new Map<E164, string>();

/**
 * A number in international form. Taking one apart costs more than the rest of its row, and a list shows the same
 * numbers to everybody, so the last ones are remembered; the answer depends on nothing but the number.
 */
export function phoneText(number: E164): string {
  let text = texts.get(number);
  if (text === undefined) {
    text = formatPhone(number);
    if (texts.size >= REMEMBERED) texts.clear();
    texts.set(number, text);
  }
  return text;
}

/** The same within a line of other words: its groups of digits stay together. */
export function phoneInLine(number: E164): string {
  return phoneText(number).replaceAll(' ', '\u00a0');
}

/** RFC 6068: `%`, `&` and `?` may stand in an address and mean something else in a link. */
export function mailtoOf(email: string): string {
  return `mailto:${encodeURIComponent(email).replace('%40', '@')}`;
}
