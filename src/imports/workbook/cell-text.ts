import { masked, type NumberFormat } from './number-format.js';

const DAY_MS = 86_400_000;
/** Excel keeps no more digits of a number; those behind are zeros. */
const KEPT_DIGITS = 15;

/** A number of a cell as text: dates as ISO 8601, other numbers with all their digits. */
export function numberText(value: string, format: NumberFormat, from1904: boolean): string {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number)) return value;
  if (format.kind === 'date') return dateText(number, from1904) ?? digitsOf(number);
  const digits = digitsOf(number);
  return (format.kind === 'mask' && masked(digits, format.mask)) || digits;
}

/** `_x000D_` and the like: characters XML cannot hold. Control characters have no place in a name. */
export function excelText(text: string): string {
  const whole = text.includes('_x')
    ? text.replace(/_x([0-9a-f]{4})_/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    : text;
  return whole.replace(/\r\n?/g, '\n').replace(/[^\P{Cc}\t\n]/gu, ' ');
}

/**
 * Digits as Excel would show them in a column that is wide enough. A whole number of 16 digits or more has lost its last
 * ones in Excel: it comes in scientific form, which every check knows as a destroyed number.
 */
function digitsOf(number: number): string {
  // What Excel shows: 15 digits, so that 0.1 + 0.2 is 0.3.
  const kept = Number(number.toPrecision(KEPT_DIGITS));
  if (Math.abs(kept) >= 10 ** KEPT_DIGITS) return kept.toExponential().toUpperCase();
  const text = String(kept);
  return text.includes('e') ? kept.toFixed(20).replace(/\.?0+$/, '') : text;
}

/** A day, a moment, or a time alone; null when it is no date Excel knows. */
function dateText(serial: number, from1904: boolean): string | null {
  const days = from1904 ? serial + 1462 : serial;
  if (days < 0 || days >= 2_958_466) return null;
  // Excel believes in 29 February 1900: days before it are one earlier.
  const epoch = Date.UTC(1899, 11, days < 60 ? 31 : 30);
  const seconds = Math.round((days * DAY_MS) / 1000);
  const iso = new Date(epoch + seconds * 1000).toISOString();
  const [day, time] = [iso.slice(0, 10), iso.slice(11, 19)];
  const shown = time.endsWith(':00') ? time.slice(0, 5) : time;
  if (serial < 1 && !from1904) return shown;
  return time === '00:00:00' ? day : `${day} ${shown}`;
}
