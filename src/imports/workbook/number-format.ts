/** What a cell's number format makes of its number: a date, digits behind a mask, or the number itself. */
export type NumberFormat = { kind: 'number' } | { kind: 'date' } | { kind: 'mask'; mask: readonly string[] };

const NUMBER: NumberFormat = { kind: 'number' };
const DATE: NumberFormat = { kind: 'date' };

/** Formats that have a number and no code in the file (ECMA-376 §18.8.30), as far as they are dates or times. */
const BUILT_IN_DATES: [from: number, to: number][] = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
];
const FIRST_OWN = 164;

/** @param code as the file has it, for example `0#" "##" "##" "##" "##` */
export function numberFormatOf(id: number, code: string | undefined): NumberFormat {
  if (code === undefined)
    return id < FIRST_OWN && BUILT_IN_DATES.some(([from, to]) => id >= from && id <= to) ? DATE : NUMBER;
  // The first section is that of positive numbers; one with a condition would need the others too.
  const section = /^(?:"[^"]*"|\\.|[^;])*/.exec(code)?.[0] ?? '';
  const parts = (section.match(/"[^"]*"|\\.|[_*].|\[[^\]]*\]|./gsu) ?? []).filter(
    (part) =>
      !/^\[\$[^\]]*\]$|^\[(?:black|blue|cyan|green|magenta|red|white|yellow|color ?\d+)\]$/i.test(part),
  );
  const bare = parts.filter((part) => part.length === 1 || part.startsWith('[')).join('');
  if (/^general$/i.test(bare)) return NUMBER;
  if (/[dmyhs]|\[[hms]+\]/i.test(bare)) return DATE;
  return maskOf(parts) ?? NUMBER;
}

/**
 * The number as its format shows it, where the format only puts signs between whole digits: people write phone numbers so,
 * `"+"0` or `00 00 00 00 00`, and zeros in front are there nowhere else. @returns null when it does not fit
 */
export function masked(digits: string, mask: readonly string[]): string | null {
  if (!/^\d+$/.test(digits)) return null;
  let left = digits;
  const shown: string[] = [];
  const first = mask.findIndex((part) => PLACE.test(part));
  for (let at = mask.length - 1; at >= 0; at--) {
    const part = mask[at];
    if (!PLACE.test(part)) shown.push(part);
    else if (left === '') shown.push(part === '0' ? '0' : '');
    else if (at === first) {
      // What is longer than the mask stands in front of it.
      shown.push(left);
      left = '';
    } else {
      shown.push(left.slice(-1));
      left = left.slice(0, -1);
    }
  }
  return shown.reverse().join('').trim();
}

const PLACE = /^[0#?]$/;

/** Digits and signs alone; null when there is anything that reckons (`%`, `,`, `.`, `E`), or no sign at all. */
function maskOf(parts: readonly string[]): NumberFormat | null {
  const mask: string[] = [];
  for (const part of parts) {
    if (PLACE.test(part)) mask.push(part);
    else if (part.startsWith('"')) mask.push(part.slice(1, -1));
    else if (part.startsWith('\\')) mask.push(part.slice(1));
    else if (part.startsWith('_') || part.startsWith('*')) continue;
    else if (/^[-+() /:]$/.test(part)) mask.push(part);
    else return null;
  }
  const places = mask.filter((part) => PLACE.test(part)).length;
  const shows = mask.some((part) => !PLACE.test(part) && part.trim() !== '') || mask.includes('0');
  return (places > 1 && shows) || (places === 1 && mask.length > 1) ? { kind: 'mask', mask } : null;
}
