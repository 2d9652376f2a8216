/**
 * What a spreadsheet makes of a text when a file is opened and saved again: letters its encoding lacks become `?`, digits
 * become a number, which loses a plus sign and zeros in front and is shown in scientific form once it is long.
 */

/** Whether `cell` is exactly what a spreadsheet makes of the text we hold. */
export function isRespelled(held: string, cell: string): boolean {
  if (DIGITS.test(held)) return isRespelledNumber(held, cell);
  return cell.includes('?') && lostLetters(held, cell);
}

/** A number as spreadsheets show a long one: `3,36123E+10`. */
export function isScientific(cell: string): boolean {
  return SCIENTIFIC.test(cell);
}

const DIGITS = /^\+?\d+$/;
const SCIENTIFIC = /^[+-]?(\d)(?:[.,](\d+))?E\+?(\d{1,3})$/i;
/** Digits a spreadsheet keeps of a number; those behind become zeros. */
const KEPT_DIGITS = 15;

/** Beyond ASCII and Latin-1: the letters and signs of Windows-1252. */
const WINDOWS_1252 = new Set('€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ');

/** Letter by letter; one of two UTF-16 units becomes one `?` or two. */
function lostLetters(held: string, cell: string): boolean {
  let one = '';
  let two = '';
  for (const letter of held) {
    const code = letter.codePointAt(0) ?? 0;
    const kept = code < 0x80 || (code >= 0xa0 && code <= 0xff) || WINDOWS_1252.has(letter);
    one += kept ? letter : '?';
    two += kept ? letter : '?'.repeat(letter.length);
  }
  return cell === one || cell === two;
}

function isRespelledNumber(held: string, cell: string): boolean {
  const number = held.replace(/^\+?0*(?=\d)/, '');
  if (/^\d+$/.test(cell)) {
    const zeros = Math.max(0, number.length - KEPT_DIGITS);
    return cell === number || (zeros > 0 && cell === number.slice(0, KEPT_DIGITS) + '0'.repeat(zeros));
  }
  const shown = SCIENTIFIC.exec(cell);
  if (!shown || Number(shown[3]) !== number.length - 1) return false;
  return rounded(number, shown[2]?.length ?? 0) === shown[1] + (shown[2] ?? '');
}

/** The first digits of a number as it is shown with so many decimals, rounded half up; null when rounding makes it longer. */
function rounded(number: string, decimals: number): string | null {
  const digits = number.padEnd(decimals + 2, '0');
  const kept = digits.slice(0, decimals + 1);
  if (digits[decimals + 1] < '5') return kept;
  const up = String(BigInt(kept) + 1n);
  return up.length > kept.length ? null : up;
}
