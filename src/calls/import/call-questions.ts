import { isTimeZone } from '../../web/words.js';

/** Lengths of extensions nobody has said otherwise about. */
const DEFAULT_LENGTHS = '2-6';
/** No extension is longer (limits.extensionCharacters). */
const LONGEST = 20;

/**
 * Which digits are an extension, from `3`, `3, 4` or `2-6`; null where it is none of them.
 * @returns tells by their length
 */
export function extensionsBy(text: string): ((digits: string) => boolean) | null {
  const lengths = new Set<number>();
  for (const part of (text || DEFAULT_LENGTHS).split(/[,;]/)) {
    const [, first, last = first] = /^\s*(\d{1,2})\s*(?:[-–]\s*(\d{1,2})\s*)?$/.exec(part) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (first === undefined || from < 1 || to < from || to > LONGEST) return null;
    for (let length = from; length <= to; length++) lengths.add(length);
  }
  return (digits) => lengths.has(digits.length);
}

export function problemOfExtensions(text: string): string | null {
  return extensionsBy(text) === null ? 'call-imports.rule.extensions-problem' : null;
}

export function problemOfZone(text: string): string | null {
  return text === '' || isTimeZone(text) ? null : 'call-imports.rule.timeZone-problem';
}
